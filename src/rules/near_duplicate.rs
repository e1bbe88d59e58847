//! Reports entries whose prose says nearly the same.

use std::hash::Hasher;

use rustc_hash::{FxHashMap, FxHasher};

use super::alike::{ALIKE, likeness};
use crate::corpus::Corpus;
use crate::entry::{Entry, Prose, SKETCH};
use crate::rule::Sink;

/// Places in a band. Two sketches that differ in three places of sixteen still share a whole band.
const BAND: usize = 4;

/// How many of those before it, in a band that many share, a text is compared with.
const WINDOW: usize = 8;

pub(super) fn check(corpus: &Corpus<'_>, sink: &mut Sink) {
    let all: Vec<&Entry> = corpus
        .definitions()
        .filter(|entry| !entry.retired && entry.prose.is_some())
        .collect();
    let mut groups = Groups::new(all.len());
    join(&mut groups, &all, |prose| Some(prose.words));
    for band in 0..SKETCH / BAND {
        join(&mut groups, &all, |prose| band_hash(prose, band));
    }
    for group in groups.of_several() {
        let members = group.iter().map(|&at| all[at as usize]);
        let members = members.filter_map(|entry| Some((entry, entry.prose.as_ref()?)));
        report(corpus, &members.collect::<Vec<_>>(), sink);
    }
}

/// Joins the texts that share a key and are alike. Texts of one key stand side by side after
/// sorting, so that the work grows with the corpus and not with its square.
fn join(groups: &mut Groups, all: &[&Entry], key: impl Fn(&Prose) -> Option<u64>) {
    // With room for all from the start, because what grows is there twice for a moment.
    let mut keyed: Vec<(u64, u32)> = Vec::with_capacity(all.len());
    let entries = (0..).zip(all);
    keyed.extend(entries.filter_map(|(at, entry)| Some((key(entry.prose.as_ref()?)?, at))));
    keyed.sort_unstable();
    for (place, &(key, at)) in keyed.iter().enumerate() {
        for &(_, other) in keyed[place.saturating_sub(WINDOW)..place]
            .iter()
            .filter(|(before, _)| *before == key)
        {
            let (a, b) = (&all[at as usize].prose, &all[other as usize].prose);
            if let (Some(a), Some(b)) = (a, b)
                && likeness(a, b) >= ALIKE
            {
                groups.union(at, other);
            }
        }
    }
}

/// A hash of one band; none of a band in which a short text has nothing.
fn band_hash(prose: &Prose, band: usize) -> Option<u64> {
    let places = &prose.sketch[band * BAND..(band + 1) * BAND];
    let mut hasher = FxHasher::default();
    places.iter().for_each(|place| hasher.write_u32(*place));
    places
        .iter()
        .any(|place| *place != u32::MAX)
        .then(|| hasher.finish())
}

/// Sets of texts that are alike, joined pair by pair (union-find). The root is the first text.
struct Groups(Vec<u32>);

impl Groups {
    fn new(count: usize) -> Self {
        Self((0..count as u32).collect())
    }

    fn root(&mut self, mut at: u32) -> u32 {
        while self.0[at as usize] != at {
            self.0[at as usize] = self.0[self.0[at as usize] as usize];
            at = self.0[at as usize];
        }
        at
    }

    fn union(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b) as usize] = a.min(b);
    }

    fn of_several(mut self) -> Vec<Vec<u32>> {
        let mut members: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
        for at in 0..self.0.len() as u32 {
            let root = self.root(at);
            if root != at {
                members.entry(root).or_insert_with(|| vec![root]).push(at);
            }
        }
        members.into_values().collect()
    }
}

fn report(corpus: &Corpus<'_>, group: &[(&Entry, &Prose)], sink: &mut Sink) {
    let [(first, start), (second, prose), rest @ ..] = group else {
        return;
    };
    let message = if prose.words == start.words {
        format!("this text is word for word that of {}", corpus.title(first))
    } else {
        let share = percent(prose, start);
        let title = corpus.title(first);
        format!("this text is about {share} % the same as that of {title}")
    };
    let mut reported = sink
        .report_entry(corpus, second, prose.span, message)
        .help("say what sets this entry apart from the other, or merge the two")
        .related_in(corpus.path(first).clone(), start.span, "the other text");
    for (other, prose) in rest {
        let how = if prose.words == start.words {
            "word for word".to_owned()
        } else {
            format!("about {} %", percent(prose, start))
        };
        let message = format!("{} too, {how}", corpus.title(other));
        reported = reported.related_in(corpus.path(other).clone(), prose.span, message);
    }
}

fn percent(prose: &Prose, other: &Prose) -> f64 {
    (likeness(prose, other) * 100.0).round()
}
