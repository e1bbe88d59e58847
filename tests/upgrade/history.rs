//! That a file goes to another version is no change of what its entry says.

use super::git::Repo;
use super::*;

/// A repository with this corpus in version 1, by the profile in the program.
fn repository() -> Option<Repo> {
    let repo = Repo::new()?;
    old_corpus(&repo.path(""));
    repo.commit("Version 1");
    Some(repo)
}

#[test]
fn an_upgrade_changes_nothing() {
    let Some(repo) = repository() else { return };
    let folder = repo.path("");
    well(&folder, &["upgrade"]);
    let run_twice = |arguments: &[&str]| {
        // The second run knows what the first one kept.
        let first = findings(&folder, arguments);
        assert_eq!(findings(&folder, arguments), first);
        first
    };
    assert_eq!(run_twice(&["--base", "HEAD"]), [""; 0]);
    let (said, _) = well(&folder, &["diff", "HEAD"]);
    assert!(said.contains("hold the same entries"), "{said}");
    repo.commit("Version 2");
    assert_eq!(run_twice(&["--base", "HEAD~1"]), [""; 0]);
    let (said, _) = well(&folder, &["diff", "HEAD~1", "HEAD"]);
    assert!(said.contains("hold the same entries"), "{said}");
    let fixed = run(
        &folder,
        &["check", "--base", "HEAD~1", "--output-format", "json"],
    );
    let fixed: Value = serde_json::from_str(&fixed.out).expect("JSON");
    let fixed = fixed["diagnostics"].as_array().expect("a list").iter();
    let fixed = fixed.filter(|found| found["change"] == "fixed").count();
    assert_eq!(fixed, 59);
    // And back: all that is new are the notes.
    well(&folder, &["upgrade", "--to", "1"]);
    let notes = run_twice(&["--base", "HEAD"]);
    assert_eq!(notes.len(), 59);
    assert!(
        notes.iter().all(|note| note.starts_with("outdated-format")),
        "{notes:?}"
    );
}

/// A change beside the upgrade is seen, and nothing else.
#[test]
fn a_change_beside_an_upgrade_is_seen() {
    let Some(repo) = repository() else { return };
    let folder = repo.path("");
    well(&folder, &["upgrade"]);
    let path = "corpus/preparation/PR030.yaml";
    let text = std::fs::read_to_string(repo.path(path)).expect("text");
    let changed = text.replace("  - title: ", "  - title: A new ");
    assert_ne!(changed, text);
    repo.write(path, changed);
    assert_eq!(
        findings(&folder, &["--base", "HEAD"]),
        [
            "updated-not-bumped corpus/preparation/PR030.yaml `PR030` (Authorization Token Staging) changes, \
             and still says 2025-08-15 for its last change"
        ]
    );
    let (said, _) = well(&folder, &["diff", "HEAD"]);
    assert!(
        said.contains("references") && said.contains("A new"),
        "{said}"
    );
    assert!(!said.contains("\"text\""), "{said}");
    // A day that moves with nothing but an upgrade.
    let bumped = text.replace("updated: 2025-08-15", "updated: 2025-08-16");
    assert_ne!(bumped, text);
    repo.write(path, bumped);
    let found = findings(&folder, &["--base", "HEAD"]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("updated-without-change"), "{found:?}");
}

/// A corpus that goes over to the schemas of version 2 as well: that is for a maintainer to accept,
/// and then nothing else is left to say.
#[test]
fn new_schemas_are_to_be_accepted_and_no_more() {
    let Some(repo) = repository() else { return };
    let folder = repo.path("");
    own_profile(&folder, "v1");
    repo.commit("A profile of its own");
    own_profile(&folder, "v2");
    well(&folder, &["upgrade"]);
    let found = findings(&folder, &["--base", "HEAD"]);
    let loosened = |found: &&String| found.starts_with("gate-loosened corpuslint.toml");
    assert_eq!(found.iter().filter(loosened).count(), 5, "{found:?}");
    // The base's schemas count until then, and do not know the new names.
    let unknown = |found: &&String| found.starts_with("schema-unknown-field");
    assert!(found.iter().filter(unknown).count() > 0, "{found:?}");
    let waived = ["--base", "HEAD", "--waive", "gate-loosened:corpuslint.toml"];
    assert_eq!(findings(&folder, &waived), [""; 0]);
    let (said, _) = well(&folder, &["diff", "HEAD"]);
    assert!(said.contains("hold the same entries"), "{said}");
}

/// The names of a release are the old ones, and say the same as the new ones of a corpus.
#[test]
fn a_release_says_the_same_as_its_corpus() {
    let Some(release) = common::shared("data/itm/v1.11.json") else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let release = release.canonicalize().expect("a path");
    // A release with ATT&CK mappings, as the publisher announced them.
    let text = std::fs::read_to_string(release).expect("text");
    let mut whole: Value = serde_json::from_str(&text).expect("JSON");
    let section = &mut whole["articles"][0]["sections"][0];
    section["mitre"] = serde_json::json!([{"ref": "T1078", "name": "Valid Accounts"}]);
    let id = section["id"].as_str().expect("an ID").to_owned();
    write(folder, "release.json", whole.to_string());
    let arguments = [
        "migrate",
        "--from",
        "release",
        "--to",
        "yaml",
        "release.json",
        "corpus",
    ];
    well(folder, &arguments);
    let files = texts(&folder.join("corpus"));
    let (_, text) = files
        .iter()
        .find(|(path, _)| path.ends_with(&format!("/{id}.yaml")))
        .expect("it");
    assert!(text.contains("\nattack:\n"), "{text}");
    let (said, _) = well(
        folder,
        &[
            "diff",
            "release.json",
            "corpus",
            "--output-format",
            "markdown",
        ],
    );
    for name in ["mitre", "attack", "references"] {
        assert!(!said.contains(name), "{name}: {said}");
    }
    let back = [
        "migrate",
        "--from",
        "yaml",
        "--to",
        "release",
        "corpus",
        "back.json",
    ];
    well(folder, &back);
    let back = std::fs::read_to_string(folder.join("back.json")).expect("text");
    let back: Value = serde_json::from_str(&back).expect("JSON");
    let sections = back["articles"][0]["sections"].as_array().expect("a list");
    let section = sections
        .iter()
        .find(|section| section["id"] == *id)
        .expect("the section");
    assert_eq!(section["mitre"][0]["ref"], "T1078");
}
