//! A schema compiled to where its marks can be met, so that a document is walked once.

mod compile;

use regex::Regex;
use serde_json::Value;

use super::vocabulary::Marks;
use crate::syntax::{Kind, Node};

/// Where the marks of a schema lie. Recursive schemas give a cyclic graph.
#[derive(Debug, Default)]
pub struct Plan {
    places: Vec<Place>,
    /// The newest format version that a name of a field is from.
    version: u32,
}

/// All schemas that apply to one place, taken together.
#[derive(Debug, Default)]
pub struct Place {
    /// What they say.
    pub marks: Marks,
    /// Named fields, in the order of the schema, those with an old name last.
    fields: Vec<(Box<str>, u32)>,
    /// What the fields with an old name are called by now.
    renames: Vec<Rename>,
    patterns: Vec<(Regex, u32)>,
    other_fields: Option<u32>,
    prefix: Vec<u32>,
    items: Option<u32>,
    /// Fields that others ask for (`dependentRequired`), each behind the one that asks.
    dependent: Vec<(Box<str>, Box<str>)>,
    /// Whether a watched mark can be met here or below.
    live: bool,
}

/// A field that has another name by now (`x-renamed`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rename {
    /// The old name.
    pub from: Box<str>,
    /// The name that took its place.
    pub to: Box<str>,
    /// The format version in which that happened.
    pub version: u32,
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

impl Plan {
    /// Compiles the schema at the root of a file.
    ///
    /// # Errors
    ///
    /// A keyword that is misused, or a reference that leads nowhere.
    pub fn compile(file: &str, schema: &Value, resolver: &dyn Resolve) -> Result<Self, PlanError> {
        let mut plan = compile::places(file, schema, resolver)?;
        plan.mark_live();
        let renames = plan.places.iter().flat_map(|place| &place.renames);
        plan.version = renames.map(|rename| rename.version).max().unwrap_or(1);
        Ok(plan)
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

    /// The newest format version that the schema knows; 1 where no field was ever renamed.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.version
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
    /// Names of the fields that the schemas know here, in their order. Old names are not among them.
    pub fn field_names(&self) -> impl Iterator<Item = &str> {
        self.current().iter().map(|(name, _)| name.as_ref())
    }

    /// The fields that the schemas know here, with where they lead. Old names are not among them.
    pub fn fields<'p>(&'p self, plan: &'p Plan) -> impl Iterator<Item = (&'p str, &'p Place)> {
        self.current()
            .iter()
            .map(|(name, at)| (name.as_ref(), &plan.places[*at as usize]))
    }

    fn current(&self) -> &[(Box<str>, u32)] {
        &self.fields[..self.fields.len() - self.renames.len()]
    }

    /// Names that fields had before, each with the one that took its place.
    #[must_use]
    pub fn renames(&self) -> &[Rename] {
        &self.renames
    }

    /// What a field is called in the newest format version.
    #[must_use]
    pub fn newest<'n>(&'n self, name: &'n str) -> &'n str {
        let mut newest = name;
        // Versions rise from one name to the next, so this ends.
        while let Some(rename) = self.renames.iter().find(|known| *known.from == *newest) {
            newest = &rename.to;
        }
        newest
    }

    /// The value of a field in an object, under its newest name or one that it had before.
    #[must_use]
    pub fn value_in<'d>(&self, object: Node<'d>, name: &str) -> Option<Node<'d>> {
        object.get(name).or_else(|| {
            let old = self.renames.iter().map(|rename| &rename.from);
            let mut old = old.filter(|old| self.newest(old) == name);
            old.find_map(|old| object.get(old))
        })
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
