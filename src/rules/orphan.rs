//! Reports entries that should be referred to and are not.

use rustc_hash::FxHashSet;

use crate::corpus::Corpus;
use crate::entry::{Name, Role};
use crate::rule::Sink;

pub(super) fn check(corpus: &Corpus<'_>, sink: &mut Sink) {
    // What a broken file refers to is not known: every entry may be used by it.
    let is_empty = |at| corpus.entries_in(at).next().is_none();
    let mut files = (0..).zip(&corpus.files);
    if files.any(|(at, file)| file.broken_id.is_some() && is_empty(at)) {
        return;
    }
    let referable = referable(corpus);
    let used = used(corpus);
    for entry in corpus.entries().filter(|entry| !entry.retired) {
        let kind = corpus.kind_name(entry);
        if !referable.contains(kind) || used.contains(&entry.id) {
            continue;
        }
        // A copy stands in the entry that uses it.
        if corpus.all(entry.id).any(|other| other.copy) {
            continue;
        }
        let message = format!("nothing refers to {}", corpus.title(entry));
        sink.report_entry(corpus, entry, entry.id_span, message)
            .help(format!(
                "refer to it from an entry that this {kind} belongs to"
            ));
    }
}

/// The kinds that a field of some entry takes.
fn referable<'c>(corpus: &'c Corpus<'_>) -> FxHashSet<&'c str> {
    let kinds = corpus.schemas.kinds().iter();
    kinds
        .flat_map(|kind| kind.plan.places())
        .filter_map(|place| place.marks.refs.as_ref())
        .flatten()
        .map(String::as_str)
        .collect()
}

/// What another entry refers to that is not retired itself.
fn used(corpus: &Corpus<'_>) -> FxHashSet<Name> {
    let mut used = FxHashSet::default();
    for entry in corpus.entries().filter(|entry| !entry.retired) {
        let references = entry.references.iter();
        used.extend(
            references
                .filter(|reference| reference.role == Role::Uses && reference.target != entry.id)
                .map(|reference| reference.target),
        );
    }
    used
}
