//! Reports what is too long or too short.

use super::spot;
use super::words::plural;
use crate::rule::{DocumentView, Sink};
use crate::schema::violation::ViolationKind;

pub(super) fn check(view: &DocumentView<'_>, sink: &mut Sink) {
    for violation in view.violations {
        let ViolationKind::Length {
            too_much,
            limit,
            actual,
            unit,
        } = &violation.kind
        else {
            continue;
        };
        let name = spot::name(view, violation);
        let word = unit.trim_end_matches('s');
        let message = match (actual, too_much) {
            (0, _) => format!("{name} is empty"),
            (_, true) => format!("{name} has {}; at most {limit} are allowed", plural(*actual, word)),
            (_, false) => format!("{name} has only {}", plural(*actual, word)),
        };
        let help = match (too_much, limit) {
            (true, _) => format!("shorten it to {}", plural(*limit, word)),
            (false, 1) => "fill it in, or delete it where it may be missing".to_owned(),
            (false, _) => format!("it needs at least {}", plural(*limit, word)),
        };
        sink.report(violation.span, message)
            .pointer(&*violation.pointer)
            .help(help);
    }
}
