//! Gives an entry another ID, and changes everything that says the old one.

use std::sync::Arc;

use jiff::civil::Date;

use super::edit::Stuck;
use super::shelf::Renames;
use super::{AuthorError, Card, Shelf, ShelfFile, a, refuse, series};
use crate::entry::{self, Subject, written};
use crate::fix::Rewrite;
use crate::lint::Retirement;
use crate::rules::rewrite;
use crate::schema::mention::Mentions;
use crate::schema::plan::Met;
use crate::schema::vocabulary::DateRole;
use crate::syntax::{Kind, Node};
use crate::text::Span;

/// A move that is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Move<'m> {
    /// The ID now, or the path of the entry's file relative to the corpus root.
    pub old: Old<'m>,
    /// The ID that it gets; `None` for the next free one.
    pub new: Option<&'m str>,
    /// Why, for the tombstone; `None` for a sentence that only says where it went.
    pub reason: Option<&'m str>,
    /// Today.
    pub today: Date,
}

/// Which entry is moved.
#[derive(Clone, Copy, Debug)]
pub enum Old<'m> {
    /// The one that has an ID; a tombstone stays behind.
    Id(&'m str),
    /// The one in a file, which nobody outside knows yet. No tombstone stays behind, because the ID is
    /// another entry's.
    File(&'m str),
}

/// A move that can be made.
#[derive(Debug)]
pub struct Moved {
    /// The old IDs, each with its new one; the entry itself first.
    pub ids: Vec<(String, String)>,
    /// What becomes of the files.
    pub rewrites: Vec<Rewrite>,
    /// Entries that keep saying the old ID, because it is also that of another entry.
    pub kept: Vec<String>,
}

impl Move<'_> {
    /// Works out what becomes of each file. `keeps` says of a path whether the references in it mean
    /// the other entry that has the same ID.
    ///
    /// # Errors
    ///
    /// The move is refused, with the reason.
    pub fn plan(
        &self,
        shelf: &Shelf<'_>,
        keeps: &dyn Fn(&str) -> bool,
    ) -> Result<Moved, AuthorError> {
        let card = self.card(shelf)?;
        let new = self.new_id(shelf, card)?;
        let twin = shelf
            .cards
            .iter()
            .any(|other| !other.copy && other.id == card.id && other.file != card.file);
        let stays = |path: &str| twin && keeps(path);
        let moving = Moving::new(shelf, card, &new, self, &stays)?;
        let mut moved = Moved {
            ids: moving.ids.clone(),
            rewrites: Vec::new(),
            kept: Vec::new(),
        };
        for (number, file) in shelf.files.iter().enumerate() {
            let goes = moving.cards.iter().position(|card| card.file == number);
            if goes.is_none() && stays(&file.path) {
                if moving.renames.keys().any(|id| file.says(id)) {
                    moved.kept.push(file.path.to_string());
                }
                continue;
            }
            match goes {
                Some(at) => moving.relocate(at, &mut moved.rewrites)?,
                None => moved.rewrites.extend(moving.referrer(file)?),
            }
        }
        Ok(moved)
    }

    fn card<'s>(&self, shelf: &'s Shelf<'_>) -> Result<&'s Card, AuthorError> {
        let card = match self.old {
            Old::Id(id) => shelf.living(id)?,
            Old::File(path) => {
                let mut here = shelf
                    .cards
                    .iter()
                    .filter(|card| &**shelf.path(card) == path);
                let Some(card) = here.next() else {
                    return refuse(format!("{path}: there is no entry in this file"));
                };
                card
            }
        };
        if !card.alone || card.copy {
            return refuse(format!(
                "{} lies in {} together with others: move it by hand",
                shelf.title(card),
                shelf.path(card)
            ));
        }
        Ok(card)
    }

    fn new_id(&self, shelf: &Shelf<'_>, card: &Card) -> Result<String, AuthorError> {
        let Some(new) = self.new else {
            return series::next_beside(shelf, card);
        };
        let kind = shelf.kind(card);
        if !kind.is_id(new) || kind.pattern.is_none() {
            let schemas = &shelf.workspace.schemas;
            let other = schemas
                .entry_kinds()
                .iter()
                .find(|kind| kind.pattern.is_some() && kind.is_id(new));
            let example = kind
                .example
                .as_ref()
                .map_or(String::new(), |example| format!(", such as `{example}`"));
            let is = match other {
                Some(other) => format!("the ID of {}", a(&other.name)),
                None => "no ID".to_owned(),
            };
            return refuse(format!(
                "`{new}` is {is}: {} needs that of {}{example}",
                shelf.title(card),
                a(&kind.name)
            ));
        }
        if let Some(user) = shelf.user_of(new) {
            return refuse(format!("{user}: an ID is never used twice"));
        }
        if let (Some((parent, _)), Some(id)) = (&kind.parent, kind.parent_of(new)) {
            let found = shelf.living(id)?;
            if shelf.kind(found).name != *parent {
                return refuse(format!("{} is no {parent}", shelf.title(found)));
            }
        }
        Ok(new.to_owned())
    }
}

/// A move whose IDs are known.
struct Moving<'m> {
    shelf: &'m Shelf<'m>,
    asked: &'m Move<'m>,
    /// The entry, and those whose IDs extend its own.
    cards: Vec<&'m Card>,
    ids: Vec<(String, String)>,
    renames: Renames,
}

impl<'m> Moving<'m> {
    fn new(
        shelf: &'m Shelf<'m>,
        card: &'m Card,
        new: &str,
        asked: &'m Move<'m>,
        stays: &dyn Fn(&str) -> bool,
    ) -> Result<Self, AuthorError> {
        let mut cards = vec![card];
        let mut ids = vec![(card.id.clone(), new.to_owned())];
        for child in shelf.children(card) {
            if stays(shelf.path(child)) {
                continue;
            }
            let child_id = format!("{new}{}", &child.id[card.id.len()..]);
            if let Some(user) = shelf.user_of(&child_id) {
                return refuse(format!(
                    "{} moves along, and {user}: choose another ID",
                    shelf.title(child)
                ));
            }
            cards.push(child);
            ids.push((child.id.clone(), child_id));
        }
        Ok(Self {
            shelf,
            asked,
            cards,
            renames: ids.iter().cloned().collect(),
            ids,
        })
    }

    /// A file that only says the old IDs.
    fn referrer(&self, file: &ShelfFile) -> Result<Option<Rewrite>, AuthorError> {
        let Some(text) = file.text.as_ref().filter(|_| file.says_any(&self.renames)) else {
            return Ok(None);
        };
        let after = self.renamed(file, text)?;
        Ok((*after != **text)
            .then(|| Rewrite::edit(Arc::clone(&file.path), Arc::clone(text), after)))
    }

    /// The file of an entry that moves, and what stays in its place.
    fn relocate(&self, at: usize, rewrites: &mut Vec<Rewrite>) -> Result<(), AuthorError> {
        let card = self.cards[at];
        let file = &self.shelf.files[card.file];
        let text = file.text.clone().unwrap_or_default();
        let (_, new) = &self.ids[at];
        let path = new_path(self.shelf, card, new);
        if self.shelf.files.iter().any(|file| *file.path == *path) {
            return refuse(format!("{path} is there already"));
        }
        let after = self.renamed(file, &text)?;
        if let Old::File(_) = self.asked.old {
            rewrites.push(Rewrite {
                path: Arc::clone(&file.path),
                before: Some(text),
                after: Some(after.into()),
                new_path: Some(path.into()),
            });
            return Ok(());
        }
        let reason = match self.asked.reason {
            Some(reason) => reason.to_owned(),
            None => format!("Moved to {new}."),
        };
        let retirement = Retirement {
            day: self.asked.today,
            reason: Some(&reason),
            heir: Some(new),
        };
        let stone = self.shelf.tombstone(file, &text, retirement)?;
        rewrites.push(Rewrite::edit(Arc::clone(&file.path), text, stone));
        rewrites.push(Rewrite::create(path.into(), after));
        Ok(())
    }

    fn renamed(&self, file: &ShelfFile, text: &str) -> Result<String, AuthorError> {
        let words = self.shelf.workspace.schemas.mentions();
        let renaming = Renaming {
            ids: &self.renames,
            words,
            today: Some(self.asked.today),
        };
        self.shelf
            .edited(file, text, &|subject| renaming.edits(subject))
    }
}

/// Where the file of an entry with another ID stands.
fn new_path(shelf: &Shelf<'_>, card: &Card, new: &str) -> String {
    let old = shelf.path(card);
    let (folder, name) = old.rsplit_once('/').unwrap_or(("", old));
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let root = &shelf.workspace.profile.root;
    let folder = match series::folder_of(shelf, card.kind, new) {
        Some(inner) if root.is_empty() => inner.to_owned(),
        // A schema names the folder that the file lies in, not those around it.
        Some(inner) => match folder.rsplit_once('/') {
            Some((above, _)) => format!("{above}/{inner}"),
            None => format!("{root}/{inner}"),
        },
        None => folder.to_owned(),
    };
    let slash = if folder.is_empty() { "" } else { "/" };
    // A file that is named otherwise keeps its name.
    let stem = if shelf.kind(card).is_stem {
        new
    } else {
        name.strip_suffix(&format!(".{extension}")).unwrap_or(name)
    };
    format!("{folder}{slash}{stem}.{extension}")
}

/// IDs that become others, in the text of one entry.
pub struct Renaming<'r> {
    /// Old IDs and new ones.
    pub ids: &'r Renames,
    /// What IDs look like in prose.
    pub words: Option<&'r Mentions>,
    /// The day of the last change that an entry which changes gets; `None` to leave it.
    pub today: Option<Date>,
}

impl Renaming<'_> {
    /// What to write where, so that an entry says the new IDs: in its ID, in its references, and in its
    /// prose. Formatting, comments and quotes stay as they are.
    ///
    /// # Errors
    ///
    /// A place that cannot be edited.
    pub fn edits(&self, subject: &Subject<'_>) -> Result<Vec<(Span, String)>, Stuck> {
        let mut edits = Vec::new();
        for met in &subject.fields {
            edits.extend(self.value(met)?);
        }
        if let Some(today) = self.today.filter(|_| !edits.is_empty()) {
            edits.extend(bump(subject, today));
        }
        Ok(edits)
    }

    pub(super) fn value(&self, met: &Met<'_>) -> Result<Vec<(Span, String)>, Stuck> {
        let (marks, node) = (met.marks, met.node);
        let Some(text) = node.as_str() else {
            return Ok(Vec::new());
        };
        let is_id = marks.id.is_some() || marks.refs.is_some() || marks.replaced_by.is_some();
        if is_id {
            return match self.ids.get(text) {
                Some(new) => Ok(vec![whole(node, new).ok_or(Stuck(node.span()))?]),
                None => Ok(Vec::new()),
            };
        }
        match self.words {
            Some(words) if marks.mentions => self.prose(node, text, words),
            _ => Ok(Vec::new()),
        }
    }

    fn prose(
        &self,
        node: Node<'_>,
        text: &str,
        words: &Mentions,
    ) -> Result<Vec<(Span, String)>, Stuck> {
        let found = words
            .find(text)
            .filter_map(|at| Some((at.clone(), self.ids.get(&text[at])?)));
        let found: Vec<_> = found.collect();
        if found.is_empty() {
            return Ok(Vec::new());
        }
        let mut edits = Vec::new();
        for (at, new) in &found {
            match rewrite::part(node, at.clone(), new) {
                Some((span, text)) if span != node.span() => edits.push((span, text)),
                _ => break,
            }
        }
        if edits.len() == found.len() {
            return Ok(edits);
        }
        // Written anew as a whole, where its parts cannot be told apart.
        let mut said = String::new();
        let mut from = 0;
        for (at, new) in found {
            said.push_str(&text[from..at.start]);
            said.push_str(new);
            from = at.end;
        }
        said.push_str(&text[from..]);
        let anew = rewrite::scalar(node, &said).ok_or(Stuck(node.span()))?;
        Ok(vec![(node.span(), anew)])
    }
}

/// Another text in the place of a whole value, in the same quotes where it has some.
fn whole(node: Node<'_>, new: &str) -> Option<(Span, String)> {
    if node.is_alias() {
        return Some((node.span(), rewrite::scalar(node, new)?));
    }
    rewrite::part(node, 0..node.text().len(), new)
}

/// The day of the last change, where an entry says an earlier one.
pub(super) fn bump(subject: &Subject<'_>, today: Date) -> Option<(Span, String)> {
    let is_updated = |met: &&Met<'_>| {
        let date = met.marks.date;
        date.is_some_and(|date| date.role == DateRole::Updated)
    };
    let met = subject.fields.iter().find(is_updated)?;
    let notation = met.marks.date?.notation;
    let old = entry::date(met.node.text(), notation)?;
    (old < today && met.node.kind() == Kind::String)
        .then(|| whole(met.node, &written(today, notation)))?
}
