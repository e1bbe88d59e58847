//! Edits on the text of one file.

use std::collections::BTreeMap;

use crate::diagnostic::{Edit, Fix};

/// Applies those of the fixes that do not overlap an earlier one to the text of one file. A fix is
/// applied whole or not at all.
#[must_use]
pub fn apply<'f>(path: &str, text: &str, fixes: impl IntoIterator<Item = &'f Fix>) -> String {
    let mut chosen = Chosen::default();
    for fix in fixes {
        chosen.take(fix, |edit| edit.path.as_ref() != path || fits(edit, text));
    }
    rewritten(text, chosen.edits_in(path))
}

/// Edits that do not overlap, by the path of their file, in the order of their places.
#[derive(Default)]
pub(super) struct Chosen<'f> {
    by_path: BTreeMap<&'f str, Vec<&'f Edit>>,
}

impl<'f> Chosen<'f> {
    /// Takes all edits of a fix, or none of them where one overlaps another or cannot be made.
    pub(super) fn take(&mut self, fix: &'f Fix, can_be_made: impl Fn(&Edit) -> bool) -> bool {
        let free = |edit: &Edit| {
            let taken = self.by_path.get(edit.path.as_ref());
            taken.is_none_or(|taken| !is_taken(taken, edit))
        };
        if !fix.edits.iter().all(|edit| free(edit) && can_be_made(edit)) {
            return false;
        }
        for edit in &fix.edits {
            let taken = self.by_path.entry(edit.path.as_ref()).or_default();
            let at = taken.partition_point(|other| other.span <= edit.span);
            taken.insert(at, edit);
        }
        true
    }

    pub(super) fn paths(&self) -> impl Iterator<Item = &'f str> + '_ {
        self.by_path.keys().copied()
    }

    pub(super) fn edits_in(&self, path: &str) -> &[&'f Edit] {
        self.by_path.get(path).map_or(&[], Vec::as_slice)
    }
}

/// Whether an edit fits the text that it was made for.
pub(super) fn fits(edit: &Edit, text: &str) -> bool {
    text.get(edit.span.range()).is_some()
}

/// A text with edits made, which stand in the order of their places.
pub(super) fn rewritten(text: &str, edits: &[&Edit]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        out.push_str(&text[at..edit.span.start as usize]);
        out.push_str(&edit.text);
        at = edit.span.end as usize;
    }
    out.push_str(&text[at..]);
    out
}

/// Whether one of some edits, which stand in order, touches the same bytes or inserts at the same
/// place. None of them overlaps another, so that only neighbours can.
fn is_taken(taken: &[&Edit], edit: &Edit) -> bool {
    let at = taken.partition_point(|other| other.span < edit.span);
    let first = at.saturating_sub(1);
    let near = taken[first..].iter().take(3);
    near.into_iter().any(|other| overlap(edit, other))
}

/// Whether two edits touch the same bytes, or insert at the same place.
fn overlap(a: &Edit, b: &Edit) -> bool {
    a.span == b.span || (a.span.start < b.span.end && b.span.start < a.span.end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Safety;
    use crate::text::Span;

    fn fix(edits: &[(usize, usize, &str)]) -> Fix {
        let edit = |&(start, end, text): &(usize, usize, &str)| Edit {
            path: "a".into(),
            span: Span::new(start, end),
            text: text.to_owned(),
        };
        Fix {
            title: String::new(),
            safety: Safety::Safe,
            edits: edits.iter().map(edit).collect(),
            rename: None,
        }
    }

    #[test]
    fn an_overlapping_fix_waits() {
        let fixes = [
            fix(&[(4, 5, "E"), (0, 1, "A")]),
            fix(&[(2, 3, "x"), (4, 6, "y")]),
            fix(&[(6, 6, "!"), (6, 6, "?")]),
        ];
        assert_eq!(apply("a", "abcdef", &fixes[..2]), "AbcdEf");
        assert_eq!(apply("b", "abcdef", &fixes), "abcdef");
    }

    /// What a long list of taken edits says is what looking at each of them says.
    #[test]
    fn neighbours_are_enough() {
        let spans: Vec<(usize, usize)> = (0..9)
            .flat_map(|start| (start..10).map(move |end| (start, end)))
            .collect();
        let all: Vec<Fix> = spans.iter().map(|&(a, b)| fix(&[(a, b, "")])).collect();
        for first in &all {
            for second in &all {
                let mut chosen = Chosen::default();
                assert!(chosen.take(first, |_| true));
                let apart = !overlap(&first.edits[0], &second.edits[0]);
                assert_eq!(chosen.take(second, |_| true), apart);
                for third in &all {
                    let free = [first, second]
                        .iter()
                        .all(|other| !overlap(&other.edits[0], &third.edits[0]));
                    if apart {
                        let mut both = Chosen::default();
                        both.take(first, |_| true);
                        both.take(second, |_| true);
                        assert_eq!(both.take(third, |_| true), free);
                    }
                }
            }
        }
    }
}
