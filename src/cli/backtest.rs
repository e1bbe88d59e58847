//! `corpuslint backtest`: where each rule would have fired in the history of a corpus.

use std::path::PathBuf;

use super::scope::Scope;
use super::{Failure, Outcome, Screen, known_rules, output, progress, state};
use crate::lint::{self, Options, Revision, Snapshot};
use crate::report::{PageFormat, Paint, render_backtest};

/// Arguments of `backtest`.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Release files or folders, oldest first; or one git revision or range (A..B); without any, the
    /// whole history of the current branch
    #[arg(value_name = "STATE")]
    states: Vec<String>,
    /// Run only these rules
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    select: Vec<String>,
    /// Do not run these rules
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    ignore: Vec<String>,
    /// Use this profile instead of the nearest corpuslint.toml
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// How to write the table
    #[arg(long, value_enum, default_value = "human", value_name = "FORMAT")]
    output_format: PageFormat,
}

/// One state with what its history says.
pub(super) struct Past {
    pub(super) scope: Scope,
    pub(super) name: String,
    pub(super) title: String,
    pub(super) date: Option<String>,
}

pub(super) fn run(args: &Args, screen: Screen) -> Result<Outcome, Failure> {
    known_rules(args.select.iter().chain(&args.ignore))?;
    let past = state::past(&args.states, args.config.as_deref())?;
    let revisions: Vec<Revision<'_>> = past.iter().map(revision).collect();
    let options = Options {
        select: args.select.clone(),
        ignore: args.ignore.clone(),
        today: super::today(),
        whole_corpus: true,
    };
    let total = past.iter().map(|past| past.scope.files.len()).sum();
    let replayed = progress::watch(total, |progress| {
        lint::backtest(&revisions, &options, progress)
    })?;
    let paint = Paint {
        color: screen.wants_color(output::is_terminal()),
    };
    output::print(|out| {
        render_backtest(&replayed, args.output_format, paint, output::width(), out)
    })?;
    Ok(Outcome::Clean)
}

fn revision(past: &Past) -> Revision<'_> {
    Revision {
        snapshot: Snapshot {
            workspace: &past.scope.workspace,
            files: &past.scope.files,
            name: &past.name,
        },
        title: past.title.clone(),
        date: past.date.clone(),
    }
}
