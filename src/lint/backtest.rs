//! What the rules would have said over the history of a corpus.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use super::compare::{Checked, judge};
use super::{Gate, Options, Snapshot, Stage};
use crate::diagnostic::{Change, Diagnostic};
use crate::entry::Vocabulary;
use crate::history::Ledger;
use crate::schema::SchemaError;

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

/// A state of the corpus, and what its history says of it.
pub struct Revision<'s> {
    /// Its files.
    pub snapshot: Snapshot<'s>,
    /// The first line of the commit's message; empty where there is none.
    pub title: String,
    /// When it was made: a calendar date (ISO 8601), where that is known.
    pub date: Option<String>,
}

/// Replays the rules over revisions, oldest first, each against the one before it.
///
/// # Errors
///
/// A schema of the binary's profile cannot be compiled.
pub fn backtest(
    revisions: &[Revision<'_>],
    options: &Options,
    progress: &AtomicUsize,
) -> Result<Backtest, SchemaError> {
    let words = Vocabulary::default();
    let mut replayed = Backtest::default();
    let mut before: Option<Checked<'_>> = None;
    let mut gate = Gate {
        ledger: Some(Ledger::default()),
        ..Gate::default()
    };
    for revision in revisions {
        let stage = Stage::new(revision.snapshot.workspace, options, &words);
        let now = Checked::new(stage, revision.snapshot, progress)?;
        let found = match &before {
            Some(before) => judge(before, &now, &gate).0,
            None => now.findings(Vec::new()),
        };
        if let Some(ledger) = &mut gate.ledger {
            let name: Arc<str> = revision.snapshot.name.into();
            ledger
                .ids
                .extend(now.ids().map(|id| (id, Arc::clone(&name))));
        }
        replayed.revisions.push(counted(revision, found));
        before = Some(now);
    }
    Ok(replayed)
}

fn counted(revision: &Revision<'_>, found: Vec<Diagnostic>) -> BacktestRevision {
    let is_new = |found: &Diagnostic| matches!(found.change, None | Some(Change::Introduced));
    let present = found
        .iter()
        .filter(|found| found.change != Some(Change::Fixed));
    BacktestRevision {
        name: revision.snapshot.name.to_owned(),
        title: revision.title.clone(),
        date: revision.date.clone(),
        introduced: count(found.iter().filter(|found| is_new(found))),
        total: count(present),
        findings: found.into_iter().filter(is_new).collect(),
    }
}

fn count<'f>(found: impl Iterator<Item = &'f Diagnostic>) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for found in found {
        *counts.entry(found.rule).or_default() += 1;
    }
    counts
}
