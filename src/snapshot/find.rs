//! Which files are entries, or look like entries and are not: one answer for folders and git trees.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use globset::Candidate;
use rayon::prelude::*;

use super::{Origin, SnapshotError, SourceFile, Workspace, below, plain, relative, stem};
use crate::syntax::Format;

/// Items of folders that are looked at side by side.
const AT_ONCE: usize = 2048;

/// What an item of a folder is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ItemType {
    /// A file.
    File,
    /// A symbolic link to no folder, as far as is known.
    Link,
    /// A symbolic link to a folder of the corpus.
    LinkInside,
    /// A symbolic link that leads out of the corpus.
    LinkOutside,
    /// A folder.
    Folder,
    /// Something else, such as a pipe.
    Other,
}

impl ItemType {
    fn of(kind: fs::FileType) -> Self {
        if kind.is_file() {
            Self::File
        } else if kind.is_symlink() {
            Self::Link
        } else if kind.is_dir() {
            Self::Folder
        } else {
            Self::Other
        }
    }

    /// Why it is not opened.
    fn fault(self) -> Option<String> {
        let reason = match self {
            Self::File => return None,
            Self::Link | Self::LinkInside => "it is a symbolic link, and links are not followed",
            Self::LinkOutside => "it is a link to a folder outside of the corpus",
            Self::Folder => "it is a folder",
            Self::Other => "it is not a plain file",
        };
        Some(reason.to_owned())
    }
}

/// Gives an item of a snapshot its kind and says whether it is one of the corpus's files.
///
/// `inner` is its path relative to the root of the entries, `shown` relative to the base.
pub(super) fn item(
    workspace: &Workspace,
    inner: &Path,
    shown: String,
    origin: Origin,
    item: ItemType,
) -> Option<SourceFile> {
    let candidate = Candidate::new(inner);
    let profile = &workspace.profile;
    let mut file = classify(workspace, Some(&candidate), shown, origin);
    let skipped = item == ItemType::LinkInside
        || workspace.is_configuration(&file)
        || profile.ignore.is_match_candidate(&candidate);
    if skipped {
        return None;
    }
    let looks_like_an_entry = file.kind.is_some() || Format::of_path(&file.path).is_some();
    if !looks_like_an_entry && item != ItemType::LinkOutside {
        return None;
    }
    file.stray = item.fault();
    Some(file)
}

/// What is one of the corpus's files and cannot be an entry, whatever its name.
pub(super) fn stray(
    workspace: &Workspace,
    shown: String,
    origin: Origin,
    reason: String,
) -> SourceFile {
    SourceFile {
        stray: Some(reason),
        ..classify(workspace, None, shown, origin)
    }
}

/// A file with the kind that its name says.
fn classify(
    workspace: &Workspace,
    inner: Option<&Candidate<'_>>,
    shown: String,
    origin: Origin,
) -> SourceFile {
    let by_glob = inner.and_then(|inner| {
        let kinds = &workspace.profile.kinds;
        let takes = |kind: &crate::profile::Kind| kind.files.is_match_candidate(inner);
        kinds.iter().position(takes)
    });
    SourceFile {
        kind: by_glob.or_else(|| workspace.schemas.kind_of_id(stem(&shown))),
        format: Format::of_path(&shown).unwrap_or(Format::Yaml),
        path: shown.into(),
        stray: None,
        content: origin.content(),
        origin,
        mark: OnceLock::new(),
    }
}

/// Whether a path ends with a name, or with a name that ends so; the bytes say no at once, and of
/// nearly all paths.
fn ends_with(path: &Path, name: &str) -> bool {
    path.as_os_str()
        .as_encoded_bytes()
        .ends_with(name.as_bytes())
}

/// Whether a path is git's own.
fn is_of_git(path: &Path) -> bool {
    ends_with(path, ".git") && path.file_name().is_some_and(|name| name == ".git")
}

/// Whether a path lies in a folder in which a change was put together.
fn is_in_stage(path: &[u8]) -> bool {
    let is_inside = |at: usize| {
        let next = path.get(at + super::STAGE.len());
        next.is_some_and(|byte| std::path::is_separator(char::from(*byte)))
    };
    memchr::memmem::find_iter(path, super::STAGE).any(is_inside)
}

/// Finds the files of a corpus in a folder.
pub struct Finder<'w> {
    workspace: &'w Workspace,
    root: PathBuf,
    base: Arc<Path>,
}

impl<'w> Finder<'w> {
    /// A finder of entries under `root`, to which the globs of the profile are relative.
    #[must_use]
    pub fn new(workspace: &'w Workspace, root: PathBuf) -> Self {
        Self {
            base: workspace.base.as_path().into(),
            workspace,
            root,
        }
    }

    /// Every file under a folder that is an entry, or looks like one and is not; sorted by path.
    ///
    /// Nothing is skipped for being hidden or ignored by git: a file that was committed counts. What
    /// a run that was killed has left is one finding, and no entries.
    /// Links are not followed; one that leads out of the root is reported.
    ///
    /// # Errors
    ///
    /// The folder is not there.
    pub fn walk(&self, folder: &Path) -> Result<Vec<SourceFile>, SnapshotError> {
        if !folder.is_dir() {
            return Err(SnapshotError(format!(
                "{}: no such folder",
                folder.display()
            )));
        }
        let above = folder.as_os_str().len();
        let mut builder = ignore::WalkBuilder::new(folder);
        builder
            .standard_filters(false)
            .follow_links(false)
            .sort_by_file_path(|a, b| a.as_os_str().cmp(b.as_os_str()))
            .filter_entry(move |item| {
                let bytes = item.path().as_os_str().as_encoded_bytes();
                let inner = bytes.get(above..).unwrap_or_default();
                !is_of_git(item.path()) && !is_in_stage(inner)
            });
        // Listing folders is quick; to tell what their items are is not. A part of them at a time keeps
        // the memory for them small.
        let mut walk = builder.build();
        let mut found: Vec<SourceFile> = Vec::new();
        loop {
            let items: Vec<_> = walk.by_ref().take(AT_ONCE).collect();
            if items.is_empty() {
                break;
            }
            found.par_extend(items.into_par_iter().filter_map(|item| match item {
                Ok(item) => self.item(item.path(), item.file_type()),
                Err(error) => Some(self.unlisted(folder, &error)),
            }));
        }
        found.par_sort_by(|a, b| a.path.cmp(&b.path));
        Ok(found)
    }

    /// A file that was asked for by name.
    ///
    /// # Errors
    ///
    /// It is not there.
    pub fn file(&self, path: &Path) -> Result<SourceFile, SnapshotError> {
        let meta = fs::symlink_metadata(path)
            .map_err(|error| SnapshotError(format!("{}: {}", path.display(), plain(&error))))?;
        let mut file = self.source(path);
        file.stray = ItemType::of(meta.file_type()).fault();
        Ok(file)
    }

    /// A file whose text is given, whatever is on disk.
    #[must_use]
    pub fn text(&self, path: &Path, content: String) -> SourceFile {
        SourceFile {
            origin: Origin::Text(Arc::from(content.into_bytes())),
            ..self.source(path)
        }
    }

    /// The file at a path, where it is one of the corpus's, as [`Finder::walk`] would find it.
    #[must_use]
    pub fn listed(&self, path: &Path) -> Option<SourceFile> {
        self.inner(path)?;
        let meta = fs::symlink_metadata(path).ok()?;
        self.item(path, Some(meta.file_type()))
    }

    /// The same, where a plain file has another text than on disk, or none there.
    #[must_use]
    pub fn listed_text(&self, path: &Path, content: &str) -> Option<SourceFile> {
        let inner = self.inner(path)?;
        if fs::symlink_metadata(path).is_ok_and(|meta| !meta.is_file()) {
            return self.listed(path);
        }
        let origin = Origin::Text(Arc::from(content.as_bytes()));
        let shown = self.shown(path);
        item(self.workspace, inner, shown, origin, ItemType::File)
    }

    fn item(&self, path: &Path, kind: Option<fs::FileType>) -> Option<SourceFile> {
        let kind = ItemType::of(kind?);
        if kind == ItemType::Folder {
            return ends_with(path, super::STAGE).then(|| self.left(path));
        }
        let kind = match kind {
            ItemType::Link if path.is_dir() => self.linked_folder(path)?,
            kind => kind,
        };
        let inner = self.inner(path).unwrap_or(path);
        let shown = self.shown(path);
        let origin = self.origin(path);
        item(self.workspace, inner, shown, origin, kind)
    }

    /// A path as the globs of the profile see it; `None` for one outside.
    fn inner<'p>(&self, path: &'p Path) -> Option<&'p Path> {
        let plain = below(&self.root, path).map(Path::new);
        plain.or_else(|| path.strip_prefix(&self.root).ok())
    }

    /// Where a path's file is. Below the base, its shown path says it.
    fn origin(&self, path: &Path) -> Origin {
        match below(&self.base, path) {
            Some(_) => Origin::Below(Arc::clone(&self.base)),
            None => Origin::Disk(path.to_path_buf()),
        }
    }

    /// A path as it is shown.
    fn shown(&self, path: &Path) -> String {
        let base = &self.workspace.base;
        below(base, path).map_or_else(|| relative(base, path), str::to_owned)
    }

    /// A link to a folder inside leads to what is found anyway.
    fn linked_folder(&self, path: &Path) -> Option<ItemType> {
        let target = path.canonicalize().ok()?;
        let root = self.root.canonicalize().ok()?;
        Some(if target.starts_with(root) {
            ItemType::LinkInside
        } else {
            ItemType::LinkOutside
        })
    }

    /// A folder in which a change was put together. It is not looked into, and nothing can hide there.
    fn left(&self, path: &Path) -> SourceFile {
        let reason = "it looks like what an interrupted run has left; the next command that writes \
                      here removes that, or delete it after a look inside";
        SourceFile {
            stray: Some(reason.to_owned()),
            ..self.source(path)
        }
    }

    /// What could not be listed, such as a folder that may not be read.
    fn unlisted(&self, folder: &Path, error: &ignore::Error) -> SourceFile {
        let mut path = folder.to_path_buf();
        let mut inner = error;
        loop {
            match inner {
                ignore::Error::WithPath { path: at, err } => {
                    path.clone_from(at);
                    inner = err;
                }
                ignore::Error::WithDepth { err, .. } => inner = err,
                _ => break,
            }
        }
        let reason = inner.io_error().map_or_else(|| inner.to_string(), plain);
        let mut file = self.source(&path);
        file.stray = Some(format!("it cannot be read: {reason}"));
        file
    }

    fn source(&self, path: &Path) -> SourceFile {
        let inner = self.inner(path).map(Candidate::new);
        let shown = self.shown(path);
        let origin = self.origin(path);
        classify(self.workspace, inner.as_ref(), shown, origin)
    }
}
