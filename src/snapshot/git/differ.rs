//! What differs between two trees.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::tree::{DEPTH, Item, MODE_TREE, items};
use super::{Id, Repository};
use crate::snapshot::{SnapshotError, Workspace};

/// What stands under one name in two trees, if anything.
type Pair<'t> = [Option<Item<'t>>; 2];

impl Repository {
    /// Paths that are not alike in two trees, in the folder of a profile and relative to it; with
    /// the profile and the schemas where they lie there.
    ///
    /// # Errors
    ///
    /// A tree cannot be read.
    pub fn changed(
        &self,
        before: Id,
        after: Id,
        workspace: &Workspace,
    ) -> Result<BTreeSet<String>, SnapshotError> {
        let base = self.inside(&workspace.base)?;
        let before = self.folder_in(before, &base)?;
        let after = self.folder_in(after, &base)?;
        self.differ([before, after], "", 0)
    }

    fn differ(
        &self,
        trees: [Option<Id>; 2],
        folder: &str,
        depth: usize,
    ) -> Result<BTreeSet<String>, SnapshotError> {
        if trees[0] == trees[1] || depth > DEPTH {
            return Ok(BTreeSet::new());
        }
        let read = |tree: Option<Id>| tree.map(|tree| self.tree(tree)).transpose();
        let (old, new) = rayon::join(|| read(trees[0]), || read(trees[1]));
        let (old, new) = (old?.unwrap_or_default(), new?.unwrap_or_default());
        let pairs = pairs(&old, &new)?;
        let found = pairs
            .par_iter()
            .map(|pair| self.differ_in(pair, folder, depth));
        found.try_reduce(BTreeSet::new, |mut all, mut more| {
            all.append(&mut more);
            Ok(all)
        })
    }

    fn differ_in(
        &self,
        pair: &Pair<'_>,
        folder: &str,
        depth: usize,
    ) -> Result<BTreeSet<String>, SnapshotError> {
        let mut changed = BTreeSet::new();
        let Some(any) = pair[0].or(pair[1]) else {
            return Ok(changed);
        };
        let name = String::from_utf8_lossy(any.name);
        let path = if folder.is_empty() {
            name.into_owned()
        } else {
            format!("{folder}/{name}")
        };
        let folder_of = |item: &Option<Item<'_>>| item.filter(Item::is_folder).map(|item| item.id);
        let trees = [folder_of(&pair[0]), folder_of(&pair[1])];
        if trees != [None, None] {
            changed = self.differ(trees, &path, depth + 1)?;
        }
        if pair.iter().flatten().any(|item| !item.is_folder()) {
            changed.insert(path);
        }
        Ok(changed)
    }
}

/// Items of two trees that are not alike. Git sorts the items of a tree, so that both are gone through
/// side by side; in trees that something else has sorted, what is alike may be among them too.
fn pairs<'t>(old: &'t [u8], new: &'t [u8]) -> Result<Vec<Pair<'t>>, SnapshotError> {
    let (mut old, mut new) = (items(old), items(new));
    let mut found = Vec::new();
    let mut next = [old.next().transpose()?, new.next().transpose()?];
    loop {
        let order = match &next {
            [None, None] => return Ok(found),
            [Some(_), None] => std::cmp::Ordering::Less,
            [None, Some(_)] => std::cmp::Ordering::Greater,
            [Some(before), Some(after)] => before.order(after),
        };
        let mut pair = next;
        if order.is_le() {
            next[0] = old.next().transpose()?;
        } else {
            pair[0] = None;
        }
        if order.is_ge() {
            next[1] = new.next().transpose()?;
        } else {
            pair[1] = None;
        }
        match &pair {
            [Some(before), Some(after)] if before.is_like(after) => {}
            _ => found.push(pair),
        }
    }
}

impl Item<'_> {
    fn is_folder(&self) -> bool {
        self.mode == MODE_TREE
    }

    /// Whether it has the same content and is of the same sort.
    fn is_like(&self, other: &Item<'_>) -> bool {
        self.id == other.id && self.mode == other.mode
    }

    /// The order of git: names byte by byte, those of folders as if they ended with `/`.
    fn order(&self, other: &Item<'_>) -> std::cmp::Ordering {
        if self.name == other.name {
            return std::cmp::Ordering::Equal;
        }
        let end = |item: &Item<'_>| item.is_folder().then_some(b'/');
        let own = self.name.iter().copied().chain(end(self));
        own.cmp(other.name.iter().copied().chain(end(other)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tree object of items given as `mode name content`.
    fn tree(items: &[&str]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for item in items {
            let parts: Vec<&str> = item.split(' ').collect();
            bytes.extend(format!("{} {}\0", parts[0], parts[1]).bytes());
            let id = Id::of_blob(parts[2].as_bytes()).expect("a name");
            bytes.extend(id.as_bytes());
        }
        bytes
    }

    fn differing(old: &[&str], new: &[&str]) -> Vec<(String, [bool; 2])> {
        let (old, new) = (tree(old), tree(new));
        let name = |pair: Pair<'_>| {
            let any = pair[0].or(pair[1]).expect("an item");
            let name = String::from_utf8_lossy(any.name).into_owned();
            (name, pair.map(|item| item.is_some()))
        };
        let pairs = pairs(&old, &new).expect("trees");
        pairs.into_iter().map(name).collect()
    }

    #[test]
    fn items_that_differ() {
        let old = ["100644 a 1", "100644 a.b 2", "40000 c 3", "100644 d 4"];
        assert_eq!(differing(&old, &old), []);
        let new = ["100644 a.b 9", "40000 a 1", "40000 c 3", "100755 e 4"];
        let expected = [
            ("a", [true, false]),
            ("a.b", [true, true]),
            ("a", [false, true]),
            ("d", [true, false]),
            ("e", [false, true]),
        ];
        let expected = expected.map(|(name, sides)| (name.to_owned(), sides));
        assert_eq!(differing(&old, &new), expected);
        let other_mode = differing(&["100644 a 1"], &["120000 a 1"]);
        assert_eq!(other_mode, [("a".to_owned(), [true, true])]);
    }

    /// Not in the order of git: what differs is among them all the same.
    #[test]
    fn items_out_of_order() {
        let found = differing(
            &["100644 b 1", "100644 a 2", "100644 c 3"],
            &["100644 a 9", "100644 b 1", "100644 c 3"],
        );
        assert!(found.iter().any(|(name, _)| name == "a"), "{found:?}");
    }
}
