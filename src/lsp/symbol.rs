//! IDs in texts: which one stands somewhere, where it is defined, and where it is used.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::home::Home;
use super::params::{Answer, Params};
use super::world::{Here, World};
use crate::corpus::Corpus;
use crate::entry::{Entry, Name};
use crate::text::Span;

/// An ID in a text.
pub(super) struct Symbol {
    /// The ID.
    pub(super) id: String,
    /// Where it stands, without quotes where they are told apart.
    pub(super) span: Span,
}

/// A place in a file of a corpus.
pub(super) type Spot = (PathBuf, Span);

/// The ID at a byte of a file: a reference, a mention, the entry's own, or any word that looks like one.
pub(super) fn at(home: &mut Home, here: &Here, byte: u32) -> Option<Symbol> {
    let session = home.session.as_mut()?;
    let file = session
        .files()
        .binary_search_by(|file| (*file.path).cmp(&here.shown));
    let known = file.ok().and_then(|file| {
        session.look(|corpus| {
            let mut entries = corpus.entries_in(file as u32);
            entries.find_map(|entry| known_at(corpus, entry, byte))
        })
    });
    let schemas = &session.workspace().schemas;
    known.or_else(|| {
        // A file that cannot be read yet has no known places, and still IDs in it.
        let mut words = schemas.mentions()?.find(&here.text);
        let word = words.find(|word| (word.start..=word.end).contains(&(byte as usize)))?;
        Some(Symbol {
            id: here.text[word.clone()].to_owned(),
            span: Span::new(word.start, word.end),
        })
    })
}

fn known_at(corpus: &Corpus<'_>, entry: &Entry, byte: u32) -> Option<Symbol> {
    let touches = |span: Span| (span.start..=span.end).contains(&byte);
    let own = std::iter::once((entry.id, entry.id_span));
    let references = entry.references.iter();
    let references = references.map(|it| (it.target, it.id_span().unwrap_or(it.span)));
    let mentions = entry.mentions.iter().copied();
    let mut all = own.chain(references).chain(mentions);
    let (name, span) = all.find(|(_, span)| touches(*span))?;
    Some(Symbol {
        id: corpus.text(name).to_string(),
        span,
    })
}

/// Looks for places of an ID in the linked entries, where it is known at all.
fn with_name(
    home: &mut Home,
    id: &str,
    look: impl FnOnce(&Path, &Corpus<'_>, Name) -> Vec<Spot>,
) -> Vec<Spot> {
    let base = home.base.clone();
    let Some(session) = home.session.as_mut() else {
        return Vec::new();
    };
    session.look(|corpus| {
        let name = corpus.words.names.find(id);
        name.map_or(Vec::new(), |name| look(&base, corpus, name))
    })
}

/// Where an ID is defined; several places where it is defined twice.
pub(super) fn definitions(home: &mut Home, id: &str) -> Vec<Spot> {
    with_name(home, id, |base, corpus, name| {
        let spot = |entry: &Entry| (base.join(corpus.path(entry).as_ref()), entry.id_span);
        let entries: Vec<&Entry> = corpus.all(name).collect();
        let defined = entries.iter().filter(|entry| !entry.copy);
        let mut found: Vec<Spot> = defined.map(|entry| spot(entry)).collect();
        if found.is_empty() {
            // A file that could not be read still defines what its name says.
            let broken = corpus.broken_file(name);
            found.extend(broken.map(|file| (base.join(file.path.as_ref()), Span::at(0))));
        }
        if found.is_empty() {
            found.extend(entries.first().map(|entry| spot(entry)));
        }
        found
    })
}

/// Where an ID is used: references and mentions.
pub(super) fn uses(home: &mut Home, id: &str) -> Vec<Spot> {
    with_name(home, id, |base, corpus, name| {
        let mut found = Vec::new();
        for entry in corpus.entries() {
            let path = || base.join(corpus.path(entry).as_ref());
            found.extend(spans(entry, name).map(|span| (path(), span)));
        }
        found
    })
}

fn spans(entry: &Entry, name: Name) -> impl Iterator<Item = Span> {
    let references = entry.references.iter().filter(move |it| it.target == name);
    let mentions = entry.mentions.iter().filter(move |(it, _)| *it == name);
    let references = references.map(|it| it.id_span().unwrap_or(it.span));
    references.chain(mentions.map(|(_, span)| *span))
}

/// `textDocument/definition`
pub(super) fn definition(world: &mut World, params: Params<'_>) -> Answer {
    let Some((here, symbol)) = world.symbol(params)? else {
        return Ok(Value::Null);
    };
    let found = definitions(&mut world.homes[here.home], &symbol.id);
    Ok(locations(world, &found))
}

/// `textDocument/references`
pub(super) fn references(world: &mut World, params: Params<'_>) -> Answer {
    let Some((here, symbol)) = world.symbol(params)? else {
        return Ok(Value::Null);
    };
    let home = &mut world.homes[here.home];
    let mut found = uses(home, &symbol.id);
    let declaration = params.0.pointer("/context/includeDeclaration");
    if declaration.and_then(Value::as_bool).unwrap_or(false) {
        found.extend(definitions(home, &symbol.id));
    }
    found.sort();
    found.dedup();
    Ok(locations(world, &found))
}

/// Places as the editor takes them.
pub(super) fn locations(world: &World, spots: &[Spot]) -> Value {
    let mut known: Option<(&PathBuf, String)> = None;
    let mut all = Vec::with_capacity(spots.len());
    for (path, span) in spots {
        if known.as_ref().is_none_or(|(known, _)| *known != path) {
            known = Some((path, world.text(path).unwrap_or_default()));
        }
        if let Some((_, text)) = &known {
            let range = world.lines(text).range(*span);
            all.push(json!({"uri": world.uri(path), "range": range}));
        }
    }
    all.into()
}
