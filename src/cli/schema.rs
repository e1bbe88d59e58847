//! `corpuslint schema`

use std::io::Write;

use super::{Failure, Outcome, output, shelf};
use crate::author::{Shelf, form};
use crate::history::Ledger;
use crate::report::{Escaped, JsonEscape};
use crate::schema::vocabulary;
use crate::snapshot::Workspace;
use crate::text::did_you_mean;

/// Schemas of the program itself.
const OWN: &[(&str, &str, &str)] = &[
    (
        "vocabulary",
        "the x-… keywords, a meta-schema",
        vocabulary::META_SCHEMA,
    ),
    (
        "output",
        "what `check --output-format json` prints",
        include_str!("../../schema/output.schema.json"),
    ),
    (
        "profile",
        "corpuslint.toml",
        include_str!("../../schema/profile.schema.json"),
    ),
];

/// Arguments of `schema`.
#[derive(clap::Args)]
pub(super) struct Args {
    /// A kind of the profile, or `vocabulary`, `output` or `profile`; without it, a list
    kind: Option<String>,
    /// Print the issue form of this kind, for `.github/ISSUE_TEMPLATE/`
    #[arg(long, value_name = "KIND", conflicts_with = "kind")]
    issue_form: Option<String>,
    /// Use this profile instead of the nearest corpuslint.toml
    #[arg(long, value_name = "FILE")]
    config: Option<std::path::PathBuf>,
}

pub(super) fn run(args: &Args) -> Result<Outcome, Failure> {
    let workspace = match &args.config {
        Some(config) => Workspace::with_profile(config)?,
        None => Workspace::around(&std::env::current_dir()?)?,
    };
    if let Some(kind) = &args.issue_form {
        let kind = shelf::kind(&workspace, kind)?;
        let shelf = Shelf::read(&workspace, &[], Ledger::default());
        let form = form::issue_form(&shelf, kind)?;
        output::print(|out| {
            let mut lines = form.lines();
            lines.try_for_each(|line| writeln!(out, "{}", Escaped(line)))
        })?;
        return Ok(Outcome::Clean);
    }
    match &args.kind {
        Some(kind) => print(&workspace, kind)?,
        None => list(&workspace)?,
    }
    Ok(Outcome::Clean)
}

fn print(workspace: &Workspace, wanted: &str) -> Result<(), Failure> {
    let kinds = workspace.schemas.kinds();
    let of_kind = kinds
        .iter()
        .find(|kind| kind.name == wanted)
        .and_then(|kind| workspace.schemas.text(&kind.path));
    let own = || {
        let own = OWN.iter().find(|(name, ..)| *name == wanted);
        own.map(|(_, _, text)| *text)
    };
    let Some(text) = of_kind.or_else(own) else {
        let known = kinds.iter().map(|kind| kind.name.as_str());
        let known = known.chain(OWN.iter().map(|(name, ..)| *name));
        let hint = did_you_mean(wanted, known)
            .map_or("see `corpuslint schema`".to_owned(), |close| {
                format!("did you mean `{close}`?")
            });
        return Err(Failure(format!("there is no kind `{wanted}`; {hint}")));
    };
    output::print(|out| JsonEscape::new(out).write_all(text.as_bytes()))
}

fn list(workspace: &Workspace) -> Result<(), Failure> {
    output::print(|out| {
        for kind in workspace.schemas.kinds() {
            writeln!(
                out,
                "{:<12}  {}",
                Escaped(&kind.name).to_string(),
                Escaped(&kind.path)
            )?;
        }
        for (name, what, _) in OWN {
            writeln!(out, "{name:<12}  {what}")?;
        }
        Ok(())
    })
}
