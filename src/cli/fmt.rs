//! `corpuslint fmt`

use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use super::rewriting::Mode;
use super::scope::{Input, Scope, paths};
use super::{Failure, Outcome, Screen, complain, output, progress, rewriting};
use crate::fix::Rewrite;
use crate::format::canonical;
use crate::migrate::layout::Layout;
use crate::report::counted;
use crate::snapshot::{SourceFile, Unread};
use crate::text::{LineIndex, decode};

/// Arguments of `fmt`.
#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    mode: Mode,
}

pub(super) fn run(args: &Args, screen: Screen) -> Result<Outcome, Failure> {
    let workspace = Scope::workspace(&args.input)?;
    if args.mode.writes() && !args.input.reads_stdin() {
        rewriting::recover(&workspace, &paths(&args.input)?)?;
    }
    let scope = Scope::open_in(workspace, &args.input)?;
    let files: Vec<&SourceFile> = scope.wanted_files().collect();
    let all = progress::watch(files.len(), |progress| format(&scope, &files, progress));
    if args.mode.writes() && args.input.reads_stdin() {
        return to_stdout(&scope, all);
    }
    let refused = complain_of(&scope, &all);
    let rewrites: Vec<Rewrite> = all.into_iter().filter_map(Formatted::rewrite).collect();
    args.mode.carry_out(&scope, &rewrites, screen)?;
    let changed = counted(rewrites.len(), "file", "files");
    let rest = files.len() - rewrites.len() - refused;
    let done = if args.mode.writes() {
        "formatted"
    } else {
        "would be formatted"
    };
    complain(
        "note",
        &format!("{changed} {done}, {rest} as they should be, {refused} left alone"),
    );
    let is_open = refused > 0 || (!args.mode.writes() && !rewrites.is_empty());
    Ok(if is_open {
        Outcome::Findings
    } else {
        Outcome::Clean
    })
}

/// What becomes of one file.
struct Formatted<'f> {
    file: &'f SourceFile,
    /// The text that there is, and its canonical form; or why there is none, with a line where that
    /// helps.
    result: Result<(String, String), String>,
}

impl Formatted<'_> {
    fn rewrite(self) -> Option<Rewrite> {
        let (before, after) = self.result.ok()?;
        let path = self.file.path.clone();
        (before != after).then(|| Rewrite::edit(path, before, after))
    }
}

fn format<'f>(
    scope: &Scope,
    files: &[&'f SourceFile],
    progress: &AtomicUsize,
) -> Vec<Formatted<'f>> {
    let layout = Layout::new(&scope.workspace, 0);
    let one = |file: &&'f SourceFile| {
        let result = form(file, &layout);
        progress.fetch_add(1, Ordering::Relaxed);
        Formatted { file, result }
    };
    files.par_iter().map(one).collect()
}

fn form(file: &SourceFile, layout: &Layout<'_>) -> Result<(String, String), String> {
    let limit = layout.workspace.profile.limits.file_bytes;
    let bytes = file.read(limit).map_err(|unread| match unread {
        Unread::Stray(reason) | Unread::Unreadable(reason) => format!(" {reason}"),
        Unread::TooLarge { bytes, limit } => {
            format!(" {bytes} bytes are over the limit of {limit}")
        }
        Unread::NotText(_) => " it is not UTF-8".to_owned(),
    })?;
    let source = decode(&bytes).map_err(|_| " it is not UTF-8".to_owned())?;
    let after = canonical(source, file.format, file.kind, layout).map_err(|refused| {
        let place = LineIndex::new(source).position(refused.span.start);
        format!("{place}: {}", refused.reason)
    })?;
    Ok((source.to_owned(), after))
}

fn to_stdout(scope: &Scope, all: Vec<Formatted<'_>>) -> Result<Outcome, Failure> {
    for formatted in all {
        let (_, after) = formatted
            .result
            .map_err(|reason| Failure(format!("{}:{reason}", scope.shown(&formatted.file.path))))?;
        output::print(|out| out.write_all(after.as_bytes()))?;
    }
    Ok(Outcome::Clean)
}

/// Says which files have no canonical form, and how many they are.
fn complain_of(scope: &Scope, all: &[Formatted<'_>]) -> usize {
    let mut refused = 0;
    for formatted in all {
        if let Err(reason) = &formatted.result {
            refused += 1;
            let path = scope.shown(&formatted.file.path);
            complain("warning", &format!("{path}:{reason}"));
        }
    }
    refused
}
