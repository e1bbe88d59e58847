//! Reports values that should be the file's name and are not.

use super::{ids, words};
use crate::diagnostic::{Fix, Safety};
use crate::rule::{EntryView, Sink};
use crate::schema::plan::Met;

pub(super) fn check(view: &EntryView<'_>, sink: &mut Sink) {
    for met in view.subject.fields.iter().filter(|met| is_name(met)) {
        let Some(text) = met.node.as_str() else {
            continue;
        };
        if text != view.file.stem() && !ids::is_malformed(met) {
            report(view, met, text, sink);
        }
    }
}

/// Whether a value should be the file's name.
fn is_name(met: &Met<'_>) -> bool {
    met.marks.path.as_ref().is_some_and(|path| path.stem)
}

fn report(view: &EntryView<'_>, met: &Met<'_>, text: &str, sink: &mut Sink) {
    let stem = view.file.stem();
    let kind = &view.file.schemas.entry_kinds()[view.subject.kind];
    let is_id = |name: &str| met.marks.id.is_some() && kind.is_id(name);
    let what = match (met.marks.id.is_some(), met.key) {
        (false, Some(key)) => words::code(key.text()),
        _ => "the entry's ID".to_owned(),
    };
    let like = ids::look_alikes(stem, |name| name == text);
    let message = if like.is_empty() {
        format!(
            "the file is named {}, but {what} is {}",
            words::code(stem),
            words::code(text)
        )
    } else {
        format!(
            "the file's name {} only looks like {}: {}",
            words::code(stem),
            words::code(text),
            ids::code_points(stem)
        )
    };
    let name = format!("{text}{}", view.file.extension());
    let other_way = if is_id(stem) {
        format!(", or write {} as the ID", words::code(stem))
    } else {
        String::new()
    };
    let help = format!("rename the file to {}{other_way}", words::code(&name));
    let reported = sink.report(met.node.span(), message).help(help);
    // Of an ID that is there twice each would give the file its name, in turn.
    let names = view.subject.fields.iter().filter(|met| is_name(met));
    if !is_file_name(&name) || names.count() > 1 {
        return;
    }
    // Where the name is an ID too, either of the two may be the wrong one.
    let safety = if met.marks.id.is_some() && !is_id(stem) {
        Safety::Safe
    } else {
        Safety::Unsafe
    };
    reported.fix_with(Fix {
        title: format!("Rename the file to `{name}`"),
        safety,
        edits: Vec::new(),
        rename: Some(name),
    });
}

/// Whether a text is a plain file name on every system.
fn is_file_name(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
    name.len() <= 200 && name.bytes().all(plain) && !name.starts_with(['.', '-'])
}
