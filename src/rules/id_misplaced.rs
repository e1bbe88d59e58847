//! Reports entries whose file lies in another folder than a value of theirs says.

use super::{ids, words};
use crate::rule::{EntryView, Sink};
use crate::schema::plan::Met;
use crate::schema::vocabulary::Folder;

pub(super) fn check(view: &EntryView<'_>, sink: &mut Sink) {
    for met in &view.subject.fields {
        let Some(wanted) = met.marks.path.as_ref().and_then(|path| path.folder.as_ref()) else {
            continue;
        };
        let Some(text) = met.node.as_str() else {
            continue;
        };
        match wanted {
            Folder::Same => same(view, met, text, sink),
            Folder::ByPrefix(prefixes) => by_prefix(view, met, text, prefixes, sink),
        }
    }
}

fn by_prefix(
    view: &EntryView<'_>,
    met: &Met<'_>,
    text: &str,
    prefixes: &[(String, String)],
    sink: &mut Sink,
) {
    // The longest prefix comes first.
    let Some((_, right)) = prefixes.iter().find(|(prefix, _)| text.starts_with(prefix)) else {
        return;
    };
    let actual = view.file.folder();
    if actual == right || ids::is_malformed(met) {
        return;
    }
    let message = format!(
        "{} belongs in the folder `{right}`{}",
        words::code(text),
        not(actual)
    );
    sink.report(met.node.span(), message)
        .help(format!("move the file to the folder `{right}`"));
}

fn same(view: &EntryView<'_>, met: &Met<'_>, text: &str, sink: &mut Sink) {
    let actual = view.file.folder();
    let allowed = &met.marks.allowed;
    let is_allowed = |value: &str| allowed.is_empty() || allowed.iter().any(|one| one == value);
    if actual == text || !is_allowed(text) {
        return;
    }
    let field = met.key.map_or("the value", |key| key.text());
    let message = format!(
        "the file belongs in the folder {}, as its `{field}` says{}",
        words::code(text),
        not(actual)
    );
    let other_way = if is_allowed(actual) && !actual.is_empty() {
        format!(", or write {}", words::code(actual))
    } else {
        String::new()
    };
    let help = format!(
        "move the file to the folder {}{other_way}",
        words::code(text)
    );
    sink.report(met.node.span(), message).help(help);
}

/// `` , not `means` ``; nothing for a file that lies in no folder.
fn not(actual: &str) -> String {
    if actual.is_empty() {
        return String::new();
    }
    format!(", not {}", words::code(actual))
}
