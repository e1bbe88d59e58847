//! The action that turns a form into a pull request, with the real program, and with a GitHub that
//! only pretends.

use std::process::Command;

use serde_json::json;

use super::definitions::{action, definition, root};
use super::sandbox::{Ended, Sandbox};
use super::whole::{copy, git};

const FORM: &str = "### Kind of entry\n\nprevention\n\n### Title\n\nSeating Plans\n\n### Contributors\n\n@everyone\n\n\
### Platforms\n\n_No response_\n\n### References\n\n_No response_\n\n### Description\n\nWho sits where is known. $(touch x) `touch y` ${{ github.token }} ::error::z\n";

/// A clone of a corpus, with the repository that it was cloned from beside it.
fn sandbox(body: &str) -> Option<Sandbox> {
    let mut sandbox = Sandbox::new(&["git", "jq"])?;
    let work = sandbox.path("work");
    for folder in ["corpus", "schema"] {
        copy(&root().join(folder), &work.join(folder));
    }
    std::fs::copy(root().join("corpuslint.toml"), work.join("corpuslint.toml")).expect("copied");
    git(&work, &["init", "--quiet", "-b", "main"]);
    git(&work, &["add", "."]);
    git(&work, &["commit", "--quiet", "-m", "base"]);
    let origin = sandbox.text("fake/origin");
    git(&work, &["init", "--quiet", "--bare", "-b", "main", &origin]);
    git(&work, &["remote", "add", "origin", &origin]);
    git(&work, &["push", "--quiet", "origin", "main"]);
    sandbox.write(
        "fake/event.json",
        json!({"issue": {"number": 7, "body": body}}).to_string(),
    );
    let event = sandbox.text("fake/event.json");
    for (name, value) in [
        ("CORPUSLINT", env!("CARGO_BIN_EXE_corpuslint")),
        ("EVENT", &event),
        ("ISSUE", "7"),
        ("BASE", "main"),
        ("RUN_ID", "42"),
        ("GH_TOKEN", "secret"),
    ] {
        sandbox.set(name, value);
    }
    sandbox.program(
        "gh",
        "printf '%s\\n' \"$@\" >>SANDBOX/fake/gh\ncat \"${@: -1}\" >>SANDBOX/fake/said\nif [[ $1 == pr ]]; then echo https://github.example/open/corpus/pull/8; fi",
    );
    Some(sandbox)
}

fn step(sandbox: &Sandbox, name: &str) -> Ended {
    sandbox.step("new-entry", name)
}

#[test]
fn a_form_becomes_a_pull_request() {
    let Some(mut sandbox) = sandbox(FORM) else {
        return;
    };
    let ended = step(&sandbox, "Write the entry");
    assert_eq!(ended.code, Some(0), "{}", ended.log);
    assert_eq!(ended.outputs["path"], "corpus/preventions/PV060.yaml");
    sandbox.set("ENTRY", "corpus/preventions/PV060.yaml");
    let ended = step(&sandbox, "Propose it");
    assert_eq!(ended.code, Some(0), "{}", ended.log);
    let url = &ended.outputs["pull-request"];
    assert_eq!(url, "https://github.example/open/corpus/pull/8");
    let origin = sandbox.path("fake/origin");
    let entry = git(
        &origin,
        &["show", "new-entry/issue-7:corpus/preventions/PV060.yaml"],
    );
    assert!(
        entry.contains(
            "\n  Who sits where is known. $(touch x) `touch y` ${{ github.token }} ::error::z"
        ),
        "{entry}"
    );
    assert!(entry.contains("\n  - \"@everyone\"\n"), "{entry}");
    let changed = git(
        &origin,
        &["diff", "--name-only", "main", "new-entry/issue-7"],
    );
    assert_eq!(changed, "corpus/preventions/PV060.yaml");
    sandbox.set("PULL_REQUEST", "https://github.example/open/corpus/pull/8");
    let ended = step(&sandbox, "Answer");
    assert_eq!(ended.code, Some(0), "{}", ended.log);
    // Nothing that the stranger wrote is said again, and no token is shown.
    let said = sandbox.read("fake/said") + &sandbox.read("fake/gh");
    assert!(
        said.contains("Adds `PV060` from the form in #7.") && said.contains("pull/8"),
        "{said}"
    );
    for word in ["Seating", "everyone", "touch", "secret"] {
        assert!(!said.contains(word), "{word}: {said}");
    }
    for name in ["x", "y"] {
        assert!(!sandbox.path("work").join(name).exists());
    }
    // The gate takes it.
    let head = git(&origin, &["rev-parse", "new-entry/issue-7"]);
    let gate = Command::new(env!("CARGO_BIN_EXE_corpuslint"))
        .args(["check", "--base", "main", "--head", &head, "--merge"])
        .current_dir(sandbox.path("work"))
        .output()
        .expect("the program runs");
    let report = String::from_utf8_lossy(&gate.stdout);
    assert_eq!(gate.status.code(), Some(0), "{report}");
    // A second run does not take the branch away.
    git(&sandbox.path("work"), &["switch", "--quiet", "main"]);
    git(
        &sandbox.path("work"),
        &["branch", "--quiet", "-D", "new-entry/issue-7"],
    );
    sandbox.write(
        "fake/event.json",
        json!({"issue": {"number": 7, "body": FORM.replace("Seating", "Table")}}).to_string(),
    );
    step(&sandbox, "Write the entry");
    let ended = step(&sandbox, "Propose it");
    assert_eq!(ended.code, Some(2), "{}", ended.log);
    assert!(ended.log.contains("delete it first"), "{}", ended.log);
    assert_eq!(git(&origin, &["rev-parse", "new-entry/issue-7"]), head);
}

#[test]
fn what_is_no_form_is_answered_and_nothing_is_pushed() {
    for body in [
        "",
        "Hello",
        &FORM.replace("### Title", "### Titel"),
        "### Kind of entry\n\n../../x",
    ] {
        let Some(mut sandbox) = sandbox(body) else {
            return;
        };
        let ended = step(&sandbox, "Write the entry");
        assert_eq!(ended.code, Some(1), "{}", ended.log);
        assert!(!ended.outputs.contains_key("path"));
        assert!(
            ended
                .log
                .contains("::error title=corpuslint::The answers cannot become an entry")
        );
        sandbox.set("PULL_REQUEST", "");
        let ended = step(&sandbox, "Answer");
        assert_eq!(ended.code, Some(0), "{}", ended.log);
        let said = sandbox.read("fake/said");
        assert!(
            said.contains("https://github.example/open/corpus/actions/runs/42"),
            "{said}"
        );
        let work = sandbox.path("work");
        assert_eq!(git(&work, &["status", "--short"]), "");
        assert_eq!(
            git(&sandbox.path("fake/origin"), &["branch", "--list"]),
            "* main"
        );
    }
}

#[test]
fn names_that_could_be_commands_go_nowhere() {
    let Some(mut sandbox) = sandbox(FORM) else {
        return;
    };
    for (entry, issue) in [
        ("corpus/$(touch x).yaml", "7"),
        ("--force", "7"),
        ("a.yaml", "7; touch x"),
    ] {
        sandbox.set("ENTRY", entry);
        sandbox.set("ISSUE", issue);
        assert_eq!(step(&sandbox, "Propose it").code, Some(2), "{entry}");
    }
    sandbox.program("corpuslint", "echo 'corpus/$(touch x).yaml'");
    let program = sandbox.text("bin/corpuslint");
    sandbox.set("CORPUSLINT", &program);
    let ended = step(&sandbox, "Write the entry");
    assert_eq!(ended.code, Some(2), "{}", ended.log);
    assert!(!sandbox.path("work/x").exists());
}

#[test]
fn the_text_of_an_issue_is_in_no_definition() {
    let workflow = definition(".github/workflows/new-entry.yml");
    let texts = [&workflow.text, &action("new-entry").text];
    for text in texts {
        for field in ["issue.body", "issue.title", "issue.user", "comment.body"] {
            assert!(!text.contains(field), "{field}");
        }
    }
    let triggers = workflow.value["on"].as_mapping().expect("triggers");
    assert_eq!(triggers.len(), 1);
    let job = &workflow.value["jobs"]["propose"];
    assert_eq!(job["steps"][0]["with"]["persist-credentials"], false);
    assert_eq!(job["steps"][0]["with"]["fetch-depth"], 0);
    let condition = job["if"].as_str().expect("a condition");
    assert!(
        condition.contains(corpuslint::author::form::LABEL),
        "{condition}"
    );
}
