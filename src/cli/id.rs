//! `corpuslint id`

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Subcommand;

use super::shelf::{self, Opened};
use super::{Failure, Outcome, Screen, complain, output, rewriting, today};
use crate::author::rename::Old;
use crate::author::retire::Children;
use crate::author::{self, Card, Move, Moved, Place, Retire, Retired, Shelf, ShelfFile};
use crate::history::Ledger;
use crate::report::Escaped;
use crate::snapshot::git::Repository;
use crate::snapshot::stem;

/// Arguments of `id`.
#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
    /// Use this profile instead of the nearest corpuslint.toml
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    /// Print the next free ID of a kind, above every one that was ever used
    Next(NextArgs),
    /// Give an entry another ID, and change everything that says the old one
    ///
    /// The file is renamed, entries whose IDs extend the old one move along, references and mentions
    /// are rewritten, and a tombstone stays under the old ID. All of it is done, or nothing.
    Move(MoveArgs),
    /// Turn an entry into a tombstone, and its references into those to what takes its place
    Retire(RetireArgs),
}

#[derive(clap::Args)]
struct NextArgs {
    /// A kind of entry, such as `section`
    kind: String,
    #[command(flatten)]
    place: PlaceArgs,
}

/// Which series of IDs is meant.
#[derive(clap::Args)]
pub(super) struct PlaceArgs {
    /// The entry that the new one belongs to: its ID is extended, or its folder taken
    #[arg(long, value_name = "ID")]
    pub(super) parent: Option<String>,
    /// The folder of the new entry below that of all entries, such as `motive`
    #[arg(long, value_name = "NAME", visible_alias = "theme")]
    pub(super) folder: Option<String>,
    /// What the ID begins with, all but its number
    #[arg(long, value_name = "TEXT")]
    pub(super) prefix: Option<String>,
}

impl PlaceArgs {
    pub(super) fn place(&self) -> Place<'_> {
        Place {
            parent: self.parent.as_deref(),
            folder: self.folder.as_deref(),
            prefix: self.prefix.as_deref(),
        }
    }
}

#[derive(clap::Args)]
struct MoveArgs {
    /// The ID now; or the entry's file, where another entry has the same ID
    ///
    /// Named by its file, an entry moves without a tombstone: the ID is the other entry's.
    #[arg(value_name = "ID|FILE")]
    old: String,
    /// The ID that it gets; may be left out for a file, which then gets the next free one
    #[arg(value_name = "NEW")]
    new: Option<String>,
    /// The revision that this branch goes into: the new ID is also above all of its IDs, and
    /// references that it has too are those to the other entry
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// Why, for the tombstone
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Write nothing, and print what would change as a patch
    #[arg(long)]
    diff: bool,
}

#[derive(clap::Args)]
struct RetireArgs {
    /// The ID
    id: String,
    /// The entry that takes its place
    #[arg(long, value_name = "ID")]
    replaced_by: Option<String>,
    /// Why, in a sentence; asked for on a terminal
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Retire entries whose IDs extend this one, too
    #[arg(long, visible_alias = "with-subsections")]
    with_children: bool,
    /// Write nothing, and print what would change as a patch
    #[arg(long)]
    diff: bool,
}

pub(super) fn run(args: &Args, screen: Screen) -> Result<Outcome, Failure> {
    let opened = Opened::around(args.config.as_deref())?;
    match &args.command {
        Command::Next(next) => self::next(next, &opened)?,
        Command::Move(asked) => relocate(asked, opened, screen)?,
        Command::Retire(asked) => retire(asked, &opened, screen)?,
    }
    Ok(Outcome::Clean)
}

fn next(args: &NextArgs, opened: &Opened) -> Result<(), Failure> {
    let kind = shelf::kind(&opened.workspace, &args.kind)?;
    let id = author::next(&opened.shelf(), kind, args.place.place())?;
    output::print(|out| writeln!(out, "{}", Escaped(&id)))
}

fn relocate(args: &MoveArgs, mut opened: Opened, screen: Screen) -> Result<(), Failure> {
    let path = PathBuf::from(&args.old);
    let file = match path.is_file() {
        true => Some(opened.inner(&path)?),
        false => None,
    };
    let known = match &args.base {
        Some(base) => Some(Base::open(base, &mut opened)?),
        None => None,
    };
    let shelf = opened.shelf();
    let old = match &file {
        Some(file) => {
            unpublished(
                file,
                known.as_ref(),
                args,
                &shelf,
                opened.repository.as_ref(),
            )?;
            Old::File(file)
        }
        None if args.new.is_none() => {
            let reason = "say the new ID; `corpuslint id next` gives the next free one";
            return Err(Failure(reason.to_owned()));
        }
        None => Old::Id(&args.old),
    };
    let asked = Move {
        old,
        new: args.new.as_deref(),
        reason: args.reason.as_deref(),
        today: today(),
    };
    let own = file.as_deref().and_then(|file| card_in(&shelf, file));
    let id = own.map_or(args.old.as_str(), |card| card.id.as_str());
    let keeps = |path: &str| known.as_ref().is_none_or(|base| base.says(path, id));
    let moved = asked.plan(&shelf, &keeps)?;
    if args.diff {
        return rewriting::show(&opened.workspace, &moved.rewrites, screen);
    }
    rewriting::write(&opened.workspace, &moved.rewrites)?;
    tell_move(&moved, &opened)
}

fn tell_move(moved: &Moved, opened: &Opened) -> Result<(), Failure> {
    shelf::tell(&moved.rewrites);
    for path in &moved.kept {
        let (old, _) = &moved.ids[0];
        let shown = opened.shown(path)?;
        complain(
            "note",
            &format!("{shown} still says `{old}`, for the other entry that has it"),
        );
    }
    output::print(|out| {
        for (old, new) in &moved.ids {
            writeln!(out, "{} {}", Escaped(old), Escaped(new))?;
        }
        Ok(())
    })
}

/// The revision that a branch goes into.
struct Base {
    /// The IDs where the branch left it.
    left_with: BTreeSet<String>,
    /// Its files.
    files: Vec<ShelfFile>,
}

impl Base {
    fn open(revision: &str, opened: &mut Opened) -> Result<Self, Failure> {
        let repository = opened.know(revision)?;
        let tip = repository.resolve(revision)?;
        let workspace = &opened.workspace;
        let files = repository.files(tip.tree, workspace)?;
        let tip_shelf = Shelf::read(workspace, &files, Ledger::default());
        let mut left_with = BTreeSet::new();
        if !repository.is_unborn() {
            let left = repository.merge_base(&tip, &repository.head()?)?;
            let files = repository.files(left.tree, workspace)?;
            left_with = files
                .iter()
                .map(|file| stem(&file.path).to_owned())
                .collect();
        }
        Ok(Self {
            left_with,
            files: tip_shelf.files,
        })
    }

    /// Whether a file says an ID in it already.
    fn says(&self, path: &str, id: &str) -> bool {
        let mut files = self.files.iter().filter(|file| &*file.path == path);
        files.any(|file| file.says(id))
    }
}

fn card_in<'s>(shelf: &'s Shelf<'_>, file: &str) -> Option<&'s Card> {
    let mut cards = shelf.cards.iter();
    cards.find(|card| &**shelf.path(card) == file)
}

/// An entry moves without a tombstone only where its ID is not known outside.
fn unpublished(
    file: &str,
    base: Option<&Base>,
    args: &MoveArgs,
    shelf: &Shelf<'_>,
    repository: Option<&Arc<Repository>>,
) -> Result<(), Failure> {
    let Some(card) = card_in(shelf, file) else {
        return Ok(());
    };
    let mut others = shelf
        .cards
        .iter()
        .filter(|other| !other.copy && other.id == card.id);
    let has_twin = others.nth(1).is_some();
    let id = &card.id;
    let refused = match base {
        _ if has_twin => return Ok(()),
        Some(base) if !base.left_with.contains(id) => return Ok(()),
        // It was never committed.
        None if repository.is_some() && !shelf.ledger.ids.contains_key(id.as_str()) => {
            return Ok(());
        }
        Some(_) => format!(
            "`{id}` was there before this branch left {}: name it by its ID, so that a tombstone stays",
            args.base.as_deref().unwrap_or_default()
        ),
        None => format!(
            "no other entry has the ID `{id}`: name the entry by its ID, so that a tombstone stays; or, where this branch added it, say with --base into which revision the branch goes"
        ),
    };
    Err(Failure(refused))
}

fn retire(args: &RetireArgs, opened: &Opened, screen: Screen) -> Result<(), Failure> {
    let shelf = opened.shelf();
    let mut asked = Retire {
        id: &args.id,
        heir: args.replaced_by.as_deref(),
        reason: args.reason.as_deref().unwrap_or("TBD"),
        children: match args.with_children {
            true => Children::Retire,
            false => Children::Refuse,
        },
        today: today(),
    };
    // Before anybody is asked, what cannot be done is refused.
    let mut retired = asked.plan(&shelf)?;
    let answer;
    if args.reason.is_none() {
        if !shelf::can_ask() {
            let reason = "say with --reason why the entry is retired";
            return Err(Failure(reason.to_owned()));
        }
        answer = shelf::ask(&format!("Why is `{}` retired", args.id))?;
        asked.reason = &answer;
        retired = asked.plan(&shelf)?;
    }
    if args.diff {
        return rewriting::show(&opened.workspace, &retired.rewrites, screen);
    }
    rewriting::write(&opened.workspace, &retired.rewrites)?;
    tell_retired(&retired, opened)
}

fn tell_retired(retired: &Retired, opened: &Opened) -> Result<(), Failure> {
    shelf::tell(&retired.rewrites);
    for left in &retired.left {
        let shown = opened.shown(&left.path)?;
        let text = format!(
            "{shown}:{}: `{}` still refers to `{}`",
            left.at, left.by, left.id
        );
        complain("note", &text);
    }
    output::print(|out| {
        for id in &retired.ids {
            writeln!(out, "{}", Escaped(id))?;
        }
        Ok(())
    })
}
