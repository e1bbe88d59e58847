//! The scripts with the real program: a pull request that breaks a reference.

use std::path::Path;
use std::process::Command;

use super::definitions::root;
use super::sandbox::Sandbox;

pub(crate) fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=A", "-c", "user.email=a@example.org"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("git runs");
    let reason = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{reason}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("copied");
        }
    }
}

#[test]
fn a_pull_request_that_breaks_a_reference_is_red() {
    let Some(mut sandbox) = Sandbox::new(&["git", "jq"]) else {
        return;
    };
    let work = sandbox.path("work");
    for folder in ["corpus", "schema"] {
        copy(&root().join(folder), &work.join(folder));
    }
    std::fs::copy(root().join("corpuslint.toml"), work.join("corpuslint.toml")).expect("copied");
    git(&work, &["init", "--quiet", "-b", "main"]);
    git(&work, &["add", "."]);
    git(&work, &["commit", "--quiet", "-m", "base"]);
    git(&work, &["checkout", "--quiet", "-b", "change"]);
    let entry = work.join("corpus/preparation/PR030.yaml");
    let text = std::fs::read_to_string(&entry).expect("an entry");
    let broken = text.replace("PV023", "PV923");
    assert_ne!(broken, text);
    std::fs::write(&entry, broken).expect("written");
    git(&work, &["commit", "--quiet", "-am", "change"]);
    let head = git(&work, &["rev-parse", "HEAD"]);
    git(&work, &["checkout", "--quiet", "main"]);

    std::fs::create_dir(sandbox.path("temp/report")).expect("a folder");
    let report = sandbox.text("temp/report");
    let values = [
        ("CORPUSLINT", env!("CARGO_BIN_EXE_corpuslint")),
        ("REPORT", &report),
        ("BASE", "HEAD"),
        ("HEAD", &head),
        ("MERGE", "true"),
        ("FAIL_ON", "error"),
        ("PULL_REQUEST", "5"),
        ("CATEGORY", "corpuslint"),
        ("NUMBER", "5"),
        ("HEAD_SHA", &head),
    ];
    for (name, value) in values {
        sandbox.set(name, value);
    }
    let ended = sandbox.step("check", "Check");
    assert_eq!(ended.code, Some(1), "{}", ended.log);
    assert!(ended.log.contains("::error "), "{}", ended.log);
    assert!(ended.summary.contains("PV923"), "{}", ended.summary);
    assert_eq!(git(&work, &["status", "--porcelain"]), "");

    sandbox.program("gh", "exit 0");
    let sent = sandbox.step("comment", "Send to code scanning");
    assert_eq!(sent.code, Some(0), "{}", sent.log);
    let checked = sandbox.read("temp/report/checked.sarif");
    assert!(checked.contains("dangling-reference") && checked.contains("PV923"));
}
