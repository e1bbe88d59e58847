//! A bundle to entries.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Map, Value, json};

use super::mapping::{self, ATTACK, MAPPING, REFERENCES, SOURCE};
use super::{entry_extension, key, list_field, reference_fields};
use crate::migrate::layout::Layout;
use crate::migrate::loss::{Class, Losses, Sort, Spot};
use crate::migrate::model::{Entry, Model, Unknown};
use crate::migrate::{Files, MigrateError, value};
use crate::schema::vocabulary::DateRole;
use crate::syntax::{self, Format};

const FOREIGN: Sort = (
    Class::Dropped,
    "foreign-object",
    "only objects that were written from entries are read as such",
);

/// All entries of a bundle that was written here.
pub(in crate::migrate) fn read(
    files: &Files,
    layout: &Layout<'_>,
    losses: &mut Losses,
) -> Result<Model, MigrateError> {
    let (name, text) = files.only()?;
    let refuse = |reason: String| MigrateError::new(Path::new(name), reason);
    let (document, problems) = syntax::parse(text, Format::Json, None, layout.limits());
    let bundle = document
        .root()
        .filter(|_| problems.is_empty())
        .map(value::value);
    let bundle =
        bundle.ok_or_else(|| refuse("it is no JSON, or a name is there twice".to_owned()))?;
    let objects = bundle.get("objects").and_then(Value::as_array);
    let objects =
        objects.ok_or_else(|| refuse("it is no bundle: it has no `objects`".to_owned()))?;
    let reader = Reader::new(layout, objects);
    let mut model = Model::default();
    for (index, object) in objects.iter().enumerate() {
        let at = format!("/objects/{index}");
        if let Some(extension) = extension(object) {
            reader
                .object(object, extension, &mut model)
                .map_err(|reason| refuse(format!("{at}: {reason}")))?;
        } else if !is_ours(object) {
            let place = Spot {
                file: String::new(),
                pointer: at,
            };
            let id = property(object, "id");
            losses.add(FOREIGN, None, format!("`{id}`"), place);
        }
    }
    reader.link(&mut model.entries);
    Ok(model)
}

/// What an object has that STIX has no property for.
fn extension(object: &Value) -> Option<&Map<String, Value>> {
    object
        .get("extensions")?
        .get(entry_extension())?
        .as_object()
}

/// Objects that are written anew with the entries.
fn is_ours(object: &Value) -> bool {
    let kind = property(object, "type");
    matches!(kind, "identity" | "relationship" | "extension-definition")
}

fn property<'v>(object: &'v Value, name: &str) -> &'v str {
    object.get(name).and_then(Value::as_str).unwrap_or("")
}

struct Reader<'r, 'l> {
    layout: &'r Layout<'l>,
    /// Names of identities.
    people: BTreeMap<&'r str, &'r str>,
    /// IDs of entries by the identifiers of their objects.
    entries: BTreeMap<&'r str, &'r str>,
    /// The sources of the relationships to each entry, all by ID.
    links: BTreeMap<&'r str, BTreeSet<&'r str>>,
}

impl<'r, 'l> Reader<'r, 'l> {
    fn new(layout: &'r Layout<'l>, objects: &'r [Value]) -> Self {
        let mut reader = Self {
            layout,
            people: BTreeMap::new(),
            entries: BTreeMap::new(),
            links: BTreeMap::new(),
        };
        for object in objects {
            let id = property(object, "id");
            if property(object, "type") == "identity" {
                reader.people.insert(id, property(object, "name"));
            } else if extension(object).is_some() {
                reader.entries.insert(id, own_id(object).unwrap_or(""));
            }
        }
        for object in objects {
            let end = |name| reader.entries.get(property(object, name)).copied();
            if let (Some(source), Some(target)) = (end("source_ref"), end("target_ref")) {
                reader.links.entry(target).or_default().insert(source);
            }
        }
        reader
    }

    fn object(
        &self,
        object: &Value,
        extension: &Map<String, Value>,
        model: &mut Model,
    ) -> Result<(), String> {
        let unknown = match extension.get(key::UNKNOWN_TEXT) {
            None => None,
            Some(text) => Some(fields_of(text)?),
        };
        let Some(kind) = extension.get(key::KIND).and_then(Value::as_str) else {
            model.unknown.extend(unknown.map(|fields| Unknown {
                entry: None,
                fields,
            }));
            return Ok(());
        };
        let kind = self
            .layout
            .kind_of_name(kind)
            .ok_or_else(|| format!("the profile has no kind `{kind}`"))?;
        let mut fields = match (extension.get(key::FIELDS), extension.get(key::FIELDS_TEXT)) {
            (Some(Value::Object(fields)), None) => fields.clone(),
            (None, Some(text)) => fields_of(text)?,
            (None, None) => Map::new(),
            _ => return Err("the fields of the entry are no group".to_owned()),
        };
        self.native(kind, object, extension, &mut fields);
        let path = extension.get(key::PATH).and_then(Value::as_str);
        let entry = self
            .layout
            .entry(Some(kind), path.map(str::to_owned), fields)?;
        model.unknown.extend(unknown.map(|fields| Unknown {
            entry: Some(entry.stem().to_owned()),
            fields,
        }));
        model.entries.push(entry);
        Ok(())
    }

    /// Fills in what the properties of the object say.
    fn native(
        &self,
        kind: usize,
        object: &Value,
        extension: &Map<String, Value>,
        fields: &mut Map<String, Value>,
    ) {
        let layout = self.layout;
        let shape = mapping::kind(layout.kind_name(kind));
        let native = extension.get(key::NATIVE).and_then(Value::as_array);
        let root = layout.plan(kind).root();
        let is_native = |name: &str| {
            let mut names = native.into_iter().flatten().filter_map(Value::as_str);
            // A bundle may have been written in an older format version.
            names.any(|found| root.newest(found) == name)
        };
        let mut set = |name: Option<&str>, value: Option<Value>| {
            if let (Some(name), Some(value)) = (name.filter(|name| is_native(name)), value) {
                fields.insert(name.to_owned(), value);
            }
        };
        let day = |name: &str| property(object, name).get(..10).map(Value::from);
        let role = |role| {
            let found = layout.field(kind, |marks| {
                marks.date.is_some_and(|mark| mark.role == role)
            });
            found.map(|(name, _)| name)
        };
        set(role(DateRole::Created), day("created"));
        set(role(DateRole::Updated), day("modified"));
        let field = |wanted: fn(&crate::schema::vocabulary::Marks) -> bool| {
            layout.field(kind, wanted).map(|(name, _)| name)
        };
        let whole = |name: &str| object.get(name).cloned();
        set(field(|marks| marks.unique.is_some()), whole(shape.title));
        set(field(|marks| marks.prose.is_some()), whole(shape.prose));
        set(
            field(|marks| marks.id.is_some()),
            own_id(object).map(Value::from),
        );
        let people = extension
            .get(key::PEOPLE)
            .and_then(Value::as_array)
            .map(|refs| {
                let names = refs.iter().filter_map(|id| self.people.get(id.as_str()?));
                names.copied().map(Value::from).collect()
            });
        set(list_field(layout, kind, |marks| marks.person), people);
        set(Some(REFERENCES.0), Some(references(object)));
        set(Some(MAPPING.0), Some(attack(object)));
    }

    /// Brings the references of entries in line with the relationships, which others may have added
    /// or removed.
    fn link(&self, entries: &mut [Entry]) {
        let kinds: BTreeMap<String, usize> = entries
            .iter()
            .map(|entry| (entry.stem().to_owned(), entry.kind))
            .collect();
        let is_of = |id: &str, wanted: &[String]| {
            let kind = kinds.get(id).map(|kind| self.layout.kind_name(*kind));
            kind.is_some_and(|kind| wanted.iter().any(|wanted| wanted == kind))
        };
        for entry in entries {
            let none = BTreeSet::new();
            let links = self.links.get(entry.stem()).unwrap_or(&none);
            for (name, wanted) in reference_fields(self.layout, entry.kind) {
                let known = entry.fields.get(name).and_then(Value::as_array);
                let known: Vec<Value> = known.cloned().unwrap_or_default();
                let mut ids: Vec<Value> = known.clone();
                ids.retain(|id| {
                    let id = id.as_str().unwrap_or("");
                    !is_of(id, wanted) || links.contains(id)
                });
                for source in links {
                    if is_of(source, wanted) && !ids.iter().any(|id| id == source) {
                        ids.push((*source).into());
                    }
                }
                if ids != known {
                    entry.fields.insert(name.to_owned(), ids.into());
                    let fields = std::mem::take(&mut entry.fields);
                    entry.fields = self.layout.in_order(entry.kind, fields);
                }
            }
        }
    }
}

fn fields_of(text: &Value) -> Result<Map<String, Value>, String> {
    let text = text.as_str().unwrap_or("");
    let fields = serde_json::from_str::<Map<String, Value>>(text);
    fields.map_err(|_| "a text in the extension is no JSON object".to_owned())
}

fn sources(object: &Value) -> impl Iterator<Item = &Value> {
    let sources = object.get("external_references").and_then(Value::as_array);
    sources.into_iter().flatten()
}

/// The ID of the entry that an object was written from.
fn own_id(object: &Value) -> Option<&str> {
    let own = sources(object).find(|source| property(source, "source_name") == SOURCE)?;
    own.get("external_id")?.as_str()
}

fn is_attack(source: &Value) -> bool {
    property(source, "source_name") == ATTACK && source.get("external_id").is_some()
}

fn references(object: &Value) -> Value {
    let is_own =
        |source: &Value| property(source, "source_name") == SOURCE && source.get("url").is_none();
    let outside = sources(object).filter(|source| !is_own(source) && !is_attack(source));
    let items = outside.map(|source| {
        json!({
            REFERENCES.1: property(source, "source_name"),
            REFERENCES.2: property(source, "url"),
        })
    });
    items.collect()
}

fn attack(object: &Value) -> Value {
    let items = sources(object)
        .filter(|source| is_attack(source))
        .map(|source| {
            let mut item = json!({
                MAPPING.1: property(source, "external_id"),
                MAPPING.2: property(source, "description"),
            });
            if let Some(url) = source.get("url") {
                item[MAPPING.3] = url.clone();
            }
            item
        });
    items.collect()
}
