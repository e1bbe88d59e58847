//! Bytes to text to positions: the only place that counts lines and columns.

use std::borrow::Cow;
use std::fmt;

/// A half-open range of bytes in one source.
///
/// Offsets are `u32`: a source over 4 GiB is refused before it is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset behind the last byte.
    pub end: u32,
}

impl Span {
    /// A span of two byte offsets. An end before the start gives an empty span.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        let start = offset(start);
        Self {
            start,
            end: offset(end).max(start),
        }
    }

    /// An empty span.
    #[must_use]
    pub fn at(offset: usize) -> Self {
        Self::new(offset, offset)
    }

    /// The span as a range that slices a `str`.
    #[must_use]
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Length in bytes.
    #[must_use]
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether the span holds no byte.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether `other` lies within this span.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The text under the span, or nothing where the span does not fit `text`.
    #[must_use]
    pub fn slice(self, text: &str) -> &str {
        text.get(self.range()).unwrap_or("")
    }
}

/// A byte offset as it is stored; what does not fit becomes the largest offset.
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// A place in a text: line and column count from 1, columns in Unicode scalar values, the offset
/// in bytes.
///
/// [`Position::UNKNOWN`] (line 0) stands for a place that was not looked up yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in Unicode scalar values, from 1.
    pub column: u32,
    /// Bytes before the place.
    pub offset: u32,
}

impl Position {
    /// A place of which only the offset is known so far.
    #[must_use]
    pub fn unresolved(offset: u32) -> Self {
        Self {
            line: 0,
            column: 0,
            offset,
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// What an editor counts the characters of a line in (LSP 3.17, `PositionEncodingKind`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Bytes of UTF-8.
    Utf8,
    /// Code units of UTF-16.
    Utf16,
}

impl Encoding {
    /// How many units a text has.
    fn length(self, text: &str) -> usize {
        match self {
            Self::Utf8 => text.len(),
            Self::Utf16 => text.chars().map(char::len_utf16).sum(),
        }
    }
}

/// Where the lines of one text begin.
///
/// A line ends with LF, CRLF or a lone CR, as YAML 1.2 has it; no other character breaks a line.
#[derive(Debug)]
pub struct LineIndex<'t> {
    text: &'t str,
    starts: Cow<'t, [u32]>,
}

impl<'t> LineIndex<'t> {
    /// Counts the lines of `text`.
    #[must_use]
    pub fn new(text: &'t str) -> Self {
        Self {
            text,
            starts: line_starts(text).into(),
        }
    }

    /// The lines of a text of which [`line_starts`] is known.
    #[must_use]
    pub fn of(text: &'t str, starts: &'t [u32]) -> Self {
        Self {
            text,
            starts: starts.into(),
        }
    }

    /// The line of a byte offset, and its column in bytes; both count from 1.
    #[must_use]
    pub fn line_and_byte(&self, at: u32) -> (u32, u32) {
        let at = offset(floor_boundary(self.text, at as usize));
        let line = self.starts.partition_point(|&start| start <= at);
        (offset(line), at - self.starts[line - 1] + 1)
    }

    /// The position of a byte offset. An offset inside a character is moved to its start, one past
    /// the end to the end.
    #[must_use]
    pub fn position(&self, at: u32) -> Position {
        let at = floor_boundary(self.text, at as usize);
        let line = self.starts.partition_point(|&start| start as usize <= at);
        let start = self.starts[line - 1] as usize;
        Position {
            line: offset(line),
            column: offset(self.text[start..at].chars().count() + 1),
            offset: offset(at),
        }
    }

    /// The place of a byte offset as editors count: line and character from 0, characters in the
    /// units of an encoding (LSP 3.17, `Position`).
    #[must_use]
    pub fn units(&self, at: u32, encoding: Encoding) -> (u32, u32) {
        let at = floor_boundary(self.text, at as usize);
        let line = self.starts.partition_point(|&start| start as usize <= at) - 1;
        let before = &self.text[self.starts[line] as usize..at];
        (offset(line), offset(encoding.length(before)))
    }

    /// The byte offset of a place as editors count. A character behind the end of its line is the end
    /// of the line, as LSP 3.17 asks; a line behind the last one is the end of the text.
    #[must_use]
    pub fn offset_of(&self, line: u32, character: u32, encoding: Encoding) -> u32 {
        let line = self.line(line.saturating_add(1));
        let mut left = character as usize;
        let mut at = line.start as usize;
        for c in line.slice(self.text).chars() {
            let units = encoding.length(c.encode_utf8(&mut [0; 4]));
            if units > left {
                break;
            }
            left -= units;
            at += c.len_utf8();
        }
        offset(at)
    }

    /// Number of lines; a text that ends with a line break has an empty last line.
    #[must_use]
    pub fn line_count(&self) -> u32 {
        offset(self.starts.len())
    }

    /// The bytes of a line counted from 1, without its line break. Lines that do not exist are
    /// empty spans at the end.
    #[must_use]
    pub fn line(&self, line: u32) -> Span {
        let index = (line as usize).saturating_sub(1);
        let Some(&start) = self.starts.get(index) else {
            return Span::at(self.text.len());
        };
        let end = self
            .starts
            .get(index + 1)
            .map_or(self.text.len(), |&next| next as usize);
        let text = &self.text[start as usize..end];
        Span::new(
            start as usize,
            start as usize + text.trim_end_matches(['\n', '\r']).len(),
        )
    }
}

/// Where the lines of a text begin, for [`LineIndex::of`].
#[must_use]
pub fn line_starts(text: &str) -> Vec<u32> {
    let bytes = text.as_bytes();
    let mut starts = vec![0];
    for at in memchr::memchr2_iter(b'\n', b'\r', bytes) {
        if bytes[at] == b'\n' || bytes.get(at + 1) != Some(&b'\n') {
            starts.push(offset(at + 1));
        }
    }
    starts
}

/// The nearest character boundary at or before `at`.
#[must_use]
pub fn floor_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Why some bytes are not a text that can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotText {
    /// The offending bytes.
    pub span: Span,
    /// What they seem to be, for the message.
    pub kind: NotTextKind,
    /// The first of them.
    pub byte: u8,
}

/// The ways in which bytes fail to be UTF-8 text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotTextKind {
    /// A UTF-16 or UTF-32 byte order mark, or the NUL pattern of UTF-16 without one.
    Utf16,
    /// Bytes that are not UTF-8 (RFC 3629).
    Invalid,
}

/// Reads bytes as UTF-8. A byte order mark is kept: parsers skip it, spans count it.
///
/// # Errors
///
/// The first bytes that are not UTF-8.
pub fn decode(bytes: &[u8]) -> Result<&str, NotText> {
    let utf16 = bytes.starts_with(&[0xff, 0xfe])
        || bytes.starts_with(&[0xfe, 0xff])
        || matches!(bytes, [a, 0, b, 0, ..] if a.is_ascii_graphic() && b.is_ascii())
        || matches!(bytes, [0, a, 0, b, ..] if a.is_ascii_graphic() && b.is_ascii());
    if utf16 {
        return Err(NotText {
            span: Span::new(0, 2),
            kind: NotTextKind::Utf16,
            byte: bytes.first().copied().unwrap_or_default(),
        });
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let start = error.valid_up_to();
        NotText {
            span: Span::new(start, start + error.error_len().unwrap_or(1)),
            kind: NotTextKind::Invalid,
            byte: bytes.get(start).copied().unwrap_or_default(),
        }
    })
}

/// Replaces bytes that are not UTF-8, one `?` a byte, so that every offset stays true.
#[must_use]
pub fn decode_lossy(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '?'));
    }
    text
}

/// Offers the known word that is nearest to an unknown one.
#[must_use]
pub fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|candidate| {
            let likeness = strsim::normalized_damerau_levenshtein(
                &word.to_lowercase(),
                &candidate.to_lowercase(),
            );
            (likeness, candidate)
        })
        .filter(|(likeness, _)| *likeness >= 0.6)
        .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(a.1)))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_characters_and_offsets_bytes() {
        let index = LineIndex::new("aé😀x\r\nb\rc\n");
        let at = |offset| {
            let p = index.position(offset);
            (p.line, p.column, p.offset)
        };
        assert_eq!(at(0), (1, 1, 0));
        assert_eq!(at(3), (1, 3, 3));
        assert_eq!(at(5), (1, 3, 3), "inside a character: its start");
        assert_eq!(at(7), (1, 4, 7));
        assert_eq!(at(10), (2, 1, 10));
        assert_eq!(at(12), (3, 1, 12));
        assert_eq!(at(99), (4, 1, 14), "past the end: the end");
        assert_eq!(index.line(1), Span::new(0, 8));
        assert_eq!(index.line(3), Span::new(12, 13));
        assert_eq!(index.line_count(), 4);
        assert_eq!(index.line_and_byte(3), (1, 4));
        assert_eq!(index.line_and_byte(5), (1, 4), "inside a character");
        assert_eq!(index.line_and_byte(12), (3, 1));
    }

    #[test]
    fn editors_count_in_units_of_their_encoding() {
        let text = "a\u{e9}\u{1f600}x\r\nb\rc\n";
        let index = LineIndex::new(text);
        for (encoding, behind) in [(Encoding::Utf8, 7), (Encoding::Utf16, 4)] {
            assert_eq!(index.units(7, encoding), (0, behind), "{encoding:?}");
            assert_eq!(index.offset_of(0, behind, encoding), 7, "{encoding:?}");
            assert_eq!(index.offset_of(0, 99, encoding), 8, "the end of the line");
            assert_eq!(index.offset_of(1, 1, encoding), 11);
            assert_eq!(index.offset_of(2, 1, encoding), 13);
            assert_eq!(index.offset_of(7, 0, encoding), 14, "the end of the text");
            assert_eq!(index.offset_of(u32::MAX, u32::MAX, encoding), 14);
            assert_eq!(index.units(99, encoding), (3, 0));
            for at in [0, 1, 3, 7, 8, 10, 11, 12, 13, 14] {
                let (line, character) = index.units(at, encoding);
                assert_eq!(index.offset_of(line, character, encoding), at);
            }
        }
        assert_eq!(
            index.offset_of(0, 3, Encoding::Utf16),
            3,
            "half a character"
        );
    }

    #[test]
    fn not_utf8_is_located() {
        let bad = decode(b"id: a\xffb").expect_err("not text");
        assert_eq!(bad.span, Span::new(5, 6));
        assert_eq!(
            decode(b"\xff\xfea\0").expect_err("not text").kind,
            NotTextKind::Utf16
        );
        assert_eq!(
            decode(b"a\0b\0").expect_err("not text").kind,
            NotTextKind::Utf16
        );
        assert_eq!(decode_lossy(b"id: a\xffb"), "id: a?b");
    }
}
