//! Reports IDs in reference fields that no entry has.

use rustc_hash::FxHashMap;

use super::{ids, words};
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
    for (number, target) in order.into_iter().enumerate() {
        report(corpus, target, &places[&target], number, sink);
    }
}

fn report(
    corpus: &Corpus<'_>,
    target: Name,
    places: &[(&Entry, &Reference)],
    number: usize,
    sink: &mut Sink,
) {
    let (entry, reference) = places[0];
    let id = corpus.text(target);
    let kinds = corpus.words.kind_sets.names(reference.kinds);
    if is_owned_elsewhere(corpus, &id, &kinds) {
        return;
    }
    let fits = |entry: &Entry| kinds.iter().any(|kind| kind == corpus.kind_name(entry));
    let near = ids::near(corpus, &id, number, fits);
    let shown = words::code(&id);
    let message = format!(
        "{shown} is not defined{}",
        ids::did_you_mean(corpus, &near)
    );
    let help = if ids::is_id_of(corpus.schemas, &kinds, &id) {
        let kinds = kinds.join(" or ");
        format!("refer to an existing {kinds}, or add the entry {shown} in the same change")
    } else {
        format!("write the ID of {}", ids::any_of(&kinds))
    };
    let mut reported = sink
        .report_entry(corpus, entry, reference.span, message)
        .label("no entry has this ID")
        .help(help);
    for (other, reference) in &places[1..] {
        let path = corpus.path(other).clone();
        let also = format!("also used by {}", corpus.title(other));
        reported = reported.related_in(path, reference.span, also);
    }
    let ([only], [_]) = (near.as_slice(), places) else {
        return;
    };
    let right = corpus.text(only.id);
    if let Some(span) = ids::edit_span(reference, &right) {
        // Another case, or white space around it, is the same ID.
        let same = id.trim().eq_ignore_ascii_case(&right);
        let safety = if same { Safety::Safe } else { Safety::Unsafe };
        reported.fix(safety, format!("Write `{right}`"), span, &*right);
    }
}

/// Whether `id-lookalike` or `invisible-character` says what is wrong with an ID.
fn is_owned_elsewhere(corpus: &Corpus<'_>, id: &str, kinds: &[String]) -> bool {
    let looks_right = ids::look_alikes(id, |text| ids::is_id_of(corpus.schemas, kinds, text));
    if !looks_right.is_empty() {
        return true;
    }
    let visible = ids::visible(id);
    let hidden = corpus.words.names.find(&visible);
    visible != id && hidden.is_some_and(|name| corpus.get(name).is_some())
}
