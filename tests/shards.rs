//! A corpus that is checked in shards gives, linked, what one run gives, byte by byte.

mod common;
#[path = "shards/corpora.rs"]
mod corpora;
#[path = "shards/forged.rs"]
mod forged;
#[path = "common/program.rs"]
mod program;
#[path = "common/random.rs"]
mod random;
#[path = "shards/refusals.rs"]
mod refusals;

use std::fs;
use std::path::{Path, PathBuf};

use program::run_in;
use random::Random;
use tempfile::TempDir;

const FORMATS: [&str; 10] = [
    "human", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit", "rdjson", "markdown",
];

/// The exit code of a command and what it tells in every format.
#[derive(PartialEq, Eq)]
struct Told {
    code: i32,
    texts: Vec<Vec<u8>>,
}

impl Told {
    fn text(&self, format: &str) -> &str {
        let at = FORMATS.iter().position(|known| *known == format);
        std::str::from_utf8(&self.texts[at.expect("a format")]).expect("UTF-8")
    }

    /// Says in which format another is not the same.
    fn must_be(&self, other: &Self, what: &str) {
        for (format, (one, other)) in FORMATS.iter().zip(self.texts.iter().zip(&other.texts)) {
            assert!(
                one == other,
                "{what}, {format}:\n{}\n--- and ---\n{}",
                String::from_utf8_lossy(one),
                String::from_utf8_lossy(other)
            );
        }
        assert_eq!(self.code, other.code, "{what}");
    }
}

fn tell(folder: &Path, command: &[&str]) -> Told {
    let out = tempfile::tempdir().expect("a folder");
    let files: Vec<String> = FORMATS
        .iter()
        .map(|format| out.path().join(format).display().to_string())
        .collect();
    let mut arguments = command.to_vec();
    for (format, file) in FORMATS.iter().zip(&files) {
        arguments.extend(["--output-format", format, "--output-file", file]);
    }
    let ran = run_in(folder, &arguments);
    assert!(ran.code < 2, "{}", ran.err);
    assert!(ran.out.is_empty());
    let texts = files.iter().map(|file| fs::read(file).expect("a report"));
    Told {
        code: ran.code,
        texts: texts.collect(),
    }
}

/// The fact files of all shards of the corpus around a folder, in a folder of their own.
fn facts(folder: &Path, of: u32, options: &[&str]) -> (TempDir, Vec<String>) {
    let out = tempfile::tempdir().expect("a folder");
    let shards = 1..=of;
    let files = shards.map(|number| {
        let path = out.path().join(format!("{number}.facts"));
        let file = path.display().to_string();
        make(folder, &format!("{number}/{of}"), &file, options);
        file
    });
    let files = files.collect();
    (out, files)
}

fn make(folder: &Path, shard: &str, file: &str, options: &[&str]) {
    let mut arguments = vec!["check", "--shard", shard, "--facts-out", file];
    arguments.extend(options);
    let ran = run_in(folder, &arguments);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "", ""));
}

fn link<'a>(files: &'a [String], options: &[&'a str]) -> Vec<&'a str> {
    let mut command = vec!["link"];
    command.extend(files.iter().map(String::as_str));
    command.extend(options);
    command
}

/// Puts a list into some order.
fn shuffle<T>(list: &mut [T], dice: &mut Random) {
    for at in (1..list.len()).rev() {
        list.swap(at, dice.below(at + 1));
    }
}

/// Links the shards of a corpus where the corpus is not, and holds it against one run.
fn compare(folder: &Path, divisions: &[u32], options: &[&str]) -> Told {
    let elsewhere = tempfile::tempdir().expect("a folder");
    let one = tell(folder, &[&["check"], options].concat());
    let mut dice = Random::new(7);
    for &of in divisions {
        let (_kept, mut files) = facts(folder, of, options);
        shuffle(&mut files, &mut dice);
        let linked = tell(elsewhere.path(), &link(&files, &[]));
        linked.must_be(&one, &format!("{of} shards"));
    }
    one
}

/// The folder of this package.
fn package() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_corpus_of_this_repository() {
    let folder = tempfile::tempdir().expect("a folder");
    corpora::of_this_repository(folder.path());
    let one = compare(folder.path(), &[3], &[]);
    assert_eq!(one.code, 0);
    assert!(one.text("human").contains("entries"));
}

#[test]
fn every_rule_on_the_corpus_across_shards() {
    let folder = tempfile::tempdir().expect("a folder");
    corpora::with_mistakes(folder.path());
    let one = compare(folder.path(), &[1, 2, 3, 7], &[]);
    assert_eq!(one.code, 1);
    for rule in corpora::RULES {
        assert!(one.text("concise").contains(rule), "{rule} finds nothing");
    }
    // With a choice of rules, which the shards keep for `link`.
    let rules = "dangling-reference,unused-suppression";
    compare(folder.path(), &[2], &["--select", rules]);
    let one = compare(folder.path(), &[2], &["--ignore", "orphan"]);
    assert!(!one.text("concise").contains("orphan"));
}

#[test]
fn a_corpus_without_a_profile_in_a_folder_of_a_repository() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join(".git")).expect("a folder");
    corpora::with_mistakes(&folder.path().join("inner"));
    let one = compare(&folder.path().join("inner"), &[2], &[]);
    assert!(
        one.text("sarif").contains("inner/corpus/"),
        "seen from the top"
    );
    fs::remove_file(folder.path().join("inner/corpuslint.toml")).expect("removed");
    fs::rename(
        folder.path().join("inner/corpus"),
        folder.path().join("corpus"),
    )
    .expect("moved");
    compare(folder.path(), &[2], &[]);
}

#[test]
fn paths_are_shown_from_the_folder_that_link_runs_in() {
    let folder = tempfile::tempdir().expect("a folder");
    corpora::with_mistakes(folder.path());
    let (_kept, files) = facts(folder.path(), 2, &[]);
    let inner = folder.path().join("corpus/motive");
    let one = tell(&inner, &["check"]);
    assert!(one.text("concise").contains("../preparation/"));
    tell(&inner, &link(&files, &[])).must_be(&one, "the profile around the folder");
    let elsewhere = tempfile::tempdir().expect("a folder");
    let path = folder.path().display().to_string();
    let one = tell(elsewhere.path(), &["check", &path]);
    let linked = tell(elsewhere.path(), &link(&files, &["--root", &path]));
    linked.must_be(&one, "--root");
}

#[test]
fn what_fails_a_run_is_said_to_link() {
    let folder = tempfile::tempdir().expect("a folder");
    corpora::of_this_repository(folder.path());
    let (_kept, files) = facts(folder.path(), 2, &[]);
    for options in [
        &["--fail-on", "note", "--statistics"][..],
        &["--fail-on", "note", "--exit-zero"],
    ] {
        let mut check = vec!["check"];
        check.extend(options);
        let (one, linked) = (
            run_in(folder.path(), &check),
            run_in(folder.path(), &link(&files, options)),
        );
        assert_eq!(
            (one.code, one.out),
            (linked.code, linked.out),
            "{options:?}"
        );
    }
}

#[test]
fn fact_files_are_the_same_in_every_run() {
    let folder = tempfile::tempdir().expect("a folder");
    corpora::with_mistakes(folder.path());
    let mut seen = Vec::new();
    for threads in ["1", "2", "5", "2"] {
        let file = folder.path().join(format!("{}.facts", seen.len()));
        let file = file.display().to_string();
        let shard = ["check", "--shard", "2/3", "--facts-out", &file];
        let mut run = program::program(folder.path(), &shard);
        assert!(
            run.env("RAYON_NUM_THREADS", threads)
                .status()
                .expect("a run")
                .success()
        );
        seen.push(fs::read(&file).expect("facts"));
    }
    assert!(seen.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn a_release_as_it_is_and_migrated() {
    let Some(release) = common::shared("data/itm/v1.11.json") else {
        return;
    };
    let release = fs::canonicalize(release).expect("a path");
    let folder = tempfile::tempdir().expect("a folder");
    // The file itself, whose copies of one entry differ.
    fs::copy(&release, folder.path().join("release.json")).expect("a copy");
    let one = compare(folder.path(), &[2], &["release.json"]);
    assert!(one.text("concise").contains("copies-diverge"));
    let migrated = folder.path().join("migrated");
    fs::create_dir(&migrated).expect("a folder");
    let arguments = [
        "migrate",
        "--from",
        "release",
        "--to",
        "yaml",
        "release.json",
        "migrated/corpus",
    ];
    assert_eq!(run_in(folder.path(), &arguments).code, 0);
    corpora::configure(&migrated);
    compare(&migrated, &[1, 2, 3, 7], &[]);
}

#[test]
fn the_texts_are_those_of_the_shards() {
    // Whoever links beside the corpus reads none of its files.
    let folder = tempfile::tempdir().expect("a folder");
    corpora::with_mistakes(folder.path());
    let one = tell(folder.path(), &["check"]);
    let (_kept, files) = facts(folder.path(), 3, &[]);
    for file in common::files(&folder.path().join("corpus"), "yaml") {
        fs::write(file, "changed since: [\n").expect("written");
    }
    tell(folder.path(), &link(&files, &[])).must_be(&one, "a corpus that has changed");
}
