//! The texts that are open in the editor, kept as it changes them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::params::{Params, Refusal};
use super::place::Lines;
use crate::text::Encoding;

/// A text that is open.
pub(super) struct Document {
    /// What the editor calls it.
    pub(super) uri: String,
    /// Which state of it this is.
    pub(super) version: i64,
    /// What it says.
    pub(super) text: String,
}

impl Document {
    /// Makes the changes that the editor tells of, one after another.
    ///
    /// # Errors
    ///
    /// The first that is not as LSP 3.17 says; those before it are made.
    pub(super) fn change(&mut self, changes: &[Value], encoding: Encoding) -> Result<(), Refusal> {
        for change in changes {
            let change = Params(change);
            let text = change.text("/text")?;
            if change.0.get("range").is_none_or(Value::is_null) {
                text.clone_into(&mut self.text);
                continue;
            }
            let range = change.range("/range")?;
            let span = Lines::new(&self.text, encoding).span(range);
            self.text.replace_range(span.range(), text);
        }
        Ok(())
    }
}

/// All texts that are open, by their paths.
#[derive(Default)]
pub(super) struct Documents(BTreeMap<PathBuf, Document>);

impl Documents {
    pub(super) fn open(&mut self, path: PathBuf, document: Document) {
        self.0.insert(path, document);
    }

    pub(super) fn close(&mut self, path: &Path) {
        self.0.remove(path);
    }

    pub(super) fn get(&self, path: &Path) -> Option<&Document> {
        self.0.get(path)
    }

    pub(super) fn get_mut(&mut self, path: &Path) -> Option<&mut Document> {
        self.0.get_mut(path)
    }

    /// The text of a file that is open.
    pub(super) fn text(&self, path: &Path) -> Option<String> {
        self.get(path).map(|document| document.text.clone())
    }

    pub(super) fn paths(&self) -> impl Iterator<Item = &PathBuf> {
        self.0.keys()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// Line and character of a place, counted one character after another.
    fn place(text: &[char], at: usize, encoding: Encoding) -> Value {
        let (mut line, mut character) = (0, 0);
        for &c in &text[..at] {
            if c == '\n' {
                (line, character) = (line + 1, 0);
            } else {
                character += match encoding {
                    Encoding::Utf8 => c.len_utf8(),
                    Encoding::Utf16 => c.len_utf16(),
                };
            }
        }
        json!({"line": line, "character": character})
    }

    proptest! {
        #[test]
        fn the_text_is_that_of_the_editor(
            start in "[a\u{e9}\u{1f600}\n]{0,12}",
            edits in prop::collection::vec(
                (any::<prop::sample::Index>(), any::<prop::sample::Index>(), "[b\u{e8}\n]{0,4}"),
                1..8,
            ),
            is_wide in any::<bool>(),
        ) {
            let encoding = if is_wide { Encoding::Utf16 } else { Encoding::Utf8 };
            let mut expected: Vec<char> = start.chars().collect();
            let mut document = Document { uri: String::new(), version: 1, text: start };
            let mut changes = Vec::new();
            for (one, other, text) in &edits {
                let [one, other] = [one, other].map(|it| it.index(expected.len() + 1));
                let (from, to) = (one.min(other), one.max(other));
                let [begin, end] = [from, to].map(|at| place(&expected, at, encoding));
                changes.push(json!({"range": {"start": begin, "end": end}, "text": text}));
                expected.splice(from..to, text.chars());
            }
            let changed = document.change(&changes, encoding);
            prop_assert!(changed.is_ok());
            prop_assert_eq!(document.text, expected.into_iter().collect::<String>());
        }
    }
}
