//! Reports days of creation that change.

use super::lives::{day, said};
use crate::diagnostic::Safety;
use crate::history::{Differing, History};
use crate::rule::Sink;
use crate::schema::vocabulary::DateRole;

pub(super) fn check(history: &History<'_>, sink: &mut Sink) {
    for (before, after) in history.differing.iter().filter_map(Differing::both) {
        let Some((old, new)) = day(before, DateRole::Created).zip(day(after, DateRole::Created))
        else {
            continue;
        };
        if old.day == new.day {
            continue;
        }
        let title = history.head.title(after);
        let message = format!("{title} was created on {}, not on {}", old.day, new.day);
        let mut reported = sink
            .report_entry(history.head, after, new.fact.span, message)
            .help("the day of creation never changes; write the old one")
            .related_base(history, before, old.fact.span, "what it was");
        if let Some(span) = new.fact.date_span() {
            let text = said(old.day, new.fact.notation);
            let title = format!("Write `{text}`");
            reported = reported.fix(Safety::Safe, title, span, text);
        }
        let _ = reported;
    }
}
