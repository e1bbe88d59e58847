//! What the rules on the history of entries share.

use jiff::civil::Date;

use crate::entry::{DateFact, Entry, to_ordinal};
use crate::history::History;
use crate::schema::vocabulary::{DateRole, Notation};

/// Texts that are so alike are one text under two IDs.
const SAME_TEXT: f64 = 0.5;

/// The same where the titles are equal.
const SAME_TITLE: f64 = 0.25;

/// A day that an entry says.
pub(super) struct Day<'e> {
    pub(super) day: Date,
    pub(super) fact: &'e DateFact,
}

/// A day that an entry says, where it says a real one.
pub(super) fn day(entry: &Entry, role: DateRole) -> Option<Day<'_>> {
    let fact = entry.date(role)?;
    Some(Day {
        day: fact.date?,
        fact,
    })
}

/// A day as a field writes it.
pub(super) fn said(day: Date, notation: Notation) -> String {
    match notation {
        Notation::Iso => day.to_string(),
        Notation::Ordinal => to_ordinal(day),
        Notation::Rfc3339 => format!("{day}T00:00:00Z"),
    }
}

/// Whether a file of the head should define the entry and cannot be read: what is in it is not
/// known.
pub(super) fn is_unreadable(history: &History<'_>, gone: &Entry) -> bool {
    history.head.broken_file(gone.id).is_some()
}

/// The new entry that says what a removed one said.
pub(super) fn heir<'h>(history: &History<'h>, gone: &Entry) -> Option<&'h Entry> {
    let added = history.added().filter(|entry| !entry.retired);
    let scored = added.filter_map(|entry| Some((likeness(gone, entry)?, entry)));
    let best = scored.max_by(|a, b| a.0.total_cmp(&b.0))?;
    Some(best.1)
}

/// How much a new entry is like a removed one, where that is enough to take it for the same.
fn likeness(gone: &Entry, new: &Entry) -> Option<f64> {
    let (old, now) = (gone.prose.as_ref()?, new.prose.as_ref()?);
    let alike = if old.words == now.words {
        1.0
    } else {
        old.likeness(now)
    };
    let fold = |entry: &Entry| {
        entry
            .label
            .as_ref()
            .map(|label| label.trim().to_lowercase())
    };
    let same_title = fold(gone).is_some() && fold(gone) == fold(new);
    let enough = if same_title { SAME_TITLE } else { SAME_TEXT };
    (alike >= enough).then_some(alike)
}

/// Whether an entry can take the place of another: they are of one kind, or of kinds whose IDs
/// extend one another.
pub(super) fn are_related(history: &History<'_>, gone: &Entry, new: &Entry) -> bool {
    let old = history.base.kind_name(gone);
    let now = history.head.kind_name(new);
    let extends = |kind: &str, parent: &str| {
        let kinds = history.head.schemas.entry_kinds();
        let kind = kinds.iter().find(|known| known.name == kind);
        let own = kind.and_then(|kind| kind.parent.as_ref());
        own.is_some_and(|(name, _)| name == parent)
    };
    old == now || extends(old, now) || extends(now, old)
}
