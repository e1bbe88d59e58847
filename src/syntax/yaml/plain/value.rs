//! Keys and values of one line.

use super::{Reader, Unsure, Value};
use crate::syntax::{Kind, Record, Style, TextAt, scalar};

/// A longer key is left to the full parser, which knows how long one may be.
const LONG_KEY: usize = 256;

impl Reader<'_, '_> {
    /// The key that begins here and the place of its colon, where this is sure to be one. Nothing
    /// is read yet.
    pub(super) fn key(&self) -> Option<(Record, usize)> {
        let (key, behind) = match self.bytes.get(self.at)? {
            b'\'' | b'"' => self.quoted_literally()?,
            first if is_word(*first) => {
                let rest = self.bytes.get(self.at..self.end)?;
                let length = rest.iter().position(|&byte| !is_of_key(byte))?;
                let end = self.at + length;
                (Self::literal(Style::Plain, self.at, end), end)
            }
            _ => return None,
        };
        let colon = self.bytes.get(behind) == Some(&b':');
        let alone = matches!(self.bytes.get(behind + 1), None | Some(b' ' | b'\n'));
        let padded = key.style == Style::Plain && self.bytes.get(behind - 1) == Some(&b' ');
        (colon && alone && !padded && behind - self.at <= LONG_KEY).then_some((key, behind))
    }

    /// Reads the value that begins here, which belongs to a key or a dash at a column.
    pub(super) fn value(&mut self, column: usize) -> Result<Value, Unsure> {
        match self.bytes.get(self.at) {
            Some(b'|' | b'>') => {
                self.block_text(column)?;
                return Ok(Value::Read);
            }
            Some(b'[') => self.list()?,
            Some(b'{') => self.empty_mapping()?,
            Some(b'\'' | b'"') => self.quoted()?,
            _ => self.plain()?,
        }
        if !self.ends() {
            return Err(Unsure);
        }
        self.leave_line();
        Ok(Value::Read)
    }

    /// A scalar whose text stands in the source as it is.
    pub(super) fn literal(style: Style, start: usize, end: usize) -> Record {
        Record {
            start: start as u32,
            end: end as u32,
            text: start as u32,
            len: (end - start) as u32,
            next: 0,
            kind: Kind::String,
            style,
            at: TextAt::Source,
        }
    }

    pub(super) fn push_scalar(&mut self, scalar: Record) -> Result<(), Unsure> {
        self.last_end = scalar.end;
        self.push(scalar).map(|_| ())
    }

    /// All up to a comment or the end of the line.
    fn plain(&mut self) -> Result<(), Unsure> {
        let line = self.bytes.get(self.at..self.end).ok_or(Unsure)?;
        let begins = match *line {
            [b'-', second, ..] => second.is_ascii_alphanumeric() || second == b'.',
            [first, ..] => begins_plain(first),
            [] => false,
        };
        if !begins {
            return Err(Unsure);
        }
        let mut length = line.len();
        for at in memchr::memchr2_iter(b':', b'#', line) {
            if line[at] == b':' && matches!(line.get(at + 1), None | Some(b' ')) {
                return Err(Unsure);
            }
            if line[at] == b'#' && line[at - 1] == b' ' {
                length = at;
                break;
            }
        }
        while length > 0 && line[length - 1] == b' ' {
            length -= 1;
        }
        self.push_plain(self.at + length)
    }

    fn push_plain(&mut self, end: usize) -> Result<(), Unsure> {
        let mut record = Self::literal(Style::Plain, self.at, end);
        let text = self.source.get(self.at..end).ok_or(Unsure)?;
        record.kind = scalar::resolve(text);
        if record.kind == Kind::Float && scalar::is_not_finite(text) {
            return Err(Unsure);
        }
        self.at = end;
        self.push_scalar(record)
    }

    /// `[PV023, 'x']`: a list of scalars on one line.
    fn list(&mut self) -> Result<(), Unsure> {
        let at = self.begin_flow(Kind::Sequence)?;
        let mut count = 0;
        self.skip_spaces();
        if self.bytes.get(self.at) != Some(&b']') {
            loop {
                self.list_item()?;
                count += 1;
                self.skip_spaces();
                match self.bytes.get(self.at) {
                    Some(b',') => self.at += 1,
                    Some(b']') => break,
                    _ => return Err(Unsure),
                }
                self.skip_spaces();
            }
        }
        self.end_flow(at, count)
    }

    fn list_item(&mut self) -> Result<(), Unsure> {
        match self.bytes.get(self.at) {
            Some(b'\'' | b'"') => self.quoted(),
            Some(first) if is_word(*first) => {
                let rest = self.bytes.get(self.at..self.end).ok_or(Unsure)?;
                let length = rest.iter().position(|&byte| !is_of_key(byte));
                let mut end = self.at + length.ok_or(Unsure)?;
                while self.bytes.get(end - 1) == Some(&b' ') {
                    end -= 1;
                }
                self.push_plain(end)
            }
            _ => Err(Unsure),
        }
    }

    fn empty_mapping(&mut self) -> Result<(), Unsure> {
        let at = self.begin_flow(Kind::Mapping)?;
        match self.bytes.get(self.at) {
            Some(b'}') => self.end_flow(at, 0),
            _ => Err(Unsure),
        }
    }

    fn begin_flow(&mut self, kind: Kind) -> Result<u32, Unsure> {
        if self.open.len() >= self.limits.depth {
            return Err(Unsure);
        }
        let mut record = Self::literal(Style::Flow, self.at, self.at);
        record.text = 0;
        record.kind = kind;
        self.at += 1;
        self.push(record)
    }

    /// Reads the closing bracket.
    fn end_flow(&mut self, at: u32, count: u32) -> Result<(), Unsure> {
        self.at += 1;
        self.last_end = self.at as u32;
        let next = self.doc.records.len() as u32;
        let record = self.doc.records.get_mut(at as usize).ok_or(Unsure)?;
        record.next = next;
        record.len = count;
        record.end = self.last_end;
        Ok(())
    }
}

/// What a key, or an item between brackets, may begin with here.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || byte >= 0x80
}

/// What a key, or an item between brackets, may hold here: nothing that means something to YAML.
fn is_of_key(byte: u8) -> bool {
    is_word(byte) || matches!(byte, b'-' | b'.' | b'/' | b' ')
}

/// Whether a plain value can begin so (YAML 1.2.2, 7.3.3); `-` needs a second look.
fn begins_plain(byte: u8) -> bool {
    byte != b' ' && !scalar::is_indicator(byte)
}
