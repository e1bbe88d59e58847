//! Block texts (`|`, `>`) and parts of them.

use std::ops::Range;

use super::{line_before, line_break, line_end};
use crate::syntax::{Node, Style};
use crate::text::Span;

/// The lines that say `text` under the header that is there.
pub(super) fn whole(node: Node<'_>, text: &str) -> Option<String> {
    let source = node.document().source();
    let ending = |text: &str| text.len() - text.trim_end_matches('\n').len();
    let old = node.text();
    let body = text.trim_end_matches('\n');
    // What stands behind the last character stays, and the header says how many breaks count.
    let odd_end = old.trim_end_matches('\n').ends_with([' ', '\t']) || body.ends_with([' ', '\t']);
    if ending(old) != ending(text) || odd_end || body.trim().is_empty() || !can_stand(body) {
        return None;
    }
    if !body
        .split('\n')
        .all(|line| begins_like_text(line) || line.is_empty())
        || body.starts_with('\n')
        || old.starts_with(['\n', ' ', '\t'])
    {
        return None;
    }
    let raw = node.span().slice(source);
    let first = node.span().range().start + (raw.len() - raw.trim_start_matches(' ').len());
    let indent = line_before(source, first);
    let lead = &source[node.span().range().start..first];
    if !indent.bytes().all(|b| b == b' ') {
        return None;
    }
    let line_break = line_break(source);
    let mut out = lead.to_owned();
    let mut at_start = true;
    for line in body.split('\n') {
        if !at_start {
            out.push_str(line_break);
            // In a folded text a single break is a space.
            if node.style() == Style::Folded && !line.is_empty() {
                out.push_str(line_break);
            }
            if !line.is_empty() {
                out.push_str(indent);
            }
        }
        out.push_str(line);
        at_start = false;
    }
    Some(out)
}

/// The edit for a part of the text: within one line, or over several of a literal text.
pub(super) fn part(
    node: Node<'_>,
    range: Range<usize>,
    text: &str,
    span: Span,
) -> Option<(Span, String)> {
    let source = node.document().source();
    let old = node.text().get(range.clone())?;
    let raw = span.slice(source);
    let lines = node.style() == Style::Literal && old.contains('\n') && !old.ends_with('\n');
    let exact = raw == old || (lines && unindented(raw) == unindented(old));
    if !exact || !can_stand(text) || text.contains('\n') || (!lines && old.contains('\n')) {
        return None;
    }
    let head = line_before(source, span.range().start);
    let tail = &source[span.range().end..line_end(source, span.range().end)];
    // A line that is blank, or that begins with a blank, reads differently in both styles.
    let said = format!("{}{text}{tail}", said_before(node, range.start)?);
    let was = format!("{}{old}{tail}", said_before(node, range.start)?);
    let blank_first = |line: &str| line.starts_with([' ', '\t']);
    if said.trim().is_empty() || blank_first(&said) != blank_first(&was) || head.contains('\t') {
        return None;
    }
    let cut = tail.is_empty() && text.ends_with([' ', '\t']);
    (!cut).then(|| (span, text.to_owned()))
}

/// What the line of the text says before an offset.
fn said_before(node: Node<'_>, at: usize) -> Option<&str> {
    node.text().get(..at)?.rsplit('\n').next()
}

fn unindented(text: &str) -> String {
    let lines = text.split('\n').map(|line| line.trim_matches([' ', '\r']));
    lines.collect::<Vec<_>>().join("\n")
}

fn begins_like_text(line: &str) -> bool {
    !line.starts_with([' ', '\t']) && !line.is_empty()
}

/// Whether every character can be written as it is (YAML 1.2.2, 5.1).
fn can_stand(text: &str) -> bool {
    let odd = |c: char| {
        (c.is_control() && !matches!(c, '\n' | '\t'))
            || matches!(c, '\u{feff}' | '\u{fffe}' | '\u{ffff}')
    };
    !text.contains(odd)
}
