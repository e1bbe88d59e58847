//! The command: what it writes, prints and refuses.

use super::*;

#[test]
fn a_corpus_goes_up_and_only_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    old_corpus(folder);
    let old = texts(folder);
    let ran = run(folder, &["upgrade", "--check"]);
    assert_eq!(ran.code, 1);
    assert_eq!(ran.out.lines().count(), 59, "{}", ran.out);
    assert!(
        ran.out.starts_with("corpus/anti-forensics/AR5.yaml\n"),
        "{}",
        ran.out
    );
    assert_eq!(
        ran.err,
        "note: 59 of 59 files would be brought to format version 2\n"
    );
    assert_eq!(texts(folder), old);
    let Ran {
        code, out: patch, ..
    } = run(folder, &["upgrade", "--diff"]);
    assert_eq!(code, 1);
    assert!(
        patch.contains("\n-  - text: ") && patch.contains("\n+  - title: "),
        "{patch}"
    );
    assert_eq!(texts(folder), old);
    let ran = run(folder, &["upgrade", "--diff", "--check"]);
    assert_eq!((ran.code, ran.out == patch), (1, true));
    let (_, said) = well(folder, &["upgrade"]);
    assert_eq!(said, "note: 59 of 59 files brought to format version 2\n");
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    assert_eq!(texts(&folder.join("corpus")), texts(&own));
    let (_, said) = well(folder, &["upgrade", "--check"]);
    assert_eq!(said, "note: 59 files are in format version 2 already\n");
    well(folder, &["upgrade"]);
    assert_eq!(texts(&folder.join("corpus")), texts(&own));
    // The other way.
    let ran = run(folder, &["upgrade", "--to", "1", "--check"]);
    assert_eq!(ran.code, 1);
    well(folder, &["upgrade", "--to", "1"]);
    assert_eq!(texts(folder), old);
}

/// A patch that `git apply` takes gives what the command writes.
#[test]
fn the_patch_is_one_for_git() {
    let Some(repo) = git::Repo::new() else {
        return;
    };
    old_corpus(&repo.path(""));
    let patch = run(&repo.path(""), &["upgrade", "--diff"]).out;
    repo.write("p.patch", patch);
    repo.git(&["apply", "p.patch"]);
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    assert_eq!(texts(&repo.path("corpus")), texts(&own));
}

#[test]
fn only_what_is_asked_for_goes_up() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    own_profile(folder, "v2");
    old_corpus(folder);
    let mut old = texts(folder);
    let (_, said) = well(folder, &["upgrade", "corpus/preparation/PR030.yaml"]);
    assert_eq!(said, "note: 1 of 1 file brought to format version 2\n");
    let new = texts(folder);
    let changed = old.iter().filter(|(path, text)| new[*path] != **text);
    assert_eq!(changed.count(), 1);
    well(folder, &["upgrade", "corpus/means", "corpus/motive"]);
    let next = texts(folder);
    old = new;
    for (path, text) in &old {
        let is_asked = path.contains("/means/") || path.contains("/motive/");
        assert_eq!(next[path] != *text, is_asked, "{path}");
    }
}

/// One file that cannot go up keeps all others where they are.
#[test]
fn all_or_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    for (text, place, reason) in [
        (
            "id: ME024\ntitle: A\nattack: []\nmitre: []\n",
            "4:1",
            "both are here",
        ),
        (
            "id: ME024\nmitre: [\n",
            "2:8",
            "it cannot be read from here on",
        ),
        (
            "id: ME024\nreferences: [&x {text: a}, *x]\n",
            "2:18",
            "an alias repeats",
        ),
        ("id: \u{0}\n", "1:5", "cannot be read"),
    ] {
        old_corpus(folder);
        write(folder, "corpus/means/ME024.yaml", text);
        let old = texts(folder);
        for more in [&[][..], &["--check"], &["--diff"]] {
            let ran = run(folder, &[&["upgrade"], more].concat());
            let start = format!("error: corpus/means/ME024.yaml:{place}: ");
            assert!(ran.err.starts_with(&start), "{}", ran.err);
            assert!(ran.err.contains(reason), "{}", ran.err);
            assert!(ran.err.ends_with("; nothing was changed\n"), "{}", ran.err);
            assert_eq!((ran.code, ran.err.lines().count()), (2, 1), "{}", ran.err);
            assert_eq!(ran.out, "");
            assert_eq!(texts(folder), old);
        }
        // What is not asked for is in nobody's way.
        well(folder, &["upgrade", "corpus/motive"]);
        std::fs::remove_dir_all(folder.join("corpus")).expect("removed");
    }
    old_corpus(folder);
    for name in ["ME024", "ME025", "ME026"] {
        write(folder, &format!("corpus/means/{name}.yaml"), "a: [");
    }
    let ran = run(folder, &["upgrade"]);
    assert!(ran.err.contains("(and 2 other files)"), "{}", ran.err);
    write(
        folder,
        "corpus/means/ME024.yaml",
        b"id: ME024\ntitle: \xff\n",
    );
    let ran = run(folder, &["upgrade"]);
    assert!(ran.err.contains("it is not text in UTF-8"), "{}", ran.err);
}

#[test]
fn versions_that_nobody_knows() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    old_corpus(folder);
    for version in ["0", "3", "4294967295"] {
        let ran = run(folder, &["upgrade", "--to", version]);
        let expected = format!(
            "error: there is no format version {version}: the schemas of this corpus know versions 1 and 2\n"
        );
        assert_eq!((ran.code, ran.err), (2, expected));
    }
    for version in ["-1", "two", "4294967296", ""] {
        let ran = run(folder, &["upgrade", "--to", version]);
        assert_eq!((ran.code, ran.err.lines().count()), (2, 1), "{}", ran.err);
    }
    let ran = run(folder, &["upgrade", "-"]);
    assert_eq!(ran.code, 2);
    let ran = run(folder, &["upgrade", "nowhere"]);
    assert_eq!(ran.code, 2);
}

/// A corpus whose own schemas know no other version.
#[test]
fn a_corpus_by_the_schemas_of_version_1() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    old_corpus(folder);
    own_profile(folder, "v1");
    let expected = ["expected-field", "title-duplicate", "orphan"];
    for found in findings(folder, &[]) {
        assert!(
            expected.iter().any(|rule| found.starts_with(rule)),
            "{found}"
        );
    }
    let (_, said) = well(folder, &["upgrade"]);
    assert_eq!(said, "note: 59 files are in format version 1 already\n");
    let ran = run(folder, &["upgrade", "--to", "2"]);
    assert!(ran.err.contains("know version 1 only"), "{}", ran.err);
}
