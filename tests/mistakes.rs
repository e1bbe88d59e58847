//! Mistakes that people make, typed into real entries: each gets the finding that a newcomer can act
//! on, and nothing beside it.

mod common;

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use common::copy;
use serde_json::Value;

/// The entry that mistakes are typed into.
const ENTRY: &str = "preparation/PR030.yaml";

/// What is written in the place of what, and what is found.
const MISTAKES: &[(&str, &str, &str)] = &[
    (
        "title:",
        "titel:",
        "preparation/PR030.yaml:3 schema-unknown-field",
    ),
    (
        "- PV023",
        "- PV203",
        "preparation/PR030.yaml:10 dangling-reference `PV203` is not defined; did you mean `PV023` (Access Reviews)?",
    ),
    (
        "created: 2025-08-15",
        "created: 2025-02-30",
        "preparation/PR030.yaml:4 date-impossible",
    ),
    (
        "created: 2025-08-15",
        "created: 22nd May 2024",
        "preparation/PR030.yaml:4 date-format",
    ),
    (
        "updated: 2025-08-15",
        "updated: 2024-08-15",
        "preparation/PR030.yaml:5 date-order",
    ),
    ("- DT045", "- PV059", "preparation/PR030.yaml:16 wrong-kind"),
    (
        "  - Husein",
        "\t- Husein",
        "preparation/PR030.yaml:7 syntax there is a tab in the indentation",
    ),
    (
        "title: Auth",
        "title: \"Auth",
        "preparation/PR030.yaml:3 syntax this quote is never closed",
    ),
    (
        "id: PR030",
        "id: РR030",
        "preparation/PR030.yaml:2 id-lookalike",
    ),
    (
        "id: PR030",
        "id: PR031",
        "preparation/PR030.yaml:2 id-filename",
    ),
    (
        "id: PR030",
        "id: pr030",
        "preparation/PR030.yaml:2 id-format",
    ),
];

/// Errors and warnings in the corpus after one change, as `path:line rule message`.
fn findings(change: impl Fn(&Path)) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let corpus = folder.path().join("corpus");
    copy(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus"),
        &corpus,
    );
    change(&corpus);
    let output = Command::new(env!("CARGO_BIN_EXE_corpuslint"))
        .args(["check", "--output-format", "json"])
        .current_dir(folder.path())
        .output()
        .expect("the program runs");
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let diagnostics = report["diagnostics"].as_array().expect("a list");
    diagnostics
        .iter()
        .filter(|found| found["severity"] != "note")
        .map(|found| {
            let text = |field: &str| found[field].as_str().unwrap_or("").to_owned();
            let path = text("path").replace("corpus/", "");
            let related: Vec<String> = found["related"]
                .as_array()
                .expect("a list")
                .iter()
                .map(|related| format!(" + {}", related["path"].as_str().unwrap_or("")))
                .collect();
            let line = &found["start"]["line"];
            format!(
                "{path}:{line} {} {}{}",
                text("rule"),
                text("message"),
                related.concat()
            )
        })
        .collect()
}

/// Replaces text in one entry.
fn replace(path: &'static str, old: &'static str, new: &'static str) -> impl Fn(&Path) {
    move |corpus| {
        let file = corpus.join(path);
        let text = std::fs::read_to_string(&file).expect("an entry");
        assert!(text.contains(old), "{path} holds {old:?}");
        std::fs::write(&file, text.replacen(old, new, 1)).expect("the entry");
    }
}

#[test]
fn each_mistake_gets_one_finding() {
    for (old, new, expected) in MISTAKES {
        let found = findings(replace(ENTRY, old, new));
        assert_eq!(found.len(), 1, "{new}: {found:#?}");
        assert!(found[0].starts_with(expected), "{new}: {}", found[0]);
    }
}

/// What `check --diff` and `check --unsafe-fixes --diff` would do about each mistake, as a page that
/// people can read. `BLESS=1 cargo test --test mistakes` rewrites it.
#[test]
fn each_mistake_and_its_patch() {
    let mut page = String::new();
    let others = [
        ("detections/DT046.yaml", "- Windows", "- windows"),
        (ENTRY, "- PV023", "- PV023\n  - PV023"),
        (ENTRY, "- PV023", "- pv023  # by habit"),
    ];
    let all = MISTAKES.iter().map(|(old, new, _)| (ENTRY, *old, *new));
    for (path, old, new) in all.chain(others) {
        writeln!(page, "=== {path}: {old:?} is written {new:?}").expect("text");
        let folder = tempfile::tempdir().expect("a folder");
        let corpus = folder.path().join("corpus");
        copy(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus"),
            &corpus,
        );
        let file = corpus.join(path);
        let text = std::fs::read_to_string(&file).expect("an entry");
        std::fs::write(&file, text.replacen(old, new, 1)).expect("the entry");
        for option in ["--fix", "--unsafe-fixes"] {
            let output = Command::new(env!("CARGO_BIN_EXE_corpuslint"))
                .args(["check", option, "--diff"])
                .current_dir(folder.path())
                .output()
                .expect("the program runs");
            writeln!(page, "--- {option} --diff").expect("text");
            page.push_str(&String::from_utf8_lossy(&output.stdout));
            page.push_str(&String::from_utf8_lossy(&output.stderr));
        }
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mistakes/patches.txt");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&file, &page).expect("the page");
    }
    let said = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(page, said, "run `BLESS=1 cargo test --test mistakes`");
}

#[test]
fn a_platform_that_is_not_on_the_list() {
    let found = findings(replace("detections/DT046.yaml", "- Windows", "- windows"));
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(
        found[0].contains("schema-enum") && found[0].contains("`Windows`"),
        "{found:?}"
    );
}

#[test]
fn two_entries_with_one_id_show_both_places() {
    let found = findings(|corpus| {
        let entry = corpus.join("preventions/PV059.yaml");
        std::fs::copy(entry, corpus.join("preventions/PV060.yaml")).expect("a copy");
    });
    let twice: Vec<_> = found
        .iter()
        .filter(|found| found.contains("duplicate-id"))
        .collect();
    assert_eq!(twice.len(), 1, "{found:#?}");
    assert!(
        twice[0].contains("PV060.yaml:2") && twice[0].contains("+ corpus/preventions/PV059.yaml"),
        "{twice:?}"
    );
}

#[test]
fn a_prevention_that_goes_is_one_finding_with_every_place() {
    let found = findings(|corpus| {
        std::fs::remove_file(corpus.join("preventions/PV055.yaml")).expect("an entry");
    });
    let gone: Vec<_> = found
        .iter()
        .filter(|found| found.contains("dangling-reference"))
        .collect();
    assert_eq!(gone.len(), 1, "{found:#?}");
}
