//! What a migration does not keep, or does not keep as it was: what, where and why.

use serde::Serialize;

/// How much is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// It is not in the target.
    Dropped,
    /// It is in the target, said in another way.
    Changed,
    /// Nothing is lost, but a person should know.
    Note,
}

impl Class {
    /// The word that is printed.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dropped => "dropped",
            Self::Changed => "changed",
            Self::Note => "note",
        }
    }
}

/// A place in the source.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Spot {
    /// The file, relative to the source with `/`; empty where the source is one file.
    pub file: String,
    /// A JSON pointer (RFC 6901) to the value.
    pub pointer: String,
}

/// One item of the loss report.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Loss {
    /// How much.
    pub class: Class,
    /// Names the sort of loss, in kebab-case: `nested-list`.
    pub code: &'static str,
    /// The ID of the entry, where it is one.
    pub entry: Option<String>,
    /// What happens to which value.
    pub what: String,
    /// Why.
    pub why: &'static str,
    /// Where; a control that is copied into many entries is in many places.
    pub places: Vec<Spot>,
}

impl Loss {
    /// Whether `--strict` refuses it.
    #[must_use]
    pub fn is_loss(&self) -> bool {
        self.class != Class::Note
    }
}

/// The items of a migration, as they are found.
#[derive(Clone, Debug, Default)]
pub struct Losses {
    items: Vec<Loss>,
}

impl Losses {
    /// Adds an item at one place.
    pub fn add(
        &mut self,
        (class, code, why): Sort,
        entry: Option<&str>,
        what: impl Into<String>,
        place: Spot,
    ) {
        self.items.push(Loss {
            class,
            code,
            entry: entry.map(str::to_owned),
            what: what.into(),
            why,
            places: vec![place],
        });
    }

    /// Adds what another part of the work found.
    pub fn extend(&mut self, other: Self) {
        self.items.extend(other.items);
    }

    /// Adds what was found in something that stands in several places.
    pub fn spread(&mut self, other: Self, prefixes: &[String]) {
        for item in other.items {
            let places = item.places.iter().flat_map(|place| {
                prefixes.iter().map(|prefix| Spot {
                    file: place.file.clone(),
                    pointer: format!("{prefix}{}", place.pointer),
                })
            });
            let places = places.collect();
            self.items.push(Loss { places, ..item });
        }
    }

    /// All items, those that say the same of one entry as one, in an order that does not depend on
    /// threads.
    #[must_use]
    pub fn finish(mut self) -> Vec<Loss> {
        self.items.sort();
        let mut out: Vec<Loss> = Vec::new();
        for item in self.items {
            match out.last_mut() {
                Some(last)
                    if (last.code, &last.entry, &last.what)
                        == (item.code, &item.entry, &item.what) =>
                {
                    last.places.extend(item.places);
                }
                _ => out.push(item),
            }
        }
        for item in &mut out {
            item.places.sort();
            item.places.dedup();
        }
        out
    }
}

/// A sort of loss: how much, its name, and why.
pub type Sort = (Class, &'static str, &'static str);

/// Comments have no place in data.
pub const COMMENT: Sort = (
    Class::Dropped,
    "comment",
    "the target has no comments, or is written anew",
);
/// A file that is no entry stays where it is.
pub const NO_ENTRY: Sort = (
    Class::Dropped,
    "no-entry",
    "only entries are migrated; copy the file by hand",
);
/// Unknown fields that belong to nothing.
pub const NO_OWNER: Sort = (
    Class::Dropped,
    "no-owner",
    "there is no such entry any more; remove the line",
);
/// Anchors are written out.
pub const ALIAS: Sort = (
    Class::Changed,
    "alias",
    "the target has no anchors; the value is written wherever it is used",
);
/// A field that no schema of the entries knows.
pub const UNKNOWN_FIELD: Sort = (
    Class::Note,
    "unknown-field",
    "no schema of the entries knows the field; it is kept in unknown-fields.jsonl for the way back",
);
