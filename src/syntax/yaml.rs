//! YAML 1.2.2 to the tree, by way of granit-parser's events.

use granit_parser::{
    ErrorKind, Event, Options, Parser, ScalarStyle, ScanError, StructureStyle, Tag,
};
use rustc_hash::FxHashMap;

use super::{Builder, Document, Format, Kind, Limits, Problem, ProblemKind, Stop, Style, scalar};
use crate::text::{Span, floor_boundary};

pub(super) fn parse<'s>(source: &'s str, limits: &Limits) -> (Document<'s>, Vec<Problem>) {
    parse_part(source, Span::new(0, source.len()), Format::Yaml, limits)
}

/// Reads the first document in a part of a source.
pub(super) fn parse_part<'s>(
    source: &'s str,
    part: Span,
    format: Format,
    limits: &Limits,
) -> (Document<'s>, Vec<Problem>) {
    let (mut documents, mut problems) = read(source, part, format, limits, Stream::First);
    let document = if documents.is_empty() {
        Document::empty(source, format)
    } else {
        documents.swap_remove(0)
    };
    if document.records.is_empty() && problems.is_empty() {
        problems.push(Problem {
            kind: ProblemKind::Empty,
            span: Span::at(part.start as usize),
        });
    }
    (document, problems)
}

pub(super) fn parse_stream<'s>(
    source: &'s str,
    limits: &Limits,
) -> (Vec<Document<'s>>, Vec<Problem>) {
    let part = Span::new(0, source.len());
    read(source, part, Format::Yaml, limits, Stream::All)
}

pub(super) fn comments(source: &str, part: Span) -> Vec<Span> {
    let base = part.start as usize;
    Parser::new_from_str_with_options(part.slice(source), options(true))
        .map_while(Result::ok)
        .filter_map(|(event, span)| match event {
            Event::Comment(..) => byte_span(span, base),
            _ => None,
        })
        .collect()
}

/// How much of a stream is wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stream {
    First,
    All,
}

fn options(comments: bool) -> Options {
    let mut options = granit_parser::options! {
        strict_indentation: true,
        // The builder counts the levels of both kinds together and says which one is too deep.
        flow_nesting_limit: 4096,
        block_nesting_limit: 4096,
        max_buffered_comment_events: 1_000_000,
    };
    options.set_emit_comments(comments);
    options
}

fn byte_span(span: granit_parser::Span, base: usize) -> Option<Span> {
    let range = span.byte_range()?;
    Some(Span::new(base + range.start, base + range.end))
}

fn read<'s>(
    source: &'s str,
    part: Span,
    format: Format,
    limits: &Limits,
    stream: Stream,
) -> (Vec<Document<'s>>, Vec<Problem>) {
    if let Some(problem) = unprintable(source, part) {
        return (Vec::new(), vec![problem]);
    }
    let mut reader = Reader {
        base: part.start as usize,
        source,
        builder: Builder::new(source, format, limits),
        documents: Vec::new(),
        problems: Vec::new(),
        anchors: FxHashMap::default(),
        started: false,
    };
    let mut parser = Parser::new_from_str_with_options(part.slice(source), options(false));
    while let Some(event) = parser.next_event() {
        match event {
            Err(error) => {
                reader.broken(&error);
                break;
            }
            Ok((Event::DocumentStart(..), span)) if reader.started && stream == Stream::First => {
                let at = byte_span(span, reader.base).unwrap_or(part);
                reader.builder.problem(ProblemKind::MultipleDocuments, at);
                break;
            }
            Ok((event, span)) => {
                if reader.event(event, span, limits, format).is_err() {
                    break;
                }
            }
        }
    }
    reader.close();
    (reader.documents, reader.problems)
}

/// A character that YAML 1.2.2 (5.1) does not allow, where granit reads on.
fn unprintable(source: &str, part: Span) -> Option<Problem> {
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
            message: format!("the character U+{:04X} is not allowed in YAML", c as u32),
            help: Some("delete it; it is invisible and was probably pasted by accident"),
            opened: None,
        },
        span: Span::new(start, start + c.len_utf8()),
    })
}

struct Reader<'s, 'l> {
    base: usize,
    source: &'s str,
    builder: Builder<'s, 'l>,
    documents: Vec<Document<'s>>,
    problems: Vec<Problem>,
    /// Record and weight of each anchored value that is complete, by granit's anchor ID.
    anchors: FxHashMap<usize, Anchored>,
    started: bool,
}

#[derive(Clone, Copy)]
enum Anchored {
    Open(u32),
    Done(u32, (u64, u64)),
}

impl<'s, 'l> Reader<'s, 'l> {
    fn event(
        &mut self,
        event: Event<'s>,
        span: granit_parser::Span,
        limits: &'l Limits,
        format: Format,
    ) -> Result<(), Stop> {
        let Some(at) = byte_span(span, self.base) else {
            return Ok(());
        };
        match event {
            Event::DocumentStart(..) => self.started = true,
            Event::DocumentEnd => {
                let next = Builder::new(self.source, format, limits);
                self.close();
                self.builder = next;
                self.anchors.clear();
            }
            Event::Alias(id) => return self.alias(id, at),
            Event::Scalar(text, style, anchor, tag) => {
                return self.scalar(&text, style, anchor, tag.as_deref(), span, at);
            }
            Event::SequenceStart(style, anchor, tag) => {
                self.check_tag(tag.as_deref(), span, at, &["seq"]);
                return self.begin(Kind::Sequence, style, anchor, at);
            }
            Event::MappingStart(style, anchor, tag) => {
                self.check_tag(tag.as_deref(), span, at, &["map"]);
                return self.begin(Kind::Mapping, style, anchor, at);
            }
            Event::SequenceEnd => self.end(b']', at),
            Event::MappingEnd => self.end(b'}', at),
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self) {
        let empty = Builder::new("", Format::Yaml, self.builder.limits);
        let (document, problems) = std::mem::replace(&mut self.builder, empty).finish();
        self.problems.extend(problems);
        if self.started || !document.records.is_empty() {
            self.documents.push(document);
            self.started = !self.documents.is_empty();
        }
    }

    fn anchor(&mut self, id: usize, state: Anchored, at: Span) {
        if id != 0 {
            if !self.anchors.contains_key(&id) {
                let start = anchor_before(self.source, at.start as usize);
                self.builder
                    .problem(ProblemKind::Anchor, start.unwrap_or(at));
            }
            self.anchors.insert(id, state);
        }
    }

    fn begin(
        &mut self,
        kind: Kind,
        style: StructureStyle,
        anchor: usize,
        at: Span,
    ) -> Result<(), Stop> {
        let style = match style {
            StructureStyle::Block => Style::Block,
            StructureStyle::Flow => Style::Flow,
        };
        let index = self.builder.begin(kind, style, at.start as usize)?;
        self.anchor(anchor, Anchored::Open(index), at);
        Ok(())
    }

    fn end(&mut self, bracket: u8, at: Span) {
        let start = at.start as usize;
        let flow =
            self.builder.open.last().is_some_and(|open| {
                self.builder.doc.records[open.at as usize].style == Style::Flow
            });
        let bytes = self.source.as_bytes();
        let end = if flow && bytes.get(start) == Some(&bracket) {
            Some(start + 1)
        } else if flow && start > 0 && bytes.get(start - 1) == Some(&bracket) {
            Some(start)
        } else {
            None
        };
        if let Some((index, weight)) = self.builder.end(end) {
            for state in self.anchors.values_mut() {
                if matches!(state, Anchored::Open(open) if *open == index) {
                    *state = Anchored::Done(index, weight);
                }
            }
        }
    }

    fn alias(&mut self, id: usize, at: Span) -> Result<(), Stop> {
        match self.anchors.get(&id) {
            Some(&Anchored::Done(target, weight)) => self.builder.alias(at, target, weight),
            _ => {
                self.builder.problem(ProblemKind::CyclicAlias, at);
                Err(Stop)
            }
        }
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        span: granit_parser::Span,
        at: Span,
    ) -> Result<(), Stop> {
        let style = match style {
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted => Style::SingleQuoted,
            ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
            ScalarStyle::Literal => Style::Literal,
            ScalarStyle::Folded => Style::Folded,
        };
        // An empty plain scalar arrives as `~` without width.
        let text = if style == Style::Plain && at.is_empty() {
            ""
        } else {
            text
        };
        let at = trim(self.source, at, style);
        let kind = match tag {
            Some(tag) => self.tagged(text, style, tag, span, at),
            None if style == Style::Plain => scalar::resolve(text),
            None => Kind::String,
        };
        if kind == Kind::Float && scalar::is_not_finite(text) {
            self.builder.problem(ProblemKind::NotJson, at);
        }
        let kind = if self.builder.expects_key() {
            Kind::String
        } else {
            kind
        };
        let before = (self.builder.expanded_nodes, self.builder.expanded_bytes);
        let in_source = borrowed_at(self.source, text);
        let index = self.builder.scalar(at, kind, style, text, in_source)?;
        let weight = (
            self.builder.expanded_nodes - before.0,
            self.builder.expanded_bytes - before.1,
        );
        self.anchor(anchor, Anchored::Done(index, weight), at);
        Ok(())
    }

    /// The kind of a scalar with a tag.
    fn tagged(
        &mut self,
        text: &str,
        style: Style,
        tag: &Tag,
        span: granit_parser::Span,
        at: Span,
    ) -> Kind {
        let resolved = scalar::resolve(text);
        let (kind, fits) = match tag.core_suffix() {
            Some("str") => (Kind::String, true),
            Some("int") => (Kind::Int, resolved == Kind::Int),
            Some("float") => (Kind::Float, matches!(resolved, Kind::Int | Kind::Float)),
            Some("bool") => (Kind::Bool, resolved == Kind::Bool),
            Some("null") => (Kind::Null, resolved == Kind::Null),
            Some(_) => (Kind::String, false),
            // `!` alone: not resolved, so a string (YAML 1.2.2, 10.1.2).
            None if tag.handle().is_empty() && tag.suffix() == "!" => (Kind::String, true),
            None => {
                self.report_tag(tag, span, at, false);
                let plain = style == Style::Plain;
                return if plain { resolved } else { Kind::String };
            }
        };
        if !fits {
            self.report_tag(tag, span, at, true);
            return Kind::String;
        }
        kind
    }

    fn check_tag(
        &mut self,
        tag: Option<&Tag>,
        span: granit_parser::Span,
        at: Span,
        allowed: &[&str],
    ) {
        let Some(tag) = tag else { return };
        let core = tag.core_suffix();
        let lone = tag.handle().is_empty() && tag.suffix() == "!";
        if !lone && !core.is_some_and(|suffix| allowed.contains(&suffix)) {
            self.report_tag(tag, span, at, core.is_some());
        }
    }

    fn report_tag(&mut self, tag: &Tag, span: granit_parser::Span, at: Span, core: bool) {
        let place = span
            .tag_span()
            .and_then(|span| byte_span(span, self.base))
            .unwrap_or(at);
        let written = place.slice(self.source);
        let tag = if written.starts_with('!') {
            written.to_owned()
        } else {
            tag.original()
        };
        self.builder.problem(ProblemKind::Tag { tag, core }, place);
    }

    fn broken(&mut self, error: &ScanError) {
        let at = self.base + error.marker().byte_offset().unwrap_or(0);
        let at = floor_boundary(self.source, at);
        let (message, help, span, opened) = explain(self.source, error, at);
        self.builder.problem(
            ProblemKind::Syntax {
                message,
                help,
                opened,
            },
            span,
        );
    }
}

/// Where a text lies in the source, when it is a slice of it.
fn borrowed_at(source: &str, text: &str) -> Option<usize> {
    let at = (text.as_ptr() as usize).checked_sub(source.as_ptr() as usize)?;
    (at + text.len() <= source.len()).then_some(at)
}

/// Cuts the trailing blank space that granit counts to block and folded scalars.
fn trim(source: &str, at: Span, style: Style) -> Span {
    if matches!(style, Style::SingleQuoted | Style::DoubleQuoted) {
        return at;
    }
    let text = at.slice(source).trim_end_matches([' ', '\t', '\n', '\r']);
    Span::new(at.start as usize, at.start as usize + text.len())
}

/// The `&name` before a value.
fn anchor_before(source: &str, value: usize) -> Option<Span> {
    let before = source.get(..value)?;
    let start = before.rfind('&')?;
    let name = before[start..].split([' ', '\t', '\n', '\r']).next()?;
    Some(Span::new(start, start + name.len()))
}

type Explained = (String, Option<&'static str>, Span, Option<Span>);

/// What a person should read for an error of the scanner.
fn explain(source: &str, error: &ScanError, at: usize) -> Explained {
    let here = one_character(source, at);
    if let Some(found) = tab(source, at) {
        return found;
    }
    if let Some(found) = stray_colon(source, error, at) {
        return found;
    }
    let (message, help): (&str, Option<&'static str>) = match error.kind() {
        ErrorKind::UnclosedQuotedScalar
        | ErrorKind::DocumentIndicatorInQuotedScalar
        | ErrorKind::InvalidQuotedScalarIndent => return unclosed_quote(source, at),
        ErrorKind::InvalidTrailingSingleQuotedScalar => (
            "there is text behind the closing `'`",
            Some("write the quote inside the text twice (`''`), or put the whole text in `\"…\"`"),
        ),
        ErrorKind::InvalidTrailingDoubleQuotedScalar => (
            "there is text behind the closing `\"`",
            Some("write the quote inside the text as `\\\"`, or put the whole text in `'…'`"),
        ),
        ErrorKind::UnclosedFlowCollection { .. }
        | ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofImplicitFlowMapping
        | ErrorKind::ExpectedFlowMappingSeparator
        | ErrorKind::ExpectedFlowSequenceSeparator
        | ErrorKind::InvalidFlowScalarIndent => return open_bracket(source, at),
        ErrorKind::UnknownAnchor => (
            "this `*` asks for an anchor that does not exist",
            Some("put the text in quotes if the `*` belongs to it"),
        ),
        ErrorKind::UnexpectedCharacter { .. } => (
            "a value cannot begin with this character",
            Some("put the value in quotes"),
        ),
        ErrorKind::InvalidIndentation
        | ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::ExpectedBlockSequenceEntry
        | ErrorKind::BlockSequenceEntryNotAllowed
        | ErrorKind::UnexpectedEndOfPlainScalar => (
            "this line does not fit what is around it",
            Some(
                "begin it in the same column as its neighbours; a field is `name: value`, an item `- value`",
            ),
        ),
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => (
            "this line is neither a field nor an item of a list",
            Some(
                "write `name: value` for a field, or indent the line if it continues the text above",
            ),
        ),
        ErrorKind::UnknownQuotedScalarEscape | ErrorKind::InvalidQuotedScalarHexEscape => (
            "this `\\` escape does not exist in YAML",
            Some(
                "write `\\\\` for a backslash, or put the text in `'…'`, where a backslash is only itself",
            ),
        ),
        ErrorKind::RecursionLimitExceeded => ("the values are nested too deeply", None),
        _ => return (error.info(), None, here, None),
    };
    (message.to_owned(), help, here, None)
}

/// The character at an offset; at the end of a line, the last one of it.
fn one_character(source: &str, at: usize) -> Span {
    let at = at.min(source.len());
    match source[at..].chars().next() {
        Some(c) if c != '\n' && c != '\r' => Span::new(at, at + c.len_utf8()),
        _ => {
            let start = source[..at].char_indices().next_back();
            start.map_or(Span::at(at), |(start, c)| {
                if c == '\n' {
                    Span::at(at)
                } else {
                    Span::new(start, at)
                }
            })
        }
    }
}

fn line_around(source: &str, at: usize) -> (usize, &str) {
    let start = source[..at].rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let length = source[start..].find(['\n', '\r']);
    (
        start,
        &source[start..length.map_or(source.len(), |n| start + n)],
    )
}

/// A tab in the indentation of the line, or of the one before.
fn tab(source: &str, at: usize) -> Option<Explained> {
    let (mut start, mut line) = line_around(source, at);
    if line.trim().is_empty() && start > 0 {
        (start, line) = line_around(source, start - 1);
    }
    let indent = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
    let tab = start + indent.find('\t')?;
    Some((
        "there is a tab in the indentation".to_owned(),
        Some("indent with spaces, two for each level"),
        Span::new(tab, tab + 1),
        None,
    ))
}

/// `title: Theft: the sequel` reads as a field in a field.
fn stray_colon(source: &str, error: &ScanError, at: usize) -> Option<Explained> {
    if !matches!(
        error.kind(),
        ErrorKind::MappingValueNotAllowed
            | ErrorKind::InvalidColonPlacement
            | ErrorKind::InvalidMappingValueWhitespace
    ) {
        return None;
    }
    let (start, line) = line_around(source, at);
    let first = line.find(": ")?;
    let second = first
        + 1
        + line[first + 1..].find(": ").or_else(|| {
            line[first + 1..]
                .ends_with(':')
                .then(|| line.len() - first - 2)
        })?;
    Some((
        "the text contains `: `, which begins a field".to_owned(),
        Some("put the text in quotes: `title: 'one: two'`"),
        Span::new(start + second, start + second + 1),
        None,
    ))
}

/// The quote that was opened and never closed, found by reading the lines backwards from the error.
fn unclosed_quote(source: &str, at: usize) -> Explained {
    let before = &source[..at];
    let opened = ['"', '\'']
        .iter()
        .filter_map(|quote| {
            [": ", "- ", "[", ", ", "{"]
                .iter()
                .filter_map(|lead| {
                    let needle = format!("{lead}{quote}");
                    before.rfind(&needle).map(|found| found + lead.len())
                })
                .filter(|&open| !is_closed(&source[open..], *quote))
                .max()
        })
        .max();
    let open = opened.unwrap_or_else(|| at.min(source.len().saturating_sub(1)));
    let (start, line) = line_around(source, floor_boundary(source, open));
    let end = (start + line.len()).max(open + 1).min(source.len());
    (
        "this quote is never closed".to_owned(),
        Some("close it at the end of the text"),
        Span::new(open, end),
        None,
    )
}

/// Whether a quoted text is closed on the line where it begins.
fn is_closed(text: &str, quote: char) -> bool {
    let line = text.split(['\n', '\r']).next().unwrap_or("");
    line.char_indices().skip(1).any(|(_, c)| c == quote)
}

/// The bracket that was opened and never closed.
fn open_bracket(source: &str, at: usize) -> Explained {
    let before = &source[..at];
    let mut depth = 0_usize;
    let mut open = None;
    for (index, c) in before.char_indices().rev() {
        match c {
            ']' | '}' => depth += 1,
            '[' | '{' if depth == 0 => {
                open = Some((index, c));
                break;
            }
            '[' | '{' => depth -= 1,
            _ => {}
        }
    }
    let (message, span) = match open {
        Some((index, '[')) => ("this list is never closed with `]`", index),
        Some((index, _)) => ("this group is never closed with `}`", index),
        None => ("a `,` or a closing bracket is missing here", at),
    };
    (
        message.to_owned(),
        Some("close it, or put the text in quotes if the bracket belongs to the text"),
        one_character(source, span),
        Some(one_character(source, at)),
    )
}
