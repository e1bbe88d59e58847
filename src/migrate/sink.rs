//! Where what is written goes.

use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::MigrateError;
use crate::write::{Before, Change, Existing, Single, WriteError, Written};

/// Takes files, from many threads at once.
pub trait Sink: Sync {
    /// Takes one file. Where the target is a single one, the path is empty, and what comes later stands
    /// behind what came before.
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

/// A single file, which changes at [`ToFile::commit`].
pub struct ToFile(Mutex<Single>);

impl ToFile {
    /// Begins a file.
    ///
    /// # Errors
    ///
    /// As for [`Single::begin`].
    pub fn begin(path: &Path, existing: Existing) -> Result<Self, WriteError> {
        Single::begin(path, existing).map(|file| Self(Mutex::new(file)))
    }

    /// Makes the change.
    ///
    /// # Errors
    ///
    /// As for [`Single::commit`].
    pub fn commit(self) -> Result<(), WriteError> {
        let file = self.0.into_inner();
        file.unwrap_or_else(PoisonError::into_inner).commit()
    }
}

impl Sink for ToFile {
    fn put(&self, _: &str, bytes: &[u8]) -> Result<(), MigrateError> {
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let written = file.write_all(bytes);
        written.map_err(|error| MigrateError::new(Path::new(""), error.to_string()))
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
