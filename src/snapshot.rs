//! One state of a corpus: which files it has, of which kind, and their bytes.

use std::fmt;
use std::fs;
use std::io::Read;
use std::path::{Component, MAIN_SEPARATOR, Path, PathBuf};
use std::sync::Arc;

use globset::Candidate;

use crate::profile::{self, Profile, ProfileError};
use crate::schema::{SchemaError, Schemas};
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

/// A corpus on disk: its base folder and its configuration.
pub struct Workspace {
    /// The folder that paths are relative to: the profile's, or the git root's.
    pub base: PathBuf,
    /// The configuration.
    pub profile: Profile,
    /// The profile's file; `None` for the one in the binary.
    pub profile_path: Option<PathBuf>,
    /// The schemas.
    pub schemas: Schemas,
}

impl Workspace {
    /// Opens the corpus around a folder: the profile in the nearest folder upward that has one, not
    /// past the git root; else the profile in the binary.
    ///
    /// # Errors
    ///
    /// A profile or schema that cannot be used, in one line.
    pub fn around(start: &Path) -> Result<Self, SnapshotError> {
        let start = absolute(start)?;
        for folder in start.ancestors() {
            let candidate = folder.join(profile::FILE_NAME);
            if candidate.is_file() {
                return Self::with_profile(&candidate);
            }
            if folder.join(".git").exists() {
                return Self::embedded(folder.to_path_buf());
            }
        }
        Self::embedded(start)
    }

    /// Opens the corpus of a profile.
    ///
    /// # Errors
    ///
    /// A profile or schema that cannot be used, in one line.
    pub fn with_profile(path: &Path) -> Result<Self, SnapshotError> {
        let shown = path.display();
        let text = fs::read_to_string(path)
            .map_err(|error| SnapshotError(format!("cannot read {shown}: {error}")))?;
        let profile = Profile::parse(&text).map_err(|ProfileError { at, message }| {
            SnapshotError(format!("{shown}:{at}: {message}"))
        })?;
        let path = absolute(path)?;
        let base = path.parent().unwrap_or(Path::new("/")).to_path_buf();
        let schemas = Schemas::load(&profile, &|name| read_schema(&base, name))
            .map_err(|error| in_one_line(&base, &error))?;
        Ok(Self {
            base,
            profile,
            profile_path: Some(path),
            schemas,
        })
    }

    /// Opens a folder with the profile in the binary.
    ///
    /// # Errors
    ///
    /// None that a test does not catch.
    pub fn embedded(base: PathBuf) -> Result<Self, SnapshotError> {
        let profile = Profile::embedded().map_err(|error| SnapshotError(error.to_string()))?;
        let read = |name: &str| {
            let text = profile::embedded(name);
            text.map(str::to_owned)
                .ok_or_else(|| "it is not part of the binary".to_owned())
        };
        let schemas = Schemas::load(&profile, &read).map_err(|error| in_one_line(&base, &error))?;
        Ok(Self {
            base,
            profile,
            profile_path: None,
            schemas,
        })
    }

    /// Whether a file is the profile or one of its schemas, which may lie among the entries.
    fn is_configuration(&self, file: &SourceFile) -> bool {
        let Some(profile) = &self.profile_path else {
            return false;
        };
        file.on_disk == *profile || self.schemas.is_schema_file(&file.path)
    }

    /// The folder that holds the entries.
    #[must_use]
    pub fn root(&self) -> PathBuf {
        if self.profile.root.is_empty() {
            self.base.clone()
        } else {
            self.base.join(&self.profile.root)
        }
    }
}

fn in_one_line(base: &Path, error: &SchemaError) -> SnapshotError {
    let path = base.join(&error.path);
    SnapshotError(format!(
        "{}:{}: {}",
        path.display(),
        error.at,
        error.message
    ))
}

/// Reads a schema file, which must lie in the profile's folder after links are followed.
fn read_schema(base: &Path, name: &str) -> Result<String, String> {
    let path = base.join(name);
    let real = path.canonicalize().map_err(|error| plain(&error))?;
    let inside = base.canonicalize().is_ok_and(|base| real.starts_with(base));
    if !inside {
        return Err("it is a link to a place outside of the profile's folder".to_owned());
    }
    let bytes = read_bounded(&real, 16 << 20).map_err(|unread| match unread {
        Unread::TooLarge { bytes, limit } => format!("{bytes} bytes are more than {limit}"),
        Unread::Unreadable(reason) | Unread::Stray(reason) => reason,
        Unread::NotText(_) => "not UTF-8".to_owned(),
    })?;
    String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())
}

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
    /// Where it is on disk.
    pub on_disk: PathBuf,
    /// Its kind by its name, as the profile counts them.
    pub kind: Option<usize>,
    /// How it is written, by its extension; YAML where that says nothing.
    pub format: Format,
    /// Why it cannot be an entry.
    pub stray: Option<String>,
    /// Text that stands in for what is on disk.
    pub content: Option<Arc<str>>,
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
        match &self.content {
            Some(text) => Ok(text.as_bytes().to_vec()),
            None => read_bounded(&self.on_disk, limit),
        }
    }
}

/// Reads a file that is not larger than a limit, and not at all where it is.
fn read_bounded(path: &Path, limit: u64) -> Result<Vec<u8>, Unread> {
    let refuse = |error: &std::io::Error| Unread::Unreadable(plain(error));
    let mut file = fs::File::open(path).map_err(|error| refuse(&error))?;
    let bytes = file.metadata().map_err(|error| refuse(&error))?.len();
    if bytes > limit {
        return Err(Unread::TooLarge { bytes, limit });
    }
    let content = read_all(&mut file, bytes, limit).map_err(|error| refuse(&error))?;
    let bytes = content.len() as u64;
    if bytes > limit {
        return Err(Unread::TooLarge { bytes, limit });
    }
    Ok(content)
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

/// Finds the files of a corpus.
pub struct Finder<'w> {
    workspace: &'w Workspace,
    root: PathBuf,
}

impl<'w> Finder<'w> {
    /// A finder of entries under `root`, to which the globs of the profile are relative.
    #[must_use]
    pub fn new(workspace: &'w Workspace, root: PathBuf) -> Self {
        Self { workspace, root }
    }

    /// Every file under a folder that is an entry, or looks like one and is not; sorted by path.
    ///
    /// Nothing is skipped for being hidden or ignored by git: a file that was committed counts.
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
        let mut builder = ignore::WalkBuilder::new(folder);
        builder
            .standard_filters(false)
            .follow_links(false)
            .filter_entry(|item| item.file_name() != ".git");
        let mut found = Vec::new();
        for item in builder.build() {
            match item {
                Ok(item) => found.extend(self.item(item.path(), item.file_type())),
                Err(error) => found.push(self.unlisted(folder, &error)),
            }
        }
        found.sort_by(|a, b| a.path.cmp(&b.path));
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
        file.stray = odd_type(meta.file_type());
        Ok(file)
    }

    /// A file whose text is given, whatever is on disk.
    #[must_use]
    pub fn text(&self, path: &Path, content: String) -> SourceFile {
        SourceFile {
            content: Some(content.into()),
            ..self.source(path)
        }
    }

    fn item(&self, path: &Path, kind: Option<fs::FileType>) -> Option<SourceFile> {
        let kind = kind?;
        if kind.is_dir() {
            return None;
        }
        let mut file = self.source(path);
        let workspace = self.workspace;
        let ignore = &workspace.profile.ignore;
        let is_ignored = !ignore.is_empty() && ignore.is_match(self.inner(path).unwrap_or(path));
        if is_ignored || workspace.is_configuration(&file) {
            return None;
        }
        if kind.is_symlink() && path.is_dir() {
            let target = path.canonicalize().ok()?;
            let root = self.root.canonicalize().ok()?;
            // A link to a folder inside leads to what is found anyway.
            if target.starts_with(root) {
                return None;
            }
            file.stray = Some("it is a link to a folder outside of the corpus".to_owned());
            return Some(file);
        }
        let looks_like_an_entry = file.kind.is_some() || Format::of_path(&file.path).is_some();
        if !looks_like_an_entry {
            return None;
        }
        file.stray = odd_type(kind);
        Some(file)
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

    /// A path as the globs of the profile see it; `None` for one outside.
    fn inner<'p>(&self, path: &'p Path) -> Option<&'p Path> {
        let plain = below(&self.root, path).map(Path::new);
        plain.or_else(|| path.strip_prefix(&self.root).ok())
    }

    fn source(&self, path: &Path) -> SourceFile {
        let base = &self.workspace.base;
        let shown: Arc<str> = match below(base, path) {
            Some(inner) => inner.into(),
            None => relative(base, path).into(),
        };
        let by_glob = self.inner(path).and_then(|inner| {
            let kinds = &self.workspace.profile.kinds;
            let inner = Candidate::new(inner);
            kinds
                .iter()
                .position(|kind| kind.files.is_match_candidate(&inner))
        });
        SourceFile {
            kind: by_glob.or_else(|| self.workspace.schemas.kind_of_id(stem(&shown))),
            format: Format::of_path(&shown).unwrap_or(Format::Yaml),
            on_disk: path.to_path_buf(),
            path: shown,
            stray: None,
            content: None,
        }
    }
}

/// A path below a folder as it is written, where it is written in the plainest way; to compare
/// whole texts is far cheaper than to compare them part by part.
fn below<'p>(folder: &Path, path: &'p Path) -> Option<&'p str> {
    let rest = path.to_str()?.strip_prefix(folder.to_str()?)?;
    let inner = rest.strip_prefix('/').filter(|_| MAIN_SEPARATOR == '/')?;
    let is_plain = inner.split('/').all(|part| !matches!(part, "" | "."));
    is_plain.then_some(inner)
}

/// Why something that is no plain file is not opened.
fn odd_type(kind: fs::FileType) -> Option<String> {
    let reason = if kind.is_file() {
        return None;
    } else if kind.is_symlink() {
        "it is a symbolic link, and links are not followed"
    } else if kind.is_dir() {
        "it is a folder"
    } else {
        "it is not a plain file"
    };
    Some(reason.to_owned())
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
