//! Reports IDs in reference fields that no entry has.

use rustc_hash::FxHashMap;

use crate::corpus::Corpus;
use crate::diagnostic::Safety;
use crate::entry::{Entry, Name, Reference};
use crate::rule::Sink;

pub(super) fn check(corpus: &Corpus<'_>, sink: &mut Sink) {
    // One missing entry is one finding, however many refer to it.
    let mut places: FxHashMap<Name, Vec<(&Entry, &Reference)>> = FxHashMap::default();
    let mut order = Vec::new();
    for entry in &corpus.entries {
        for reference in &entry.references {
            let known = corpus.get(reference.target).is_some();
            if known || corpus.broken_file(reference.target).is_some() {
                continue;
            }
            let found = places.entry(reference.target).or_default();
            if found.is_empty() {
                order.push(reference.target);
            }
            found.push((entry, reference));
        }
    }
    for target in order {
        report(corpus, target, &places[&target], sink);
    }
}

fn report(corpus: &Corpus<'_>, target: Name, places: &[(&Entry, &Reference)], sink: &mut Sink) {
    let (entry, reference) = places[0];
    let id = corpus.text(target);
    let kinds = corpus.words.kind_sets.names(reference.kinds);
    let fits = |entry: &Entry| kinds.iter().any(|kind| kind == corpus.kind_name(entry));
    let near = corpus.near(&id, fits);
    let message = match near.as_slice() {
        [] => format!("`{id}` is not defined"),
        [only] => format!("`{id}` is not defined; did you mean {}?", corpus.title(only)),
        several => {
            let names: Vec<String> = several.iter().map(|entry| corpus.title(entry)).collect();
            format!("`{id}` is not defined; did you mean {}?", names.join(" or "))
        }
    };
    let mut reported = sink
        .report_entry(corpus, entry, reference.span, message)
        .label("no entry has this ID")
        .help(format!(
            "refer to an existing {}, or add the entry `{id}` in the same change",
            kinds.join(" or ")
        ));
    for (other, reference) in &places[1..] {
        let path = corpus.path(other).clone();
        reported = reported.related_in(path, reference.span, format!("also used by {}", corpus.title(other)));
    }
    if let ([only], [_]) = (near.as_slice(), places) {
        let right = corpus.text(only.id);
        reported.fix(Safety::Unsafe, format!("Write `{right}`"), reference.span, &*right);
    }
}
