//! Reports references to entries that are retired.

use super::ids;
use crate::corpus::Corpus;
use crate::diagnostic::{Edit, Fix, Safety};
use crate::entry::{Entry, Reference, Role};
use crate::rule::Sink;

pub(super) fn check(corpus: &Corpus<'_>, sink: &mut Sink) {
    for entry in corpus.entries().filter(|entry| !entry.retired) {
        for reference in &entry.references {
            if reference.role == Role::Uses
                && let Some(target) = corpus.get(reference.target)
                && target.retired
                && target.id != entry.id
                // One of the wrong kind does not belong here anyway, and `wrong-kind` says so.
                && corpus.words.kind_sets.names(reference.kinds).iter().any(|kind| kind == corpus.kind_name(target))
            {
                report(corpus, entry, reference, target, sink);
            }
        }
    }
}

/// Tombstones in a row that are followed to what is alive.
const STEPS: usize = 16;

/// The entry that took the place of a tombstone, however many tombstones lie between.
fn successor<'c>(corpus: &'c Corpus<'_>, tombstone: &'c Entry) -> Option<&'c Entry> {
    let mut here = tombstone;
    for _ in 0..STEPS {
        let mut references = here.references.iter();
        let next = references.find(|reference| reference.role == Role::ReplacedBy)?;
        here = corpus.get(next.target)?;
        if !here.retired {
            return Some(here);
        }
    }
    None
}

fn report(
    corpus: &Corpus<'_>,
    entry: &Entry,
    reference: &Reference,
    target: &Entry,
    sink: &mut Sink,
) {
    let kinds = corpus.words.kind_sets.names(reference.kinds);
    // A successor of another kind cannot stand in this field.
    let is_taken = |entry: &&Entry| {
        let kind = corpus.kind_name(entry);
        kinds.iter().any(|taken| taken == kind)
    };
    let successor = successor(corpus, target);
    let fitting = successor.filter(is_taken);
    let is_there = |new: &Entry| entry.references.iter().any(|other| other.target == new.id);
    let (instead, help) = match (successor, fitting) {
        (_, Some(new)) if is_there(new) || new.id == entry.id => {
            let id = corpus.text(new.id);
            (Some(new), format!("delete it; this entry has `{id}` already"))
        }
        (_, Some(new)) => (Some(new), format!("write `{}`", corpus.text(new.id))),
        (Some(new), None) => {
            let field = ids::field_for(corpus.schemas, corpus.kind_name(entry), corpus.kind_name(new));
            let id = corpus.text(new.id);
            let help = match field {
                Some(field) => format!("delete it, and add `{id}` to `{field}`"),
                None => format!("delete it; `{id}` is {}", ids::a(corpus.kind_name(new))),
            };
            (Some(new), help)
        }
        (None, None) => {
            let taken = ids::any_of(&kinds);
            (None, format!("delete it, or write the ID of {taken} that is in use"))
        }
    };
    let by = instead.map_or(String::new(), |new| {
        format!("; {} took its place", corpus.title(new))
    });
    let message = format!("{} is retired{by}", corpus.title(target));
    let at = corpus.path(target).clone();
    let reported = sink
        .report_entry(corpus, entry, reference.span, message)
        .help(help)
        .related_in(at, target.id_span, "retired here");
    if let Some(new) = fitting.filter(|new| !is_there(new) && new.id != entry.id) {
        let id = corpus.text(new.id);
        let Some(span) = ids::edit_span(reference, &id) else {
            return;
        };
        reported.fix_with(Fix {
            title: format!("Write `{id}`"),
            safety: Safety::Safe,
            edits: vec![Edit {
                path: corpus.path(entry).clone(),
                span,
                text: id.to_string(),
            }],
            rename: None,
        });
    }
}
