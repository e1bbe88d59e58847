//! Reports text that was left for later.

use std::sync::LazyLock;

use memchr::memmem;
use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::words::code;
use crate::rule::{EntryView, Sink};
use crate::schema::vocabulary::Prose;
use crate::syntax::Node;

/// Words that say that something is still to be written. They begin with one of three letters.
const WORDS: [&str; 4] = ["TODO", "TBD", "FIXME", "XXX"];

/// What filler text begins with, but for its first letter.
static LOREM: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new("orem ipsum"));

/// Other places that a finding names.
const MOST: usize = 50;

pub(super) fn check(view: &EntryView<'_>, sink: &mut Sink) {
    for met in &view.subject.fields {
        let marks = met.marks;
        if marks.prose.is_none() && marks.unique.is_none() && !marks.mentions {
            continue;
        }
        let Some(text) = met.node.as_str() else {
            continue;
        };
        let html = marks.prose == Some(Prose::Html);
        if says_nothing(text, html) {
            // Whether it may be empty is for the schema to say.
            if !text.is_empty() {
                sink.report(met.node.span(), format!("{} says nothing", code(text.trim())))
                    .help("write the text, or leave the entry out until there is one");
            }
            continue;
        }
        words(met.node, text, marks.prose, sink);
    }
}

/// Whether a text has no letter and no digit; in HTML, none outside its tags.
fn says_nothing(text: &str, html: bool) -> bool {
    if !html {
        return !text.contains(char::is_alphanumeric);
    }
    let mut in_tag = false;
    let plain = text.replace("&nbsp;", " ");
    !plain.chars().any(|c| {
        in_tag = (in_tag || c == '<') && c != '>';
        !in_tag && c.is_alphanumeric()
    })
}

fn words(node: Node<'_>, text: &str, prose: Option<Prose>, sink: &mut Sink) {
    let bytes = text.as_bytes();
    let mut found: Vec<(usize, &str)> = Vec::new();
    found.extend(memchr::memchr3_iter(b'T', b'F', b'X', bytes).filter_map(|at| {
        let mut words = WORDS.into_iter();
        let word = words.find(|word| bytes[at..].starts_with(word.as_bytes()))?;
        stands_alone(text, at, word.len()).then_some((at, word))
    }));
    let lorem = LOREM
        .find_iter(text.as_bytes())
        .filter(|&at| text[..at].ends_with(['l', 'L']))
        .map(|at| (at - 1, &text[at - 1..at + LOREM.needle().len()]));
    found.extend(lorem);
    if found.is_empty() {
        return;
    }
    found.sort_unstable();
    if prose == Some(Prose::Markdown) {
        let code = code_ranges(text);
        found.retain(|(at, _)| !code.iter().any(|range| range.contains(at)));
    }
    let Some(((at, word), rest)) = found.split_first() else {
        return;
    };
    let line = text[*at..].lines().next().unwrap_or(word);
    let mut reported = sink
        .report(
            node.locate(*at..at + word.len()),
            format!("{} was left for later", code(line)),
        )
        .label("a place holder")
        .help("write what is missing, and delete the reminder");
    for (at, word) in rest.iter().take(MOST) {
        reported = reported.related(node.locate(*at..at + word.len()), "here too");
    }
}

/// Whether a word is no part of another, of a pattern such as `XXX-XX-XXXX`, or of code.
fn stands_alone(text: &str, at: usize, length: usize) -> bool {
    let joined = |c: char| c.is_alphanumeric() || "-_`/.@=%$".contains(c);
    let behind = text[at + length..].chars().next();
    let ahead = text[..at].chars().next_back();
    // A full stop or a hyphen behind the word may belong to the sentence.
    let next = text[at + length..].chars().nth(1);
    let ends = match behind {
        Some('.' | '-' | '/') => !next.is_some_and(char::is_alphanumeric),
        behind => !behind.is_some_and(joined),
    };
    ends && !ahead.is_some_and(joined)
}

/// Code, where such a word is an example.
fn code_ranges(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut block = None;
    let mut found = Vec::new();
    for (event, place) in Parser::new(text).into_offset_iter() {
        match event {
            Event::Code(_) => found.push(place),
            Event::Start(Tag::CodeBlock(_)) => block = Some(place.start),
            Event::End(TagEnd::CodeBlock) => {
                found.push(block.take().unwrap_or(place.start)..place.end);
            }
            _ => {}
        }
    }
    found
}
