//! The objects of a bundle that are no entries.

use serde_json::{Map, Value, json};

use super::{entry_extension, identifier};

/// When an object was made and changed.
#[derive(Clone)]
pub(super) struct Stamps {
    pub(super) created: String,
    pub(super) modified: String,
}

/// An object with the properties that every one has.
pub(super) fn object(kind: &str, id: &str, stamps: &Stamps) -> Map<String, Value> {
    let mut object = Map::new();
    for (name, value) in [
        ("type", kind),
        ("spec_version", "2.1"),
        ("id", id),
        ("created", &stamps.created),
        ("modified", &stamps.modified),
    ] {
        object.insert(name.to_owned(), Value::from(value));
    }
    object
}

/// The identity that the definitions of extensions must name.
pub(super) fn author(stamps: &Stamps) -> Map<String, Value> {
    let mut author = object("identity", &author_id(), stamps);
    author.insert("name".to_owned(), "corpuslint".into());
    author.insert("identity_class".to_owned(), "system".into());
    author
}

pub(super) fn author_id() -> String {
    identifier("identity", "system:corpuslint")
}

/// A contributor.
pub(super) fn person(name: &str, stamps: &Stamps) -> Value {
    let mut person = object("identity", &person_id(name), stamps);
    person.insert("name".to_owned(), name.into());
    Value::Object(person)
}

pub(super) fn person_id(name: &str) -> String {
    identifier("identity", &format!("person:{name}"))
}

/// The definition of the extension that entries have.
pub(super) fn definition(stamps: &Stamps) -> Value {
    let mut object = object("extension-definition", &entry_extension(), stamps);
    let about = "The fields of an entry of a knowledge base that STIX has no property for.";
    for (name, value) in [
        ("created_by_ref", Value::from(author_id())),
        ("name", "corpus entry".into()),
        ("description", about.into()),
        ("schema", "docs/migrate.md of corpuslint".into()),
        ("version", "1.0.0".into()),
        ("extension_types", json!(["property-extension"])),
    ] {
        object.insert(name.to_owned(), value);
    }
    Value::Object(object)
}

/// A relationship of one object to another.
pub(super) fn relationship(kind: &str, source: &str, target: &str, stamps: &Stamps) -> Value {
    let id = identifier("relationship", &format!("{source}:{kind}:{target}"));
    let mut object = object("relationship", &id, stamps);
    object.insert("relationship_type".to_owned(), kind.into());
    object.insert("source_ref".to_owned(), source.into());
    object.insert("target_ref".to_owned(), target.into());
    Value::Object(object)
}
