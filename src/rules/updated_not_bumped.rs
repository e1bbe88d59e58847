//! Reports entries that change and keep the day of their last change.

use super::lives::day;
use crate::diagnostic::Safety;
use crate::entry::written;
use crate::history::{Differs, History};
use crate::rule::Sink;
use crate::schema::vocabulary::DateRole;

pub(super) fn check(history: &History<'_>, sink: &mut Sink) {
    for differing in history.differing {
        let Some((before, after)) = differing.both() else {
            continue;
        };
        let Some((old, new)) = day(before, DateRole::Updated).zip(day(after, DateRole::Updated))
        else {
            continue;
        };
        let unsaid = old.day == new.day && new.day != history.today;
        // A tombstone has a day of its own.
        let counts = differing.differs == Differs::Meaning && before.retired == after.retired;
        if !unsaid || !counts {
            continue;
        }
        let title = history.head.title(after);
        let message = format!("{title} changes, and still says {} for its last change", new.day);
        sink.report_entry(history.head, after, new.fact.span, message)
            .help("write the day of this change")
            .related_base(history, before, old.fact.span, "what it was")
            .with(new.fact.date_span(), |reported, span| {
                let text = written(history.today, new.fact.notation);
                let title = format!("Write `{text}`");
                reported.fix(Safety::Safe, title, span, text)
            });
    }
}
