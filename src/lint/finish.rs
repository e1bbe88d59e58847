//! From findings to a report: lines and columns, pointers, suppression, folding, order.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::Levels;
use super::suppression::Suppression;
use crate::diagnostic::{Diagnostic, Edit, Fix, Location, Related, Safety, Severity, fingerprint};
use crate::entry::{Subject, subjects};
use crate::rule::{DocumentView, Group};
use crate::rules;
use crate::snapshot::{SourceFile, Workspace, stem};
use crate::syntax::{self, Document, Pointers};
use crate::text::{LineIndex, Span, decode_lossy};

/// Keeps the first findings of a file, the worst first, and says that there are more.
pub(super) fn limit(diagnostics: &mut Vec<Diagnostic>, limit: usize) {
    if diagnostics.len() <= limit {
        return;
    }
    let total = diagnostics.len();
    diagnostics.sort_by_key(|found| {
        (
            std::cmp::Reverse(found.severity),
            found.location.start.offset,
        )
    });
    diagnostics.truncate(limit);
    let location = Location::new(Arc::clone(&diagnostics[0].location.path), Span::at(0));
    let message = format!("the file has {total} findings or more; the first {limit} are shown");
    diagnostics.push(Diagnostic::new(
        "too-large",
        Severity::Error,
        location,
        message,
    ));
}

/// Completes findings in the file at hand.
pub(super) fn locate_in(diagnostics: &mut [Diagnostic], view: &DocumentView<'_>) {
    if diagnostics.is_empty() {
        return;
    }
    let lines = LineIndex::new(view.source);
    let mut pointers = Pointers::new(view.document);
    for found in diagnostics {
        place(found, view.path, &mut pointers, view.subjects);
        resolve_in(found, view.path, &lines);
    }
}

/// Lines and columns of a finding's places in one file.
fn resolve_in(found: &mut Diagnostic, path: &str, lines: &LineIndex<'_>) {
    let revision = found.location.revision.clone();
    let related = found
        .related
        .iter_mut()
        .map(|related| &mut related.location);
    for location in std::iter::once(&mut found.location).chain(related) {
        let same = location.path.as_ref() == path && location.revision == revision;
        if location.start.line == 0 && same {
            resolve(location, lines);
        }
    }
}

/// Lines and columns of a place whose offsets are known.
fn resolve(location: &mut Location, lines: &LineIndex<'_>) {
    location.start = lines.position(location.start.offset);
    location.end = lines.position(location.end.offset);
}

/// Says which entry and which value a finding is about, and names it for life.
fn place(
    found: &mut Diagnostic,
    path: &Arc<str>,
    pointers: &mut Pointers<'_>,
    subjects: &[Subject<'_>],
) {
    let span = found.location.span();
    if found.pointer.is_none() && pointers.has_root() {
        found.pointer = Some(pointers.at(span));
    }
    let subject = subjects
        .iter()
        .rev()
        .find(|subject| subject.node.span().contains(span));
    if found.entry.is_none() {
        let id = subject.and_then(Subject::id);
        found.entry = id.map(|id| id.text().into());
    }
    // In a file of many entries a pointer from the root changes with every entry that is added.
    let pointer = found.pointer.as_deref().unwrap_or("");
    let own = subject.map(|subject| pointers.at(subject.node.span()));
    let local = own
        .and_then(|own| pointer.strip_prefix(own.as_str()))
        .unwrap_or(pointer);
    let whose = found.entry.as_deref().unwrap_or(path);
    found.fingerprint = fingerprint(&[whose, found.rule, local]);
}

/// The files of one of the snapshots that findings lie in.
#[derive(Clone, Copy)]
pub(super) struct Side<'s> {
    pub workspace: &'s Workspace,
    pub files: &'s [SourceFile],
    /// The name that places in it have as their revision.
    pub revision: Option<&'s str>,
}

/// A revision and a path.
type Place = (Option<Arc<str>>, Arc<str>);

/// The file of a place, and the configuration that it is read by. Files stand in the order of their
/// paths.
fn file_at<'s>(sides: &[Side<'s>], place: &Place) -> Option<(&'s SourceFile, &'s Workspace)> {
    let (revision, path) = place;
    let mut sides = sides.iter();
    let side = sides.find(|side| side.revision == revision.as_deref())?;
    let at = side
        .files
        .binary_search_by(|file| file.path.cmp(path))
        .ok()?;
    Some((&side.files[at], side.workspace))
}

fn place_of(location: &Location) -> Place {
    (location.revision.clone(), Arc::clone(&location.path))
}

/// Completes findings of the corpus, whose files are read once more, and their places in other
/// files. Findings of one file have no such places.
pub(super) fn locate(late: &mut [&mut Diagnostic], sides: &[Side<'_>]) {
    let mut by_place: BTreeMap<Place, Vec<&mut Diagnostic>> = BTreeMap::new();
    for found in late.iter_mut() {
        let place = place_of(&found.location);
        by_place.entry(place).or_default().push(&mut **found);
    }
    by_place.par_iter_mut().for_each(|(place, found)| {
        if let Some((file, workspace)) = file_at(sides, place) {
            complete(file, workspace, found);
        }
    });
    let mut elsewhere: BTreeMap<Place, Vec<&mut Location>> = BTreeMap::new();
    for related in late.iter_mut().flat_map(|found| &mut found.related) {
        let location = &mut related.location;
        if location.start.line == 0 {
            let place = place_of(location);
            elsewhere.entry(place).or_default().push(location);
        }
    }
    elsewhere.par_iter_mut().for_each(|(place, locations)| {
        if let Some((file, workspace)) = file_at(sides, place) {
            let text = text(file, workspace);
            let lines = LineIndex::new(&text);
            for location in locations {
                resolve(location, &lines);
            }
        }
    });
}

fn text(file: &SourceFile, workspace: &Workspace) -> String {
    let bytes = file
        .read(workspace.profile.limits.file_bytes)
        .unwrap_or_default();
    decode_lossy(&bytes)
}

fn complete(file: &SourceFile, workspace: &Workspace, found: &mut [&mut Diagnostic]) {
    reread(file, workspace, |document, subjects| {
        let lines = LineIndex::new(document.source());
        let mut pointers = Pointers::new(document);
        for found in found {
            place(found, &file.path, &mut pointers, subjects);
            resolve_in(found, &file.path, &lines);
        }
    });
}

/// Reads a file once more, for what was not kept of it.
pub(super) fn reread<T>(
    file: &SourceFile,
    workspace: &Workspace,
    look: impl FnOnce(&Document<'_>, &[Subject<'_>]) -> T,
) -> T {
    let source = text(file, workspace);
    let limits = &workspace.profile.limits.syntax;
    let body = file
        .kind
        .and_then(|kind| workspace.profile.kinds[kind].body.as_deref());
    let (document, _) = syntax::parse(&source, file.format, body, limits);
    let subjects = (0..workspace.profile.kinds.len())
        .filter(|kind| file.kind.is_none_or(|known| known == *kind))
        .map(|kind| subjects(&document, &workspace.schemas, kind))
        .find(|subjects| subjects.iter().any(|subject| subject.id().is_some()))
        .unwrap_or_default();
    look(&document, &subjects)
}

/// Drops what is suppressed, says what is suppressed in vain, folds repeats, sorts, and makes
/// fingerprints differ.
pub(super) fn finish(
    diagnostics: Vec<Diagnostic>,
    suppressions: Vec<(Arc<str>, Suppression)>,
    levels: &Levels,
) -> Vec<Diagnostic> {
    let (mut diagnostics, unused) = suppress(diagnostics, suppressions, levels);
    drop_consequences(&mut diagnostics);
    diagnostics.extend(unused);
    diagnostics.sort_by(|a, b| order(a).cmp(&order(b)));
    let mut diagnostics = fold(diagnostics);
    tell_apart(&mut diagnostics);
    diagnostics
}

/// Rules that say less about a place than another does.
const CONSEQUENCES: [(&str, &str); 1] = [
    // A file that was copied has the ID of another, and so not that of its name.
    ("id-filename", "duplicate-id"),
];

/// One cause gives one finding: drops what follows from another finding at the same place.
fn drop_consequences(diagnostics: &mut Vec<Diagnostic>) {
    for (consequence, cause) in CONSEQUENCES {
        let causes: BTreeSet<(Arc<str>, Span)> = diagnostics
            .iter()
            .filter(|found| found.rule == cause)
            .map(|found| (Arc::clone(&found.location.path), found.location.span()))
            .collect();
        if !causes.is_empty() {
            diagnostics.retain(|found| {
                let place = (Arc::clone(&found.location.path), found.location.span());
                found.rule != consequence || !causes.contains(&place)
            });
        }
    }
}

fn order(found: &Diagnostic) -> (&Arc<str>, bool, u32, u32, &str, &str) {
    (
        &found.location.path,
        found.location.revision.is_some(),
        found.location.start.offset,
        found.location.end.offset,
        found.rule,
        &found.message,
    )
}

fn suppress(
    diagnostics: Vec<Diagnostic>,
    suppressions: Vec<(Arc<str>, Suppression)>,
    levels: &Levels,
) -> (Vec<Diagnostic>, Vec<Diagnostic>) {
    if suppressions.is_empty() {
        return (diagnostics, Vec::new());
    }
    let mut by_path: FxHashMap<Arc<str>, Vec<(Suppression, bool)>> = FxHashMap::default();
    for (path, suppression) in suppressions {
        by_path.entry(path).or_default().push((suppression, false));
    }
    let kept = diagnostics
        .into_iter()
        .filter(|found| {
            let Some(here) = by_path.get_mut(&found.location.path) else {
                return true;
            };
            let mut allowing: Vec<_> = here.iter_mut().filter(|(it, _)| it.allows(found)).collect();
            if let Some((_, used)) = allowing.iter_mut().find(|(it, _)| it.is_trusted) {
                *used = true;
                return false;
            }
            // One that is not trusted is not idle either.
            allowing.iter_mut().for_each(|(_, used)| *used = true);
            true
        })
        .collect();
    let mut unused = Vec::new();
    if let Some((_, severity, _)) = levels
        .active()
        .find(|(rule, ..)| rule.name == "unused-suppression")
    {
        for (path, suppressions) in &by_path {
            let idle = suppressions.iter().filter(|(_, used)| !used);
            unused.extend(idle.filter_map(|(found, _)| in_vain(path, found, severity, levels)));
        }
    }
    if let Some((_, severity, _)) = levels.active().find(|(rule, ..)| rule.name == LOOSENED) {
        for (path, suppressions) in &by_path {
            let refused = suppressions
                .iter()
                .filter(|(it, used)| *used && !it.is_trusted);
            unused.extend(refused.map(|(found, _)| refused_here(path, found, severity)));
        }
    }
    (kept, unused)
}

/// The rule that reports what a change relaxes of its own check.
const LOOSENED: &str = "gate-loosened";

/// The finding about a suppression that the change itself brings.
fn refused_here(path: &Arc<str>, suppression: &Suppression, severity: Severity) -> Diagnostic {
    let rule = &suppression.rule;
    let message = format!("this comment allows `{rule}`, and comes with the change that needs it");
    let mut found = Diagnostic::new(LOOSENED, severity, suppression.location(path), message);
    let id = stem(path);
    found.help = Some(format!(
        "mend what `{rule}` finds; a maintainer who agrees waives it with `--waive {LOOSENED}:{id}`"
    ));
    found.fingerprint = fingerprint(&[path, LOOSENED, &suppression.text]);
    found
}

/// The finding about a suppression that suppresses nothing.
fn in_vain(
    path: &Arc<str>,
    suppression: &Suppression,
    severity: Severity,
    levels: &Levels,
) -> Option<Diagnostic> {
    let rule = &suppression.rule;
    let unknown = suppression.fault.is_none() && rules::find(rule).is_none();
    let close = unknown
        .then(|| crate::text::did_you_mean(rule, rules::names()))
        .flatten();
    let message = match &suppression.fault {
        Some(fault) => format!("this comment has no effect: {fault}"),
        None if unknown => {
            let hint = close.map_or(String::new(), |close| format!("; did you mean `{close}`?"));
            format!("there is no rule `{rule}`{hint}")
        }
        None if !levels.is_on(rule) => return None,
        None => format!("`{rule}` finds nothing here that this comment could allow"),
    };
    let location = suppression.location(path);
    let mut found = Diagnostic::new("unused-suppression", severity, location, message);
    found.help = Some(match (&suppression.fault, close) {
        (Some(_), _) if !rule.is_empty() => {
            format!("say why: `# corpuslint: allow {rule} -- reason`")
        }
        (Some(_), _) => "write `# corpuslint: allow RULE -- reason`".to_owned(),
        (None, Some(close)) => format!("write `{close}`, or delete the comment"),
        (None, None) => "delete the comment".to_owned(),
    });
    // What was probably a slip is not deleted unseen.
    if suppression.fault.is_none() && close.is_none() {
        found.fix = Some(Fix {
            title: "Delete the comment".to_owned(),
            safety: Safety::Safe,
            edits: vec![Edit {
                path: Arc::clone(path),
                span: suppression.delete,
                text: String::new(),
            }],
            rename: None,
        });
    }
    found.fingerprint = fingerprint(&[path, found.rule, rule]);
    Some(found)
}

/// One cause gives one finding: what is said again of a copy of the same entry, or of the same
/// value, becomes a place of the first.
fn fold(diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut folded: Vec<Diagnostic> = Vec::with_capacity(diagnostics.len());
    let mut heads: FxHashMap<(String, String), usize> = FxHashMap::default();
    for found in diagnostics {
        let schema = rules::find(found.rule).is_some_and(|rule| rule.group == Group::Schema);
        if schema {
            folded.push(found);
            continue;
        }
        let key = (found.fingerprint.clone(), found.message.clone());
        match heads.get(&key) {
            Some(&head) if folded[head].location.path == found.location.path => {
                if folded[head].location != found.location {
                    if let (Some(fix), Some(more)) = (&mut folded[head].fix, found.fix)
                        && fix.title == more.title
                        && fix.safety == more.safety
                    {
                        fix.edits.extend(more.edits);
                    }
                    folded[head].related.push(Related {
                        location: found.location,
                        message: "also here".to_owned(),
                    });
                }
            }
            _ => {
                heads.insert(key, folded.len());
                folded.push(found);
            }
        }
    }
    folded
}

/// Two findings that would have one fingerprint get the message added, then a number.
fn tell_apart(diagnostics: &mut [Diagnostic]) {
    let mut seen: FxHashMap<String, usize> = FxHashMap::default();
    for found in diagnostics.iter() {
        *seen.entry(found.fingerprint.clone()).or_default() += 1;
    }
    let mut numbers: FxHashMap<String, u32> = FxHashMap::default();
    for found in diagnostics {
        if seen[&found.fingerprint] < 2 {
            continue;
        }
        let own = fingerprint(&[&found.fingerprint, &found.message]);
        let number = numbers.entry(own.clone()).or_default();
        found.fingerprint = match *number {
            0 => own,
            again => fingerprint(&[&own, &again.to_string()]),
        };
        *number += 1;
    }
}
