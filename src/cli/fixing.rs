//! `check --fix`, `--unsafe-fixes` and `--diff`.

use super::check::{self, Judged};
use super::output::Destination;
use super::scope::{self, Scope};
use super::{CheckArgs, Failure, Screen, complain, rewriting};
use crate::diagnostic::{Diagnostic, Safety};
use crate::fix::{Choice, Drafts};
use crate::report::counted;

/// Rounds after which fixes that make room for one another are left for another run.
const ROUNDS: usize = 20;

/// What the command line says about fixes.
#[derive(clap::Args)]
#[group(skip)]
pub(super) struct Args {
    /// Make the fixes that keep the meaning, all of them or nothing, and report what is left
    ///
    /// Of a change (--base, --changed) only what the change brings is fixed.
    #[arg(long)]
    fix: bool,
    /// Make the fixes that are probably right, too; look at what they did
    #[arg(long)]
    unsafe_fixes: bool,
    /// Write nothing, and print what the fixes would do as a patch instead of the findings
    #[arg(long)]
    diff: bool,
}

impl Args {
    pub(super) fn is_asked(&self) -> bool {
        self.fix || self.unsafe_fixes || self.diff
    }

    fn choice(&self) -> Choice {
        if self.unsafe_fixes {
            Choice::Unsafe
        } else {
            Choice::Safe
        }
    }
}

/// Fixes, and gives what fails the run: what is left, or for a patch what there is now.
pub(super) fn run(
    args: &CheckArgs,
    destinations: &[Destination],
    screen: Screen,
) -> Result<Judged, Failure> {
    refuse(args)?;
    if !args.fixing.diff {
        let workspace = Scope::workspace(&args.input)?;
        rewriting::recover(&workspace, &scope::paths(&args.input)?)?;
    }
    let first = Judged::new(args, Drafts::default())?;
    let fixed = Fixed::new(args, &first)?;
    let workspace = &first.head().workspace;
    let rewrites = fixed.drafts.rewrites();
    if args.fixing.diff {
        rewriting::show(workspace, &rewrites, screen)?;
        tell(fixed.made, "would be fixed", rewrites.len());
        tell_of_others(&first, args);
        return Ok(first);
    }
    rewriting::write(workspace, &rewrites)?;
    let last = fixed.last.unwrap_or(first);
    last.write(args, destinations, screen)?;
    tell(fixed.made, "fixed", rewrites.len());
    tell_of_others(&last, args);
    Ok(last)
}

/// Fixes are made in files on disk.
fn refuse(args: &CheckArgs) -> Result<(), Failure> {
    if args.input.reads_stdin() {
        let reason = "the standard input cannot be fixed; name the file";
        return Err(Failure(reason.to_owned()));
    }
    match args.gate.other_head() {
        Some(option) => Err(Failure(format!(
            "fixes are made in the working tree; leave {option} out"
        ))),
        None => Ok(()),
    }
}

/// A corpus with its fixes made, in memory.
struct Fixed {
    drafts: Drafts,
    made: usize,
    /// What is found then; `None` where there was nothing to make.
    last: Option<Judged>,
}

impl Fixed {
    fn new(args: &CheckArgs, first: &Judged) -> Result<Self, Failure> {
        let mut fixed = Self {
            drafts: Drafts::default(),
            made: 0,
            last: None,
        };
        for _ in 0..ROUNDS {
            let now = fixed.last.as_ref().unwrap_or(first);
            let scope = now.head();
            let found: Vec<Diagnostic> = open(now, scope).cloned().collect();
            let choice = args.fixing.choice();
            let made = fixed
                .drafts
                .fix(&found, &scope.files, &scope.workspace, choice);
            if made == 0 {
                break;
            }
            fixed.made += made;
            fixed.last = Some(Judged::new(args, fixed.drafts.clone())?);
        }
        Ok(fixed)
    }
}

fn tell(made: usize, done: &str, files: usize) {
    let findings = counted(made, "finding", "findings");
    let files = counted(files, "file", "files");
    complain("note", &format!("{findings} {done} in {files}"));
}

/// Says how many fixes were not asked for.
fn tell_of_others(left: &Judged, args: &CheckArgs) {
    let others = open(left, left.head()).filter_map(|found| found.fix.as_ref());
    let others = others.filter(|fix| fix.safety == Safety::Unsafe).count();
    if args.fixing.choice() == Choice::Safe && others > 0 {
        let others = counted(others, "other has", "others have");
        let text = format!("{others} a fix that wants a look: --unsafe-fixes");
        complain("note", &text);
    }
}

/// Findings that may be fixed: those that count, where all that their fixes touch was asked for.
fn open<'j>(judged: &'j Judged, scope: &'j Scope) -> impl Iterator<Item = &'j Diagnostic> {
    let is_wanted = |found: &&Diagnostic| {
        let Some(wanted) = &scope.wanted else {
            return true;
        };
        let edits = found.fix.iter().flat_map(|fix| &fix.edits);
        let mut paths = edits.map(|edit| &edit.path).chain([&found.location.path]);
        paths.all(|path| wanted.contains(path.as_ref()))
    };
    let found = judged.report.diagnostics.iter();
    found
        .filter(|found| check::is_open(found))
        .filter(is_wanted)
}
