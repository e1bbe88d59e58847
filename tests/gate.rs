//! Snapshots from git: what a revision, an index and a working tree are as a corpus, what each
//! mistake is told, and that nothing of a stranger's repository is ever run.

#[path = "common/git.rs"]
mod git;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use corpuslint::snapshot::git::{Commit, Merge, Repository};
use corpuslint::snapshot::{Finder, SourceFile, Unread, Workspace};
use git::Repo;

const ENTRY: &str = "id: MT001\ntitle: One\n";

fn open(repo: &Repo) -> Arc<Repository> {
    Repository::around(&repo.path("")).expect("a repository")
}

/// What `resolve` says about an expression that names no commit.
fn refusal(repo: &Repo, spec: &str) -> String {
    let error = open(repo).resolve(spec).expect_err(spec);
    assert!(!error.0.contains('\n'), "one line: {error}");
    error.0
}

fn files(repository: &Arc<Repository>, commit: &Commit) -> Vec<SourceFile> {
    let workspace = Workspace::at(repository, commit.tree, "main", "").expect("a workspace");
    repository.files(commit.tree, &workspace).expect("files")
}

/// Paths, each with the reason why it is no entry.
fn listed(files: &[SourceFile]) -> Vec<(&str, Option<&str>)> {
    files
        .iter()
        .map(|file| (file.path.as_ref(), file.stray.as_deref()))
        .collect()
}

fn text(files: &[SourceFile], path: &str) -> String {
    let file = files.iter().find(|file| file.path.as_ref() == path);
    let bytes = file.expect(path).read(1000).expect("read");
    String::from_utf8(bytes).expect("text")
}

macro_rules! repo {
    () => {
        match Repo::new() {
            Some(repo) => repo,
            None => return,
        }
    };
}

#[test]
fn a_revision_is_read_without_a_checkout() {
    let repo = repo!();
    repo.write("corpus/motive/MT001.yaml", ENTRY);
    repo.write("corpus/notes.txt", "no entry");
    repo.write("README.md", "beside the corpus");
    repo.commit("one");
    repo.write("corpus/motive/MT001.yaml", "changed");
    repo.write("corpus/motive/MT002.md", "new");
    let repository = open(&repo);
    let head = repository.resolve("HEAD").expect("a commit");
    assert_eq!(
        (head.summary.as_str(), head.date.as_str()),
        ("one", "2025-03-01")
    );
    let found = files(&repository, &head);
    assert_eq!(listed(&found), [("corpus/motive/MT001.yaml", None)]);
    assert_eq!(text(&found, "corpus/motive/MT001.yaml"), ENTRY);
    assert!(found[0].kind.is_some());
    match found[0].read(5) {
        Err(Unread::TooLarge {
            bytes: 21,
            limit: 5,
        }) => {}
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_revision_has_the_files_that_a_checkout_has() {
    let repo = repo!();
    for name in [
        "corpus/motive/MT001.yaml",
        "corpus/motive/mt001.yaml",
        "corpus/.hidden/MT002.json",
        "corpus/motive/MT003",
        "corpus/motive/MT004.yaml/MT005.yaml",
        "corpus/new\nline.yaml",
        "corpus/esc\u{1b}[31m.md",
        "corpus/-rf.yaml",
        "corpus/..yaml",
        "corpus/%0A::error::x.yaml",
        "corpus/\u{202e}lmay.yaml",
    ] {
        repo.write(name, ENTRY);
    }
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        use std::os::unix::fs::symlink;
        let name = std::ffi::OsStr::from_bytes(b"corpus/latin\xe9.yaml");
        fs::write(repo.path("").join(name), ENTRY).expect("a file");
        repo.write("other/MT009.yaml", ENTRY);
        symlink("motive/MT001.yaml", repo.path("corpus/MT010.yaml")).expect("a link");
        symlink("motive", repo.path("corpus/inside")).expect("a link");
        symlink("../other", repo.path("corpus/outside")).expect("a link");
        symlink("nowhere", repo.path("corpus/broken.yaml")).expect("a link");
        symlink("nowhere", repo.path("corpus/broken.txt")).expect("a link");
        symlink("/", repo.path("corpus/root")).expect("a link");
    }
    repo.commit("odd names");
    let repository = open(&repo);
    let head = repository.head().expect("a commit");
    let from_git = files(&repository, &head);
    let workspace = Workspace::around(&repo.path("")).expect("a workspace");
    let root = workspace.root();
    let on_disk = Finder::new(&workspace, root.clone())
        .walk(&root)
        .expect("files");
    assert_eq!(listed(&from_git), listed(&on_disk));
    assert!(from_git.len() > 10);
    let kinds = |files: &[SourceFile]| files.iter().map(|file| file.kind).collect::<Vec<_>>();
    assert_eq!(kinds(&from_git), kinds(&on_disk));
    for (a, b) in from_git.iter().zip(&on_disk) {
        let (a, b) = (a.read(1000).ok(), b.read(1000).ok());
        assert_eq!(a, b);
    }
}

#[test]
fn names_that_no_checkout_makes_are_stray_files() {
    let repo = repo!();
    repo.write("blob", ENTRY);
    let blob = repo.git(&["hash-object", "-w", "blob"]);
    let tree = |lines: &[u8]| {
        fs::write(repo.beside("tree"), lines).expect("a file");
        let path = repo.beside("tree").display().to_string();
        repo.git(&["hash-object", "-w", "-t", "tree", "--literally", &path])
    };
    let raw: Vec<u8> = (0..40)
        .step_by(2)
        .map(|at| u8::from_str_radix(&blob[at..at + 2], 16).expect("digits"))
        .collect();
    let mut lines = Vec::new();
    for name in ["..", ".git", "MT001.yaml", "a/MT002.yaml"] {
        lines.extend(format!("100644 {name}\0").bytes());
        lines.extend(&raw);
    }
    let inner = tree(&lines);
    let top = repo.git_with_input(&["mktree"], &format!("040000 tree {inner}\tcorpus\n"));
    let commit = repo.git(&["commit-tree", &top, "-m", "crafted"]);
    let repository = open(&repo);
    let head = repository.resolve(&commit).expect("a commit");
    let no = Some("git checks out no file of this name");
    assert_eq!(
        listed(&files(&repository, &head)),
        [
            ("corpus/..", no),
            ("corpus/.git", no),
            ("corpus/MT001.yaml", None),
            ("corpus/a/MT002.yaml", no),
        ]
    );
    // A folder that is broken off in the middle.
    let broken = tree(&lines[..lines.len() - 5]);
    let top = repo.git_with_input(&["mktree"], &format!("040000 tree {broken}\tcorpus\n"));
    let commit = repo.git(&["commit-tree", &top, "-m", "broken"]);
    let head = repository.resolve(&commit).expect("a commit");
    let workspace = Workspace::at(&repository, head.tree, "x", "").expect("a workspace");
    let error = repository.files(head.tree, &workspace).expect_err("broken");
    assert!(error.0.contains("git fsck"), "{error}");
}

#[test]
fn a_tree_that_unfolds_without_end_is_refused() {
    let repo = repo!();
    repo.write("blob", ENTRY);
    let blob = repo.git(&["hash-object", "-w", "blob"]);
    let mut line = format!("100644 blob {blob}\tMT001.yaml\n");
    for _ in 0..8 {
        let lines: String = (0..10)
            .map(|at| {
                line.replace("\tMT001.yaml", &format!("\t{at}.yaml"))
                    .replace("\td", &format!("\td{at}"))
            })
            .collect();
        let tree = repo.git_with_input(&["mktree"], &lines);
        line = format!("040000 tree {tree}\td\n");
    }
    let top = repo.git_with_input(&["mktree"], &line.replace("\td", "\tcorpus"));
    let commit = repo.git(&["commit-tree", &top, "-m", "bomb"]);
    let repository = open(&repo);
    let head = repository.resolve(&commit).expect("a commit");
    let workspace = Workspace::at(&repository, head.tree, "x", "").expect("a workspace");
    let error = repository.files(head.tree, &workspace).expect_err("a bomb");
    assert!(error.0.contains("more than 1000000 files"), "{error}");
}

#[test]
fn no_repository() {
    let folder = tempfile::tempdir().expect("a folder");
    let error = Repository::around(folder.path()).err().expect("none");
    assert!(
        error
            .0
            .contains("is in no git repository; run inside of a clone"),
        "{error}"
    );
    let error = Repository::around(&folder.path().join("gone"))
        .err()
        .expect("none");
    assert!(error.0.contains("there is no such folder"), "{error}");
}

#[test]
fn what_names_no_commit() {
    let repo = repo!();
    repo.write("corpus/motive/MT001.yaml", ENTRY);
    repo.commit("one");
    repo.git(&["branch", "release-notes"]);
    repo.git(&["tag", "-a", "v1", "-m", "tag of a commit"]);
    repo.git(&["tag", "-a", "files", "-m", "tag of a tree", "HEAD^{tree}"]);
    assert_eq!(open(&repo).resolve("v1").expect("a tag").summary, "one");
    for (spec, part) in [
        ("", "it is empty"),
        ("--output=x", "begins with `-`"),
        ("a\u{1b}[31mb", "has a control character"),
        ("main\nmain", "has a control character"),
        ("release-note", "did you mean `release-notes`?"),
        (
            "main~5",
            "`main` exists, but the history has no such ancestor",
        ),
        ("main..v1", "is a range"),
        ("HEAD^{tree}", "names a folder of files (a tree)"),
        ("files", "names a folder of files (a tree)"),
        ("HEAD:corpus/motive/MT001.yaml", "names a file"),
        ("no-such", "there is no revision `no-such` here"),
        (
            "0123456789abcdef0123456789abcdef01234567",
            "there is no revision",
        ),
        ("a b", "`a b`"),
        ("^{/(", "^{/("),
        ("@{", "@{"),
        (&"x".repeat(2000), "it is too long"),
    ] {
        let error = refusal(&repo, spec);
        assert!(error.contains(part), "{spec}: {error}");
    }
}

#[test]
fn a_branch_without_a_commit() {
    let repo = repo!();
    for spec in ["HEAD", "HEAD~1", "main", "@"] {
        let error = refusal(&repo, spec);
        assert!(
            error.contains("the branch `main` has no commit yet"),
            "{error}"
        );
    }
    // What is staged is there all the same.
    repo.write("corpus/motive/MT001.yaml", ENTRY);
    repo.git(&["add", "--all"]);
    let repository = open(&repo);
    let tree = repository.index_tree().expect("a tree");
    let workspace = Workspace::at(&repository, tree, "index", "").expect("a workspace");
    let found = repository.files(tree, &workspace).expect("files");
    assert_eq!(listed(&found), [("corpus/motive/MT001.yaml", None)]);
}

#[test]
fn a_clone_knows_the_branches_of_its_origin() {
    let repo = repo!();
    repo.commit("one");
    repo.git(&["branch", "feature"]);
    repo.git(&["clone", "--quiet", ".", "../clone"]);
    let clone = Repository::around(&repo.beside("clone")).expect("a clone");
    let error = clone
        .resolve("feature")
        .expect_err("only the origin has it")
        .0;
    assert!(error.contains("did you mean `origin/feature`?"), "{error}");
    let error = clone.resolve("origin/other").expect_err("nobody has it").0;
    assert!(error.contains("git fetch origin other"), "{error}");
    let error = clone.resolve("x;touch y").expect_err("nobody has it").0;
    assert!(!error.contains("git fetch"), "{error}");
}

#[test]
fn a_shallow_clone() {
    let repo = repo!();
    repo.commit("one");
    repo.git(&["branch", "topic"]);
    repo.commit("two");
    repo.git(&["switch", "--quiet", "topic"]);
    repo.commit("three");
    let url = format!("file://{}", repo.path("").display());
    repo.git(&[
        "clone",
        "--quiet",
        "--depth=1",
        "--no-single-branch",
        &url,
        "../clone",
    ]);
    let clone = Repository::around(&repo.beside("clone")).expect("a clone");
    assert!(clone.is_shallow());
    let base = clone.resolve("origin/main").expect("a tip");
    let head = clone.head().expect("a tip");
    for error in [
        clone.merge_base(&base, &head).expect_err("cut off").0,
        clone.resolve("HEAD~1").expect_err("cut off").0,
        clone.merge(&base, &head).expect_err("cut off").0,
    ] {
        assert!(error.contains("this clone is shallow"), "{error}");
        assert!(error.contains("fetch-depth: 0"), "{error}");
    }
    let workspace = Workspace::at(&clone, head.tree, "HEAD", "").expect("a workspace");
    assert!(clone.ids_ever_used(&head, &workspace).is_ok());
    assert_eq!(clone.log("HEAD").expect("what is there").len(), 1);
}

#[test]
fn histories_that_never_met() {
    let repo = repo!();
    repo.commit("one");
    repo.git(&["switch", "--quiet", "--orphan", "other"]);
    repo.commit("two");
    let repository = open(&repo);
    let base = repository.resolve("main").expect("a commit");
    let head = repository.resolve("other").expect("a commit");
    let error = repository.merge_base(&base, &head).expect_err("none").0;
    assert!(error.contains("no common ancestor"), "{error}");
}

#[test]
fn a_detached_head_a_linked_working_tree_and_a_bare_repository() {
    let repo = repo!();
    repo.write("corpus/motive/MT001.yaml", ENTRY);
    let one = repo.commit("one");
    repo.commit("two");
    repo.git(&["checkout", "--quiet", "--detach", "HEAD~1"]);
    assert_eq!(open(&repo).head().expect("a commit").id.to_string(), one);
    repo.git(&["worktree", "add", "--quiet", "../linked", "main"]);
    repo.git(&["clone", "--quiet", "--bare", ".", "../bare.git"]);
    for (folder, bare) in [("linked", false), ("bare.git", true)] {
        let folder = repo.beside(folder);
        let repository = Repository::around(&folder).expect("a repository");
        assert_eq!(repository.is_bare(), bare);
        assert_eq!(repository.folder(), folder);
        let head = repository.resolve("main").expect("a commit");
        assert_eq!(head.summary, "two");
        let found = files(&repository, &head);
        assert_eq!(text(&found, "corpus/motive/MT001.yaml"), ENTRY);
        assert_eq!(repository.working_tree(&[], 1000).is_err(), bare);
    }
}

#[test]
fn a_bare_repository_inside_of_a_corpus_is_not_trusted() {
    let repo = repo!();
    repo.commit("one");
    repo.git(&["clone", "--quiet", "--bare", ".", "corpus/planted"]);
    let error = Repository::around(&repo.path("corpus/planted"))
        .err()
        .expect("refused");
    assert!(error.0.contains("it is not trusted"), "{error}");
}

#[test]
fn extensions_that_cannot_be_read_are_named() {
    let repo = repo!();
    repo.commit("one");
    repo.git(&["config", "core.repositoryformatversion", "1"]);
    repo.git(&["config", "extensions.partialclone", "origin"]);
    let error = Repository::around(&repo.path("")).err().expect("refused");
    assert!(
        error.0.contains("git's extension `partialclone`"),
        "{error}"
    );
    assert!(error.0.contains("--filter"), "{error}");
}

#[cfg(unix)]
#[test]
fn a_repository_of_someone_else_is_refused() {
    let repo = repo!();
    repo.commit("one");
    let root = std::os::unix::fs::chown(repo.path(".git"), Some(12345), None).is_ok()
        && std::os::unix::fs::chown(repo.path(""), Some(12345), None).is_ok();
    if !root {
        println!("skipped: only root can give a folder away");
        return;
    }
    let error = Repository::around(&repo.path("")).err().expect("refused");
    assert!(error.0.contains("belongs to another user"), "{error}");
    assert!(error.0.contains("safe.directory"), "{error}");
}

/// Everything in a repository that can name a command, each of which would leave a mark.
#[cfg(unix)]
#[test]
fn nothing_that_a_repository_names_is_run() {
    use std::os::unix::fs::PermissionsExt;
    let repo = repo!();
    repo.write("corpus/motive/MT001.yaml", ENTRY);
    repo.commit("one");
    repo.git(&["switch", "--quiet", "-c", "topic"]);
    repo.write("corpus/motive/MT001.yaml", "id: MT001\ntitle: Two\n");
    repo.commit("two");
    repo.git(&["switch", "--quiet", "main"]);
    repo.write("corpus/motive/MT002.yaml", "id: MT002\n");
    repo.commit("three");
    let mark = repo.beside("mark");
    let script = repo.beside("script");
    fs::write(
        &script,
        format!("#!/bin/sh\ntouch {}\ncat\n", mark.display()),
    )
    .expect("a file");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("a mode");
    let run = script.display();
    let mut config = fs::read_to_string(repo.path(".git/config")).expect("text");
    config.push_str(&format!(
        "[core]\n\tfsmonitor = {run}\n\thooksPath = {}\n\tpager = {run}\n\teditor = {run}\n\tsshCommand = {run}\n\
         [filter \"bad\"]\n\tclean = {run}\n\tsmudge = {run}\n\tprocess = {run}\n\trequired = true\n\
         [merge \"bad\"]\n\tdriver = {run}\n[diff \"bad\"]\n\tcommand = {run}\n\ttextconv = {run}\n\
         [diff]\n\texternal = {run}\n[credential]\n\thelper = {run}\n[alias]\n\tlog = !{run}\n",
        repo.beside("hooks").display()
    ));
    fs::write(repo.path(".git/config"), config).expect("a file");
    fs::create_dir(repo.beside("hooks")).expect("a folder");
    for hook in [
        "post-checkout",
        "post-index-change",
        "pre-commit",
        "fsmonitor-watchman",
    ] {
        fs::copy(&script, repo.beside("hooks").join(hook)).expect("a hook");
        fs::copy(&script, repo.path(".git/hooks").join(hook)).expect("a hook");
    }
    repo.write(".gitattributes", "* filter=bad merge=bad diff=bad\n");
    repo.write("corpus/motive/MT001.yaml", "id: MT001\r\ntitle: Three\r\n");
    let repository = open(&repo);
    let base = repository.resolve("main").expect("a commit");
    let head = repository.resolve("topic").expect("a commit");
    let workspace = Workspace::around(&repo.path("")).expect("a workspace");
    let root = workspace.root();
    let on_disk = Finder::new(&workspace, root.clone())
        .walk(&root)
        .expect("files");
    assert_eq!(files(&repository, &head).len(), 1);
    assert!(matches!(repository.merge(&base, &head), Ok(Merge::Tree(_))));
    let tree = repository.working_tree(&on_disk, 1000).expect("a tree");
    assert!(repository.merge_tree(&head, &base, tree).is_ok());
    repository.index_tree().expect("a tree");
    let changed = repository
        .changed(base.tree, tree, &workspace)
        .expect("paths");
    assert_eq!(
        changed.into_iter().collect::<Vec<_>>(),
        ["corpus/motive/MT001.yaml"]
    );
    repository.ids_ever_used(&base, &workspace).expect("IDs");
    repository.log("HEAD").expect("commits");
    assert!(!mark.exists(), "something was run");
    // The planted commands do work: git itself would have run them.
    repo.try_git(&repo.path(""), &["status"]);
    assert!(mark.exists(), "the trap is no trap");
}

#[test]
fn the_merge_is_the_one_that_git_makes() {
    let repo = repo!();
    let long = |word: &str| format!("id: MT001\na: 1\nb: 2\nc: 3\nd: 4\ne: {word}\nf: 6\ng: 7\n");
    repo.write("corpus/motive/MT001.yaml", long("base"));
    repo.write(
        "corpus/motive/MT003.yaml",
        "id: MT003\nlong: text that is moved as it is\n",
    );
    repo.commit("base");
    repo.git(&["switch", "--quiet", "-c", "topic"]);
    repo.write(
        "corpus/motive/MT001.yaml",
        long("base").replace("a: 1", "a: 0"),
    );
    repo.write("corpus/motive/MT002.yaml", "id: MT002\n");
    repo.git(&["mv", "corpus/motive/MT003.yaml", "corpus/motive/MT004.yaml"]);
    repo.commit("topic");
    repo.git(&["switch", "--quiet", "main"]);
    repo.write("corpus/motive/MT001.yaml", long("main"));
    repo.commit("main");
    let repository = open(&repo);
    let base = repository.resolve("main").expect("a commit");
    let head = repository.resolve("topic").expect("a commit");
    let before = object_files(&repo.path(".git"));
    let merged = match repository.merge(&base, &head).expect("a merge") {
        Merge::Tree(tree) => tree,
        Merge::Conflicts { paths, .. } => panic!("{paths:?}"),
    };
    let workspace = Workspace::at(&repository, merged, "merge", "").expect("a workspace");
    let found = repository.files(merged, &workspace).expect("files");
    let merged_text = long("main").replace("a: 1", "a: 0");
    assert_eq!(text(&found, "corpus/motive/MT001.yaml"), merged_text);
    assert_eq!(found.len(), 3);
    // The same from a working tree that was not committed.
    repo.git(&["switch", "--quiet", "topic"]);
    repo.write("corpus/motive/MT005.yaml", "id: MT005\n");
    let root = workspace.root();
    let on_disk = Finder::new(&workspace, root.clone())
        .walk(&root)
        .expect("files");
    let tree = repository.working_tree(&on_disk, 1000).expect("a tree");
    let Merge::Tree(with_work) = repository.merge_tree(&base, &head, tree).expect("a merge") else {
        panic!("a conflict");
    };
    let changed = repository
        .changed(merged, with_work, &workspace)
        .expect("paths");
    assert_eq!(
        changed.into_iter().collect::<Vec<_>>(),
        ["corpus/motive/MT005.yaml"]
    );
    assert_eq!(
        object_files(&repo.path(".git")),
        before,
        "nothing is written"
    );
    // And git agrees.
    repo.remove("corpus/motive/MT005.yaml");
    repo.git(&["switch", "--quiet", "main"]);
    repo.git(&["merge", "--quiet", "-m", "merge", "topic"]);
    assert_eq!(repo.git(&["rev-parse", "HEAD^{tree}"]), merged.to_string());
}

/// How many objects a repository has on disk.
fn object_files(git_dir: &Path) -> usize {
    let mut folders = vec![git_dir.join("objects")];
    let mut count = 0;
    while let Some(folder) = folders.pop() {
        for item in fs::read_dir(folder).expect("a folder") {
            let path = item.expect("an item").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                count += 1;
            }
        }
    }
    count
}

#[test]
fn a_merge_with_conflicts_names_the_paths() {
    let repo = repo!();
    repo.write("corpus/motive/MT001.yaml", "a: 1\n");
    repo.write("corpus/motive/MT002.yaml", "a: 1\n");
    repo.commit("base");
    repo.git(&["switch", "--quiet", "-c", "topic"]);
    repo.write("corpus/motive/MT001.yaml", "a: 2\n");
    repo.remove("corpus/motive/MT002.yaml");
    repo.commit("topic");
    repo.git(&["switch", "--quiet", "main"]);
    repo.write("corpus/motive/MT001.yaml", "a: 3\n");
    repo.write("corpus/motive/MT002.yaml", "a: 3\n");
    repo.commit("main");
    let repository = open(&repo);
    let base = repository.resolve("main").expect("a commit");
    let head = repository.resolve("topic").expect("a commit");
    let Merge::Conflicts { paths, tree } = repository.merge(&base, &head).expect("an answer")
    else {
        panic!("there are conflicts");
    };
    assert_eq!(
        paths,
        ["corpus/motive/MT001.yaml", "corpus/motive/MT002.yaml"]
    );
    // What is in conflict is as the head has it.
    let workspace = Workspace::at(&repository, tree, "merge", "").expect("a workspace");
    let found = repository.files(tree, &workspace).expect("files");
    assert_eq!(found.len(), 1);
    assert_eq!(text(&found, "corpus/motive/MT001.yaml"), "a: 2\n");
    // While git itself merges, the index says no tree.
    repo.try_git(&repo.path(""), &["merge", "topic"]);
    let error = repository.index_tree().expect_err("conflicts").0;
    let workspace = Workspace::around(&repo.path("")).expect("a workspace");
    let tree = repository.working_tree(&[], 1000).expect("a tree");
    let found = repository.files(tree, &workspace).expect("files");
    assert!(text(&found, "corpus/motive/MT001.yaml").contains("<<<<<<<"));
    assert!(
        error.contains("corpus/motive/MT001.yaml is in conflict"),
        "{error}"
    );
}

#[test]
fn the_index_is_what_was_staged() {
    let repo = repo!();
    repo.write("corpus/motive/MT001.yaml", "a: 1\n");
    repo.commit("one");
    repo.write("corpus/motive/MT001.yaml", "a: 2\n");
    repo.git(&["add", "--all"]);
    repo.write("corpus/motive/MT001.yaml", "a: 3\n");
    repo.write("corpus/motive/MT002.yaml", "a: 1\n");
    repo.git(&["add", "--intent-to-add", "corpus/motive/MT002.yaml"]);
    let repository = open(&repo);
    let tree = repository.index_tree().expect("a tree");
    let workspace = Workspace::at(&repository, tree, "index", "").expect("a workspace");
    let found = repository.files(tree, &workspace).expect("files");
    assert_eq!(found.len(), 1);
    assert_eq!(text(&found, "corpus/motive/MT001.yaml"), "a: 2\n");
}

#[test]
fn the_working_tree_differs_from_a_revision_in_what_was_edited() {
    let repo = repo!();
    for number in 1..6 {
        repo.write(
            &format!("corpus/motive/MT00{number}.yaml"),
            format!("a: {number}\nb: 1\n"),
        );
    }
    repo.commit("one");
    repo.write("corpus/motive/MT001.yaml", "a: 1\nb: 2\n");
    repo.remove("corpus/motive/MT002.yaml");
    repo.write("corpus/motive/MT003.yaml", "a: 3\r\nb: 1\r\n");
    repo.write("corpus/motive/MT006.yaml", "new\n");
    repo.write("corpus/motive/MT004.yaml", "a: 4\nb: 1\n");
    let repository = open(&repo);
    let head = repository.head().expect("a commit");
    let workspace = Workspace::around(&repo.path("")).expect("a workspace");
    let changed = || {
        let root = workspace.root();
        let found = Finder::new(&workspace, root.clone())
            .walk(&root)
            .expect("files");
        let tree = repository.working_tree(&found, 1000).expect("a tree");
        let changed = repository
            .changed(head.tree, tree, &workspace)
            .expect("paths");
        let changed: Vec<String> = changed.into_iter().collect();
        changed.join(" ").replace("corpus/motive/", "")
    };
    assert_eq!(changed(), "MT001.yaml MT002.yaml MT003.yaml MT006.yaml");
    // Where git changes line ends, MT003 is the same.
    repo.git(&["config", "core.autocrlf", "true"]);
    assert_eq!(changed(), "MT001.yaml MT002.yaml MT006.yaml");
    repo.write(".gitattributes", "*.yaml -text\n");
    assert!(
        changed().contains("MT003.yaml"),
        "an attribute beats the configuration"
    );
}

#[test]
fn a_corpus_in_a_folder_of_a_repository() {
    let repo = repo!();
    let profile =
        "version = 1\nroot = 'entries'\n[kind.a]\nfiles = ['*.yaml']\nschema = 's/a.json'\n";
    repo.write("docs/itm/corpuslint.toml", profile);
    repo.write("docs/itm/s/a.json", "{}");
    repo.write("docs/itm/entries/A1.yaml", "a: 1\n");
    repo.write("elsewhere/A2.yaml", "a: 1\n");
    repo.commit("one");
    let repository = Repository::around(&repo.path("docs/itm/entries")).expect("a repository");
    let head = repository.head().expect("a commit");
    let folder = repository
        .inside(&repo.path("docs/itm/entries"))
        .expect("inside");
    assert_eq!(folder, "docs/itm/entries");
    let workspace = Workspace::at(&repository, head.tree, "HEAD", &folder).expect("a workspace");
    assert_eq!(workspace.base, repo.path("docs/itm"));
    let found = repository.files(head.tree, &workspace).expect("files");
    assert_eq!(listed(&found), [("entries/A1.yaml", None)]);
    repo.write("docs/itm/s/a.json", "{\"type\": \"object\"}");
    repo.write("docs/itm/entries/A3.yaml", "a: 1\n");
    repo.commit("two");
    let after = repository.resolve("HEAD").expect("a commit");
    let changed = repository
        .changed(head.tree, after.tree, &workspace)
        .expect("paths");
    assert_eq!(
        changed.into_iter().collect::<Vec<_>>(),
        ["entries/A3.yaml", "s/a.json"]
    );
    let outside = repository
        .inside(&repo.beside("home"))
        .expect_err("outside")
        .0;
    assert!(
        outside.contains("lies outside of the repository"),
        "{outside}"
    );
}

#[test]
fn a_profile_in_a_revision_is_plain_and_bounded() {
    let repo = repo!();
    let refused = |name: &str| {
        let commit = repo.commit(name);
        let repository = open(&repo);
        let tree = repository.resolve(&commit).expect("a commit").tree;
        Workspace::at(&repository, tree, "main", "")
            .err()
            .expect(name)
            .0
    };
    let profile = "version = 1\n[kind.a]\nfiles = ['*.yaml']\nschema = 'a.json'\n";
    repo.write("corpuslint.toml", profile);
    assert_eq!(
        refused("no schema"),
        "main:a.json:1:1: there is no such file in this revision"
    );
    repo.write("corpuslint.toml", "version = 1\nrot = ''\n");
    assert!(refused("a mistake").starts_with("main:corpuslint.toml:2:1: unknown key `rot`"));
    repo.write("corpuslint.toml", "#".repeat(2 << 20));
    assert!(refused("too large").contains("2097152 bytes, more than"));
    repo.write("corpuslint.toml", b"version = 1 # \xff");
    assert!(refused("not text").contains("it is not UTF-8"));
    #[cfg(unix)]
    {
        repo.write("corpuslint.toml", profile);
        std::os::unix::fs::symlink("/etc/passwd", repo.path("a.json")).expect("a link");
        assert!(refused("a link").contains("it is a symbolic link"));
        repo.remove("corpuslint.toml");
        std::os::unix::fs::symlink("a.toml", repo.path("corpuslint.toml")).expect("a link");
        assert!(refused("a link").contains("cannot read main:corpuslint.toml: it is a symbolic"));
    }
}

#[test]
fn every_id_that_a_history_has_used() {
    let repo = repo!();
    repo.write("corpus/motive/MT001.yaml", "a: 1\n");
    repo.write("corpus/motive/MT002.yaml", "a: 1\n");
    repo.write("corpus/motive/README.md", "no ID");
    repo.commit("one");
    repo.git(&["switch", "--quiet", "-c", "side"]);
    repo.write("corpus/motive/MT007.json", "{}");
    let side = repo.commit("side");
    repo.remove("corpus/motive/MT007.json");
    repo.commit("gone again");
    repo.git(&["switch", "--quiet", "main"]);
    repo.remove("corpus/motive/MT002.yaml");
    let two = repo.commit("two");
    repo.git(&["merge", "--quiet", "--no-ff", "-m", "merge", "side"]);
    let repository = open(&repo);
    let head = repository.head().expect("a commit");
    let workspace = Workspace::at(&repository, head.tree, "HEAD", "").expect("a workspace");
    let ids = repository.ids_ever_used(&head, &workspace).expect("IDs");
    let known: Vec<&str> = ids.keys().map(|id| id.as_ref()).collect();
    assert_eq!(known, ["MT001", "MT002", "MT007"]);
    assert_eq!(ids["MT001"].as_ref(), head.id.short());
    assert_eq!(ids["MT007"].as_ref(), &side[..10]);
    assert_ne!(ids["MT002"].as_ref(), &two[..10]);
}

#[test]
fn a_log_is_oldest_first_along_first_parents() {
    let repo = repo!();
    repo.commit("one");
    repo.git(&["tag", "v1.0"]);
    repo.git(&["switch", "--quiet", "-c", "side"]);
    repo.commit("side");
    repo.git(&["switch", "--quiet", "main"]);
    repo.commit("two\n\nmore");
    repo.git(&["merge", "--quiet", "--no-ff", "-m", "merge", "side"]);
    let repository = open(&repo);
    let log = |range: &str| -> Vec<String> {
        let commits = repository.log(range).expect("commits");
        commits.into_iter().map(|commit| commit.summary).collect()
    };
    assert_eq!(log("main"), ["one", "two", "merge"]);
    assert_eq!(log("v1.0..main"), ["two", "merge"]);
    assert_eq!(log("v1.0.."), ["two", "merge"]);
    assert_eq!(log("main..main"), [""; 0]);
    let error = repository.log("v1.1..main").expect_err("no v1.1").0;
    assert!(
        error.contains("there is no revision `v1.1` here; did you mean `v1.0`?"),
        "{error}"
    );
}
