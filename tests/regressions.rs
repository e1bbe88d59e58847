//! What fuzzing has found, and a few inputs of each target: they stay without a finding.
//!
//! The targets themselves are those of `fuzz/`; see its README.

#[allow(unreachable_pub, reason = "a crate of its own takes them too")]
#[path = "../fuzz/src/lib.rs"]
mod targets;

use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

fn inputs(target: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/regressions")
        .join(target);
    let items = std::fs::read_dir(folder).expect("a folder for each target");
    let mut paths: Vec<PathBuf> = items.map(|item| item.expect("an item").path()).collect();
    paths.sort();
    paths
}

/// All inputs of all targets; those that fail are named.
#[test]
fn what_was_found_stays_mended() {
    let mut failed = Vec::new();
    for (name, _) in targets::TARGETS {
        let inputs = inputs(name);
        assert!(!inputs.is_empty(), "`{name}` has no input");
        for path in inputs {
            let bytes = std::fs::read(&path).expect("an input");
            if catch_unwind(|| targets::run(name, &bytes)).is_err() {
                failed.push(path);
            }
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}

/// Each target has a binary that calls it, and each folder of inputs a target.
#[test]
fn every_target_is_there() {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let names = |folder: &str| {
        let items = std::fs::read_dir(fuzz.join(folder)).expect("a folder");
        let stem = |path: PathBuf| {
            path.file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned()
        };
        let mut names: Vec<String> = items
            .map(|item| stem(item.expect("an item").path()))
            .collect();
        names.sort();
        names
    };
    let mut known = targets::TARGETS.map(|(name, _)| name);
    known.sort_unstable();
    assert_eq!(names("fuzz_targets"), known);
    assert_eq!(names("regressions"), known);
    let manifest = std::fs::read_to_string(fuzz.join("Cargo.toml")).expect("a manifest");
    for name in known {
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{name}");
    }
}
