//! Where a change may write, and what it finds there.

use std::fs::{Metadata, Permissions};
use std::hash::Hasher;
use std::path::{Component, Path, PathBuf};

use fnv::FnvHasher;
use serde::{Deserialize, Serialize};

use super::{Before, WriteError, disk};

/// What tells two contents apart: their length and FNV-1a, 64 bits. It guards against accidents,
/// such as an editor that saves meanwhile; nobody gains by forging it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Digest {
    length: u64,
    hash: u64,
}

impl Digest {
    pub(super) fn of(content: &[u8]) -> Self {
        let mut hasher = FnvHasher::default();
        hasher.write(content);
        Self {
            length: content.len() as u64,
            hash: hasher.finish(),
        }
    }
}

/// A plain file that may be replaced.
pub(super) struct Found {
    pub(super) digest: Digest,
    pub(super) permissions: Permissions,
}

impl Found {
    pub(super) fn must_be(&self, target: &Path, before: Before) -> Result<(), WriteError> {
        match before {
            Before::Content(content) if Digest::of(content) != self.digest => {
                let reason = "the file was changed meanwhile; run again";
                Err(WriteError::new(target, reason))
            }
            _ => Ok(()),
        }
    }
}

/// Whether a path of a change stays inside, and is none of the folders that are not the corpus's.
pub(super) fn check(root: &Path, path: &str) -> Result<(), WriteError> {
    let plain = path.split('/').all(|part| {
        let odd = |c: char| c.is_control() || matches!(c, '\\' | ':');
        !part.is_empty() && part != "." && part != ".." && !part.contains(odd)
    });
    let only_names = Path::new(path)
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    let first = path.split('/').next().unwrap_or("");
    let reserved = first.eq_ignore_ascii_case(".git") || first == super::stage::NAME;
    if plain && only_names && !reserved {
        return Ok(());
    }
    let reason = format!("`{path}` is no path of a file inside this folder");
    Err(WriteError::new(root, reason))
}

/// Looks at the place of a file, and at every folder on the way to it.
pub(super) fn examine(root: &Path, path: &str) -> Result<Option<Found>, WriteError> {
    let mut here = root.to_owned();
    let parts: Vec<&str> = path.split('/').collect();
    for folder in &parts[..parts.len() - 1] {
        here.push(folder);
        match metadata(&here)? {
            None => return Ok(None),
            Some(found) if found.is_dir() => {}
            Some(_) => return Err(WriteError::new(&here, "it is a link or no folder")),
        }
    }
    here.push(parts[parts.len() - 1]);
    existing(&here)
}

/// Looks at a file, and refuses one that must be left alone.
pub(super) fn existing(target: &Path) -> Result<Option<Found>, WriteError> {
    let Some(found) = metadata(target)? else {
        return Ok(None);
    };
    let refuse = |reason: &str| Err(WriteError::new(target, reason));
    if found.is_symlink() {
        return refuse("it is a symbolic link, and links are not written through");
    }
    if !found.is_file() {
        return refuse("it is no plain file");
    }
    if is_linked(&found) {
        return refuse(
            "the file has more than one name (a hard link), and the other would keep the old text",
        );
    }
    if found.permissions().readonly() {
        return refuse("the file is read-only");
    }
    let content = disk::read(target).map_err(|error| WriteError::io(target, &error))?;
    Ok(Some(Found {
        digest: Digest::of(&content),
        permissions: found.permissions(),
    }))
}

/// What the content of a file is now; `None` where there is no file.
pub(super) fn digest(target: &Path) -> Result<Option<Digest>, WriteError> {
    match metadata(target)? {
        None => Ok(None),
        Some(found) if found.is_file() => {
            let content = disk::read(target).map_err(|error| WriteError::io(target, &error))?;
            Ok(Some(Digest::of(&content)))
        }
        Some(_) => Err(WriteError::new(target, "it is a link or no plain file")),
    }
}

/// The content of a file that has a second name in the stage by now.
pub(super) fn examine_saved(root: &Path, path: &str) -> Result<Option<Digest>, WriteError> {
    let target = root.join(path);
    if metadata(&target)?.is_some_and(|found| found.permissions().readonly()) {
        return Err(WriteError::new(&target, "the file is read-only"));
    }
    digest(&target)
}

pub(super) fn metadata(path: &Path) -> Result<Option<Metadata>, WriteError> {
    disk::metadata(path).map_err(|error| WriteError::io(path, &error))
}

/// Whether anything stands at a path. What cannot be looked at may be there.
pub(super) fn is_there(path: &Path) -> bool {
    !matches!(disk::metadata(path), Ok(None))
}

/// Something in a folder; `None` where it is empty or not there.
pub(super) fn first_item(root: &Path) -> Result<Option<PathBuf>, WriteError> {
    match metadata(root)? {
        None => return Ok(None),
        Some(found) if found.is_symlink() => {
            return Err(WriteError::new(
                root,
                "it is a symbolic link; name its target instead",
            ));
        }
        Some(found) if !found.is_dir() => return Err(WriteError::new(root, "it is no folder")),
        Some(_) => {}
    }
    let items = disk::items(root).map_err(|error| WriteError::io(root, &error))?;
    let names = items
        .into_iter()
        .filter_map(|(item, _)| item.file_name().map(PathBuf::from));
    // The smallest name, so that the message is the same each time.
    Ok(names.min())
}

#[cfg(unix)]
fn is_linked(found: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    found.nlink() > 1
}

#[cfg(not(unix))]
fn is_linked(_: &Metadata) -> bool {
    false
}
