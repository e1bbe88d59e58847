//! One YAML file an entry, in the canonical form.

use super::layout::Layout;
use super::model::Entry;
use crate::syntax::emit;

/// An entry as the text of a file.
pub(super) fn write(entry: &Entry, layout: &Layout<'_>) -> String {
    let mut out = layout.schema_line(entry.kind, &entry.path);
    let is_date = |pointer: &str| layout.is_date(entry.kind, pointer);
    out.push_str(&emit::yaml(&entry.fields, &is_date));
    out
}
