//! The files of a corpus as fixes would make them, before anything is written.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::Rewrite;
use super::edits::{Chosen, fits, rewritten};
use crate::diagnostic::{Diagnostic, Edit, Fix, Safety, Severity};
use crate::snapshot::{Finder, SourceFile, Workspace};
use crate::syntax::{self, Format, Limits};
use crate::text::Span;

/// Which fixes are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Those that keep the meaning, or where there is one answer only.
    Safe,
    /// Those that are probably right, too.
    Unsafe,
}

impl Choice {
    fn takes(self, safety: Safety) -> bool {
        self == Self::Unsafe || safety == Safety::Safe
    }
}

/// Files with other texts, other names, or none before. An empty set changes nothing.
#[derive(Clone, Debug, Default)]
pub struct Drafts {
    /// By the path that a file has now.
    by_path: BTreeMap<Arc<str>, Draft>,
}

#[derive(Clone, Debug)]
struct Draft {
    /// Where the file is on disk; `None` for a new one.
    original: Option<Arc<str>>,
    before: Option<Arc<str>>,
    now: Arc<str>,
}

impl Drafts {
    /// Whether nothing differs from what is on disk.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_path.is_empty()
    }

    /// The paths that differ: those that files have, and those that they had.
    pub fn paths(&self) -> impl Iterator<Item = &Arc<str>> {
        let now = self.by_path.keys();
        now.chain(
            self.by_path
                .values()
                .filter_map(|draft| draft.original.as_ref()),
        )
    }

    /// Files that have another name now: the path that each had, and the one that it has.
    pub fn renames(&self) -> impl Iterator<Item = (&Arc<str>, &Arc<str>)> {
        let pairs = self.by_path.iter();
        pairs.filter_map(|(path, draft)| {
            let original = draft.original.as_ref()?;
            (original != path).then_some((original, path))
        })
    }

    /// Puts the drafts in the place of the files that they were made from. Files stand in the order
    /// of their paths.
    pub fn lay_over(&self, files: &mut Vec<SourceFile>, finder: &Finder<'_>, base: &Path) {
        if self.is_empty() {
            return;
        }
        let gone: FxHashSet<&str> = self.paths().map(AsRef::as_ref).collect();
        files.retain(|file| !gone.contains(file.path.as_ref()));
        for (path, draft) in &self.by_path {
            files.push(finder.text(&base.join(path.as_ref()), draft.now.to_string()));
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
    }

    /// Makes those fixes of some findings that do not get in each other's way, each whole or not at
    /// all, and says how many were made. `files` are those that the findings lie in.
    pub fn fix(
        &mut self,
        found: &[Diagnostic],
        files: &[SourceFile],
        workspace: &Workspace,
        choice: Choice,
    ) -> usize {
        let before = Before::new(files, workspace);
        let mut spared = FxHashSet::default();
        loop {
            let round = Round::choose(found, &before, choice, &spared);
            let texts = round.texts(&before);
            let broken = texts.iter().filter(|text| text.is_broken);
            let broken: Vec<&str> = broken.map(|text| text.path).collect();
            if broken.is_empty() {
                for text in texts {
                    self.put(text.path.into(), text.before, text.now.into());
                }
                for (path, name) in round.names {
                    self.rename(path, name, &before);
                }
                return round.made;
            }
            // A fix that breaks a file is a defect, and must not reach it: all fixes are chosen
            // again, without those that write there.
            spared.extend(broken);
        }
    }

    fn put(&mut self, path: Arc<str>, before: Option<Arc<str>>, now: Arc<str>) {
        let draft = self.by_path.entry(Arc::clone(&path));
        let draft = draft.or_insert_with(|| Draft {
            original: before.is_some().then_some(path),
            before,
            now: Arc::clone(&now),
        });
        draft.now = now;
    }

    fn rename(&mut self, path: &Arc<str>, name: Arc<str>, before: &Before<'_>) {
        let draft = match self.by_path.remove(path) {
            Some(draft) => draft,
            None => {
                let Some(text) = before.text(path) else {
                    return;
                };
                Draft {
                    original: Some(Arc::clone(path)),
                    before: Some(Arc::clone(&text)),
                    now: text,
                }
            }
        };
        self.by_path.insert(name, draft);
    }

    /// What there is to write, by path.
    #[must_use]
    pub fn rewrites(&self) -> Vec<Rewrite> {
        let rewrite = |(path, draft): (&Arc<str>, &Draft)| {
            let original = draft.original.as_ref().unwrap_or(path);
            let moved = original != path;
            let changed = moved || draft.before.as_ref() != Some(&draft.now);
            changed.then(|| Rewrite {
                path: Arc::clone(original),
                before: draft.before.clone(),
                after: Some(Arc::clone(&draft.now)),
                new_path: moved.then(|| Arc::clone(path)),
            })
        };
        let mut rewrites: Vec<Rewrite> = self.by_path.iter().filter_map(rewrite).collect();
        rewrites.sort_by(|a, b| a.path.cmp(&b.path));
        rewrites
    }
}

/// Fixes that are made together.
struct Round<'f> {
    chosen: Chosen<'f>,
    /// New paths, by the path that a file has.
    names: BTreeMap<&'f Arc<str>, Arc<str>>,
    made: usize,
}

impl<'f> Round<'f> {
    /// Chooses fixes in the order of their findings, none that writes into a file that is spared.
    fn choose(
        found: &'f [Diagnostic],
        before: &Before<'_>,
        choice: Choice,
        spared: &FxHashSet<&str>,
    ) -> Self {
        let faults = Faults::new(found);
        let mut round = Self {
            chosen: Chosen::default(),
            names: BTreeMap::new(),
            made: 0,
        };
        for found in found {
            let Some(fix) = &found.fix else {
                continue;
            };
            let writes_there = |edit: &Edit| spared.contains(edit.path.as_ref());
            let refused = !choice.takes(fix.safety)
                || faults.are_in_the_way(found, fix)
                || fix.edits.iter().any(writes_there);
            if !refused && round.take(found, fix, before) {
                round.made += 1;
            }
        }
        round
    }

    fn take(&mut self, found: &'f Diagnostic, fix: &'f Fix, before: &Before<'_>) -> bool {
        let path = &found.location.path;
        let new_name = fix.rename.as_deref().map(|name| renamed(path, name));
        if let Some(name) = &new_name {
            let is_taken = before.is_there(name) || self.names.values().any(|other| other == name);
            if is_taken || self.names.contains_key(path) {
                return false;
            }
        }
        let is_of_base = found.location.revision.is_some();
        let taken =
            before.allows(fix, is_of_base) && self.chosen.take(fix, |edit| before.takes(edit));
        if taken {
            self.names.extend(new_name.map(|name| (path, name)));
        }
        taken
    }

    /// The files that the fixes write, as they make them.
    fn texts(&self, before: &Before<'_>) -> Vec<Fixed<'f>> {
        let text = |path: &'f str| {
            let old = before.text(path);
            let now = rewritten(old.as_deref().unwrap_or(""), self.chosen.edits_in(path));
            let format = before.format(path);
            let was_sound = old.as_deref().is_some_and(|old| is_sound(old, format));
            Fixed {
                path,
                is_broken: was_sound && !is_sound(&now, format),
                before: old,
                now,
            }
        };
        self.chosen.paths().map(text).collect()
    }
}

/// The text that fixes make of a file.
struct Fixed<'f> {
    path: &'f str,
    before: Option<Arc<str>>,
    now: String,
    /// Whether the file could be read and no longer can be.
    is_broken: bool,
}

/// Where errors and warnings stand. To tidy what is wrong would move it away from where a person is
/// to look at it.
struct Faults<'f> {
    by_path: FxHashMap<&'f str, Vec<Span>>,
}

impl<'f> Faults<'f> {
    fn new(found: &'f [Diagnostic]) -> Self {
        let mut by_path: FxHashMap<&str, Vec<Span>> = FxHashMap::default();
        for found in found.iter().filter(|found| found.severity > Severity::Note) {
            let related = found.related.iter().map(|related| &related.location);
            for location in std::iter::once(&found.location).chain(related) {
                let spans = by_path.entry(location.path.as_ref()).or_default();
                spans.push(location.span());
            }
        }
        Self { by_path }
    }

    /// Whether the fix of a note would write where something worse is found.
    fn are_in_the_way(&self, found: &Diagnostic, fix: &Fix) -> bool {
        let on = |edit: &Edit| {
            let spans = self.by_path.get(edit.path.as_ref());
            let mut spans = spans.into_iter().flatten();
            spans.any(|span| edit.span.contains(*span) || span.contains(edit.span))
        };
        found.severity == Severity::Note && fix.edits.iter().any(on)
    }
}

/// A path with another name at its end.
fn renamed(path: &str, name: &str) -> Arc<str> {
    match path.rsplit_once('/') {
        Some((folder, _)) => format!("{folder}/{name}").into(),
        None => name.into(),
    }
}

fn is_sound(text: &str, format: Format) -> bool {
    let (_, problems) = syntax::parse(text, format, None, &Limits::default());
    !problems.iter().any(|problem| problem.kind.is_fatal())
}

/// The files that the findings lie in, as they are now.
struct Before<'f> {
    files: FxHashMap<&'f str, &'f SourceFile>,
    workspace: &'f Workspace,
    /// Texts that were read; `None` for what is no text.
    texts: RefCell<FxHashMap<&'f str, Option<Arc<str>>>>,
}

impl<'f> Before<'f> {
    fn new(files: &'f [SourceFile], workspace: &'f Workspace) -> Self {
        let files = files.iter().map(|file| (file.path.as_ref(), file));
        Self {
            files: files.collect(),
            workspace,
            texts: RefCell::default(),
        }
    }

    /// Whether something has a path, in the corpus or beside it.
    fn is_there(&self, path: &str) -> bool {
        let on_disk = self.workspace.base.join(path);
        self.files.contains_key(path) || std::fs::symlink_metadata(on_disk).is_ok()
    }

    fn text(&self, path: &str) -> Option<Arc<str>> {
        let (&path, file) = self.files.get_key_value(path)?;
        let mut texts = self.texts.borrow_mut();
        let text = texts.entry(path).or_insert_with(|| {
            let bytes = file.read(self.workspace.profile.limits.file_bytes).ok()?;
            String::from_utf8(bytes).ok().map(Into::into)
        });
        text.clone()
    }

    fn format(&self, path: &str) -> Format {
        let file = self.files.get(path);
        let by_path = || Format::of_path(path).unwrap_or(Format::Yaml);
        file.map_or_else(by_path, |file| file.format)
    }

    /// Whether a fix can be made at all: one about the base writes files that are gone.
    fn allows(&self, fix: &Fix, is_of_base: bool) -> bool {
        let mut edits = fix.edits.iter();
        edits.all(|edit| is_of_base != self.is_there(&edit.path))
    }

    fn takes(&self, edit: &Edit) -> bool {
        match self.files.get(edit.path.as_ref()) {
            Some(_) => self.text(&edit.path).is_some_and(|text| fits(edit, &text)),
            None => edit.span.range() == (0..0),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::diagnostic::Location;

    fn finding(path: &str, edits: &[(&str, usize, &str)]) -> Diagnostic {
        let location = Location::new(path.into(), Span::at(0));
        let mut found = Diagnostic::new("syntax", Severity::Error, location, "");
        let edit = |&(path, at, text): &(&str, usize, &str)| Edit {
            path: path.into(),
            span: Span::at(at),
            text: text.to_owned(),
        };
        found.fix = Some(Fix {
            title: String::new(),
            safety: Safety::Safe,
            edits: edits.iter().map(edit).collect(),
            rename: None,
        });
        found
    }

    /// One fix breaks a file, and would write into another one too: neither is written by it, and
    /// what else there is to do is done and counted.
    #[test]
    fn a_fix_that_breaks_a_file_is_not_made_at_all() {
        let workspace = Workspace::embedded(PathBuf::from("/nowhere")).expect("a profile");
        let finder = Finder::new(&workspace, workspace.root());
        let file = |path: &str| finder.text(&workspace.base.join(path), "a: b\n".to_owned());
        let files = ["1.yaml", "2.yaml", "3.yaml"].map(file);
        let found = [
            finding("1.yaml", &[("1.yaml", 3, "["), ("2.yaml", 0, "x: y\n")]),
            finding("2.yaml", &[("2.yaml", 5, "c: d\n")]),
            finding("3.yaml", &[("3.yaml", 5, "e: f\n")]),
        ];
        let mut drafts = Drafts::default();
        assert_eq!(drafts.fix(&found, &files, &workspace, Choice::Safe), 2);
        let rewrites = drafts.rewrites().into_iter();
        let texts: Vec<_> = rewrites.map(|made| (made.path, made.after)).collect();
        let text = |path: &str, text: &str| (Arc::from(path), Some(Arc::from(text)));
        assert_eq!(
            texts,
            [
                text("2.yaml", "a: b\nc: d\n"),
                text("3.yaml", "a: b\ne: f\n")
            ]
        );
    }
}
