//! Reports fields that an entry should have.

use super::words::listing;
use crate::rule::{EntryView, Sink};

pub(super) fn check(view: &EntryView<'_>, sink: &mut Sink) {
    let subject = view.subject;
    if subject.copy || subject.is_retired() {
        return;
    }
    let missing: Vec<&str> = subject
        .place
        .fields(subject.plan)
        .filter(|(name, place)| place.marks.expected && subject.node.get(name).is_none())
        .map(|(name, _)| name)
        .collect();
    let verb = match missing.as_slice() {
        [] => return,
        [_] => "is",
        _ => "are",
    };
    let message = format!("{} {verb} missing", listing(&missing, "and"));
    let pointer = view.file.document.pointer_at(subject.node.span());
    sink.report(subject.anchor(), message)
        .pointer(pointer)
        .help("add what you know; leave out what you do not, and invent nothing");
}
