//! What an entry says, so that two states of it can be compared: field by field, and in all.

use std::hash::Hasher;

use rustc_hash::{FxHashMap, FxHasher};

use super::essence::essence;
use super::newest::Newest;
use super::{Subject, date, prose};
use crate::schema::Schemas;
use crate::schema::plan::Met;
use crate::schema::vocabulary::{self, DateRole};
use crate::syntax::{Kind, Node};
use crate::text::Span;

/// What an entry says, as two numbers. Entries further in count by their IDs where they are copies,
/// and not at all where they are defined there; the day of the last change does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Content {
    /// Equal where every value is.
    pub exact: u64,
    /// Equal too where only the punctuation, white space, case and markup of prose differ, or lists
    /// repeat or nest what they say.
    pub words: u64,
}

/// A field of an entry, as it is compared and shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Equal where its value is; lists count without their order.
    pub hash: u64,
    /// Equal where its value means the same, however the format writes it: days without their
    /// notation, prose without its markup, names that stand alone or in an object. `None` where it
    /// says nothing, such as an empty list.
    pub meaning: Option<u64>,
    /// Whether it is the day of the last change.
    pub is_updated: bool,
    /// Its value: a text as it is, anything else as JSON.
    pub text: String,
}

/// What is known of the values in one entry when its content is taken.
pub struct Reading<'r, 'd> {
    subject: &'r Subject<'d>,
    /// Entries further in: the ID of a copy, nothing of a definition.
    inner: FxHashMap<Span, Option<&'d str>>,
    names: Newest<'d>,
}

impl<'r, 'd> Reading<'r, 'd> {
    /// Looks at one of the entries of a document. The schemas say what its fields are called by now;
    /// they may be newer than those that the document is checked by.
    #[must_use]
    pub fn new(subject: &'r Subject<'d>, all: &'r [Subject<'d>], schemas: &'d Schemas) -> Self {
        let own = subject.node.span();
        let inner = all.iter().filter(|other| {
            let span = other.node.span();
            span != own && own.contains(span)
        });
        let inner = inner.map(|other| {
            let id = other.id().map_or("", Node::text);
            (other.node.span(), other.copy.then_some(id))
        });
        Self {
            inner: inner.collect(),
            names: Newest::of(subject, schemas),
            subject,
        }
    }

    /// What the entry says in all.
    #[must_use]
    pub fn content(&self) -> Content {
        let of = |wording| {
            let own = self.own_fields();
            let own = own.filter(|(_, value)| !self.is_updated(*value));
            let mut fields: Vec<(&str, u64)> = own
                .filter_map(|(name, value)| Some((name, self.hash(value, wording)?)))
                .collect();
            fields.sort_unstable();
            let mut hasher = FxHasher::default();
            for (name, hash) in fields {
                hasher.write(name.as_bytes());
                hasher.write_u64(hash);
            }
            hasher.finish()
        };
        Content {
            exact: of(Wording::Exact),
            words: of(Wording::Words),
        }
    }

    /// Its fields, in the order of the file.
    #[must_use]
    pub fn fields(&self) -> Vec<Field> {
        self.own_fields()
            .map(|(name, value)| Field {
                name: name.to_owned(),
                hash: self.exact(value),
                meaning: self.hash(value, Wording::Essence),
                is_updated: self.is_updated(value),
                text: self.text(value),
            })
            .collect()
    }

    /// Fields that hold more than entries that are defined further in. An empty list says nothing,
    /// and so it is as if it were not there.
    fn own_fields(&self) -> impl Iterator<Item = (&'d str, Node<'d>)> {
        let entries = self.subject.node.entries();
        entries
            .map(|(key, value)| (self.names.name(key), value))
            .filter(|(_, value)| {
                let is_inner = |item: Node<'_>| self.inner.get(&item.span()) == Some(&None);
                value.kind() != Kind::Sequence || !value.items().all(is_inner)
            })
    }

    fn is_updated(&self, value: Node<'_>) -> bool {
        let mut dates = self.met(value).filter_map(|met| met.marks.date);
        dates.any(|date| date.role == DateRole::Updated)
    }

    /// A hash of a value; `None` where it says nothing.
    fn hash(&self, value: Node<'d>, wording: Wording) -> Option<u64> {
        if wording == Wording::Exact {
            return Some(self.exact(value));
        }
        match value.kind() {
            Kind::Null => None,
            Kind::Sequence => {
                let mut items = Vec::new();
                self.items(value, wording, &mut items);
                items.sort_unstable();
                items.dedup();
                (!items.is_empty()).then(|| hash_all(&items))
            }
            Kind::Mapping if value.len() == 1 => {
                let mut only = value.entries();
                only.find_map(|(_, only)| self.hash(only, wording))
            }
            Kind::Mapping => {
                let pairs = value.entries().filter_map(|(key, value)| {
                    let name = hash_of(self.names.name(key));
                    Some(hash_all(&[name, self.hash(value, wording)?]))
                });
                let mut pairs: Vec<u64> = pairs.collect();
                pairs.sort_unstable();
                (!pairs.is_empty()).then(|| hash_all(&pairs))
            }
            Kind::String => self.hash_of_text(value, wording),
            _ => Some(self.names.hash(value)),
        }
    }

    fn exact(&self, value: Node<'d>) -> u64 {
        if value.kind() != Kind::Sequence {
            return self.names.hash(value);
        }
        let items = value
            .items()
            .filter_map(|item| match self.inner.get(&item.span()) {
                Some(Some(id)) => Some(hash_of(id)),
                Some(None) => None,
                None => Some(self.exact(item)),
            });
        let mut items: Vec<u64> = items.collect();
        items.sort_unstable();
        hash_all(&items)
    }

    /// The items of a list, each as a hash; a list within it stands for its items.
    fn items(&self, list: Node<'d>, wording: Wording, found: &mut Vec<u64>) {
        for item in list.items() {
            match self.inner.get(&item.span()) {
                Some(Some(id)) => found.push(hash_of(id)),
                Some(None) => {}
                None if item.kind() == Kind::Sequence => self.items(item, wording, found),
                None => found.extend(self.hash(item, wording)),
            }
        }
    }

    fn hash_of_text(&self, value: Node<'d>, wording: Wording) -> Option<u64> {
        let text = value.text().trim();
        if text.is_empty() {
            return None;
        }
        let day = self.met(value).find_map(|met| met.marks.date);
        if let Some(day) = day.and_then(|mark| date(text, mark.notation)) {
            return Some(hash_of(&day.to_string()));
        }
        Some(match self.notation(value) {
            None => hash_of(text),
            // The words of Markdown include the addresses that it links to.
            Some(vocabulary::Prose::Markdown) if wording == Wording::Words => {
                prose::words_hash(text)
            }
            Some(notation) => hash_of(&essence(text, notation)),
        })
    }

    /// What the schema says of a value. Marked values stand in the order of the document.
    fn met(&self, value: Node<'_>) -> impl Iterator<Item = &'r Met<'d>> {
        let span = value.span();
        let fields = &self.subject.fields;
        let first = fields.partition_point(|met| met.node.span().start < span.start);
        let here = fields[first..].iter();
        let here = here.take_while(move |met| met.node.span().start == span.start);
        here.filter(move |met| met.node.span() == span)
    }

    /// How prose is written.
    fn notation(&self, value: Node<'_>) -> Option<vocabulary::Prose> {
        self.met(value).find_map(|met| met.marks.prose)
    }

    fn text(&self, value: Node<'d>) -> String {
        let shown = match value.kind() {
            Kind::Sequence => value
                .items()
                .filter_map(|item| match self.inner.get(&item.span()) {
                    Some(Some(id)) => Some(serde_json::Value::from(*id)),
                    Some(None) => None,
                    None => Some(self.names.value(item)),
                })
                .collect(),
            Kind::Mapping => self.names.value(value),
            _ => return value.text().to_owned(),
        };
        shown.to_string()
    }
}

/// How closely a value is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wording {
    /// All of it but the order of lists.
    Exact,
    /// What it means, by the words of prose: equal only within one format.
    Words,
    /// What it means, by the essence of prose: equal over formats.
    Essence,
}

fn hash_all(hashes: &[u64]) -> u64 {
    let mut hasher = FxHasher::default();
    hashes.iter().for_each(|hash| hasher.write_u64(*hash));
    hasher.finish()
}

fn hash_of(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(text.as_bytes());
    hasher.finish()
}
