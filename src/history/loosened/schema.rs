//! Where one JSON Schema asks for less than another (2020-12, and our vocabulary).

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// A place at which a schema asks for less.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Looser {
    /// JSON pointer (RFC 6901) to it.
    pub(super) pointer: String,
    /// What, in one sentence.
    pub(super) message: String,
}

/// Keywords that say nothing about what is valid.
const ANNOTATIONS: [&str; 10] = [
    "$schema",
    "$comment",
    "$vocabulary",
    "title",
    "description",
    "examples",
    "default",
    "deprecated",
    "readOnly",
    "writeOnly",
];

/// Keywords whose value is a schema that values must meet; absent is `true`.
const SCHEMAS: [&str; 6] = [
    "items",
    "additionalProperties",
    "unevaluatedProperties",
    "unevaluatedItems",
    "propertyNames",
    "contentSchema",
];

/// Keywords that bound from below.
const LOWER: [&str; 6] = [
    "minimum",
    "exclusiveMinimum",
    "minLength",
    "minItems",
    "minProperties",
    "minContains",
];

/// Keywords that bound from above.
const UPPER: [&str; 6] = [
    "maximum",
    "exclusiveMaximum",
    "maxLength",
    "maxItems",
    "maxProperties",
    "maxContains",
];

/// Says where the second schema accepts, or might accept, what the first does not.
pub(super) fn compare(before: &Value, after: &Value) -> Vec<Looser> {
    let mut found = Vec::new();
    schema(before, after, "", &mut found);
    found
}

fn add(found: &mut Vec<Looser>, pointer: &str, message: String) {
    found.push(Looser {
        pointer: pointer.to_owned(),
        message,
    });
}

fn below(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"))
}

fn schema(before: &Value, after: &Value, pointer: &str, found: &mut Vec<Looser>) {
    match (before, after) {
        _ if before == after || accepts_all(before) || after == &Value::Bool(false) => {}
        (Value::Object(before), Value::Object(after)) => {
            let keywords: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
            for keyword in keywords {
                let pair = (before.get(keyword), after.get(keyword));
                if pair.0 != pair.1 {
                    let place = Place {
                        pointer,
                        keyword,
                        before,
                        after,
                    };
                    place.keyword(pair, found);
                }
            }
        }
        _ => add(
            found,
            pointer,
            "more is allowed here than before".to_owned(),
        ),
    }
}

/// Whether a schema says nothing.
fn accepts_all(schema: &Value) -> bool {
    match schema {
        Value::Bool(all) => *all,
        Value::Object(members) => members
            .keys()
            .all(|keyword| ANNOTATIONS.contains(&keyword.as_str())),
        _ => false,
    }
}

/// One keyword of two schemas that both are objects.
struct Place<'p> {
    pointer: &'p str,
    keyword: &'p str,
    before: &'p Map<String, Value>,
    after: &'p Map<String, Value>,
}

type Pair<'v> = (Option<&'v Value>, Option<&'v Value>);

impl Place<'_> {
    fn keyword(&self, pair: Pair<'_>, found: &mut Vec<Looser>) {
        match self.keyword {
            keyword if ANNOTATIONS.contains(&keyword) => {}
            keyword if SCHEMAS.contains(&keyword) => {
                let all = Value::Bool(true);
                let (old, new) = (pair.0.unwrap_or(&all), pair.1.unwrap_or(&all));
                schema(old, new, &self.here(pair.1), found);
            }
            "properties" | "patternProperties" => self.properties(pair, found),
            "$defs" | "definitions" => self.definitions(pair, found),
            "required" => self.fewer(pair, "is no longer required", found),
            "x-ref" | "enum" | "type" | "x-replaced-by" => self.more(pair, found),
            "allOf" => self.all_of(pair, found),
            keyword if LOWER.contains(&keyword) => self.bound(pair, |old, new| new >= old, found),
            keyword if UPPER.contains(&keyword) => self.bound(pair, |old, new| new <= old, found),
            "uniqueItems" | "x-mentions" | "x-expected" | "x-person" => self.flag(pair, found),
            _ => self.other(pair, found),
        }
    }

    /// The pointer to the keyword, or to its schema where the keyword is gone.
    fn here(&self, after: Option<&Value>) -> String {
        match after {
            Some(_) => below(self.pointer, self.keyword),
            None => self.pointer.to_owned(),
        }
    }

    fn report(&self, after: Option<&Value>, message: String, found: &mut Vec<Looser>) {
        add(found, &self.here(after), message);
    }

    /// Whether a field that no keyword names is refused.
    fn is_closed(schema: &Map<String, Value>) -> bool {
        ["additionalProperties", "unevaluatedProperties"]
            .iter()
            .any(|keyword| schema.get(*keyword) == Some(&Value::Bool(false)))
    }

    fn properties(&self, pair: Pair<'_>, found: &mut Vec<Looser>) {
        let empty = Map::new();
        let members = |value: Option<&Value>| match value {
            Some(Value::Object(members)) => members.clone(),
            _ => empty.clone(),
        };
        let (old, new) = (members(pair.0), members(pair.1));
        let at = self.here(pair.1);
        for (name, before) in &old {
            match new.get(name) {
                Some(after) => schema(before, after, &below(&at, name), found),
                None if Self::is_closed(self.after) => {}
                None => add(found, &at, format!("nothing is asked of `{name}` any more")),
            }
        }
        for name in new.keys().filter(|name| !old.contains_key(*name)) {
            if Self::is_closed(self.before) {
                let message = format!("the field `{name}` is allowed, which was unknown before");
                add(found, &below(&at, name), message);
            }
        }
    }

    /// What is defined has no effect where nothing refers to it, and a reference that changes is
    /// reported itself.
    fn definitions(&self, pair: Pair<'_>, found: &mut Vec<Looser>) {
        let (Some(Value::Object(old)), Some(Value::Object(new))) = pair else {
            return;
        };
        let at = below(self.pointer, self.keyword);
        for (name, before) in old {
            if let Some(after) = new.get(name) {
                schema(before, after, &below(&at, name), found);
            }
        }
    }

    /// A list of which nothing may go.
    fn fewer(&self, pair: Pair<'_>, what: &str, found: &mut Vec<Looser>) {
        let new = items(pair.1);
        for gone in items(pair.0).iter().filter(|item| !new.contains(item)) {
            self.report(pair.1, format!("{} {what}", shown(gone)), found);
        }
    }

    /// A list to which nothing may be added; without the keyword all is allowed.
    fn more(&self, pair: Pair<'_>, found: &mut Vec<Looser>) {
        let keyword = self.keyword;
        if pair.1.is_none() {
            return self.report(None, format!("`{keyword}` is gone"), found);
        }
        if pair.0.is_none() {
            return;
        }
        let old = items(pair.0);
        let whole = Value::String("integer".to_owned());
        let number = Value::String("number".to_owned());
        for new in items(pair.1) {
            let narrower = keyword == "type" && new == whole && old.contains(&number);
            if !old.contains(&new) && !narrower {
                let message = format!("`{keyword}` allows {}", shown(&new));
                self.report(pair.1, message, found);
            }
        }
    }

    fn all_of(&self, pair: Pair<'_>, found: &mut Vec<Looser>) {
        let (old, new) = (items(pair.0), items(pair.1));
        if new.len() < old.len() {
            let message = "`allOf` asks for less than before".to_owned();
            return self.report(pair.1, message, found);
        }
        if new.len() > old.len() && self.before.contains_key("unevaluatedProperties") {
            let message = "`allOf` may name fields that were unknown before".to_owned();
            return self.report(pair.1, message, found);
        }
        let at = below(self.pointer, self.keyword);
        for (number, (before, after)) in old.iter().zip(&new).enumerate() {
            schema(before, after, &format!("{at}/{number}"), found);
        }
    }

    fn bound(&self, pair: Pair<'_>, is_strict: impl Fn(f64, f64) -> bool, found: &mut Vec<Looser>) {
        let keyword = self.keyword;
        match (
            pair.0.and_then(Value::as_f64),
            pair.1.and_then(Value::as_f64),
        ) {
            (None, Some(_)) if pair.0.is_none() => {}
            (Some(old), Some(new)) if is_strict(old, new) => {}
            (Some(old), Some(new)) => {
                let message = format!("`{keyword}` goes from {old} to {new}");
                self.report(pair.1, message, found);
            }
            _ => self.report(pair.1, format!("`{keyword}` is gone"), found),
        }
    }

    fn flag(&self, pair: Pair<'_>, found: &mut Vec<Looser>) {
        let on = |value: Option<&Value>| value == Some(&Value::Bool(true));
        if on(pair.0) && !on(pair.1) {
            self.report(pair.1, format!("`{}` is off", self.keyword), found);
        }
    }

    /// A keyword of which nobody can tell what is stricter: it may come, if nothing was asked
    /// before, but not change or go.
    fn other(&self, pair: Pair<'_>, found: &mut Vec<Looser>) {
        let keyword = self.keyword;
        match pair {
            (None, Some(_)) if self.only_adds() => {}
            (_, None) => self.report(None, format!("`{keyword}` is gone"), found),
            (Some(old), Some(new)) if bare(old) == bare(new) => {}
            _ => {
                let message = format!("`{keyword}` is another, which may allow more than before");
                self.report(pair.1, message, found);
            }
        }
    }

    /// Whether the keyword can only refuse more where it is new. What names further fields makes
    /// them evaluated, so that `unevaluatedProperties` takes them no more.
    fn only_adds(&self) -> bool {
        let restricts = matches!(
            self.keyword,
            "const"
                | "pattern"
                | "format"
                | "multipleOf"
                | "not"
                | "contains"
                | "dependentRequired"
                | "x-date"
                | "x-unique"
                | "x-prose"
        );
        let combines = matches!(
            self.keyword,
            "anyOf"
                | "oneOf"
                | "if"
                | "then"
                | "else"
                | "dependentSchemas"
                | "$ref"
                | "prefixItems"
        );
        let unevaluated = ["unevaluatedProperties", "unevaluatedItems"]
            .iter()
            .any(|keyword| self.before.contains_key(*keyword));
        restricts || (combines && !unevaluated)
    }
}

fn items(value: Option<&Value>) -> Vec<Value> {
    match value {
        Some(Value::Array(items)) => items.clone(),
        Some(single) => vec![single.clone()],
        None => Vec::new(),
    }
}

/// A value in a message.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => format!("`{text}`"),
        other => format!("`{other}`"),
    }
}

/// A value without what says nothing about validity.
fn bare(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .filter(|(keyword, _)| !ANNOTATIONS.contains(&keyword.as_str()))
            .map(|(keyword, value)| (keyword.clone(), bare(value)))
            .collect(),
        Value::Array(items) => items.iter().map(bare).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests;
