//! What is not linked, and why.

use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::sync::atomic::AtomicUsize;

use super::program::run_in;
use super::random::Random;
use super::{corpora, facts, make};

/// Why a command failed, in its one line.
fn refused(folder: &Path, command: &[&str]) -> String {
    let ran = run_in(folder, command);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{command:?}");
    let line = ran.err.strip_prefix("error: ").expect("an error");
    assert_eq!(line.lines().count(), 1, "{line}");
    line.trim_end().to_owned()
}

#[test]
fn shards_that_do_not_belong_together() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    corpora::of_this_repository(here);
    let (kept, files) = facts(here, 3, &[]);
    let other = kept.path().join("other.facts").display().to_string();
    // Where they are called by their names alone.
    let said = |shards: &[&str]| refused(kept.path(), &[&["link"], shards].concat());
    let with_other = || said(&["1.facts", "other.facts"]);
    assert_eq!(said(&["1.facts", "3.facts"]), "shard 2/3 is missing");
    assert_eq!(said(&["2.facts"]), "shards 1/3, 3/3 are missing");
    let twice = said(&["1.facts", "2.facts", "2.facts", "3.facts"]);
    assert_eq!(
        twice,
        "2.facts and 2.facts are both shard 2/3; leave one out"
    );

    make(here, "2/4", &other, &[]);
    assert_eq!(
        with_other(),
        "other.facts and 1.facts do not belong together: the one is shard 2/4, the other 1/3"
    );
    make(
        here,
        "2/3",
        &other,
        &["--select", "orphan", "--ignore", "syntax"],
    );
    assert_eq!(
        with_other(),
        "other.facts and 1.facts do not belong together: the one was made with --select orphan \
         --ignore syntax, the other with every rule"
    );
    let change = |path: &str, from: &str, to: &str| {
        let path = here.join(path);
        let text = fs::read_to_string(&path).expect("a text");
        fs::write(&path, text.replacen(from, to, 1)).expect("written");
        make(here, "2/3", &other, &[]);
        fs::write(&path, text).expect("written");
    };
    change("corpuslint.toml", "version", "# new\nversion");
    assert_eq!(
        with_other(),
        "other.facts and 1.facts do not belong together: their profiles are not the same"
    );
    change("schema/itm/v2/section.schema.json", "\n", "\n\n");
    assert_eq!(
        with_other(),
        "other.facts and 1.facts do not belong together: their schemas are not the same: see \
         schema/itm/v2/section.schema.json"
    );
    fs::create_dir(here.join(".git")).expect("a folder");
    make(here, "2/3", &other, &[]);
    assert!(
        super::tell(here, &["link", &files[0], &other, &files[2]]).code < 2,
        "the top is the top"
    );
    fs::write(here.join("corpus/motive/MT900.yaml"), "id: MT900\n").expect("written");
    make(here, "2/3", &other, &[]);
    assert_eq!(
        with_other(),
        "other.facts and 1.facts do not belong together: the one is of a corpus of 60 files, the \
         other of one of 59"
    );
    fs::remove_file(here.join("corpus/motive/MT017.yaml")).expect("removed");
    make(here, "2/3", &other, &[]);
    assert_eq!(
        with_other(),
        "other.facts and 1.facts do not belong together: both are of a corpus of 59 files, but not \
         of the same ones"
    );
}

#[test]
fn what_is_no_fact_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    corpora::of_this_repository(here);
    let (kept, files) = facts(here, 2, &[]);
    let good = fs::read(&files[1]).expect("facts");
    let said = |bytes: &[u8]| {
        fs::write(&files[1], bytes).expect("written");
        refused(kept.path(), &["link", "1.facts", "2.facts"])
    };
    let none =
        "2.facts: this is no fact file; `corpuslint check --shard K/N --facts-out FILE` writes one";
    assert_eq!(said(b""), none);
    assert_eq!(said(b"{}"), none);
    let cut = "2.facts: the fact file ends too early; copy or make it again";
    for length in [1, 18, 20, 40, good.len() / 2, good.len() - 1] {
        assert_eq!(said(&good[..length]), cut, "{length}");
    }
    let broken = "2.facts: the fact file is not as it was written; copy or make it again";
    assert_eq!(said(&[&good[..], b"\n"].concat()), broken);
    let mut flipped = good.clone();
    flipped[good.len() / 2] ^= 1;
    assert_eq!(said(&flipped), broken);
    assert_eq!(
        said(b"corpuslint shard 2\nand so on"),
        "2.facts: another version of corpuslint wrote this fact file; make it with the one that links"
    );
    fs::remove_file(&files[1]).expect("removed");
    assert!(
        refused(kept.path(), &["link", "1.facts", "2.facts"]).starts_with("2.facts: No such file")
    );
    fs::create_dir(&files[1]).expect("a folder");
    assert_eq!(
        refused(kept.path(), &["link", "1.facts", "2.facts"]),
        "2.facts: it is not a plain file"
    );
}

/// However a fact file is cut or flipped, it is refused, and nothing panics.
#[test]
fn any_damage_is_seen() {
    let folder = tempfile::tempdir().expect("a folder");
    corpora::of_this_repository(folder.path());
    let (_kept, files) = facts(folder.path(), 2, &[]);
    let [one, two] = [0, 1].map(|at: usize| fs::read(&files[at]).expect("facts"));
    let linked = |second: &[u8]| {
        let sources = [&one[..], second].map(|bytes| ("facts".to_owned(), Cursor::new(bytes)));
        corpuslint::lint::link(sources.into(), &AtomicUsize::new(0)).map(|_| ())
    };
    linked(&two).expect("both are sound");
    let mut dice = Random::new(1);
    // The header up to the configuration, the first piece's begin, the end, and places between.
    let header = u64::from_le_bytes(two[19..27].try_into().expect("a length")) as usize + 35;
    let around = [0..120, header - 20..header + 120, two.len() - 60..two.len()];
    let mut places: Vec<usize> = around.into_iter().flatten().collect();
    places.extend((0..150).map(|_| dice.below(two.len())));
    for at in places {
        let mut bytes = two.clone();
        bytes[at] ^= 1 << dice.below(8);
        assert!(linked(&bytes).is_err(), "a flip at {at}");
        assert!(linked(&two[..at]).is_err(), "a cut at {at}");
        bytes.copy_from_slice(&two);
        bytes.remove(at);
        assert!(linked(&bytes).is_err(), "a gap at {at}");
    }
}

#[test]
fn what_cannot_be_divided() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    corpora::of_this_repository(here);
    let said = |more: &[&str]| {
        let mut command = vec!["check", "--shard", "1/2", "--facts-out", "facts"];
        command.extend(more);
        let reason = refused(here, &command);
        assert!(!here.join("facts").exists());
        reason
    };
    for (option, value) in [
        ("--base", Some("main")),
        ("--staged", None),
        ("--changed", None),
        ("--fix", None),
        ("--unsafe-fixes", None),
        ("--diff", None),
        ("--output-format", Some("json")),
        ("--fail-on", Some("note")),
        ("--exit-zero", None),
        ("--statistics", None),
    ] {
        let mut more = vec![option];
        more.extend(value);
        let reason = said(&more);
        assert!(
            reason.contains("'--shard <K/N>' cannot be used with"),
            "{reason}"
        );
        assert!(reason.contains(option), "{reason}");
    }
    let whole = "a shard is one of a whole corpus; leave out paths inside it";
    assert_eq!(said(&["corpus/motive"]), whole);
    assert_eq!(said(&["corpus/motive/MT012.yaml"]), whole);
    assert_eq!(said(&["-"]), whole);
    let missing = refused(here, &["check", "--shard", "1/2"]);
    assert!(missing.contains("--facts-out <FILE>"), "{missing}");
    let missing = refused(here, &["check", "--facts-out", "facts"]);
    assert!(missing.contains("--shard <K/N>"), "{missing}");
    let wrong = refused(here, &["check", "--shard", "3/2", "--facts-out", "facts"]);
    assert!(
        wrong.ends_with("a shard is K/N with K from 1 to N and N up to 65536, such as 2/8"),
        "{wrong}"
    );
    let nowhere = refused(
        here,
        &["check", "--shard", "1/2", "--facts-out", "not/there/facts"],
    );
    assert!(nowhere.contains("/not/there/"), "{nowhere}");
    let empty = tempfile::tempdir().expect("a folder");
    let none = refused(
        empty.path(),
        &["check", "--shard", "1/2", "--facts-out", "facts"],
    );
    assert!(
        none.contains("no such folder") || none.contains("no entry found"),
        "{none}"
    );
}
