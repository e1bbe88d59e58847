//! What each mistake is told, and that nothing of a stranger's repository is ever run.

use super::*;

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
