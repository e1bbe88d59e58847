//! `corpuslint diff`: what changed between two states of a corpus.

use std::path::PathBuf;

use super::gate::Sides;
use super::scope::Input;
use super::{Failure, Outcome, Screen, gate, output};
use crate::lint::Options;
use crate::report::{PageFormat, Paint, render_changes};

/// Arguments of `diff`.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The state before: a git revision, a folder or a release file
    #[arg(value_name = "A")]
    before: String,
    /// The state after; without it, the working tree
    #[arg(value_name = "B")]
    after: Option<String>,
    /// Use this profile instead of the nearest corpuslint.toml
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// How to write what changed
    #[arg(long, value_enum, default_value = "human", value_name = "FORMAT")]
    output_format: PageFormat,
}

pub(super) fn run(args: &Args, screen: Screen) -> Result<Outcome, Failure> {
    let input = Input::around(None, args.config.as_deref());
    let wanted = gate::Args::between(&args.before, args.after.as_deref());
    let options = |whole_corpus| Options {
        // The rule is never looked at: what is wanted are the entries.
        select: vec!["syntax".to_owned()],
        ignore: Vec::new(),
        today: super::today(),
        whole_corpus,
        cache: None,
    };
    let sides = Sides::judge(&input, &wanted, &options)?;
    let comparison = sides.report.comparison.unwrap_or_default();
    let paint = Paint {
        color: screen.wants_color(output::is_terminal()),
    };
    output::print(|out| {
        render_changes(&comparison, args.output_format, paint, output::width(), out)
    })?;
    Ok(Outcome::Clean)
}
