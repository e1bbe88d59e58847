//! The gate: what a change introduces, fixes and leaves, and what only the history can show.

mod changes;
mod classify;
mod tombstone;

pub use tombstone::{Retirement, tombstone};

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use super::known::Known;
use super::suppression::Suppression;
use super::{Options, Report, Stage, Summary, finish};
use crate::corpus::Corpus;
use rustc_hash::FxHashSet;

use crate::diagnostic::{Diagnostic, Severity};
use crate::entry::{Role, Vocabulary};
use crate::history::loosened::Loosened;
use crate::history::{Comparison, Conflict, Differing, EntryChange, History, Ledger};
use crate::rule::{Check, Sink};
use crate::schema::SchemaError;
use crate::snapshot::git::Id;
use crate::snapshot::{SourceFile, Workspace, stem};
use classify::classify;

/// The files of one state of a corpus, in the order of their paths, and what it is called.
#[derive(Clone, Copy)]
pub struct Snapshot<'s> {
    /// The configuration that it is checked by.
    pub workspace: &'s Workspace,
    /// Its files.
    pub files: &'s [SourceFile],
    /// A revision, or a path as it was given.
    pub name: &'s str,
    /// What `Repository::listing` calls the files, where they are those of a git tree: what they
    /// give is kept under it.
    pub tree: Option<Id>,
    /// What all files of the snapshot give, where `files` are only those that matter for the
    /// change.
    pub known: Option<&'s Known>,
}

/// What decides beside the files.
#[derive(Debug, Default)]
pub struct Gate {
    /// What the change relaxes in the configuration.
    pub loosened: Vec<Loosened>,
    /// What the maintainer accepts.
    pub waivers: Vec<Waiver>,
    /// Files that cannot be merged.
    pub conflicts: Vec<Conflict>,
    /// Whose comments count.
    pub trust: Trust,
    /// Every ID that was ever used, where that is known.
    pub ledger: Option<Ledger>,
}

/// Whose comments that allow a finding count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Trust {
    /// Those that the base has too: the head is a stranger's.
    #[default]
    Base,
    /// All of the head's: it is checked by its own author.
    Head,
}

/// One finding that a maintainer accepts, from the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiver {
    /// The rule.
    pub rule: String,
    /// The ID of the entry, or the path of the file.
    pub id: String,
}

impl Waiver {
    /// Whether it accepts a finding.
    #[must_use]
    pub fn accepts(&self, found: &Diagnostic) -> bool {
        self.covers(found.rule, found.entry.as_deref(), &found.location.path)
    }

    /// Whether it is about a rule and a place.
    #[must_use]
    pub fn covers(&self, rule: &str, entry: Option<&str>, path: &str) -> bool {
        let about = [entry.unwrap_or(path), path, stem(path)];
        self.rule == rule && about.contains(&self.id.as_str())
    }
}

/// Checks two snapshots and says how their findings differ: introduced, fixed or pre-existing.
///
/// # Errors
///
/// A schema of the binary's profile cannot be compiled.
pub fn compare(
    base: Snapshot<'_>,
    head: Snapshot<'_>,
    gate: &Gate,
    options: &Options,
    progress: &AtomicUsize,
) -> Result<Report, SchemaError> {
    let words = Vocabulary::default();
    let (before, after) = (base.workspace, head.workspace);
    let stage = |workspace| Stage::new(workspace, options, &words);
    let old = Checked::new(stage(before).beside(after), base, progress)?;
    let mut new = Checked::new(stage(after).beside(before), head, progress)?;
    if gate.trust == Trust::Base {
        let known = &old.known.suppressions;
        trust(&mut new.known.suppressions, known, &gate.waivers);
    }
    let (diagnostics, entries) = judge(&old, &new, gate);
    let (diagnostics, waived) = waive(diagnostics, &gate.waivers);
    Ok(Report {
        summary: Summary::of(
            &diagnostics,
            new.known.files as usize,
            new.known.entries as usize,
        ),
        kinds: new.stage.kinds(&new.known),
        diagnostics,
        comparison: Some(Comparison {
            base: base.name.to_owned(),
            head: head.name.to_owned(),
            entries,
            waived,
        }),
    })
}

/// Findings of two states, each with how it stands to the base, and the entries that differ.
pub(super) fn judge(
    base: &Checked<'_>,
    head: &Checked<'_>,
    gate: &Gate,
) -> (Vec<Diagnostic>, Vec<EntryChange>) {
    let (mut differing, entries) = changes::changes(base, head);
    // What is in conflict is neither one state nor the other.
    let corpus = &head.corpus;
    differing.retain(|it| {
        let path = it.head.map(|entry| corpus.path(entry));
        let mut conflicts = gate.conflicts.iter();
        !conflicts.any(|conflict| Some(&conflict.path) == path)
    });
    let history = History {
        base: &base.corpus,
        head: &head.corpus,
        base_name: base.snapshot.name.into(),
        loosened: &gate.loosened,
        conflicts: &gate.conflicts,
        differing: &differing,
        ledger: gate.ledger.as_ref(),
        today: head.stage.options.today,
    };
    let mut past = head.stage.history(&history);
    let sides = [
        head.snapshot.side(None),
        base.snapshot.side(Some(base.snapshot.name)),
    ];
    finish::locate(&mut past.iter_mut().collect::<Vec<_>>(), &sides);
    let mut diagnostics = head.findings(past);
    let before = base.findings(Vec::new());
    expect(&before, &mut diagnostics, head, &history);
    classify(before, &mut diagnostics, &history);
    (diagnostics, entries)
}

/// What an entry should have, a new one must have: its author knows. One that moved here from another
/// ID may lack what it lacked there.
fn expect(
    before: &[Diagnostic],
    diagnostics: &mut [Diagnostic],
    head: &Checked<'_>,
    history: &History<'_>,
) {
    let mut active = head.stage.levels.active();
    if active.any(|(rule, _, fixed)| rule.name == EXPECTED && fixed) {
        return;
    }
    let corpus = &head.corpus;
    let added: FxHashSet<Arc<str>> = history.added().map(|entry| corpus.text(entry.id)).collect();
    let lacked = before.iter().filter(|found| found.rule == EXPECTED);
    let lacked: FxHashSet<(&str, &str)> = lacked
        .filter_map(|found| Some((found.entry.as_deref()?, found.message.as_str())))
        .collect();
    let moved = moved(history);
    let new = |found: &Diagnostic| {
        let Some(id) = found.entry.as_ref().filter(|id| added.contains(*id)) else {
            return false;
        };
        let mut origins = moved.iter().filter(|(_, new)| new == id);
        !origins.any(|(old, _)| lacked.contains(&(old.as_ref(), found.message.as_str())))
    };
    for found in diagnostics {
        if found.rule == EXPECTED && new(found) {
            found.severity = Severity::Error;
        }
    }
}

/// Entries that the change retires in favour of others: the old IDs, and the new ones.
fn moved(history: &History<'_>) -> Vec<(Arc<str>, Arc<str>)> {
    let mut moved = Vec::new();
    for (before, after) in history.differing.iter().filter_map(Differing::both) {
        if before.retired || !after.retired {
            continue;
        }
        let heirs = after.references.iter();
        for heir in heirs.filter(|reference| reference.role == Role::ReplacedBy) {
            let text = |name| history.head.text(name);
            moved.push((text(after.id), text(heir.target)));
        }
    }
    moved
}

/// The rule on fields that should be there.
const EXPECTED: &str = "expected-field";

/// One state of a corpus, checked on its own.
pub(super) struct Checked<'s> {
    stage: Stage<'s>,
    snapshot: Snapshot<'s>,
    /// The entries of its files, which may be only those that matter for the change.
    corpus: Corpus<'s>,
    /// What all its files give.
    known: Known,
}

impl<'s> Checked<'s> {
    pub(super) fn new(
        stage: Stage<'s>,
        snapshot: Snapshot<'s>,
        progress: &AtomicUsize,
    ) -> Result<Self, SchemaError> {
        let stage = stage.comparing();
        let linked = stage.link(snapshot.files, progress)?;
        let (corpus, known) = stage.known(linked, snapshot);
        Ok(Self {
            stage,
            snapshot,
            corpus,
            known,
        })
    }

    /// The IDs of its entries.
    pub(super) fn ids(&self) -> impl Iterator<Item = Arc<str>> {
        let corpus = &self.corpus;
        corpus.definitions().map(|entry| corpus.text(entry.id))
    }

    /// All its findings in order, with those that only the history shows.
    pub(super) fn findings(&self, past: Vec<Diagnostic>) -> Vec<Diagnostic> {
        let Known {
            diagnostics,
            suppressions,
            ..
        } = &self.known;
        let all = [diagnostics.as_slice(), &past].concat();
        finish::finish(all, suppressions.clone(), &self.stage.levels)
    }
}

impl<'s> Snapshot<'s> {
    pub(super) fn side(&self, revision: Option<&'s str>) -> finish::Side<'s> {
        finish::Side {
            workspace: self.workspace,
            files: self.files,
            revision,
        }
    }
}

impl Stage<'_> {
    fn history(&self, history: &History<'_>) -> Vec<Diagnostic> {
        let mut sink = Sink::new("".into());
        for (rule, severity, fixed) in self.levels.active() {
            if let Check::History(check) = rule.check {
                sink.turn_to(rule.name, severity, fixed);
                check(history, &mut sink);
            }
        }
        sink.into_found()
    }
}

/// A comment counts only where the base has it too, in the file of the same name.
fn trust(
    head: &mut [(Arc<str>, Suppression)],
    base: &[(Arc<str>, Suppression)],
    waivers: &[Waiver],
) {
    let mut known: Vec<(&str, &str)> = base
        .iter()
        .map(|(path, suppression)| (stem(path), suppression.text.as_str()))
        .collect();
    for (path, suppression) in head {
        let own = (stem(path), suppression.text.as_str());
        let at = known.iter().position(|other| *other == own);
        let waived = || {
            waivers
                .iter()
                .any(|it| it.covers("gate-loosened", None, path))
        };
        suppression.is_trusted = match at {
            Some(at) => {
                known.swap_remove(at);
                true
            }
            None => waived(),
        };
    }
}

/// Takes out what the maintainer accepts.
fn waive(diagnostics: Vec<Diagnostic>, waivers: &[Waiver]) -> (Vec<Diagnostic>, Vec<Diagnostic>) {
    diagnostics
        .into_iter()
        .partition(|found| !waivers.iter().any(|waiver| waiver.accepts(found)))
}
