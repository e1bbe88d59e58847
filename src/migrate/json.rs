//! One JSON file an entry, two spaces a level.

use super::layout::Layout;
use super::model::Entry;

/// An entry as the text of a file.
pub(super) fn write(entry: &Entry, _: &Layout<'_>) -> String {
    // Writing to a text fails for no value.
    let mut out = serde_json::to_string_pretty(&entry.fields).unwrap_or_default();
    out.push('\n');
    out
}
