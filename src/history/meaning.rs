//! How much two states of an entry say the same, told from the words that carry meaning.

use std::collections::BTreeSet;

use crate::entry::without_tags;

/// What is shared, each from 0 (nothing) to 1 (all of the shorter one).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Likeness {
    /// Of the titles.
    pub title: f64,
    /// Of titles and texts together.
    pub text: f64,
    /// Words that carry meaning in the shorter of the two.
    pub words: usize,
}

/// Letters of a word that are compared: endings rarely change what it means.
const STEM: usize = 5;

/// Words of English that say nothing about what a text is about. In a text of another language all
/// words count, which makes texts seem a little more alike.
const COMMON: &[&str] = &[
    "about",
    "above",
    "after",
    "against",
    "all",
    "also",
    "and",
    "any",
    "are",
    "been",
    "before",
    "being",
    "below",
    "between",
    "both",
    "can",
    "could",
    "during",
    "each",
    "for",
    "from",
    "has",
    "have",
    "including",
    "into",
    "its",
    "may",
    "might",
    "more",
    "most",
    "must",
    "not",
    "often",
    "only",
    "organisation",
    "organisations",
    "organization",
    "organizations",
    "other",
    "over",
    "own",
    "per",
    "same",
    "should",
    "some",
    "subject",
    "subjects",
    "such",
    "than",
    "that",
    "the",
    "their",
    "them",
    "then",
    "there",
    "these",
    "they",
    "this",
    "those",
    "through",
    "under",
    "use",
    "used",
    "user",
    "users",
    "uses",
    "using",
    "via",
    "was",
    "well",
    "were",
    "what",
    "when",
    "where",
    "which",
    "while",
    "who",
    "whom",
    "whose",
    "will",
    "with",
    "within",
    "without",
    "would",
];

/// Compares the titles and the texts of two states of an entry. Texts may be Markdown or HTML.
#[must_use]
pub fn likeness(before: (&str, &str), after: (&str, &str)) -> Likeness {
    let titles = (stems(before.0), stems(after.0));
    let texts = (&titles.0 | &stems(before.1), &titles.1 | &stems(after.1));
    Likeness {
        title: shared(&titles.0, &titles.1),
        text: shared(&texts.0, &texts.1),
        words: texts.0.len().min(texts.1.len()),
    }
}

fn shared(one: &BTreeSet<String>, other: &BTreeSet<String>) -> f64 {
    let shorter = one.len().min(other.len()).max(1);
    one.intersection(other).count() as f64 / shorter as f64
}

/// The beginnings of the words that carry meaning, in lower case and without the `s` of a plural.
fn stems(text: &str) -> BTreeSet<String> {
    let text = without_tags(text).to_lowercase();
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().count() >= 3 && COMMON.binary_search(word).is_err())
        .map(|word| singular(word).chars().take(STEM).collect())
        .collect()
}

fn singular(word: &str) -> &str {
    let stem = word.strip_suffix('s');
    let stem = stem.filter(|stem| stem.len() >= 3 && !stem.ends_with('s'));
    stem.unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_words_can_be_looked_up() {
        assert!(COMMON.is_sorted());
    }

    #[test]
    fn what_is_shared() {
        let old = (
            "Clear System Logs",
            "<p>A subject clears the logs of a system.</p>",
        );
        let new = (
            "Clearing Logs",
            "Logs are deleted, or *cleared*, to hide what was done.",
        );
        let found = likeness(old, new);
        assert!(found.title > 0.9 && found.text > 0.6, "{found:?}");
        let other = (
            "Label Leakage",
            "The label of a document says how secret it is.",
        );
        let found = likeness(old, other);
        assert_eq!((found.title, found.text), (0.0, 0.0));
        assert_eq!(likeness(("", ""), ("", "")).words, 0);
        assert_eq!(stems("a < b <br/> c<d"), stems("b d"));
        assert_eq!(stems("Logs, bus, access"), stems("log bus access"));
    }
}
