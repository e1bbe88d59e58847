//! Entries to lines.

use serde_json::{Map, Value, json};

use super::{PATH, UNKNOWN};
use crate::migrate::layout::Layout;
use crate::migrate::loss::Losses;
use crate::migrate::model::{Model, Unknown};
use crate::migrate::{Files, MigrateError};

/// All entries as one file.
pub(in crate::migrate) fn write(
    model: &Model,
    layout: &Layout<'_>,
    _: &mut Losses,
) -> Result<Files, MigrateError> {
    let mut out = String::new();
    for entry in &model.entries {
        let mut line = Map::new();
        if !layout.follows(entry) {
            line.insert(PATH.to_owned(), Value::String(entry.path.clone()));
        }
        line.extend(entry.fields.clone());
        push(&mut out, &Value::Object(line));
    }
    for unknown in &model.unknown {
        push(&mut out, &json!({UNKNOWN: object(unknown)}));
    }
    Ok(Files::one(out))
}

/// Unknown fields as a file of their own.
pub(in crate::migrate) fn unknown(unknown: &[Unknown]) -> String {
    let mut out = String::new();
    for unknown in unknown {
        push(&mut out, &object(unknown));
    }
    out
}

fn object(unknown: &Unknown) -> Value {
    json!({"entry": unknown.entry, "fields": unknown.fields})
}

fn push(out: &mut String, value: &Value) {
    out.push_str(&value.to_string());
    out.push('\n');
}
