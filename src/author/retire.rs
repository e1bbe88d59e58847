//! Takes an entry out of use: its file stays as a tombstone, and what referred to it refers to what
//! took its place.

use std::sync::Arc;

use jiff::civil::Date;

use super::edit::Stuck;
use super::rename::{Renaming, bump};
use super::shelf::Renames;
use super::{AuthorError, Card, Shelf, ShelfFile, refuse};
use crate::entry::Subject;
use crate::fix::Rewrite;
use crate::lint::Retirement;
use crate::rules::rewrite;
use crate::schema::plan::Met;
use crate::syntax::{Document, Kind, Node};
use crate::text::{LineIndex, Position, Span};

/// A retirement that is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Retire<'r> {
    /// The ID.
    pub id: &'r str,
    /// The ID of the entry that takes over.
    pub heir: Option<&'r str>,
    /// Why.
    pub reason: &'r str,
    /// What happens to entries whose IDs extend this one.
    pub children: Children,
    /// Today.
    pub today: Date,
}

/// What happens to entries whose IDs extend that of a retired one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Children {
    /// There must be none.
    Refuse,
    /// They are retired too.
    Retire,
}

/// A retirement that can be made.
#[derive(Debug)]
pub struct Retired {
    /// The IDs that are retired.
    pub ids: Vec<String>,
    /// What becomes of the files.
    pub rewrites: Vec<Rewrite>,
    /// What still refers to a retired entry.
    pub left: Vec<Left>,
}

/// A reference that stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// The file.
    pub path: Arc<str>,
    /// Where in it.
    pub at: Position,
    /// The retired ID.
    pub id: String,
    /// Who refers to it.
    pub by: String,
}

impl Retire<'_> {
    /// Works out what becomes of each file.
    ///
    /// # Errors
    ///
    /// The retirement is refused, with the reason.
    pub fn plan(&self, shelf: &Shelf<'_>) -> Result<Retired, AuthorError> {
        let card = shelf.living(self.id)?;
        if let Some(heir) = self.heir {
            self.check_heir(shelf, card, heir)?;
        }
        let cards = self.cards(shelf, card)?;
        let mut retired = Retired {
            ids: cards.iter().map(|card| card.id.clone()).collect(),
            rewrites: Vec::new(),
            left: Vec::new(),
        };
        let renames: Renames = self
            .heir
            .map(|heir| (self.id.to_owned(), heir.to_owned()))
            .into_iter()
            .collect();
        for (number, file) in shelf.files.iter().enumerate() {
            match cards.iter().find(|card| card.file == number) {
                Some(card) => retired.rewrites.push(self.stone(shelf, card)?),
                None => self.referrer(shelf, file, &renames, &mut retired)?,
            }
        }
        Ok(retired)
    }

    fn check_heir(&self, shelf: &Shelf<'_>, card: &Card, heir: &str) -> Result<(), AuthorError> {
        let found = shelf.living(heir)?;
        if found.id == card.id {
            return refuse(format!("`{heir}` cannot take its own place"));
        }
        let below = shelf.children(card);
        if self.children == Children::Retire && below.iter().any(|child| child.id == heir) {
            return refuse(format!("`{heir}` is retired along with `{}`", card.id));
        }
        Ok(())
    }

    fn cards<'s>(
        &self,
        shelf: &'s Shelf<'_>,
        card: &'s Card,
    ) -> Result<Vec<&'s Card>, AuthorError> {
        let children = shelf.children(card);
        if self.children == Children::Refuse && !children.is_empty() {
            let names: Vec<String> = children.iter().map(|child| shelf.title(child)).collect();
            return refuse(format!(
                "{} has entries below it: {}; retire or move them first, or add --with-children",
                shelf.title(card),
                names.join(", ")
            ));
        }
        let mut all = vec![card];
        all.extend(children);
        if let Some(shared) = all.iter().find(|card| !card.alone) {
            return refuse(format!(
                "{} lies in {} together with others: retire it by hand",
                shelf.title(shared),
                shelf.path(shared)
            ));
        }
        Ok(all)
    }

    fn stone(&self, shelf: &Shelf<'_>, card: &Card) -> Result<Rewrite, AuthorError> {
        let file = &shelf.files[card.file];
        let text = file.text.clone().unwrap_or_default();
        let retirement = Retirement {
            day: self.today,
            reason: Some(self.reason),
            heir: self.heir.filter(|_| card.id == self.id),
        };
        let stone = shelf.tombstone(file, &text, retirement)?;
        Ok(Rewrite::edit(Arc::clone(&file.path), text, stone))
    }

    /// A file that may refer to a retired entry.
    fn referrer(
        &self,
        shelf: &Shelf<'_>,
        file: &ShelfFile,
        renames: &Renames,
        retired: &mut Retired,
    ) -> Result<(), AuthorError> {
        let Some(text) = &file.text else {
            return Ok(());
        };
        if !retired.ids.iter().any(|id| file.says(id)) && !file.says("\\") {
            return Ok(());
        }
        let mut after = text.to_string();
        if file.says_any(renames) {
            after = shelf.edited(file, text, &|subject| self.edits(shelf, subject, renames))?;
        }
        let ids = &retired.ids;
        let left = shelf.look(file, &after, |document, subjects| {
            let subjects = subjects
                .iter()
                .filter(|subject| !subject.is_retired() && !subject.copy);
            subjects
                .flat_map(|subject| left(document, file, subject, ids))
                .collect::<Vec<_>>()
        });
        retired.left.extend(left.unwrap_or_default());
        if *after != **text {
            retired.rewrites.push(Rewrite::edit(
                Arc::clone(&file.path),
                Arc::clone(text),
                after,
            ));
        }
        Ok(())
    }

    fn edits(
        &self,
        shelf: &Shelf<'_>,
        subject: &Subject<'_>,
        renames: &Renames,
    ) -> Result<Vec<(Span, String)>, Stuck> {
        let own = subject.id().map_or("", Node::text);
        // What took the place of another entry may still name it.
        if self.heir == Some(own) {
            return Ok(removals(subject, self.id));
        }
        let heir = self.heir.and_then(|heir| shelf.get(heir));
        let heir_kind = heir.map(|heir| shelf.kind(heir).name.as_str());
        let mut edits = Vec::new();
        let renaming = Renaming {
            ids: renames,
            words: shelf.workspace.schemas.mentions(),
            today: None,
        };
        let fits = |met: &Met<'_>| {
            let kinds = met.marks.refs.as_ref().or(met.marks.replaced_by.as_ref());
            kinds.is_none_or(|kinds| kinds.iter().any(|kind| Some(kind.as_str()) == heir_kind))
        };
        let mut gone = Vec::new();
        for met in &subject.fields {
            if met.marks.refs.is_some() && met.node.as_str() == Some(self.id) {
                match beside(subject, met.node, self.heir) {
                    Some(removal) => gone.push(removal),
                    None if fits(met) => edits.extend(renaming.value(met)?),
                    None => {}
                }
            } else if fits(met) {
                edits.extend(renaming.value(met)?);
            }
        }
        edits.extend(gone.into_iter().flatten());
        if !edits.is_empty() {
            edits.extend(bump(subject, self.today));
        }
        Ok(edits)
    }
}

/// Where an item of a list stands that already holds what took its place: what to delete, if that can
/// be said. `None` where the list does not hold it.
fn beside(
    subject: &Subject<'_>,
    node: Node<'_>,
    heir: Option<&str>,
) -> Option<Option<(Span, String)>> {
    let (list, index) = list_of(subject, node)?;
    let holds = list.items().any(|item| item.as_str() == heir);
    holds.then(|| removal(list, index))
}

fn removal(list: Node<'_>, index: usize) -> Option<(Span, String)> {
    let source = list.document().source();
    let span = rewrite::delete_item(list, index, source)?;
    Some((span, String::new()))
}

/// The list of the entry that holds an item, and the item's place in it.
fn list_of<'d>(subject: &Subject<'d>, node: Node<'_>) -> Option<(Node<'d>, usize)> {
    let lists = subject.node.entries().map(|(_, value)| value);
    let mut lists = lists.filter(|value| value.kind() == Kind::Sequence);
    lists.find_map(|list| {
        let at = list.items().position(|item| item.span() == node.span())?;
        Some((list, at))
    })
}

/// References of the heir to what it replaces: an entry does not refer to itself.
fn removals(subject: &Subject<'_>, id: &str) -> Vec<(Span, String)> {
    let refers = subject
        .fields
        .iter()
        .filter(|met| met.marks.refs.is_some() && met.node.as_str() == Some(id));
    refers
        .filter_map(|met| {
            let (list, index) = list_of(subject, met.node)?;
            removal(list, index)
        })
        .collect()
}

/// The references of an entry to retired ones.
fn left(
    document: &Document<'_>,
    file: &ShelfFile,
    subject: &Subject<'_>,
    ids: &[String],
) -> Vec<Left> {
    let lines = LineIndex::new(document.source());
    let by = subject
        .id()
        .map_or_else(String::new, |id| id.text().to_owned());
    let refers = subject.fields.iter().filter(|met| met.marks.refs.is_some());
    let refers = refers.filter_map(|met| {
        let id = ids
            .iter()
            .find(|id| met.node.as_str() == Some(id.as_str()))?;
        Some(Left {
            path: Arc::clone(&file.path),
            at: lines.position(met.node.span().start),
            id: id.clone(),
            by: by.clone(),
        })
    });
    refers.collect()
}
