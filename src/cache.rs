//! What is kept from run to run: here the outcomes of files in git, in [`seen`] what a folder gave.
//!
//! The outcomes are in `corpuslint` in the folder that all working trees of a repository share, which can
//! be deleted at any time. Each file in it is written once and never changed: runs at the same time do
//! not disturb one another, and a file that is broken is as if it were not there. Where nothing can
//! be written, nothing is kept.

pub mod seen;

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use jiff::civil::Date;

use crate::lint::cache::{Cache, Digest, Stored};
use crate::lint::{self, Known, Like, Narrow, NarrowError, Options, Snapshot, Surveyed};
use crate::snapshot::git::{Id, Repository};
use crate::snapshot::{SourceFile, Workspace};
use crate::write;

/// Files of one configuration; more are made one.
const FILES: usize = 8;
/// Bytes at the start of a segment that tell it from others.
const START: usize = 64;
/// Bytes of one file that are read.
const BYTES: u64 = 1 << 30;
/// After so long a file of another configuration is removed.
const OLD: Duration = Duration::from_secs(14 * 24 * 60 * 60);
/// How names of files with outcomes end.
const SEGMENT: &str = ".facts";
/// How names of files about whole trees end.
const TREE: &str = ".tree";

/// Whole trees that are remembered.
const TREES: usize = 24;

/// A cache, and where it is kept.
pub struct Store {
    folder: PathBuf,
    digest: Digest,
    prefix: String,
    today: Date,
    cache: OnceLock<(Arc<Cache>, Vec<PathBuf>)>,
}

impl Store {
    /// The cache of a repository for a configuration. `None` where that cannot be named.
    #[must_use]
    pub fn of(repository: &Repository, workspace: &Workspace, options: &Options) -> Option<Self> {
        let digest = Digest::of(workspace, options)?;
        Some(Self {
            folder: repository.common_dir().join("corpuslint"),
            prefix: format!("{}-", &digest.hex()[..16]),
            digest,
            today: options.today,
            cache: OnceLock::new(),
        })
    }

    /// What single files gave, for [`Options::cache`]. It is read when this is first called.
    #[must_use]
    pub fn cache(&self) -> Arc<Cache> {
        Arc::clone(&self.opened().0)
    }

    fn opened(&self) -> &(Arc<Cache>, Vec<PathBuf>) {
        self.cache.get_or_init(|| {
            let mut paths = files(&self.folder, SEGMENT);
            paths.retain(|path| name(path).starts_with(&self.prefix));
            let segments = paths.iter().filter_map(|path| read(path)).collect();
            let cache = Cache::new(self.digest, self.today, segments);
            (Arc::new(cache), paths)
        })
    }

    /// What is kept of a tree.
    fn known(
        &self,
        repository: &Repository,
        tree: Id,
        workspace: &Workspace,
    ) -> Result<Option<Known>, NarrowError> {
        let listing = repository.listing(tree, workspace)?;
        let bytes = read(&self.folder.join(self.tree_name(listing)));
        Ok(bytes.and_then(|bytes| Known::read(bytes, &self.digest, self.today, listing)))
    }

    fn tree_name(&self, tree: Id) -> String {
        format!("{}{tree}{TREE}", self.prefix)
    }

    /// Keeps what is new. That it cannot be kept is no harm: the next run does the work again.
    pub fn save(&self) {
        let Some((cache, read)) = self.cache.get() else {
            return;
        };
        let trees = cache.trees();
        for (tree, bytes) in &trees {
            let kept = write::keep(&self.folder, &self.tree_name(*tree), bytes);
            if kept.is_err() {
                return;
            }
        }
        match cache.stored(FILES) {
            Stored::Nothing if trees.is_empty() => return,
            Stored::Nothing => {}
            Stored::More(segments) => {
                for bytes in segments {
                    self.keep(&bytes);
                }
            }
            Stored::Instead(bytes) => {
                if let Some(new) = self.keep(&bytes) {
                    let old = read.iter().filter(|path| **path != new);
                    old.for_each(|path| write::forget(path));
                }
            }
        }
        self.tidy();
    }

    /// Writes a segment under a name made of its content, so that two runs that found the same
    /// write the same file. Its first bytes hold a checksum of all that follows.
    fn keep(&self, bytes: &[u8]) -> Option<PathBuf> {
        let start = &bytes[..bytes.len().min(START)];
        let name = format!("{}{}{SEGMENT}", self.prefix, Id::of_blob(start).ok()?);
        write::keep(&self.folder, &name, bytes).ok()?;
        Some(self.folder.join(name))
    }

    /// Removes what was left long ago, and trees beyond the newest.
    fn tidy(&self) {
        let limit = SystemTime::now().checked_sub(OLD);
        forget_beyond(&self.folder, TREE, TREES);
        let mut others = files(&self.folder, SEGMENT);
        others.retain(|path| !name(path).starts_with(&self.prefix));
        for path in others {
            if age(&path).is_some_and(|age| Some(age) < limit) {
                write::forget(&path);
            }
        }
    }
}

/// What is needed to compare two trees; see [`lint::narrow`]. A tree that was seen before on the
/// same day costs nothing, any other a check of its files, of which those that were seen before
/// are not read. Without a store no file was seen before. `None` where names of files are too odd:
/// then all files are to be compared.
///
/// # Errors
///
/// A tree cannot be read, or a schema of the binary's profile cannot be compiled.
pub fn narrow(
    store: Option<&Store>,
    repository: &Arc<Repository>,
    trees: [Id; 2],
    workspace: &Workspace,
    options: &Options,
    progress: &AtomicUsize,
) -> Result<Option<Narrow>, NarrowError> {
    let known = |tree| match store {
        Some(store) => store.known(repository, tree, workspace),
        None => Ok(None),
    };
    let open = |tree| Opened::new(store, repository, tree, workspace, options);
    let (base, head) = rayon::join(|| known(trees[0]), || known(trees[1]));
    let (base, head) = (base?, head?);
    let changed = repository.changed(trees[0], trees[1], workspace)?;
    let known = match (base, head) {
        (Some(base), Some(head)) => [base, head],
        (Some(base), None) => {
            let head = open(trees[1])?;
            let like = like(&base, &changed, None);
            let (known, rest) = head.survey(workspace, Some(like), progress)?;
            rest.free();
            [base, known]
        }
        (None, Some(head)) => {
            let base = open(trees[0])?;
            let like = like(&head, &changed, None);
            let (known, rest) = base.survey(workspace, Some(like), progress)?;
            rest.free();
            [known, head]
        }
        (None, None) => {
            let base = open(trees[0])?;
            let head = open(trees[1])?;
            let (base, rest) = base.survey(workspace, None, progress)?;
            let like = like(&base, &changed, Some(rest));
            let (head, rest) = head.survey(workspace, Some(like), progress)?;
            rest.free();
            [base, head]
        }
    };
    lint::narrow(repository, trees, changed, known, workspace, options)
}

/// A tree of which nothing is kept.
struct Opened {
    listing: Id,
    files: Vec<SourceFile>,
    options: Options,
}

impl Opened {
    fn new(
        store: Option<&Store>,
        repository: &Arc<Repository>,
        tree: Id,
        workspace: &Workspace,
        options: &Options,
    ) -> Result<Self, NarrowError> {
        let (cache, files) = rayon::join(
            || store.map(Store::cache),
            || repository.files(tree, workspace),
        );
        Ok(Self {
            listing: repository.listing(tree, workspace)?,
            files: files?,
            options: Options {
                cache,
                ..options.clone()
            },
        })
    }

    fn survey<'o>(
        &'o self,
        workspace: &'o Workspace,
        like: Option<Like<'_>>,
        progress: &AtomicUsize,
    ) -> Result<(Known, Surveyed<'o>), NarrowError> {
        let snapshot = Snapshot {
            workspace,
            files: &self.files,
            name: "",
            tree: Some(self.listing),
            known: None,
        };
        Ok(lint::survey(snapshot, like, &self.options, progress)?)
    }
}

fn like<'l>(
    known: &'l Known,
    changed: &'l BTreeSet<String>,
    surveyed: Option<Surveyed<'l>>,
) -> Like<'l> {
    Like {
        known,
        changed,
        surveyed,
    }
}

/// Removes the files of a folder whose names end so, but for the newest.
fn forget_beyond(folder: &Path, ending: &str, most: usize) {
    let mut all = files(folder, ending);
    if all.len() > most {
        all.sort_by_key(|path| std::cmp::Reverse(age(path)));
        all.iter().skip(most).for_each(|path| write::forget(path));
    }
}

/// When a file was last written.
fn age(path: &PathBuf) -> Option<SystemTime> {
    fs::metadata(path).and_then(|meta| meta.modified()).ok()
}

fn name(path: &Path) -> &str {
    let name = path.file_name().and_then(|name| name.to_str());
    name.unwrap_or_default()
}

/// The plain files of a folder that is no link whose names end so, in the order of their names.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    if !fs::symlink_metadata(folder).is_ok_and(|meta| meta.is_dir()) {
        return Vec::new();
    }
    let Ok(items) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut found: Vec<PathBuf> = items
        .flatten()
        .filter(|item| item.file_type().is_ok_and(|kind| kind.is_file()))
        .map(|item| item.path())
        .filter(|path| name(path).ends_with(ending))
        .collect();
    found.sort();
    found
}

fn read(path: &Path) -> Option<Vec<u8>> {
    let file = fs::File::open(path).ok()?;
    let length = file.metadata().ok()?.len();
    if length > BYTES {
        return None;
    }
    let mut bytes = Vec::with_capacity(length as usize);
    file.take(BYTES).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}
