//! `corpuslint check`

use std::collections::BTreeSet;
use std::io::{IsTerminal, Write};
use std::path::Path;

use super::gate::Sides;
use super::output::{self, Destination};
use super::scope::Scope;
use super::{CheckArgs, Failure, Outcome, Screen, known_rules, progress};
use crate::corpus::Corpus;
use crate::diagnostic::{Change, Diagnostic, Location};
use crate::lint::{self, Options, Report, Summary};
use crate::report::{self, View};

pub(super) fn run(
    args: &CheckArgs,
    destinations: &[Destination],
    screen: Screen,
) -> Result<Outcome, Failure> {
    known_rules(args.select.iter().chain(&args.ignore))?;
    let run = if args.gate.is_asked() {
        gate(args, destinations, screen)
    } else {
        plain(args, destinations, screen)
    };
    let fails = |found: &Diagnostic| {
        let counts = matches!(found.change, None | Some(Change::Introduced));
        counts && found.severity >= args.fail_on
    };
    if run?.diagnostics.iter().any(fails) && !args.exit_zero {
        return Ok(Outcome::Findings);
    }
    Ok(Outcome::Clean)
}

fn options(args: &CheckArgs, whole_corpus: bool) -> Options {
    Options {
        select: args.select.clone(),
        ignore: args.ignore.clone(),
        today: super::today(),
        whole_corpus,
        cache: None,
    }
}

/// Checks one state of a corpus.
fn plain(
    args: &CheckArgs,
    destinations: &[Destination],
    screen: Screen,
) -> Result<Report, Failure> {
    let scope = Scope::open(&args.input)?;
    let options = options(args, scope.whole);
    let (mut report, wanted) = progress::watch(scope.files.len(), |progress| {
        lint::inspect(
            &scope.workspace,
            &scope.files,
            &options,
            progress,
            |corpus| scope.wanted.as_ref().map(|wanted| count(corpus, wanted)),
        )
    })?;
    if let Some(wanted) = &scope.wanted {
        restrict(&mut report, wanted);
    }
    if let Some(entries) = wanted {
        report.summary.entries = entries;
    }
    let places = Places {
        text: &|location| scope.text(location),
        path: &|location| scope.shown_path(location),
        folder: scope.folder_in_repository(),
    };
    write_all(args, &places, &report, destinations, screen)?;
    Ok(report)
}

/// Judges a change.
fn gate(args: &CheckArgs, destinations: &[Destination], screen: Screen) -> Result<Report, Failure> {
    let mut sides = Sides::judge(&args.input, &args.gate, &|whole| options(args, whole))?;
    if let Some(wanted) = sides.wanted.take() {
        restrict(&mut sides.report, &wanted);
    }
    let places = Places {
        text: &|location| sides.text(location),
        path: &|location| sides.shown_path(location),
        folder: sides.folder_in_repository(),
    };
    write_all(args, &places, &sides.report, destinations, screen)?;
    Ok(sides.report)
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
struct Places<'p> {
    text: &'p dyn Fn(&Location) -> Option<String>,
    path: &'p dyn Fn(&Location) -> Option<String>,
    /// Where the base folder is in the repository.
    folder: String,
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

fn write_all(
    args: &CheckArgs,
    places: &Places<'_>,
    report: &Report,
    destinations: &[Destination],
    screen: Screen,
) -> Result<(), Failure> {
    destinations
        .iter()
        .try_for_each(|destination| write(args, places, report, destination, screen))
}

fn write(
    args: &CheckArgs,
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
        statistics: args.statistics,
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
