//! Runs a step of an action as a runner does, with programs that only pretend.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::definitions::{action, root};

/// A folder in which steps run.
pub(crate) struct Sandbox {
    folder: tempfile::TempDir,
    values: BTreeMap<String, String>,
}

/// How a step ended.
pub(crate) struct Ended {
    /// The exit code; `None` after a signal.
    pub(crate) code: Option<i32>,
    /// What the runner reads: the standard output, then the standard error.
    pub(crate) log: String,
    /// What the step says to later ones.
    pub(crate) outputs: BTreeMap<String, String>,
    pub(crate) summary: String,
}

impl Sandbox {
    /// A sandbox, unless a program is missing that the scripts need.
    pub(crate) fn new(programs: &[&str]) -> Option<Self> {
        for program in programs.iter().chain(&["bash"]) {
            let found = Command::new(program).arg("--help").output();
            if found.is_err() {
                println!("skipped: {program} is not installed");
                return None;
            }
        }
        let folder = tempfile::tempdir().expect("a folder");
        for inner in ["bin", "work", "temp", "fake"] {
            std::fs::create_dir(folder.path().join(inner)).expect("a folder");
        }
        let mut sandbox = Self {
            folder,
            values: BTreeMap::new(),
        };
        let work = sandbox.text("work");
        sandbox.set("WORKING_DIRECTORY", &work);
        Some(sandbox)
    }

    pub(crate) fn path(&self, inner: &str) -> PathBuf {
        self.folder.path().join(inner)
    }

    pub(crate) fn text(&self, inner: &str) -> String {
        self.path(inner).to_str().expect("a path").to_owned()
    }

    /// What an environment variable holds in the steps whose definition asks for it.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.values.insert(name.to_owned(), value.to_owned());
    }

    pub(crate) fn value(&self, name: &str) -> &str {
        &self.values[name]
    }

    pub(crate) fn write(&self, inner: &str, data: impl AsRef<[u8]>) {
        std::fs::write(self.path(inner), data).expect("written");
    }

    pub(crate) fn read(&self, inner: &str) -> String {
        std::fs::read_to_string(self.path(inner)).unwrap_or_default()
    }

    /// Puts a program on the path. `SANDBOX` stands for the folder of the sandbox.
    pub(crate) fn program(&self, name: &str, script: &str) {
        let script = script.replace("SANDBOX", self.folder.path().to_str().expect("a path"));
        let path = self.path("bin").join(name);
        std::fs::write(&path, format!("#!/usr/bin/env bash\n{script}\n")).expect("written");
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).expect("a mode");
    }

    /// Runs a step by its name. It sees the variables that its definition names, and no others.
    pub(crate) fn step(&self, name: &str, step: &str) -> Ended {
        let action = action(name);
        let step = action.step(step);
        let script = step["run"].as_str().expect("a script");
        self.write("temp/step.sh", script);
        for file in ["output", "summary"] {
            self.write(file, "");
        }
        let mut command = Command::new("bash");
        command
            .args(["--noprofile", "--norc", "-eo", "pipefail"])
            .arg(self.path("temp/step.sh"))
            .current_dir(self.path("work"))
            .env_clear()
            .envs(self.runner(name));
        for (variable, _) in step["env"].as_mapping().into_iter().flatten() {
            let variable = variable.as_str().expect("a name");
            let value = self.values.get(variable).map_or("", String::as_str);
            command.env(variable, value);
        }
        let output = command.output().expect("bash runs");
        let log = [output.stdout, output.stderr].concat();
        Ended {
            code: output.status.code(),
            log: String::from_utf8_lossy(&log).into_owned(),
            outputs: self.outputs(),
            summary: self.read("summary"),
        }
    }

    /// What the runner itself sets.
    fn runner(&self, name: &str) -> BTreeMap<&'static str, String> {
        let path = std::env::var("PATH").unwrap_or_default();
        let value = |name: &str, default: &str| {
            let value = self.values.get(name).map_or(default, String::as_str);
            value.to_owned()
        };
        BTreeMap::from([
            ("PATH", format!("{}:{path}", self.text("bin"))),
            ("HOME", self.text("temp")),
            ("RUNNER_TEMP", self.text("temp")),
            ("GITHUB_OUTPUT", self.text("output")),
            ("GITHUB_STEP_SUMMARY", self.text("summary")),
            ("GITHUB_ACTION_PATH", action_path(name)),
            ("GITHUB_REPOSITORY", "open/corpus".to_owned()),
            ("GITHUB_SERVER_URL", "https://github.example".to_owned()),
            (
                "GITHUB_EVENT_NAME",
                value("GITHUB_EVENT_NAME", "pull_request"),
            ),
            ("GITHUB_REF", "refs/pull/5/merge".to_owned()),
        ])
    }

    fn outputs(&self) -> BTreeMap<String, String> {
        let text = self.read("output");
        let pairs = text.lines().filter_map(|line| line.split_once('='));
        pairs
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }
}

fn action_path(name: &str) -> String {
    let path: &Path = &root().join(".github/actions").join(name);
    path.to_str().expect("a path").to_owned()
}
