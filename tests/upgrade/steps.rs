//! Another framework, in which names changed more than once and an old one is marked.

use super::*;

const SCHEMA: &str = r##"{
  "type": "object",
  "x-entry": "tool",
  "if": {"required": ["code"]},
  "then": {"properties": {"id": false}},
  "else": {"required": ["id"]},
  "additionalProperties": false,
  "properties": {
    "id": {"type": "string", "pattern": "^T-[0-9]+$", "x-id": true, "x-path": "stem"},
    "name": {"type": "string", "x-unique": "all", "x-expected": true},
    "needs": {"type": "array", "items": {"type": "string", "x-ref": ["tool"]}},
    "code": {"$ref": "#/properties/id", "deprecated": true, "x-renamed": {"to": "id", "in": 2}},
    "label": {"$ref": "#/properties/name", "deprecated": true, "x-renamed": {"to": "word", "in": 2}},
    "word": {"$ref": "#/properties/name", "deprecated": true, "x-renamed": {"to": "name", "in": 4}},
    "wants": {"$ref": "#/properties/needs", "deprecated": true, "x-renamed": {"to": "needs", "in": 3}}
  }
}"##;

const PROFILE: &str = "version = 1\n[kind.tool]\nfiles = [\"*.yaml\"]\nschema = \"tool.json\"\n";

fn tools(folder: &Path) {
    write(folder, "corpuslint.toml", PROFILE);
    write(folder, "tool.json", SCHEMA);
    write(folder, "T-1.yaml", "code: T-1\nlabel: A hammer\n");
    write(
        folder,
        "T-2.yaml",
        "code: T-2\nlabel: A nail\nwants: [T-1, T-3]\n",
    );
}

#[test]
fn names_go_step_by_step_in_both_directions() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    tools(folder);
    // An ID, a title and a reference under old names are an ID, a title and a reference.
    assert_eq!(
        findings(folder, &[]),
        [
            "outdated-format T-1.yaml `code` is called `id` and `label` is called `name` since format version 2",
            "outdated-format T-2.yaml `code` is called `id` and `label` is called `name` since format \
             version 2; `wants` is called `needs` since format version 3",
            "orphan T-2.yaml nothing refers to `T-2` (A nail)",
            "dangling-reference T-2.yaml `T-3` is not defined; did you mean `T-1` (A hammer) or `T-2` (A nail)?",
        ]
    );
    let old = texts(folder);
    let text = |path: &str| std::fs::read_to_string(folder.join(path)).expect("text");
    for (version, expected) in [
        ("2", "id: T-2\nword: A nail\nwants: [T-1, T-3]\n"),
        ("3", "id: T-2\nword: A nail\nneeds: [T-1, T-3]\n"),
        ("4", "id: T-2\nname: A nail\nneeds: [T-1, T-3]\n"),
        ("1", "code: T-2\nlabel: A nail\nwants: [T-1, T-3]\n"),
        ("4", "id: T-2\nname: A nail\nneeds: [T-1, T-3]\n"),
        ("3", "id: T-2\nword: A nail\nneeds: [T-1, T-3]\n"),
        ("1", "code: T-2\nlabel: A nail\nwants: [T-1, T-3]\n"),
    ] {
        well(folder, &["upgrade", "--to", version]);
        assert_eq!(text("T-2.yaml"), expected, "{version}");
    }
    assert_eq!(texts(folder), old);
    let ran = run(folder, &["upgrade", "--to", "5"]);
    assert!(ran.err.contains("know versions 1 to 4"), "{}", ran.err);
    // A whole migration reads an ID under its old name.
    std::fs::create_dir(folder.join("out")).expect("a folder");
    let arguments = [
        "migrate",
        "--from",
        "yaml",
        "--to",
        "jsonl",
        "--config",
        "corpuslint.toml",
    ];
    let inside = tempfile::tempdir().expect("a folder");
    let target = inside.path().join("all.jsonl");
    let target = target.to_str().expect("UTF-8");
    std::fs::remove_dir(folder.join("out")).expect("removed");
    well(folder, &[&arguments[..], &[".", target]].concat());
    let lines = std::fs::read_to_string(target).expect("text");
    assert!(
        lines.contains("\"id\":\"T-2\",\"name\":\"A nail\",\"needs\":"),
        "{lines}"
    );
}

#[test]
fn a_schema_that_cannot_be_gone_back_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    tools(folder);
    for (old, new, reason) in [
        (
            "\"to\": \"id\"",
            "\"to\": \"idd\"",
            "leads to `idd`, which is no property beside `code`",
        ),
        (
            "\"to\": \"id\"",
            "\"to\": \"code\"",
            "is an old name by 2 already",
        ),
        (
            "\"to\": \"word\"",
            "\"to\": \"name\"",
            "are both renamed to `name`",
        ),
        (
            "\"to\": \"name\", \"in\": 4",
            "\"to\": \"name\", \"in\": 2",
            "is an old name by 2 already",
        ),
        (
            "\"to\": \"id\", \"in\": 2",
            "\"to\": \"id\", \"in\": 1",
            "a version from 2",
        ),
        (
            "\"to\": \"id\", \"in\": 2",
            "\"to\": \"id\"",
            "a version from 2",
        ),
        (
            "\"deprecated\": true, \"x-renamed\": {\"to\": \"id\"",
            "\"x-renamed\": {\"to\": \"id\"",
            "vocabulary",
        ),
        (
            "\"items\": {\"type\": \"string\",",
            "\"items\": {\"deprecated\": true, \"x-renamed\": {\"to\": \"id\", \"in\": 2},",
            "vocabulary",
        ),
    ] {
        assert!(SCHEMA.contains(old), "{old}");
        write(folder, "tool.json", SCHEMA.replacen(old, new, 1));
        let ran = run(folder, &["check"]);
        assert_eq!(ran.code, 2, "{new}");
        assert!(
            ran.err.contains("tool.json:") && ran.err.contains(reason),
            "{new}: {}",
            ran.err
        );
    }
}
