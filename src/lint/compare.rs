//! The gate: what a change introduces, fixes and leaves, and what only the history can show.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use super::known::Known;
use super::{Options, Report, Stage, Summary, finish};
use crate::diagnostic::{Change, Diagnostic};
use crate::entry::Vocabulary;
use crate::history::{Comparison, History};
use crate::rule::{Check, Sink};
use crate::schema::SchemaError;
use crate::snapshot::git::Id;
use crate::snapshot::{SourceFile, Workspace};

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

/// Checks two snapshots and says how their findings differ: introduced, fixed or pre-existing.
///
/// # Errors
///
/// A schema of the binary's profile cannot be compiled.
pub fn compare(
    base: Snapshot<'_>,
    head: Snapshot<'_>,
    options: &Options,
    progress: &AtomicUsize,
) -> Result<Report, SchemaError> {
    let words = Vocabulary::default();
    let before = Stage::new(base.workspace, options, &words);
    let after = Stage::new(head.workspace, options, &words);
    let old = before.link(base.files, progress)?;
    let new = after.link(head.files, progress)?;
    let history = History {
        base: &old.corpus,
        head: &new.corpus,
        base_name: base.name.into(),
    };
    let mut past = after.history(&history);
    let here = finish::Side {
        workspace: head.workspace,
        files: head.files,
        revision: None,
    };
    let there = finish::Side {
        workspace: base.workspace,
        files: base.files,
        revision: Some(base.name),
    };
    finish::locate(&mut past, &[here, there]);
    let there = finish::Side {
        revision: None,
        ..there
    };
    let (old, new) = rayon::join(
        || before.known(old, there, base),
        || after.known(new, here, head),
    );
    let fixed = before.finish(old, Vec::new());
    let (files, entries, kinds) = (new.files as usize, new.entries as usize, after.kinds(&new));
    let mut diagnostics = after.finish(new, past);
    classify(fixed, &mut diagnostics, &base.name.into());
    Ok(Report {
        summary: Summary::of(&diagnostics, files, entries),
        kinds,
        diagnostics,
        comparison: Some(Comparison {
            base: base.name.to_owned(),
            head: head.name.to_owned(),
            entries: Vec::new(),
        }),
    })
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
}

/// Says of each finding how it stands to those of the base, and adds those that are gone.
fn classify(base: Vec<Diagnostic>, head: &mut Vec<Diagnostic>, base_name: &Arc<str>) {
    let mut known: BTreeMap<String, Diagnostic> = base
        .into_iter()
        .map(|found| (found.fingerprint.clone(), found))
        .collect();
    for found in head.iter_mut() {
        found.change = Some(match known.remove(&found.fingerprint) {
            Some(_) => Change::PreExisting,
            None => Change::Introduced,
        });
    }
    for (_, mut gone) in known {
        gone.change = Some(Change::Fixed);
        gone.location.revision = Some(Arc::clone(base_name));
        for related in &mut gone.related {
            related.location.revision = Some(Arc::clone(base_name));
        }
        gone.fix = None;
        head.push(gone);
    }
}
