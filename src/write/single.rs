//! One file, replaced whole.

use std::fs;
use std::path::Path;

use super::place;
use super::{Existing, WriteError, stage};

/// Writes one file: beside its place first, synced, then renamed. A file that is there keeps its
/// mode; links and read-only files are refused.
///
/// # Errors
///
/// The file is there and `existing` refuses that, or it cannot be written. It is as before then.
pub fn replace(path: &Path, content: &[u8], existing: Existing) -> Result<(), WriteError> {
    let path = std::path::absolute(path).map_err(|error| WriteError::io(path, &error))?;
    let found = place::existing(&path)?;
    if found.is_some() && existing == Existing::Refuse {
        let reason = "the file is there already; choose another one, or add --overwrite";
        return Err(WriteError::new(&path, reason));
    }
    let stage = stage::Stage::take(&stage::beside(&path)?)?;
    stage.clear()?;
    let staged = stage.numbered(0);
    let mode = found.as_ref().map(|found| found.permissions.clone());
    stage::create(&staged, content, mode).map_err(|error| WriteError::io(&path, &error))?;
    stage::sync_files(std::iter::once(staged.clone()))?;
    // Somebody may have saved the file meanwhile.
    let now = place::existing(&path)?;
    if now.map(|now| now.digest) != found.map(|found| found.digest) {
        let reason = "the file was changed meanwhile; run again";
        return Err(WriteError::new(&path, reason));
    }
    fs::rename(&staged, &path).map_err(|error| WriteError::io(&path, &error))?;
    path.parent().map_or(Ok(()), stage::sync_folder)
}
