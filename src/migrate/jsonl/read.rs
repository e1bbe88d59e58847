//! Lines to entries.

use std::path::Path;

use serde_json::{Map, Value};

use super::{PATH, UNKNOWN};
use crate::migrate::layout::Layout;
use crate::migrate::loss::Losses;
use crate::migrate::model::{Model, Unknown};
use crate::migrate::{Files, MigrateError, value};
use crate::syntax::{self, Format, Kind, Limits};

/// All entries of one file.
pub(in crate::migrate) fn read(
    files: &Files,
    layout: &Layout<'_>,
    _: &mut Losses,
) -> Result<Model, MigrateError> {
    let (name, text) = files.only()?;
    let mut model = Model::default();
    for (number, line) in lines(text) {
        let refuse =
            |reason: String| MigrateError::new(Path::new(name), format!("line {number}: {reason}"));
        let mut fields = object(line, layout.limits()).map_err(&refuse)?;
        if let Some(found) = fields.get(UNKNOWN) {
            model.unknown.push(unknown(found).map_err(&refuse)?);
            continue;
        }
        let path = match fields.shift_remove(PATH) {
            None => None,
            Some(Value::String(path)) => Some(path),
            Some(_) => return Err(refuse(format!("`{PATH}` is no text"))),
        };
        model
            .entries
            .push(layout.entry(None, path, fields).map_err(&refuse)?);
    }
    Ok(model)
}

/// The file of unknown fields that stands beside entries.
pub(in crate::migrate) fn unknown_lines(
    name: &str,
    text: &str,
    limits: &Limits,
) -> Result<Vec<Unknown>, MigrateError> {
    let read = lines(text).map(|(number, line)| {
        let found = object(line, limits).and_then(|fields| unknown(&Value::Object(fields)));
        found.map_err(|reason| {
            MigrateError::new(Path::new(name), format!("line {number}: {reason}"))
        })
    });
    read.collect()
}

/// The lines that hold something, with their numbers.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let numbered = text.split('\n').enumerate();
    numbered
        .map(|(index, line)| (index + 1, line.trim_matches([' ', '\t', '\r'])))
        .filter(|(_, line)| !line.is_empty())
}

/// A line as fields. Names that are there twice are refused, as in an entry.
fn object(line: &str, limits: &Limits) -> Result<Map<String, Value>, String> {
    let (document, problems) = syntax::parse(line, Format::Json, None, limits);
    let root = document.root().filter(|root| root.kind() == Kind::Mapping);
    match root {
        Some(root) if problems.is_empty() => Ok(value::fields(root)),
        _ => Err("it is no JSON object, or a name is there twice".to_owned()),
    }
}

fn unknown(found: &Value) -> Result<Unknown, String> {
    let wrong = || "unknown fields are written {\"entry\": …, \"fields\": {…}}".to_owned();
    let entry = match found.get("entry") {
        Some(Value::String(id)) => Some(id.clone()),
        Some(Value::Null) => None,
        _ => return Err(wrong()),
    };
    let fields = found
        .get("fields")
        .and_then(Value::as_object)
        .ok_or_else(wrong)?;
    Ok(Unknown {
        entry,
        fields: fields.clone(),
    })
}
