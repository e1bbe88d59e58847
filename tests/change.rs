//! The gate on pull requests: revisions, merges, the index, and what is printed when there is none.

mod common;
#[path = "common/git.rs"]
mod git;
#[path = "common/program.rs"]
mod program;

use std::path::Path;

use common::copy;
use git::Repo;
use program::{Ran, run_in};
use serde_json::Value;

/// A repository with this project's own corpus on `main`, in a folder below the top if one is given.
fn corpus(folder: &str) -> Option<Repo> {
    let repo = Repo::new()?;
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let top = repo.path(folder);
    for part in ["corpus", "schema"] {
        copy(&own.join(part), &top.join(part));
    }
    std::fs::copy(own.join("corpuslint.toml"), top.join("corpuslint.toml")).expect("a copy");
    repo.commit("The corpus");
    Some(repo)
}

fn run(repo: &Repo, arguments: &[&str]) -> Ran {
    run_in(&repo.path(""), arguments)
}

/// The exit code and the introduced errors, as `path: message`.
fn verdict(repo: &Repo, arguments: &[&str]) -> (i32, Vec<String>) {
    let mut all = vec!["check", "--output-format", "json"];
    all.extend(arguments);
    let ran = run(repo, &all);
    assert!(ran.code < 2, "{arguments:?}: {}", ran.err);
    let report: Value = serde_json::from_str(&ran.out).expect("JSON");
    let found = report["diagnostics"].as_array().expect("a list");
    let errors = found.iter().filter(|found| {
        found["severity"] == "error"
            && found["change"] != "pre-existing"
            && found["change"] != "fixed"
    });
    let line = |found: &Value| {
        let text = |field: &str| found[field].as_str().unwrap_or_default().to_owned();
        format!("{}: {}", text("path"), text("message"))
    };
    (ran.code, errors.map(line).collect())
}

/// A new prevention with a title and a text that no other has.
fn prevention(id: &str, title: &str) -> String {
    let text = format!(
        "About {title}: {title} keeps people from doing what {title} is there for, in every way."
    );
    format!(
        "id: {id}\ntitle: {title}\ncreated: 2025-03-01\nupdated: 2025-03-01\ncontributors:\n  - A Curator\ndescription: |\n  {text}\n"
    )
}

const NEXT: &str = "corpus/preventions/PV066.yaml";

#[test]
fn a_deletion_breaks_files_that_did_not_change() {
    let Some(repo) = corpus("") else { return };
    repo.git(&["checkout", "--quiet", "-b", "drop"]);
    repo.remove("corpus/preventions/PV055.yaml");
    repo.commit("Drop PV055");
    let (code, errors) = verdict(&repo, &["--base", "main"]);
    assert_eq!(code, 1);
    assert_eq!(errors.len(), 2, "{errors:?}");
    assert_eq!(
        errors[0],
        "corpus/preparation/PR030.yaml: `PV055` is not defined"
    );
    assert!(
        errors[1].starts_with("corpus/preventions/PV055.yaml: `PV055` ("),
        "{errors:?}"
    );
    // The maintainer can let the ID go, and the reference is still wrong.
    let waived = ["--base", "main", "--waive", "id-removed:PV055"];
    assert_eq!(verdict(&repo, &waived).1, errors[..1]);
    // A comment cannot.
    let comment = "# corpuslint: allow id-removed -- please\nid: PR030";
    let path = "corpus/preparation/PR030.yaml";
    let text = std::fs::read_to_string(repo.path(path)).expect("text");
    repo.write(path, text.replacen("id: PR030", comment, 1));
    let (_, errors) = verdict(&repo, &["--base", "main"]);
    assert_eq!(errors.len(), 2, "{errors:?}");
}

#[test]
fn two_branches_take_one_id() {
    let Some(repo) = corpus("") else { return };
    for (branch, title) in [("one", "Locked Cabinets"), ("two", "Visitor Badges")] {
        repo.git(&["checkout", "--quiet", "-b", branch, "main"]);
        repo.write(NEXT, prevention("PV066", title));
        repo.commit(title);
        // Each is green alone.
        assert_eq!(verdict(&repo, &["--base", "main"]), (0, vec![]));
        assert_eq!(verdict(&repo, &["--base", "main", "--merge"]), (0, vec![]));
    }
    repo.git(&["checkout", "--quiet", "main"]);
    repo.git(&["merge", "--quiet", "one"]);
    repo.git(&["checkout", "--quiet", "two"]);
    assert_eq!(verdict(&repo, &["--base", "main"]), (0, vec![]));
    let (code, errors) = verdict(&repo, &["--base", "main", "--merge"]);
    assert_eq!((code, errors.len()), (1, 1), "{errors:?}");
    assert!(errors[0].contains("`PV066` is taken") && errors[0].contains("`Locked Cabinets`"));
    // The same by commits alone, with the base checked out.
    repo.git(&["checkout", "--quiet", "main"]);
    let by_commit = verdict(&repo, &["--base", "main", "--head", "two", "--merge"]);
    assert_eq!(by_commit, (code, errors));
}

#[test]
fn two_branches_take_one_id_in_two_files() {
    let Some(repo) = corpus("") else { return };
    repo.git(&["checkout", "--quiet", "-b", "one"]);
    repo.write(NEXT, prevention("PV066", "Locked Cabinets"));
    repo.commit("one");
    repo.git(&["checkout", "--quiet", "-b", "two", "main"]);
    let text = prevention("PV066", "Visitor Badges");
    let fields = text.split("description").next().expect("fields");
    let page = format!(
        "---\n{fields}---\n\nVisitors wear a badge that shows where they may go and until when.\n"
    );
    repo.write("corpus/preventions/PV066.md", page);
    repo.commit("two");
    repo.git(&["checkout", "--quiet", "main"]);
    repo.git(&["merge", "--quiet", "one"]);
    let alone = verdict(&repo, &["--base", "main", "--head", "two"]);
    assert_eq!(alone, (0, vec![]));
    let (code, errors) = verdict(&repo, &["--base", "main", "--head", "two", "--merge"]);
    assert_eq!((code, errors.len()), (1, 1), "{errors:?}");
    assert!(errors[0].contains("PV066"), "{errors:?}");
}

#[test]
fn a_merge_breaks_what_both_sides_left_whole() {
    let Some(repo) = corpus("") else { return };
    repo.write(NEXT, prevention("PV066", "Locked Cabinets"));
    repo.commit("A control that nothing uses");
    // One branch retires by deletion, which its maintainer lets go; the other begins to use it.
    repo.git(&["checkout", "--quiet", "-b", "uses"]);
    let path = "corpus/preparation/PR030.yaml";
    let text = std::fs::read_to_string(repo.path(path)).expect("text");
    repo.write(
        path,
        text.replace("  - PV057\n", "  - PV057\n  - PV066\n")
            .replace("updated: 2025-08-15", "updated: 2026-01-01"),
    );
    repo.commit("Use it");
    assert_eq!(verdict(&repo, &["--base", "main"]), (0, vec![]));
    repo.git(&["checkout", "--quiet", "main"]);
    repo.remove(NEXT);
    repo.commit("Delete it");
    assert_eq!(
        verdict(&repo, &["--base", "main", "--head", "uses"]),
        (0, vec![])
    );
    let (code, errors) = verdict(&repo, &["--base", "main", "--head", "uses", "--merge"]);
    assert_eq!(code, 1);
    assert_eq!(
        errors,
        ["corpus/preparation/PR030.yaml: `PV066` is not defined"]
    );
}

#[test]
fn a_change_of_both_sides_is_a_conflict() {
    let Some(repo) = corpus("") else { return };
    let path = "corpus/preparation/PR030.yaml";
    let text = std::fs::read_to_string(repo.path(path)).expect("text");
    let retitled = |title: &str| text.replacen("title: Authorization Token Staging", title, 1);
    repo.git(&["checkout", "--quiet", "-b", "one"]);
    repo.write(
        path,
        retitled("title: Authorization Token Theft")
            .replace("updated: 2025-08-15", "updated: 2026-01-01"),
    );
    repo.commit("one");
    repo.git(&["checkout", "--quiet", "main"]);
    repo.write(
        path,
        retitled("title: Authorization Token Hoarding")
            .replace("updated: 2025-08-15", "updated: 2026-02-01"),
    );
    repo.commit("main");
    let (code, errors) = verdict(&repo, &["--base", "main", "--head", "one", "--merge"]);
    assert_eq!((code, errors.len()), (1, 1), "{errors:?}");
    assert!(errors[0].contains("cannot be merged"), "{errors:?}");
}

#[test]
fn a_pull_request_cannot_relax_its_own_check() {
    let Some(repo) = corpus("") else { return };
    repo.git(&["checkout", "--quiet", "-b", "sly"]);
    let path = "corpus/preparation/PR030.yaml";
    let text = std::fs::read_to_string(repo.path(path)).expect("text");
    repo.write(path, text.replace("PV023", "PV923"));
    let profile = std::fs::read_to_string(repo.path("corpuslint.toml")).expect("text");
    repo.write(
        "corpuslint.toml",
        format!("{profile}\n[rules]\ndangling-reference = \"off\"\n"),
    );
    repo.commit("Nothing to see");
    for head in [&["--head", "sly"][..], &[]] {
        let mut arguments = vec!["--base", "main"];
        arguments.extend(head);
        let (code, errors) = verdict(&repo, &arguments);
        assert_eq!(code, 1);
        assert!(
            errors
                .iter()
                .any(|line| line.contains("`PV923` is not defined")),
            "{errors:?}"
        );
        assert!(
            errors
                .iter()
                .any(|line| line.contains("goes from error to off")),
            "{errors:?}"
        );
    }
    // The profile goes away in the same change.
    repo.remove("corpuslint.toml");
    repo.commit("Away with it");
    let (code, errors) = verdict(&repo, &["--base", "main", "--merge"]);
    assert_eq!(code, 1);
    assert!(
        errors
            .iter()
            .any(|line| line.contains("`PV923` is not defined")),
        "{errors:?}"
    );
}

#[test]
fn an_id_is_never_given_again() {
    let Some(repo) = corpus("") else { return };
    repo.write(NEXT, prevention("PV066", "Locked Cabinets"));
    repo.commit("Add");
    repo.remove(NEXT);
    repo.commit("Delete, long ago");
    repo.git(&["checkout", "--quiet", "-b", "again"]);
    repo.write(NEXT, prevention("PV066", "Visitor Badges"));
    repo.commit("Take it again");
    let (code, errors) = verdict(&repo, &["--base", "main"]);
    assert_eq!((code, errors.len()), (1, 1), "{errors:?}");
    assert!(
        errors[0].contains("`PV066` was used before, last in "),
        "{errors:?}"
    );
}

#[test]
fn what_is_staged_or_changed() {
    let Some(repo) = corpus("") else { return };
    let path = "corpus/preparation/PR030.yaml";
    let text = std::fs::read_to_string(repo.path(path)).expect("text");
    assert_eq!(verdict(&repo, &["--changed"]), (0, vec![]));
    repo.write(path, text.replace("PV023", "PV923"));
    let broken = vec![format!(
        "{path}: `PV923` is not defined; did you mean `PV023` (Access Reviews)?"
    )];
    assert_eq!(verdict(&repo, &["--changed"]), (1, broken.clone()));
    assert_eq!(verdict(&repo, &["--staged"]), (0, vec![]));
    repo.git(&["add", "--all"]);
    // What is staged counts, whatever the working tree is by now.
    repo.write(path, &text);
    assert_eq!(verdict(&repo, &["--staged"]), (1, broken));
    assert_eq!(verdict(&repo, &["--changed"]), (0, vec![]));
    // A deletion is told by what it breaks elsewhere.
    repo.remove("corpus/preventions/PV055.yaml");
    let (code, errors) = verdict(&repo, &["--changed"]);
    assert_eq!((code, errors.len()), (1, 2), "{errors:?}");
}

#[test]
fn before_the_first_commit() {
    let Some(repo) = Repo::new() else { return };
    repo.write(
        "corpus/motive/MT005.yaml",
        "id: MT005\ntitle: Gain\ndescription: Someone wants money.\nx: 1\n",
    );
    repo.git(&["add", "--all"]);
    for flag in ["--staged", "--changed"] {
        let (code, errors) = verdict(&repo, &[flag]);
        assert_eq!(code, 1);
        assert!(
            errors.iter().any(|line| line.contains("`x` is not known")),
            "{errors:?}"
        );
    }
    let ran = run(&repo, &["check", "--base", "HEAD"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.contains("the branch `main` has no commit yet"),
        "{}",
        ran.err
    );
}

#[test]
fn a_corpus_below_the_top_of_its_repository() {
    let Some(repo) = corpus("docs/matrix") else {
        return;
    };
    repo.git(&["checkout", "--quiet", "-b", "drop"]);
    repo.remove("docs/matrix/corpus/preventions/PV055.yaml");
    repo.commit("Drop it");
    let ran = run_in(
        &repo.path("docs/matrix"),
        &["check", "--base", "main", "--output-format", "concise"],
    );
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(
        ran.out
            .contains("corpus/preparation/PR030.yaml:13:5: error[dangling-reference]"),
        "{}",
        ran.out
    );
    // A service that shows the repository needs paths from its top.
    let top = "docs/matrix/corpus/preparation/PR030.yaml";
    for format in ["github", "gitlab", "sarif", "rdjson"] {
        let arguments = ["check", "--base", "main", "--output-format", format];
        let ran = run_in(&repo.path("docs/matrix"), &arguments);
        assert!(ran.out.contains(top), "{format}: {}", ran.out);
    }
    // The same from the top, by the path.
    let ran = run(
        &repo,
        &[
            "check",
            "docs/matrix",
            "--base",
            "main",
            "--output-format",
            "concise",
        ],
    );
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(
        ran.out
            .contains("docs/matrix/corpus/preparation/PR030.yaml:13:5"),
        "{}",
        ran.out
    );
}

#[test]
fn what_cannot_be_compared_is_said_in_a_line() {
    let Some(repo) = corpus("") else { return };
    repo.write("main", "a file that is called like the branch");
    for (arguments, part) in [
        (&["--base", "mainn"][..], "did you mean `main`?"),
        (&["--base", "./nowhere"], "there is no such file or folder"),
        (&["--base", "main"], "both a path and a revision"),
        (
            &["--base", "corpus", "--merge"],
            "--merge needs a git revision",
        ),
        (&["--merge"], "--base"),
        (&["--waive", "id-removed:X"], "--base"),
        (
            &["--base", "HEAD", "--head", "HEAD", "--staged"],
            "cannot be used with",
        ),
        (
            &["--base", "HEAD", "--waive", "nonsense:X"],
            "there is no rule `nonsense`",
        ),
    ] {
        let mut all = vec!["check"];
        all.extend(arguments);
        let ran = run(&repo, &all);
        assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.out);
        assert!(ran.err.contains(part), "{arguments:?}: {}", ran.err);
        assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
    }
    let outside = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(outside.path().join("corpus")).expect("a folder");
    let ran = run_in(outside.path(), &["check", "--base", "main"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("is in no git repository"), "{}", ran.err);
}

#[test]
fn what_changed_between_two_states() {
    let Some(repo) = corpus("") else { return };
    let path = "corpus/preparation/PR030.yaml";
    let text = std::fs::read_to_string(repo.path(path)).expect("text");
    repo.write(
        path,
        text.replace(
            "title: Authorization Token Staging",
            "title: Token Hoarding",
        )
        .replace("  - PV023\n", ""),
    );
    repo.write(NEXT, prevention("PV066", "Locked Cabinets"));
    repo.commit("Change");
    let ran = run(
        &repo,
        &["diff", "HEAD~1", "HEAD", "--output-format", "json"],
    );
    assert_eq!(ran.code, 0, "{}", ran.err);
    let diff: Value = serde_json::from_str(&ran.out).expect("JSON");
    let entries = diff["entries"].as_array().expect("a list");
    assert_eq!(entries.len(), 2);
    let changed = &entries[0];
    assert_eq!(
        (changed["id"].as_str(), changed["change"].as_str()),
        (Some("PR030"), Some("changed"))
    );
    assert_eq!(changed["fields"][0]["name"], "title");
    assert_eq!(
        changed["fields"][0]["before"],
        "Authorization Token Staging"
    );
    assert_eq!(changed["fields"][0]["after"], "Token Hoarding");
    assert_eq!(changed["lost"], serde_json::json!(["PV023"]));
    assert_eq!(entries[1]["change"], "added");
    // Against the working tree, and the other way round.
    let ran = run(&repo, &["diff", "HEAD"]);
    assert!(
        ran.code == 0 && ran.out.contains("hold the same entries"),
        "{}",
        ran.out
    );
    let ran = run(
        &repo,
        &["diff", "HEAD", "HEAD~1", "--output-format", "json"],
    );
    assert!(ran.out.contains("\"removed\""), "{}", ran.out);
}
