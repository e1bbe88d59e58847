//! Format versions: what `upgrade` does to files, what is said about old ones, and what the history
//! makes of it.

mod common;
#[path = "common/git.rs"]
mod git;
#[path = "common/program.rs"]
mod program;
#[path = "common/random.rs"]
mod random;

use std::collections::BTreeMap;
use std::path::Path;

use program::{Ran, run_in as run};
use serde_json::Value;

#[path = "upgrade/command.rs"]
mod command;
#[path = "upgrade/edits.rs"]
mod edits;
#[path = "upgrade/history.rs"]
mod history;
#[path = "upgrade/old_files.rs"]
mod old_files;
#[path = "upgrade/steps.rs"]
mod steps;

/// Runs what must go well, and gives what it prints and what it says beside.
fn well(folder: &Path, arguments: &[&str]) -> (String, String) {
    let Ran { code, out, err } = run(folder, arguments);
    assert_eq!(code, 0, "{arguments:?}: {out}{err}");
    (out, err)
}

/// The findings of `check`, as `rule path message`.
fn findings(folder: &Path, arguments: &[&str]) -> Vec<String> {
    let mut all = vec!["check", "--output-format", "json"];
    all.extend(arguments);
    let ran = run(folder, &all);
    assert!(ran.code < 2, "{arguments:?}: {}", ran.err);
    let report: Value = serde_json::from_str(&ran.out).expect("JSON");
    let found = report["diagnostics"].as_array().expect("a list").iter();
    let found =
        found.filter(|found| found["change"] != "pre-existing" && found["change"] != "fixed");
    let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
    found
        .map(|found| {
            let parts = ["rule", "path", "message"].map(|part| text(&found[part]));
            parts.join(" ")
        })
        .collect()
}

fn write(folder: &Path, path: &str, text: impl AsRef<[u8]>) {
    let path = folder.join(path);
    std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    std::fs::write(path, text).expect("a file");
}

/// A copy of this project's corpus, for the profile in the program, in format version 1.
fn old_corpus(folder: &Path) {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    common::copy(&own, &folder.join("corpus"));
    well(folder, &["upgrade", "--to", "1"]);
}

/// Every file below a folder, by its path.
fn texts(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for extension in ["yaml", "json", "md", "jsonl", "csv"] {
        for path in common::files(folder, extension) {
            let name = path.strip_prefix(folder).expect("inside");
            let text = std::fs::read_to_string(&path).expect("text");
            found.insert(name.to_string_lossy().into_owned(), text);
        }
    }
    found
}

/// The words of a text and what stands between them, one after another.
fn words(text: &str) -> Vec<&str> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let same = |c: char| is_word(c) == is_word(first);
        let end = rest.find(|c| !same(c)).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(end);
        words.push(word);
        rest = behind;
    }
    words
}

/// What a word of version 1 may become in version 2, and how many did.
const STEPS: [(&str, &str); 3] = [("text", "title"), ("mitre", "attack"), ("v1", "v2")];

/// Asserts that two texts differ in nothing but names; gives how many of these changed.
fn only_names_differ(path: &str, old: &str, new: &str) -> usize {
    let (old, new) = (words(old), words(new));
    assert_eq!(old.len(), new.len(), "{path}");
    let pairs = old.into_iter().zip(new).filter(|(old, new)| old != new);
    let changed = pairs.map(|pair| assert!(STEPS.contains(&pair), "{path}: {pair:?}"));
    changed.count()
}

/// An entry of version 1 as version 2 has it, told without the schemas.
fn renamed(mut entry: Value) -> Value {
    let rename = |value: &mut Value, old: &str, new: &str| {
        let Some(fields) = value.as_object_mut() else {
            return;
        };
        let all = std::mem::take(fields);
        let all = all.into_iter();
        fields.extend(all.map(|(name, value)| match name == old {
            true => (new.to_owned(), value),
            false => (name, value),
        }));
    };
    rename(&mut entry, "mitre", "attack");
    let sources = entry.get_mut("references").and_then(Value::as_array_mut);
    for source in sources.into_iter().flatten() {
        rename(source, "text", "title");
    }
    entry
}

/// Gives a corpus a profile and schemas of its own, of one version.
fn own_profile(folder: &Path, version: &str) {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let profile = std::fs::read_to_string(own.join("corpuslint.toml")).expect("text");
    write(
        folder,
        "corpuslint.toml",
        profile.replace("/v2/", &format!("/{version}/")),
    );
    common::copy(&own.join("schema/itm"), &folder.join("schema/itm"));
}
