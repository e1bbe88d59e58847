//! `schema/output.schema.json`.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Value, json};

use super::{JsonEscape, View};
use crate::diagnostic::{Diagnostic, Fix, Location, Related};
use crate::history::{Comparison, EntryChange, FieldChange};
use crate::lint::{Report, Summary};

#[derive(Serialize)]
struct Output<'r> {
    version: u8,
    summary: &'r Summary,
    #[serde(skip_serializing_if = "Option::is_none")]
    comparison: Option<Value>,
    diagnostics: Vec<Value>,
}

pub(super) fn render(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    let output = Output {
        version: 1,
        summary: &view.report.summary,
        comparison: comparison(view.report),
        diagnostics: view.report.diagnostics.iter().map(diagnostic).collect(),
    };
    serde_json::to_writer_pretty(JsonEscape::new(&mut *out), &output)?;
    writeln!(out)
}

pub(super) fn render_lines(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    for found in &view.report.diagnostics {
        serde_json::to_writer(JsonEscape::new(&mut *out), &diagnostic(found))?;
        writeln!(out)?;
    }
    Ok(())
}

fn comparison(report: &Report) -> Option<Value> {
    let Comparison {
        base,
        head,
        entries,
        waived,
    } = report.comparison.as_ref()?;
    let verdict = report.verdict();
    Some(json!({
        "base": base,
        "head": head,
        "introduced": verdict.shown(),
        "fixed": verdict.fixed,
        "pre_existing": verdict.pre_existing,
        "entries": entries.iter().map(entry).collect::<Vec<_>>(),
        "waived": waived.iter().map(diagnostic).collect::<Vec<_>>(),
    }))
}

/// An entry that the base and the head do not have alike.
pub(super) fn entry(change: &EntryChange) -> Value {
    let field = |field: &FieldChange| json!({"name": field.name, "before": field.before, "after": field.after});
    json!({
        "id": change.id,
        "kind": change.kind,
        "title": change.title,
        "path": change.path,
        "change": change.what,
        "fields": change.fields.iter().map(field).collect::<Vec<_>>(),
        "gained": change.gained,
        "lost": change.lost,
    })
}

/// A finding.
pub(super) fn diagnostic(found: &Diagnostic) -> Value {
    let mut value = json!({
        "rule": found.rule,
        "severity": found.severity,
        "message": found.message,
        "help": found.help,
        "path": found.location.path.as_ref(),
        "start": found.location.start,
        "end": found.location.end,
        "entry": found.entry.as_deref(),
        "pointer": found.pointer,
        "revision": found.location.revision.as_deref(),
        "related": found.related.iter().map(related).collect::<Vec<_>>(),
        "fix": found.fix.as_ref().map(fix),
        "fingerprint": found.fingerprint,
    });
    if let Some(change) = found.change {
        value["change"] = json!(change);
    }
    value
}

fn related(related: &Related) -> Value {
    let Location {
        path,
        start,
        end,
        revision,
    } = &related.location;
    json!({
        "path": path.as_ref(),
        "start": start,
        "end": end,
        "message": related.message,
        "revision": revision.as_deref(),
    })
}

fn fix(fix: &Fix) -> Value {
    let edits: Vec<Value> = fix
        .edits
        .iter()
        .map(|edit| {
            json!({
                "path": edit.path.as_ref(),
                "start": edit.span.start,
                "end": edit.span.end,
                "text": edit.text,
            })
        })
        .collect();
    let mut value = json!({"title": fix.title, "safety": fix.safety, "edits": edits});
    if let Some(name) = &fix.rename {
        value["rename"] = json!(name);
    }
    value
}
