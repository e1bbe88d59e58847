//! Which findings count: with a base the introduced ones, else all.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Report, Waiver};
use crate::diagnostic::{Change, Diagnostic, Severity};

/// How much was looked at and found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Summary {
    /// Files that were looked at.
    pub files: usize,
    /// Entries in them, one for each ID.
    pub entries: usize,
    /// Findings that are errors.
    pub errors: usize,
    /// Findings that are warnings.
    pub warnings: usize,
    /// Findings that are notes.
    pub notes: usize,
}

impl Summary {
    /// Counts findings, beside what was looked at. What a change has fixed is no finding any more.
    #[must_use]
    pub fn of(diagnostics: &[Diagnostic], files: usize, entries: usize) -> Self {
        let count = |severity| {
            let same = diagnostics
                .iter()
                .filter(|found| found.severity == severity && found.change != Some(Change::Fixed));
            same.count()
        };
        Self {
            files,
            entries,
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            notes: count(Severity::Note),
        }
    }
}

/// How many findings count, and how many others there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Findings that count and are errors.
    pub errors: usize,
    /// Findings that count and are warnings.
    pub warnings: usize,
    /// Findings that count and are notes.
    pub notes: usize,
    /// Findings of the base that are gone.
    pub fixed: usize,
    /// Findings that the base has too.
    pub pre_existing: usize,
}

impl Verdict {
    /// Findings that count; with a base, those that the change introduces.
    #[must_use]
    pub fn shown(&self) -> usize {
        self.errors + self.warnings + self.notes
    }
}

impl Report {
    /// The findings that count: those that the change introduces, or all where there is no base.
    pub fn shown(&self) -> impl Iterator<Item = &Diagnostic> {
        let counts = |found: &&Diagnostic| matches!(found.change, None | Some(Change::Introduced));
        self.diagnostics.iter().filter(counts)
    }

    /// The findings that count, the worst first, else in their order.
    #[must_use]
    pub fn worst_first(&self) -> Vec<&Diagnostic> {
        let mut found: Vec<&Diagnostic> = self.shown().collect();
        found.sort_by_key(|found| std::cmp::Reverse(found.severity));
        found
    }

    /// Findings of what was checked, whether or not the base has them too.
    pub fn present(&self) -> impl Iterator<Item = &Diagnostic> {
        let found = self.diagnostics.iter();
        found.filter(|found| found.change != Some(Change::Fixed))
    }

    /// Findings of the base that are gone.
    pub fn fixed(&self) -> impl Iterator<Item = &Diagnostic> {
        let found = self.diagnostics.iter();
        found.filter(|found| found.change == Some(Change::Fixed))
    }

    /// The same findings with paths as they are seen from a folder around the base folder, which is
    /// `folder` below it.
    #[must_use]
    pub fn seen_from_above(&self, folder: &str) -> Self {
        let mut report = self.clone();
        let outer = |path: &mut Arc<str>| *path = format!("{folder}/{path}").into();
        for found in &mut report.diagnostics {
            outer(&mut found.location.path);
            let related = found.related.iter_mut();
            related.for_each(|related| outer(&mut related.location.path));
            let edits = found.fix.iter_mut().flat_map(|fix| &mut fix.edits);
            edits.for_each(|edit| outer(&mut edit.path));
        }
        report
    }

    /// Whether a waiver accepts one of the findings.
    #[must_use]
    pub fn is_waived(&self, waiver: &Waiver) -> bool {
        let waived = self.comparison.iter().flat_map(|it| &it.waived);
        waived.into_iter().any(|found| waiver.accepts(found))
    }

    /// Leaves what the change introduces and what lies in files that it touches, and forgets the
    /// base, as in a check of those files alone.
    pub fn narrow(&mut self, touched: &BTreeSet<String>) {
        self.diagnostics.retain(|found| match found.change {
            Some(Change::Fixed) => false,
            Some(Change::Introduced) | None => true,
            Some(Change::PreExisting) => touched.contains(found.location.path.as_ref()),
        });
        for found in &mut self.diagnostics {
            found.change = None;
        }
        self.comparison = None;
        self.summary = Summary::of(&self.diagnostics, touched.len(), self.summary.entries);
    }

    /// Counts the findings.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let mut verdict = Verdict::default();
        for found in &self.diagnostics {
            let count = match (found.change, found.severity) {
                (Some(Change::Fixed), _) => &mut verdict.fixed,
                (Some(Change::PreExisting), _) => &mut verdict.pre_existing,
                (_, Severity::Error) => &mut verdict.errors,
                (_, Severity::Warning) => &mut verdict.warnings,
                (_, Severity::Note) => &mut verdict.notes,
            };
            *count += 1;
        }
        verdict
    }
}
