//! IDs of all kinds as words of prose.

use std::ops::Range;

use regex::Regex;
use regex_syntax::hir::literal::Extractor;

/// Finds the words of a text that have the shape of an ID of any kind.
pub struct Mentions {
    /// The whole word, at the start of a text.
    word: Regex,
    /// What such a word may begin with, where that is known: a search for a few letters is many
    /// times faster than one for a pattern.
    beginnings: Option<Regex>,
}

impl Mentions {
    /// Takes the patterns of IDs. `None` where none of them describes a whole word.
    pub(super) fn new<'p>(patterns: impl Iterator<Item = &'p str>) -> Option<Self> {
        // A pattern without both anchors may match a part, which is no shape of a word.
        let mut shapes: Vec<&str> = patterns
            .filter_map(|pattern| pattern.strip_prefix('^')?.strip_suffix('$'))
            .collect();
        // Longer shapes first: `MT012.004` before `MT012`.
        shapes.sort_by_key(|shape| std::cmp::Reverse(shape.len()));
        if shapes.is_empty() {
            return None;
        }
        let shapes = shapes.join("|");
        // ASCII boundaries keep the search on the fast automaton; a letter beside an ID that is not
        // ASCII is rare, and then the ID is still worth looking up.
        let word = Regex::new(&format!(r"^(?:{shapes})(?-u:\b)")).ok()?;
        Some(Self {
            word,
            beginnings: beginnings(&shapes),
        })
    }

    /// Where such words stand, in order.
    pub fn find<'t>(&'t self, text: &'t str) -> impl Iterator<Item = Range<usize>> + 't {
        let mut at = 0;
        std::iter::from_fn(move || {
            while at < text.len() {
                let start = match &self.beginnings {
                    Some(beginnings) => beginnings.find_at(text, at)?.start(),
                    None => at,
                };
                let word = is_start(text, start).then(|| self.word.find(&text[start..]));
                if let Some(word) = word.flatten().filter(|word| !word.is_empty()) {
                    at = start + word.end();
                    return Some(start..at);
                }
                let mut behind = start + 1..text.len();
                at = behind.find(|&at| is_start(text, at))?;
            }
            None
        })
    }
}

/// A search for what every word of some shapes begins with. `None` where they may begin with many
/// things, or nothing.
fn beginnings(shapes: &str) -> Option<Regex> {
    let shapes = regex_syntax::parse(shapes).ok()?;
    let prefixes = Extractor::new().limit_class(1).extract(&shapes);
    let prefixes: Vec<String> = prefixes
        .literals()?
        .iter()
        .map(|prefix| std::str::from_utf8(prefix.as_bytes()).map(regex::escape))
        .collect::<Result<_, _>>()
        .ok()?;
    let are_useful = !prefixes.is_empty() && prefixes.iter().all(|prefix| !prefix.is_empty());
    are_useful.then(|| Regex::new(&prefixes.join("|")).ok())?
}

/// Whether an ASCII word begins or ends at a place, which then is a boundary of characters too.
fn is_start(text: &str, at: usize) -> bool {
    let is_word = |byte: Option<&u8>| byte.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    let bytes = text.as_bytes();
    let before = at.checked_sub(1).and_then(|before| bytes.get(before));
    is_word(before) != is_word(bytes.get(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_words_are_mentions() {
        let patterns = [
            "^MT[0-9]{3}$",
            r"^MT[0-9]{3}\.[0-9]{3}$",
            "^r-[a-z]+$",
            "PV[0-9]",
            "^[0-9]*$",
        ];
        let mentions = Mentions::new(patterns.into_iter()).expect("a pattern");
        for (text, expected) in [
            ("see MT012.004, MT059; PV1", &["MT012.004", "MT059"][..]),
            ("XMT012 MT0123 MT012", &["MT012"]),
            ("MTMT012 _MT012 \u{e9}MT012", &["MT012"]),
            ("MT012.0045", &["MT012", "0045"]),
            ("r-soup or-soup", &["r-soup"]),
            ("7 x7 \u{e9}", &["7"]),
            ("", &[]),
        ] {
            let found: Vec<&str> = mentions.find(text).map(|range| &text[range]).collect();
            assert_eq!(found, expected, "{text}");
        }
        assert!(mentions.beginnings.is_none());
        assert!(Mentions::new(["PV[0-9]"].into_iter()).is_none());
        let mentions = Mentions::new(patterns[..3].iter().copied()).expect("a pattern");
        assert!(mentions.beginnings.is_some());
        let text = "MTMT012 _MT012 \u{e9}MT012, MT012.004-MT059 or-soup r- r-soup";
        let found: Vec<&str> = mentions.find(text).map(|range| &text[range]).collect();
        assert_eq!(found, ["MT012", "MT012.004", "MT059", "r-soup"]);
    }
}
