//! The gate: what a change introduces, fixes and leaves, and what only the history can show.

mod classify;

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use super::suppression::Suppression;
use super::{Options, Report, Stage, Summary, count_kinds, finish};
use crate::corpus::Corpus;
use crate::diagnostic::Diagnostic;
use crate::entry::Vocabulary;
use crate::history::loosened::Loosened;
use crate::history::{Comparison, History};
use crate::rule::{Check, Sink};
use crate::schema::SchemaError;
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
}

/// What decides beside the files.
#[derive(Debug, Default)]
pub struct Gate {
    /// What the change relaxes in the configuration.
    pub loosened: Vec<Loosened>,
    /// What the maintainer accepts.
    pub waivers: Vec<Waiver>,
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
    let before = Stage::new(base.workspace, options, &words);
    let after = Stage::new(head.workspace, options, &words);
    let old = before.link(base.files, progress)?;
    let mut new = after.link(head.files, progress)?;
    trust(&mut new.suppressions, &old.suppressions, &gate.waivers);
    let history = History {
        base: &old.corpus,
        head: &new.corpus,
        base_name: base.name.into(),
        loosened: &gate.loosened,
    };
    let mut past = after.history(&history);
    let kinds = count_kinds(&new.corpus);
    let entries = new.corpus.definitions().count();
    let here = head.side(None);
    finish::locate(&mut past, &[here, base.side(Some(base.name))]);
    let known = before.findings(&old.corpus, base.side(None));
    let known = finish::finish(
        [old.diagnostics, known].concat(),
        old.suppressions,
        &before.levels,
    );
    let late = after.findings(&new.corpus, here);
    let mut diagnostics = finish::finish(
        [new.diagnostics, late, past].concat(),
        new.suppressions,
        &after.levels,
    );
    classify(known, &mut diagnostics, &history);
    let (diagnostics, waived) = waive(diagnostics, &gate.waivers);
    Ok(Report {
        summary: Summary::of(&diagnostics, head.files.len(), entries),
        kinds,
        diagnostics,
        comparison: Some(Comparison {
            base: base.name.to_owned(),
            head: head.name.to_owned(),
            entries: Vec::new(),
            waived,
        }),
    })
}

impl<'s> Snapshot<'s> {
    fn side(&self, revision: Option<&'s str>) -> finish::Side<'s> {
        finish::Side {
            workspace: self.workspace,
            files: self.files,
            revision,
        }
    }
}

impl Stage<'_> {
    fn history(&self, history: &History<'_>) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        for (rule, severity, fixed) in self.levels.active() {
            if let Check::History(check) = rule.check {
                let mut sink = Sink::new(rule.name, severity, fixed, "".into());
                check(history, &mut sink);
                found.extend(sink.into_found());
            }
        }
        found
    }

    /// Findings on a corpus, with their lines and columns.
    fn findings(&self, corpus: &Corpus<'_>, side: finish::Side<'_>) -> Vec<Diagnostic> {
        let mut late = self.corpus(corpus);
        finish::locate(&mut late, &[side]);
        late
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
    diagnostics.into_iter().partition(|found| {
        let entry = found.entry.as_deref();
        let path = found.location.path.as_ref();
        !waivers.iter().any(|it| it.covers(found.rule, entry, path))
    })
}
