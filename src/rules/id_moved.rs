//! Reports entries that live on under another ID without a redirect.

use super::lives;
use crate::history::{Differing, History};
use crate::rule::Sink;

pub(super) fn check(history: &History<'_>, sink: &mut Sink) {
    for gone in history.differing.iter().filter_map(Differing::removed) {
        let heir = lives::heir(history, gone);
        let heir = heir.filter(|heir| lives::are_related(history, gone, heir));
        let Some(heir) = heir.filter(|_| !lives::is_unreadable(history, gone)) else {
            continue;
        };
        let (old, new) = (history.base.title(gone), history.head.text(heir.id));
        let message = format!("{old} became `{new}`, and nothing leads there from its old ID");
        let path = history.head.path(heir).clone();
        sink.report_base(history, gone, gone.id_span, message)
            .help(format!(
                "keep the old file, and say in it that the entry is retired and replaced by `{new}`"
            ))
            .related_in(path, heir.id_span, "the entry as it is now");
    }
}
