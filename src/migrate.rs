//! Takes a corpus from one format to another, and proves that nothing was lost.
//!
//! Every format is read into one [`model`] and written from it. Formats with a file an entry are
//! streamed, so that memory does not grow with text; the others are read and written whole. What a
//! format cannot say is an item of the loss report, with its place and the reason.

mod csv;
mod files;
pub mod html;
mod json;
mod jsonl;
pub mod layout;
pub mod loss;
mod markdown;
pub mod model;
mod release;
mod run;
mod sink;
mod stix;
pub mod value;
pub mod verify;
mod yaml;

use std::fmt;
use std::path::{Path, PathBuf};

pub use run::{Job, Migrated, Opened, Proof};
pub use sink::{Sink, ToFile, ToFolder, ToNothing};

use layout::Layout;
use loss::{Loss, Losses};
use model::{Entry, Model};

/// Why a migration stopped. Nothing was written then.
#[derive(Debug)]
pub struct MigrateError {
    /// The file, or the part of one.
    pub path: PathBuf,
    /// What is wrong.
    pub reason: String,
}

impl MigrateError {
    pub(crate) fn new(path: &Path, reason: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            reason: reason.into(),
        }
    }
}

impl fmt::Display for MigrateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.as_os_str().is_empty() {
            return f.write_str(&self.reason);
        }
        write!(f, "{}: {}", self.path.display(), self.reason)
    }
}

impl std::error::Error for MigrateError {}

impl From<crate::write::WriteError> for MigrateError {
    fn from(error: crate::write::WriteError) -> Self {
        Self {
            path: error.path,
            reason: error.reason,
        }
    }
}

/// A format that a corpus can be in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// The publisher's JSON file
    Release,
    /// A folder with a YAML file an entry
    Yaml,
    /// A folder with a JSON file an entry
    Json,
    /// A folder with a Markdown file an entry
    Markdown,
    /// A file with a JSON object a line
    Jsonl,
    /// A folder with a table a kind, and one of lists
    Csv,
    /// A STIX 2.1 bundle
    Stix,
}

/// How a format lies on disk, and who reads and writes it.
#[derive(Clone, Copy)]
enum Shape {
    /// A file an entry.
    Entries(&'static str, WriteEntry),
    /// One file.
    File(ReadWhole, WriteWhole),
    /// A folder of files that belong together.
    Folder(ReadWhole, WriteWhole),
}

type WriteEntry = fn(&Entry, &Layout<'_>) -> String;
type ReadWhole = fn(&Files, &Layout<'_>, &mut Losses) -> Result<Model, MigrateError>;
type WriteWhole = fn(&Model, &Layout<'_>, &mut Losses) -> Result<Files, MigrateError>;

impl Format {
    fn shape(self) -> Shape {
        match self {
            Self::Yaml => Shape::Entries("yaml", yaml::write),
            Self::Json => Shape::Entries("json", json::write),
            Self::Markdown => Shape::Entries("md", markdown::write),
            Self::Release => Shape::File(release::read, release::write),
            Self::Jsonl => Shape::File(jsonl::read, jsonl::write),
            Self::Stix => Shape::File(stix::read, stix::write),
            Self::Csv => Shape::Folder(csv::read, csv::write),
        }
    }

    /// An entry as the text of a file of a syntax, in its canonical form.
    #[must_use]
    pub fn entry_text(syntax: crate::syntax::Format, entry: &Entry, layout: &Layout<'_>) -> String {
        match syntax {
            crate::syntax::Format::Yaml => yaml::write(entry, layout),
            crate::syntax::Format::Json => json::write(entry, layout),
            crate::syntax::Format::Markdown => markdown::write(entry, layout),
        }
    }

    /// The word that names it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Yaml => "yaml",
            Self::Json => "json",
            Self::Markdown => "markdown",
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
            Self::Stix => "stix",
        }
    }

    /// Whether it is one file, not a folder.
    #[must_use]
    pub fn is_file(self) -> bool {
        matches!(self.shape(), Shape::File(..))
    }

    /// Whether each entry has a file of its own.
    #[must_use]
    pub fn has_entry_files(self) -> bool {
        matches!(self.shape(), Shape::Entries(..))
    }
}

/// Reads a corpus in memory, as [`Opened`] reads one on disk.
///
/// # Errors
///
/// What cannot be read without loss.
pub fn read(
    files: &Files,
    from: Format,
    layout: &Layout<'_>,
) -> Result<(Model, Vec<Loss>), MigrateError> {
    let mut losses = Losses::default();
    let model = run::parse(files, from, layout, &mut losses)?;
    Ok((model, losses.finish()))
}

/// Writes a corpus into memory, as [`Opened`] writes one to disk.
///
/// # Errors
///
/// What the format cannot hold.
pub fn write(
    model: &Model,
    to: Format,
    layout: &Layout<'_>,
) -> Result<(Files, Vec<Loss>), MigrateError> {
    let mut losses = Losses::default();
    let files = run::render(model, to, layout, &mut losses)?;
    Ok((files, losses.finish()))
}

/// Files in memory, by their paths below one folder. A format that is one file has one without a
/// path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files(Vec<(String, Vec<u8>)>);

impl Files {
    /// Files by their paths below one folder; a single file that is the whole has an empty path.
    #[must_use]
    pub fn new(files: Vec<(String, Vec<u8>)>) -> Self {
        Self(files)
    }

    /// A single file.
    fn one(text: String) -> Self {
        Self(vec![(String::new(), text.into_bytes())])
    }

    fn push(&mut self, path: String, bytes: Vec<u8>) {
        self.0.push((path, bytes));
    }

    /// Paths and bytes.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0
            .iter()
            .map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
    }

    /// Paths and texts.
    fn texts(&self) -> Result<Vec<(&str, &str)>, MigrateError> {
        let texts = self.iter().map(|(path, bytes)| {
            let text = crate::text::decode(bytes);
            let text = text.map_err(|_| MigrateError::new(Path::new(path), "it is not UTF-8 text"));
            Ok((path, text?))
        });
        texts.collect()
    }

    /// The text of the only file.
    fn only(&self) -> Result<(&str, &str), MigrateError> {
        let texts = self.texts()?;
        let first = texts.first().copied();
        first.ok_or_else(|| MigrateError::new(Path::new(""), "there is no file"))
    }
}
