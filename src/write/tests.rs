use std::collections::BTreeMap;
use std::fs;

use tempfile::TempDir;

use super::*;

mod every_call;
mod refusals;

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    folder
}

fn files(root: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for item in fs::read_dir(folder).expect("a folder") {
            let path = item.expect("an item").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(root).expect("inside");
                let text = fs::read_to_string(&path).unwrap_or_default();
                found.insert(name.to_string_lossy().into_owned(), text);
            }
        }
    }
    found
}

fn shown(root: &Path) -> String {
    let files = files(root);
    let lines = files.iter().map(|(path, text)| format!("{path}={text}"));
    lines.collect::<Vec<_>>().join(" ")
}

fn commit(change: Change) -> Written {
    change.commit(&AtomicUsize::new(0)).expect("written")
}

fn reason<T>(result: Result<T, WriteError>) -> String {
    result.map(|_| ()).expect_err("refused").reason
}

#[test]
fn a_new_folder_appears_whole() {
    let around = folder(&[]);
    let root = around.path().join("corpus");
    let change = Change::begin(&root, Existing::Refuse).expect("begun");
    change.write("a/x", b"1", Before::Any).expect("staged");
    change.write("b/c/y", b"2", Before::Absent).expect("staged");
    assert!(!root.exists());
    assert_eq!(commit(change).created, 2);
    assert_eq!(shown(around.path()), "corpus/a/x=1 corpus/b/c/y=2");
}

#[test]
fn what_is_not_committed_leaves_no_trace() {
    let around = folder(&[("full/a", "1")]);
    for name in ["new", "full"] {
        let root = around.path().join(name);
        let change = Change::begin(&root, Existing::Replace).expect("begun");
        change.write("a", b"2", Before::Any).expect("staged");
        drop(change);
    }
    assert_eq!(shown(around.path()), "full/a=1");
}

#[test]
fn files_are_replaced_added_and_removed() {
    let root = folder(&[("a", "1"), ("b", "1"), ("c", "1"), ("other", "1")]);
    let change = Change::begin(root.path(), Existing::Replace).expect("begun");
    change
        .write("a", b"2", Before::Content(b"1"))
        .expect("staged");
    change.write("b", b"1", Before::Any).expect("staged");
    change.remove("c", Before::Content(b"1")).expect("staged");
    change.write("new/d", b"2", Before::Absent).expect("staged");
    let written = commit(change);
    assert_eq!(
        written,
        Written {
            created: 1,
            replaced: 1,
            removed: 1,
            unchanged: 1
        }
    );
    assert_eq!(shown(root.path()), "a=2 b=1 new/d=2 other=1");
}

#[test]
fn other_work_is_left_alone() {
    let root = folder(&[("a", "1")]);
    let refused = reason(Change::begin(root.path(), Existing::Refuse));
    assert!(refused.contains("such as a"), "{refused}");
    let change = Change::begin(root.path(), Existing::Replace).expect("begun");
    for path in [
        "../x",
        "/x",
        "a//b",
        ".git/config",
        "a\\b",
        "",
        "a/../b",
        ".GIT/x",
    ] {
        let refused = reason(change.write(path, b"", Before::Any));
        assert!(refused.contains("no path"), "{path}: {refused}");
    }
    reason(change.write("a", b"", Before::Absent));
    reason(change.write("a", b"", Before::Content(b"2")));
    reason(change.write("b", b"", Before::Content(b"2")));
    reason(change.write("a/b", b"", Before::Any));
    reason(change.remove("b", Before::Any));
}

#[test]
fn one_path_is_written_once() {
    let around = folder(&[("full/a", "1")]);
    let new = Change::begin(&around.path().join("new"), Existing::Refuse).expect("begun");
    new.write("a", b"1", Before::Any).expect("staged");
    reason(new.write("a", b"1", Before::Any));
    let full = Change::begin(&around.path().join("full"), Existing::Replace).expect("begun");
    full.write("a", b"2", Before::Any).expect("staged");
    full.write("a", b"3", Before::Any).expect("staged");
    reason(full.commit(&AtomicUsize::new(0)));
    assert_eq!(shown(&around.path().join("full")), "a=1");
}

#[cfg(unix)]
#[test]
fn links_and_read_only_files_are_refused_and_modes_kept() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let root = folder(&[("a", "1"), ("target", "1"), ("real/x", "1"), ("twice", "1")]);
    let at = |name: &str| root.path().join(name);
    symlink(at("target"), at("link")).expect("a link");
    symlink(at("real"), at("folder")).expect("a link");
    fs::hard_link(at("twice"), at("second")).expect("a link");
    let mode = |name: &str, mode| {
        fs::set_permissions(at(name), fs::Permissions::from_mode(mode)).expect("a mode");
    };
    mode("a", 0o750);
    let change = Change::begin(root.path(), Existing::Replace).expect("begun");
    for (path, word) in [
        ("link", "symbolic link"),
        ("folder/x", "link"),
        ("folder/new", "link"),
        ("twice", "hard link"),
    ] {
        let refused = reason(change.write(path, b"2", Before::Any));
        assert!(refused.contains(word), "{path}: {refused}");
    }
    change.write("a", b"2", Before::Any).expect("staged");
    commit(change);
    let found = fs::metadata(at("a")).expect("a file").permissions().mode();
    assert_eq!(found & 0o777, 0o750);
    mode("a", 0o440);
    let change = Change::begin(root.path(), Existing::Replace).expect("begun");
    assert!(reason(change.write("a", b"3", Before::Any)).contains("read-only"));
    assert!(reason(replace_file(&at("a"), b"3", Existing::Replace)).contains("read-only"));
    assert!(reason(replace_file(&at("link"), b"3", Existing::Replace)).contains("link"));
}

#[test]
fn two_runs_exclude_each_other() {
    let around = folder(&[("full/a", "1")]);
    for name in ["new", "full"] {
        let root = around.path().join(name);
        let first = Change::begin(&root, Existing::Replace).expect("begun");
        let refused = reason(Change::begin(&root, Existing::Replace));
        assert!(refused.contains("another run"), "{refused}");
        drop(first);
        Change::begin(&root, Existing::Replace).expect("begun");
    }
}

#[test]
fn an_edit_meanwhile_stops_all_of_it() {
    let root = folder(&[("a", "1"), ("b", "1"), ("c", "1")]);
    let change = Change::begin(root.path(), Existing::Replace).expect("begun");
    for path in ["a", "b", "c", "d"] {
        change.write(path, b"2", Before::Any).expect("staged");
    }
    fs::write(root.path().join("c"), "edited").expect("a file");
    let refused = reason(change.commit(&AtomicUsize::new(0)));
    assert!(refused.contains("changed meanwhile"), "{refused}");
    assert_eq!(shown(root.path()), "a=1 b=1 c=edited");
}

/// A change of a, b and d that is interrupted behind a number of steps.
fn interrupted(root: &Path, steps: usize) {
    let change = Change::begin(root, Existing::Replace).expect("begun");
    change.write("a", b"2", Before::Any).expect("staged");
    change.remove("b", Before::Any).expect("staged");
    change.write("new/d", b"2", Before::Any).expect("staged");
    change.stage.keep(stage::Keep::Yes);
    let operations = change.operations.lock().expect("operations").clone();
    let journal = journal::Journal {
        operations,
        ..journal::Journal::default()
    };
    journal::write(&change.stage, &journal).expect("a journal");
    for (index, operation) in journal.operations.iter().enumerate().take(steps) {
        apply::step(root, &change.stage, index, operation).expect("a step");
    }
}

#[test]
fn an_interrupted_change_is_finished() {
    for steps in 0..=3 {
        let root = folder(&[("a", "1"), ("b", "1"), ("other", "1")]);
        interrupted(root.path(), steps);
        assert!(is_unfinished(root.path()));
        assert_eq!(
            recover(root.path()).expect("finished"),
            Some(Recovered::Finished(3))
        );
        assert_eq!(shown(root.path()), "a=2 new/d=2 other=1", "{steps}");
        assert!(!is_unfinished(root.path()));
        assert_eq!(recover(root.path()).expect("nothing to do"), None);
    }
}

#[test]
fn an_edit_behind_an_interruption_is_not_overwritten() {
    let root = folder(&[("a", "1"), ("b", "1")]);
    interrupted(root.path(), 1);
    fs::write(root.path().join("b"), "edited").expect("a file");
    let recovered = recover(root.path()).expect("taken back");
    assert_eq!(recovered, Some(Recovered::TakenBack(3)));
    assert_eq!(shown(root.path()), "a=1 b=edited");
}

#[test]
fn an_edit_of_what_an_interrupted_change_has_written_is_for_people() {
    let root = folder(&[("a", "1"), ("b", "1")]);
    interrupted(root.path(), 2);
    fs::write(root.path().join("a"), "edited").expect("a file");
    for _ in 0..2 {
        let error = recover(root.path()).expect_err("refused");
        assert!(error.path.ends_with("a"), "{error}");
    }
    fs::write(root.path().join("a"), "2").expect("a file");
    recover(root.path()).expect("finished");
    assert_eq!(shown(root.path()), "a=2 new/d=2");
}

#[test]
fn a_planted_journal_does_not_leave_the_folder() {
    let path = format!("{}/journal", stage::NAME);
    let end = "{\"version\":1,\"operations\":1}\n";
    let line = "{\"path\":\"../x\",\"before\":null,\"after\":null,\"staged\":null}\n";
    for text in [
        format!("{line}{end}"),
        end.to_owned(),
        String::new(),
        "x".to_owned(),
    ] {
        let root = folder(&[(&path, &text)]);
        let refused = reason(Change::begin(root.path(), Existing::Replace));
        assert!(refused.contains("cannot be read"), "{refused}");
    }
}

#[test]
fn one_file_is_replaced_whole() {
    let root = folder(&[]);
    let path = root.path().join("a.json");
    replace_file(&path, b"1", Existing::Refuse).expect("written");
    assert!(reason(replace_file(&path, b"2", Existing::Refuse)).contains("--overwrite"));
    replace_file(&path, b"2", Existing::Replace).expect("written");
    assert_eq!(shown(root.path()), "a.json=2");
}
