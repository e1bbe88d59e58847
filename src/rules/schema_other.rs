//! Reports what the schema asks for in ways that have no rule of their own.

use super::spot;
use super::words::code;
use crate::rule::{DocumentView, Sink};
use crate::schema::violation::ViolationKind;
use crate::syntax::Kind;

pub(super) fn check(view: &DocumentView<'_>, sink: &mut Sink) {
    for violation in view.violations {
        let ViolationKind::Other { message, .. } = &violation.kind else {
            continue;
        };
        let name = spot::name(view, violation);
        let number = spot::value(view, violation)
            .filter(|node| matches!(node.kind(), Kind::Int | Kind::Float));
        let message = match number {
            Some(number) => format!("{name} is {} and {message}", code(number.text())),
            None => format!("{name} {message}"),
        };
        sink.report(violation.span, message)
            .pointer(&*violation.pointer);
    }
}
