//! The command line: what can be asked, one file a command.

mod check;

use std::fmt;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::diagnostic::Severity;
use crate::report::OutputFormat;

/// Checks an open knowledge base kept in git.
///
/// Checks each entry against a JSON Schema, and the IDs, references, dates and links of all of
/// them. Exit code 0: nothing at or above `--fail-on`; 1: findings; 2: the run itself failed.
#[derive(Parser)]
#[command(
    name = "corpuslint",
    version,
    propagate_version = true,
    max_term_width = 100
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Check files, folders or a release file; without a path, the corpus around the current folder
    Check(CheckArgs),
}

/// Arguments of `check`.
#[derive(Args)]
struct CheckArgs {
    /// Files, folders or a release file; `-` reads the standard input
    paths: Vec<PathBuf>,
    /// How to write the findings; may be given again, with an --output-file each
    #[arg(long, value_enum, default_value = "human")]
    output_format: Vec<OutputFormat>,
    /// Write to this file instead of the standard output; in the order of --output-format
    #[arg(long, value_name = "FILE")]
    output_file: Vec<PathBuf>,
    /// Run only these rules
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    select: Vec<String>,
    /// Do not run these rules
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    ignore: Vec<String>,
    /// Exit with 1 when a finding is at least this bad
    #[arg(long, value_enum, default_value = "error")]
    fail_on: Severity,
    /// Exit with 0 whatever is found
    #[arg(long)]
    exit_zero: bool,
    /// The name that the text of the standard input has in the corpus
    #[arg(long, value_name = "PATH")]
    stdin_filename: Option<PathBuf>,
    /// Use this profile instead of the nearest corpuslint.toml
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// When to use colours
    #[arg(long, value_enum, default_value = "auto")]
    color: clap::ColorChoice,
    /// Count the findings of each rule
    #[arg(long)]
    statistics: bool,
}

/// Why a run failed, in one line. Exit code 2.
struct Failure(String);

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How a run that did not fail ended.
enum Outcome {
    Clean,
    Findings,
}

/// Runs the program with the arguments of the process.
#[must_use]
pub fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Check(args) => check::run(&args),
    };
    match result {
        Ok(Outcome::Clean) => ExitCode::SUCCESS,
        Ok(Outcome::Findings) => ExitCode::from(1),
        Err(Failure(reason)) => {
            complain("error", &reason);
            ExitCode::from(2)
        }
    }
}

/// Says something beside the results, on the standard error.
fn complain(word: &str, text: &str) {
    // Where even that cannot be written, there is nobody to tell.
    let _ = writeln!(
        std::io::stderr(),
        "{word}: {}",
        crate::report::Escaped(text)
    );
}
