//! What a file holds, and what the corpora hold: outlines and search.

use serde_json::{Value, json};

use super::params::{Answer, Params};
use super::place::Lines;
use super::symbol::Spot;
use super::world::World;
use crate::entry::{Subject, subjects};
use crate::syntax::{Kind, Node};
use crate::text::Span;

/// Entries that one search gives.
const FOUND: usize = 200;

/// `SymbolKind` of LSP 3.17: an entry is an object, what it says are properties.
const OBJECT: u8 = 19;
const PROPERTY: u8 = 7;

/// `textDocument/documentSymbol`
pub(super) fn document(world: &mut World, params: Params<'_>) -> Answer {
    let Some(here) = world.here(params)? else {
        return Ok(Value::Null);
    };
    let nested = world.client.nested_symbols;
    let lines = world.lines(&here.text);
    let uri = world.uri(&here.path);
    let symbols = world.parsed(&here, &here.text, |document, schemas, kind| {
        let subjects = subjects(document, schemas, kind);
        let entries = subjects.iter().map(|subject| {
            let symbol = entry(subject, &lines);
            if nested { symbol } else { flat(symbol, &uri) }
        });
        entries.collect::<Vec<_>>()
    });
    Ok(symbols.unwrap_or_default().into())
}

fn entry(subject: &Subject<'_>, lines: &Lines<'_>) -> Value {
    let fields: Vec<Value> = subject
        .node
        .entries()
        .map(|(key, value)| field(key, value, lines))
        .collect();
    let name = subject.id().map_or("", Node::text);
    let name = if name.is_empty() { "?" } else { name };
    json!({
        "name": name,
        "detail": subject.label().map_or("", Node::text),
        "kind": OBJECT,
        "range": lines.range(subject.node.span()),
        "selectionRange": lines.range(subject.anchor()),
        "children": fields,
    })
}

fn field(key: Node<'_>, value: Node<'_>, lines: &Lines<'_>) -> Value {
    let whole = Span {
        start: key.span().start,
        end: value.span().end.max(key.span().end),
    };
    let detail = match value.kind() {
        Kind::Sequence => format!("{}", value.len()),
        Kind::Mapping => String::new(),
        _ => value
            .text()
            .lines()
            .next()
            .unwrap_or("")
            .chars()
            .take(80)
            .collect(),
    };
    let name = key.text();
    json!({
        "name": if name.trim().is_empty() { "?" } else { name },
        "detail": detail,
        "kind": PROPERTY,
        "range": lines.range(whole),
        "selectionRange": lines.range(key.span()),
    })
}

/// The same for an editor that knows no symbols within symbols.
fn flat(symbol: Value, uri: &str) -> Value {
    json!({
        "name": symbol["name"],
        "containerName": symbol["detail"],
        "kind": symbol["kind"],
        "location": {"uri": uri, "range": symbol["range"]},
    })
}

/// `workspace/symbol`
pub(super) fn workspace(world: &mut World, params: Params<'_>) -> Answer {
    let query = params.text("/query")?.to_lowercase();
    world.absorb();
    let mut found: Vec<(String, String, Spot)> = Vec::new();
    for home in &mut world.homes {
        let base = home.base.clone();
        let Some(session) = home.session.as_mut() else {
            continue;
        };
        session.look(|corpus| {
            for entry in corpus.definitions() {
                let id = corpus.text(entry.id).to_string();
                let title = entry.label.as_deref().unwrap_or("").to_owned();
                let fits = |text: &str| text.to_lowercase().contains(&query);
                if fits(&id) || fits(&title) {
                    let path = base.join(corpus.path(entry).as_ref());
                    found.push((id, title, (path, entry.id_span)));
                }
            }
        });
    }
    found.sort();
    found.truncate(FOUND);
    let spots: Vec<Spot> = found.iter().map(|(.., spot)| spot.clone()).collect();
    let places = super::symbol::locations(world, &spots);
    let places = places.as_array().cloned().unwrap_or_default();
    let symbols = found.iter().zip(places).map(|((id, title, _), location)| {
        json!({"name": format!("{id} {title}"), "kind": OBJECT, "location": location})
    });
    Ok(symbols.collect::<Vec<_>>().into())
}
