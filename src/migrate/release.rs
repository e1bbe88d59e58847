//! The framework as its publisher ships it: one JSON file, entries nested in one another, a copy of
//! each control in every entry that uses it, prose in HTML, dates in English.
//!
//! What is nested, copied, a date or prose is read from the marks of the release's schema, so no
//! field is named here. What a schema cannot say, the order of entries and of fields, is in
//! [`order`]; how a date and a text are spelled, in [`spell`].

mod convert;
mod copies;
mod order;
mod read;
mod spell;
mod write;

pub(super) use read::read;
pub(super) use write::write;

use super::MigrateError;
use super::layout::Layout;
use super::loss::{Class, Sort};
use crate::schema::plan::{Place, Plan, Step};

/// The kind of the profile that is a release: no entry itself, found by what it holds.
fn kind(layout: &Layout<'_>) -> Result<usize, MigrateError> {
    let kinds = &layout.workspace.profile.kinds;
    let found = kinds
        .iter()
        .enumerate()
        .position(|(at, kind)| !kind.keys.is_empty() && !layout.is_entry(at));
    found.ok_or_else(|| {
        let reason = "the profile has no kind for a release (one with `keys`)";
        MigrateError::new(std::path::Path::new("corpuslint.toml"), reason)
    })
}

/// What applies to the items of a list of any length.
fn items_of<'p>(place: &Place, plan: &'p Plan) -> Option<&'p Place> {
    plan.child(place, Step::Index(usize::MAX))
}

/// What the items of a list are, where they are entries.
fn items_are<'p>(place: &Place, plan: &'p Plan) -> Option<(&'p Place, &'p str, Items)> {
    let item = items_of(place, plan)?;
    let mark = item.marks.entry.as_ref()?;
    let items = if mark.copy {
        Items::Copies
    } else {
        Items::Nested
    };
    Some((item, &mark.kind, items))
}

/// The name that a release has for a field of its entries, given what both know about the object.
fn name_in_release<'n>(release: &'n Place, own: &Place, field: &'n str) -> &'n str {
    let mut names = release.field_names();
    if release.field_names().any(|name| name == field) {
        return field;
    }
    names
        .find(|name| own.newest(name) == field)
        .unwrap_or(field)
}

/// How entries stand in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Items {
    /// Here and nowhere else.
    Nested,
    /// In every entry that uses them.
    Copies,
}

/// The field of an object that stands for the object in entries: the only one that its schema has.
fn only_field<'p>(place: &'p Place, plan: &'p Plan) -> Option<&'p str> {
    let mut fields = place.fields(plan).map(|(name, _)| name);
    match (fields.next(), fields.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    }
}

const DATE: Sort = (
    Class::Changed,
    "date-notation",
    "a release writes the day with two digits and its ordinal ending",
);
const NOT_A_DATE: Sort = (
    Class::Note,
    "not-a-date",
    "it is no date as a release writes them; the text is kept as it is",
);
const CLUTTER: Sort = (
    Class::Dropped,
    "html-clutter",
    "it carries no meaning that Markdown has",
);
const RESTRUCTURED: Sort = (
    Class::Changed,
    "html-structure",
    "Markdown has no such structure; the text is the same",
);
const REWORDED: Sort = (
    Class::Changed,
    "html-text",
    "Markdown cannot say the text in this way; compare the two",
);
const RESPELLED: Sort = (
    Class::Changed,
    "markdown-layout",
    "HTML has no line breaks within a paragraph and one way to write each mark; the text is the same",
);
const NO_HTML: Sort = (
    Class::Changed,
    "markdown-structure",
    "the HTML of a release does not have it",
);
const NESTED_LIST: Sort = (
    Class::Changed,
    "nested-list",
    "a list within the list stands for its items",
);
const BARE_ITEM: Sort = (
    Class::Changed,
    "bare-item",
    "the items of this list are groups with one field in a release",
);
const REPEATED: Sort = (
    Class::Dropped,
    "repeated-item",
    "the item is in the list already",
);
const ORDER: Sort = (
    Class::Changed,
    "order",
    "entries stand by title in a release and by ID in the corpus",
);
const DIVERGING: Sort = (
    Class::Changed,
    "copies-diverge",
    "an entry is kept once; what most copies say is taken",
);
const MORE_FIELDS: Sort = (
    Class::Note,
    "more-fields",
    "entries keep one text for it; the whole is kept in unknown-fields.jsonl for the way back",
);
const EMPTY: Sort = (
    Class::Changed,
    "missing-list",
    "a release has this list in every entry, empty where there is nothing in it",
);
const MISPLACED: Sort = (
    Class::Changed,
    "misplaced",
    "where an entry stands follows from its ID",
);
const NO_PLACE: Sort = (Class::Dropped, "no-place", "a release has no field for it");
const UNUSED: Sort = (
    Class::Dropped,
    "unused",
    "a release holds a control only in the entries that use it",
);
const RETIRED: Sort = (
    Class::Dropped,
    "retired",
    "a release has no retired entries",
);
const NO_PARENT: Sort = (
    Class::Dropped,
    "no-parent",
    "a release has no place for an entry whose parent is missing",
);
const OTHER_FOLDER: Sort = (
    Class::Changed,
    "other-folder",
    "a release has no folders; on the way back its fields say where an entry stands",
);
const DANGLING: Sort = (
    Class::Dropped,
    "dangling",
    "a release embeds the entry, and there is none with this ID",
);
