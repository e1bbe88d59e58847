//! Every ID that a history has ever used.

use std::collections::BTreeMap;
use std::sync::Arc;

use git2::{ObjectType, Sort};
use rustc_hash::FxHashSet;

use super::tree::{self, MODE_TREE, TREE_BYTES};
use super::{Commit, Id, Repository, SnapshotError, failed};
use crate::snapshot::{Workspace, stem};
use crate::syntax::Format;

impl Repository {
    /// IDs by the names of files under the corpus root in a revision or any of its ancestors, each
    /// with the newest revision that had it, in ten digits.
    ///
    /// A tree is read once in all of history; the time grows with the folders that changed. An ID
    /// counts where a file is named after it, and so not in a corpus of many entries a file. A
    /// shallow clone knows only of what it has.
    ///
    /// # Errors
    ///
    /// The history cannot be read.
    pub fn ids_ever_used(
        &self,
        tip: &Commit,
        workspace: &Workspace,
    ) -> Result<BTreeMap<Arc<str>, Arc<str>>, SnapshotError> {
        let mut past = Past {
            repository: self,
            workspace,
            trees: FxHashSet::default(),
            names: FxHashSet::default(),
            ids: BTreeMap::new(),
        };
        let root = self.inside(&workspace.root())?;
        let commits = self.read(|repository| {
            let mut walk = repository.revwalk()?;
            walk.set_sorting(Sort::TOPOLOGICAL | Sort::TIME)?;
            walk.push(tip.id.0)?;
            walk.map(|id| {
                let id = id?;
                Ok((Id(id), Id(repository.find_commit(id)?.tree_id())))
            })
            .collect::<Result<Vec<_>, git2::Error>>()
        });
        let commits = commits.map_err(|error| failed("the history", &error))?;
        for (commit, tree) in commits {
            if let Some(root) = self.folder_in(tree, &root)? {
                past.look(root, &commit.short().into(), 0)?;
            }
        }
        Ok(past.ids)
    }
}

struct Past<'p> {
    repository: &'p Repository,
    workspace: &'p Workspace,
    trees: FxHashSet<Id>,
    names: FxHashSet<Box<[u8]>>,
    ids: BTreeMap<Arc<str>, Arc<str>>,
}

impl Past<'_> {
    fn look(&mut self, tree: Id, commit: &Arc<str>, depth: usize) -> Result<(), SnapshotError> {
        if depth > tree::DEPTH || !self.trees.insert(tree) {
            return Ok(());
        }
        let data = self.repository.bytes(tree, ObjectType::Tree, TREE_BYTES)?;
        for item in tree::items(&data) {
            let item = item?;
            if item.mode == MODE_TREE {
                self.look(item.id, commit, depth + 1)?;
            } else if !self.names.contains(item.name) {
                self.names.insert(item.name.into());
                self.name(item.name, commit);
            }
        }
        Ok(())
    }

    fn name(&mut self, name: &[u8], commit: &Arc<str>) {
        let Ok(name) = std::str::from_utf8(name) else {
            return;
        };
        let id = stem(name);
        if Format::of_path(name).is_some() && self.workspace.schemas.kind_of_id(id).is_some() {
            let known = self.ids.entry(id.into());
            known.or_insert_with(|| Arc::clone(commit));
        }
    }
}
