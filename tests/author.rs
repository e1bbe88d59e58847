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
#[path = "common/program.rs"]
mod program;
#[path = "common/random.rs"]
mod random;
#[path = "common/mod.rs"]
mod shared;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use git::Repo;
use program::{Ran, run_with_input as run_in};
use shared::copy;

/// The entries of this project in a repository of their own, committed.
struct Corpus(Repo);

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

    /// Has an ID in the history that no file has any more.
    fn once_had(&self, path: &str, id: &str) {
        let text = format!("id: {id}\ntitle: Gone\ndescription: Gone.\n");
        self.0.write(path, text);
        self.0.commit("One more");
        self.0.remove(path);
        self.0.commit("And away");
    }

    /// The command that the help of a rule's finding names, without the program's own name.
    fn named_command(&self, check: &[&str], rule: &str) -> Vec<String> {
        let all = [&["check", "--output-format", "json"], check].concat();
        let report: Value = serde_json::from_str(&self.run(&all).out).expect("JSON");
        let mut found = report["diagnostics"].as_array().expect("findings").iter();
        let found = found.find(|found| found["rule"] == rule);
        let found = found.unwrap_or_else(|| panic!("no {rule}"));
        command_in(found["help"].as_str().expect("help"))
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

fn today() -> String {
    let now = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC);
    now.date().to_string()
}

/// The words of the command that a help names, without the program's own name.
fn command_in(help: &str) -> Vec<String> {
    let command = help.split('`').nth(1).expect("a command");
    let words = command
        .strip_prefix("corpuslint ")
        .expect("a command of ours");
    words.split(' ').map(str::to_owned).collect()
}
