//! A fact file: what the files of one shard gave, in one piece of bytes that any machine can read.
//!
//! ```text
//! magic
//! length and checksum of the header; the header
//! pieces, each: 1, its length, its checksum, a segment of outcomes
//! the end: 0, the number of files, a checksum of the checksums of all pieces
//! ```
//!
//! An outcome stands behind the text of its file, so that whoever links needs no corpus. Lengths,
//! numbers and checksums have eight bytes, the lowest first. Each byte is under a checksum, and
//! reading is total: what nothing wrote is [`Damage`].

use std::hash::Hasher;
use std::io::{self, Read, Write};
use std::sync::Arc;

use fnv::FnvHasher;
use jiff::civil::Date;

use super::codec::{Put, Table, Take, Value};
use super::segment::{Segment, Writer, checksum};
use super::{Digest, Key};
use crate::entry::Vocabulary;
use crate::lint::Outcome;
use crate::lint::shard::Shard;

/// The first bytes of a fact file of this layout.
const MAGIC: &[u8] = b"corpuslint shard 1\n";
/// The first bytes of a fact file of any layout.
const FAMILY: &[u8] = b"corpuslint shard ";

/// Bytes of a header: a profile and its schemas.
const HEADER_BYTES: u64 = 256 << 20;

/// Bytes of texts after which a new piece is begun.
const PIECE_BYTES: usize = 4 << 20;

/// What comes next in a fact file.
const PIECE: u8 = 1;
const END: u8 = 0;

/// What a fact file says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::lint) struct Header {
    /// The program that wrote it, by the digest of its sources, and the machine's kind of numbers.
    pub program: String,
    /// The day on which it was written.
    pub day: Date,
    pub shard: Shard,
    /// The folder of the profile, as it is seen from the top of the repository.
    pub folder: String,
    /// What the profile is called; `None` for the one in the binary.
    pub profile: Option<String>,
    pub profile_text: String,
    /// The schema files with their texts, in the order of their paths.
    pub schemas: Vec<(String, String)>,
    /// The rules of `--select` and of `--ignore`.
    pub rules: (Vec<String>, Vec<String>),
    /// How many files the whole corpus has.
    pub files: u64,
    /// A hash of the paths of all files of the corpus.
    pub listing: u64,
}

impl Value for Header {
    fn put(&self, put: &mut Put<'_>) {
        self.day.put(put);
        self.shard.number().put(put);
        self.shard.of().put(put);
        self.folder.put(put);
        self.profile.put(put);
        self.profile_text.put(put);
        self.schemas.put(put);
        self.rules.put(put);
        self.files.put(put);
        self.listing.put(put);
    }

    fn take(take: &mut Take<'_>) -> Option<Self> {
        Some(Self {
            program: String::new(),
            day: Value::take(take)?,
            shard: Shard::new(Value::take(take)?, Value::take(take)?)?,
            folder: Value::take(take)?,
            profile: Value::take(take)?,
            profile_text: Value::take(take)?,
            schemas: Value::take(take)?,
            rules: Value::take(take)?,
            files: Value::take(take)?,
            listing: Value::take(take)?,
        })
    }
}

/// What a fact file holds of one file.
pub(in crate::lint) struct Kept {
    /// Its text, where it could be read. It is left out in reading: [`text_of`] gives it.
    pub text: Option<String>,
    /// Its kind by its name.
    pub kind: Option<u16>,
    pub outcome: Outcome,
}

impl Value for Kept {
    fn put(&self, put: &mut Put<'_>) {
        self.text.put(put);
        self.kind.put(put);
        self.outcome.put(put);
    }

    fn take(take: &mut Take<'_>) -> Option<Self> {
        if bool::take(take)? {
            take.text()?;
        }
        Some(Self {
            text: None,
            kind: Value::take(take)?,
            outcome: Value::take(take)?,
        })
    }
}

/// The text in the bytes of a [`Kept`]; the outer `None` where they are no such bytes.
pub(in crate::lint) fn text_of(body: &[u8]) -> Option<Option<String>> {
    let mut take = Take {
        rest: body,
        names: &[],
        kinds: &[],
    };
    Value::take(&mut take)
}

/// What files gave that follow one another in the order of their paths, as pieces.
pub(in crate::lint) fn pieces(
    kept: Vec<(Arc<str>, Kept)>,
    words: &Vocabulary,
    (digest, day): (&Digest, Date),
) -> Vec<Vec<u8>> {
    let mut pieces = Vec::new();
    let mut writer = Writer::new(words);
    let mut bytes = 0;
    for (path, kept) in kept {
        bytes += kept.text.as_ref().map_or(0, String::len);
        // The text itself is there, so no name of it is needed.
        let blob = [0; 20];
        writer.add(Key { path, blob }, &kept);
        if bytes > PIECE_BYTES {
            let full = std::mem::replace(&mut writer, Writer::new(words));
            pieces.push(full.finish(digest, day));
            bytes = 0;
        }
    }
    if !writer.is_empty() {
        pieces.push(writer.finish(digest, day));
    }
    pieces
}

/// Writes a fact file piece by piece.
pub(in crate::lint) struct Packer<'o> {
    out: &'o mut dyn Write,
    sums: FnvHasher,
}

impl<'o> Packer<'o> {
    pub(in crate::lint) fn begin(out: &'o mut dyn Write, header: &Header) -> io::Result<Self> {
        let mut put = Put {
            bytes: Vec::new(),
            names: Table::default(),
            kinds: Table::default(),
            words: &Vocabulary::default(),
        };
        // The program comes first and stays there, so that it can be told whatever the rest means.
        header.program.put(&mut put);
        header.put(&mut put);
        out.write_all(MAGIC)?;
        out.write_all(&(put.bytes.len() as u64).to_le_bytes())?;
        out.write_all(&plain_checksum(&put.bytes).to_le_bytes())?;
        out.write_all(&put.bytes)?;
        Ok(Self {
            out,
            sums: FnvHasher::default(),
        })
    }

    pub(in crate::lint) fn add(&mut self, piece: &[u8]) -> io::Result<()> {
        if u32::try_from(piece.len()).is_err() {
            let reason = "a file is too large to be kept; see `file-bytes` in the profile";
            return Err(io::Error::other(reason));
        }
        let sum = checksum(piece);
        self.sums.write(&sum.to_le_bytes());
        self.out.write_all(&[PIECE])?;
        self.out.write_all(&(piece.len() as u64).to_le_bytes())?;
        self.out.write_all(&sum.to_le_bytes())?;
        self.out.write_all(piece)
    }

    pub(in crate::lint) fn end(mut self, files: u64) -> io::Result<()> {
        self.sums.write(&files.to_le_bytes());
        self.out.write_all(&[END])?;
        self.out.write_all(&files.to_le_bytes())?;
        self.out.write_all(&self.sums.finish().to_le_bytes())
    }
}

/// A checksum that is the same on every kind of machine.
fn plain_checksum(bytes: &[u8]) -> u64 {
    let mut hasher = FnvHasher::default();
    hasher.write(bytes);
    hasher.finish()
}

/// Why a fact file is not believed.
#[derive(Debug)]
pub(in crate::lint) enum Damage {
    /// It is something else.
    NoFacts,
    /// It has another layout.
    OtherLayout,
    /// This program wrote it, whose facts mean something else.
    OtherProgram(String),
    /// It ends too early.
    Cut,
    /// Its bytes are not those that were written.
    Broken,
    /// It cannot be read.
    Io(io::Error),
}

impl From<io::Error> for Damage {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Cut,
            _ => Self::Io(error),
        }
    }
}

/// Reads a fact file piece by piece.
pub(in crate::lint) struct Unpacker<R> {
    source: R,
    sums: FnvHasher,
    at: u64,
}

/// What comes next in a fact file.
pub(in crate::lint) enum Next {
    /// Some outcomes.
    Piece(Piece),
    /// The end of one that has so many files.
    End(u64),
}

/// Some outcomes, and where in the fact file they begin.
pub(in crate::lint) struct Piece {
    at: u64,
    bytes: Vec<u8>,
}

/// One outcome of a piece.
pub(in crate::lint) struct Item {
    pub path: Arc<str>,
    pub kept: Kept,
    /// Where its bytes begin in the fact file, and how many they are.
    pub at: u64,
    pub length: u32,
}

impl<R: Read> Unpacker<R> {
    /// Reads the header. `own` is the program that reads.
    pub(in crate::lint) fn open(source: R, own: &str) -> Result<(Header, Self), Damage> {
        let mut unpacker = Self {
            source,
            sums: FnvHasher::default(),
            at: 0,
        };
        let mut magic = Vec::new();
        let length = MAGIC.len() as u64;
        let start = unpacker.source.by_ref().take(length);
        { start }.read_to_end(&mut magic)?;
        if magic != MAGIC {
            return Err(if !magic.is_empty() && MAGIC.starts_with(&magic) {
                Damage::Cut
            } else if magic.starts_with(FAMILY) {
                Damage::OtherLayout
            } else {
                Damage::NoFacts
            });
        }
        unpacker.at += length;
        let length = unpacker.number()?;
        let sum = unpacker.number()?;
        if length > HEADER_BYTES {
            return Err(Damage::Broken);
        }
        let bytes = unpacker.bytes(length)?;
        if plain_checksum(&bytes) != sum {
            return Err(Damage::Broken);
        }
        Ok((header(&bytes, own)?, unpacker))
    }

    /// The next piece, or the end. What is behind the end makes the whole file broken.
    pub(in crate::lint) fn next(&mut self) -> Result<Next, Damage> {
        match self.array()? {
            [PIECE] => {
                let length = self.number()?;
                let sum = self.number()?;
                let length = u32::try_from(length).map_err(|_| Damage::Broken)?;
                let at = self.at;
                let bytes = self.bytes(length.into())?;
                if checksum(&bytes) != sum {
                    return Err(Damage::Broken);
                }
                self.sums.write(&sum.to_le_bytes());
                Ok(Next::Piece(Piece { at, bytes }))
            }
            [END] => {
                let count = self.number()?;
                self.sums.write(&count.to_le_bytes());
                let is_whole = self.number()? == self.sums.finish();
                if !is_whole || self.source.read(&mut [0])? > 0 {
                    return Err(Damage::Broken);
                }
                Ok(Next::End(count))
            }
            _ => Err(Damage::Broken),
        }
    }

    /// What it was read from.
    pub(in crate::lint) fn into_source(self) -> R {
        self.source
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Damage> {
        let mut bytes = [0; N];
        self.source.read_exact(&mut bytes)?;
        self.at += N as u64;
        Ok(bytes)
    }

    fn number(&mut self) -> Result<u64, Damage> {
        self.array().map(u64::from_le_bytes)
    }

    /// So many bytes. No more memory is taken than there are bytes, whatever the length says.
    fn bytes(&mut self, length: u64) -> Result<Vec<u8>, Damage> {
        let mut bytes = Vec::with_capacity(length.min(1 << 20) as usize);
        let part = self.source.by_ref().take(length);
        { part }.read_to_end(&mut bytes)?;
        if bytes.len() as u64 != length {
            return Err(Damage::Cut);
        }
        self.at += length;
        Ok(bytes)
    }
}

/// The header in its bytes.
fn header(bytes: &[u8], own: &str) -> Result<Header, Damage> {
    let mut take = Take {
        rest: bytes,
        names: &[],
        kinds: &[],
    };
    let program: String = Value::take(&mut take).ok_or(Damage::Broken)?;
    if program != own {
        return Err(Damage::OtherProgram(program));
    }
    let header: Header = Value::take(&mut take).ok_or(Damage::Broken)?;
    if !take.rest.is_empty() {
        return Err(Damage::Broken);
    }
    Ok(Header { program, ..header })
}

impl Piece {
    /// The outcomes, in the order of their paths.
    pub(in crate::lint) fn items(
        self,
        words: &Vocabulary,
        (digest, day): (&Digest, Date),
    ) -> Option<Vec<Item>> {
        let segment = Segment::read(self.bytes, digest, day)?;
        let numbers = segment.numbers(words);
        let item = |record| {
            let (start, end) = segment.place(record);
            Some(Item {
                path: segment.path(record).into(),
                kept: numbers.take(segment.body(record))?,
                at: self.at + u64::from(start),
                length: end - start,
            })
        };
        segment.records.iter().map(item).collect()
    }
}
