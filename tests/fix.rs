//! `check --fix`, `--unsafe-fixes` and `--diff` by the program itself.

#![allow(clippy::print_stdout)] // it says what it skipped

mod common;

#[path = "common/git.rs"]
mod git;
#[path = "common/program.rs"]
mod program;
#[path = "common/random.rs"]
mod random;

use std::path::{Path, PathBuf};
use std::process::Output;

use common::copy;
use git::Repo;
use program::program;
use tempfile::TempDir;

#[path = "fix/kills.rs"]
mod kills;
#[path = "fix/mutations.rs"]
mod mutations;

/// A copy of this repository's entries in a folder of their own.
struct Copy {
    folder: TempDir,
}

impl Copy {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
        copy(&corpus, &folder.path().join("corpus"));
        Self { folder }
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join("corpus").join(path)
    }

    fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.path(path)).expect("an entry")
    }

    fn replace(&self, path: &str, old: &str, new: &str) {
        let text = self.read(path);
        assert!(text.contains(old), "{path} holds {old:?}");
        std::fs::write(self.path(path), text.replacen(old, new, 1)).expect("the entry");
    }

    fn run(&self, arguments: &[&str]) -> Output {
        run(self.folder.path(), arguments)
    }
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    program(folder, arguments)
        .output()
        .expect("the program runs")
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

const ENTRY: &str = "preparation/PR030.yaml";

#[test]
fn fixes_change_nothing_else() {
    let copy = Copy::new();
    let before = copy.read(ENTRY);
    copy.replace(
        ENTRY,
        "created: 2025-08-15",
        "created:   15th August 2025  # about",
    );
    copy.replace(ENTRY, "updated: 2025-08-15", "updated: '16th August 2025'");
    let output = copy.run(&["check", "--fix"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stderr(&output).contains("2 findings fixed in 1 file"));
    let after = before
        .replace("created: 2025-08-15", "created:   2025-08-15  # about")
        .replace("updated: 2025-08-15", "updated: '2025-08-16'");
    assert_eq!(copy.read(ENTRY), after);
}

#[test]
fn unsafe_fixes_are_asked_for() {
    let copy = Copy::new();
    let before = copy.read(ENTRY);
    copy.replace(ENTRY, "detections:", "detectoins:");
    let broken = copy.read(ENTRY);
    let output = copy.run(&["check", "--fix"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("--unsafe-fixes"),
        "{}",
        stderr(&output)
    );
    assert_eq!(copy.read(ENTRY), broken);
    let output = copy.run(&["check", "--unsafe-fixes", "--diff"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(copy.read(ENTRY), broken, "a patch writes nothing");
    assert!(stdout(&output).contains("-detectoins:\n+detections:\n"));
    let output = copy.run(&["check", "--unsafe-fixes"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(copy.read(ENTRY), before);
}

#[test]
fn git_takes_the_patch() {
    let Some(repo) = Repo::new() else { return };
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    copy(&corpus, &repo.path("corpus"));
    let entry = repo.path("corpus").join(ENTRY);
    let text = std::fs::read_to_string(&entry).expect("an entry");
    let broken = text.replace("created: 2025-08-15", "created: 15th August 2025");
    let broken = broken.trim_end().replace('\n', "\r\n");
    std::fs::write(&entry, broken).expect("the entry");
    std::fs::rename(&entry, repo.path("corpus/preparation/PR031.yaml")).expect("a rename");
    repo.git(&["add", "--all"]);
    let output = run(&repo.path(""), &["check", "--unsafe-fixes", "--diff"]);
    std::fs::write(repo.path("fixes.patch"), &output.stdout).expect("a patch");
    repo.git(&["apply", "fixes.patch"]);
    let patched = std::fs::read(&entry).expect("the entry under its right name");
    assert!(String::from_utf8_lossy(&patched).contains("created: 2025-08-15\r\n"));
    assert!(!patched.ends_with(b"\n"));
}

#[test]
fn a_file_is_renamed_and_nothing_is_overwritten() {
    let copy = Copy::new();
    let text = copy.read(ENTRY);
    let moved = "preparation/entry.yaml";
    std::fs::rename(copy.path(ENTRY), copy.path(moved)).expect("a rename");
    let output = copy.run(&["check", "--fix"]);
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    assert_eq!(copy.read(ENTRY), text);
    assert!(!copy.path(moved).exists());
    // The name is taken: the file stays where it is.
    std::fs::write(copy.path(moved), text.replace("id: PR030", "id: PR030 ")).expect("a file");
    let output = copy.run(&["check", "--unsafe-fixes"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(copy.path(moved).exists());
    assert_eq!(copy.read(ENTRY), text);
}

#[test]
fn what_cannot_be_fixed_in_place_is_refused() {
    let copy = Copy::new();
    for (arguments, reason) in [
        (
            &[
                "check",
                "--fix",
                "-",
                "--stdin-filename",
                "corpus/preparation/PR030.yaml",
            ][..],
            "the standard input cannot be fixed",
        ),
        (
            &["check", "--fix", "--base", "HEAD", "--head", "HEAD"],
            "leave --head out",
        ),
        (
            &["check", "--diff", "--base", "HEAD", "--merge"],
            "leave --merge out",
        ),
        (&["check", "--fix", "--staged"], "leave --staged out"),
    ] {
        let output = copy.run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(stderr(&output).contains(reason), "{}", stderr(&output));
    }
}

/// Nothing is written where one file cannot be.
#[test]
fn all_of_it_or_nothing() {
    let copy = Copy::new();
    copy.replace(ENTRY, "created: 2025-08-15", "created: 15th August 2025");
    copy.replace(
        "preventions/PV059.yaml",
        "created: 2025-05-21",
        "created: 21st May 2025",
    );
    let before = [copy.read(ENTRY), copy.read("preventions/PV059.yaml")];
    let locked = copy.path("preventions/PV059.yaml");
    let mut permissions = std::fs::metadata(&locked).expect("an entry").permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&locked, permissions).expect("a read-only entry");
    let output = copy.run(&["check", "--fix"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("the file is read-only"),
        "{}",
        stderr(&output)
    );
    assert_eq!(stderr(&output).lines().count(), 1);
    assert_eq!(
        [copy.read(ENTRY), copy.read("preventions/PV059.yaml")],
        before
    );
    assert!(!copy.path(".corpuslint-change").exists());
}

/// Of a change, what the change brings is fixed and nothing else; what is gone comes back as a
/// tombstone.
#[test]
fn a_change_is_fixed() {
    let Some(repo) = Repo::new() else { return };
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    copy(&corpus, &repo.path("corpus"));
    let edit = |path: &str, old: &str, new: &str| {
        let path = repo.path("corpus").join(path);
        let text = std::fs::read_to_string(&path).expect("an entry");
        std::fs::write(&path, text.replacen(old, new, 1)).expect("the entry");
    };
    let read =
        |path: &str| std::fs::read_to_string(repo.path("corpus").join(path)).expect("an entry");
    edit(
        "preventions/PV059.yaml",
        "created: 2025-05-21",
        "created: 21st May 2025",
    );
    repo.git(&["add", "--all"]);
    repo.git(&["commit", "--quiet", "--message=base"]);
    edit(ENTRY, "created: 2025-08-15", "created: 15th August 2025");
    std::fs::remove_file(repo.path("corpus/motive/MT017.001.yaml")).expect("an entry");
    for arguments in [
        &["check", "--changed", "--fix"][..],
        &["check", "--base", "HEAD", "--fix"],
    ] {
        let output = run(&repo.path(""), arguments);
        assert!(stderr(&output).contains("fixed in"), "{}", stderr(&output));
    }
    assert!(read(ENTRY).contains("created: 2025-08-15"));
    assert!(
        read("preventions/PV059.yaml").contains("21st May 2025"),
        "it is old debt"
    );
    let output = run(
        &repo.path(""),
        &["check", "--base", "HEAD", "--unsafe-fixes"],
    );
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    let tombstone = read("motive/MT017.001.yaml");
    assert!(tombstone.contains("status: retired"), "{tombstone}");
}
