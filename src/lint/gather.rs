//! What files give, side by side in the order of the files.

use std::iter::Peekable;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::vec::IntoIter;

use rayon::prelude::*;

use super::suppression::Suppression;
use super::{Outcome, Stage, Use, cache};
use crate::diagnostic::Diagnostic;
use crate::entry::Entry;
use crate::schema::SchemaError;
use crate::snapshot::SourceFile;

/// What several files that follow on one another give.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) entries: Vec<Box<Entry>>,
    /// IDs that the names of files say and nothing in them has, with the number of the file.
    pub(super) broken_ids: Vec<(usize, String)>,
    pub(super) suppressions: Vec<(Arc<str>, Suppression)>,
}

impl Gathered {
    /// Adds what the next file gives.
    pub(super) fn add(&mut self, number: usize, file: &SourceFile, outcome: Outcome) {
        self.diagnostics.extend(outcome.diagnostics);
        for mut entry in outcome.facts.entries {
            entry.file = number as u32;
            self.entries.push(entry);
        }
        self.broken_ids
            .extend(outcome.broken_id.map(|id| (number, id)));
        let suppressions = outcome.suppressions.into_iter();
        self.suppressions
            .extend(suppressions.map(|found| (Arc::clone(&file.path), found)));
    }

    /// Adds what the files behind these give.
    pub(super) fn join(mut self, mut behind: Self) -> Self {
        self.diagnostics.append(&mut behind.diagnostics);
        self.entries.append(&mut behind.entries);
        self.broken_ids.append(&mut behind.broken_ids);
        self.suppressions.append(&mut behind.suppressions);
        self
    }
}

impl Gathered {
    /// What files give of which most gave something before: for each the number that it had then;
    /// the others give `outcomes`.
    pub(super) fn filled(
        self,
        numbers: &[Option<u32>],
        files: &[SourceFile],
        outcomes: Vec<Outcome>,
    ) -> Self {
        let mut before = Before::of(self);
        let mut made = outcomes.into_iter();
        let mut gathered = Self::default();
        for (number, (file, old)) in files.iter().zip(numbers).enumerate() {
            let outcome = match old {
                Some(old) => Some(before.outcome(*old as usize, file)),
                None => made.next(),
            };
            gathered.add(number, file, outcome.unwrap_or_default());
        }
        gathered
    }
}

/// What files gave before, taken out file by file.
struct Before {
    diagnostics: Peekable<IntoIter<Diagnostic>>,
    entries: Peekable<IntoIter<Box<Entry>>>,
    broken_ids: Peekable<IntoIter<(usize, String)>>,
    suppressions: Peekable<IntoIter<(Arc<str>, Suppression)>>,
}

impl Before {
    fn of(gathered: Gathered) -> Self {
        Self {
            diagnostics: gathered.diagnostics.into_iter().peekable(),
            entries: gathered.entries.into_iter().peekable(),
            broken_ids: gathered.broken_ids.into_iter().peekable(),
            suppressions: gathered.suppressions.into_iter().peekable(),
        }
    }

    /// What a file gave that had this number. All is in the order of the files, and so are the
    /// questions.
    fn outcome(&mut self, number: usize, file: &SourceFile) -> Outcome {
        let mut outcome = Outcome::default();
        let path = &file.path;
        while self
            .diagnostics
            .next_if(|it| it.location.path < *path)
            .is_some()
        {}
        while let Some(it) = self.diagnostics.next_if(|it| it.location.path == *path) {
            outcome.diagnostics.push(it);
        }
        while self.suppressions.next_if(|(at, _)| at < path).is_some() {}
        while let Some((_, it)) = self.suppressions.next_if(|(at, _)| at == path) {
            outcome.suppressions.push(it);
        }
        while self
            .entries
            .next_if(|it| (it.file as usize) < number)
            .is_some()
        {}
        while let Some(it) = self.entries.next_if(|it| it.file as usize == number) {
            outcome.facts.entries.push(it);
        }
        while self.broken_ids.next_if(|(at, _)| *at < number).is_some() {}
        let broken = self.broken_ids.next_if(|(at, _)| *at == number);
        outcome.broken_id = broken.map(|(_, id)| id);
        outcome
    }
}

/// Where an outcome is from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// From an earlier run.
    Known,
    /// From the file.
    Made,
}

impl Stage<'_> {
    /// What all files give, in the order of the files.
    pub(super) fn gather(
        &self,
        files: &[SourceFile],
        progress: &AtomicUsize,
    ) -> Result<Gathered, SchemaError> {
        files
            .par_iter()
            .enumerate()
            .try_fold(Gathered::default, |mut gathered, (number, file)| {
                gathered.add(number, file, self.file(file)?);
                progress.fetch_add(1, Ordering::Relaxed);
                Ok(gathered)
            })
            .try_reduce(Gathered::default, |first, second| Ok(first.join(second)))
    }

    /// The same, where what was known before is not read again.
    pub(super) fn recall(
        &self,
        cache: &cache::Cache,
        files: &[SourceFile],
        progress: &AtomicUsize,
    ) -> Result<Gathered, SchemaError> {
        let known = cache.look(&files.iter().collect::<Vec<_>>(), self.words);
        let recalled = files.par_iter().enumerate().fold(
            <(Gathered, Vec<&SourceFile>)>::default,
            |(mut gathered, mut others), (number, file)| {
                match known.outcome(number) {
                    Some(outcome) => gathered.add(number, file, outcome),
                    None => others.push(file),
                }
                (gathered, others)
            },
        );
        let (recalled, others) = recalled.reduce(Default::default, |first, mut second| {
            let (gathered, mut others) = first;
            others.append(&mut second.1);
            (gathered.join(second.0), others)
        });
        progress.fetch_add(files.len() - others.len(), Ordering::Relaxed);
        if others.is_empty() {
            return Ok(recalled);
        }
        let outcomes = self.outcomes(&others, None, progress)?;
        let mut others = others.into_iter().peekable();
        let numbers: Vec<Option<u32>> = (0..)
            .zip(files)
            .map(|(number, file)| {
                let other = others.next_if(|other| std::ptr::eq(*other, file));
                other.is_none().then_some(number)
            })
            .collect();
        Ok(recalled.filled(&numbers, files, outcomes))
    }

    /// What each of some files gives, given in the order of their paths; it is kept.
    pub(super) fn outcomes(
        &self,
        files: &[&SourceFile],
        known: Option<&cache::Look>,
        progress: &AtomicUsize,
    ) -> Result<Vec<Outcome>, SchemaError> {
        let outcomes: Vec<(Outcome, Origin)> = files
            .par_iter()
            .enumerate()
            .map(|(number, file)| {
                progress.fetch_add(1, Ordering::Relaxed);
                Ok(match known.and_then(|known| known.outcome(number)) {
                    Some(outcome) => (outcome, Origin::Known),
                    None => (self.file(file)?, Origin::Made),
                })
            })
            .collect::<Result<_, SchemaError>>()?;
        if let Some(cache) = self.cache() {
            let made = files
                .iter()
                .zip(&outcomes)
                .filter(|(_, (_, origin))| *origin == Origin::Made)
                .map(|(file, (outcome, _))| (*file, outcome));
            cache.keep(&made.collect::<Vec<_>>(), self.words);
        }
        Ok(outcomes.into_iter().map(|(outcome, _)| outcome).collect())
    }

    /// The cache, where it is of this configuration and of no other beside it, and has what the
    /// facts are taken for: what is kept lacks what only a comparison needs.
    pub(super) fn cache(&self) -> Option<&cache::Cache> {
        if !std::ptr::eq(self.naming, &*self.workspace.schemas) {
            return None;
        }
        let cache = self.options.cache.as_deref()?;
        if self.use_of == Use::Compared {
            return None;
        }
        cache.is_of(self.workspace, self.options).then_some(cache)
    }
}
