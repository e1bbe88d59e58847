//! What the program does when the machine fails it: killed at its calls, no room, no rights, files that
//! others change meanwhile, clocks that go wrong, and runs beside one another. Nothing is lost, nothing is
//! half written, and the reason is said in one line.
//!
//! Each call of what writes is also tried one by one inside the process, in `src/write/tests/every_call.rs`.

#![cfg(unix)]
#![allow(
    clippy::print_stdout,
    reason = "a test says what it skipped and counted"
)]

#[path = "faults/calls.rs"]
mod calls;
#[path = "common/git.rs"]
mod git;
#[path = "faults/meanwhile.rs"]
mod meanwhile;
#[path = "common/program.rs"]
mod program;
#[path = "faults/rights.rs"]
mod rights;
#[path = "faults/sockets.rs"]
mod sockets;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

const PROFILE: &str = "version = 1\nroot = \"corpus\"\n[kind.entry]\nfiles = [\"**/*.yaml\"]\nschema = \"schema.json\"\n";
const SCHEMA: &str = r#"{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","x-entry":"entry","additionalProperties":false,
"properties":{"id":{"type":"string","x-id":true},"title":{"type":"string","maxLength":40}}}"#;

/// Entries that `fmt` writes in another way.
struct Corpus(TempDir);

impl Corpus {
    fn new(entries: usize) -> Self {
        let corpus = Self(TempDir::new().expect("a folder"));
        fs::write(corpus.path("corpuslint.toml"), PROFILE).expect("a profile");
        fs::write(corpus.path("schema.json"), SCHEMA).expect("a schema");
        fs::create_dir(corpus.path("corpus")).expect("a folder");
        corpus.reset(entries);
        corpus
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn entry(&self, number: usize) -> PathBuf {
        self.path(&format!("corpus/E{number:03}.yaml"))
    }

    /// Makes all entries what they were, whatever a run has left.
    fn reset(&self, entries: usize) {
        let _ = fs::remove_dir_all(self.path("corpus/.corpuslint-change"));
        for number in 0..entries {
            fs::write(self.entry(number), old(number)).expect("an entry");
        }
    }

    fn run(&self, arguments: &[&str]) -> program::Ran {
        program::run_in(self.0.path(), arguments)
    }

    /// Every file below the entries' folder.
    fn files(&self) -> BTreeMap<String, String> {
        files(&self.path("corpus"))
    }
}

fn old(number: usize) -> String {
    format!("title: \"Entry {number}\"\nid: 'E{number:03}'\n")
}

fn new(number: usize) -> String {
    format!("id: E{number:03}\ntitle: Entry {number}\n")
}

fn state(entries: usize, text: fn(usize) -> String) -> BTreeMap<String, String> {
    let all = (0..entries).map(|number| (format!("E{number:03}.yaml"), text(number)));
    all.collect()
}

fn files(root: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for item in fs::read_dir(folder).into_iter().flatten() {
            let path = item.expect("an item").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(root).expect("inside");
            let text = fs::read(&path).unwrap_or_default();
            found.insert(
                name.to_string_lossy().into_owned(),
                String::from_utf8_lossy(&text).into_owned(),
            );
        }
    }
    found
}

/// Whether strace is there and may be used; else why not is said.
fn has_strace() -> bool {
    let tried = Command::new("strace")
        .args(["-o", "/dev/null", "true"])
        .output();
    let works = tried.is_ok_and(|tried| tried.status.success());
    if !works {
        println!("skipped: strace cannot be used on this machine");
    }
    works
}

/// Whether the long form of a test is asked for.
fn all_of_them() -> bool {
    std::env::var_os("CORPUSLINT_LARGE").is_some()
}

/// The only line that a run which failed has to say.
fn reason(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    let lines: Vec<&str> = said
        .lines()
        .filter(|line| line.starts_with("error"))
        .collect();
    assert_eq!(lines.len(), 1, "{said}");
    lines[0].to_owned()
}

#[test]
fn the_corpus_is_what_these_tests_take_it_for() {
    let corpus = Corpus::new(3);
    assert_eq!(corpus.files(), state(3, old));
    let ran = corpus.run(&["fmt"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(corpus.files(), state(3, new));
    assert_eq!(corpus.run(&["check"]).code, 0);
}
