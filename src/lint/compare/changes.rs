//! Which entries differ, and in what. Only their files are read again.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::super::finish::reread;
use super::{Checked, Retirement, tombstone};
use crate::corpus::Corpus;
use crate::entry::{Content, Entry, Field, Reading, Subject};
use crate::history::meaning::likeness;
use crate::history::{Differing, Differs, EntryChange, FieldChange, What};
use crate::schema::Schemas;
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
    let mut found = (Vec::new(), Vec::new());
    for (before, after) in pairs {
        let card = |entry: Option<&Entry>, cards: &FxHashMap<Key, Card>| {
            entry.and_then(|entry| cards.get(&key(entry)).cloned())
        };
        let cards = (card(before, &old), card(after, &new));
        let differs = match before.zip(after) {
            Some((before, after)) => differs((before, after), &cards),
            None => Differs::Meaning,
        };
        let is_bumped = before.and_then(updated) != after.and_then(updated);
        let other_format = before
            .zip(after)
            .is_some_and(|(before, after)| before.form != after.form);
        if other_format && differs != Differs::Meaning && !is_bumped {
            continue;
        }
        found.1.push(shown(base, head, (before, after), &cards));
        found.0.push(differing((before, after), differs, cards));
    }
    found
}

fn differing<'h>((base, head): Pair<'h>, differs: Differs, cards: Cards) -> Differing<'h> {
    let (old, new) = cards;
    let likeness = old.as_ref().zip(new.as_ref()).and_then(|(old, new)| {
        let renamed = old.title != new.title;
        renamed.then(|| likeness((&old.title, &old.prose), (&new.title, &new.prose)))
    });
    let gone = old.filter(|_| head.is_none());
    Differing {
        base,
        head,
        differs,
        likeness,
        tombstone: gone.and_then(|old| old.tombstone),
    }
}

type Pair<'h> = (Option<&'h Entry>, Option<&'h Entry>);

/// What the files say of an entry before and after.
type Cards = (Option<Card>, Option<Card>);

fn pairs<'h>(base: &'h Corpus<'_>, head: &'h Corpus<'_>) -> Vec<Pair<'h>> {
    let mut pairs: Vec<Pair<'h>> = Vec::new();
    for after in head.definitions() {
        match base.get(after.id) {
            Some(before) => pairs.extend(pair(base, head, (before, after))),
            None => pairs.push((None, Some(after))),
        }
    }
    let gone = base.definitions().filter(|it| head.get(it.id).is_none());
    pairs.extend(gone.map(|before| (Some(before), None)));
    let id = |pair: &Pair<'h>| pair.1.or(pair.0).map(|entry| head.text(entry.id));
    let mut named: Vec<_> = pairs.into_iter().map(|pair| (id(&pair), pair)).collect();
    named.sort_by(|a, b| match (&a.0, &b.0) {
        (Some(a), Some(b)) => natural(a, b),
        (a, b) => a.cmp(b),
    });
    named.into_iter().map(|(_, pair)| pair).collect()
}

/// The two states of an entry that are to be compared; `None` where they are the same. Of an ID that
/// is defined or copied several times, these are the first state that only the base has and the first
/// that only the head has: that there are more or fewer of the others is no change of the entry.
fn pair<'h>(
    base: &'h Corpus<'_>,
    head: &'h Corpus<'_>,
    (before, after): (&'h Entry, &'h Entry),
) -> Option<Pair<'h>> {
    let is_alone = |corpus: &Corpus<'_>| corpus.all(before.id).nth(1).is_none();
    if is_alone(base) && is_alone(head) {
        let differ = state(before) != state(after);
        return differ.then_some((Some(before), Some(after)));
    }
    let all = |corpus: &'h Corpus<'_>, of: &Entry| -> Vec<&'h Entry> {
        let copy = of.copy;
        let all = corpus.all(of.id);
        all.filter(|entry| entry.copy == copy).collect()
    };
    let (old, new) = (all(base, before), all(head, after));
    let only = |some: &[&'h Entry], others: &[&Entry]| {
        let known: FxHashSet<State> = others.iter().map(|entry| state(entry)).collect();
        let mut some = some.iter();
        some.find(|entry| !known.contains(&state(entry))).copied()
    };
    Some((Some(only(&old, &new)?), Some(only(&new, &old)?)))
}

/// What makes two states of an entry one.
type State = (u16, Option<Content>, Option<Date>);

fn state(entry: &Entry) -> State {
    (
        entry.form,
        entry.content.as_deref().copied(),
        updated(entry),
    )
}

fn updated(entry: &Entry) -> Option<Date> {
    entry.date(DateRole::Updated).and_then(|date| date.date)
}

/// In what two states of an entry differ.
fn differs((before, after): (&Entry, &Entry), cards: &Cards) -> Differs {
    let of = |entry: &Entry| entry.content.as_deref().copied();
    if let (true, Some(old), Some(new)) = (before.form == after.form, of(before), of(after)) {
        return match (old.exact == new.exact, old.words == new.words) {
            (true, _) => Differs::Nothing,
            (_, true) => Differs::Writing,
            _ => Differs::Meaning,
        };
    }
    let changed = fields(cards, |field| field.meaning);
    let is_updated = |field: Option<&Field>| field.is_none_or(|field| field.is_updated);
    let only_day = changed
        .iter()
        .all(|(before, after)| is_updated(*before) && is_updated(*after));
    match only_day {
        true => Differs::Writing,
        false => Differs::Meaning,
    }
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
    let retirement = Retirement {
        day: state.stage.options.today,
        reason: None,
        heir: None,
    };
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
                let mut card = card(subject, subjects, state.stage.naming);
                card.tombstone = tombstone(document, subject, subjects, retirement);
                ((*number, subject.node.span().start), card)
            })
            .collect()
        })
    });
    cards.collect()
}

fn card<'d>(subject: &Subject<'d>, all: &[Subject<'d>], schemas: &'d Schemas) -> Card {
    let text = |node: Option<crate::syntax::Node<'_>>| {
        node.map_or(String::new(), |node| node.text().to_owned())
    };
    Card {
        title: text(subject.label()),
        prose: text(subject.field(|marks| marks.prose.is_some())),
        fields: Reading::new(subject, all, schemas).fields(),
        tombstone: None,
    }
}

fn shown(
    base: &Checked<'_>,
    head: &Checked<'_>,
    (before, after): Pair<'_>,
    cards: &Cards,
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
        fields: match before.zip(after) {
            // Two formats say the same in different ways.
            Some((before, after)) if before.form != after.form => {
                field_changes(cards, |field| field.meaning)
            }
            _ => field_changes(cards, |field| Some(field.hash)),
        },
        gained: only(&has, &had),
        lost: only(&had, &has),
    }
}

/// Fields that differ: those of the head in its order, then those that are gone. `key` says what of a
/// field is compared; a field without it is as if it were not there.
fn field_changes(cards: &Cards, key: fn(&Field) -> Option<u64>) -> Vec<FieldChange> {
    let changed = fields(cards, key).into_iter();
    let texts = changed.map(|(before, after)| FieldChange {
        name: after
            .or(before)
            .map_or(String::new(), |field| field.name.clone()),
        before: before.map(|field| field.text.clone()),
        after: after.map(|field| field.text.clone()),
    });
    texts.collect()
}

/// A field before and after; at least one is there.
type FieldPair<'c> = (Option<&'c Field>, Option<&'c Field>);

fn fields(cards: &Cards, key: fn(&Field) -> Option<u64>) -> Vec<FieldPair<'_>> {
    let (old, new) = (said(&cards.0, key), said(&cards.1, key));
    let mut changed = Vec::new();
    for after in &new {
        let before = named(&old, &after.name);
        if before.and_then(key) != key(after) {
            changed.push((before, Some(*after)));
        }
    }
    let gone = old
        .iter()
        .filter(|field| named(&new, &field.name).is_none());
    changed.extend(gone.map(|field| (Some(*field), None)));
    changed
}

/// The fields that say something.
fn said(card: &Option<Card>, key: fn(&Field) -> Option<u64>) -> Vec<&Field> {
    let fields = card.iter().flat_map(|card| &card.fields);
    fields.filter(|field| key(field).is_some()).collect()
}

fn named<'c>(fields: &[&'c Field], name: &str) -> Option<&'c Field> {
    fields.iter().find(|field| field.name == name).copied()
}
