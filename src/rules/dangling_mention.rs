//! Reports IDs in prose that no entry has.

use rustc_hash::{FxHashMap, FxHashSet};

use super::ids;
use crate::corpus::Corpus;
use crate::entry::{Entry, Name};
use crate::rule::Sink;
use crate::text::Span;

pub(super) fn check(corpus: &Corpus<'_>, sink: &mut Sink) {
    // One missing entry is one finding, however often it is named.
    let mut places: FxHashMap<Name, Vec<(&Entry, Span)>> = FxHashMap::default();
    let mut order = Vec::new();
    for entry in corpus.entries() {
        for &(name, span) in &entry.mentions {
            let is_known = corpus.get(name).is_some() || corpus.broken_file(name).is_some();
            if is_known || is_repeated(corpus, entry) {
                continue;
            }
            let found = places.entry(name).or_default();
            if found.is_empty() {
                order.push(name);
            }
            found.push((entry, span));
        }
    }
    if order.is_empty() {
        return;
    }
    // What a field refers to as well is a finding of `dangling-reference`, which names the prose.
    let references = corpus.entries().flat_map(|entry| &entry.references);
    let referred: FxHashSet<Name> = references.map(|reference| reference.target).collect();
    order.retain(|name| !referred.contains(name));
    for (number, name) in order.into_iter().enumerate() {
        report(corpus, name, &places[&name], number, sink);
    }
}

/// Whether an entry says again what another place said.
fn is_repeated(corpus: &Corpus<'_>, entry: &Entry) -> bool {
    let first = corpus.get(entry.id);
    entry.copy && !first.is_some_and(|first| std::ptr::eq(first, entry))
}

fn report(
    corpus: &Corpus<'_>,
    name: Name,
    places: &[(&Entry, Span)],
    number: usize,
    sink: &mut Sink,
) {
    let (entry, span) = places[0];
    let id = corpus.text(name);
    let near = ids::near(corpus, &id, number, |_| true);
    let message = format!(
        "the text names `{id}`, which is not defined{}",
        ids::did_you_mean(corpus, &near)
    );
    let kinds = corpus.schemas.entry_kinds().iter();
    let kind = kinds
        .clone()
        .find(|kind| kind.pattern.is_some() && kind.is_id(&id));
    let what = kind.map_or("entry", |kind| kind.name.as_str());
    let help = format!("correct the ID, or add the {what} `{id}` in the same change");
    let mut reported = sink
        .report_entry(corpus, entry, span, message)
        .label("no entry has this ID")
        .help(help);
    for (other, span) in &places[1..] {
        let path = corpus.path(other).clone();
        let also = format!("also named by {}", corpus.title(other));
        reported = reported.related_in(path, *span, also);
    }
}
