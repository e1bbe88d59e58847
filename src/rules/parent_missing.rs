//! Reports IDs that extend the ID of an entry that is not there.

use rustc_hash::FxHashMap;

use super::ids;
use crate::corpus::Corpus;
use crate::entry::Entry;
use crate::rule::Sink;

pub(super) fn check(corpus: &Corpus<'_>, sink: &mut Sink) {
    // One missing parent is one finding, however many entries extend it.
    let mut children: FxHashMap<(String, &str), Vec<&Entry>> = FxHashMap::default();
    let mut order = Vec::new();
    for entry in corpus.entries() {
        let kind = &corpus.schemas.entry_kinds()[entry.kind as usize];
        let Some((parent_kind, _)) = &kind.parent else {
            continue;
        };
        let id = corpus.text(entry.id);
        let Some(parent) = kind.parent_of(&id).filter(|_| kind.is_id(&id)) else {
            continue;
        };
        if is_there(corpus, parent, parent_kind) {
            continue;
        }
        let key = (parent.to_owned(), parent_kind.as_str());
        let found = children.entry(key.clone()).or_default();
        if found.is_empty() {
            order.push(key);
        }
        found.push(entry);
    }
    for (number, key) in order.into_iter().enumerate() {
        let (parent, kind) = &key;
        report(corpus, (parent, kind), &children[&key], number, sink);
    }
}

fn is_there(corpus: &Corpus<'_>, id: &str, kind: &str) -> bool {
    let Some(name) = corpus.words.names.find(id) else {
        return false;
    };
    corpus.broken_file(name).is_some()
        || corpus
            .all(name)
            .any(|entry| corpus.kind_name(entry) == kind)
}

fn report(
    corpus: &Corpus<'_>,
    (parent, kind): (&str, &str),
    children: &[&Entry],
    number: usize,
    sink: &mut Sink,
) {
    let first = children[0];
    let near = ids::near(corpus, parent, number, |entry| {
        corpus.kind_name(entry) == kind
    });
    let message = format!(
        "{} extends `{parent}`, which is not the ID of {}{}",
        corpus.title(first),
        ids::a(kind),
        ids::did_you_mean(corpus, &near)
    );
    let help = format!("correct the ID, or add the {kind} `{parent}` in the same change");
    let mut reported = sink
        .report_entry(corpus, first, first.id_span, message)
        .help(help);
    for other in &children[1..] {
        let path = corpus.path(other).clone();
        let also = format!("{} extends it too", corpus.title(other));
        reported = reported.related_in(path, other.id_span, also);
    }
}
