//! Edits that keep the way in which a file is written: YAML, front matter or JSON.
//!
//! Each gives nothing where a right edit cannot be guaranteed. What is written into quotes or as a
//! plain text is read back before it is offered.

mod block;
mod group;
mod list;

use std::ops::Range;

use crate::syntax::{self, Format, Kind, Limits, Node, Style, Yaml11};
use crate::text::Span;

pub(super) use group::insert_field;
pub(crate) use list::delete_item;

/// The source text that says `text` in the place of a scalar or a key, in the same style where that
/// is possible.
pub(crate) fn scalar(node: Node<'_>, text: &str) -> Option<String> {
    let document = node.document();
    if matches!(node.kind(), Kind::Sequence | Kind::Mapping) || node.span().is_empty() {
        return None;
    }
    if document.format() == Format::Json {
        return json(text);
    }
    if node.is_alias() {
        return flow_scalar(text, Style::Plain, Around::Brackets);
    }
    if property(document.source(), node.span()).is_some() {
        return None;
    }
    match node.style() {
        Style::Literal | Style::Folded => block::whole(node, text),
        Style::Body => (!breaks_body(text)).then(|| text.to_owned()),
        style => flow_scalar(text, style, Around::of(node)),
    }
}

/// The source text that says `text` in quotes, in the place of a scalar or a key.
pub(super) fn quoted(node: Node<'_>, text: &str) -> Option<String> {
    if node.span().is_empty() || property(node.document().source(), node.span()).is_some() {
        return None;
    }
    flow_scalar(text, Style::SingleQuoted, Around::of(node))
}

/// A text as the value or the name of a new field.
pub(crate) fn fresh(text: &str, format: Format) -> Option<String> {
    match format {
        Format::Json => json(text),
        Format::Yaml | Format::Markdown => flow_scalar(text, Style::Plain, Around::Brackets),
    }
}

/// Where a part of the decoded text of a scalar stands, and what to write there to say `text`
/// instead. Where the rest would read differently, the whole scalar is written anew.
pub(crate) fn part(node: Node<'_>, range: Range<usize>, text: &str) -> Option<(Span, String)> {
    let old = node.text();
    let before = old.get(..range.start)?;
    let after = old.get(range.end..)?;
    if node.is_alias() || node.span().is_empty() {
        return None;
    }
    let new = format!("{before}{text}{after}");
    let span = node.locate(range.clone());
    match node.style() {
        Style::Body => return (!breaks_body(&new)).then(|| (span, text.to_owned())),
        Style::Literal | Style::Folded => return block::part(node, range, text, span),
        _ => {}
    }
    in_place(node, span, text, &new)
        .map(|text| (span, text))
        .or_else(|| Some((node.span(), scalar(node, &new)?)))
}

/// What to write at `span` so that the scalar says `new`.
fn in_place(node: Node<'_>, span: Span, text: &str, new: &str) -> Option<String> {
    let whole = node.span();
    let source = node.document().source();
    let text = match node.style() {
        Style::Json | Style::DoubleQuoted => {
            let quoted = double_quoted(text, node.style());
            quoted[1..quoted.len() - 1].to_owned()
        }
        Style::SingleQuoted => text.replace('\'', "''"),
        _ => text.to_owned(),
    };
    let head = source.get(whole.range().start..span.range().start)?;
    let tail = source.get(span.range().end..whole.range().end)?;
    let written = format!("{head}{text}{tail}");
    let format = node.document().format();
    reads_back(&written, new, format, Around::of(node)).then_some(text)
}

/// What stands around a value, as far as it limits how the value can be written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Around {
    /// Perhaps brackets, within which commas and brackets mean something.
    Brackets,
    /// Lines of their own.
    Lines,
}

impl Around {
    /// A plain text that holds brackets or commas does not stand within brackets; nor does one that
    /// goes on over lines have to be read as if it did.
    fn of(node: Node<'_>) -> Self {
        let raw = node.span().slice(node.document().source());
        let signs = node.style() == Style::Plain && raw.contains([',', '[', ']', '{', '}']);
        if signs || raw.contains(['\n', '\r']) {
            Self::Lines
        } else {
            Self::Brackets
        }
    }
}

/// The first way to write a text on one line of YAML that reads back, beginning with the style.
fn flow_scalar(text: &str, style: Style, around: Around) -> Option<String> {
    // A date stays as it is: where one is wanted, it is written without quotes.
    let same = || matches!(syntax::yaml11(text), None | Some(Yaml11::Date));
    let plain = || syntax::resolve_plain(text) == Kind::String && same();
    let mut ways: Vec<String> = Vec::new();
    if style == Style::Plain && plain() {
        ways.push(text.to_owned());
    }
    if style != Style::DoubleQuoted {
        ways.push(format!("'{}'", text.replace('\'', "''")));
    }
    ways.push(double_quoted(text, Style::DoubleQuoted));
    ways.into_iter()
        .find(|way| !way.contains(['\n', '\r']) && reads_back(way, text, Format::Yaml, around))
}

/// Whether a value that is written so says `text`.
fn reads_back(written: &str, text: &str, format: Format, around: Around) -> bool {
    let list = match (format, around) {
        (Format::Json, _) | (_, Around::Brackets) => format!("[{written}]"),
        _ => format!("- {written}\n"),
    };
    let format = if format == Format::Json {
        Format::Json
    } else {
        Format::Yaml
    };
    let (document, problems) = syntax::parse(&list, format, None, &Limits::default());
    let mut items = document.root().into_iter().flat_map(Node::items);
    let said = items.next().and_then(Node::as_str) == Some(text);
    said && items.next().is_none() && problems.is_empty()
}

fn json(text: &str) -> Option<String> {
    serde_json::to_string(text).ok()
}

/// A text in double quotes with all that cannot stand there escaped, as YAML 1.2.2 (5.7) or JSON
/// have it.
fn double_quoted(text: &str, style: Style) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                out.push_str(&format!("\\u{:04x}", c as u32));
            }
            '\u{fffe}' | '\u{ffff}' if style == Style::DoubleQuoted => {
                out.push_str(&format!("\\u{:04x}", c as u32));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A body must begin with its first line, and hold something, to be read as it is written.
fn breaks_body(text: &str) -> bool {
    text.starts_with(['\n', '\r']) || text.trim().is_empty()
}

/// `!` or `&`, where a tag or an anchor stands before a value: it would apply to what takes its
/// place.
pub(super) fn property(source: &str, value: Span) -> Option<char> {
    let before = source.get(..value.range().start).unwrap_or("");
    let word = before.trim_end_matches([' ', '\t']);
    let word = word.rsplit([' ', '\t', ',', '[', '{', '\n', '\r']).next();
    word?.chars().next().filter(|c| matches!(c, '!' | '&'))
}

/// The text of the line before an offset.
pub(super) fn line_before(source: &str, at: usize) -> &str {
    let before = source.get(..at).unwrap_or("");
    let start = memchr::memrchr2(b'\n', b'\r', before.as_bytes());
    start.map_or(before, |start| &before[start + 1..])
}

/// Where the line of an offset begins.
pub(super) fn line_start(source: &str, at: usize) -> usize {
    at - line_before(source, at).len()
}

/// Where the line of an offset ends, without its line break.
fn line_end(source: &str, at: usize) -> usize {
    let rest = source.get(at..).unwrap_or("");
    at + memchr::memchr2(b'\n', b'\r', rest.as_bytes()).unwrap_or(rest.len())
}

/// The line break that the source uses.
fn line_break(source: &str) -> &'static str {
    match memchr::memchr2(b'\n', b'\r', source.as_bytes()) {
        Some(at) if source[at..].starts_with("\r\n") => "\r\n",
        Some(at) if source.as_bytes()[at] == b'\r' => "\r",
        _ => "\n",
    }
}

#[cfg(test)]
mod tests;
