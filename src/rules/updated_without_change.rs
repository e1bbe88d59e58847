//! Reports days of the last change that move although nothing changed.

use super::lives::day;
use crate::history::{Differing, Differs, History};
use crate::rule::Sink;
use crate::schema::vocabulary::DateRole;

pub(super) fn check(history: &History<'_>, sink: &mut Sink) {
    let same = history.differing.iter().filter(|it| it.differs == Differs::Nothing);
    for (before, after) in same.filter_map(Differing::both) {
        let Some((old, new)) = day(before, DateRole::Updated).zip(day(after, DateRole::Updated))
        else {
            continue;
        };
        if new.day <= old.day {
            continue;
        }
        let title = history.head.title(after);
        let message = format!("{title} says that it changed on {}, and it did not", new.day);
        sink.report_entry(history.head, after, new.fact.span, message)
            .help(format!("write {} again, or change what was meant to change", old.day))
            .related_base(history, before, old.fact.span, "what it was");
    }
}
