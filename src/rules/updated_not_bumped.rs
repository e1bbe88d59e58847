//! Reports entries that change and keep the day of their last change.

use super::lives::{day, said};
use crate::diagnostic::Safety;
use crate::entry::Entry;
use crate::history::{Differing, History};
use crate::rule::Sink;
use crate::schema::vocabulary::DateRole;

pub(super) fn check(history: &History<'_>, sink: &mut Sink) {
    for (before, after) in history.differing.iter().filter_map(Differing::both) {
        let Some((old, new)) = day(before, DateRole::Updated).zip(day(after, DateRole::Updated))
        else {
            continue;
        };
        // A tombstone has a day of its own.
        let counts = before.form == after.form && before.retired == after.retired;
        if !counts || old.day != new.day || new.day == history.today || !differ(before, after) {
            continue;
        }
        let title = history.head.title(after);
        let message = format!("{title} changes, and still says {} for its last change", new.day);
        let mut reported = sink
            .report_entry(history.head, after, new.fact.span, message)
            .help("write the day of this change")
            .related_base(history, before, old.fact.span, "what it was");
        if let Some(span) = new.fact.date_span() {
            let text = said(history.today, new.fact.notation);
            let title = format!("Write `{text}`");
            reported = reported.fix(Safety::Safe, title, span, text);
        }
        let _ = reported;
    }
}

/// Whether more than the punctuation and the tags of prose differs.
fn differ(before: &Entry, after: &Entry) -> bool {
    let words = |entry: &Entry| entry.content.as_ref().map(|content| content.words);
    words(before) != words(after)
}
