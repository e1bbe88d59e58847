//! The tree that git would merge, and what a history holds.

use super::*;

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
