//! Reports IDs in reference fields that no entry has.

use rustc_hash::FxHashMap;

use super::{ids, words};
use crate::corpus::Corpus;
use crate::diagnostic::{Edit, Fix, Safety};
use crate::entry::{Entry, Name, Reference};
use crate::rule::Sink;
use crate::text::Span;

/// Where one missing entry is referred to.
#[derive(Default)]
struct Places<'c> {
    references: Vec<(&'c Entry, &'c Reference)>,
    /// Where prose names it: the same cause, so no finding of its own.
    mentions: Vec<(&'c Entry, Span)>,
}

pub(super) fn check(corpus: &Corpus<'_>, sink: &mut Sink) {
    // One missing entry is one finding, however many refer to it.
    let mut missing: FxHashMap<Name, Places<'_>> = FxHashMap::default();
    let mut order = Vec::new();
    for entry in corpus.entries() {
        for reference in &entry.references {
            let known = corpus.get(reference.target).is_some();
            if known || corpus.broken_file(reference.target).is_some() {
                continue;
            }
            let found = missing.entry(reference.target).or_default();
            if found.references.is_empty() {
                order.push(reference.target);
            }
            found.references.push((entry, reference));
        }
    }
    if order.is_empty() {
        return;
    }
    for entry in corpus.entries().filter(|entry| !entry.copy) {
        for (name, span) in &entry.mentions {
            if let Some(found) = missing.get_mut(name) {
                found.mentions.push((entry, *span));
            }
        }
    }
    for (number, target) in order.into_iter().enumerate() {
        report(corpus, target, &missing[&target], number, sink);
    }
}

fn report(
    corpus: &Corpus<'_>,
    target: Name,
    places: &Places<'_>,
    number: usize,
    sink: &mut Sink,
) {
    let (entry, reference) = places.references[0];
    let id = corpus.text(target);
    if is_owned_elsewhere(corpus, &id) {
        return;
    }
    let kinds = corpus.words.kind_sets.names(reference.kinds);
    let fits = |entry: &Entry| kinds.iter().any(|kind| kind == corpus.kind_name(entry));
    // Another case, or white space around it, is the same ID.
    let same = ids::same(corpus, &id);
    let near = match same {
        Some(entry) => vec![entry],
        None => ids::near(corpus, &id, number, fits),
    };
    let guess = ids::did_you_mean(corpus, &near);
    let message = format!("{} is not defined{guess}", words::code(&id));
    let mut reported = sink
        .report_entry(corpus, entry, reference.span, message)
        .label("no entry has this ID")
        .help(help(corpus, &id, &kinds, same));
    for (other, reference) in &places.references[1..] {
        let path = corpus.path(other).clone();
        let also = format!("also used by {}", corpus.title(other));
        reported = reported.related_in(path, reference.span, also);
    }
    for (other, span) in &places.mentions {
        let path = corpus.path(other).clone();
        let also = format!("also named by {}", corpus.title(other));
        reported = reported.related_in(path, *span, also);
    }
    let [only] = near.as_slice() else { return };
    let right = corpus.text(only.id);
    if let Some(edits) = edits(corpus, &places.references, &right) {
        let safety = match same {
            Some(_) => Safety::Safe,
            None => Safety::Unsafe,
        };
        reported.fix_with(Fix {
            title: format!("Write `{right}`"),
            safety,
            edits,
            rename: None,
        });
    }
}

fn help(corpus: &Corpus<'_>, id: &str, kinds: &[String], same: Option<&Entry>) -> String {
    if let Some(entry) = same {
        let right = corpus.text(entry.id);
        return format!("write `{right}`: case and white space count");
    }
    if ids::is_id_of(corpus.schemas, kinds, id) {
        let kinds = kinds.join(" or ");
        return format!("refer to an existing {kinds}, or add the entry `{id}` in the same change");
    }
    format!("write the ID of {}", ids::any_of(kinds))
}

/// Another ID in every place; nothing where one of the places cannot be edited.
fn edits(corpus: &Corpus<'_>, places: &[(&Entry, &Reference)], id: &str) -> Option<Vec<Edit>> {
    let edit = |(entry, reference): &(&Entry, &Reference)| {
        Some(Edit {
            path: corpus.path(entry).clone(),
            span: ids::edit_span(reference, id)?,
            text: id.to_owned(),
        })
    };
    places.iter().map(edit).collect()
}

/// Whether `id-lookalike` or `invisible-character` says what is wrong with an ID.
fn is_owned_elsewhere(corpus: &Corpus<'_>, id: &str) -> bool {
    let looks_right = ids::look_alikes(id, |text| ids::is_any_id(corpus.schemas, text));
    if !looks_right.is_empty() {
        return true;
    }
    let visible = ids::visible(id);
    let hidden = corpus.words.names.find(&visible);
    visible != id && hidden.is_some_and(|name| corpus.get(name).is_some())
}
