//! The bundle, as far as the specification can be checked without its validator.

use std::collections::{BTreeMap, BTreeSet};

use super::*;

fn bundle(folder: &Path) -> Value {
    let path = folder.join("bundle.json");
    migrate("yaml", "stix", &corpus(), &path, &["--verify", "--strict"]);
    json_of(&path)
}

fn text_of<'v>(object: &'v Value, name: &str) -> &'v str {
    object[name].as_str().unwrap_or("")
}

/// No null, no empty list, no empty group (STIX 2.1, 2.9 and 3.1).
fn is_allowed(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(items) => !items.is_empty() && items.iter().all(is_allowed),
        Value::Object(fields) => !fields.is_empty() && fields.values().all(is_allowed),
        _ => true,
    }
}

#[test]
fn objects_are_as_the_specification_asks() {
    let folder = TempDir::new().expect("a folder");
    let bundle = bundle(folder.path());
    assert!(is_allowed(&bundle));
    let objects = bundle["objects"].as_array().expect("objects");
    let ids: BTreeSet<&str> = objects.iter().map(|object| text_of(object, "id")).collect();
    assert_eq!(ids.len(), objects.len(), "an identifier is there twice");
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for object in objects {
        let kind = text_of(object, "type");
        *counts.entry(kind).or_default() += 1;
        let (prefix, uuid) = text_of(object, "id")
            .split_once("--")
            .expect("an identifier");
        assert_eq!(
            (prefix, uuid.len(), &uuid[14..15]),
            (kind, 36, "5"),
            "{object}"
        );
        assert_eq!(object["spec_version"], "2.1");
        assert!(
            text_of(object, "created") <= text_of(object, "modified"),
            "{object}"
        );
        let lists = ["object_refs"]
            .iter()
            .filter_map(|name| object[*name].as_array());
        let refs = lists.flatten().filter_map(Value::as_str);
        let ends = ["source_ref", "target_ref", "created_by_ref"].map(|name| text_of(object, name));
        for end in refs.chain(ends).filter(|end| !end.is_empty()) {
            assert!(ids.contains(end), "{end} is not in the bundle");
        }
        if kind == "note" {
            assert!(object["content"].is_string() && object["object_refs"].is_array());
        }
    }
    let files = tree(&corpus());
    let of = |word: &str| files.iter().filter(|(path, _)| path.contains(word)).count();
    assert_eq!(counts["course-of-action"], of("preventions/"));
    assert_eq!(counts["note"], of("detections/"));
    assert_eq!(counts["grouping"], of("/AR"));
    let rest = files.len() - of("preventions/") - of("detections/") - of("/AR");
    assert_eq!(counts["attack-pattern"], rest);
}

#[test]
fn an_edited_bundle_gives_edited_entries() {
    let folder = TempDir::new().expect("a folder");
    let mut bundle = bundle(folder.path());
    let objects = bundle["objects"].as_array_mut().expect("objects");
    let id = |objects: &[Value], entry: &str| {
        let found = objects.iter().find(|object| {
            let sources = object["external_references"].as_array();
            sources.is_some_and(|sources| sources[0]["external_id"] == entry)
        });
        text_of(found.expect("an object"), "id").to_owned()
    };
    let (section, control) = (id(objects, "PR030"), id(objects, "PV002"));
    for object in objects.iter_mut() {
        if object["id"] == section.as_str() {
            object["name"] = "Renamed".into();
        }
    }
    objects.retain(|object| {
        object["source_ref"] != control.as_str() || object["target_ref"] != section.as_str()
    });
    objects.push(json!({"type": "malware", "id": "malware--0"}));
    let edited = folder.path().join("edited.json");
    std::fs::write(&edited, bundle.to_string()).expect("a file");
    let said = migrate("stix", "yaml", &edited, &folder.path().join("new"), &[]);
    assert!(
        said.contains("foreign-object") && said.contains("malware--0"),
        "{said}"
    );
    let entry = folder.path().join("new/preparation/PR030.yaml");
    let entry = std::fs::read_to_string(entry).expect("an entry");
    assert!(entry.contains("title: Renamed\n"), "{entry}");
    assert!(
        !entry.contains("PV002\n") && entry.contains("PV023\n"),
        "{entry}"
    );
}

/// From a file an entry, a bundle is written piece by piece; on all other ways, whole.
#[test]
fn pieces_make_the_same_bundle_as_the_whole() {
    let folder = TempDir::new().expect("a folder");
    let of = |name: &str| folder.path().join(name);
    migrate("yaml", "stix", &corpus(), &of("pieces.json"), &[]);
    migrate("yaml", "stix", &corpus(), &of("whole.json"), &["--verify"]);
    migrate("yaml", "jsonl", &corpus(), &of("all.jsonl"), &[]);
    migrate("jsonl", "stix", &of("all.jsonl"), &of("other.json"), &[]);
    let text = |name: &str| std::fs::read_to_string(of(name)).expect("text");
    assert!(text("pieces.json") == text("whole.json"));
    assert!(text("pieces.json") == text("other.json"));
    let id = json_of(&of("pieces.json"))["id"].clone();
    assert_eq!(text_of(&json_of(&of("pieces.json")), "type"), "bundle");
    // Another content has another name, the same content the same one.
    let entries = text("all.jsonl").replace("Coercion", "Pressure");
    std::fs::write(of("all.jsonl"), entries).expect("a file");
    migrate("jsonl", "stix", &of("all.jsonl"), &of("changed.json"), &[]);
    assert_ne!(json_of(&of("changed.json"))["id"], id);
    let left = std::fs::read_dir(folder.path()).expect("a folder").count();
    assert_eq!(left, 5, "nothing else is left");
}
