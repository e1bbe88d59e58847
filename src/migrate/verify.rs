//! Compares what was read with what the way back gives.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use super::loss::{Loss, Losses, Spot};
use super::model::{Entry, Model};
use super::run::{Job, parse, render};
use super::{Files, Format, MigrateError};
use crate::syntax::push_segment;

/// What the comparison showed.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// Entries that were compared.
    pub compared: usize,
    /// Differences that items of the loss report announce.
    pub reported: usize,
    /// Differences that none does.
    pub unreported: Vec<Spot>,
}

/// A trip there, and all that is needed to judge the way back.
pub(super) struct Trip<'t> {
    pub(super) job: &'t Job<'t>,
    pub(super) model: &'t Model,
    pub(super) files: &'t Files,
    /// The source, where it is not a file an entry.
    pub(super) original: Option<&'t Files>,
    pub(super) losses: &'t [Loss],
}

/// Goes back and compares: entries with entries, and a release with a release.
pub(super) fn whole(trip: &Trip<'_>) -> Result<Verification, MigrateError> {
    let Job {
        layout, from, to, ..
    } = trip.job;
    let mut found = Verification::default();
    let known = Known::new(trip.losses);
    let back = parse(trip.files, *to, layout, &mut Losses::default())?;
    found.models(trip.model, &back, &known);
    if let (Format::Release, Some(original)) = (from, trip.original) {
        let again = render(&back, Format::Release, layout, &mut Losses::default())?;
        let value = |files: &Files| -> Result<Value, MigrateError> {
            let (name, text) = files.only()?;
            let reason = |error: serde_json::Error| {
                MigrateError::new(std::path::Path::new(name), error.to_string())
            };
            serde_json::from_str(text).map_err(reason)
        };
        found.values("", &value(original)?, &value(&again)?, &known);
    }
    Ok(found)
}

/// Places that the loss report names.
struct Known<'l>(BTreeSet<(&'l str, &'l str)>);

impl<'l> Known<'l> {
    fn new(losses: &'l [Loss]) -> Self {
        let places = losses.iter().flat_map(|loss| &loss.places);
        Self(
            places
                .map(|place| (place.file.as_str(), place.pointer.as_str()))
                .collect(),
        )
    }

    /// Whether a place or something around it is named.
    fn covers(&self, file: &str, pointer: &str) -> bool {
        let mut pointer = pointer;
        loop {
            if self.0.contains(&(file, pointer)) {
                return !file.is_empty() || !pointer.is_empty();
            }
            match pointer.rfind('/') {
                Some(at) => pointer = &pointer[..at],
                None => return false,
            }
        }
    }
}

impl Verification {
    /// Adds the result of another part.
    pub fn extend(&mut self, other: Self) {
        self.compared += other.compared;
        self.reported += other.reported;
        self.unreported.extend(other.unreported);
    }

    /// Compares an entry with what came back of it.
    pub(super) fn entry(&mut self, entry: &Entry, back: &Entry) {
        self.compared += 1;
        let known = Known(BTreeSet::new());
        self.fields(entry, back, &known);
    }

    fn fields(&mut self, entry: &Entry, back: &Entry, known: &Known<'_>) {
        let (a, b) = (&entry.fields, &back.fields);
        if entry.kind == back.kind && a == b && a.keys().eq(b.keys()) {
            return;
        }
        let before = self.reported + self.unreported.len();
        let value = |fields: &serde_json::Map<String, Value>| Value::Object(fields.clone());
        self.values(&entry.path, &value(a), &value(b), known);
        if before == self.reported + self.unreported.len() {
            // The same fields in another order, or another kind.
            self.differs(&entry.path, "", known);
        }
    }

    fn models(&mut self, model: &Model, back: &Model, known: &Known<'_>) {
        let mut others = back.entries.iter().peekable();
        for entry in &model.entries {
            self.compared += 1;
            while let Some(other) = others.next_if(|other| other.path < entry.path) {
                self.differs(&other.path, "", known);
            }
            match others.next_if(|other| other.path == entry.path) {
                Some(other) => self.fields(entry, other, known),
                None => self.differs(&entry.path, "", known),
            }
        }
        for other in others {
            self.differs(&other.path, "", known);
        }
        self.unknown(model, back, known);
    }

    /// Compares the fields that no schema knows; they are lost where their entry is.
    fn unknown(&mut self, model: &Model, back: &Model, known: &Known<'_>) {
        for unknown in &model.unknown {
            let other = back.unknown_of(unknown.entry.as_deref());
            if other == Some(&unknown.fields) {
                continue;
            }
            let owner = model
                .entries
                .iter()
                .find(|entry| Some(entry.stem()) == unknown.entry.as_deref());
            let file = owner.map_or(super::jsonl::UNKNOWN_FILE, |entry| &entry.path);
            let a = Value::Object(unknown.fields.clone());
            let b = Value::Object(other.cloned().unwrap_or_default());
            self.values(file, &a, &b, known);
        }
        for other in &back.unknown {
            if model.unknown_of(other.entry.as_deref()).is_none() {
                self.differs(super::jsonl::UNKNOWN_FILE, "", known);
            }
        }
    }

    /// Compares two values below a pointer, down to what differs.
    fn values(&mut self, file: &str, a: &Value, b: &Value, known: &Known<'_>) {
        self.below(file, &mut String::new(), a, b, known);
    }

    fn below(&mut self, file: &str, pointer: &mut String, a: &Value, b: &Value, known: &Known<'_>) {
        if a == b {
            return;
        }
        let length = pointer.len();
        match (a, b) {
            (Value::Object(a), Value::Object(b)) => {
                let names = a
                    .keys()
                    .chain(b.keys().filter(|name| !a.contains_key(*name)));
                for name in names {
                    push_segment(pointer, name);
                    match (a.get(name), b.get(name)) {
                        (Some(a), Some(b)) => self.below(file, pointer, a, b, known),
                        _ => self.differs(file, pointer, known),
                    }
                    pointer.truncate(length);
                }
            }
            (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
                for (index, (a, b)) in a.iter().zip(b).enumerate() {
                    push_segment(pointer, &index.to_string());
                    self.below(file, pointer, a, b, known);
                    pointer.truncate(length);
                }
            }
            _ => self.differs(file, pointer, known),
        }
    }

    fn differs(&mut self, file: &str, pointer: &str, known: &Known<'_>) {
        if known.covers(file, pointer) {
            self.reported += 1;
        } else {
            self.unreported.push(Spot {
                file: file.to_owned(),
                pointer: pointer.to_owned(),
            });
        }
    }
}
