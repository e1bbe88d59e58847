//! A corpus in every format and back: the same entries, or a loss that the report names. A release is
//! read and written, and not compared.

use std::collections::BTreeSet;

use arbitrary::Unstructured;
use corpuslint::migrate::layout::Layout;
use corpuslint::migrate::loss::Loss;
use corpuslint::migrate::model::{Entry, Model};
use corpuslint::migrate::{self, Files, Format};
use serde_json::{Map, Value, json};

use super::corpus;

const FORMATS: [Format; 7] = [
    Format::Yaml,
    Format::Json,
    Format::Markdown,
    Format::Jsonl,
    Format::Csv,
    Format::Stix,
    Format::Release,
];

/// IDs of every kind, one of them in a folder that does not follow from it.
const PATHS: [&str; 5] = [
    "motive/AR1",
    "motive/MT001",
    "motive/MT001.001",
    "preventions/PV001",
    "odd/DT001",
];

/// Pieces that mean something in one of the formats.
const PIECES: [&str; 40] = [
    "---",
    "...",
    "#",
    " #",
    ": ",
    ":",
    "'",
    "\"",
    "\t",
    " ",
    "   ",
    "\n",
    "\n\n",
    "\r\n",
    "\r",
    "- ",
    "? ",
    "| a",
    "> ",
    "%",
    "@",
    "`",
    "&a",
    "*a",
    "!t",
    "[x]",
    "{x: y}",
    ",",
    "no",
    "null",
    "~",
    "1e3",
    "=1+1",
    "2024-05-22",
    "\u{85}",
    "\u{2028}",
    "\u{feff}",
    "</p>",
    "&amp;",
    "word",
];

/// The first byte is the format that the others are in; from 7 on they are a corpus of its own.
pub fn migrate(bytes: &[u8]) {
    let Some((first, rest)) = bytes.split_first() else {
        return;
    };
    let layout = Layout::new(corpus::workspace(), 1);
    let model = match FORMATS.get(usize::from(*first)) {
        Some(format) => read(*format, rest, &layout),
        None => made(&mut Unstructured::new(rest), &layout).ok(),
    };
    let Some(model) = model.filter(|model| !model.entries.is_empty()) else {
        return;
    };
    for format in FORMATS {
        there_and_back(&model, format, &layout);
    }
}

/// What bytes say in a format, where they can be read.
fn read(format: Format, bytes: &[u8], layout: &Layout<'_>) -> Option<Model> {
    let files = match format {
        Format::Jsonl | Format::Stix | Format::Release => vec![(String::new(), bytes.to_vec())],
        _ => corpus::split(bytes).into_iter().collect(),
    };
    match migrate::read(&Files::new(files), format, layout) {
        Ok((model, _)) => is_once(&model).then_some(model),
        Err(error) => {
            assert!(!error.reason.is_empty());
            None
        }
    }
}

/// A command refuses a source that holds an entry twice.
fn is_once(model: &Model) -> bool {
    let paths: BTreeSet<&str> = model
        .entries
        .iter()
        .map(|entry| entry.path.as_str())
        .collect();
    let stems: BTreeSet<&str> = model.entries.iter().map(Entry::stem).collect();
    paths.len() == model.entries.len() && stems.len() == model.entries.len()
}

/// Entries of every kind; not all of them valid, because what is wrong must survive too.
fn made(input: &mut Unstructured<'_>, layout: &Layout<'_>) -> arbitrary::Result<Model> {
    let mut model = Model::default();
    for path in PATHS {
        if !input.arbitrary::<bool>()? {
            continue;
        }
        let mut fields = Map::new();
        fields.insert(
            "id".to_owned(),
            path.rsplit('/').next().unwrap_or(path).into(),
        );
        for name in ["title", "created", "theme", "description", "status"] {
            if input.arbitrary::<bool>()? {
                fields.insert(name.to_owned(), text(input)?.into());
            }
        }
        for name in ["contributors", "preventions", "references", "mitre", "odd"] {
            if input.arbitrary::<bool>()? {
                let value = value(input, 3)?;
                fields.insert(name.to_owned(), value);
            }
        }
        if let Ok(entry) = layout.entry(None, Some(path.to_owned()), fields) {
            model.entries.push(entry);
        }
    }
    model.sort();
    Ok(model)
}

fn text(input: &mut Unstructured<'_>) -> arbitrary::Result<String> {
    let mut text = String::new();
    for _ in 0..input.int_in_range(0..=6)? {
        match input.int_in_range(0..=PIECES.len() + 8)? {
            at if at < PIECES.len() => text.push_str(PIECES[at]),
            _ => text.push(input.arbitrary()?),
        }
    }
    Ok(text)
}

fn value(input: &mut Unstructured<'_>, depth: usize) -> arbitrary::Result<Value> {
    Ok(
        match input.int_in_range(0..=if depth == 0 { 4 } else { 7 })? {
            0 => Value::Null,
            1 => json!(input.arbitrary::<bool>()?),
            2 => json!(input.arbitrary::<i64>()?),
            3 | 4 => text(input)?.into(),
            5 | 6 => {
                let count = input.int_in_range(0..=3)?;
                let items: Result<Vec<_>, _> =
                    (0..count).map(|_| value(input, depth - 1)).collect();
                Value::Array(items?)
            }
            _ => {
                let mut fields = Map::new();
                for _ in 0..input.int_in_range(0..=3)? {
                    let name = match input.arbitrary::<bool>()? {
                        true => "text".to_owned(),
                        false => text(input)?,
                    };
                    fields.insert(name, value(input, depth - 1)?);
                }
                Value::Object(fields)
            }
        },
    )
}

/// Writes a corpus in a format and reads it again. A format may refuse what it cannot hold.
fn there_and_back(model: &Model, format: Format, layout: &Layout<'_>) {
    let Ok((files, losses)) = migrate::write(model, format, layout) else {
        return;
    };
    if format == Format::Release {
        // It has room for valid entries only; for those the tests of releases go there and back.
        return;
    }
    let back = migrate::read(&files, format, layout);
    let (back, _) = back.unwrap_or_else(|error| panic!("{format:?}: {error}\n{files:?}"));
    let is_named = |entry: &Entry| losses.iter().any(|loss| names(loss, entry));
    for entry in &model.entries {
        let same = back.entries.iter().find(|other| other.path == entry.path);
        let kept = same.is_some_and(|other| is_same(entry, other));
        assert!(
            kept || is_named(entry),
            "{format:?}: {entry:?}\nbecomes {same:?}\n{losses:?}"
        );
    }
    for entry in &back.entries {
        let known = model.entries.iter().any(|other| other.path == entry.path);
        assert!(known || !losses.is_empty(), "{format:?} makes {entry:?}");
    }
    let unknown = model.unknown == back.unknown;
    assert!(
        unknown || !losses.is_empty(),
        "{format:?}: {:?} {:?}",
        model.unknown,
        back.unknown
    );
}

fn is_same(entry: &Entry, other: &Entry) -> bool {
    entry == other && entry.fields.keys().eq(other.fields.keys())
}

fn names(loss: &Loss, entry: &Entry) -> bool {
    loss.places.iter().any(|place| place.file == entry.path)
        || loss.entry.as_deref() == Some(entry.stem())
}
