//! A part of a corpus that is checked on its own, and its fact file.
//!
//! Which shard a file belongs to follows from its path alone: the 64-bit FNV-1a hash of the path,
//! relative to the folder of the profile and in UTF-8, of which the upper 32 bits are divided by the
//! number of shards; the remainder and one is the number of the shard. So machines divide a corpus in
//! the same way whatever they see first, and a file stays in its shard when others come and go.

use std::fmt;
use std::hash::Hasher;
use std::io::{self, Write};
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use fnv::FnvHasher;
use rayon::prelude::*;

use super::cache::Digest;
use super::cache::pack::{Header, Kept, Packer, pieces};
use super::{Options, Stage};
use crate::entry::Vocabulary;
use crate::schema::SchemaError;
use crate::snapshot::{SourceFile, Workspace};
use crate::text::decode_lossy;

/// Files whose outcomes are put together, and how many such batches wait to be written.
const BATCH: usize = 256;
const BATCHES: usize = 8;

/// Shards that a corpus can be divided into.
const MOST: u32 = 65_536;

/// One of the parts into which the files of a corpus are divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    number: u32,
    of: u32,
}

impl Shard {
    /// The shard with a number, from 1, of so many; `None` where there is none.
    #[must_use]
    pub fn new(number: u32, of: u32) -> Option<Self> {
        ((1..=of).contains(&number) && of <= MOST).then_some(Self { number, of })
    }

    /// The shard of so many that a path belongs to.
    #[must_use]
    pub fn with(path: &str, of: u32) -> Option<Self> {
        let mut hasher = FnvHasher::default();
        hasher.write(path.as_bytes());
        let upper = (hasher.finish() >> 32) as u32;
        Self::new(upper.checked_rem(of)? + 1, of)
    }

    /// Its number, from 1.
    #[must_use]
    pub fn number(self) -> u32 {
        self.number
    }

    /// How many shards there are.
    #[must_use]
    pub fn of(self) -> u32 {
        self.of
    }

    /// Whether a path belongs to it.
    #[must_use]
    pub fn takes(self, path: &str) -> bool {
        Self::with(path, self.of) == Some(self)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let shard = text.split_once('/').and_then(|(number, of)| {
            let digits = |text: &str| {
                let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
                text.parse().ok().filter(|_| is_plain)
            };
            Self::new(digits(number)?, digits(of)?)
        });
        shard.ok_or_else(|| {
            format!("a shard is K/N with K from 1 to N and N up to {MOST}, such as 2/8")
        })
    }
}

/// Why a fact file was not written.
#[derive(Debug)]
pub enum ShardError {
    /// A schema of the binary's profile cannot be compiled, or the configuration cannot be named.
    Schema(SchemaError),
    /// The configuration has no name.
    Digest,
    /// It cannot be written.
    Io(io::Error),
}

impl From<SchemaError> for ShardError {
    fn from(error: SchemaError) -> Self {
        Self::Schema(error)
    }
}

impl From<io::Error> for ShardError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl fmt::Display for ShardError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Schema(error) => error.fmt(f),
            Self::Digest => f.write_str("the configuration is too large to be named"),
            Self::Io(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ShardError {}

/// Checks the files of one shard, and writes what they give for [`super::link`]. `files` are those of
/// the whole corpus in the order of their paths, `folder` is where the corpus is in its repository.
///
/// No more is held in memory than the list of files and what a few hundred of them give.
///
/// # Errors
///
/// It cannot be written, or a schema of the binary's profile cannot be compiled.
pub fn write_facts(
    workspace: &Workspace,
    files: &[SourceFile],
    (shard, folder): (Shard, &str),
    options: &Options,
    progress: &AtomicUsize,
    out: &mut dyn Write,
) -> Result<(), ShardError> {
    let digest = Digest::of(workspace, options).ok_or(ShardError::Digest)?;
    let header = header(workspace, files, (shard, folder), options);
    let mut packer = Packer::begin(out, &header)?;
    let own: Vec<&SourceFile> = files
        .iter()
        .filter(|file| shard.takes(&file.path))
        .collect();
    progress.fetch_add(files.len() - own.len(), Ordering::Relaxed);
    let make = |batch: &[&SourceFile]| {
        let words = Vocabulary::default();
        let kept = Stage::new(workspace, options, &words).kept(batch, progress)?;
        Ok(pieces(kept, &words, (&digest, options.today)))
    };
    for group in own.chunks(BATCH * BATCHES) {
        let made: Vec<Vec<Vec<u8>>> = group
            .par_chunks(BATCH)
            .map(make)
            .collect::<Result<_, SchemaError>>()?;
        for piece in made.iter().flatten() {
            packer.add(piece)?;
        }
    }
    packer.end(own.len() as u64)?;
    Ok(())
}

fn header(
    workspace: &Workspace,
    files: &[SourceFile],
    (shard, folder): (Shard, &str),
    options: &Options,
) -> Header {
    let schemas = workspace.schemas.texts();
    let schemas = schemas.map(|(path, text)| (path.to_owned(), text.to_owned()));
    Header {
        program: program(),
        day: options.today,
        shard,
        folder: folder.to_owned(),
        profile: workspace
            .profile_path
            .is_some()
            .then(|| workspace.profile_name()),
        profile_text: workspace.text.to_string(),
        schemas: schemas.collect(),
        rules: (options.select.clone(), options.ignore.clone()),
        files: files.len() as u64,
        listing: listing(files.iter().map(|file| file.path.as_ref())),
    }
}

/// What may exchange facts: the same sources on machines with the same kind of numbers, because
/// sketches of prose are made of these.
pub(super) fn program() -> String {
    let (bits, order) = (usize::BITS, cfg!(target_endian = "big"));
    let order = if order { "big" } else { "little" };
    format!("{} ({bits} bits, {order} endian)", env!("CORPUSLINT_BUILD"))
}

/// A hash of the paths of a corpus, in their order.
pub(super) fn listing<'p>(paths: impl Iterator<Item = &'p str>) -> u64 {
    let mut hasher = FnvHasher::default();
    for path in paths {
        hasher.write(path.as_bytes());
        hasher.write(&[0]);
    }
    hasher.finish()
}

impl Stage<'_> {
    /// What each of some files gives, with its text.
    fn kept(
        &self,
        files: &[&SourceFile],
        progress: &AtomicUsize,
    ) -> Result<Vec<(Arc<str>, Kept)>, SchemaError> {
        let limit = self.workspace.profile.limits.file_bytes;
        let keep = |file: &&SourceFile| {
            let bytes = file.read(limit);
            let text = bytes.as_ref().ok().map(|bytes| decode_lossy(bytes));
            let kept = Kept {
                text,
                kind: file.kind.and_then(|kind| u16::try_from(kind).ok()),
                outcome: self.read(file, bytes)?,
            };
            progress.fetch_add(1, Ordering::Relaxed);
            Ok((Arc::clone(&file.path), kept))
        };
        files.iter().map(keep).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_are_read_and_written() {
        for text in ["1/1", "2/8", "65536/65536"] {
            let shard: Shard = text.parse().expect("a shard");
            assert_eq!(shard.to_string(), text);
        }
        for text in [
            "", "1", "/", "0/1", "2/1", "1/0", "+1/2", "1/ 2", "1/65537", "1/2/3", "a/b",
        ] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
    }

    /// These are promised to whoever divides a corpus by other means.
    #[test]
    fn the_shard_of_a_path_never_changes() {
        let number = |path: &str, of| Shard::with(path, of).expect("a shard").number();
        assert_eq!(number("corpus/motive/MT012.yaml", 1), 1);
        assert_eq!(number("corpus/motive/MT012.yaml", 7), 3);
        assert_eq!(number("corpus/détections/DT046.yaml", 1000), 433);
        assert_eq!(Shard::with("a", 0), None);
        let mut sizes = [0; 8];
        for n in 0..8000 {
            let path = format!("corpus/means/ME{n:03}.yaml");
            sizes[number(&path, 8) as usize - 1] += 1;
        }
        assert!(
            sizes.iter().all(|&size| (800..1200).contains(&size)),
            "{sizes:?}"
        );
    }
}
