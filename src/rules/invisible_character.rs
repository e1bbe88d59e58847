//! Reports characters that nobody sees, in the text and in comments and names too.

use std::fmt::Write as _;

use super::rewrite;
use crate::diagnostic::{Edit, Fix, Safety, Severity};
use crate::rule::{DocumentView, Sink};
use crate::syntax::{Format, Kind, Node, ProblemKind, Style};
use crate::text::Span;

mod table;

/// Places that are looked up in one file; beyond them it is no text that a person wrote.
const MOST: usize = 100;

/// Some invisible characters in a row, as the source says them.
struct Run {
    span: Span,
    said: String,
}

pub(super) fn check(view: &DocumentView<'_>, sink: &mut Sink) {
    if view.unread.is_some() {
        return;
    }
    let mut runs = in_source(view.source);
    // What stops the file from being read is reported as that.
    runs.retain(|run| {
        !view.problems.iter().any(|problem| {
            let here = problem.span.start <= run.span.end && run.span.start <= problem.span.end;
            here && matches!(problem.kind, ProblemKind::Syntax { .. })
        })
    });
    if view.format != Format::Markdown || view.source.contains('\\') {
        runs.extend(in_escapes(view));
    }
    if !runs.is_empty() {
        runs.sort_by_key(|run| run.span);
        report(view, runs, sink);
    }
}

/// Runs that stand in the source as they are.
fn in_source(source: &str) -> Vec<Run> {
    const STEP: usize = 64;
    let mut found = Vec::new();
    let mut done = 0;
    for (number, chunk) in source.as_bytes().chunks(STEP).enumerate() {
        // Without a branch, so that the compiler looks at many bytes at once.
        let odd = chunk.iter().fold(false, |odd, &b| odd | is_odd(b));
        if odd {
            let start = (number * STEP).max(done);
            done = scan(source, start, number * STEP + chunk.len(), &mut found);
        }
        if found.len() >= MOST {
            break;
        }
    }
    found
}

fn is_odd(byte: u8) -> bool {
    byte >= 0x7f || (byte < 0x20 && byte != b'\n' && byte != b'\r' && byte != b'\t')
}

/// Looks at the characters that begin in a part of the source; gives where it stopped.
fn scan(source: &str, start: usize, end: usize, found: &mut Vec<Run>) -> usize {
    let mut at = start;
    while !source.is_char_boundary(at) {
        at += 1;
    }
    while at < end {
        let length = run_length(source, at);
        if length > 0 {
            found.push(Run {
                span: Span::new(at, at + length),
                said: source[at..at + length].to_owned(),
            });
        }
        let next = source[at..].chars().next().map_or(1, char::len_utf8);
        at += length.max(next);
    }
    at
}

/// How many bytes of invisible characters stand at a place of a text.
fn run_length(text: &str, at: usize) -> usize {
    let mut end = at;
    while let Some(c) = text[end..].chars().next() {
        // A mark of byte order may begin a file.
        let hidden = table::is_hidden(c) && !(c == '\u{feff}' && end == 0);
        if !hidden || table::is_needed(c, &text[..end], &text[end + c.len_utf8()..]) {
            break;
        }
        end += c.len_utf8();
        if c == table::HYPHEN {
            break;
        }
    }
    end - at
}

/// A text without what this rule reports of it.
pub(super) fn without_reported(text: &str) -> String {
    let mut rest = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let length = run_length(text, at);
        if length == 0 {
            rest.push(c);
        }
        at += length.max(c.len_utf8());
    }
    rest
}

/// Runs that an escape in a quoted text stands for.
fn in_escapes(view: &DocumentView<'_>) -> Vec<Run> {
    let mut found = Vec::new();
    if memchr::memchr(b'\\', view.source.as_bytes()).is_none() {
        return found;
    }
    for node in view.document.nodes() {
        if !matches!(node.style(), Style::Json | Style::DoubleQuoted) || node.is_alias() {
            continue;
        }
        let text = node.text();
        let mut at = 0;
        while let Some(odd) = text[at..].bytes().position(is_odd) {
            at += odd;
            let length = run_length(text, at);
            if length == 0 {
                at += text[at..].chars().next().map_or(1, char::len_utf8);
                continue;
            }
            let span = node.locate(at..at + length);
            if span.slice(view.source).starts_with('\\') {
                found.push(Run {
                    span,
                    said: text[at..at + length].to_owned(),
                });
            }
            at += length;
            if found.len() >= MOST {
                return found;
            }
        }
    }
    found
}

/// The same characters in one value are one finding.
fn report(view: &DocumentView<'_>, runs: Vec<Run>, sink: &mut Sink) {
    let scalars: Vec<Node<'_>> = view
        .document
        .nodes()
        .filter(|node| !matches!(node.kind(), Kind::Sequence | Kind::Mapping))
        .collect();
    let holder = |run: &Run| {
        let behind = scalars.partition_point(|node| node.span().start <= run.span.start);
        let at = behind.checked_sub(1)?;
        scalars[at].span().contains(run.span).then_some(at)
    };
    let mut groups: Vec<(Option<usize>, Vec<Run>)> = Vec::new();
    for run in runs {
        let place = holder(&run);
        let same = groups
            .iter_mut()
            .rev()
            .take_while(|(other, _)| *other == place)
            .find(|(_, group)| group[0].said == run.said);
        match same {
            Some((_, group)) => group.push(run),
            None => groups.push((place, vec![run])),
        }
    }
    for (place, group) in groups {
        let node = place.map(|at| scalars[at]);
        report_group(view, node, &group, sink);
    }
}

fn report_group(
    view: &DocumentView<'_>,
    node: Option<Node<'_>>,
    group: &[Run],
    sink: &mut Sink,
) {
    let Some((first, rest)) = group.split_first() else {
        return;
    };
    let hyphen = first.said.starts_with(table::HYPHEN);
    let names = names(&first.said);
    let message = if hyphen {
        format!("{names} looks like `-` and is another character")
    } else {
        format!("{names} cannot be seen{}", near(view.source, first.span))
    };
    let instead = table::instead(&first.said);
    let help = match instead {
        "" => "delete it; no reader can know that it is there",
        " " => "write a space; no reader can know that this is there",
        _ => "write `-`; nobody finds the word by typing it",
    };
    let mut reported = sink.report(first.span, message).help(help);
    if hyphen {
        reported = reported.severity(Severity::Warning);
    }
    for run in rest {
        reported = reported.related(run.span, "here too");
    }
    let edits = match node {
        Some(node) => edits(view, node, group, instead),
        // In a comment nothing else changes.
        None => Some(group.iter().map(|run| edit(view, run.span, instead)).collect()),
    };
    if let Some(edits) = edits {
        let title = match instead {
            "" => "Delete it".to_owned(),
            " " => "Write a space".to_owned(),
            text => format!("Write `{text}`"),
        };
        reported.fix_with(Fix {
            title,
            safety: Safety::Safe,
            edits,
            rename: None,
        });
    }
}

/// The edits of the runs of one value, where the rest reads as before.
fn edits(
    view: &DocumentView<'_>,
    node: Node<'_>,
    group: &[Run],
    instead: &str,
) -> Option<Vec<Edit>> {
    let text = node.text();
    // A value of nothing but such characters would be empty, which is no better.
    if text.chars().all(table::is_hidden) {
        return None;
    }
    let said = &group.first()?.said;
    let mut matches = text.match_indices(said.as_str()).take(2 * MOST);
    let mut found = Vec::new();
    for run in group {
        let range = matches
            .by_ref()
            .map(|(at, said)| at..at + said.len())
            .find(|range| node.locate(range.clone()) == run.span)?;
        let (span, _) = rewrite::part(node, range, instead)?;
        if span != run.span {
            return None;
        }
        found.push(edit(view, run.span, instead));
    }
    Some(found)
}

fn edit(view: &DocumentView<'_>, span: Span, text: &str) -> Edit {
    Edit {
        path: view.path.clone(),
        span,
        text: text.to_owned(),
    }
}

/// ` between `pay` and `load``, as far as there are words on both sides.
fn near(source: &str, span: Span) -> String {
    let word = |c: &char| c.is_alphanumeric();
    let before: Vec<char> = source[..span.range().start]
        .chars()
        .rev()
        .take_while(word)
        .take(12)
        .collect();
    let after: String = source[span.range().end..]
        .chars()
        .take_while(word)
        .take(12)
        .collect();
    let before: String = before.into_iter().rev().collect();
    match (before.as_str(), after.as_str()) {
        ("", "") => String::new(),
        ("", after) => format!(", before `{after}`"),
        (before, "") => format!(", behind `{before}`"),
        (before, after) => format!(", between `{before}` and `{after}`"),
    }
}

/// `U+200B ZERO WIDTH SPACE`; of a run the first three, and how many more there are.
fn names(said: &str) -> String {
    const SHOWN: usize = 3;
    let mut out = String::new();
    let mut counted: Vec<(char, usize)> = Vec::new();
    for c in said.chars() {
        match counted.last_mut() {
            Some((last, count)) if *last == c => *count += 1,
            _ => counted.push((c, 1)),
        }
    }
    for (at, (c, count)) in counted.iter().take(SHOWN).enumerate() {
        let comma = if at > 0 { ", " } else { "" };
        // Writing into a string cannot fail.
        let _ = write!(out, "{comma}U+{:04X} {}", *c as u32, table::name(*c));
        if *count > 1 {
            let _ = write!(out, " ({count} times)");
        }
    }
    if counted.len() > SHOWN {
        let _ = write!(out, " and {} more", counted.len() - SHOWN);
    }
    out
}
