//! Nothing in the engine knows the Insider Threat Matrix: two other frameworks are checked by a
//! profile and schemas alone.

#![allow(clippy::print_stdout, clippy::print_stderr)] // it says what it skipped

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn check(folder: &Path, arguments: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_corpuslint"))
        .args(["check", "--output-format", "json"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the program runs");
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_ne!(output.status.code(), Some(2), "{errors}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn a_cookbook() {
    let report = check(&root().join("tests/framework/cookbook"), &[]);
    assert_eq!(report["summary"]["entries"], 5);
    let found: Vec<String> = report["diagnostics"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|d| {
            let line = &d["start"]["line"];
            let text = |field: &str| d[field].as_str().unwrap_or("").to_owned();
            format!(
                "{}:{line} {} {}",
                text("path"),
                text("severity"),
                text("rule")
            )
        })
        .collect();
    let expected = [
        "larder/i001.json:1 error url-malformed",
        "larder/i002.json:1 error schema-enum",
        "larder/i003.json:1 warning orphan",
        "recipes/soups/r-bread-01.md:2 error id-misplaced",
        "recipes/soups/r-bread-01.md:2 warning orphan",
        "recipes/soups/r-bread-01.md:4 error date-format",
        "recipes/soups/r-bread-01.md:5 error schema-other",
        "recipes/soups/r-soup-01.yaml:1 warning orphan",
        "recipes/soups/r-soup-01.yaml:4 error date-order",
        "recipes/soups/r-soup-01.yaml:9 error dangling-reference",
        "recipes/soups/r-soup-01.yaml:11 error wrong-kind",
        "recipes/soups/r-soup-01.yaml:13 warning dangling-mention",
    ];
    assert_eq!(found, expected);
}

/// The records of the Python Packaging Advisory Database, and another validator's verdict on each.
#[test]
fn the_python_packaging_advisories() {
    let data = root().join("../shared/data/pypa");
    if !data.exists() {
        println!("skipped: ../shared/data/pypa is not here");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let copy = |from: PathBuf, to: &str| {
        std::fs::copy(&from, folder.path().join(to)).expect("a copy");
    };
    copy(data.join("osv.schema.json"), "osv.schema.json");
    copy(
        root().join("tests/framework/pypa/vulnerability.json"),
        "vulnerability.json",
    );
    let mut packages: Vec<PathBuf> = std::fs::read_dir(data.join("vulns"))
        .expect("packages")
        .map(|item| item.expect("an item").path())
        .collect();
    packages.sort();
    for package in packages {
        let name = package
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let target = format!("vulns/{name}");
        std::fs::create_dir_all(folder.path().join(&target)).expect("a folder");
        for item in std::fs::read_dir(&package).expect("records") {
            let item = item.expect("a record");
            let file = item.file_name().to_string_lossy().into_owned();
            copy(item.path(), &format!("{target}/{file}"));
        }
    }
    let profile = "version = 1\nroot = \"vulns\"\n[kind.vulnerability]\nfiles = [\"*/PYSEC-*.yaml\"]\nschema = \"vulnerability.json\"\n";
    std::fs::write(folder.path().join("corpuslint.toml"), profile).expect("the profile");
    let report = check(folder.path(), &[]);
    assert_eq!(report["summary"]["files"], 2251);
    assert_eq!(report["summary"]["entries"], 2251);

    let verdicts = std::fs::read_to_string(data.join("verdicts.jsonl")).expect("verdicts");
    let mut expected: BTreeMap<String, bool> = BTreeMap::new();
    for line in verdicts.lines() {
        let verdict: Value = serde_json::from_str(line).expect("JSON");
        let path = verdict["path"].as_str().expect("a path").to_owned();
        expected.insert(path, verdict["valid"].as_bool().expect("a verdict"));
    }
    let mut actual: BTreeMap<String, bool> = expected.keys().map(|p| (p.clone(), true)).collect();
    let diagnostics = report["diagnostics"].as_array().expect("a list");
    for found in diagnostics {
        let rule = found["rule"].as_str().expect("a rule");
        if rule.starts_with("schema-") {
            actual.insert(found["path"].as_str().expect("a path").to_owned(), false);
        }
    }
    assert_eq!(actual.len(), 2251);
    assert_eq!(expected, actual);
    let of_rule = |name: &str| diagnostics.iter().filter(|d| d["rule"] == name).count();
    for (rule, count) in [
        ("url-malformed", 1),
        ("date-order", 0),
        ("date-format", 0),
        ("id-filename", 0),
        ("id-format", 0),
        ("duplicate-id", 0),
        ("syntax", 0),
        ("duplicate-key", 0),
    ] {
        assert_eq!(of_rule(rule), count, "{rule}");
    }
}
