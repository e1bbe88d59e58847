//! What a corpus on disk gave, for the next run that finds every file as it was.
//!
//! It is kept in the cache folder of the user, one file for each corpus and configuration, under a name
//! of all its files and their stamps. Nothing is kept of a file that may have changed since in a way
//! that leaves no trace.

use std::path::PathBuf;
use std::time::SystemTime;

use jiff::civil::Date;

use super::{age, files, read};
use crate::lint::cache::Digest;
use crate::lint::{Known, Options, Report};
use crate::snapshot::git::Id;
use crate::snapshot::{SECOND, SourceFile, Stamp, Workspace, nanoseconds, stamp};
use crate::write;

/// A corpus of fewer files is checked again: that takes hardly longer than to look at each of them.
const FEW: usize = 2000;

/// How names of what is kept end.
const ENDING: &str = ".seen";

/// How many corpora are remembered.
const MANY: usize = 64;

/// Nanoseconds by which clocks of file systems may stand still, and those of file systems that
/// count in whole seconds.
const STILL: i64 = SECOND / 10;
const STILL_LONG: i64 = 2 * SECOND;

/// What a corpus gave the last time, if it is known.
pub struct Seen<'w> {
    workspace: &'w Workspace,
    folder: PathBuf,
    name: String,
    digest: Digest,
    today: Date,
    /// When this run began.
    now: i64,
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
            now: nanoseconds(SystemTime::now()),
        })
    }

    /// What these files gave on this day, where all are as they were.
    #[must_use]
    pub fn recall(&self, files: &[SourceFile]) -> Option<Report> {
        let bytes = read(&self.folder.join(&self.name))?;
        stamp(files);
        let known = Known::read(bytes, &self.digest, self.today, name_of(files)?)?;
        Some(Report::of_known(known, &self.workspace.schemas))
    }

    /// Keeps what files gave, all of which were read in this run. That it cannot be kept is no harm.
    pub fn keep(&self, files: &[SourceFile], report: &Report) {
        if files
            .iter()
            .filter_map(stamp_of)
            .any(|at| self.may_change(at))
        {
            return;
        }
        let bytes =
            name_of(files).and_then(|name| report.known(self.today).write(&self.digest, name));
        if let Some(bytes) = bytes
            && write::keep(&self.folder, &self.name, &bytes).is_ok()
        {
            self.tidy();
        }
    }

    /// Whether a file could be written once more and look the same: the time that it was written at
    /// is not over yet, or lies in the future.
    fn may_change(&self, stamp: &Stamp) -> bool {
        let last = stamp.modified.max(stamp.changed);
        let still = match stamp.modified % SECOND == 0 && stamp.changed % SECOND == 0 {
            true => STILL_LONG,
            false => STILL,
        };
        last.saturating_add(still) >= self.now
    }

    /// Removes what is beyond the newest.
    fn tidy(&self) {
        let mut all = files(&self.folder, ENDING);
        if all.len() > MANY {
            all.sort_by_key(|path| std::cmp::Reverse(age(path)));
            all.iter().skip(MANY).for_each(|path| write::forget(path));
        }
    }
}

fn stamp_of(file: &SourceFile) -> Option<&Stamp> {
    file.stamp.get().map(Box::as_ref)
}

/// A name of files and of what they look like; `None` where that is not known of one that was read.
fn name_of(files: &[SourceFile]) -> Option<Id> {
    let mut text = Vec::with_capacity(files.len() * 128);
    for file in files {
        text.extend_from_slice(file.path.as_bytes());
        text.push(0);
        match (&file.stray, stamp_of(file)) {
            (Some(reason), _) => text.extend_from_slice(reason.as_bytes()),
            (None, Some(stamp)) => {
                let numbers = [stamp.modified, stamp.changed].map(i64::to_le_bytes);
                text.extend(numbers.into_iter().flatten());
                let numbers = [stamp.bytes, stamp.inode, stamp.item as u64].map(u64::to_le_bytes);
                text.extend(numbers.into_iter().flatten());
            }
            (None, None) => return None,
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
