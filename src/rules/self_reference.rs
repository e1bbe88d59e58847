//! Reports entries that refer to themselves.

use super::words;
use crate::rule::{EntryView, Sink};

pub(super) fn check(view: &EntryView<'_>, sink: &mut Sink) {
    let Some(id) = view.subject.id() else { return };
    for met in &view.subject.fields {
        let (used, replaced) = (&met.marks.refs, &met.marks.replaced_by);
        let is_reference = used.is_some() || replaced.is_some();
        if !is_reference || met.node.as_str() != Some(id.text()) {
            continue;
        }
        let shown = words::code(id.text());
        let (message, help) = if replaced.is_some() {
            let help = "write the ID of the entry that took its place, or delete the field";
            (format!("{shown} is said to be replaced by itself"), help)
        } else {
            let help = "delete it, or write the ID of the entry that was meant";
            (format!("{shown} refers to itself"), help)
        };
        sink.report(met.node.span(), message).help(help);
    }
}
