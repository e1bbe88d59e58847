//! The arena as it grows: links, budgets, and names that are there twice.

use super::{Document, Format, Kind, Limits, Node, Problem, ProblemKind, Record, Style, TextAt};
use crate::text::Span;

/// Puts records into a document and keeps the budget.
pub(super) struct Builder<'s, 'l> {
    pub(super) doc: Document<'s>,
    pub(super) limits: &'l Limits,
    pub(super) problems: Vec<Problem>,
    pub(super) open: Vec<Open>,
    pub(super) expanded_nodes: u64,
    pub(super) expanded_bytes: u64,
}

/// A collection whose end has not come yet.
pub(super) struct Open {
    pub(super) at: u32,
    /// Where the key whose value is awaited stands, in a mapping.
    key: Option<u32>,
    /// Hash of each key so far, and where it stands; made once a mapping has many keys.
    seen: rustc_hash::FxHashMap<u64, u32>,
    before: (u64, u64),
}

/// Mappings with fewer keys are searched, others hashed.
const FEW_KEYS: u32 = 16;

/// The arena is full or too deep: the rest of the source is not read.
pub(super) struct Stop;

impl<'s, 'l> Builder<'s, 'l> {
    pub(super) fn new(source: &'s str, format: Format, limits: &'l Limits) -> Self {
        Self {
            doc: Document::empty(source, format),
            limits,
            problems: Vec::new(),
            open: Vec::new(),
            expanded_nodes: 0,
            expanded_bytes: 0,
        }
    }

    /// Makes room for as many records as such a source usually has.
    pub(super) fn with_room(mut self) -> Self {
        self.doc.records.reserve(self.doc.source.len() / 24 + 8);
        self
    }

    pub(super) fn problem(&mut self, kind: ProblemKind, span: Span) {
        self.problems.push(Problem { kind, span });
    }

    pub(super) fn syntax(
        &mut self,
        span: Span,
        message: impl Into<String>,
        help: Option<&'static str>,
    ) {
        self.problem(
            ProblemKind::Syntax {
                message: message.into(),
                help,
                opened: None,
            },
            span,
        );
    }

    fn too_large(&mut self, what: &'static str, limit: u64, span: Span) -> Stop {
        self.problem(ProblemKind::TooLarge { what, limit }, span);
        Stop
    }

    /// Whether the next node is a name in a mapping.
    pub(super) fn expects_key(&self) -> bool {
        self.open.last().is_some_and(|open| {
            open.key.is_none() && self.doc.records[open.at as usize].kind == Kind::Mapping
        })
    }

    pub(super) fn scalar(
        &mut self,
        span: Span,
        kind: Kind,
        style: Style,
        text: &str,
        in_source: Option<usize>,
    ) -> Result<u32, Stop> {
        let (at, start) = match in_source {
            Some(start) => (TextAt::Source, start),
            None => {
                let start = self.doc.extra.len();
                self.doc.extra.push_str(text);
                (TextAt::Extra, start)
            }
        };
        let index = self.push(Record {
            start: span.start,
            end: span.end,
            text: start as u32,
            len: text.len() as u32,
            next: 0,
            kind,
            style,
            at,
        })?;
        self.doc.records[index as usize].next = index + 1;
        self.expanded_bytes += text.len() as u64;
        self.finish_node(index);
        Ok(index)
    }

    pub(super) fn alias(
        &mut self,
        span: Span,
        target: u32,
        weight: (u64, u64),
    ) -> Result<(), Stop> {
        self.expanded_nodes += weight.0;
        self.expanded_bytes += weight.1;
        if self.expanded_nodes > self.limits.expanded_nodes {
            let limit = self.limits.expanded_nodes;
            return Err(self.too_large("values once its aliases are expanded", limit, span));
        }
        if self.expanded_bytes > self.limits.expanded_bytes {
            let limit = self.limits.expanded_bytes;
            return Err(self.too_large("bytes once its aliases are expanded", limit, span));
        }
        let kind = self.doc.records[target as usize].kind;
        let index = self.push(Record {
            start: span.start,
            end: span.end,
            text: target,
            len: 0,
            next: 0,
            kind,
            style: Style::Plain,
            at: TextAt::Alias,
        })?;
        self.doc.records[index as usize].next = index + 1;
        self.finish_node(index);
        Ok(())
    }

    pub(super) fn begin(&mut self, kind: Kind, style: Style, start: usize) -> Result<u32, Stop> {
        if self.open.len() >= self.limits.depth {
            let limit = self.limits.depth as u64;
            return Err(self.too_large("levels of nesting", limit, Span::new(start, start + 1)));
        }
        let before = (self.expanded_nodes, self.expanded_bytes);
        let at = self.push(Record {
            start: start as u32,
            end: start as u32,
            text: 0,
            len: 0,
            next: 0,
            kind,
            style,
            at: TextAt::Source,
        })?;
        self.open.push(Open {
            at,
            key: None,
            seen: rustc_hash::FxHashMap::default(),
            before,
        });
        Ok(at)
    }

    /// Closes the innermost collection; `end` where a bracket says it. Gives its weight.
    pub(super) fn end(&mut self, end: Option<usize>) -> Option<(u32, (u64, u64))> {
        let open = self.open.pop()?;
        let next = self.doc.records.len() as u32;
        let last_end = self.doc.records[open.at as usize + 1..]
            .iter()
            .map(|child| child.end)
            .max();
        let record = &mut self.doc.records[open.at as usize];
        record.next = next;
        record.end = match end {
            Some(end) => end as u32,
            None => last_end.unwrap_or(record.start).max(record.start),
        };
        self.finish_node(open.at);
        let weight = (
            self.expanded_nodes - open.before.0,
            self.expanded_bytes - open.before.1,
        );
        Some((open.at, weight))
    }

    fn push(&mut self, record: Record) -> Result<u32, Stop> {
        if self.doc.records.len() >= self.limits.nodes {
            let limit = self.limits.nodes as u64;
            let span = Span {
                start: record.start,
                end: record.end,
            };
            return Err(self.too_large("values", limit, span));
        }
        self.expanded_nodes += 1;
        self.doc.records.push(record);
        Ok((self.doc.records.len() - 1) as u32)
    }

    /// Hangs a finished node on the collection around it: as an item, a key or a value.
    fn finish_node(&mut self, index: u32) {
        let Some(open) = self.open.last_mut() else {
            return;
        };
        let parent = open.at as usize;
        let in_list = self.doc.records[parent].kind == Kind::Sequence;
        if in_list || open.key.take().is_some() {
            self.doc.records[parent].len += 1;
            return;
        }
        open.key = Some(index);
        self.check_key(index);
    }

    fn check_key(&mut self, index: u32) {
        let record = self.doc.records[index as usize];
        let span = Span {
            start: record.start,
            end: record.end,
        };
        if matches!(record.kind, Kind::Sequence | Kind::Mapping) {
            self.problem(ProblemKind::ComplexKey, span);
            return;
        }
        let Some(first) = self.same_key(index) else {
            return;
        };
        let first = &self.doc.records[first as usize];
        let first = Span {
            start: first.start,
            end: first.end,
        };
        let key = self.text_of(index).to_owned();
        self.problem(ProblemKind::DuplicateKey { key, first }, span);
    }

    fn text_of(&self, index: u32) -> &str {
        self.node(index).text()
    }

    fn node(&self, index: u32) -> Node<'_> {
        Node {
            doc: &self.doc,
            at: index,
        }
    }

    /// An earlier key of the open mapping with the same text.
    fn same_key(&mut self, index: u32) -> Option<u32> {
        let open = self.open.last()?;
        let (parent, count) = (open.at, self.doc.records[open.at as usize].len);
        if count < FEW_KEYS {
            return self.keys_before(parent, count, index);
        }
        let hash = |text: &str| {
            use std::hash::{BuildHasher, Hasher};
            let mut hasher = rustc_hash::FxBuildHasher.build_hasher();
            hasher.write(text.as_bytes());
            hasher.finish()
        };
        if open.seen.is_empty() {
            let mut seen = rustc_hash::FxHashMap::default();
            let mut at = parent + 1;
            for _ in 0..count {
                seen.entry(hash(self.text_of(at))).or_insert(at);
                at = self.doc.records[self.doc.records[at as usize].next as usize].next;
            }
            self.open.last_mut()?.seen = seen;
        }
        let key = hash(self.text_of(index));
        let open = self.open.last_mut()?;
        match open.seen.entry(key) {
            std::collections::hash_map::Entry::Vacant(slot) => {
                slot.insert(index);
                None
            }
            std::collections::hash_map::Entry::Occupied(slot) => {
                let first = *slot.get();
                // Two texts with one hash: look through them all, which an attacker can make slow
                // only up to the limit on nodes.
                if self.text_of(first) == self.text_of(index) {
                    Some(first)
                } else {
                    self.keys_before(parent, count, index)
                }
            }
        }
    }

    fn keys_before(&self, parent: u32, count: u32, index: u32) -> Option<u32> {
        let text = self.text_of(index);
        let mut at = parent + 1;
        for _ in 0..count {
            if self.node(at).says(text) {
                return Some(at);
            }
            at = self.doc.records[self.doc.records[at as usize].next as usize].next;
        }
        None
    }

    /// Closes what a broken source left open, so that the tree can be walked.
    pub(super) fn finish(mut self) -> (Document<'s>, Vec<Problem>) {
        while let Some(open) = self.open.last() {
            // A key without its value is dropped.
            if let Some(key) = open.key {
                self.doc.records.truncate(key as usize);
            }
            self.end(None);
        }
        (self.doc, self.problems)
    }
}
