//! A change cannot relax its own check: profile, schemas and comments count as the base has them.

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use common::copy;
use serde_json::Value;
use tempfile::TempDir;

/// A base and a head, each a whole repository of this project's own corpus.
struct Pair(TempDir);

/// What the gate says of a head.
struct Verdict {
    code: i32,
    /// Introduced errors, as `rule path: message`.
    introduced: Vec<String>,
    report: Value,
}

impl Pair {
    fn new() -> Self {
        let pair = Self(tempfile::tempdir().expect("a folder"));
        for side in ["base", "head"] {
            let folder = pair.0.path().join(side);
            for part in ["corpus", "schema"] {
                let from = Path::new(env!("CARGO_MANIFEST_DIR")).join(part);
                copy(&from, &folder.join(part));
            }
            let profile = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpuslint.toml");
            fs::copy(profile, folder.join("corpuslint.toml")).expect("a copy");
        }
        pair
    }

    fn edit(&self, path: &str, from: &str, to: &str) {
        let path = self.0.path().join(path);
        let text = fs::read_to_string(&path).expect("text");
        assert!(text.contains(from), "{from} in {}", path.display());
        fs::write(&path, text.replacen(from, to, 1)).expect("written");
    }

    fn add(&self, path: &str, text: &str) {
        let path = self.0.path().join(path);
        let old = fs::read_to_string(&path).unwrap_or_default();
        fs::write(&path, old + text).expect("written");
    }

    fn remove(&self, path: &str) {
        fs::remove_file(self.0.path().join(path)).expect("removed");
    }

    fn check(&self, arguments: &[&str]) -> Verdict {
        let output = Command::new(env!("CARGO_BIN_EXE_corpuslint"))
            .args(["check", "--base", "../base", "--output-format", "json"])
            .args(arguments)
            .current_dir(self.0.path().join("head"))
            .output()
            .expect("the program runs");
        let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        let all = report["diagnostics"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let introduced = all
            .iter()
            .filter(|found| found["change"] == "introduced" && found["severity"] == "error")
            .map(|found| {
                let text = |field: &str| found[field].as_str().unwrap_or("").to_owned();
                format!("{} {}: {}", text("rule"), text("path"), text("message"))
            })
            .collect();
        Verdict {
            code: output.status.code().expect("an exit code"),
            introduced,
            report,
        }
    }
}

const PROFILE: &str = "corpuslint.toml";
const SECTION: &str = "schema/itm/v2/section.schema.json";

#[test]
fn nothing_changed_is_clean() {
    let verdict = Pair::new().check(&[]);
    assert_eq!((verdict.code, verdict.introduced), (0, vec![]));
    let all = verdict.report["diagnostics"].as_array().expect("a list");
    assert!(!all.is_empty(), "the corpus has notes");
    assert!(all.iter().all(|found| found["change"] == "pre-existing"));
}

#[test]
fn a_rule_cannot_be_turned_off_by_the_change_that_breaks_it() {
    let pair = Pair::new();
    pair.edit("head/corpus/preparation/PR030.yaml", "- PV023", "- PV923");
    pair.add(
        "head/corpuslint.toml",
        "\n[rules]\ndangling-reference = \"off\"\n",
    );
    let verdict = pair.check(&[]);
    assert_eq!(verdict.code, 1);
    assert_eq!(verdict.introduced.len(), 2, "{:?}", verdict.introduced);
    assert!(verdict.introduced[0].contains("`PV923` is not defined"));
    assert_eq!(
        verdict.introduced[1],
        "gate-loosened corpuslint.toml: the rule `dangling-reference` goes from error to off"
    );
    // The maintainer agrees with the profile: then it counts.
    let waived = pair.check(&["--waive", &format!("gate-loosened:{PROFILE}")]);
    assert_eq!((waived.code, waived.introduced), (0, vec![]));
    // Agreeing with the entry alone does not help.
    let other = pair.check(&["--waive", "dangling-reference:PR030"]);
    assert_eq!((other.code, other.introduced.len()), (1, 1));
}

#[test]
fn a_schema_cannot_be_relaxed_by_the_change_that_breaks_it() {
    let pair = Pair::new();
    let field = "\ncolour: red\ndescription:";
    pair.edit(
        "head/corpus/preparation/PR030.yaml",
        "\ndescription:",
        field,
    );
    pair.edit(
        &format!("head/{SECTION}"),
        "\n  \"properties\": {",
        "\n  \"properties\": {\n    \"colour\": {\"type\": \"string\"},",
    );
    let verdict = pair.check(&[]);
    assert_eq!(verdict.code, 1);
    assert_eq!(verdict.introduced.len(), 2, "{:?}", verdict.introduced);
    assert!(
        verdict.introduced[0].starts_with("schema-unknown-field corpus/preparation/PR030.yaml")
    );
    assert!(verdict.introduced[1].starts_with(&format!("gate-loosened {SECTION}")));
    let waived = pair.check(&["--waive", &format!("gate-loosened:{SECTION}")]);
    assert_eq!((waived.code, waived.introduced), (0, vec![]));
}

#[test]
fn a_stricter_configuration_counts_at_once() {
    let pair = Pair::new();
    pair.edit(
        &format!("head/{SECTION}"),
        "\"maxLength\": 200",
        "\"maxLength\": 20",
    );
    let verdict = pair.check(&[]);
    assert_eq!(verdict.code, 1);
    assert!(!verdict.introduced.is_empty());
    let all_long = verdict
        .introduced
        .iter()
        .all(|line| line.starts_with("schema-length"));
    assert!(all_long, "{:?}", verdict.introduced);
}

#[test]
fn a_profile_that_goes_away_is_held_against_the_built_in_one() {
    let pair = Pair::new();
    pair.add("base/corpuslint.toml", "\n[rules]\norphan = \"error\"\n");
    pair.remove("head/corpuslint.toml");
    let verdict = pair.check(&[]);
    assert_eq!(verdict.code, 1);
    assert_eq!(
        verdict.introduced,
        ["gate-loosened corpuslint.toml: the rule `orphan` goes from error to note"]
    );
}

#[test]
fn a_profile_that_cannot_be_read_is_no_way_out() {
    let pair = Pair::new();
    pair.add("head/corpuslint.toml", "\n[rules]\norphan = \"loud\"\n");
    let output = Command::new(env!("CARGO_BIN_EXE_corpuslint"))
        .args(["check", "--base", "../base"])
        .current_dir(pair.0.path().join("head"))
        .output()
        .expect("the program runs");
    assert_eq!(output.status.code(), Some(2));
    let reason = String::from_utf8(output.stderr).expect("UTF-8");
    assert!(
        reason.contains("corpuslint.toml:") && reason.contains("off, note"),
        "{reason}"
    );
}

#[test]
fn a_comment_counts_only_where_the_base_has_it() {
    let pair = Pair::new();
    let entry = "corpus/preparation/PR030.yaml";
    let comment = "  # corpuslint: allow dangling-reference -- comes later\n  - PV923";
    pair.edit(&format!("head/{entry}"), "  - PV023", comment);
    let verdict = pair.check(&[]);
    assert_eq!(verdict.code, 1);
    assert_eq!(verdict.introduced.len(), 2, "{:?}", verdict.introduced);
    assert!(verdict.introduced[0].starts_with(
        "gate-loosened corpus/preparation/PR030.yaml: this comment allows `dangling-reference`"
    ));
    assert!(verdict.introduced[1].contains("`PV923` is not defined"));
    let waived = pair.check(&["--waive", "gate-loosened:PR030"]);
    assert_eq!((waived.code, waived.introduced), (0, vec![]));

    pair.edit(&format!("base/{entry}"), "  - PV023", comment);
    let verdict = pair.check(&[]);
    assert_eq!((verdict.code, verdict.introduced), (0, vec![]));
}

#[test]
fn a_deleted_control_is_one_finding_with_every_place() {
    let pair = Pair::new();
    pair.remove("head/corpus/preventions/PV055.yaml");
    let verdict = pair.check(&["--select", "dangling-reference"]);
    assert_eq!(verdict.code, 1);
    assert_eq!(verdict.introduced.len(), 1, "{:?}", verdict.introduced);
    let all = verdict.report["diagnostics"].as_array().expect("a list");
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    // In lists and in prose.
    let referring = common::files(&corpus, "yaml")
        .iter()
        .filter(|path| !path.ends_with("preventions/PV055.yaml"))
        .map(|path| fs::read_to_string(path).expect("text"))
        .map(|text| text.matches("PV055").count())
        .sum::<usize>();
    assert!(referring > 1);
    let related = all[0]["related"].as_array().expect("a list");
    assert_eq!(related.len() + 1, referring);
}

#[test]
fn old_debt_is_not_blamed_on_a_change_and_new_debt_is() {
    let pair = Pair::new();
    let entry = "corpus/preparation/PR030.yaml";
    for side in ["base", "head"] {
        pair.edit(&format!("{side}/{entry}"), "- PV023", "- PV923");
    }
    // The list gets another order, so that the wrong item stands elsewhere in it.
    pair.edit(
        &format!("head/{entry}"),
        "  - PV002\n  - PV923",
        "  - PV923\n  - PV002",
    );
    let verdict = pair.check(&["--select", "dangling-reference"]);
    assert_eq!((verdict.code, verdict.introduced), (0, vec![]));
    // Another entry makes the same mistake.
    pair.edit("head/corpus/motive/MT005.yaml", "- PV0", "- PV923\n  - PV0");
    let verdict = pair.check(&["--select", "dangling-reference"]);
    assert_eq!((verdict.code, verdict.introduced.len()), (1, 1));
    // And what is mended is said.
    pair.edit("head/corpus/motive/MT005.yaml", "- PV923\n  - PV0", "- PV0");
    pair.edit(&format!("head/{entry}"), "- PV923", "- PV023");
    let verdict = pair.check(&["--select", "dangling-reference"]);
    assert_eq!((verdict.code, verdict.introduced), (0, vec![]));
    let all = verdict.report["diagnostics"].as_array().expect("a list");
    assert_eq!(all.len(), 1);
    assert_eq!(
        (all[0]["change"].as_str(), all[0]["revision"].as_str()),
        (Some("fixed"), Some("../base"))
    );
    assert_eq!(verdict.report["summary"]["errors"], 0);
}

#[test]
fn a_waiver_names_a_rule_and_a_place() {
    let pair = Pair::new();
    for (text, part) in [
        ("gate-loosened", "must be RULE:ID"),
        ("gate-loosened:", "must be RULE:ID"),
        ("gate-loosned:X", "did you mean `gate-loosened`"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_corpuslint"))
            .args(["check", "--base", "../base", "--waive", text])
            .current_dir(pair.0.path().join("head"))
            .output()
            .expect("the program runs");
        assert_eq!(output.status.code(), Some(2));
        let reason = String::from_utf8(output.stderr).expect("UTF-8");
        assert!(reason.contains(part), "{reason}");
    }
}
