//! Where a violation of a schema stands, and what to call it.

use crate::rule::DocumentView;
use crate::schema::violation::Violation;
use crate::syntax::{Kind, Node};

/// The value that a violation is about.
pub(super) fn value<'d>(view: &DocumentView<'d>, violation: &Violation) -> Option<Node<'d>> {
    view.document.at(&violation.pointer)
}

/// The value around it: a list, or a group of fields.
pub(super) fn around<'d>(view: &DocumentView<'d>, violation: &Violation) -> Option<Node<'d>> {
    view.document.at(parent(&violation.pointer)?)
}

/// The list that the value is an item of.
pub(super) fn list<'d>(view: &DocumentView<'d>, violation: &Violation) -> Option<Node<'d>> {
    around(view, violation).filter(|node| node.kind() == Kind::Sequence)
}

/// The pointer of the value around.
pub(super) fn parent(pointer: &str) -> Option<&str> {
    pointer.rsplit_once('/').map(|(parent, _)| parent)
}

/// What to call the value: `` `title` ``, `` an item of `platforms` ``, `the entry`.
pub(super) fn name(view: &DocumentView<'_>, violation: &Violation) -> String {
    let field = super::words::code(&violation.field);
    if list(view, violation).is_none() {
        return match violation.pointer.as_str() {
            "" => "the entry".to_owned(),
            _ => field,
        };
    }
    if violation.field.is_empty() {
        "an item of the list".to_owned()
    } else {
        format!("an item of {field}")
    }
}
