//! Reports YAML tags that mean something else elsewhere, and anchors.

use super::words::code;
use crate::diagnostic::Severity;
use crate::rule::{DocumentView, Sink};
use crate::syntax::ProblemKind;

pub(super) fn check(view: &DocumentView<'_>, sink: &mut Sink) {
    // How a file is written matters once it can be read.
    let sound = view.is_sound();
    let mut anchors = Vec::new();
    for problem in view.problems {
        match &problem.kind {
            ProblemKind::Tag { tag, core: true } => {
                sink.report(problem.span, format!("{} does not fit this value", code(tag)))
                    .help("delete the tag; put the value in quotes if it is text");
            }
            ProblemKind::Tag { tag, core: false } => {
                let message = format!("{} asks for a type that entries do not have", code(tag));
                sink.report(problem.span, message)
                    .help("delete the tag, or put the text in quotes if the `!` belongs to it");
            }
            ProblemKind::Anchor if sound => anchors.push(problem.span),
            _ => {}
        }
    }
    // One finding, however many there are: they are one way to write the file.
    let Some((&first, others)) = anchors.split_first() else {
        return;
    };
    let more = match others.len() {
        0 => String::new(),
        count => format!(", and {count} more in this file"),
    };
    let anchor = code(first.slice(view.source));
    let message = format!("{anchor} is an anchor, which JSON and many tools do not have{more}");
    sink.report(first, message)
        .severity(Severity::Note)
        .help("write the value out at each place where it is used");
}
