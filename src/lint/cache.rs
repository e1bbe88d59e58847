//! What single files gave in earlier runs, so that a file that did not change is not read again.
//!
//! An outcome is kept under the path of its file and git's name of its content. The program, the
//! profile, the schemas and the choice of rules are in the digest of the whole: where one of them is
//! another, nothing is found. An outcome in which a rule has compared with today is not kept, except
//! that what lies in the past stays there.
//!
//! Whoever can write the cache decides what it says, and so it lies in the repository's own folder
//! beside the objects, which are trusted in the same way.

mod codec;
pub(super) mod pack;
mod segment;
#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use jiff::civil::Date;
use rayon::prelude::*;

use super::known::Known;
use super::{Options, Outcome};
use crate::entry::Vocabulary;
use crate::snapshot::git::Id;
use crate::snapshot::{SourceFile, Workspace};
use segment::{Numbers, Segment, Writer};

/// Rules whose findings tomorrow may lack without any change of the file.
pub(super) const OF_THE_DAY: &str = "date-future";

/// Outcomes may be this many times the files of a run before those that it did not use are dropped.
const ROOM: usize = 3;

/// Parts in which many outcomes are written, and outcomes of which there is one part.
const PARTS: usize = 2;
const SMALL: usize = 4096;

/// Names the program and the configuration by which outcomes came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest([u8; 20]);

impl Digest {
    /// The digest of a run.
    #[must_use]
    pub fn of(workspace: &Workspace, options: &Options) -> Option<Self> {
        let mut text = String::from(env!("CORPUSLINT_BUILD"));
        let mut add = |part: &str| {
            text.push_str(&format!("\n{} ", part.len()));
            text.push_str(part);
        };
        add(&workspace.text);
        for (path, schema) in workspace.schemas.texts() {
            add(path);
            add(schema);
        }
        for rules in [&options.select, &options.ignore] {
            add(&rules.join(" "));
        }
        let id = Id::of_blob(text.as_bytes()).ok()?;
        Some(Self(id.as_bytes().try_into().ok()?))
    }

    /// It in 40 hexadecimal digits.
    #[must_use]
    pub fn hex(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Under what an outcome is kept.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    path: Arc<str>,
    blob: [u8; 20],
}

impl Key {
    fn of(file: &SourceFile) -> Option<Self> {
        Some(Self {
            path: Arc::clone(&file.path),
            blob: content(file)?,
        })
    }

    /// The key of a whole tree: no file has an empty path.
    fn of_tree(tree: Id) -> Option<Self> {
        Some(Self {
            path: "".into(),
            blob: tree.as_bytes().try_into().ok()?,
        })
    }
}

/// Git's name of a file's content, where that decides what the file gives.
pub(super) fn content(file: &SourceFile) -> Option<[u8; 20]> {
    if file.stray.is_some() {
        return None;
    }
    file.content?.as_bytes().try_into().ok()
}

/// Outcomes of earlier runs and of this one. Any bytes may be given; those that nothing wrote are
/// as if they were not there.
pub struct Cache {
    digest: Digest,
    today: Date,
    shelves: RwLock<Vec<Arc<Shelf>>>,
    trees: Mutex<Vec<(Id, Vec<u8>)>>,
}

impl Known {
    /// What a whole tree gave, as [`Cache::trees`] stored it; `None` where it was of another
    /// configuration, tree or day.
    #[must_use]
    pub fn read(bytes: Vec<u8>, digest: &Digest, today: Date, tree: Id) -> Option<Self> {
        let segment = Segment::read(bytes, digest, today)?;
        let record = segment.records.first()?;
        let key = Key::of_tree(tree)?;
        if record.blob != key.blob || segment.path(record) != key.path.as_ref() {
            return None;
        }
        let known: Self = segment.value(record, &Numbers::default())?;
        (known.today == today).then_some(known)
    }

    /// It as bytes that [`Known::read`] takes.
    #[must_use]
    pub fn write(&self, digest: &Digest, tree: Id) -> Option<Vec<u8>> {
        self.write_with(digest, tree, &Vocabulary::default())
    }

    fn write_with(&self, digest: &Digest, tree: Id, words: &Vocabulary) -> Option<Vec<u8>> {
        let mut writer = Writer::new(words);
        writer.add(Key::of_tree(tree)?, self);
        Some(writer.finish(digest, self.today))
    }
}

/// The bytes of an outcome, read and written again; `None` where they are of none. Any bytes may be
/// given. Names and sets of kinds are taken from the texts.
#[must_use]
pub fn again(body: &[u8], names: &[&str]) -> Option<Vec<u8>> {
    let words = Vocabulary::default();
    let numbers = Numbers::of(names, &words);
    let outcome: Outcome = numbers.take(body)?;
    let mut writer = Writer::new(&words);
    Some(writer.body(&outcome).to_vec())
}

/// One segment, and what of it was used.
struct Shelf {
    segment: Segment,
    used: Vec<AtomicBool>,
    /// Whether the segment is of this run, and so not stored yet.
    fresh: bool,
}

impl Shelf {
    fn new(segment: Segment, fresh: bool) -> Arc<Self> {
        let used = segment.records.iter().map(|_| AtomicBool::new(false));
        Arc::new(Self {
            used: used.collect(),
            segment,
            fresh,
        })
    }
}

impl std::fmt::Debug for Cache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Cache({})", self.digest.hex())
    }
}

/// What is to be stored after a run.
#[derive(Debug)]
pub enum Stored {
    /// Nothing is new.
    Nothing,
    /// These segments, beside what is there.
    More(Vec<Arc<Vec<u8>>>),
    /// This segment in place of all that is there.
    Instead(Vec<u8>),
}

impl Cache {
    /// A cache with the segments that were stored before.
    #[must_use]
    pub fn new(digest: Digest, today: Date, segments: Vec<Vec<u8>>) -> Self {
        let shelves = segments
            .into_par_iter()
            .filter_map(|bytes| Segment::read(bytes, &digest, today))
            .map(|segment| Shelf::new(segment, false))
            .collect();
        Self {
            digest,
            today,
            shelves: RwLock::new(shelves),
            trees: Mutex::default(),
        }
    }

    /// The bytes of a segment with any head and any outcomes, under a true checksum of the head.
    #[must_use]
    pub fn segment(digest: &Digest, today: Date, head: &[u8], bodies: &[u8]) -> Vec<u8> {
        segment::assemble(digest, today, head, bodies)
    }

    /// Whether it holds what a run with this configuration gives.
    pub(super) fn is_of(&self, workspace: &Workspace, options: &Options) -> bool {
        self.today == options.today && Digest::of(workspace, options) == Some(self.digest)
    }

    /// Outcomes that it knows.
    #[must_use]
    pub fn len(&self) -> usize {
        let shelves = self.shelves();
        shelves.iter().map(|shelf| shelf.used.len()).sum()
    }

    /// Whether it knows none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn shelves(&self) -> Vec<Arc<Shelf>> {
        let shelves = self.shelves.read().unwrap_or_else(PoisonError::into_inner);
        shelves.clone()
    }

    /// Gets ready for one run over files, given in the order of their paths.
    pub(super) fn look(&self, files: &[&SourceFile], words: &Vocabulary) -> Look {
        let shelves = self.shelves();
        let numbers = shelves
            .iter()
            .map(|shelf| shelf.segment.numbers(words))
            .collect();
        let mut places = vec![None; files.len()];
        for (number, shelf) in shelves.iter().enumerate() {
            find(files, &shelf.segment, |file, record| {
                places[file] = Some((number as u32, record as u32));
            });
        }
        Look {
            shelves,
            numbers,
            places,
        }
    }

    /// Keeps the outcomes of files that were not known, given in the order of their paths. Many are
    /// written in several parts side by side.
    pub(super) fn keep(&self, outcomes: &[(&SourceFile, &Outcome)], words: &Vocabulary) {
        let size = (outcomes.len() / PARTS).max(SMALL);
        let shelves: Vec<Arc<Shelf>> = outcomes
            .par_chunks(size)
            .filter_map(|part| self.part(part, words))
            .collect();
        let mut all = self.shelves.write().unwrap_or_else(PoisonError::into_inner);
        all.extend(shelves);
    }

    fn part(&self, outcomes: &[(&SourceFile, &Outcome)], words: &Vocabulary) -> Option<Arc<Shelf>> {
        let mut writer = Writer::new(words);
        for (file, outcome) in outcomes {
            let depends = |rule: &str| rule == OF_THE_DAY;
            let of_the_day = outcome.diagnostics.iter().any(|found| depends(found.rule));
            if let (false, Some(key)) = (of_the_day, Key::of(file)) {
                writer.add(key, *outcome);
            }
        }
        if writer.is_empty() {
            return None;
        }
        let bytes = writer.finish(&self.digest, self.today);
        let segment = Segment::read(bytes, &self.digest, self.today)?;
        Some(Shelf::new(segment, true))
    }

    /// Keeps what a whole tree gives.
    pub(super) fn keep_snapshot(&self, tree: Id, known: &Known, words: &Vocabulary) {
        if let Some(bytes) = known.write_with(&self.digest, tree, words) {
            let mut trees = self.trees.lock().unwrap_or_else(PoisonError::into_inner);
            trees.push((tree, bytes));
        }
    }

    /// What this run has found out about whole trees, to be stored under their names.
    #[must_use]
    pub fn trees(&self) -> Vec<(Id, Vec<u8>)> {
        let mut trees = self.trees.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *trees)
    }

    /// What is to be stored, for a folder that may hold so many segments.
    #[must_use]
    pub fn stored(&self, most: usize) -> Stored {
        let shelves = self.shelves();
        let fresh: Vec<Arc<Vec<u8>>> = shelves
            .iter()
            .filter(|shelf| shelf.fresh)
            .map(|shelf| Arc::clone(&shelf.segment.bytes))
            .collect();
        if fresh.is_empty() {
            return Stored::Nothing;
        }
        if shelves.len() <= most {
            return Stored::More(fresh);
        }
        Stored::Instead(self.merged(&shelves))
    }

    /// All outcomes in one segment; only those that were used where the others are too many.
    fn merged(&self, shelves: &[Arc<Shelf>]) -> Vec<u8> {
        let words = Vocabulary::default();
        let mut all = Vec::new();
        for shelf in shelves {
            for (record, used) in shelf.segment.records.iter().zip(&shelf.used) {
                let used = shelf.fresh || used.load(Ordering::Relaxed);
                all.push((shelf.segment.path(record), record.blob, used, shelf, record));
            }
        }
        let used = all.iter().filter(|(_, _, used, ..)| *used).count();
        if all.len() > used.saturating_mul(ROOM) {
            all.retain(|(_, _, used, ..)| *used);
        }
        all.sort_by_key(|(path, blob, ..)| (*path, *blob));
        all.dedup_by_key(|(path, blob, ..)| (*path, *blob));
        let numbers: Vec<(&Shelf, Numbers)> = shelves
            .iter()
            .map(|shelf| (shelf.as_ref(), shelf.segment.numbers(&words)))
            .collect();
        let mut writer = Writer::new(&words);
        for (path, blob, _, shelf, record) in all {
            let own = numbers
                .iter()
                .find(|(other, _)| std::ptr::eq(*other, shelf.as_ref()));
            let Some((_, own)) = own else { continue };
            let key = Key {
                path: path.into(),
                blob,
            };
            if let Some(outcome) = shelf.segment.value::<Outcome>(record, own) {
                writer.add(key, &outcome);
            }
        }
        writer.finish(&self.digest, self.today)
    }
}

/// Goes through files and records side by side; both are in the order of their paths.
fn find(files: &[&SourceFile], segment: &Segment, mut found: impl FnMut(usize, usize)) {
    let mut at = 0;
    for (number, file) in files.iter().enumerate() {
        let path = file.path.as_ref();
        let behind = |record| segment.path(record) < path;
        while segment.records.get(at).is_some_and(behind) {
            at += 1;
        }
        let Some(content) = content(file) else {
            continue;
        };
        let same = segment.records[at..].iter();
        let same = same.take_while(|record| segment.path(record) == path);
        for (further, record) in same.enumerate() {
            if record.blob == content {
                found(number, at + further);
            }
        }
    }
}

/// The known outcomes of one run's files.
pub(super) struct Look {
    shelves: Vec<Arc<Shelf>>,
    numbers: Vec<Numbers>,
    places: Vec<Option<(u32, u32)>>,
}

impl Look {
    /// What the file with a number gave.
    pub(super) fn outcome(&self, file: usize) -> Option<Outcome> {
        let (shelf, record) = (*self.places.get(file)?)?;
        let (number, record) = (shelf as usize, record as usize);
        let shelf = &self.shelves[number];
        shelf.used[record].store(true, Ordering::Relaxed);
        let record = &shelf.segment.records[record];
        shelf.segment.value(record, &self.numbers[number])
    }
}
