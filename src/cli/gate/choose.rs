//! Which two states the command line names.

use super::Args;
use crate::cli::Failure;
use crate::cli::scope::Input;
use crate::cli::state::{self, Git, State};
use crate::history::Conflict;
use crate::snapshot::git::{Commit, Merge};

/// What the states are called.
pub(super) struct Names {
    /// The base in places: a short commit ID, or a path.
    pub(super) base: String,
    /// The base and the head in sentences.
    pub(super) shown: [String; 2],
}

/// The states that the command line names, before they are opened.
pub(super) struct Chosen {
    pub(super) base: State,
    pub(super) head: State,
    pub(super) names: Names,
    /// The base's commit.
    pub(super) commit: Option<(Git, Commit)>,
    pub(super) conflicts: Vec<Conflict>,
}

/// Finds the states, without opening them.
pub(super) fn choose(input: &Input, args: &Args) -> Result<Chosen, Failure> {
    let base_is_revision = match &args.base {
        Some(base) => state::is_revision(base, input)?,
        None => true,
    };
    if !base_is_revision {
        return from_path(input, args);
    }
    let git = Git::around(input)?;
    let head_is_path = match &args.head {
        Some(head) => !state::is_revision(head, input)?,
        None => false,
    };
    if args.base.is_none() && git.repository.is_unborn() {
        return first_commit(&git, input, args);
    }
    let base_name = args.base.as_deref().unwrap_or("HEAD");
    let tip = git.repository.resolve(base_name)?;
    let own = match &args.head {
        Some(head) if !head_is_path => git.repository.resolve(head)?,
        _ => git.repository.head()?,
    };
    let base = if args.merge || args.exactly || head_is_path {
        tip.clone()
    } else {
        git.repository.merge_base(&tip, &own)?
    };
    let head = Head {
        git: &git,
        input,
        own,
        tip,
    };
    let (state, shown, conflicts) = match &args.head {
        Some(head) if head_is_path => (State::path(head, None), head.clone(), Vec::new()),
        _ => head.state(args)?,
    };
    Ok(Chosen {
        names: Names {
            base: base.id.short(),
            shown: [named(base_name, &base), shown],
        },
        base: git.commit(&base),
        head: state,
        commit: Some((git.clone(), base)),
        conflicts,
    })
}

/// A base that is a folder or a release file.
fn from_path(input: &Input, args: &Args) -> Result<Chosen, Failure> {
    let base = args.base.clone().unwrap_or_default();
    if args.merge || args.staged {
        let flag = if args.merge { "--merge" } else { "--staged" };
        return Err(Failure(format!("{flag} needs a git revision as its base")));
    }
    let (head, shown) = match &args.head {
        None => (State::Disk(input.clone()), on_disk(input)),
        Some(head) if state::is_revision(head, input)? => {
            let git = Git::around(input)?;
            let commit = git.repository.resolve(head)?;
            (git.commit(&commit), named(head, &commit))
        }
        Some(head) => (State::path(head, input.config.as_deref()), head.clone()),
    };
    Ok(Chosen {
        base: State::path(&base, input.config.as_deref()),
        head,
        names: Names {
            base: base.clone(),
            shown: [base, shown],
        },
        commit: None,
        conflicts: Vec::new(),
    })
}

/// Before the first commit there is nothing to compare with.
fn first_commit(git: &Git, input: &Input, args: &Args) -> Result<Chosen, Failure> {
    let head = if args.staged {
        State::Tree(git.tree(git.repository.index_tree()?, "the index"))
    } else {
        State::Disk(input.clone())
    };
    Ok(Chosen {
        base: State::Nothing(input.clone()),
        head,
        names: Names {
            base: "nothing".to_owned(),
            shown: ["nothing".to_owned(), "the first commit".to_owned()],
        },
        commit: None,
        conflicts: Vec::new(),
    })
}

/// What is on disk, as the command line says it.
fn on_disk(input: &Input) -> String {
    match input.paths.as_slice() {
        [only] => only.display().to_string(),
        _ => "the working tree".to_owned(),
    }
}

/// A revision as the command line says it, with the commit that it is now.
fn named(spec: &str, commit: &Commit) -> String {
    let id = commit.id.to_string();
    if id.starts_with(spec) {
        return commit.id.short();
    }
    format!("{spec} ({})", commit.id.short())
}

/// What is needed to find the head.
struct Head<'h> {
    git: &'h Git,
    input: &'h Input,
    /// The commit of the head, or that the working tree is on.
    own: Commit,
    /// The tip of the base.
    tip: Commit,
}

impl Head<'_> {
    fn state(&self, args: &Args) -> Result<(State, String, Vec<Conflict>), Failure> {
        let (state, shown) = match &args.head {
            Some(head) => (self.git.commit(&self.own), named(head, &self.own)),
            None if args.staged => {
                let tree = self.git.repository.index_tree()?;
                let tree = self.git.tree(tree, "the index");
                (State::Tree(tree), "the index".to_owned())
            }
            None => (State::Disk(self.input.clone()), on_disk(self.input)),
        };
        if !args.merge {
            return Ok((state, shown, Vec::new()));
        }
        let repository = &self.git.repository;
        let merge = match &state {
            State::Tree(_) if args.head.is_some() => repository.merge(&self.tip, &self.own)?,
            State::Tree(tree) => repository.merge_tree(&self.tip, &self.own, tree.id)?,
            _ => {
                let scope = state.open(state.workspace()?)?;
                let tree = self.git.working_tree(&scope)?;
                repository.merge_tree(&self.tip, &self.own, tree)?
            }
        };
        match merge {
            Merge::Tree(tree) => {
                let tree = self.git.tree(tree, "the merge");
                Ok((State::Tree(tree), format!("{shown}, merged"), Vec::new()))
            }
            Merge::Conflicts { paths, tree } => {
                let conflicts = self.conflicts(&paths)?;
                let tree = self.git.tree(tree, "the merge");
                let shown = format!("{shown}, merged but for conflicts");
                Ok((State::Tree(tree), shown, conflicts))
            }
        }
    }

    /// Paths in conflict, relative to the folder of the profile.
    fn conflicts(&self, paths: &[String]) -> Result<Vec<Conflict>, Failure> {
        let repository = &self.git.repository;
        let workspace = self.git.commit(&self.tip).workspace()?;
        let ancestor = repository.merge_base(&self.tip, &self.own)?;
        let before = repository.files(ancestor.tree, &workspace)?;
        let folder = repository.inside(&workspace.base)?;
        let inner = |path: &String| {
            let path = path.strip_prefix(folder.as_str()).unwrap_or(path);
            path.trim_start_matches('/').to_owned()
        };
        let conflict = |path: String| Conflict {
            both_added: before.iter().all(|file| file.path.as_ref() != path),
            path: path.into(),
        };
        Ok(paths.iter().map(inner).map(conflict).collect())
    }
}
