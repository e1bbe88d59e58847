//! Which entries differ, and in what. Only their files are read again.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::super::finish::reread;
use super::{Checked, tombstone};
use crate::corpus::Corpus;
use crate::entry::{Entry, Field, Name, Reading, Subject};
use crate::history::meaning::likeness;
use crate::history::{Differing, EntryChange, FieldChange, What};
use crate::schema::vocabulary::DateRole;

/// Finds the entries that are not the same in both states, in the order of their IDs, each for the
/// rules and as it is shown.
pub(super) fn changes<'h>(
    base: &'h Checked<'_>,
    head: &'h Checked<'_>,
) -> (Vec<Differing<'h>>, Vec<EntryChange>) {
    let pairs = pairs(&base.corpus, &head.corpus);
    let old = cards(base, pairs.iter().filter_map(|pair| pair.0));
    let new = cards(head, pairs.iter().filter_map(|pair| pair.1));
    let both = pairs.into_iter().map(|(before, after)| {
        let card = |entry: Option<&Entry>, cards: &FxHashMap<Key, Card>| {
            entry.and_then(|entry| cards.get(&key(entry)).cloned())
        };
        let cards = (card(before, &old), card(after, &new));
        let change = shown(base, head, (before, after), &cards);
        let (old, new) = cards;
        let likeness = old.as_ref().zip(new.as_ref()).and_then(|(old, new)| {
            let differ = old.title != new.title && before.is_some() && after.is_some();
            differ.then(|| likeness((&old.title, &old.prose), (&new.title, &new.prose)))
        });
        let tombstone = old
            .filter(|_| after.is_none())
            .and_then(|old| old.tombstone);
        let differing = Differing {
            base: before,
            head: after,
            likeness,
            tombstone,
        };
        (differing, change)
    });
    both.unzip()
}

type Pair<'h> = (Option<&'h Entry>, Option<&'h Entry>);

fn pairs<'h>(base: &'h Corpus<'_>, head: &'h Corpus<'_>) -> Vec<Pair<'h>> {
    let known: FxHashMap<Name, &Entry> =
        base.definitions().map(|entry| (entry.id, entry)).collect();
    let mut left = known.clone();
    let mut pairs: Vec<Pair<'h>> = Vec::new();
    for after in head.definitions() {
        match left.remove(&after.id) {
            Some(before) if is_same(before, after) => {}
            before => pairs.push((before, Some(after))),
        }
    }
    pairs.extend(left.into_values().map(|before| (Some(before), None)));
    let id = |pair: &Pair<'h>| pair.1.or(pair.0).map(|entry| head.text(entry.id));
    let mut named: Vec<_> = pairs.into_iter().map(|pair| (id(&pair), pair)).collect();
    named.sort_by(|a, b| match (&a.0, &b.0) {
        (Some(a), Some(b)) => natural(a, b),
        (a, b) => a.cmp(b),
    });
    named.into_iter().map(|(_, pair)| pair).collect()
}

fn is_same(before: &Entry, after: &Entry) -> bool {
    let updated = |entry: &Entry| entry.date(DateRole::Updated).and_then(|date| date.date);
    before.form == after.form
        && before.content.as_deref() == after.content.as_deref()
        && updated(before) == updated(after)
}

/// IDs in the order in which people count: `AR2` before `AR10`.
fn natural(a: &str, b: &str) -> Ordering {
    let split = |id: &str| {
        let digits = id.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        (
            id[..digits].to_owned(),
            id[digits..].parse::<u64>().unwrap_or(0),
        )
    };
    split(a).cmp(&split(b)).then_with(|| a.cmp(b))
}

/// What an entry's file says of it.
#[derive(Clone)]
struct Card {
    title: String,
    prose: String,
    fields: Vec<Field>,
    tombstone: Option<String>,
}

/// The file and the place of an entry.
type Key = (u32, u32);

fn key(entry: &Entry) -> Key {
    (entry.file, entry.span.start)
}

/// Reads the files of some entries again.
fn cards<'h>(
    state: &Checked<'_>,
    entries: impl Iterator<Item = &'h Entry>,
) -> FxHashMap<Key, Card> {
    let mut wanted: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
    for entry in entries {
        let starts = wanted.entry(entry.file).or_default();
        starts.insert(entry.span.start);
    }
    let snapshot = state.snapshot;
    let wanted: Vec<(u32, BTreeSet<u32>)> = wanted.into_iter().collect();
    let cards = wanted.par_iter().flat_map_iter(|(number, starts)| {
        let Some(file) = snapshot.files.get(*number as usize) else {
            return Vec::new();
        };
        reread(file, snapshot.workspace, |document, subjects| {
            let here = subjects
                .iter()
                .filter(|subject| starts.contains(&subject.node.span().start));
            here.map(|subject| {
                let mut card = card(subject, subjects);
                card.tombstone =
                    tombstone::write(document, subject, subjects, state.stage.options.today);
                ((*number, subject.node.span().start), card)
            })
            .collect()
        })
    });
    cards.collect()
}

fn card(subject: &Subject<'_>, all: &[Subject<'_>]) -> Card {
    let text = |node: Option<crate::syntax::Node<'_>>| {
        node.map_or(String::new(), |node| node.text().to_owned())
    };
    Card {
        title: text(subject.label()),
        prose: text(subject.field(|marks| marks.prose.is_some())),
        fields: Reading::new(subject, all).fields(),
        tombstone: None,
    }
}

fn shown(
    base: &Checked<'_>,
    head: &Checked<'_>,
    (before, after): Pair<'_>,
    cards: &(Option<Card>, Option<Card>),
) -> EntryChange {
    let (old, new) = (&base.corpus, &head.corpus);
    let (corpus, entry) = match (before, after) {
        (_, Some(entry)) => (new, Some(entry)),
        (entry, None) => (old, entry),
    };
    let targets = |entry: Option<&Entry>, corpus: &Corpus<'_>| -> BTreeSet<Arc<str>> {
        let references = entry.map_or(&[][..], |entry| &entry.references);
        references.iter().map(|it| corpus.text(it.target)).collect()
    };
    let (had, has) = (targets(before, old), targets(after, new));
    let only = |one: &BTreeSet<Arc<str>>, other: &BTreeSet<Arc<str>>| {
        let mut ids: Vec<String> = one.difference(other).map(ToString::to_string).collect();
        ids.sort_by(|a, b| natural(a, b));
        ids
    };
    EntryChange {
        id: entry.map_or(String::new(), |entry| corpus.text(entry.id).to_string()),
        kind: entry.map_or(String::new(), |entry| corpus.kind_name(entry).to_owned()),
        title: entry.and_then(|entry| Some(entry.label.as_ref()?.to_string())),
        path: entry.map_or(String::new(), |entry| corpus.path(entry).to_string()),
        what: match (before, after) {
            (None, _) => What::Added,
            (_, None) => What::Removed,
            _ => What::Changed,
        },
        fields: fields(cards.0.as_ref(), cards.1.as_ref()),
        gained: only(&has, &had),
        lost: only(&had, &has),
    }
}

/// Fields that differ: those of the head in its order, then those that are gone.
fn fields(before: Option<&Card>, after: Option<&Card>) -> Vec<FieldChange> {
    let of = |card: Option<&Card>| card.map_or(Vec::new(), |card| card.fields.clone());
    let (old, new) = (of(before), of(after));
    let find =
        |fields: &[Field], name: &str| fields.iter().find(|field| field.name == name).cloned();
    let mut changed: Vec<FieldChange> = Vec::new();
    for field in &new {
        let before = find(&old, &field.name);
        if before
            .as_ref()
            .is_none_or(|before| before.hash != field.hash)
        {
            changed.push(FieldChange {
                name: field.name.clone(),
                before: before.map(|field| field.text),
                after: Some(field.text.clone()),
            });
        }
    }
    let gone = old.iter().filter(|field| find(&new, &field.name).is_none());
    changed.extend(gone.map(|field| FieldChange {
        name: field.name.clone(),
        before: Some(field.text.clone()),
        after: None,
    }));
    changed
}
