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
    corpus.once_had("corpus/preventions/PV070.yaml", "PV070");
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
    corpus.0.remove("corpus/motive/MT016.yaml");
    corpus
        .0
        .write("corpus/motive/MT016.md", "---\nid: [\n---\n\nPV061\n");
    let reason_too = corpus.refused(&["id", "move", "PV061", "PV062"]);
    assert!(
        reason_too.contains("corpus/motive/MT016.md cannot be read"),
        "{reason_too}"
    );
    assert!(
        reason.contains("corpus/motive/MT016.yaml cannot be read"),
        "{reason}"
    );
}

/// References and mentions in every way in which YAML can write them.
#[test]
fn every_style_is_kept() {
    let corpus = corpus!();
    let text = |id: &str| {
        format!(
            "# {id}, as somebody noted\nid: MT019\ntitle: \"Styles of {id}\"\ncreated: 2025-01-01\nupdated: \"{}\"\ncontributors: [Bo]\n\
preventions: [ PV013, '{id}', PV002 ] # {id} too\ndetections: []\nreferences:\n  - {{title: {id} in a title, url: https://example.org/{id}}}\n\
description: \"See \\u0050V059 and {id},\n  and (`{id}`), XPV059, PV0590, {id}.\"\n",
            if id == "PV059" {
                "2025-01-01".to_owned()
            } else {
                today()
            }
        )
    };
    let before = text("PV059");
    corpus.0.write("corpus/motive/MT019.yaml", &before);
    corpus.0.commit("Styles");
    corpus.good(&["id", "move", "PV059", "PV061"]);
    let after = corpus.read("corpus/motive/MT019.yaml");
    // Comments, titles and addresses are nobody's mention; an escaped one is rewritten with its text.
    let expected = before
        .replace("'PV059'", "'PV061'")
        .replace("\\u0050V059 and PV059,", "PV061 and PV061,")
        .replace("(`PV059`)", "(`PV061`)")
        .replace(", PV059.\"", ", PV061.\"")
        .replace(
            "updated: \"2025-01-01\"",
            &format!("updated: \"{}\"", today()),
        );
    assert_eq!(after, expected);
    // Escapes alone hide no reference.
    let hidden = before
        .replace("PV059", "PV060")
        .replace("MT019", "MT021")
        .replace("'PV060'", "\"PV06\\u0031\"");
    corpus.0.write("corpus/motive/MT021.yaml", &hidden);
    corpus.good(&["id", "move", "PV061", "PV062"]);
    assert!(
        corpus
            .read("corpus/motive/MT021.yaml")
            .contains("[ PV013, \"PV062\", PV002 ]")
    );
}

#[test]
fn folded_and_literal_prose_and_aliases() {
    let corpus = corpus!();
    let text = "id: MT019\ntitle: Shared\ncreated: 2025-01-01\nupdated: 2025-01-01\ncontributors:\n- Bo\npreventions:\n- &p PV059\ndetections: []\n\
description: >-\n    One line with PV059\n    goes on with PV059.\n\n    - PV059\n";
    corpus.0.write("corpus/motive/MT019.yaml", text);
    corpus.0.write(
        "corpus/motive/MT020.yaml",
        text.replace("MT019", "MT020")
            .replace("Shared", "Mine")
            .replace("&p PV059", "PV059 # *p")
            .replace(
                "goes on",
                "runs on and on, far beyond what the other says, and ends",
            ),
    );
    corpus.0.commit("Shared");
    corpus.good(&["id", "move", "PV059", "PV061"]);
    for path in ["corpus/motive/MT019.yaml", "corpus/motive/MT020.yaml"] {
        let after = corpus.read(path);
        assert!(!after.contains("PV059"), "{after}");
        assert_eq!(after.matches("PV061").count(), 4, "{after}");
        assert!(after.contains("    One line with PV061\n    "), "{after}");
    }
}

/// The same corpus as JSON and as Markdown.
#[test]
fn other_formats_move_alike() {
    for (format, extension) in [("json", "json"), ("markdown", "md")] {
        let corpus = corpus!();
        corpus.good(&[
            "migrate", "--from", "yaml", "--to", format, "corpus", "other",
        ]);
        std::fs::remove_dir_all(corpus.path("corpus")).expect("removed");
        std::fs::rename(corpus.path("other"), corpus.path("corpus")).expect("renamed");
        corpus.0.commit("Another format");
        let before = corpus.findings(&[], &["error", "warning"]);
        corpus.good(&["id", "move", "MT012", "ME030"]);
        corpus.good(&[
            "id",
            "move",
            "PV059",
            "PV061",
            "--reason",
            "A \"reason\": one.",
        ]);
        corpus.good(&[
            "id",
            "retire",
            "PV012",
            "--replaced-by",
            "PV013",
            "--reason",
            "The same.",
        ]);
        assert_eq!(corpus.findings(&[], &["error", "warning"]), before);
        assert_eq!(
            corpus.findings(&["--base", "HEAD"], &["error", "warning"]),
            Vec::<String>::new()
        );
        let moved = corpus.read(&format!("corpus/means/ME030.004.{extension}"));
        assert!(
            moved.contains("ME030.005") && !moved.contains("MT012"),
            "{moved}"
        );
        let stone = corpus.read(&format!("corpus/preventions/PV059.{extension}"));
        assert!(
            stone.contains("PV061") && stone.contains("retired"),
            "{stone}"
        );
        corpus.is_canonical();
    }
}

/// Where one file cannot be written, none is.
#[test]
#[cfg(unix)]
fn all_or_nothing() {
    use std::os::unix::fs::PermissionsExt;
    let corpus = corpus!();
    let locked = corpus.path("corpus/motive/AR1.yaml");
    std::fs::set_permissions(&locked, PermissionsExt::from_mode(0o444)).expect("a mode");
    corpus.0.git(&["update-index", "--refresh"]);
    let ran = corpus.run(&["id", "move", "MT012", "MT030"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
    assert!(ran.err.contains("AR1.yaml"), "{}", ran.err);
    assert_eq!(corpus.0.git(&["status", "--short"]), "");
}
