//! What files look like from outside, by which a change is noticed without reading them.

use std::fs::{self, Metadata};
use std::hash::{Hash, Hasher};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use fnv::FnvHasher;
use rayon::prelude::*;

use super::{Origin, SourceFile};

/// Nanoseconds in a second.
pub const SECOND: i64 = 1_000_000_000;

/// Nanoseconds for which the clock of a file system may stand still.
const STILL: i64 = SECOND / 10;

/// The same of those that count in whole seconds.
const STILL_LONG: i64 = 2 * SECOND;

/// What a file looks like from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Stamp {
    /// Its bytes.
    pub bytes: u64,
    /// When its content was last written, in nanoseconds since 1970.
    pub modified: i64,
    /// When it was last changed in any way, which nobody can set; where there is no such time,
    /// [`Stamp::modified`].
    pub changed: i64,
    /// Its number in its file system; 0 where files have none.
    pub inode: u64,
    /// What it is.
    pub item: Stamped,
}

/// What may have a stamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stamped {
    /// A file.
    File,
    /// A file that its owner may run.
    Program,
    /// A symbolic link.
    Link,
    /// Something else, such as a folder.
    Other,
}

impl Stamp {
    /// The stamp of a path itself, not of what a link leads to. `None` where nothing is there.
    #[must_use]
    pub fn at(path: &Path) -> Option<Self> {
        fs::symlink_metadata(path).ok().map(|meta| Self::of(&meta))
    }

    /// The stamp of what has this metadata.
    #[must_use]
    pub fn of(meta: &Metadata) -> Self {
        let modified = meta.modified().ok().map(nanoseconds).unwrap_or_default();
        let (changed, inode) = changed(meta).unwrap_or((modified, 0));
        Self {
            bytes: meta.len(),
            modified,
            changed,
            inode,
            item: item(meta),
        }
    }

    /// A number by which a file that has this stamp now can be known again. `None` where it could be
    /// written once more and look the same: the time that it was written at is not over yet, or lies
    /// in the future.
    #[must_use]
    pub fn mark(&self) -> Option<u64> {
        let whole = self.modified % SECOND == 0 && self.changed % SECOND == 0;
        let still = if whole { STILL_LONG } else { STILL };
        let last = self.modified.max(self.changed);
        let is_over = last.saturating_add(still) < nanoseconds(SystemTime::now());
        is_over.then(|| {
            let mut hasher = FnvHasher::default();
            self.hash(&mut hasher);
            hasher.finish()
        })
    }
}

/// Stamps of files, in their order; `None` for what is not on disk.
#[must_use]
pub fn stamps(files: &[SourceFile]) -> Vec<Option<Stamp>> {
    // The system looks up each part of a path anew: from the current folder there are fewer.
    let here = std::env::current_dir().unwrap_or_default();
    let stamp = |file: &SourceFile| match &file.origin {
        Origin::Below(folder) if **folder == *here => Stamp::at(Path::new(&*file.path)),
        _ => Stamp::at(&file.disk()?),
    };
    files.par_iter().map(stamp).collect()
}

/// Nanoseconds since 1970; of what lies outside of what they can say, the nearest that they can.
fn nanoseconds(time: SystemTime) -> i64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |time| -time),
    }
}

fn item(meta: &Metadata) -> Stamped {
    match meta.file_type() {
        kind if kind.is_symlink() => Stamped::Link,
        kind if !kind.is_file() => Stamped::Other,
        _ if may_run(meta) => Stamped::Program,
        _ => Stamped::File,
    }
}

#[cfg(unix)]
fn may_run(meta: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    meta.permissions().mode() & 0o100 != 0
}

#[cfg(not(unix))]
fn may_run(_: &Metadata) -> bool {
    false
}

#[cfg(unix)]
fn changed(meta: &Metadata) -> Option<(i64, u64)> {
    use std::os::unix::fs::MetadataExt;
    let seconds = meta.ctime().saturating_mul(SECOND);
    Some((seconds.saturating_add(meta.ctime_nsec()), meta.ino()))
}

#[cfg(not(unix))]
fn changed(_: &Metadata) -> Option<(i64, u64)> {
    None
}
