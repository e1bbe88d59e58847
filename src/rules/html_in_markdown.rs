//! Reports HTML in prose that should be Markdown.

use std::ops::Range;

use self::tags::{Element, elements};
use super::rewrite;
use crate::diagnostic::{Edit, Fix, Safety};
use crate::rule::{EntryView, Sink};
use crate::schema::vocabulary::Prose;
use crate::syntax::Node;

mod markdown;
mod tags;

pub(super) fn check(view: &EntryView<'_>, sink: &mut Sink) {
    for met in &view.subject.fields {
        if met.marks.prose != Some(Prose::Markdown) {
            continue;
        }
        let Some(text) = met.node.as_str() else {
            continue;
        };
        if memchr::memchr(b'<', text.as_bytes()).is_none() {
            continue;
        }
        // One finding for each name: who writes one `<b>` writes many.
        let mut groups: Vec<Vec<Element>> = Vec::new();
        for element in elements(text) {
            match groups.iter_mut().find(|group| group[0].name == element.name) {
                Some(group) => group.push(element),
                None => groups.push(vec![element]),
            }
        }
        for group in groups {
            report(view, met.node, text, &group, sink);
        }
    }
}

fn report(view: &EntryView<'_>, node: Node<'_>, text: &str, group: &[Element], sink: &mut Sink) {
    let Some((first, rest)) = group.split_first() else {
        return;
    };
    let tag = &text[first.open.clone()];
    let shown = super::words::code(tag.lines().next().unwrap_or(tag));
    let message = match first.name.as_str() {
        "!--" => format!("{shown} is an HTML comment, and readers see nothing of it"),
        name if tags::is_html(name) => format!("{shown} is HTML in Markdown"),
        _ => format!("{shown} reads as an HTML tag, and readers see nothing of it"),
    };
    let better = first.close.as_ref().and_then(|close| {
        let inner = &text[first.open.end..close.start];
        markdown::pair(first, text).map(|(open, close)| format!("{open}{inner}{close}"))
    });
    let help = match (&better, first.name.as_str()) {
        (Some(better), _) if !better.contains('\n') => {
            format!("write {}", fenced(better))
        }
        (_, "br") => "begin a new paragraph with an empty line, or end the line with `\\`".to_owned(),
        (_, "!--") => "delete it, or say it to the reader".to_owned(),
        (_, name) if tags::is_html(name) => {
            format!("write it in Markdown; if the text is about HTML, put `` `<{name}>` `` into backticks")
        }
        _ => format!("put it into backticks: {}", fenced(&format!("`{tag}`"))),
    };
    let mut reported = sink
        .report(node.locate(first.open.clone()), message)
        .help(help);
    for element in rest {
        reported = reported.related(node.locate(element.open.clone()), "here too");
    }
    if let Some(edits) = edits(view, node, text, group) {
        reported.fix_with(Fix {
            title: "Write it in Markdown".to_owned(),
            safety: Safety::Safe,
            edits,
            rename: None,
        });
    }
}

/// Code in backticks, more of them where it holds some.
fn fenced(code: &str) -> String {
    if code.contains('`') {
        format!("`` {code} ``")
    } else {
        format!("`{code}`")
    }
}

/// The edits that turn all elements of a group into Markdown, where the result is read as the same.
fn edits(
    view: &EntryView<'_>,
    node: Node<'_>,
    text: &str,
    group: &[Element],
) -> Option<Vec<Edit>> {
    let mut parts: Vec<(Range<usize>, String)> = Vec::new();
    for element in group {
        parts.extend(markdown::replacements(element, text)?);
    }
    parts.sort_by_key(|(range, _)| range.start);
    let new = apply(text, &parts);
    if !markdown::reads_the_same(text, &new, &group[0].name) {
        return None;
    }
    let edit = |span, text| Edit {
        path: view.file.path.clone(),
        span,
        text,
    };
    let apart: Option<Vec<Edit>> = parts
        .into_iter()
        .map(|(range, text)| {
            let place = node.locate(range.clone());
            let (span, text) = rewrite::part(node, range, &text)?;
            (span == place).then(|| edit(span, text))
        })
        .collect();
    apart.or_else(|| Some(vec![edit(node.span(), rewrite::scalar(node, &new)?)]))
}

fn apply(text: &str, parts: &[(Range<usize>, String)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (range, new) in parts {
        out.push_str(&text[at..range.start]);
        out.push_str(new);
        at = range.end;
    }
    out.push_str(&text[at..]);
    out
}
