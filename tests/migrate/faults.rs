//! Kills, full disks and two runs at once.

use std::collections::BTreeMap;
use std::fs;
use std::process::{Child, Stdio};
use std::time::Duration;

use super::*;
use crate::random::Random;

/// A corpus with many entries, made from one of this repository.
fn many(folder: &Path, entries: usize, word: &str) -> PathBuf {
    let source = folder.join(format!("source-{word}.jsonl"));
    let mut lines = String::new();
    for number in 0..entries {
        let id = format!("MT{:03}.{:03}", number / 1000, number % 1000);
        let prose = format!("{word} {}", "lorem ipsum ".repeat(20));
        let line = json!({"id": id, "title": format!("{word} {number}"), "description": prose});
        lines.push_str(&format!("{line}\n"));
    }
    fs::write(&source, lines).expect("a file");
    source
}

fn spawn(source: &Path, target: &Path) -> Child {
    let (source, target) = (text(source), text(target));
    command(&[
        "--from",
        "jsonl",
        "--to",
        "yaml",
        &source,
        &target,
        "--overwrite",
    ])
    .stdout(Stdio::null())
    .stderr(Stdio::null())
    .spawn()
    .expect("the program runs")
}

/// How many files of a target begin with which word; files that are neither whole are torn.
fn words(target: &Path) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for (path, bytes) in tree(target) {
        let text = String::from_utf8(bytes).expect("UTF-8");
        let title = text.lines().find_map(|line| line.strip_prefix("title: "));
        let word = title.and_then(|title| title.split(' ').next());
        let whole = text.ends_with("lorem ipsum\n") || text.ends_with("lorem ipsum \"\n");
        let word = match (word, path.contains(".corpuslint-change")) {
            (_, true) => "left",
            (Some(word), _) if whole => word,
            _ => "torn",
        };
        *found.entry(word.to_owned()).or_default() += 1;
    }
    found
}

/// Kills a migration into a new folder, or over an old one, at 20 moments; the folder is never half
/// of one and half of the other, at the latest after the next run.
#[test]
fn a_kill_leaves_the_old_state_or_the_new_one() {
    let folder = TempDir::new().expect("a folder");
    let entries = 400;
    let old = many(folder.path(), entries, "old");
    let new = many(folder.path(), entries, "new");
    let mut random = Random::new(0x5eed);
    let whole = |word: &str| BTreeMap::from([(word.to_owned(), entries)]);
    for round in 0..20 {
        let target = folder.path().join(format!("target-{round}"));
        let fresh = round % 2 == 0;
        if !fresh {
            assert!(spawn(&old, &target).wait().expect("it ends").success());
            assert_eq!(words(&target), whole("old"));
        }
        let mut child = spawn(&new, &target);
        std::thread::sleep(Duration::from_micros(random.below(400_000) as u64));
        // It may have ended by now, which is one of the states.
        let _ = child.kill();
        let _ = child.wait();
        if fresh {
            let found = words(&target);
            assert!(
                found.is_empty() || found == whole("new"),
                "{round}: {found:?}"
            );
        }
        // The next run finishes what was begun, whatever it does itself.
        let broken = folder.path().join("broken.jsonl");
        fs::write(&broken, "x").expect("a file");
        assert!(!spawn(&broken, &target).wait().expect("it ends").success());
        let found = words(&target);
        let states = [BTreeMap::new(), whole("old"), whole("new")];
        assert!(states.contains(&found), "{round}: {found:?}");
    }
    let hidden = fs::read_dir(folder.path()).expect("a folder");
    let hidden = hidden.filter(|item| {
        let name = item.as_ref().expect("an item").file_name();
        name.to_string_lossy().starts_with('.')
    });
    assert_eq!(hidden.count(), 0, "stages are left behind");
}

#[test]
fn a_check_does_not_trust_half_of_a_change() {
    let folder = TempDir::new().expect("a folder");
    let corpus = folder.path().join("corpus");
    fs::create_dir_all(corpus.join(".corpuslint-change")).expect("a folder");
    fs::create_dir_all(corpus.join("motive")).expect("a folder");
    let entry = "id: AR1\ntitle: T\ntheme: motive\ndescription: x\n";
    fs::write(corpus.join("motive/AR1.yaml"), entry).expect("a file");
    fs::write(corpus.join(".corpuslint-change/journal"), "x").expect("a file");
    let output = Command::new(env!("CARGO_BIN_EXE_corpuslint"))
        .arg("check")
        .arg(&corpus)
        .output()
        .expect("the program runs");
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(error.contains("interrupted"), "{error}");
}

/// A file system that holds less than what is written. Mounting one needs rights that not every
/// machine gives.
#[test]
fn a_full_disk_leaves_the_old_state() {
    let folder = TempDir::new().expect("a folder");
    let small = folder.path().join("small");
    fs::create_dir(&small).expect("a folder");
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=256k", "tmpfs"])
        .arg(&small)
        .output();
    if !mounted.is_ok_and(|mounted| mounted.status.success()) {
        println!("skipped: a small file system cannot be mounted here");
        return;
    }
    let old = many(folder.path(), 20, "old");
    let new = many(folder.path(), 400, "new");
    let target = small.join("corpus");
    let filled = spawn(&old, &target).wait().expect("it ends").success();
    let before = tree(&small);
    let failed = spawn(&new, &target).wait().expect("it ends");
    let after = tree(&small);
    let fresh = spawn(&new, &small.join("other")).wait().expect("it ends");
    let last = tree(&small);
    let _ = Command::new("umount").arg(&small).output();
    assert!(filled && before.len() == 20);
    assert_eq!((failed.code(), fresh.code()), (Some(2), Some(2)));
    assert!(before == after && before == last, "something changed");
}

#[test]
fn two_runs_at_once_do_not_mix() {
    let folder = TempDir::new().expect("a folder");
    let a = many(folder.path(), 300, "a");
    let b = many(folder.path(), 300, "b");
    let target = folder.path().join("target");
    let children = [spawn(&a, &target), spawn(&b, &target)];
    let mut succeeded = 0;
    for mut child in children {
        succeeded += usize::from(child.wait().expect("it ends").success());
    }
    assert!(succeeded >= 1);
    let found = words(&target);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found.values().sum::<usize>(), 300);
}
