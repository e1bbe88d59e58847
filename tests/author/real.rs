//! Every sort of move on the published framework, in three formats: what the files say is what they
//! said, with the new IDs in the place of the old ones, and nothing else.

use corpuslint::author::rename::Old;
use corpuslint::author::{Move, Shelf};
use corpuslint::history::Ledger;
use corpuslint::schema::instance;
use corpuslint::snapshot::{Finder, Workspace};
use corpuslint::syntax::{self, Format, Limits};
use regex::{Captures, Regex};
use serde_json::Value;

use super::random::Random;
use super::{run_in, shared};

/// Moves of each format.
const MOVES: usize = 15;

#[test]
fn every_entry_of_a_release_can_move() {
    let Some(release) = shared::shared("data/itm/v1.11.json") else {
        return;
    };
    let mut random = Random::new(5);
    for format in ["yaml", "json", "markdown"] {
        let folder = tempfile::tempdir().expect("a folder");
        let release = release.to_str().expect("a path");
        let ran = run_in(
            folder.path(),
            &[
                "migrate", "--from", "release", "--to", format, release, "corpus",
            ],
            "",
        );
        assert_eq!(ran.code, 0, "{}", ran.err);
        let workspace = Workspace::embedded(folder.path().to_owned()).expect("a workspace");
        let root = workspace.root();
        let files = Finder::new(&workspace, root.clone())
            .walk(&root)
            .expect("files");
        let shelf = Shelf::read(&workspace, &files, Ledger::default());
        assert_eq!(shelf.cards.len(), 574);
        for _ in 0..MOVES {
            let card = &shelf.cards[random.below(shelf.cards.len())];
            one(&shelf, &card.id);
        }
    }
}

fn one(shelf: &Shelf<'_>, old: &str) {
    let series = old.trim_end_matches(|c: char| c.is_ascii_digit());
    let width = old.len() - series.len();
    let new = format!("{series}{:0width$}", if width == 1 { 9 } else { 987 });
    let asked = Move {
        old: Old::Id(old),
        new: Some(&new),
        reason: None,
        today: jiff::civil::date(2026, 1, 2),
    };
    let moved = asked
        .plan(shelf, &|_| false)
        .unwrap_or_else(|error| panic!("{old}: {error}"));
    let word = Regex::new(&format!(
        r"(^|[^A-Za-z0-9_]){}(\.[0-9]{{3}})?\b",
        regex::escape(old)
    ))
    .expect("a pattern");
    let mut stones = 0;
    for rewrite in &moved.rewrites {
        let after = rewrite.after.as_deref().expect("a text");
        let path = rewrite.path.as_ref();
        let Some(before) = rewrite.before.as_deref() else {
            // The moved entry: its old text is that of the file under its old name.
            let stem = corpuslint::snapshot::stem(path);
            let ids = moved.ids.iter().find(|(_, new)| new == stem);
            let (id, _) = ids.expect("an ID");
            let card = shelf.get(id).expect("an entry");
            let before = shelf.files[card.file].text.as_deref().expect("a text");
            same(before, after, path, &word, &new);
            continue;
        };
        if after.contains("replaced_by") {
            stones += 1;
            let mut said = values(after, path);
            let fields = said.as_object_mut().expect("fields");
            for name in ["status", "retired", "reason", "replaced_by"] {
                assert!(fields.shift_remove(name).is_some(), "{path}: {name}");
            }
            assert_eq!(said, values(before, path), "{path}");
            continue;
        }
        same(before, after, path, &word, &new);
    }
    assert_eq!(stones, moved.ids.len());
    // What is not rewritten does not say an old ID.
    for file in &shelf.files {
        let text = file.text.as_deref().expect("a text");
        if !moved
            .rewrites
            .iter()
            .any(|rewrite| rewrite.path == file.path)
        {
            let expected = renamed(values(text, &file.path), &word, &new);
            assert_eq!(values(text, &file.path), expected, "{}", file.path);
        }
    }
}

/// The second text says what the first one did, with the new IDs, and has its layout.
fn same(before: &str, after: &str, path: &str, word: &Regex, new: &str) {
    let mut expected = renamed(values(before, path), word, new);
    let said = values(after, path);
    if expected["updated"].is_string() {
        expected["updated"] = "2026-01-02".into();
    }
    assert_eq!(said, expected, "{path}");
    assert_eq!(before.lines().count(), after.lines().count(), "{path}");
    let changed = before
        .lines()
        .zip(after.lines())
        .filter(|(one, other)| one != other);
    for (line, _) in changed {
        assert!(
            word.is_match(line) || line.contains("updated"),
            "{path}: {line}"
        );
    }
}

fn values(text: &str, path: &str) -> Value {
    let format = Format::of_path(path).expect("a format");
    let (document, problems) = syntax::parse(text, format, Some("description"), &Limits::default());
    assert!(problems.is_empty(), "{path}: {problems:?}");
    instance::value(document.root().expect("fields"))
}

/// Every ID of a reference or in prose.
fn renamed(mut entry: Value, word: &Regex, new: &str) -> Value {
    let put = |text: &str| {
        // A word that ends where another begins is met in the second round.
        let once = |text: &str| {
            word.replace_all(text, |found: &Captures<'_>| {
                let child = found.get(2).map_or("", |child| child.as_str());
                format!("{}{new}{child}", &found[1])
            })
            .into_owned()
        };
        once(&once(text))
    };
    for (name, value) in entry.as_object_mut().expect("fields") {
        match value {
            Value::String(text) if ["id", "description", "reason"].contains(&name.as_str()) => {
                *text = put(text)
            }
            Value::Array(items) if ["preventions", "detections"].contains(&name.as_str()) => {
                for item in items {
                    *item = put(item.as_str().expect("an ID")).into();
                }
            }
            _ => {}
        }
    }
    entry
}

/// The test would see what is wrong.
#[test]
fn the_oracle_replaces_words_only() {
    let word = Regex::new(r"(^|[^A-Za-z0-9_])MT012(\.[0-9]{3})?\b").expect("a pattern");
    let entry = serde_json::json!({"id": "MT012", "description": "MT012 MT012.004, XMT012 (MT012) MT0123", "title": "MT012"});
    let after = renamed(entry, &word, "MT9");
    assert_eq!(after["description"], "MT9 MT9.004, XMT012 (MT9) MT0123");
    assert_eq!(
        (after["id"].as_str(), after["title"].as_str()),
        (Some("MT9"), Some("MT012"))
    );
}
