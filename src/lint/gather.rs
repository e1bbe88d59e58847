//! What files give, side by side in the order of the files.

use std::sync::Arc;

use super::Outcome;
use super::suppression::Suppression;
use crate::diagnostic::Diagnostic;
use crate::entry::Entry;
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
