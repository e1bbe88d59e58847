//! How the value of a field differs before and after, in a few short lines for people.

use similar::{Algorithm, DiffOp, capture_diff_slices, group_diff_ops};

use super::escape::{columns_of, shortened, terminal};
use crate::history::FieldChange;

/// Words that are compared; a longer text is cut.
const WORDS: usize = 3000;
/// Words of context around a difference.
const CONTEXT: usize = 5;
/// Differences in one field that are shown.
const HUNKS: usize = 6;
/// Items of a list that are shown on each side.
const ITEMS: usize = 20;
/// Characters of a value that is shown as one.
const VALUE: usize = 300;
/// Characters up to which two values are shown whole.
const SHORT: usize = 80;

/// One line about a field. The text is a stranger's, and not escaped.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// What was there before.
    Gone(String),
    /// What is there now.
    New(String),
    /// About both, in our own words.
    Note(String),
}

/// A line as it is written: `-`, `+` or a space, and text that is safe to print.
pub(super) type Written = (char, String);

/// Says how a field differs, in lines that are broken between words where they are full.
pub(super) fn written(field: &FieldChange, width: usize) -> Vec<Written> {
    let mut out = Vec::new();
    for line in compare(field) {
        let (mark, text) = match line {
            Line::Gone(text) => ('-', text),
            Line::New(text) => ('+', text),
            Line::Note(text) => (' ', format!("({text})")),
        };
        out.extend(wrapped(&text, width).into_iter().map(|text| (mark, text)));
    }
    out
}

fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let word = terminal(word);
        let last = lines.last_mut();
        match last.filter(|line| line.is_empty() || columns_of(line) + columns_of(&word) < width) {
            Some(line) => {
                if !line.is_empty() {
                    line.push(' ');
                }
                line.push_str(&word);
            }
            None => lines.push(word.into_owned()),
        }
    }
    lines
}

/// Says how a field differs.
pub(super) fn compare(field: &FieldChange) -> Vec<Line> {
    match (&field.before, &field.after) {
        (Some(before), Some(after)) => both(before, after),
        (Some(before), None) => values(before).map(Line::Gone).collect(),
        (None, Some(after)) => values(after).map(Line::New).collect(),
        (None, None) => Vec::new(),
    }
}

fn both(before: &str, after: &str) -> Vec<Line> {
    if let (Some(before), Some(after)) = (items(before), items(after)) {
        return lists(&before, &after);
    }
    let is_short = |text: &str| !text.contains('\n') && text.chars().count() <= SHORT;
    if is_short(before) && is_short(after) {
        return vec![Line::Gone(before.to_owned()), Line::New(after.to_owned())];
    }
    prose(before, after)
}

/// A value that stands alone: the items of a list, or one text on one line.
fn values(text: &str) -> impl Iterator<Item = String> {
    let items = items(text).unwrap_or_else(|| vec![one_line(text)]);
    let more = items.len().saturating_sub(ITEMS);
    let more = (more > 0).then(|| format!("… {more} more"));
    items.into_iter().take(ITEMS).chain(more)
}

fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().take(WORDS).collect();
    shortened(&words.join(" "), VALUE).into_owned()
}

/// The items of a list, each as text.
fn items(text: &str) -> Option<Vec<String>> {
    if !text.starts_with('[') {
        return None;
    }
    let items: Vec<serde_json::Value> = serde_json::from_str(text).ok()?;
    let shown = |item| match item {
        serde_json::Value::String(text) => one_line(&text),
        other => one_line(&other.to_string()),
    };
    Some(items.into_iter().map(shown).collect())
}

fn lists(before: &[String], after: &[String]) -> Vec<Line> {
    let gone = without(before, after);
    let new = without(after, before);
    if gone.is_empty() && new.is_empty() {
        return vec![Line::Note("the same items in another order".to_owned())];
    }
    let mut lines: Vec<Line> = Vec::new();
    let hidden = gone.len().saturating_sub(ITEMS) + new.len().saturating_sub(ITEMS);
    lines.extend(gone.into_iter().take(ITEMS).map(Line::Gone));
    lines.extend(new.into_iter().take(ITEMS).map(Line::New));
    if hidden > 0 {
        lines.push(Line::Note(format!("and {hidden} more items")));
    }
    lines
}

/// Items of one list that the other does not have, or has less often.
fn without(list: &[String], other: &[String]) -> Vec<String> {
    let mut left = std::collections::BTreeMap::new();
    for item in other {
        *left.entry(item).or_insert(0_usize) += 1;
    }
    let mut rest = Vec::new();
    for item in list {
        match left.get_mut(item) {
            Some(count) if *count > 0 => *count -= 1,
            _ => rest.push(item.clone()),
        }
    }
    rest
}

/// Each difference between two texts with a few words around it.
fn prose(before: &str, after: &str) -> Vec<Line> {
    let old: Vec<&str> = before.split_whitespace().collect();
    let new: Vec<&str> = after.split_whitespace().collect();
    if old == new {
        let note = "only spaces or line breaks differ";
        return vec![Line::Note(note.to_owned())];
    }
    // What both begin with is no difference, however long it is.
    let same = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let from = same.saturating_sub(CONTEXT + 1);
    let (old, new) = (&old[from..], &new[from..]);
    let old = &old[..old.len().min(WORDS)];
    let new = &new[..new.len().min(WORDS)];
    let ops = capture_diff_slices(Algorithm::Myers, old, new);
    let kept: usize = ops.iter().map(equal).sum();
    if kept * 3 < old.len().max(new.len()) {
        return vec![Line::Gone(one_line(before)), Line::New(one_line(after))];
    }
    let groups = group_diff_ops(ops, CONTEXT);
    let mut lines = Vec::new();
    for group in groups.iter().take(HUNKS) {
        let (Some(first), Some(last)) = (group.first(), group.last()) else {
            continue;
        };
        let range = first.old_range().start..last.old_range().end;
        lines.push(Line::Gone(cut_out(old, range, from)));
        let range = first.new_range().start..last.new_range().end;
        lines.push(Line::New(cut_out(new, range, from)));
    }
    let hidden = groups.len().saturating_sub(HUNKS);
    if hidden > 0 {
        lines.push(Line::Note(format!("and {hidden} more differences")));
    }
    lines
}

fn equal(op: &DiffOp) -> usize {
    match op {
        DiffOp::Equal { len, .. } => *len,
        _ => 0,
    }
}

/// Some of the words, with `…` where there are others before or behind.
fn cut_out(words: &[&str], range: std::ops::Range<usize>, skipped: usize) -> String {
    let before = if range.start + skipped > 0 {
        "… "
    } else {
        ""
    };
    let after = if range.end < words.len() { " …" } else { "" };
    let text = words.get(range).unwrap_or_default().join(" ");
    format!("{before}{}{after}", shortened(&text, VALUE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(before: Option<&str>, after: Option<&str>) -> Vec<String> {
        let lines = compare(&FieldChange {
            name: "field".to_owned(),
            before: before.map(str::to_owned),
            after: after.map(str::to_owned),
        });
        let line = |line| match line {
            Line::Gone(text) => format!("- {text}"),
            Line::New(text) => format!("+ {text}"),
            Line::Note(text) => format!("  {text}"),
        };
        lines.into_iter().map(line).collect()
    }

    #[test]
    fn short_values_are_shown_whole() {
        assert_eq!(
            shown(Some("2024-01-01"), Some("2024-02-01")),
            ["- 2024-01-01", "+ 2024-02-01"]
        );
        assert_eq!(shown(None, Some("a\nb")), ["+ a b"]);
        assert_eq!(shown(Some("[\"a\",2]"), None), ["- a", "- 2"]);
    }

    #[test]
    fn lists_differ_by_their_items() {
        assert_eq!(
            shown(Some("[\"PV1\",\"PV2\",\"PV2\"]"), Some("[\"PV3\",\"PV2\"]")),
            ["- PV1", "- PV2", "+ PV3"]
        );
        assert_eq!(
            shown(Some("[1,2]"), Some("[2,1]")),
            ["  the same items in another order"]
        );
    }

    #[test]
    fn prose_differs_by_its_words() {
        let text = |word: &str| {
            let rest = "word ".repeat(40);
            format!("{rest}one two three four five {word} six seven eight nine ten {rest}")
        };
        assert_eq!(
            shown(Some(&text("old")), Some(&text("new"))),
            [
                "- … one two three four five old six seven eight nine ten …",
                "+ … one two three four five new six seven eight nine ten …"
            ]
        );
        assert_eq!(
            shown(Some(&text("old")), Some(&text("old").replace(' ', "\n"))),
            ["  only spaces or line breaks differ"]
        );
        let other = "quite another text ".repeat(20);
        let lines = shown(Some(&text("old")), Some(&other));
        assert_eq!(lines.len(), 2);
        assert!(lines[1].starts_with("+ quite another") && lines[1].ends_with('…'));
    }

    #[test]
    fn any_texts_take_little() {
        let old: String = (0..200_000).map(|n| format!("a{n} ")).collect();
        let new: String = (0..200_000).map(|n| format!("b{} ", n % 7)).collect();
        let size: usize = shown(Some(&old), Some(&new)).iter().map(String::len).sum();
        assert!(size < 2000, "{size}");
        let list = format!("[{}1]", "1,".repeat(100_000));
        assert!(shown(Some(&list), Some("[]")).len() <= ITEMS + 1);
    }
}
