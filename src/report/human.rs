//! For people.

use std::io::{self, Write};

use super::View;

pub(super) fn render(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    super::concise::render(view, out)
}
