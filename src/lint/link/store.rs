//! The files of a corpus whose texts are in fact files.

use std::collections::BTreeSet;
use std::io::{Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::{Damage, Format, LinkError, Origin, SourceFile, Workspace, finish};
use crate::diagnostic::Diagnostic;
use crate::lint::cache::pack::text_of;

/// Findings whose texts are in memory together.
const LATE: usize = 512;

/// A file of the corpus, and where its text is.
pub(super) struct Stored {
    pub(super) path: Arc<str>,
    /// Its kind by its name.
    pub(super) kind: Option<u16>,
    /// The number of the fact file.
    pub(super) source: u32,
    /// Where in it the file's bytes begin, and how many they are.
    pub(super) at: u64,
    pub(super) length: u32,
}

impl Stored {
    /// It as a file with this text.
    pub(super) fn as_source(&self, text: Arc<[u8]>) -> SourceFile {
        SourceFile {
            path: Arc::clone(&self.path),
            kind: self.kind.map(usize::from),
            format: Format::of_path(&self.path).unwrap_or(Format::Yaml),
            stray: None,
            origin: Origin::Text(text),
            content: None,
            mark: OnceLock::new(),
        }
    }
}

/// Fact files, each with its name, and the files in them.
pub(super) struct Store<R> {
    sources: Vec<(String, Mutex<R>)>,
    /// In the order of their paths.
    files: Vec<Stored>,
}

impl<R> Store<R> {
    pub(super) fn new(sources: Vec<(String, R)>, files: Vec<Stored>) -> Self {
        let sources = sources.into_iter();
        Self {
            sources: sources
                .map(|(name, source)| (name, Mutex::new(source)))
                .collect(),
            files,
        }
    }

    pub(super) fn paths(&self) -> impl Iterator<Item = &Arc<str>> {
        self.files.iter().map(|file| &file.path)
    }

    pub(super) fn get(&self, path: &str) -> Option<&Stored> {
        let at = self
            .files
            .binary_search_by(|file| file.path.as_ref().cmp(path));
        at.ok().map(|at| &self.files[at])
    }
}

impl<R: Read + Seek> Store<R> {
    /// The text of a file, where it could be read when its shard was checked.
    pub(super) fn text(&self, file: &Stored) -> Result<Option<String>, LinkError> {
        let (name, source) = &self.sources[file.source as usize];
        let mut source = source.lock().unwrap_or_else(PoisonError::into_inner);
        let mut bytes = vec![0; file.length as usize];
        let read = source
            .seek(SeekFrom::Start(file.at))
            .and_then(|_| source.read_exact(&mut bytes));
        read.map_err(|error| LinkError::of(name, error.into()))?;
        text_of(&bytes).ok_or_else(|| LinkError::of(name, Damage::Broken))
    }

    /// Completes findings of the corpus as one run does, which reads their files once more.
    pub(super) fn locate(
        &self,
        late: &mut [Diagnostic],
        workspace: &Workspace,
    ) -> Result<(), LinkError> {
        let mut late: Vec<&mut Diagnostic> = late.iter_mut().collect();
        late.sort_by(|a, b| a.location.path.cmp(&b.location.path));
        for some in late.chunks_mut(LATE) {
            let files = self.files_of(some)?;
            let here = finish::Side {
                workspace,
                files: &files,
                revision: None,
            };
            finish::locate(some, &[here]);
        }
        Ok(())
    }

    /// The files that findings point into, in the order of their paths.
    fn files_of(&self, found: &[&mut Diagnostic]) -> Result<Vec<SourceFile>, LinkError> {
        let places = found.iter().flat_map(|found| {
            let related = found.related.iter().map(|related| &related.location);
            std::iter::once(&found.location).chain(related)
        });
        let paths: BTreeSet<&Arc<str>> = places.map(|place| &place.path).collect();
        let file = |path: &Arc<str>| {
            let file = self.get(path)?;
            let text = self.text(file).map(Option::unwrap_or_default);
            Some(text.map(|text| file.as_source(text.into_bytes().into())))
        };
        paths.into_iter().filter_map(file).collect()
    }
}
