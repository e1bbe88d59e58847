//! Reports files that the system does not let be read.

use crate::rule::{DocumentView, Sink};
use crate::snapshot::Unread;
use crate::text::Span;

pub(super) fn check(view: &DocumentView<'_>, sink: &mut Sink) {
    let Some(Unread::Unreadable(reason)) = view.unread else {
        return;
    };
    sink.report(Span::at(0), format!("this file cannot be read: {reason}"))
        .help("check that the file is there and that you may read it, then run the check again");
}
