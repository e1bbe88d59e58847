//! Reports copies of one entry that do not say the same.

use rustc_hash::FxHashMap;

use super::words::listing;
use crate::corpus::Corpus;
use crate::entry::{Entry, Name};
use crate::rule::Sink;

/// What a copy says: its fields with their hashes, sorted.
type Variant = Vec<(Name, u64)>;

pub(super) fn check(corpus: &Corpus<'_>, sink: &mut Sink) {
    for entry in corpus.entries().filter(|entry| entry.copy) {
        let mut copies = corpus.all(entry.id).filter(|other| other.copy);
        let is_first = copies
            .next()
            .is_some_and(|first| std::ptr::eq(first, entry));
        if is_first && copies.any(|other| other.said != entry.said) {
            compare(corpus, entry.id, sink);
        }
    }
}

fn compare(corpus: &Corpus<'_>, id: Name, sink: &mut Sink) {
    let mut variants: Vec<(Variant, Vec<&Entry>)> = Vec::new();
    let mut known: FxHashMap<Variant, usize> = FxHashMap::default();
    for copy in corpus.all(id).filter(|entry| entry.copy) {
        let fields = copy.said.iter().flat_map(|said| &said.fields);
        let mut said: Variant = fields.copied().collect();
        said.sort_unstable();
        let at = *known.entry(said.clone()).or_insert(variants.len());
        if at == variants.len() {
            variants.push((said, Vec::new()));
        }
        variants[at].1.push(copy);
    }
    // The most frequent variant is what the others are held against; of equals, the first.
    variants.sort_by_key(|(_, copies)| std::cmp::Reverse(copies.len()));
    if let [usual, others @ ..] = variants.as_slice()
        && !others.is_empty()
    {
        report(corpus, usual, others, sink);
    }
}

fn report(
    corpus: &Corpus<'_>,
    usual: &(Variant, Vec<&Entry>),
    others: &[(Variant, Vec<&Entry>)],
    sink: &mut Sink,
) {
    let Some(odd) = others
        .iter()
        .flat_map(|(_, copies)| copies)
        .min_by_key(|copy| (copy.file, copy.span))
    else {
        return;
    };
    let differing: usize = others.iter().map(|(_, copies)| copies.len()).sum();
    let total = differing + usual.1.len();
    let fields = differing_fields(corpus, &usual.0, others);
    let fields = listing(&fields, "and");
    let message = format!(
        "the {total} copies of {} differ in {fields}",
        corpus.title(odd)
    );
    let mut reported = sink
        .report_entry(corpus, odd, odd.id_span, message)
        .help(format!("find out which {fields} is right, and write it in every copy"))
        .related_in(
            corpus.path(usual.1[0]).clone(),
            usual.1[0].id_span,
            format!("{} as here", said(usual.1.len())),
        );
    for (_, copies) in others {
        let message = format!("{} as here", said(copies.len()));
        reported = reported.related_in(corpus.path(copies[0]).clone(), copies[0].id_span, message);
    }
}

fn said(copies: usize) -> String {
    match copies {
        1 => "1 copy says it".to_owned(),
        many => format!("{many} copies say it"),
    }
}

/// The names of the fields in which some copy differs from the usual one, sorted.
fn differing_fields(
    corpus: &Corpus<'_>,
    usual: &Variant,
    others: &[(Variant, Vec<&Entry>)],
) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (variant, _) in others {
        let gone = usual.iter().filter(|field| !variant.contains(field));
        let new = variant.iter().filter(|field| !usual.contains(field));
        names.extend(gone.chain(new).map(|(name, _)| corpus.text(*name).to_string()));
    }
    names.sort_unstable();
    names.dedup();
    names
}
