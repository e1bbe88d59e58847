//! Reports IDs that stand for something else than before.

use super::lives::Heirs;
use crate::entry::Entry;
use crate::history::History;
use crate::history::meaning::Likeness;
use crate::rule::Sink;
use crate::schema::vocabulary::DateRole;

/// Words below which a text is a stub, which may be written out to anything.
const STUB: usize = 10;

/// Words from which a text says enough to be sure of what it is about.
const TEXT: usize = 20;

/// The share of words of a title from which two titles name one thing.
const SAME_TITLE: f64 = 0.5;

pub(super) fn check(history: &History<'_>, sink: &mut Sink) {
    let heirs = Heirs::new(history);
    for differing in history.differing {
        let (Some((before, after)), Some(likeness)) = (differing.both(), differing.likeness) else {
            continue;
        };
        // A tombstone says less than the entry did.
        let another = likeness.text < enough(&likeness, says_so(before, after));
        if after.retired || !another {
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
            .related_base(history, before, before.label_span, "what it was")
            .with(heirs.of(before), |reported, heir| {
                let path = history.head.path(heir).clone();
                reported.related_in(path, heir.id_span, "says what it said")
            });
    }
}

/// What an entry says itself of being another one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Says {
    /// It has another day of creation, or it comes back from retirement under another title.
    Another,
    Nothing,
}

fn says_so(before: &Entry, after: &Entry) -> Says {
    let day = |entry: &Entry| entry.date(DateRole::Created).and_then(|it| it.date);
    let new_day = matches!((day(before), day(after)), (Some(old), Some(new)) if old != new);
    if new_day || before.retired {
        Says::Another
    } else {
        Says::Nothing
    }
}

/// The share of common words from which two states of an entry are about one thing.
fn enough(likeness: &Likeness, says: Says) -> f64 {
    match (says, likeness.words) {
        _ if likeness.title > SAME_TITLE => 0.0,
        (Says::Another, STUB..) => 0.5,
        (Says::Another, _) => 0.4,
        (Says::Nothing, TEXT..) => 0.45,
        (Says::Nothing, STUB..) if likeness.title == 0.0 => 0.3,
        _ => 0.0,
    }
}
