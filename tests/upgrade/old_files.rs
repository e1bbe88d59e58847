//! Files of version 1 are understood: checked in full, and read by every format.

use super::*;

/// What is found in one entry of version 1.
fn found(text: &str) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "corpus/means/ME024.yaml", text);
    let found = findings(folder.path(), &["--ignore", "expected-field,orphan"]);
    let path = "corpus/means/ME024.yaml ";
    let found = found.iter().map(|found| found.replace(path, ""));
    let mut found: Vec<String> = found.collect();
    found.sort();
    found
}

#[test]
fn what_stands_under_an_old_name_is_checked() {
    let head = "id: ME024\ntitle: Access\ndescription: Someone has access.\n";
    let of = |rest: &str| found(&format!("{head}{rest}"));
    let note = "outdated-format `text` is called `title` since format version 2".to_owned();
    let url = "references:\n  - text: A page\n    url: htps://e.org\n";
    assert_eq!(of(url).len(), 2, "{:?}", of(url));
    assert!(
        of(url)
            .iter()
            .any(|found| found.starts_with("url-malformed"))
    );
    let long = format!(
        "references:\n  - text: {}\n    url: https://e.org\n",
        "x".repeat(1001)
    );
    assert!(
        of(&long)
            .iter()
            .any(|found| found.starts_with("schema-length `text` ")),
        "{:?}",
        of(&long)
    );
    assert_eq!(
        of("references:\n  - text: 1\n    url: https://e.org\n"),
        [
            note.clone(),
            "schema-type `text` must be text, not the number `1`".to_owned()
        ]
    );
    assert_eq!(
        of("references:\n  - text: A page\n"),
        [
            note,
            "schema-required `url` is missing in this item of `references`".to_owned()
        ]
    );
    assert_eq!(
        of("references:\n  - url: https://e.org\n"),
        ["schema-required `title` is missing in this item of `references`"]
    );
    assert_eq!(
        of("references:\n  - {}\n"),
        [
            "schema-required `title` is missing in this item of `references`",
            "schema-required `url` is missing in this item of `references`"
        ]
    );
    // The old name is not offered for a misspelt one.
    let typo = of("references:\n  - texd: A page\n    url: https://e.org\n");
    assert!(
        typo.iter().all(|found| !found.contains("`text`")),
        "{typo:?}"
    );
    let mitre = of("mitre:\n  - ref: T107\n    name: Valid Accounts\n");
    assert!(
        mitre
            .iter()
            .any(|found| found.starts_with("schema-pattern `T107`")),
        "{mitre:?}"
    );
    let both = of("mitre: []\nattack: []\n");
    assert_eq!(
        both,
        [
            "outdated-format `mitre` is called `attack` since format version 2",
            "schema-other `attack` stands beside `mitre`, its old name; keep one of the two"
        ]
    );
}

/// A fix does what the command does, in the whole corpus.
#[test]
fn the_fix_is_the_upgrade() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    old_corpus(folder);
    let notes = findings(folder, &["--select", "outdated-format"]);
    assert_eq!(notes.len(), 59, "{notes:?}");
    well(folder, &["check", "--fix", "--select", "outdated-format"]);
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    assert_eq!(texts(&folder.join("corpus")), texts(&own));
    assert_eq!(findings(folder, &["--select", "outdated-format"]), [""; 0]);
}

/// Entries in a release have the publisher's names, which are no old ones.
#[test]
fn a_release_is_no_old_file() {
    let Some(release) = common::shared("data/itm/v1.11.json") else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let release = release.canonicalize().expect("a path");
    let release = release.to_str().expect("UTF-8");
    let found = findings(folder.path(), &[release, "--select", "outdated-format"]);
    assert_eq!(found, [""; 0]);
}

#[test]
fn every_format_reads_the_old_names_and_writes_the_new_ones() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    old_corpus(folder);
    std::fs::rename(folder.join("corpus"), folder.join("old")).expect("renamed");
    let migrate = |from: &str, to: &str, source: &str, target: &str| {
        well(
            folder,
            &[
                "migrate", "--verify", "--from", from, "--to", to, source, target,
            ],
        );
    };
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let own = own.to_str().expect("UTF-8");
    for (format, end) in [
        ("yaml", ""),
        ("json", ""),
        ("markdown", ""),
        ("jsonl", ".jsonl"),
        ("csv", ""),
        ("stix", ".stix"),
    ] {
        let (expected, found) = (
            format!("{format}-new{end}"),
            format!("{format}-from-old{end}"),
        );
        migrate("yaml", format, own, &expected);
        migrate("yaml", format, "old", &found);
        let (expected, found) = (folder.join(expected), folder.join(found));
        if end.is_empty() {
            assert_eq!(texts(&found), texts(&expected), "{format}");
        } else {
            let text = |path| std::fs::read_to_string(path).expect("text");
            assert_eq!(text(found), text(expected), "{format}");
        }
    }
    // Files of these formats that were written in version 1.
    for (format, end) in [
        ("jsonl", ".jsonl"),
        ("csv", ""),
        ("stix", ".stix"),
        ("json", ""),
    ] {
        let new = folder.join(format!("{format}-new{end}"));
        let old = format!("{format}-old{end}");
        older(&new, &folder.join(&old), format);
        let back = format!("{format}-back");
        migrate(format, "yaml", &old, &back);
        assert_eq!(
            texts(&folder.join(back)),
            texts(&folder.join("yaml-new")),
            "{format}"
        );
    }
}

/// Writes a file or folder of version 2 with the names of version 1.
fn older(from: &Path, to: &Path, format: &str) {
    if from.is_dir() {
        std::fs::create_dir_all(to).expect("a folder");
        for item in std::fs::read_dir(from).expect("a folder") {
            let path = item.expect("an item").path();
            older(&path, &to.join(path.file_name().expect("a name")), format);
        }
        return;
    }
    let text = std::fs::read_to_string(from).expect("text");
    let text = match format {
        "csv" => text
            .replace(",attack,", ",mitre,")
            .replace("]/title,", "]/text,"),
        "stix" => text.replace("\"attack\"", "\"mitre\""),
        _ => text
            .replace("\"attack\":", "\"mitre\":")
            .replace("{\"title\":", "{\"text\":")
            .replace("{\n      \"title\":", "{\n      \"text\":"),
    };
    std::fs::write(to, text).expect("a file");
}

/// The canonical form of an old file has its old names, in the places of the new ones.
#[test]
fn an_old_file_has_a_canonical_form() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    old_corpus(folder);
    well(folder, &["fmt", "--check"]);
    let path = "corpus/means/ME024.yaml";
    let odd = "description: A text.\nmitre: [{name: Valid Accounts, ref: T1078}]\nreferences: \
               [{url: https://e.org, text: A page}]\ntitle: Access\nid: ME024\n";
    write(folder, path, odd);
    well(folder, &["fmt", path]);
    let text = std::fs::read_to_string(folder.join(path)).expect("text");
    let form = "id: ME024\ntitle: Access\nreferences:\n  - text: A page\n    url: https://e.org\nmitre:\n  \
                - ref: T1078\n    name: Valid Accounts\ndescription: A text.\n";
    assert_eq!(text, form);
}
