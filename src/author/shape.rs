//! What the fields of a kind are like, as far as somebody who fills them in must know: read from its
//! schema.

use serde_json::{Map, Value};

use super::{AuthorError, Shelf, refuse};
use crate::schema::Schemas;
use crate::schema::plan::{Place, Plan, Resolve, Step};
use crate::schema::vocabulary::{DateRole, Folder, Marks};

/// One field.
pub(super) struct Shape<'s> {
    /// Its name in the entry.
    pub(super) name: &'s str,
    /// What its schema marks.
    pub(super) marks: &'s Marks,
    /// The description in its schema.
    pub(super) help: String,
    /// Whether an entry must have it.
    pub(super) required: bool,
    /// What it holds.
    pub(super) holds: Holds<'s>,
}

/// What a field holds.
pub(super) enum Holds<'s> {
    /// A text.
    Text,
    /// One of some texts.
    Choice(Vec<String>),
    /// A whole number.
    Integer,
    /// Any number.
    Number,
    /// Yes or no.
    Bool,
    /// A list of values.
    List(Box<Shape<'s>>),
    /// Named texts.
    Group(Vec<Shape<'s>>),
    /// Something else.
    Other,
}

/// What a field is for when an entry is begun.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Its ID, which is allocated.
    Id,
    /// The text that names it.
    Title,
    /// The day of its first or last change.
    Day,
    /// Only of a tombstone.
    Stone,
    /// The folder that its file lies in.
    Folder,
    /// The people who wrote it.
    People,
    /// Its prose.
    Prose,
    /// Anything else.
    Rest,
}

/// The fields of a kind of entry, in the order of its schema.
pub(super) struct Shapes<'s> {
    /// The kind as the profile counts them.
    pub(super) form: usize,
    /// The fields.
    pub(super) fields: Vec<(Part, Shape<'s>)>,
}

/// Levels below which the shape of values is not looked at.
const DEPTH: usize = 4;

impl<'s> Shapes<'s> {
    /// The fields of a kind of entry, as the schemas count them.
    pub(super) fn of(shelf: &Shelf<'s>, kind: usize) -> Result<Self, AuthorError> {
        let schemas: &'s Schemas = &shelf.workspace.schemas;
        let name = &schemas.entry_kinds()[kind].name;
        let is_it = |plan: &Plan| {
            let mark = plan.root().marks.entry.as_ref();
            mark.is_some_and(|mark| !mark.copy && mark.kind == *name)
        };
        let Some(form) = schemas.kinds().iter().position(|kind| is_it(&kind.plan)) else {
            return refuse(format!("no file of this corpus holds one {name} alone"));
        };
        let own = &schemas.kinds()[form];
        let found = schemas.files().find(|(path, _)| *path == own.path);
        let value = found.map_or(&Value::Null, |(_, value)| value);
        let reader = Reader {
            schemas,
            plan: &own.plan,
        };
        let root = reader.open(&own.path, value);
        let place = own.plan.root();
        let fields = reader.fields(&root, place, 0);
        let stone = stone(place, &own.plan);
        let fields = fields
            .into_iter()
            .map(|shape| (part(&shape, &stone), shape));
        Ok(Self {
            form,
            fields: fields.collect(),
        })
    }

    /// The fields that are for one thing.
    pub(super) fn part(&self, wanted: Part) -> impl Iterator<Item = &Shape<'s>> {
        let fields = self.fields.iter().filter(move |(part, _)| *part == wanted);
        fields.map(|(_, shape)| shape)
    }
}

/// Fields that only a tombstone has: the status, and what must stand beside it.
fn stone<'p>(place: &'p Place, plan: &'p Plan) -> Vec<&'p str> {
    let mut fields = place.fields(plan);
    let Some((status, _)) = fields.find(|(_, place)| place.marks.status.is_some()) else {
        return Vec::new();
    };
    let mut found = vec![status];
    found.extend(place.required_with(status));
    found
}

fn part(shape: &Shape<'_>, stone: &[&str]) -> Part {
    let marks = shape.marks;
    let is_person = match &shape.holds {
        Holds::List(item) => item.marks.person,
        _ => marks.person,
    };
    let date = marks.date.map(|date| date.role);
    match date {
        _ if marks.id.is_some() => Part::Id,
        _ if stone.contains(&shape.name) || marks.replaced_by.is_some() => Part::Stone,
        Some(DateRole::Retired) => Part::Stone,
        Some(_) => Part::Day,
        None if marks.unique.is_some() => Part::Title,
        None if marks
            .path
            .as_ref()
            .is_some_and(|path| path.folder == Some(Folder::Same)) =>
        {
            Part::Folder
        }
        None if is_person => Part::People,
        None if marks.prose.is_some() => Part::Prose,
        None => Part::Rest,
    }
}

struct Reader<'s> {
    schemas: &'s Schemas,
    plan: &'s Plan,
}

/// The schema objects that apply to one place, each with its file.
type Parts<'s> = Vec<(String, &'s Map<String, Value>)>;

impl<'s> Reader<'s> {
    /// A schema and those that it refers to.
    fn open(&self, file: &str, value: &'s Value) -> Parts<'s> {
        let mut parts: Parts<'s> = Vec::new();
        let mut queue = vec![(file.to_owned(), value)];
        while let Some((file, value)) = queue.pop() {
            let Value::Object(object) = value else {
                continue;
            };
            if parts.len() > 64 || parts.iter().any(|(_, known)| std::ptr::eq(*known, object)) {
                continue;
            }
            if let Some(Value::String(reference)) = object.get("$ref")
                && let Ok((target, found)) = self.schemas.resolve(&file, reference)
            {
                queue.push((target, found));
            }
            let all = object.get("allOf").and_then(Value::as_array);
            queue.extend(all.into_iter().flatten().map(|one| (file.clone(), one)));
            parts.push((file, object));
        }
        parts
    }

    fn fields(&self, parts: &Parts<'s>, place: &'s Place, depth: usize) -> Vec<Shape<'s>> {
        let required = &place.marks.required;
        let mut shapes = Vec::new();
        for (name, inner) in place.fields(self.plan) {
            let mut below: Parts<'s> = Vec::new();
            for (file, object) in parts {
                let field = object.get("properties").and_then(|fields| fields.get(name));
                if let Some(field) = field {
                    below.extend(self.open(file, field));
                }
            }
            let required = required.iter().any(|field| field == name);
            shapes.push(self.shape(name, &below, inner, required, depth));
        }
        shapes
    }

    fn shape(
        &self,
        name: &'s str,
        parts: &Parts<'s>,
        place: &'s Place,
        required: bool,
        depth: usize,
    ) -> Shape<'s> {
        let text = |keyword: &str| {
            let mut found = parts
                .iter()
                .filter_map(|(_, object)| object.get(keyword)?.as_str());
            found.next().map(str::to_owned)
        };
        Shape {
            name,
            marks: &place.marks,
            help: text("description").unwrap_or_default(),
            required,
            holds: self.holds(parts, place, depth),
        }
    }

    fn holds(&self, parts: &Parts<'s>, place: &'s Place, depth: usize) -> Holds<'s> {
        let kind = parts
            .iter()
            .find_map(|(_, object)| object.get("type")?.as_str());
        let is_choice = !place.marks.allowed.is_empty();
        match kind {
            None | Some("string") if is_choice => Holds::Choice(place.marks.allowed.clone()),
            Some("string") => Holds::Text,
            Some("integer") => Holds::Integer,
            Some("number") => Holds::Number,
            Some("boolean") => Holds::Bool,
            Some("array") if depth < DEPTH => self.list(parts, place, depth),
            Some("object") if depth < DEPTH => Holds::Group(self.fields(parts, place, depth + 1)),
            _ => Holds::Other,
        }
    }

    fn list(&self, parts: &Parts<'s>, place: &'s Place, depth: usize) -> Holds<'s> {
        let Some(inner) = self.plan.child(place, Step::Index(0)) else {
            return Holds::Other;
        };
        let mut below: Parts<'s> = Vec::new();
        for (file, object) in parts {
            if let Some(items) = object.get("items") {
                below.extend(self.open(file, items));
            }
        }
        Holds::List(Box::new(self.shape("", &below, inner, true, depth + 1)))
    }
}
