//! The folder in a repository in which outcomes are kept from run to run.
//!
//! It is `corpuslint` in the folder that all working trees of a repository share, and can be deleted
//! at any time. Each file in it is written once and never changed: runs at the same time do not
//! disturb one another, and a file that is broken is as if it were not there. Where nothing can be
//! written, nothing is kept.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::lint::Options;
use crate::lint::cache::{Cache, Digest, Stored};
use crate::snapshot::Workspace;
use crate::snapshot::git::{Id, Repository};
use crate::write;

/// Files of one configuration; more are made one.
const FILES: usize = 8;
/// Bytes of one file that are read.
const BYTES: u64 = 1 << 30;
/// After so long a file of another configuration is removed.
const OLD: Duration = Duration::from_secs(14 * 24 * 60 * 60);
/// How file names end.
const ENDING: &str = ".facts";

/// A cache, and where it is kept.
pub struct Store {
    folder: PathBuf,
    prefix: String,
    /// The files that were read.
    known: Vec<PathBuf>,
    cache: Arc<Cache>,
}

impl Store {
    /// Reads what a repository has for a configuration. `None` where that cannot be named.
    #[must_use]
    pub fn open(repository: &Repository, workspace: &Workspace, options: &Options) -> Option<Self> {
        let digest = Digest::of(workspace, options)?;
        let folder = repository.common_dir().join("corpuslint");
        let prefix = format!("{}-", &digest.hex()[..16]);
        let mut known = files(&folder);
        known.retain(|path| name(path).starts_with(&prefix));
        let segments = known.iter().filter_map(|path| read(path)).collect();
        Some(Self {
            cache: Arc::new(Cache::new(digest, options.today, segments)),
            folder,
            prefix,
            known,
        })
    }

    /// The cache, for [`Options::cache`].
    #[must_use]
    pub fn cache(&self) -> Arc<Cache> {
        Arc::clone(&self.cache)
    }

    /// Keeps what is new. That it cannot be kept is no harm: the next run does the work again.
    pub fn save(&self) {
        match self.cache.stored(FILES) {
            Stored::Nothing => {}
            Stored::More(segments) => {
                for bytes in segments {
                    self.keep(&bytes);
                }
                self.tidy();
            }
            Stored::Instead(bytes) => {
                if let Some(new) = self.keep(&bytes) {
                    let old = self.known.iter().filter(|path| **path != new);
                    old.for_each(|path| write::forget(path));
                }
                self.tidy();
            }
        }
    }

    /// Writes a segment under a name made of its content, so that two runs that found the same
    /// write the same file.
    fn keep(&self, bytes: &[u8]) -> Option<PathBuf> {
        let name = format!("{}{}{ENDING}", self.prefix, Id::of_blob(bytes).ok()?);
        write::keep(&self.folder, &name, bytes).ok()?;
        Some(self.folder.join(name))
    }

    /// Removes what other configurations have left long ago.
    fn tidy(&self) {
        let limit = SystemTime::now().checked_sub(OLD);
        for path in files(&self.folder) {
            let modified = fs::metadata(&path).and_then(|meta| meta.modified()).ok();
            let is_old = modified < limit && modified.is_some();
            if is_old && !name(&path).starts_with(&self.prefix) {
                write::forget(&path);
            }
        }
    }
}

fn name(path: &Path) -> &str {
    let name = path.file_name().and_then(|name| name.to_str());
    name.unwrap_or_default()
}

/// The plain files of a folder that is no link, in the order of their names.
fn files(folder: &Path) -> Vec<PathBuf> {
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
        .filter(|path| name(path).ends_with(ENDING))
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
