//! What the rules on the history of entries share.

use std::collections::BTreeSet;

use jiff::civil::Date;
use rustc_hash::FxHashMap;

use crate::entry::{DateFact, Entry};
use crate::history::History;
use crate::schema::vocabulary::DateRole;

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

/// Whether a file of the head should define the entry and cannot be read: what is in it is not
/// known.
pub(super) fn is_unreadable(history: &History<'_>, gone: &Entry) -> bool {
    history.head.broken_file(gone.id).is_some()
}

/// New entries, by what their texts are like, to find the one that says what an old one said.
pub(super) struct Heirs<'h> {
    added: Vec<&'h Entry>,
    /// Entries whose sketches have a value at a place.
    by_place: FxHashMap<(usize, u32), Vec<u32>>,
}

/// Entries that are kept for one value of a sketch. However many texts a change adds, looking for
/// one takes the same time.
const KEPT: usize = 64;

impl<'h> Heirs<'h> {
    pub(super) fn new(history: &History<'h>) -> Self {
        let added: Vec<&Entry> = history.added().filter(|entry| !entry.retired).collect();
        let mut by_place: FxHashMap<(usize, u32), Vec<u32>> = FxHashMap::default();
        for (entry, number) in added.iter().zip(0..) {
            for place in places(entry) {
                let here = by_place.entry(place).or_default();
                if here.len() < KEPT {
                    here.push(number);
                }
            }
        }
        Self { added, by_place }
    }

    /// The new entry that says what an old one said.
    pub(super) fn of(&self, gone: &Entry) -> Option<&'h Entry> {
        let near: BTreeSet<u32> = places(gone)
            .filter_map(|place| self.by_place.get(&place))
            .flatten()
            .copied()
            .collect();
        let near = near.iter().map(|at| self.added[*at as usize]);
        let scored = near.filter_map(|entry| Some((likeness(gone, entry)?, entry)));
        // Of equals the first.
        let best = scored.reduce(|best, other| if other.0 > best.0 { other } else { best })?;
        Some(best.1)
    }
}

/// The values of an entry's sketch, each with its place.
fn places(entry: &Entry) -> impl Iterator<Item = (usize, u32)> {
    let sketch = entry.prose.iter().flat_map(|prose| prose.sketch);
    sketch.enumerate().filter(|(_, value)| *value != u32::MAX)
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
