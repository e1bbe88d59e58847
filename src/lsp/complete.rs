//! What can stand where somebody types: names of fields, values that are allowed, IDs, days, people.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::card::card;
use super::cursor::{self, Cursor, Owned};
use super::params::{Answer, Params};
use super::world::{Here, World};
use crate::corpus::Corpus;
use crate::entry::Entry;
use crate::report::markdown_text;
use crate::schema::plan::{Place, Step};
use crate::schema::vocabulary::Notation;
use crate::syntax::{Format, Kind, resolve_plain, yaml11};
use crate::text::Span;

/// Items that one answer holds; more are asked for as more is typed.
const ITEMS: usize = 200;

/// `CompletionItemKind` of LSP 3.17.
const FIELD: u8 = 5;
const VALUE: u8 = 12;
const REFERENCE: u8 = 18;

/// `textDocument/completion`
pub(super) fn complete(world: &mut World, params: Params<'_>) -> Answer {
    let position = params.position("/position")?;
    let Some(here) = world.here(params)? else {
        return Ok(Value::Null);
    };
    let byte = world.lines(&here.text).offset(position);
    let Some(cursor) = cursor::at(world, &here, byte) else {
        return Ok(Value::Null);
    };
    let mut items = if cursor.is_key {
        names(world, &here, &cursor)
    } else {
        values(world, &here, &cursor)
    };
    let is_incomplete = items.len() > ITEMS;
    items.truncate(ITEMS);
    Ok(json!({"isIncomplete": is_incomplete, "items": items}))
}

/// `completionItem/resolve`: the card of an entry, which is looked up for the one item that is shown.
pub(super) fn resolve(world: &mut World, params: Params<'_>) -> Answer {
    let mut item = params.0.clone();
    let Ok(id) = params.text("/data/id") else {
        return Ok(item);
    };
    let base = params.text("/data/base")?;
    world.absorb();
    let home = world
        .homes
        .iter()
        .position(|home| home.base.to_str() == Some(base));
    if let Some(card) = home.and_then(|home| card(world, home, id)) {
        item["documentation"] = json!({"kind": "markdown", "value": card});
    }
    Ok(item)
}

/// The fields that are not there yet, in the order of the schema.
fn names(world: &World, here: &Here, cursor: &Cursor) -> Vec<Value> {
    let Some(session) = &world.homes[here.home].session else {
        return Vec::new();
    };
    let schemas = &session.workspace().schemas;
    let plan = &schemas.kinds()[cursor.kind].plan;
    let Some(place) = plan.at(cursor.steps.iter().map(Owned::step)) else {
        return Vec::new();
    };
    let absent = place.fields(plan).filter(|(name, _)| {
        let is_there = cursor.siblings.iter().any(|sibling| sibling == name);
        !is_there
    });
    let items = absent.enumerate().map(|(number, (name, field))| {
        let mut steps: Vec<Step<'_>> = cursor.steps.iter().map(Owned::step).collect();
        steps.push(Step::Name(name));
        let is_required = place.marks.required.iter().any(|it| it == name);
        let detail = match (is_required, field.marks.expected) {
            (true, _) => "required",
            (false, true) => "expected",
            (false, false) => "optional",
        };
        let text = match (cursor.format, cursor.is_quoted) {
            (_, true) => name.to_owned(),
            (Format::Json, false) => format!("{}: ", json!(name)),
            (_, false) => format!("{name}: "),
        };
        let mut item = item(world, here, cursor.span, name, &text);
        item["kind"] = FIELD.into();
        item["detail"] = detail.into();
        item["sortText"] = format!("{number:03}").into();
        if let Some(text) = schemas.describe(cursor.kind, &steps) {
            item["documentation"] = json!({"kind": "markdown", "value": markdown_text(text)});
        }
        item
    });
    items.collect()
}

/// What may stand as a value.
fn values(world: &mut World, here: &Here, cursor: &Cursor) -> Vec<Value> {
    let Some(session) = world.homes[here.home].session.as_mut() else {
        return Vec::new();
    };
    let workspace = std::sync::Arc::clone(session.workspace());
    let plan = &workspace.schemas.kinds()[cursor.kind].plan;
    let Some(own) = plan.at(cursor.steps.iter().map(Owned::step)) else {
        return Vec::new();
    };
    // Where a list must stand, its first item is offered with what makes a list.
    let item_place = plan.child(own, Step::Index(0));
    let (place, list) = match item_place.filter(|_| !offers(own)) {
        Some(item) => (item, List::around(here, cursor)),
        None => (own, List::None),
    };
    let marks = &place.marks;
    let mut plain: Vec<String> = marks.allowed.clone();
    if marks
        .date
        .is_some_and(|date| date.notation == Notation::Iso)
    {
        plain.push(session.today().to_string());
    }
    if marks.person {
        plain.extend(session.look(people));
    }
    plain.retain(|text| !cursor.siblings.contains(text));
    let mut items: Vec<Value> = plain
        .iter()
        .map(|text| {
            let mut item = item(
                world,
                here,
                cursor.span,
                text,
                &list.wrap(&written(text, cursor)),
            );
            item["kind"] = VALUE.into();
            item
        })
        .collect();
    let kinds = marks.refs.as_ref().or(marks.replaced_by.as_ref());
    match kinds {
        Some(kinds) => items.extend(ids(world, here, cursor, Some(kinds), list)),
        None if marks.mentions => items.extend(ids(world, here, cursor, None, List::None)),
        None => {}
    }
    items
}

/// Whether something is known of the values of a place.
fn offers(place: &Place) -> bool {
    let marks = &place.marks;
    !marks.allowed.is_empty()
        || marks.refs.is_some()
        || marks.replaced_by.is_some()
        || marks.date.is_some()
        || marks.person
        || marks.mentions
}

/// What makes a list of one item.
#[derive(Clone, Copy)]
enum List {
    None,
    Dash,
    Brackets,
}

impl List {
    fn around(here: &Here, cursor: &Cursor) -> Self {
        let before = &here.text[..cursor.span.start as usize];
        let line = before.rsplit('\n').next().unwrap_or("");
        match cursor.format != Format::Json && line.trim().is_empty() {
            true => Self::Dash,
            false => Self::Brackets,
        }
    }

    fn wrap(self, text: &str) -> String {
        match self {
            Self::None => text.to_owned(),
            Self::Dash => format!("- {text}"),
            Self::Brackets => format!("[{text}]"),
        }
    }
}

fn people(corpus: &Corpus<'_>) -> Vec<String> {
    let people = corpus.entries().flat_map(|entry| entry.people.iter());
    let names: BTreeSet<_> = people.map(|(name, _)| *name).collect();
    let mut texts: Vec<String> = names
        .iter()
        .map(|name| corpus.text(*name).to_string())
        .collect();
    texts.sort();
    texts
}

/// Entries of some kinds whose ID or title holds what was typed.
fn ids(
    world: &mut World,
    here: &Here,
    cursor: &Cursor,
    kinds: Option<&Vec<String>>,
    list: List,
) -> Vec<Value> {
    let (word, span) = match kinds {
        Some(_) => (cursor.typed.as_str(), cursor.span),
        // In prose the last word counts, where it looks like the beginning of an ID.
        None => match last_word(cursor) {
            Some(found) => found,
            None => return Vec::new(),
        },
    };
    let home = &mut world.homes[here.home];
    let base = home.base.to_string_lossy().into_owned();
    let Some(session) = home.session.as_mut() else {
        return Vec::new();
    };
    let mut found = session.look(|corpus| fitting(corpus, &here.shown, word, kinds));
    found.retain(|(_, id, _)| !cursor.siblings.contains(id));
    found.sort();
    found.truncate(ITEMS + 1);
    let items = found.iter().enumerate().map(|(number, (_, id, title))| {
        let text = match kinds {
            Some(_) => list.wrap(&written(id, cursor)),
            None => id.clone(),
        };
        let mut item = item(world, here, span, id, &text);
        item["kind"] = REFERENCE.into();
        item["detail"] = title.as_str().into();
        item["filterText"] = format!("{id} {title}").into();
        item["sortText"] = format!("{number:03}").into();
        item["data"] = json!({"id": id, "base": base});
        item
    });
    items.collect()
}

/// The word before the cursor, where an ID may begin so.
fn last_word(cursor: &Cursor) -> Option<(&str, Span)> {
    let part = |c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '-' | '_');
    let word = cursor.typed.rsplit(part).next()?;
    let begins = word.len() >= 2 && word.starts_with(char::is_uppercase);
    let start = cursor.span.end.checked_sub(word.len() as u32)?;
    let end = cursor.span.end;
    begins.then_some((word, Span { start, end }))
}

/// Entries that fit a word, in other files than one: whether only the title does, ID and title.
fn fitting(
    corpus: &Corpus<'_>,
    shown: &str,
    word: &str,
    kinds: Option<&Vec<String>>,
) -> Vec<(bool, String, String)> {
    let query = word.to_lowercase();
    let wanted = |entry: &&Entry| {
        let kind = corpus.kind_name(entry);
        let is_kind = kinds.is_none_or(|kinds| kinds.iter().any(|it| it == kind));
        is_kind && !entry.retired && **corpus.path(entry) != *shown
    };
    let entries = corpus.definitions().filter(wanted);
    let rated = entries.filter_map(|entry| {
        let id = corpus.text(entry.id).to_string();
        let title = entry.label.as_deref().unwrap_or("");
        let begins = id.to_lowercase().starts_with(&query);
        let holds = kinds.is_some() && title.to_lowercase().contains(&query);
        (begins || holds).then(|| (!begins, id, title.to_owned()))
    });
    rated.collect()
}

/// A text as a value, in quotes where it needs them.
fn written(text: &str, cursor: &Cursor) -> String {
    let is_text = resolve_plain(text) == Kind::String && yaml11(text).is_none();
    let safe =
        |c: char| c.is_alphanumeric() || matches!(c, ' ' | '.' | '-' | '_' | '/' | '(' | ')');
    let begins = text.starts_with(char::is_alphanumeric);
    let is_date = text.len() == 10 && jiff::civil::Date::strptime("%Y-%m-%d", text).is_ok();
    let is_plain = is_date || (is_text && begins && text.trim() == text && text.chars().all(safe));
    match cursor.format {
        _ if cursor.is_quoted => {
            let quoted = json!(text).to_string();
            quoted[1..quoted.len() - 1].to_owned()
        }
        Format::Yaml | Format::Markdown if is_plain => text.to_owned(),
        _ => json!(text).to_string(),
    }
}

fn item(world: &World, here: &Here, span: Span, label: &str, text: &str) -> Value {
    let range = world.lines(&here.text).range(span);
    json!({"label": label, "textEdit": {"range": range, "newText": text}})
}
