//! What an entry says, so that two states of it can be compared: field by field, and in all.

use std::hash::Hasher;

use rustc_hash::{FxHashMap, FxHasher};

use super::{Subject, content_hash, prose};
use crate::schema::vocabulary::DateRole;
use crate::syntax::{Kind, Node};
use crate::text::Span;

/// What an entry says, as two numbers. Entries further in count by their IDs where they are copies,
/// and not at all where they are defined there; the day of the last change does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Content {
    /// Equal where every value is.
    pub exact: u64,
    /// Equal too where prose differs only in punctuation, white space, case and tags.
    pub words: u64,
}

/// A field of an entry, as it is compared and shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Equal where its value is; lists count without their order.
    pub hash: u64,
    /// Its value: a text as it is, anything else as JSON.
    pub text: String,
}

/// What is known of the values in one entry when its content is taken.
pub struct Reading<'r, 'd> {
    subject: &'r Subject<'d>,
    /// Entries further in: the ID of a copy, nothing of a definition.
    inner: FxHashMap<Span, Option<&'d str>>,
}

impl<'r, 'd> Reading<'r, 'd> {
    /// Looks at one of the entries of a document.
    #[must_use]
    pub fn new(subject: &'r Subject<'d>, all: &'r [Subject<'d>]) -> Self {
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
            subject,
        }
    }

    /// What the entry says in all.
    #[must_use]
    pub fn content(&self) -> Content {
        let of = |wording| {
            let mut fields: Vec<(&str, u64)> = self
                .own_fields()
                .filter(|(_, value)| !self.is_updated(*value))
                .map(|(name, value)| (name, self.hash(value, wording)))
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
                hash: self.hash(value, Wording::Exact),
                text: self.text(value),
            })
            .collect()
    }

    /// Fields that hold more than entries that are defined further in.
    fn own_fields(&self) -> impl Iterator<Item = (&'d str, Node<'d>)> {
        let entries = self.subject.node.entries();
        entries
            .map(|(key, value)| (key.text(), value))
            .filter(|(_, value)| {
                let mut items = value.items().peekable();
                let is_list = items.peek().is_some();
                !is_list || items.any(|item| self.inner.get(&item.span()) != Some(&None))
            })
    }

    fn is_updated(&self, value: Node<'_>) -> bool {
        self.subject.fields.iter().any(|met| {
            let date = met.marks.date;
            met.node.span() == value.span()
                && date.is_some_and(|date| date.role == DateRole::Updated)
        })
    }

    fn hash(&self, value: Node<'d>, wording: Wording) -> u64 {
        if value.kind() == Kind::Sequence {
            let mut items: Vec<u64> = value
                .items()
                .filter_map(|item| match self.inner.get(&item.span()) {
                    Some(Some(id)) => Some(hash_of(id)),
                    Some(None) => None,
                    None => Some(self.hash(item, wording)),
                })
                .collect();
            items.sort_unstable();
            let mut hasher = FxHasher::default();
            hasher.write_usize(items.len());
            items.iter().for_each(|item| hasher.write_u64(*item));
            return hasher.finish();
        }
        if wording == Wording::Words && self.is_prose(value) {
            return prose::words_hash(value.text());
        }
        content_hash(value)
    }

    fn is_prose(&self, value: Node<'_>) -> bool {
        let mut fields = self.subject.fields.iter();
        fields.any(|met| met.marks.prose.is_some() && met.node.span() == value.span())
    }

    fn text(&self, value: Node<'d>) -> String {
        let shown = match value.kind() {
            Kind::Sequence => value
                .items()
                .filter_map(|item| match self.inner.get(&item.span()) {
                    Some(Some(id)) => Some(serde_json::Value::from(*id)),
                    Some(None) => None,
                    None => Some(crate::schema::instance::value(item)),
                })
                .collect(),
            Kind::Mapping => crate::schema::instance::value(value),
            _ => return value.text().to_owned(),
        };
        shown.to_string()
    }
}

/// How closely prose is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wording {
    Exact,
    Words,
}

fn hash_of(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(text.as_bytes());
    hasher.finish()
}
