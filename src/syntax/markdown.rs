//! Markdown with YAML front matter: the body becomes one more field.

use super::{Document, Format, Kind, Limits, Parser, Problem, ProblemKind, Style, yaml};
use crate::text::Span;

/// The parts of a Markdown source.
pub(super) struct Parts {
    /// The YAML between the two `---` lines.
    pub front: Span,
    /// All behind the second one, without leading blank lines.
    pub body: Span,
}

/// Splits a source at its `---` lines.
///
/// # Errors
///
/// The place and the reason why there is no front matter.
pub(super) fn split(source: &str) -> Result<Parts, Problem> {
    let start = if source.starts_with('\u{feff}') { 3 } else { 0 };
    let first = line_at(source, start);
    if first.slice(source).trim_end() != "---" {
        return Err(broken(
            first,
            "the file does not begin with `---`",
            "begin the file with a line `---`, then the fields, then `---` and the text",
        ));
    }
    let front_start = next_line(source, first);
    let mut line = line_at(source, front_start);
    while line.slice(source).trim_end() != "---" {
        let next = next_line(source, line);
        if next == line.end as usize {
            return Err(broken(
                first,
                "the front matter is not closed",
                "write a line `---` between the fields and the text",
            ));
        }
        line = line_at(source, next);
    }
    let rest = &source[next_line(source, line)..];
    let text = rest.trim_start_matches(['\n', '\r']);
    Ok(Parts {
        front: Span::new(front_start, line.start as usize),
        body: Span::new(source.len() - text.len(), source.len()),
    })
}

fn broken(span: Span, message: &str, help: &'static str) -> Problem {
    Problem {
        kind: ProblemKind::Syntax {
            message: message.to_owned(),
            help: Some(help),
            opened: None,
        },
        span,
    }
}

/// The line at an offset, without its line break.
fn line_at(source: &str, start: usize) -> Span {
    let length = memchr::memchr2(b'\n', b'\r', &source.as_bytes()[start..]);
    Span::new(start, length.map_or(source.len(), |length| start + length))
}

/// Where the line behind `line` begins; its end where there is none.
fn next_line(source: &str, line: Span) -> usize {
    let end = line.end as usize;
    match source.as_bytes().get(end..) {
        Some([b'\r', b'\n', ..]) => end + 2,
        Some([b'\n' | b'\r', ..]) => end + 1,
        _ => end,
    }
}

pub(super) fn parse<'s>(
    parser: Parser,
    source: &'s str,
    body_field: Option<&str>,
    limits: &Limits,
) -> (Document<'s>, Vec<Problem>) {
    let parts = match split(source) {
        Ok(parts) => parts,
        Err(problem) => return (Document::empty(source, Format::Markdown), vec![problem]),
    };
    let (mut doc, mut problems) =
        yaml::parse_part(parser, source, parts.front, Format::Markdown, limits);
    let Some(field) = body_field else {
        return (doc, problems);
    };
    if parts.body.slice(source).trim().is_empty() {
        return (doc, problems);
    }
    let present = doc
        .root()
        .and_then(|root| root.pair(field))
        .map(|(key, _)| key.span());
    if let Some(first) = present {
        problems.push(Problem {
            kind: ProblemKind::DuplicateKey {
                key: field.to_owned(),
                first,
            },
            span: line_at(source, parts.body.start as usize),
        });
        return (doc, problems);
    }
    if doc.root().is_some_and(|root| root.kind() == Kind::Mapping) {
        doc.append_body(field, parts.body);
    }
    (doc, problems)
}

impl Document<'_> {
    /// Adds the body as the last pair of the root mapping. Its key has no bytes of its own.
    fn append_body(&mut self, field: &str, body: Span) {
        let key = self.records.len() as u32;
        let template = self.records[0];
        let text = self.extra.len() as u32;
        self.extra.push_str(field);
        self.records.push(super::Record {
            start: body.start,
            end: body.start,
            text,
            len: field.len() as u32,
            next: key + 1,
            kind: Kind::String,
            style: Style::Plain,
            at: super::TextAt::Extra,
        });
        self.records.push(super::Record {
            start: body.start,
            end: body.end,
            text: body.start,
            len: body.len() as u32,
            next: key + 2,
            kind: Kind::String,
            style: Style::Body,
            at: super::TextAt::Source,
        });
        self.records[0] = super::Record {
            end: body.end,
            len: template.len + 1,
            next: key + 2,
            ..template
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_is_a_field() {
        let source = "\u{feff}---\r\nid: A1\r\n---\r\n\r\nText\r\n\r\n---\r\nmore\r\n";
        let (doc, problems) = parse(Parser::Full, source, Some("text"), &Limits::default());
        assert_eq!(problems, []);
        let root = doc.root().expect("root");
        assert_eq!(root.get("id").map(|n| n.text()), Some("A1"));
        let body = root.get("text").expect("body");
        assert_eq!(body.text(), "Text\r\n\r\n---\r\nmore\r\n");
        assert_eq!(doc.pointer_at(body.span()), "/text");
    }

    #[test]
    fn what_is_missing_is_said() {
        for (source, at) in [
            ("id: A1\n", 0..6),
            ("---\nid: A1\n# x\n", 0..3),
            ("---js\n---\n", 0..5),
        ] {
            let (_, problems) = parse(Parser::Full, source, Some("text"), &Limits::default());
            assert_eq!(problems.len(), 1, "{source}");
            assert_eq!(problems[0].span.range(), at);
            assert!(problems[0].kind.is_fatal());
        }
        let (_, problems) = parse(
            Parser::Full,
            "---\ntext: a\n---\nb\n",
            Some("text"),
            &Limits::default(),
        );
        assert!(matches!(problems[0].kind, ProblemKind::DuplicateKey { .. }));
    }
}
