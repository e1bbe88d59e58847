//! A STIX 2.1 bundle (OASIS Standard, 10 June 2021).
//!
//! What STIX has a property for stands in that property; the rest of an entry stands in a property
//! extension that the bundle defines, so that nothing is lost. What a kind of entry is in STIX is
//! said in [`mapping`].

mod lines;
mod mapping;
mod objects;
mod outline;
mod read;
mod write;

pub(super) use lines::Lines;
pub(super) use outline::outline;
pub(super) use read::read;
pub(super) use write::{Writer, write};

use serde_json::{Map, Value};
use uuid::Uuid;

use super::layout::Layout;
use crate::schema::plan::{Place, Step};
use crate::schema::vocabulary::Marks;

/// The same name gives the same identifier on every machine and in every version.
fn identifier(kind: &str, name: &str) -> String {
    let namespace = Uuid::new_v5(&Uuid::NAMESPACE_URL, b"urn:corpuslint:stix");
    let uuid = Uuid::new_v5(&namespace, format!("{kind}:{name}").as_bytes());
    format!("{kind}--{uuid}")
}

/// The extension that holds what STIX has no property for.
fn entry_extension() -> String {
    identifier("extension-definition", "entry")
}

/// The parts of the entry extension.
mod key {
    pub(super) const KIND: &str = "kind";
    pub(super) const PATH: &str = "entry_path";
    pub(super) const FIELDS: &str = "fields";
    /// The same as JSON in a text, where STIX forbids one of the values, such as an empty list.
    pub(super) const FIELDS_TEXT: &str = "fields_json";
    pub(super) const PEOPLE: &str = "contributor_refs";
    /// The fields that the properties of STIX hold.
    pub(super) const NATIVE: &str = "native_fields";
    pub(super) const UNKNOWN_TEXT: &str = "unknown_fields_json";
}

/// The field of a kind whose items have wanted marks.
fn list_field<'w>(
    layout: &Layout<'w>,
    kind: usize,
    wanted: impl Fn(&Marks) -> bool,
) -> Option<&'w str> {
    let plan = layout.plan(kind);
    let items = |place: &'w Place| plan.child(place, Step::Index(usize::MAX));
    let mut fields = plan.root().fields(plan);
    let found = fields.find(|(_, place)| items(place).is_some_and(|item| wanted(&item.marks)));
    found.map(|(name, _)| name)
}

/// The fields of a kind that refer to other entries, each with the kinds that it may name.
fn reference_fields<'w>(layout: &Layout<'w>, kind: usize) -> Vec<(&'w str, &'w [String])> {
    let plan = layout.plan(kind);
    let fields = plan.root().fields(plan).filter_map(|(name, place)| {
        let item = plan.child(place, Step::Index(usize::MAX))?;
        Some((name, item.marks.refs.as_deref()?))
    });
    fields.collect()
}

/// The text of a field.
fn text<'v>(fields: &'v Map<String, Value>, name: &str) -> Option<&'v str> {
    fields.get(name).and_then(Value::as_str)
}
