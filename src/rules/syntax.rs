//! Reports what stops a file from being read at all.

use super::conflict_marker::{Conflict, conflicts};
use crate::rule::{DocumentView, Sink};
use crate::syntax::{Format, ProblemKind};
use crate::text::Span;

pub(super) fn check(view: &DocumentView<'_>, sink: &mut Sink) {
    // One cause, one finding: what cannot be read between the marks of a merge is the marks.
    let conflicts: Vec<Conflict> = if !view.problems.is_empty() && view.is_active("conflict-marker") {
        conflicts(view.source).collect()
    } else {
        Vec::new()
    };
    for problem in view.problems {
        if conflicts
            .iter()
            .any(|found| found.explains(view.source, problem.span))
        {
            continue;
        }
        match &problem.kind {
            ProblemKind::Syntax {
                message,
                help,
                opened,
            } => {
                let mut reported = sink.report(problem.span, message.as_str());
                if let Some(help) = help {
                    reported = reported.help(*help);
                }
                if let Some(opened) = opened {
                    reported.related(*opened, "noticed here");
                }
            }
            ProblemKind::Empty => {
                sink.report(Span::at(0), "the file is empty")
                    .help(empty_help(view.format));
            }
            ProblemKind::NotJson => {
                sink.report(problem.span, "this number has no value that JSON knows")
                    .help("put it in quotes if it is text");
            }
            ProblemKind::ComplexKey => {
                sink.report(problem.span, "a list or a group cannot be the name of a field")
                    .help("write `name: value`, with a text as the name");
            }
            ProblemKind::CyclicAlias => {
                sink.report(problem.span, "this alias stands for something that contains it")
                    .help("write the value out instead of the `*` alias");
            }
            _ => {}
        }
    }
}

fn empty_help(format: Format) -> &'static str {
    match format {
        Format::Json => "write the entry as `{…}`, or delete the file",
        _ => "write the entry's fields, or delete the file",
    }
}
