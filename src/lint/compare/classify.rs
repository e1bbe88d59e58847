//! Which findings of the head the base has too.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::corpus::Corpus;
use crate::diagnostic::{Change, Diagnostic, Location};
use crate::entry::Entry;
use crate::history::History;
use crate::snapshot::stem;

/// Says of each finding how it stands to those of the base, and adds those that are gone.
///
/// Equal fingerprints are one finding. What is left is matched by entry, rule and message, because an
/// item that moves in its list has another pointer and is still the same finding. A finding with
/// several places is introduced where a file has more of them than before.
pub(super) fn classify(base: Vec<Diagnostic>, head: &mut Vec<Diagnostic>, history: &History<'_>) {
    let mut known: Vec<Option<Diagnostic>> = base.into_iter().map(Some).collect();
    let grew = Growth {
        base: Owners::new(history.base),
        head: Owners::new(history.head),
    };
    let by_fingerprint = |found: &Diagnostic| Key::Fingerprint(found.fingerprint.clone());
    take(&mut known, head, &by_fingerprint, &grew);
    let by_message = |found: &Diagnostic| {
        let whose = found.entry.as_ref().unwrap_or(&found.location.path);
        Key::Message(Arc::clone(whose), found.rule, found.message.clone())
    };
    take(&mut known, head, &by_message, &grew);
    for found in head.iter_mut().filter(|found| found.change.is_none()) {
        found.change = Some(Change::Introduced);
    }
    head.extend(
        known
            .into_iter()
            .flatten()
            .map(|gone| fixed(gone, &history.base_name)),
    );
}

/// What makes two findings one.
#[derive(PartialEq, Eq, Hash)]
enum Key {
    Fingerprint(String),
    Message(Arc<str>, &'static str, String),
}

/// Matches what has no match yet, each finding of the base once.
fn take(
    known: &mut [Option<Diagnostic>],
    head: &mut [Diagnostic],
    key: &dyn Fn(&Diagnostic) -> Key,
    growth: &Growth<'_>,
) {
    let mut places: FxHashMap<Key, Vec<usize>> = FxHashMap::default();
    // The first of equals shall be taken first, from the end of the list.
    for (at, found) in known.iter().enumerate().rev() {
        if let Some(found) = found {
            places.entry(key(found)).or_default().push(at);
        }
    }
    for found in head.iter_mut().filter(|found| found.change.is_none()) {
        let at = places.get_mut(&key(found)).and_then(Vec::pop);
        let Some(old) = at.and_then(|at| known[at].take()) else {
            continue;
        };
        found.change = Some(if growth.grew(&old, found) {
            Change::Introduced
        } else {
            Change::PreExisting
        });
    }
}

/// Where the places of a finding became more.
struct Growth<'h> {
    base: Owners<'h>,
    head: Owners<'h>,
}

impl Growth<'_> {
    /// Whether an entry has more places of a finding than before.
    fn grew(&self, old: &Diagnostic, new: &Diagnostic) -> bool {
        if old.related.is_empty() && new.related.is_empty() {
            return false;
        }
        let before = self.base.places(old);
        let after = self.head.places(new);
        after
            .iter()
            .any(|(owner, count)| before.get(owner).is_none_or(|before| count > before))
    }
}

/// Which entry a place is in.
struct Owners<'h> {
    corpus: &'h Corpus<'h>,
    files: FxHashMap<&'h str, u32>,
}

impl<'h> Owners<'h> {
    fn new(corpus: &'h Corpus<'h>) -> Self {
        let paths = corpus.files.iter().map(|file| file.path.as_ref());
        Self {
            corpus,
            files: paths.zip(0..).collect(),
        }
    }

    /// How many places of a finding each entry has. Copies of one entry have one together: that it is
    /// used once more is nothing new.
    fn places(&self, found: &Diagnostic) -> BTreeMap<Arc<str>, usize> {
        let mut counts = BTreeMap::new();
        let related = found.related.iter().map(|related| &related.location);
        for location in std::iter::once(&found.location).chain(related) {
            match self.entry(location) {
                Some(entry) if entry.copy => counts.insert(self.corpus.text(entry.id), 1),
                Some(entry) => add(&mut counts, self.corpus.text(entry.id)),
                None => add(&mut counts, stem(&location.path).into()),
            };
        }
        counts
    }

    /// The innermost entry around a place.
    fn entry(&self, location: &Location) -> Option<&'h Entry> {
        let &file = self.files.get(location.path.as_ref())?;
        self.corpus
            .entries_in(file)
            .filter(|entry| entry.span.contains(location.span()))
            .min_by_key(|entry| entry.span.len())
    }
}

fn add(counts: &mut BTreeMap<Arc<str>, usize>, owner: Arc<str>) -> Option<usize> {
    let count = counts.entry(owner).or_default();
    *count += 1;
    Some(*count)
}

fn fixed(mut gone: Diagnostic, base_name: &Arc<str>) -> Diagnostic {
    gone.change = Some(Change::Fixed);
    gone.fix = None;
    gone.location.revision = Some(Arc::clone(base_name));
    for related in &mut gone.related {
        related.location.revision = Some(Arc::clone(base_name));
    }
    gone
}
