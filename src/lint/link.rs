//! Joins what the shards of a corpus gave: what is found is what one run over the corpus finds.
//!
//! Fact files are not trusted to be whole or to belong together. All of each is read and held against
//! its checksums before anything is said, and the files have to be all shards of one division, of one
//! state of the corpus, by one program. The corpus itself is not needed: its texts are in the files.

mod agree;
mod store;

use std::io::{Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::civil::Date;
use rayon::prelude::*;

use super::cache::pack::{Damage, Header, Item, Next, Piece, Unpacker};
use super::cache::{Digest, OF_THE_DAY};
use super::gather::Gathered;
use super::shard::{self, Shard};
use super::{Options, Outcome, Report, Stage, finish};
use crate::diagnostic::{Diagnostic, Location};
use crate::entry::{Entry, Vocabulary, Written};
use crate::snapshot::{Origin, SourceFile, Workspace};
use crate::syntax::Format;
use crate::text::{Position, Span};
use store::{Store, Stored};

/// Pieces that are understood side by side.
const AT_ONCE: usize = 16;

/// Sets of kinds that the references of a corpus may be of; schemas name a few.
const KIND_SETS: u16 = 4096;

/// Why nothing was linked: one line for the person who asked.
#[derive(Debug)]
pub struct LinkError(String);

impl std::fmt::Display for LinkError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for LinkError {}

impl LinkError {
    fn of(name: &str, damage: Damage) -> Self {
        let reason = match damage {
            Damage::NoFacts => {
                "this is no fact file; `corpuslint check --shard K/N --facts-out FILE` writes one"
                    .to_owned()
            }
            Damage::OtherLayout => "another version of corpuslint wrote this fact file; make it \
                                    with the one that links"
                .to_owned(),
            Damage::OtherProgram(other) => format!(
                "corpuslint {other} wrote this fact file, and this is {}; make it with the program \
                 that links",
                shard::program()
            ),
            Damage::Cut => "the fact file ends too early; copy or make it again".to_owned(),
            Damage::Broken => {
                "the fact file is not as it was written; copy or make it again".to_owned()
            }
            Damage::Io(error) => error.to_string(),
        };
        Self(format!("{name}: {reason}"))
    }
}

/// Linked fact files: what is found in the whole corpus, and the texts that findings point into.
pub struct Union<R> {
    /// The configuration. Its folder is empty: it is not known on this machine.
    pub workspace: Workspace,
    /// What was found.
    pub report: Report,
    /// Where the corpus is in its repository, parts joined by `/`; empty at the top.
    pub folder: String,
    store: Store<R>,
}

impl<R: Read + Seek> Union<R> {
    /// The text of the file that a place is in, where it could be read.
    ///
    /// # Errors
    ///
    /// The fact file cannot be read any more.
    pub fn text(&self, location: &Location) -> Result<Option<String>, LinkError> {
        match self.store.get(&location.path) {
            Some(file) => self.store.text(file),
            None => {
                let text = self.workspace.configuration(&location.path);
                Ok(text.map(str::to_owned))
            }
        }
    }
}

/// Links fact files, each given with the name that messages call it by. `progress` counts the files
/// of the corpus.
///
/// # Errors
///
/// One of them is broken or missing, or they do not belong together.
pub fn link<R: Read + Seek + Send>(
    sources: Vec<(String, R)>,
    progress: &AtomicUsize,
) -> Result<Union<R>, LinkError> {
    let mut opened = Vec::with_capacity(sources.len());
    for (name, source) in sources {
        let read = Unpacker::open(source, &shard::program());
        let (header, unpacker) = read.map_err(|damage| LinkError::of(&name, damage))?;
        opened.push(Opened {
            name,
            header,
            unpacker,
        });
    }
    let day = agree::check(&opened)?;
    let Some(first) = opened.first() else {
        return Err(LinkError("no fact file was given".to_owned()));
    };
    let header = first.header.clone();
    let workspace = workspace(&first.name, &header)?;
    let options = Options {
        select: header.rules.0.clone(),
        ignore: header.rules.1.clone(),
        today: day,
        whole_corpus: true,
        cache: None,
    };
    let words = Vocabulary::default();
    let stage = Stage::new(&workspace, &options, &words);
    let (store, gathered) = stage.unpack(opened, progress)?;
    if shard::listing(store.paths().map(AsRef::as_ref)) != header.listing {
        // Each file is as it was written, so that this is a fault of the program or a forgery.
        return Err(LinkError(
            "the shards do not hold all files of the corpus; make them again".to_owned(),
        ));
    }
    let linked = stage.joined(store.paths(), gathered);
    let mut late = stage.corpus(&linked.corpus);
    store.locate(&mut late, &workspace)?;
    let (report, _) = linked.reported(late, &stage.levels);
    Ok(Union {
        report,
        folder: header.folder,
        store,
        workspace,
    })
}

/// A fact file whose header was read.
struct Opened<R> {
    name: String,
    header: Header,
    unpacker: Unpacker<R>,
}

/// The configuration that a header holds.
fn workspace(name: &str, header: &Header) -> Result<Workspace, LinkError> {
    let unusable = |reason: String| LinkError(format!("{name}: {reason}"));
    let Some(profile) = &header.profile else {
        let workspace = Workspace::embedded(PathBuf::new());
        return workspace.map_err(|error| unusable(error.to_string()));
    };
    let texts = |path: &Path| {
        if path == Path::new(profile) {
            return Some(header.profile_text.clone());
        }
        let mut schemas = header.schemas.iter();
        let known = schemas.find(|(known, _)| Path::new(known) == path);
        // Nothing is read from this machine's disk; an empty text is no schema.
        Some(known.map_or(String::new(), |(_, text)| text.clone()))
    };
    Workspace::with_texts(Path::new(profile), &texts).map_err(|fault| {
        let file = fault.file.unwrap_or_else(|| profile.clone());
        unusable(format!("{file}:{}: {}", fault.at, fault.message))
    })
}

/// What several files gave, numbered from 0 in the order in which they were read.
#[derive(Default)]
struct Part {
    files: Vec<Stored>,
    gathered: Gathered,
}

impl Part {
    fn append(&mut self, mut behind: Self) {
        let before = self.files.len();
        self.files.append(&mut behind.files);
        for entry in &mut behind.gathered.entries {
            entry.file += before as u32;
        }
        for (number, _) in &mut behind.gathered.broken_ids {
            *number += before;
        }
        self.gathered = std::mem::take(&mut self.gathered).join(behind.gathered);
    }

    /// All in the order of the paths, as one run has it.
    fn sorted(self) -> (Vec<Stored>, Gathered) {
        let (mut files, mut gathered) = (self.files, self.gathered);
        let mut order: Vec<u32> = (0..files.len() as u32).collect();
        order.par_sort_unstable_by(|a, b| {
            let path = |at: &u32| &files[*at as usize].path;
            path(a).cmp(path(b))
        });
        let mut ranks = vec![0; files.len()];
        for (rank, old) in (0..).zip(&order) {
            ranks[*old as usize] = rank;
        }
        files.par_sort_unstable_by(|a, b| a.path.cmp(&b.path));
        for entry in &mut gathered.entries {
            entry.file = ranks[entry.file as usize];
        }
        for (number, _) in &mut gathered.broken_ids {
            *number = ranks[*number] as usize;
        }
        // What one file gave keeps its order.
        gathered.entries.par_sort_by_key(|entry| entry.file);
        gathered.broken_ids.sort_by_key(|(number, _)| *number);
        gathered
            .diagnostics
            .par_sort_by(|a, b| a.location.path.cmp(&b.location.path));
        gathered.suppressions.par_sort_by(|(a, _), (b, _)| a.cmp(b));
        (files, gathered)
    }
}

impl Stage<'_> {
    /// All that is in fact files.
    fn unpack<R: Read + Seek + Send>(
        &self,
        opened: Vec<Opened<R>>,
        progress: &AtomicUsize,
    ) -> Result<(Store<R>, Gathered), LinkError> {
        let unnamed = || LinkError("the configuration is too large to be named".to_owned());
        let digest = Digest::of(self.workspace, self.options).ok_or_else(unnamed)?;
        let mut all = Part::default();
        let mut sources = Vec::with_capacity(opened.len());
        for (number, mut file) in (0..).zip(opened) {
            let reader = Reader {
                stage: self,
                digest: &digest,
                day: file.header.day,
                shard: file.header.shard,
                source: number,
            };
            let before = all.files.len();
            let count = reader
                .read(&mut file.unpacker, &mut all, progress)
                .map_err(|fault| fault.of(&file.name))?;
            let own = &all.files[before..];
            if count != own.len() as u64 || !own.is_sorted_by(|a, b| a.path < b.path) {
                return Err(LinkError::of(&file.name, Damage::Broken));
            }
            sources.push((file.name, file.unpacker.into_source()));
        }
        let (files, gathered) = all.sorted();
        Ok((Store::new(sources, files), gathered))
    }
}

/// What keeps a fact file from being linked.
enum Fault {
    Damage(Damage),
    /// A path that is in another shard.
    Foreign(Arc<str>, Option<Shard>),
    /// A date that had not come when the shard was checked may have come since.
    Day(Date, Date),
}

impl From<Damage> for Fault {
    fn from(damage: Damage) -> Self {
        Self::Damage(damage)
    }
}

impl Fault {
    fn of(self, name: &str) -> LinkError {
        match self {
            Self::Damage(damage) => LinkError::of(name, damage),
            Self::Foreign(path, shard) => {
                let shard = shard.map_or(String::new(), |shard| format!(" of shard {shard}"));
                LinkError(format!("{name}: it holds {path}, which is a file{shard}"))
            }
            Self::Day(then, now) => LinkError(format!(
                "{name}: it was made on {then} and holds a date that had not come by then, others \
                 were made on {now}; make it again"
            )),
        }
    }
}

/// Reads one fact file.
struct Reader<'r> {
    stage: &'r Stage<'r>,
    digest: &'r Digest,
    day: Date,
    shard: Shard,
    /// The number of the fact file.
    source: u32,
}

impl Reader<'_> {
    /// Adds all that is in the file; gives how many files it says to hold.
    fn read<R: Read>(
        &self,
        unpacker: &mut Unpacker<R>,
        all: &mut Part,
        progress: &AtomicUsize,
    ) -> Result<u64, Fault> {
        loop {
            let mut pieces = Vec::with_capacity(AT_ONCE);
            let mut end = None;
            while end.is_none() && pieces.len() < AT_ONCE {
                match unpacker.next()? {
                    Next::Piece(piece) => pieces.push(piece),
                    Next::End(files) => end = Some(files),
                }
            }
            let parts = pieces.into_par_iter().map(|piece| self.part(piece));
            for part in parts.collect::<Result<Vec<Part>, Fault>>()? {
                progress.fetch_add(part.files.len(), Ordering::Relaxed);
                all.append(part);
            }
            if let Some(files) = end {
                return Ok(files);
            }
        }
    }

    fn part(&self, piece: Piece) -> Result<Part, Fault> {
        let items = piece.items(self.stage.words, (self.digest, self.day));
        let mut part = Part::default();
        for item in items.ok_or(Damage::Broken)? {
            self.check(&item)?;
            let file = self.stored(&item);
            let number = part.files.len();
            part.gathered
                .add(number, &file.as_source(Arc::default()), item.kept.outcome);
            part.files.push(file);
        }
        Ok(part)
    }

    fn stored(&self, item: &Item) -> Stored {
        Stored {
            path: Arc::clone(&item.path),
            kind: item.kept.kind,
            source: self.source,
            at: item.at,
            length: item.length,
        }
    }

    /// What no checksum says: that it is what the program writes.
    fn check(&self, item: &Item) -> Result<(), Fault> {
        if !self.shard.takes(&item.path) {
            let owner = Shard::with(&item.path, self.shard.of());
            return Err(Fault::Foreign(Arc::clone(&item.path), owner));
        }
        let outcome = &item.kept.outcome;
        let today = self.stage.options.today;
        let of_the_day = |found: &Diagnostic| found.rule == OF_THE_DAY;
        if self.day != today && outcome.diagnostics.iter().any(of_the_day) {
            return Err(Fault::Day(self.day, today));
        }
        let workspace = self.stage.workspace;
        let known = item
            .kept
            .kind
            .is_none_or(|kind| usize::from(kind) < workspace.profile.kinds.len());
        if !known || !is_sound(outcome, &item.path, workspace) {
            return Err(Damage::Broken.into());
        }
        Ok(())
    }
}

/// Whether rules and reports can rely on an outcome.
fn is_sound(outcome: &Outcome, path: &Arc<str>, workspace: &Workspace) -> bool {
    let found = outcome.diagnostics.iter().all(|found| {
        let mut related = found.related.iter().map(|related| &related.location);
        found.location.path == *path
            && found.change.is_none()
            && is_place(&found.location)
            && related.all(is_place)
    });
    let mut suppressions = outcome.suppressions.iter();
    let mut entries = outcome.facts.entries.iter();
    found
        && suppressions.all(|found| are_positions(found.start, found.end) && found.is_trusted)
        && entries.all(|entry| is_entry(entry, workspace))
}

fn is_place(location: &Location) -> bool {
    location.revision.is_none() && are_positions(location.start, location.end)
}

fn are_positions(start: Position, end: Position) -> bool {
    let known = |at: Position| at.line > 0 && at.column > 0;
    known(start) && known(end) && start.offset <= end.offset
}

fn is_entry(entry: &Entry, workspace: &Workspace) -> bool {
    // Between two quotes there is something, or at least the quotes.
    let fits = |written: Written, span: Span| written != Written::Quoted || span.len() >= 2;
    let mut dates = entry.dates.iter();
    let mut references = entry.references.iter();
    usize::from(entry.kind) < workspace.schemas.entry_kinds().len()
        && usize::from(entry.form) < workspace.profile.kinds.len()
        && entry.content.is_none()
        && dates.all(|date| fits(date.written, date.span))
        && references.all(|it| fits(it.written, it.span) && it.kinds < KIND_SETS)
}
