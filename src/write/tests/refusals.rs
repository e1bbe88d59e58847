//! What is refused, each with its reason; found by mutants that nothing else noticed.

use std::path::Path;

use tempfile::TempDir;

use crate::write::place::{digest, examine, first_item, metadata};
use crate::write::{Before, Change, Existing, WriteError, forget, keep};

/// A folder with a file in it.
fn folder() -> TempDir {
    let folder = TempDir::new().expect("a folder");
    std::fs::write(folder.path().join("file"), "text").expect("a file");
    folder
}

fn reason<T>(result: Result<T, WriteError>) -> String {
    result.err().expect("a refusal").to_string()
}

#[test]
fn an_error_says_where_and_why() {
    let error = WriteError::new(Path::new("a/b"), "it is no folder");
    assert_eq!(error.to_string(), "a/b: it is no folder");
}

#[test]
fn a_file_on_the_way_is_no_folder() {
    let folder = folder();
    let root = folder.path();
    assert!(reason(examine(root, "file/inner")).contains("it is a link or no folder"));
    assert!(examine(root, "none/inner").is_ok_and(|found| found.is_none()));
    assert!(reason(digest(root)).contains("no plain file"));
    assert!(reason(first_item(&root.join("file"))).contains("it is no folder"));
    assert!(first_item(&root.join("none")).is_ok_and(|found| found.is_none()));
    assert!(metadata(&root.join("n".repeat(300))).is_err());
    assert!(metadata(&root.join("file/inner")).is_ok_and(|found| found.is_none()));
}

#[cfg(unix)]
#[test]
fn a_link_is_named_as_one() {
    let folder = folder();
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(folder.path(), &link).expect("a link");
    assert!(reason(first_item(&link)).contains("symbolic link"));
    assert!(keep(&link, "kept", b"x").is_err());
}

#[test]
fn a_path_is_written_once_in_a_change() {
    let folder = folder();
    let change = Change::begin(&folder.path().join("new"), Existing::Refuse).expect("a change");
    change.write("a", b"1", Before::Absent).expect("a file");
    let again = change.write("a", b"2", Before::Absent);
    assert!(reason(again).contains("two entries of the change have this path"));
}

#[test]
fn what_may_be_lost_is_kept_until_it_is_forgotten() {
    let folder = folder();
    let inner = folder.path().join("deep/er");
    for bytes in [&b"one"[..], b"two"] {
        keep(&inner, "kept", bytes).expect("kept");
        assert_eq!(std::fs::read(inner.join("kept")).expect("a file"), bytes);
    }
    assert_eq!(std::fs::read_dir(&inner).expect("a folder").count(), 1);
    forget(&inner.join("kept"));
    assert_eq!(std::fs::read_dir(&inner).expect("a folder").count(), 0);
}
