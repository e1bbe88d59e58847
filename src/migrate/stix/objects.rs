//! The objects of a bundle that are no entries.

use serde_json::{Map, Value, json};

use super::{entry_extension, identifier, mapping, type_extension};

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

/// The definitions of the extensions that a bundle uses.
pub(super) fn definitions(stamps: &Stamps, types: &[&str]) -> Vec<Value> {
    let mut out = vec![definition(
        &entry_extension(),
        "corpus entry",
        "The fields of an entry of a knowledge base that STIX has no property for.",
        "property-extension",
        stamps,
    )];
    for (name, about) in mapping::NEW_TYPES {
        if types.contains(&name) {
            let id = type_extension(name);
            out.push(definition(&id, name, about, "new-sdo", stamps));
        }
    }
    out
}

fn definition(id: &str, name: &str, about: &str, kind: &str, stamps: &Stamps) -> Value {
    let mut object = object("extension-definition", id, stamps);
    object.insert("created_by_ref".to_owned(), author_id().into());
    object.insert("name".to_owned(), name.into());
    object.insert("description".to_owned(), about.into());
    object.insert("schema".to_owned(), "docs/migrate.md of corpuslint".into());
    object.insert("version".to_owned(), "1.0.0".into());
    object.insert("extension_types".to_owned(), json!([kind]));
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
