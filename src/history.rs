//! Base against head, as plain facts.

pub mod loosened;
pub mod meaning;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use crate::corpus::Corpus;
use crate::diagnostic::Diagnostic;
use crate::entry::Entry;
use loosened::Loosened;
use meaning::Likeness;

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
    /// Entries that are not the same in both, in the order of their IDs.
    pub differing: &'h [Differing<'h>],
    /// Every ID that was ever used; `None` where the history is not known.
    pub ledger: Option<&'h Ledger>,
    /// Today, in UTC.
    pub today: Date,
}

impl<'h> History<'h> {
    /// Entries that are new: those of the head whose ID no entry of the base has, and no file of the
    /// base that could not be read.
    pub fn added(&self) -> impl Iterator<Item = &'h Entry> {
        let added = self.differing.iter().filter_map(Differing::added);
        added.filter(|entry| self.base.broken_file(entry.id).is_none())
    }
}

/// An entry that the base and the head do not have alike.
#[derive(Clone, Debug)]
pub struct Differing<'h> {
    /// The entry in the base.
    pub base: Option<&'h Entry>,
    /// The entry in the head.
    pub head: Option<&'h Entry>,
    /// In what they differ.
    pub differs: Differs,
    /// How much both say the same, where both have it under another title.
    pub likeness: Option<Likeness>,
    /// The text of the base's file as that of a retired entry, where the head has it no more.
    pub tombstone: Option<String>,
}

/// In what two states of an entry differ, beside the day of the last change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Differs {
    /// In nothing.
    Nothing,
    /// Only in how they are written: in the punctuation and the markup of prose, or in their format.
    Writing,
    /// In what they say, or only one side has the entry.
    Meaning,
}

impl<'h> Differing<'h> {
    /// The entry before and after, where both have it.
    #[must_use]
    pub fn both(&self) -> Option<(&'h Entry, &'h Entry)> {
        self.base.zip(self.head)
    }

    /// The entry that only the base has.
    #[must_use]
    pub fn removed(&self) -> Option<&'h Entry> {
        self.base.filter(|_| self.head.is_none())
    }

    /// The entry that only the head has.
    #[must_use]
    pub fn added(&self) -> Option<&'h Entry> {
        self.head.filter(|_| self.base.is_none())
    }
}

/// Every ID that was ever used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// IDs, each with the last revision that has it.
    pub ids: BTreeMap<Arc<str>, Arc<str>>,
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
#[derive(Clone, Debug, Default)]
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
