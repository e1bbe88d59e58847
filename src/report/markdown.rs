//! A page for a job summary or a comment: the verdict first, then what to do about it, then what the
//! change does to each entry. A person reads it in a minute, so it is bounded and says what it left
//! out.

pub(super) mod entries;

use std::io::{self, Write};

use super::escape::markdown::{code, inline};
use super::escape::shortened;
use super::{View, counted, unnamed_entry};
use crate::diagnostic::{Diagnostic, Severity};
use crate::history::Comparison;
use crate::lint::{Report, Verdict};

/// Bytes of a page: a comment on GitHub holds 65,536 characters, a job summary 1 MiB.
pub(super) const PAGE: usize = 60_000;
/// Bytes of the table of findings.
const TABLE: usize = 30_000;
/// Findings in the table.
const ROWS: usize = 40;
/// Fixed findings that are listed.
const FIXED: usize = 10;
/// Characters of a message or a help text.
const SENTENCE: usize = 300;

pub(super) fn render(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    let report = view.report;
    let mut page = headline(report);
    if let Some(comparison) = &report.comparison {
        page.push_str(&compared(comparison, &report.verdict()));
    }
    table(view, &mut page);
    fixed(view, &mut page);
    if let Some(comparison) = &report.comparison {
        waived(comparison, &mut page);
        let left = PAGE.saturating_sub(page.len());
        page.push_str(&entries::section(&comparison.entries, left));
    }
    out.write_all(page.as_bytes())
}

fn headline(report: &Report) -> String {
    let verdict = report.verdict();
    let (errors, warnings) = (verdict.errors, verdict.warnings);
    let mark = match (errors, warnings) {
        (0, 0) => "✅",
        (0, _) => Severity::Warning.mark(),
        _ => Severity::Error.mark(),
    };
    let found = counts(&verdict);
    let entries = counted(report.summary.entries, "entry", "entries");
    let text = match (&report.comparison, verdict.shown()) {
        (Some(_), 0) => "This change introduces no findings".to_owned(),
        (Some(_), _) => format!("This change introduces {found}"),
        (None, 0) => format!("No findings in {entries}"),
        (None, _) => format!("{found} in {entries}"),
    };
    format!("## {mark} {text}\n\n")
}

/// `2 errors, 1 warning and 3 notes`
fn counts(verdict: &Verdict) -> String {
    let each = [
        (verdict.errors, "error", "errors"),
        (verdict.warnings, "warning", "warnings"),
        (verdict.notes, "note", "notes"),
    ];
    let each = each.into_iter().filter(|(count, ..)| *count > 0);
    let each: Vec<String> = each
        .map(|(count, one, many)| counted(count, one, many))
        .collect();
    match each.as_slice() {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        each => each.concat(),
    }
}

fn compared(comparison: &Comparison, verdict: &Verdict) -> String {
    let name = |name: &str| code(&shortened(name, 100));
    format!(
        "{} against {}: **{} introduced**, {} fixed, {} pre-existing.\n\n",
        name(&comparison.head),
        name(&comparison.base),
        verdict.shown(),
        verdict.fixed,
        verdict.pre_existing,
    )
}

fn table(view: &View<'_>, page: &mut String) {
    let found = view.report.worst_first();
    if found.is_empty() {
        return;
    }
    page.push_str("| Finding | Where | What is wrong | What to do |\n|---|---|---|---|\n");
    let limit = page.len() + TABLE;
    let mut shown = 0;
    for found in found.iter().take(ROWS) {
        let row = row(found);
        if page.len() + row.len() > limit {
            break;
        }
        page.push_str(&row);
        shown += 1;
    }
    page.push('\n');
    let more = found.len() - shown;
    if more > 0 {
        let more = counted(more, "more finding", "more findings");
        let text = format!("And {more}, no worse than these; the log lists every one.\n\n");
        page.push_str(&text);
    }
}

fn row(found: &Diagnostic) -> String {
    let mark = found.severity.mark();
    let severity = found.severity.as_str();
    let mut what = sentence(&found.message);
    let related = found.related.len();
    if related > 0 {
        let places = counted(related, "more place", "more places");
        what.push_str(&format!(" (and {places})"));
    }
    let advice = found.fix.as_ref().map(|fix| &fix.title);
    let advice = advice.or(found.help.as_ref());
    let advice = advice.map(|text| sentence(text)).unwrap_or_default();
    format!(
        "| {mark} {severity} `{}` | {} | {what} | {advice} |\n",
        found.rule,
        place(found)
    )
}

fn sentence(text: &str) -> String {
    inline(&shortened(text, SENTENCE))
}

fn place(found: &Diagnostic) -> String {
    let location = &found.location;
    let path = location.full_path();
    let mut place = code(&format!(
        "{}:{}",
        shortened(&path, 200),
        location.start.line
    ));
    if let Some(entry) = unnamed_entry(found) {
        place.push_str(&format!(" in {}", code(&shortened(entry, 40))));
    }
    place
}

fn fixed(view: &View<'_>, page: &mut String) {
    let all: Vec<&Diagnostic> = view.report.fixed().collect();
    list("Fixed", &all, page);
}

/// What the maintainer accepts, so that everybody sees that it was decided.
fn waived(comparison: &Comparison, page: &mut String) {
    let all: Vec<&Diagnostic> = comparison.waived.iter().collect();
    list("Waived by a maintainer", &all, page);
}

fn list(heading: &str, all: &[&Diagnostic], page: &mut String) {
    if all.is_empty() {
        return;
    }
    page.push_str(&format!("### {heading} ({})\n\n", all.len()));
    for found in all.iter().take(FIXED) {
        let entry = found.entry.as_deref();
        let name = entry.unwrap_or(&found.location.path);
        let name = code(&shortened(name, 100));
        let message = sentence(&found.message);
        page.push_str(&format!("- {name} {message} `{}`\n", found.rule));
    }
    let more = all.len().saturating_sub(FIXED);
    if more > 0 {
        page.push_str(&format!("- and {more} more\n"));
    }
    page.push('\n');
}
