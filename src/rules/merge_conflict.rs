//! Reports files that git cannot merge into the base.

use super::words;
use crate::corpus::Corpus;
use crate::entry::Entry;
use crate::history::{Conflict, History};
use crate::rule::Sink;
use crate::text::Span;

pub(super) fn check(history: &History<'_>, sink: &mut Sink) {
    for conflict in history.conflicts {
        let (mine, theirs) = (
            entry_in(history.head, &conflict.path),
            entry_in(history.base, &conflict.path),
        );
        match (mine, theirs) {
            (Some(mine), Some(theirs)) if conflict.both_added => {
                claimed(history, mine, theirs, sink);
            }
            (Some(mine), _) => {
                let message = format!(
                    "{} cannot be merged: {} changed it too",
                    history.head.title(mine),
                    history.base_name
                );
                sink.report_entry(history.head, mine, mine.id_span, message)
                    .help(HELP);
            }
            _ => plain(history, conflict, sink),
        }
    }
}

const HELP: &str = "merge the base into this branch, or rebase onto it, and resolve the conflict";

/// Two entries want one ID.
fn claimed(history: &History<'_>, mine: &Entry, theirs: &Entry, sink: &mut Sink) {
    let id = history.head.text(mine.id);
    let taken = match &theirs.label {
        Some(label) => format!("as `{label}`"),
        None => "too".to_owned(),
    };
    let base = &history.base_name;
    let message = format!("`{id}` is taken: {base} has it {taken}");
    let path = history.head.path(mine);
    let help = match words::as_argument(path).zip(words::as_argument(base)) {
        Some((path, base)) => format!(
            "take the next free ID, on this branch: `corpuslint id move {path} --base {base}`"
        ),
        None => format!(
            "take the next free ID, rename the file after it, and change what refers to `{id}`"
        ),
    };
    sink.report_entry(history.head, mine, mine.id_span, message)
        .help(help)
        .related_base(history, theirs, theirs.id_span, "the entry that has it");
}

/// A file without an entry that could be pointed at.
fn plain(history: &History<'_>, conflict: &Conflict, sink: &mut Sink) {
    let message = format!("the file cannot be merged: {} changed it too", history.base_name);
    sink.report_in(conflict.path.clone(), Span::at(0), message)
        .help(HELP);
}

fn entry_in<'c>(corpus: &'c Corpus<'_>, path: &str) -> Option<&'c Entry> {
    corpus
        .entries()
        .find(|entry| corpus.path(entry).as_ref() == path)
}
