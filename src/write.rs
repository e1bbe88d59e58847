//! The only place that writes files: a change of one file or of thousands, whole or not at all.
//!
//! New contents are first put into a *stage*, a hidden folder beside or inside the target, and
//! synced. A target that is not there yet, or is empty, then appears by one rename. In any other
//! target the change is written down in a journal before the first file is replaced, and each file
//! is replaced by a rename. Who is killed before the journal is complete has changed nothing; who is
//! killed behind that is finished by the next [`Change::begin`] on the same target.
//!
//! Links are never written through, read-only files are left alone, and a file whose content is not
//! what the change was made from stops all of it.

mod apply;
mod disk;
mod journal;
mod loose;
mod place;
mod single;
mod stage;

pub use loose::{forget, keep};
pub use single::{Single, replace as replace_file};
pub use stage::NAME as STAGE;

use std::collections::BTreeSet;
use std::fmt;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicUsize;
use std::sync::{Mutex, PoisonError};

use journal::{Direction, Operation};
use place::Digest;
use stage::Stage;

/// Why nothing was written.
#[derive(Debug)]
pub struct WriteError {
    /// The file or folder.
    pub path: PathBuf,
    /// What is wrong with it, and what to do.
    pub reason: String,
}

impl WriteError {
    fn new(path: &Path, reason: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            reason: reason.into(),
        }
    }

    fn io(path: &Path, error: &std::io::Error) -> Self {
        Self::new(path, error.to_string())
    }
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.reason)
    }
}

impl std::error::Error for WriteError {}

/// What to do with a target that holds files already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// Leave it as it is and fail.
    Refuse,
    /// Write into it; files that the change does not name stay.
    Replace,
}

/// What a file must be like before it is changed.
#[derive(Clone, Copy, Debug)]
pub enum Before<'b> {
    /// Not there.
    Absent,
    /// There or not, with any content.
    Any,
    /// There, with this content.
    Content(&'b [u8]),
}

/// What a change did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Files that are new.
    pub created: usize,
    /// Files with another content than before.
    pub replaced: usize,
    /// Files that are gone.
    pub removed: usize,
    /// Files that had the right content already.
    pub unchanged: usize,
}

/// What became of a change that was interrupted, and how many files it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recovered {
    /// All of it is done now.
    Finished(usize),
    /// It had failed, or met a file that was edited meanwhile: everything else is as it was before it.
    TakenBack(usize),
}

/// A change of any number of files below one folder. Dropped without [`Change::commit`], it leaves
/// no trace.
pub struct Change {
    root: PathBuf,
    stage: Stage,
    kind: Kind,
    /// What happens at [`Change::commit`]; only kept where there is something to replace.
    operations: Mutex<Vec<Operation>>,
    /// Folders of the stage that have to be synced.
    folders: Mutex<BTreeSet<PathBuf>>,
    unchanged: AtomicUsize,
    created: AtomicUsize,
}

/// How the change becomes visible.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// By one rename of a folder.
    Fresh,
    /// By a journal and a rename of each file.
    Journalled,
}

impl Change {
    /// Begins a change below a folder, which need not be there; the folder around it must. A change
    /// that was interrupted there is finished first.
    ///
    /// # Errors
    ///
    /// The folder is a link or no folder, holds files that must be left alone, is being changed by
    /// another run, or cannot be written to.
    pub fn begin(root: &Path, existing: Existing) -> Result<Self, WriteError> {
        let root = std::path::absolute(root).map_err(|error| WriteError::io(root, &error))?;
        recover(&root)?;
        let kind = match place::first_item(&root)? {
            None => Kind::Fresh,
            Some(item) if existing == Existing::Refuse => {
                let reason = format!(
                    "the folder holds files already, such as {}; choose another one, or add --overwrite",
                    item.display()
                );
                return Err(WriteError::new(&root, reason));
            }
            Some(_) => Kind::Journalled,
        };
        Self::of(root, kind)
    }

    /// Begins a change below a folder that is there, and stays the same folder, though it be empty.
    ///
    /// # Errors
    ///
    /// As for [`Change::begin`].
    pub fn inside(root: &Path) -> Result<Self, WriteError> {
        let root = std::path::absolute(root).map_err(|error| WriteError::io(root, &error))?;
        recover(&root)?;
        Self::of(root, Kind::Journalled)
    }

    fn of(root: PathBuf, kind: Kind) -> Result<Self, WriteError> {
        let stage = match kind {
            Kind::Fresh => Stage::take(&stage::beside(&root)?)?,
            Kind::Journalled => Stage::take(&stage::inside(&root))?,
        };
        stage.clear()?;
        Ok(Self {
            root,
            stage,
            kind,
            operations: Mutex::default(),
            folders: Mutex::default(),
            unchanged: AtomicUsize::new(0),
            created: AtomicUsize::new(0),
        })
    }

    /// Adds a file to the change. Its path is relative to the folder, its parts joined by `/`. May
    /// be called by many threads, once for a path.
    ///
    /// # Errors
    ///
    /// The path leads elsewhere, the file must be left alone, its content is not as `before` says,
    /// or the disk is full. Nothing has changed then.
    pub fn write(&self, path: &str, content: &[u8], before: Before) -> Result<(), WriteError> {
        place::check(&self.root, path)?;
        match self.kind {
            Kind::Fresh => self.stage_fresh(path, content, before),
            Kind::Journalled => self.stage_replacement(path, content, before),
        }
    }

    /// Adds the removal of a file to the change.
    ///
    /// # Errors
    ///
    /// As for [`Change::write`]; the file must be there.
    pub fn remove(&self, path: &str, before: Before) -> Result<(), WriteError> {
        place::check(&self.root, path)?;
        let target = self.root.join(path);
        let Some(found) = place::examine(&self.root, path)? else {
            return Err(WriteError::new(&target, "the file is not there"));
        };
        found.must_be(&target, before)?;
        self.push(Operation {
            path: path.into(),
            before: Some(found.digest),
            after: None,
            staged: None,
        });
        Ok(())
    }

    /// Makes the change visible, all of it. `progress` counts files.
    ///
    /// # Errors
    ///
    /// A file was changed by somebody else meanwhile, or the disk refused. Everything is as before.
    pub fn commit(self, progress: &AtomicUsize) -> Result<Written, WriteError> {
        match self.kind {
            Kind::Fresh => self.commit_fresh(),
            Kind::Journalled => self.commit_journalled(progress),
        }
    }

    fn stage_fresh(&self, path: &str, content: &[u8], before: Before) -> Result<(), WriteError> {
        if let Before::Content(_) = before {
            let target = self.root.join(path);
            return Err(WriteError::new(&target, "the file is not there any more"));
        }
        let staged = self.stage.tree().join(path);
        let folder = staged.parent().unwrap_or(&staged).to_owned();
        self.make_folders(&folder)?;
        stage::create(&staged, content, None).map_err(|error| self.unstaged(path, &error))?;
        self.created
            .fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Ok(())
    }

    fn make_folders(&self, folder: &Path) -> Result<(), WriteError> {
        let mut known = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        if known.contains(folder) {
            return Ok(());
        }
        disk::create_folders(folder).map_err(|error| WriteError::io(folder, &error))?;
        let tree = self.stage.tree();
        let inside = folder.ancestors().take_while(|up| up.starts_with(&tree));
        known.extend(inside.map(Path::to_owned));
        Ok(())
    }

    fn stage_replacement(
        &self,
        path: &str,
        content: &[u8],
        before: Before,
    ) -> Result<(), WriteError> {
        let target = self.root.join(path);
        let found = place::examine(&self.root, path)?;
        match (&found, before) {
            (Some(_), Before::Absent) => {
                return Err(WriteError::new(&target, "the file is there already"));
            }
            (None, Before::Content(_)) => {
                return Err(WriteError::new(&target, "the file is not there any more"));
            }
            (Some(found), before) => found.must_be(&target, before)?,
            (None, _) => {}
        }
        let after = Digest::of(content);
        if found.as_ref().is_some_and(|found| found.digest == after) {
            self.unchanged
                .fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            return Ok(());
        }
        let number = self.stage.next_number();
        let mode = found.as_ref().map(|found| found.permissions.clone());
        stage::create(&self.stage.numbered(number), content, mode)
            .map_err(|error| self.unstaged(path, &error))?;
        self.push(Operation {
            path: path.into(),
            before: found.map(|found| found.digest),
            after: Some(after),
            staged: Some(number),
        });
        Ok(())
    }

    fn unstaged(&self, path: &str, error: &std::io::Error) -> WriteError {
        let target = self.root.join(path);
        let reason = match error.kind() {
            std::io::ErrorKind::AlreadyExists => {
                "two entries of the change have this path".to_owned()
            }
            _ => format!("nothing was changed: {error}"),
        };
        WriteError::new(&target, reason)
    }

    fn push(&self, operation: Operation) {
        let mut operations = self
            .operations
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        operations.push(operation);
    }

    fn commit_fresh(self) -> Result<Written, WriteError> {
        let created = self.created.into_inner();
        let tree = self.stage.tree();
        disk::create_folders(&tree).map_err(|error| WriteError::io(&tree, &error))?;
        let folders = self.folders.into_inner().unwrap_or_default();
        stage::sync_files(stage::files_in(&folders)?.into_iter())?;
        for folder in folders.iter().rev() {
            stage::sync_folder(folder)?;
        }
        let before = place::metadata(&self.root)?;
        // An empty folder gives way to a rename; one that was filled meanwhile does not.
        disk::rename(&tree, &self.root).map_err(|error| WriteError::io(&self.root, &error))?;
        let parent = self.root.parent().unwrap_or(&self.root);
        stage::sync_folder(parent).map_err(|cause| hide(&self.root, &tree, before, cause))?;
        Ok(Written {
            created,
            ..Written::default()
        })
    }

    fn commit_journalled(self, progress: &AtomicUsize) -> Result<Written, WriteError> {
        let mut operations = self.operations.into_inner().unwrap_or_default();
        operations.sort_by(|a, b| a.path.cmp(&b.path));
        if let Some(pair) = operations
            .windows(2)
            .find(|pair| pair[0].path == pair[1].path)
        {
            let target = self.root.join(pair[0].path.as_ref());
            let reason = "two entries of the change have this path";
            return Err(WriteError::new(&target, reason));
        }
        let mut written = apply::run(&self.root, &self.stage, operations, progress)?;
        written.unchanged = self.unchanged.into_inner();
        Ok(written)
    }
}

/// Takes back the appearance of a folder.
fn hide(root: &Path, tree: &Path, before: Option<Metadata>, cause: WriteError) -> WriteError {
    let hidden = disk::rename(root, tree).and_then(|()| match before {
        Some(_) => disk::create_folder(root),
        None => Ok(()),
    });
    match hidden {
        Ok(()) => cause,
        Err(error) => {
            let reason = format!("{}; and it is there all the same: {error}", cause.reason);
            WriteError::new(&cause.path, reason)
        }
    }
}

/// Finishes a change below a folder that was interrupted behind the point of no return, and removes
/// what one that was interrupted before it left behind. A change that was being taken back is taken back.
///
/// # Errors
///
/// Another run is at work there, or a file has been edited since, so that neither the old nor the
/// new state can be had without loss.
pub fn recover(root: &Path) -> Result<Option<Recovered>, WriteError> {
    let beside = stage::beside(root)?;
    if place::is_there(&beside) {
        // A folder that never became visible.
        Stage::take(&beside)?;
    }
    let inside = stage::inside(root);
    if !place::is_there(&inside) {
        return Ok(None);
    }
    let stage = Stage::take(&inside)?;
    let Some(journal) = journal::read(&stage)? else {
        return Ok(None);
    };
    let files = journal.operations.len();
    Ok(Some(match apply::go_on(root, &stage, &journal)? {
        Direction::Forward => Recovered::Finished(files),
        Direction::Back => Recovered::TakenBack(files),
    }))
}

/// Whether a change below a folder is under way or was interrupted when some of its files had
/// been replaced: what is read there may be half of the old state and half of the new one.
#[must_use]
pub fn is_unfinished(root: &Path) -> bool {
    journal::is_there(&stage::inside(root))
}

#[cfg(test)]
mod tests;
