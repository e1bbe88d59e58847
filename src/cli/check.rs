//! `corpuslint check`

use std::collections::BTreeSet;
use std::io::{IsTerminal, Write};
use std::path::Path;

use super::output::{self, Destination};
use super::scope::Scope;
use super::{CheckArgs, Failure, Outcome, Screen, known_rules, progress};
use crate::corpus::Corpus;
use crate::diagnostic::{Diagnostic, Location};
use crate::lint::{self, Options, Report, Summary};
use crate::report::{self, View};

pub(super) fn run(
    args: &CheckArgs,
    destinations: &[Destination],
    screen: Screen,
) -> Result<Outcome, Failure> {
    known_rules(args.select.iter().chain(&args.ignore))?;
    let scope = Scope::open(&args.input)?;
    let options = Options {
        select: args.select.clone(),
        ignore: args.ignore.clone(),
        today: super::today(),
        whole_corpus: scope.whole,
        cache: None,
    };
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
    for destination in destinations {
        write(args, &scope, &report, destination, screen)?;
    }
    let worst = report.diagnostics.iter().map(|found| found.severity).max();
    if !args.exit_zero && worst.is_some_and(|worst| worst >= args.fail_on) {
        return Ok(Outcome::Findings);
    }
    Ok(Outcome::Clean)
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

fn write(
    args: &CheckArgs,
    scope: &Scope,
    report: &Report,
    destination: &Destination,
    screen: Screen,
) -> Result<(), Failure> {
    let source = |location: &Location| scope.text(location);
    let path = |location: &Location| scope.shown_path(location);
    let to_terminal = destination.file.is_none() && std::io::stdout().is_terminal();
    let view = View {
        report,
        source: &source,
        path: &path,
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
