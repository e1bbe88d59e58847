//! Repositories for tests, made by the `git` program away from whatever is configured on the machine.

#![allow(
    dead_code,
    clippy::print_stdout,
    reason = "each test takes what it needs, and says what it skipped"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A repository in a folder of its own.
pub(crate) struct Repo {
    /// Holds `work`, the repository, and `home`.
    folder: TempDir,
}

impl Repo {
    /// A repository on the branch `main` without a commit; `None` where there is no `git`, with a
    /// line that says so.
    pub(crate) fn new() -> Option<Self> {
        if Command::new("git").arg("--version").output().is_err() {
            println!("skipped: there is no `git` on this machine");
            return None;
        }
        let repo = Self {
            folder: tempfile::tempdir().expect("a folder"),
        };
        fs::create_dir(repo.folder.path().join("home")).expect("a folder");
        fs::create_dir(repo.path("")).expect("a folder");
        repo.git(&["init", "--quiet", "--initial-branch=main"]);
        Some(repo)
    }

    /// A path in the working tree.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join("work").join(path)
    }

    /// A path beside the working tree.
    pub(crate) fn beside(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    pub(crate) fn remove(&self, path: &str) {
        fs::remove_file(self.path(path)).expect("removed");
    }

    /// Runs git in the working tree; gives what it prints, without the last line break.
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        printed(arguments, &self.try_git(&self.path(""), arguments))
    }

    /// Runs git, which may fail.
    pub(crate) fn try_git(&self, folder: &Path, arguments: &[&str]) -> Output {
        self.command(folder, arguments).output().expect("git runs")
    }

    /// A run of git that is still to be started.
    pub(crate) fn command(&self, folder: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.current_dir(folder).args([
            "-c",
            "user.name=A Curator",
            "-c",
            "user.email=curator@example.org",
            "-c",
            "protocol.file.allow=always",
        ]);
        let home = self.folder.path().join("home");
        command
            .args(arguments)
            .env("HOME", &home)
            .env("XDG_CONFIG_HOME", &home)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_AUTHOR_DATE", "2025-03-01T12:00:00Z")
            .env("GIT_COMMITTER_DATE", "2025-03-01T12:00:00Z");
        for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
            command.env_remove(name);
        }
        command
    }

    /// Commits everything; gives the commit.
    pub(crate) fn commit(&self, message: &str) -> String {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "-m", message]);
        self.git(&["rev-parse", "HEAD"])
    }
}

/// What a run that went well has printed, without the last line break.
pub(crate) fn printed(arguments: &[&str], output: &Output) -> String {
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {arguments:?}: {error}");
    String::from_utf8_lossy(&output.stdout)
        .trim_end()
        .to_owned()
}
