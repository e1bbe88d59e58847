//! Schema errors as typed facts about a place in the tree. The words are the rules'.

mod keyword;

use std::sync::Arc;

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use jsonschema::paths::{Location, LocationSegment};
use serde_json::Value;

use super::instance;
use super::plan::{Place, Plan, Step};
use crate::syntax::{Kind, Node, push_segment};
use crate::text::Span;
use keyword::{alternatives, simple};

/// One way in which an entry is not what its schema asks for.
#[derive(Clone, Debug)]
pub struct Violation {
    /// What is wrong.
    pub kind: ViolationKind,
    /// Where: the value, or the name of an unknown field.
    pub span: Span,
    /// JSON pointer to the value; of a missing field, to where it would be.
    pub pointer: String,
    /// The name of the field that the value stands in, for messages; empty at the root.
    pub field: String,
}

/// The kinds of [`Violation`].
#[derive(Clone, Debug)]
pub enum ViolationKind {
    /// A value of another type.
    Type {
        /// The types that are allowed.
        expected: Vec<Kind>,
        /// What is there.
        actual: Kind,
        /// The text of a scalar.
        text: String,
        /// Items of the same list with the same fault, this one included.
        items: usize,
    },
    /// A field is missing.
    Required {
        /// Its name.
        name: String,
        /// The field whose presence asks for it.
        because: Option<String>,
        /// What the schema gives as its default.
        default: Option<Value>,
        /// What the schema gives as an example.
        example: Option<String>,
    },
    /// A field that the schema does not know.
    UnknownField {
        /// Its name.
        name: String,
        /// Names that are known and not there yet.
        free: Vec<String>,
        /// All names that are known.
        known: Vec<String>,
    },
    /// A value that is not one of those allowed.
    Enum {
        /// What is there, in JSON.
        actual: String,
        /// The values that are allowed.
        allowed: Arc<Value>,
    },
    /// A text that does not fit a pattern.
    Pattern {
        /// The text.
        actual: String,
        /// The pattern (ECMA-262).
        pattern: String,
        /// A text that fits, if the schema gives one.
        example: Option<String>,
    },
    /// Too long or too short, too many or too few.
    Length {
        /// Whether it is too much rather than too little.
        too_much: bool,
        /// The limit.
        limit: u64,
        /// How much there is.
        actual: u64,
        /// What is counted: "characters", "items", "fields".
        unit: &'static str,
    },
    /// An item that a list holds already.
    DuplicateItem {
        /// The item, in JSON.
        item: String,
        /// Where it stands first.
        first: Span,
        /// Which item it is, from 0.
        index: usize,
    },
    /// Any other keyword.
    Other {
        /// The keyword.
        keyword: String,
        /// What it asks for, behind the name of the field: "must be at most 11".
        message: String,
    },
}

/// Turns the errors of a validator into violations, the meant branch of `anyOf` and `oneOf` first
/// chosen, at most `limit`.
pub fn collect<'e>(
    errors: impl Iterator<Item = ValidationError<'e>>,
    plan: &Plan,
    root: Node<'_>,
    limit: usize,
) -> Vec<Violation> {
    let mut collector = Collector {
        plan,
        root,
        limit,
        found: Vec::new(),
    };
    for error in errors {
        if collector.found.len() >= limit {
            break;
        }
        collector.error(&error);
    }
    let mut found = collector.found;
    found.sort_by(|a, b| (a.span, &a.pointer).cmp(&(b.span, &b.pointer)));
    fold_items(found)
}

/// Items of one list that have the wrong type in the same way become one violation at the first.
fn fold_items(found: Vec<Violation>) -> Vec<Violation> {
    let mut folded: Vec<Violation> = Vec::new();
    let mut heads: rustc_hash::FxHashMap<(String, Kind), usize> = rustc_hash::FxHashMap::default();
    for violation in found {
        let ViolationKind::Type { actual, .. } = violation.kind else {
            folded.push(violation);
            continue;
        };
        let Some((list, index)) = violation.pointer.rsplit_once('/') else {
            folded.push(violation);
            continue;
        };
        if index.parse::<usize>().is_err() {
            folded.push(violation);
            continue;
        }
        let key = (list.to_owned(), actual);
        match heads.get(&key) {
            Some(&head) => {
                if let ViolationKind::Type { items, .. } = &mut folded[head].kind {
                    *items += 1;
                }
            }
            None => {
                heads.insert(key, folded.len());
                folded.push(violation);
            }
        }
    }
    folded
}

impl std::hash::Hash for Kind {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        std::mem::discriminant(self).hash(state);
    }
}

struct Collector<'p, 'd> {
    plan: &'p Plan,
    root: Node<'d>,
    limit: usize,
    found: Vec<Violation>,
}

/// Where an error points.
struct Spot<'p, 'd> {
    node: Node<'d>,
    place: Option<&'p Place>,
    /// The group that the value stands in.
    around: Option<(&'p Place, Node<'d>)>,
    pointer: String,
    field: String,
}

impl<'d> Spot<'_, 'd> {
    /// The old name of its field, where that stands in the same group.
    fn old_name(&self) -> Option<Node<'d>> {
        let (place, group) = self.around?;
        let old = place.renames().iter().map(|rename| &rename.from);
        let mut old = old.filter(|old| place.newest(old) == self.field);
        old.find_map(|old| group.pair(old)).map(|(key, _)| key)
    }
}

impl<'p, 'd> Collector<'p, 'd> {
    fn spot(&self, path: &Location) -> Spot<'p, 'd> {
        let mut spot = Spot {
            node: self.root,
            place: Some(self.plan.root()),
            around: None,
            pointer: String::new(),
            field: String::new(),
        };
        for segment in path {
            let (step, node) = match &segment {
                LocationSegment::Property(name) => {
                    push_segment(&mut spot.pointer, name);
                    spot.field = name.to_string();
                    (Step::Name(name), spot.node.get(name))
                }
                LocationSegment::Index(index) if spot.node.kind() == Kind::Sequence => {
                    push_segment(&mut spot.pointer, &index.to_string());
                    (Step::Index(*index), spot.node.items().nth(*index))
                }
                // A path cannot tell the name `1` from the index 1; the tree can.
                LocationSegment::Index(index) => {
                    let name = index.to_string();
                    push_segment(&mut spot.pointer, &name);
                    let node = spot.node.get(&name);
                    spot.place = None;
                    spot.field = name;
                    (Step::Index(*index), node)
                }
            };
            spot.around = spot.place.map(|place| (place, spot.node));
            spot.place = spot.place.and_then(|place| self.plan.child(place, step));
            let Some(node) = node else { break };
            spot.node = node;
        }
        spot
    }

    fn error(&mut self, error: &ValidationError<'_>) {
        let spot = self.spot(error.instance_path());
        match error.kind() {
            ValidationErrorKind::AnyOf { context }
            | ValidationErrorKind::OneOfNotValid { context } => {
                self.branches(context, &spot, error);
            }
            ValidationErrorKind::AdditionalProperties { unexpected }
            | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
                self.unknown_fields(unexpected, &spot);
            }
            ValidationErrorKind::Required { property } => self.required(property, &spot, error),
            ValidationErrorKind::UniqueItems => self.duplicate_items(&spot),
            ValidationErrorKind::PropertyNames { error } => {
                self.bad_name(&spot, error);
            }
            ValidationErrorKind::FalseSchema if spot.old_name().is_some() => {
                self.both_names(&spot);
            }
            kind => {
                let kind = simple(kind, &spot);
                self.push(&spot, kind);
            }
        }
    }

    fn push(&mut self, spot: &Spot<'_, '_>, kind: ViolationKind) {
        self.found.push(Violation {
            kind,
            span: spot.node.span(),
            pointer: spot.pointer.clone(),
            field: spot.field.clone(),
        });
    }

    /// Reports the branch that was meant: the one whose errors lie deepest, then the one with the
    /// fewest. Where that does not decide, all there is to say is that none fits.
    fn branches(
        &mut self,
        context: &[Vec<ValidationError<'static>>],
        spot: &Spot<'_, '_>,
        error: &ValidationError<'_>,
    ) {
        let depth = |error: &ValidationError<'_>| error.instance_path().into_iter().count();
        let here = depth(error);
        // A branch that fails on the value itself, by type or by a missing field, was not meant.
        let rank = |branch: &Vec<ValidationError<'static>>| {
            let on_itself = branch.iter().filter(|error| depth(error) <= here).count();
            (on_itself, branch.len())
        };
        let mut ranked: Vec<_> = context
            .iter()
            .map(|branch| (rank(branch), branch))
            .collect();
        ranked.sort_by_key(|(rank, _)| *rank);
        let meant = match ranked.as_slice() {
            [(_, only)] => Some(*only),
            [(first, branch), (second, _), ..] if first < second => Some(*branch),
            _ => None,
        };
        match meant {
            Some(branch) if self.found.len() < self.limit => {
                for error in branch {
                    self.error(error);
                }
            }
            _ => self.push(
                spot,
                ViolationKind::Other {
                    keyword: error.kind().keyword().to_owned(),
                    message: alternatives(context),
                },
            ),
        }
    }

    fn unknown_fields(&mut self, names: &[String], spot: &Spot<'_, '_>) {
        let known: Vec<String> = spot
            .place
            .into_iter()
            .flat_map(Place::field_names)
            .map(str::to_owned)
            .collect();
        let free: Vec<String> = known
            .iter()
            .filter(|name| {
                let place = spot.place;
                place.is_none_or(|place| place.value_in(spot.node, name).is_none())
            })
            .cloned()
            .collect();
        let room = self.limit.saturating_sub(self.found.len());
        for name in names.iter().take(room) {
            let mut pointer = spot.pointer.clone();
            push_segment(&mut pointer, name);
            let span = spot
                .node
                .pair(name)
                .map_or(spot.node.span(), |(key, _)| key.span());
            self.found.push(Violation {
                kind: ViolationKind::UnknownField {
                    name: name.clone(),
                    free: free.clone(),
                    known: known.clone(),
                },
                span,
                pointer,
                field: spot.field.clone(),
            });
        }
    }

    fn required(&mut self, property: &Value, spot: &Spot<'_, '_>, error: &ValidationError<'_>) {
        let Some(name) = property.as_str() else {
            return;
        };
        let field = spot
            .place
            .and_then(|place| self.plan.child(place, Step::Name(name)));
        let schema_path = error.schema_path().as_str();
        let because = schema_path
            .split_once("/dependentRequired/")
            .map(|(_, rest)| rest.split('/').next().unwrap_or(rest).to_owned());
        let mut pointer = spot.pointer.clone();
        push_segment(&mut pointer, name);
        // The place of what is missing: the first name of the group that should hold it.
        let span = spot
            .node
            .entries()
            .next()
            .map_or(spot.node.span(), |(key, _)| key.span());
        self.found.push(Violation {
            kind: ViolationKind::Required {
                name: name.to_owned(),
                because,
                default: field.and_then(|place| place.marks.default.clone()),
                example: field.and_then(|place| place.marks.example.clone()),
            },
            span,
            pointer,
            field: spot.field.clone(),
        });
    }

    fn duplicate_items(&mut self, spot: &Spot<'_, '_>) {
        let mut seen: rustc_hash::FxHashMap<String, Span> = rustc_hash::FxHashMap::default();
        let mut found = Vec::new();
        for (index, item) in spot.node.items().enumerate() {
            let text = instance::value(item).to_string();
            match seen.get(&text) {
                Some(&first) => found.push((index, item, text, first)),
                None => {
                    seen.insert(text, item.span());
                }
            }
        }
        for (index, item, text, first) in found {
            let mut pointer = spot.pointer.clone();
            push_segment(&mut pointer, &index.to_string());
            self.found.push(Violation {
                kind: ViolationKind::DuplicateItem {
                    item: text,
                    first,
                    index,
                },
                span: item.span(),
                pointer,
                field: spot.field.clone(),
            });
        }
    }

    /// A field that is there under its old name and under its new one.
    fn both_names(&mut self, spot: &Spot<'_, '_>) {
        let Some(old) = spot.old_name() else { return };
        let message = format!(
            "stands beside `{}`, its old name; keep one of the two",
            old.text()
        );
        self.push(
            spot,
            ViolationKind::Other {
                keyword: "x-renamed".to_owned(),
                message,
            },
        );
    }

    fn bad_name(&mut self, spot: &Spot<'_, '_>, error: &ValidationError<'_>) {
        let message = format!(
            "has a name that is not allowed ({})",
            error.kind().keyword()
        );
        self.push(
            spot,
            ViolationKind::Other {
                keyword: "propertyNames".to_owned(),
                message,
            },
        );
    }
}
