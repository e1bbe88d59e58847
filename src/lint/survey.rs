//! Whole snapshots, each checked with the help of one that it has most files in common with.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustc_hash::FxHashMap;

use super::cache::content;
use super::gather::Gathered;
use super::known::Known;
use super::{Linked, Options, Snapshot, Stage, finish};
use crate::diagnostic::{Diagnostic, Location};
use crate::entry::Vocabulary;
use crate::schema::SchemaError;
use crate::snapshot::SourceFile;

/// What the files of a snapshot give that was checked, for another one that has most of them too.
pub struct Surveyed<'s> {
    words: Vocabulary,
    files: &'s [SourceFile],
    gathered: Gathered,
}

impl Surveyed<'_> {
    /// Frees its memory while other work goes on: it is in many small pieces.
    pub fn free(self) {
        let Self {
            words, gathered, ..
        } = self;
        rayon::spawn(move || drop((words, gathered)));
    }
}

/// A snapshot of the same configuration that is much like the one to be checked.
pub struct Like<'l> {
    /// What it gives.
    pub known: &'l Known,
    /// Paths of files that are not alike in both. Places of findings elsewhere are not looked up again.
    pub changed: &'l BTreeSet<String>,
    /// What its files give, where that is at hand: files that are alike are not looked at again.
    pub surveyed: Option<Surveyed<'l>>,
}

/// Checks all files of one snapshot, to be compared later by [`super::narrow`].
///
/// # Errors
///
/// A schema of the binary's profile cannot be compiled.
pub fn survey<'s>(
    snapshot: Snapshot<'s>,
    like: Option<Like<'_>>,
    options: &Options,
    progress: &AtomicUsize,
) -> Result<(Known, Surveyed<'s>), SchemaError> {
    let (places, surveyed) = match like {
        Some(like) => (Some((like.known, like.changed)), like.surveyed),
        None => (None, None),
    };
    let (words, before) = match surveyed {
        Some(surveyed) => (surveyed.words, Some((surveyed.files, surveyed.gathered))),
        None => (Vocabulary::default(), None),
    };
    let stage = Stage::new(snapshot.workspace, options, &words);
    let linked = match before {
        Some((files, gathered)) => {
            let gathered = stage.carry(gathered, files, snapshot.files, progress)?;
            stage.linked(snapshot.files, gathered)
        }
        None => stage.link(snapshot.files, progress)?,
    };
    let Linked {
        corpus,
        diagnostics,
        suppressions,
    } = linked;
    let mut late = stage.corpus(&corpus);
    let mut unplaced: Vec<&mut Diagnostic> = match places {
        Some((known, changed)) => place_like(&mut late, known, changed),
        None => late.iter_mut().collect(),
    };
    finish::locate(&mut unplaced, &[snapshot.side(None)]);
    let all = diagnostics.iter().cloned().chain(late).collect();
    let known = stage.known_of(&corpus, snapshot, all, suppressions.clone());
    let files = corpus.files.iter().enumerate();
    let broken =
        files.filter_map(|(number, file)| Some((number, corpus.text(file.broken_id?).to_string())));
    let gathered = Gathered {
        diagnostics,
        broken_ids: broken.collect(),
        suppressions,
        entries: corpus.into_entries(),
    };
    let surveyed = Surveyed {
        files: snapshot.files,
        gathered,
        words,
    };
    Ok((known, surveyed))
}

impl Stage<'_> {
    /// What files give, of which most are among those that gave something before.
    fn carry(
        &self,
        before: Gathered,
        files_before: &[SourceFile],
        files: &[SourceFile],
        progress: &AtomicUsize,
    ) -> Result<Gathered, SchemaError> {
        let same = same(files_before, files);
        let others = same.iter().filter(|same| same.is_none()).count();
        progress.fetch_add(files.len() - others, Ordering::Relaxed);
        let fresh = files.iter().zip(&same).filter(|(_, same)| same.is_none());
        let fresh: Vec<&SourceFile> = fresh.map(|(file, _)| file).collect();
        let known = self.cache().map(|cache| cache.look(&fresh, self.words));
        let outcomes = self.outcomes(&fresh, known.as_ref(), progress)?;
        Ok(before.filled(&same, files, outcomes))
    }
}

/// For each file the number that the same file with the same content had before. Both are in the
/// order of their paths.
fn same(before: &[SourceFile], files: &[SourceFile]) -> Vec<Option<u32>> {
    let mut old = (0..).zip(before).peekable();
    let find = |file: &SourceFile| {
        while old.next_if(|(_, old)| old.path < file.path).is_some() {}
        let (number, old) = old.next_if(|(_, old)| old.path == file.path)?;
        let contents = content(old).zip(content(file));
        let is_alike = contents.is_some_and(|(old, new)| old == new) && old.kind == file.kind;
        // A path that cannot be shown may be that of several files.
        (is_alike && !file.path.contains('\u{fffd}')).then_some(number)
    };
    files.iter().map(find).collect()
}

/// Completes findings of a corpus as they are in another one, where no file that they lie in has
/// changed; gives back those that are left.
fn place_like<'d>(
    late: &'d mut [Diagnostic],
    known: &Known,
    changed: &BTreeSet<String>,
) -> Vec<&'d mut Diagnostic> {
    let is_odd = |path: &String| path.contains('\u{fffd}');
    if changed.iter().any(is_odd) {
        return late.iter_mut().collect();
    }
    let mut by_place: FxHashMap<_, Vec<&Diagnostic>> = FxHashMap::default();
    for found in &known.diagnostics {
        let place = (found.rule, &*found.location.path, found.location.span());
        by_place.entry(place).or_default().push(found);
    }
    let stays = |location: &Location| !changed.contains(location.path.as_ref());
    let place = |found: &mut Diagnostic| {
        let related = found.related.iter().map(|related| &related.location);
        if !std::iter::once(&found.location).chain(related).all(stays) {
            return false;
        }
        let place = (found.rule, &*found.location.path, found.location.span());
        let same = by_place.get(&place);
        let mut same = same.into_iter().flatten().copied();
        let Some(same) = same.find(|same| is_same(same, found)) else {
            return false;
        };
        found.location = same.location.clone();
        found.pointer.clone_from(&same.pointer);
        found.entry.clone_from(&same.entry);
        found.fingerprint.clone_from(&same.fingerprint);
        found.related.clone_from(&same.related);
        true
    };
    late.iter_mut()
        .filter_map(|found| (!place(found)).then_some(found))
        .collect()
}

/// Whether two findings of one rule say the same of the same bytes.
fn is_same(one: &Diagnostic, other: &Diagnostic) -> bool {
    let at = |one: &Location, other: &Location| {
        one.path == other.path && one.span() == other.span() && one.revision == other.revision
    };
    let pairs = || one.related.iter().zip(&other.related);
    one.message == other.message
        && at(&one.location, &other.location)
        && one.related.len() == other.related.len()
        && pairs()
            .all(|(one, other)| at(&one.location, &other.location) && one.message == other.message)
}
