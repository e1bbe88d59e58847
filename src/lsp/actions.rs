//! Quick fixes: those of findings, all safe ones at once, and the comment that allows a finding.

mod allow;

use serde_json::{Value, json};

use super::edit::Edits;
use super::params::{Answer, Params};
use super::publish;
use super::world::{Here, World};
use crate::diagnostic::{Diagnostic, Fix, Safety};
use crate::fix;
use crate::lint::Changed;
use crate::snapshot::Finder;
use crate::text::Span;

/// The kind of the action that applies all safe fixes of a file.
pub(super) const FIX_ALL: &str = "source.fixAll.corpuslint";

/// How often fixes are applied and looked for again.
const ROUNDS: usize = 10;

/// `textDocument/codeAction`
pub(super) fn actions(world: &mut World, params: Params<'_>) -> Answer {
    let range = params.range("/range")?;
    let only = params.0.pointer("/context/only").and_then(Value::as_array);
    let wants = |kind: &str| {
        only.is_none_or(|only| {
            only.iter()
                .filter_map(Value::as_str)
                .any(|it| is_in(kind, it))
        })
    };
    world.settle();
    let Some(here) = world.here(params)? else {
        return Ok(json!([]));
    };
    let mut actions = Vec::new();
    if wants("quickfix") {
        let span = world.lines(&here.text).span(range);
        actions.extend(quick_fixes(world, &here, span));
    }
    // It is looked for only where it is asked for, because editors ask whenever the cursor moves.
    if only.is_some() && wants(FIX_ALL) {
        actions.extend(fix_all(world, &here));
    }
    Ok(actions.into())
}

/// Whether a kind is another one or below it.
fn is_in(kind: &str, wanted: &str) -> bool {
    let rest = kind.strip_prefix(wanted);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn quick_fixes(world: &World, here: &Here, span: Span) -> Vec<Value> {
    let home = &world.homes[here.home];
    let found = home.findings.get(here.shown.as_str());
    let touches = |found: &&Diagnostic| {
        let at = found.location.span();
        at.start <= span.end && span.start <= at.end
    };
    let lines = world.lines(&here.text);
    let mut actions = Vec::new();
    let mut allowances = Vec::new();
    for found in found.into_iter().flatten().filter(touches) {
        let diagnostics = json!([publish::diagnostic(found, &lines)]);
        let fix = found.fix.as_ref();
        if let Some((fix, edits)) = fix.and_then(|fix| Some((fix, edits(world, here, fix)?))) {
            actions.push(json!({
                "title": fix.title,
                "kind": "quickfix",
                "diagnostics": diagnostics,
                "isPreferred": fix.safety == Safety::Safe,
                "edit": edits.value(world),
            }));
        }
        if let Some((at, text)) = allow::comment(home, here, found) {
            let mut edits = Edits::default();
            edits.replace(here.path.clone(), Span::at(at as usize), text);
            allowances.push(json!({
                "title": format!("Allow `{}` here, and say why", found.rule),
                "kind": "quickfix",
                "diagnostics": diagnostics,
                "edit": edits.value(world),
            }));
        }
    }
    actions.append(&mut allowances);
    actions
}

/// What a fix changes; `None` where the editor cannot do it.
fn edits(world: &World, here: &Here, fix: &Fix) -> Option<Edits> {
    let home = &world.homes[here.home];
    let mut edits = Edits::default();
    for edit in &fix.edits {
        edits.replace(home.path(&edit.path), edit.span, edit.text.as_str());
    }
    if let Some(name) = &fix.rename {
        edits.rename(here.path.clone(), here.path.with_file_name(name));
    }
    edits.is_possible(world).then_some(edits)
}

/// All safe fixes of a file, again and again until there are no more.
fn fix_all(world: &mut World, here: &Here) -> Option<Value> {
    let home = &mut world.homes[here.home];
    // Whatever happens on the way, the file is read again before anything else is answered.
    home.touch(&here.path);
    let session = home.session.as_mut()?;
    let before = session.file(&here.shown)?.clone();
    let workspace = std::sync::Arc::clone(session.workspace());
    let finder = Finder::new(&workspace, workspace.root());
    let mut text = here.text.clone();
    let mut found = home.findings.get(here.shown.as_str()).cloned();
    for _ in 0..ROUNDS {
        let fixes = found
            .iter()
            .flatten()
            .filter_map(|found| found.fix.as_ref());
        let fixed = fix::apply(&here.shown, &text, fixes.filter(|fix| is_alone(fix, here)));
        if fixed == text {
            break;
        }
        text = fixed;
        let file = finder.listed_text(&here.path, &text)?;
        session.put(vec![Changed::Now(file)]).ok()?;
        let all = session.check().into_iter();
        found = Some(all.filter(|it| *it.location.path == *here.shown).collect());
    }
    session.put(vec![Changed::Now(before)]).ok()?;
    if text == here.text {
        return None;
    }
    let mut edits = Edits::default();
    let (span, new) = difference(&here.text, &text);
    edits.replace(here.path.clone(), span, new);
    Some(json!({
        "title": "Apply all safe fixes of corpuslint",
        "kind": FIX_ALL,
        "edit": edits.value(world),
    }))
}

/// Whether a fix is safe, and in one file.
fn is_alone(fix: &Fix, here: &Here) -> bool {
    let inside = fix.edits.iter().all(|edit| *edit.path == *here.shown);
    fix.safety == Safety::Safe && fix.rename.is_none() && inside
}

/// The bytes between what two texts have in common at their beginnings and ends, and what takes their
/// place.
pub(super) fn difference<'t>(old: &str, new: &'t str) -> (Span, &'t str) {
    let pairs = old.chars().zip(new.chars());
    let same = pairs.take_while(|(a, b)| a == b);
    let start: usize = same.map(|(a, _)| a.len_utf8()).sum();
    let (old_rest, new_rest) = (&old[start..], &new[start..]);
    let pairs = old_rest.chars().rev().zip(new_rest.chars().rev());
    let same = pairs.take_while(|(a, b)| a == b);
    let end: usize = same.map(|(a, _)| a.len_utf8()).sum();
    let span = Span::new(start, old.len() - end);
    (span, &new_rest[..new_rest.len() - end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_replaced() {
        for (old, new, part, text) in [
            ("abc", "abc", "", ""),
            ("abc", "axc", "b", "x"),
            ("aa", "aaa", "", "a"),
            ("aaa", "aa", "a", ""),
            ("\u{e9}\n", "\u{e8}\n", "\u{e9}", "\u{e8}"),
            ("", "x", "", "x"),
        ] {
            let (span, replaced) = difference(old, new);
            assert_eq!((span.slice(old), replaced), (part, text), "{old} {new}");
        }
        assert!(is_in(FIX_ALL, "source.fixAll") && is_in(FIX_ALL, "source"));
        assert!(!is_in("quickfix", "source") && !is_in(FIX_ALL, "source.fix"));
    }
}
