//! What the events do not tell, read from the source.

use crate::syntax::{Problem, ProblemKind, Style};
use crate::text::Span;

/// A character that YAML 1.2.2 (5.1) does not allow, or only in quotes, where granit does not read
/// it either.
pub(super) fn unprintable(source: &str, part: Span) -> Option<Problem> {
    let text = part.slice(source);
    let bytes = text.as_bytes();
    let control = bytes
        .iter()
        .position(|&b| (b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r')) || b == 0x7f);
    // U+0080 to U+009F but NEL begin with C2, U+FFFE and U+FFFF with EF BF.
    let wide = memchr::memchr2_iter(0xc2, 0xef, bytes).find(|&at| match bytes[at] {
        0xc2 => (0x80..0xa0).contains(&bytes[at + 1]) && bytes[at + 1] != 0x85,
        _ => bytes[at + 1] == 0xbf && bytes[at + 2] >= 0xbe,
    });
    let at = [control, wide].into_iter().flatten().min()?;
    let c = text[at..].chars().next()?;
    let start = part.start as usize + at;
    Some(Problem {
        kind: ProblemKind::Syntax {
            message: format!(
                "the character U+{:04X} must not stand in YAML as it is",
                c as u32
            ),
            help: Some("delete it; it is invisible and was probably pasted by accident"),
            opened: None,
        },
        span: Span::new(start, start + c.len_utf8()),
    })
}

/// Where a text lies in the source, when it is a slice of it.
pub(super) fn borrowed_at(source: &str, text: &str) -> Option<usize> {
    let at = (text.as_ptr() as usize).checked_sub(source.as_ptr() as usize)?;
    (at + text.len() <= source.len()).then_some(at)
}

/// Cuts the trailing blank space that granit counts to block and folded scalars, and adds the blank
/// lines that a block scalar begins with.
pub(super) fn trim(source: &str, at: Span, style: Style) -> Span {
    const BLANK: [char; 4] = [' ', '\t', '\n', '\r'];
    if matches!(style, Style::SingleQuoted | Style::DoubleQuoted) {
        return at;
    }
    let mut start = at.start as usize;
    let end = start + at.slice(source).trim_end_matches(BLANK).len();
    if matches!(style, Style::Literal | Style::Folded) && start < end {
        let header = source[..start].trim_end_matches(BLANK).len();
        let between = &source[header..start];
        let width = if between.starts_with("\r\n") { 2 } else { 1 };
        if between
            .get(width..)
            .is_some_and(|rest| rest.contains(['\n', '\r']))
        {
            start = header + width;
        }
    }
    Span::new(start, end)
}

/// The `&name` before a value.
pub(super) fn anchor_before(source: &str, value: usize) -> Option<Span> {
    let before = source.get(..value)?;
    let start = before.rfind('&')?;
    let name = before[start..].split([' ', '\t', '\n', '\r']).next()?;
    Some(Span::new(start, start + name.len()))
}
