//! What the fields of an entry are called in the newest format version, whatever its file calls
//! them.

use rustc_hash::FxHashMap;
use serde_json::{Map, Value};

use super::{Subject, content_hash, named_hash};
use crate::schema::plan::{Place, Plan, Step};
use crate::schema::{Schemas, instance};
use crate::syntax::{Kind, Node};
use crate::text::Span;

/// Fields with a name that the newest schema of an entry's kind calls old. An entry within another
/// file, as in a release, is called as in a file of its own.
#[derive(Default)]
pub(super) struct Newest<'d>(FxHashMap<Span, &'d str>);

impl<'d> Newest<'d> {
    pub(super) fn of(subject: &Subject<'d>, schemas: &'d Schemas) -> Self {
        let mut names = Self::default();
        let entry = subject.place.marks.entry.as_ref();
        let Some(plan) = entry.and_then(|entry| schemas.plan_of_entry(&entry.kind)) else {
            return names;
        };
        let is_own = std::ptr::eq(plan, subject.plan);
        let is_old = || {
            let mut fields = subject.fields.iter();
            fields.any(|met| met.marks.renamed.is_some())
        };
        // Nearly every file is of the newest version, and has nothing to look up.
        if plan.version() > 1 && (!is_own || is_old()) {
            names.find(plan, plan.root(), subject.node);
        }
        names
    }

    fn find(&mut self, plan: &'d Plan, place: &'d Place, node: Node<'d>) {
        for (index, (key, value)) in node.children().enumerate() {
            let step = match key {
                Some(key) => {
                    let name = place.newest(key.text());
                    if name != key.text() {
                        self.0.insert(key.span(), name);
                    }
                    Step::Name(key.text())
                }
                None => Step::Index(index),
            };
            if let Some(place) = plan.child(place, step) {
                self.find(plan, place, value);
            }
        }
    }

    /// What a field is called.
    pub(super) fn name(&self, key: Node<'d>) -> &'d str {
        match self.0.is_empty() {
            true => key.text(),
            false => self.0.get(&key.span()).copied().unwrap_or(key.text()),
        }
    }

    /// As [`content_hash`].
    pub(super) fn hash(&self, node: Node<'d>) -> u64 {
        match self.0.is_empty() {
            true => content_hash(node),
            false => named_hash(node, &|key| self.name(key)),
        }
    }

    /// As [`instance::value`].
    pub(super) fn value(&self, node: Node<'d>) -> Value {
        match node.kind() {
            _ if self.0.is_empty() => instance::value(node),
            Kind::Sequence => node.items().map(|item| self.value(item)).collect(),
            Kind::Mapping => {
                let pairs = node.entries();
                let pairs =
                    pairs.map(|(key, value)| (self.name(key).to_owned(), self.value(value)));
                Value::Object(pairs.collect::<Map<_, _>>())
            }
            _ => instance::value(node),
        }
    }
}
