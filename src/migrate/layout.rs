//! What the schemas say about how an entry is written: the order of its fields, which texts are
//! dates, and where its file stands.

use serde_json::{Map, Value};

use super::model::Entry;
use crate::schema::Schemas;
use crate::schema::plan::{Place, Plan, Step};
use crate::schema::vocabulary::{Folder, Marks};
use crate::snapshot::Workspace;
use crate::syntax::Limits;

/// The kinds of a profile as writers need them.
pub struct Layout<'w> {
    /// The configuration.
    pub workspace: &'w Workspace,
    /// Where the entries' schemas lie, seen from the folder of the entries: `../schema/…`.
    up: String,
}

impl<'w> Layout<'w> {
    /// The layout of a workspace whose entries are written to a folder that stands `up` levels below
    /// the one that the profile's paths are relative to.
    #[must_use]
    pub fn new(workspace: &'w Workspace, up: usize) -> Self {
        Self {
            workspace,
            up: "../".repeat(up),
        }
    }

    /// The schemas.
    #[must_use]
    pub fn schemas(&self) -> &'w Schemas {
        &self.workspace.schemas
    }

    /// Bounds on the trees that are read.
    #[must_use]
    pub fn limits(&self) -> &'w Limits {
        &self.workspace.profile.limits.syntax
    }

    /// Where the marks of a kind's schema lie.
    #[must_use]
    pub fn plan(&self, kind: usize) -> &'w Plan {
        &self.workspace.schemas.kinds()[kind].plan
    }

    /// The name of a kind of entry, by its schema, else by the profile.
    #[must_use]
    pub fn kind_name(&self, kind: usize) -> &'w str {
        let mark = self.plan(kind).root().marks.entry.as_ref();
        mark.map_or(&self.workspace.profile.kinds[kind].name, |mark| &mark.kind)
    }

    /// The kind of the profile whose files are entries of a kind, by its name.
    #[must_use]
    pub fn kind_of_name(&self, name: &str) -> Option<usize> {
        (0..self.schemas().kinds().len())
            .find(|&kind| self.is_entry(kind) && self.kind_name(kind) == name)
    }

    /// Whether files of a kind hold one entry each.
    #[must_use]
    pub fn is_entry(&self, kind: usize) -> bool {
        let marks = &self.plan(kind).root().marks;
        marks.entry.as_ref().is_some_and(|mark| !mark.copy)
    }

    /// The kind of an entry by its path without extension, else by its ID.
    #[must_use]
    pub fn kind_of(&self, path: &str) -> Option<usize> {
        let profile = &self.workspace.profile;
        let by_path = ["yaml", "json", "md"]
            .iter()
            .find_map(|extension| profile.kind_of_path(&format!("{path}.{extension}")));
        let stem = path.rsplit('/').next().unwrap_or(path);
        by_path
            .or_else(|| self.schemas().kind_of_id(stem))
            .filter(|kind| self.is_entry(*kind))
    }

    /// The kind of an entry by the first of its fields that is an ID of some kind.
    #[must_use]
    pub fn kind_of_fields(&self, fields: &Map<String, Value>) -> Option<usize> {
        (0..self.schemas().kinds().len()).find(|&kind| {
            let root = self.plan(kind).root();
            let id = self.field(kind, |marks| marks.id.is_some());
            let id = id.and_then(|(name, _)| {
                let mut fields = fields.iter();
                let (_, id) = fields.find(|(said, _)| root.newest(said) == name)?;
                id.as_str()
            });
            self.is_entry(kind) && id.is_some_and(|id| self.schemas().kind_of_id(id) == Some(kind))
        })
    }

    /// The first field of a kind whose marks are wanted.
    pub fn field(
        &self,
        kind: usize,
        wanted: impl Fn(&Marks) -> bool,
    ) -> Option<(&'w str, &'w Place)> {
        let plan = self.plan(kind);
        let mut fields = plan.root().fields(plan);
        fields.find(|(_, place)| wanted(&place.marks))
    }

    /// The field that the body of a Markdown file fills.
    #[must_use]
    pub fn body(&self, kind: usize) -> Option<&'w str> {
        self.workspace.profile.kinds[kind].body.as_deref()
    }

    /// Where the schemas say that an entry's file stands; `None` where they leave it open.
    #[must_use]
    pub fn path_of(&self, kind: usize, fields: &Map<String, Value>) -> Option<String> {
        let plan = self.plan(kind);
        let mut stem = None;
        let mut folder = None;
        for (name, place) in plan.root().fields(plan) {
            let Some(mark) = &place.marks.path else {
                continue;
            };
            let text = fields.get(name).and_then(Value::as_str)?;
            if mark.stem {
                stem = Some(text);
            }
            match &mark.folder {
                None => {}
                Some(Folder::Same) => folder = Some(text),
                Some(Folder::ByPrefix(prefixes)) => {
                    let found = prefixes.iter().find(|(prefix, _)| text.starts_with(prefix));
                    folder = Some(found?.1.as_str());
                }
            }
        }
        Some(format!("{}/{}", folder?, stem?))
    }

    /// Whether kind and place of an entry follow from its fields.
    #[must_use]
    pub fn follows(&self, entry: &Entry) -> bool {
        self.kind_of_fields(&entry.fields) == Some(entry.kind)
            && self.path_of(entry.kind, &entry.fields).as_deref() == Some(entry.path.as_str())
    }

    /// An entry from its fields and, where that does not follow from them, its path.
    ///
    /// # Errors
    ///
    /// What is missing to place it.
    pub fn entry(
        &self,
        kind: Option<usize>,
        path: Option<String>,
        fields: Map<String, Value>,
    ) -> Result<Entry, String> {
        let by_path = path.as_deref().and_then(|path| self.kind_of(path));
        let kind = kind.or(by_path).or_else(|| self.kind_of_fields(&fields));
        let kind = kind.ok_or("no kind of the profile has an ID of this shape")?;
        let fields = self.newest(kind, fields);
        let path = match path {
            Some(path) => path,
            None => self
                .path_of(kind, &fields)
                .ok_or("the schema does not say in which folder the entry stands")?,
        };
        Ok(Entry { kind, path, fields })
    }

    /// The line that tells an editor which schema an entry has.
    #[must_use]
    pub fn schema_line(&self, kind: usize, path: &str) -> String {
        let up = "../".repeat(path.matches('/').count());
        let schema = &self.workspace.profile.kinds[kind].schema;
        format!("# yaml-language-server: $schema={up}{}{schema}\n", self.up)
    }

    /// Whether the text at a JSON pointer is a date by the schema.
    #[must_use]
    pub fn is_date(&self, kind: usize, pointer: &str) -> bool {
        let plan = self.plan(kind);
        let tokens = pointer.split('/').skip(1);
        let steps = tokens.map(|token| match token.parse() {
            Ok(index) => Step::Index(index),
            Err(_) => Step::Name(token),
        });
        plan.at(steps)
            .is_some_and(|place| place.marks.date.is_some())
    }

    /// Fields in the order of the schema; those that it does not know behind them, by name.
    #[must_use]
    pub fn in_order(&self, kind: usize, fields: Map<String, Value>) -> Map<String, Value> {
        let plan = self.plan(kind);
        ordered(plan, Some(plan.root()), fields, Names::AsWritten)
    }

    /// The same, under their newest names.
    #[must_use]
    pub fn newest(&self, kind: usize, fields: Map<String, Value>) -> Map<String, Value> {
        let plan = self.plan(kind);
        ordered(plan, Some(plan.root()), fields, Names::Newest)
    }
}

/// What fields are called that have another name by now.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Names {
    /// As the file calls them.
    AsWritten,
    /// As the newest format version calls them.
    Newest,
}

fn ordered(
    plan: &Plan,
    place: Option<&Place>,
    mut fields: Map<String, Value>,
    names: Names,
) -> Map<String, Value> {
    let mut out = Map::new();
    if let Some(place) = place {
        if names == Names::Newest {
            rename(place, &mut fields);
        }
        for (name, inner) in place.fields(plan) {
            let old = place.renames().iter().map(|rename| &*rename.from);
            let old = old.filter(|old| place.newest(old) == name);
            for name in std::iter::once(name).chain(old) {
                if let Some(value) = fields.shift_remove(name) {
                    let value = ordered_value(plan, Some(inner), value, names);
                    out.insert(name.to_owned(), value);
                }
            }
        }
    }
    let mut rest: Vec<(String, Value)> = fields.into_iter().collect();
    rest.sort_by(|a, b| a.0.cmp(&b.0));
    for (name, value) in rest {
        let inner = place.and_then(|place| plan.child(place, Step::Name(&name)));
        let value = ordered_value(plan, inner, value, names);
        out.insert(name, value);
    }
    out
}

/// Gives fields their newest names. A field that is there under both stays as it is, because one of
/// the two would be lost.
fn rename(place: &Place, fields: &mut Map<String, Value>) {
    for rename in place.renames() {
        let newest = place.newest(&rename.from);
        if !fields.contains_key(newest)
            && let Some(value) = fields.shift_remove(&*rename.from)
        {
            fields.insert(newest.to_owned(), value);
        }
    }
}

fn ordered_value(plan: &Plan, place: Option<&Place>, value: Value, names: Names) -> Value {
    match value {
        Value::Object(fields) => Value::Object(ordered(plan, place, fields, names)),
        Value::Array(items) => {
            let items = items.into_iter().enumerate().map(|(index, item)| {
                let inner = place.and_then(|place| plan.child(place, Step::Index(index)));
                ordered_value(plan, inner, item, names)
            });
            Value::Array(items.collect())
        }
        value => value,
    }
}
