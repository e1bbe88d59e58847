//! Reports items that a list holds already.

use super::words::code;
use super::{rewrite, spot};
use crate::diagnostic::Safety;
use crate::rule::{DocumentView, Sink};
use crate::schema::violation::ViolationKind;

pub(super) fn check(view: &DocumentView<'_>, sink: &mut Sink) {
    for violation in view.violations {
        let ViolationKind::DuplicateItem { item, first, index } = &violation.kind else {
            continue;
        };
        let node = spot::value(view, violation);
        let text = node.and_then(|node| node.as_str()).unwrap_or(item);
        let list = match violation.field.as_str() {
            "" => "the list".to_owned(),
            field => code(field),
        };
        let reported = sink
            .report(violation.span, format!("{} is in {list} already", code(text)))
            .pointer(&*violation.pointer)
            .label("again here")
            .related(*first, "first here")
            .help("delete one of the two");
        let span = spot::list(view, violation)
            .and_then(|list| rewrite::delete_item(list, *index, view.source));
        if let Some(span) = span {
            reported.fix(Safety::Safe, "Delete it here", span, "");
        }
    }
}
