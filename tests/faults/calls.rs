//! The program itself is killed at its calls of the system, one after the other, by strace.

use std::process::{Command, Stdio};

use super::*;

const ENTRIES: usize = 3;

/// What changes something on the disk.
const CHANGES: &[&str] = &["mkdir", "rename", "linkat", "fsync", "unlink"];

/// The other calls that a fix or a migration makes of the file system.
const OTHERS: &[&str] = &[
    "openat",
    "write",
    "read",
    "close",
    "statx",
    "fstat",
    "newfstatat",
    "getdents64",
    "fchmod",
    "flock",
    "unlinkat",
    "rmdir",
    "readlink",
    "lseek",
    "getcwd",
    "pread64",
    "access",
];

fn calls() -> Vec<&'static str> {
    let others = OTHERS.iter().filter(|_| all_of_them());
    CHANGES.iter().chain(others).copied().collect()
}

/// Runs the program until its call with this number, in any of its threads. Says whether it came there.
fn killed_at(folder: &Path, call: &str, number: usize, arguments: &[&str]) -> bool {
    let mut command = Command::new("strace");
    command.args(["-f", "-q", "-o", "/dev/null", "-e"]);
    command.arg(format!("trace={call}")).arg("-e");
    command.arg(format!("inject={call}:signal=KILL:when={number}"));
    let status = command
        .arg(env!("CARGO_BIN_EXE_corpuslint"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("strace runs");
    // strace ends as what it traced did.
    std::os::unix::process::ExitStatusExt::signal(&status) == Some(9)
}

#[test]
fn killed_at_its_calls_a_fix_is_whole() {
    if !has_strace() {
        return;
    }
    let corpus = Corpus::new(ENTRIES);
    let (mut kills, mut half) = (0, 0);
    for call in calls() {
        for number in 1.. {
            corpus.reset(ENTRIES);
            if !killed_at(corpus.0.path(), call, number, &["fmt"]) {
                break;
            }
            kills += 1;
            let stopped = corpus.path("corpus/.corpuslint-change/journal").exists();
            half += usize::from(stopped);
            if number % 4 == 1 {
                // What reads refuses half of a change, and says what else is left.
                let left = corpus.path("corpus/.corpuslint-change").exists();
                let read = corpus.run(&["check"]);
                let expected = if stopped { 2 } else { i32::from(left) };
                assert_eq!(
                    read.code, expected,
                    "{call} {number}: {}{}",
                    read.out, read.err
                );
            }
            let next = corpus.run(&["check", "--fix", "--select", "syntax"]);
            assert_eq!(next.code, 0, "{call} {number}: {}", next.err);
            let now = corpus.files();
            let whole = now == state(ENTRIES, old) || now == state(ENTRIES, new);
            // Without a journal nothing was begun: what is left is taken by the next run that writes.
            let begun = now.keys().any(|path| path.contains(".corpuslint-change"));
            assert!(whole && !begun, "{call} {number}: {now:?}");
        }
    }
    println!("{kills} kills of a fix, {half} between journal and end");
    assert!(kills > 20 && half > 3, "{kills} {half}");
}

#[test]
fn killed_at_its_calls_a_migration_is_whole() {
    if !has_strace() || !all_of_them() {
        println!("skipped: CORPUSLINT_LARGE=1 asks for it");
        return;
    }
    let folder = TempDir::new().expect("a folder");
    let source = |word: &str| {
        let lines = (1..=ENTRIES).map(|number| {
            format!("{{\"id\":\"MT00{number}\",\"title\":\"{word}\",\"description\":\"{word}\"}}\n")
        });
        let path = folder.path().join(format!("{word}.jsonl"));
        fs::write(path, lines.collect::<String>()).expect("a file");
    };
    source("old");
    source("new");
    fs::write(folder.path().join("broken.jsonl"), "x").expect("a file");
    let to = |word: &str, target: &str| {
        let mut all: Vec<String> = ["migrate", "--from", "jsonl", "--to", "yaml", "--overwrite"]
            .map(str::to_owned)
            .to_vec();
        all.extend([format!("{word}.jsonl"), target.to_owned()]);
        all
    };
    let words = |arguments: &[String]| {
        arguments
            .iter()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join("\n")
    };
    let (mut kills, mut half) = (0, 0);
    for target in ["fresh", "target"] {
        for call in calls() {
            for number in 1.. {
                let _ = fs::remove_dir_all(folder.path().join(target));
                if target == "target" {
                    let old = words(&to("old", target));
                    let ran = program::run_in(folder.path(), &old.split('\n').collect::<Vec<_>>());
                    assert_eq!(ran.code, 0, "{}", ran.err);
                }
                let new = words(&to("new", target));
                let new: Vec<&str> = new.split('\n').collect();
                if !killed_at(folder.path(), call, number, &new) {
                    break;
                }
                kills += 1;
                let journal = folder
                    .path()
                    .join(target)
                    .join(".corpuslint-change/journal");
                half += usize::from(journal.exists());
                let broken = words(&to("broken", target));
                program::run_in(folder.path(), &broken.split('\n').collect::<Vec<_>>());
                let found = files(&folder.path().join(target));
                let all = |word: &str| {
                    found.len() == ENTRIES
                        && found
                            .values()
                            .all(|text| text.contains(word) && text.ends_with('\n'))
                };
                let none = found.is_empty() && target == "fresh";
                assert!(
                    none || all("old") || all("new"),
                    "{call} {number}: {found:?}"
                );
                let beside = fs::read_dir(folder.path()).expect("a folder");
                let left = beside.filter(|item| {
                    let name = item.as_ref().expect("an item").file_name();
                    name.to_string_lossy().starts_with('.')
                });
                assert_eq!(left.count(), 0, "{call} {number}");
            }
        }
    }
    println!("{kills} kills of a migration, {half} between journal and end");
    assert!(kills > 100, "{kills}");
}
