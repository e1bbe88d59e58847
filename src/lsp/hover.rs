//! What is shown where the editor points: an entry's card, what was found there, what a field is for.

use serde_json::{Value, json};

use super::card::card;
use super::params::{Answer, Params};
use super::world::{Here, World};
use super::{publish, symbol};
use crate::diagnostic::Diagnostic;
use crate::report::markdown_text;
use crate::rules;
use crate::schema::plan::Step;
use crate::syntax::Kind;
use crate::text::Span;

/// `textDocument/hover`
pub(super) fn hover(world: &mut World, params: Params<'_>) -> Answer {
    let position = params.position("/position")?;
    world.settle();
    let Some(here) = world.here(params)? else {
        return Ok(Value::Null);
    };
    let byte = world.lines(&here.text).offset(position);
    let mut parts = Vec::new();
    let mut span = None;
    if let Some(symbol) = symbol::at(&mut world.homes[here.home], &here, byte)
        && let Some(card) = card(world, here.home, &symbol.id)
    {
        parts.push(card);
        span = Some(symbol.span);
    } else if let Some((key, text)) = field(world, &here, byte) {
        parts.push(text);
        span = Some(key);
    }
    let home = &world.homes[here.home];
    let found = home.findings.get(here.shown.as_str());
    let touches = |found: &&Diagnostic| {
        let at = found.location.span();
        at.start <= byte && byte <= at.end
    };
    for found in found.into_iter().flatten().filter(touches) {
        parts.push(explained(found));
        span = span.or(Some(found.location.span()));
    }
    let Some(span) = span else {
        return Ok(Value::Null);
    };
    Ok(json!({
        "contents": {"kind": "markdown", "value": parts.join("\n\n---\n\n")},
        "range": world.lines(&here.text).range(span),
    }))
}

/// A finding with what its rule is for.
fn explained(found: &Diagnostic) -> String {
    let summary = rules::find(found.rule).map_or("", |rule| rule.summary());
    let help = found.help.as_deref().map_or(String::new(), |help| {
        format!("\n\nHelp: {}", markdown_text(help))
    });
    let (rule, page) = (found.rule, publish::page(found.rule));
    format!("[`{rule}`]({page}): {summary}{help}")
}

/// The name of a field at a byte, and what its schema says about it.
fn field(world: &World, here: &Here, byte: u32) -> Option<(Span, String)> {
    let found = world.parsed(here, &here.text, |document, schemas, kind| {
        let mut steps: Vec<Step<'_>> = Vec::new();
        let mut node = document.root()?;
        loop {
            let at = Span {
                start: byte,
                end: byte,
            };
            let mut below = node.children().enumerate();
            let (number, (key, value)) = below.find(|(_, (key, value))| {
                key.is_some_and(|key| key.span().contains(at)) || value.span().contains(at)
            })?;
            steps.push(key.map_or(Step::Index(number), |key| Step::Name(key.text())));
            if let Some(key) = key.filter(|key| key.span().contains(at)) {
                let text = schemas.describe(kind, &steps)?;
                return Some((key.span(), markdown_text(text)));
            }
            if value.is_alias() || !matches!(value.kind(), Kind::Mapping | Kind::Sequence) {
                return None;
            }
            node = value;
        }
    });
    found?
}
