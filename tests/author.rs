//! What authors do: take an ID, begin an entry, move one, retire one; alone and on two branches.

/// A repository, or the end of the test where there is no git.
macro_rules! corpus {
    () => {
        match Corpus::new() {
            Some(corpus) => corpus,
            None => return,
        }
    };
}

#[path = "author/branches.rs"]
mod branches;
#[path = "author/forms.rs"]
mod forms;
#[path = "author/framework.rs"]
mod framework;
#[path = "author/init.rs"]
mod init;
#[path = "author/moves.rs"]
mod moves;
#[path = "author/new.rs"]
mod new;
#[path = "author/next.rs"]
mod next;
#[path = "author/real.rs"]
mod real;
#[path = "author/retires.rs"]
mod retires;

#[path = "common/git.rs"]
mod git;
#[path = "common/random.rs"]
mod random;
#[path = "common/mod.rs"]
mod shared;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use git::Repo;
use shared::copy;

/// The entries of this project in a repository of their own, committed.
struct Corpus(Repo);

/// How a run ended.
struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl Corpus {
    fn new() -> Option<Self> {
        let corpus = Self(Repo::new()?);
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        copy(&root.join("corpus"), &corpus.path("corpus"));
        corpus.0.commit("The corpus");
        Some(corpus)
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path(path)
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Replaces a part of a file.
    fn edit(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
        assert!(text.contains(from), "{path} has no {from}");
        self.0.write(path, text.replacen(from, to, 1));
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, "")
    }

    fn run_with(&self, arguments: &[&str], input: &str) -> Ran {
        run_in(&self.path(""), arguments, input)
    }

    /// Runs what must go well; gives what it prints.
    fn good(&self, arguments: &[&str]) -> String {
        let ran = self.run(arguments);
        assert_eq!(ran.code, 0, "{arguments:?}: {}{}", ran.out, ran.err);
        ran.out
    }

    /// Runs what must be refused with a reason in one line, changing nothing; gives the reason.
    fn refused(&self, arguments: &[&str]) -> String {
        let before = self.0.git(&["status", "--short"]);
        let ran = self.run(arguments);
        assert_eq!(ran.code, 2, "{arguments:?}: {}{}", ran.out, ran.err);
        assert_eq!(ran.out, "", "{arguments:?}");
        let errors: Vec<&str> = ran
            .err
            .lines()
            .filter(|line| !line.starts_with("note: "))
            .collect();
        assert_eq!(errors.len(), 1, "{arguments:?}: {}", ran.err);
        assert_eq!(before, self.0.git(&["status", "--short"]), "{arguments:?}");
        errors[0]
            .strip_prefix("error: ")
            .expect("an error")
            .to_owned()
    }

    /// The findings of a check, as `path rule change`, of those at or above a severity.
    fn findings(&self, arguments: &[&str], severities: &[&str]) -> Vec<String> {
        let all = [
            &["check", "--output-format", "json", "--exit-zero"],
            arguments,
        ]
        .concat();
        let report: Value = serde_json::from_str(&self.good(&all)).expect("JSON");
        let found = report["diagnostics"].as_array().expect("findings").iter();
        let found = found.filter(|found| {
            let severity = found["severity"].as_str().expect("a severity");
            severities.contains(&severity)
                && found["change"] != "fixed"
                && found["change"] != "pre-existing"
        });
        found
            .map(|found| format!("{} {} {}", found["path"], found["rule"], found["message"]))
            .collect()
    }

    /// Every entry is in its canonical form.
    fn is_canonical(&self) {
        let ran = self.run(&["fmt", "--check"]);
        assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    }

    /// Nothing worse than a note, on its own and as a change.
    fn is_clean(&self) {
        let none: Vec<String> = Vec::new();
        let serious = ["error", "warning"];
        assert_eq!(self.findings(&[], &serious), none);
        assert_eq!(self.findings(&["--base", "HEAD"], &serious), none);
    }
}

fn run_in(folder: &Path, arguments: &[&str], input: &str) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_corpuslint"));
    command.current_dir(folder).args(arguments);
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS"] {
        command.env_remove(name);
    }
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a process");
    let mut stdin = child.stdin.take().expect("an input");
    // It may have ended without reading all.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    let Output {
        status,
        stdout,
        stderr,
    } = child.wait_with_output().expect("an end");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    Ran {
        code: status.code().expect("a code"),
        out: text(stdout),
        err: text(stderr),
    }
}

fn today() -> String {
    let now = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC);
    now.date().to_string()
}
