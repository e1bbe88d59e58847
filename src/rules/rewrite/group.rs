//! Fields of groups.

use serde_json::Value;

use super::{fresh, line_before, line_break, line_end};
use crate::syntax::{Format, Node, Style};
use crate::text::Span;

/// Where to insert a new field into a group, and what. The place is behind the last field that is
/// written on one line; before the first where there is none.
pub(in crate::rules) fn insert_field(
    group: Node<'_>,
    name: &str,
    value: &Value,
) -> Option<(Span, String)> {
    let document = group.document();
    if group.is_alias() {
        return None;
    }
    let name = fresh(name, document.format())?;
    let value = match value {
        Value::String(text) => fresh(text, document.format())?,
        other => other.to_string(),
    };
    let field = format!("{name}: {value}");
    if group.style() == Style::Block {
        insert_line(group, &field)
    } else {
        insert_member(group, &field)
    }
}

fn insert_line(group: Node<'_>, field: &str) -> Option<(Span, String)> {
    let source = group.document().source();
    let line_break = line_break(source);
    let (first, _) = group.entries().next()?;
    let start = first.span().range().start;
    let before = line_before(source, start);
    // `? name` is another way to write a field; `- ` begins the item that the group is.
    if first.span().is_empty() || !before.bytes().all(|b| matches!(b, b' ' | b'-')) {
        return None;
    }
    let indent = " ".repeat(before.len());
    let on_one_line = |(key, value): &(Node<'_>, Node<'_>)| {
        let span = Span::new(key.span().range().start, value.span().range().end);
        let styled = !matches!(
            value.style(),
            Style::Literal | Style::Folded | Style::Block | Style::Body
        );
        styled && !value.span().is_empty() && !span.slice(source).contains(['\n', '\r'])
    };
    let after = group.entries().filter(on_one_line).last();
    Some(match after {
        Some((_, value)) => {
            let at = line_end(source, value.span().range().end);
            (Span::at(at), format!("{line_break}{indent}{field}"))
        }
        None => (Span::at(start), format!("{field}{line_break}{indent}")),
    })
}

fn insert_member(group: Node<'_>, field: &str) -> Option<(Span, String)> {
    let source = group.document().source();
    let Some((key, value)) = group.entries().last() else {
        let inner = Span::new(group.span().range().start + 1, group.span().range().end - 1);
        return (group.span().slice(source).starts_with('{')
            && inner.slice(source).trim().is_empty())
        .then(|| (inner, field.to_owned()));
    };
    if value.span().is_empty() && group.document().format() != Format::Json {
        return None;
    }
    let indent = line_before(source, key.span().range().start);
    let own_line = indent.bytes().all(|b| matches!(b, b' ' | b'\t'));
    let several = source[group.span().range()].contains(['\n', '\r']);
    let between = if own_line && several {
        format!(",{}{indent}", line_break(source))
    } else {
        ", ".to_owned()
    };
    Some((
        Span::at(value.span().range().end),
        format!("{between}{field}"),
    ))
}
