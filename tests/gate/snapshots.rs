//! What a revision, an index and a working tree are as a corpus.

use super::*;

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
    let top = git_with_input(
        &repo,
        &["mktree"],
        &format!("040000 tree {inner}\tcorpus\n"),
    );
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
    let top = git_with_input(
        &repo,
        &["mktree"],
        &format!("040000 tree {broken}\tcorpus\n"),
    );
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
        let tree = git_with_input(&repo, &["mktree"], &lines);
        line = format!("040000 tree {tree}\td\n");
    }
    let top = git_with_input(&repo, &["mktree"], &line.replace("\td", "\tcorpus"));
    let commit = repo.git(&["commit-tree", &top, "-m", "bomb"]);
    let repository = open(&repo);
    let head = repository.resolve(&commit).expect("a commit");
    let workspace = Workspace::at(&repository, head.tree, "x", "").expect("a workspace");
    let error = repository.files(head.tree, &workspace).expect_err("a bomb");
    assert!(error.0.contains("more than 1000000 files"), "{error}");
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
