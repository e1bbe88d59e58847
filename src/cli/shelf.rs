//! What the commands for authors have in common: the entries of the corpus around the current folder,
//! every ID that was ever used, and questions on a terminal.

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::Path;
use std::sync::Arc;

use super::rewriting;
use super::scope::{Input, Scope};
use super::{Failure, complain};
use crate::author::Shelf;
use crate::fix::Rewrite;
use crate::history::Ledger;
use crate::report::Escaped;
use crate::snapshot::git::Repository;
use crate::snapshot::{Finder, SourceFile, Workspace, absolute, relative};
use crate::text::did_you_mean;

/// The corpus around the current folder.
pub(super) struct Opened {
    pub(super) workspace: Workspace,
    files: Vec<SourceFile>,
    pub(super) repository: Option<Arc<Repository>>,
    ledger: Ledger,
}

impl Opened {
    /// Finds the corpus, and finishes a change of it that was interrupted.
    pub(super) fn around(config: Option<&Path>) -> Result<Self, Failure> {
        let workspace = Scope::workspace(&Input::around(None, config))?;
        rewriting::recover(&workspace, &[])?;
        Self::of(workspace)
    }

    fn of(workspace: Workspace) -> Result<Self, Failure> {
        let root = workspace.root();
        let files = match root.is_dir() {
            true => Finder::new(&workspace, root.clone()).walk(&root)?,
            // The first entry makes the folder.
            false => Vec::new(),
        };
        let mut opened = Self {
            workspace,
            files,
            repository: None,
            ledger: Ledger::default(),
        };
        opened.look_back()?;
        Ok(opened)
    }

    /// Adds every ID of the history up to the commit that is checked out.
    fn look_back(&mut self) -> Result<(), Failure> {
        let base = &self.workspace.base;
        if !base.ancestors().any(|folder| folder.join(".git").exists()) {
            let text = "this is no git repository: IDs that were deleted here are not known";
            complain("note", text);
            return Ok(());
        }
        let repository = Repository::around(base)?;
        if repository.is_shallow() {
            let text =
                "this clone is shallow: IDs of revisions that it does not have are not known";
            complain("note", text);
        }
        if !repository.is_unborn() {
            self.add_ids(&repository, "HEAD")?;
        }
        self.repository = Some(repository);
        Ok(())
    }

    fn add_ids(&mut self, repository: &Repository, revision: &str) -> Result<(), Failure> {
        let commit = repository.resolve(revision)?;
        let ids = repository.ids_ever_used(&commit, &self.workspace)?;
        for (id, last) in ids {
            self.ledger.ids.entry(id).or_insert(last);
        }
        Ok(())
    }

    /// Adds every ID of the history of another revision too.
    pub(super) fn know(&mut self, revision: &str) -> Result<Arc<Repository>, Failure> {
        let repository = self
            .repository
            .clone()
            .ok_or_else(|| Failure(format!("--base {revision} needs a git repository")))?;
        self.add_ids(&repository, revision)?;
        Ok(repository)
    }

    pub(super) fn shelf(&self) -> Shelf<'_> {
        Shelf::read(&self.workspace, &self.files, self.ledger.clone())
    }

    /// A path as it is written from the current folder.
    pub(super) fn shown(&self, path: &str) -> Result<String, Failure> {
        let full = absolute(&self.workspace.base.join(path))?;
        Ok(relative(&super::scope::current()?, &full))
    }

    /// The path of a file as the corpus has it.
    pub(super) fn inner(&self, path: &Path) -> Result<String, Failure> {
        Ok(relative(&self.workspace.base, &absolute(path)?))
    }
}

/// The kind of entry of a name, as the schemas count them.
pub(super) fn kind(workspace: &Workspace, name: &str) -> Result<usize, Failure> {
    let schemas = &workspace.schemas;
    let mut known: Vec<&str> = Vec::new();
    for kind in schemas.kinds() {
        let Some(mark) = kind
            .plan
            .root()
            .marks
            .entry
            .as_ref()
            .filter(|mark| !mark.copy)
        else {
            continue;
        };
        if mark.kind == name || kind.name == name {
            let found = schemas.entry_kind(&mark.kind);
            return found.ok_or_else(|| Failure(format!("there is no kind `{name}`")));
        }
        known.push(&mark.kind);
    }
    let hint = match did_you_mean(name, known.iter().copied()) {
        Some(close) => format!("did you mean `{close}`?"),
        None => format!("known are {}", known.join(", ")),
    };
    Err(Failure(format!("there is no kind `{name}`; {hint}")))
}

/// Whether somebody is there to answer.
pub(super) fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks for a line of text on the terminal until there is one.
pub(super) fn ask(question: &str) -> Result<String, Failure> {
    loop {
        let mut err = io::stderr();
        write!(err, "{}: ", Escaped(question))?;
        err.flush()?;
        let mut line = String::new();
        if io::stdin().lock().read_line(&mut line)? == 0 {
            return Err(Failure(format!("no answer to: {question}")));
        }
        let answer = line.trim();
        if !answer.is_empty() {
            return Ok(answer.to_owned());
        }
    }
}

/// Says how many files a change has touched.
pub(super) fn tell(rewrites: &[Rewrite]) {
    let new = rewrites
        .iter()
        .filter(|rewrite| rewrite.before.is_none())
        .count();
    let changed = rewrites.len() - new;
    let part = |count: usize, word: &str| {
        let files = crate::report::counted(count, "file", "files");
        (count > 0).then(|| format!("{files} {word}"))
    };
    let parts: Vec<String> = [part(new, "new"), part(changed, "changed")]
        .into_iter()
        .flatten()
        .collect();
    complain("note", &parts.join(", "));
}
