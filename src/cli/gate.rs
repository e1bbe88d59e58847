//! `check --base`: the two states of a corpus that are compared.

use super::scope::{Input, Scope};
use super::{Failure, find_rule, progress, state};
use crate::diagnostic::Location;
use crate::history::loosened::loosened;
use crate::lint::{self, Gate, Options, Report, Snapshot, Waiver};
use crate::rules;
use crate::snapshot::Workspace;

/// What the command line says about them.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Judge the change since this git revision, folder or release file, and fail only on what the
    /// change introduces
    #[arg(long, value_name = "REV|PATH")]
    base: Option<String>,
    /// Judge this git revision, folder or release file instead of the working tree
    #[arg(long, value_name = "REV|PATH", requires = "base")]
    head: Option<String>,
    /// Accept what RULE finds in the entry ID, or in the file PATH; may be given again
    #[arg(long, value_name = "RULE:ID", requires = "base")]
    waive: Vec<String>,
}

impl Args {
    /// Two states, as `diff` compares them.
    pub(super) fn between(base: &str, head: Option<&str>) -> Self {
        Self {
            base: Some(base.to_owned()),
            head: head.map(str::to_owned),
            waive: Vec::new(),
        }
    }

    /// Whether there is something to compare with.
    pub(super) fn is_asked(&self) -> bool {
        self.base.is_some()
    }
}

/// The two states.
pub(super) struct Sides {
    pub(super) base: Scope,
    pub(super) head: Scope,
    gate: Gate,
    base_name: String,
}

impl Sides {
    pub(super) fn open(input: &Input, args: &Args) -> Result<Self, Failure> {
        let base_name = args.base.clone().unwrap_or_default();
        let base = state::open(&base_name, input.config.as_deref())?;
        let waivers = waivers(&args.waive)?;
        let own = Scope::workspace(input)?;
        let loosened = loosened(&base.workspace, &base_name, &own, &|rule| {
            rules::find(rule).map(|rule| rule.level)
        });
        let gate = Gate { loosened, waivers };
        let trusted = trusted(&base.workspace, own, &gate);
        Ok(Self {
            head: Scope::open_in(trusted, input)?,
            base,
            gate,
            base_name,
        })
    }

    pub(super) fn check(&self, options: &Options) -> Result<Report, Failure> {
        let total = self.base.files.len() + self.head.files.len();
        let report = progress::watch(total, |progress| {
            lint::compare(
                snapshot(&self.base, &self.base_name),
                snapshot(&self.head, "the working tree"),
                &self.gate,
                options,
                progress,
            )
        })?;
        Ok(report)
    }

    pub(super) fn text(&self, location: &Location) -> Option<String> {
        self.of(location).text(location)
    }

    pub(super) fn shown_path(&self, location: &Location) -> Option<String> {
        self.of(location).shown_path(location)
    }

    fn of(&self, location: &Location) -> &Scope {
        match location.revision {
            Some(_) => &self.base,
            None => &self.head,
        }
    }
}

fn snapshot<'s>(scope: &'s Scope, name: &'s str) -> Snapshot<'s> {
    Snapshot {
        workspace: &scope.workspace,
        files: &scope.files,
        name,
    }
}

/// The head is held against its own configuration only where that is no looser than the base's, or
/// where the maintainer accepts that it is.
fn trusted(base: &Workspace, own: Workspace, gate: &Gate) -> Workspace {
    let accepted = gate.loosened.iter().all(|loosened| {
        let path = loosened.location.path.as_ref();
        let mut waivers = gate.waivers.iter();
        waivers.any(|waiver| waiver.covers("gate-loosened", None, path))
    });
    if accepted { own } else { own.trusting(base) }
}

fn waivers(texts: &[String]) -> Result<Vec<Waiver>, Failure> {
    let read = |text: &String| {
        let (rule, id) = text
            .split_once(':')
            .filter(|(_, id)| !id.is_empty())
            .ok_or_else(|| Failure(format!("`--waive {text}` must be RULE:ID")))?;
        Ok(Waiver {
            rule: find_rule(rule)?.name.to_owned(),
            id: id.to_owned(),
        })
    };
    texts.iter().map(read).collect()
}
