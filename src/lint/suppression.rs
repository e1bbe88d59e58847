//! `# corpuslint: allow RULE -- reason`: findings that a person has accepted.

use std::sync::{Arc, LazyLock};

use memchr::memmem;

use crate::diagnostic::{Diagnostic, Location};
use crate::syntax::{self, Document, Format, Node};
use crate::text::{LineIndex, Position, Span};

/// What a comment must begin with to be for us.
const MARK: &str = "corpuslint:";

/// Rules that protect those who cite an entry, and the check itself: no comment allows them.
const NEVER: [&str; 3] = ["gate-loosened", "id-removed", "id-recycled"];

/// Whether a comment may allow what a rule finds.
#[must_use]
pub fn may_be_allowed(rule: &str) -> bool {
    // What could not be read has no comments, and a comment that is idle is none to keep.
    !NEVER.contains(&rule) && !matches!(rule, "unused-suppression" | "syntax" | "not-utf8")
}

/// Ready to be searched for in every file.
static FINDER: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new(MARK));

/// One comment that allows a rule.
#[derive(Clone, Debug)]
pub(super) struct Suppression {
    /// The rule; what stands in its place where it is no rule.
    pub rule: String,
    /// The bytes in which findings are allowed.
    pub covers: Span,
    /// Where the comment begins.
    pub start: Position,
    /// Where it ends.
    pub end: Position,
    /// Why it has no effect.
    pub fault: Option<String>,
    /// What to delete, with the comment's line where it has one of its own.
    pub delete: Span,
    /// What the comment says.
    pub text: String,
    /// Whether it counts. In the gate the base must have it too.
    pub is_trusted: bool,
}

impl Suppression {
    /// Whether it allows a finding.
    pub(super) fn allows(&self, found: &Diagnostic) -> bool {
        let at = found.location.start.offset;
        self.fault.is_none()
            && self.rule == found.rule
            && found.location.revision.is_none()
            && (self.covers.start..=self.covers.end).contains(&at)
    }

    /// Where the comment is.
    pub(super) fn location(&self, path: &Arc<str>) -> Location {
        Location {
            path: Arc::clone(path),
            start: self.start,
            end: self.end,
            revision: None,
        }
    }
}

/// The suppressions in a document. JSON has no comments, so it has none.
pub(super) fn find(document: &Document<'_>) -> Vec<Suppression> {
    let source = document.source();
    if FINDER.find(source.as_bytes()).is_none() {
        return Vec::new();
    }
    let part = match document.format() {
        Format::Json => return Vec::new(),
        Format::Yaml => Span::new(0, source.len()),
        Format::Markdown => match syntax::front_matter(source) {
            Some(part) => part,
            None => return Vec::new(),
        },
    };
    let lines = LineIndex::new(source);
    syntax::yaml_comments(source, part)
        .into_iter()
        .filter_map(|comment| {
            let text = comment.slice(source).trim_start_matches('#').trim_start();
            let body = text.strip_prefix(MARK)?;
            Some(read(document, &lines, comment, body.trim()))
        })
        .collect()
}

fn read(document: &Document<'_>, lines: &LineIndex<'_>, comment: Span, body: &str) -> Suppression {
    let source = document.source();
    let (rule, fault) = match body.strip_prefix("allow ") {
        Some(rest) => {
            let (rule, reason) = rest.split_once("--").unwrap_or((rest, ""));
            let rule = rule.trim();
            let fault = if NEVER.contains(&rule) {
                Some(format!(
                    "only a maintainer can allow `{rule}`, with `--waive`"
                ))
            } else {
                reason
                    .trim()
                    .is_empty()
                    .then(|| "it gives no reason".to_owned())
            };
            (rule.to_owned(), fault)
        }
        None => (
            String::new(),
            Some("it does not say `allow RULE -- reason`".to_owned()),
        ),
    };
    let start = lines.position(comment.start);
    let own_line = lines.line(start.line);
    let alone = source[own_line.start as usize..comment.start as usize]
        .trim()
        .is_empty();
    let line = if alone { start.line + 1 } else { start.line };
    let delete = if alone {
        Span {
            start: own_line.start,
            end: lines.line(line).start.max(own_line.end),
        }
    } else {
        let before = source[..comment.start as usize].trim_end_matches([' ', '\t']);
        Span::new(before.len(), comment.end as usize)
    };
    Suppression {
        rule,
        covers: covered(document, lines, line),
        start,
        end: lines.position(comment.end),
        fault,
        delete,
        text: body.to_owned(),
        is_trusted: true,
    }
}

/// The line, and the whole value of a field that begins on it.
fn covered(document: &Document<'_>, lines: &LineIndex<'_>, line: u32) -> Span {
    let mut covered = lines.line(line);
    let source = document.source();
    if document.format() == Format::Markdown && covered.slice(source).trim_end() == "---" {
        // The line behind the last comment closes the front matter: the body is meant.
        covered.end = source.len() as u32;
        return covered;
    }
    let on_line = |node: &Node<'_>| (covered.start..=covered.end).contains(&node.span().start);
    let mut pending: Vec<Node<'_>> = document.root().into_iter().collect();
    let mut end = covered.end;
    while let Some(node) = pending.pop() {
        for (key, value) in node.children() {
            if key.is_some_and(|key| on_line(&key)) || (key.is_none() && on_line(&value)) {
                end = end.max(value.span().end);
            } else if !value.is_alias() {
                pending.push(value);
            }
        }
    }
    covered.end = end;
    covered
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::{Limits, parse};

    #[test]
    fn what_a_comment_covers() {
        let source = "id: A\n# corpuslint: allow orphan -- known\ntext: |\n  one\n  two\nlist:\n  - a # corpuslint: allow x-y -- why\n  - b\n# corpuslint: allow orphan\n# corpuslint: alow\n# other\n";
        let (document, problems) = parse(source, Format::Yaml, None, &Limits::default());
        assert_eq!(problems, []);
        let found = find(&document);
        let covers: Vec<_> = found.iter().map(|s| s.covers.slice(source)).collect();
        assert_eq!(covers[0], "text: |\n  one\n  two");
        assert_eq!(covers[1], "  - a # corpuslint: allow x-y -- why");
        let rules: Vec<_> = found.iter().map(|s| s.rule.as_str()).collect();
        assert_eq!(rules, ["orphan", "x-y", "orphan", ""]);
        let faults: Vec<_> = found.iter().map(|s| s.fault.is_some()).collect();
        assert_eq!(faults, [false, false, true, true]);
        assert_eq!(
            found[0].delete.slice(source),
            "# corpuslint: allow orphan -- known\n"
        );
        assert_eq!(
            found[1].delete.slice(source),
            " # corpuslint: allow x-y -- why"
        );
    }
}
