//! One line a finding: `path:line:column: severity[rule] message`.

use std::io::{self, Write};

use super::{Escaped, Paint, View, clipped, statistics};

/// Columns of a message; longer ones quote a value that is longer than anyone reads.
const MESSAGE: usize = 1000;

pub(super) fn render(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    for found in view.report.shown() {
        writeln!(
            out,
            "{}:{}: {}[{}] {}",
            Escaped(&view.path(&found.location)),
            found.location.start,
            found.severity.as_str(),
            found.rule,
            clipped(&found.message, MESSAGE),
        )?;
    }
    if view.statistics {
        writeln!(out)?;
        statistics::render(view, Paint { color: false }, out)?;
    }
    Ok(())
}
