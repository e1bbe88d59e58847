//! The command line: what can be asked, one file a command.

mod backtest;
mod check;
mod diff;
mod explain;
mod fixing;
mod fmt;
mod gate;
mod id;
mod init;
mod link;
mod lsp;
mod manual;
mod memory;
mod migrate;
mod new;
mod output;
mod progress;
mod rewriting;
mod schema;
mod scope;
mod shard;
mod shelf;
mod state;
mod stats;
mod upgrade;

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{ArgMatches, Args, ColorChoice, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::diagnostic::Severity;
use crate::report::OutputFormat;
use crate::rule::Rule;
use crate::rules;
use crate::text::did_you_mean;

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
    /// When to use colours; `auto` obeys NO_COLOR
    #[arg(
        long,
        value_enum,
        default_value = "auto",
        global = true,
        value_name = "WHEN"
    )]
    color: ColorChoice,
}

#[derive(Subcommand)]
enum Command {
    /// Check files, folders or a release file; without a path, the corpus around the current folder
    Check(CheckArgs),
    /// Join what the shards of a corpus gave (`check --shard`): the findings are those of one run
    Link(link::Args),
    /// Write entries in their one canonical form, and keep their comments
    Fmt(fmt::Args),
    /// Show the page of a rule; without one, the table of all rules
    Explain(explain::Args),
    /// Print the JSON Schema of a kind of entry; without one, the kinds
    Schema(schema::Args),
    /// Count what a corpus or a release holds
    Stats(stats::Args),
    /// Show what changed between two states of a corpus, entry by entry and field by field
    Diff(diff::Args),
    /// Replay the rules over the history of a corpus: where each would have fired
    Backtest(backtest::Args),
    /// Take a corpus from one format to another, and prove that nothing was lost
    Migrate(migrate::Args),
    /// Begin a corpus: the profile, its schemas, the workflow, the hook and a first entry
    Init(init::Args),
    /// Begin an entry: the next free ID, the days, and the fields that its schema wants
    New(new::Args),
    /// Take the next ID, move an entry to another, or retire it
    Id(id::Args),
    /// Bring a corpus to another format version, by edits that change nothing else
    Upgrade(upgrade::Args),
    /// Serve an editor over the standard streams (LSP 3.17): findings while you type, fixes, completion
    Lsp(LspArgs),
    /// Print a script that completes commands and options in a shell
    Completions(manual::CompletionsArgs),
    /// Print the manual pages
    Man,
}

/// Arguments of `lsp`.
#[derive(Args)]
struct LspArgs {
    /// Accepted and without effect, because some editors add it: there is no other way
    #[arg(long, hide = true)]
    stdio: bool,
}

/// Arguments of `check`.
#[derive(Args)]
struct CheckArgs {
    #[command(flatten)]
    input: scope::Input,
    #[command(flatten)]
    gate: gate::Args,
    #[command(flatten)]
    fixing: fixing::Args,
    #[command(flatten)]
    shard: shard::Args,
    /// Run only these rules
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    select: Vec<String>,
    /// Do not run these rules
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    ignore: Vec<String>,
    #[command(flatten)]
    telling: Telling,
}

/// How findings are told, and which of them fail a run.
#[derive(Args)]
struct Telling {
    /// How to write the findings; may be given again, with an --output-file each
    ///
    /// Paths are relative to the current folder in human and concise, so that they can be opened
    /// from there, and to the folder of the profile in all others, wherever they are made.
    #[arg(long, value_enum, default_value = "human", value_name = "FORMAT")]
    output_format: Vec<OutputFormat>,
    /// Write to this file instead of the standard output; belongs to the --output-format before it
    #[arg(long, value_name = "FILE")]
    output_file: Vec<PathBuf>,
    /// Exit with 1 when a finding is at least this bad
    #[arg(long, value_enum, default_value = "error", value_name = "SEVERITY")]
    fail_on: Severity,
    /// Exit with 0 whatever is found
    #[arg(long)]
    exit_zero: bool,
    /// Count the findings of each rule, in human and concise
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

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// How a run that did not fail ended.
#[derive(Debug)]
enum Outcome {
    Clean,
    Findings,
}

/// What is known of the terminal.
#[derive(Clone, Copy)]
struct Screen {
    color: ColorChoice,
}

impl Screen {
    /// Colours by `--color`, else where a terminal reads them and `NO_COLOR` is not set.
    fn wants_color(self, to_terminal: bool) -> bool {
        match self.color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => {
                to_terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
            }
        }
    }
}

/// Runs the program with the arguments of the process.
#[must_use]
pub fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    // Help and usage errors are coloured before the arguments are understood.
    let parser = command().color(color_in(&arguments));
    let result = match parser.try_get_matches_from(arguments) {
        Ok(matches) => run(&matches),
        Err(error) if is_help(error.kind()) => {
            // Whoever closed the other end does not want it.
            let _ = error.print();
            let code = u8::try_from(error.exit_code()).unwrap_or(2);
            return ExitCode::from(code);
        }
        Err(error) => Err(Failure(usage(&error))),
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

fn command() -> clap::Command {
    Cli::command()
}

fn run(matches: &ArgMatches) -> Result<Outcome, Failure> {
    let cli = Cli::from_arg_matches(matches).map_err(|error| Failure(usage(&error)))?;
    let screen = Screen { color: cli.color };
    if !matches!(&cli.command, Command::Check(args) if args.gate.is_asked()) {
        memory::use_small_pages();
    }
    match &cli.command {
        Command::Check(args) => {
            let matches = matches.subcommand_matches("check").unwrap_or(matches);
            check::run(args, &output::destinations(matches)?, screen)
        }
        Command::Link(args) => {
            let matches = matches.subcommand_matches("link").unwrap_or(matches);
            link::run(args, &output::destinations(matches)?, screen)
        }
        Command::Fmt(args) => fmt::run(args, screen),
        Command::Explain(args) => explain::run(args, screen),
        Command::Schema(args) => schema::run(args),
        Command::Stats(args) => stats::run(args, screen),
        Command::Diff(args) => diff::run(args, screen),
        Command::Backtest(args) => backtest::run(args, screen),
        Command::Migrate(args) => migrate::run(args, screen),
        Command::Init(args) => init::run(args, screen),
        Command::New(args) => new::run(args, screen),
        Command::Id(args) => id::run(args, screen),
        Command::Upgrade(args) => upgrade::run(args, screen),
        Command::Lsp(_) => lsp::run(),
        Command::Completions(args) => manual::completions(args),
        Command::Man => manual::man(),
    }
}

/// The last `--color` of the arguments, as far as that can be told before they are parsed.
fn color_in(arguments: &[OsString]) -> ColorChoice {
    let mut found = ColorChoice::Auto;
    let mut words = arguments.iter().filter_map(|word| word.to_str());
    while let Some(word) = words.next() {
        let value = match word {
            "--" => break,
            "--color" => words.next(),
            word => word.strip_prefix("--color="),
        };
        if let Some(choice) = value.and_then(|value| value.parse().ok()) {
            found = choice;
        }
    }
    found
}

fn is_help(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    )
}

/// A usage error in one line.
fn usage(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let lines = text.lines().map(str::trim);
    let lines =
        lines.take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more"));
    let mut reason = String::new();
    for line in lines.filter(|line| !line.is_empty()) {
        if !reason.is_empty() {
            reason.push_str(if reason.ends_with(':') { " " } else { "; " });
        }
        reason.push_str(line.trim_start_matches("error: "));
    }
    reason
}

fn today() -> jiff::civil::Date {
    let now = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC);
    now.date()
}

/// The rule of a name.
fn find_rule(name: &str) -> Result<&'static Rule, Failure> {
    rules::find(name).ok_or_else(|| {
        let hint = did_you_mean(name, rules::names())
            .map_or("see `corpuslint explain`".to_owned(), |close| {
                format!("did you mean `{close}`?")
            });
        Failure(format!("there is no rule `{name}`; {hint}"))
    })
}

fn known_rules<'n>(mut names: impl Iterator<Item = &'n String>) -> Result<(), Failure> {
    names.try_for_each(|name| find_rule(name).map(|_| ()))
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
