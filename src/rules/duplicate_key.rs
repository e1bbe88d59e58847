//! Reports a field that is there twice.

use crate::rule::{DocumentView, Sink};
use crate::syntax::ProblemKind;

pub(super) fn check(view: &DocumentView<'_>, sink: &mut Sink) {
    for problem in view.problems {
        if let ProblemKind::DuplicateKey { key, first } = &problem.kind {
            sink.report(problem.span, format!("the field `{key}` is there twice"))
                .label("again here")
                .related(*first, "first here")
                .help("keep one of the two; readers disagree on which one counts");
        }
    }
}
