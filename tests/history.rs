//! What the history rules say between real releases of the framework, and between the commits of a
//! repository that is made of them.

mod common;
#[path = "common/git.rs"]
mod git;
#[path = "history/split.rs"]
mod split;
#[path = "history/traps.rs"]
mod traps;

use std::path::Path;
use std::process::Command;

use corpuslint::history::meaning::likeness;
use git::Repo;
use serde_json::Value;

const RELEASES: [&str; 5] = ["v1.0", "v1.1", "v1.2", "v1.10", "v1.11"];

/// The first release that has an entry, the release in which something happened to it, and what: seen
/// by every pair of releases that it lies between, if the first of them has the entry.
const EVENTS: [(usize, usize, &str); 10] = [
    (0, 1, "updated-without-change IF002.010"),
    (0, 2, "created-changed ME023"),
    (0, 2, "id-recycled ME023"),
    (0, 2, "id-removed PR010.001"),
    (0, 3, "id-moved AF017"),
    (0, 3, "id-removed AF009"),
    (0, 3, "id-removed IF009.003"),
    (0, 3, "id-removed IF009.004"),
    (0, 3, "updated-without-change IF002.002"),
    (3, 4, "id-moved AF023"),
];

/// The history rules, and those alone.
const RULES: &str = "id-removed,id-recycled,id-moved,created-changed,updated-not-bumped,\
                     updated-backwards,updated-without-change,id-not-next";

fn check(folder: &Path, arguments: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_corpuslint"))
        .args(["check", "--select", RULES, "--output-format", "json"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the program runs");
    let error = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{arguments:?}: {error}"))
}

/// Findings as `rule entry`, sorted.
fn findings(report: &Value) -> Vec<String> {
    let found = report["diagnostics"].as_array().expect("a list");
    let mut lines: Vec<String> = found
        .iter()
        .map(|found| {
            assert_eq!(found["change"], "introduced");
            let text = |field: &str| found[field].as_str().unwrap_or_default().to_owned();
            format!("{} {}", text("rule"), text("entry"))
        })
        .collect();
    lines.sort();
    lines
}

/// What two releases, by their number, must give.
fn expected(before: usize, after: usize) -> Vec<&'static str> {
    let between = EVENTS
        .iter()
        .filter(|(since, at, _)| *since <= before && before < *at && *at <= after);
    let mut lines: Vec<&str> = between.map(|(.., line)| *line).collect();
    lines.sort_unstable();
    lines
}

#[test]
fn ten_pairs_of_releases() {
    let Some(folder) = common::shared("data/itm") else {
        return;
    };
    for (before, old) in RELEASES.iter().enumerate() {
        for (after, new) in RELEASES.iter().enumerate().skip(before + 1) {
            let (base, head) = (format!("{old}.json"), format!("{new}.json"));
            let report = check(&folder, &[&head, "--base", &base]);
            assert_eq!(findings(&report), expected(before, after), "{base} {head}");
        }
    }
    let same = check(&folder, &["v1.11.json", "--base", "v1.11.json"]);
    assert_eq!(findings(&same), Vec::<String>::new());
    assert_eq!(same["comparison"]["entries"], Value::Array(Vec::new()));
}

/// How much the words of the states of one entry have in common, over all pairs of releases.
#[test]
fn margins_of_recycled_ids() {
    let Some(folder) = common::shared("data/itm") else {
        return;
    };
    let releases: Vec<_> = RELEASES
        .iter()
        .map(|name| split::texts(&folder.join(format!("{name}.json"))))
        .collect();
    let mut recycled = 0;
    let mut renamed = 0;
    for (at, before) in releases.iter().enumerate() {
        for after in &releases[at + 1..] {
            for (id, (old_title, old)) in before {
                let Some((title, text)) = after.get(id) else {
                    continue;
                };
                let found = likeness((old_title, old), (title, text));
                if id == "ME023" && title != old_title {
                    recycled += 1;
                    // Under the 0.3 that count where the day of creation stays.
                    assert!(found.title == 0.0 && found.text < 0.25 && found.words >= 10);
                } else if title != old_title {
                    renamed += 1;
                    let stub = found.words < 10 && (found.title > 0.0 || found.text > 0.6);
                    assert!(stub || found.text > 0.6, "{id} {found:?}");
                } else {
                    // What is rewritten under its title is not asked.
                    assert!(found.text > 0.2, "{id} {found:?}");
                }
            }
        }
    }
    assert!(recycled > 0 && renamed > 0);
}

#[test]
fn findings_say_what_was_there_before() {
    let Some(folder) = common::shared("data/itm") else {
        return;
    };
    let report = check(&folder, &["v1.2.json", "--base", "v1.1.json"]);
    let all = report["diagnostics"].as_array().expect("a list");
    let find = |rule: &str| {
        let mut found = all.iter().filter(|found| found["rule"] == rule);
        found.next().expect(rule)
    };
    let recycled = find("id-recycled");
    assert_eq!(recycled["path"], "v1.2.json");
    assert_eq!(
        recycled["message"],
        "`ME023` (Sensitivity Label Leakage) was `Intellectual Property Theft` before"
    );
    assert_eq!(recycled["related"][0]["revision"], "v1.1.json");
    let removed = find("id-removed");
    assert_eq!(removed["path"], "v1.1.json");
    assert_eq!(removed["revision"], "v1.1.json");
    assert_eq!(removed["related"][0]["path"], "v1.2.json");
    let created = find("created-changed");
    assert!(created["start"]["line"].as_u64() > Some(0));
    assert_eq!(created["fix"]["edits"][0]["text"], "9th December 2024");
}

#[test]
fn five_releases_as_five_commits() {
    let (Some(folder), Some(repo)) = (common::shared("data/itm"), Repo::new()) else {
        return;
    };
    for release in RELEASES {
        let _ = std::fs::remove_dir_all(repo.path("corpus"));
        split::release(
            &folder.join(format!("{release}.json")),
            &repo.path("corpus"),
        );
        repo.commit(release);
        repo.git(&["tag", release]);
    }
    for after in 1..RELEASES.len() {
        let (base, head) = (RELEASES[after - 1], RELEASES[after]);
        let report = check(&repo.path(""), &["--base", base, "--head", head]);
        assert_eq!(
            findings(&report),
            expected(after - 1, after),
            "{base} {head}"
        );
    }
    // Over several commits, and with the working tree as the head.
    let report = check(&repo.path(""), &["--base", "v1.0"]);
    assert_eq!(findings(&report), expected(0, 4));
    table(&repo);
}

/// How the lines begin that name an entry.
const HEADS: [&str; 3] = ["added ", "changed ", "removed "];

/// A release and a corpus of Markdown in YAML say the same, and so does what changed between them.
#[test]
fn over_two_formats() {
    let Some(folder) = common::shared("data/itm") else {
        return;
    };
    let scratch = tempfile::tempdir().expect("a folder");
    let program = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_corpuslint"))
            .args(arguments)
            .current_dir(scratch.path())
            .output()
            .expect("the program runs");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let release = |name: &str| folder.join(format!("{name}.json")).display().to_string();
    let (old, new) = (release("v1.10"), release("v1.11"));
    program(&["migrate", "--from", "release", "--to", "yaml", &new, "new"]);
    let same = program(&["diff", &new, "new"]);
    assert!(same.contains("hold the same entries"), "{same}");
    // One entry changed only in how its release writes a list.
    let changed = |from: &str, to: &str| -> Vec<String> {
        let text = program(&["diff", from, to]);
        let is_head = |line: &&str| HEADS.iter().any(|head| line.starts_with(head));
        let heads = text.lines().filter(is_head);
        let kept = heads.filter(|line| !line.contains("PV060"));
        kept.map(str::to_owned).collect()
    };
    let wanted = changed(&old, &new);
    assert_eq!(wanted.len(), 30);
    assert_eq!(changed(&old, "new"), wanted);
    let report = check(scratch.path(), &["new", "--base", &old]);
    assert_eq!(findings(&report), expected(3, 4));
}

/// One table shows all of it.
fn table(repo: &Repo) {
    let output = Command::new(env!("CARGO_BIN_EXE_corpuslint"))
        .args(["backtest", "--select", RULES, "--output-format", "json"])
        .current_dir(repo.path(""))
        .output()
        .expect("the program runs");
    let table: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let revisions = table["revisions"].as_array().expect("a list");
    assert_eq!(revisions.len(), RELEASES.len());
    for (at, revision) in revisions.iter().enumerate() {
        assert_eq!(revision["title"], RELEASES[at]);
        let found = revision["findings"].as_array().expect("a list");
        let mut lines: Vec<String> = found
            .iter()
            .map(|found| {
                let text = |field: &str| found[field].as_str().unwrap_or_default();
                format!("{} {}", text("rule"), text("entry"))
            })
            .collect();
        lines.sort();
        let wanted = match at {
            0 => Vec::new(),
            at => expected(at - 1, at),
        };
        assert_eq!(lines, wanted, "{}", RELEASES[at]);
    }
}
