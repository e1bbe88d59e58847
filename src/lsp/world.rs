//! What the server knows: the editor, the texts that are open in it, and the corpora around them.

use std::path::{Path, PathBuf};

use super::client::Client;
use super::documents::Documents;
use super::home::Home;
use super::params::{Params, Refusal};
use super::place::{self, Lines};
use super::symbol::{self, Symbol};
use crate::entry::subjects;
use crate::lint::Options;
use crate::schema::Schemas;
use crate::snapshot::Nearest;
use crate::syntax::{self, Document};

/// All that requests are answered from.
pub(super) struct World {
    /// The editor.
    pub(super) client: Client,
    /// The texts that are open.
    pub(super) documents: Documents,
    /// The corpora.
    pub(super) homes: Vec<Home>,
    /// Gives what corpora are checked with, on this day.
    options: fn() -> Options,
}

/// A file that a request is about.
pub(super) struct Here {
    /// Which of the corpora it is in.
    pub(super) home: usize,
    /// Where it is on disk.
    pub(super) path: PathBuf,
    /// The same as it stands in findings.
    pub(super) shown: String,
    /// What it says.
    pub(super) text: String,
}

impl World {
    pub(super) fn new(client: Client, options: fn() -> Options) -> Self {
        Self {
            client,
            documents: Documents::default(),
            homes: Vec::new(),
            options,
        }
    }

    /// Opens the corpora around the folders of the editor.
    pub(super) fn open_folders(&mut self) {
        for folder in self.client.folders.clone() {
            let nearest = match Nearest::to(&folder) {
                // Without a repository, the folder that is open is taken for the top of one.
                Nearest::Nothing => Nearest::Repository(folder),
                nearest => nearest,
            };
            self.open(nearest);
        }
    }

    /// Opens the corpus around a file, if there is one.
    pub(super) fn open_around(&mut self, path: &Path) {
        let folder = path.parent().unwrap_or(path);
        let nearest = match Nearest::to(folder) {
            Nearest::Nothing => {
                let folders = self.client.folders.iter();
                let top = folders.filter(|folder| path.starts_with(folder)).max();
                match top {
                    Some(top) => Nearest::Repository(top.clone()),
                    None => return,
                }
            }
            nearest => nearest,
        };
        self.open(nearest);
    }

    fn open(&mut self, nearest: Nearest) {
        let Some(home) = Home::new(nearest) else {
            return;
        };
        if self.homes.iter().all(|known| known.base != home.base) {
            self.homes.push(home);
            // A corpus within another one is asked first.
            self.homes.sort_by(|a, b| b.base.cmp(&a.base));
        }
    }

    /// Which corpus a file is in.
    pub(super) fn home_of(&self, path: &Path) -> Option<usize> {
        let mut homes = self.homes.iter();
        homes.position(|home| path.starts_with(&home.base))
    }

    /// A file has another content than before.
    pub(super) fn touch(&mut self, path: &Path) {
        if let Some(home) = self.home_of(path) {
            self.homes[home].touch(path);
        }
    }

    /// Reads what has changed.
    pub(super) fn absorb(&mut self) {
        let options = (self.options)();
        for home in &mut self.homes {
            home.absorb(&self.documents, &options);
        }
    }

    /// Reads what has changed, and judges it.
    pub(super) fn settle(&mut self) {
        self.absorb();
        for home in &mut self.homes {
            home.check();
        }
    }

    /// The file that a request is about; `None` where it is in no corpus, or not there any more.
    pub(super) fn here(&mut self, params: Params<'_>) -> Result<Option<Here>, Refusal> {
        let uri = params.text("/textDocument/uri")?;
        let Some(path) = place::path_of(uri) else {
            return Ok(None);
        };
        self.absorb();
        let Some(home) = self.home_of(&path) else {
            return Ok(None);
        };
        let shown = self.homes[home].shown(&path);
        let text = self.homes[home].text(&shown, &self.documents);
        Ok(text.map(|text| Here {
            home,
            path,
            shown,
            text,
        }))
    }

    /// The ID that a request is about, and the file that it stands in.
    pub(super) fn symbol(&mut self, params: Params<'_>) -> Result<Option<(Here, Symbol)>, Refusal> {
        let position = params.position("/position")?;
        let Some(here) = self.here(params)? else {
            return Ok(None);
        };
        let byte = self.lines(&here.text).offset(position);
        let symbol = symbol::at(&mut self.homes[here.home], &here, byte);
        Ok(symbol.map(|symbol| (here, symbol)))
    }

    /// Looks at the tree of a text that a file has or could have, with the schemas and the number of
    /// its kind; `None` where it is of no kind.
    pub(super) fn parsed<T>(
        &self,
        here: &Here,
        text: &str,
        look: impl FnOnce(&Document<'_>, &Schemas, usize) -> T,
    ) -> Option<T> {
        self.parsed_soundly(here, text, |document, schemas, kind, _| {
            look(document, schemas, kind)
        })
    }

    /// The same, where it is said too whether the tree can be relied on.
    pub(super) fn parsed_soundly<T>(
        &self,
        here: &Here,
        text: &str,
        look: impl FnOnce(&Document<'_>, &Schemas, usize, bool) -> T,
    ) -> Option<T> {
        let session = self.homes[here.home].session.as_ref()?;
        let workspace = session.workspace();
        let file = session.file(&here.shown)?;
        let kinds = &workspace.profile.kinds;
        let body = file.kind.and_then(|kind| kinds[kind].body.as_deref());
        let (document, problems) =
            syntax::parse(text, file.format, body, &workspace.profile.limits.syntax);
        let root = document.root();
        let by_keys = || {
            let has = |key: &String| root.is_some_and(|root| root.get(key).is_some());
            kinds
                .iter()
                .position(|kind| !kind.keys.is_empty() && kind.keys.iter().all(has))
        };
        let by_id = || {
            (0..kinds.len()).find(|kind| {
                let subjects = subjects(&document, &workspace.schemas, *kind);
                subjects.iter().any(|subject| subject.id().is_some())
            })
        };
        let kind = file.kind.or_else(by_keys).or_else(by_id)?;
        let is_sound = !problems.iter().any(|problem| problem.kind.is_fatal());
        Some(look(&document, &workspace.schemas, kind, is_sound))
    }

    /// The text of a file of a corpus: that in the editor, or that on disk.
    pub(super) fn text(&self, path: &Path) -> Option<String> {
        let home = &self.homes[self.home_of(path)?];
        home.text(&home.shown(path), &self.documents)
    }

    /// Counts the lines of a text as the editor does.
    pub(super) fn lines<'t>(&self, text: &'t str) -> Lines<'t> {
        Lines::new(text, self.client.encoding)
    }

    /// The name that the editor knows a file by.
    pub(super) fn uri(&self, path: &Path) -> String {
        match self.documents.get(path) {
            Some(document) => document.uri.clone(),
            None => place::uri_of(path),
        }
    }
}
