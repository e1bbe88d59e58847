//! Reports new IDs whose number was used before, or leaves some out.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::entry::{Entry, series as series_of};
use crate::history::{History, Ledger};
use super::words;
use crate::diagnostic::Severity;
use crate::rule::Sink;

/// Entries from which a change is an import, whose numbers were given elsewhere.
const IMPORT: usize = 10;

pub(super) fn check(history: &History<'_>, sink: &mut Sink) {
    let Some(ledger) = history.ledger else { return };
    // A tombstone is what an old ID should have.
    let added: Vec<&Entry> = history.added().filter(|entry| !entry.retired).collect();
    for entry in &added {
        reused(history, ledger, entry, sink);
    }
    if !added.is_empty() && added.len() <= IMPORT {
        skipped(history, ledger, &added, sink);
    }
}

fn reused(history: &History<'_>, ledger: &Ledger, entry: &Entry, sink: &mut Sink) {
    let id = history.head.text(entry.id);
    let Some(revision) = ledger.ids.get(&id) else {
        return;
    };
    let message = format!("`{id}` was used before, last in {revision}");
    sink.report_entry(history.head, entry, entry.id_span, message)
        .help(format!(
            "what cites the old entry would mean this one: take a number that was never used{}; where it \
             is the old entry that comes back, a maintainer lets it in with `--waive`",
            command(history, entry, "")
        ));
}

/// `` (`corpuslint id move FILE --base REV`) ``, where it can be typed so.
fn command(history: &History<'_>, entry: &Entry, new: &str) -> String {
    let path = words::as_argument(history.head.path(entry));
    match path.zip(words::as_argument(&history.base_name)) {
        Some((path, base)) => format!(" (`corpuslint id move {path}{new} --base {base}`)"),
        None => String::new(),
    }
}

fn skipped(history: &History<'_>, ledger: &Ledger, added: &[&Entry], sink: &mut Sink) {
    let mut highest: BTreeMap<String, u64> = BTreeMap::new();
    let known = history.base.definitions().map(|entry| history.base.text(entry.id));
    for id in known.chain(ledger.ids.keys().cloned()) {
        if let Some((series, number)) = series_of(&id) {
            let most = highest.entry(series.to_owned()).or_default();
            *most = number.max(*most);
        }
    }
    let mut numbered: Vec<(String, u64, Arc<str>, &Entry)> = Vec::new();
    for entry in added {
        let id = history.head.text(entry.id);
        if let Some((series, number)) = series_of(&id) {
            numbered.push((series.to_owned(), number, Arc::clone(&id), entry));
        }
    }
    numbered.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
    for (series, number, id, entry) in numbered {
        let most = highest.entry(series.clone()).or_default();
        if number > *most + 1 {
            let width = id.len() - series.len();
            let next = format!("{series}{:0width$}", *most + 1);
            let message = format!("`{id}` leaves out numbers: `{next}` is the next one");
            sink.report_entry(history.head, entry, entry.id_span, message)
                .severity(Severity::Note)
                .help(format!(
                    "name it `{next}`, so that no number is lost{}",
                    command(history, entry, &format!(" {next}"))
                ));
        }
        *most = number.max(*most);
    }
}
