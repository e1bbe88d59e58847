//! Reports IDs that a change takes away.

use super::lives::{self, Heirs};
use crate::diagnostic::{Edit, Fix, Safety};
use crate::entry::Entry;
use crate::history::{Differing, History};
use crate::rule::Sink;
use crate::text::Span;

pub(super) fn check(history: &History<'_>, sink: &mut Sink) {
    let heirs = Heirs::new(history);
    for differing in history.differing {
        let Some(gone) = differing.removed() else {
            continue;
        };
        if lives::is_unreadable(history, gone) {
            continue;
        }
        let heir = heirs.of(gone);
        if heir.is_some_and(|heir| lives::are_related(history, gone, heir)) {
            // The ID moved, which is another finding.
            continue;
        }
        report(history, differing, gone, heir, sink);
    }
}

fn report(
    history: &History<'_>,
    differing: &Differing<'_>,
    gone: &Entry,
    heir: Option<&Entry>,
    sink: &mut Sink,
) {
    let title = history.base.title(gone);
    let message = format!("{title} is gone, and what cites it leads nowhere");
    let mut reported = sink
        .report_base(history, gone, gone.id_span, message)
        .help(
            "an ID is for ever: keep the file, and say in it that the entry is retired and why; only a \
             maintainer can let it go, with `--waive`",
        );
    if let Some(heir) = heir {
        let path = history.head.path(heir).clone();
        let message = format!("{} says what it said", history.head.title(heir));
        reported = reported.related_in(path, heir.id_span, message);
    }
    if let Some(text) = &differing.tombstone {
        reported.fix_with(Fix {
            title: format!("Keep `{}` as a retired entry", history.base.text(gone.id)),
            safety: Safety::Unsafe,
            edits: vec![Edit {
                path: history.base.path(gone).clone(),
                span: Span::at(0),
                text: text.clone(),
            }],
            rename: None,
        });
    }
}
