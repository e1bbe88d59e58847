//! What differs between two snapshots: entry by entry, field by field.

use std::io::{self, Write};

use serde_json::json;

use super::escape::clipped;
use super::escape::markdown::code;
use super::markdown::{PAGE, entries};
use super::words::written;
use super::{JsonEscape, PageFormat, Paint, Tone, counted, json as records};
use crate::diagnostic::Severity;
use crate::history::{Comparison, EntryChange, What};

/// Writes what differs. People get lines of at most `width` columns.
///
/// # Errors
///
/// Those of the writer.
pub fn render_changes(
    comparison: &Comparison,
    format: PageFormat,
    paint: Paint,
    width: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        PageFormat::Human => human(comparison, paint, width, out),
        PageFormat::Json => as_json(comparison, out),
        PageFormat::Markdown => markdown(comparison, out),
    }
}

fn as_json(comparison: &Comparison, out: &mut dyn Write) -> io::Result<()> {
    let entries: Vec<_> = comparison.entries.iter().map(records::entry).collect();
    let value = json!({
        "version": 1,
        "base": comparison.base,
        "head": comparison.head,
        "entries": entries,
    });
    serde_json::to_writer_pretty(JsonEscape::new(&mut *out), &value)?;
    writeln!(out)
}

fn markdown(comparison: &Comparison, out: &mut dyn Write) -> io::Result<()> {
    let (base, head) = (code(&comparison.base), code(&comparison.head));
    let mut page = format!("## From {base} to {head}\n\n");
    page.push_str(&entries::section(&comparison.entries, PAGE));
    out.write_all(page.as_bytes())
}

fn human(
    comparison: &Comparison,
    paint: Paint,
    width: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    for entry in &comparison.entries {
        out.write_all(block(entry, paint, width).as_bytes())?;
    }
    let name = |name: &str| clipped(name, 60);
    let (base, head) = (name(&comparison.base), name(&comparison.head));
    let entries = &comparison.entries;
    if entries.is_empty() {
        return writeln!(out, "{base} and {head} hold the same entries");
    }
    let count = counted(entries.len(), "entry differs", "entries differ");
    let tally = entries::tally(entries);
    writeln!(out, "{count} between {base} and {head}: {tally}")
}

fn block(entry: &EntryChange, paint: Paint, width: usize) -> String {
    let (word, tone) = match entry.what {
        What::Added => ("added", Tone::Good),
        What::Removed => ("removed", Tone::Severity(Severity::Error)),
        What::Changed => ("changed", Tone::Severity(Severity::Warning)),
    };
    let title = entry.title.as_deref().unwrap_or_default();
    let id = paint.tone(Tone::Strong, clipped(&entry.id, 60));
    let path = paint.tone(Tone::Quiet, clipped(&entry.path, 100));
    let title = clipped(title, width.saturating_sub(24).max(40));
    let mut text = format!("{} {id} {title}\n  {path}\n", paint.tone(tone, word));
    if entry.what == What::Changed {
        for field in &entry.fields {
            let name = paint.tone(Tone::Code, clipped(&field.name, 60));
            text.push_str(&format!("  {name}\n"));
            for (mark, line) in written(field, width.saturating_sub(6).max(40)) {
                let tone = match mark {
                    '-' => Tone::Severity(Severity::Error),
                    '+' => Tone::Good,
                    _ => Tone::Quiet,
                };
                let line = paint.tone(tone, format!("{mark} {line}"));
                text.push_str(&format!("    {line}\n"));
            }
        }
    }
    for (word, ids) in [("gained", &entry.gained), ("lost", &entry.lost)] {
        if !ids.is_empty() {
            let ids = clipped(&ids.join(" "), width.saturating_sub(24).max(40));
            text.push_str(&format!("  references {word}: {ids}\n"));
        }
    }
    text.push('\n');
    text
}
