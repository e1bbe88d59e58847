//! The working tree as a git tree, made in memory.

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};

use git2::{AttrCheckFlags, AttrValue, Index, IndexEntry, IndexTime};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::tree::{MODE_FILE, MODE_LINK, MODE_PROGRAM, MODE_SUBMODULE};
use super::{Id, Repository, SnapshotError, failed};
use crate::snapshot::{SECOND, SourceFile, Stamp, Stamped, below, read_bounded};

/// `git add --intent-to-add`: the entry stands for a file that is not in the index yet.
const INTENT_TO_ADD: u16 = 1 << 13;
/// A file that a sparse checkout leaves out: it is not deleted.
const SKIP_WORKTREE: u16 = 1 << 14;

/// The index of a repository, in memory.
pub struct Staged {
    index: Index,
    /// The index file as it looked before it was read.
    file: Option<Stamp>,
    /// Stamps of the files that were found, where they were taken.
    stamps: Vec<Option<Stamp>>,
}

impl Staged {
    /// It with the stamps of the files that [`Repository::working_tree_on`] is given.
    #[must_use]
    pub fn stamped(self, stamps: Vec<Option<Stamp>>) -> Self {
        Self { stamps, ..self }
    }
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
        let file = Stamp::at(&self.index_path());
        Ok(Staged {
            index: self.index()?,
            file,
            stamps: Vec::new(),
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
        let Staged {
            mut index,
            file,
            stamps,
        } = staged;
        let entries: Vec<IndexEntry> = index.iter().collect();
        let look = Look {
            repository: self,
            index: file,
            limit,
        };
        let real = real_folders(&self.folder, &entries);
        let Met { stamps, untracked } = self.meet(&entries, found, &stamps);
        // Only what differs goes in: the index remembers the trees of folders that stay.
        let states = (&entries, &real, &stamps).into_par_iter();
        let states = states.map(|(entry, real, stamp)| match real {
            true => look.at(entry, *stamp),
            false => Ok(look.kept_unseen(entry)),
        });
        let states: Vec<Option<(u32, Id)>> = states.collect::<Result<_, _>>()?;
        for (entry, state) in entries.iter().zip(states) {
            update(&mut index, entry, state).map_err(|error| failed(&shown(entry), &error))?;
        }
        // They are many small pieces, and freed while other work goes on.
        rayon::spawn(move || drop(entries));
        for (inner, file) in untracked {
            let entry = new_entry(inner);
            let state = look.on_disk(&file.disk().unwrap_or_default())?;
            update(&mut index, &entry, state).map_err(|error| failed(&shown(&entry), &error))?;
        }
        self.write(|repository| index.write_tree_to(repository))
            .map(Id)
            .map_err(|error| failed("the working tree", &error))
    }

    /// Holds what was found on disk, in the order of paths, against the entries of the index.
    fn meet<'f>(
        &self,
        entries: &[IndexEntry],
        found: &'f [SourceFile],
        stamps: &'f [Option<Stamp>],
    ) -> Met<'f> {
        let mut met = Met {
            stamps: vec![None; entries.len()],
            untracked: Vec::new(),
        };
        let inner: Vec<Option<Vec<u8>>> = found
            .par_iter()
            .map(|file| Some(self.inner(&file.disk()?)?.into_owned()))
            .collect();
        // Both are sorted, so mostly the next file is of the next entry.
        let mut next = 0;
        for (number, (file, inner)) in found.iter().zip(inner).enumerate() {
            let Some(inner) = inner else {
                continue;
            };
            let is_next = entries.get(next).is_some_and(|entry| entry.path == inner);
            let place = match is_next {
                true => Ok(next),
                false => entries.binary_search_by(|entry| entry.path.cmp(&inner)),
            };
            match place {
                Ok(place) => {
                    met.stamps[place] = stamps.get(number).and_then(Option::as_ref);
                    next = place + 1;
                }
                Err(_) => met.untracked.push((inner, file)),
            }
        }
        met
    }

    /// The bytes of a path in the repository; `None` where it lies outside.
    pub(super) fn inner<'p>(&self, path: &'p Path) -> Option<Cow<'p, [u8]>> {
        // To compare bytes is far cheaper than to compare parts of a path.
        if let Some(inner) = below(&self.folder, path) {
            return Some(inner.as_bytes().into());
        }
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

/// Files on disk, held against the index.
struct Met<'f> {
    /// For each entry of the index what its file looks like, where that is known.
    stamps: Vec<Option<&'f Stamp>>,
    /// Files that no entry is for, with the bytes of their paths in the repository.
    untracked: Vec<(Vec<u8>, &'f SourceFile)>,
}

/// For each entry whether its folder is reached without any link: what lies behind one is not of
/// this repository.
fn real_folders(top: &Path, entries: &[IndexEntry]) -> Vec<bool> {
    let mut folders = FxHashMap::default();
    folders.insert(top.to_path_buf(), true);
    let mut last: (&[u8], bool) = (b"", true);
    let real = entries.iter().map(|entry| {
        let end = memchr::memrchr(b'/', &entry.path).unwrap_or(0);
        // Entries of one folder mostly stand together.
        if &entry.path[..end] != last.0 {
            let folder = &entry.path[..end];
            last = (folder, is_real(&mut folders, &top.join(native(folder))));
        }
        last.1
    });
    real.collect()
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
    /// The index file as it looked before it was read.
    index: Option<Stamp>,
    limit: u64,
}

impl Look<'_> {
    /// What an entry of the index stands for whose place on disk is not looked at.
    fn kept_unseen(&self, entry: &IndexEntry) -> Option<(u32, Id)> {
        let is_kept = entry.flags_extended & SKIP_WORKTREE != 0 || entry.mode == MODE_SUBMODULE;
        is_kept.then_some((entry.mode, Id(entry.id)))
    }

    /// What is on disk where an entry of the index says that something is. Its stamp may be known.
    fn at(
        &self,
        entry: &IndexEntry,
        stamp: Option<&Stamp>,
    ) -> Result<Option<(u32, Id)>, SnapshotError> {
        if let Some(kept) = self.kept_unseen(entry) {
            return Ok(Some(kept));
        }
        let kept = Some((entry.mode, Id(entry.id)));
        if stamp.is_some_and(|stamp| is_unchanged(entry, stamp, self.index.as_ref())) {
            return Ok(kept);
        }
        let path = self.repository.folder.join(native(&entry.path));
        let Some(stamp) = Stamp::at(&path) else {
            return Ok(None);
        };
        if is_unchanged(entry, &stamp, self.index.as_ref()) {
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
        let Some(stamp) = Stamp::at(path) else {
            return Ok(None);
        };
        let mode = match stamp.item {
            Stamped::File => MODE_FILE,
            Stamped::Program => MODE_PROGRAM,
            Stamped::Link => MODE_LINK,
            Stamped::Other => return Ok(None),
        };
        let bytes = match stamp.item {
            Stamped::Link => match fs::read_link(path) {
                Ok(target) => target.as_os_str().as_encoded_bytes().to_vec(),
                Err(_) => return Ok(None),
            },
            // What is too large to be checked counts as one file of its own.
            _ => match read_bounded(path, self.limit) {
                Ok((bytes, _)) => bytes,
                Err(_) => format!("unread: {}", stamp.bytes).into_bytes(),
            },
        };
        let id = self
            .repository
            .write(|repository| repository.blob(&bytes))
            .map_err(|error| failed(&path.display().to_string(), &error))?;
        Ok(Some((mode, Id(id))))
    }

    /// Whether only line ends differ, which git itself would write as they are in the index.
    fn differs_in_line_ends(&self, entry: &IndexEntry, path: &Path) -> bool {
        let Ok((bytes, _)) = read_bounded(path, self.limit) else {
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
pub(super) fn is_unchanged(entry: &IndexEntry, stamp: &Stamp, index: Option<&Stamp>) -> bool {
    let Some(index) = index else {
        return false;
    };
    let seconds = i64::from(entry.mtime.seconds());
    let known = seconds * SECOND + i64::from(entry.mtime.nanoseconds());
    let mode = match stamp.item {
        Stamped::File => MODE_FILE,
        Stamped::Program => MODE_PROGRAM,
        Stamped::Link | Stamped::Other => return false,
    };
    entry.mode == mode
        && u64::from(entry.file_size) == stamp.bytes
        && known == stamp.modified
        && known < index.modified
        && same_change(entry, stamp)
}

#[cfg(unix)]
fn same_change(entry: &IndexEntry, stamp: &Stamp) -> bool {
    i64::from(entry.ctime.seconds()) == stamp.changed.div_euclid(SECOND)
        && entry.ino == stamp.inode as u32
}

#[cfg(not(unix))]
fn same_change(_: &IndexEntry, _: &Stamp) -> bool {
    true
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
