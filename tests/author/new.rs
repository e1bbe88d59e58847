//! `new`

use super::{Corpus, today};

#[test]
fn an_entry_is_begun() {
    let corpus = corpus!();
    let out = corpus.good(&[
        "new",
        "subsection",
        "--parent",
        "MT012",
        "--title",
        "Deepfakes: Blackmail",
        "--contributor",
        "Ann Lee",
        "--contributor",
        "Bo",
        "--set",
        "preventions=PV013, PV059",
        "--set",
        "platforms=Windows",
    ]);
    assert_eq!(out, "corpus/motive/MT012.009.yaml\n");
    let today = today();
    let expected = format!(
        "id: MT012.009\ntitle: \"Deepfakes: Blackmail\"\ncreated: {today}\nupdated: {today}\ncontributors:\n  - Ann Lee\n  - Bo\nplatforms:\n  - Windows\npreventions:\n  - PV013\n  - PV059\ndescription: |\n  TBD: "
    );
    let text = corpus.read("corpus/motive/MT012.009.yaml");
    assert!(text.starts_with(&expected), "{text}");
    assert_eq!(
        corpus.findings(&["--base", "HEAD"], &["error"]),
        Vec::<String>::new()
    );
    let found = corpus.findings(&["--base", "HEAD"], &["warning"]);
    assert!(
        found.len() == 1 && found[0].contains("placeholder-text"),
        "{found:?}"
    );
    corpus.is_canonical();
}

#[test]
fn every_kind_can_be_begun() {
    let corpus = corpus!();
    let titles = [
        "Wandering",
        "Hoarding pens",
        "Night shifts",
        "Locked drawers",
        "Counting spoons",
    ];
    let kinds = [
        (
            &["article", "--folder", "motive"][..],
            "corpus/motive/AR6.yaml",
        ),
        (
            &["section", "--parent", "AR4"],
            "corpus/infringement/IF001.yaml",
        ),
        (
            &["subsection", "--parent", "PR030"],
            "corpus/preparation/PR030.001.yaml",
        ),
        (&["prevention"], "corpus/preventions/PV060.yaml"),
        (&["detection"], "corpus/detections/DT142.yaml"),
    ];
    for ((arguments, path), title) in kinds.into_iter().zip(titles) {
        let all = ["new", "--title", title, "--contributor", "The ITM Team"];
        let out = corpus.good(&[&all[..], arguments].concat());
        assert_eq!(out, format!("{path}\n"));
    }
    assert_eq!(
        corpus.findings(&["--base", "HEAD"], &["error"]),
        Vec::<String>::new()
    );
    corpus.is_canonical();
}

#[test]
fn nothing_is_written_on_trial() {
    let corpus = corpus!();
    let new = [
        "new",
        "prevention",
        "--title",
        "A new one",
        "--contributor",
        "Bo",
    ];
    let out = corpus.good(&[&new[..], &["--dry-run"]].concat());
    assert_eq!(out, "corpus/preventions/PV060.yaml\n");
    let patch = corpus.good(&[&new[..], &["--diff"]].concat());
    assert!(patch.contains("+title: A new one"), "{patch}");
    assert_eq!(corpus.0.git(&["status", "--short"]), "");
}

#[test]
fn what_is_missing_is_named() {
    let corpus = corpus!();
    for (arguments, part) in [
        (
            &["prevention", "--title", "", "--contributor", "B"][..],
            "the title is empty",
        ),
        (
            &["article", "--title", "T", "--folder", ".."],
            "`..` is none of the folders: motive, means",
        ),
        (
            &["prevention", "--title", "a\nb", "--contributor", "B"],
            "the title must be on one line",
        ),
        (
            &["prevention", "--title", "T", "--contributor", " "],
            "a contributor has no name",
        ),
        (
            &["section"],
            "--folder NAME (anti-forensics, infringement, means, motive, preparation), --title TEXT, --contributor NAME",
        ),
        (
            &["subsection", "--title", "T"],
            "--parent ID (of a section), --contributor NAME",
        ),
        (&["article", "--title", "T"], "--folder NAME (motive, means"),
        (
            &[
                "prevention",
                "--title",
                "T",
                "--contributor",
                "B",
                "--set",
                "platform=Windows",
            ],
            "there is no field `platform`; did you mean `platforms`?",
        ),
        (
            &[
                "prevention",
                "--title",
                "T",
                "--contributor",
                "B",
                "--set",
                "platforms=Window",
            ],
            "did you mean `Windows`?",
        ),
        (
            &[
                "prevention",
                "--title",
                "T",
                "--contributor",
                "B",
                "--set",
                "id=PV001",
            ],
            "`id` is not for a new entry to say",
        ),
        (
            &[
                "prevention",
                "--title",
                "T",
                "--contributor",
                "B",
                "--set",
                "status=retired",
            ],
            "`status` is not for a new entry to say",
        ),
        (
            &[
                "prevention",
                "--title",
                "T",
                "--contributor",
                "B",
                "--set",
                "title=x",
            ],
            "`title` is said with --title",
        ),
        (
            &[
                "section",
                "--title",
                "T",
                "--contributor",
                "B",
                "--folder",
                "motive",
                "--set",
                "preventions=DT046",
            ],
            "`DT046` is not the ID of a prevention",
        ),
        (
            &[
                "section",
                "--title",
                "T",
                "--contributor",
                "B",
                "--folder",
                "../x",
            ],
            "no section lies in the folder",
        ),
        (
            &[
                "prevention",
                "--title",
                "T",
                "--contributor",
                "B",
                "--folder",
                "motive",
            ],
            "motive",
        ),
    ] {
        let reason = corpus.refused(&[&["new"], arguments].concat());
        assert!(reason.contains(part), "{arguments:?}: {reason}");
    }
}

#[test]
fn what_is_there_already_is_shown() {
    let corpus = corpus!();
    for title in [
        "Emotional Vulnerability",
        "emotional  vulnerabilities",
        "Vulnerability, Emotional",
        "Emotional Vulnerabilty",
    ] {
        let new = [
            "new",
            "subsection",
            "--parent",
            "MT012",
            "--title",
            title,
            "--contributor",
            "Bo",
        ];
        let ran = corpus.run(&new);
        assert_eq!(
            (ran.code, ran.out.as_str()),
            (1, ""),
            "{title}: {}",
            ran.err
        );
        assert!(ran.err.contains("`MT012.004` (Emotional Vulnerability) is nearly the same: corpus/motive/MT012.004.yaml"), "{}", ran.err);
    }
    let text = corpus.read("corpus/preventions/PV059.yaml");
    let prose = text
        .split_once("description: |\n")
        .expect("prose")
        .1
        .replace("\n  ", "\n");
    let set = format!("description={}", prose.trim());
    let new = [
        "new",
        "prevention",
        "--title",
        "Quite another",
        "--contributor",
        "Bo",
        "--set",
        &set,
    ];
    let ran = corpus.run(&new);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.err.contains("`PV059`"), "{}", ran.err);
    let out = corpus.good(&[&new[..], &["--even-if-similar"]].concat());
    assert_eq!(out, "corpus/preventions/PV060.yaml\n");
}
