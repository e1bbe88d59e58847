//! The files of a git tree, as a corpus and as a set that differs from another.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use git2::ObjectType;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::{Blob, Id, Object, Repository, words};
use crate::profile;
use crate::snapshot::find::{self, ItemType};
use crate::snapshot::workspace::{Described, PROFILE_BYTES, SCHEMA_BYTES};
use crate::snapshot::{Origin, SnapshotError, SourceFile, Workspace};

/// A folder, as trees write its mode.
pub(super) const MODE_TREE: u32 = 0o040_000;
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
            Some("git checks out no file of this name")
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

    /// What stands at a path of a tree, parts joined by `/`.
    pub(super) fn at(&self, tree: Id, path: &str) -> Result<Option<(u32, Id)>, SnapshotError> {
        let mut here = (MODE_TREE, tree);
        for part in path.split('/').filter(|part| !part.is_empty()) {
            if here.0 != MODE_TREE {
                return Ok(None);
            }
            let data = self.bytes(here.1, ObjectType::Tree, TREE_BYTES)?;
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
        let mut found = Vec::new();
        self.list(folder, &mut Vec::new(), 0, &mut found)?;
        let files = found
            .into_par_iter()
            .map(|found| self.source(tree, workspace, &root, found))
            .collect::<Result<Vec<_>, _>>()?;
        let mut files: Vec<SourceFile> = files.into_iter().flatten().collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(files)
    }

    fn list(
        &self,
        tree: Id,
        path: &mut Vec<u8>,
        depth: usize,
        found: &mut Vec<Found>,
    ) -> Result<(), SnapshotError> {
        let data = self.bytes(tree, ObjectType::Tree, TREE_BYTES)?;
        for item in items(&data) {
            let item = item?;
            if found.len() >= ITEMS {
                return Err(SnapshotError(format!(
                    "the tree {} has more than {ITEMS} files",
                    tree.short()
                )));
            }
            let length = path.len();
            if length > 0 {
                path.push(b'/');
            }
            path.extend_from_slice(item.name);
            let mut one = Found::new(path.clone(), item.mode, item.id);
            // The item's own name may hold `/`.
            if is_impossible(item.name) {
                one.fault = Some("git checks out no file of this name");
            }
            if item.mode == MODE_TREE && one.fault.is_none() {
                if depth < DEPTH {
                    self.list(item.id, path, depth + 1, found)?;
                } else {
                    one.fault = Some("its folders lie too deep in one another");
                    found.push(one);
                }
            } else {
                found.push(one);
            }
            path.truncate(length);
        }
        Ok(())
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

    /// Paths that are not alike in two trees, in the folder of a profile and relative to it; with
    /// the profile and the schemas where they lie there.
    ///
    /// # Errors
    ///
    /// A tree cannot be read.
    pub fn changed(
        &self,
        before: Id,
        after: Id,
        workspace: &Workspace,
    ) -> Result<BTreeSet<String>, SnapshotError> {
        let base = self.inside(&workspace.base)?;
        let mut changed = BTreeSet::new();
        let before = self.folder_in(before, &base)?;
        let after = self.folder_in(after, &base)?;
        self.differ([before, after], "", 0, &mut changed)?;
        Ok(changed)
    }

    fn differ(
        &self,
        trees: [Option<Id>; 2],
        folder: &str,
        depth: usize,
        changed: &mut BTreeSet<String>,
    ) -> Result<(), SnapshotError> {
        if trees[0] == trees[1] || depth > DEPTH {
            return Ok(());
        }
        let read = |tree: Option<Id>| match tree {
            Some(tree) => self.bytes(tree, ObjectType::Tree, TREE_BYTES),
            None => Ok(Vec::new()),
        };
        let (old, new) = (read(trees[0])?, read(trees[1])?);
        let mut known: FxHashMap<&[u8], Item<'_>> = FxHashMap::default();
        for item in items(&old) {
            let item = item?;
            known.insert(item.name, item);
        }
        for item in items(&new) {
            let item = item?;
            let before = known.remove(item.name);
            self.differ_in([before, Some(item)], folder, depth, changed)?;
        }
        for item in known.into_values() {
            self.differ_in([Some(item), None], folder, depth, changed)?;
        }
        Ok(())
    }

    fn differ_in(
        &self,
        pair: [Option<Item<'_>>; 2],
        folder: &str,
        depth: usize,
        changed: &mut BTreeSet<String>,
    ) -> Result<(), SnapshotError> {
        let same = |a: &Item<'_>, b: &Item<'_>| a.id == b.id && a.mode == b.mode;
        if let [Some(before), Some(after)] = &pair
            && same(before, after)
        {
            return Ok(());
        }
        let Some(any) = pair[0].or(pair[1]) else {
            return Ok(());
        };
        let name = String::from_utf8_lossy(any.name);
        let path = if folder.is_empty() {
            name.into_owned()
        } else {
            format!("{folder}/{name}")
        };
        let tree = |item: Option<Item<'_>>| {
            item.filter(|item| item.mode == MODE_TREE)
                .map(|item| item.id)
        };
        let trees = pair.map(tree);
        if trees != [None, None] {
            self.differ(trees, &path, depth + 1, changed)?;
        }
        if pair.iter().flatten().any(|item| item.mode != MODE_TREE) {
            changed.insert(path);
        }
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
