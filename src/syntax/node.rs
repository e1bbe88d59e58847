//! A place in the tree, and how the tree is walked from it.

use super::{Document, Kind, Record, Style, TextAt, scalar};
use crate::text::Span;

/// A value of a [`Document`]. Cheap to copy. Aliases are followed by everything but
/// [`Node::span`] and [`Node::is_alias`].
#[derive(Clone, Copy)]
pub struct Node<'d> {
    pub(super) doc: &'d Document<'d>,
    pub(super) at: u32,
}

impl<'d> Node<'d> {
    fn record(self) -> &'d Record {
        &self.doc.records[self.at as usize]
    }

    fn resolved(self) -> Self {
        let record = self.record();
        if record.at == TextAt::Alias {
            Self {
                doc: self.doc,
                at: record.text,
            }
        } else {
            self
        }
    }

    /// The record of the value itself, behind an alias.
    fn meant(self) -> &'d Record {
        let record = self.record();
        if record.at == TextAt::Alias {
            &self.doc.records[record.text as usize]
        } else {
            record
        }
    }

    /// The tree that the value belongs to.
    #[must_use]
    pub fn document(self) -> &'d Document<'d> {
        self.doc
    }

    /// Names the value within its document.
    #[must_use]
    pub fn index(self) -> u32 {
        self.resolved().at
    }

    /// The value with the index that [`Node::index`] gave.
    #[must_use]
    pub fn sibling(self, index: u32) -> Self {
        Self {
            doc: self.doc,
            at: index,
        }
    }

    /// Whether the value is written as `*alias`.
    #[must_use]
    pub fn is_alias(self) -> bool {
        self.record().at == TextAt::Alias
    }

    /// What it is.
    #[must_use]
    pub fn kind(self) -> Kind {
        self.meant().kind
    }

    /// How it is written.
    #[must_use]
    pub fn style(self) -> Style {
        self.meant().style
    }

    /// Its bytes in the source, quotes and brackets included; of a block scalar, its lines.
    #[must_use]
    pub fn span(self) -> Span {
        let record = self.record();
        Span {
            start: record.start,
            end: record.end,
        }
    }

    /// The text of a scalar after escapes and folding; empty for a collection.
    #[must_use]
    pub fn text(self) -> &'d str {
        self.doc.text_of(self.meant())
    }

    /// The text where the value is a string.
    #[must_use]
    pub fn as_str(self) -> Option<&'d str> {
        let record = self.meant();
        (record.kind == Kind::String).then(|| self.doc.text_of(record))
    }

    /// Whether it is a scalar with this text; cheaper than to look at [`Node::text`].
    #[must_use]
    pub fn says(self, text: &str) -> bool {
        let record = self.meant();
        record.len as usize == text.len() && self.doc.bytes_of(record) == text.as_bytes()
    }

    /// Number of items or pairs; 0 for a scalar.
    #[must_use]
    pub fn len(self) -> usize {
        let record = self.meant();
        match record.kind {
            Kind::Sequence | Kind::Mapping => record.len as usize,
            _ => 0,
        }
    }

    /// Whether there is no item and no pair.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Items without a key, or pairs of key and value.
    pub fn children(self) -> impl Iterator<Item = (Option<Node<'d>>, Node<'d>)> {
        let keyed = self.kind() == Kind::Mapping;
        let mut below = self.below(self.kind());
        std::iter::from_fn(move || {
            let key = if keyed { Some(below.next()?) } else { None };
            Some((key, below.next()?))
        })
    }

    /// The pairs of a mapping; nothing for any other value.
    #[must_use]
    pub fn entries(self) -> Entries<'d> {
        Entries(self.below(Kind::Mapping))
    }

    /// The items of a list; nothing for any other value.
    #[must_use]
    pub fn items(self) -> Items<'d> {
        Items(self.below(Kind::Sequence))
    }

    /// What stands right below a collection of a kind; nothing below any other value.
    fn below(self, wanted: Kind) -> Below<'d> {
        let here = self.resolved();
        let record = here.record();
        let left = match record.kind {
            Kind::Sequence if wanted == Kind::Sequence => record.len,
            Kind::Mapping if wanted == Kind::Mapping => 2 * record.len,
            _ => 0,
        };
        Below {
            doc: self.doc,
            at: here.at + 1,
            left,
        }
    }

    /// The value of a name, the first where it is there twice.
    #[must_use]
    pub fn get(self, name: &str) -> Option<Node<'d>> {
        self.pair(name).map(|(_, value)| value)
    }

    /// The key and the value of a name.
    #[must_use]
    pub fn pair(self, name: &str) -> Option<(Node<'d>, Node<'d>)> {
        self.entries().find(|(key, _)| key.says(name))
    }

    /// The source bytes that say a part of [`Node::text`]; the whole value where the two cannot be
    /// told apart.
    #[must_use]
    pub fn locate(self, part: std::ops::Range<usize>) -> Span {
        let here = self.resolved();
        let record = here.record();
        if matches!(record.kind, Kind::Sequence | Kind::Mapping) {
            return here.span();
        }
        let length = record.len as usize;
        let part = part.start.min(length)..part.end.min(length);
        if record.at == TextAt::Source {
            let start = record.text as usize;
            return Span::new(start + part.start, start + part.end);
        }
        scalar::locate(
            self.doc.source,
            here.span(),
            record.style,
            self.text(),
            part,
        )
        .unwrap_or(here.span())
    }
}

/// Records that stand side by side.
#[derive(Clone)]
struct Below<'d> {
    doc: &'d Document<'d>,
    at: u32,
    left: u32,
}

impl<'d> Iterator for Below<'d> {
    type Item = Node<'d>;

    fn next(&mut self) -> Option<Node<'d>> {
        self.left = self.left.checked_sub(1)?;
        let node = Node {
            doc: self.doc,
            at: self.at,
        };
        self.at = node.record().next;
        Some(node)
    }
}

/// The pairs of a mapping; see [`Node::entries`].
#[derive(Clone)]
pub struct Entries<'d>(Below<'d>);

impl<'d> Iterator for Entries<'d> {
    type Item = (Node<'d>, Node<'d>);

    fn next(&mut self) -> Option<Self::Item> {
        Some((self.0.next()?, self.0.next()?))
    }
}

/// The items of a list; see [`Node::items`].
#[derive(Clone)]
pub struct Items<'d>(Below<'d>);

impl<'d> Iterator for Items<'d> {
    type Item = Node<'d>;

    fn next(&mut self) -> Option<Node<'d>> {
        self.0.next()
    }
}

impl std::fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.kind() {
            Kind::Sequence => f.debug_list().entries(self.items()).finish(),
            Kind::Mapping => f
                .debug_map()
                .entries(self.entries().map(|(key, value)| (key.text(), value)))
                .finish(),
            Kind::String => write!(f, "{:?}", self.text()),
            _ => f.write_str(self.text()),
        }
    }
}
