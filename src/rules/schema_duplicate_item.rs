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
        let Some(list) = spot::list(view, violation) else {
            continue;
        };
        // One that has a comment is kept, and the other goes.
        let other = || list.items().position(|item| item.span() == *first);
        if let Some(span) = rewrite::delete_item(list, *index, view.source) {
            reported.fix(Safety::Safe, "Delete it here", span, "");
        } else if let Some(span) = other()
            .and_then(|other| rewrite::delete_item(list, other, view.source))
        {
            reported.fix(Safety::Safe, "Delete the other one", span, "");
        }
    }
}
