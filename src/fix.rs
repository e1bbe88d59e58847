//! Applies fixes to text.

use crate::diagnostic::{Edit, Fix};

/// Applies those of the fixes that do not overlap an earlier one to the text of one file. A fix is
/// applied whole or not at all.
#[must_use]
pub fn apply<'f>(path: &str, text: &str, fixes: impl IntoIterator<Item = &'f Fix>) -> String {
    let mut taken: Vec<&Edit> = Vec::new();
    for fix in fixes {
        let here: Vec<&Edit> = fix
            .edits
            .iter()
            .filter(|edit| edit.path.as_ref() == path)
            .collect();
        let free = here
            .iter()
            .all(|edit| !taken.iter().any(|other| overlap(edit, other)));
        let fits = here
            .iter()
            .all(|edit| text.get(edit.span.range()).is_some());
        if free && fits {
            taken.extend(here);
        }
    }
    taken.sort_by_key(|edit| edit.span);
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for edit in taken {
        out.push_str(&text[at..edit.span.start as usize]);
        out.push_str(&edit.text);
        at = edit.span.end as usize;
    }
    out.push_str(&text[at..]);
    out
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
}
