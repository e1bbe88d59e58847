//! Plain YAML to the tree, without the full parser.
//!
//! Nearly all entries are written in a small part of YAML: mappings and lists in blocks, one field a
//! line, texts of one line or after `|`. Reading that part needs no tokens and no events. Whatever
//! lies outside of it, or could be a fault, is not read here: [`parse`] says that it is not sure, and
//! the full parser reads the source from its start. So nothing is ever reported here, and what is
//! read here is what the full parser makes of it, record by record (`tests/plain.rs`).

mod block;
mod quoted;
mod value;

use crate::syntax::{Document, Format, Kind, Limits, Record, Style, TextAt};
use crate::text::Span;

/// The source is not of the part of YAML that is read here.
pub(super) struct Unsure;

/// Reads the one mapping that a part of a source is; nothing where that is not sure.
pub(super) fn parse<'s>(
    source: &'s str,
    part: Span,
    format: Format,
    limits: &Limits,
) -> Option<Document<'s>> {
    let bytes = source.as_bytes().get(..part.end as usize)?;
    let tabs = has_tabs(bytes.get(part.start as usize..)?).ok()?;
    let mut doc = Document::empty(source, format);
    doc.records.reserve(part.len() / 24 + 8);
    let mut reader = Reader {
        source,
        bytes,
        at: part.start as usize,
        end: part.start as usize,
        tabs,
        doc,
        limits,
        open: Vec::with_capacity(8),
        last_end: 0,
    };
    reader.mapping_of_all().ok()?;
    Some(reader.doc)
}

/// Whether there are tabs, which may stand in block texts.
///
/// # Errors
///
/// A character that breaks a line in another way than LF, or that YAML does not allow.
fn has_tabs(bytes: &[u8]) -> Result<bool, Unsure> {
    const CONTROL: u8 = 1;
    const WIDE: u8 = 2;
    const TAB: u8 = 4;
    // Without a branch, so that many bytes are looked at in one step.
    let mark = |holds: bool, mark: u8| if holds { mark } else { 0 };
    let found = bytes.iter().fold(0, |found, &byte| {
        let low = byte < b' ' && byte != b'\n' && byte != b'\t';
        let control = mark(low, CONTROL) | mark(byte == 0x7f, CONTROL);
        found | control | mark(byte >= 0x80, WIDE) | mark(byte == b'\t', TAB)
    });
    if found & CONTROL != 0 || (found & WIDE != 0 && has_strange(bytes)) {
        return Err(Unsure);
    }
    Ok(found & TAB != 0)
}

/// Whether there is one of U+0080 to U+009F, U+FEFF, U+FFFE and U+FFFF. The bytes are UTF-8.
fn has_strange(bytes: &[u8]) -> bool {
    memchr::memchr2_iter(0xc2, 0xef, bytes).any(|at| match bytes[at..] {
        [0xc2, second, ..] => second < 0xa0,
        [_, 0xbb, third, ..] => third == 0xbf,
        [_, 0xbf, third, ..] => third >= 0xbe,
        _ => false,
    })
}

/// More keys in one mapping are left to the full parser, which hashes them.
const MANY_KEYS: u32 = 64;

/// A collection whose end has not come yet.
struct Open {
    /// Its record.
    at: u32,
    /// Where its keys or dashes stand in their lines.
    column: usize,
    kind: Kind,
    /// Pairs or items so far.
    count: u32,
}

/// What follows a key or a dash.
#[derive(PartialEq, Eq)]
enum Value {
    /// A value, which is read.
    Read,
    /// A collection on the lines below.
    Below,
}

struct Reader<'s, 'l> {
    source: &'s str,
    /// The source up to the end of the part that is read.
    bytes: &'s [u8],
    /// What is read next.
    at: usize,
    /// The end of the line that is read, without its line break.
    end: usize,
    tabs: bool,
    doc: Document<'s>,
    limits: &'l Limits,
    open: Vec<Open>,
    /// The end of the last value that is not a block collection.
    last_end: u32,
}

impl Reader<'_, '_> {
    fn mapping_of_all(&mut self) -> Result<(), Unsure> {
        let mut last = Value::Below;
        while let Some(column) = self.next_line()? {
            match last {
                Value::Below => self.begin_below(column)?,
                Value::Read => self.close_down_to(column)?,
            }
            last = match self.innermost()?.kind {
                Kind::Mapping => {
                    let (key, colon) = self.key().ok_or(Unsure)?;
                    self.pair(key, colon, column)?
                }
                _ => self.item(column)?,
            };
        }
        if last == Value::Below {
            return Err(Unsure);
        }
        while let Some(open) = self.open.pop() {
            self.close(&open);
        }
        Ok(())
    }

    /// Goes to the next line that says something, and gives the column at which it begins.
    fn next_line(&mut self) -> Result<Option<usize>, Unsure> {
        while self.at < self.bytes.len() {
            let start = self.at;
            self.enter_line()?;
            self.skip_spaces();
            match self.bytes.get(self.at) {
                Some(b'#') => {}
                _ if self.at < self.end => return Ok(Some(self.at - start)),
                // Spaces alone can belong to the text above them.
                _ if self.at > start => return Err(Unsure),
                _ => {}
            }
            self.leave_line();
        }
        Ok(None)
    }

    fn enter_line(&mut self) -> Result<(), Unsure> {
        let rest = &self.bytes[self.at..];
        let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        self.end = self.at + length;
        if self.tabs && rest[..length].contains(&b'\t') {
            return Err(Unsure);
        }
        Ok(())
    }

    fn leave_line(&mut self) {
        self.at = (self.end + 1).min(self.bytes.len());
    }

    fn skip_spaces(&mut self) {
        while self.bytes.get(self.at) == Some(&b' ') {
            self.at += 1;
        }
    }

    /// Goes behind spaces, and says whether nothing but a comment is left of the line.
    fn ends(&mut self) -> bool {
        let start = self.at;
        self.skip_spaces();
        self.at == self.end || (self.at > start && self.bytes.get(self.at) == Some(&b'#'))
    }

    /// What a key or a dash above awaits, which begins here.
    fn begin_below(&mut self, column: usize) -> Result<(), Unsure> {
        let fits = match self.open.last() {
            Some(open) => column > open.column,
            None => column == 0,
        };
        if !fits {
            return Err(Unsure);
        }
        let kind = if self.is_dash() && !self.open.is_empty() {
            Kind::Sequence
        } else {
            Kind::Mapping
        };
        self.begin(kind, column)
    }

    fn is_dash(&self) -> bool {
        self.bytes.get(self.at) == Some(&b'-')
            && matches!(self.bytes.get(self.at + 1), None | Some(b' ' | b'\n'))
    }

    fn begin(&mut self, kind: Kind, column: usize) -> Result<(), Unsure> {
        if self.open.len() >= self.limits.depth {
            return Err(Unsure);
        }
        let start = self.at as u32;
        let at = self.push(Record {
            start,
            end: start,
            text: 0,
            len: 0,
            next: 0,
            kind,
            style: Style::Block,
            at: TextAt::Source,
        })?;
        self.open.push(Open {
            at,
            column,
            kind,
            count: 0,
        });
        Ok(())
    }

    fn push(&mut self, mut record: Record) -> Result<u32, Unsure> {
        let index = self.doc.records.len();
        if index >= self.limits.nodes {
            return Err(Unsure);
        }
        record.next = index as u32 + 1;
        self.doc.records.push(record);
        Ok(index as u32)
    }

    /// Closes what is deeper than a line that goes on with a collection around it.
    fn close_down_to(&mut self, column: usize) -> Result<(), Unsure> {
        while self.innermost()?.column > column {
            if let Some(open) = self.open.pop() {
                self.close(&open);
            }
        }
        if self.innermost()?.column < column {
            return Err(Unsure);
        }
        Ok(())
    }

    fn close(&mut self, open: &Open) {
        let next = self.doc.records.len() as u32;
        if let Some(record) = self.doc.records.get_mut(open.at as usize) {
            record.next = next;
            record.len = open.count;
            record.end = self.last_end;
        }
    }

    fn innermost(&mut self) -> Result<&mut Open, Unsure> {
        self.open.last_mut().ok_or(Unsure)
    }

    fn pair(&mut self, key: Record, colon: usize, column: usize) -> Result<Value, Unsure> {
        self.refuse_second(&key)?;
        self.push(key)?;
        self.innermost()?.count += 1;
        self.at = colon + 1;
        if self.ends() {
            self.leave_line();
            return Ok(Value::Below);
        }
        self.value(column)
    }

    /// A key that is there twice is a finding.
    fn refuse_second(&mut self, key: &Record) -> Result<(), Unsure> {
        let open = self.innermost()?;
        let (mut at, count) = (open.at as usize + 1, open.count);
        if count >= MANY_KEYS {
            return Err(Unsure);
        }
        let text = self.doc.text_of(key);
        for _ in 0..count {
            let (before, value) = (&self.doc.records[at], &self.doc.records[at + 1]);
            if before.len == key.len && self.doc.text_of(before) == text {
                return Err(Unsure);
            }
            at = value.next as usize;
        }
        Ok(())
    }

    fn item(&mut self, column: usize) -> Result<Value, Unsure> {
        if !self.is_dash() {
            return Err(Unsure);
        }
        self.innermost()?.count += 1;
        self.at += 1;
        if self.ends() {
            self.leave_line();
            return Ok(Value::Below);
        }
        if self.is_dash() {
            return Err(Unsure);
        }
        let Some((key, colon)) = self.key() else {
            return self.value(column);
        };
        let line = self.bytes[..self.at].iter().rev();
        let column = line.take_while(|&&byte| byte != b'\n').count();
        self.begin(Kind::Mapping, column)?;
        self.pair(key, colon, column)
    }
}
