//! The one canonical form of a file that holds an entry.
//!
//! Fields stand in the order of their schema, lists and groups as blocks, texts of several lines as `|`
//! blocks, quotes only where YAML 1.1 or 1.2 would misread a text without them. Comments stay with
//! what they belong to, a Markdown body and the line ends stay as they are. What is written is read
//! back and compared, so that no meaning is ever changed.

mod comments;

use serde_json::{Map, Value};

use crate::migrate::layout::Layout;
use crate::migrate::value::fields;
use crate::syntax::{self, Document, Format, Kind, ProblemKind, emit};
use crate::text::Span;

/// What some editors put before a text.
const BOM: &str = "\u{feff}";

/// Why a file has no canonical form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unformatted {
    /// Where.
    pub span: Span,
    /// Why, in one sentence without a full stop at its end.
    pub reason: String,
}

impl Unformatted {
    fn new(span: Span, reason: impl Into<String>) -> Self {
        Self {
            span,
            reason: reason.into(),
        }
    }
}

/// The canonical form of a file's text; the same text where it has it already. `kind` is that of the
/// file by its name; where that says nothing, the ID decides.
///
/// # Errors
///
/// The text cannot be read, holds something that the form has no place for, or is no entry.
pub fn canonical(
    source: &str,
    format: Format,
    kind: Option<usize>,
    layout: &Layout<'_>,
) -> Result<String, Unformatted> {
    let document = read(source, format, layout)?;
    let start = Span::at(0);
    let root = document.root().filter(|root| root.kind() == Kind::Mapping);
    let root = root.ok_or_else(|| Unformatted::new(start, "the file holds no fields"))?;
    let said = fields(root);
    let kind = kind
        .filter(|&kind| is_one_entry(kind, layout))
        .or_else(|| layout.kind_of_fields(&said))
        .ok_or_else(|| Unformatted::new(start, "it is not the file of one entry"))?;
    let ordered = layout.in_order(kind, said.clone());
    let written = match format {
        Format::Json => json(&ordered),
        Format::Yaml | Format::Markdown => yaml(&ordered, kind, &document, layout),
    };
    let line_end = line_end(source);
    let written = written.replace('\n', line_end);
    let mark = if source.starts_with(BOM) { BOM } else { "" };
    let out = match syntax::front_matter(source).filter(|_| format == Format::Markdown) {
        Some(front) => {
            let rest = &source[front.range().end..];
            format!("{mark}---{line_end}{written}{rest}")
        }
        None => format!("{mark}{written}"),
    };
    if says(&out, format, layout) == Some((said, comments::texts(&document))) {
        return Ok(out);
    }
    Err(Unformatted::new(
        start,
        "its canonical form would say something else, which is a fault of this program; it is left \
         as it is",
    ))
}

/// Whether files of a kind hold one entry each, by the marks of its schema; where it has none, they
/// are taken for entries.
fn is_one_entry(kind: usize, layout: &Layout<'_>) -> bool {
    let mut places = layout.plan(kind).places();
    layout.is_entry(kind) || places.all(|place| place.marks.entry.is_none())
}

/// What a text says: its fields, and its comments in no order.
fn says(
    text: &str,
    format: Format,
    layout: &Layout<'_>,
) -> Option<(Map<String, Value>, Vec<String>)> {
    let document = read(text, format, layout).ok()?;
    let root = document.root()?;
    Some((fields(root), comments::texts(&document)))
}

/// The line end that a text uses first: CRLF or LF.
fn line_end(source: &str) -> &'static str {
    match memchr::memchr(b'\n', source.as_bytes()) {
        Some(at) if source[..at].ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

fn read<'s>(
    source: &'s str,
    format: Format,
    layout: &Layout<'_>,
) -> Result<Document<'s>, Unformatted> {
    let (document, problems) = syntax::parse(source, format, None, layout.limits());
    if let Some(problem) = problems.first() {
        return Err(Unformatted::new(problem.span, said_of(&problem.kind)));
    }
    let directive = |line: &str| line.starts_with('%');
    let before = document.root().map_or(0, |root| root.span().range().start);
    let is_yaml = format == Format::Yaml;
    if is_yaml && source[..before].lines().any(directive) {
        return Err(Unformatted::new(Span::at(0), "it has a YAML directive"));
    }
    Ok(document)
}

fn said_of(problem: &ProblemKind) -> String {
    match problem {
        ProblemKind::Syntax { message, .. } => message.clone(),
        ProblemKind::Empty => "the file is empty".to_owned(),
        ProblemKind::DuplicateKey { key, .. } => format!("`{key}` is there twice"),
        ProblemKind::MultipleDocuments => "a second document begins here".to_owned(),
        ProblemKind::Tag { tag, .. } => format!("it has the tag `{tag}`"),
        ProblemKind::Anchor => "it has an anchor".to_owned(),
        ProblemKind::NotJson => "this number cannot be said in JSON".to_owned(),
        ProblemKind::ComplexKey => "a list or a group of fields is used as a name".to_owned(),
        ProblemKind::CyclicAlias => "this alias is part of what it stands for".to_owned(),
        ProblemKind::TooLarge { what, limit } => format!("it has more than {limit} {what}"),
    }
}

fn json(fields: &Map<String, Value>) -> String {
    // Writing to a text fails for no value.
    let mut out = serde_json::to_string_pretty(fields).unwrap_or_default();
    out.push('\n');
    out
}

fn yaml(
    fields: &Map<String, Value>,
    kind: usize,
    document: &Document<'_>,
    layout: &Layout<'_>,
) -> String {
    let is_date = |pointer: &str| layout.is_date(kind, pointer);
    let comments = comments::of(document);
    emit::yaml_with(fields, &is_date, &comments)
}
