//! `corpuslint migrate`

mod text;

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicUsize;

use serde::Serialize;

use super::{Failure, Outcome, Screen, output, progress, rewriting};
use crate::migrate::layout::Layout;
use crate::migrate::loss::Loss;
use crate::migrate::verify::Verification;
use crate::migrate::{Format, Job, Migrated, Opened, Proof, Sink, ToFile, ToFolder, ToNothing};
use crate::report::JsonEscape;
use crate::snapshot::{Workspace, absolute};
use crate::write::{self, Existing};

/// Arguments of `migrate`.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The format of the source
    #[arg(long, value_enum, value_name = "FORMAT")]
    from: Format,
    /// The format of the target
    #[arg(long, value_enum, value_name = "FORMAT")]
    to: Format,
    /// The file or folder that is read
    source: PathBuf,
    /// The file or folder that is written, all of it or nothing
    target: PathBuf,
    /// Go there and back in memory, and fail where a difference is in no item of the loss report
    #[arg(long)]
    verify: bool,
    /// Write nothing where anything is lost
    #[arg(long)]
    strict: bool,
    /// Write the loss report to this file as JSON
    #[arg(long, value_name = "FILE")]
    loss_report: Option<PathBuf>,
    /// Write into a target that holds files already; files of other names stay
    #[arg(long)]
    overwrite: bool,
    /// Write nothing, and say what would be written
    #[arg(long)]
    dry_run: bool,
    /// Use this profile instead of the nearest corpuslint.toml
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// The loss report as it is written; `schema/loss-report.schema.json` documents it.
#[derive(Serialize)]
struct LossReport<'m> {
    version: u32,
    from: &'static str,
    to: &'static str,
    entries: usize,
    files: usize,
    items: &'m [Loss],
    #[serde(skip_serializing_if = "Option::is_none")]
    verification: Option<&'m Verification>,
}

pub(super) fn run(args: &Args, screen: Screen) -> Result<Outcome, Failure> {
    let source = absolute(&args.source)?;
    let target = absolute(&args.target)?;
    if target.starts_with(&source) || source.starts_with(&target) {
        let shown = args.target.display();
        let reason = format!("{shown}: the target must lie outside of the source");
        return Err(Failure(reason));
    }
    let workspace = workspace(args, &source, &target)?;
    let layout = Layout::new(&workspace, levels(&workspace, &target));
    let job = Job {
        layout: &layout,
        from: args.from,
        to: args.to,
        source: &source,
        proof: if args.verify {
            Proof::ThereAndBack
        } else {
            Proof::None
        },
    };
    let target = Target::open(args, &target)?;
    let opened = Opened::new(&job)?;
    let migrated = progress::watch(opened.expected(), |progress| {
        opened.run(target.sink(), progress)
    })?;
    let refused = refused(args, &migrated);
    let written = match refused {
        true => "nothing was written".to_owned(),
        false => target.commit(args, &migrated)?,
    };
    if let Some(path) = &args.loss_report {
        loss_report(args, &migrated, path)?;
    }
    output::print(|out| {
        let shown = text::summary(args, &migrated, &written, screen);
        out.write_all(shown.as_bytes())
    })?;
    Ok(if refused {
        Outcome::Findings
    } else {
        Outcome::Clean
    })
}

/// Whether what was found keeps the target from being written.
fn refused(args: &Args, migrated: &Migrated) -> bool {
    let lost = args.strict && migrated.losses.iter().any(Loss::is_loss);
    let verification = migrated.verification.as_ref();
    lost || verification.is_some_and(|found| !found.unreported.is_empty())
}

/// The profile of the entries: that of the folder which holds them, source or target.
fn workspace(args: &Args, source: &Path, target: &Path) -> Result<Workspace, Failure> {
    if let Some(config) = &args.config {
        return Ok(Workspace::with_profile(config)?);
    }
    let folder = if args.from.has_entry_files() || !args.to.has_entry_files() {
        source
    } else {
        target
    };
    let there = folder.ancestors().find(|folder| folder.is_dir());
    Ok(Workspace::around(there.unwrap_or(folder))?)
}

/// How far the target stands below the folder that the profile's paths are relative to. Without a
/// profile, the target is taken for the folder of the entries.
fn levels(workspace: &Workspace, target: &Path) -> usize {
    let inside = target.strip_prefix(&workspace.base).ok();
    let inside = inside.filter(|_| workspace.profile_path.is_some());
    let parts = |path: &Path| path.components().count();
    inside.map_or_else(|| parts(Path::new(&workspace.profile.root)), parts)
}

/// Where the result goes.
enum Target {
    Folder(ToFolder),
    File(ToFile),
    Nothing(ToNothing),
}

impl Target {
    fn open(args: &Args, target: &Path) -> Result<Self, Failure> {
        if args.dry_run {
            return Ok(Self::Nothing(ToNothing::default()));
        }
        if args.to.is_file() {
            let there = std::fs::symlink_metadata(target);
            if there.is_ok_and(|found| found.is_dir() || !args.overwrite) {
                let shown = args.target.display();
                let reason = "it is there already; choose another file, or add --overwrite";
                return Err(Failure(format!("{shown}: {reason}")));
            }
            return Ok(Self::File(ToFile::begin(target, args.existing())?));
        }
        rewriting::tell_recovered(target, write::recover(target)?);
        Ok(Self::Folder(ToFolder::begin(target, args.existing())?))
    }

    fn sink(&self) -> &dyn Sink {
        match self {
            Self::Folder(sink) => sink,
            Self::File(sink) => sink,
            Self::Nothing(sink) => sink,
        }
    }

    /// Writes, and says what was written.
    fn commit(self, args: &Args, migrated: &Migrated) -> Result<String, Failure> {
        let shown = args.target.display();
        match self {
            Self::Nothing(_) => Ok(text::would_write(migrated, &args.target)),
            Self::File(sink) => {
                sink.commit()?;
                Ok(format!("{shown} written"))
            }
            Self::Folder(sink) => {
                let done: Result<_, Failure> =
                    progress::watch(migrated.files, |progress: &AtomicUsize| {
                        Ok(sink.commit(progress)?)
                    });
                Ok(text::written(&done?, &args.target))
            }
        }
    }
}

impl Args {
    fn existing(&self) -> Existing {
        if self.overwrite {
            Existing::Replace
        } else {
            Existing::Refuse
        }
    }
}

fn loss_report(args: &Args, migrated: &Migrated, path: &Path) -> Result<(), Failure> {
    let report = LossReport {
        version: 1,
        from: args.from.as_str(),
        to: args.to.as_str(),
        entries: migrated.entries,
        files: migrated.files,
        items: &migrated.losses,
        verification: migrated.verification.as_ref(),
    };
    let mut bytes = Vec::new();
    serde_json::to_writer_pretty(JsonEscape::new(&mut bytes), &report)?;
    bytes.push(b'\n');
    Ok(write::replace_file(path, &bytes, Existing::Replace)?)
}
