//! Reports a second document in a file.

use crate::rule::{DocumentView, Sink};
use crate::syntax::ProblemKind;

pub(super) fn check(view: &DocumentView<'_>, sink: &mut Sink) {
    for problem in view.problems {
        if problem.kind == ProblemKind::MultipleDocuments {
            sink.report(
                problem.span,
                "a second document begins here, and only the first is read",
            )
            .help("put what follows into a file of its own: one file holds one entry");
        }
    }
}
