//! The comment that allows a finding. Its reason is left open: until somebody writes one, the comment
//! has no effect, and a finding says so.

use crate::diagnostic::Diagnostic;
use crate::lint::may_be_allowed;
use crate::lsp::home::Home;
use crate::lsp::world::Here;
use crate::syntax::{self, Document, Format, Node};
use crate::text::{LineIndex, Span};

/// Where to put the comment, as a byte, and the line that it is.
pub(super) fn comment(home: &Home, here: &Here, found: &Diagnostic) -> Option<(u32, String)> {
    let session = home.session.as_ref()?;
    let file = session.file(&here.shown)?;
    if file.format == Format::Json || !may_be_allowed(found.rule) {
        return None;
    }
    let profile = &session.workspace().profile;
    let kind = file.kind.and_then(|kind| profile.kinds.get(kind));
    let body = kind.and_then(|kind| kind.body.as_deref());
    let (document, problems) = syntax::parse(&here.text, file.format, body, &profile.limits.syntax);
    if problems.iter().any(|problem| problem.kind.is_fatal()) {
        return None;
    }
    let lines = LineIndex::new(&here.text);
    let at = found.location.start.offset;
    let line = match syntax::front_matter(&here.text) {
        Some(front) if file.format == Format::Markdown && at > front.end => {
            // The last line of the front matter stands for the body.
            let closing = lines.line(lines.position(front.end).line);
            if closing.start < front.end {
                Span::at(front.end as usize)
            } else {
                closing
            }
        }
        _ => lines.line(lines.position(field_of(&document, at)).line),
    };
    let text = line.slice(&here.text);
    let indent = &text[..text.len() - text.trim_start_matches(' ').len()];
    let end = if here.text.contains("\r\n") {
        "\r\n"
    } else {
        "\n"
    };
    let text = format!("{indent}# corpuslint: allow {} -- {end}", found.rule);
    Some((line.start, text))
}

/// The first byte of the innermost field or item that holds a byte and is not written within another
/// on the same line: above it a comment can stand.
fn field_of(document: &Document<'_>, at: u32) -> u32 {
    let wanted = Span { start: at, end: at };
    let mut best = at;
    let mut here = document.root();
    while let Some(node) = here {
        here = None;
        for (key, value) in node.children() {
            let start = key.unwrap_or(value).span().start;
            let whole = Span {
                start,
                end: value.span().end,
            };
            if whole.contains(wanted) {
                best = start;
                here = Some(value).filter(|value| is_open(*value));
                break;
            }
        }
    }
    best
}

/// Whether comments can stand between what is in a value.
fn is_open(node: Node<'_>) -> bool {
    !node.is_alias() && node.style() == syntax::Style::Block
}
