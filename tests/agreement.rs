//! Entries on which other validators agree, and what one of them showed to be overlooked.
//!
//! `benches/agreement/run.py` changes ten thousand entries and asks two other validators; a part of
//! them on which all agree is kept in `agreement/sample.jsonl`.

#[path = "common/program.rs"]
mod program;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use program::program;
use serde_json::{Value, json};

/// The findings of a corpus: path, rule, pointer.
fn findings(folder: &Path) -> Vec<(String, String, String)> {
    let output = program(folder, &["check", "--output-format", "json", "--exit-zero"])
        .output()
        .expect("it runs");
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let found = report["diagnostics"].as_array().expect("findings").iter();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    found
        .map(|one| {
            (
                text(&one["path"]),
                text(&one["rule"]),
                text(&one["pointer"]),
            )
        })
        .collect()
}

/// Whether a finding means that JSON Schema does not accept the entry. The form of an ID has rules of
/// its own; where a field only refers to one, the schema says nothing.
fn is_of_schema(rule: &str, pointer: &str) -> bool {
    let of_id = matches!(rule, "id-format" | "id-lookalike") && pointer == "/id";
    rule.starts_with("schema-") || of_id
}

#[test]
fn the_verdict_is_that_of_other_validators() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sample = std::fs::read_to_string(root.join("tests/agreement/sample.jsonl"));
    let sample = sample.expect("the sample");
    let folder = tempfile::tempdir().expect("a folder");
    let mut profile = "version = 1\nroot = \"corpus\"\n".to_owned();
    let mut expected = BTreeMap::new();
    for (number, line) in sample.lines().enumerate() {
        let item: Value = serde_json::from_str(line).expect("JSON");
        let text = |name: &str| item[name].as_str().expect("a text");
        let kind = text("schema").replace('/', "-");
        let source = match text("schema") {
            "mixed" => "benches/agreement/mixed.schema.json".to_owned(),
            of_corpus => format!("schema/itm/{of_corpus}.schema.json"),
        };
        let inside = folder.path().join("corpus").join(&kind);
        if !inside.exists() {
            std::fs::create_dir_all(&inside).expect("a folder");
            let schema = folder.path().join(format!("{kind}.schema.json"));
            std::fs::copy(root.join(source), schema).expect("a copy");
            writeln!(
                profile,
                "[kind.{kind}]\nfiles = [\"{kind}/*.{{yaml,json}}\"]\nschema = \"{kind}.schema.json\""
            )
            .expect("text");
        }
        let path = format!("corpus/{kind}/E{number}.{}", text("format"));
        std::fs::write(folder.path().join(&path), text("text")).expect("written");
        expected.insert(path, item["valid"] == true);
    }
    std::fs::write(folder.path().join("corpuslint.toml"), profile).expect("written");
    let found = findings(folder.path());
    let wrong: Vec<String> = expected
        .iter()
        .filter(|(path, valid)| {
            let of_it = found.iter().filter(|(at, ..)| at == *path);
            let mut of_it = of_it.filter(|(_, rule, pointer)| is_of_schema(rule, pointer));
            **valid == of_it.next().is_some()
        })
        .map(|(path, valid)| format!("{path} should be valid: {valid}"))
        .collect();
    assert!(expected.len() > 200, "the test looks at nothing");
    assert!(expected.values().any(|valid| *valid) && expected.values().any(|valid| !valid));
    assert_eq!(wrong, Vec::<String>::new());
}

/// Characters behind an ID that nobody sees; some of them are right in prose, or white space.
const HIDDEN: [&str; 14] = [
    "\n", "\t", "\r", " ", "\u{fe0f}", "\u{fe00}", "\u{200d}", "\u{200b}", "\u{180b}", "\u{ad}",
    "\u{0}", "\u{85}", "\u{2028}", "\u{feff}",
];

/// An entry in JSON, whose quotes keep any character as it is.
fn entry(id: &str, title: &str, more: &Value) -> String {
    let mut entry = json!({
        "id": id, "title": title, "created": "2024-01-01", "updated": "2024-01-01",
        "contributors": ["Ada Byron"], "description": format!("About {title}."),
    });
    for (name, value) in more.as_object().into_iter().flatten() {
        entry[name] = value.clone();
    }
    entry.to_string()
}

#[test]
fn an_id_with_a_character_more_is_an_error_whatever_the_character() {
    for (number, hidden) in HIDDEN.iter().enumerate() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |path: &str, text: String| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(path, text).expect("written");
        };
        let right = format!("PV{number:03}");
        write(
            "corpus/preventions/PV900.json",
            entry(&format!("PV900{hidden}"), "One", &json!({})),
        );
        write(
            &format!("corpus/preventions/{right}.json"),
            entry(&right, "Two", &json!({})),
        );
        let refers =
            json!({ "preventions": [format!("{right}{hidden}"), format!("{hidden}{right}")] });
        write("corpus/motive/MT001.json", entry("MT001", "Three", &refers));
        let found = findings(folder.path());
        let named = |path: &str| {
            let of_it = found.iter().filter(|(at, ..)| at == path);
            let owners = ["id-format", "invisible-character", "dangling-reference"];
            of_it
                .filter(|(_, rule, _)| owners.contains(&rule.as_str()))
                .map(|(_, _, pointer)| pointer.clone())
                .collect::<Vec<_>>()
        };
        let said = format!("{hidden:?}: {found:?}");
        assert!(!named("corpus/preventions/PV900.json").is_empty(), "{said}");
        assert!(named("corpus/motive/MT001.json").len() >= 2, "{said}");
    }
}
