//! Begins an entry: the next free ID, the fields that its schema wants, in the canonical form.

use jiff::civil::Date;
use serde_json::{Map, Value};

use super::answer;
use super::series::{self, Place};
use super::shape::{Holds, Part, Shape, Shapes};
use super::{AuthorError, Card, Shelf, a, refuse};
use crate::entry::{Prose, sketch, written};
use crate::fix::Rewrite;
use crate::migrate::Format as Writer;
use crate::migrate::layout::Layout;
use crate::migrate::model::Entry;
use crate::profile::Kind;
use crate::rules::alike;
use crate::schema::vocabulary::Scope;
use crate::syntax::Format;
use crate::text::Span;

/// What is known of an entry that is begun.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// The text that names it.
    pub title: Option<String>,
    /// The people who write it.
    pub people: Vec<String>,
    /// Other fields.
    pub fields: Map<String, Value>,
}

/// An entry that can be written.
#[derive(Debug)]
pub struct Begun {
    /// Its ID.
    pub id: String,
    /// Its file.
    pub rewrite: Rewrite,
    /// Its fields, in the order of the file.
    pub fields: Map<String, Value>,
}

/// Something that nobody has said yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The text that names it, with what the schema says of it.
    Title(String),
    /// Who writes it.
    People(String),
    /// Which series of IDs, with the folders or beginnings of IDs to choose from.
    Series(Vec<String>),
    /// The entry that it belongs to, with the kind of that.
    Parent(String),
    /// The folder, with those to choose from.
    Folder(Vec<String>),
    /// A field, and what the schema says of it.
    Field(String, String),
}

impl Draft {
    /// Says a field by the text of an answer.
    ///
    /// # Errors
    ///
    /// There is no such field, or the text is no value for it.
    pub fn say(
        &mut self,
        shelf: &Shelf<'_>,
        kind: usize,
        name: &str,
        text: &str,
    ) -> Result<(), AuthorError> {
        let shapes = Shapes::of(shelf, kind)?;
        let mut fields = shapes.fields.iter();
        let value = match fields.find(|(_, shape)| shape.name == name) {
            Some((_, shape)) => answer::value(shelf, shape, text),
            // It is refused by its name.
            None => Ok(Some(text.into())),
        };
        let value = value.map_err(|(_, reason)| AuthorError(format!("{name}: {reason}")))?;
        self.fields
            .insert(name.to_owned(), value.unwrap_or_default());
        self.known(&shapes)
    }

    /// What has to be said before the entry can be written, beside its prose.
    ///
    /// # Errors
    ///
    /// No file of the corpus holds an entry of the kind.
    pub fn wanted(
        &self,
        shelf: &Shelf<'_>,
        kind: usize,
        place: Place<'_>,
    ) -> Result<Vec<Wanted>, AuthorError> {
        let shapes = Shapes::of(shelf, kind)?;
        let mut wanted = Vec::new();
        wanted.extend(of_series(shelf, kind, place));
        for (part, shape) in &shapes.fields {
            let needed = shape.required || shape.marks.expected;
            let given = self.fields.contains_key(shape.name) || shape.marks.default.is_some();
            let help = shape.help.clone();
            match part {
                Part::Title if self.title.is_none() && needed => wanted.push(Wanted::Title(help)),
                Part::People if self.people.is_empty() && needed => {
                    wanted.push(Wanted::People(help));
                }
                Part::Folder
                    if place.folder.is_none() && place.parent.is_none() && shape.required =>
                {
                    wanted.push(Wanted::Folder(shape.marks.allowed.clone()));
                }
                Part::Rest if shape.required && !given => {
                    wanted.push(Wanted::Field(shape.name.to_owned(), help));
                }
                _ => {}
            }
        }
        Ok(wanted)
    }

    /// The entry.
    ///
    /// # Errors
    ///
    /// No ID or no place can be found for it, or a field cannot be said.
    pub fn begin(
        &self,
        shelf: &Shelf<'_>,
        kind: usize,
        place: Place<'_>,
        today: Date,
    ) -> Result<Begun, AuthorError> {
        let shapes = Shapes::of(shelf, kind)?;
        self.known(&shapes)?;
        let id = series::next(shelf, kind, place)?;
        let mut fields = Map::new();
        for (part, shape) in &shapes.fields {
            let allowed = &shape.marks.allowed;
            if let (Part::Folder, Some(folder)) = (part, place.folder)
                && !allowed.is_empty()
                && !allowed.iter().any(|one| one == folder)
            {
                let known = allowed.join(", ");
                return refuse(format!("`{folder}` is none of the folders: {known}"));
            }
            let value = self.value(*part, shape, shelf, &id, place, today);
            if let Some(value) = value {
                fields.insert(shape.name.to_owned(), value);
            }
        }
        let (path, format) = path(shelf, kind, shapes.form, &id, place, &fields)?;
        let text = text(shelf, shapes.form, &path, format, fields.clone());
        let full = join(&shelf.workspace.profile.root, &path);
        if shelf.files.iter().any(|file| *file.path == *full) {
            return refuse(format!("{full} is there already"));
        }
        Ok(Begun {
            id,
            rewrite: Rewrite::create(full.into(), text),
            fields,
        })
    }

    fn known(&self, shapes: &Shapes<'_>) -> Result<(), AuthorError> {
        match self.title.as_deref().map(str::trim) {
            Some("") => return refuse("the title is empty"),
            Some(title) if title.contains(['\n', '\r']) => {
                return refuse("the title must be on one line");
            }
            _ => {}
        }
        if self.people.iter().any(|name| name.trim().is_empty()) {
            return refuse("a contributor has no name");
        }
        for name in self.fields.keys() {
            let mut fields = shapes.fields.iter();
            match fields.find(|(_, shape)| shape.name == name) {
                Some((Part::Rest | Part::Prose, _)) => {}
                Some((Part::Title, _)) => return refuse(format!("`{name}` is said with --title")),
                Some((Part::People, _)) => {
                    return refuse(format!("`{name}` is said with --contributor"));
                }
                Some((Part::Folder, _)) => {
                    return refuse(format!("`{name}` is said with --folder"));
                }
                Some(_) => return refuse(format!("`{name}` is not for a new entry to say")),
                None => {
                    let known = shapes.fields.iter().map(|(_, shape)| shape.name);
                    let near = crate::text::did_you_mean(name, known);
                    let hint =
                        near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
                    return refuse(format!("there is no field `{name}`{hint}"));
                }
            }
        }
        Ok(())
    }

    fn value(
        &self,
        part: Part,
        shape: &Shape<'_>,
        shelf: &Shelf<'_>,
        id: &str,
        place: Place<'_>,
        today: Date,
    ) -> Option<Value> {
        let given = || self.fields.get(shape.name).cloned();
        let needed = shape.required || shape.marks.expected;
        match part {
            Part::Id => Some(id.into()),
            Part::Title => self.title.clone().map(Value::from),
            Part::Day => {
                let notation = shape.marks.date.filter(|_| needed)?.notation;
                Some(written(today, notation).into())
            }
            Part::Stone => None,
            Part::Folder => {
                let beside = || Some(shelf.folder(shelf.path(shelf.get(place.parent?)?)));
                place.folder.or_else(beside).map(Value::from)
            }
            Part::People if self.people.is_empty() => None,
            Part::People => match shape.holds {
                Holds::List(_) => Some(self.people.clone().into()),
                _ => Some(self.people.join(", ").into()),
            },
            Part::Prose => given().or_else(|| needed.then(|| placeholder(shape))),
            Part::Rest => given().or_else(|| shape.marks.default.clone().filter(|_| needed)),
        }
    }
}

/// What is to be written in the place of prose.
fn placeholder(shape: &Shape<'_>) -> Value {
    let help = shape
        .help
        .split_once(". ")
        .map_or(shape.help.as_str(), |(first, _)| first);
    let help = if help.is_empty() {
        "the text of this entry"
    } else {
        help
    };
    format!("TBD: {}.\n", help.trim_end_matches('.')).into()
}

/// Which series of IDs is meant, where that is open.
fn of_series(shelf: &Shelf<'_>, kind: usize, place: Place<'_>) -> Option<Wanted> {
    let own = &shelf.workspace.schemas.entry_kinds()[kind];
    if let Some((parent, _)) = &own.parent {
        return place
            .parent
            .is_none()
            .then(|| Wanted::Parent(parent.clone()));
    }
    if place.parent.is_some() || place.folder.is_some() || place.prefix.is_some() {
        return None;
    }
    let known = series::all(shelf, kind);
    if known.len() == 1 {
        return None;
    }
    let names = known
        .into_iter()
        .map(|(prefix, folder)| folder.unwrap_or(prefix));
    Some(Wanted::Series(names.collect()))
}

/// Where the file of an entry stands below the root of the entries, and how it is written.
fn path(
    shelf: &Shelf<'_>,
    kind: usize,
    form: usize,
    id: &str,
    place: Place<'_>,
    fields: &Map<String, Value>,
) -> Result<(String, Format), AuthorError> {
    let layout = Layout::new(shelf.workspace, 0);
    let said = layout.path_of(form, fields);
    let said = said
        .as_deref()
        .and_then(|path| Some(path.rsplit_once('/')?.0));
    let of_id = series::folder_of(shelf, kind, id).or(said);
    if let (Some(of_id), Some(wanted)) = (of_id, place.folder)
        && of_id != wanted
    {
        return refuse(format!(
            "`{id}` belongs in the folder `{of_id}`, not in `{wanted}`"
        ));
    }
    let own = &shelf.workspace.profile.kinds[form];
    let folders = folders(shelf, kind, own, of_id.or(place.folder));
    // `..` is a name to a glob.
    let is_plain = |folder: &&String| !folder.split('/').any(|part| matches!(part, "." | ".."));
    for folder in folders.iter().filter(is_plain) {
        for (extension, format) in [
            ("yaml", Format::Yaml),
            ("json", Format::Json),
            ("md", Format::Markdown),
        ] {
            let path = join(folder, &format!("{id}.{extension}"));
            if shelf.workspace.profile.kind_of_path(&path) == Some(form) {
                return Ok((path, format));
            }
        }
    }
    refuse(format!(
        "no place for {} named `{id}` fits the files of its kind ({}): say the folder with --folder",
        a(&shelf.workspace.schemas.entry_kinds()[kind].name),
        own.files.texts.join(", ")
    ))
}

/// Folders that may be meant, the likeliest first.
fn folders(shelf: &Shelf<'_>, kind: usize, own: &Kind, wanted: Option<&str>) -> Vec<String> {
    let mut known: Vec<String> = Vec::new();
    let same = shelf
        .cards
        .iter()
        .filter(|card| card.kind == kind && !card.copy);
    known.extend(same.map(|card| shelf.folder(shelf.path(card)).to_owned()));
    known.sort();
    known.dedup();
    let mut found = Vec::new();
    if let Some(wanted) = wanted {
        let ends = |folder: &&String| folder.rsplit('/').next() == Some(wanted);
        found.extend(known.iter().filter(ends).cloned());
        found.push(wanted.to_owned());
    } else if known.len() == 1 {
        found.append(&mut known);
    }
    for glob in &own.files.texts {
        let fixed = glob
            .find(['*', '?', '[', '{'])
            .map_or(glob.as_str(), |at| &glob[..at]);
        let fixed = fixed.rsplit_once('/').map_or("", |(folder, _)| folder);
        found.push(match wanted {
            Some(wanted) => join(fixed, wanted),
            None => fixed.to_owned(),
        });
    }
    found
}

fn join(folder: &str, name: &str) -> String {
    match folder.is_empty() {
        true => name.to_owned(),
        false => format!("{folder}/{name}"),
    }
}

/// The text of the file.
fn text(
    shelf: &Shelf<'_>,
    form: usize,
    path: &str,
    format: Format,
    fields: Map<String, Value>,
) -> String {
    let root = &shelf.workspace.profile.root;
    let up = root.split('/').filter(|part| !part.is_empty()).count();
    let layout = Layout::new(shelf.workspace, up);
    let bare = path.rsplit_once('.').map_or(path, |(bare, _)| bare);
    let entry = Entry {
        kind: form,
        path: bare.to_owned(),
        fields: layout.in_order(form, fields),
    };
    let text = Writer::entry_text(format, &entry, &layout);
    // The schemas of the binary lie in no file that the line could lead to.
    match shelf.workspace.profile_path {
        Some(_) => text,
        None => text.replacen(&layout.schema_line(form, bare), "", 1),
    }
}

/// Entries that the new one nearly repeats.
#[must_use]
pub fn similar<'s>(
    shelf: &'s Shelf<'_>,
    kind: usize,
    title: Option<&str>,
    prose: Option<&str>,
) -> Vec<&'s Card> {
    let prose = prose.and_then(|text| {
        let (sketch, words) = sketch(text)?;
        Some(Prose {
            span: Span::at(0),
            sketch,
            words,
        })
    });
    let alive = shelf
        .cards
        .iter()
        .filter(|card| !card.retired && !card.copy);
    let is_alike = |card: &&Card| {
        let counts = card.scope == Some(Scope::All) || card.kind == kind;
        let titles = title.zip(card.label.as_deref());
        let texts = prose.as_ref().zip(card.prose.as_ref());
        (counts && titles.is_some_and(|(one, other)| alike::titles(one, other)))
            || texts.is_some_and(|(one, other)| alike::texts(one, other))
    };
    alive.filter(is_alike).collect()
}

impl Begun {
    /// The prose of the entry, where somebody wrote some.
    #[must_use]
    pub fn prose<'b>(&'b self, draft: &Draft, shelf: &Shelf<'_>, kind: usize) -> Option<&'b str> {
        let shapes = Shapes::of(shelf, kind).ok()?;
        let mut fields = shapes.part(Part::Prose).map(|shape| shape.name);
        let name = fields.find(|name| draft.fields.contains_key(*name))?;
        self.fields.get(name)?.as_str()
    }
}
