//! From a schema to the places of its plan.

mod renames;

use std::collections::BTreeSet;

use regex::Regex;
use rustc_hash::FxHashMap;
use serde_json::{Map, Value};

use super::{Place, Plan, PlanError, Resolve};
use crate::schema::vocabulary::Marks;
use renames::renames;

/// Schemas beyond which a plan is refused; the real ones have a few dozen.
const MAX_PLACES: usize = 20_000;

/// Schemas that may apply to one value, counted once for each way that leads to them.
const MAX_BRANCHES: usize = 4_000;

/// Compiles a schema and all that it refers to.
pub(super) fn places(
    file: &str,
    schema: &Value,
    resolver: &dyn Resolve,
) -> Result<Plan, PlanError> {
    let mut compiler = Compiler {
        resolver,
        plan: Plan::default(),
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
    Ok(compiler.plan)
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
        place.renames = renames(&parts, &names)?;
        let is_old = |name: &&str| place.renames.iter().any(|rename| *rename.from == **name);
        names.sort_by_key(is_old);
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
