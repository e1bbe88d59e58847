//! The workflows and actions as YAML.

use std::path::{Path, PathBuf};

use serde_yaml::Value;

/// A file below `.github/` and what it says.
pub(crate) struct Definition {
    pub(crate) path: PathBuf,
    pub(crate) text: String,
    pub(crate) value: Value,
}

impl Definition {
    /// All steps, of all jobs or of the action.
    pub(crate) fn steps(&self) -> Vec<&Value> {
        let action = self.value["runs"]["steps"].as_sequence();
        let jobs = self.value["jobs"].as_mapping();
        let jobs = jobs.into_iter().flat_map(|jobs| jobs.values());
        let of_jobs = jobs.filter_map(|job| job["steps"].as_sequence());
        action.into_iter().chain(of_jobs).flatten().collect()
    }

    /// The step of a name.
    pub(crate) fn step(&self, name: &str) -> &Value {
        let found = self.steps().into_iter().find(|step| step["name"] == name);
        found.unwrap_or_else(|| panic!("{} has no step {name}", self.path.display()))
    }
}

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

pub(crate) fn definition(path: &str) -> Definition {
    let text = read(path);
    let value = serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
    Definition {
        path: PathBuf::from(path),
        text,
        value,
    }
}

pub(crate) fn action(name: &str) -> Definition {
    definition(&format!(".github/actions/{name}/action.yml"))
}

pub(crate) fn workflows() -> Vec<Definition> {
    listed(".github/workflows", |name| {
        format!(".github/workflows/{name}")
    })
}

pub(crate) fn actions() -> Vec<Definition> {
    listed(".github/actions", |name| {
        format!(".github/actions/{name}/action.yml")
    })
}

fn listed(folder: &str, path: impl Fn(&str) -> String) -> Vec<Definition> {
    let entries = std::fs::read_dir(root().join(folder)).expect("a folder");
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    let mut names: Vec<String> = names.filter_map(|name| name.into_string().ok()).collect();
    names.sort();
    names.iter().map(|name| definition(&path(name))).collect()
}
