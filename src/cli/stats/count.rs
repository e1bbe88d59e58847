//! What a corpus holds, counted.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;
use serde::Serialize;

use crate::corpus::Corpus;
use crate::entry::{Entry, Name, Role};
use crate::schema::vocabulary::DateRole;

/// People that are named.
const PEOPLE: usize = 10;

/// What a corpus holds. Each entry counts once, however often it is repeated.
#[derive(Default, Serialize)]
pub(super) struct Stats {
    pub(super) version: u8,
    pub(super) files: usize,
    pub(super) entries: usize,
    pub(super) kinds: Vec<KindCount>,
    pub(super) folders: Vec<Counted>,
    pub(super) references: Vec<Links>,
    pub(super) dates: Vec<Dates>,
    pub(super) people: People,
    /// Entries that could be referred to, and that no entry refers to.
    pub(super) unused: Vec<String>,
}

#[derive(Default, Serialize)]
pub(super) struct KindCount {
    pub(super) kind: String,
    pub(super) entries: usize,
    pub(super) retired: usize,
    pub(super) unused: usize,
}

#[derive(Serialize)]
pub(super) struct Counted {
    pub(super) name: String,
    pub(super) entries: usize,
}

#[derive(Serialize)]
pub(super) struct Links {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) references: usize,
    /// Entries of the first kind that have any.
    pub(super) entries: usize,
}

#[derive(Serialize)]
pub(super) struct Dates {
    pub(super) role: &'static str,
    pub(super) oldest: Option<String>,
    pub(super) newest: Option<String>,
    pub(super) entries: usize,
    pub(super) missing: usize,
}

#[derive(Default, Serialize)]
pub(super) struct People {
    pub(super) count: usize,
    pub(super) top: Vec<Counted>,
}

impl Stats {
    pub(super) fn count(
        corpus: &Corpus<'_>,
        files: usize,
        inside: impl Fn(&Entry) -> bool,
    ) -> Self {
        let entries: Vec<&Entry> = corpus.definitions().filter(|entry| inside(entry)).collect();
        let used = used(corpus);
        let targets = target_kinds(corpus);
        let is_unused = |entry: &Entry| {
            targets.contains(corpus.kind_name(entry)) && !used.contains(&corpus.text(entry.id))
        };
        let mut stats = Self {
            version: 1,
            files,
            entries: entries.len(),
            folders: folders(corpus, &entries),
            references: links(corpus, &entries),
            people: people(corpus, &entries),
            ..Self::default()
        };
        for kind in corpus.schemas.entry_kinds() {
            let of_kind = |entry: &&&Entry| corpus.kind_name(entry) == kind.name;
            let of_kind: Vec<&&Entry> = entries.iter().filter(of_kind).collect();
            let unused = of_kind
                .iter()
                .filter(|entry| !entry.retired && is_unused(entry));
            let unused: Vec<String> = unused
                .map(|entry| corpus.text(entry.id).to_string())
                .collect();
            stats.kinds.push(KindCount {
                kind: kind.name.clone(),
                entries: of_kind.len(),
                retired: of_kind.iter().filter(|entry| entry.retired).count(),
                unused: unused.len(),
            });
            stats.unused.extend(unused);
        }
        stats.unused.sort();
        stats.dates = [
            ("created", DateRole::Created),
            ("updated", DateRole::Updated),
            ("retired", DateRole::Retired),
        ]
        .into_iter()
        .filter_map(|(name, role)| dates(name, role, &entries))
        .collect();
        stats
    }
}

/// IDs that an entry refers to, in a field or in its prose.
fn used(corpus: &Corpus<'_>) -> BTreeSet<Arc<str>> {
    let mut used = BTreeSet::new();
    for entry in corpus.entries() {
        let mentions = entry.mentions.iter().map(|(target, _)| *target);
        let references = entry.references.iter().map(|reference| reference.target);
        for target in references
            .chain(mentions)
            .filter(|target| *target != entry.id)
        {
            used.insert(corpus.text(target));
        }
    }
    used
}

/// Kinds of entry that some reference may be of.
fn target_kinds(corpus: &Corpus<'_>) -> BTreeSet<String> {
    let references = corpus.entries().flat_map(|entry| &entry.references);
    let uses = references.filter(|reference| reference.role == Role::Uses);
    let sets: BTreeSet<u16> = uses.map(|reference| reference.kinds).collect();
    let names = sets
        .into_iter()
        .flat_map(|set| corpus.words.kind_sets.names(set));
    names.collect()
}

/// Entries by the name of their folder; nothing to say where all are in one file.
fn folders(corpus: &Corpus<'_>, entries: &[&Entry]) -> Vec<Counted> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in entries {
        let path = corpus.path(entry);
        let folder = path.rsplit_once('/').map_or(".", |(folder, _)| folder);
        *counts.entry(folder).or_default() += 1;
    }
    if counts.len() < 2 {
        return Vec::new();
    }
    let counts = counts.into_iter();
    counts
        .map(|(name, entries)| Counted {
            name: name.to_owned(),
            entries,
        })
        .collect()
}

fn links(corpus: &Corpus<'_>, entries: &[&Entry]) -> Vec<Links> {
    let mut counts: BTreeMap<(usize, String), (usize, usize)> = BTreeMap::new();
    for entry in entries {
        let mut own: BTreeMap<String, usize> = BTreeMap::new();
        for reference in &entry.references {
            // What is not defined is still meant to be of a kind.
            let kind = match corpus.get(reference.target) {
                Some(target) => corpus.kind_name(target).to_owned(),
                None => corpus.words.kind_sets.names(reference.kinds).join(" or "),
            };
            *own.entry(kind).or_default() += 1;
        }
        for (kind, count) in own {
            let (references, from) = counts.entry((entry.kind as usize, kind)).or_default();
            *references += count;
            *from += 1;
        }
    }
    let kinds = corpus.schemas.entry_kinds();
    let counts = counts.into_iter();
    counts
        .map(|((from, to), (references, entries))| Links {
            from: kinds[from].name.clone(),
            to,
            references,
            entries,
        })
        .collect()
}

fn dates(name: &'static str, role: DateRole, entries: &[&Entry]) -> Option<Dates> {
    let days: Vec<Option<Date>> = entries
        .iter()
        .filter_map(|entry| entry.dates.iter().find(|fact| fact.role == role))
        .map(|fact| fact.date)
        .collect();
    if days.is_empty() {
        return None;
    }
    let known = || days.iter().flatten().copied();
    let missing = match role {
        DateRole::Retired => 0,
        DateRole::Created | DateRole::Updated => entries.len() - days.len(),
    };
    Some(Dates {
        role: name,
        oldest: known().min().map(|day| day.to_string()),
        newest: known().max().map(|day| day.to_string()),
        entries: days.len(),
        missing,
    })
}

fn people(corpus: &Corpus<'_>, entries: &[&Entry]) -> People {
    let mut counts: BTreeMap<Arc<str>, usize> = BTreeMap::new();
    for entry in entries {
        let mut named: Vec<Name> = entry.people.iter().map(|(name, _)| *name).collect();
        named.dedup();
        for name in named {
            *counts.entry(corpus.text(name)).or_default() += 1;
        }
    }
    let count = counts.len();
    let mut top: Vec<Counted> = counts
        .into_iter()
        .map(|(name, entries)| Counted {
            name: name.to_string(),
            entries,
        })
        .collect();
    // The sort is stable: people with as many entries stay in order of their names.
    top.sort_by_key(|person| std::cmp::Reverse(person.entries));
    top.truncate(PEOPLE);
    People { count, top }
}
