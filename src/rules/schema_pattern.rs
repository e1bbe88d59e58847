//! Reports texts that do not have the form that the schema asks for.

use rustc_hash::FxHashSet;

use super::words::code;
use crate::rule::{DocumentView, Sink};
use crate::schema::violation::{Violation, ViolationKind};
use crate::schema::vocabulary::Marks;
use crate::text::Span;

pub(super) fn check(view: &DocumentView<'_>, sink: &mut Sink) {
    let is_pattern =
        |violation: &&Violation| matches!(violation.kind, ViolationKind::Pattern { .. });
    if !view.violations.iter().any(|violation| is_pattern(&violation)) {
        return;
    }
    let owned = owned(view);
    for violation in view.violations.iter().filter(is_pattern) {
        let ViolationKind::Pattern {
            actual,
            pattern,
            example,
        } = &violation.kind
        else {
            continue;
        };
        if owned.contains(&violation.span) {
            continue;
        }
        let name = match violation.pointer.as_str() {
            "" => "the entry".to_owned(),
            _ => code(&violation.field),
        };
        let message = match example {
            Some(example) => format!(
                "{} does not have the form of {name}, such as {}",
                code(actual),
                code(example)
            ),
            None => format!("{} does not have the form of {name}", code(actual)),
        };
        sink.report(violation.span, message)
            .pointer(&*violation.pointer)
            .help(format!("it must match the pattern {}", code(pattern)));
    }
}

/// IDs, references and dates, whose form has rules of its own.
fn owned(view: &DocumentView<'_>) -> FxHashSet<Span> {
    let is_owned = |marks: &Marks| {
        marks.id.is_some()
            || marks.refs.is_some()
            || marks.replaced_by.is_some()
            || marks.date.is_some()
    };
    let fields = view.subjects.iter().flat_map(|subject| &subject.fields);
    fields
        .filter(|met| is_owned(met.marks))
        .map(|met| met.node.span())
        .collect()
}
