//! The tree that git would merge.

use std::collections::BTreeSet;

use git2::MergeOptions;

use super::worktree::native;
use super::{Commit, Id, Repository, SnapshotError, failed, words};

/// What a merge comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Merge {
    /// It goes through.
    Tree(Id),
    /// People must decide about some paths first.
    Conflicts {
        /// The paths; bytes that are not UTF-8 are U+FFFD.
        paths: Vec<String>,
        /// What else goes through, with the head's side of those paths.
        tree: Id,
    },
}

impl Repository {
    /// Merges a revision into another, as `git merge` does with renames, several merge bases and the
    /// built-in merge drivers. Drivers that the configuration names are commands, and are not run:
    /// their files are merged as text. Renames of whole folders are not guessed.
    ///
    /// # Errors
    ///
    /// They have no common ancestor, or an object is missing.
    pub fn merge(&self, base: &Commit, head: &Commit) -> Result<Merge, SnapshotError> {
        self.merge_base(base, head)?;
        self.write(|repository| {
            let ours = repository.find_commit(base.id.0)?;
            let theirs = repository.find_commit(head.id.0)?;
            let merged = repository.merge_commits(&ours, &theirs, Some(&options()))?;
            outcome(repository, merged)
        })
        .map_err(|error| unmerged(base, &head.id.short(), &error))
    }

    /// Merges a tree that was not committed, such as that of the working tree on top of `head`, into
    /// a revision.
    ///
    /// # Errors
    ///
    /// The two revisions have no common ancestor, or an object is missing.
    pub fn merge_tree(
        &self,
        base: &Commit,
        head: &Commit,
        tree: Id,
    ) -> Result<Merge, SnapshotError> {
        let ancestor = self.merge_base(base, head)?;
        self.write(|repository| {
            let ancestor = repository.find_tree(ancestor.tree.0)?;
            let ours = repository.find_tree(base.tree.0)?;
            let theirs = repository.find_tree(tree.0)?;
            let merged = repository.merge_trees(&ancestor, &ours, &theirs, Some(&options()))?;
            outcome(repository, merged)
        })
        .map_err(|error| unmerged(base, "the working tree", &error))
    }

    /// The tree of the index: what the next commit would hold.
    ///
    /// # Errors
    ///
    /// The index cannot be read, or a merge is under way in it.
    pub fn index_tree(&self) -> Result<Id, SnapshotError> {
        let mut index = self.index()?;
        let paths = conflicts(&index).map_err(|error| failed("the index", &error))?;
        if let Some(first) = paths.first() {
            return Err(SnapshotError(format!(
                "a merge is under way: {first} is in conflict; resolve it and `git add` it first"
            )));
        }
        self.write(|repository| index.write_tree_to(repository))
            .map(Id)
            .map_err(|error| failed("the index", &error))
    }
}

fn options() -> MergeOptions {
    let mut options = MergeOptions::new();
    // Renames with edits are looked for as long as that takes no more than a thousand squared
    // comparisons; exact renames always.
    options.find_renames(true).target_limit(1000);
    options
}

fn outcome(repository: &git2::Repository, mut merged: git2::Index) -> Result<Merge, git2::Error> {
    let paths = conflicts(&merged)?;
    if !paths.is_empty() {
        take_head(&mut merged)?;
    }
    let tree = Id(merged.write_tree_to(repository)?);
    Ok(if paths.is_empty() {
        Merge::Tree(tree)
    } else {
        Merge::Conflicts { paths, tree }
    })
}

/// Settles conflicts as the head has it.
fn take_head(merged: &mut git2::Index) -> Result<(), git2::Error> {
    let conflicts = merged.conflicts()?.collect::<Result<Vec<_>, _>>()?;
    for conflict in conflicts {
        let sides = [&conflict.ancestor, &conflict.our, &conflict.their];
        for side in sides.into_iter().flatten() {
            // Where the sides have different names, each is there once.
            let _ = merged.conflict_remove(&native(&side.path));
        }
        if let Some(mut theirs) = conflict.their {
            theirs.flags &= !STAGE;
            merged.add(&theirs)?;
        }
    }
    Ok(())
}

/// The bits of an entry's flags that say which side of a conflict it is.
const STAGE: u16 = 0x3000;

/// Paths that more than one side wants, sorted.
fn conflicts(index: &git2::Index) -> Result<Vec<String>, git2::Error> {
    let mut paths = BTreeSet::new();
    for conflict in index.conflicts()? {
        let conflict = conflict?;
        let sides = [conflict.our, conflict.their, conflict.ancestor];
        for side in sides.into_iter().flatten() {
            paths.insert(String::from_utf8_lossy(&side.path).into_owned());
        }
    }
    Ok(paths.into_iter().collect())
}

fn unmerged(base: &Commit, head: &str, error: &git2::Error) -> SnapshotError {
    SnapshotError(format!(
        "{head} cannot be merged into {}: {}",
        base.id.short(),
        words(error)
    ))
}
