//! Names of what is on disk, from the index, without reading it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use git2::{AttrCheckFlags, AttrValue, IndexEntry};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::worktree::{is_unchanged, modified};
use super::{Id, Repository, SnapshotError};
use crate::snapshot::SourceFile;

impl Repository {
    /// Names the content of files on disk that were not touched since git wrote its index. Files
    /// that were touched, or that git does not know, stay without a name.
    ///
    /// The index has the name of git's content, from which that on disk differs where line ends are
    /// changed, or a filter is at work. Where neither attributes nor the configuration speak of
    /// that, nothing is changed. Elsewhere a name is only given where the file has as many bytes as
    /// the object, because a change of line ends is one of length, and where it has no filter.
    ///
    /// # Errors
    ///
    /// The index cannot be read.
    pub fn identify(&self, files: &mut [SourceFile]) -> Result<(), SnapshotError> {
        if self.bare {
            return Ok(());
        }
        let index = self.index()?;
        let written = modified(&self.index_path());
        let entries: FxHashMap<Vec<u8>, IndexEntry> = index
            .iter()
            .filter(|entry| entry.flags & STAGES == 0)
            .map(|mut entry| (std::mem::take(&mut entry.path), entry))
            .collect();
        let converts = self.may_convert(files);
        files.par_iter_mut().for_each(|file| {
            let Some(path) = file.disk() else { return };
            let known = self.tracked(path, &entries);
            let Some((name, entry)) = known else { return };
            let Ok(meta) = fs::symlink_metadata(path) else {
                return;
            };
            let same = is_unchanged(entry, &meta, written)
                && (!converts || self.is_as_stored(name, entry, meta.len()));
            if same {
                file.content = Some(Id(entry.id));
            }
        });
        Ok(())
    }

    fn tracked<'e>(
        &self,
        path: &Path,
        entries: &'e FxHashMap<Vec<u8>, IndexEntry>,
    ) -> Option<(&'e [u8], &'e IndexEntry)> {
        let found = entries.get_key_value(self.inner(path)?.as_ref());
        found.map(|(name, entry)| (name.as_slice(), entry))
    }

    /// Whether anything tells git to store another content than that on disk.
    fn may_convert(&self, files: &[SourceFile]) -> bool {
        let configured = self.write(|repository| {
            let config = repository.config()?;
            let own = config.get_path("core.attributesfile");
            let line_ends = config.get_string("core.autocrlf");
            Ok::<_, git2::Error>(own.is_ok() || line_ends.is_ok_and(|value| value != "false"))
        });
        if configured.unwrap_or(true) {
            return true;
        }
        let folders: BTreeSet<&Path> = files
            .iter()
            .filter_map(|file| file.disk()?.parent())
            .collect();
        let up = folders.into_iter().flat_map(|folder| {
            folder
                .ancestors()
                .take_while(|up| up.starts_with(&self.folder))
        });
        let mut places: BTreeSet<PathBuf> = up.map(|up| up.join(".gitattributes")).collect();
        places.insert(self.common_dir.join("info/attributes"));
        places.insert(PathBuf::from("/etc/gitattributes"));
        let home = |name: &str| std::env::var_os(name).map(PathBuf::from);
        places.extend(home("XDG_CONFIG_HOME").map(|home| home.join("git/attributes")));
        places.extend(home("HOME").map(|home| home.join(".config/git/attributes")));
        places.iter().any(|place| place.exists())
    }

    /// Whether an object has as many bytes as its file, and no filter stands between them.
    fn is_as_stored(&self, name: &[u8], entry: &IndexEntry, bytes: u64) -> bool {
        let path = super::worktree::native(name);
        self.read(|repository| {
            let flags = AttrCheckFlags::FILE_THEN_INDEX;
            let filter = repository.get_attr(&path, "filter", flags)?;
            let filter = AttrValue::from_string(filter);
            let (stored, _) = repository.odb()?.read_header(entry.id)?;
            let none = matches!(filter, AttrValue::Unspecified | AttrValue::False);
            Ok(none && stored as u64 == bytes)
        })
        .unwrap_or(false)
    }
}

/// The bits of an entry's flags that say which side of a conflict it is.
const STAGES: u16 = 0x3000;
