//! `corpuslint stats`: what a corpus holds, at a glance.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::IsTerminal;

use jiff::civil::Date;
use serde::Serialize;

use super::scope::{Input, Scope};
use super::{Failure, Outcome, Screen, output, progress};
use crate::corpus::Corpus;
use crate::entry::{Entry, Name, Role};
use crate::lint::{self, Options};
use crate::report::{JsonEscape, Paint, Tone, clipped, counted};
use crate::schema::vocabulary::DateRole;

/// People that are named.
const PEOPLE: usize = 10;

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
            out.write_all(stats.tables(paint).as_bytes())
        }
    })?;
    Ok(Outcome::Clean)
}

/// What a corpus holds. Each entry counts once, however often it is repeated.
#[derive(Default, Serialize)]
struct Stats {
    version: u8,
    files: usize,
    entries: usize,
    kinds: Vec<KindCount>,
    folders: Vec<Counted>,
    references: Vec<Links>,
    dates: Vec<Dates>,
    people: People,
    /// Entries that could be referred to, and that no entry refers to.
    unused: Vec<String>,
}

#[derive(Default, Serialize)]
struct KindCount {
    kind: String,
    entries: usize,
    retired: usize,
    unused: usize,
}

#[derive(Serialize)]
struct Counted {
    name: String,
    entries: usize,
}

#[derive(Serialize)]
struct Links {
    from: String,
    to: String,
    references: usize,
    /// Entries of the first kind that have any.
    entries: usize,
}

#[derive(Serialize)]
struct Dates {
    role: &'static str,
    oldest: Option<String>,
    newest: Option<String>,
    entries: usize,
    missing: usize,
}

#[derive(Default, Serialize)]
struct People {
    count: usize,
    top: Vec<Counted>,
}

impl Stats {
    fn count(corpus: &Corpus<'_>, files: usize, inside: impl Fn(&Entry) -> bool) -> Self {
        let entries: Vec<&Entry> = corpus.definitions().filter(|entry| inside(entry)).collect();
        let used = used(corpus);
        let targets = target_kinds(corpus);
        let is_unused = |entry: &Entry| {
            targets.contains(corpus.kind_name(entry)) && !used.contains(&corpus.text(entry.id))
        };
        let mut stats = Self {
            version: 1,
            files,
            entries: entries.len(),
            folders: folders(corpus, &entries),
            references: links(corpus, &entries),
            people: people(corpus, &entries),
            ..Self::default()
        };
        for kind in corpus.schemas.entry_kinds() {
            let of_kind = entries
                .iter()
                .filter(|entry| corpus.kind_name(entry) == kind.name);
            let mut count = KindCount {
                kind: kind.name.clone(),
                ..KindCount::default()
            };
            for entry in of_kind {
                count.entries += 1;
                count.retired += usize::from(entry.retired);
                if !entry.retired && is_unused(entry) {
                    count.unused += 1;
                    stats.unused.push(corpus.text(entry.id).to_string());
                }
            }
            stats.kinds.push(count);
        }
        stats.unused.sort();
        stats.dates = [
            ("created", DateRole::Created),
            ("updated", DateRole::Updated),
            ("retired", DateRole::Retired),
        ]
        .into_iter()
        .filter_map(|(name, role)| dates(name, role, &entries))
        .collect();
        stats
    }

    fn tables(&self, paint: Paint) -> String {
        let mut out = String::new();
        let entries = counted(self.entries, "entry", "entries");
        let files = counted(self.files, "file", "files");
        let _ = writeln!(
            out,
            "{}",
            paint.tone(Tone::Strong, format!("{entries} in {files}"))
        );
        let number = |count: usize| match count {
            0 => String::new(),
            count => count.to_string(),
        };
        let kinds = self.kinds.iter().filter(|kind| kind.entries > 0);
        let rows = kinds.map(|kind| {
            [
                kind.kind.clone(),
                kind.entries.to_string(),
                number(kind.retired),
                number(kind.unused),
            ]
        });
        table(
            &mut out,
            paint,
            ["kind", "entries", "retired", "unused"],
            rows,
        );
        let folders = self.folders.iter();
        let rows = folders.map(|folder| [folder.name.clone(), folder.entries.to_string()]);
        table(&mut out, paint, ["folder", "entries"], rows);
        let rows = self.references.iter().map(|link| {
            [
                format!("{} → {}", link.from, link.to),
                link.references.to_string(),
                link.entries.to_string(),
                format!("{:.1}", link.references as f64 / link.entries.max(1) as f64),
            ]
        });
        table(
            &mut out,
            paint,
            ["references", "all", "from entries", "each"],
            rows,
        );
        let day = |date: &Option<String>| date.clone().unwrap_or_else(|| "-".to_owned());
        let rows = self.dates.iter().map(|dates| {
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
        let rows = self.people.top.iter();
        let rows = rows.map(|person| [person.name.clone(), person.entries.to_string()]);
        let heading = counted(self.people.count, "person", "people");
        table(&mut out, paint, [&heading, "entries"], rows);
        out
    }
}

/// IDs that an entry refers to, in a field or in its prose.
fn used(corpus: &Corpus<'_>) -> BTreeSet<std::sync::Arc<str>> {
    let mut used = BTreeSet::new();
    for entry in &corpus.entries {
        let mentions = entry.mentions.iter().map(|(target, _)| *target);
        let references = entry.references.iter().map(|reference| reference.target);
        for target in references
            .chain(mentions)
            .filter(|target| *target != entry.id)
        {
            used.insert(corpus.text(target));
        }
    }
    used
}

/// Kinds of entry that some reference may be of.
fn target_kinds(corpus: &Corpus<'_>) -> BTreeSet<String> {
    let references = corpus.entries.iter().flat_map(|entry| &entry.references);
    let uses = references.filter(|reference| reference.role == Role::Uses);
    let sets: BTreeSet<u16> = uses.map(|reference| reference.kinds).collect();
    let names = sets
        .into_iter()
        .flat_map(|set| corpus.words.kind_sets.names(set));
    names.collect()
}

/// Entries by the name of their folder; nothing to say where all are in one file.
fn folders(corpus: &Corpus<'_>, entries: &[&Entry]) -> Vec<Counted> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in entries {
        let path = corpus.path(entry);
        let folder = path.rsplit_once('/').map_or(".", |(folder, _)| folder);
        *counts.entry(folder).or_default() += 1;
    }
    if counts.len() < 2 {
        return Vec::new();
    }
    let counts = counts.into_iter();
    counts
        .map(|(name, entries)| Counted {
            name: name.to_owned(),
            entries,
        })
        .collect()
}

fn links(corpus: &Corpus<'_>, entries: &[&Entry]) -> Vec<Links> {
    let mut counts: BTreeMap<(usize, String), (usize, usize)> = BTreeMap::new();
    for entry in entries {
        let mut own: BTreeMap<String, usize> = BTreeMap::new();
        for reference in &entry.references {
            // What is not defined is still meant to be of a kind.
            let kind = match corpus.get(reference.target) {
                Some(target) => corpus.kind_name(target).to_owned(),
                None => corpus.words.kind_sets.names(reference.kinds).join(" or "),
            };
            *own.entry(kind).or_default() += 1;
        }
        for (kind, count) in own {
            let (references, from) = counts.entry((entry.kind as usize, kind)).or_default();
            *references += count;
            *from += 1;
        }
    }
    let kinds = corpus.schemas.entry_kinds();
    let counts = counts.into_iter();
    counts
        .map(|((from, to), (references, entries))| Links {
            from: kinds[from].name.clone(),
            to,
            references,
            entries,
        })
        .collect()
}

fn dates(name: &'static str, role: DateRole, entries: &[&Entry]) -> Option<Dates> {
    let days: Vec<Option<Date>> = entries
        .iter()
        .filter_map(|entry| entry.dates.iter().find(|fact| fact.role == role))
        .map(|fact| fact.date)
        .collect();
    if days.is_empty() {
        return None;
    }
    let known = || days.iter().flatten().copied();
    let missing = match role {
        DateRole::Retired => 0,
        DateRole::Created | DateRole::Updated => entries.len() - days.len(),
    };
    Some(Dates {
        role: name,
        oldest: known().min().map(|day| day.to_string()),
        newest: known().max().map(|day| day.to_string()),
        entries: days.len(),
        missing,
    })
}

fn people(corpus: &Corpus<'_>, entries: &[&Entry]) -> People {
    let mut counts: BTreeMap<std::sync::Arc<str>, usize> = BTreeMap::new();
    for entry in entries {
        let mut named: Vec<Name> = entry.people.iter().map(|(name, _)| *name).collect();
        named.dedup();
        for name in named {
            *counts.entry(corpus.text(name)).or_default() += 1;
        }
    }
    let count = counts.len();
    let mut top: Vec<Counted> = counts
        .into_iter()
        .map(|(name, entries)| Counted {
            name: name.to_string(),
            entries,
        })
        .collect();
    // The sort is stable: people with as many entries stay in order of their names.
    top.sort_by_key(|person| std::cmp::Reverse(person.entries));
    top.truncate(PEOPLE);
    People { count, top }
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
