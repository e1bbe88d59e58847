//! Texts that recur, by number.

use std::hash::Hasher;
use std::sync::{Arc, PoisonError, RwLock};

use rustc_hash::FxHasher;

/// A text that recurs, such as an ID, by number. Equal texts of one [`Names`] have equal numbers;
/// the order of the numbers means nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(pub(super) u32);

impl Name {
    /// The number; the names of one [`Names`] have small ones.
    #[must_use]
    pub fn number(self) -> usize {
        self.0 as usize
    }
}

/// The number of a text that has no name yet.
const UNNAMED: Name = Name(u32::MAX);

/// The texts behind [`Name`]s; shared by all threads of a run.
#[derive(Debug, Default)]
pub struct Names(RwLock<Table>);

#[derive(Debug, Default)]
struct Table {
    /// All texts, one behind the other: so many short ones have no room for a header each.
    texts: String,
    /// Where each ends.
    ends: Vec<usize>,
    /// For each text, somewhere behind the slot that its hash says: 32 bits of the hash, and its number
    /// and one; 0 is free. A map would hold each text a second time. There are twice as many slots as
    /// texts at least, a power of two.
    slots: Vec<u64>,
}

impl Table {
    fn name(&mut self, text: &str) -> Name {
        if let Some(name) = self.find(text) {
            return name;
        }
        if self.slots.len() < 2 * (self.ends.len() + 1) {
            self.grow();
        }
        let name = Name(self.ends.len() as u32);
        self.texts.push_str(text);
        self.ends.push(self.texts.len());
        self.fill(hash(text), name);
        name
    }

    fn text(&self, name: Name) -> &str {
        let before = name.number().checked_sub(1);
        let start = before.map_or(0, |before| self.ends[before]);
        &self.texts[start..self.ends[name.number()]]
    }

    fn find(&self, text: &str) -> Option<Name> {
        let hash = hash(text);
        let slots = self.from(hash).map(|at| self.slots[at]);
        let mut filled = slots.take_while(|slot| *slot != 0);
        filled.find_map(|slot| {
            let name = Name(slot as u32 - 1);
            let is_it = slot >> 32 == hash >> 32 && self.text(name) == text;
            is_it.then_some(name)
        })
    }

    /// Every slot, from the one that a hash says.
    fn from(&self, hash: u64) -> impl Iterator<Item = usize> + use<> {
        let count = self.slots.len();
        let start = hash as usize;
        (0..count).map(move |step| start.wrapping_add(step) & (count - 1))
    }

    fn fill(&mut self, hash: u64, name: Name) {
        let free = self.from(hash).find(|at| self.slots[*at] == 0);
        if let Some(at) = free {
            self.slots[at] = (hash >> 32 << 32) | u64::from(name.0 + 1);
        }
    }

    fn grow(&mut self) {
        let count = (2 * self.slots.len()).max(1024);
        // The old slots go first, so that both are never there together.
        self.slots = Vec::new();
        self.slots.resize(count, 0);
        for number in 0..self.ends.len() {
            let name = Name(number as u32);
            self.fill(hash(self.text(name)), name);
        }
    }
}

fn hash(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(text.as_bytes());
    hasher.finish()
}

impl Names {
    /// The name of a text.
    pub fn name(&self, text: &str) -> Name {
        if let Some(name) = self.find(text) {
            return name;
        }
        let mut table = self.0.write().unwrap_or_else(PoisonError::into_inner);
        table.name(text)
    }

    /// The names of many texts. All threads share the table, so it is locked once for those that
    /// were met before, and once more where there are others.
    pub(super) fn all(&self, texts: &[&str]) -> Vec<Name> {
        let mut named: Vec<Name> = {
            let table = self.0.read().unwrap_or_else(PoisonError::into_inner);
            let find = |text: &&str| table.find(text);
            texts
                .iter()
                .map(|text| find(text).unwrap_or(UNNAMED))
                .collect()
        };
        if named.contains(&UNNAMED) {
            let mut table = self.0.write().unwrap_or_else(PoisonError::into_inner);
            for (name, text) in named.iter_mut().zip(texts) {
                if *name == UNNAMED {
                    *name = table.name(text);
                }
            }
        }
        named
    }

    /// The name of a text that was met before.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<Name> {
        let table = self.0.read().unwrap_or_else(PoisonError::into_inner);
        table.find(text)
    }

    /// Whether a name stands for a text.
    #[must_use]
    pub fn is(&self, name: Name, text: &str) -> bool {
        let table = self.0.read().unwrap_or_else(PoisonError::into_inner);
        table.text(name) == text
    }

    /// The text of a name.
    #[must_use]
    pub fn text(&self, name: Name) -> Arc<str> {
        let table = self.0.read().unwrap_or_else(PoisonError::into_inner);
        table.text(name).into()
    }
}

/// The series that an ID belongs to and its number in it: `MT012.` and 4, `PV` and 59. `None` for one
/// that does not end with a number.
#[must_use]
pub fn series(id: &str) -> Option<(&str, u64)> {
    let series = id.trim_end_matches(|c: char| c.is_ascii_digit());
    Some((series, id[series.len()..].parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_given_together_are_those_given_alone() {
        let names = Names::default();
        let known = names.name("MT001");
        let all = names.all(&["PV001", "MT001", "DT001", "PV001"]);
        assert_eq!(all[1], known);
        assert_eq!(all[0], all[3]);
        assert_eq!(names.find("DT001"), Some(all[2]));
        assert!(names.is(all[0], "PV001") && !names.is(all[0], "MT001"));
        assert_eq!(names.all(&[]), []);
    }

    #[test]
    fn many_names_are_found_again() {
        let names = Names::default();
        let text = |number: u32| format!("PV{number:03}");
        let named: Vec<Name> = (0..5000).map(|number| names.name(&text(number))).collect();
        for (number, name) in (0..).zip(named) {
            assert_eq!(names.find(&text(number)), Some(name));
            assert_eq!(*names.text(name), *text(number));
        }
        assert_eq!(names.find(&text(5000)), None);
        assert_eq!(names.find(""), None);
    }
}
