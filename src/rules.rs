//! Every rule, in the order of the README.

use crate::diagnostic::Severity::*;
use crate::rule::{Check, Group, Rule};

pub(crate) mod alike;
mod days;
mod ids;
mod links;
mod lives;
pub(crate) mod rewrite;
mod spot;
mod words;

/// Makes of each line `file: name, group, level, check` a module, a row of the table and a page.
macro_rules! rules {
    ($($module:ident: $name:literal, $group:ident, $level:ident, $check:ident;)*) => {
        $(mod $module;)*

        /// The table.
        pub static RULES: &[Rule] = &[$(
            Rule {
                name: $name,
                group: Group::$group,
                level: $level,
                check: rules!(@ $check $module),
                page: include_str!(concat!("rules/", stringify!($module), ".md")),
            },
        )*];
    };
    (@ Run $module:ident) => { Check::Run };
    (@ $check:ident $module:ident) => { Check::$check($module::check) };
}

rules! {
    // file
    syntax: "syntax", File, Error, Document;
    duplicate_key: "duplicate-key", File, Error, Document;
    not_utf8: "not-utf8", File, Error, Document;
    conflict_marker: "conflict-marker", File, Error, Document;
    multiple_documents: "multiple-documents", File, Error, Document;
    ambiguous_scalar: "ambiguous-scalar", File, Warning, Document;
    anchor_or_tag: "anchor-or-tag", File, Error, Document;
    too_large: "too-large", File, Error, Document;
    stray_file: "stray-file", File, Error, Document;
    unreadable_file: "unreadable-file", File, Error, Document;

    // schema
    schema_type: "schema-type", Schema, Error, Document;
    schema_required: "schema-required", Schema, Error, Document;
    schema_unknown_field: "schema-unknown-field", Schema, Error, Document;
    schema_enum: "schema-enum", Schema, Error, Document;
    schema_pattern: "schema-pattern", Schema, Error, Document;
    schema_length: "schema-length", Schema, Error, Document;
    schema_duplicate_item: "schema-duplicate-item", Schema, Error, Document;
    expected_field: "expected-field", Schema, Note, Entry;
    schema_other: "schema-other", Schema, Error, Document;
    outdated_format: "outdated-format", Schema, Note, Document;

    // ID
    id_format: "id-format", Id, Error, Entry;
    id_filename: "id-filename", Id, Error, Entry;
    duplicate_id: "duplicate-id", Id, Error, Corpus;
    parent_missing: "parent-missing", Id, Error, Corpus;
    id_lookalike: "id-lookalike", Id, Error, Entry;
    id_misplaced: "id-misplaced", Id, Error, Entry;

    // reference
    dangling_reference: "dangling-reference", Reference, Error, Corpus;
    wrong_kind: "wrong-kind", Reference, Error, Corpus;
    self_reference: "self-reference", Reference, Error, Entry;
    retired_reference: "retired-reference", Reference, Warning, Corpus;
    dangling_mention: "dangling-mention", Reference, Warning, Corpus;
    orphan: "orphan", Reference, Note, Corpus;
    unsorted_references: "unsorted-references", Reference, Note, Entry;

    // date
    date_format: "date-format", Date, Error, Entry;
    date_impossible: "date-impossible", Date, Error, Entry;
    date_order: "date-order", Date, Error, Entry;
    date_future: "date-future", Date, Error, Entry;

    // text
    title_duplicate: "title-duplicate", Text, Warning, Corpus;
    title_whitespace: "title-whitespace", Text, Warning, Entry;
    near_duplicate: "near-duplicate", Text, Warning, Corpus;
    html_in_markdown: "html-in-markdown", Text, Warning, Entry;
    invisible_character: "invisible-character", Text, Error, Document;
    placeholder_text: "placeholder-text", Text, Warning, Entry;
    empty_section: "empty-section", Text, Warning, Entry;

    // source
    url_malformed: "url-malformed", Source, Error, Entry;
    url_insecure: "url-insecure", Source, Warning, Entry;
    url_duplicate: "url-duplicate", Source, Warning, Entry;
    url_trailing_punctuation: "url-trailing-punctuation", Source, Warning, Entry;

    // people
    contributor_variant: "contributor-variant", People, Warning, Corpus;

    // release
    copies_diverge: "copies-diverge", Release, Warning, Corpus;

    // history
    id_removed: "id-removed", History, Error, History;
    id_recycled: "id-recycled", History, Error, History;
    id_moved: "id-moved", History, Error, History;
    created_changed: "created-changed", History, Error, History;
    updated_not_bumped: "updated-not-bumped", History, Warning, History;
    updated_backwards: "updated-backwards", History, Error, History;
    updated_without_change: "updated-without-change", History, Warning, History;
    id_not_next: "id-not-next", History, Error, History;
    merge_conflict: "merge-conflict", History, Error, History;
    gate_loosened: "gate-loosened", History, Error, History;

    // meta
    unused_suppression: "unused-suppression", Meta, Warning, Run;
}

/// The rule of a name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.name == name)
}

/// All names, in the order of the table.
pub fn names() -> impl Iterator<Item = &'static str> {
    RULES.iter().map(|rule| rule.name)
}
