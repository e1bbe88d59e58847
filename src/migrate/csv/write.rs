//! Entries to tables.

use std::collections::BTreeMap;
use std::path::Path;

use csv::{Terminator, Writer, WriterBuilder};
use serde_json::Value;

use super::{GUARDED, LINK_COLUMNS, LINKS};
use crate::migrate::jsonl::{self, PATH, UNKNOWN_FILE};
use crate::migrate::layout::Layout;
use crate::migrate::loss::Losses;
use crate::migrate::model::{Entry, Model};
use crate::migrate::{Files, MigrateError};

/// All entries as tables.
pub(in crate::migrate) fn write(
    model: &Model,
    layout: &Layout<'_>,
    _: &mut Losses,
) -> Result<Files, MigrateError> {
    let mut files = Files::default();
    let mut links = Table::new(&LINK_COLUMNS.map(str::to_owned));
    let names = names(model);
    let mut kinds: BTreeMap<usize, Vec<(&Entry, &str)>> = BTreeMap::new();
    for (entry, name) in model.entries.iter().zip(&names) {
        kinds.entry(entry.kind).or_default().push((entry, name));
    }
    for (kind, entries) in kinds {
        let name = format!("{}.csv", layout.kind_name(kind));
        files.push(name, table(&entries, layout, &mut links)?);
    }
    files.push(LINKS.to_owned(), links.finish()?);
    if !model.unknown.is_empty() {
        let lines = jsonl::unknown(&model.unknown);
        files.push(UNKNOWN_FILE.to_owned(), lines.into_bytes());
    }
    Ok(files)
}

/// What names each entry in the table of lists: its stem, or its path where two share a stem.
fn names(model: &Model) -> Vec<&str> {
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in &model.entries {
        *count.entry(entry.stem()).or_default() += 1;
    }
    let names = model.entries.iter().map(|entry| match count[entry.stem()] {
        1 => entry.stem(),
        _ => entry.path.as_str(),
    });
    names.collect()
}

fn table(
    entries: &[(&Entry, &str)],
    layout: &Layout<'_>,
    links: &mut Table,
) -> Result<Vec<u8>, MigrateError> {
    let columns = columns(entries);
    let with_path = entries.iter().any(|(entry, _)| !layout.follows(entry));
    let mut head: Vec<String> = Vec::new();
    if with_path {
        head.push(PATH.to_owned());
    }
    head.extend(columns.iter().map(|name| (*name).to_owned()));
    let mut table = Table::new(&head);
    for (entry, name) in entries {
        let mut row: Vec<&str> = Vec::new();
        if with_path {
            row.push(&entry.path);
        }
        row.extend(columns.iter().map(|column| cell(entry.fields.get(*column))));
        table.row(&row)?;
        for (field, value) in &entry.fields {
            // An empty cell is no field, so an empty text needs a row.
            if cell(Some(value)).is_empty() {
                leaves(&[name, field], &mut String::new(), value, links)?;
            }
        }
    }
    table.finish()
}

/// The text of a field that fits a cell; empty for all others.
fn cell(value: Option<&Value>) -> &str {
    value.and_then(Value::as_str).unwrap_or("")
}

/// Fields that are a text somewhere, in the order of the entries.
fn columns<'e>(entries: &[(&'e Entry, &str)]) -> Vec<&'e str> {
    let mut columns: Vec<&str> = Vec::new();
    for (entry, _) in entries {
        let mut at = 0;
        for (name, value) in &entry.fields {
            if cell(Some(value)).is_empty() {
                continue;
            }
            match columns.iter().position(|column| column == name) {
                Some(known) => at = known + 1,
                None => {
                    columns.insert(at.min(columns.len()), name);
                    at += 1;
                }
            }
        }
    }
    columns
}

/// A row for each leaf of a value.
fn leaves(
    head: &[&str; 2],
    place: &mut String,
    value: &Value,
    links: &mut Table,
) -> Result<(), MigrateError> {
    let length = place.len();
    let row = |kind: &str, text: &str, place: &str, links: &mut Table| {
        links.row(&[head[0], head[1], place, kind, text])
    };
    match value {
        Value::String(text) => row("text", text, place, links),
        Value::Number(number) => row("number", &number.to_string(), place, links),
        Value::Bool(truth) => row("boolean", &truth.to_string(), place, links),
        Value::Null => row("null", "", place, links),
        Value::Array(items) if items.is_empty() => row("list", "", place, links),
        Value::Object(fields) if fields.is_empty() => row("group", "", place, links),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                place.push_str(&format!("[{index}]"));
                leaves(head, place, item, links)?;
                place.truncate(length);
            }
            Ok(())
        }
        Value::Object(fields) => {
            for (name, item) in fields {
                place.push('/');
                // As in a JSON pointer, and the bracket that begins an index.
                let name = name
                    .replace('~', "~0")
                    .replace('/', "~1")
                    .replace('[', "~2");
                place.push_str(&name);
                leaves(head, place, item, links)?;
                place.truncate(length);
            }
            Ok(())
        }
    }
}

/// A table that is being written.
struct Table {
    out: Writer<Vec<u8>>,
    head: Vec<String>,
    has_head: bool,
}

impl Table {
    fn new(head: &[String]) -> Self {
        let out = WriterBuilder::new()
            .terminator(Terminator::CRLF)
            .from_writer(Vec::new());
        Self {
            out,
            head: head.to_vec(),
            has_head: false,
        }
    }

    fn row(&mut self, cells: &[&str]) -> Result<(), MigrateError> {
        if !self.has_head {
            self.has_head = true;
            let head = std::mem::take(&mut self.head);
            let head: Vec<&str> = head.iter().map(String::as_str).collect();
            self.row(&head)?;
        }
        let guarded = cells.iter().map(|cell| match cell.starts_with(GUARDED) {
            true => format!("'{cell}"),
            false => (*cell).to_owned(),
        });
        let written = self.out.write_record(guarded);
        written.map_err(|error| MigrateError::new(Path::new("csv"), error.to_string()))
    }

    fn finish(mut self) -> Result<Vec<u8>, MigrateError> {
        if !self.has_head {
            let head = std::mem::take(&mut self.head);
            self.has_head = true;
            self.row(&head.iter().map(String::as_str).collect::<Vec<_>>())?;
        }
        let written = self.out.into_inner();
        written.map_err(|error| MigrateError::new(Path::new("csv"), error.to_string()))
    }
}
