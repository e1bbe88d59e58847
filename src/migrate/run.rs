//! Reads, writes, and where it is asked for reads again and compares.

mod bundle;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use super::jsonl::{self, UNKNOWN_FILE};
use super::layout::Layout;
use super::loss::{Loss, Losses, NO_ENTRY, NO_OWNER, Spot};
use super::model::{Entry, Model, Unknown};
use super::verify::{self, Verification};
use super::{Files, Format, MigrateError, Shape, Sink, WriteEntry, files};
use crate::snapshot::{Finder, SourceFile, Unread, relative, stem};

/// What is asked for.
pub struct Job<'j> {
    /// The profile and its schemas.
    pub layout: &'j Layout<'j>,
    /// The format of the source.
    pub from: Format,
    /// The format of the target.
    pub to: Format,
    /// The source: a file, or a folder.
    pub source: &'j Path,
    /// Whether the way back is gone too.
    pub proof: Proof,
}

/// Whether a migration is proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// There only.
    None,
    /// There and back, and compared.
    ThereAndBack,
}

/// What a migration did.
#[derive(Debug)]
pub struct Migrated {
    /// Entries in the source.
    pub entries: usize,
    /// Files that were given to the sink.
    pub files: usize,
    /// What was lost.
    pub losses: Vec<Loss>,
    /// What the way back shows.
    pub verification: Option<Verification>,
}

/// Entries that are in memory at once, for each of which there is a thread's work.
const BATCH: usize = 512;

/// A source that was found and is not read yet.
pub struct Opened<'j> {
    job: &'j Job<'j>,
    source: Source,
}

impl<'j> Opened<'j> {
    /// Finds the source.
    ///
    /// # Errors
    ///
    /// It is not there, or not what its format says.
    pub fn new(job: &'j Job<'j>) -> Result<Self, MigrateError> {
        let source = Source::open(job)?;
        Ok(Self { job, source })
    }

    /// Entries to come, as far as that is known before they are read; else 0.
    #[must_use]
    pub fn expected(&self) -> usize {
        match &self.source {
            Source::Entries(found) => found.files.len(),
            Source::Texts(_) => 0,
        }
    }

    /// Migrates. `progress` counts entries.
    ///
    /// # Errors
    ///
    /// A source that cannot be read without loss of what is in it, or a sink that refuses.
    pub fn run(self, sink: &dyn Sink, progress: &AtomicUsize) -> Result<Migrated, MigrateError> {
        let job = self.job;
        match (self.source, job.to.shape()) {
            (Source::Entries(found), Shape::Entries(extension, write)) => {
                let stream = Stream {
                    job,
                    sink,
                    extension,
                    write,
                    progress,
                };
                stream.run(found)
            }
            (Source::Entries(found), _) if job.to == Format::Stix && job.proof == Proof::None => {
                bundle::run(job, found, sink, progress)
            }
            (source, _) => whole(job, &source, sink, progress),
        }
    }
}

/// Reads all entries, then writes all.
fn whole(
    job: &Job<'_>,
    source: &Source,
    sink: &dyn Sink,
    progress: &AtomicUsize,
) -> Result<Migrated, MigrateError> {
    let mut losses = Losses::default();
    let mut model = source.model(job, &mut losses, progress)?;
    model.sort();
    let stems = model.entries.iter().map(Entry::stem);
    with_owner(&mut model.unknown, stems, &mut losses);
    if model.entries.is_empty() {
        return Err(MigrateError::new(job.source, "no entry found"));
    }
    let mut migrated = Migrated {
        entries: model.entries.len(),
        files: model.entries.len() + usize::from(!model.unknown.is_empty()),
        losses: Vec::new(),
        verification: None,
    };
    if job.proof == Proof::None
        && let Shape::Entries(extension, write) = job.to.shape()
    {
        put_entries(&model, (extension, write), job.layout, sink, progress)?;
        migrated.losses = losses.finish();
        return Ok(migrated);
    }
    let files = render(&model, job.to, job.layout, &mut losses)?;
    migrated.files = files.0.len();
    migrated.losses = losses.finish();
    if job.proof == Proof::ThereAndBack {
        migrated.verification = Some(verify::whole(&verify::Trip {
            job,
            model: &model,
            files: &files,
            original: source.texts(),
            losses: &migrated.losses,
        })?);
    }
    files
        .0
        .par_iter()
        .try_for_each(|(path, bytes)| sink.put(path, bytes))?;
    Ok(migrated)
}

/// Writes entries one by one, on all threads.
fn put_entries(
    model: &Model,
    (extension, write): (&str, WriteEntry),
    layout: &Layout<'_>,
    sink: &dyn Sink,
    progress: &AtomicUsize,
) -> Result<(), MigrateError> {
    model.entries.par_iter().try_for_each(|entry| {
        let text = write(entry, layout);
        progress.fetch_add(1, Ordering::Relaxed);
        sink.put(&format!("{}.{extension}", entry.path), text.as_bytes())
    })?;
    put_unknown(&model.unknown, sink)
}

fn put_unknown(unknown: &[Unknown], sink: &dyn Sink) -> Result<(), MigrateError> {
    if unknown.is_empty() {
        return Ok(());
    }
    sink.put(UNKNOWN_FILE, jsonl::unknown(unknown).as_bytes())
}

/// A model as files in memory.
pub(super) fn render(
    model: &Model,
    to: Format,
    layout: &Layout<'_>,
    losses: &mut Losses,
) -> Result<Files, MigrateError> {
    match to.shape() {
        Shape::File(_, write) | Shape::Folder(_, write) => write(model, layout, losses),
        Shape::Entries(extension, write) => {
            let texts = model.entries.par_iter().map(|entry| {
                let path = format!("{}.{extension}", entry.path);
                (path, write(entry, layout).into_bytes())
            });
            let mut files = Files(texts.collect());
            if !model.unknown.is_empty() {
                let lines = jsonl::unknown(&model.unknown);
                files.push(UNKNOWN_FILE.to_owned(), lines.into_bytes());
            }
            Ok(files)
        }
    }
}

/// Files in memory as a model.
pub(super) fn parse(
    files: &Files,
    from: Format,
    layout: &Layout<'_>,
    losses: &mut Losses,
) -> Result<Model, MigrateError> {
    let mut model = match from.shape() {
        Shape::File(read, _) | Shape::Folder(read, _) => read(files, layout, losses)?,
        Shape::Entries(..) => {
            let mut model = Model::default();
            for (path, bytes) in files.iter() {
                if path == UNKNOWN_FILE {
                    let text = String::from_utf8_lossy(bytes);
                    model.unknown = jsonl::unknown_lines(path, &text, layout.limits())?;
                } else {
                    model
                        .entries
                        .push(files::read(path, bytes, layout, losses)?);
                }
            }
            model
        }
    };
    model.sort();
    Ok(model)
}

/// A source that was found.
enum Source {
    Texts(Files),
    Entries(Found),
}

/// Files of entries below a folder.
struct Found {
    root: PathBuf,
    files: Vec<SourceFile>,
    /// Files that are no entries.
    strays: Losses,
    unknown: Vec<Unknown>,
}

impl Source {
    fn open(job: &Job<'_>) -> Result<Self, MigrateError> {
        let source = job.source;
        let refuse = |reason: &str| Err(MigrateError::new(source, reason));
        let is_folder = source.is_dir();
        match job.from.shape() {
            Shape::Entries(..) if is_folder => Found::walk(job).map(Self::Entries),
            Shape::File(..) if is_folder => refuse("this is a folder; the format is a file"),
            Shape::File(..) => {
                let bytes = std::fs::read(source);
                let bytes = bytes.map_err(|error| MigrateError::new(source, error.to_string()))?;
                Ok(Self::Texts(Files(vec![(String::new(), bytes)])))
            }
            Shape::Folder(..) if is_folder => folder(source).map(Self::Texts),
            _ if source.exists() => refuse("this is no folder; the format is one"),
            _ => refuse("there is no such file or folder"),
        }
    }

    fn texts(&self) -> Option<&Files> {
        match self {
            Self::Texts(files) => Some(files),
            Self::Entries(_) => None,
        }
    }

    fn model(
        &self,
        job: &Job<'_>,
        losses: &mut Losses,
        progress: &AtomicUsize,
    ) -> Result<Model, MigrateError> {
        let found = match self {
            Self::Texts(files) => {
                return parse(files, job.from, job.layout, losses).map_err(|error| {
                    let inner = error.to_string();
                    MigrateError::new(job.source, inner)
                });
            }
            Self::Entries(found) => found,
        };
        let mut read: Vec<(Entry, Losses)> = Vec::new();
        found
            .files
            .par_iter()
            .map(|file| {
                progress.fetch_add(1, Ordering::Relaxed);
                found.read(file, job.layout)
            })
            .collect::<Result<Vec<_>, _>>()?
            .into_iter()
            .for_each(|item| read.push(item));
        let mut model = Model {
            entries: Vec::with_capacity(read.len()),
            unknown: found.unknown.clone(),
        };
        for (entry, more) in read {
            losses.extend(more);
            model.entries.push(entry);
        }
        losses.extend(found.strays.clone());
        refuse_twice(&mut model)?;
        Ok(model)
    }
}

/// Leaves out unknown fields of entries that are gone, and says so.
fn with_owner<'e>(
    unknown: &mut Vec<Unknown>,
    stems: impl Iterator<Item = &'e str>,
    losses: &mut Losses,
) {
    if unknown.is_empty() {
        return;
    }
    let stems: BTreeSet<&str> = stems.collect();
    unknown.retain(|unknown| {
        let Some(entry) = &unknown.entry else {
            return true;
        };
        let there = stems.contains(entry.as_str());
        if !there {
            let place = Spot {
                file: UNKNOWN_FILE.to_owned(),
                pointer: String::new(),
            };
            losses.add(NO_OWNER, Some(entry), "its unknown fields", place);
        }
        there
    });
}

/// Sorts entries, and refuses two with one path.
fn refuse_twice(model: &mut Model) -> Result<(), MigrateError> {
    model.sort();
    let mut pairs = model.entries.windows(2);
    match pairs.find(|pair| pair[0].path == pair[1].path) {
        None => Ok(()),
        Some(pair) => {
            let reason = "two files hold this entry; remove one of them first";
            Err(MigrateError::new(Path::new(&pair[0].path), reason))
        }
    }
}

/// The files of a folder that belong to one format.
fn folder(source: &Path) -> Result<Files, MigrateError> {
    let refuse = |error: std::io::Error| MigrateError::new(source, error.to_string());
    let mut files = Files::default();
    for item in std::fs::read_dir(source).map_err(refuse)? {
        let item = item.map_err(refuse)?;
        let name = item.file_name().to_string_lossy().into_owned();
        let is_table = name
            .rsplit_once('.')
            .is_some_and(|(_, extension)| extension == "csv");
        if item.file_type().map_err(refuse)?.is_file() && (is_table || name == UNKNOWN_FILE) {
            files.push(name, std::fs::read(item.path()).map_err(refuse)?);
        }
    }
    files.0.sort();
    Ok(files)
}

impl Found {
    fn walk(job: &Job<'_>) -> Result<Self, MigrateError> {
        let workspace = job.layout.workspace;
        let inner = job.source.join(&workspace.profile.root);
        let whole = !workspace.profile.root.is_empty() && inner.is_dir();
        let root = if whole { inner } else { job.source.to_owned() };
        let refuse = |reason: String| MigrateError::new(&root, reason);
        let files = Finder::new(workspace, root.clone())
            .walk(&root)
            .map_err(|error| MigrateError::new(Path::new(""), error.to_string()))?;
        let (mut entries, mut strays) = (Vec::new(), Losses::default());
        for file in files {
            let is_entry = file.kind.is_some_and(|kind| job.layout.is_entry(kind));
            let reason = match &file.stray {
                Some(reason) => Some(reason.clone()),
                None if !is_entry => Some("no kind of the profile takes it".to_owned()),
                None => None,
            };
            match reason {
                None => entries.push(file),
                Some(reason) => {
                    let file = below(&root, &file);
                    let place = Spot {
                        file: file.clone(),
                        pointer: String::new(),
                    };
                    strays.add(NO_ENTRY, None, format!("{file}: {reason}"), place);
                }
            }
        }
        if entries.is_empty() {
            return Err(refuse("no entry found".to_owned()));
        }
        let unknown = match std::fs::read_to_string(root.join(UNKNOWN_FILE)) {
            Ok(text) => jsonl::unknown_lines(UNKNOWN_FILE, &text, job.layout.limits())?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(refuse(format!("{UNKNOWN_FILE}: {error}"))),
        };
        Ok(Self {
            root,
            files: entries,
            strays,
            unknown,
        })
    }

    fn read(
        &self,
        file: &SourceFile,
        layout: &Layout<'_>,
    ) -> Result<(Entry, Losses), MigrateError> {
        let path = below(&self.root, file);
        let refuse = |reason: String| MigrateError::new(Path::new(&path), reason);
        let bytes = file
            .read(layout.workspace.profile.limits.file_bytes)
            .map_err(|unread| refuse(words(&unread)))?;
        let mut losses = Losses::default();
        let entry = files::read(&path, &bytes, layout, &mut losses)?;
        Ok((entry, losses))
    }
}

fn words(unread: &Unread) -> String {
    match unread {
        Unread::Stray(reason) | Unread::Unreadable(reason) => reason.clone(),
        Unread::TooLarge { bytes, limit } => format!("{bytes} bytes are more than {limit}"),
        Unread::NotText(_) => "it is not UTF-8 text".to_owned(),
    }
}

fn below(root: &Path, file: &SourceFile) -> String {
    match file.disk() {
        Some(path) => relative(root, &path),
        None => file.path.to_string(),
    }
}

/// Entries from one file each to one file each: no more than a batch of them is in memory.
struct Stream<'j> {
    job: &'j Job<'j>,
    sink: &'j dyn Sink,
    extension: &'static str,
    write: WriteEntry,
    progress: &'j AtomicUsize,
}

impl Stream<'_> {
    fn run(&self, mut found: Found) -> Result<Migrated, MigrateError> {
        let mut losses = std::mem::take(&mut found.strays);
        let stems = found.files.iter().map(|file| stem(&file.path));
        with_owner(&mut found.unknown, stems, &mut losses);
        let mut verification = Verification::default();
        for batch in found.files.chunks(BATCH) {
            let done = batch.par_iter().map(|file| self.one(&found, file));
            let done: Vec<(Losses, Verification)> = done.collect::<Result<_, _>>()?;
            for (more, compared) in done {
                losses.extend(more);
                verification.extend(compared);
            }
        }
        put_unknown(&found.unknown, self.sink)?;
        Ok(Migrated {
            entries: found.files.len(),
            files: found.files.len() + usize::from(!found.unknown.is_empty()),
            losses: losses.finish(),
            verification: (self.job.proof == Proof::ThereAndBack).then_some(verification),
        })
    }

    fn one(
        &self,
        found: &Found,
        file: &SourceFile,
    ) -> Result<(Losses, Verification), MigrateError> {
        let layout = self.job.layout;
        let (entry, losses) = found.read(file, layout)?;
        let text = (self.write)(&entry, layout);
        let path = format!("{}.{}", entry.path, self.extension);
        let mut verification = Verification::default();
        if self.job.proof == Proof::ThereAndBack {
            let back = files::read(&path, text.as_bytes(), layout, &mut Losses::default())?;
            verification.entry(&entry, &back);
        }
        self.sink.put(&path, text.as_bytes())?;
        self.progress.fetch_add(1, Ordering::Relaxed);
        Ok((losses, verification))
    }
}
