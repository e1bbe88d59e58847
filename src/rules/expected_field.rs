//! Reports fields that an entry should have.

use super::schema_unknown_field;
use super::words::listing;
use crate::rule::{EntryView, Sink};

pub(super) fn check(view: &EntryView<'_>, sink: &mut Sink) {
    let subject = view.subject;
    if subject.copy || subject.is_retired() {
        return;
    }
    let pointer = view.file.document.pointer_at(subject.node.span());
    let missing: Vec<&str> = subject
        .place
        .fields(subject.plan)
        .filter(|(name, place)| {
            place.marks.expected && subject.place.value_in(subject.node, name).is_none()
        })
        .filter(|(name, _)| !schema_unknown_field::is_meant(view.file, &pointer, name))
        .map(|(name, _)| name)
        .collect();
    let verb = match missing.as_slice() {
        [] => return,
        [_] => "is",
        _ => "are",
    };
    let message = format!("{} {verb} missing", listing(&missing, "and"));
    sink.report(subject.anchor(), message)
        .pointer(pointer)
        .help("add what you know; leave out what you do not, and invent nothing");
}
