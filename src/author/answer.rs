//! What somebody answers to a question about a field, as the field's value.

use serde_json::{Map, Number, Value};

use super::shape::{Holds, Shape};
use super::{Shelf, a};
use crate::text::did_you_mean;

/// The value of a field from the text of an answer; `None` for an answer that says nothing.
///
/// Items of a list stand on lines of their own, IDs and choices also between commas. Parts of an item
/// that has several have ` | ` between them.
///
/// # Errors
///
/// What is wrong with the answer, and the line of it, counted from 0.
pub(super) fn value(
    shelf: &Shelf<'_>,
    shape: &Shape<'_>,
    text: &str,
) -> Result<Option<Value>, (usize, String)> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    if let Holds::List(item) = &shape.holds {
        return list(shelf, item, text);
    }
    if shape.marks.prose.is_some() {
        return Ok(Some(prose(text).into()));
    }
    let first = text.lines().position(|line| !line.trim().is_empty());
    let value = scalar(shelf, shape, text.trim());
    let value = value.map_err(|message| (first.unwrap_or(0), message))?;
    Ok(Some(value))
}

/// Prose without blank lines around it, ending with a line break.
fn prose(text: &str) -> String {
    let lines = text.lines().map(str::trim_end);
    let lines: Vec<&str> = lines.skip_while(|line| line.is_empty()).collect();
    let mut said = lines.join("\n");
    said.truncate(said.trim_end().len());
    said.push('\n');
    said
}

fn list(shelf: &Shelf<'_>, item: &Shape<'_>, text: &str) -> Result<Option<Value>, (usize, String)> {
    let mut items = Vec::new();
    let many = item.marks.refs.is_some() || matches!(item.holds, Holds::Choice(_));
    for (number, line) in text.lines().enumerate() {
        let Some(line) = ticked(line) else { continue };
        let parts: Vec<&str> = match many {
            true => line.split(',').map(str::trim).collect(),
            false => vec![line],
        };
        for part in parts.into_iter().filter(|part| !part.is_empty()) {
            let value = scalar(shelf, item, part).map_err(|message| (number, message))?;
            items.push(value);
        }
    }
    Ok((!items.is_empty()).then_some(Value::Array(items)))
}

/// The text of a line of a list, without its bullet; `None` for a box without a tick, or nothing.
fn ticked(line: &str) -> Option<&str> {
    let line = line.trim();
    let bullet = ["- ", "* "]
        .iter()
        .find_map(|bullet| line.strip_prefix(bullet));
    let text = bullet.map_or(line, str::trim_start);
    if bullet.is_some() {
        if text == "[ ]" || text.starts_with("[ ] ") {
            return None;
        }
        for tick in ["[x] ", "[X] "] {
            if let Some(text) = text.strip_prefix(tick) {
                return Some(text.trim());
            }
        }
    }
    (!text.is_empty()).then_some(text)
}

fn scalar(shelf: &Shelf<'_>, shape: &Shape<'_>, text: &str) -> Result<Value, String> {
    if text.contains('\n') {
        return Err("the answer must be on one line".to_owned());
    }
    if let Some(kinds) = &shape.marks.refs {
        let known = shelf.workspace.schemas.entry_kinds().iter();
        let mut fitting = known.filter(|kind| kinds.contains(&kind.name));
        if !fitting.any(|kind| kind.is_id(text)) {
            let kinds: Vec<String> = kinds.iter().map(|kind| a(kind)).collect();
            return Err(format!("`{text}` is not the ID of {}", kinds.join(" or ")));
        }
        return Ok(text.into());
    }
    match &shape.holds {
        Holds::Text => Ok(text.into()),
        Holds::Choice(known) => {
            if known.iter().any(|one| one == text) {
                return Ok(text.into());
            }
            let hint = match did_you_mean(text, known.iter().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("known are {}", known.join(", ")),
            };
            Err(format!("`{text}` is none of the choices; {hint}"))
        }
        Holds::Integer | Holds::Number => {
            let number: Option<Number> = serde_json::from_str(text).ok();
            let whole = !matches!(shape.holds, Holds::Integer) || !text.contains(['.', 'e', 'E']);
            let number = number.filter(|_| whole);
            number
                .map(Value::Number)
                .ok_or_else(|| format!("`{text}` is no number"))
        }
        Holds::Bool => match text.to_lowercase().as_str() {
            "true" | "yes" => Ok(true.into()),
            "false" | "no" => Ok(false.into()),
            _ => Err(format!("`{text}` is neither yes nor no")),
        },
        Holds::Group(parts) => group(shelf, parts, text),
        Holds::List(_) | Holds::Other => Err("this field cannot be said in one line".to_owned()),
    }
}

/// What stands between the parts of an item.
pub(super) const BETWEEN: &str = " | ";

fn group(shelf: &Shelf<'_>, parts: &[Shape<'_>], text: &str) -> Result<Value, String> {
    let said: Vec<&str> = text.split(BETWEEN).map(str::trim).collect();
    let names: Vec<&str> = parts.iter().map(|part| part.name).collect();
    let needed = parts.iter().filter(|part| part.required).count();
    if said.len() < needed || said.len() > parts.len() {
        let names = names.join(BETWEEN);
        return Err(format!(
            "`{text}` must have its parts in this order: {names}"
        ));
    }
    let mut fields = Map::new();
    for (part, said) in parts.iter().zip(said) {
        if said.is_empty() {
            continue;
        }
        let value =
            scalar(shelf, part, said).map_err(|reason| format!("{}: {reason}", part.name))?;
        fields.insert(part.name.to_owned(), value);
    }
    if let Some(missing) = parts
        .iter()
        .find(|part| part.required && !fields.contains_key(part.name))
    {
        return Err(format!("`{text}` does not say its {}", missing.name));
    }
    Ok(Value::Object(fields))
}
