//! A corpus that stays in memory: of what changes only the files that changed are read again, and all
//! is linked and judged anew. For editors, which ask after each key press.

use std::sync::Arc;

use jiff::civil::Date;
use rayon::prelude::*;

use super::suppression::Suppression;
use super::{Options, Outcome, Stage, finish};
use crate::corpus::{Corpus, CorpusFile};
use crate::diagnostic::Diagnostic;
use crate::entry::{Entry, Name, Vocabulary};
use crate::schema::SchemaError;
use crate::snapshot::{SourceFile, Workspace};

/// What has become of a file.
pub enum Changed {
    /// It is there with this content.
    Now(SourceFile),
    /// It is gone.
    Gone(Arc<str>),
}

impl Changed {
    fn path(&self) -> &Arc<str> {
        match self {
            Self::Now(file) => &file.path,
            Self::Gone(path) => path,
        }
    }
}

/// A corpus in memory.
pub struct Session {
    workspace: Arc<Workspace>,
    options: Options,
    words: Vocabulary,
    /// In the order of their paths.
    files: Vec<SourceFile>,
    /// What each of the files gives.
    kept: Vec<Kept>,
}

/// What is known of one file.
#[derive(Default)]
struct Kept {
    diagnostics: Vec<Diagnostic>,
    entries: Vec<Box<Entry>>,
    broken_id: Option<Name>,
    suppressions: Vec<Suppression>,
}

impl Session {
    /// Reads the files of a corpus, given in the order of their paths.
    ///
    /// # Errors
    ///
    /// A schema of the binary's profile cannot be compiled.
    pub fn open(
        workspace: Arc<Workspace>,
        options: Options,
        files: Vec<SourceFile>,
    ) -> Result<Self, SchemaError> {
        let mut session = Self {
            workspace,
            options,
            words: Vocabulary::default(),
            files: Vec::new(),
            kept: Vec::new(),
        };
        session.kept = session.read(&files)?;
        session.files = files;
        Ok(session)
    }

    /// The configuration that it is checked by.
    #[must_use]
    pub fn workspace(&self) -> &Arc<Workspace> {
        &self.workspace
    }

    /// Its files, in the order of their paths.
    #[must_use]
    pub fn files(&self) -> &[SourceFile] {
        &self.files
    }

    /// The file at a path.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<&SourceFile> {
        self.position(path).ok().map(|at| &self.files[at])
    }

    /// The day that it takes for today.
    #[must_use]
    pub fn today(&self) -> Date {
        self.options.today
    }

    /// Takes over what has changed.
    ///
    /// # Errors
    ///
    /// A schema of the binary's profile cannot be compiled.
    pub fn put(&mut self, changes: Vec<Changed>) -> Result<(), SchemaError> {
        let mut now = Vec::new();
        let mut is_gone = vec![false; self.files.len()];
        for change in changes {
            match (self.position(change.path()), change) {
                (_, Changed::Now(file)) => now.push(file),
                (Ok(at), Changed::Gone(_)) => is_gone[at] = true,
                (Err(_), Changed::Gone(_)) => {}
            }
        }
        let kept = self.read(&now)?;
        let mut new = Vec::new();
        for (file, kept) in now.into_iter().zip(kept) {
            match self.position(&file.path) {
                Ok(at) => {
                    is_gone[at] = false;
                    self.files[at] = file;
                    self.kept[at] = kept;
                }
                Err(_) => new.push((file, kept)),
            }
        }
        if !new.is_empty() || is_gone.contains(&true) {
            self.rearrange(&is_gone, new);
        }
        Ok(())
    }

    /// Drops files and adds others, in the order of their paths.
    fn rearrange(&mut self, is_gone: &[bool], new: Vec<(SourceFile, Kept)>) {
        let files = std::mem::take(&mut self.files).into_iter();
        let old = files.zip(std::mem::take(&mut self.kept)).zip(is_gone);
        let old = old.filter(|(_, gone)| !**gone).map(|(both, _)| both);
        let mut all: Vec<(SourceFile, Kept)> = old.chain(new).collect();
        all.sort_by(|(a, _), (b, _)| a.path.cmp(&b.path));
        all.dedup_by(|(a, _), (b, _)| a.path == b.path);
        (self.files, self.kept) = all.into_iter().unzip();
    }

    /// Looks at the linked entries.
    pub fn look<T>(&mut self, look: impl FnOnce(&Corpus<'_>) -> T) -> T {
        let mut entries = Vec::with_capacity(self.kept.len());
        let mut files = Vec::with_capacity(self.kept.len());
        for (number, (file, kept)) in self.files.iter().zip(&mut self.kept).enumerate() {
            for entry in &mut kept.entries {
                entry.file = number as u32;
            }
            entries.append(&mut kept.entries);
            files.push(CorpusFile {
                broken_id: kept.broken_id,
                ..CorpusFile::of(&file.path)
            });
        }
        let corpus = Corpus::link(&self.words, &self.workspace.schemas, files, entries);
        let seen = look(&corpus);
        for entry in corpus.into_entries() {
            self.kept[entry.file as usize].entries.push(entry);
        }
        seen
    }

    /// All findings, as [`super::run`] gives them for the same files.
    pub fn check(&mut self) -> Vec<Diagnostic> {
        let workspace = Arc::clone(&self.workspace);
        let options = self.options.clone();
        let words = Vocabulary::default();
        let stage = Stage::new(&workspace, &options, &words);
        let mut found = self.look(|corpus| stage.corpus(corpus));
        let here = finish::Side {
            workspace: &workspace,
            files: &self.files,
            revision: None,
        };
        finish::locate(&mut found.iter_mut().collect::<Vec<_>>(), &[here]);
        let own = self.kept.iter().flat_map(|kept| &kept.diagnostics);
        let all = own.cloned().chain(found).collect();
        let files = self.files.iter().zip(&self.kept);
        let suppressions = files.flat_map(|(file, kept)| {
            let here = kept.suppressions.iter();
            here.map(|found| (Arc::clone(&file.path), found.clone()))
        });
        finish::finish(all, suppressions.collect(), &stage.levels)
    }

    fn position(&self, path: &str) -> Result<usize, usize> {
        self.files
            .binary_search_by(|file| file.path.as_ref().cmp(path))
    }

    /// What files give.
    fn read(&self, files: &[SourceFile]) -> Result<Vec<Kept>, SchemaError> {
        let stage = Stage::new(&self.workspace, &self.options, &self.words);
        let kept = |file| stage.file(file).map(|outcome| self.keep(outcome));
        match files {
            [] => Ok(Vec::new()),
            [only] => Ok(vec![kept(only)?]),
            several => several.par_iter().map(kept).collect(),
        }
    }

    fn keep(&self, outcome: Outcome) -> Kept {
        let id = outcome.broken_id;
        Kept {
            diagnostics: outcome.diagnostics,
            entries: outcome.facts.entries,
            broken_id: id.map(|id| self.words.names.name(&id)),
            suppressions: outcome.suppressions,
        }
    }
}
