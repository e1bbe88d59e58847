//! One file, replaced whole.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::disk::{self, Output};
use super::place::{self, Found};
use super::stage::{self, Stage};
use super::{Existing, WriteError};

/// A new content of one file, put together beside its place. Until [`Single::commit`] the file is as
/// it was; without it, nothing is left of the new content.
pub struct Single {
    path: PathBuf,
    found: Option<Found>,
    stage: Stage,
    out: BufWriter<Output>,
}

impl Single {
    /// Begins a content. Links and read-only files are refused.
    ///
    /// # Errors
    ///
    /// The file is there and `existing` refuses that, or nothing can be written beside it.
    pub fn begin(path: &Path, existing: Existing) -> Result<Self, WriteError> {
        let path = std::path::absolute(path).map_err(|error| WriteError::io(path, &error))?;
        let found = place::existing(&path)?;
        if found.is_some() && existing == Existing::Refuse {
            let reason = "the file is there already; choose another one, or add --overwrite";
            return Err(WriteError::new(&path, reason));
        }
        let stage = Stage::take(&stage::beside(&path)?)?;
        stage.clear()?;
        let file = disk::create(&stage.numbered(0));
        let file = file.map_err(|error| WriteError::io(&path, &error))?;
        Ok(Self {
            path,
            found,
            stage,
            out: BufWriter::new(file),
        })
    }

    /// Puts the content into its place: synced, then renamed. A file that was there keeps its mode.
    ///
    /// # Errors
    ///
    /// It cannot be written, or the file was changed meanwhile. It is as before then; only where the
    /// system does not say that the new name is durable, the new content is there, as the error says.
    pub fn commit(mut self) -> Result<(), WriteError> {
        let path = &self.path;
        let refuse = |error: io::Error| WriteError::io(path, &error);
        self.out.flush().map_err(refuse)?;
        let file = self.out.get_ref();
        if let Some(found) = &self.found {
            file.set_permissions(found.permissions.clone())
                .map_err(refuse)?;
        }
        file.sync().map_err(refuse)?;
        // Somebody may have saved the file meanwhile.
        let now = place::existing(path)?;
        if now.map(|now| now.digest) != self.found.as_ref().map(|found| found.digest) {
            let reason = "the file was changed meanwhile; run again";
            return Err(WriteError::new(path, reason));
        }
        disk::rename(&self.stage.numbered(0), path).map_err(refuse)?;
        path.parent()
            .map_or(Ok(()), disk::sync_folder)
            .map_err(|error| {
                let reason =
                    format!("it is written, but a loss of power may still undo that: {error}");
                WriteError::new(path, reason)
            })
    }
}

impl Write for Single {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Writes one file: beside its place first, synced, then renamed. A file that is there keeps its
/// mode; links and read-only files are refused.
///
/// # Errors
///
/// The file is there and `existing` refuses that, or it cannot be written, as for [`Single::commit`].
pub fn replace(path: &Path, content: &[u8], existing: Existing) -> Result<(), WriteError> {
    let mut single = Single::begin(path, existing)?;
    let written = single.write_all(content);
    written.map_err(|error| WriteError::io(path, &error))?;
    single.commit()
}
