//! `corpuslint check`

use std::collections::BTreeSet;
use std::io::{IsTerminal, Write};
use std::path::Path;

use super::gate::Sides;
use super::output::{self, Destination};
use super::scope::{Input, Scope};
use super::{CheckArgs, Failure, Outcome, Screen, Telling, fixing, known_rules, progress, shard};
use crate::cache::seen::Seen;
use crate::corpus::Corpus;
use crate::diagnostic::{Change, Diagnostic, Location};
use crate::fix::Drafts;
use crate::lint::{self, Options, Report, Summary};
use crate::report::{self, View};

pub(super) fn run(
    args: &CheckArgs,
    destinations: &[Destination],
    screen: Screen,
) -> Result<Outcome, Failure> {
    known_rules(args.select.iter().chain(&args.ignore))?;
    if let Some(asked) = args.shard.asked() {
        return shard::run(args, asked);
    }
    let judged = if args.fixing.is_asked() {
        fixing::run(args, destinations, screen)?
    } else {
        let judged = Judged::new(args, Drafts::default())?;
        judged.write(args, destinations, screen)?;
        judged
    };
    let outcome = args.telling.outcome(&judged.report);
    // The process ends now, and its memory with it, which is quicker than piece by piece.
    std::mem::forget(judged);
    Ok(outcome)
}

/// What was found, and where its places can be read.
pub(super) struct Judged {
    pub(super) report: Report,
    of: Of,
}

/// What was looked at.
enum Of {
    /// One state of a corpus.
    State(Box<Scope>),
    /// A change.
    Change(Box<Sides>),
}

impl Judged {
    /// Checks what the command line says, with drafts in the place of the files that they are made
    /// from.
    pub(super) fn new(args: &CheckArgs, drafts: Drafts) -> Result<Self, Failure> {
        let input = Input {
            drafts,
            ..args.input.clone()
        };
        if args.gate.is_asked() {
            gate(args, &input)
        } else {
            plain(args, &input)
        }
    }

    /// The files that were looked at, those of the head for a change.
    pub(super) fn head(&self) -> &Scope {
        match &self.of {
            Of::State(scope) => scope,
            Of::Change(sides) => sides.head(),
        }
    }

    /// Writes the report to where it is wanted.
    pub(super) fn write(
        &self,
        args: &CheckArgs,
        destinations: &[Destination],
        screen: Screen,
    ) -> Result<(), Failure> {
        let places = Places {
            text: &|location| match &self.of {
                Of::State(scope) => scope.text(location),
                Of::Change(sides) => sides.text(location),
            },
            path: &|location| match &self.of {
                Of::State(scope) => scope.shown_path(location),
                Of::Change(sides) => sides.shown_path(location),
            },
            folder: self.head().folder_in_repository(),
        };
        args.telling
            .write(&self.report, &places, destinations, screen)
    }
}

impl Telling {
    /// Whether what was found fails the run.
    pub(super) fn outcome(&self, report: &Report) -> Outcome {
        let fails = |found: &Diagnostic| is_open(found) && found.severity >= self.fail_on;
        if report.diagnostics.iter().any(fails) && !self.exit_zero {
            Outcome::Findings
        } else {
            Outcome::Clean
        }
    }

    /// Writes a report to where it is wanted.
    pub(super) fn write(
        &self,
        report: &Report,
        places: &Places<'_>,
        destinations: &[Destination],
        screen: Screen,
    ) -> Result<(), Failure> {
        destinations
            .iter()
            .try_for_each(|destination| write(self, places, report, destination, screen))
    }
}

/// Whether a finding counts: one of a change does where the change brings it.
pub(super) fn is_open(found: &Diagnostic) -> bool {
    matches!(found.change, None | Some(Change::Introduced))
}

pub(super) fn options(args: &CheckArgs, whole_corpus: bool) -> Options {
    Options {
        select: args.select.clone(),
        ignore: args.ignore.clone(),
        today: super::today(),
        whole_corpus,
        cache: None,
    }
}

/// Checks one state of a corpus.
fn plain(args: &CheckArgs, input: &Input) -> Result<Judged, Failure> {
    let scope = Scope::open(input)?;
    let options = options(args, scope.whole);
    let is_kept = !args.gate.no_cache && input.drafts.is_empty() && !input.reads_stdin();
    let seen = Some(&scope)
        .filter(|scope| is_kept && scope.wanted.is_none())
        .and_then(|scope| Seen::of(&scope.workspace, &options, scope.files.len()));
    if let Some(report) = seen.as_ref().and_then(|seen| seen.recall(&scope.files)) {
        drop(seen);
        return Ok(Judged {
            report,
            of: Of::State(Box::new(scope)),
        });
    }
    let (mut report, wanted) = progress::watch(scope.files.len(), |progress| {
        lint::inspect(
            &scope.workspace,
            &scope.files,
            &options,
            progress,
            |corpus| scope.wanted.as_ref().map(|wanted| count(corpus, wanted)),
        )
    })?;
    if let Some(seen) = seen {
        seen.keep(&scope.files, &report);
    }
    if let Some(wanted) = &scope.wanted {
        restrict(&mut report, wanted);
    }
    if let Some(entries) = wanted {
        report.summary.entries = entries;
    }
    Ok(Judged {
        report,
        of: Of::State(Box::new(scope)),
    })
}

/// Judges a change.
fn gate(args: &CheckArgs, input: &Input) -> Result<Judged, Failure> {
    let mut sides = Sides::judge(input, &args.gate, &|whole| options(args, whole))?;
    let mut report = std::mem::take(&mut sides.report);
    if let Some(wanted) = sides.wanted.take() {
        restrict(&mut report, &wanted);
    }
    Ok(Judged {
        report,
        of: Of::Change(Box::new(sides)),
    })
}

/// Entries in some files.
fn count(corpus: &Corpus<'_>, wanted: &BTreeSet<String>) -> usize {
    let inside = corpus
        .definitions()
        .filter(|entry| wanted.contains(corpus.path(entry).as_ref()));
    inside.count()
}

fn restrict(report: &mut Report, wanted: &BTreeSet<String>) {
    let concerns = |found: &Diagnostic| {
        let related = found.related.iter().map(|related| &related.location);
        std::iter::once(&found.location)
            .chain(related)
            .any(|location| wanted.contains(location.path.as_ref()))
    };
    report.diagnostics.retain(concerns);
    report.summary = Summary::of(&report.diagnostics, wanted.len(), report.summary.entries);
}

/// What a place says and how it is shown.
pub(super) struct Places<'p> {
    pub(super) text: &'p dyn Fn(&Location) -> Option<String>,
    pub(super) path: &'p dyn Fn(&Location) -> Option<String>,
    /// Where the base folder is in the repository.
    pub(super) folder: String,
}

impl Places<'_> {
    /// The text of a place whose path is seen from the top of the repository.
    fn text_from_above(&self, location: &Location) -> Option<String> {
        let inner = location.path.strip_prefix(self.folder.as_str())?;
        let mut location = location.clone();
        location.path = inner.trim_start_matches('/').into();
        (self.text)(&location)
    }
}

fn write(
    telling: &Telling,
    places: &Places<'_>,
    report: &Report,
    destination: &Destination,
    screen: Screen,
) -> Result<(), Failure> {
    let to_terminal = destination.file.is_none() && std::io::stdout().is_terminal();
    let from_above = destination.format.is_for_repository() && !places.folder.is_empty();
    let outer = from_above.then(|| report.seen_from_above(&places.folder));
    let text_from_above = |location: &Location| places.text_from_above(location);
    let view = View {
        report: outer.as_ref().unwrap_or(report),
        source: if from_above {
            &text_from_above
        } else {
            places.text
        },
        path: places.path,
        color: screen.wants_color(to_terminal),
        width: if to_terminal { output::width() } else { 100 },
        statistics: telling.statistics,
    };
    let render = |out: &mut dyn Write| report::render(destination.format, &view, out);
    match &destination.file {
        Some(path) => to_file(path, render),
        None => output::print(render),
    }
}

fn to_file(
    path: &Path,
    render: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> Result<(), Failure> {
    let written = std::fs::File::create(path).and_then(|file| {
        let mut buffer = std::io::BufWriter::new(file);
        render(&mut buffer)?;
        buffer.flush()
    });
    written.map_err(|error| Failure(format!("{}: {error}", path.display())))
}
