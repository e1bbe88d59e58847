//! Reports names of people that are spelled in nearly the same way as another.

use std::hash::Hasher;

use rustc_hash::{FxHashMap, FxHashSet, FxHasher};

use self::person::{Likeness, Person};
use crate::corpus::Corpus;
use crate::diagnostic::{Edit, Fix, Safety, Severity};
use crate::entry::{Entry, Name};
use crate::rule::Sink;
use crate::syntax::{self, Kind};
use crate::text::Span;

mod person;

/// How many of those before it a name is compared with, in a bucket that many share.
const WINDOW: usize = 24;

pub(super) fn check(corpus: &Corpus<'_>, sink: &mut Sink) {
    let people = gather(corpus);
    let mut best: FxHashMap<usize, (usize, Likeness)> = FxHashMap::default();
    for (a, b) in candidates(&people) {
        let Some(likeness) = people[a].likeness(&people[b]) else {
            continue;
        };
        let (rare, usual) = in_order(&people, a, b);
        // Names that differ in more than a slip are two people, unless one was met only once.
        if likeness == Likeness::Perhaps && people[rare].entries > 1 {
            continue;
        }
        let better = |known: &(usize, Likeness)| {
            let rank = |at: usize, likeness| (likeness, std::cmp::Reverse(people[at].entries), at);
            rank(usual, likeness) < rank(known.0, known.1)
        };
        if best.get(&rare).is_none_or(better) {
            best.insert(rare, (usual, likeness));
        }
    }
    let mut places: FxHashMap<Name, Vec<(&Entry, Span)>> = FxHashMap::default();
    let wanted: FxHashSet<Name> = best.keys().map(|&rare| people[rare].name).collect();
    for entry in corpus.entries() {
        for (name, span) in entry.people.iter().filter(|(name, _)| wanted.contains(name)) {
            places.entry(*name).or_default().push((entry, *span));
        }
    }
    for (&rare, &(usual, likeness)) in &best {
        if let Some(places) = places.get(&people[rare].name) {
            report(corpus, (&people[rare], &people[usual]), likeness, places, sink);
        }
    }
}

/// Every name once, with the number of entries that hold it, in the order of the corpus.
fn gather(corpus: &Corpus<'_>) -> Vec<Person> {
    let mut numbers: FxHashMap<Name, usize> = FxHashMap::default();
    let mut last: Vec<Option<Name>> = Vec::new();
    let mut people: Vec<Person> = Vec::new();
    for entry in corpus.entries() {
        for (name, _) in &entry.people {
            let at = *numbers.entry(*name).or_insert_with(|| {
                people.push(Person::new(*name, &corpus.text(*name)));
                last.push(None);
                people.len() - 1
            });
            // The copies of one entry count once, as far as they stand together.
            if last[at] != Some(entry.id) {
                last[at] = Some(entry.id);
                people[at].entries += 1;
            }
        }
    }
    people
}

/// The one that is the variant comes first: the rarer one, or the later of two.
fn in_order(people: &[Person], a: usize, b: usize) -> (usize, usize) {
    let rank = |at: usize| (std::cmp::Reverse(people[at].entries), at);
    if rank(a) > rank(b) { (a, b) } else { (b, a) }
}

/// Pairs of names that share a bucket. A bucket is a word of the name with the beginning or the end
/// of the rest, or the beginning or the end of all; so the work grows with the number of names.
fn candidates(people: &[Person]) -> FxHashSet<(usize, usize)> {
    let mut keyed: Vec<(u64, u32)> = Vec::new();
    for (at, person) in people.iter().enumerate() {
        let mut key = |parts: [&str; 2], tag: u8| {
            let mut hasher = FxHasher::default();
            hasher.write(parts[0].as_bytes());
            hasher.write_u8(tag);
            hasher.write(parts[1].as_bytes());
            keyed.push((hasher.finish(), at as u32));
        };
        person.keys(&mut key);
    }
    keyed.sort_unstable();
    let mut pairs = FxHashSet::default();
    for (place, &(key, at)) in keyed.iter().enumerate() {
        let before = &keyed[place.saturating_sub(WINDOW)..place];
        for &(_, other) in before.iter().filter(|(known, _)| *known == key) {
            if other != at {
                pairs.insert((other.min(at) as usize, other.max(at) as usize));
            }
        }
    }
    pairs
}

fn report(
    corpus: &Corpus<'_>,
    (rare, usual): (&Person, &Person),
    likeness: Likeness,
    places: &[(&Entry, Span)],
    sink: &mut Sink,
) {
    let [(entry, span), rest @ ..] = places else {
        return;
    };
    let (said, better) = (corpus.text(rare.name), corpus.text(usual.name));
    let (one, many) = (entries(rare.entries), entries(usual.entries));
    let message = format!("`{said}` (in {one}) is nearly `{better}` (in {many})");
    let mut reported = sink
        .report_entry(corpus, entry, *span, message)
        .help(format!(
            "if this is the same person, write `{better}` everywhere"
        ));
    for (other, span) in rest {
        let message = format!("`{said}` here too");
        reported = reported.related_in(corpus.path(other).clone(), *span, message);
    }
    if likeness == Likeness::Perhaps {
        reported.severity(Severity::Note);
        return;
    }
    let edits = places.iter().map(|(entry, span)| {
        (span.len() == said.len() && stands_anywhere(&better) && !said.contains(char::is_control))
            .then(|| Edit {
                path: corpus.path(entry).clone(),
                span: *span,
                text: better.to_string(),
            })
    });
    if let Some(edits) = edits.collect::<Option<Vec<Edit>>>() {
        reported.fix_with(Fix {
            title: format!("Write `{better}`"),
            safety: Safety::Unsafe,
            edits,
            rename: None,
        });
    }
}

fn entries(count: usize) -> String {
    match count {
        1 => "1 entry".to_owned(),
        many => format!("{many} entries"),
    }
}

/// Whether a name can be written as it is in every style of YAML and in JSON: what the quotes are,
/// if any, is not known any more.
fn stands_anywhere(name: &str) -> bool {
    let ordinary = |c: char| c.is_alphanumeric() || " .-&()".contains(c);
    name.starts_with(char::is_alphabetic)
        && !name.ends_with(' ')
        && name.chars().all(ordinary)
        && syntax::resolve_plain(name) == Kind::String
        && syntax::yaml11(name).is_none()
}
