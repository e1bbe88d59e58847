//! Tables to entries.

use std::collections::BTreeMap;
use std::path::Path;

use csv::{ReaderBuilder, StringRecord};
use serde_json::{Map, Value};

use super::{GUARDED, LINK_COLUMNS, LINKS};
use crate::migrate::jsonl::{self, PATH, UNKNOWN_FILE};
use crate::migrate::layout::Layout;
use crate::migrate::loss::Losses;
use crate::migrate::model::{Entry, Model};
use crate::migrate::{Files, MigrateError};

/// All entries of a folder of tables.
pub(in crate::migrate) fn read(
    files: &Files,
    layout: &Layout<'_>,
    _: &mut Losses,
) -> Result<Model, MigrateError> {
    let mut model = Model::default();
    let mut links = None;
    let mut tables = Vec::new();
    for (name, text) in files.texts()? {
        match name.strip_suffix(".csv") {
            Some(_) if name == LINKS => links = Some(rows(name, text)?),
            Some(kind) => {
                let kind = layout.kind_of_name(kind).ok_or_else(|| {
                    let reason = format!("the profile has no kind `{kind}`");
                    MigrateError::new(Path::new(name), reason)
                })?;
                tables.push((kind, name, rows(name, text)?));
            }
            None if name == UNKNOWN_FILE => {
                model.unknown = jsonl::unknown_lines(name, text, layout.limits())?;
            }
            None => {}
        }
    }
    let mut lists = Lists::default();
    if let Some((head, rows)) = links {
        lists.read(&head, &rows)?;
    }
    for (kind, name, (head, rows)) in tables {
        for (line, row) in rows {
            let entry = entry(kind, &head, &row, &mut lists, layout);
            model
                .entries
                .push(entry.map_err(|reason| at(name, line, reason))?);
        }
    }
    lists.must_be_empty()?;
    Ok(model)
}

/// A record with its line.
type Row = (u64, Vec<String>);

fn at(name: &str, line: u64, reason: impl Into<String>) -> MigrateError {
    let reason = format!("line {line}: {}", reason.into());
    MigrateError::new(Path::new(name), reason)
}

/// The columns and the rows of a table, without the apostrophes that guard them.
fn rows(name: &str, text: &str) -> Result<(Vec<String>, Vec<Row>), MigrateError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = ReaderBuilder::new().from_reader(text.as_bytes());
    let refuse = |error: csv::Error| MigrateError::new(Path::new(name), error.to_string());
    let head = plain(reader.headers().map_err(refuse)?);
    if let Some(twice) = head
        .iter()
        .enumerate()
        .find(|(at, column)| head[..*at].contains(column))
    {
        return Err(at(
            name,
            1,
            format!("the column `{}` is there twice", twice.1),
        ));
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(refuse)?;
        let line = record.position().map_or(0, csv::Position::line);
        rows.push((line, plain(&record)));
    }
    Ok((head, rows))
}

fn plain(record: &StringRecord) -> Vec<String> {
    let cells = record.iter().map(|cell| match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(GUARDED) => rest,
        _ => cell,
    });
    cells.map(str::to_owned).collect()
}

fn entry(
    kind: usize,
    head: &[String],
    row: &[String],
    lists: &mut Lists,
    layout: &Layout<'_>,
) -> Result<Entry, String> {
    let mut path = None;
    let mut fields = Map::new();
    for (column, cell) in head.iter().zip(row) {
        if column == PATH {
            path = Some(cell.clone());
        } else if !cell.is_empty() {
            fields.insert(column.clone(), Value::String(cell.clone()));
        }
    }
    let bare = layout.entry(Some(kind), path.clone(), fields.clone())?;
    lists.give(&bare, &mut fields);
    layout.entry(Some(kind), path, fields)
}

/// What the table of lists says, by entry and field.
#[derive(Default)]
struct Lists(BTreeMap<String, (u64, Map<String, Value>)>);

impl Lists {
    fn read(&mut self, head: &[String], rows: &[Row]) -> Result<(), MigrateError> {
        let places: Option<Vec<usize>> = LINK_COLUMNS
            .iter()
            .map(|column| head.iter().position(|found| found == column))
            .collect();
        let Some(places) = places else {
            return Err(at(
                LINKS,
                1,
                format!("the columns are {}", LINK_COLUMNS.join(", ")),
            ));
        };
        for (line, row) in rows {
            let cell = |column: usize| row[places[column]].as_str();
            let value = leaf(cell(3), cell(4)).map_err(|reason| at(LINKS, *line, reason))?;
            let (_, fields) = self
                .0
                .entry(cell(0).to_owned())
                .or_insert_with(|| (*line, Map::new()));
            let slot = fields.entry(cell(1)).or_insert(Value::Null);
            put(slot, cell(2), value).map_err(|reason| at(LINKS, *line, reason))?;
        }
        Ok(())
    }

    /// Moves the lists of an entry into its fields.
    fn give(&mut self, entry: &Entry, fields: &mut Map<String, Value>) {
        for name in [entry.stem(), entry.path.as_str()] {
            if let Some((_, found)) = self.0.remove(name) {
                fields.extend(found);
            }
        }
    }

    fn must_be_empty(&self) -> Result<(), MigrateError> {
        match self.0.iter().next() {
            None => Ok(()),
            Some((name, (line, _))) => {
                Err(at(LINKS, *line, format!("no table has an entry `{name}`")))
            }
        }
    }
}

fn leaf(kind: &str, text: &str) -> Result<Value, String> {
    match kind {
        "text" => Ok(Value::String(text.to_owned())),
        "null" => Ok(Value::Null),
        "list" => Ok(Value::Array(Vec::new())),
        "group" => Ok(Value::Object(Map::new())),
        "number" | "boolean" => {
            // Spreadsheets like to write TRUE.
            let text = text.to_ascii_lowercase();
            let value = serde_json::from_str::<Value>(&text);
            let fits = |value: &Value| value.is_number() || value.is_boolean();
            value
                .ok()
                .filter(fits)
                .ok_or(format!("`{text}` is no {kind}"))
        }
        _ => Err(format!(
            "`{kind}` is none of text, number, boolean, null, list, group"
        )),
    }
}

/// Puts a leaf at a place such as `[0]/url`, and makes what stands around it.
fn put(slot: &mut Value, place: &str, value: Value) -> Result<(), String> {
    let mut here = slot;
    let mut rest = place;
    while !rest.is_empty() {
        let wrong = || format!("`{place}` is no place within a field, such as [0]/url");
        if let Some(inner) = rest.strip_prefix('[') {
            let (index, behind) = inner.split_once(']').ok_or_else(wrong)?;
            let index: usize = index.parse().map_err(|_| wrong())?;
            if here.is_null() {
                *here = Value::Array(Vec::new());
            }
            let items = here.as_array_mut().ok_or_else(wrong)?;
            // Rows stand in order, so that a list grows by one at a time.
            if index > items.len() {
                return Err(format!("`{place}` comes before item {}", items.len()));
            }
            if index == items.len() {
                items.push(Value::Null);
            }
            here = &mut items[index];
            rest = behind;
        } else {
            let inner = rest.strip_prefix('/').ok_or_else(wrong)?;
            let end = inner.find(['/', '[']).unwrap_or(inner.len());
            let name = inner[..end]
                .replace("~2", "[")
                .replace("~1", "/")
                .replace("~0", "~");
            if here.is_null() {
                *here = Value::Object(Map::new());
            }
            let fields = here.as_object_mut().ok_or_else(wrong)?;
            here = fields.entry(name).or_insert(Value::Null);
            rest = &inner[end..];
        }
    }
    *here = value;
    Ok(())
}
