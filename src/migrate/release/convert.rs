//! The value of a field between a release and an entry.

use rustc_hash::FxHashMap;
use serde_json::{Map, Value};

use super::{
    BARE_ITEM, CLUTTER, DATE, MORE_FIELDS, NESTED_LIST, NOT_A_DATE, REPEATED, RESTRUCTURED,
    REWORDED,
};
use super::{items_of, name_in_release, only_field, spell};
use crate::entry::date;
use crate::migrate::MigrateError;
use crate::migrate::html::{Back, Converted, Converter, to_html};
use crate::migrate::loss::{Losses, Sort, Spot};
use crate::schema::plan::{Place, Plan, Step};
use crate::schema::vocabulary::{Notation, Prose};

/// A place in the schema of a release, and the place in the schema of an entry that takes its value.
#[derive(Clone, Copy)]
pub(super) struct Pair<'p> {
    pub(super) from: (&'p Plan, &'p Place),
    pub(super) to: (&'p Plan, &'p Place),
}

impl<'p> Pair<'p> {
    fn field(self, name: &str) -> Option<Self> {
        let step = Step::Name(name);
        Some(Self {
            from: (self.from.0, self.from.0.child(self.from.1, step)?),
            to: (self.to.0, self.to.0.child(self.to.1, step)?),
        })
    }

    fn items(self) -> Option<Self> {
        Some(Self {
            from: (self.from.0, items_of(self.from.1, self.from.0)?),
            to: (self.to.0, items_of(self.to.1, self.to.0)?),
        })
    }

    /// The one field of the release's objects, where entries have a text in their place.
    fn unwrapped(self) -> Option<&'p str> {
        let is_text = self.to.1.field_names().next().is_none();
        only_field(self.from.1, self.from.0).filter(|_| is_text)
    }
}

/// Turns values of a release into those of entries.
#[derive(Default)]
pub(super) struct Inward {
    html: Converter,
    /// What became of a text; the same prose stands in many copies.
    known: FxHashMap<String, Converted>,
}

/// Whose value it is, and where.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    pub(super) entry: &'a str,
    pub(super) pointer: &'a str,
}

impl At<'_> {
    pub(super) fn report(self, losses: &mut Losses, sort: Sort, what: impl Into<String>) {
        let place = Spot {
            file: String::new(),
            pointer: self.pointer.to_owned(),
        };
        losses.add(sort, Some(self.entry), what, place);
    }
}

impl Inward {
    /// The value that an entry has, and the whole where that says less.
    pub(super) fn value(
        &mut self,
        pair: Pair<'_>,
        value: &Value,
        at: At<'_>,
        losses: &mut Losses,
    ) -> Result<(Value, Option<Value>), MigrateError> {
        match value {
            Value::String(text) => Ok((self.text(pair, text, at, losses)?, None)),
            Value::Array(items) => self.list(pair, items, at, losses),
            Value::Object(fields) => {
                let mut out = Map::new();
                for (name, value) in fields {
                    let value = match pair.field(name) {
                        Some(pair) => self.value(pair, value, at, losses)?.0,
                        None => value.clone(),
                    };
                    out.insert(name.clone(), value);
                }
                Ok((Value::Object(out), None))
            }
            value => Ok((value.clone(), None)),
        }
    }

    fn text(
        &mut self,
        pair: Pair<'_>,
        text: &str,
        at: At<'_>,
        losses: &mut Losses,
    ) -> Result<Value, MigrateError> {
        let (from, to) = (&pair.from.1.marks, &pair.to.1.marks);
        if let (Some(from), Some(_)) = (from.date, to.date)
            && from.notation == Notation::Ordinal
        {
            return Ok(Value::String(day(text, at, losses)));
        }
        if (from.prose, to.prose) == (Some(Prose::Html), Some(Prose::Markdown)) {
            return Ok(Value::String(self.prose(text, at, losses)?));
        }
        Ok(Value::String(text.to_owned()))
    }

    fn prose(
        &mut self,
        text: &str,
        at: At<'_>,
        losses: &mut Losses,
    ) -> Result<String, MigrateError> {
        if !self.known.contains_key(text) {
            let converted = self.html.to_markdown(text).map_err(|reason| {
                MigrateError::new(
                    std::path::Path::new(at.entry),
                    format!("{}: {reason}", at.pointer),
                )
            })?;
            self.known.insert(text.to_owned(), converted);
        }
        let Some(found) = self.known.get(text) else {
            return Ok(String::new());
        };
        let listed = found
            .dropped
            .iter()
            .map(|(what, count)| format!("{count} × {what}"));
        let listed = listed.collect::<Vec<_>>().join(", ");
        match found.back {
            Back::Same => {}
            Back::Cleaned if listed.is_empty() => {
                at.report(
                    losses,
                    CLUTTER,
                    "the HTML is spelled another way on the way back",
                );
            }
            Back::Cleaned => at.report(losses, CLUTTER, listed),
            Back::Restructured => {
                at.report(
                    losses,
                    RESTRUCTURED,
                    format!("the structure changes; dropped: {listed}"),
                );
            }
            Back::Changed => {
                at.report(
                    losses,
                    REWORDED,
                    format!("the text changes; dropped: {listed}"),
                );
            }
        }
        Ok(found.markdown.clone())
    }

    fn list(
        &mut self,
        pair: Pair<'_>,
        items: &[Value],
        at: At<'_>,
        losses: &mut Losses,
    ) -> Result<(Value, Option<Value>), MigrateError> {
        let Some(inner) = pair.items() else {
            return Ok((Value::Array(items.to_vec()), None));
        };
        let mut flat = Vec::new();
        let depth = flatten(items, 0, &mut flat);
        if depth > 0 {
            at.report(losses, NESTED_LIST, "lists stand in the list");
        }
        let mut out = Vec::new();
        let mut more = false;
        let mut repeated = 0;
        for item in flat {
            let value = match (inner.unwrapped(), item) {
                (Some(only), Value::Object(fields)) if fields.contains_key(only) => {
                    more |= fields.len() > 1;
                    fields[only].clone()
                }
                (only, item) => {
                    if let Some(only) = only.filter(|_| !item.is_object()) {
                        let what = format!("{item} is written as a group with `{only}`");
                        at.report(losses, BARE_ITEM, what);
                    }
                    self.value(inner, item, at, losses)?.0
                }
            };
            // Groups may be alike and each be meant; names are not.
            if !value.is_object() && out.contains(&value) {
                repeated += 1;
            } else {
                out.push(value);
            }
        }
        if repeated > 0 {
            at.report(
                losses,
                REPEATED,
                format!("{repeated} × an item that is there already"),
            );
        }
        if more {
            at.report(losses, MORE_FIELDS, "the items have more than one field");
            return Ok((Value::Array(out), Some(Value::Array(items.to_vec()))));
        }
        Ok((Value::Array(out), None))
    }
}

/// The items of a list and of the lists in it, and how deep these nest.
fn flatten<'v>(items: &'v [Value], depth: usize, out: &mut Vec<&'v Value>) -> usize {
    let mut deepest = depth;
    for item in items {
        match item {
            Value::Array(inner) => deepest = deepest.max(flatten(inner, depth + 1, out)),
            item => out.push(item),
        }
    }
    deepest
}

fn day(text: &str, at: At<'_>, losses: &mut Losses) -> String {
    let Some(found) = date(text, Notation::Ordinal) else {
        at.report(losses, NOT_A_DATE, format!("`{text}`"));
        return text.to_owned();
    };
    let iso = found.to_string();
    match spell::day(&iso) {
        Some(back) if back != text => {
            at.report(
                losses,
                DATE,
                format!("`{text}` is written `{back}` on the way back"),
            );
        }
        _ => {}
    }
    iso
}

/// The value that a release has.
pub(super) fn outward(pair: Pair<'_>, value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(outward_text(pair, text)),
        Value::Array(items) => {
            let items = items.iter().map(|item| match pair.items() {
                None => item.clone(),
                Some(inner) => match inner.unwrapped() {
                    Some(only) if !item.is_object() => {
                        let mut fields = Map::new();
                        fields.insert(only.to_owned(), item.clone());
                        Value::Object(fields)
                    }
                    _ => outward(inner, item),
                },
            });
            Value::Array(items.collect())
        }
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| {
                let name = name_in_release(pair.from.1, pair.to.1, name);
                let value = match pair.field(name) {
                    Some(pair) => outward(pair, value),
                    None => value.clone(),
                };
                (name.to_owned(), value)
            });
            Value::Object(fields.collect())
        }
        value => value.clone(),
    }
}

fn outward_text(pair: Pair<'_>, text: &str) -> String {
    let (from, to) = (&pair.from.1.marks, &pair.to.1.marks);
    if from
        .date
        .is_some_and(|mark| mark.notation == Notation::Ordinal)
        && to.date.is_some()
    {
        return spell::day(text).unwrap_or_else(|| text.to_owned());
    }
    if (from.prose, to.prose) == (Some(Prose::Html), Some(Prose::Markdown)) {
        return to_html(text);
    }
    text.to_owned()
}
