//! Names, and how near two are.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::entry::Name;

/// Letters that a word must have before one that differs in a letter counts as the same.
const ONE_SLIP: usize = 6;

/// The same for two letters.
const TWO_SLIPS: usize = 9;

/// A name as it is compared.
pub(super) struct Person {
    pub name: Name,
    /// In how many entries it stands.
    pub entries: usize,
    /// Its words in lower case, without accents and punctuation, sorted.
    words: Vec<String>,
}

/// How near two names are; the nearest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Likeness {
    /// They differ in case, space, punctuation, accents or order.
    Spelling,
    /// They differ in a letter or two of a long word.
    Slip,
    /// One word is the same, the other ends alike.
    Perhaps,
}

impl Person {
    pub(super) fn new(name: Name, text: &str) -> Self {
        let plain: String = text
            .nfd()
            .filter(|c| !is_combining_mark(*c))
            .flat_map(char::to_lowercase)
            .map(unaccented)
            .collect();
        let mut words: Vec<String> = plain
            .replace(['\'', '’', '.'], "")
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect();
        words.sort_unstable();
        Self {
            name,
            entries: 0,
            words,
        }
    }

    /// What two names may have in common that are nearly the same.
    pub(super) fn keys(&self, key: &mut impl FnMut([&str; 2], u8)) {
        let all = self.words.concat();
        // Without the order of letters, so that `Jan Piet` and `JanPiet` meet.
        key([&all, ""], 0);
        key([head(&all, 5), ""], 1);
        key([tail(&all, 5), ""], 2);
        for (at, word) in self.words.iter().enumerate() {
            let rest = self.words[..at].concat() + &self.words[at + 1..].concat();
            key([word, head(&rest, 2)], 3);
            key([word, tail(&rest, 2)], 4);
        }
    }

    /// How near two names are, if they are near.
    pub(super) fn likeness(&self, other: &Self) -> Option<Likeness> {
        let (mine, theirs) = (self.words.concat(), other.words.concat());
        if mine == theirs {
            return (!mine.is_empty()).then_some(Likeness::Spelling);
        }
        if self.words.len() != other.words.len() {
            return None;
        }
        let mut left: Vec<&str> = words_without(&self.words, &other.words);
        let mut right: Vec<&str> = words_without(&other.words, &self.words);
        let (Some(a), Some(b)) = (left.pop(), right.pop()) else {
            return None;
        };
        if !left.is_empty() {
            return None;
        }
        let slips = strsim::osa_distance(a, b);
        let letters = a.chars().count().min(b.chars().count());
        let digits = |text: &str| text.contains(|c: char| c.is_numeric());
        if digits(a) || digits(b) {
            return None;
        }
        if (letters >= ONE_SLIP && slips <= 1) || (letters >= TWO_SLIPS && slips <= 2) {
            return Some(Likeness::Slip);
        }
        let shared = self.words.len() > 1 && letters >= ONE_SLIP && slips <= 3;
        (shared && tail(a, 3) == tail(b, 3)).then_some(Likeness::Perhaps)
    }
}

/// The words of one name that the other does not have.
fn words_without<'a>(words: &'a [String], others: &[String]) -> Vec<&'a str> {
    let unknown = words.iter().filter(|word| !others.contains(word));
    unknown.map(String::as_str).collect()
}

/// Letters that no combining mark makes.
fn unaccented(c: char) -> char {
    match c {
        'ł' => 'l',
        'ø' => 'o',
        'đ' | 'ð' => 'd',
        'ı' => 'i',
        'ħ' => 'h',
        c => c,
    }
}

fn head(text: &str, count: usize) -> &str {
    text.char_indices()
        .nth(count)
        .map_or(text, |(end, _)| &text[..end])
}

fn tail(text: &str, count: usize) -> &str {
    let mut starts = text.char_indices().rev().map(|(start, _)| start);
    starts.nth(count - 1).map_or(text, |start| &text[start..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::Names;

    fn likeness(a: &str, b: &str) -> Option<Likeness> {
        let names = Names::default();
        let person = |text: &str| Person::new(names.name(text), text);
        let found = person(a).likeness(&person(b));
        let mut keys: Vec<Vec<String>> = Vec::new();
        for name in [a, b] {
            let mut all = Vec::new();
            person(name).keys(&mut |parts, tag| all.push(format!("{tag}{parts:?}")));
            keys.push(all);
        }
        let met = keys[0].iter().any(|key| keys[1].contains(key));
        assert!(found.is_none() || met, "{a} and {b} share no bucket");
        found
    }

    #[test]
    fn near_names() {
        for (a, b) in [
            ("Ryan Bellows", "ryan  bellows"),
            ("Ryan Bellows", "Bellows, Ryan"),
            ("Khaled A. Mohamed", "Khaled A Mohamed"),
            ("Ismael Briones-Vilar", "Ismael Briones Vilar"),
            ("Jörg Müller", "Jorg Muller"),
            ("Jan Piet", "JanPiet"),
            ("O'Brien", "O’Brien"),
        ] {
            assert_eq!(likeness(a, b), Some(Likeness::Spelling), "{a}, {b}");
        }
        for (a, b) in [
            ("Ryan Bellows", "Ryan Belows"),
            ("Malik Girondin", "Malik Girodnin"),
            ("Arvydas Jonusauskas", "Arvydas Jonuskauskis"),
            ("Richard Biolette", "Richard Violette"),
        ] {
            assert_eq!(likeness(a, b), Some(Likeness::Slip), "{a}, {b}");
        }
        assert_eq!(
            likeness("Joshua Beaman", "Joshua Freeman"),
            Some(Likeness::Perhaps)
        );
        for (a, b) in [
            ("Jon Smith", "Joe Smith"),
            ("Joshua Phillips", "Joshua Beaman"),
            ("Danika Nilson", "Daniyal Nadeem"),
            ("Maria Jones", "Mario Jones"),
            ("Team 2024", "Team 2025"),
            ("李明", "李娜"),
            ("", "…"),
        ] {
            assert_eq!(likeness(a, b), None, "{a}, {b}");
        }
    }
}
