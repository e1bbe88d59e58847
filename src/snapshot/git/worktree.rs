//! The working tree as a git tree, made in memory.

use std::borrow::Cow;
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use git2::{AttrCheckFlags, AttrValue, Index, IndexEntry, IndexTime};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::tree::{MODE_LINK, MODE_SUBMODULE};
use super::{Id, Repository, SnapshotError, failed};
use crate::snapshot::{SourceFile, read_bounded};

/// `git add --intent-to-add`: the entry stands for a file that is not in the index yet.
const INTENT_TO_ADD: u16 = 1 << 13;
/// A file that a sparse checkout leaves out: it is not deleted.
const SKIP_WORKTREE: u16 = 1 << 14;

/// The index of a repository, in memory.
pub struct Staged {
    index: Index,
    /// When the file was written.
    written: Option<IndexTime>,
}

impl Repository {
    /// The index as it is on disk, in memory. `GIT_INDEX_FILE` names another one, as git does while
    /// a commit of some files runs its hooks.
    pub(super) fn index(&self) -> Result<Index, SnapshotError> {
        let path = self.index_path();
        let mut index = Index::open(&path).map_err(|error| failed("the index", &error))?;
        let absent: Vec<Vec<u8>> = index
            .iter()
            .filter(|entry| entry.flags_extended & INTENT_TO_ADD != 0)
            .map(|entry| entry.path)
            .collect();
        for path in absent {
            let path = native(&path);
            index
                .remove(&path, 0)
                .map_err(|error| failed("the index", &error))?;
        }
        Ok(index)
    }

    pub(super) fn index_path(&self) -> PathBuf {
        match std::env::var_os("GIT_INDEX_FILE") {
            Some(path) if !path.is_empty() => self.folder.join(path),
            _ => self.git_dir.join("index"),
        }
    }

    /// The tree that a commit of the working tree would have: files of the index as they are on
    /// disk, and the entries that were found on disk and are not in the index.
    ///
    /// Content goes in as it is on disk. Where git would change line ends on the way, and nothing
    /// else differs, the file is as in the index. Filters are commands and are not run, so a file
    /// that has one counts as changed when it was touched.
    ///
    /// # Errors
    ///
    /// There is no working tree, or the index or a file cannot be read.
    pub fn working_tree(&self, found: &[SourceFile], limit: u64) -> Result<Id, SnapshotError> {
        self.working_tree_on(self.staged()?, found, limit)
    }

    /// The index as it is now, for [`Repository::working_tree_on`].
    ///
    /// # Errors
    ///
    /// It cannot be read.
    pub fn staged(&self) -> Result<Staged, SnapshotError> {
        let written = modified(&self.index_path());
        Ok(Staged {
            index: self.index()?,
            written,
        })
    }

    /// The same as [`Repository::working_tree`], with an index that was read before.
    ///
    /// # Errors
    ///
    /// There is no working tree, or a file cannot be read.
    pub fn working_tree_on(
        &self,
        staged: Staged,
        found: &[SourceFile],
        limit: u64,
    ) -> Result<Id, SnapshotError> {
        if self.bare {
            return Err(SnapshotError(format!(
                "{} is a bare repository and has no working tree",
                self.folder.display()
            )));
        }
        let Staged { mut index, written } = staged;
        let entries: Vec<IndexEntry> = index.iter().collect();
        let look = Look {
            repository: self,
            written,
            folders: real_folders(&self.folder, &entries),
            limit,
        };
        // Only what differs goes in: the index remembers the trees of folders that stay.
        let states = entries.par_iter().map(|entry| look.at(entry));
        let states: Vec<Option<(u32, Id)>> = states.collect::<Result<_, _>>()?;
        let tracked: FxHashSet<&[u8]> = entries.iter().map(|entry| entry.path.as_slice()).collect();
        let untracked: Vec<(Vec<u8>, Cow<'_, Path>)> = found
            .par_iter()
            .filter_map(|file| {
                let path = file.disk()?;
                let inner = self.inner(&path)?;
                let is_new = !tracked.contains(inner.as_ref());
                let inner = is_new.then(|| inner.into_owned())?;
                Some((inner, path))
            })
            .collect();
        for (entry, state) in entries.iter().zip(states) {
            update(&mut index, entry, state).map_err(|error| failed(&shown(entry), &error))?;
        }
        for (inner, path) in untracked {
            let entry = new_entry(inner);
            let state = look.on_disk(&path)?;
            update(&mut index, &entry, state).map_err(|error| failed(&shown(&entry), &error))?;
        }
        self.write(|repository| index.write_tree_to(repository))
            .map(Id)
            .map_err(|error| failed("the working tree", &error))
    }

    /// The bytes of a path in the repository; `None` where it lies outside.
    pub(super) fn inner<'p>(&self, path: &'p Path) -> Option<Cow<'p, [u8]>> {
        match path.strip_prefix(&self.folder) {
            Ok(inner) if cfg!(unix) => Some(inner.as_os_str().as_encoded_bytes().into()),
            _ => {
                let shown = self.inside(path).ok()?;
                Some(path_bytes(&shown, path).into())
            }
        }
    }
}

fn shown(entry: &IndexEntry) -> String {
    String::from_utf8_lossy(&entry.path).into_owned()
}

/// The bits of an entry's flags that say which side of a conflict it is, and how far to move them.
const STAGE: (u16, u32) = (0x3000, 12);

/// Puts what is on disk in the place of an entry.
fn update(
    index: &mut Index,
    entry: &IndexEntry,
    state: Option<(u32, Id)>,
) -> Result<(), git2::Error> {
    let stage = (entry.flags & STAGE.0) >> STAGE.1;
    let is_new = entry.id.is_zero();
    let same = (entry.mode, Id(entry.id));
    if stage == 0 && state == Some(same) {
        return Ok(());
    }
    if !is_new && (stage != 0 || state.is_none()) {
        let removed = index.remove(&native(&entry.path), i32::from(stage));
        // The first side of a conflict that gets an answer takes the others with it.
        if stage == 0 {
            removed?;
        }
    }
    let Some((mode, id)) = state else {
        return Ok(());
    };
    let mut entry = new_entry(entry.path.clone());
    entry.mode = mode;
    entry.id = id.0;
    index.add(&entry)
}

/// Folders of entries below the top, and whether each is reached without any link: what lies behind
/// one is not of this repository.
fn real_folders(top: &Path, entries: &[IndexEntry]) -> FxHashMap<PathBuf, bool> {
    let mut folders = FxHashMap::default();
    folders.insert(top.to_path_buf(), true);
    let mut last: &[u8] = b"";
    for entry in entries {
        let end = memchr::memrchr(b'/', &entry.path).unwrap_or(0);
        // Entries of one folder mostly stand together.
        if &entry.path[..end] != last {
            last = &entry.path[..end];
            is_real(&mut folders, &top.join(native(last)));
        }
    }
    folders
}

fn is_real(folders: &mut FxHashMap<PathBuf, bool>, folder: &Path) -> bool {
    if let Some(&known) = folders.get(folder) {
        return known;
    }
    let real = fs::symlink_metadata(folder).is_ok_and(|meta| meta.is_dir())
        && folder.parent().is_some_and(|up| is_real(folders, up));
    folders.insert(folder.to_path_buf(), real);
    real
}

struct Look<'l> {
    repository: &'l Repository,
    /// When the index was written.
    written: Option<IndexTime>,
    folders: FxHashMap<PathBuf, bool>,
    limit: u64,
}

impl Look<'_> {
    /// What is on disk where an entry of the index says that something is.
    fn at(&self, entry: &IndexEntry) -> Result<Option<(u32, Id)>, SnapshotError> {
        let kept = Some((entry.mode, Id(entry.id)));
        if entry.flags_extended & SKIP_WORKTREE != 0 || entry.mode == MODE_SUBMODULE {
            return Ok(kept);
        }
        let path = self.repository.folder.join(native(&entry.path));
        let folder = path.parent().and_then(|folder| self.folders.get(folder));
        if folder != Some(&true) {
            return Ok(None);
        }
        let Ok(meta) = fs::symlink_metadata(&path) else {
            return Ok(None);
        };
        if is_unchanged(entry, &meta, self.written) {
            return Ok(kept);
        }
        let Some((mode, id)) = self.on_disk(&path)? else {
            return Ok(None);
        };
        if id.0 != entry.id && mode != MODE_LINK && self.differs_in_line_ends(entry, &path) {
            return Ok(kept);
        }
        Ok(Some((mode, id)))
    }

    /// The mode and the object of a file or link on disk; the object is kept in memory.
    fn on_disk(&self, path: &Path) -> Result<Option<(u32, Id)>, SnapshotError> {
        let Ok(meta) = fs::symlink_metadata(path) else {
            return Ok(None);
        };
        let (mode, bytes) = if meta.is_symlink() {
            let Ok(target) = fs::read_link(path) else {
                return Ok(None);
            };
            (MODE_LINK, target.as_os_str().as_encoded_bytes().to_vec())
        } else if meta.is_file() {
            // What is too large to be checked counts as one file of its own.
            match read_bounded(path, self.limit) {
                Ok(bytes) => (mode_of(&meta), bytes),
                Err(_) => (
                    mode_of(&meta),
                    format!("unread: {}", meta.len()).into_bytes(),
                ),
            }
        } else {
            return Ok(None);
        };
        let id = self
            .repository
            .write(|repository| repository.blob(&bytes))
            .map_err(|error| failed(&path.display().to_string(), &error))?;
        Ok(Some((mode, Id(id))))
    }

    /// Whether only line ends differ, which git itself would write as they are in the index.
    fn differs_in_line_ends(&self, entry: &IndexEntry, path: &Path) -> bool {
        let Ok(bytes) = read_bounded(path, self.limit) else {
            return false;
        };
        if !memchr::memmem::find(&bytes, b"\r\n").is_some_and(|_| self.converts(&entry.path)) {
            return false;
        }
        let mut plain = Vec::with_capacity(bytes.len());
        for (at, &byte) in bytes.iter().enumerate() {
            if byte != b'\r' || bytes.get(at + 1) != Some(&b'\n') {
                plain.push(byte);
            }
        }
        Id::of_blob(&plain).is_ok_and(|id| id.0 == entry.id)
    }

    /// Whether attributes or the configuration let git change line ends of a path.
    fn converts(&self, path: &[u8]) -> bool {
        let path = native(path);
        self.repository.write(|repository| {
            let flags = AttrCheckFlags::FILE_THEN_INDEX;
            let says = |name: &str| {
                let value = repository.get_attr(&path, name, flags).ok().flatten();
                AttrValue::from_string(value)
            };
            let text = says("text");
            if text == AttrValue::False {
                return false;
            }
            let configured = repository
                .config()
                .and_then(|config| config.get_string("core.autocrlf"));
            text != AttrValue::Unspecified
                || says("eol") != AttrValue::Unspecified
                || configured.is_ok_and(|value| value != "false")
        })
    }
}

/// Whether a file has not been touched since git wrote its entry, by the rules of git: the same size
/// and times, and not written in the same instant as the index, when a later change could have
/// left no trace.
pub(super) fn is_unchanged(
    entry: &IndexEntry,
    meta: &Metadata,
    index_written: Option<IndexTime>,
) -> bool {
    let Some(written) = index_written else {
        return false;
    };
    let Some(modified) = meta.modified().ok().and_then(index_time) else {
        return false;
    };
    let key = |time: IndexTime| (time.seconds(), time.nanoseconds());
    meta.is_file()
        && entry.mode & 0o170_000 == 0o100_000
        && entry.mode == mode_of(meta)
        && u64::from(entry.file_size) == meta.len()
        && key(entry.mtime) == key(modified)
        && key(entry.mtime) < key(written)
        && same_change(entry, meta)
}

#[cfg(unix)]
fn same_change(entry: &IndexEntry, meta: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    entry.ctime.seconds() == meta.ctime() as i32 && entry.ino == meta.ino() as u32
}

#[cfg(not(unix))]
fn same_change(_: &IndexEntry, _: &Metadata) -> bool {
    true
}

#[cfg(unix)]
fn mode_of(meta: &Metadata) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    if meta.permissions().mode() & 0o100 == 0 {
        0o100_644
    } else {
        0o100_755
    }
}

#[cfg(not(unix))]
fn mode_of(_: &Metadata) -> u32 {
    0o100_644
}

pub(super) fn modified(path: &Path) -> Option<IndexTime> {
    index_time(fs::metadata(path).ok()?.modified().ok()?)
}

fn index_time(time: SystemTime) -> Option<IndexTime> {
    let since = time.duration_since(UNIX_EPOCH).ok()?;
    let seconds = i32::try_from(since.as_secs()).ok()?;
    Some(IndexTime::new(seconds, since.subsec_nanos()))
}

fn new_entry(path: Vec<u8>) -> IndexEntry {
    let never = IndexTime::new(0, 0);
    IndexEntry {
        ctime: never,
        mtime: never,
        dev: 0,
        ino: 0,
        mode: 0,
        uid: 0,
        gid: 0,
        file_size: 0,
        id: git2::Oid::ZERO_SHA1,
        flags: 0,
        flags_extended: 0,
        path,
    }
}

/// The path inside of the repository in bytes, which may not be UTF-8.
#[cfg(unix)]
fn path_bytes(shown: &str, path: &Path) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt;
    let all = path.as_os_str().as_bytes();
    let parts = shown.split('/').count();
    let from = all.rsplit(|&byte| byte == b'/').take(parts);
    let length: usize = from.map(|part| part.len() + 1).sum();
    all[(all.len() + 1).saturating_sub(length)..].to_vec()
}

#[cfg(not(unix))]
fn path_bytes(shown: &str, _: &Path) -> Vec<u8> {
    shown.as_bytes().to_vec()
}

#[cfg(unix)]
pub(super) fn native(path: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(std::ffi::OsStr::from_bytes(path))
}

#[cfg(not(unix))]
pub(super) fn native(path: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(path).into_owned())
}
