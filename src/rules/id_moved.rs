//! Reports entries that live on under another ID without a redirect.

use super::lives::{self, Heirs};
use crate::entry::{Entry, Role};
use crate::history::History;
use crate::rule::Sink;

pub(super) fn check(history: &History<'_>, sink: &mut Sink) {
    let heirs = Heirs::new(history);
    for differing in history.differing {
        match (differing.base, differing.head) {
            (Some(gone), None) if !lives::is_unreadable(history, gone) => removed(history, &heirs, gone, sink),
            (Some(before), Some(after)) if after.retired && !before.retired => {
                retired(history, &heirs, (before, after), sink);
            }
            _ => {}
        }
    }
}

fn removed(history: &History<'_>, heirs: &Heirs<'_>, gone: &Entry, sink: &mut Sink) {
    let heir = heirs.of(gone);
    let Some(heir) = heir.filter(|heir| lives::are_related(history, gone, heir)) else {
        return;
    };
    let (old, new) = (history.base.title(gone), history.head.text(heir.id));
    let message = format!("{old} became `{new}`, and nothing leads there from its old ID");
    let path = history.head.path(heir).clone();
    sink.report_base(history, gone, gone.id_span, message)
        .help(format!(
            "keep the old file, and say in it that the entry is retired and replaced by `{new}`"
        ))
        .related_in(path, heir.id_span, "the entry as it is now");
}

/// A tombstone that does not say where its text went, though its kind could.
fn retired(history: &History<'_>, heirs: &Heirs<'_>, (before, after): (&Entry, &Entry), sink: &mut Sink) {
    let mut references = after.references.iter();
    if references.any(|reference| reference.role == Role::ReplacedBy) {
        return;
    }
    let Some(heir) = heirs.of(before) else {
        return;
    };
    let (old, new) = (history.head.title(after), history.head.text(heir.id));
    let message = format!("{old} is retired and became `{new}`, and does not say so");
    let path = history.head.path(heir).clone();
    sink.report_entry(history.head, after, after.id_span, message)
        .help(format!("say in it that the entry is replaced by `{new}`"))
        .related_in(path, heir.id_span, "the entry as it is now");
}
