//! Snapshots from git: what a revision, an index and a working tree are as a corpus, what each
//! mistake is told, and that nothing of a stranger's repository is ever run.

/// A repository, or the end of the test where there is no git.
macro_rules! repo {
    () => {
        match Repo::new() {
            Some(repo) => repo,
            None => return,
        }
    };
}

#[path = "common/git.rs"]
mod git;

#[path = "gate/merges.rs"]
mod merges;
#[path = "gate/refusals.rs"]
mod refusals;
#[path = "gate/snapshots.rs"]
mod snapshots;

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;
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

/// Runs git with something to read.
fn git_with_input(repo: &Repo, arguments: &[&str], input: &str) -> String {
    let mut child = repo
        .command(&repo.path(""), arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("git runs");
    let mut stdin = child.stdin.take().expect("an input");
    stdin.write_all(input.as_bytes()).expect("written");
    drop(stdin);
    git::printed(arguments, &child.wait_with_output().expect("an end"))
}
