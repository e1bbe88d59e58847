//! Reports files that are written in an older format version.

use super::words::code;
use crate::diagnostic::{Edit, Fix, Safety};
use crate::rule::{DocumentView, Reported, Sink};
use crate::text::Span;
use crate::upgrade::{self, Upgrade};

pub(super) fn check(view: &DocumentView<'_>, sink: &mut Sink) {
    let Some(first) = view.subjects.first() else {
        return;
    };
    // Nearly every file is of the newest version, and it must cost nothing to see that.
    let kind = &view.schemas.kinds()[first.form];
    let says_old_names = view
        .subjects
        .iter()
        .any(|subject| subject.fields.iter().any(|met| met.marks.renamed.is_some()));
    if !says_old_names && !upgrade::has_other_schema(view.document, kind) {
        return;
    }
    let upgrade = upgrade::to_version(view.document, kind, kind.plan.version());
    let (at, message) = match (upgrade.names.first(), &upgrade.comment) {
        (Some(name), _) => (name.key.span(), renamed(&upgrade)),
        (None, Some((span, version))) => (*span, other_schema(view, *span, version)),
        (None, None) => return,
    };
    let mut reported = sink.report(at, message);
    for name in upgrade.names.iter().skip(1) {
        reported = reported.related(name.key.span(), format!("{} here", code(name.key.text())));
    }
    offer(view, &upgrade, reported);
}

/// `` `text` is called `title` and `mitre` is called `attack` since format version 2 ``
fn renamed(upgrade: &Upgrade<'_>) -> String {
    let mut said: Vec<(u32, &str, &str)> = Vec::new();
    for name in &upgrade.names {
        let one = (name.since, name.key.text(), name.to);
        if !said.contains(&one) {
            said.push(one);
        }
    }
    said.sort_by_key(|(since, ..)| *since);
    let parts = said.chunk_by(|a, b| a.0 == b.0).map(|names| {
        let said = names.iter().map(|(_, from, to)| format!("{} is called {}", code(from), code(to)));
        let said = said.collect::<Vec<_>>().join(" and ");
        format!("{said} since format version {}", names[0].0)
    });
    parts.collect::<Vec<_>>().join("; ")
}

fn other_schema(view: &DocumentView<'_>, span: Span, version: &str) -> String {
    let said = span.slice(view.source);
    format!(
        "this comment names the schema of {}, and the entry is checked by that of {}",
        code(said),
        code(version)
    )
}

fn offer(view: &DocumentView<'_>, upgrade: &Upgrade<'_>, reported: Reported<'_>) {
    let edits = match upgrade.edits() {
        Ok(edits) => edits,
        Err(obstacle) => {
            reported.help(obstacle.reason);
            return;
        }
    };
    let edits = edits.into_iter().map(|(span, text)| Edit {
        path: view.path.clone(),
        span,
        text,
    });
    reported
        .help("`corpuslint upgrade` does this for the whole corpus")
        .fix_with(Fix {
            title: "Bring the file to the newest format version".to_owned(),
            safety: Safety::Safe,
            edits: edits.collect(),
            rename: None,
        });
}
