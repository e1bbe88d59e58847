//! Carries out what a command makes of files: writes it all or not at all, or shows it.

use std::path::{Path, PathBuf};

use super::scope::Scope;
use super::{Failure, Screen, complain, output, progress};
use crate::fix::Rewrite;
use crate::report::{Escaped, Paint, counted, render_patch};
use crate::snapshot::{Workspace, absolute, relative};
use crate::write::{self, Before, Change, Existing, Recovered, Written};

/// Whether files are written, for commands that do nothing else.
#[derive(clap::Args)]
#[group(skip)]
pub(super) struct Mode {
    /// Write nothing, list the files that would change, and exit with 1 where there are any
    #[arg(long)]
    check: bool,
    /// Write nothing, print what would change as a patch, and exit with 1 where anything would
    #[arg(long)]
    diff: bool,
}

impl Mode {
    pub(super) fn writes(&self) -> bool {
        !self.check && !self.diff
    }

    pub(super) fn carry_out(
        &self,
        scope: &Scope,
        rewrites: &[Rewrite],
        screen: Screen,
    ) -> Result<(), Failure> {
        if self.diff {
            show(&scope.workspace, rewrites, screen)
        } else if self.check {
            list(scope, rewrites)
        } else {
            write(&scope.workspace, rewrites).map(|_| ())
        }
    }
}

/// Writes all of it, or changes nothing.
pub(super) fn write(workspace: &Workspace, rewrites: &[Rewrite]) -> Result<Written, Failure> {
    if rewrites.is_empty() {
        return Ok(Written::default());
    }
    let base = &workspace.base;
    let root = root(workspace, rewrites)?;
    let inner = |path: &str| Ok::<_, Failure>(relative(&root, &absolute(&base.join(path))?));
    let change = Change::begin(&root, Existing::Replace)?;
    for rewrite in rewrites {
        let path = inner(&rewrite.path)?;
        let target = inner(rewrite.target())?;
        let before = match &rewrite.before {
            Some(text) => Before::Content(text.as_bytes()),
            None => Before::Absent,
        };
        match &rewrite.after {
            None => change.remove(&path, before)?,
            Some(after) if path == target => change.write(&path, after.as_bytes(), before)?,
            Some(after) => {
                change.remove(&path, before)?;
                change.write(&target, after.as_bytes(), Before::Absent)?;
            }
        }
    }
    progress::watch(rewrites.len(), |progress| Ok(change.commit(progress)?))
}

/// Finishes what an interrupted run began, before the files are read.
pub(super) fn recover(workspace: &Workspace, paths: &[PathBuf]) -> Result<(), Failure> {
    let folders = paths.iter().map(|path| match path.is_dir() {
        true => path.as_path(),
        false => path.parent().unwrap_or(path),
    });
    let own = [workspace.base.clone(), workspace.root()];
    for folder in own.iter().map(PathBuf::as_path).chain(folders) {
        tell_recovered(folder, write::recover(folder)?);
    }
    Ok(())
}

/// Says what became of a change that an earlier run has left.
pub(super) fn tell_recovered(folder: &Path, recovered: Option<Recovered>) {
    let told = match recovered {
        None => return,
        Some(Recovered::Finished(files)) => {
            let files = counted(files, "file", "files");
            format!("finished an interrupted change of {files}")
        }
        Some(Recovered::TakenBack(files)) => {
            let files = counted(files, "file", "files");
            format!("took back a change of {files} that had failed")
        }
    };
    complain("note", &format!("{}: {told}", folder.display()));
}

/// Prints it as a patch, with paths as seen from the current folder.
pub(super) fn show(
    workspace: &Workspace,
    rewrites: &[Rewrite],
    screen: Screen,
) -> Result<(), Failure> {
    let current = super::scope::current()?;
    let shown = |path: &str| relative(&current, &workspace.base.join(path));
    let paint = Paint {
        color: screen.wants_color(output::is_terminal()),
    };
    let mut escaped = 0;
    output::print(|out| {
        escaped = render_patch(rewrites, &shown, paint, out)?;
        Ok(())
    })?;
    if escaped > 0 {
        let lines = counted(escaped, "line", "lines");
        complain(
            "note",
            &format!(
                "{lines} of this patch with characters that are not printed are escaped; it is to be read, not applied"
            ),
        );
    }
    Ok(())
}

/// Prints the files that would change, one a line.
fn list(scope: &Scope, rewrites: &[Rewrite]) -> Result<(), Failure> {
    output::print(|out| {
        rewrites
            .iter()
            .try_for_each(|rewrite| writeln!(out, "{}", Escaped(&scope.shown(&rewrite.path))))
    })
}

/// The folder that all of it lies in: that of the entries, of the profile, or one around the files.
fn root(workspace: &Workspace, rewrites: &[Rewrite]) -> Result<PathBuf, Failure> {
    let base = &workspace.base;
    let paths = rewrites
        .iter()
        .flat_map(|rewrite| [&rewrite.path, rewrite.target()]);
    let mut files = Vec::new();
    for path in paths {
        files.push(absolute(&base.join(path.as_ref()))?);
    }
    for folder in [workspace.root(), base.clone()] {
        if folder.is_dir() && files.iter().all(|file| file.starts_with(&folder)) {
            return Ok(folder);
        }
    }
    let first = files.first().and_then(|file| file.parent()).unwrap_or(base);
    let around = |folder: &&Path| files.iter().all(|file| file.starts_with(folder));
    Ok(first.ancestors().find(around).unwrap_or(base).to_path_buf())
}
