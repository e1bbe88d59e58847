//! Every call of the file system that writing makes, so that tests can let any of them fail, or be the
//! last one before the end of the process. In the program they are these calls and nothing else: what
//! comes between is only compiled into the tests of this crate.

use std::fs::{self, File, Metadata, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// A new file that is being filled.
pub(super) struct Output {
    file: File,
    path: PathBuf,
}

impl Output {
    /// Makes what was written durable.
    pub(super) fn sync(&self) -> io::Result<()> {
        call(Call::SyncFile(&self.path), || flush(&self.file))
    }

    pub(super) fn set_permissions(&self, mode: Permissions) -> io::Result<()> {
        call(Call::Change(&self.path), || self.file.set_permissions(mode))
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Self { file, path } = self;
        call(Call::Write(path, bytes), || file.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Makes a file that is not there. A file or a link that is there is not touched.
pub(super) fn create(path: &Path) -> io::Result<Output> {
    let file = call(Call::Create(path), || {
        OpenOptions::new().write(true).create_new(true).open(path)
    })?;
    Ok(Output {
        file,
        path: path.to_owned(),
    })
}

/// Opens a file that only its lock is wanted of, and makes it where it is not there.
pub(super) fn open_lock(path: &Path) -> io::Result<File> {
    call(Call::Change(path), || {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false).open(path)
    })
}

pub(super) fn create_folder(path: &Path) -> io::Result<()> {
    call(Call::Folder(path), || fs::create_dir(path))
}

/// Makes a folder and those around it where they are not there.
pub(super) fn create_folders(path: &Path) -> io::Result<()> {
    if path.as_os_str().is_empty() || metadata(path)?.is_some() {
        return Ok(());
    }
    path.parent().map_or(Ok(()), create_folders)?;
    match create_folder(path) {
        // Another thread or run was faster.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        made => made,
    }
}

pub(super) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    call(Call::Rename(from, to), || fs::rename(from, to))
}

/// Gives a file a second name, or copies it where the file system has none.
pub(super) fn link(path: &Path, second: &Path) -> io::Result<()> {
    call(Call::Create(second), || fs::hard_link(path, second)).or_else(|_| {
        call(Call::Create(second), || {
            fs::copy(path, second).and_then(|_| flush(&File::open(second)?))
        })
    })
}

pub(super) fn remove_file(path: &Path) -> io::Result<()> {
    call(Call::Remove(path), || fs::remove_file(path))
}

pub(super) fn remove_folder(path: &Path) -> io::Result<()> {
    call(Call::Change(path), || fs::remove_dir(path))
}

pub(super) fn remove_all(path: &Path) -> io::Result<()> {
    call(Call::Change(path), || fs::remove_dir_all(path))
}

pub(super) fn sync_file(path: &Path) -> io::Result<()> {
    call(Call::SyncFile(path), || flush(&File::open(path)?))
}

/// Makes the names in a folder durable. Only Unix has this, and needs it.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) {
        call(Call::SyncFolder(path), || flush(&File::open(path)?))?;
    }
    Ok(())
}

pub(super) fn read(path: &Path) -> io::Result<Vec<u8>> {
    call(Call::Look(path), || fs::read(path))
}

/// What stands at a path, which is not followed where it is a link; `None` where nothing does.
pub(super) fn metadata(path: &Path) -> io::Result<Option<Metadata>> {
    match call(Call::Look(path), || fs::symlink_metadata(path)) {
        Ok(found) => Ok(Some(found)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// The paths in a folder, by whether they are plain files.
pub(super) fn items(folder: &Path) -> io::Result<Vec<(PathBuf, bool)>> {
    call(Call::Look(folder), || {
        let items = fs::read_dir(folder)?.map(|item| {
            let item = item?;
            Ok((item.path(), item.file_type()?.is_file()))
        });
        items.collect()
    })
}

/// What a call does, as far as a test wants to know.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(test), expect(dead_code, reason = "only tests look at it"))]
enum Call<'c> {
    Look(&'c Path),
    Create(&'c Path),
    Folder(&'c Path),
    Write(&'c Path, &'c [u8]),
    Rename(&'c Path, &'c Path),
    Remove(&'c Path),
    SyncFile(&'c Path),
    SyncFolder(&'c Path),
    /// Anything else that changes something.
    Change(&'c Path),
}

#[cfg(not(test))]
fn call<T>(_: Call, act: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    act()
}

#[cfg(not(test))]
fn flush(file: &File) -> io::Result<()> {
    file.sync_all()
}

#[cfg(test)]
use faults::{call, flush};

#[cfg(test)]
pub(super) mod faults;
