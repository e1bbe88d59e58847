//! When two titles or two texts are taken for one, by the rules and where a new entry is begun.

use crate::entry::Prose;

/// The share of equal places in two sketches from which two texts count as nearly the same.
pub(super) const ALIKE: f64 = 0.93;

/// The share of equal letters from which two titles count as nearly the same.
const ALIKE_TITLES: f64 = 0.9;

/// Lower case, white space as single spaces, none at the ends.
pub(super) fn folded(label: &str) -> impl Iterator<Item = char> {
    label.split_whitespace().enumerate().flat_map(|(at, word)| {
        let space = (at > 0).then_some(' ');
        space
            .into_iter()
            .chain(word.chars().flat_map(char::to_lowercase))
    })
}

/// Whether two titles can be taken for one another: they are equal but for case and spaces, or have the
/// same words in another order, or differ in a letter or two.
pub(crate) fn titles(one: &str, other: &str) -> bool {
    let [a, b]: [String; 2] = [folded(one).collect(), folded(other).collect()];
    a == b
        || words(&a) == words(&b)
        || strsim::normalized_damerau_levenshtein(&a, &b) >= ALIKE_TITLES
}

/// The words of a folded title, in one order, without the ending of a plural.
fn words(folded: &str) -> Vec<&str> {
    let words = folded.split(|c: char| !c.is_alphanumeric());
    let singular = |word| {
        let mut endings = ["ies", "s", "y"].into_iter();
        endings
            .find_map(|ending| str::strip_suffix(word, ending))
            .unwrap_or(word)
    };
    let words = words.map(singular);
    let mut words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.sort_unstable();
    words
}

/// Whether two texts say nearly the same.
pub(crate) fn texts(one: &Prose, other: &Prose) -> bool {
    likeness(one, other) >= ALIKE
}

/// From 0 to 1.
pub(super) fn likeness(a: &Prose, b: &Prose) -> f64 {
    if a.words == b.words {
        1.0
    } else {
        // Sixteen places cannot tell nearly all from all.
        a.likeness(b).min(0.97)
    }
}

#[cfg(test)]
mod tests {
    use super::titles;

    #[test]
    fn titles_that_are_one() {
        for (one, other, alike) in [
            ("Access Reviews", "access  reviews", true),
            ("Access Reviews", "Access Review", true),
            (
                "Emotional Vulnerability",
                "emotional  vulnerabilities",
                true,
            ),
            ("Reviews of Access", "Access Reviews", false),
            ("Account Sharing", "Sharing, Account", true),
            ("Emotional Vulnerability", "Emotional Vulnerabilty", true),
            ("Motive", "Means", false),
            ("...", "!!!", true),
        ] {
            assert_eq!(titles(one, other), alike, "{one} / {other}");
        }
    }
}
