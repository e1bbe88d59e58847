//! Reports references to entries of a kind that the field does not take.

use super::ids;
use crate::corpus::Corpus;
use crate::entry::{Entry, Reference};
use crate::rule::Sink;

pub(super) fn check(corpus: &Corpus<'_>, sink: &mut Sink) {
    let takes = Takes::new(corpus);
    for entry in corpus.entries() {
        for reference in &entry.references {
            // An entry that refers to itself has a rule of its own.
            if reference.target == entry.id {
                continue;
            }
            if let Some(target) = corpus.get(reference.target)
                && !takes.kind(reference.kinds, target)
            {
                report(corpus, entry, reference, target, sink);
            }
        }
    }
}

/// For each set of kinds that references may be of, which kinds are in it.
struct Takes(Vec<Vec<bool>>);

impl Takes {
    fn new(corpus: &Corpus<'_>) -> Self {
        let references = corpus.entries().flat_map(|entry| &entry.references);
        let sets = references.map(|reference| reference.kinds + 1).max();
        let set = |number| {
            let names = corpus.words.kind_sets.names(number);
            let kinds = corpus.schemas.entry_kinds().iter();
            kinds.map(|kind| names.contains(&kind.name)).collect()
        };
        Self((0..sets.unwrap_or(0)).map(set).collect())
    }

    fn kind(&self, set: u16, entry: &Entry) -> bool {
        self.0[set as usize][entry.kind as usize]
    }
}

fn report(
    corpus: &Corpus<'_>,
    entry: &Entry,
    reference: &Reference,
    target: &Entry,
    sink: &mut Sink,
) {
    let kinds = corpus.words.kind_sets.names(reference.kinds);
    let owner = corpus.kind_name(entry);
    let field = |kind: &str| ids::field_for(corpus.schemas, owner, kind);
    let taken = ids::any_of(&kinds);
    let here = match kinds.as_slice() {
        [only] => field(only).map(|name| format!("`{name}`")),
        _ => None,
    };
    let here = here.unwrap_or_else(|| "this field".to_owned());
    let actual = corpus.kind_name(target);
    let message = format!(
        "{} is {}, but {here} takes {taken}",
        corpus.title(target),
        ids::a(actual)
    );
    let help = match field(actual) {
        Some(right) => format!("move it to `{right}`, or write the ID of {taken}"),
        None => format!("write the ID of {taken}"),
    };
    sink.report_entry(corpus, entry, reference.span, message)
        .help(help)
        .related_in(
            corpus.path(target).clone(),
            target.id_span,
            format!("{} is defined here", corpus.title(target)),
        );
}
