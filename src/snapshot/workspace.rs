//! The configuration that a corpus is checked by: a profile and its schemas, from a folder, from the
//! binary or from a git tree.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{SnapshotError, SourceFile, Unread, absolute, plain, read_bounded, relative};
use crate::profile::{self, Profile, ProfileError};
use crate::schema::{SchemaError, Schemas};
use crate::text::Position;

/// Bytes that a profile may have.
pub(super) const PROFILE_BYTES: u64 = 1 << 20;

/// Bytes that a schema may have.
pub(super) const SCHEMA_BYTES: u64 = 16 << 20;

/// A corpus: its base folder and its configuration.
pub struct Workspace {
    /// The folder that paths are relative to: the profile's, or the git root's.
    pub base: PathBuf,
    /// The configuration.
    pub profile: Arc<Profile>,
    /// The profile's file; `None` for the one in the binary.
    pub profile_path: Option<PathBuf>,
    /// The schemas.
    pub schemas: Arc<Schemas>,
    /// The text that the profile was read from.
    pub text: Arc<str>,
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
        match Nearest::to(&start) {
            Nearest::Profile(path) => Self::with_profile(&path),
            Nearest::Repository(folder) => Self::embedded(folder),
            Nearest::Nothing => Self::embedded(start),
        }
    }

    /// Opens the corpus of a profile, where some files have another text than on disk: what an editor
    /// has not saved yet.
    ///
    /// # Errors
    ///
    /// What is wrong, and where.
    pub fn with_texts(
        path: &Path,
        unsaved: &dyn Fn(&Path) -> Option<String>,
    ) -> Result<Self, Fault> {
        let fault = |message| Fault {
            file: None,
            at: Position::default(),
            message,
        };
        let text = match unsaved(path) {
            Some(text) => text,
            None => read_profile(path).map_err(fault)?,
        };
        let base = path.parent().unwrap_or(Path::new("/")).to_path_buf();
        let read = |name: &str| match unsaved(&base.join(name)) {
            Some(text) => Ok(text),
            None => read_schema(&base, name),
        };
        open(&base, path.to_path_buf(), &text, &read)
    }

    /// Opens the corpus of a profile.
    ///
    /// # Errors
    ///
    /// A profile or schema that cannot be used, in one line.
    pub fn with_profile(path: &Path) -> Result<Self, SnapshotError> {
        let shown = path.display().to_string();
        let text = read_profile(path)
            .map_err(|reason| SnapshotError(format!("cannot read {shown}: {reason}")))?;
        let path = absolute(path)?;
        let base = path.parent().unwrap_or(Path::new("/")).to_path_buf();
        let at = Described {
            profile: &shown,
            folder: &base.display().to_string(),
            text: &text,
        };
        at.open(&base, path, &|name| read_schema(&base, name))
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
        let schemas = Schemas::load(&profile, &read)
            .map_err(|error| in_one_line(&base.display().to_string(), &error))?;
        Ok(Self {
            base,
            profile: Arc::new(profile),
            profile_path: None,
            schemas: Arc::new(schemas),
            text: profile::embedded(profile::FILE_NAME)
                .unwrap_or_default()
                .into(),
        })
    }

    /// The same folder, checked by the configuration of another.
    #[must_use]
    pub fn trusting(&self, other: &Self) -> Self {
        Self {
            base: self.base.clone(),
            profile: Arc::clone(&other.profile),
            profile_path: self.profile_path.clone(),
            schemas: Arc::clone(&other.schemas),
            text: Arc::clone(&other.text),
        }
    }

    /// Whether another workspace has the same configuration, word for word.
    #[must_use]
    pub fn is_configured_as(&self, other: &Self) -> bool {
        let (own, others) = (self.schemas.texts(), other.schemas.texts());
        let same = own.map(|(_, text)| text).eq(others.map(|(_, text)| text));
        same && self.text == other.text && self.base == other.base
    }

    /// What the profile is called: its path relative to the base.
    #[must_use]
    pub fn profile_name(&self) -> String {
        match &self.profile_path {
            Some(path) => relative(&self.base, path),
            None => profile::FILE_NAME.to_owned(),
        }
    }

    /// The text of the profile or of one of its schemas, by its path relative to the base.
    #[must_use]
    pub fn configuration(&self, path: &str) -> Option<&str> {
        if path == self.profile_name() {
            return Some(&self.text);
        }
        self.schemas.text(path)
    }

    /// Whether a file is the profile or one of its schemas, which may lie among the entries.
    pub(super) fn is_configuration(&self, file: &SourceFile) -> bool {
        let Some(profile) = &self.profile_path else {
            return false;
        };
        let name = profile.file_name().unwrap_or_default();
        name == file.path.as_ref() || self.schemas.is_schema_file(&file.path)
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

/// What decides on the configuration of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Nearest {
    /// This profile.
    Profile(PathBuf),
    /// The repository in this folder has none.
    Repository(PathBuf),
    /// There is neither.
    Nothing,
}

impl Nearest {
    /// The profile in the nearest folder upward that has one, not past the git root.
    #[must_use]
    pub fn to(start: &Path) -> Self {
        for folder in start.ancestors() {
            let candidate = folder.join(profile::FILE_NAME);
            if candidate.is_file() {
                return Self::Profile(candidate);
            }
            if folder.join(".git").exists() {
                return Self::Repository(folder.to_path_buf());
            }
        }
        Self::Nothing
    }
}

/// Why a profile or a schema cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The schema, relative to the profile; `None` for the profile itself.
    pub file: Option<String>,
    /// Where in it; line 0 where it could not be read at all.
    pub at: Position,
    /// One line.
    pub message: String,
}

/// A profile's text, and what it and its folder are called in messages.
pub(super) struct Described<'d> {
    pub profile: &'d str,
    pub folder: &'d str,
    pub text: &'d str,
}

impl Described<'_> {
    /// The workspace of the profile, whose schemas are read by their paths relative to it.
    pub(super) fn open(
        &self,
        base: &Path,
        path: PathBuf,
        read: &dyn Fn(&str) -> Result<String, String>,
    ) -> Result<Workspace, SnapshotError> {
        open(base, path, self.text, read).map_err(|fault| match fault.file {
            None => SnapshotError(format!("{}:{}: {}", self.profile, fault.at, fault.message)),
            Some(path) => {
                let (at, message) = (fault.at, fault.message);
                in_one_line(self.folder, &SchemaError { path, at, message })
            }
        })
    }
}

/// The workspace of a profile's text.
fn open(
    base: &Path,
    path: PathBuf,
    text: &str,
    read: &dyn Fn(&str) -> Result<String, String>,
) -> Result<Workspace, Fault> {
    let profile = Profile::parse(text).map_err(|ProfileError { at, message }| Fault {
        file: None,
        at,
        message,
    })?;
    let schemas = Schemas::load(&profile, read).map_err(|error| Fault {
        file: Some(error.path),
        at: error.at,
        message: error.message,
    })?;
    Ok(Workspace {
        base: base.to_path_buf(),
        profile: Arc::new(profile),
        profile_path: Some(path),
        schemas: Arc::new(schemas),
        text: text.into(),
    })
}

fn in_one_line(folder: &str, error: &SchemaError) -> SnapshotError {
    let separator = if folder.ends_with(['/', ':']) {
        ""
    } else {
        "/"
    };
    SnapshotError(format!(
        "{folder}{separator}{}:{}: {}",
        error.path, error.at, error.message
    ))
}

fn read_profile(path: &Path) -> Result<String, String> {
    fs::metadata(path).map_err(|error| plain(&error))?;
    read_text(path, PROFILE_BYTES)
}

/// Reads a schema file, which must lie in the profile's folder after links are followed.
fn read_schema(base: &Path, name: &str) -> Result<String, String> {
    let path = base.join(name);
    let real = path.canonicalize().map_err(|error| plain(&error))?;
    let inside = base.canonicalize().is_ok_and(|base| real.starts_with(base));
    if !inside {
        return Err("it is a link to a place outside of the profile's folder".to_owned());
    }
    read_text(&real, SCHEMA_BYTES)
}

fn read_text(path: &Path, limit: u64) -> Result<String, String> {
    let (bytes, _) = read_bounded(path, limit).map_err(in_words)?;
    String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())
}

/// Why a file of the configuration was not read.
pub(super) fn in_words(unread: Unread) -> String {
    match unread {
        Unread::TooLarge { bytes, limit } => {
            format!("its {bytes} bytes are more than the {limit} that it may have")
        }
        Unread::Unreadable(reason) | Unread::Stray(reason) => reason,
        Unread::NotText(_) => "it is not UTF-8".to_owned(),
    }
}
