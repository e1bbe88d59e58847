//! `corpuslint backtest`: where each rule would have fired in the history of a corpus.

use std::path::{Path, PathBuf};

use super::scope::{Input, Scope};
use super::state::{self, Git, State};
use super::{Failure, Outcome, Screen, known_rules, output, progress};
use crate::lint::{self, Options, Revision, Snapshot};
use crate::report::{PageFormat, Paint, render_backtest};
use crate::snapshot::Workspace;
use crate::snapshot::git::Commit;

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
struct Past {
    scope: Scope,
    name: String,
    title: String,
    date: Option<String>,
}

pub(super) fn run(args: &Args, screen: Screen) -> Result<Outcome, Failure> {
    known_rules(args.select.iter().chain(&args.ignore))?;
    let past = past(args)?;
    let revisions: Vec<Revision<'_>> = past.iter().map(revision).collect();
    let options = Options {
        select: args.select.clone(),
        ignore: args.ignore.clone(),
        today: super::today(),
        whole_corpus: true,
        cache: None,
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
            tree: None,
            known: None,
        },
        title: past.title.clone(),
        date: past.date.clone(),
    }
}

/// The states, oldest first.
fn past(args: &Args) -> Result<Vec<Past>, Failure> {
    let input = Input::around(None, args.config.as_deref());
    match args.states.as_slice() {
        [] => history("HEAD", &input),
        [range] if range.contains("..") && !Path::new(range).exists() => history(range, &input),
        [one] if state::is_revision(one, &input)? => history(one, &input),
        several => several.iter().map(|spec| one(spec, &input)).collect(),
    }
}

fn one(spec: &str, input: &Input) -> Result<Past, Failure> {
    if state::is_revision(spec, input)? {
        let git = Git::around(input)?;
        let commit = git.repository.resolve(spec)?;
        return at(&git, &commit, &Scope::workspace(input)?);
    }
    let state = State::path(spec, input.config.as_deref());
    Ok(Past {
        scope: state.open(state.workspace()?)?,
        name: spec.to_owned(),
        title: String::new(),
        date: None,
    })
}

/// The commits of a range in which the corpus changed, with the one that the range begins after.
fn history(range: &str, input: &Input) -> Result<Vec<Past>, Failure> {
    let git = Git::around(input)?;
    // Today's rules and schemas, whatever they were then.
    let workspace = Scope::workspace(input)?;
    let mut commits = git.repository.log(range)?;
    if let Some((start, _)) = range
        .split_once("..")
        .filter(|(start, _)| !start.is_empty())
    {
        commits.insert(0, git.repository.resolve(start)?);
    }
    let mut past: Vec<Past> = Vec::new();
    for commit in &commits {
        let now = at(&git, commit, &workspace)?;
        let same = past
            .last()
            .is_some_and(|last| last.scope.is_same(&now.scope));
        if !same {
            past.push(now);
        }
    }
    if past.is_empty() {
        return Err(Failure(format!("the history `{range}` is empty")));
    }
    Ok(past)
}

fn at(git: &Git, commit: &Commit, workspace: &Workspace) -> Result<Past, Failure> {
    Ok(Past {
        scope: git.commit(commit).open(workspace.trusting(workspace))?,
        name: commit.id.short(),
        title: commit.summary.clone(),
        date: Some(commit.date.clone()),
    })
}
