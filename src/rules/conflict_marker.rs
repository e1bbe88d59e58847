//! Reports the marks that git leaves where two versions could not be merged.

use crate::rule::{DocumentView, Sink};
use crate::text::Span;

pub(super) fn check(view: &DocumentView<'_>, sink: &mut Sink) {
    if view.unread.is_some() {
        return;
    }
    for conflict in conflicts(view.source).take(view.limit + 1) {
        let marks = "keep one of the versions, and delete the lines that begin with `<<<<<<<`, `=======` and `>>>>>>>`";
        let mut reported = sink
            .report(conflict.first, "this merge conflict is not resolved")
            .help(marks);
        for (mark, message) in conflict.others {
            reported = reported.related(mark, message);
        }
    }
}

/// A merge conflict: where it is marked.
pub(super) struct Conflict {
    /// The mark that opens it, or the first that is left of it.
    first: Span,
    others: Vec<(Span, &'static str)>,
}

impl Conflict {
    /// Whether a problem of the text there comes from the conflict: it stands between the marks, or
    /// on the line behind them.
    pub(super) fn explains(&self, source: &str, problem: Span) -> bool {
        let last = self.others.last().map_or(self.first, |(span, _)| *span);
        let behind = last.range().end + usize::from(last.range().end < source.len());
        let rest = source.get(behind..).unwrap_or("");
        let end = behind + rest.find(['\n', '\r']).unwrap_or(rest.len());
        let start = super::rewrite::line_start(source, self.first.range().start);
        (start..=end).contains(&problem.range().start)
    }
}

/// The conflicts in a text, in order.
pub(super) fn conflicts(source: &str) -> impl Iterator<Item = Conflict> {
    let mut marks = marks(source).peekable();
    std::iter::from_fn(move || {
        // A line of `=` alone underlines a heading in Markdown.
        let (mark, first) = marks.find(|(mark, _)| matches!(mark, '<' | '>'))?;
        let mut others = Vec::new();
        if mark == '>' {
            return Some(Conflict { first, others });
        }
        while let Some((mark, span)) = marks.next_if(|(mark, _)| *mark != '<') {
            others.push((span, meaning(mark)));
            if mark == '>' {
                return Some(Conflict { first, others });
            }
        }
        // Without an end there is no telling which lines belong to it.
        others.clear();
        Some(Conflict { first, others })
    })
}

fn meaning(mark: char) -> &'static str {
    match mark {
        '|' => "what both versions began with",
        '=' => "the other version begins here",
        _ => "the conflict ends here",
    }
}

/// Lines that begin with seven of `<`, `|`, `=` or `>`, indented or not, and then end or go on
/// with a space.
fn marks(source: &str) -> impl Iterator<Item = (char, Span)> {
    let bytes = source.as_bytes();
    // Nothing is looked at where no conflict opens or ends.
    let some = memchr::memchr2_iter(b'<', b'>', bytes).any(|at| {
        let rest = &bytes[at..];
        rest.starts_with(b"<<<<<<<") || rest.starts_with(b">>>>>>>")
    });
    let text = if some { source } else { "" };
    let mut at = 0;
    text.split(['\n', '\r']).filter_map(move |line| {
        let start = at;
        at += line.len() + 1;
        let said = line.trim_matches([' ', '\t']);
        let mark = said.chars().next().filter(|c| "<|=>".contains(*c))?;
        let rest = said.trim_start_matches(mark);
        let begin = start + (line.len() - line.trim_start_matches([' ', '\t']).len());
        let seven = said.len() - rest.len() == 7 && (rest.is_empty() || rest.starts_with(' '));
        seven.then(|| (mark, Span::new(begin, begin + said.len())))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_that_belong_together() {
        let source = "a\n=======\n  <<<<<<< HEAD\r\nb\n  ||||||| x\n  =======\nc\n  >>>>>>> y\n\
                      <<<<<<< HEAD\n=======\n<<<<<<< HEAD\n========\n>>>>>>>> z\nx\n>>>>>>>\n";
        let found: Vec<(&str, usize)> = conflicts(source)
            .map(|conflict| (conflict.first.slice(source), conflict.others.len()))
            .collect();
        assert_eq!(
            found,
            [("<<<<<<< HEAD", 3), ("<<<<<<< HEAD", 0), ("<<<<<<< HEAD", 1)]
        );
        let lone: Vec<_> = conflicts("=======\n> > x\n>>>>>>> b\n").collect();
        assert_eq!(lone.len(), 1);
        assert_eq!(conflicts("Title\n=======\n").count(), 0);
    }
}
