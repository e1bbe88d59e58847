//! What every format is read into and written from.

use serde_json::{Map, Value};

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its kind, as the profile counts them.
    pub kind: usize,
    /// Where its file stands below the folder of the entries, without an extension: `motive/AR1`.
    pub path: String,
    /// Its fields in canonical order, prose in Markdown, dates as ISO 8601 has them.
    pub fields: Map<String, Value>,
}

impl Entry {
    /// The name of its file without the extension.
    #[must_use]
    pub fn stem(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// The folder of its file; empty at the top.
    #[must_use]
    pub fn folder(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }
}

/// Fields that a source has and the entries' schemas do not: kept beside the entries, so that the
/// way back can write them again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// The stem of the entry that has them; `None` for the whole.
    pub entry: Option<String>,
    /// The fields, as they were.
    pub fields: Map<String, Value>,
}

/// All entries of a corpus.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// By path.
    pub entries: Vec<Entry>,
    /// The whole first, then by entry.
    pub unknown: Vec<Unknown>,
}

impl Model {
    /// Puts everything into the one order that does not depend on where it came from.
    pub fn sort(&mut self) {
        self.entries.sort_by(|a, b| a.path.cmp(&b.path));
        self.unknown.sort_by(|a, b| a.entry.cmp(&b.entry));
    }

    /// The unknown fields of an entry, or of the whole, of a model that is sorted.
    #[must_use]
    pub fn unknown_of(&self, entry: Option<&str>) -> Option<&Map<String, Value>> {
        let found = self
            .unknown
            .binary_search_by(|unknown| unknown.entry.as_deref().cmp(&entry));
        found.ok().map(|at| &self.unknown[at].fields)
    }
}
