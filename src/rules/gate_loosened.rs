//! Reports what a change relaxes of the check that it must pass.

use crate::history::History;
use crate::rule::{Reported, Sink};

pub(super) fn check(history: &History<'_>, sink: &mut Sink) {
    for loosened in history.loosened {
        let location = &loosened.location;
        sink.report_at(location.clone(), loosened.message.clone())
            .help(format!(
                "a change cannot relax its own check: the entries are held against the configuration \
                 of {}; a maintainer who agrees waives it with `--waive gate-loosened:{}`",
                history.base_name, location.path
            ))
            .with(loosened.pointer.clone(), Reported::pointer);
    }
}
