//! JSON pointers of many places in one document.

use rustc_hash::FxHashMap;

use super::{Document, Node, push_segment};
use crate::text::Span;

/// Finds pointers, and looks at what a collection holds once only: a list of 100,000 items may have as many
/// findings.
pub struct Pointers<'d> {
    document: &'d Document<'d>,
    known: FxHashMap<(usize, Span), Vec<Child<'d>>>,
}

/// The key, where there is one, and the value.
pub(super) type Child<'d> = (Option<Node<'d>>, Node<'d>);

impl<'d> Pointers<'d> {
    /// Pointers into a document.
    #[must_use]
    pub fn new(document: &'d Document<'d>) -> Self {
        Self {
            document,
            known: FxHashMap::default(),
        }
    }

    /// Whether the document has any value.
    #[must_use]
    pub fn has_root(&self) -> bool {
        self.document.root().is_some()
    }

    /// The pointer to the innermost value that holds a place, or whose key does.
    pub fn at(&mut self, span: Span) -> String {
        descend(self.document.root(), span, |depth, node| {
            let children = self.known.entry((depth, node.span()));
            let children = children.or_insert_with(|| node.children().collect());
            child_at(children, span)
        })
    }
}

/// The pointer to the innermost value that holds a place, or whose key does. `child` finds the child of
/// a node at a depth that holds it, with the number that it has among its siblings.
pub(super) fn descend<'d>(
    root: Option<Node<'d>>,
    span: Span,
    mut child: impl FnMut(usize, Node<'d>) -> Option<(usize, Child<'d>)>,
) -> String {
    let mut pointer = String::new();
    let mut here = root.filter(|root| !root.is_alias());
    let mut depth = 0;
    while let Some(node) = here {
        depth += 1;
        let Some((index, (key, value))) = child(depth, node) else {
            break;
        };
        match key {
            Some(key) => push_segment(&mut pointer, key.text()),
            None => push_segment(&mut pointer, &index.to_string()),
        }
        let on_key = key.is_some_and(|key| key.span().contains(span));
        here = (!on_key && !value.is_alias()).then_some(value);
    }
    pointer
}

/// Whether a place is in a child, or in its key.
pub(super) fn holds((key, value): &Child<'_>, span: Span) -> bool {
    key.is_some_and(|key| key.span().contains(span)) || value.span().contains(span)
}

/// The child that holds a place, by bisection: children stand in the order of the text.
fn child_at<'d>(children: &[Child<'d>], span: Span) -> Option<(usize, Child<'d>)> {
    let start = span.range().start;
    let first = children.partition_point(|(_, value)| value.span().range().end < start);
    let near = children[first..].iter().enumerate();
    near.map(|(index, child)| (first + index, *child))
        .take_while(|(_, (key, value))| key.unwrap_or(*value).span().range().start <= start)
        .find(|(_, child)| holds(child, span))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::{Format, Limits, parse};

    #[test]
    fn they_are_those_of_each_place_alone() {
        let text = "a: &x [1, {b: 2, c/d: [3, ~]}]\ne: *x\n? [f, g]\n: h\n\"\": {}\nlist:\n- 1\n-\n- k: v\n  l: |\n    text\n- []\n";
        let limits = Limits::default();
        let (document, _) = parse(text, Format::Yaml, None, &limits);
        let mut pointers = Pointers::new(&document);
        for start in 0..text.len() {
            for end in start..=(start + 9).min(text.len()) {
                let span = Span::new(start, end);
                assert_eq!(
                    pointers.at(span),
                    document.pointer_at(span),
                    "{start}..{end}"
                );
            }
        }
    }
}
