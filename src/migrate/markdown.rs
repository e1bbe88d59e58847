//! One Markdown file an entry: the fields between `---` lines, then the prose.

use serde_json::Value;

use super::layout::Layout;
use super::model::Entry;
use crate::syntax::emit;

/// An entry as the text of a file.
pub(super) fn write(entry: &Entry, layout: &Layout<'_>) -> String {
    let mut fields = entry.fields.clone();
    let field = layout.body(entry.kind);
    let body = field
        .filter(|field| is_body(fields.get(*field)))
        .and_then(|field| fields.shift_remove(field));
    let is_date = |pointer: &str| layout.is_date(entry.kind, pointer);
    let line = layout.schema_line(entry.kind, &entry.path);
    let front = emit::yaml(&fields, &is_date);
    let mut out = format!("---\n{line}{front}---\n");
    if let Some(Value::String(text)) = body {
        out.push('\n');
        out.push_str(&text);
    }
    out
}

/// Whether a text comes back from the body as it is: blank lines before it do not, and a body of
/// nothing else is none.
fn is_body(value: Option<&Value>) -> bool {
    value
        .and_then(Value::as_str)
        .is_some_and(|text| !text.starts_with(['\n', '\r']) && !text.trim().is_empty())
}
