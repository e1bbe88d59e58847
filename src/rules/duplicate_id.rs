//! Reports IDs that several entries have.

use super::{ids, words};
use crate::corpus::Corpus;
use crate::entry::{Entry, Name};
use crate::rule::Sink;
use crate::snapshot::stem;

pub(super) fn check(corpus: &Corpus<'_>, sink: &mut Sink) {
    for entry in corpus.entries().filter(|entry| !entry.copy) {
        let mut all = corpus.all(entry.id).filter(|other| !other.copy);
        let is_second = all.nth(1).is_some_and(|second| std::ptr::eq(second, entry));
        let kind = &corpus.schemas.entry_kinds()[entry.kind as usize];
        if is_second && kind.is_id(&corpus.text(entry.id)) {
            report(corpus, entry.id, sink);
        }
    }
}

fn report(corpus: &Corpus<'_>, id: Name, sink: &mut Sink) {
    let mut all: Vec<&Entry> = corpus.all(id).filter(|entry| !entry.copy).collect();
    // The entry whose file has another name is the copy; else the later one is.
    let text = corpus.text(id);
    let is_misnamed = |entry: &&Entry| {
        let named_after = corpus.schemas.entry_kinds()[entry.kind as usize].is_stem;
        named_after && stem(corpus.path(entry)) != &*text
    };
    let wrong = all.iter().rposition(is_misnamed).unwrap_or(all.len() - 1);
    let wrong = all.remove(wrong);
    let stem = stem(corpus.path(wrong));
    let kind = &corpus.schemas.entry_kinds()[wrong.kind as usize];
    let help = if is_misnamed(&wrong) && kind.is_id(stem) {
        format!("write `{stem}`, as the file's name says, or delete the file")
    } else {
        let how = words::as_argument(corpus.path(wrong))
            .filter(|_| kind.is_stem)
            .map_or(String::new(), |path| format!(" (`corpuslint id move {path}`)"));
        format!(
            "give one of them {} ID that was never used{how}, or delete it if both are the same entry",
            ids::a(&kind.name)
        )
    };
    let message = match &wrong.label {
        Some(label) => format!("`{text}` ({label}) has the ID of another entry"),
        None => format!("`{text}` is the ID of another entry too"),
    };
    let mut reported = sink
        .report_entry(corpus, wrong, wrong.id_span, message)
        .help(help);
    for other in all {
        let path = corpus.path(other).clone();
        let also = format!("also the ID of {}", corpus.title(other));
        reported = reported.related_in(path, other.id_span, also);
    }
}
