//! Base against head, as plain facts.

pub mod loosened;

use std::sync::Arc;

use crate::corpus::Corpus;
use crate::diagnostic::Diagnostic;
use loosened::Loosened;

/// Two snapshots of one corpus, linked, with one vocabulary: equal texts have equal names.
pub struct History<'h> {
    /// What was there before the change.
    pub base: &'h Corpus<'h>,
    /// What is there with it.
    pub head: &'h Corpus<'h>,
    /// What the base is called: a revision, or a path as it was given.
    pub base_name: Arc<str>,
    /// What the change relaxes of its own check.
    pub loosened: &'h [Loosened],
    /// Files that cannot be merged into the base.
    pub conflicts: &'h [Conflict],
}

/// A file that the head and the base changed in ways that do not fit together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// Its path relative to the corpus root.
    pub path: Arc<str>,
    /// Whether both sides made it: two entries want one ID.
    pub both_added: bool,
}

/// What was compared, for those who show it.
#[derive(Debug, Default)]
pub struct Comparison {
    /// What the base is called.
    pub base: String,
    /// What the head is called.
    pub head: String,
    /// Entries that are not the same in both, in the order of their IDs.
    pub entries: Vec<EntryChange>,
    /// Findings that the maintainer accepts.
    pub waived: Vec<Diagnostic>,
}

/// One entry that the base and the head do not have alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryChange {
    /// Its ID.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// Its title in the head; in the base where the head has it no more.
    pub title: Option<String>,
    /// Its file in the head, in the base where the head has it no more.
    pub path: String,
    /// What happened to it.
    pub what: What,
    /// Fields that differ, in the order of the head, then those that went.
    pub fields: Vec<FieldChange>,
    /// IDs that it refers to in the head only.
    pub gained: Vec<String>,
    /// IDs that it refers to in the base only.
    pub lost: Vec<String>,
}

/// What happened to an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// The base does not have it.
    Added,
    /// The head does not have it.
    Removed,
    /// Both have it, and a field differs.
    Changed,
}

/// A field before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    /// The field's name in the entry.
    pub name: String,
    /// Its value before as text: a text as it is, anything else as JSON; `None` where it was not
    /// there.
    pub before: Option<String>,
    /// Its value after.
    pub after: Option<String>,
}
