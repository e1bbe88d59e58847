//! Where what is written goes.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::MigrateError;
use crate::write::{self, Before, Change, Existing, WriteError, Written};

/// Takes files, from many threads at once.
pub trait Sink: Sync {
    /// Takes one file; the path is empty where the target is a single one.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    fn put(&self, path: &str, bytes: &[u8]) -> Result<(), MigrateError>;
}

/// A folder, which changes at [`ToFolder::commit`].
pub struct ToFolder(Change);

impl ToFolder {
    /// Begins a change of a folder.
    ///
    /// # Errors
    ///
    /// As for [`Change::begin`].
    pub fn begin(root: &Path, existing: Existing) -> Result<Self, WriteError> {
        Change::begin(root, existing).map(Self)
    }

    /// Makes the change.
    ///
    /// # Errors
    ///
    /// As for [`Change::commit`].
    pub fn commit(self, progress: &AtomicUsize) -> Result<Written, WriteError> {
        self.0.commit(progress)
    }
}

impl Sink for ToFolder {
    fn put(&self, path: &str, bytes: &[u8]) -> Result<(), MigrateError> {
        Ok(self.0.write(path, bytes, Before::Any)?)
    }
}

/// A single file, written at [`ToFile::commit`].
pub struct ToFile {
    path: PathBuf,
    bytes: Mutex<Vec<u8>>,
}

impl ToFile {
    /// A file that is not written yet.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            bytes: Mutex::default(),
        }
    }

    /// Writes the file.
    ///
    /// # Errors
    ///
    /// As for [`write::replace_file`].
    pub fn commit(self, existing: Existing) -> Result<(), WriteError> {
        let bytes = self.bytes.into_inner().unwrap_or_default();
        write::replace_file(&self.path, &bytes, existing)
    }
}

impl Sink for ToFile {
    fn put(&self, _: &str, bytes: &[u8]) -> Result<(), MigrateError> {
        let mut kept = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = bytes.to_vec();
        Ok(())
    }
}

/// Counts files and keeps none.
#[derive(Default)]
pub struct ToNothing {
    /// How many files there were.
    pub files: AtomicUsize,
}

impl Sink for ToNothing {
    fn put(&self, _: &str, _: &[u8]) -> Result<(), MigrateError> {
        self.files.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}
