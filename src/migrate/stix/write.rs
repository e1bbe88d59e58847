//! Entries to a bundle.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};
use url::Url;

use super::lines::Lines;
use super::mapping::{self, ATTACK, CHILD, KILL_CHAIN, Kind, MAPPING, REFERENCES, SOURCE};
use super::objects::{self, Stamps, object};
use super::{entry_extension, identifier, key, list_field, reference_fields, text};
use crate::entry::date;
use crate::migrate::layout::Layout;
use crate::migrate::loss::Losses;
use crate::migrate::model::{Entry, Model};
use crate::migrate::{Files, MigrateError};
use crate::schema::vocabulary::{DateRole, Notation};

/// All entries as one file.
pub(in crate::migrate) fn write(
    model: &Model,
    layout: &Layout<'_>,
    _: &mut Losses,
) -> Result<Files, MigrateError> {
    let writer = Writer::new(model, layout);
    let mut lines = Lines::default();
    writer.begin(&mut lines);
    for entry in &model.entries {
        lines.push(&writer.object(entry));
    }
    writer.end(&mut lines, &mut |_| Ok(()))?;
    Ok(Files::one(lines.finish()))
}

/// Takes what is put together so far.
pub(in crate::migrate) type Take<'t> = &'t mut dyn FnMut(&mut Lines) -> Result<(), MigrateError>;

/// The identifier of an entry's object. The path tells entries of one ID apart.
fn id_of(layout: &Layout<'_>, entry: &Entry) -> String {
    let kind = mapping::kind(layout.kind_name(entry.kind)).name;
    let name = if layout.follows(entry) {
        entry.stem()
    } else {
        &entry.path
    };
    identifier(kind, name)
}

fn users<'m>(model: &'m Model, layout: &Layout<'_>) -> BTreeMap<&'m str, Vec<u32>> {
    let mut users: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for (number, entry) in model.entries.iter().enumerate() {
        for (name, _) in reference_fields(layout, entry.kind) {
            let ids = entry.fields.get(name).and_then(Value::as_array);
            for id in ids.into_iter().flatten().filter_map(Value::as_str) {
                users.entry(id).or_default().push(number as u32);
            }
        }
    }
    users
}

fn members<'m>(model: &'m Model, layout: &Layout<'_>) -> BTreeMap<&'m str, Vec<String>> {
    let mut members: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for entry in &model.entries {
        if mapping::kind(layout.kind_name(entry.kind)).name == "attack-pattern" {
            let inside = members.entry(entry.folder()).or_default();
            inside.push(id_of(layout, entry));
        }
    }
    members
}

fn people(model: &Model, layout: &Layout<'_>) -> BTreeSet<String> {
    let names = model.entries.iter().flat_map(|entry| {
        let field = list_field(layout, entry.kind, |marks| marks.person);
        let names = field.and_then(|name| texts(entry.fields.get(name)?));
        names.unwrap_or_default()
    });
    names.map(str::to_owned).collect()
}

/// STIX wants a time for everything. What has none gets that of the last change of any entry, which
/// is the state that the bundle shows.
fn undated(model: &Model, layout: &Layout<'_>) -> Stamps {
    let days = model.entries.iter().flat_map(|entry| {
        let roles = [DateRole::Created, DateRole::Updated];
        roles.map(|role| day(layout, entry, role).map(|(_, day)| day))
    });
    let last = days.flatten().max().unwrap_or("1970-01-01");
    Stamps {
        created: stamp(last),
        modified: stamp(last),
    }
}

/// The field of a date's role and its text, where that is a day.
fn day<'e>(layout: &Layout<'e>, entry: &'e Entry, role: DateRole) -> Option<(&'e str, &'e str)> {
    let (name, _) = layout.field(entry.kind, |marks| {
        marks
            .date
            .is_some_and(|mark| mark.role == role && mark.notation == Notation::Iso)
    })?;
    let day = text(&entry.fields, name)?;
    date(day, Notation::Iso).map(|_| (name, day))
}

fn stamp(day: &str) -> String {
    format!("{day}T00:00:00.000Z")
}

/// Writes a bundle, from the outlines of its entries at least.
pub(in crate::migrate) struct Writer<'m, 'l> {
    layout: &'m Layout<'l>,
    model: &'m Model,
    /// Identifier and kind of each entry by its stem.
    ids: BTreeMap<&'m str, (String, usize)>,
    /// Entries that refer to a stem, as the model counts them.
    users: BTreeMap<&'m str, Vec<u32>>,
    /// Identifiers of the entries that are members of the article in their folder.
    members: BTreeMap<&'m str, Vec<String>>,
    people: BTreeSet<String>,
    undated: Stamps,
}

/// An entry whose fields move into an object one by one.
struct Moving {
    rest: Map<String, Value>,
    object: Map<String, Value>,
    native: Vec<String>,
}

impl Moving {
    /// Moves a field into the object.
    fn take(&mut self, name: &str) -> Option<Value> {
        let value = self.rest.shift_remove(name)?;
        self.native.push(name.to_owned());
        Some(value)
    }

    fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.object.insert(name.to_owned(), value.into());
    }
}

/// Bytes of a bundle that are put together before they are taken.
const PIECE: usize = 1 << 20;

impl<'m, 'l> Writer<'m, 'l> {
    pub(in crate::migrate) fn new(model: &'m Model, layout: &'m Layout<'l>) -> Self {
        let ids = model.entries.iter();
        let ids = ids.map(|entry| (entry.stem(), (id_of(layout, entry), entry.kind)));
        Self {
            layout,
            model,
            ids: ids.collect(),
            users: users(model, layout),
            members: members(model, layout),
            people: people(model, layout),
            undated: undated(model, layout),
        }
    }

    /// What stands before the objects of the entries.
    pub(in crate::migrate) fn begin(&self, lines: &mut Lines) {
        lines.push(&self.author().to_string());
        lines.push(&objects::definition(&self.undated).to_string());
        for name in &self.people {
            lines.push(&objects::person(name, &self.undated).to_string());
        }
    }

    /// The object of a whole entry.
    pub(in crate::migrate) fn object(&self, entry: &Entry) -> String {
        self.entry(entry).to_string()
    }

    /// What stands behind them.
    pub(in crate::migrate) fn end(
        &self,
        lines: &mut Lines,
        take: Take<'_>,
    ) -> Result<(), MigrateError> {
        for entry in &self.model.entries {
            for link in self.links(entry).into_values() {
                lines.push(&link.to_string());
            }
            if lines.len() > PIECE {
                take(lines)?;
            }
        }
        Ok(())
    }

    fn author(&self) -> Value {
        let mut author = objects::author(&self.undated);
        if let Some(unknown) = self.model.unknown_of(None) {
            let unknown = Value::Object(unknown.clone()).to_string();
            let extension = json!({
                "extension_type": "property-extension",
                key::UNKNOWN_TEXT: unknown,
            });
            author.insert(
                "extensions".to_owned(),
                json!({entry_extension(): extension}),
            );
        }
        Value::Object(author)
    }

    fn stamps(&self, entry: &Entry) -> Stamps {
        let day = |role| day(self.layout, entry, role).map(|(_, day)| day);
        let (created, updated) = (day(DateRole::Created), day(DateRole::Updated));
        let first = created.or(updated);
        let last = created.max(updated);
        match (first, last) {
            (Some(first), Some(last)) => Stamps {
                created: stamp(first),
                modified: stamp(last),
            },
            _ => self.undated.clone(),
        }
    }

    fn entry(&self, entry: &Entry) -> Value {
        let layout = self.layout;
        let name = layout.kind_name(entry.kind);
        let kind = mapping::kind(name);
        let mut moving = Moving {
            rest: entry.fields.clone(),
            object: object(kind.name, &id_of(layout, entry), &self.stamps(entry)),
            native: Vec::new(),
        };
        let mut extension = Map::new();
        extension.insert("extension_type".to_owned(), "property-extension".into());
        extension.insert(key::KIND.to_owned(), name.into());
        if !layout.follows(entry) {
            extension.insert(key::PATH.to_owned(), entry.path.as_str().into());
        }
        self.dates(entry, &mut moving);
        self.names(entry, kind, &mut moving);
        self.people(entry, &mut moving, &mut extension);
        self.sources(entry, &mut moving);
        match kind.name {
            "attack-pattern" if !entry.folder().is_empty() => moving.set(
                "kill_chain_phases",
                json!([{"kill_chain_name": KILL_CHAIN, "phase_name": entry.folder()}]),
            ),
            "grouping" => {
                moving.set("context", "unspecified");
                moving.set("object_refs", self.members(entry));
            }
            "note" => moving.set("object_refs", self.users(entry)),
            _ => {}
        }
        self.status(entry, &mut moving);
        rest(&moving, &mut extension);
        if let Some(unknown) = self.model.unknown_of(Some(entry.stem())) {
            let unknown = Value::Object(unknown.clone()).to_string();
            extension.insert(key::UNKNOWN_TEXT.to_owned(), unknown.into());
        }
        moving.set("extensions", json!({entry_extension(): extension}));
        Value::Object(moving.object)
    }

    /// Dates are those of the object, unless these were taken from elsewhere.
    fn dates(&self, entry: &Entry, moving: &mut Moving) {
        let created = day(self.layout, entry, DateRole::Created);
        let updated = day(self.layout, entry, DateRole::Updated);
        if let Some((name, _)) = created {
            moving.take(name);
        }
        if let Some((name, day)) = updated
            && created.is_none_or(|(_, created)| created <= day)
        {
            moving.take(name);
        }
    }

    fn names(&self, entry: &Entry, kind: Kind, moving: &mut Moving) {
        let layout = self.layout;
        let title = layout.field(entry.kind, |marks| marks.unique.is_some());
        let title =
            title.filter(|(name, _)| text(&entry.fields, name).is_some_and(|t| !t.is_empty()));
        let shown = title.and_then(|(name, _)| moving.take(name));
        let shown = shown.unwrap_or_else(|| entry.stem().into());
        moving.set(kind.title, shown.clone());
        let prose = layout.field(entry.kind, |marks| marks.prose.is_some());
        let prose =
            prose.filter(|(name, _)| text(&entry.fields, name).is_some_and(|t| !t.is_empty()));
        match prose.and_then(|(name, _)| moving.take(name)) {
            Some(value) => moving.set(kind.prose, value),
            // A note must have content.
            None if kind.name == "note" => moving.set(kind.prose, shown),
            None => {}
        }
    }

    fn people(&self, entry: &Entry, moving: &mut Moving, extension: &mut Map<String, Value>) {
        let field = list_field(self.layout, entry.kind, |marks| marks.person);
        let names = field.and_then(|name| texts(entry.fields.get(name)?));
        let Some((name, names)) = field.zip(names) else {
            return;
        };
        moving.take(name);
        let refs: Vec<String> = names.iter().map(|name| objects::person_id(name)).collect();
        moving.set("created_by_ref", refs[0].as_str());
        if mapping::kind(self.layout.kind_name(entry.kind)).name == "note" {
            moving.set("authors", names.clone());
        }
        extension.insert(key::PEOPLE.to_owned(), refs.into());
    }

    fn sources(&self, entry: &Entry, moving: &mut Moving) {
        let mut sources = Vec::new();
        let id = self.layout.field(entry.kind, |marks| marks.id.is_some());
        let id = id.filter(|(name, _)| text(&entry.fields, name).is_some_and(|id| !id.is_empty()));
        if let Some(id) = id.and_then(|(name, _)| moving.take(name)) {
            sources.push(json!({"source_name": SOURCE, "external_id": id}));
        }
        if let Some(mapped) = entry.fields.get(MAPPING.0).and_then(attack) {
            moving.take(MAPPING.0);
            sources.extend(mapped);
        }
        if let Some(mapped) = entry.fields.get(REFERENCES.0).and_then(references) {
            moving.take(REFERENCES.0);
            sources.extend(mapped);
        }
        if !sources.is_empty() {
            moving.set("external_references", sources);
        }
    }

    fn status(&self, entry: &Entry, moving: &mut Moving) {
        let status = self
            .layout
            .field(entry.kind, |marks| marks.status.is_some());
        let is_retired = status.is_some_and(|(name, place)| {
            let status = text(&entry.fields, name);
            status.is_some() && status == place.marks.status.as_deref()
        });
        if is_retired {
            moving.set("revoked", true);
        }
    }

    /// The sections of an article; a grouping has at least one member.
    fn members(&self, entry: &Entry) -> Vec<String> {
        match self.members.get(entry.folder()) {
            Some(members) => members.clone(),
            None => vec![objects::author_id()],
        }
    }

    /// The entries that refer to one; a note is about at least one object.
    fn users(&self, entry: &Entry) -> Vec<String> {
        match self.users.get(entry.stem()) {
            Some(users) => {
                let users = users.iter().map(|&user| &self.model.entries[user as usize]);
                let users: BTreeSet<String> = users.map(|user| id_of(self.layout, user)).collect();
                users.into_iter().collect()
            }
            None => vec![objects::author_id()],
        }
    }

    /// Relationships in the order of their ends.
    fn links(&self, entry: &Entry) -> BTreeMap<String, Value> {
        let mut links = BTreeMap::new();
        let own = id_of(self.layout, entry);
        let stamps = self.stamps(entry);
        let mut add = |kind: &str, source: &str, target: &str| {
            let link = objects::relationship(kind, source, target, &stamps);
            links.insert(format!("{target} {source} {kind}"), link);
        };
        for (name, kinds) in reference_fields(self.layout, entry.kind) {
            let ids = entry.fields.get(name).and_then(Value::as_array);
            for id in ids.into_iter().flatten().filter_map(Value::as_str) {
                let Some((other, kind)) = self.ids.get(id) else {
                    continue;
                };
                let kind = self.layout.kind_name(*kind);
                if kinds.iter().any(|wanted| wanted == kind) {
                    add(mapping::kind(kind).effect, other, &own);
                }
            }
        }
        let schemas = self.layout.schemas();
        let kind = schemas.entry_kind(self.layout.kind_name(entry.kind));
        let parent = kind.and_then(|kind| schemas.entry_kinds()[kind].parent_of(entry.stem()));
        if let Some((parent, _)) = parent.and_then(|parent| self.ids.get(parent)) {
            add(CHILD, &own, parent);
        }
        links
    }
}

/// What has no property of its own.
fn rest(moving: &Moving, extension: &mut Map<String, Value>) {
    extension.insert(key::NATIVE.to_owned(), moving.native.clone().into());
    let rest = Value::Object(moving.rest.clone());
    if moving.rest.is_empty() {
        return;
    }
    if is_allowed(&rest) {
        extension.insert(key::FIELDS.to_owned(), rest);
    } else {
        extension.insert(key::FIELDS_TEXT.to_owned(), rest.to_string().into());
    }
}

/// Whether STIX allows a value: no null, no empty list or group, and names of plain letters.
fn is_allowed(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(items) => !items.is_empty() && items.iter().all(is_allowed),
        Value::Object(fields) => {
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            !fields.is_empty()
                && fields.iter().all(|(name, value)| {
                    (1..=250).contains(&name.len()) && name.chars().all(plain) && is_allowed(value)
                })
        }
        _ => true,
    }
}

/// A list of texts, where it is one and holds something.
fn texts(value: &Value) -> Option<Vec<&str>> {
    let texts: Option<Vec<&str>> = value.as_array()?.iter().map(Value::as_str).collect();
    texts.filter(|texts| !texts.is_empty() && texts.iter().all(|text| !text.is_empty()))
}

/// The fields of an object, where it has these and no others, and all are texts.
fn only<'v>(value: &'v Value, names: &[&str]) -> Option<Vec<Option<&'v str>>> {
    let fields = value.as_object()?;
    let known = fields.keys().all(|name| names.contains(&name.as_str()));
    let texts = fields
        .values()
        .all(|value| value.as_str().is_some_and(|text| !text.is_empty()));
    (known && texts).then(|| names.iter().map(|name| text(fields, name)).collect())
}

fn is_address(url: Option<&str>) -> bool {
    url.is_none_or(|url| {
        let plain = url
            .bytes()
            .all(|b| b.is_ascii_graphic() && !b"<>\"{}|\\^`".contains(&b));
        plain && Url::parse(url).is_ok_and(|url| url.has_host())
    })
}

fn references(value: &Value) -> Option<Vec<Value>> {
    let items = value.as_array()?.iter().map(|item| {
        let [name, url] = only(item, &[REFERENCES.1, REFERENCES.2])?[..] else {
            return None;
        };
        let (name, url) = (name?, url?);
        is_address(Some(url)).then(|| json!({"source_name": name, "url": url}))
    });
    items
        .collect::<Option<Vec<_>>>()
        .filter(|items| !items.is_empty())
}

fn attack(value: &Value) -> Option<Vec<Value>> {
    let items = value.as_array()?.iter().map(|item| {
        let [id, name, url] = only(item, &[MAPPING.1, MAPPING.2, MAPPING.3])?[..] else {
            return None;
        };
        let mut out = json!({"source_name": ATTACK, "external_id": id?, "description": name?});
        if let Some(url) = url {
            out["url"] = url.into();
        }
        is_address(url).then_some(out)
    });
    items
        .collect::<Option<Vec<_>>>()
        .filter(|items| !items.is_empty())
}
