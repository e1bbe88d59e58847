//! `id next`: above everything that was ever used.

use super::{Corpus, run_in};

#[test]
fn each_series_goes_on() {
    let corpus = corpus!();
    for (arguments, expected) in [
        (&["prevention"][..], "PV060"),
        (&["detection"], "DT142"),
        (&["article"], "AR6"),
        (&["section", "--folder", "motive"], "MT018"),
        (&["section", "--theme", "motive"], "MT018"),
        (&["section", "--parent", "AR1"], "MT018"),
        (&["section", "--parent", "MT012.004"], "MT018"),
        (&["section", "--prefix", "IF"], "IF001"),
        (&["subsection", "--parent", "MT012"], "MT012.009"),
        (&["subsection", "--parent", "PR030"], "PR030.001"),
    ] {
        let found = corpus.good(&[&["id", "next"], arguments].concat());
        assert_eq!(found, format!("{expected}\n"), "{arguments:?}");
    }
}

#[test]
fn what_was_ever_used_is_not_given_again() {
    let corpus = corpus!();
    // Only in the history.
    corpus.once_had("corpus/preventions/PV070.yaml", "PV070");
    assert_eq!(corpus.good(&["id", "next", "prevention"]), "PV071\n");
    // Only a reference, and only a mention.
    corpus.edit(
        "corpus/motive/MT012.004.yaml",
        "PV054\n",
        "PV054\n  - PV080\n",
    );
    assert_eq!(corpus.good(&["id", "next", "prevention"]), "PV081\n");
    corpus.edit(
        "corpus/motive/MT012.004.yaml",
        "Grief,",
        "See PV085. Grief,",
    );
    assert_eq!(corpus.good(&["id", "next", "prevention"]), "PV086\n");
    // Only the name of a file that cannot be read.
    corpus.0.write("corpus/preventions/PV090.yaml", "id: [\n");
    assert_eq!(corpus.good(&["id", "next", "prevention"]), "PV091\n");
    // A tombstone.
    corpus.good(&[
        "new",
        "prevention",
        "--title",
        "Short lived",
        "--contributor",
        "A Curator",
    ]);
    corpus.good(&["id", "retire", "PV091", "--reason", "It was a trial."]);
    assert_eq!(corpus.good(&["id", "next", "prevention"]), "PV092\n");
}

#[test]
fn what_is_not_said_is_asked_for() {
    let corpus = corpus!();
    for (arguments, part) in [
        (
            &["section"][..],
            "say which with --folder, --parent or --prefix; known are `AF` (anti-forensics)",
        ),
        (
            &["section", "--folder", "motives"],
            "no section lies in the folder `motives`",
        ),
        (
            &["section", "--prefix", "PV"],
            "no ID of a section begins with `PV`",
        ),
        (
            &["subsection"],
            "a subsection belongs to a section: name it with --parent",
        ),
        (
            &["subsection", "--parent", "MT099"],
            "there is no entry `MT099`",
        ),
        (
            &["subsection", "--parent", "PV059"],
            "is a prevention and a subsection belongs to a section",
        ),
        (&["sectoin"], "did you mean `section`?"),
        (&["release"], "there is no kind `release`"),
    ] {
        let reason = corpus.refused(&[&["id", "next"], arguments].concat());
        assert!(reason.contains(part), "{arguments:?}: {reason}");
    }
    corpus.0.write(
        "corpus/preventions/PV999.yaml",
        "id: PV999\ntitle: Last\ndescription: Last.\n",
    );
    let reason = corpus.refused(&["id", "next", "prevention"]);
    assert!(reason.contains("the series `PV` is used up"), "{reason}");
}

#[test]
fn without_a_repository_only_files_count() {
    let folder = tempfile::tempdir().expect("a folder");
    let ran = run_in(folder.path(), &["id", "next", "prevention"], "");
    assert_eq!((ran.code, ran.out.as_str()), (0, "PV001\n"));
    assert!(
        ran.err.contains("note: this is no git repository"),
        "{}",
        ran.err
    );
}
