//! Reports IDs with characters that look like ASCII and are not.

use super::{ids, rewrite, words};
use crate::diagnostic::Safety;
use crate::rule::{EntryView, Sink};
use crate::schema::plan::Met;

pub(super) fn check(view: &EntryView<'_>, sink: &mut Sink) {
    for met in &view.subject.fields {
        let marks = met.marks;
        if marks.id.is_none() && marks.refs.is_none() && marks.replaced_by.is_none() {
            continue;
        }
        let Some(text) = met.node.as_str().filter(|text| !text.is_ascii()) else {
            continue;
        };
        let readings = readings(view, met, text);
        if !readings.is_empty() {
            report(met, text, &readings, sink);
        }
    }
}

/// The IDs that a value only looks like, where it should be one.
fn readings(view: &EntryView<'_>, met: &Met<'_>, text: &str) -> Vec<String> {
    let marks = met.marks;
    if let (Some(pattern), true) = (&marks.pattern, marks.id.is_some()) {
        return ids::look_alikes(text, |id| pattern.is_match(id));
    }
    if marks.refs.is_some() || marks.replaced_by.is_some() {
        return ids::look_alikes(text, |id| ids::is_any_id(view.file.schemas, id));
    }
    Vec::new()
}

fn report(met: &Met<'_>, text: &str, readings: &[String], sink: &mut Sink) {
    let like = words::listing(readings, "or");
    let message = format!(
        "{} only looks like {like}: {}",
        words::code(text),
        ids::code_points(text)
    );
    let reported = sink
        .report(met.node.span(), message)
        .help("type the ID anew with letters and digits of the English keyboard");
    if let [right] = readings
        && let Some(new) = rewrite::scalar(met.node, right)
    {
        let title = format!("Write `{right}` in ASCII");
        reported.fix(Safety::Safe, title, met.node.span(), new);
    }
}
