//! Items of lists.

use super::{line_before, line_end};
use crate::syntax::{self, Format, Node, Style};
use crate::text::Span;

/// What to delete so that an item goes: whole lines of a block list, an item with its comma of one
/// in brackets. The only item of a block list cannot go alone, nor can one that has a comment.
pub(crate) fn delete_item(list: Node<'_>, index: usize, source: &str) -> Option<Span> {
    let span = place(list, index, source)?;
    let all = match list.document().format() {
        Format::Json => return Some(span),
        Format::Yaml => Span::new(0, source.len()),
        Format::Markdown => syntax::front_matter(source)?,
    };
    let written = span.slice(source).contains('#');
    let comments = written.then(|| syntax::yaml_comments(source, all));
    let mut comments = comments.into_iter().flatten();
    (!comments.any(|comment| span.contains(comment))).then_some(span)
}

/// Where an item stands, with what goes together with it.
fn place(list: Node<'_>, index: usize, source: &str) -> Option<Span> {
    let item = list.items().nth(index)?;
    if list.is_alias() {
        return None;
    }
    let previous = index.checked_sub(1).and_then(|at| list.items().nth(at));
    if list.style() == Style::Block {
        return (list.len() > 1).then(|| lines(item, source))?;
    }
    let next = list.items().nth(index + 1);
    match (previous, next) {
        (Some(previous), _) => {
            let span = Span::new(previous.span().range().end, item.span().range().end);
            let between = source.get(span.range().start..item.span().range().start)?;
            (between.contains(',') && !between.contains('#')).then_some(span)
        }
        (None, Some(next)) => {
            let between = source.get(item.span().range().end..next.span().range().start)?;
            let opened = line_before(source, item.span().range().start).trim_end();
            let plain = between.trim() == "," && (opened.is_empty() || opened.ends_with('['));
            plain.then(|| Span::new(item.span().range().start, next.span().range().start))
        }
        (None, None) => Some(item.span()),
    }
}

/// The lines of an item of a block list, with its indentation, its dash and its last line break.
fn lines(item: Node<'_>, source: &str) -> Option<Span> {
    let start = dash_line(item, source)?;
    let end = line_end(source, item.span().range().end);
    let width = match source.as_bytes().get(end..) {
        Some([b'\r', b'\n', ..]) => 2,
        Some([_, ..]) => 1,
        _ => 0,
    };
    Some(Span::new(start, end + width))
}

/// Where the line begins on which the dash of an item stands, with nothing else before the item.
fn dash_line(item: Node<'_>, source: &str) -> Option<usize> {
    let block_text = matches!(item.style(), Style::Literal | Style::Folded);
    let nothing = |rest: &str| match rest.trim().as_bytes() {
        [] | [b'!' | b'&' | b'#', ..] => true,
        [b'|' | b'>', ..] => block_text,
        _ => false,
    };
    let mut at = item.span().range().start;
    loop {
        let line = line_before(source, at);
        let start = at - line.len();
        let said = line.trim_start_matches(' ');
        if let Some(rest) = said.strip_prefix('-') {
            // In `- - a` the line holds the dash of the list around it too.
            return nothing(rest).then_some(start);
        }
        // A comment, a tag or an anchor may stand between the dash and the item.
        if !nothing(said) {
            return None;
        }
        at = start.checked_sub(1)?;
    }
}
