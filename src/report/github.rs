//! Annotations on GitHub: workflow commands on the standard output of a step.
//!
//! A step has room for 10 annotations of each level; GitHub drops what comes after without a word.

use std::io::{self, Write};

use super::escape::{clipped, github_data, github_property, shortened, terminal};
use super::{View, counted, unnamed_entry};
use crate::diagnostic::{Diagnostic, Severity};

/// Annotations of one level in a step.
const LIMIT: usize = 10;
/// Columns of a message.
const MESSAGE: usize = 1000;
/// Related places that a message names.
const RELATED: usize = 5;

pub(super) fn render(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    let found = view.report.worst_first();
    let mut left = Vec::new();
    let levels = [
        (Severity::Error, "error", "errors"),
        (Severity::Warning, "warning", "warnings"),
        (Severity::Note, "note", "notes"),
    ];
    for (severity, one, many) in levels {
        let same = found.iter().filter(|found| found.severity == severity);
        for found in same.clone().take(LIMIT) {
            writeln!(out, "{}", command(found))?;
        }
        let more = same.count().saturating_sub(LIMIT);
        if more > 0 {
            left.push((more, counted(more, one, many)));
        }
    }
    if left.is_empty() {
        return Ok(());
    }
    let all: usize = left.iter().map(|(more, _)| more).sum();
    let each: Vec<String> = left.into_iter().map(|(_, text)| text).collect();
    writeln!(out, "+{all} more: {}", each.join(", "))
}

fn command(found: &Diagnostic) -> String {
    let mut properties = place(found);
    properties.push(format!("title={}", github_property(found.rule)));
    format!(
        "::{} {}::{}",
        found.severity.github(),
        properties.join(","),
        github_data(&text(found))
    )
}

/// Where the annotation stands; nowhere for a place that only the base has.
fn place(found: &Diagnostic) -> Vec<String> {
    let location = &found.location;
    if location.revision.is_some() {
        return Vec::new();
    }
    let path = github_property(&terminal(&location.path));
    let mut properties = vec![format!("file={path}")];
    let (start, end) = (location.start, location.end);
    if start.line > 0 {
        properties.push(format!("line={},endLine={}", start.line, end.line));
        // GitHub takes columns only where both are on one line.
        if start.line == end.line {
            properties.push(format!("col={},endColumn={}", start.column, end.column));
        }
    }
    properties
}

/// What the annotation says, a line each for what is wrong, where else, and what to do.
fn text(found: &Diagnostic) -> String {
    let mut lines = vec![clipped(&found.message, MESSAGE)];
    if let Some(entry) = unnamed_entry(found) {
        lines.push(format!("in {}", clipped(entry, 40)));
    }
    let location = &found.location;
    if location.revision.is_some() {
        let place = location.full_path();
        lines.push(format!("in {}:{}", terminal(&place), location.start));
    }
    for related in found.related.iter().take(RELATED) {
        let path = shortened(&related.location.path, MESSAGE);
        let place = terminal(&path);
        let message = clipped(&related.message, MESSAGE);
        lines.push(format!("{place}:{}: {message}", related.location.start));
    }
    let more = found.related.len().saturating_sub(RELATED);
    if more > 0 {
        lines.push(format!(
            "and {}",
            counted(more, "more place", "more places")
        ));
    }
    if let Some(help) = &found.help {
        lines.push(format!("help: {}", clipped(help, MESSAGE)));
    }
    if let Some(fix) = &found.fix {
        lines.push(format!("fix: {}", clipped(&fix.title, MESSAGE)));
    }
    lines.join("\n")
}
