//! `corpuslint stats`: what a corpus holds, at a glance.

mod count;

use std::fmt::Write as _;
use std::io::IsTerminal;

use super::scope::{Input, Scope};
use super::{Failure, Outcome, Screen, output, progress};
use crate::entry::Entry;
use crate::lint::{self, Options};
use crate::report::{JsonEscape, Paint, Tone, clipped, counted};
use count::Stats;

/// Arguments of `stats`.
#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    input: Input,
    /// How to write the counts
    #[arg(long, value_enum, default_value = "human")]
    output_format: Format,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    /// Tables
    Human,
    /// One JSON object
    Json,
}

pub(super) fn run(args: &Args, screen: Screen) -> Result<Outcome, Failure> {
    let scope = Scope::open(&args.input)?;
    let options = Options {
        // The rule is never looked at: what is wanted are the entries.
        select: vec!["syntax".to_owned()],
        ignore: Vec::new(),
        today: super::today(),
        whole_corpus: scope.whole,
        cache: None,
    };
    let (_, stats) = progress::watch(scope.files.len(), |progress| {
        lint::inspect(
            &scope.workspace,
            &scope.files,
            &options,
            progress,
            |corpus| {
                let inside = |entry: &Entry| {
                    let path = corpus.path(entry).as_ref();
                    scope
                        .wanted
                        .as_ref()
                        .is_none_or(|wanted| wanted.contains(path))
                };
                Stats::count(corpus, scope.files.len(), inside)
            },
        )
    })?;
    output::print(|out| match args.output_format {
        Format::Json => {
            serde_json::to_writer_pretty(JsonEscape::new(&mut *out), &stats)?;
            writeln!(out)
        }
        Format::Human => {
            let to_terminal = std::io::stdout().is_terminal();
            let paint = Paint {
                color: screen.wants_color(to_terminal),
            };
            out.write_all(tables(&stats, paint).as_bytes())
        }
    })?;
    Ok(Outcome::Clean)
}

fn tables(stats: &Stats, paint: Paint) -> String {
    let mut out = String::new();
    let entries = counted(stats.entries, "entry", "entries");
    let files = counted(stats.files, "file", "files");
    let heading = format!("{entries} in {files}");
    let _ = writeln!(out, "{}", paint.tone(Tone::Strong, heading));
    entry_tables(stats, paint, &mut out);
    let rows = stats.references.iter().map(|link| {
        [
            format!("{} → {}", link.from, link.to),
            link.references.to_string(),
            link.entries.to_string(),
            format!("{:.1}", link.references as f64 / link.entries.max(1) as f64),
        ]
    });
    let heading = ["references", "all", "from entries", "each"];
    table(&mut out, paint, heading, rows);
    let day = |date: &Option<String>| date.clone().unwrap_or_else(|| "-".to_owned());
    let rows = stats.dates.iter().map(|dates| {
        [
            dates.role.to_owned(),
            day(&dates.oldest),
            day(&dates.newest),
            number(dates.missing),
        ]
    });
    table(
        &mut out,
        paint,
        ["date", "oldest", "newest", "missing"],
        rows,
    );
    let people = counted(stats.people.count, "person", "people");
    let rows = stats.people.top.iter();
    let rows = rows.map(|person| [person.name.clone(), person.entries.to_string()]);
    table(&mut out, paint, [&people, "entries"], rows);
    out
}

fn entry_tables(stats: &Stats, paint: Paint, out: &mut String) {
    let kinds = stats.kinds.iter().filter(|kind| kind.entries > 0);
    let rows = kinds.map(|kind| {
        [
            kind.kind.clone(),
            kind.entries.to_string(),
            number(kind.retired),
            number(kind.unused),
        ]
    });
    table(out, paint, ["kind", "entries", "retired", "unused"], rows);
    let folders = stats.folders.iter();
    let rows = folders.map(|folder| [folder.name.clone(), folder.entries.to_string()]);
    table(out, paint, ["folder", "entries"], rows);
}

/// A count; nothing for none, so that the others stand out.
fn number(count: usize) -> String {
    match count {
        0 => String::new(),
        count => count.to_string(),
    }
}

/// A table with its first column to the left and numbers to the right; nothing where it is empty.
fn table<const N: usize>(
    out: &mut String,
    paint: Paint,
    heading: [&str; N],
    rows: impl Iterator<Item = [String; N]>,
) {
    let rows: Vec<[String; N]> = rows.map(|row| row.map(|cell| clipped(&cell, 40))).collect();
    if rows.is_empty() {
        return;
    }
    let heading = heading.map(str::to_owned);
    let widths: Vec<usize> = (0..N)
        .map(|column| {
            let cells = rows.iter().chain([&heading]).map(|row| &row[column]);
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        })
        .collect();
    let line = |row: &[String; N]| {
        let mut line = format!("  {:width$}", row[0], width = widths[0]);
        for (cell, width) in row.iter().zip(&widths).skip(1) {
            let _ = write!(line, "  {cell:>width$}");
        }
        line.trim_end().to_owned()
    };
    let _ = writeln!(out, "\n{}", paint.tone(Tone::Quiet, line(&heading)));
    for row in &rows {
        let _ = writeln!(out, "{}", line(row));
    }
}
