//! Reports texts that name two entries, though each should have its own.

use std::hash::Hasher;

use rustc_hash::{FxHashMap, FxHashSet, FxHasher};

use super::alike::folded;
use crate::corpus::Corpus;
use crate::diagnostic::Severity;
use crate::entry::Entry;
use crate::rule::Sink;
use crate::schema::vocabulary::Scope;

pub(super) fn check(corpus: &Corpus<'_>, sink: &mut Sink) {
    // A tombstone may keep the title that lives on under another ID.
    let alive = corpus.definitions().filter(|entry| !entry.retired);
    let named: Vec<(u64, &Entry)> = alive
        .filter_map(|entry| Some((hash(entry.label.as_deref()?), entry)))
        .collect();
    let repeated = repeated(named.iter().map(|(hash, _)| *hash).collect());
    let mut groups: FxHashMap<String, Vec<&Entry>> = FxHashMap::default();
    for (_, entry) in named.iter().filter(|(hash, _)| repeated.contains(hash)) {
        let folded: String = folded(entry.label.as_deref().unwrap_or_default()).collect();
        groups.entry(folded).or_default().push(entry);
    }
    for group in groups.into_values() {
        if group.iter().any(|entry| entry.label_scope == Some(Scope::All)) {
            report(corpus, &group, sink);
            continue;
        }
        let mut kinds: FxHashMap<u16, Vec<&Entry>> = FxHashMap::default();
        for entry in group {
            kinds.entry(entry.kind).or_default().push(entry);
        }
        for group in kinds.into_values() {
            report(corpus, &group, sink);
        }
    }
}

/// The hashes that are there more than once. Few are, and to sort all takes less room than to count
/// each.
fn repeated(mut hashes: Vec<u64>) -> FxHashSet<u64> {
    hashes.sort_unstable();
    let pairs = hashes.windows(2).filter(|pair| pair[0] == pair[1]);
    pairs.map(|pair| pair[0]).collect()
}

/// A hash of a folded label. Nearly all are ASCII, where that is a matter of bytes.
fn hash(label: &str) -> u64 {
    let mut hasher = FxHasher::default();
    if !label.is_ascii() {
        folded(label).for_each(|c| hasher.write_u32(u32::from(c)));
        return hasher.finish();
    }
    let words = label.split_whitespace();
    for (at, word) in words.enumerate() {
        if at > 0 {
            hasher.write_u32(u32::from(b' '));
        }
        let letters = word.bytes().map(|b| b.to_ascii_lowercase());
        letters.for_each(|b| hasher.write_u32(u32::from(b)));
    }
    hasher.finish()
}

fn report(corpus: &Corpus<'_>, group: &[&Entry], sink: &mut Sink) {
    let [first, second, ..] = group else {
        return;
    };
    let title = |entry: &Entry| entry.label.as_deref().unwrap_or_default().to_owned();
    let mut kinds: Vec<u16> = group.iter().map(|entry| entry.kind).collect();
    kinds.sort_unstable();
    let same_kind = kinds.windows(2).any(|pair| pair[0] == pair[1]);
    let holder = format!("`{}`", corpus.text(first.id));
    let message = if title(first) == title(second) {
        format!("`{}` is already the name of {holder}", title(second))
    } else {
        format!(
            "`{}` is, but for case and spaces, already the name of {holder}",
            title(second)
        )
    };
    let mut reported = sink
        .report_entry(corpus, second, second.label_span, message)
        .help(if same_kind {
            "give this entry a name of its own, or merge the two"
        } else {
            "if the two are easily confused, say in the name what kind of entry this is"
        })
        .related_in(
            corpus.path(first).clone(),
            first.label_span,
            format!("the name of {holder}"),
        );
    if !same_kind {
        reported = reported.severity(Severity::Note);
    }
    for other in &group[2..] {
        let message = format!("also the name of `{}`", corpus.text(other.id));
        reported = reported.related_in(corpus.path(other).clone(), other.label_span, message);
    }
}
