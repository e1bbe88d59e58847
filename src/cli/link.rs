//! `corpuslint link`

use std::cell::RefCell;
use std::fs::File;
use std::path::{Path, PathBuf};

use super::check::Places;
use super::output::Destination;
use super::scope::{self, Scope};
use super::{Failure, Outcome, Screen, Telling, progress};
use crate::diagnostic::Location;
use crate::lint::{self, Union};
use crate::snapshot::{Nearest, Workspace, absolute};

/// Arguments of `link`.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The fact files of all shards, in any order
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The folder of the profile, for paths that are relative to the current folder
    ///
    /// Only human and concise show such paths. Without it, the profile around the current folder is
    /// taken where it is the one of the shards; else paths are relative to the profile's folder. No
    /// file of the corpus is read: the fact files hold what is needed.
    #[arg(long, value_name = "FOLDER")]
    root: Option<PathBuf>,
    #[command(flatten)]
    telling: Telling,
}

pub(super) fn run(
    args: &Args,
    destinations: &[Destination],
    screen: Screen,
) -> Result<Outcome, Failure> {
    let sources = args.files.iter().map(|path| {
        let name = path.display().to_string();
        let file = File::open(path).and_then(|file| {
            let is_file = file.metadata()?.is_file();
            let refuse = || std::io::Error::other("it is not a plain file");
            is_file.then_some(file).ok_or_else(refuse)
        });
        match file {
            Ok(file) => Ok((name, file)),
            Err(error) => Err(Failure(format!("{name}: {error}"))),
        }
    });
    let sources = sources.collect::<Result<Vec<_>, Failure>>()?;
    // How many files there are is said in the first of them, which is not read yet.
    let mut union = progress::watch(0, |progress| lint::link(sources, progress))?;
    let scope = scope(args, &union.workspace)?;
    let report = std::mem::take(&mut union.report);
    tell(args, &report, &union, &scope, destinations, screen)?;
    Ok(args.telling.outcome(&report))
}

fn tell(
    args: &Args,
    report: &lint::Report,
    union: &Union<File>,
    scope: &Scope,
    destinations: &[Destination],
    screen: Screen,
) -> Result<(), Failure> {
    let unread = RefCell::new(None);
    let places = Places {
        text: &|location: &Location| match union.text(location) {
            Ok(text) => text,
            Err(error) => {
                unread.borrow_mut().get_or_insert(error);
                None
            }
        },
        path: &|location| scope.shown_path(location),
        folder: union.folder.clone(),
    };
    args.telling.write(report, &places, destinations, screen)?;
    match unread.take() {
        Some(error) => Err(error.into()),
        None => Ok(()),
    }
}

/// Where the corpus is, as far as that is known, to show paths from here.
fn scope(args: &Args, workspace: &Workspace) -> Result<Scope, Failure> {
    let current = scope::current()?;
    let base = match &args.root {
        Some(root) => absolute(root)?,
        None => around(&current, workspace).unwrap_or(current),
    };
    let placed = Workspace {
        base,
        ..workspace.trusting(workspace)
    };
    Scope::of(placed, Vec::new(), &[])
}

/// The folder upward that a run would take, where its profile is that of the shards.
fn around(current: &Path, workspace: &Workspace) -> Option<PathBuf> {
    match (Nearest::to(current), &workspace.profile_path) {
        (Nearest::Profile(path), Some(name)) => {
            let base = path.parent()?;
            let text = std::fs::read_to_string(base.join(name)).ok()?;
            (text == *workspace.text).then(|| base.to_owned())
        }
        (Nearest::Repository(folder), None) => Some(folder),
        _ => None,
    }
}
