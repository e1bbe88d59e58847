//! Texts of several lines after `|` or `>`.

use super::{Reader, Unsure};
use crate::syntax::yaml::source::trim;
use crate::syntax::{Style, TextAt};
use crate::text::Span;

/// What the line of the `|` or `>` says (YAML 1.2.2, 8.1.1).
struct Header {
    style: Style,
    /// The indentation, where it is said.
    indent: Option<usize>,
    at_end: AtEnd,
}

/// What becomes of the line breaks at the end of the text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum AtEnd {
    Strip,
    Clip,
    Keep,
}

impl Reader<'_, '_> {
    /// Reads a text of several lines and the line breaks behind it.
    pub(super) fn block_text(&mut self, parent: usize) -> Result<(), Unsure> {
        let header = self.header(parent)?;
        let text = self.doc.extra.len();
        self.doc.extra.reserve(self.bytes.len() - self.at);
        let mut lines = Lines {
            said: false,
            empty: self.skip_empty(),
        };
        let indent = self.indent(parent, header.indent)?;
        let start = self.at + indent;
        let mut end = start;
        while self.is_in_block(parent, indent)? {
            self.break_line(header.style, &mut lines);
            end = self.block_line(indent, header.style)?;
            lines.empty = self.skip_empty();
        }
        if header.at_end != AtEnd::Strip {
            self.doc.extra.push('\n');
        }
        if header.at_end == AtEnd::Keep {
            self.break_lines(lines.empty);
        }
        let span = trim(self.source, Span::new(start, end), header.style);
        let mut record = Self::literal(header.style, span.start as usize, span.end as usize);
        record.at = TextAt::Extra;
        record.text = text as u32;
        record.len = (self.doc.extra.len() - text) as u32;
        self.push_scalar(record)
    }

    fn header(&mut self, parent: usize) -> Result<Header, Unsure> {
        let mut header = Header {
            style: match self.bytes.get(self.at) {
                Some(b'|') => Style::Literal,
                _ => Style::Folded,
            },
            indent: None,
            at_end: AtEnd::Clip,
        };
        loop {
            self.at += 1;
            match self.bytes.get(self.at) {
                Some(b'-') if header.at_end == AtEnd::Clip => header.at_end = AtEnd::Strip,
                Some(b'+') if header.at_end == AtEnd::Clip => header.at_end = AtEnd::Keep,
                Some(digit @ b'1'..=b'9') if header.indent.is_none() => {
                    header.indent = Some(parent + usize::from(digit - b'0'));
                }
                _ => break,
            }
        }
        if !self.ends() {
            return Err(Unsure);
        }
        self.leave_line();
        Ok(header)
    }

    /// The indentation that is said, or that of the first line.
    fn indent(&self, parent: usize, said: Option<usize>) -> Result<usize, Unsure> {
        let line = self.bytes.get(self.at..).ok_or(Unsure)?;
        let spaces = line.iter().take_while(|&&byte| byte == b' ').count();
        let indent = said.unwrap_or(spaces);
        let tab = line.get(indent) == Some(&b'\t');
        if spaces < indent || indent <= parent || tab {
            return Err(Unsure);
        }
        Ok(indent)
    }

    /// Whether the line that begins here belongs to the text. One that is less indented ends it, and
    /// has to go on with what is around it.
    fn is_in_block(&self, parent: usize, indent: usize) -> Result<bool, Unsure> {
        let line = &self.bytes[self.at..];
        let spaces = line.iter().take(indent).take_while(|&&byte| byte == b' ');
        let spaces = spaces.count();
        if line.is_empty() || (spaces <= parent && line.len() > spaces) {
            return Ok(false);
        }
        if spaces < indent || line.len() == spaces {
            return Err(Unsure);
        }
        Ok(true)
    }

    /// Reads a line of text and gives its end.
    fn block_line(&mut self, indent: usize, style: Style) -> Result<usize, Unsure> {
        let start = self.at + indent;
        let rest = self.bytes.get(start..).ok_or(Unsure)?;
        let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let line = &rest[..length];
        if matches!(line, [] | [b' ' | b'\t', ..]) {
            let blank = line.iter().all(|byte| matches!(byte, b' ' | b'\t'));
            if blank || style == Style::Folded {
                return Err(Unsure);
            }
        }
        let end = start + length;
        let said = self.source.get(start..end).ok_or(Unsure)?;
        self.doc.extra.push_str(said);
        self.at = (end + 1).min(self.bytes.len());
        Ok(end)
    }

    /// Goes to the next line that is not empty, and says how many are.
    fn skip_empty(&mut self) -> usize {
        let start = self.at;
        while self.bytes.get(self.at) == Some(&b'\n') {
            self.at += 1;
        }
        self.at - start
    }

    /// Says the line breaks before a line of text.
    fn break_line(&mut self, style: Style, lines: &mut Lines) {
        if lines.said {
            match style {
                Style::Literal => self.doc.extra.push('\n'),
                _ if lines.empty == 0 => self.doc.extra.push(' '),
                _ => {}
            }
        }
        self.break_lines(lines.empty);
        lines.said = true;
    }

    fn break_lines(&mut self, count: usize) {
        self.doc.extra.extend(std::iter::repeat_n('\n', count));
    }
}

/// What was read of a text of several lines.
struct Lines {
    /// Whether there was a line with text.
    said: bool,
    /// Empty lines since then.
    empty: usize,
}
