//! Reports values that are not among those allowed.

use serde_json::Value;

use super::words::{code, listing};
use super::{rewrite, spot};
use crate::diagnostic::Safety;
use crate::text::did_you_mean;
use crate::rule::{DocumentView, Sink};
use crate::schema::violation::ViolationKind;

/// Values and characters up to which a near one is looked for.
const SEARCHED: usize = 2000;
const LONGEST: usize = 100;

pub(super) fn check(view: &DocumentView<'_>, sink: &mut Sink) {
    for violation in view.violations {
        let ViolationKind::Enum { actual, allowed } = &violation.kind else {
            continue;
        };
        let node = spot::value(view, violation);
        let text = node.and_then(|node| node.as_str());
        let near = text.and_then(|text| near(text, allowed));
        let said = code(text.unwrap_or(actual));
        let name = match violation.pointer.as_str() {
            "" => "the entry".to_owned(),
            _ => code(&violation.field),
        };
        let hint = near.map_or(String::new(), |(near, _)| {
            format!("; did you mean `{near}`?")
        });
        let reported = sink
            .report(
                violation.span,
                format!("{said} is not an allowed value of {name}{hint}"),
            )
            .pointer(&*violation.pointer)
            .help(help(allowed));
        if let (Some(node), Some((near, safety))) = (node, near)
            && let Some(text) = rewrite::scalar(node, near)
        {
            reported.fix(safety, format!("Write `{near}`"), node.span(), text);
        }
    }
}

fn help(allowed: &Value) -> String {
    let values = allowed.as_array().map_or(&[][..], Vec::as_slice);
    let texts = values.iter().map(|value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    });
    match values.len() {
        0 => "delete it: no value is allowed here".to_owned(),
        1 => format!("write {}", listing(texts, "or")),
        _ => format!("write one of {}", listing(texts, "or")),
    }
}

/// The value that is meant, and how sure that is.
fn near<'a>(text: &str, allowed: &'a Value) -> Option<(&'a str, Safety)> {
    let values = allowed.as_array()?;
    if values.len() > SEARCHED || text.len() > LONGEST {
        return None;
    }
    let texts = || values.iter().filter_map(Value::as_str);
    let wanted = letters(text);
    let mut same = texts().filter(|value| !wanted.is_empty() && letters(value) == wanted);
    if let Some(same_letters) = same.next() {
        let safety = match same.next() {
            None => Safety::Safe,
            Some(_) => Safety::Unsafe,
        };
        return Some((same_letters, safety));
    }
    // `AWS` for `Amazon Web Services (AWS)`: a word that only one of them has.
    let mut holding = texts().filter(|value| {
        let mut words = value.split(|c: char| !c.is_alphanumeric());
        words.any(|word| word.chars().count() > 2 && letters(word) == wanted)
    });
    if let (Some(only), None) = (holding.next(), holding.next()) {
        return Some((only, Safety::Unsafe));
    }
    did_you_mean(text, texts()).map(|near| (near, Safety::Unsafe))
}

/// The letters and digits of a text in lower case: what counts when it is read aloud.
fn letters(text: &str) -> String {
    let kept = text.chars().filter(|c| c.is_alphanumeric());
    kept.flat_map(char::to_lowercase).collect()
}
