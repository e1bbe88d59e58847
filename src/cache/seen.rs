//! What a corpus on disk gave, for the next run that finds every file as it was.
//!
//! It is kept in the cache folder of the user, one file for each corpus and configuration, under a name
//! of all its files and what they look like from outside. Nothing is kept of a file that may change once
//! more in a way that leaves no trace.

use std::path::PathBuf;

use jiff::civil::Date;

use super::{forget_beyond, read};
use crate::lint::cache::Digest;
use crate::lint::{Known, Options, Report};
use crate::snapshot::git::Id;
use crate::snapshot::{SourceFile, Workspace, stamps};
use crate::write;

/// A corpus of fewer files is checked again: that takes hardly longer than to look at each of them.
const FEW: usize = 2000;

/// How names of what is kept end.
const ENDING: &str = ".seen";

/// How many corpora are remembered.
const MANY: usize = 64;

/// What a corpus gave the last time, if it is known.
pub struct Seen<'w> {
    workspace: &'w Workspace,
    folder: PathBuf,
    name: String,
    digest: Digest,
    today: Date,
}

impl<'w> Seen<'w> {
    /// What is known of so many files of a corpus, kept for the user. `None` where nothing is worth to
    /// be kept, or can be.
    #[must_use]
    pub fn of(workspace: &'w Workspace, options: &Options, files: usize) -> Option<Self> {
        if files < FEW {
            return None;
        }
        Self::kept_in(user_folder()?.join("corpuslint"), workspace, options)
    }

    /// The same, however few files there are, kept in a folder.
    #[must_use]
    pub fn kept_in(folder: PathBuf, workspace: &'w Workspace, options: &Options) -> Option<Self> {
        let digest = Digest::of(workspace, options).filter(|_| options.whole_corpus)?;
        let place = Id::of_blob(workspace.base.as_os_str().as_encoded_bytes()).ok()?;
        Some(Self {
            workspace,
            folder,
            name: format!("{}-{place}{ENDING}", &digest.hex()[..16]),
            digest,
            today: options.today,
        })
    }

    /// What these files gave on this day, where all are as they were.
    #[must_use]
    pub fn recall(&self, files: &[SourceFile]) -> Option<Report> {
        let bytes = read(&self.folder.join(&self.name))?;
        let marks = stamps(files).into_iter().map(|stamp| stamp?.mark());
        let known = Known::read(bytes, &self.digest, self.today, name_of(files, marks)?)?;
        Some(Report::of_known(known, &self.workspace.schemas))
    }

    /// Keeps what files gave, all of which were read in this run. That it cannot be kept is no harm.
    pub fn keep(&self, files: &[SourceFile], report: &Report) {
        let marks = files.iter().map(|file| file.mark.get().copied());
        let name = name_of(files, marks);
        let bytes = name.and_then(|name| report.known(self.today).write(&self.digest, name));
        if let Some(bytes) = bytes
            && write::keep(&self.folder, &self.name, &bytes).is_ok()
        {
            forget_beyond(&self.folder, ENDING, MANY);
        }
    }
}

/// A name of files and of what they look like; `None` where one that can be read has no mark.
fn name_of(files: &[SourceFile], marks: impl Iterator<Item = Option<u64>>) -> Option<Id> {
    let mut text = Vec::with_capacity(files.len() * 64);
    for (file, mark) in files.iter().zip(marks) {
        text.extend_from_slice(file.path.as_bytes());
        text.push(0);
        match &file.stray {
            Some(reason) => text.extend_from_slice(reason.as_bytes()),
            None => text.extend(mark?.to_le_bytes()),
        }
        text.push(0);
    }
    Id::of_blob(&text).ok()
}

/// Where programs keep what they can do without, by the customs of the system; an absolute path.
fn user_folder() -> Option<PathBuf> {
    let of = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let home = |inner: &str| of("HOME").map(|home| home.join(inner));
    let folder = match () {
        () if cfg!(windows) => of("LOCALAPPDATA"),
        () if cfg!(target_os = "macos") => home("Library/Caches"),
        () => of("XDG_CACHE_HOME")
            .filter(|path| path.is_absolute())
            .or_else(|| home(".cache")),
    };
    folder.filter(|path| path.is_absolute())
}
