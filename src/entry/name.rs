//! Texts that recur, by number.

use std::sync::{Arc, PoisonError, RwLock};

use rustc_hash::FxHashMap;

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
    numbers: FxHashMap<Arc<str>, Name>,
    texts: Vec<Arc<str>>,
}

impl Table {
    fn name(&mut self, text: &str) -> Name {
        if let Some(&name) = self.numbers.get(text) {
            return name;
        }
        let name = Name(self.texts.len() as u32);
        let text: Arc<str> = text.into();
        self.texts.push(Arc::clone(&text));
        self.numbers.insert(text, name);
        name
    }
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
            let find = |text: &&str| table.numbers.get(*text).copied();
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
        table.numbers.get(text).copied()
    }

    /// Whether a name stands for a text.
    #[must_use]
    pub fn is(&self, name: Name, text: &str) -> bool {
        let table = self.0.read().unwrap_or_else(PoisonError::into_inner);
        table.texts[name.number()].as_ref() == text
    }

    /// The text of a name.
    #[must_use]
    pub fn text(&self, name: Name) -> Arc<str> {
        let table = self.0.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&table.texts[name.number()])
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
}
