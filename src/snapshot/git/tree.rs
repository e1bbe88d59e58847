//! The files of a git tree, as a corpus and as a set that differs from another.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError};

use git2::ObjectType;
use rayon::prelude::*;

use super::{Blob, Id, Object, Repository, words};
use crate::profile;
use crate::snapshot::find::{self, ItemType};
use crate::snapshot::workspace::{Described, PROFILE_BYTES, SCHEMA_BYTES};
use crate::snapshot::{Origin, SnapshotError, SourceFile, Workspace};

/// A folder, as trees write its mode.
pub(super) const MODE_TREE: u32 = 0o040_000;
/// A file.
pub(super) const MODE_FILE: u32 = 0o100_644;
/// A file that may be run.
pub(super) const MODE_PROGRAM: u32 = 0o100_755;
/// A symbolic link; its content is where it leads.
pub(super) const MODE_LINK: u32 = 0o120_000;
/// A commit of another repository: a submodule.
pub(super) const MODE_SUBMODULE: u32 = 0o160_000;

/// Folders in folders. Trees may share their parts, so that a few objects can stand for more files
/// than any disk holds; both bounds keep such a bomb from being unfolded.
pub(super) const DEPTH: usize = 64;
/// Files and folders of one tree.
const ITEMS: usize = 1_000_000;
/// Bytes of one folder's tree object.
pub(super) const TREE_BYTES: u64 = 512 << 20;
/// Bytes of trees that are kept, and how many trees.
const TREES_BYTES: usize = 32 << 20;
const TREES: usize = 256;
/// Bytes of a link, which no system lets be longer.
const LINK_BYTES: u64 = 4096;

/// One item of a tree.
#[derive(Clone, Copy)]
pub(super) struct Item<'t> {
    pub mode: u32,
    pub name: &'t [u8],
    pub id: Id,
}

/// The items of a tree object: mode in octal digits, a space, the name, NUL, and the 20 bytes of the
/// object's name, again and again.
pub(super) fn items(data: &[u8]) -> impl Iterator<Item = Result<Item<'_>, SnapshotError>> {
    let mut rest = data;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let Some((item, after)) = split_item(rest) else {
            rest = &[];
            let message = "a tree of the repository is broken; `git fsck` says more";
            return Some(Err(SnapshotError(message.to_owned())));
        };
        rest = after;
        Some(Ok(item))
    })
}

fn split_item(data: &[u8]) -> Option<(Item<'_>, &[u8])> {
    let space = memchr::memchr(b' ', data.get(..8.min(data.len()))?)?;
    let mode = std::str::from_utf8(&data[..space]).ok()?;
    let mode = u32::from_str_radix(mode, 8).ok()?;
    let rest = &data[space + 1..];
    let end = memchr::memchr(0, rest)?;
    let (name, rest) = (&rest[..end], &rest[end + 1..]);
    let (id, rest) = rest.split_at_checked(20)?;
    let id = Id(git2::Oid::from_bytes(id).ok()?);
    let item = Item {
        // Old repositories have group-writable files and other modes that mean the same.
        mode: mode & 0o170_000,
        name,
        id,
    };
    Some((item, rest))
}

/// A name that no checkout makes a file of.
fn is_impossible(name: &[u8]) -> bool {
    matches!(name, b"" | b"." | b"..") || name.contains(&b'/') || name.eq_ignore_ascii_case(b".git")
}

/// What is wrong with such a name.
const IMPOSSIBLE: &str = "git checks out no file of this name";

/// Something found in a tree, with its path from the root of the entries.
pub(super) struct Found {
    path: Vec<u8>,
    mode: u32,
    id: Id,
    fault: Option<&'static str>,
}

impl Found {
    /// An item of a tree, and what is wrong with it in itself.
    pub(super) fn new(path: Vec<u8>, mode: u32, id: Id) -> Self {
        let name = path.rsplit(|&byte| byte == b'/').next();
        let fault = if name.is_none_or(is_impossible) {
            Some(IMPOSSIBLE)
        } else if mode == MODE_SUBMODULE {
            Some("it is a submodule, whose files are not looked at")
        } else {
            None
        };
        Self {
            path,
            mode,
            id,
            fault,
        }
    }
}

impl Repository {
    /// Reads an object that must be there and of a kind.
    pub(super) fn bytes(
        &self,
        id: Id,
        kind: ObjectType,
        limit: u64,
    ) -> Result<Vec<u8>, SnapshotError> {
        if id.as_bytes() == Id::EMPTY_TREE {
            return Ok(Vec::new());
        }
        match self.object(id, kind, limit) {
            Ok(Object::Here(bytes)) => Ok(bytes),
            Ok(Object::TooLarge(bytes)) => Err(SnapshotError(format!(
                "the {kind} {} has {bytes} bytes, more than {limit}",
                id.short()
            ))),
            Err(error) => Err(SnapshotError(format!(
                "the {kind} {} cannot be read: {}",
                id.short(),
                words(&error)
            ))),
        }
    }

    /// The bytes of a tree object. The last ones are kept, because to find out what differs between two
    /// trees and to list them takes the same objects.
    pub(super) fn tree(&self, id: Id) -> Result<Arc<Vec<u8>>, SnapshotError> {
        let kept = || self.trees.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(data) = kept().get(&id) {
            return Ok(Arc::clone(data));
        }
        let data = Arc::new(self.bytes(id, ObjectType::Tree, TREE_BYTES)?);
        let mut kept = kept();
        let bytes: usize = kept.values().map(|data| data.len()).sum();
        if bytes + data.len() > TREES_BYTES || kept.len() > TREES {
            kept.clear();
        }
        kept.insert(id, Arc::clone(&data));
        Ok(data)
    }

    /// What stands at a path of a tree, parts joined by `/`.
    pub(super) fn at(&self, tree: Id, path: &str) -> Result<Option<(u32, Id)>, SnapshotError> {
        let mut here = (MODE_TREE, tree);
        for part in path.split('/').filter(|part| !part.is_empty()) {
            if here.0 != MODE_TREE {
                return Ok(None);
            }
            let data = self.tree(here.1)?;
            let mut next = None;
            for item in items(&data) {
                let item = item?;
                if item.name == part.as_bytes() {
                    next = Some((item.mode, item.id));
                    break;
                }
            }
            match next {
                Some(found) => here = found,
                None => return Ok(None),
            }
        }
        Ok(Some(here))
    }

    /// The folder at a path of a tree.
    pub(super) fn folder_in(&self, tree: Id, path: &str) -> Result<Option<Id>, SnapshotError> {
        let found = self.at(tree, path)?;
        Ok(found
            .filter(|(mode, _)| *mode == MODE_TREE)
            .map(|(_, id)| id))
    }

    /// Every file under the corpus root in a tree that is an entry, or looks like one and is not;
    /// sorted by path. None where the tree has no such folder.
    ///
    /// They are those that [`super::super::Finder::walk`] finds in a checkout of the tree, except
    /// that a submodule, whose files the tree does not hold, is a stray file here. A link whose way
    /// leaves the repository leads out of the corpus, wherever it ends.
    ///
    /// # Errors
    ///
    /// The tree cannot be read, or has more files than any corpus.
    pub fn files(
        self: &Arc<Self>,
        tree: Id,
        workspace: &Workspace,
    ) -> Result<Vec<SourceFile>, SnapshotError> {
        let root = self.inside(&workspace.root())?;
        let Some(folder) = self.folder_in(tree, &root)? else {
            return Ok(Vec::new());
        };
        let listing = Listing {
            repository: self,
            tree,
            workspace,
            root: &root,
            items: AtomicUsize::new(0),
        };
        let mut parts = listing.folder(folder, &[], 0)?;
        // Parts are small, and the whole is made once in its size: memory that is touched costs time.
        let mut files = Vec::with_capacity(parts.iter().map(Vec::len).sum());
        parts.iter_mut().for_each(|part| files.append(part));
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(files)
    }

    pub(super) fn source(
        self: &Arc<Self>,
        tree: Id,
        workspace: &Workspace,
        root: &str,
        found: Found,
    ) -> Result<Option<SourceFile>, SnapshotError> {
        let inner = String::from_utf8_lossy(&found.path);
        let own = workspace.profile.root.as_str();
        let shown = if own.is_empty() {
            inner.clone().into_owned()
        } else {
            format!("{own}/{inner}")
        };
        let origin = Origin::Blob(Blob {
            repository: Arc::clone(self),
            id: found.id,
        });
        if let Some(fault) = found.fault {
            let reason = fault.to_owned();
            return Ok(Some(find::stray(workspace, shown, origin, reason)));
        }
        let item = match found.mode {
            MODE_LINK => self.link(tree, root, &found)?,
            0o100_000 => ItemType::File,
            _ => ItemType::Other,
        };
        Ok(match native(&found.path) {
            Some(path) => find::item(workspace, path, shown, origin, item),
            None => find::item(workspace, Path::new(inner.as_ref()), shown, origin, item),
        })
    }

    /// Where a link of a tree leads, told from the tree alone.
    fn link(&self, tree: Id, root: &str, found: &Found) -> Result<ItemType, SnapshotError> {
        let Ok(Object::Here(target)) = self.object(found.id, ObjectType::Blob, LINK_BYTES) else {
            return Ok(ItemType::Link);
        };
        let Ok(target) = std::str::from_utf8(&target) else {
            return Ok(ItemType::Link);
        };
        let own = String::from_utf8_lossy(&found.path);
        let mut parts: Vec<&str> = root.split('/').chain(own.split('/')).collect();
        parts.retain(|part| !part.is_empty());
        parts.pop();
        if target.starts_with('/') {
            return Ok(ItemType::LinkOutside);
        }
        for part in target.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    if parts.pop().is_none() {
                        return Ok(ItemType::LinkOutside);
                    }
                }
                part => parts.push(part),
            }
        }
        let path = parts.join("/");
        if self.folder_in(tree, &path)?.is_none() {
            return Ok(ItemType::Link);
        }
        let inside = root.is_empty()
            || path == root
            || path
                .strip_prefix(root)
                .is_some_and(|rest| rest.starts_with('/'));
        Ok(if inside {
            ItemType::LinkInside
        } else {
            ItemType::LinkOutside
        })
    }
}

/// Files of a tree in lists that follow on one another.
type Parts = Vec<Vec<SourceFile>>;

/// Items of a folder that one thread looks at before it asks for more.
const PART: usize = 512;

/// One look at all files of a tree.
struct Listing<'l> {
    repository: &'l Arc<Repository>,
    tree: Id,
    workspace: &'l Workspace,
    /// The folder of the entries.
    root: &'l str,
    /// Items that were met.
    items: AtomicUsize,
}

impl Listing<'_> {
    /// The files in a folder and below it, in parts.
    fn folder(&self, id: Id, path: &[u8], depth: usize) -> Result<Parts, SnapshotError> {
        let data = self.repository.tree(id)?;
        let inside = items(&data).collect::<Result<Vec<_>, _>>()?;
        let before = self.items.fetch_add(inside.len(), Ordering::Relaxed);
        if before + inside.len() > ITEMS {
            return Err(SnapshotError(format!(
                "the tree {} has more than {ITEMS} files",
                self.tree.short()
            )));
        }
        let parts = inside.par_chunks(PART).map(|items| {
            let mut parts = Vec::new();
            let mut files = Vec::with_capacity(items.len());
            for item in items {
                self.item(item, path, depth, (&mut files, &mut parts))?;
            }
            parts.push(files);
            Ok(parts)
        });
        parts.try_reduce(Vec::new, |mut parts, mut behind| {
            parts.append(&mut behind);
            Ok(parts)
        })
    }

    fn item(
        &self,
        item: &Item<'_>,
        folder: &[u8],
        depth: usize,
        (files, below): (&mut Vec<SourceFile>, &mut Parts),
    ) -> Result<(), SnapshotError> {
        let mut path = Vec::with_capacity(folder.len() + item.name.len() + 1);
        if !folder.is_empty() {
            path.extend_from_slice(folder);
            path.push(b'/');
        }
        path.extend_from_slice(item.name);
        let is_folder = item.mode == MODE_TREE && !is_impossible(item.name);
        if is_folder && depth < DEPTH {
            below.append(&mut self.folder(item.id, &path, depth + 1)?);
            return Ok(());
        }
        let mut found = Found::new(path, item.mode, item.id);
        if is_folder {
            found.fault = Some("its folders lie too deep in one another");
        } else if is_impossible(item.name) {
            // The item's own name may hold `/`.
            found.fault = Some(IMPOSSIBLE);
        }
        let repository = self.repository;
        files.extend(repository.source(self.tree, self.workspace, self.root, found)?);
        Ok(())
    }
}

#[cfg(unix)]
fn native(path: &[u8]) -> Option<&Path> {
    use std::os::unix::ffi::OsStrExt;
    Some(Path::new(std::ffi::OsStr::from_bytes(path)))
}

#[cfg(not(unix))]
fn native(path: &[u8]) -> Option<&Path> {
    std::str::from_utf8(path).ok().map(Path::new)
}

impl Workspace {
    /// Opens the corpus around a folder of a git tree: the profile in the nearest folder upward that
    /// has one, else the profile in the binary at the top of the repository. `name` is what the tree
    /// is called in messages, `folder` its path in the repository.
    ///
    /// # Errors
    ///
    /// A profile or schema that cannot be used, in one line.
    pub fn at(
        repository: &Repository,
        tree: Id,
        name: &str,
        folder: &str,
    ) -> Result<Self, SnapshotError> {
        let mut folder = folder.trim_matches('/');
        loop {
            let path = under(folder, profile::FILE_NAME);
            if repository.at(tree, &path)?.is_some() {
                return repository.workspace(tree, name, folder);
            }
            if folder.is_empty() {
                return Self::embedded(repository.folder().to_path_buf());
            }
            folder = folder.rsplit_once('/').map_or("", |(up, _)| up);
        }
    }
}

impl Repository {
    fn workspace(&self, tree: Id, name: &str, folder: &str) -> Result<Workspace, SnapshotError> {
        let path = under(folder, profile::FILE_NAME);
        let shown = format!("{name}:{path}");
        let text = self
            .text(tree, &path, PROFILE_BYTES)
            .map_err(|reason| SnapshotError(format!("cannot read {shown}: {reason}")))?;
        let described = Described {
            profile: &shown,
            folder: &format!("{name}:{folder}"),
            text: &text,
        };
        let base = self.folder.join(folder);
        let file = base.join(profile::FILE_NAME);
        described.open(&base, file, &|schema| {
            self.text(tree, &under(folder, schema), SCHEMA_BYTES)
        })
    }

    /// The text of a file that configures: plain, bounded, and reached through plain folders.
    fn text(&self, tree: Id, path: &str, limit: u64) -> Result<String, String> {
        let found = self.at(tree, path).map_err(|error| error.0)?;
        let bytes = match found {
            Some((0o100_000, id)) => self.bytes(id, ObjectType::Blob, limit),
            Some((MODE_LINK, _)) => {
                return Err("it is a symbolic link, which is not followed in a revision".to_owned());
            }
            Some(_) => return Err("it is no file".to_owned()),
            None => return Err("there is no such file in this revision".to_owned()),
        };
        String::from_utf8(bytes.map_err(|error| error.0)?).map_err(|_| "it is not UTF-8".to_owned())
    }
}

pub(super) fn under(folder: &str, name: &str) -> String {
    if folder.is_empty() {
        name.to_owned()
    } else {
        format!("{folder}/{name}")
    }
}
