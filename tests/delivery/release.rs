//! What a release is built from, by and into.

use std::collections::BTreeSet;
use std::process::Command;

use super::definitions::{Definition, definition, read, root};

fn workflow() -> Definition {
    definition(".github/workflows/release.yml")
}

/// The value of a line `name = "value"`.
fn quoted<'t>(text: &'t str, name: &str) -> &'t str {
    let start = format!("{name} = \"");
    let line = text.lines().find_map(|line| line.strip_prefix(&start));
    line.and_then(|rest| rest.split('"').next()).expect(name)
}

#[test]
fn one_compiler_builds_releases_and_is_new_enough() {
    let script = read(".github/release/build.sh");
    let named = script
        .lines()
        .find_map(|line| line.strip_prefix("toolchain="));
    let named = named.expect("a toolchain");
    let needed = read("Cargo.toml");
    let needed = quoted(&needed, "rust-version");
    assert!(named.starts_with(&format!("{needed}.")), "{named}");
}

#[test]
fn what_builds_may_not_write_and_what_writes_builds_nothing() {
    let workflow = workflow();
    let jobs = workflow.value["jobs"].as_mapping().expect("jobs");
    for (name, job) in jobs {
        let rights = job["permissions"].as_mapping().expect("rights");
        let writes = rights.values().any(|right| right == "write");
        let steps = job["steps"].as_sequence().expect("steps");
        let uses = |action: &str| {
            let used = steps.iter().filter_map(|step| step["uses"].as_str());
            used.into_iter().any(|used| used.starts_with(action))
        };
        assert_eq!(writes, name == "publish", "{name:?}");
        assert_eq!(writes, !uses("actions/checkout@"), "{name:?}");
    }
    let needed = workflow.value["jobs"]["publish"]["needs"].as_sequence();
    assert_eq!(needed.expect("jobs").len(), jobs.len() - 1);
}

#[test]
fn dependencies_are_checked_for_every_target() {
    let workflow = workflow();
    let matrix = &workflow.value["jobs"]["build"]["strategy"]["matrix"]["include"];
    let built = matrix.as_sequence().expect("targets").iter();
    let built: BTreeSet<&str> = built
        .map(|item| item["target"].as_str().expect("a target"))
        .collect();
    assert_eq!(built.len(), 5);
    let deny: toml::Table = read("deny.toml").parse().expect("TOML");
    let checked = deny["graph"]["targets"].as_array().expect("targets").iter();
    let checked: BTreeSet<&str> = checked.filter_map(toml::Value::as_str).collect();
    assert!(built.is_subset(&checked), "{built:?} {checked:?}");
}

#[test]
fn a_crate_that_is_there_twice_is_a_known_one() {
    let lock: toml::Table = read("Cargo.lock").parse().expect("TOML");
    let deny: toml::Table = read("deny.toml").parse().expect("TOML");
    let skips = deny["bans"]["skip"].as_array().expect("skips").iter();
    let skipped: BTreeSet<&str> = skips
        .filter_map(|skip| skip["crate"].as_str()?.split('@').next())
        .collect();
    let packages = lock["package"].as_array().expect("packages").iter();
    let mut names: Vec<&str> = packages.filter_map(|item| item["name"].as_str()).collect();
    names.sort_unstable();
    let twice = names.windows(2).filter(|pair| pair[0] == pair[1]);
    let twice: BTreeSet<&str> = twice.map(|pair| pair[0]).collect();
    // Only UEFI has this one, and nothing is built for that.
    let unknown: Vec<&&str> = twice
        .difference(&skipped)
        .filter(|name| **name != "r-efi")
        .collect();
    assert!(
        unknown.is_empty(),
        "{unknown:?}: update, or say why in deny.toml"
    );
}

#[test]
fn the_image_holds_the_program_and_runs_as_nobody() {
    let text = read("Dockerfile");
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    let named = |word: &str| {
        let found = lines.iter().filter(|line| line.starts_with(word));
        found.copied().collect::<Vec<_>>()
    };
    assert_eq!(named("FROM "), ["FROM scratch"]);
    assert!(named("RUN ").is_empty() && named("ADD ").is_empty());
    assert_eq!(named("USER "), ["USER 65532:65532"]);
    assert_eq!(named("ENTRYPOINT "), ["ENTRYPOINT [\"/corpuslint\"]"]);
    let let_in = read(".dockerignore");
    assert!(let_in.lines().any(|line| line == "*"));
}

#[test]
fn packing_twice_gives_the_same_bytes() {
    let has_python = Command::new("python3").arg("--version").output();
    if has_python.is_err() {
        println!("skipped: python3 is not installed");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["corpuslint", "corpuslint.exe"] {
        std::fs::write(folder.path().join(name), "a program").expect("written");
    }
    for target in ["x86_64-unknown-linux-musl", "x86_64-pc-windows-msvc"] {
        let pack = |into: &str| {
            let into = folder.path().join(into);
            let output = Command::new("python3")
                .arg(root().join(".github/release/pack.py"))
                .args([folder.path(), target.as_ref(), &into])
                .env("CARGO_NET_OFFLINE", "true")
                .output()
                .expect("Python runs");
            let reason = String::from_utf8_lossy(&output.stderr).into_owned();
            output
                .status
                .success()
                .then(|| {
                    let path = String::from_utf8_lossy(&output.stdout).trim().to_owned();
                    std::fs::read(path).expect("an archive")
                })
                .ok_or(reason)
        };
        match (pack("one"), pack("two")) {
            (Ok(one), Ok(two)) => assert!(one == two && one.len() > 10_000, "{target}"),
            // Crates of a system that nothing here was built for may never have been downloaded.
            (Err(reason), _) if reason.contains("offline") => println!("skipped: {target}"),
            (one, two) => panic!("{target}: {:?} {:?}", one.err(), two.err()),
        }
    }
}
