//! Every output format with a stranger's text everywhere: each output is read by a parser of its own
//! format, and must hold the text and obey none of it.

#[path = "formats/attack.rs"]
mod attack;
#[path = "formats/history.rs"]
mod history;
#[path = "formats/machines.rs"]
mod machines;
#[path = "formats/pages.rs"]
mod pages;

use std::sync::Arc;

use corpuslint::diagnostic::{Change, Diagnostic, Edit, Fix, Location, Related, Safety, Severity};
use corpuslint::history::{Comparison, EntryChange, FieldChange, What};
use corpuslint::lint::{Report, Summary};
use corpuslint::report::{OutputFormat, View, render};
use corpuslint::text::{LineIndex, Span};

/// The text that all places of the reports made here are in.
const SOURCE: &str = "id: PR030\ntitle: é日本😀 tokens\npreventions:\n  - PV590\n";

fn place(path: &str, span: Span, revision: Option<&str>) -> Location {
    let lines = LineIndex::new(SOURCE);
    Location {
        path: path.into(),
        start: lines.position(span.start),
        end: lines.position(span.end),
        revision: revision.map(Arc::from),
    }
}

/// `PV590`
fn value() -> Span {
    let at = SOURCE.find("PV590").expect("a value");
    Span::new(at, at + 5)
}

/// A finding in which every text is the same one.
fn finding(text: &str, severity: Severity, change: Option<Change>) -> Diagnostic {
    let revision = (change == Some(Change::Fixed)).then_some(text);
    let mut found = Diagnostic::new(
        "dangling-reference",
        severity,
        place(text, value(), revision),
        text,
    );
    text.clone_into(&mut found.label);
    found.related = vec![
        Related {
            location: place(text, Span::at(0), None),
            message: text.to_owned(),
        },
        Related {
            location: place(text, Span::at(0), Some(text)),
            message: text.to_owned(),
        },
    ];
    found.help = Some(text.to_owned());
    found.entry = Some(text.into());
    found.pointer = Some(format!("/{}", text.replace('~', "~0").replace('/', "~1")));
    found.fix = Some(Fix {
        title: text.to_owned(),
        safety: Safety::Safe,
        edits: vec![Edit {
            path: text.into(),
            span: value(),
            text: text.to_owned(),
        }],
        rename: None,
    });
    found.fingerprint = corpuslint::diagnostic::fingerprint(&[text, severity.as_str()]);
    found.change = change;
    found
}

/// An entry of which every text is the same one.
fn entry(text: &str, what: What) -> EntryChange {
    let field = |before: Option<String>, after: Option<String>| FieldChange {
        name: text.to_owned(),
        before,
        after,
    };
    let some = |text: &str| Some(text.to_owned());
    let list = |item: &str| serde_json::to_string(&[item, "PV1"]).ok();
    EntryChange {
        id: text.to_owned(),
        kind: text.to_owned(),
        title: some(text),
        path: text.to_owned(),
        what,
        fields: vec![
            field(some(text), some("after")),
            field(some("before"), some(text)),
            field(None, some(text)),
            field(list(text), list("PV2")),
            field(
                Some(format!("{} {text}", "word ".repeat(30))),
                Some(format!("{} other", "word ".repeat(30))),
            ),
        ],
        gained: vec![text.to_owned()],
        lost: vec![text.to_owned(), "PV1".to_owned()],
    }
}

fn report(diagnostics: Vec<Diagnostic>, comparison: Option<Comparison>) -> Report {
    Report {
        summary: Summary::of(&diagnostics, 1, 1),
        diagnostics,
        kinds: Vec::new(),
        comparison,
    }
}

/// Findings of each severity, without a base.
fn plain(text: &str) -> Report {
    let severities = [Severity::Error, Severity::Warning, Severity::Note];
    let found = severities.map(|severity| finding(text, severity, None));
    report(found.to_vec(), None)
}

fn comparison(text: &str) -> Comparison {
    let kinds = [What::Added, What::Removed, What::Changed];
    Comparison {
        base: text.to_owned(),
        head: text.to_owned(),
        entries: kinds.map(|what| entry(text, what)).to_vec(),
        ..Comparison::default()
    }
}

/// The verdict on a change: a finding of each kind.
fn gate(text: &str) -> Report {
    let found = vec![
        finding(text, Severity::Error, Some(Change::Introduced)),
        finding(text, Severity::Warning, Some(Change::Introduced)),
        finding(text, Severity::Note, Some(Change::PreExisting)),
        finding(text, Severity::Error, Some(Change::Fixed)),
    ];
    report(found, Some(comparison(text)))
}

fn written(report: &Report, format: OutputFormat) -> String {
    let view = View {
        report,
        source: &|_| Some(SOURCE.to_owned()),
        path: &|_| None,
        color: false,
        width: 100,
        statistics: true,
    };
    let mut out = Vec::new();
    render(format, &view, &mut out).expect("written");
    String::from_utf8(out).expect("UTF-8")
}
