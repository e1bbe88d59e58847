//! `textDocument/formatting`: the canonical form.

use serde_json::{Value, json};

use super::actions::difference;
use super::params::{Answer, Params, Refusal};
use super::world::World;
use crate::format::canonical;
use crate::migrate::layout::Layout;

/// Gives the edit that makes a text canonical; none where it is already, or is no entry's.
pub(super) fn format(world: &mut World, params: Params<'_>) -> Answer {
    let Some(here) = world.here(params)? else {
        return Ok(Value::Null);
    };
    let Some(session) = &world.homes[here.home].session else {
        return Ok(Value::Null);
    };
    let Some(file) = session.file(&here.shown) else {
        return Ok(Value::Null);
    };
    let layout = Layout::new(session.workspace(), 0);
    match canonical(&here.text, file.format, file.kind, &layout) {
        Ok(text) if text == here.text => Ok(json!([])),
        Ok(text) => {
            let (span, new) = difference(&here.text, &text);
            let range = world.lines(&here.text).range(span);
            Ok(json!([{"range": range, "newText": new}]))
        }
        Err(unformatted) => {
            let line = world.lines(&here.text).position(unformatted.span.start);
            let line = line["line"].as_u64().unwrap_or(0) + 1;
            let reason = unformatted.reason;
            Err(Refusal::failed(format!("line {line}: {reason}")))
        }
    }
}
