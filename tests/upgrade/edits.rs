//! Edits change names and nothing else, whatever a file looks like.

use corpuslint::schema::instance;
use corpuslint::snapshot::Workspace;
use corpuslint::syntax::{self, Format, Limits};
use corpuslint::upgrade::{newest, to_version};
use serde_json::Value;

use super::common;
use super::random::Random;
use super::*;

/// A file in another version, by the profile in the program.
fn upgraded(workspace: &Workspace, path: &str, text: &str, version: u32) -> Result<String, String> {
    let profile = &workspace.profile;
    let kind = profile.kind_of_path(path).expect("a kind");
    let format = Format::of_path(path).expect("a format");
    let body = profile.kinds[kind].body.as_deref();
    let (document, _) = syntax::parse(text, format, body, &Limits::default());
    let kind = &workspace.schemas.kinds()[kind];
    let upgrade = to_version(&document, kind, version);
    upgrade.text().map_err(|obstacle| obstacle.reason)
}

fn tree(path: &str, text: &str) -> Value {
    let format = Format::of_path(path).expect("a format");
    let (document, problems) = syntax::parse(text, format, Some("description"), &Limits::default());
    assert_eq!(problems, [], "{path}\n{text}");
    instance::value(document.root().expect("a root"))
}

/// Brings a file of version 1 up, and tries all that must hold then.
fn try_all(workspace: &Workspace, path: &str, old: &str) -> usize {
    let new = upgraded(workspace, path, old, 2)
        .unwrap_or_else(|reason| panic!("{path}: {reason}\n{old}"));
    assert_eq!(tree(path, &new), renamed(tree(path, old)), "{path}\n{old}");
    let order = |value: &Value| value.to_string();
    assert_eq!(
        order(&tree(path, &new)),
        order(&renamed(tree(path, old))),
        "{path}"
    );
    assert_eq!(
        upgraded(workspace, path, &new, 2).as_deref(),
        Ok(new.as_str()),
        "{path}"
    );
    assert_eq!(
        upgraded(workspace, path, &new, 1).as_deref(),
        Ok(old),
        "{path}"
    );
    only_names_differ(path, old, &new)
}

fn workspace() -> Workspace {
    let empty = tempfile::tempdir().expect("a folder");
    let workspace = Workspace::around(empty.path()).expect("the profile in the program");
    assert_eq!(newest(&workspace.schemas), 2);
    workspace
}

#[test]
fn this_corpus_goes_down_and_up() {
    let workspace = workspace();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut changed = 0;
    for (path, text) in texts(&folder) {
        let old = upgraded(&workspace, &path, &text, 1).expect("an edit");
        changed += try_all(&workspace, &path, &old);
    }
    assert_eq!(changed, 101);
}

#[test]
fn all_entries_of_a_release_go_down_and_up_in_every_format() {
    let Some(release) = common::shared("data/itm/v1.11.json") else {
        return;
    };
    let workspace = workspace();
    let release = release.canonicalize().expect("a path");
    for format in ["yaml", "json", "markdown"] {
        let folder = tempfile::tempdir().expect("a folder");
        let release = release.to_str().expect("UTF-8");
        let arguments = [
            "migrate", "--from", "release", "--to", format, release, "corpus",
        ];
        well(folder.path(), &arguments);
        let mut changed = 0;
        let files = texts(&folder.path().join("corpus"));
        assert_eq!(files.len(), 574, "{format}");
        for (path, text) in files {
            let old = upgraded(&workspace, &path, &text, 1).expect("an edit");
            changed += try_all(&workspace, &path, &old);
        }
        assert!(changed > 150, "{format}: {changed}");
    }
}

/// An entry of version 1 that means the same and is written in another way.
fn rewritten(text: &str, random: &mut Random) -> String {
    let mut out = String::new();
    let mut in_prose = false;
    for line in text.lines() {
        in_prose |= line.starts_with("description:") || line.starts_with("reason:");
        let trimmed = line.trim_start_matches([' ', '-']);
        let key = trimmed.split(':').next().unwrap_or("");
        let is_pair = trimmed.contains(": ") || trimmed.ends_with(':');
        let mut line = line.to_owned();
        if !in_prose && is_pair && key.chars().all(|c| c.is_ascii_lowercase() || c == '_') {
            let at = line.len() - trimmed.len();
            let quoted = match random.below(4) {
                0 => format!("\"{key}\""),
                1 => format!("'{key}'"),
                2 => format!("{key} "),
                _ => key.to_owned(),
            };
            line.replace_range(at..at + key.len(), &quoted);
            if random.below(4) == 0 {
                line.push_str("  # text: mitre, v1");
            }
        }
        if !in_prose && random.below(6) == 0 {
            out.push_str("# text:\n\n");
        }
        out.push_str(&line);
        out.push('\n');
    }
    if random.below(2) == 0 {
        out = out.replace('\n', "\r\n");
    }
    if random.below(4) == 0 {
        out.insert(0, '\u{feff}');
    }
    out
}

/// An entry with what this corpus has nowhere.
const MAPPED: &str = "id: ME024
title: Access
references:
  - title: A page
    url: https://example.org/one
  - url: https://example.org/two
    title: Another page
attack:
  - ref: T1078
    name: Valid Accounts
  - ref: T1528
    name: Steal Application Access Token
    url: https://attack.mitre.org/techniques/T1528/
description: |
  text: of a mitre.
";

#[test]
fn entries_that_are_written_in_other_ways_go_up_too() {
    let workspace = workspace();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut random = Random::new(7);
    let mut changed = 0;
    let mut files = texts(&folder);
    files.insert("means/ME024.yaml".to_owned(), MAPPED.to_owned());
    for (path, text) in files {
        let old = upgraded(&workspace, &path, &text, 1).expect("an edit");
        for _ in 0..8 {
            let odd = rewritten(&old, &mut random);
            assert_eq!(tree(&path, &odd), tree(&path, &old), "{odd}");
            changed += try_all(&workspace, &path, &odd);
        }
    }
    assert!(changed > 400, "{changed}");
}

#[test]
fn odd_ways_to_write_a_name() {
    let workspace = workspace();
    for (old, new) in [
        (
            "mitre: []\nreferences: [{text: a, url: b}, {\"text\":a,'url':b}, {text}]\n",
            "attack: []\nreferences: [{title: a, url: b}, {\"title\":a,'url':b}, {title}]\n",
        ),
        (
            "? mitre\n: []\nreferences:\n- ? text\n  : a\n",
            "? attack\n: []\nreferences:\n- ? title\n  : a\n",
        ),
        ("\"mi\\x74re\": []\n", "\"attack\": []\n"),
        ("!!str mitre : []\n", "!!str attack : []\n"),
        ("&a mitre : []\n", "&a attack : []\n"),
        ("? \"mi\\\n  tre\"\n: []\n", "? \"attack\"\n: []\n"),
        // Neither is the name of a field that was renamed.
        (
            "text: mitre\nreferences: text\n",
            "text: mitre\nreferences: text\n",
        ),
        (
            "attack: [{text: a, mitre: b}]\n",
            "attack: [{text: a, mitre: b}]\n",
        ),
        (
            "description: &x {mitre: 1}\nother: *x\n",
            "description: &x {mitre: 1}\nother: *x\n",
        ),
    ] {
        let found = upgraded(&workspace, "motive/MT012.yaml", old, 2);
        assert_eq!(found.as_deref(), Ok(new), "{old}");
    }
}

#[test]
fn what_no_edit_can_do_is_refused() {
    let workspace = workspace();
    for (old, reason) in [
        ("mitre: []\nattack: []\n", "both are here"),
        ("mitre: []\nmitre: []\n", "both are here"),
        ("references: [{title: a, text: b}]\n", "both are here"),
        (
            "other: &x [{text: a}]\nreferences: *x\n",
            "an alias repeats",
        ),
        (
            "references: &x [{text: a}]\nother: *x\n",
            "an alias repeats",
        ),
        ("references: [&x {text: a}, *x]\n", "an alias repeats"),
        ("id: &n mitre\n*n : []\n", "written as an alias"),
        ("&n mitre : []\nid: *n\n", "an alias repeats"),
        ("? |-\n  mitre\n: []\n", "written as a block"),
        ("? >-\n  mitre\n: []\n", "written as a block"),
    ] {
        let found = upgraded(&workspace, "motive/MT012.yaml", old, 2);
        assert!(
            found.as_ref().is_err_and(|why| why.contains(reason)),
            "{old}: {found:?}"
        );
    }
}
