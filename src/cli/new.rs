//! `corpuslint new`

use std::io::Read;
use std::path::{Path, PathBuf};

use super::id::PlaceArgs;
use super::shelf::{self, Opened};
use super::{Failure, Outcome, Screen, complain, output, rewriting, today};
use crate::author::issue::{self, Fault, Filled};
use crate::author::{Begun, Draft, Shelf, Wanted, similar};
use crate::report::Escaped;

/// Arguments of `new`.
#[derive(clap::Args)]
pub(super) struct Args {
    /// A kind of entry, such as `section`; a filled-in form says it itself
    #[arg(required_unless_present = "from_issue")]
    kind: Option<String>,
    #[command(flatten)]
    place: PlaceArgs,
    /// The title
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// Somebody who writes the entry; may be given again
    #[arg(long, value_name = "NAME")]
    contributor: Vec<String>,
    /// Another field; items of a list stand between commas, or on lines of their own
    #[arg(long, value_name = "FIELD=VALUE")]
    set: Vec<String>,
    /// Take everything from the text of a filled-in issue form; `-` reads the standard input
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["kind", "parent", "folder", "prefix", "title", "contributor", "set"]
    )]
    from_issue: Option<PathBuf>,
    /// Write the entry although another one has nearly the same title or text
    #[arg(long)]
    even_if_similar: bool,
    /// Write nothing, and print the path that the entry would have
    #[arg(long)]
    dry_run: bool,
    /// Write nothing, and print the entry as a patch
    #[arg(long)]
    diff: bool,
    /// Use this profile instead of the nearest corpuslint.toml
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

pub(super) fn run(args: &Args, screen: Screen) -> Result<Outcome, Failure> {
    let opened = Opened::around(args.config.as_deref())?;
    let shelf = opened.shelf();
    let asked = match &args.from_issue {
        Some(path) => match issue::read(&shelf, &body(path)?) {
            Ok(filled) => filled,
            Err(faults) => return Ok(tell_faults(path, &faults)),
        },
        None => asked(args, &shelf)?,
    };
    let begun = asked
        .draft
        .begin(&shelf, asked.kind, asked.place(), today())?;
    if !args.even_if_similar && repeats(&begun, &asked, &opened, &shelf)? {
        return Ok(Outcome::Findings);
    }
    let rewrites = [begun.rewrite];
    if args.diff {
        rewriting::show(&opened.workspace, &rewrites, screen)?;
        return Ok(Outcome::Clean);
    }
    if !args.dry_run {
        rewriting::write(&opened.workspace, &rewrites)?;
    }
    let shown = opened.shown(&rewrites[0].path)?;
    output::print(|out| writeln!(out, "{}", Escaped(&shown)))?;
    Ok(Outcome::Clean)
}

/// The text of a filled-in form.
fn body(path: &Path) -> Result<String, Failure> {
    let limit = issue::BYTES as u64 + 1;
    let mut bytes = Vec::new();
    let read = match path.as_os_str() == "-" {
        true => std::io::stdin().take(limit).read_to_end(&mut bytes),
        false => {
            std::fs::File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes))
        }
    };
    let shown = path.display();
    read.map_err(|error| Failure(format!("{shown}: {error}")))?;
    String::from_utf8(bytes).map_err(|_| Failure(format!("{shown}: it is not UTF-8 text")))
}

fn tell_faults(path: &Path, faults: &[Fault]) -> Outcome {
    let shown = path.display();
    for Fault { line, message } in faults {
        complain("error", &format!("{shown}:{line}: {message}"));
    }
    Outcome::Findings
}

/// What the command line says, and what somebody on the terminal answers.
fn asked(args: &Args, shelf: &Shelf<'_>) -> Result<Filled, Failure> {
    let kind = shelf::kind(shelf.workspace, args.kind.as_deref().unwrap_or_default())?;
    let mut filled = Filled {
        kind,
        parent: args.place.parent.clone(),
        folder: args.place.folder.clone(),
        prefix: args.place.prefix.clone(),
        draft: Draft {
            title: args.title.as_deref().map(|title| title.trim().to_owned()),
            people: args.contributor.clone(),
            ..Draft::default()
        },
    };
    for set in &args.set {
        let Some((name, text)) = set.split_once('=') else {
            return Err(Failure(format!("`--set {set}` must be FIELD=VALUE")));
        };
        filled.draft.say(shelf, kind, name, text)?;
    }
    let wanted = filled.draft.wanted(shelf, kind, filled.place())?;
    if !wanted.is_empty() && !shelf::can_ask() {
        let options: Vec<String> = wanted.iter().map(option).collect();
        return Err(Failure(format!(
            "say what is missing: {}",
            options.join(", ")
        )));
    }
    for wanted in wanted {
        answer(&wanted, &mut filled, shelf)?;
    }
    Ok(filled)
}

/// The option that says what is missing.
fn option(wanted: &Wanted) -> String {
    match wanted {
        Wanted::Title(_) => "--title TEXT".to_owned(),
        Wanted::People(_) => "--contributor NAME".to_owned(),
        Wanted::Series(known) | Wanted::Folder(known) => {
            format!("--folder NAME ({})", known.join(", "))
        }
        Wanted::Parent(kind) => format!("--parent ID (of a {kind})"),
        Wanted::Field(name, _) => format!("--set {name}=VALUE"),
    }
}

fn answer(wanted: &Wanted, filled: &mut Filled, shelf: &Shelf<'_>) -> Result<(), Failure> {
    match wanted {
        Wanted::Title(help) => filled.draft.title = Some(shelf::ask(&format!("Title ({help})"))?),
        Wanted::People(help) => {
            let names = shelf::ask(&format!("Contributors, with commas between them ({help})"))?;
            let names = names
                .split(',')
                .map(str::trim)
                .filter(|name| !name.is_empty());
            filled.draft.people = names.map(str::to_owned).collect();
        }
        Wanted::Series(known) | Wanted::Folder(known) => {
            let said = shelf::ask(&format!("Where it belongs ({})", known.join(", ")))?;
            let is_folder =
                known.contains(&said) && !said.ends_with(|c: char| !c.is_alphanumeric());
            match is_folder {
                true => filled.folder = Some(said),
                false => filled.prefix = Some(said),
            }
        }
        Wanted::Parent(kind) => filled.parent = Some(shelf::ask(&format!("The ID of the {kind}"))?),
        Wanted::Field(name, help) => {
            let text = shelf::ask(&format!("{name} ({help})"))?;
            filled.draft.say(shelf, filled.kind, name, &text)?;
        }
    }
    Ok(())
}

/// Whether another entry says nearly the same; it is shown.
fn repeats(
    begun: &Begun,
    asked: &Filled,
    opened: &Opened,
    shelf: &Shelf<'_>,
) -> Result<bool, Failure> {
    let title = asked.draft.title.as_deref();
    let prose = begun.prose(&asked.draft, shelf, asked.kind);
    let found = similar(shelf, asked.kind, title, prose);
    for card in &found {
        let shown = opened.shown(shelf.path(card))?;
        let text = format!(
            "{} is nearly the same: {shown}; add to it, or say --even-if-similar",
            shelf.title(card)
        );
        complain("error", &text);
    }
    Ok(!found.is_empty())
}
