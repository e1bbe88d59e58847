//! What a whole snapshot gives, kept under its git tree, so that of two trees that were seen before
//! only the files that differ are looked at.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;
use rayon::prelude::*;

use super::suppression::Suppression;
use super::{Linked, Options, Report, Snapshot, Stage, Summary, finish};
use crate::corpus::Corpus;
use crate::diagnostic::Diagnostic;
use crate::entry::{Entry, Vocabulary};
use crate::schema::{SchemaError, Schemas};
use crate::snapshot::git::{Id, Repository};
use crate::snapshot::{SnapshotError, SourceFile, Workspace};

/// What the files of one snapshot give together, before suppression and sorting.
#[derive(Clone, Debug)]
pub struct Known {
    /// The day on which it was found.
    pub(super) today: Date,
    /// How many files there are.
    pub(super) files: u32,
    /// How many entries there are, one for each ID.
    pub(super) entries: u32,
    /// Entries by kind, as the schemas count them.
    pub(super) kinds: Vec<u32>,
    /// Findings in files and of the corpus.
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) suppressions: Vec<(Arc<str>, Suppression)>,
    /// For each entry a line break, its ID, a tab and the path of its file; sorted.
    pub(super) ids: String,
}

impl Known {
    /// The files in which an ID is defined or repeated.
    fn paths<'k>(&'k self, id: &'k str) -> impl Iterator<Item = &'k str> {
        let start = self.first_line(id);
        let lines = self.ids[start..].lines();
        lines.map_while(move |line| line.strip_prefix(id)?.strip_prefix('\t'))
    }

    /// Where the first line that is not before `ID TAB` begins.
    fn first_line(&self, id: &str) -> usize {
        let text = self.ids.as_bytes();
        let wanted = format!("{id}\t");
        let (mut low, mut high) = (1, text.len());
        while low < high {
            let middle = low + (high - low) / 2;
            let start = memchr::memrchr(b'\n', &text[..middle]).map_or(0, |at| at + 1);
            let end = memchr::memchr(b'\n', &text[start..]).map_or(text.len(), |at| start + at);
            if text[start..end] < *wanted.as_bytes() {
                low = end + 1;
            } else {
                high = start;
            }
        }
        low.min(text.len())
    }
}

impl Report {
    /// It as what was found on a day.
    #[must_use]
    pub fn known(&self, today: Date) -> Known {
        Known {
            today,
            files: self.summary.files as u32,
            entries: self.summary.entries as u32,
            kinds: self.kinds.iter().map(|(_, count)| *count as u32).collect(),
            diagnostics: self.diagnostics.clone(),
            suppressions: Vec::new(),
            ids: String::new(),
        }
    }

    /// The report that [`Report::known`] was made from.
    #[must_use]
    pub fn of_known(known: Known, schemas: &Schemas) -> Self {
        let (files, entries) = (known.files as usize, known.entries as usize);
        Self {
            summary: Summary::of(&known.diagnostics, files, entries),
            kinds: kinds(&known, schemas),
            diagnostics: known.diagnostics,
            comparison: None,
        }
    }
}

/// Entries by kind, in the order of the schemas.
fn kinds(known: &Known, schemas: &Schemas) -> Vec<(String, usize)> {
    let kinds = schemas.entry_kinds().iter();
    let names = kinds.map(|kind| kind.name.clone());
    names
        .zip(known.kinds.iter().map(|count| *count as usize))
        .collect()
}

impl Stage<'_> {
    /// What a snapshot gives beside its linked entries: found now, or known before.
    pub(super) fn known<'l>(
        &self,
        linked: Linked<'l>,
        snapshot: Snapshot<'_>,
    ) -> (Corpus<'l>, Known) {
        let Linked {
            corpus,
            diagnostics,
            suppressions,
        } = linked;
        if let Some(known) = snapshot.known {
            return (corpus, known.clone());
        }
        let mut late = self.corpus(&corpus);
        finish::locate(
            &mut late.iter_mut().collect::<Vec<_>>(),
            &[snapshot.side(None)],
        );
        let known = self.known_of(
            &corpus,
            snapshot,
            [diagnostics, late].concat(),
            suppressions,
        );
        (corpus, known)
    }

    /// What a snapshot gives, of which all findings are there.
    pub(super) fn known_of(
        &self,
        corpus: &Corpus<'_>,
        snapshot: Snapshot<'_>,
        diagnostics: Vec<Diagnostic>,
        suppressions: Vec<(Arc<str>, Suppression)>,
    ) -> Known {
        let mut kinds = vec![0; corpus.schemas.entry_kinds().len()];
        let mut entries = 0;
        for entry in corpus.definitions() {
            kinds[entry.kind as usize] += 1;
            entries += 1;
        }
        let ids = snapshot.tree.and_then(|_| ids(corpus));
        let whole = ids.is_some() && self.options.whole_corpus;
        let known = Known {
            today: self.options.today,
            files: snapshot.files.len() as u32,
            entries,
            kinds,
            diagnostics,
            suppressions,
            ids: ids.unwrap_or_default(),
        };
        if let (Some(tree), Some(cache), true) = (snapshot.tree, self.cache(), whole) {
            cache.keep_snapshot(tree, &known, self.words);
        }
        known
    }

    /// Entries by kind, in the order of the schemas.
    pub(super) fn kinds(&self, known: &Known) -> Vec<(String, usize)> {
        kinds(known, &self.workspace.schemas)
    }
}

/// Which file has which ID; `None` where a line cannot say it.
fn ids(corpus: &Corpus<'_>) -> Option<String> {
    let mut pairs: Vec<(Arc<str>, &str)> = corpus
        .entries()
        .map(|entry| (corpus.text(entry.id), corpus.path(entry).as_ref()))
        .collect();
    // A tab comes before all that an ID can go on with, so the lines are sorted too.
    pairs.par_sort_unstable();
    let mut lines = String::with_capacity(pairs.len() * 48);
    for (id, path) in pairs {
        let odd = |text: &str| text.bytes().any(|byte| byte < b' ');
        if odd(&id) || odd(path) {
            return None;
        }
        lines.extend(["\n", &id, "\t", path]);
    }
    Some(lines)
}

/// Two trees that were seen before, and the files that matter for what differs between them.
pub struct Narrow {
    /// Files of the base.
    pub base_files: Vec<SourceFile>,
    /// What all files of the base give.
    pub base: Known,
    /// Files of the head.
    pub head_files: Vec<SourceFile>,
    /// What all files of the head give.
    pub head: Known,
}

/// Narrows the comparison of two trees, of which all is known, to what changed: files that are not
/// alike, whose paths are given, and files that have an ID which those name. `None` where the names of files are too odd
/// for that.
///
/// Rules on the history may compare entries of both sides with the same ID, look up what those name,
/// and look at entries that only one side has: all of that is in these files.
///
/// # Errors
///
/// A tree cannot be read, or a schema of the binary's profile cannot be compiled.
pub fn narrow(
    repository: &Arc<Repository>,
    [base, head]: [Id; 2],
    paths: BTreeSet<String>,
    [known_base, known_head]: [Known; 2],
    workspace: &Workspace,
    options: &Options,
) -> Result<Option<Narrow>, NarrowError> {
    let words = Vocabulary::default();
    let stage = Stage::new(workspace, options, &words);
    let unknown = |known: &Known| known.ids.is_empty() && known.entries > 0;
    let odd = |path: &String| path.contains('\u{fffd}');
    if paths.iter().any(odd) || unknown(&known_base) || unknown(&known_head) {
        return Ok(None);
    }
    let files = |tree| repository.files_at(tree, workspace, paths.iter().map(String::as_str));
    let (mut base_files, mut head_files) = (files(base)?, files(head)?);
    let mut names = BTreeSet::new();
    for files in [&base_files, &head_files] {
        let linked = stage.link(files, &Default::default())?;
        for entry in linked.corpus.entries() {
            names.extend(named(entry).map(|name| linked.corpus.text(name)));
        }
    }
    let more: BTreeSet<&str> = names
        .iter()
        .flat_map(|name| known_head.paths(name).chain(known_base.paths(name)))
        .filter(|path| !paths.contains(*path))
        .collect();
    for (tree, files) in [(base, &mut base_files), (head, &mut head_files)] {
        files.extend(repository.files_at(tree, workspace, more.iter().copied())?);
        files.sort_by(|a, b| a.path.cmp(&b.path));
    }
    Ok(Some(Narrow {
        base_files,
        base: known_base,
        head_files,
        head: known_head,
    }))
}

/// IDs that an entry has or names.
fn named(entry: &Entry) -> impl Iterator<Item = crate::entry::Name> + '_ {
    let references = entry.references.iter().map(|reference| reference.target);
    let mentions = entry.mentions.iter().map(|(name, _)| *name);
    std::iter::once(entry.id).chain(references).chain(mentions)
}

/// Why two trees cannot be compared.
#[derive(Debug)]
pub enum NarrowError {
    /// A tree cannot be read.
    Snapshot(SnapshotError),
    /// A schema cannot be compiled.
    Schema(SchemaError),
}

impl From<SnapshotError> for NarrowError {
    fn from(error: SnapshotError) -> Self {
        Self::Snapshot(error)
    }
}

impl From<SchemaError> for NarrowError {
    fn from(error: SchemaError) -> Self {
        Self::Schema(error)
    }
}

impl std::fmt::Display for NarrowError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Snapshot(error) => error.fmt(f),
            Self::Schema(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for NarrowError {}
