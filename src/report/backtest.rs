//! Where the rules would have fired over the history of a corpus: a table of rules and revisions.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use serde_json::{Value, json};

use super::escape::markdown::{code, inline};
use super::escape::{Escaped, clipped, columns_of, shortened};
use super::{JsonEscape, PageFormat, Paint, Tone, counted, json as records};
use crate::diagnostic::Diagnostic;
use crate::lint::{Backtest, BacktestRevision};
use crate::rules::names;

/// Columns of a revision's name.
const NAME: usize = 12;
/// Findings of a revision that are listed.
const LISTED: usize = 5;
/// Revisions in a table in Markdown.
const COLUMNS: usize = 12;
/// Revisions whose findings are listed.
const REVISIONS: usize = 50;
/// Bytes of a page in Markdown.
const PAGE: usize = 60_000;

/// Writes a table of rules and revisions, and what the revisions introduce.
///
/// # Errors
///
/// Those of the writer.
pub fn render_backtest(
    backtest: &Backtest,
    format: PageFormat,
    paint: Paint,
    width: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        PageFormat::Human => human(backtest, paint, width, out),
        PageFormat::Json => as_json(backtest, out),
        PageFormat::Markdown => markdown(backtest, out),
    }
}

fn as_json(backtest: &Backtest, out: &mut dyn Write) -> io::Result<()> {
    let revision = |revision: &BacktestRevision| {
        let findings: Vec<Value> = revision.findings.iter().map(records::diagnostic).collect();
        json!({
            "name": revision.name,
            "title": revision.title,
            "date": revision.date,
            "introduced": revision.introduced,
            "total": revision.total,
            "findings": findings,
        })
    };
    let revisions: Vec<Value> = backtest.revisions.iter().map(revision).collect();
    let value = json!({"version": 1, "revisions": revisions});
    serde_json::to_writer_pretty(JsonEscape::new(&mut *out), &value)?;
    writeln!(out)
}

/// The part of the history that a table has room for.
struct Table<'b> {
    columns: Vec<&'b BacktestRevision>,
    /// Revisions that are not shown and introduce something.
    hidden: usize,
    /// Rules that fired, in the order of the README.
    rules: Vec<&'static str>,
    /// Findings of each rule in the last revision.
    now: BTreeMap<&'static str, usize>,
}

impl<'b> Table<'b> {
    /// The newest revisions that introduce something; all of them where there is room.
    fn new(backtest: &'b Backtest, room: usize) -> Self {
        let all = &backtest.revisions;
        let fires = |revision: &&BacktestRevision| revision.introduced.values().any(|n| *n > 0);
        let mut columns: Vec<&BacktestRevision> = all.iter().collect();
        if columns.len() > room {
            columns.retain(fires);
        }
        let hidden = columns.len().saturating_sub(room);
        columns.drain(..hidden);
        let fired: BTreeSet<&str> = all
            .iter()
            .flat_map(|revision| revision.introduced.keys().chain(revision.total.keys()))
            .copied()
            .collect();
        Self {
            columns,
            hidden,
            rules: names().filter(|name| fired.contains(name)).collect(),
            now: all
                .last()
                .map(|last| last.total.clone())
                .unwrap_or_default(),
        }
    }

    /// How many findings of a rule each revision introduces, and how many there are now.
    fn row(&self, rule: &str) -> (Vec<usize>, usize) {
        let count = |counts: &BTreeMap<&str, usize>| counts.get(rule).copied().unwrap_or(0);
        let introduced = self.columns.iter();
        let introduced = introduced.map(|revision| count(&revision.introduced));
        (introduced.collect(), count(&self.now))
    }

    fn left_out(&self, backtest: &Backtest) -> Option<String> {
        let silent = backtest.revisions.len() - self.columns.len() - self.hidden;
        match (self.hidden, silent) {
            (0, 0) => None,
            (0, silent) => Some(format!(
                "{} that introduced nothing left out",
                counted(silent, "revision", "revisions")
            )),
            (hidden, _) => Some(format!(
                "{} left out; `--output-format json` has every one",
                counted(hidden, "older revision", "older revisions")
            )),
        }
    }
}

fn human(backtest: &Backtest, paint: Paint, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let longest = names().map(str::len).max().unwrap_or(0);
    let names = backtest.revisions.iter().map(|r| clipped(&r.name, NAME));
    let names: Vec<String> = names.collect();
    let column = names.iter().map(|name| columns_of(name)).max();
    let column = column.unwrap_or(0).max(4);
    let room = width.saturating_sub(longest + column + 2) / (column + 2);
    let table = Table::new(backtest, room.max(1));
    if table.rules.is_empty() {
        let revisions = counted(backtest.revisions.len(), "revision", "revisions");
        return writeln!(out, "{revisions}: no rule fired");
    }
    let cell = |text: &str| format!("  {:>1$}{text}", "", column - columns_of(text).min(column));
    let mut head = format!("{:longest$}", "introduced");
    for revision in &table.columns {
        head.push_str(&cell(&clipped(&revision.name, NAME)));
    }
    head.push_str(&cell("now"));
    writeln!(out, "{}", paint.tone(Tone::Strong, head))?;
    for rule in &table.rules {
        let (introduced, now) = table.row(rule);
        let cells = introduced.iter().map(|count| match count {
            0 => paint.tone(Tone::Quiet, cell("·")),
            count => cell(&count.to_string()),
        });
        let cells: String = cells.collect();
        let now = cell(&now.to_string());
        writeln!(out, "{rule:longest$}{cells}{now}")?;
    }
    if let Some(text) = table.left_out(backtest) {
        writeln!(out, "{}", paint.tone(Tone::Quiet, text))?;
    }
    for revision in listed(&table) {
        writeln!(out)?;
        let name = paint.tone(Tone::Strong, clipped(&revision.name, 60));
        let about = clipped(&about(revision), width.saturating_sub(14).max(40));
        writeln!(out, "{name}{about}")?;
        let (found, more) = worst(revision);
        for found in found {
            writeln!(out, "  {}", line(found, paint, width))?;
        }
        if more > 0 {
            writeln!(out, "  and {more} more")?;
        }
    }
    Ok(())
}

fn line(found: &Diagnostic, paint: Paint, width: usize) -> String {
    let head = format!("{}[{}]", found.severity.as_str(), found.rule);
    let place = format!("{}:{}", Escaped(&found.location.path), found.location.start);
    let used = head.len() + columns_of(&place) + 6;
    let message = clipped(&found.message, width.saturating_sub(used).max(60));
    let head = paint.tone(Tone::Severity(found.severity), head);
    format!("{head} {place} {message}")
}

/// Revisions whose findings are worth a look, the newest of them.
fn listed<'b>(table: &Table<'b>) -> impl Iterator<Item = &'b BacktestRevision> {
    let with = table.columns.iter().copied();
    let with: Vec<_> = with
        .filter(|revision| !revision.findings.is_empty())
        .collect();
    let from = with.len().saturating_sub(REVISIONS);
    with.into_iter().skip(from)
}

/// `, 2025-08-15, Add tokens: 2 introduced`
fn about(revision: &BacktestRevision) -> String {
    let mut text = String::new();
    for part in [revision.date.as_deref(), Some(revision.title.as_str())] {
        if let Some(part) = part.filter(|part| !part.is_empty()) {
            text.push_str(&format!(", {}", shortened(part, 100)));
        }
    }
    format!("{text}: {} introduced", revision.findings.len())
}

/// The worst findings of a revision, and how many others it has.
fn worst(revision: &BacktestRevision) -> (Vec<&Diagnostic>, usize) {
    let mut found: Vec<&Diagnostic> = revision.findings.iter().collect();
    found.sort_by_key(|found| std::cmp::Reverse(found.severity));
    let more = found.len().saturating_sub(LISTED);
    found.truncate(LISTED);
    (found, more)
}

fn markdown(backtest: &Backtest, out: &mut dyn Write) -> io::Result<()> {
    let table = Table::new(backtest, COLUMNS);
    let revisions = counted(backtest.revisions.len(), "revision", "revisions");
    let mut page = format!("## What {revisions} introduced\n\n");
    if table.rules.is_empty() {
        page.push_str("No rule fired.\n");
        return out.write_all(page.as_bytes());
    }
    page.push_str("| rule |");
    for revision in &table.columns {
        page.push_str(&format!(" {} |", code(&shortened(&revision.name, 20))));
    }
    page.push_str(" now |\n|---|");
    page.push_str(&"---:|".repeat(table.columns.len() + 1));
    page.push('\n');
    for rule in &table.rules {
        let (introduced, now) = table.row(rule);
        page.push_str(&format!("| `{rule}` |"));
        for count in introduced {
            let text = if count == 0 {
                String::new()
            } else {
                format!(" {count}")
            };
            page.push_str(&format!("{text} |"));
        }
        page.push_str(&format!(" {now} |\n"));
    }
    page.push('\n');
    if let Some(text) = table.left_out(backtest) {
        page.push_str(&format!("{text}.\n\n"));
    }
    for revision in listed(&table) {
        let text = section(revision);
        if page.len() + text.len() > PAGE {
            page.push_str("Findings of later revisions are left out.\n");
            break;
        }
        page.push_str(&text);
    }
    out.write_all(page.as_bytes())
}

fn section(revision: &BacktestRevision) -> String {
    let name = code(&shortened(&revision.name, 60));
    let mut text = format!("**{name}**{}\n\n", inline(&about(revision)));
    let (found, more) = worst(revision);
    for found in found {
        let mark = found.severity.mark();
        let entry = found.entry.as_deref();
        let place = code(&shortened(entry.unwrap_or(&found.location.path), 100));
        let message = inline(&shortened(&found.message, 300));
        text.push_str(&format!("- {mark} {place} {message} `{}`\n", found.rule));
    }
    if more > 0 {
        text.push_str(&format!("- and {more} more\n"));
    }
    text.push('\n');
    text
}
