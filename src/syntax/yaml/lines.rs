//! What stands around a fault of a YAML source: its line, the one before, and what is still open.

use crate::text::Span;

/// A line of the source, without its line break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line<'s> {
    pub(super) start: usize,
    pub(super) text: &'s str,
}

impl<'s> Line<'s> {
    /// The line that holds an offset.
    pub(super) fn around(source: &'s str, at: usize) -> Self {
        let start = source[..at].rfind(['\n', '\r']).map_or(0, |at| at + 1);
        let length = source[start..].find(['\n', '\r']);
        let end = length.map_or(source.len(), |length| start + length);
        Self {
            start,
            text: &source[start..end],
        }
    }

    /// Where its line break begins.
    pub(super) fn end(self) -> usize {
        self.start + self.text.len()
    }

    /// The line before, or nothing at the start of the source.
    pub(super) fn before(self, source: &'s str) -> Option<Self> {
        let end = self.start.checked_sub(1)?;
        let crlf = source[..self.start].ends_with("\r\n");
        Some(Self::around(source, end - usize::from(crlf)))
    }

    /// The line after, or nothing at the end of the source.
    pub(super) fn after(self, source: &'s str) -> Option<Self> {
        let end = self.end();
        let rest = &source[end..];
        let width = if rest.starts_with("\r\n") { 2 } else { 1 };
        (end + width < source.len()).then(|| Self::around(source, end + width))
    }

    /// Its characters before the first that is not blank.
    pub(super) fn indent(self) -> &'s str {
        let rest = self.text.trim_start_matches([' ', '\t']);
        &self.text[..self.text.len() - rest.len()]
    }

    /// Its text between blanks.
    pub(super) fn content(self) -> &'s str {
        self.text.trim_matches([' ', '\t'])
    }

    /// Whether it says something: neither blank nor a comment.
    pub(super) fn is_said(self) -> bool {
        !matches!(self.content().as_bytes(), [] | [b'#', ..])
    }

    /// Where its text between blanks lies.
    pub(super) fn span(self) -> Span {
        let start = self.start + self.indent().len();
        Span::new(start, start + self.content().len())
    }

    /// Where the name of its field lies; its whole text where it has none.
    pub(super) fn name(self) -> Span {
        let span = self.span();
        let name = self.content().find(": ");
        let name = name.or_else(|| self.content().strip_suffix(':').map(str::len));
        name.map_or(span, |length| {
            Span::new(span.start as usize, span.start as usize + length)
        })
    }

    /// Whether a block text (`|` or `>`) begins at its end.
    pub(super) fn opens_block_text(self) -> bool {
        let content = self.content();
        let said = content.split(" #").next().unwrap_or(content).trim_end();
        let header = said.rsplit(' ').next().unwrap_or(said);
        let rest = header.strip_prefix(['|', '>']);
        rest.is_some_and(|rest| {
            rest.len() <= 2 && rest.bytes().all(|b| matches!(b, b'+' | b'-' | b'1'..=b'9'))
        })
    }
}

/// What is open between two places of a source.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Opened {
    /// `[` and `{`, the outermost first.
    pub(super) brackets: Vec<(usize, char)>,
    /// The quote that is not closed before the second place.
    pub(super) quote: Option<usize>,
    /// A closing bracket that does not fit the last one that is open.
    pub(super) mismatch: Option<usize>,
}

/// Reads brackets and quotes where YAML does: quotes only where a value begins, brackets there and
/// within brackets.
pub(super) fn opened(source: &str, from: usize, to: usize) -> Opened {
    let mut found = Opened::default();
    let mut before = '\n';
    let mut at = from;
    while let Some(c) = source.get(at..to).and_then(|rest| rest.chars().next()) {
        let begins = matches!(before, '\n' | ':' | '-' | '?' | ',' | '[' | '{');
        let structural = begins || !found.brackets.is_empty();
        match c {
            '"' | '\'' if begins => match quoted(&source[at..to]) {
                Some(length) => at += length - 1,
                None => {
                    found.quote = Some(at);
                    return found;
                }
            },
            '[' | '{' if structural => found.brackets.push((at, c)),
            ']' | '}' => match found.brackets.pop() {
                Some((_, open)) if closes(open) != c => {
                    found.mismatch = Some(at);
                    return found;
                }
                _ => {}
            },
            '#' if source[..at].ends_with([' ', '\t', '\n', '\r']) => {
                at = Line::around(source, at).end();
                continue;
            }
            _ => {}
        }
        before = match c {
            ' ' | '\t' => before,
            '\r' => '\n',
            c => c,
        };
        at += c.len_utf8();
    }
    found
}

pub(super) fn closes(open: char) -> char {
    if open == '[' { ']' } else { '}' }
}

/// The length of a quoted text with its quotes; `None` where it is not closed.
fn quoted(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let quote = *bytes.first()?;
    let mut at = 1;
    loop {
        match *bytes.get(at)? {
            b'\\' if quote == b'"' => at += 2,
            b'\'' if quote == b'\'' && bytes.get(at + 1) == Some(&b'\'') => at += 2,
            b if b == quote => return Some(at + 1),
            _ => at += 1,
        }
    }
}
