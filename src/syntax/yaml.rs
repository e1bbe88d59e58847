//! YAML 1.2.2 to the tree, by way of granit-parser's events.

mod clues;
mod explain;
mod lines;
mod plain;
mod source;

use granit_parser::{Event, Options, ScalarStyle, ScanError, StructureStyle, Tag};
use rustc_hash::FxHashMap;

use super::builder::{Builder, Stop};
use super::{Document, Format, Kind, Limits, Parser, Problem, ProblemKind, Style, scalar};
use crate::text::{Span, floor_boundary};
use clues::Place;
use explain::explain;
use source::{anchor_before, borrowed_at, trim, unprintable};

pub(super) fn parse<'s>(
    parser: Parser,
    source: &'s str,
    limits: &Limits,
) -> (Document<'s>, Vec<Problem>) {
    let part = Span::new(0, source.len());
    parse_part(parser, source, part, Format::Yaml, limits)
}

pub(super) fn parse_plain<'s>(source: &'s str, limits: &Limits) -> Option<Document<'s>> {
    let part = Span::new(0, source.len());
    plain::parse(source, part, Format::Yaml, limits)
}

/// Reads the first document in a part of a source.
pub(super) fn parse_part<'s>(
    parser: Parser,
    source: &'s str,
    part: Span,
    format: Format,
    limits: &Limits,
) -> (Document<'s>, Vec<Problem>) {
    if parser == Parser::PlainFirst
        && let Some(document) = plain::parse(source, part, format, limits)
    {
        return (document, Vec::new());
    }
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
    granit_parser::Parser::new_from_str_with_options(part.slice(source), options(true))
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
    let mut reader = Reader {
        base: part.start as usize,
        source,
        builder: Builder::new(source, format, limits).with_room(),
        documents: Vec::new(),
        problems: Vec::new(),
        anchors: FxHashMap::default(),
        in_document: false,
    };
    let mut parser =
        granit_parser::Parser::new_from_str_with_options(part.slice(source), options(false));
    while let Some(event) = parser.next_event() {
        match event {
            Err(error) => {
                // The scanner stops at such a character, and does not say that it is one.
                if let Some(problem) = unprintable(source, part) {
                    return (Vec::new(), vec![problem]);
                }
                reader.broken(&error, part);
                break;
            }
            Ok((Event::DocumentStart(..), span))
                if stream == Stream::First && !reader.documents.is_empty() =>
            {
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

struct Reader<'s, 'l> {
    base: usize,
    source: &'s str,
    builder: Builder<'s, 'l>,
    documents: Vec<Document<'s>>,
    problems: Vec<Problem>,
    /// Record and weight of each anchored value that is complete, by granit's anchor ID.
    anchors: FxHashMap<usize, Anchored>,
    in_document: bool,
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
            Event::DocumentStart(..) => self.in_document = true,
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
        if std::mem::take(&mut self.in_document) {
            self.documents.push(document);
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

    fn broken(&mut self, error: &ScanError, part: Span) {
        let source = &self.source[..part.end as usize];
        let at = self.base + error.marker().byte_offset().unwrap_or(0);
        let explained = explain(
            error,
            &Place {
                source,
                begin: self.base,
                from: self.read_up_to(),
                at: floor_boundary(source, at),
            },
        );
        self.builder.problem(
            ProblemKind::Syntax {
                message: explained.message,
                help: Some(explained.help),
                opened: explained.opened,
            },
            explained.span,
        );
    }

    /// The end of the last value that was read, or the start of the brackets around it.
    fn read_up_to(&self) -> usize {
        let records = &self.builder.doc.records;
        let flow = self
            .builder
            .open
            .iter()
            .map(|open| &records[open.at as usize])
            .find(|record| record.style == Style::Flow);
        if let Some(record) = flow {
            return record.start as usize;
        }
        let documents = self.documents.iter().map(|document| &document.records);
        let read = documents
            .chain([records])
            .flat_map(|records| records.last());
        read.map(|record| record.end as usize)
            .max()
            .unwrap_or(self.base)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_has_as_many_trees_as_documents() {
        for (source, count) in [
            ("", 0),
            ("a: 1\n", 1),
            ("--- a\n--- b\n...\n", 2),
            ("---\n---\n", 2),
            ("a: 1\n...\n# end\n", 1),
        ] {
            let (documents, problems) = parse_stream(source, &Limits::default());
            assert_eq!(problems, [], "{source:?}");
            assert_eq!(documents.len(), count, "{source:?}");
        }
        let (documents, problems) = parse_stream("a: 1\n--- [\n", &Limits::default());
        assert_eq!((documents.len(), problems.len()), (2, 1));
    }

    #[test]
    fn a_block_text_spans_its_lines() {
        for (source, lines) in [
            ("a: |\n  one\n\n  two\n\nb: 1\n", "one\n\n  two"),
            ("a: >- # x\n\n  one\n", "\n  one"),
            ("a: |\r\n\r\n  one\r\n", "\r\n  one"),
        ] {
            let (document, _) = parse(Parser::Full, source, &Limits::default());
            let text = document.root().and_then(|root| root.get("a"));
            let span = text.expect("a").span();
            assert_eq!(span.slice(source).trim_start_matches(' '), lines);
        }
    }

    #[test]
    fn a_collection_is_located_as_a_whole() {
        let (document, _) = parse(Parser::Full, "- [a]\n- b\n", &Limits::default());
        let root = document.root().expect("root");
        assert_eq!(root.locate(0..0), root.span());
        let last = root.items().nth(1).expect("b");
        assert_eq!(last.locate(0..9), last.span(), "no more than there is");
    }
}
