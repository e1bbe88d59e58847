//! The states of a corpus that the command line names: folders, release files, git revisions, the
//! index, the working tree.

use std::path::Path;
use std::sync::Arc;

use super::Failure;
use super::scope::{self, Input, Scope};
use crate::snapshot::Workspace;
use crate::snapshot::git::{Commit, Id, Repository, Staged};

/// A state, before its files are looked for.
pub(super) enum State {
    /// A folder, a release file, or the paths of the command line.
    Disk(Input),
    /// A tree of git.
    Tree(Tree),
    /// Nothing: the corpus before its first commit.
    Nothing(Input),
}

/// A tree of git, and the folder in it that the corpus is around.
#[derive(Clone)]
pub(super) struct Tree {
    pub(super) git: Git,
    pub(super) id: Id,
    /// What it is called in messages.
    pub(super) name: String,
}

/// A repository as it is seen from the folder of a corpus.
#[derive(Clone)]
pub(super) struct Git {
    pub(super) repository: Arc<Repository>,
    /// The corpus's folder in the repository; parts joined by `/`.
    folder: String,
    /// The profile of the command line, and the paths that are wanted.
    input: Input,
}

impl Git {
    /// The repository around the corpus of the command line.
    pub(super) fn around(input: &Input) -> Result<Self, Failure> {
        let folder = scope::start(input)?;
        let repository = Repository::around(&folder)?;
        Ok(Self {
            folder: repository.inside(&folder)?,
            repository,
            input: input.clone(),
        })
    }

    pub(super) fn tree(&self, id: Id, name: impl Into<String>) -> Tree {
        Tree {
            git: self.clone(),
            id,
            name: name.into(),
        }
    }

    /// What a commit of the working tree would hold.
    pub(super) fn working_tree(&self, scope: &Scope) -> Result<Id, Failure> {
        let limit = scope.workspace.profile.limits.file_bytes;
        Ok(self.repository.working_tree(&scope.files, limit)?)
    }

    /// The same, with an index that was read before.
    pub(super) fn working_tree_on(&self, staged: Staged, scope: &Scope) -> Result<Id, Failure> {
        let limit = scope.workspace.profile.limits.file_bytes;
        let repository = &self.repository;
        Ok(repository.working_tree_on(staged, &scope.files, limit)?)
    }

    pub(super) fn commit(&self, commit: &Commit) -> State {
        State::Tree(self.tree(commit.tree, commit.id.short()))
    }
}

impl State {
    /// A folder or a release file.
    pub(super) fn path(spec: &str, config: Option<&Path>) -> Self {
        Self::Disk(Input::around(Some(Path::new(spec)), config))
    }

    /// The tree that it is.
    pub(super) fn tree(&self) -> Option<Tree> {
        match self {
            Self::Tree(tree) => Some(tree.clone()),
            Self::Disk(_) | Self::Nothing(_) => None,
        }
    }

    /// The configuration that the state has itself.
    pub(super) fn workspace(&self) -> Result<Workspace, Failure> {
        let workspace = match self {
            Self::Disk(input) | Self::Nothing(input) => return Scope::workspace(input),
            Self::Tree(tree) => match &tree.git.input.config {
                Some(config) => Workspace::with_profile(config)?,
                None => Workspace::at(&tree.git.repository, tree.id, &tree.name, &tree.git.folder)?,
            },
        };
        scope::check_rules(&workspace)?;
        Ok(workspace)
    }

    /// Its files, as a configuration sees them.
    pub(super) fn open(&self, workspace: Workspace) -> Result<Scope, Failure> {
        match self {
            Self::Disk(input) => Scope::open_in(workspace, input),
            Self::Nothing(_) => Scope::of(workspace, Vec::new(), &[]),
            Self::Tree(tree) => {
                let files = tree.git.repository.files(tree.id, &workspace)?;
                Scope::of(workspace, files, &tree.git.input.paths)
            }
        }
    }
}

/// Whether a word of the command line names a revision rather than a folder or a file.
pub(super) fn is_revision(spec: &str, input: &Input) -> Result<bool, Failure> {
    let explicit = spec.starts_with(['.', '/']);
    if explicit || std::fs::symlink_metadata(spec).is_err() {
        // A path that does not exist is more probably a path that is misspelt.
        let misspelt = explicit || spec.ends_with(".json");
        return if misspelt && std::fs::symlink_metadata(spec).is_err() {
            Err(Failure(format!("{spec}: there is no such file or folder")))
        } else {
            Ok(!explicit)
        };
    }
    let known = Git::around(input).is_ok_and(|git| git.repository.resolve(spec).is_ok());
    if known {
        return Err(Failure(format!(
            "`{spec}` is both a path and a revision; write `./{spec}` or `refs/heads/{spec}`"
        )));
    }
    Ok(false)
}
