//! What the rules would have said over the history of a corpus.

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostic;

/// Findings in each of some revisions that follow one another.
#[derive(Debug, Default)]
pub struct Backtest {
    /// The revisions, oldest first.
    pub revisions: Vec<BacktestRevision>,
}

/// One revision, compared with the one before it.
#[derive(Debug, Default)]
pub struct BacktestRevision {
    /// What it is called: a short commit ID, or the name of a file.
    pub name: String,
    /// The first line of the commit's message; empty where there is none.
    pub title: String,
    /// When it was made: a calendar date (ISO 8601), where that is known.
    pub date: Option<String>,
    /// How many findings of each rule the revision before it does not have. The first revision
    /// has no revision before it, so that all of its findings count.
    pub introduced: BTreeMap<&'static str, usize>,
    /// How many findings of each rule it has.
    pub total: BTreeMap<&'static str, usize>,
    /// Findings that it introduces.
    pub findings: Vec<Diagnostic>,
}
