//! The reader of plain YAML never differs from the full parser: where it is sure, the tree is the same
//! record by record, and the full parser has nothing to say against the source.

#![allow(
    clippy::print_stdout,
    reason = "a test says what it skipped and counted"
)]

mod common;
#[path = "common/mutants.rs"]
mod mutants;
#[path = "common/program.rs"]
mod program;
#[path = "common/random.rs"]
mod random;

use std::path::{Path, PathBuf};

use common::{files, shared};
use corpuslint::format::canonical;
use corpuslint::migrate::layout::Layout;
use corpuslint::snapshot::Workspace;
use corpuslint::syntax::{
    Format, Limits, Parser, disagreement, parse_by, parse_plain, parse_yaml_stream,
};
use random::Random;

/// Mutants in the normal run; `cargo bench --bench corpora -- mutants` tries as many as are wanted.
const MUTANTS: usize = 30_000;

/// Fails where the two readers differ, and gives how many sources were read plainly.
fn compare<'s>(sources: impl IntoIterator<Item = &'s str>) -> usize {
    let limits = Limits::default();
    let mut plain = 0;
    for source in sources {
        if let Some(difference) = disagreement(source, &limits) {
            panic!("{difference}");
        }
        plain += usize::from(parse_plain(source, &limits).is_some());
    }
    plain
}

/// Entries as they are written here: nearly all are read plainly.
fn compare_entries(texts: &[String], what: &str) {
    let plain = compare(texts.iter().map(String::as_str));
    println!("{what}: {plain} of {} read plainly", texts.len());
    assert!(
        plain * 100 >= texts.len() * 99,
        "{what}: {plain} of {}",
        texts.len()
    );
}

fn texts(folder: &Path, extension: &str) -> Vec<String> {
    let paths = files(folder, extension);
    let read = |path: &PathBuf| std::fs::read_to_string(path).expect("an entry");
    paths.iter().map(read).collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn entries_are_read_plainly() {
    let corpus = texts(&root().join("corpus"), "yaml");
    assert!(!corpus.is_empty());
    compare_entries(&corpus, "corpus");
    compare_entries(&mutants::PLAIN.map(str::to_owned), "what is plain");
    let workspace = Workspace::embedded(PathBuf::new()).expect("the profile");
    let layout = Layout::new(&workspace, 0);
    let form = |text: &String| canonical(text, Format::Yaml, None, &layout).expect("a form");
    let forms: Vec<String> = corpus.iter().map(form).collect();
    compare_entries(&forms, "their canonical form");
}

#[test]
fn releases_are_read_plainly() {
    let Some(folder) = shared("data/itm") else {
        return;
    };
    for release in files(&folder, "json") {
        let target = tempfile::tempdir().expect("a folder");
        let from = ["migrate", "--from", "release", "--to", "yaml"];
        let migrated = program::program(target.path(), &from)
            .args([release.as_os_str(), "corpus".as_ref()])
            .output();
        assert!(migrated.expect("the program runs").status.success());
        let name = release.display().to_string();
        compare_entries(&texts(target.path(), "yaml"), &name);
    }
}

#[test]
fn pages_and_cases_are_read_alike() {
    let mut sources: Vec<String> = texts(&root().join("src/rules"), "md")
        .iter()
        .chain(&texts(&root().join("docs"), "md"))
        .flat_map(|page| page.split("```").map(str::to_owned).collect::<Vec<_>>())
        .map(|part| part.split_once('\n').unwrap_or_default().1.to_owned())
        .collect();
    sources.extend(texts(&root().join("tests"), "yaml"));
    sources.extend(mutants::BEYOND.map(str::to_owned));
    let plain = compare(sources.iter().map(String::as_str));
    println!("{plain} of {} read plainly", sources.len());
    assert!(plain > 100, "{plain}");
}

#[test]
fn every_beginning_of_an_entry_is_read_alike() {
    for source in mutants::PLAIN.into_iter().chain(mutants::BEYOND) {
        let ends = (0..=source.len()).filter(|&end| source.is_char_boundary(end));
        compare(ends.map(|end| &source[..end]));
    }
}

#[test]
fn damaged_entries_are_read_alike() {
    let mut sources: Vec<String> = texts(&root().join("corpus"), "yaml")
        .iter()
        .map(|text| mutants::cut(text))
        .collect();
    sources.extend(mutants::seeds());
    let mut random = Random::new(6);
    let damaged: Vec<String> = (0..MUTANTS)
        .map(|_| mutants::mutant(&sources, &mut random))
        .collect();
    let plain = compare(damaged.iter().map(String::as_str));
    println!("{plain} of {MUTANTS} read plainly");
    assert!(plain > MUTANTS / 4, "{plain}");
}

/// Limits count the same, and one that is crossed is never passed over.
#[test]
fn limits_are_the_same() {
    for source in mutants::PLAIN.into_iter().chain(mutants::BEYOND) {
        for count in 0..40 {
            let deep = Limits {
                depth: count,
                ..Limits::default()
            };
            let large = Limits {
                nodes: count,
                ..Limits::default()
            };
            for limits in [deep, large] {
                assert_eq!(disagreement(source, &limits), None);
            }
        }
    }
}

#[test]
fn front_matter_is_read_alike() {
    let limits = Limits::default();
    for front in mutants::PLAIN.into_iter().chain(mutants::BEYOND) {
        for rest in ["", "\nThe body.\n"] {
            let source = format!("---\n{front}---\n{rest}");
            let read = |parser| parse_by(parser, &source, Format::Markdown, Some("body"), &limits);
            assert_eq!(read(Parser::PlainFirst), read(Parser::Full), "{source}");
        }
    }
}

#[test]
fn what_is_not_sure_goes_to_the_full_parser() {
    let limits = Limits::default();
    for source in mutants::PLAIN.into_iter().chain(mutants::BEYOND) {
        let read = |parser| parse_by(parser, source, Format::Yaml, None, &limits);
        assert_eq!(read(Parser::PlainFirst), read(Parser::Full), "{source}");
    }
    for source in [
        "",
        "a",
        "- a\n",
        " a: b\n",
        "a:\n",
        "a:\n- b\n",
        "a: b\na: c\n",
        "a: .nan\n",
        "a: b\n  c\n",
        "a: b: c\n",
        "a: |\n",
        "a: |\n    b\n  # c\n",
        "a: *b\n",
        "a:\tb\n",
        "a: b\r\n",
        "\u{feff}a: b\n",
        "a: b\u{85}\n",
        "a: \"b\\ud83d\"\n",
        "a: 'b\n  c'\n",
        "--- \na: b\n",
        "a: b\n...\n",
        "- - a\n",
        "a: [b, [c]]\n",
        "a: {b: c}\n",
    ] {
        assert!(parse_plain(source, &limits).is_none(), "{source:?}");
    }
    let (documents, _) = parse_yaml_stream("a: b\n--- c\n", &limits);
    assert_eq!(documents.len(), 2);
}
