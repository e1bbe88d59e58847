//! What was kept from earlier runs changes how long a run takes, and never what it says.

#[path = "common/git.rs"]
mod git;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use corpuslint::cache::{Store, narrow};
use corpuslint::diagnostic::Diagnostic;
use corpuslint::lint::{Gate, Options, Snapshot, compare};
use corpuslint::snapshot::Workspace;
use corpuslint::snapshot::git::{Commit, Repository};
use git::Repo;

fn options() -> Options {
    Options {
        select: Vec::new(),
        ignore: Vec::new(),
        today: jiff::civil::date(2026, 1, 2),
        whole_corpus: true,
        cache: None,
    }
}

/// A repository whose branch `topic` edits, removes, adds and renames entries of `main`.
fn repository() -> Option<Repo> {
    let repo = Repo::new()?;
    for number in 1..=30 {
        let uses = format!("[PV{:03}, PV{:03}]", number % 7 + 1, number % 5 + 1);
        let text = format!(
            "id: MT{number:03}\ntitle: Motive {number}\ncreated: 2025-01-01\nupdated: 2025-01-{:02}\npreventions: {uses}\ndescription: |\n  Like MT{:03}, with more words than twelve so that number {number} has a sketch.\n",
            number % 28 + 1,
            number % 30 + 1,
        );
        repo.write(&format!("corpus/motive/MT{number:03}.yaml"), text);
    }
    for number in 1..=7 {
        let text = format!("id: PV{number:03}\ntitle: 'Prevention {number}'\n");
        repo.write(&format!("corpus/preventions/PV{number:03}.yaml"), text);
    }
    repo.write("corpus/motive/MT031.yaml", "id: MT031\ntitle: [\n");
    repo.write("corpus/motive/MT032.yaml", "id: MT001\ntitle: Twice\n");
    repo.commit("base");
    repo.git(&["switch", "--quiet", "-c", "topic"]);
    repo.remove("corpus/preventions/PV003.yaml");
    repo.remove("corpus/motive/MT031.yaml");
    repo.write(
        "corpus/motive/MT002.yaml",
        "id: MT002\ntitle: Other words\ncreated: 2024-01-01\n",
    );
    repo.write(
        "corpus/motive/MT033.yaml",
        "id: MT033\ntitle: Motive 4\npreventions: [PV099]\n",
    );
    repo.write(
        "corpus/motive/MT034.yaml",
        "id: MT034\ncreated: 2026-05-05\n",
    );
    repo.git(&["mv", "corpus/motive/MT010.yaml", "corpus/motive/MT040.yaml"]);
    repo.commit("topic");
    Some(repo)
}

struct Case {
    repository: Arc<Repository>,
    workspace: Workspace,
    base: Commit,
    head: Commit,
}

impl Case {
    fn new(repo: &Repo) -> Self {
        let repository = Repository::around(&repo.path("")).expect("a repository");
        let base = repository.resolve("main").expect("a base");
        let head = repository.resolve("topic").expect("a head");
        let workspace = Workspace::at(&repository, base.tree, "main", "").expect("a workspace");
        Self {
            repository,
            workspace,
            base,
            head,
        }
    }

    /// All files of both sides, without anything kept.
    fn plain(&self) -> Vec<Diagnostic> {
        let files = |commit: &Commit| {
            let files = self.repository.files(commit.tree, &self.workspace);
            files.expect("files")
        };
        let (base, head) = (files(&self.base), files(&self.head));
        let side = |files, name| Snapshot {
            workspace: &self.workspace,
            files,
            name,
            tree: None,
            known: None,
        };
        let none = AtomicUsize::new(0);
        let report = compare(
            side(&base, "base"),
            side(&head, "head"),
            &Gate::default(),
            &options(),
            &none,
        );
        report.expect("a report").diagnostics
    }

    /// With what is kept; says also how many files mattered.
    fn kept(&self) -> (Vec<Diagnostic>, usize) {
        let store = Store::of(&self.repository, &self.workspace, &options()).expect("a store");
        let found = self.narrow(Some(&store));
        store.save();
        found
    }

    /// The same, with what is kept in a store, or without any.
    fn narrow(&self, store: Option<&Store>) -> (Vec<Diagnostic>, usize) {
        let (workspace, none) = (&self.workspace, AtomicUsize::new(0));
        let trees = [self.base.tree, self.head.tree];
        let narrow = narrow(store, &self.repository, trees, workspace, &options(), &none)
            .expect("files")
            .expect("plain names");
        let side = |files, known, name| Snapshot {
            workspace: &self.workspace,
            files,
            name,
            tree: None,
            known: Some(known),
        };
        let report = compare(
            side(&narrow.base_files, &narrow.base, "base"),
            side(&narrow.head_files, &narrow.head, "head"),
            &Gate::default(),
            &options(),
            &none,
        );
        let files = narrow.base_files.len() + narrow.head_files.len();
        (report.expect("a report").diagnostics, files)
    }
}

fn stored(repo: &Repo) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(repo.path(".git/corpuslint"))
        .map(|items| items.map(|item| item.expect("an item").path()).collect())
        .unwrap_or_default();
    paths.sort();
    paths
}

#[test]
fn cold_or_warm_a_report_is_the_same() {
    let Some(repo) = repository() else { return };
    let case = Case::new(&repo);
    let plain = case.plain();
    assert!(plain.len() > 20, "{}", plain.len());
    let (cold, files) = case.kept();
    assert_eq!(cold, plain);
    assert!(files < 60, "only what matters: {files}");
    let first = stored(&repo);
    assert_eq!(first.len(), 4, "{first:?}");
    assert_eq!(case.kept().0, plain);
    assert_eq!(stored(&repo), first, "nothing new, nothing written");
    // A tree that is new, whose files are mostly known.
    for path in first
        .iter()
        .filter(|path| path.to_string_lossy().ends_with(".tree"))
    {
        fs::remove_file(path).expect("removed");
        assert_eq!(case.kept().0, plain);
    }
}

/// One thing that people do to entries, chosen by a number.
fn change(repo: &Repo, number: u64) {
    let at = number / 8 % 30 + 1;
    let path = format!("corpus/motive/MT{at:03}.yaml");
    let twin = format!("corpus/motive/MT{:03}.yaml", at % 30 + 1);
    let Ok(text) = fs::read_to_string(repo.path(&path)) else {
        repo.write(&path, format!("id: MT{at:03}\ntitle: Back again\n"));
        return;
    };
    match number % 8 {
        0 => repo.remove(&path),
        1 => repo.write(&path, text.replace("Motive", "Motive  of")),
        2 => repo.write(&path, format!("# one line more\n{text}")),
        3 => repo.write(&path, text.replace("PV001", "PV999")),
        4 => repo.write(&twin, text),
        5 => repo.write(&path, "id: [\n"),
        6 => repo.write(&path, text + "contributors: [Ann Example, Anne Example]\n"),
        _ => {
            repo.write(&format!("corpus/preventions/PV{at:03}.yaml"), text);
            repo.write(&format!("corpus/motive/MT{at:03}/inner.yaml"), "x: 1\n");
        }
    }
}

/// From nothing kept, and from what is kept of the base alone, over changes of all sorts.
#[test]
fn a_head_made_from_its_base_is_the_head() {
    let Some(repo) = repository() else { return };
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    let mut reports = BTreeSet::new();
    for _ in 0..16 {
        for _ in 0..4 {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            change(&repo, random >> 5);
        }
        repo.commit("more");
        let case = Case::new(&repo);
        let plain = case.plain();
        assert_eq!(case.kept().0, plain, "only the base is known");
        assert_eq!(case.kept().0, plain, "both are known");
        fs::remove_dir_all(repo.path(".git/corpuslint")).expect("removed");
        assert_eq!(case.kept().0, plain, "neither is known");
        reports.insert(format!("{plain:?}"));
    }
    assert_eq!(reports.len(), 16);
}

/// A finding at the same bytes with the same words, on another line.
#[test]
fn a_line_is_that_of_its_own_tree() {
    let Some(repo) = repository() else { return };
    let path = "corpus/motive/MT050.yaml";
    let text = "id: MT050\ntitle: Fifty\npreventions: [PV777]\n";
    for (branch, start) in [("main", "#ab\n"), ("topic", "#\n#\n")] {
        repo.git(&["switch", "--quiet", branch]);
        repo.write(path, format!("{start}{text}"));
        repo.commit("fifty");
    }
    let case = Case::new(&repo);
    let plain = case.plain();
    let lines: BTreeSet<u32> = plain
        .iter()
        .filter(|found| found.rule == "dangling-reference" && &*found.location.path == path)
        .map(|found| found.location.start.line)
        .collect();
    assert!(lines.contains(&5), "{lines:?}");
    assert_eq!(case.kept().0, plain);
}

#[test]
fn without_a_store_a_report_is_the_same_and_nothing_is_kept() {
    let Some(repo) = repository() else { return };
    let case = Case::new(&repo);
    let plain = case.plain();
    let (found, files) = case.narrow(None);
    assert_eq!(found, plain);
    assert!(files < 60, "{files} files are all of them");
    assert!(stored(&repo).is_empty());
}

#[test]
fn what_is_broken_is_made_again() {
    let Some(repo) = repository() else { return };
    let case = Case::new(&repo);
    let plain = case.plain();
    case.kept();
    for path in stored(&repo) {
        let good = fs::read(&path).expect("bytes");
        for at in [
            0,
            15,
            30,
            60,
            good.len() / 3,
            good.len() / 2,
            good.len() - 1,
        ] {
            let mut bad = good.clone();
            bad[at] ^= 0x55;
            fs::write(&path, &bad).expect("written");
            assert_eq!(case.kept().0, plain, "{} at {at}", path.display());
            fs::write(&path, &good[..at]).expect("written");
            assert_eq!(case.kept().0, plain, "{} cut at {at}", path.display());
        }
        fs::write(&path, good).expect("written");
    }
    fs::remove_dir_all(repo.path(".git/corpuslint")).expect("removed");
    assert_eq!(case.kept().0, plain);
}

#[test]
fn where_nothing_can_be_written_nothing_is_kept() {
    let Some(repo) = repository() else { return };
    let case = Case::new(&repo);
    fs::write(repo.path(".git/corpuslint"), "a file in the way").expect("written");
    assert_eq!(case.kept().0, case.plain());
    #[cfg(unix)]
    {
        fs::remove_file(repo.path(".git/corpuslint")).expect("removed");
        let elsewhere = repo.beside("elsewhere");
        fs::create_dir(&elsewhere).expect("a folder");
        std::os::unix::fs::symlink(&elsewhere, repo.path(".git/corpuslint")).expect("a link");
        assert_eq!(case.kept().0, case.plain());
        let written = fs::read_dir(&elsewhere).expect("a folder").count();
        assert_eq!(written, 0, "nothing is written through a link");
    }
}

#[test]
fn runs_at_the_same_time_do_not_disturb_one_another() {
    let Some(repo) = repository() else { return };
    let plain = Case::new(&repo).plain();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..4 {
                    assert_eq!(Case::new(&repo).kept().0, plain);
                    for path in stored(&repo).iter().step_by(2) {
                        let _ = fs::remove_file(path);
                    }
                }
            });
        }
    });
}

#[test]
fn one_profile_in_two_folders_is_two_corpora() {
    let Some(repo) = Repo::new() else { return };
    let profile = "version = 1\n[kind.a]\nfiles = ['*.yaml']\nschema = 'a.json'\n";
    for (folder, text) in [("one", "a: 1\n"), ("two", "a: [\n")] {
        repo.write(&format!("{folder}/corpuslint.toml"), profile);
        repo.write(&format!("{folder}/a.json"), "{}");
        repo.write(&format!("{folder}/A1.yaml"), text);
    }
    repo.commit("base");
    repo.git(&["branch", "topic"]);
    let mut counts = Vec::new();
    for _ in 0..2 {
        for folder in ["one", "two"] {
            let mut case = Case::new(&repo);
            case.workspace = Workspace::at(&case.repository, case.base.tree, "main", folder)
                .expect("a workspace");
            let kept = case.kept().0;
            assert_eq!(kept, case.plain());
            counts.push(kept.len());
        }
    }
    assert_eq!(counts[..2], counts[2..]);
    assert_ne!(counts[0], counts[1]);
}
