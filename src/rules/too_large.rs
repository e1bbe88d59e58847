//! Reports what is larger than the limits of the profile.

use crate::rule::{DocumentView, Sink};
use crate::snapshot::Unread;
use crate::syntax::ProblemKind;
use crate::text::Span;

pub(super) fn check(view: &DocumentView<'_>, sink: &mut Sink) {
    if let Some(Unread::TooLarge { bytes, limit }) = view.unread {
        let message = format!("the file has {bytes} bytes, and at most {limit} are read");
        sink.report(Span::at(0), message)
            .help("split the file, or raise `file-bytes` under `[limits]` in the profile");
    }
    for problem in view.problems {
        if let ProblemKind::TooLarge { what, limit } = problem.kind {
            let message = format!("the file has more than {limit} {what}");
            sink.report(problem.span, message)
                .label("too much from here on")
                .help("write it more simply; nothing behind this place was read");
        }
    }
}
