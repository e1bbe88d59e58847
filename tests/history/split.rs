//! A release as one file an entry, as far as its history matters.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use corpuslint::entry::ordinal_date;
use serde_json::{Map, Value, json};

/// Writes the entries of a release as JSON files of the corpus format. The text stays HTML.
pub(crate) fn release(file: &Path, folder: &Path) {
    let text = fs::read_to_string(file).expect("a release");
    let release: Value = serde_json::from_str(&text).expect("JSON");
    let mut controls: BTreeMap<String, (&str, Value)> = BTreeMap::new();
    for article in list(&release, "articles") {
        let theme = article["theme"]
            .as_str()
            .map_or("motive", |_| theme(article));
        write(folder, theme, &entry(article, &["theme"]));
        for section in list(article, "sections") {
            let fields = ["contributors", "platforms", "references"];
            let mut all = vec![section];
            all.extend(list(section, "subsections"));
            for one in all {
                write(folder, theme, &entry(one, &fields));
                for (kind, name) in [("preventions", "preventions"), ("detections", "detections")] {
                    for control in list(one, kind) {
                        let id = control["id"].as_str().expect("an ID").to_owned();
                        controls
                            .entry(id)
                            .or_insert_with(|| (name, entry(control, &fields)));
                    }
                }
            }
        }
    }
    for (kind, control) in controls.values() {
        write(folder, kind, control);
    }
}

/// The title and the text of each entry of a release, by its ID.
pub(crate) fn texts(file: &Path) -> BTreeMap<String, (String, String)> {
    let text = fs::read_to_string(file).expect("a release");
    let release: Value = serde_json::from_str(&text).expect("JSON");
    let mut found = BTreeMap::new();
    let mut open = list(&release, "articles");
    while let Some(entry) = open.pop() {
        let text = |name: &str| entry[name].as_str().expect("a text").to_owned();
        found.insert(text("id"), (text("title"), text("description")));
        for inner in ["sections", "subsections", "preventions", "detections"] {
            open.extend(list(entry, inner));
        }
    }
    found
}

fn theme(article: &Value) -> &'static str {
    match article["id"].as_str() {
        Some("AR1") => "motive",
        Some("AR2") => "means",
        Some("AR3") => "preparation",
        Some("AR4") => "infringement",
        _ => "anti-forensics",
    }
}

fn list<'v>(value: &'v Value, name: &str) -> Vec<&'v Value> {
    value[name].as_array().into_iter().flatten().collect()
}

fn entry(from: &Value, fields: &[&str]) -> Value {
    let mut entry = Map::new();
    for name in ["id", "title", "description"] {
        entry.insert(name.to_owned(), from[name].clone());
    }
    for name in ["created", "updated"] {
        if let Some(day) = from[name].as_str().and_then(ordinal_date) {
            entry.insert(name.to_owned(), json!(day.date.to_string()));
        }
    }
    for name in ["preventions", "detections"] {
        let ids: Vec<&Value> = list(from, name)
            .iter()
            .map(|control| &control["id"])
            .collect();
        if !ids.is_empty() {
            entry.insert(name.to_owned(), json!(ids));
        }
    }
    for name in fields {
        if !from[*name].is_null() {
            entry.insert((*name).to_owned(), from[*name].clone());
        }
    }
    Value::Object(entry)
}

fn write(folder: &Path, name: &str, entry: &Value) {
    let folder = folder.join(name);
    fs::create_dir_all(&folder).expect("a folder");
    let id = entry["id"].as_str().expect("an ID");
    let text = serde_json::to_string_pretty(entry).expect("JSON");
    fs::write(folder.join(format!("{id}.json")), text).expect("a file");
}
