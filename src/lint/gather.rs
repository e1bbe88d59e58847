//! What files give, side by side in the order of the files.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use super::suppression::Suppression;
use super::{Outcome, Stage, cache};
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
        let known = cache.look(files, self.words);
        let outcomes: Vec<(Outcome, Origin)> = files
            .par_iter()
            .enumerate()
            .map(|(number, file)| {
                progress.fetch_add(1, Ordering::Relaxed);
                if let Some(outcome) = known.outcome(number) {
                    return Ok((outcome, Origin::Known));
                }
                Ok((self.file(file)?, Origin::Made))
            })
            .collect::<Result<_, SchemaError>>()?;
        let made = files
            .iter()
            .zip(&outcomes)
            .filter(|(_, (_, origin))| *origin == Origin::Made)
            .map(|(file, (outcome, _))| (file, outcome));
        cache.keep(made, self.words);
        let mut gathered = Gathered::default();
        for (number, (outcome, _)) in outcomes.into_iter().enumerate() {
            gathered.add(number, &files[number], outcome);
        }
        Ok(gathered)
    }

    /// The cache, where it is of this configuration and of no other beside it.
    pub(super) fn cache(&self) -> Option<&cache::Cache> {
        if !std::ptr::eq(self.naming, &*self.workspace.schemas) {
            return None;
        }
        let cache = self.options.cache.as_deref()?;
        cache.is_of(self.workspace, self.options).then_some(cache)
    }
}
