//! Replaces files one by one, so that a kill at any moment can be made good.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::journal::{self, Direction, Journal, Operation};
use super::place;
use super::stage::{self, Keep, Stage};
use super::{WriteError, Written, disk};

/// Does a change that was staged whole.
pub(super) fn run(
    root: &Path,
    stage: &Stage,
    operations: Vec<Operation>,
    progress: &AtomicUsize,
) -> Result<Written, WriteError> {
    if operations.is_empty() {
        return Ok(Written::default());
    }
    let staged = operations.iter().filter_map(|operation| operation.staged);
    stage::sync_files(staged.map(|number| stage.numbered(number)))?;
    for folder in ["new", "old"] {
        stage::sync_folder(&stage.folder().join(folder))?;
    }
    let journal = Journal {
        folders: missing_folders(root, &operations)?,
        operations,
        direction: Direction::Forward,
    };
    // The stage is in a folder, too, and the journal in the stage.
    stage::sync_folder(root)?;
    journal::write(stage, &journal)?;
    replace_all(root, stage, &journal, progress)
        .and_then(|()| sync(root, &journal))
        .map_err(|cause| undo(root, stage, &journal, cause))?;
    Ok(count(&journal))
}

fn replace_all(
    root: &Path,
    stage: &Stage,
    journal: &Journal,
    progress: &AtomicUsize,
) -> Result<(), WriteError> {
    for (index, operation) in journal.operations.iter().enumerate() {
        step(root, stage, index, operation)?;
        progress.fetch_add(1, Ordering::Relaxed);
    }
    Ok(())
}

fn count(journal: &Journal) -> Written {
    let mut written = Written::default();
    for operation in &journal.operations {
        let count = match (operation.before, operation.after) {
            (None, _) => &mut written.created,
            (Some(_), Some(_)) => &mut written.replaced,
            (Some(_), None) => &mut written.removed,
        };
        *count += 1;
    }
    written
}

/// The folders on the way to new files that are not there yet.
fn missing_folders(root: &Path, operations: &[Operation]) -> Result<Vec<Box<str>>, WriteError> {
    let mut folders = BTreeSet::new();
    let new = operations.iter().filter(|new| new.before.is_none());
    for operation in new {
        let ends = operation.path.match_indices('/').map(|(end, _)| end);
        folders.extend(ends.map(|end| &operation.path[..end]));
    }
    let mut missing = Vec::new();
    for folder in folders {
        if place::metadata(&root.join(folder))?.is_none() {
            missing.push(folder.into());
        }
    }
    Ok(missing)
}

/// Goes on with a change that was interrupted: to its end, or back where it had failed. Says which.
pub(super) fn go_on(
    root: &Path,
    stage: &Stage,
    journal: &Journal,
) -> Result<Direction, WriteError> {
    stage.keep(Keep::Yes);
    for operation in &journal.operations {
        no_links(root, &operation.path)?;
    }
    let direction = match journal.direction {
        Direction::Forward => finish(root, stage, journal)?,
        Direction::Back => Direction::Back,
    };
    if direction == Direction::Back {
        take_back(root, stage, journal)?;
    }
    stage.keep(Keep::No);
    Ok(direction)
}

/// Does what is left to do. Where somebody has edited a file that was not reached, there is only the
/// way back.
fn finish(root: &Path, stage: &Stage, journal: &Journal) -> Result<Direction, WriteError> {
    let mut pending = Vec::new();
    for operation in &journal.operations {
        let target = root.join(operation.path.as_ref());
        let now = place::digest(&target)?;
        if now == operation.after {
            continue;
        }
        if !is_staged(stage, operation)? {
            let reason = format!(
                "the file was edited after a change of several files was interrupted; restore it or remove {}, then run again",
                stage.folder().display()
            );
            return Err(WriteError::new(&target, reason));
        }
        if now != operation.before {
            turn_back(stage).map_err(|error| WriteError::io(stage.folder(), &error))?;
            return Ok(Direction::Back);
        }
        pending.push(operation);
    }
    for operation in pending {
        replace(root, stage, operation)?;
    }
    sync(root, journal)?;
    Ok(Direction::Forward)
}

/// Whether the stage has the content that an operation promises.
fn is_staged(stage: &Stage, operation: &Operation) -> Result<bool, WriteError> {
    match operation.staged {
        None => Ok(operation.after.is_none()),
        Some(number) => Ok(place::digest(&stage.numbered(number))? == operation.after),
    }
}

fn no_links(root: &Path, path: &str) -> Result<(), WriteError> {
    let mut here = root.to_owned();
    for part in path.split('/') {
        here.push(part);
        if place::metadata(&here)?.is_some_and(|found| found.is_symlink()) {
            return Err(WriteError::new(
                &here,
                "it is a symbolic link, and links are not followed",
            ));
        }
    }
    Ok(())
}

pub(super) fn step(
    root: &Path,
    stage: &Stage,
    index: usize,
    operation: &Operation,
) -> Result<(), WriteError> {
    let target = root.join(operation.path.as_ref());
    if operation.before.is_some() {
        let saved = disk::link(&target, &stage.saved(index));
        saved.map_err(|error| WriteError::io(&target, &error))?;
    }
    // Between the staging and now somebody may have saved the file.
    if place::examine_saved(root, &operation.path)? != operation.before {
        let reason = "the file was changed meanwhile; run again";
        return Err(WriteError::new(&target, reason));
    }
    replace(root, stage, operation)
}

fn replace(root: &Path, stage: &Stage, operation: &Operation) -> Result<(), WriteError> {
    let target = root.join(operation.path.as_ref());
    let done = match operation.staged {
        Some(number) => {
            let folder = target.parent().unwrap_or(root);
            disk::create_folders(folder)
                .and_then(|()| disk::rename(&stage.numbered(number), &target))
        }
        None => disk::remove_file(&target),
    };
    done.map_err(|error| WriteError::io(&target, &error))
}

/// Brings back what a change that failed has replaced by then. Says why in the error, and what is
/// left where even that fails.
fn undo(root: &Path, stage: &Stage, journal: &Journal, cause: WriteError) -> WriteError {
    let turned = turn_back(stage).map_err(|error| WriteError::io(stage.folder(), &error));
    let Err(error) = turned.and_then(|()| take_back(root, stage, journal)) else {
        return cause;
    };
    stage.keep(Keep::Yes);
    let reason = format!(
        "{}; and the files could not be brought back to what they were: {error}; the next command that writes them goes on with it, from {}",
        cause.reason,
        stage.folder().display()
    );
    WriteError::new(&cause.path, reason)
}

/// First the old contents are made durable, then that there is no way forward any more: without that
/// a kill from here on would leave half of each.
fn turn_back(stage: &Stage) -> std::io::Result<()> {
    disk::sync_folder(&stage.folder().join("old"))?;
    journal::turn_back(stage)
}

/// Brings back the state before a change. A file that is neither old nor new is somebody's work by
/// now, and stays.
fn take_back(root: &Path, stage: &Stage, journal: &Journal) -> Result<(), WriteError> {
    for (index, operation) in journal.operations.iter().enumerate().rev() {
        let target = root.join(operation.path.as_ref());
        if !is_reached(stage, operation)? || place::digest(&target)? != operation.after {
            continue;
        }
        let saved = stage.saved(index);
        let back = match operation.before {
            // It was not reached: a file that was to go is gone by other hands.
            Some(_) if place::metadata(&saved)?.is_none() => Ok(()),
            Some(_) if place::digest(&saved)? != operation.before => {
                let reason = format!("what it was is not in {} any more", saved.display());
                return Err(WriteError::new(&target, reason));
            }
            Some(_) => disk::rename(&saved, &target),
            None => disk::remove_file(&target),
        };
        back.map_err(|error| WriteError::io(&target, &error))?;
    }
    for folder in journal.folders.iter().rev() {
        let folder = root.join(folder.as_ref());
        match disk::remove_folder(&folder) {
            // It was not made yet, or holds what somebody else has put into it.
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::NotFound | ErrorKind::DirectoryNotEmpty
                ) => {}
            removed => removed.map_err(|error| WriteError::io(&folder, &error))?,
        }
    }
    sync(root, journal)
}

/// Whether the new content that an operation has is out of the stage.
fn is_reached(stage: &Stage, operation: &Operation) -> Result<bool, WriteError> {
    match operation.staged {
        Some(number) => Ok(place::metadata(&stage.numbered(number))?.is_none()),
        None => Ok(true),
    }
}

/// Makes the names durable before the journal goes. A new folder comes before what is in it: a file
/// that is on the disk in a folder that is not would be lost with it.
fn sync(root: &Path, journal: &Journal) -> Result<(), WriteError> {
    let mut folders: BTreeSet<PathBuf> = BTreeSet::new();
    for operation in &journal.operations {
        let target = root.join(operation.path.as_ref());
        let inside = target.ancestors().skip(1);
        folders.extend(
            inside
                .take_while(|up| up.starts_with(root))
                .map(Path::to_owned),
        );
    }
    let mut there = folders.iter().filter(|folder| place::is_there(folder));
    there.try_for_each(|folder| stage::sync_folder(folder))
}
