//! The folder in which a change is put together. Who holds its lock is the only one at work.

use std::collections::BTreeSet;
use std::fs::{File, Permissions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use super::{WriteError, disk, journal, place};

/// The name of a stage inside the folder that is changed.
pub const NAME: &str = crate::snapshot::STAGE;

/// A stage that this process has locked. The lock goes with the process, however it ends.
pub(super) struct Stage {
    folder: PathBuf,
    /// Held until the stage is dropped.
    lock: Option<File>,
    next: AtomicU32,
    /// Whether what is in it is needed by the next run.
    keep: std::sync::atomic::AtomicBool,
}

/// The stage of a folder that is to appear by one rename.
pub(super) fn beside(root: &Path) -> Result<PathBuf, WriteError> {
    let name = root.file_name();
    let (Some(name), Some(parent)) = (name, root.parent()) else {
        return Err(WriteError::new(root, "this folder cannot be written to"));
    };
    let mut hidden = std::ffi::OsString::from(".");
    hidden.push(name);
    hidden.push(NAME);
    Ok(parent.join(hidden))
}

/// The stage of a folder in which files are replaced.
pub(super) fn inside(root: &Path) -> PathBuf {
    root.join(NAME)
}

impl Stage {
    /// Makes the folder where it is not there, and locks it.
    pub(super) fn take(folder: &Path) -> Result<Self, WriteError> {
        // A stage that another run removes between the two steps is made again.
        for _ in 0..100 {
            match disk::create_folder(folder) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                    return Err(WriteError::io(folder, &error));
                }
                _ => {}
            }
            let real = place::metadata(folder)?.is_none_or(|found| found.is_dir());
            if !real {
                return Err(WriteError::new(
                    folder,
                    "it is a link or no folder; remove it",
                ));
            }
            if let Some(lock) = lock(folder)? {
                return Ok(Self {
                    folder: folder.to_owned(),
                    lock: Some(lock),
                    next: AtomicU32::new(0),
                    keep: false.into(),
                });
            }
        }
        Err(busy(folder))
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folder that is renamed to the target.
    pub(super) fn tree(&self) -> PathBuf {
        self.folder.join("tree")
    }

    /// A new content by its number. The names have no extension, so that nobody takes the files for
    /// entries.
    pub(super) fn numbered(&self, number: u32) -> PathBuf {
        self.folder.join("new").join(number.to_string())
    }

    /// The content that a file had before, by the place of its operation in the journal.
    pub(super) fn saved(&self, index: usize) -> PathBuf {
        self.folder.join("old").join(index.to_string())
    }

    pub(super) fn next_number(&self) -> u32 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// Leaves the stage for the next run when it is dropped.
    pub(super) fn keep(&self, keep: Keep) {
        self.keep.store(keep == Keep::Yes, Ordering::Relaxed);
    }

    /// Removes what an earlier run left, and makes the folders for this one.
    pub(super) fn clear(&self) -> Result<(), WriteError> {
        self.remove_contents()
            .map_err(|error| WriteError::io(&self.folder, &error))?;
        for name in ["new", "old"] {
            let folder = self.folder.join(name);
            disk::create_folder(&folder).map_err(|error| WriteError::io(&folder, &error))?;
        }
        Ok(())
    }

    /// The journal goes first: without it the rest means nothing, and with it the rest is needed. The
    /// lock goes last.
    fn remove_contents(&self) -> io::Result<()> {
        let at = |name: &str| self.folder.join(name);
        for journal in [journal::NAME, journal::UNDONE] {
            gone(disk::remove_file(&at(journal)))?;
        }
        for name in ["tree", "new", "old"] {
            gone(disk::remove_all(&at(name)))?;
        }
        gone(disk::remove_file(&at(journal::DRAFT)))
    }
}

/// Whether a stage outlives its run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    Yes,
    No,
}

impl Drop for Stage {
    fn drop(&mut self) {
        if self.keep.load(Ordering::Relaxed) {
            return;
        }
        // What cannot be removed is left for the next run.
        if self.remove_contents().is_ok() {
            let _ = disk::remove_file(&self.folder.join(LOCK));
            let _ = disk::remove_folder(&self.folder);
        }
        self.lock = None;
    }
}

/// That something is not there is no reason to fail where it is to go.
fn gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

const LOCK: &str = "lock";

/// Locks a stage; `None` where it was removed meanwhile.
fn lock(folder: &Path) -> Result<Option<File>, WriteError> {
    let path = folder.join(LOCK);
    if place::metadata(&path)?.is_some_and(|found| !found.is_file()) {
        return Err(WriteError::new(
            &path,
            "it is a link or no plain file; remove it",
        ));
    }
    let file = match disk::open_lock(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(WriteError::io(&path, &error)),
    };
    match file.try_lock() {
        Ok(()) => Ok(is_same(&file, &path).then_some(file)),
        Err(TryLockError::WouldBlock) => Err(busy(folder)),
        Err(TryLockError::Error(error)) => Err(WriteError::io(&path, &error)),
    }
}

fn busy(folder: &Path) -> WriteError {
    let reason = "another run is writing here; wait until it has finished";
    WriteError::new(folder, reason)
}

/// Whether a path still leads to the file that was opened, and not to one of a later run.
#[cfg(unix)]
fn is_same(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (file.metadata(), disk::metadata(path)) {
        (Ok(a), Ok(Some(b))) => (a.dev(), a.ino()) == (b.dev(), b.ino()),
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_same(_: &File, path: &Path) -> bool {
    place::is_there(path)
}

/// Writes a new file. A file or a link that is there already is not touched.
pub(super) fn create(path: &Path, content: &[u8], mode: Option<Permissions>) -> io::Result<()> {
    let mut file = disk::create(path)?;
    file.write_all(content)?;
    if let Some(mode) = mode {
        file.set_permissions(mode)?;
    }
    Ok(())
}

/// Syncs that wait for the disk at the same time: it serves them together.
const SYNCS: usize = 32;

/// Makes the contents of some files durable.
pub(super) fn sync_files(files: impl Iterator<Item = PathBuf> + Send) -> Result<(), WriteError> {
    let files = Mutex::new(files);
    let next = || files.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || {
        while let Some(path) = next() {
            disk::sync_file(&path).map_err(|error| WriteError::io(&path, &error))?;
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..SYNCS).map(|_| scope.spawn(work)).collect();
        let ends = workers.into_iter().map(|worker| {
            // A worker that panicked synced nothing.
            let lost = || WriteError::new(Path::new(""), "a thread ended early");
            worker.join().unwrap_or_else(|_| Err(lost()))
        });
        ends.collect()
    })
}

/// The files in some folders, not in those below them.
pub(super) fn files_in(folders: &BTreeSet<PathBuf>) -> Result<Vec<PathBuf>, WriteError> {
    let mut found = Vec::new();
    for folder in folders {
        let items = disk::items(folder).map_err(|error| WriteError::io(folder, &error))?;
        let files = items.into_iter().filter(|(_, plain)| *plain);
        found.extend(files.map(|(path, _)| path));
    }
    Ok(found)
}

/// Makes the names in a folder durable.
pub(super) fn sync_folder(folder: &Path) -> Result<(), WriteError> {
    disk::sync_folder(folder).map_err(|error| WriteError::io(folder, &error))
}
