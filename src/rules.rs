//! Every rule, in the order of the README.

use crate::diagnostic::Severity::{Error, Note, Warning};
use crate::rule::{Check, Group, Rule};

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
