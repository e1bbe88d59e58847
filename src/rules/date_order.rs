//! Reports entries that changed, or were retired, before they existed.

use super::days::{self, Dated};
use super::words;
use crate::rule::{EntryView, Sink};
use crate::schema::vocabulary::DateRole;

pub(super) fn check(view: &EntryView<'_>, sink: &mut Sink) {
    let fields = &view.subject.fields;
    let mut dates = days::dates(fields);
    let Some(created) = dates.find(|dated| dated.role == DateRole::Created) else {
        return;
    };
    // A day that has not come is wrong by itself, so it says nothing about the others.
    let day = |dated: &Dated<'_>| dated.day().filter(|day| !days::is_future(*day, view));
    let Some(first) = day(&created) else { return };
    for later in days::dates(fields).filter(|dated| dated.role != DateRole::Created) {
        if day(&later).is_none_or(|day| day >= first) {
            continue;
        }
        let message = format!(
            "the entry was {} on {}, before it was created on {}",
            later.what(),
            words::code(later.node.text()),
            words::code(created.node.text())
        );
        sink.report(later.node.span(), message)
            .help("correct the one of the two dates that is wrong")
            .related(created.node.span(), "created here");
    }
}
