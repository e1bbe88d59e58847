//! Some outcomes in one piece of bytes, each under the path and the content that it is of.
//!
//! ```text
//! magic, digest of the program and the configuration (20 bytes), the day (year, month, day)
//! length of the head, checksum of the head
//! head: texts of names · texts of sets of kinds · path, blob, length and checksum of each outcome
//! outcomes, in the order of the head
//! ```
//!
//! Outcomes stand in the order of their paths, so that they are found by going through the files of
//! a corpus and the head side by side.

use std::hash::Hasher;
use std::sync::Arc;

use jiff::civil::Date;
use rustc_hash::FxHasher;

use super::codec::{Put, Take, Value};
use super::{Digest, Key};
use crate::entry::{Name, Vocabulary};

/// The first bytes of a segment of this layout.
const MAGIC: &[u8] = b"corpuslint facts 1\n";

/// A segment whose head was read and is sound.
pub(super) struct Segment {
    pub(super) bytes: Arc<Vec<u8>>,
    /// The texts of names, in the order of their numbers.
    names: Vec<(u32, u32)>,
    kinds: Vec<(u32, u32)>,
    pub(super) records: Vec<Record>,
}

/// Where one outcome is.
pub(super) struct Record {
    path: (u32, u32),
    pub(super) blob: [u8; 20],
    body: (u32, u32),
    checksum: u64,
}

/// The names of a segment in the vocabulary of one run.
#[derive(Default)]
pub(super) struct Numbers {
    names: Vec<Name>,
    kinds: Vec<u16>,
}

pub(super) fn checksum(bytes: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(bytes);
    hasher.finish()
}

impl Segment {
    /// Reads the head; `None` where it is of another configuration, of a day yet to come, or broken.
    pub(super) fn read(bytes: Vec<u8>, digest: &Digest, today: Date) -> Option<Self> {
        // Offsets have 32 bits.
        u32::try_from(bytes.len()).ok()?;
        let mut take = Take {
            rest: bytes.strip_prefix(MAGIC)?.strip_prefix(&digest.0)?,
            names: &[],
            kinds: &[],
        };
        if Date::take(&mut take)? > today {
            return None;
        }
        let length = take.number()? as usize;
        let sum = u64::take(&mut take)?;
        let (head, bodies) = take.rest.split_at_checked(length)?;
        if checksum(head) != sum {
            return None;
        }
        let start = bytes.len() - take.rest.len();
        let mut body = bytes.len() - bodies.len();
        take.rest = head;
        let position = |rest: &[u8]| start + length - rest.len();
        let text = |take: &mut Take<'_>| {
            let length = take.text()?.len();
            let end = position(take.rest);
            Some(((end - length) as u32, end as u32))
        };
        let texts = |take: &mut Take<'_>| -> Option<Vec<(u32, u32)>> {
            let count = take.number()? as usize;
            if count > take.rest.len() {
                return None;
            }
            (0..count).map(|_| text(take)).collect()
        };
        let names = texts(&mut take)?;
        let kinds = texts(&mut take)?;
        let count = take.number()? as usize;
        if count > take.rest.len() {
            return None;
        }
        let mut records = Vec::with_capacity(count);
        for _ in 0..count {
            let path = text(&mut take)?;
            let (blob, rest) = take.rest.split_first_chunk()?;
            take.rest = rest;
            let from = body;
            body = body.checked_add(take.number()? as usize)?;
            if body > bytes.len() {
                return None;
            }
            records.push(Record {
                path,
                blob: *blob,
                body: (from as u32, body as u32),
                checksum: u64::take(&mut take)?,
            });
        }
        Some(Self {
            names,
            kinds,
            records,
            bytes: Arc::new(bytes),
        })
    }

    fn text(&self, (start, end): (u32, u32)) -> &str {
        let bytes = self.bytes.get(start as usize..end as usize);
        std::str::from_utf8(bytes.unwrap_or_default()).unwrap_or_default()
    }

    pub(super) fn path(&self, record: &Record) -> &str {
        self.text(record.path)
    }

    /// Gives the names of the segment numbers of a run.
    pub(super) fn numbers(&self, words: &Vocabulary) -> Numbers {
        let names = self.names.iter().map(|&at| words.names.name(self.text(at)));
        let kinds = self.kinds.iter().map(|&at| {
            let names: Vec<String> = self.text(at).split(' ').map(str::to_owned).collect();
            words.kind_sets.number(&names)
        });
        Numbers {
            names: names.collect(),
            kinds: kinds.collect(),
        }
    }

    /// Where the bytes of an outcome begin and end.
    pub(super) fn place(&self, record: &Record) -> (u32, u32) {
        record.body
    }

    /// The bytes of an outcome.
    pub(super) fn body(&self, record: &Record) -> &[u8] {
        let (start, end) = record.body;
        let body = self.bytes.get(start as usize..end as usize);
        body.unwrap_or_default()
    }

    /// An outcome; `None` where its bytes are not what was written.
    pub(super) fn value<T: Value>(&self, record: &Record, numbers: &Numbers) -> Option<T> {
        let body = self.body(record);
        if checksum(body) != record.checksum {
            return None;
        }
        numbers.take(body)
    }
}

impl Numbers {
    /// Names, each of which is also the only one of a set of kinds.
    pub(super) fn of(names: &[&str], words: &Vocabulary) -> Self {
        let set = |name: &&str| words.kind_sets.number(&[(*name).to_owned()]);
        Self {
            names: names.iter().map(|name| words.names.name(name)).collect(),
            kinds: names.iter().map(set).collect(),
        }
    }

    /// The value that some bytes stand for, all of them.
    pub(super) fn take<T: Value>(&self, bytes: &[u8]) -> Option<T> {
        let mut take = Take {
            rest: bytes,
            names: &self.names,
            kinds: &self.kinds,
        };
        let value = T::take(&mut take)?;
        take.rest.is_empty().then_some(value)
    }
}

/// A segment of a head and the outcomes behind it.
pub(super) fn assemble(digest: &Digest, today: Date, head: &[u8], bodies: &[u8]) -> Vec<u8> {
    let words = Vocabulary::default();
    let mut put = Writer::new(&words).put;
    today.put(&mut put);
    put.number(head.len() as u32);
    checksum(head).put(&mut put);
    let parts: [&[u8]; 5] = [MAGIC, &digest.0, &put.bytes, head, bodies];
    parts.concat()
}

/// Makes a segment of outcomes, given in the order of their keys.
pub(super) struct Writer<'w> {
    put: Put<'w>,
    records: Vec<(Key, u32, u64)>,
}

impl<'w> Writer<'w> {
    pub(super) fn new(words: &'w Vocabulary) -> Self {
        let put = Put {
            bytes: Vec::new(),
            names: super::codec::Table::default(),
            kinds: super::codec::Table::default(),
            words,
        };
        Self {
            put,
            records: Vec::new(),
        }
    }

    pub(super) fn add<T: Value>(&mut self, key: Key, value: &T) {
        let body = self.body(value);
        let record = (key, body.len() as u32, checksum(body));
        self.records.push(record);
    }

    /// Writes a value behind those before it, and gives its bytes.
    pub(super) fn body<T: Value>(&mut self, value: &T) -> &[u8] {
        let start = self.put.bytes.len();
        value.put(&mut self.put);
        &self.put.bytes[start..]
    }

    pub(super) fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The whole segment.
    pub(super) fn finish(mut self, digest: &Digest, today: Date) -> Vec<u8> {
        let bodies = std::mem::take(&mut self.put.bytes);
        let head = self.head();
        assemble(digest, today, &head, &bodies)
    }

    fn head(&mut self) -> Vec<u8> {
        let words = self.put.words;
        let names = self.put.names.values().to_vec();
        self.put.number(names.len() as u32);
        for name in names {
            self.put.text(&words.names.text(name));
        }
        let kinds = self.put.kinds.values().to_vec();
        self.put.number(kinds.len() as u32);
        for kinds in kinds {
            self.put.text(&words.kind_sets.names(kinds).join(" "));
        }
        self.put.number(self.records.len() as u32);
        for (key, length, checksum) in std::mem::take(&mut self.records) {
            self.put.text(&key.path);
            self.put.bytes.extend_from_slice(&key.blob);
            self.put.number(length);
            checksum.put(&mut self.put);
        }
        std::mem::take(&mut self.put.bytes)
    }
}
