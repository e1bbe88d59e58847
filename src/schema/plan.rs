//! A schema compiled to where its marks can be met, so that a document is walked once.

use std::collections::BTreeSet;

use regex::Regex;
use rustc_hash::FxHashMap;
use serde_json::{Map, Value};

use super::vocabulary::Marks;
use crate::syntax::{Kind, Node};

/// Where the marks of a schema lie. Recursive schemas give a cyclic graph.
#[derive(Debug, Default)]
pub struct Plan {
    places: Vec<Place>,
}

/// All schemas that apply to one place, taken together.
#[derive(Debug, Default)]
pub struct Place {
    /// What they say.
    pub marks: Marks,
    /// Named fields, in the order of the schema.
    fields: Vec<(Box<str>, u32)>,
    patterns: Vec<(Regex, u32)>,
    other_fields: Option<u32>,
    prefix: Vec<u32>,
    items: Option<u32>,
    /// Fields that others ask for (`dependentRequired`), each behind the one that asks.
    dependent: Vec<(Box<str>, Box<str>)>,
    /// Whether a watched mark can be met here or below.
    live: bool,
}

/// A marked value of a document.
#[derive(Clone, Copy)]
pub struct Met<'d> {
    /// What the schemas say about it.
    pub marks: &'d Marks,
    /// The value.
    pub node: Node<'d>,
    /// Its name, where it is the value of a field.
    pub key: Option<Node<'d>>,
}

/// Gives the schema that a `$ref` in a file means, and the file it is in.
pub trait Resolve {
    /// Looks up `reference` as it is written in the schema file `base`.
    ///
    /// # Errors
    ///
    /// A message where it leads nowhere, or outside.
    fn resolve(&self, base: &str, reference: &str) -> Result<(String, &Value), String>;
}

/// What is wrong with a schema: its file, a JSON pointer into it, and a message.
#[derive(Debug)]
pub struct PlanError {
    /// The schema file.
    pub file: String,
    /// JSON pointer to the keyword.
    pub pointer: String,
    /// What is wrong.
    pub message: String,
}

/// Schemas beyond which a plan is refused; the real ones have a few dozen.
const MAX_PLACES: usize = 20_000;

/// Schemas that may apply to one value, counted once for each way that leads to them.
const MAX_BRANCHES: usize = 4_000;

impl Plan {
    /// Compiles the schema at the root of a file.
    ///
    /// # Errors
    ///
    /// A keyword that is misused, or a reference that leads nowhere.
    pub fn compile(file: &str, schema: &Value, resolver: &dyn Resolve) -> Result<Self, PlanError> {
        let mut compiler = Compiler {
            resolver,
            plan: Self::default(),
            known: FxHashMap::default(),
            queue: Vec::new(),
        };
        let start = Part {
            file: file.to_owned(),
            pointer: String::new(),
            schema,
        };
        compiler.place(vec![start]);
        while let Some((at, parts)) = compiler.queue.pop() {
            compiler.fill(at, parts)?;
            if compiler.plan.places.len() > MAX_PLACES {
                return Err(PlanError {
                    file: file.to_owned(),
                    pointer: String::new(),
                    message: "the schema has too many parts".to_owned(),
                });
            }
        }
        compiler.plan.mark_live();
        Ok(compiler.plan)
    }

    /// The marks of the root.
    #[must_use]
    pub fn root(&self) -> &Place {
        &self.places[0]
    }

    /// Every place.
    pub fn places(&self) -> impl Iterator<Item = &Place> {
        self.places.iter()
    }

    /// The place of a value below another.
    #[must_use]
    pub fn child(&self, place: &Place, step: Step<'_>) -> Option<&Place> {
        let at = match step {
            Step::Name(name) => place.field(name),
            Step::Index(index) => place.item(index),
        };
        at.map(|at| &self.places[at as usize])
    }

    /// The place that the tokens of a JSON pointer lead to.
    #[must_use]
    pub fn at<'p>(&'p self, steps: impl Iterator<Item = Step<'p>>) -> Option<&'p Place> {
        let mut place = self.root();
        for step in steps {
            place = self.child(place, step)?;
        }
        Some(place)
    }

    /// Visits every watched value of a document, parents first, in document order. `leave` is
    /// called behind each value that `enter` was called for.
    pub fn walk<'d, V: Visit<'d>>(&'d self, root: Node<'d>, visitor: &mut V) {
        self.visit(0, None, root, visitor);
    }

    fn visit<'d, V: Visit<'d>>(
        &'d self,
        at: u32,
        key: Option<Node<'d>>,
        node: Node<'d>,
        visitor: &mut V,
    ) {
        let place = &self.places[at as usize];
        if !place.live {
            return;
        }
        let watched = place.marks.is_watched();
        if watched {
            let marks = &place.marks;
            visitor.enter(place, Met { marks, node, key });
        }
        match node.kind() {
            Kind::Mapping => {
                for (key, value) in node.entries() {
                    if let Some(child) = place.field(key.text()) {
                        self.visit(child, Some(key), value, visitor);
                    }
                }
            }
            Kind::Sequence => {
                for (index, value) in node.items().enumerate() {
                    if let Some(child) = place.item(index) {
                        self.visit(child, None, value, visitor);
                    }
                }
            }
            _ => {}
        }
        if watched {
            visitor.leave(place);
        }
    }

    /// Spreads `live` from the watched places to all that lead to them.
    fn mark_live(&mut self) {
        for place in &mut self.places {
            place.live = place.marks.is_watched();
        }
        let mut changed = true;
        while changed {
            changed = false;
            for at in 0..self.places.len() {
                let place = &self.places[at];
                if !place.live
                    && place
                        .children()
                        .any(|child| self.places[child as usize].live)
                {
                    self.places[at].live = true;
                    changed = true;
                }
            }
        }
    }
}

/// What happens at the values of a document that a plan watches.
pub trait Visit<'d> {
    /// A value, before those below it.
    fn enter(&mut self, place: &'d Place, met: Met<'d>);
    /// The same value, behind those below it.
    fn leave(&mut self, place: &'d Place);
}

/// One token of a path into a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// A field's name.
    Name(&'a str),
    /// An item's index, from 0.
    Index(usize),
}

impl Place {
    /// Names of the fields that the schemas know here, in their order.
    pub fn field_names(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(|(name, _)| name.as_ref())
    }

    /// The fields that the schemas know here, with where they lead.
    pub fn fields<'p>(&'p self, plan: &'p Plan) -> impl Iterator<Item = (&'p str, &'p Place)> {
        self.fields
            .iter()
            .map(|(name, at)| (name.as_ref(), &plan.places[*at as usize]))
    }

    /// Fields that must stand beside another.
    pub fn required_with<'p>(&'p self, name: &'p str) -> impl Iterator<Item = &'p str> {
        let asked = self
            .dependent
            .iter()
            .filter(move |(by, _)| by.as_ref() == name);
        asked.map(|(_, field)| field.as_ref())
    }

    fn field(&self, name: &str) -> Option<u32> {
        let named = self.fields.iter().find(|(field, _)| field.as_ref() == name);
        if let Some((_, at)) = named {
            return Some(*at);
        }
        let matching = self
            .patterns
            .iter()
            .find(|(pattern, _)| pattern.is_match(name));
        matching.map(|(_, at)| *at).or(self.other_fields)
    }

    fn item(&self, index: usize) -> Option<u32> {
        self.prefix.get(index).copied().or(self.items)
    }

    fn children(&self) -> impl Iterator<Item = u32> {
        let fields = self.fields.iter().map(|(_, at)| *at);
        let patterns = self.patterns.iter().map(|(_, at)| *at);
        let rest = [self.other_fields, self.items].into_iter().flatten();
        fields
            .chain(patterns)
            .chain(self.prefix.iter().copied())
            .chain(rest)
    }
}

/// One schema object and where it stands.
#[derive(Clone)]
struct Part<'s> {
    file: String,
    pointer: String,
    schema: &'s Value,
}

impl<'s> Part<'s> {
    fn below(&self, tokens: &[&str], schema: &'s Value) -> Self {
        let mut pointer = self.pointer.clone();
        for token in tokens {
            crate::syntax::push_segment(&mut pointer, token);
        }
        Self {
            file: self.file.clone(),
            pointer,
            schema,
        }
    }

    fn error(&self, keyword: &str, message: String) -> PlanError {
        PlanError {
            file: self.file.clone(),
            pointer: self.below(&[keyword], self.schema).pointer,
            message,
        }
    }
}

/// `dependentRequired` as pairs: the field that asks, and one that it asks for.
fn dependent(object: &Map<String, Value>) -> Vec<(Box<str>, Box<str>)> {
    let asked = object.get("dependentRequired").and_then(Value::as_object);
    let pairs = asked.into_iter().flatten().flat_map(|(by, fields)| {
        let fields = fields.as_array().into_iter().flatten();
        let names = fields.filter_map(Value::as_str);
        names.map(move |name| (by.as_str().into(), name.into()))
    });
    pairs.collect()
}

/// A schema that applies to a place, opened.
type Opened<'s> = (Part<'s>, &'s Map<String, Value>);

struct Compiler<'s> {
    resolver: &'s dyn Resolve,
    plan: Plan,
    /// Places by the schemas that apply to them.
    known: FxHashMap<Vec<(String, String)>, u32>,
    queue: Vec<(u32, Vec<Part<'s>>)>,
}

/// Keywords whose subschemas apply to the same value.
const IN_PLACE_LISTS: [&str; 3] = ["allOf", "anyOf", "oneOf"];
const IN_PLACE: [&str; 2] = ["then", "else"];
/// A dynamic reference is followed to the anchor in its own file, where it starts.
const REFERENCES: [&str; 2] = ["$ref", "$dynamicRef"];

impl<'s> Compiler<'s> {
    /// The place for a set of schemas; queued where it is new.
    fn place(&mut self, mut parts: Vec<Part<'s>>) -> u32 {
        parts.sort_by(|a, b| (&a.file, &a.pointer).cmp(&(&b.file, &b.pointer)));
        parts.dedup_by(|a, b| a.file == b.file && a.pointer == b.pointer);
        let name: Vec<_> = parts
            .iter()
            .map(|part| (part.file.clone(), part.pointer.clone()))
            .collect();
        if let Some(&at) = self.known.get(&name) {
            return at;
        }
        let at = self.plan.places.len() as u32;
        self.plan.places.push(Place::default());
        self.known.insert(name, at);
        self.queue.push((at, parts));
        at
    }

    fn fill(&mut self, at: u32, parts: Vec<Part<'s>>) -> Result<(), PlanError> {
        self.check_branches(&parts)?;
        let parts = self.close(parts)?;
        let mut place = Place::default();
        let mut names: Vec<&'s str> = Vec::new();
        for (_, object) in &parts {
            if let Some(Value::Object(properties)) = object.get("properties") {
                for name in properties.keys() {
                    if !names.contains(&name.as_str()) {
                        names.push(name);
                    }
                }
            }
        }
        for (_, object) in &parts {
            place.dependent.extend(dependent(object));
        }
        for (part, object) in &parts {
            let marks = Marks::read(object).map_err(|(keyword, m)| part.error(&keyword, m))?;
            place.marks.merge(&marks);
        }
        for name in names {
            let below = self.below_field(&parts, name);
            let child = self.place(below);
            place.fields.push((name.into(), child));
        }
        self.fill_patterns(&parts, &mut place)?;
        let others = gather(&parts, "additionalProperties");
        if !others.is_empty() {
            place.other_fields = Some(self.place(others));
        }
        self.fill_items(&parts, &mut place);
        self.plan.places[at as usize] = place;
        Ok(())
    }

    /// Adds every schema that applies to the same value: by reference, and branches too, because a
    /// mark in a branch is worth looking at whichever branch is meant.
    fn close(&self, mut parts: Vec<Part<'s>>) -> Result<Vec<Opened<'s>>, PlanError> {
        let mut closed: Vec<Opened<'s>> = Vec::new();
        let mut seen: BTreeSet<(String, String)> = BTreeSet::new();
        parts.reverse();
        while let Some(part) = parts.pop() {
            let Value::Object(object) = part.schema else {
                continue;
            };
            if !seen.insert((part.file.clone(), part.pointer.clone())) {
                continue;
            }
            self.in_place(&part, object, &mut parts)?;
            closed.push((part, object));
        }
        Ok(closed)
    }

    /// Refuses a schema that asks for too much work at one place: a validator tries every branch,
    /// and branches of branches double each time; a reference to itself never ends.
    fn check_branches(&self, parts: &[Part<'s>]) -> Result<(), PlanError> {
        let mut pending: Vec<Part<'s>> = parts.to_vec();
        let mut count = 0;
        while let Some(part) = pending.pop() {
            count += 1;
            if count > MAX_BRANCHES {
                let message = "the schema branches or refers to itself too often here".to_owned();
                return Err(PlanError {
                    file: part.file,
                    pointer: part.pointer,
                    message,
                });
            }
            if let Value::Object(object) = part.schema {
                self.in_place(&part, object, &mut pending)?;
            }
        }
        Ok(())
    }

    /// Adds the schemas that apply to the same value as `part`.
    fn in_place(
        &self,
        part: &Part<'s>,
        object: &'s Map<String, Value>,
        found: &mut Vec<Part<'s>>,
    ) -> Result<(), PlanError> {
        for keyword in REFERENCES {
            if let Some(Value::String(reference)) = object.get(keyword) {
                found.push(self.follow(part, keyword, reference)?);
            }
        }
        for keyword in IN_PLACE {
            if let Some(schema) = object.get(keyword) {
                found.push(part.below(&[keyword], schema));
            }
        }
        for keyword in IN_PLACE_LISTS {
            let list = object.get(keyword).and_then(Value::as_array);
            for (index, schema) in list.into_iter().flatten().enumerate() {
                found.push(part.below(&[keyword, &index.to_string()], schema));
            }
        }
        Ok(())
    }

    fn follow(
        &self,
        part: &Part<'s>,
        keyword: &str,
        reference: &str,
    ) -> Result<Part<'s>, PlanError> {
        let (file, schema) = self
            .resolver
            .resolve(&part.file, reference)
            .map_err(|message| part.error(keyword, message))?;
        let fragment = reference
            .split_once('#')
            .map_or("", |(_, fragment)| fragment);
        Ok(Part {
            file,
            pointer: fragment.to_owned(),
            schema,
        })
    }

    /// The schemas of one named field, over all schemas of the object.
    fn below_field(&self, parts: &[Opened<'s>], name: &str) -> Vec<Part<'s>> {
        let mut below = Vec::new();
        for (part, object) in parts {
            if let Some(schema) = object.get("properties").and_then(|all| all.get(name)) {
                below.push(part.below(&["properties", name], schema));
            }
        }
        below
    }

    fn fill_patterns(&mut self, parts: &[Opened<'s>], place: &mut Place) -> Result<(), PlanError> {
        for (part, object) in parts {
            let Some(Value::Object(patterns)) = object.get("patternProperties") else {
                continue;
            };
            for (pattern, schema) in patterns {
                let compiled = Regex::new(pattern).map_err(|_| {
                    part.error(
                        "patternProperties",
                        format!("`{pattern}` is not a regular expression"),
                    )
                })?;
                let child = self.place(vec![part.below(&["patternProperties", pattern], schema)]);
                place.patterns.push((compiled, child));
            }
        }
        Ok(())
    }

    fn fill_items(&mut self, parts: &[Opened<'s>], place: &mut Place) {
        for (part, object) in parts {
            let Some(Value::Array(prefix)) = object.get("prefixItems") else {
                continue;
            };
            for (index, schema) in prefix.iter().enumerate().skip(place.prefix.len()) {
                let below = part.below(&["prefixItems", &index.to_string()], schema);
                let child = self.place(vec![below]);
                place.prefix.push(child);
            }
        }
        let items = gather(parts, "items");
        if !items.is_empty() {
            place.items = Some(self.place(items));
        }
    }
}

/// The subschemas of one keyword, over all schemas of a place.
fn gather<'s>(parts: &[Opened<'s>], keyword: &str) -> Vec<Part<'s>> {
    parts
        .iter()
        .filter_map(|(part, object)| Some(part.below(&[keyword], object.get(keyword)?)))
        .filter(|part| part.schema.is_object())
        .collect()
}
