//! One table a kind, and one of all that is a list (RFC 4180).
//!
//! The table of a kind has a row an entry and a column for each field that is a text. Everything else
//! stands in `links.csv`, a row a leaf: the entry, the field, the place within it (`[0]/url`), the
//! type and the value. A cell that a spreadsheet would take for a formula begins with an apostrophe,
//! and so does one that begins with an apostrophe itself.

mod read;
mod write;

pub(super) use read::read;
pub(super) use write::write;

/// The table of lists.
const LINKS: &str = "links.csv";

/// Its columns.
const LINK_COLUMNS: [&str; 5] = ["entry", "field", "place", "type", "value"];

/// Characters that a spreadsheet may take for the begin of a formula, and the mark itself.
const GUARDED: [char; 8] = ['=', '+', '-', '@', '\t', '\r', '\n', '\''];
