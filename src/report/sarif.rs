//! SARIF 2.1.0, as far as GitHub's code scanning and editors read it.
//!
//! Code scanning takes 25,000 results and keeps the worst 5,000; a file with more is refused. It
//! compares uploads itself and calls what is missing fixed, so that findings which the base has too
//! are part of the file, as `unchanged`. It takes every result for one that is there, so that fixed
//! ones are only counted and not written as `absent`.

mod rules;

use std::io::{self, Write};

use serde_json::{Value, json};

use super::escape::{shortened, uri};
use super::sources::{Source, Sources};
use super::{JsonEscape, View, counted, unnamed_entry};
use crate::diagnostic::{Change, Diagnostic, Edit, Location, Related};
use crate::text::Position;

/// Results that GitHub's code scanning accepts in a run.
const RESULTS: usize = 25_000;
/// Related places of a result; code scanning shows no more.
const RELATED: usize = 100;
/// Related places that a message links to, which is where code scanning shows them.
const LINKED: usize = 10;
/// Characters of a message.
const MESSAGE: usize = 2000;
/// Bytes of a file in which the columns of edits are counted.
const COUNTED: usize = 1 << 20;

pub(super) fn render(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut found: Vec<&Diagnostic> = view.report.present().collect();
    found.sort_by_key(|found| (found.change, std::cmp::Reverse(found.severity)));
    let left_out = found.len().saturating_sub(RESULTS);
    found.truncate(RESULTS);
    let mut sources = Sources::new(view);
    let results: Vec<Value> = found
        .into_iter()
        .map(|found| result(found, &mut sources))
        .collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": env!("CARGO_PKG_NAME"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules::all(),
            }},
            "invocations": [invocation(left_out)],
            "columnKind": "unicodeCodePoints",
            "results": results,
            "properties": properties(view),
        }],
    });
    serde_json::to_writer_pretty(JsonEscape::new(&mut *out), &log)?;
    writeln!(out)
}

/// That the run did what it should, and what it left out of this file.
fn invocation(left_out: usize) -> Value {
    let mut value = json!({"executionSuccessful": true});
    if left_out > 0 {
        let results = counted(left_out, "finding is", "findings are");
        let text = format!("{results} left out, the mildest: {RESULTS} is as many as are accepted");
        value["toolExecutionNotifications"] =
            json!([{"level": "warning", "message": {"text": text}}]);
    }
    value
}

fn properties(view: &View<'_>) -> Value {
    let verdict = view.report.verdict();
    match &view.report.comparison {
        None => json!({}),
        Some(comparison) => json!({
            "base": comparison.base,
            "head": comparison.head,
            "introduced": verdict.shown(),
            "fixed": verdict.fixed,
            "preExisting": verdict.pre_existing,
        }),
    }
}

fn result(found: &Diagnostic, sources: &mut Sources<'_>) -> Value {
    let related: Vec<Value> = found
        .related
        .iter()
        .take(RELATED)
        .enumerate()
        .map(|(at, related)| related_location(at + 1, related))
        .collect();
    let mut value = json!({
        "ruleId": found.rule,
        "level": found.severity.sarif(),
        "message": {"text": message(found)},
        "locations": [{"physicalLocation": physical(&found.location)}],
        "partialFingerprints": {
            "corpuslint/v1": found.fingerprint,
            // The one that code scanning reads: else it makes one of the line's text.
            "primaryLocationLineHash": format!("{}:1", found.fingerprint),
        },
    });
    if let Some(index) = rules::index(found.rule) {
        value["ruleIndex"] = json!(index);
    }
    if let Some(entry) = &found.entry {
        value["locations"][0]["logicalLocations"] = json!([{
            "name": entry.as_ref(),
            "fullyQualifiedName": format!("{entry}{}", found.pointer.as_deref().unwrap_or("")),
        }]);
    }
    if !related.is_empty() {
        value["relatedLocations"] = Value::Array(related);
    }
    if let Some(change) = found.change {
        value["baselineState"] = json!(match change {
            Change::Introduced => "new",
            Change::PreExisting => "unchanged",
            Change::Fixed => "absent",
        });
    }
    if let Some(fix) = fix(found, sources) {
        value["fixes"] = json!([fix]);
    }
    value
}

/// What is wrong, what to do, and links to related places.
fn message(found: &Diagnostic) -> String {
    let mut text = plain(&found.message);
    if let Some(entry) = unnamed_entry(found) {
        text.push_str(&format!(" in {}", plain(entry)));
    }
    if let Some(revision) = &found.location.revision {
        text.push_str(&format!(" (in {})", plain(revision)));
    }
    if let Some(help) = &found.help {
        text.push_str(&format!("\nHelp: {}", plain(help)));
    }
    let links: Vec<String> = found
        .related
        .iter()
        .take(LINKED)
        .enumerate()
        .map(|(at, related)| {
            let place = format!("{}:{}", related.location.path, related.location.start.line);
            let place = plain(&place).replace(['[', ']', '\\'], "_");
            format!("[{place}]({})", at + 1)
        })
        .collect();
    if !links.is_empty() {
        text.push_str(&format!("\nSee {}", links.join(", ")));
    }
    let more = found.related.len().saturating_sub(LINKED);
    if more > 0 {
        text.push_str(&format!(
            " and {}",
            counted(more, "more place", "more places")
        ));
    }
    text
}

/// Text in which nothing is a link: SARIF 2.1.0, 3.11.6, makes one of `[text](target)`.
fn plain(text: &str) -> String {
    shortened(text, MESSAGE).replace("](", "] (")
}

fn related_location(id: usize, related: &Related) -> Value {
    let location = &related.location;
    let message = match &location.revision {
        Some(revision) => format!(
            "{} (in {revision}, line {})",
            related.message, location.start.line
        ),
        None => related.message.clone(),
    };
    let place = match &location.revision {
        // The lines of the base are others than those of the file that is shown.
        Some(_) => json!({"artifactLocation": artifact(&location.path)}),
        None => physical(location),
    };
    json!({
        "id": id,
        "message": {"text": plain(&message)},
        "physicalLocation": place,
    })
}

fn physical(location: &Location) -> Value {
    let mut value = json!({"artifactLocation": artifact(&location.path)});
    if location.start.line > 0 {
        value["region"] = region(location.start, location.end);
    }
    value
}

fn artifact(path: &str) -> Value {
    json!({"uri": uri(path)})
}

fn region(start: Position, end: Position) -> Value {
    json!({
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line.max(start.line),
        "endColumn": end.column,
        "byteOffset": start.offset,
        "byteLength": end.offset.saturating_sub(start.offset),
    })
}

/// The edits of a fix; a new name for a file cannot be said.
fn fix(found: &Diagnostic, sources: &mut Sources<'_>) -> Option<Value> {
    let fix = found.fix.as_ref()?;
    if fix.rename.is_some() || fix.edits.is_empty() {
        return None;
    }
    let mut files: Vec<(&str, Vec<Value>)> = Vec::new();
    for edit in &fix.edits {
        let replacement = replacement(edit, found, sources);
        match files.iter_mut().find(|(path, _)| *path == &*edit.path) {
            Some((_, replacements)) => replacements.push(replacement),
            None => files.push((&edit.path, vec![replacement])),
        }
    }
    let changes: Vec<Value> = files
        .into_iter()
        .map(|(path, replacements)| {
            json!({"artifactLocation": artifact(path), "replacements": replacements})
        })
        .collect();
    Some(json!({
        "description": {"text": plain(&fix.title)},
        "artifactChanges": changes,
    }))
}

fn replacement(edit: &Edit, found: &Diagnostic, sources: &mut Sources<'_>) -> Value {
    let place = Location::new(edit.path.clone(), edit.span);
    let here = &found.location;
    let region = if here.path == edit.path && here.span() == edit.span && here.start.line > 0 {
        region(here.start, here.end)
    } else {
        region_of(edit, sources.text(&place).as_deref())
    };
    json!({"deletedRegion": region, "insertedContent": {"text": edit.text}})
}

fn region_of(edit: &Edit, source: Option<&Source>) -> Value {
    match source {
        Some(source) if source.len() <= COUNTED => {
            let lines = source.lines();
            region(
                lines.position(edit.span.start),
                lines.position(edit.span.end),
            )
        }
        _ => json!({"byteOffset": edit.span.start, "byteLength": edit.span.len()}),
    }
}
