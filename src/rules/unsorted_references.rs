//! Reports lists of references that are not in order.

use std::cmp::Ordering;

use super::words;
use crate::diagnostic::{Edit, Fix, Safety};
use crate::rule::{EntryView, Sink};
use crate::schema::plan::Met;
use crate::syntax::{Kind, Node};
use crate::text::Span;

pub(super) fn check(view: &EntryView<'_>, sink: &mut Sink) {
    let fields = &view.subject.fields;
    let mut behind = 0;
    for (at, pair) in fields.windows(2).enumerate() {
        let out_of_order = at >= behind
            && are_neighbours(&pair[0], &pair[1])
            && natural(pair[0].node.text(), pair[1].node.text()) == Ordering::Greater;
        if !out_of_order {
            continue;
        }
        let mut first = at;
        while first > 0 && are_neighbours(&fields[first - 1], &fields[first]) {
            first -= 1;
        }
        behind = at + 1;
        while behind < fields.len() && are_neighbours(&fields[behind - 1], &fields[behind]) {
            behind += 1;
        }
        let items: Vec<Node<'_>> = fields[first..behind].iter().map(|met| met.node).collect();
        report(view, &items, at - first + 1, sink);
    }
}

/// Whether two values are items of one list of references, the second right behind the first.
fn are_neighbours(a: &Met<'_>, b: &Met<'_>) -> bool {
    let is_item = |met: &Met<'_>| {
        met.marks.refs.is_some()
            && met.key.is_none()
            && met.node.kind() == Kind::String
            && !met.node.is_alias()
    };
    // Between the items of two lists stands the second list itself.
    is_item(a) && is_item(b) && b.node.index() == a.node.index() + 1
}

fn report(view: &EntryView<'_>, items: &[Node<'_>], late: usize, sink: &mut Sink) {
    // A list stands right before its first item, its name right before it.
    let Some(list) = before(items[0]).filter(|list| list.len() == items.len()) else {
        return;
    };
    let name = before(list).filter(|name| name.kind() == Kind::String);
    let what = name.map_or("the list".to_owned(), |name| words::code(name.text()));
    let message = format!(
        "{what} is not in order: {} stands behind {}",
        words::code(items[late].text()),
        words::code(items[late - 1].text())
    );
    let mut sorted = items.to_vec();
    sorted.sort_by(|a, b| natural(a.text(), b.text()));
    let texts: Vec<&str> = sorted.iter().map(|item| item.text()).collect();
    let reported = sink
        .report(items[late].span(), message)
        .help(format!("sort the IDs: {}", texts.join(", ")));
    let edits = edits(view, items, &sorted);
    if !edits.is_empty() && !has_comment(view.file.source, name, items) {
        reported.fix_with(Fix {
            title: "Sort the IDs".to_owned(),
            safety: Safety::Safe,
            edits,
            rename: None,
        });
    }
}

fn before(node: Node<'_>) -> Option<Node<'_>> {
    let at = node.index().checked_sub(1)?;
    Some(node.sibling(at))
}

/// Writes each item, as it is written, in the place of the one that stands where it belongs.
/// Nothing where an item goes over several lines, whose layout belongs to its place.
fn edits(view: &EntryView<'_>, items: &[Node<'_>], sorted: &[Node<'_>]) -> Vec<Edit> {
    let source = view.file.source;
    let raw = |item: &Node<'_>| item.span().slice(source);
    if items
        .iter()
        .any(|item| raw(item).contains(['\n', '\r']) || raw(item).is_empty())
    {
        return Vec::new();
    }
    let pairs = items.iter().zip(sorted);
    pairs
        .filter(|(old, new)| raw(old) != raw(new))
        .map(|(old, new)| Edit {
            path: view.file.path.clone(),
            span: old.span(),
            text: raw(new).to_owned(),
        })
        .collect()
}

/// Whether a `#` stands around the items: a comment belongs to one of them, or divides them.
fn has_comment(source: &str, name: Option<Node<'_>>, items: &[Node<'_>]) -> bool {
    let (first, last) = (items[0].span(), items[items.len() - 1].span());
    let start = name.map_or(first, |name| name.span()).end.min(first.start);
    let rest = source.get(last.range().end..).unwrap_or("");
    let end = last.end as usize + rest.find(['\n', '\r']).unwrap_or(rest.len());
    Span::new(start as usize, end).slice(source).contains('#')
}

/// Order by text, numbers by their value: `AR2` stands before `AR10`.
fn natural(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a.as_bytes(), b.as_bytes());
    while let ([x, ..], [y, ..]) = (left, right) {
        if x.is_ascii_digit() && y.is_ascii_digit() {
            let (one, other) = (number(left), number(right));
            let by_value = (one.len(), one).cmp(&(other.len(), other));
            if by_value != Ordering::Equal {
                return by_value;
            }
            left = behind_number(left);
            right = behind_number(right);
        } else if x != y {
            return x.cmp(y);
        } else {
            (left, right) = (&left[1..], &right[1..]);
        }
    }
    left.len().cmp(&right.len()).then_with(|| a.cmp(b))
}

/// The digits at the start, without leading zeros.
fn number(text: &[u8]) -> &[u8] {
    let digits = &text[..text.len() - behind_number(text).len()];
    let zeros = digits.iter().take_while(|b| **b == b'0').count();
    &digits[zeros..]
}

fn behind_number(text: &[u8]) -> &[u8] {
    let digits = text.iter().take_while(|b| b.is_ascii_digit()).count();
    &text[digits..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_count_by_value() {
        for (a, b) in [
            ("AR2", "AR10"),
            ("MT012", "MT012.001"),
            ("MT012.002", "MT012.010"),
            ("DT099", "PV001"),
            ("A01", "A1"),
            ("A1", "A2b"),
        ] {
            assert_eq!(natural(a, b), Ordering::Less, "{a} {b}");
            assert_eq!(natural(b, a), Ordering::Greater, "{b} {a}");
        }
        assert_eq!(natural("PV059", "PV059"), Ordering::Equal);
    }
}
