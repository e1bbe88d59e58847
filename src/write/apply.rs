//! Replaces files one by one, so that a kill at any moment can be made good.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::journal::{self, Operation};
use super::place;
use super::stage::{self, Keep, Stage};
use super::{WriteError, Written};

/// Does a change that was staged whole.
pub(super) fn run(
    root: &Path,
    stage: &Stage,
    operations: &[Operation],
    progress: &AtomicUsize,
) -> Result<Written, WriteError> {
    let mut written = Written::default();
    if operations.is_empty() {
        return Ok(written);
    }
    let staged = operations.iter().filter_map(|operation| operation.staged);
    stage::sync_files(staged.map(|number| stage.numbered(number)))?;
    for folder in ["new", "old"] {
        stage::sync_folder(&stage.folder().join(folder))?;
    }
    journal::write(stage, operations)?;
    for (index, operation) in operations.iter().enumerate() {
        if let Err(error) = step(root, stage, index, operation) {
            return Err(undo(root, stage, &operations[..=index], error));
        }
        let count = match (operation.before, operation.after) {
            (None, _) => &mut written.created,
            (Some(_), Some(_)) => &mut written.replaced,
            (Some(_), None) => &mut written.removed,
        };
        *count += 1;
        progress.fetch_add(1, Ordering::Relaxed);
    }
    sync(root, operations)?;
    Ok(written)
}

/// Finishes a change that was interrupted.
pub(super) fn finish(
    root: &Path,
    stage: &Stage,
    operations: &[Operation],
) -> Result<(), WriteError> {
    stage.keep(Keep::Yes);
    let mut pending = Vec::new();
    for operation in operations {
        let target = root.join(operation.path.as_ref());
        no_links(root, &operation.path)?;
        let now = place::digest(&target)?;
        if now == operation.after {
            continue;
        }
        if now != operation.before || !is_staged(stage, operation)? {
            let reason = format!(
                "the file was edited after a change of several files was interrupted; restore it or remove {}, then run again",
                stage.folder().display()
            );
            return Err(WriteError::new(&target, reason));
        }
        pending.push(operation);
    }
    for operation in pending {
        replace(root, stage, operation)?;
    }
    sync(root, operations)?;
    stage.keep(Keep::No);
    Ok(())
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
        save(&target, &stage.saved(index))?;
    }
    // Between the staging and now somebody may have saved the file.
    if place::examine_saved(root, &operation.path)? != operation.before {
        let reason = "the file was changed meanwhile; run again";
        return Err(WriteError::new(&target, reason));
    }
    replace(root, stage, operation)
}

/// Keeps what a file was, for [`undo`]: as a second name where the file system has that.
fn save(target: &Path, saved: &Path) -> Result<(), WriteError> {
    let linked = fs::hard_link(target, saved).or_else(|_| fs::copy(target, saved).map(|_| ()));
    linked.map_err(|error| WriteError::io(target, &error))
}

fn replace(root: &Path, stage: &Stage, operation: &Operation) -> Result<(), WriteError> {
    let target = root.join(operation.path.as_ref());
    let done = match operation.staged {
        Some(number) => {
            let folder = target.parent().unwrap_or(root);
            fs::create_dir_all(folder).and_then(|()| fs::rename(stage.numbered(number), &target))
        }
        None => fs::remove_file(&target),
    };
    done.map_err(|error| WriteError::io(&target, &error))
}

/// Brings back what the first operations changed. Says why in the error, and what is left where
/// even that fails.
fn undo(root: &Path, stage: &Stage, operations: &[Operation], cause: WriteError) -> WriteError {
    for (index, operation) in operations.iter().enumerate().rev() {
        let target = root.join(operation.path.as_ref());
        if place::digest(&target).ok() != Some(operation.after) {
            continue;
        }
        let undone = match operation.before {
            Some(_) => fs::rename(stage.saved(index), &target),
            None => fs::remove_file(&target),
        };
        if let Err(error) = undone {
            if error.kind() == ErrorKind::NotFound {
                continue;
            }
            stage.keep(Keep::Yes);
            let reason = format!(
                "{}; and it could not be brought back: {error}; what it was is in {}",
                cause.reason,
                stage.folder().display()
            );
            return WriteError::new(&cause.path, reason);
        }
    }
    cause
}

/// Makes the new names durable before the journal goes.
fn sync(root: &Path, operations: &[Operation]) -> Result<(), WriteError> {
    let mut folders: BTreeSet<PathBuf> = BTreeSet::new();
    for operation in operations {
        let target = root.join(operation.path.as_ref());
        let inside = target.ancestors().skip(1);
        folders.extend(
            inside
                .take_while(|up| up.starts_with(root))
                .map(Path::to_owned),
        );
    }
    let there = folders
        .iter()
        .rev()
        .filter(|folder| place::is_there(folder));
    there
        .into_iter()
        .try_for_each(|folder| stage::sync_folder(folder))
}
