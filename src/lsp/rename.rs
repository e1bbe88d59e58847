//! Gives an entry another ID, as `corpuslint id move` does, by edits that the editor makes.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::actions::difference;
use super::edit::Edits;
use super::home::Home;
use super::params::{Answer, Params, Refusal};
use super::symbol::{self, Spot};
use super::world::World;
use crate::author::rename::Old;
use crate::author::{Move, Moved, Shelf};
use crate::history::Ledger;
use crate::snapshot::git::Repository;
use crate::snapshot::{SnapshotError, Workspace};

/// `textDocument/prepareRename`: an ID that an entry has, and nothing else.
pub(super) fn prepare(world: &mut World, params: Params<'_>) -> Answer {
    let Some((here, symbol)) = world.symbol(params)? else {
        return Ok(Value::Null);
    };
    if symbol::definitions(&mut world.homes[here.home], &symbol.id).is_empty() {
        return Ok(Value::Null);
    }
    let range = world.lines(&here.text).range(symbol.span);
    Ok(json!({"range": range, "placeholder": symbol.id}))
}

/// `textDocument/rename`
pub(super) fn rename(world: &mut World, params: Params<'_>) -> Answer {
    let new = params.text("/newName")?.trim();
    // What is on disk decides which IDs are free, whether or not the editor has told of it.
    world.homes.iter_mut().for_each(Home::rescan);
    let Some((here, symbol)) = world.symbol(params)? else {
        return Err(Refusal::failed("there is no ID here"));
    };
    let old = symbol.id.as_str();
    let home = &mut world.homes[here.home];
    let defined = symbol::definitions(home, old);
    let shown: Vec<String> = defined.iter().map(|(path, _)| home.shown(path)).collect();
    let Some(session) = &home.session else {
        return Err(Refusal::failed("the corpus has no configuration yet"));
    };
    let workspace = Arc::clone(session.workspace());
    let past = past(&workspace).map_err(|error| Refusal::failed(error.to_string()))?;
    let is_published = past.ids.contains_key(old);
    let old = match shown.as_slice() {
        // Of several entries with one ID, the one that the editor points at is meant.
        [_, _, ..] if shown.contains(&here.shown) => Old::File(&here.shown),
        [only] if !is_published => Old::File(only),
        _ => Old::Id(old),
    };
    let asked = Move {
        old,
        new: Some(new),
        reason: None,
        today: session.today(),
    };
    let shelf = Shelf::read(&workspace, session.files(), past);
    // A reference to an ID that two entries have stays with the other one.
    let moved = asked.plan(&shelf, &|_| true);
    let moved = moved.map_err(|refused| Refusal::failed(refused.to_string()))?;
    let edits = edits(world, here.home, &moved);
    if !edits.is_possible(world) {
        return Err(Refusal::failed(format!(
            "this editor cannot rename files for a server; run `corpuslint id move {} {new}`",
            symbol.id
        )));
    }
    Ok(edits.value(world))
}

/// Every ID that the history up to the commit that is checked out has ever used.
fn past(workspace: &Workspace) -> Result<Ledger, SnapshotError> {
    let mut ledger = Ledger::default();
    let base = &workspace.base;
    if !base.ancestors().any(|folder| folder.join(".git").exists()) {
        return Ok(ledger);
    }
    let repository = Repository::around(base)?;
    if !repository.is_unborn() {
        let ids = repository.ids_ever_used(&repository.head()?, workspace)?;
        ledger.ids.extend(ids);
    }
    Ok(ledger)
}

fn edits(world: &mut World, home: usize, moved: &Moved) -> Edits {
    let mut edits = Edits::default();
    let home = &mut world.homes[home];
    // Where it says nothing but the old IDs, the places are known; elsewhere what differs is replaced.
    let mut places: BTreeMap<_, Vec<(Spot, &str)>> = BTreeMap::new();
    for (old, new) in &moved.ids {
        for (path, span) in symbol::uses(home, old) {
            let found: &mut Vec<(Spot, &str)> = places.entry(path.clone()).or_default();
            found.push(((path, span), new));
        }
    }
    for rewrite in &moved.rewrites {
        let path = home.path(&rewrite.path);
        match (&rewrite.before, &rewrite.after) {
            (Some(before), Some(after)) => {
                let spots = places.remove(&path).unwrap_or_default();
                if replaced(before, &spots).as_deref() == Some(after) {
                    for ((path, span), new) in spots {
                        edits.replace(path, span, new);
                    }
                } else if before != after {
                    let (span, text) = difference(before, after);
                    edits.replace(path.clone(), span, text);
                }
                if let Some(target) = &rewrite.new_path {
                    edits.rename(path, home.path(target));
                }
            }
            (None, Some(after)) => edits.create(path, after.to_string()),
            (_, None) => {}
        }
    }
    edits
}

/// A text with the places of old IDs replaced.
fn replaced(text: &str, spots: &[(Spot, &str)]) -> Option<String> {
    let mut spots: Vec<_> = spots.iter().collect();
    spots.sort();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for ((_, span), new) in spots {
        out.push_str(text.get(at..span.start as usize)?);
        out.push_str(new);
        at = span.end as usize;
    }
    out.push_str(text.get(at..)?);
    Some(out)
}
