//! Edits in the texts of files, which are read back before they are given.

use super::shelf::Renames;
use super::{AuthorError, Card, Shelf, ShelfFile, refuse};
use crate::entry::Subject;
use crate::lint::{Retirement, tombstone};
use crate::text::{LineIndex, Span};

/// A place where an edit cannot be made without changing what the file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stuck(pub Span);

impl ShelfFile {
    /// Whether its text holds an ID anywhere.
    #[must_use]
    pub fn says(&self, id: &str) -> bool {
        self.text.as_deref().unwrap_or_default().contains(id)
    }

    /// Whether its text may say one of the old IDs: literally, or with escapes.
    pub(super) fn says_any(&self, ids: &Renames) -> bool {
        ids.keys().any(|id| self.says(id)) || self.says("\\")
    }
}

/// What is to be written where, in one entry of a file.
pub(super) type Editor<'e> = &'e dyn Fn(&Subject<'_>) -> Result<Vec<(Span, String)>, Stuck>;

impl<'w> Shelf<'w> {
    /// Living entries whose IDs extend that of an entry, however far.
    pub(super) fn children(&self, card: &Card) -> Vec<&Card> {
        let mut found: Vec<&Card> = Vec::new();
        let mut wanted = vec![(card.id.clone(), self.kind(card).name.clone())];
        while let Some((id, name)) = wanted.pop() {
            let below = self.cards.iter().filter(|child| {
                let kind = self.kind(child);
                let extends = kind
                    .parent
                    .as_ref()
                    .is_some_and(|(parent, _)| *parent == name);
                extends && !child.retired && !child.copy && kind.parent_of(&child.id) == Some(&id)
            });
            for child in below {
                wanted.push((child.id.clone(), self.kind(child).name.clone()));
                found.push(child);
            }
        }
        found.sort_by(|a, b| a.id.cmp(&b.id));
        found
    }

    /// The text of a file after edits in its entries. What it then says is read back.
    pub(super) fn edited(
        &self,
        file: &ShelfFile,
        text: &str,
        edit: Editor<'_>,
    ) -> Result<String, AuthorError> {
        let edits = self.look(file, text, |_, subjects| {
            let mut edits = Vec::new();
            for subject in subjects {
                edits.extend(edit(subject)?);
            }
            Ok(edits)
        });
        let Some(edits) = edits else {
            // What is no entry says the ID as it likes.
            if !file.is_named {
                return Ok(text.to_owned());
            }
            return refuse(format!(
                "{} cannot be read and may say the ID: mend it first, `corpuslint check` shows how",
                file.path
            ));
        };
        let edits = edits.map_err(|Stuck(span)| self.stuck(file, text, span))?;
        let after = apply(text, edits).ok_or_else(|| self.stuck(file, text, Span::at(0)))?;
        // What was to be written is there, and nothing is left to write.
        let left = self.look(file, &after, |_, subjects| {
            subjects
                .iter()
                .all(|subject| edit(subject).is_ok_and(|edits| edits.is_empty()))
        });
        match left {
            Some(true) => Ok(after),
            _ => Err(self.stuck(file, text, Span::at(0))),
        }
    }

    fn stuck(&self, file: &ShelfFile, text: &str, span: Span) -> AuthorError {
        let at = LineIndex::new(text).position(span.start);
        AuthorError(format!(
            "{}:{at}: this cannot be rewritten without changing what it says; change it by hand first",
            file.path
        ))
    }

    /// The text of a file as that of a retired entry.
    pub(super) fn tombstone(
        &self,
        file: &ShelfFile,
        text: &str,
        retirement: Retirement<'_>,
    ) -> Result<String, AuthorError> {
        let made = self.look(file, text, |document, subjects| {
            tombstone(document, subjects.first()?, subjects, retirement)
        });
        made.flatten().ok_or_else(|| {
            AuthorError(format!(
                "{}: the schema of its kind has no place for a retirement, or the file no line for it",
                file.path
            ))
        })
    }
}

/// A text with edits made, which must not overlap.
pub(super) fn apply(text: &str, mut edits: Vec<(Span, String)>) -> Option<String> {
    edits.sort_by_key(|(span, _)| *span);
    edits.dedup();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (span, new) in edits {
        out.push_str(text.get(at..span.start as usize)?);
        out.push_str(&new);
        at = span.end as usize;
    }
    out.push_str(text.get(at..)?);
    Some(out)
}
