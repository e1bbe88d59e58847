//! Reports days that have not come yet.

use super::{days, words};
use crate::rule::{EntryView, Sink};

pub(super) fn check(view: &EntryView<'_>, sink: &mut Sink) {
    for dated in days::dates(&view.subject.fields) {
        if !dated.day().is_some_and(|day| days::is_future(day, view)) {
            continue;
        }
        let message = format!(
            "the entry was {} on {}, which has not come yet: today is {}",
            dated.what(),
            words::code(dated.node.text()),
            days::write(view.file.today, dated.notation)
        );
        sink.report(dated.node.span(), message)
            .help("write the day on which it happened");
    }
}
