//! Reports headings under which nothing is said.

use pulldown_cmark::{Event, HeadingLevel, Parser, Tag, TagEnd};

use super::words::code;
use crate::rule::{EntryView, Sink};
use crate::schema::vocabulary::Prose;

/// Findings in one text; nobody wants to read of more.
const MOST: usize = 50;

pub(super) fn check(view: &EntryView<'_>, sink: &mut Sink) {
    for met in &view.subject.fields {
        if met.marks.prose != Some(Prose::Markdown) {
            continue;
        }
        let Some(text) = met.node.as_str().filter(|text| may_have_heading(text)) else {
            continue;
        };
        for heading in empty_headings(text).into_iter().take(MOST) {
            // The line break behind a heading is a part of it.
            let said = text[heading.place.clone()].trim_end();
            let place = heading.place.start..heading.place.start + said.len();
            sink.report(
                met.node.locate(place),
                format!("nothing stands under the heading {}", code(heading.title.trim())),
            )
            .help("write what belongs there, or delete the heading");
        }
    }
}

/// Every heading of Markdown begins with `#` or is underlined; that it may stand in a list or a
/// quotation is left out of account.
fn may_have_heading(text: &str) -> bool {
    let bytes = text.as_bytes();
    let breaks = memchr::memchr2_iter(b'\n', b'\r', bytes);
    let mut lines = std::iter::once(0).chain(breaks.map(|at| at + 1));
    lines.any(|start| match bytes[start..].trim_ascii_start() {
        [b'#', ..] => true,
        [first @ (b'=' | b'-'), rest @ ..] => {
            let end = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
            rest[..end].trim_ascii_end().iter().all(|b| b == first)
        }
        _ => false,
    })
}

struct Heading {
    level: HeadingLevel,
    title: String,
    place: std::ops::Range<usize>,
    filled: bool,
}

/// Headings without text, a list, a picture or a smaller heading before the next one.
fn empty_headings(text: &str) -> Vec<Heading> {
    let mut found = Vec::new();
    let mut last: Option<Heading> = None;
    let mut inside = false;
    for (event, place) in Parser::new(text).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                inside = true;
                let empty = last.take().filter(|last| !last.filled && level <= last.level);
                found.extend(empty);
                last = Some(Heading {
                    level,
                    title: String::new(),
                    place,
                    filled: false,
                });
            }
            Event::End(TagEnd::Heading(_)) => inside = false,
            Event::Text(said) | Event::Code(said) if inside => {
                if let Some(last) = &mut last {
                    last.title.push_str(&said);
                }
            }
            Event::Text(_)
            | Event::Code(_)
            | Event::Html(_)
            | Event::InlineHtml(_)
            | Event::Start(Tag::Image { .. } | Tag::CodeBlock(_)) => {
                if let Some(last) = &mut last {
                    last.filled |= !inside;
                }
            }
            _ => {}
        }
    }
    found.extend(last.filter(|last| !last.filled));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn empty(text: &str) -> Vec<String> {
        let found = empty_headings(text).into_iter();
        let found: Vec<String> = found.map(|heading| heading.title).collect();
        assert!(found.is_empty() || may_have_heading(text), "{text}");
        found
    }

    #[test]
    fn what_is_empty() {
        assert_eq!(empty("# A\n\n## B\n\ntext\n"), [""; 0]);
        assert_eq!(empty("# A\n\n## B\n\n## C\n\n- x\n"), ["B"]);
        assert_eq!(empty("# A\n\n## B\n\n# C\n```\ncode\n```\n"), ["B"]);
        assert_eq!(empty("text\n\nEnd\n---\n"), ["End"]);
        assert_eq!(empty("text\n\n---\n\nmore - text\n"), [""; 0]);
        assert!(!may_have_heading("text - with # signs = no heading\n- item\n"));
    }
}
