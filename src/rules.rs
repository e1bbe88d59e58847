//! Every rule, in the order of the README.

use crate::diagnostic::Severity::{Error, Note, Warning};
use crate::rule::{Check, Group, Rule};

#[allow(dead_code)]
mod rewrite;
#[allow(dead_code)]
mod words;

mod days;
mod ids;

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

    // schema

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

    // source

    // people

    // release

    // meta
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
