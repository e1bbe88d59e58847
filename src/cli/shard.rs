//! `check --shard K/N --facts-out FILE`

use std::path::PathBuf;

use super::scope::Scope;
use super::{CheckArgs, Failure, Outcome, check, progress};
use crate::lint::{Shard, write_facts};
use crate::write::{Existing, Single};

/// What the command line says about shards.
#[derive(clap::Args)]
#[group(skip)]
pub(super) struct Args {
    /// Check only the K-th of N parts of the corpus, and write what `link` joins
    ///
    /// Which part a file is in follows from its path alone. Nothing is printed, and findings do not
    /// count: `link` tells them, with the options that say how.
    #[arg(
        long,
        value_name = "K/N",
        requires = "facts_out",
        conflicts_with_all = [
            "base", "staged", "changed", "fix", "unsafe_fixes", "diff", "stdin_filename",
            "output_format", "output_file", "fail_on", "exit_zero", "statistics",
        ]
    )]
    shard: Option<Shard>,
    /// Write what the shard gave to this file
    #[arg(long, value_name = "FILE", requires = "shard")]
    facts_out: Option<PathBuf>,
}

/// A shard and where it goes.
pub(super) struct Asked<'a> {
    shard: Shard,
    file: &'a PathBuf,
}

impl Args {
    pub(super) fn asked(&self) -> Option<Asked<'_>> {
        Some(Asked {
            shard: self.shard?,
            file: self.facts_out.as_ref()?,
        })
    }
}

pub(super) fn run(args: &CheckArgs, asked: Asked<'_>) -> Result<Outcome, Failure> {
    let Asked { shard, file } = asked;
    let whole = "a shard is one of a whole corpus; leave out paths inside it";
    if args.input.reads_stdin() {
        return Err(Failure(whole.to_owned()));
    }
    let scope = Scope::open(&args.input)?;
    if scope.wanted.is_some() || !scope.whole {
        return Err(Failure(whole.to_owned()));
    }
    let options = check::options(args, true);
    let folder = scope.folder_in_repository();
    let mut out = Single::begin(file, Existing::Replace)?;
    progress::watch(scope.files.len(), |progress| {
        let (workspace, files) = (&scope.workspace, &scope.files);
        write_facts(
            workspace,
            files,
            (shard, &folder),
            &options,
            progress,
            &mut out,
        )
    })
    .map_err(|error| Failure(format!("{}: {error}", file.display())))?;
    out.commit()?;
    Ok(Outcome::Clean)
}
