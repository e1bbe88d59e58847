//! The entries of a corpus as an author needs them: each with its file's text, so that it can be
//! edited.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::{AuthorError, refuse};
use crate::entry::{self, Prose, Subject, sketch};
use crate::history::Ledger;
use crate::schema::EntryKind;
use crate::schema::vocabulary::Scope;
use crate::snapshot::{SourceFile, Workspace, stem};
use crate::syntax::{self, Document, Format};
use crate::text::decode;

/// All entries of a corpus, and the IDs that are taken.
pub struct Shelf<'w> {
    /// The configuration.
    pub workspace: &'w Workspace,
    /// Files, in the order of their paths.
    pub files: Vec<ShelfFile>,
    /// Entries, in the order of files and places.
    pub cards: Vec<Card>,
    /// What the history knows of IDs.
    pub ledger: Ledger,
    /// IDs that entries refer to or mention.
    said: BTreeSet<String>,
}

/// One file.
pub struct ShelfFile {
    /// Path relative to the corpus root, parts joined by `/`.
    pub path: Arc<str>,
    /// How it is written.
    pub format: Format,
    /// Its text; `None` where it cannot be read.
    pub text: Option<Arc<str>>,
    /// Its kind, as the profile counts them; `None` where it is no entry, or no tree.
    pub kind: Option<usize>,
    /// Whether it is an entry by its name.
    pub is_named: bool,
}

/// One entry.
#[derive(Clone, Debug)]
pub struct Card {
    /// Its ID, as written.
    pub id: String,
    /// Its kind, as the schemas count them.
    pub kind: usize,
    /// The file, as [`Shelf::files`] counts them.
    pub file: usize,
    /// Whether it repeats an entry that is defined elsewhere.
    pub copy: bool,
    /// Whether it is a tombstone.
    pub retired: bool,
    /// Whether it is all that its file holds.
    pub alone: bool,
    /// The text that names it to people.
    pub label: Option<String>,
    /// Among which entries that text must be the only one.
    pub scope: Option<Scope>,
    /// What its prose is like.
    pub prose: Option<Prose>,
}

impl<'w> Shelf<'w> {
    /// Reads the files of a corpus. What the history knows of IDs is given.
    #[must_use]
    pub fn read(workspace: &'w Workspace, files: &[SourceFile], ledger: Ledger) -> Self {
        let read: Vec<Read> = files
            .par_iter()
            .map(|file| Read::file(workspace, file))
            .collect();
        let mut shelf = Self {
            workspace,
            files: Vec::with_capacity(read.len()),
            cards: Vec::new(),
            ledger,
            said: BTreeSet::new(),
        };
        for (number, mut read) in read.into_iter().enumerate() {
            for card in &mut read.cards {
                card.file = number;
            }
            shelf.cards.append(&mut read.cards);
            // Appending would build the whole set again for each file.
            shelf.said.extend(read.said);
            shelf.files.push(read.file);
        }
        shelf
    }

    /// The entry with an ID: the first definition.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Card> {
        self.cards.iter().find(|card| card.id == id && !card.copy)
    }

    /// The entry that the author means by an ID.
    pub(super) fn living(&self, id: &str) -> Result<&Card, AuthorError> {
        let Some(card) = self.get(id) else {
            let near = strsim_near(id, self.cards.iter().map(|card| card.id.as_str()));
            let hint = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
            return refuse(format!("there is no entry `{id}`{hint}"));
        };
        if card.retired {
            return refuse(format!("{} is retired already", self.title(card)));
        }
        let mut others = self
            .cards
            .iter()
            .filter(|other| !other.copy && other.id == id);
        if let Some(other) = others.nth(1) {
            let [one, other] = [card, other].map(|card| self.path(card));
            return refuse(format!(
                "two entries have the ID `{id}`: {one} and {other}; name the file of the one that is meant"
            ));
        }
        Ok(card)
    }

    /// An entry for messages: `` `PV059` (Insider-Focused Threat Intelligence) ``.
    #[must_use]
    pub fn title(&self, card: &Card) -> String {
        match &card.label {
            Some(label) => format!("`{}` ({label})", card.id),
            None => format!("`{}`", card.id),
        }
    }

    /// The path of an entry's file.
    #[must_use]
    pub fn path(&self, card: &Card) -> &Arc<str> {
        &self.files[card.file].path
    }

    /// The folder of a file below the root of the entries; empty at the top.
    pub(super) fn folder<'p>(&self, path: &'p str) -> &'p str {
        let root = self.workspace.profile.root.as_str();
        let inner = path.strip_prefix(root).unwrap_or(path);
        let inner = inner.trim_start_matches('/');
        inner.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// What the schemas say of an entry's kind.
    #[must_use]
    pub fn kind(&self, card: &Card) -> &'w EntryKind {
        &self.workspace.schemas.entry_kinds()[card.kind]
    }

    /// Every ID that is or was taken, or that something refers to.
    pub(super) fn taken(&self) -> impl Iterator<Item = &str> {
        let own = self.cards.iter().map(|card| card.id.as_str());
        let named = self.files.iter().map(|file| stem(&file.path));
        let past = self.ledger.ids.keys().map(AsRef::as_ref);
        let said = self.said.iter().map(String::as_str);
        own.chain(named).chain(past).chain(said)
    }

    /// Who has an ID or had it, in words; `None` for one that was never used.
    #[must_use]
    pub fn user_of(&self, id: &str) -> Option<String> {
        if let Some(card) = self.get(id) {
            return Some(format!("`{id}` is taken by {}", self.path(card)));
        }
        let named = self
            .files
            .iter()
            .find(|file| file.is_named && stem(&file.path) == id);
        if let Some(file) = named {
            return Some(format!("`{id}` is taken by the file {}", file.path));
        }
        let revision = self.ledger.ids.get(id)?;
        Some(format!("`{id}` was used before, last in {revision}"))
    }

    /// Reads the tree of a file, and looks at its entries.
    pub(super) fn look<T>(
        &self,
        file: &ShelfFile,
        text: &str,
        look: impl FnOnce(&Document<'_>, &[Subject<'_>]) -> T,
    ) -> Option<T> {
        let kind = file.kind?;
        let profile = &self.workspace.profile;
        let body = profile.kinds[kind].body.as_deref();
        let (document, problems) = syntax::parse(text, file.format, body, &profile.limits.syntax);
        if problems.iter().any(|problem| problem.kind.is_fatal()) {
            return None;
        }
        let subjects = entry::subjects(&document, &self.workspace.schemas, kind);
        Some(look(&document, &subjects))
    }
}

/// What one file gives.
struct Read {
    file: ShelfFile,
    cards: Vec<Card>,
    said: BTreeSet<String>,
}

impl Read {
    fn file(workspace: &Workspace, source: &SourceFile) -> Self {
        let bytes = source.read(workspace.profile.limits.file_bytes);
        let text = bytes
            .ok()
            .and_then(|bytes| decode(&bytes).ok().map(Arc::from));
        let mut read = Self {
            file: ShelfFile {
                path: Arc::clone(&source.path),
                format: source.format,
                text,
                kind: None,
                is_named: source.kind.is_some(),
            },
            cards: Vec::new(),
            said: BTreeSet::new(),
        };
        if let Some(text) = read.file.text.clone() {
            read.entries(workspace, source, &text);
        }
        read
    }

    fn entries(&mut self, workspace: &Workspace, source: &SourceFile, text: &str) {
        let (profile, schemas) = (&workspace.profile, &workspace.schemas);
        let body = source
            .kind
            .and_then(|kind| profile.kinds[kind].body.as_deref());
        let (document, problems) = syntax::parse(text, source.format, body, &profile.limits.syntax);
        let sound = !problems.iter().any(|problem| problem.kind.is_fatal());
        let Some(root) = document.root().filter(|_| sound) else {
            return;
        };
        let by_keys = || {
            profile.kinds.iter().position(|kind| {
                !kind.keys.is_empty() && kind.keys.iter().all(|key| root.get(key).is_some())
            })
        };
        let Some(kind) = source.kind.or_else(by_keys) else {
            return;
        };
        self.file.kind = Some(kind);
        let subjects = entry::subjects(&document, schemas, kind);
        for subject in &subjects {
            let Some(id) = subject.id() else { continue };
            let prose = subject.field(|marks| marks.prose.is_some());
            self.cards.push(Card {
                id: id.text().to_owned(),
                kind: subject.kind,
                file: 0,
                copy: subject.copy,
                retired: subject.is_retired(),
                alone: subjects.len() == 1 && root.span() == subject.node.span(),
                label: subject.label().map(|node| node.text().to_owned()),
                scope: subject.scope(),
                prose: prose.and_then(prose_of),
            });
            self.mentions(workspace, subject);
        }
    }

    fn mentions(&mut self, workspace: &Workspace, subject: &Subject<'_>) {
        for met in &subject.fields {
            let Some(text) = met.node.as_str() else {
                continue;
            };
            let marks = met.marks;
            if marks.refs.is_some() || marks.replaced_by.is_some() {
                self.said.insert(text.to_owned());
            }
            if let (true, Some(words)) = (marks.mentions, workspace.schemas.mentions()) {
                let found = words.find(text).map(|at| text[at].to_owned());
                self.said.extend(found);
            }
        }
    }
}

fn prose_of(node: syntax::Node<'_>) -> Option<Prose> {
    let (sketch, words) = sketch(node.as_str()?)?;
    Some(Prose {
        span: node.span(),
        sketch,
        words,
    })
}

fn strsim_near<'i>(id: &str, known: impl Iterator<Item = &'i str>) -> Option<&'i str> {
    crate::text::did_you_mean(id, known)
}

/// IDs that become others.
pub type Renames = BTreeMap<String, String>;
