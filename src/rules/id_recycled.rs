//! Reports IDs that stand for something else than before.

use crate::history::History;
use crate::history::meaning::Likeness;
use crate::rule::Sink;
use crate::schema::vocabulary::DateRole;

/// The share of common words from which texts are about one thing, where the entry says that it is
/// another one by its day of creation.
const NEW_DAY: f64 = 0.4;

/// The same where it does not say so.
const SAME_DAY: f64 = 0.2;

/// Words below which a text is a stub, which says too little to be sure.
const STUB: usize = 10;

pub(super) fn check(history: &History<'_>, sink: &mut Sink) {
    for differing in history.differing {
        let (Some((before, after)), Some(likeness)) = (differing.both(), differing.likeness) else {
            continue;
        };
        let day = |entry: &crate::entry::Entry| entry.date(DateRole::Created).and_then(|it| it.date);
        let new_day = matches!((day(before), day(after)), (Some(old), Some(new)) if old != new);
        // A tombstone says less than the entry did.
        if after.retired || !is_another(&likeness, new_day) {
            continue;
        }
        let (Some(old), Some(_)) = (&before.label, &after.label) else {
            continue;
        };
        let id = history.head.text(after.id);
        let message = format!("{} was `{old}` before", history.head.title(after));
        sink.report_entry(history.head, after, after.label_span, message)
            .help(format!(
                "what cites `{id}` now says something else: give the new entry an ID of its own, and \
                 keep the old one, retired if need be; only a maintainer can let it go, with `--waive`"
            ))
            .related_base(history, before, before.label_span, "what it was");
    }
}

fn is_another(likeness: &Likeness, new_day: bool) -> bool {
    if likeness.title > 0.0 {
        return false;
    }
    if new_day {
        likeness.text < NEW_DAY
    } else {
        likeness.text < SAME_DAY && likeness.words >= STUB
    }
}
