//! `id move`

use super::{Corpus, today};

#[test]
fn a_section_moves_with_all_that_is_below_it() {
    let corpus = corpus!();
    corpus.edit(
        "corpus/motive/MT012.yaml",
        "title: Coercion",
        "title: 'Coercion' # a comment",
    );
    corpus.0.commit("A comment");
    let out = corpus.good(&[
        "id",
        "move",
        "MT012",
        "MT030",
        "--reason",
        "Sorted anew: see #7.",
    ]);
    assert_eq!(out.lines().count(), 9);
    assert!(
        out.starts_with("MT012 MT030\nMT012.001 MT030.001\n"),
        "{out}"
    );
    let stone = corpus.read("corpus/motive/MT012.yaml");
    let fields = format!(
        "id: MT012\ntitle: 'Coercion' # a comment\nstatus: retired\nretired: {}\nreason: \"Sorted anew: see #7.\"\nreplaced_by: MT030\n",
        today()
    );
    assert!(stone.contains(&fields), "{stone}");
    let moved = corpus.read("corpus/motive/MT030.yaml");
    assert!(
        moved.contains("id: MT030\ntitle: 'Coercion' # a comment\n"),
        "{moved}"
    );
    assert!(!moved.contains("status"));
    // References and mentions of all others.
    assert!(
        corpus
            .read("corpus/motive/AR1.yaml")
            .contains("such as coercion (MT030)")
    );
    corpus.is_clean();
    assert!(
        !corpus
            .findings(&[], &["note"])
            .iter()
            .any(|found| found.contains("MT012"))
    );
}

#[test]
fn the_folder_follows_the_id_and_layout_stays() {
    let corpus = corpus!();
    let referrer = "corpus/motive/MT017.001.yaml";
    let text = corpus.read(referrer).replace('\n', "\r\n");
    corpus.0.write(
        referrer,
        text.replacen(
            "description: |",
            "# PR030 in a comment\r\ndescription: |\r\n  See `PR030` and PR030.",
            1,
        ),
    );
    corpus.0.commit("Windows lines");
    corpus.good(&["id", "move", "PR030", "MT040"]);
    assert!(corpus.path("corpus/motive/MT040.yaml").is_file());
    let after = corpus.read(referrer);
    assert!(after.contains("# PR030 in a comment\r\n"), "{after}");
    assert!(after.contains("See `MT040` and MT040."), "{after}");
    assert_eq!(after.matches('\n').count(), after.matches("\r\n").count());
    assert!(after.contains(&format!("updated: {}", today())));
    assert!(
        corpus
            .read("corpus/preparation/PR030.yaml")
            .contains("reason: Moved to MT040.")
    );
    corpus.is_clean();
}

#[test]
fn controls_move_and_their_references_in_every_style() {
    let corpus = corpus!();
    corpus.edit(
        "corpus/motive/MT012.004.yaml",
        "preventions:\n  - PV013\n",
        "preventions:\n  - \"PV059\" # why\n  - PV013\n",
    );
    corpus.0.commit("Quoted");
    corpus.good(&["id", "move", "PV059", "PV061"]);
    assert!(
        corpus
            .read("corpus/motive/MT012.004.yaml")
            .contains("  - \"PV061\" # why\n")
    );
    corpus.is_clean();
}

#[test]
fn every_entry_can_move() {
    let corpus = corpus!();
    let out = corpus.good(&["id", "move", "DT046", "DT200"]);
    assert_eq!(out, "DT046 DT200\n");
    corpus.good(&["id", "move", "MT005.001", "MT012.020"]);
    corpus.good(&["id", "move", "MT005.002", "MT005.020"]);
    corpus.good(&["id", "move", "MT017", "MT050"]);
    corpus.is_clean();
    corpus.is_canonical();
}

#[test]
fn a_patch_writes_nothing() {
    let corpus = corpus!();
    let patch = corpus.good(&["id", "move", "PV059", "PV061", "--diff"]);
    assert!(
        patch.contains("+++ b/corpus/preventions/PV061.yaml"),
        "{patch}"
    );
    assert!(patch.contains("+replaced_by: PV061"));
    assert_eq!(corpus.0.git(&["status", "--short"]), "");
    corpus.0.write("the.patch", patch);
    corpus.0.git(&["apply", "the.patch"]);
    corpus.0.remove("the.patch");
    corpus.is_clean();
}

#[test]
fn what_cannot_move() {
    let corpus = corpus!();
    corpus.0.write(
        "corpus/preventions/PV070.yaml",
        "id: PV070\ntitle: Gone\ndescription: Gone.\n",
    );
    corpus.0.commit("One more");
    corpus.0.remove("corpus/preventions/PV070.yaml");
    corpus.0.commit("And away");
    for (arguments, part) in [
        (
            &["PV059", "PV012"][..],
            "`PV012` is taken by corpus/preventions/PV012.yaml",
        ),
        (&["PV059", "PV070"], "`PV070` was used before, last in"),
        (&["PV059", "DT300"], "is the ID of a detection"),
        (&["PV059", "pv61"], "`pv61` is no ID"),
        (&["PV059", "../PV061"], "is no ID"),
        (&["PV060", "PV061"], "there is no entry `PV060`"),
        (&["PV059"], "say the new ID"),
        (&["MT005.001", "MT099.001"], "there is no entry `MT099`"),
        (&["MT005.001", "PR030"], "needs that of a subsection"),
        (
            &["corpus/preventions/PV059.yaml"],
            "no other entry has the ID `PV059`",
        ),
        (
            &["corpus/preventions/PV059.yaml", "--base", "HEAD"],
            "was there before this branch left HEAD",
        ),
        (
            &["corpus/preventions/PV059.yaml", "--base", "nowhere"],
            "nowhere",
        ),
    ] {
        let reason = corpus.refused(&[&["id", "move"], arguments].concat());
        assert!(reason.contains(part), "{arguments:?}: {reason}");
    }
    corpus.good(&["id", "move", "PV059", "PV061"]);
    let reason = corpus.refused(&["id", "move", "PV059", "PV062"]);
    assert!(reason.contains("is retired already"), "{reason}");
    // A file that says the ID and cannot be read would keep saying it.
    corpus.0.write(
        "corpus/motive/MT016.yaml",
        "id: MT016\npreventions: [PV061\n",
    );
    let reason = corpus.refused(&["id", "move", "PV061", "PV062"]);
    assert!(
        reason.contains("corpus/motive/MT016.yaml cannot be read"),
        "{reason}"
    );
}
