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
        self.resolved().record().kind
    }

    /// How it is written.
    #[must_use]
    pub fn style(self) -> Style {
        self.resolved().record().style
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
        let record = self.resolved().record();
        let range = record.text as usize..record.text as usize + record.len as usize;
        match (record.kind, record.at) {
            (Kind::Sequence | Kind::Mapping, _) => "",
            (_, TextAt::Source) => self.doc.source.get(range).unwrap_or(""),
            _ => self.doc.extra.get(range).unwrap_or(""),
        }
    }

    /// The text where the value is a string.
    #[must_use]
    pub fn as_str(self) -> Option<&'d str> {
        (self.kind() == Kind::String).then(|| self.text())
    }

    /// Number of items or pairs; 0 for a scalar.
    #[must_use]
    pub fn len(self) -> usize {
        match self.kind() {
            Kind::Sequence | Kind::Mapping => self.resolved().record().len as usize,
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
        let here = self.resolved();
        let record = here.record();
        let (count, keyed) = match record.kind {
            Kind::Sequence => (record.len, false),
            Kind::Mapping => (record.len, true),
            _ => (0, false),
        };
        let doc = self.doc;
        let mut at = here.at + 1;
        let mut take = move || {
            let node = Node { doc, at };
            at = node.record().next;
            node
        };
        (0..count).map(move |_| {
            let key = keyed.then(&mut take);
            (key, take())
        })
    }

    /// The pairs of a mapping; nothing for any other value.
    pub fn entries(self) -> impl Iterator<Item = (Node<'d>, Node<'d>)> {
        self.children()
            .filter_map(|(key, value)| Some((key?, value)))
    }

    /// The items of a list; nothing for any other value.
    pub fn items(self) -> impl Iterator<Item = Node<'d>> {
        let list = self.kind() == Kind::Sequence;
        self.children()
            .filter_map(move |(_, value)| list.then_some(value))
    }

    /// The value of a name, the first where it is there twice.
    #[must_use]
    pub fn get(self, name: &str) -> Option<Node<'d>> {
        self.pair(name).map(|(_, value)| value)
    }

    /// The key and the value of a name.
    #[must_use]
    pub fn pair(self, name: &str) -> Option<(Node<'d>, Node<'d>)> {
        self.entries().find(|(key, _)| key.text() == name)
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
