//! Reports files among the entries that are none.

use crate::rule::{DocumentView, Sink};
use crate::snapshot::Unread;
use crate::text::Span;

pub(super) fn check(view: &DocumentView<'_>, sink: &mut Sink) {
    let Some(Unread::Stray(reason)) = view.unread else {
        return;
    };
    sink.report(Span::at(0), format!("this file is not checked, because {reason}"))
        .help("give an entry the name of its ID, in its folder; move any other file out of the folder of the entries, or list it under `ignore` in the profile");
}
