//! The states of a corpus that the command line names: folders, release files, git revisions.

use std::path::{Path, PathBuf};

use super::Failure;
use super::backtest::Past;
use super::scope::{Input, Scope};

/// Opens a folder or a release file.
pub(super) fn open(spec: &str, config: Option<&Path>) -> Result<Scope, Failure> {
    Scope::open(&Input {
        paths: vec![PathBuf::from(spec)],
        stdin_filename: None,
        config: config.map(Path::to_path_buf),
    })
}

/// Opens several states, oldest first.
pub(super) fn past(specs: &[String], config: Option<&Path>) -> Result<Vec<Past>, Failure> {
    specs
        .iter()
        .map(|spec| {
            Ok(Past {
                scope: open(spec, config)?,
                name: spec.clone(),
                title: String::new(),
                date: None,
            })
        })
        .collect()
}
