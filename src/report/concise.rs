//! One line a finding: `path:line:column: severity[rule] message`.

use std::io::{self, Write};

use super::{Escaped, View};

pub(super) fn render(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    for found in &view.report.diagnostics {
        writeln!(
            out,
            "{}:{}: {}[{}] {}",
            Escaped(&found.location.path),
            found.location.start,
            found.severity.as_str(),
            found.rule,
            Escaped(&found.message),
        )?;
    }
    Ok(())
}
