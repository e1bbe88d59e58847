//! Reports days of the last change that go back.

use super::lives::day;
use crate::history::{Differing, History};
use crate::rule::Sink;
use crate::schema::vocabulary::DateRole;

pub(super) fn check(history: &History<'_>, sink: &mut Sink) {
    for (before, after) in history.differing.iter().filter_map(Differing::both) {
        let Some((old, new)) = day(before, DateRole::Updated).zip(day(after, DateRole::Updated))
        else {
            continue;
        };
        if new.day >= old.day {
            continue;
        }
        let title = history.head.title(after);
        let message = format!(
            "{title} was last changed on {}, and now says {}",
            old.day, new.day
        );
        sink.report_entry(history.head, after, new.fact.span, message)
            .help("a later change has a later day; write the day of this change")
            .related_base(history, before, old.fact.span, "what it was");
    }
}
