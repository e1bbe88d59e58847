//! reviewdog's diagnostic format (`DiagnosticResult` of `reviewdog.proto`), with suggestions.
//!
//! Its columns count bytes of UTF-8 from 1, and its messages become comments in Markdown.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::escape::markdown;
use super::sources::{Source, Sources};
use super::{JsonEscape, View, unnamed_entry};
use crate::diagnostic::{Diagnostic, Fix, Location};

pub(super) fn render(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut sources = Sources::new(view);
    let diagnostics: Vec<Value> = view
        .report
        .shown()
        .map(|found| diagnostic(found, &mut sources))
        .collect();
    let result = json!({
        "source": {"name": env!("CARGO_PKG_NAME"), "url": env!("CARGO_PKG_REPOSITORY")},
        "diagnostics": diagnostics,
    });
    serde_json::to_writer_pretty(JsonEscape::new(&mut *out), &result)?;
    writeln!(out)
}

fn diagnostic(found: &Diagnostic, sources: &mut Sources<'_>) -> Value {
    let source = sources.text(&found.location);
    let source = source.as_deref();
    let related: Vec<Value> = found
        .related
        .iter()
        .map(|related| {
            let source = sources.text(&related.location);
            json!({
                "message": markdown::inline(&related.message),
                "location": location(&related.location, source.as_deref()),
            })
        })
        .collect();
    let mut value = json!({
        "message": message(found),
        "location": location(&found.location, source),
        "severity": found.severity.rdjson(),
        "code": {"value": found.rule},
    });
    if !related.is_empty() {
        value["related_locations"] = Value::Array(related);
    }
    let suggestions = found.fix.as_ref().zip(source);
    let suggestions = suggestions.and_then(|(fix, source)| suggestions_of(found, fix, source));
    if let Some(suggestions) = suggestions {
        value["suggestions"] = Value::Array(suggestions);
    }
    value
}

fn message(found: &Diagnostic) -> String {
    let mut text = markdown::inline(&found.message);
    if let Some(entry) = unnamed_entry(found) {
        text.push_str(&format!(" in {}", markdown::code(entry)));
    }
    if let Some(help) = &found.help {
        text.push_str(&format!("\n\n{}", markdown::inline(help)));
    }
    if let Some(revision) = &found.location.revision {
        text.push_str(&format!("\n\nIn {}", markdown::code(revision)));
    }
    text
}

fn location(location: &Location, source: Option<&Source>) -> Value {
    let mut value = json!({"path": location.path.as_ref()});
    let (start, end) = (location.start, location.end);
    // A place in the base is none in the file that is commented on.
    if location.revision.is_some() {
        return value;
    }
    if let Some(source) = source {
        value["range"] = range(source, start.offset, end.offset);
    } else if start.line > 0 {
        value["range"] = json!({"start": {"line": start.line}, "end": {"line": end.line}});
    }
    value
}

fn range(source: &Source, start: u32, end: u32) -> Value {
    let lines = source.lines();
    let position = |at| {
        let (line, column) = lines.line_and_byte(at);
        json!({"line": line, "column": column})
    };
    json!({"start": position(start), "end": position(end)})
}

/// The edits of a fix, where all of them are in the file that the finding is in.
fn suggestions_of(found: &Diagnostic, fix: &Fix, source: &Source) -> Option<Vec<Value>> {
    let here = |path| path == &found.location.path;
    let is_whole = fix.rename.is_none() && found.location.revision.is_none();
    if !is_whole || fix.edits.is_empty() || !fix.edits.iter().all(|edit| here(&edit.path)) {
        return None;
    }
    let suggestion = |edit: &crate::diagnostic::Edit| {
        json!({
            "range": range(source, edit.span.start, edit.span.end),
            "text": edit.text,
        })
    };
    Some(fix.edits.iter().map(suggestion).collect())
}
