//! Reports days of creation that change.

use super::lives::{Day, day};
use crate::diagnostic::Safety;
use crate::entry::{Entry, written};
use crate::history::{Differing, History};
use crate::rule::Sink;
use crate::schema::vocabulary::DateRole;

pub(super) fn check(history: &History<'_>, sink: &mut Sink) {
    for (before, after) in history.differing.iter().filter_map(Differing::both) {
        let Some(old) = day(before, DateRole::Created) else {
            continue;
        };
        let Some(new) = day(after, DateRole::Created) else {
            if after.date(DateRole::Created).is_none() && !after.retired {
                gone(history, (before, after), &old, sink);
            }
            continue;
        };
        if old.day == new.day {
            continue;
        }
        let title = history.head.title(after);
        let message = format!("{title} was created on {}, not on {}", old.day, new.day);
        sink.report_entry(history.head, after, new.fact.span, message)
            .help("the day of creation never changes; write the old one")
            .related_base(history, before, old.fact.span, "what it was")
            .with(new.fact.date_span(), |reported, span| {
                let text = written(old.day, new.fact.notation);
                let title = format!("Write `{text}`");
                reported.fix(Safety::Safe, title, span, text)
            });
    }
}

/// A day that was taken out could come back as another one.
fn gone(
    history: &History<'_>,
    (before, after): (&Entry, &Entry),
    old: &Day<'_>,
    sink: &mut Sink,
) {
    // Another format may have no place for it.
    if before.form != after.form {
        return;
    }
    let title = history.head.title(after);
    let message = format!("{title} no longer says that it was created on {}", old.day);
    sink.report_entry(history.head, after, after.id_span, message)
        .help("the day of creation never changes; write it again")
        .related_base(history, before, old.fact.span, "what it was");
}
