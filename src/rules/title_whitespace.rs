//! Reports white space in a name that nobody sees but every comparison does.

use super::rewrite;
use super::words::code;
use crate::diagnostic::Safety;
use crate::rule::{EntryView, Sink};

pub(super) fn check(view: &EntryView<'_>, sink: &mut Sink) {
    for met in &view.subject.fields {
        if met.marks.unique.is_none() {
            continue;
        }
        let Some(text) = met.node.as_str() else {
            continue;
        };
        let Some(what) = fault(text) else { continue };
        let clean = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if clean.is_empty() {
            continue;
        }
        let field = met.key.map_or("this text", |key| key.text());
        let message = if text.contains(char::is_control) {
            format!("`{field}` {what}")
        } else {
            format!("`{field}` {what}: {}", code(text))
        };
        let fix = rewrite::scalar(met.node, &clean);
        let reported = sink
            .report(met.node.span(), message)
            .help(format!("write {}", code(&clean)));
        if let Some(new) = fix {
            reported.fix(Safety::Safe, "Tidy the white space", met.node.span(), new);
        }
    }
}

fn fault(text: &str) -> Option<&'static str> {
    let odd = |c: char| c != ' ' && c.is_whitespace();
    let bytes = text.as_bytes();
    let edges = bytes.first() == Some(&b' ') || bytes.last() == Some(&b' ');
    if !edges && !text.contains("  ") && !text.contains(odd) {
        return None;
    }
    let trimmed = text.trim();
    Some(if text.starts_with(char::is_whitespace) {
        "begins with white space"
    } else if text.ends_with(['\n', '\r']) {
        "ends with a line break"
    } else if text.ends_with(char::is_whitespace) {
        "ends with white space"
    } else if trimmed.contains(['\n', '\r']) {
        "goes over more than one line"
    } else if trimmed.contains('\t') {
        "holds a tab"
    } else if trimmed.contains('\u{a0}') {
        "holds a no-break space"
    } else if trimmed.contains(odd) {
        "holds a space of a special kind"
    } else {
        "has more than one space in a row"
    })
}
