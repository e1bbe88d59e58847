//! Single files of trees.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::tree::{Found, MODE_TREE, items, under};
use super::{Id, Repository, failed};
use crate::snapshot::{SnapshotError, SourceFile, Workspace};

impl Repository {
    /// Names what [`Repository::files`] lists of a tree: the tree, and where in it the corpus is.
    ///
    /// # Errors
    ///
    /// The corpus lies outside of the repository.
    pub fn listing(&self, tree: Id, workspace: &Workspace) -> Result<Id, SnapshotError> {
        let text = format!("{tree} {}", self.inside(&workspace.base)?);
        Id::of_blob(text.as_bytes()).map_err(|error| failed("the tree", &error))
    }

    /// The files of a tree with these paths, relative to the base of the workspace, sorted by path.
    /// Those that are not there, or are no files of the corpus, are left out.
    ///
    /// # Errors
    ///
    /// The tree cannot be read.
    pub fn files_at<'p>(
        self: &Arc<Self>,
        tree: Id,
        workspace: &Workspace,
        paths: impl Iterator<Item = &'p str>,
    ) -> Result<Vec<SourceFile>, SnapshotError> {
        let root = self.inside(&workspace.root())?;
        let own = match workspace.profile.root.as_str() {
            "" => String::new(),
            root => format!("{root}/"),
        };
        let Some(top) = self.folder_in(tree, &root)? else {
            return Ok(Vec::new());
        };
        // Each folder is read once, however many of its files are wanted.
        let mut folders: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for inner in paths.filter_map(|path| path.strip_prefix(&own)) {
            let (folder, name) = inner.rsplit_once('/').unwrap_or(("", inner));
            folders.entry(folder).or_default().insert(name);
        }
        let mut found = Vec::new();
        for (folder, names) in folders {
            let Some(id) = self.folder_in(top, folder)? else {
                continue;
            };
            let data = self.tree(id)?;
            for item in items(&data) {
                let item = item?;
                let name = std::str::from_utf8(item.name).ok();
                let Some(name) = name.filter(|name| names.contains(name)) else {
                    continue;
                };
                if item.mode != MODE_TREE {
                    let path = under(folder, name).into_bytes();
                    let item = Found::new(path, item.mode, item.id);
                    found.extend(self.source(tree, workspace, &root, item)?);
                }
            }
        }
        found.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(found)
    }
}
