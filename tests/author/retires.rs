//! `id retire`

use super::{Corpus, today};

#[test]
fn an_entry_becomes_a_tombstone_and_its_references_those_to_the_heir() {
    let corpus = corpus!();
    corpus.good(&[
        "id",
        "retire",
        "PV059",
        "--replaced-by",
        "PV012",
        "--reason",
        "Merged: it is the same.",
    ]);
    let stone = corpus.read("corpus/preventions/PV059.yaml");
    let fields = format!(
        "status: retired\nretired: {}\nreason: \"Merged: it is the same.\"\nreplaced_by: PV012\n",
        today()
    );
    assert!(stone.contains(&fields), "{stone}");
    // A list that has the heir already holds it once.
    for path in corpus
        .0
        .git(&["grep", "-l", "PV059", "--", "corpus"])
        .lines()
    {
        assert!(path.ends_with("PV059.yaml"), "{path}");
    }
    corpus.is_clean();
    corpus.is_canonical();
}

#[test]
fn without_an_heir_what_still_refers_to_it_is_listed() {
    let corpus = corpus!();
    let ran = corpus.run(&["id", "retire", "PV054", "--reason", "Nobody needs it."]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(
        ran.err.contains("corpus/motive/MT012.004.yaml:"),
        "{}",
        ran.err
    );
    assert!(
        ran.err.contains("`MT012.004` still refers to `PV054`"),
        "{}",
        ran.err
    );
    let left = ran
        .err
        .lines()
        .filter(|line| line.contains("still refers"))
        .count();
    let found = corpus.findings(&["--select", "retired-reference"], &["warning"]);
    assert_eq!(found.len(), left);
}

#[test]
fn a_kind_that_a_field_does_not_take_is_left() {
    let corpus = corpus!();
    let ran = corpus.run(&[
        "id",
        "retire",
        "PV054",
        "--replaced-by",
        "DT046",
        "--reason",
        "It detects.",
    ]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("still refers to `PV054`"), "{}", ran.err);
    assert_eq!(corpus.findings(&[], &["error"]), Vec::<String>::new());
}

#[test]
fn what_is_below_a_section_is_not_forgotten() {
    let corpus = corpus!();
    let reason = corpus.refused(&["id", "retire", "MT005", "--reason", "Gone."]);
    assert!(
        reason.contains("`MT005.001`") && reason.contains("`MT005.002`"),
        "{reason}"
    );
    let out = corpus.good(&[
        "id",
        "retire",
        "MT005",
        "--reason",
        "Gone.",
        "--with-subsections",
    ]);
    assert_eq!(out, "MT005\nMT005.001\nMT005.002\n");
    assert_eq!(
        corpus.findings(&["--base", "HEAD"], &["error"]),
        Vec::<String>::new()
    );
}

#[test]
fn what_cannot_be_retired() {
    let corpus = corpus!();
    for (arguments, part) in [
        (&["PV059"][..], "say with --reason why"),
        (&["PV060", "--reason", "x"], "there is no entry `PV060`"),
        (
            &["PV059", "--reason", "x", "--replaced-by", "PV059"],
            "cannot take its own place",
        ),
        (
            &["PV059", "--reason", "x", "--replaced-by", "PV099"],
            "there is no entry `PV099`",
        ),
        (
            &[
                "MT005",
                "--reason",
                "x",
                "--replaced-by",
                "MT005.001",
                "--with-children",
            ],
            "is retired along",
        ),
    ] {
        let reason = corpus.refused(&[&["id", "retire"], arguments].concat());
        assert!(reason.contains(part), "{arguments:?}: {reason}");
    }
    corpus.good(&["id", "retire", "PV059", "--reason", "x"]);
    let reason = corpus.refused(&["id", "retire", "PV059", "--reason", "x"]);
    assert!(reason.contains("is retired already"), "{reason}");
    let reason = corpus.refused(&[
        "id",
        "retire",
        "PV012",
        "--reason",
        "x",
        "--replaced-by",
        "PV059",
    ]);
    assert!(reason.contains("is retired already"), "{reason}");
}
