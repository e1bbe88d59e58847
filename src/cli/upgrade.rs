//! `corpuslint upgrade`: brings a corpus to another format version.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use super::rewriting::Mode;
use super::scope::{self, Input, Scope};
use super::{Failure, Outcome, Screen, complain, progress, rewriting};
use crate::diagnostic::Location;
use crate::entry::{Subject, subjects};
use crate::fix::Rewrite;
use crate::report::counted;
use crate::snapshot::{SourceFile, Workspace};
use crate::syntax::{self, Document, Node};
use crate::text::{self, LineIndex, Span};
use crate::upgrade::{self, Obstacle};

/// Arguments of `upgrade`.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Files or folders; without a path, the corpus around the current folder
    paths: Vec<PathBuf>,
    /// The format version to bring the files to; without it, the newest. It may be an older one
    #[arg(long, value_name = "VERSION")]
    to: Option<u32>,
    #[command(flatten)]
    mode: Mode,
    /// Use this profile instead of the nearest corpuslint.toml
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

pub(super) fn run(args: &Args, screen: Screen) -> Result<Outcome, Failure> {
    let input = Input {
        paths: args.paths.clone(),
        config: args.config.clone(),
        ..Input::default()
    };
    if input.reads_stdin() {
        let reason = "the standard input cannot be upgraded; name the file";
        return Err(Failure(reason.to_owned()));
    }
    let workspace = Scope::workspace(&input)?;
    let version = version(args, &workspace)?;
    let writes = args.mode.writes();
    if writes {
        rewriting::recover(&workspace, &scope::paths(&input)?)?;
    }
    let scope = Scope::open_in(workspace, &input)?;
    // What is no entry by its place is left to `check`.
    let files = scope.wanted_files().filter(|file| file.stray.is_none());
    let looked_at: Vec<&SourceFile> = files.collect();
    let rewrites = rewrites(&scope, &looked_at, version)?;
    args.mode.carry_out(&scope, &rewrites, screen)?;
    tell(writes, version, looked_at.len(), rewrites.len());
    Ok(if !writes && !rewrites.is_empty() {
        Outcome::Findings
    } else {
        Outcome::Clean
    })
}

/// The version that is asked for, which the schemas must know.
fn version(args: &Args, workspace: &Workspace) -> Result<u32, Failure> {
    let newest = upgrade::newest(&workspace.schemas);
    let version = args.to.unwrap_or(newest);
    if (1..=newest).contains(&version) {
        return Ok(version);
    }
    let known = match newest {
        1 => "version 1 only".to_owned(),
        2 => "versions 1 and 2".to_owned(),
        newest => format!("versions 1 to {newest}"),
    };
    Err(Failure(format!(
        "there is no format version {version}: the schemas of this corpus know {known}"
    )))
}

/// What becomes of the files. Where one cannot be brought to the version, nothing becomes of any.
fn rewrites(scope: &Scope, files: &[&SourceFile], version: u32) -> Result<Vec<Rewrite>, Failure> {
    let workspace = &scope.workspace;
    let found: Vec<Result<Option<Rewrite>, Refused>> =
        progress::watch(files.len(), |progress: &AtomicUsize| {
            let files = files.par_iter();
            let found = files.map(|file| {
                progress.fetch_add(1, Ordering::Relaxed);
                rewrite(workspace, file, version)
            });
            found.collect()
        });
    let mut rewrites = Vec::new();
    let mut refused: Option<(Refused, usize)> = None;
    for found in found {
        match found {
            Ok(rewrite) => rewrites.extend(rewrite),
            Err(other) => match &mut refused {
                Some((_, more)) => *more += 1,
                None => refused = Some((other, 0)),
            },
        }
    }
    let Some((Refused { location, reason }, more)) = refused else {
        return Ok(rewrites);
    };
    let path = scope.shown(&location.path);
    let more = match more {
        0 => String::new(),
        more => format!(" (and {})", counted(more, "other file", "other files")),
    };
    Err(Failure(format!(
        "{path}:{}: {reason}{more}; nothing was changed",
        location.start
    )))
}

/// A file that cannot be brought to another version, and why.
struct Refused {
    location: Location,
    reason: String,
}

impl Refused {
    fn new(file: &SourceFile, source: &str, span: Span, reason: impl Into<String>) -> Self {
        let mut location = Location::new(Arc::clone(&file.path), span);
        let lines = LineIndex::new(source);
        location.start = lines.position(span.start);
        Self {
            location,
            reason: reason.into(),
        }
    }
}

fn rewrite(
    workspace: &Workspace,
    file: &SourceFile,
    version: u32,
) -> Result<Option<Rewrite>, Refused> {
    let limits = &workspace.profile.limits;
    let unread = |reason: &str| Refused::new(file, "", Span::at(0), reason);
    let hint = "it cannot be read; `corpuslint check` shows what is wrong";
    let bytes = file.read(limits.file_bytes).map_err(|_| unread(hint))?;
    let source = text::decode(&bytes).map_err(|_| unread("it is not text in UTF-8"))?;
    let Some(after) = upgraded(workspace, file, source, file.kind, version)? else {
        return Ok(None);
    };
    Ok(Some(Rewrite::edit(Arc::clone(&file.path), source, after)))
}

/// The text of a file in a version; `None` where it is in that version already, or is no entry.
fn upgraded(
    workspace: &Workspace,
    file: &SourceFile,
    source: &str,
    kind: Option<usize>,
    version: u32,
) -> Result<Option<String>, Refused> {
    let profile = &workspace.profile;
    let body = kind.and_then(|kind| profile.kinds[kind].body.as_deref());
    let (document, problems) = syntax::parse(source, file.format, body, &profile.limits.syntax);
    if let Some(problem) = problems.iter().find(|problem| problem.kind.is_fatal()) {
        let reason = "it cannot be read from here on; `corpuslint check` shows what is wrong";
        return Err(Refused::new(file, source, problem.span, reason));
    }
    let Some(kind) = kind.or_else(|| kind_by_id(workspace, &document)) else {
        return Ok(None);
    };
    let kind = &workspace.schemas.kinds()[kind];
    let upgrade = upgrade::to_version(&document, kind, version);
    if upgrade.is_done() {
        return Ok(None);
    }
    let text = upgrade
        .text()
        .map_err(|Obstacle { span, reason }| Refused::new(file, source, span, reason))?;
    Ok(Some(text))
}

/// The kind of a file whose name says nothing, by the ID in it.
fn kind_by_id(workspace: &Workspace, document: &Document<'_>) -> Option<usize> {
    let schemas = &workspace.schemas;
    (0..schemas.kinds().len()).find(|&kind| {
        let subjects = subjects(document, schemas, kind);
        let id = subjects.first().and_then(Subject::id).map(Node::text);
        id.is_some_and(|id| schemas.kind_of_id(id) == Some(kind))
    })
}

fn tell(writes: bool, version: u32, all: usize, changed: usize) {
    let text = match (changed, writes) {
        (0, _) => {
            let all = counted(all, "file is", "files are");
            format!("{all} in format version {version} already")
        }
        (changed, writes) => {
            let would = if writes { "" } else { "would be " };
            let all = counted(all, "file", "files");
            format!("{changed} of {all} {would}brought to format version {version}")
        }
    };
    complain("note", &text);
}
