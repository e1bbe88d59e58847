//! Which value a comment belongs to.

use std::collections::btree_map::Entry;

use crate::syntax::emit::Comments;
use crate::syntax::{self, Document, Format, Node, push_segment};
use crate::text::Span;

/// What a comment for this program begins with: it speaks of the line below it.
const OURS: &str = "corpuslint:";

/// The texts of all comments, sorted.
pub(super) fn texts(document: &Document<'_>) -> Vec<String> {
    let source = document.source();
    let spans = spans(document).into_iter();
    let mut texts: Vec<String> = spans.map(|span| text(source, span)).collect();
    texts.sort_unstable();
    texts
}

/// The comments of a document, each with the field or item that it belongs to.
///
/// One behind something on its line belongs to that. One on a line of its own belongs to what comes
/// next, unless it stands deeper: then it ends the list or the group that it stands in. What stands
/// before the first field belongs to the file.
pub(super) fn of(document: &Document<'_>) -> Comments {
    let spans = spans(document);
    if spans.is_empty() {
        return Comments::default();
    }
    let mut sorting = Sorting {
        source: document.source(),
        anchors: Anchor::all(document),
        comments: Comments::default(),
        head_end: None,
    };
    for span in spans {
        sorting.add(span);
    }
    sorting.finish()
}

fn spans(document: &Document<'_>) -> Vec<Span> {
    let source = document.source();
    match document.format() {
        Format::Json => Vec::new(),
        Format::Yaml => syntax::yaml_comments(source, Span::new(0, source.len())),
        Format::Markdown => match syntax::front_matter(source) {
            Some(front) => syntax::yaml_comments(source, front),
            None => Vec::new(),
        },
    }
}

fn text(source: &str, span: Span) -> String {
    span.slice(source).trim_end().to_owned()
}

/// A field or an item, in the order of the document.
struct Anchor {
    /// Where its key or its value begins.
    start: usize,
    /// Where its value ends, where that is known.
    end: usize,
    /// Bytes before it on its line, or before its dash.
    depth: usize,
    pointer: String,
    parent: Option<usize>,
}

impl Anchor {
    fn all(document: &Document<'_>) -> Vec<Self> {
        let mut all = Vec::new();
        if let Some(root) = document.root() {
            Self::below(root, None, document.source(), &mut all);
        }
        all
    }

    fn below(node: Node<'_>, parent: Option<usize>, source: &str, all: &mut Vec<Self>) {
        for (index, (key, value)) in node.children().enumerate() {
            let mut pointer = parent.map_or(String::new(), |parent| all[parent].pointer.clone());
            match key {
                Some(key) => push_segment(&mut pointer, key.text()),
                None => push_segment(&mut pointer, &index.to_string()),
            }
            let start = key.unwrap_or(value).span().range().start;
            let line = source[..start].rfind('\n').map_or(0, |at| at + 1);
            let before = &source[line..start];
            let depth = match key {
                Some(_) => before.len(),
                None => before.trim_end().strip_suffix('-').unwrap_or(before).len(),
            };
            all.push(Self {
                start,
                end: value.span().range().end,
                depth,
                pointer,
                parent,
            });
            let own = all.len() - 1;
            Self::below(value, Some(own), source, all);
        }
    }
}

struct Sorting<'s> {
    source: &'s str,
    anchors: Vec<Anchor>,
    comments: Comments,
    /// Where the last line before the first field ends.
    head_end: Option<usize>,
}

impl Sorting<'_> {
    fn add(&mut self, span: Span) {
        let start = span.range().start;
        let line = self.source[..start].rfind('\n').map_or(0, |at| at + 1);
        let before = &self.source[line..start];
        let comment = text(self.source, span);
        // A comment behind a dash alone stands before the item.
        let alone = before
            .chars()
            .all(|c| matches!(c, ' ' | '\t' | '-' | '?' | '\u{feff}'));
        let next = self.anchors.partition_point(|anchor| anchor.start < start);
        if alone || next == 0 {
            self.on_own_line(comment, before.len(), next, span);
        } else {
            self.behind(comment, next - 1, start);
        }
    }

    fn on_own_line(&mut self, comment: String, depth: usize, next: usize, span: Span) {
        let ours = comment
            .trim_start_matches('#')
            .trim_start()
            .starts_with(OURS);
        if next == 0 && !ours {
            self.head(comment, span);
            return;
        }
        // Of things that begin at one place, the outermost is the first.
        let following = self.anchors.get(next);
        let is_deeper = following.is_none_or(|following| depth > following.depth);
        if is_deeper
            && !ours
            && let Some(owner) = self.enclosing(next, depth)
        {
            let pointer = self.anchors[owner].pointer.clone();
            self.comments
                .below
                .entry(pointer)
                .or_default()
                .push(comment);
            return;
        }
        match following {
            Some(following) => {
                let pointer = following.pointer.clone();
                self.comments
                    .above
                    .entry(pointer)
                    .or_default()
                    .push(comment);
            }
            None => self.comments.end.push(comment),
        }
    }

    /// Blank lines between the lines of the head are kept, as one.
    fn head(&mut self, comment: String, span: Span) {
        if self.is_blank_between(span.range().start) {
            self.comments.head.push(String::new());
        }
        self.comments.head.push(comment);
        self.head_end = Some(span.range().end);
    }

    fn is_blank_between(&self, at: usize) -> bool {
        let gap = self.head_end.and_then(|end| self.source.get(end..at));
        gap.is_some_and(|gap| gap.matches('\n').count() > 1)
    }

    /// The deepest thing before `next` that a line of this depth still belongs to; nothing at the
    /// level of the file.
    fn enclosing(&self, next: usize, depth: usize) -> Option<usize> {
        let mut at = next.checked_sub(1);
        while let Some(here) = at {
            let anchor = &self.anchors[here];
            if anchor.depth <= depth && depth > 0 {
                return Some(here);
            }
            at = anchor.parent;
        }
        None
    }

    fn behind(&mut self, comment: String, last: usize, start: usize) {
        let mut owner = last;
        let gap = self.source.get(self.anchors[last].end..start).unwrap_or("");
        for _ in gap.matches([']', '}']) {
            owner = self.anchors[owner].parent.unwrap_or(owner);
        }
        let pointer = self.anchors[owner].pointer.clone();
        match self.comments.behind.entry(pointer) {
            Entry::Vacant(place) => {
                place.insert(comment);
            }
            Entry::Occupied(taken) => {
                let pointer = taken.key().clone();
                self.comments
                    .below
                    .entry(pointer)
                    .or_default()
                    .push(comment);
            }
        }
    }

    fn finish(mut self) -> Comments {
        let first = self.anchors.first().map(|anchor| anchor.start);
        if first.is_some_and(|first| self.is_blank_between(first)) {
            self.comments.head.push(String::new());
        }
        self.comments
    }
}
