//! `init`: a new corpus, which is clean and judged from its first change.

use std::fs;

use super::git::Repo;
use super::{Corpus, run_in};

#[test]
fn a_new_repository() {
    let Some(repo) = Repo::new() else { return };
    let corpus = Corpus(repo);
    let out = corpus.good(&["init", "--pin", &"0123456789".repeat(4)]);
    let written: Vec<&str> = out.lines().collect();
    for path in [
        "corpuslint.toml",
        ".github/workflows/corpus.yml",
        ".pre-commit-config.yaml",
        ".vscode/settings.json",
        "schema/itm/v2/section.schema.json",
        "corpus/motive/AR1.yaml",
    ] {
        assert!(written.contains(&path), "{path}: {out}");
    }
    for path in &written {
        assert!(corpus.path(path).is_file(), "{path}");
    }
    let status = corpus
        .0
        .git(&["status", "--short", "--untracked-files=all"]);
    assert_eq!(status.lines().count(), written.len(), "{status}");
    let entry = corpus.read("corpus/motive/AR1.yaml");
    assert!(entry.starts_with("# yaml-language-server: $schema=../../schema/itm/v2/article.schema.json\nid: AR1\ntitle: Motive\n"), "{entry}");
    let none: Vec<String> = Vec::new();
    assert_eq!(corpus.findings(&[], &["error", "warning", "note"]), none);
    corpus.0.commit("A corpus");
    // The whole way of a first change.
    corpus.good(&[
        "new",
        "section",
        "--folder",
        "motive",
        "--title",
        "Boredom",
        "--contributor",
        "Bo",
        "--set",
        "description=Nothing to do, for months on end.",
    ]);
    assert_eq!(
        corpus.findings(&["--base", "HEAD"], &["error", "warning"]),
        none
    );
    assert!(
        !corpus
            .read(".github/workflows/corpus.yml")
            .contains("COMMIT")
    );
    assert!(
        corpus
            .read(".pre-commit-config.yaml")
            .contains(&"0123456789".repeat(4))
    );
    let reason = corpus.refused(&["init"]);
    assert!(
        reason.contains("there already: ") && reason.contains("corpuslint.toml"),
        "{reason}"
    );
}

#[test]
fn what_is_there_stays() {
    let corpus = corpus!();
    corpus.0.write(".vscode/settings.json", "{}\n");
    corpus.0.commit("Settings");
    let reason = corpus.refused(&["init"]);
    assert!(
        reason.starts_with("there already: .vscode/settings.json; add --skip-existing"),
        "{reason}"
    );
    let out = corpus.good(&["init", "--skip-existing"]);
    // There are entries, so that none is made.
    assert!(
        !out.contains("settings.json") && !out.contains("AR"),
        "{out}"
    );
    assert_eq!(corpus.read(".vscode/settings.json"), "{}\n");
    assert_eq!(
        corpus.findings(&[], &["error", "warning"]),
        Vec::<String>::new()
    );
}

#[test]
fn a_folder_of_its_own_or_none() {
    let outer = tempfile::tempdir().expect("a folder");
    let run = |arguments: &[&str]| run_in(outer.path(), arguments, "");
    for arguments in [
        &["init", "new", "--dry-run"][..],
        &["init", "new", "--diff"],
    ] {
        let ran = run(arguments);
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(ran.out.contains("corpuslint.toml"));
        assert!(!outer.path().join("new").exists());
    }
    assert_eq!(run(&["init", "new"]).code, 0);
    assert!(outer.path().join("new/corpus/motive/AR1.yaml").is_file());
    fs::create_dir(outer.path().join("empty")).expect("a folder");
    // The folder itself is not exchanged: somebody stands in it.
    let inner = outer.path().join("empty");
    let before = fs::File::open(&inner).expect("a folder");
    let ran = run_in(&inner, &["init"], "");
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(
        ran.err.contains("next: ") && ran.err.contains("COMMIT"),
        "{}",
        ran.err
    );
    let same = |file: &fs::File| {
        use std::os::unix::fs::MetadataExt as _;
        file.metadata().expect("metadata").ino()
    };
    assert_eq!(
        same(&before),
        same(&fs::File::open(&inner).expect("a folder"))
    );
    assert_eq!(run_in(&inner, &["check"], "").code, 0);
    let ran = run(&["init", "other", "--pin", "main"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("40 hexadecimal digits"), "{}", ran.err);
}

/// The page shows the same workflow.
#[test]
fn the_workflow_is_that_of_the_page() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/ci.md")).expect("the page");
    for file in ["corpus.yml", "pre-commit-config.yaml"] {
        let text = fs::read_to_string(root.join("src/author/init").join(file)).expect("a file");
        assert!(page.contains(&format!("```yaml\n{text}```")), "{file}");
    }
}
