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
