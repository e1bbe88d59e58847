//! `corpuslint init`

use std::path::PathBuf;
use std::sync::atomic::AtomicUsize;

use super::{Failure, Outcome, Screen, complain, output, rewriting, today};
use crate::author::{Shelf, init};
use crate::fix::Rewrite;
use crate::history::Ledger;
use crate::profile::FILE_NAME;
use crate::report::Escaped;
use crate::snapshot::{Finder, Workspace, absolute, relative};
use crate::write::{Before, Change, Existing};

/// Arguments of `init`.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The folder of the corpus, best the top of a repository
    #[arg(default_value = ".")]
    folder: PathBuf,
    /// The commit of corpuslint that the workflow and the hook use, as its full ID
    #[arg(long, value_name = "COMMIT", value_parser = commit)]
    pin: Option<String>,
    /// Leave files that are there already as they are, and write the others
    #[arg(long)]
    skip_existing: bool,
    /// Write nothing, and print the paths
    #[arg(long)]
    dry_run: bool,
    /// Write nothing, and print the files as a patch
    #[arg(long)]
    diff: bool,
}

fn commit(text: &str) -> Result<String, String> {
    let is_id = text.len() == 40 && text.bytes().all(|b| b.is_ascii_hexdigit());
    match is_id {
        true => Ok(text.to_owned()),
        false => Err("it must be 40 hexadecimal digits".to_owned()),
    }
}

pub(super) fn run(args: &Args, screen: Screen) -> Result<Outcome, Failure> {
    let base = absolute(&args.folder)?;
    let workspace = Workspace {
        profile_path: Some(base.join(FILE_NAME)),
        ..Workspace::embedded(base)?
    };
    let root = workspace.root();
    let files = match root.is_dir() {
        true => Finder::new(&workspace, root.clone()).walk(&root)?,
        false => Vec::new(),
    };
    let shelf = Shelf::read(&workspace, &files, Ledger::default());
    let mut rewrites = init::files(&shelf, args.pin.as_deref(), today())?;
    let is_there = |rewrite: &Rewrite| {
        let path = workspace.base.join(rewrite.path.as_ref());
        std::fs::symlink_metadata(path).is_ok()
    };
    if args.skip_existing {
        rewrites.retain(|rewrite| !is_there(rewrite));
    }
    let there: Vec<&str> = rewrites
        .iter()
        .filter(|rewrite| is_there(rewrite))
        .map(|rewrite| rewrite.path.as_ref())
        .collect();
    if !there.is_empty() {
        return Err(Failure(format!(
            "there already: {}; add --skip-existing to keep what is there and write the rest",
            there.join(", ")
        )));
    }
    if args.diff {
        rewriting::show(&workspace, &rewrites, screen)?;
        return Ok(Outcome::Clean);
    }
    if !args.dry_run {
        write(&workspace, &rewrites)?;
    }
    tell(args, &workspace, &rewrites)?;
    Ok(Outcome::Clean)
}

/// All of it or nothing. A folder that is there is not replaced, though it be empty: somebody may
/// stand in it.
fn write(workspace: &Workspace, rewrites: &[Rewrite]) -> Result<(), Failure> {
    let change = match workspace.base.is_dir() {
        true => Change::inside(&workspace.base)?,
        false => Change::begin(&workspace.base, Existing::Refuse)?,
    };
    for rewrite in rewrites {
        let text = rewrite.after.as_deref().unwrap_or_default();
        change.write(&rewrite.path, text.as_bytes(), Before::Absent)?;
    }
    change.commit(&AtomicUsize::new(0))?;
    Ok(())
}

fn tell(args: &Args, workspace: &Workspace, rewrites: &[Rewrite]) -> Result<(), Failure> {
    let current = super::scope::current()?;
    output::print(|out| {
        for rewrite in rewrites {
            let shown = relative(&current, &workspace.base.join(rewrite.path.as_ref()));
            writeln!(out, "{}", Escaped(&shown))?;
        }
        Ok(())
    })?;
    if args.dry_run {
        return Ok(());
    }
    if args.pin.is_none() {
        complain(
            "next",
            "in .github/workflows/corpus.yml and .pre-commit-config.yaml, write the full ID of a commit of corpuslint in the place of COMMIT",
        );
    }
    complain(
        "next",
        "`corpuslint check` checks the corpus, `corpuslint new KIND` begins an entry",
    );
    complain(
        "next",
        "commit these files, and require the job `gate` before a merge",
    );
    Ok(())
}
