//! Reports fields that the schema does not know.

use unicode_security::confusable_detection::skeleton;

use super::words::{code, listing};
use super::{rewrite, spot};
use crate::diagnostic::Safety;
use crate::text::did_you_mean;
use crate::rule::{DocumentView, Reported, Sink};
use crate::schema::violation::{Violation, ViolationKind};
use crate::syntax::Node;
use crate::text::Span;

pub(super) fn check(view: &DocumentView<'_>, sink: &mut Sink) {
    for violation in view.violations {
        let ViolationKind::UnknownField { name, known, .. } = &violation.kind else {
            continue;
        };
        let meant = meant(violation);
        let odd = meant.and_then(|meant| odd_letter(name, meant));
        let message = match (meant, odd) {
            (Some(meant), Some(letter)) => format!(
                "{} only looks like `{meant}`: it is written with `{letter}` (U+{:04X})",
                code(name),
                letter as u32
            ),
            (Some(meant), None) => {
                format!("{} is not known; did you mean `{meant}`?", unknown(violation, name))
            }
            (None, _) if name.is_empty() => "this field has no name".to_owned(),
            (None, _) => format!("{} is not known", unknown(violation, name)),
        };
        let reported = sink
            .report(place(view, violation), message)
            .pointer(&*violation.pointer);
        match meant {
            Some(meant) => rename(view, violation, meant, reported),
            None => {
                reported.help(known_fields(known));
            }
        }
    }
}

/// The name of the field; where it has no width, the `?` that begins it, or its value.
fn place(view: &DocumentView<'_>, violation: &Violation) -> Span {
    let span = violation.span;
    if !span.is_empty() {
        return span;
    }
    let before = view.source[..span.range().start].trim_end();
    if before.ends_with('?') {
        return Span::new(before.len() - 1, before.len());
    }
    let value = view.document.at(&violation.pointer);
    value.map_or(span, Node::span)
}

fn unknown(violation: &Violation, name: &str) -> String {
    if violation.field.is_empty() {
        format!("the field {}", code(name))
    } else {
        format!("the field {} in {}", code(name), code(&violation.field))
    }
}

fn known_fields(known: &[String]) -> String {
    if known.is_empty() {
        return "delete it: no field is allowed here".to_owned();
    }
    format!("delete it, or use a known field: {}", listing(known, "or"))
}

/// The field that is probably meant: a known one that is not there yet.
fn meant(violation: &Violation) -> Option<&str> {
    let ViolationKind::UnknownField { name, free, .. } = &violation.kind else {
        return None;
    };
    if name.len() > 200 {
        return None;
    }
    let shape: String = skeleton(name).collect();
    let alike = free.iter().find(|known| skeleton(known).eq(shape.chars()));
    match alike {
        Some(alike) => Some(alike),
        None => did_you_mean(name, free.iter().map(String::as_str)),
    }
}

/// Whether a field of a group is there under a name that is nearly right, which this rule reports: one
/// cause, one finding.
pub(super) fn is_meant(view: &DocumentView<'_>, group: &str, name: &str) -> bool {
    view.is_active("schema-unknown-field")
        && view.violations.iter().any(|other| {
            spot::parent(&other.pointer) == Some(group) && meant(other) == Some(name)
        })
}

/// The first letter that is not what it seems, where nothing but such letters differ.
fn odd_letter(name: &str, meant: &str) -> Option<char> {
    let alike = skeleton(name).eq(skeleton(meant));
    name.chars().find(|c| alike && !c.is_ascii())
}

fn rename(view: &DocumentView<'_>, violation: &Violation, meant: &str, reported: Reported<'_>) {
    let reported = reported.help(format!("name the field `{meant}`"));
    let key = spot::around(view, violation)
        .and_then(|group| key_at(group, violation.span))
        .and_then(|key| rewrite::scalar(key, meant));
    if let Some(key) = key {
        let title = format!("Rename it to `{meant}`");
        reported.fix(Safety::Unsafe, title, violation.span, key);
    }
}

fn key_at(group: Node<'_>, span: Span) -> Option<Node<'_>> {
    let keys = group.entries().map(|(key, _)| key);
    keys.into_iter().find(|key| key.span() == span)
}
