//! Every rule, in the order of the README.

use crate::diagnostic::Severity::{Error, Note, Warning};
use crate::rule::{Check, Group, Rule};

mod links;
#[allow(dead_code)]
mod rewrite;
#[allow(dead_code)]
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

    // schema

    // ID

    // reference
    dangling_reference: "dangling-reference", Reference, Error, Corpus;

    // date

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
