//! Reports fields that are missing.

use serde_json::Value;

use super::words::code;
use super::{rewrite, schema_unknown_field, spot};
use crate::diagnostic::Safety;
use crate::rule::{DocumentView, Reported, Sink};
use crate::schema::violation::{Violation, ViolationKind};
use crate::syntax::{Format, Kind};

pub(super) fn check(view: &DocumentView<'_>, sink: &mut Sink) {
    for violation in view.violations {
        let ViolationKind::Required {
            name,
            because,
            default,
            example,
        } = &violation.kind
        else {
            continue;
        };
        let group = spot::parent(&violation.pointer);
        if group.is_some_and(|group| schema_unknown_field::is_meant(view, group, name)) {
            continue;
        }
        let missing = code(name);
        let message = match because {
            Some(because) => format!("{missing} is missing, which {} asks for", code(because)),
            None => match whose(view, violation) {
                Some(whose) => format!("{missing} is missing in {whose}"),
                None => format!("{missing} is missing"),
            },
        };
        let reported = sink
            .report(violation.span, message)
            .pointer(&*violation.pointer)
            .help(help(view, name, default.as_ref(), example.as_deref()));
        if let Some(default) = default {
            insert(view, violation, name, default, reported);
        }
    }
}

/// The group that the field is missing in, where that is not the whole entry.
fn whose(view: &DocumentView<'_>, violation: &Violation) -> Option<String> {
    let group = spot::parent(&violation.pointer).filter(|group| !group.is_empty())?;
    if violation.field.is_empty() {
        return Some("this item".to_owned());
    }
    let around = view.document.at(spot::parent(group)?)?;
    let field = code(&violation.field);
    Some(match around.kind() {
        Kind::Sequence => format!("this item of {field}"),
        _ => field,
    })
}

fn help(
    view: &DocumentView<'_>,
    name: &str,
    default: Option<&Value>,
    example: Option<&str>,
) -> String {
    let value = match (default, example) {
        (Some(Value::String(text)), _) => rewrite::fresh(text, view.format),
        (Some(value), _) => Some(value.to_string()),
        (None, Some(text)) => rewrite::fresh(text, view.format),
        (None, None) => None,
    };
    let short = value.filter(|value| value.chars().count() <= 60);
    match (short, view.format) {
        (Some(value), Format::Json) => format!("add it, such as `\"{name}\": {value}`"),
        (Some(value), _) => format!("add it, such as `{name}: {value}`"),
        (None, _) => format!("add the field {}", code(name)),
    }
}

fn insert(
    view: &DocumentView<'_>,
    violation: &Violation,
    name: &str,
    default: &Value,
    reported: Reported<'_>,
) {
    let group = spot::around(view, violation).filter(|node| node.kind() == Kind::Mapping);
    let Some((span, text)) = group.and_then(|group| rewrite::insert_field(group, name, default))
    else {
        return;
    };
    // What stands there by default means the same as nothing.
    reported.fix(Safety::Safe, format!("Add `{name}: {default}`"), span, text);
}
