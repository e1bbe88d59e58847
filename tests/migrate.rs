//! Migration by the program itself: releases, every pair of formats, faults.

#![allow(clippy::print_stdout)] // it says what it skipped

mod common;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Map, Value, json};
use tempfile::TempDir;

#[path = "common/random.rs"]
mod random;

#[path = "migrate/faults.rs"]
mod faults;
#[path = "migrate/formats.rs"]
mod formats;
#[path = "migrate/releases.rs"]
mod releases;
#[path = "migrate/stix.rs"]
mod stix;

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_corpuslint"));
    command.arg("migrate").args(arguments);
    command
}

fn run(arguments: &[&str]) -> Output {
    command(arguments).output().expect("the program runs")
}

/// Runs what must succeed, and gives what it says.
fn migrate(from: &str, to: &str, source: &Path, target: &Path, more: &[&str]) -> String {
    let mut arguments = vec!["--from", from, "--to", to];
    let (source, target) = (text(source), text(target));
    arguments.extend([source.as_str(), target.as_str()]);
    arguments.extend(more);
    let output = run(&arguments);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{arguments:?}: {said}{error}"
    );
    said
}

/// Runs what must fail, and gives its code and what it says.
fn refused(arguments: &[&str]) -> (Option<i32>, String) {
    let output = run(arguments);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let error = String::from_utf8_lossy(&output.stderr);
    assert_ne!(output.status.code(), Some(0), "{arguments:?}: {said}");
    (output.status.code(), said + &error)
}

fn text(path: &Path) -> String {
    path.to_str().expect("UTF-8").to_owned()
}

fn json_of(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).expect("a file");
    serde_json::from_str(&text).expect("JSON")
}

/// Files below a folder with their contents, by path.
fn tree(root: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(items) = std::fs::read_dir(&folder) else {
            continue;
        };
        for item in items {
            let path = item.expect("an item").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let inner = path.strip_prefix(root).expect("inside").to_owned();
                found.push((text(&inner), std::fs::read(path).expect("a file")));
            }
        }
    }
    found.sort();
    found
}

/// This repository's own entries.
fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}
