//! One state of a corpus: which files it has, of which kind, and their bytes. It may lie in a folder,
//! in a git tree, or in memory.

mod find;
pub mod git;
mod stamp;
mod workspace;

/// What the names of folders end with in which changes are put together.
pub const STAGE: &str = ".corpuslint-change";

pub use find::Finder;
pub use stamp::{SECOND, Stamp, Stamped, stamps};
pub use workspace::{Fault, Nearest, Workspace};

use std::borrow::Cow;
use std::fmt;
use std::fs;
use std::io::Read;
use std::path::{Component, MAIN_SEPARATOR, Path, PathBuf};
use std::sync::{Arc, OnceLock};

use crate::syntax::Format;
use crate::text::NotText;

/// Why a run cannot begin: one line for the person who started it.
#[derive(Debug)]
pub struct SnapshotError(pub String);

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SnapshotError {}

/// An error of the system without its number.
fn plain(error: &std::io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error") {
        Some(at) => text[..at].to_lowercase(),
        None => text,
    }
}

/// A path made absolute by the current folder, without `.` and `..`.
///
/// # Errors
///
/// There is no current folder.
pub fn absolute(path: &Path) -> Result<PathBuf, SnapshotError> {
    let path = std::path::absolute(path)
        .map_err(|error| SnapshotError(format!("{}: {}", path.display(), plain(&error))))?;
    let mut clean = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                clean.pop();
            }
            Component::CurDir => {}
            part => clean.push(part),
        }
    }
    Ok(clean)
}

/// One file of a snapshot.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Path relative to the corpus root, parts joined by `/`. Bytes that are not UTF-8 are shown as
    /// U+FFFD.
    pub path: Arc<str>,
    /// Its kind by its name, as the profile counts them.
    pub kind: Option<usize>,
    /// How it is written, by its extension; YAML where that says nothing.
    pub format: Format,
    /// Why it cannot be an entry.
    pub stray: Option<String>,
    /// Where its bytes are.
    pub origin: Origin,
    /// Git's name of its bytes, where that is known without reading them.
    pub content: Option<git::Id>,
    /// [`Stamp::mark`] of what it looked like before it was read.
    pub mark: OnceLock<u64>,
}

impl Origin {
    /// Git's name of the bytes, where it is known.
    fn content(&self) -> Option<git::Id> {
        match self {
            Self::Blob(blob) => Some(blob.id()),
            Self::Below(_) | Self::Disk(_) | Self::Text(_) => None,
        }
    }
}

/// Where the bytes of a file are.
#[derive(Clone, Debug)]
pub enum Origin {
    /// In the file that has this path below this folder.
    Below(Arc<Path>),
    /// In this file.
    Disk(PathBuf),
    /// Here.
    Text(Arc<[u8]>),
    /// In the object store of a git repository.
    Blob(git::Blob),
}

impl SourceFile {
    /// Reads the file's bytes.
    ///
    /// # Errors
    ///
    /// Why it was not read.
    pub fn read(&self, limit: u64) -> Result<Vec<u8>, Unread> {
        if let Some(reason) = &self.stray {
            return Err(Unread::Stray(reason.clone()));
        }
        match &self.origin {
            Origin::Below(_) | Origin::Disk(_) => {
                let path = self.disk().unwrap_or_default();
                let (bytes, stamp) = read_bounded(&path, limit)?;
                if let Some(mark) = stamp.mark() {
                    // The first look counts: what changed after it will be noticed.
                    let _ = self.mark.set(mark);
                }
                Ok(bytes)
            }
            Origin::Text(bytes) => within(bytes, limit).map(<[u8]>::to_vec),
            Origin::Blob(blob) => blob.read(limit),
        }
    }

    /// The file on disk, where that is where its bytes are.
    #[must_use]
    pub fn disk(&self) -> Option<Cow<'_, Path>> {
        match &self.origin {
            Origin::Below(folder) => Some(folder.join(self.path.as_ref()).into()),
            Origin::Disk(path) => Some(path.into()),
            Origin::Text(_) | Origin::Blob(_) => None,
        }
    }
}

/// Reads a file that is not larger than a limit, and not at all where it is. Its stamp is from before
/// it was read.
fn read_bounded(path: &Path, limit: u64) -> Result<(Vec<u8>, Stamp), Unread> {
    let refuse = |error: &std::io::Error| Unread::Unreadable(plain(error));
    let mut file = fs::File::open(path).map_err(|error| refuse(&error))?;
    let meta = file.metadata().map_err(|error| refuse(&error))?;
    let bytes = meta.len();
    if bytes > limit {
        return Err(Unread::TooLarge { bytes, limit });
    }
    let content = read_all(&mut file, bytes, limit).map_err(|error| refuse(&error))?;
    within(&content, limit)?;
    Ok((content, Stamp::of(&meta)))
}

/// Reads a file that should have so many bytes, and at most one byte over a limit of one that grows.
fn read_all(file: &mut fs::File, bytes: u64, limit: u64) -> std::io::Result<Vec<u8>> {
    // One byte more is asked for than there is: to get all but that one says that this is the end,
    // without a second question to the system.
    let mut content = vec![0; bytes as usize + 1];
    let filled = loop {
        match file.read(&mut content) {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            result => break result?,
        }
    };
    content.truncate(filled);
    if filled as u64 != bytes {
        let rest = (limit + 1).saturating_sub(filled as u64);
        file.take(rest).read_to_end(&mut content)?;
    }
    Ok(content)
}

fn within(content: &[u8], limit: u64) -> Result<&[u8], Unread> {
    let bytes = content.len() as u64;
    if bytes > limit {
        return Err(Unread::TooLarge { bytes, limit });
    }
    Ok(content)
}

/// Why a file that was found was not parsed.
#[derive(Clone, Debug)]
pub enum Unread {
    /// It is no file that can hold an entry, or no kind takes it.
    Stray(String),
    /// The system refused.
    Unreadable(String),
    /// It has more bytes than the limit.
    TooLarge {
        /// Its bytes.
        bytes: u64,
        /// The limit.
        limit: u64,
    },
    /// Its bytes are not UTF-8.
    NotText(NotText),
}

/// A file name without its folder and its extension.
#[must_use]
pub fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// A path below a folder as it is written, where it is written in the plainest way; to compare
/// whole texts is far cheaper than to compare them part by part.
fn below<'p>(folder: &Path, path: &'p Path) -> Option<&'p str> {
    let folder = folder.as_os_str().as_encoded_bytes();
    let rest = path.as_os_str().as_encoded_bytes().strip_prefix(folder)?;
    let inner = rest
        .strip_prefix(b"/")
        .filter(|_| MAIN_SEPARATOR == '/' && !folder.is_empty())?;
    let inner = std::str::from_utf8(inner).ok()?;
    let is_plain = inner.split('/').all(|part| !matches!(part, "" | "."));
    is_plain.then_some(inner)
}

/// A path as it is shown: relative to the base, parts joined by `/`; `..` where it lies outside.
#[must_use]
pub fn relative(base: &Path, path: &Path) -> String {
    for (up, folder) in base.ancestors().enumerate() {
        if let Ok(inner) = path.strip_prefix(folder) {
            let mut parts = vec![String::from(".."); up];
            parts.extend(
                inner
                    .components()
                    .map(|part| part.as_os_str().to_string_lossy().into_owned()),
            );
            return parts.join("/");
        }
    }
    path.to_string_lossy().into_owned()
}
