//! One spanned tree for YAML, JSON and Markdown with front matter.
//!
//! Parsing never fails: it gives a [`Document`] and the [`Problem`]s that were met. The tree is an
//! arena of records in document order; text is borrowed from the source wherever the source says it
//! literally.

mod json;
mod markdown;
mod scalar;
mod yaml;

use crate::text::Span;

/// How a source is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// YAML 1.2.2, read by the core schema.
    Yaml,
    /// JSON (RFC 8259), duplicate names refused.
    Json,
    /// YAML front matter between `---` lines, then a Markdown body.
    Markdown,
}

impl Format {
    /// The format that a file name's extension stands for, in any case.
    #[must_use]
    pub fn of_path(path: &str) -> Option<Self> {
        let (_, extension) = path.rsplit('/').next()?.rsplit_once('.')?;
        if extension.eq_ignore_ascii_case("yaml") || extension.eq_ignore_ascii_case("yml") {
            Some(Self::Yaml)
        } else if extension.eq_ignore_ascii_case("json") {
            Some(Self::Json)
        } else if extension.eq_ignore_ascii_case("md") {
            Some(Self::Markdown)
        } else {
            None
        }
    }
}

/// Bounds on what a source may ask of the reader. Crossing one is a [`Problem`], not an abort.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Levels of nested collections.
    pub depth: usize,
    /// Nodes in the tree as written.
    pub nodes: usize,
    /// Nodes after every alias is replaced by what it stands for.
    pub expanded_nodes: u64,
    /// Bytes of text after every alias is replaced by what it stands for.
    pub expanded_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 128,
            nodes: 4_000_000,
            expanded_nodes: 4_000_000,
            expanded_bytes: 64 << 20,
        }
    }
}

/// What a value is, by the YAML 1.2 core schema or by JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `null`
    Null,
    /// `true` or `false`
    Bool,
    /// A number written without fraction or exponent.
    Int,
    /// Any other number.
    Float,
    /// A string.
    String,
    /// An ordered list.
    Sequence,
    /// Names and values.
    Mapping,
}

impl Kind {
    /// The word for messages: "a list", "text".
    #[must_use]
    pub fn noun(self) -> &'static str {
        match self {
            Self::Null => "nothing (null)",
            Self::Bool => "true or false",
            Self::Int | Self::Float => "a number",
            Self::String => "text",
            Self::Sequence => "a list",
            Self::Mapping => "a group of fields",
        }
    }
}

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// A YAML plain scalar, or a JSON literal or number.
    Plain,
    /// `'…'`
    SingleQuoted,
    /// `"…"` (YAML)
    DoubleQuoted,
    /// `"…"` (JSON)
    Json,
    /// `|`
    Literal,
    /// `>`
    Folded,
    /// The body of a Markdown file.
    Body,
    /// An indented YAML collection.
    Block,
    /// `[…]` or `{…}`
    Flow,
}

/// What is wrong with a source below its meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What.
    pub kind: ProblemKind,
    /// Where.
    pub span: Span,
}

/// The kinds of [`Problem`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// Not YAML, JSON or front matter. Nothing behind it was read.
    Syntax {
        /// What is wrong, for a person.
        message: String,
        /// What to do.
        help: Option<&'static str>,
        /// A place that explains it, such as the quote that was never closed.
        opened: Option<Span>,
    },
    /// The source holds no value at all.
    Empty,
    /// A name is there twice in one mapping.
    DuplicateKey {
        /// The name.
        key: String,
        /// Where it stands first.
        first: Span,
    },
    /// A second document begins.
    MultipleDocuments,
    /// A tag that is not of the core schema, or does not fit its value.
    Tag {
        /// As written.
        tag: String,
        /// Whether it is a core tag on a value of another type.
        core: bool,
    },
    /// An anchor; aliases to it are read.
    Anchor,
    /// `.nan`, `.inf`: a value that JSON does not have.
    NotJson,
    /// A list or a mapping as a name.
    ComplexKey,
    /// An alias to something that contains it.
    CyclicAlias,
    /// A limit of [`Limits`] is crossed.
    TooLarge {
        /// What there is too much of: "levels of nesting".
        what: &'static str,
        /// The limit.
        limit: u64,
    },
}

impl ProblemKind {
    /// Whether the tree cannot be relied on: a check of its meaning would mislead.
    #[must_use]
    pub fn is_fatal(&self) -> bool {
        !matches!(
            self,
            Self::DuplicateKey { .. } | Self::MultipleDocuments | Self::Anchor | Self::Tag { .. }
        )
    }
}

/// One value or key of the arena. Children follow their collection; `next` is the first record
/// behind the whole subtree.
#[derive(Clone, Copy, Debug)]
struct Record {
    start: u32,
    end: u32,
    /// Scalars: where the text begins. Aliases: the record that is meant.
    text: u32,
    /// Scalars: bytes of text. Collections: number of items, or of pairs.
    len: u32,
    next: u32,
    kind: Kind,
    style: Style,
    at: TextAt,
}

/// Where a record's text lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TextAt {
    Source,
    Extra,
    Alias,
}

/// A source as a tree of spanned values.
#[derive(Debug)]
pub struct Document<'s> {
    source: &'s str,
    format: Format,
    records: Vec<Record>,
    extra: String,
}

impl<'s> Document<'s> {
    fn empty(source: &'s str, format: Format) -> Self {
        Self {
            source,
            format,
            records: Vec::new(),
            extra: String::new(),
        }
    }

    /// The text that was parsed.
    #[must_use]
    pub fn source(&self) -> &'s str {
        self.source
    }

    /// How it is written.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// The outermost value; `None` where the source has none.
    #[must_use]
    pub fn root(&self) -> Option<Node<'_>> {
        (!self.records.is_empty()).then_some(Node { doc: self, at: 0 })
    }

    /// Every record, keys too, in document order. Aliases are not followed.
    pub fn nodes(&self) -> impl Iterator<Item = Node<'_>> {
        (0..self.records.len()).map(|at| Node {
            doc: self,
            at: at as u32,
        })
    }

    /// The JSON pointer (RFC 6901) of the smallest value that holds the span; of a key, that of its
    /// value.
    #[must_use]
    pub fn pointer_at(&self, span: Span) -> String {
        let mut pointer = String::new();
        let mut here = self.root();
        while let Some(node) = here {
            here = None;
            if node.is_alias() {
                break;
            }
            for (index, (key, value)) in node.children().enumerate() {
                let on_key = key.is_some_and(|key| key.span().contains(span));
                if !on_key && !value.span().contains(span) {
                    continue;
                }
                match key {
                    Some(key) => push_segment(&mut pointer, key.text()),
                    None => push_segment(&mut pointer, &index.to_string()),
                }
                here = (!on_key).then_some(value);
                break;
            }
        }
        pointer
    }
}

/// Appends one reference token to a JSON pointer, escaped as RFC 6901 says.
pub fn push_segment(pointer: &mut String, token: &str) {
    pointer.push('/');
    for c in token.chars() {
        match c {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            c => pointer.push(c),
        }
    }
}

/// A value of a [`Document`]. Cheap to copy. Aliases are followed by everything but
/// [`Node::span`] and [`Node::is_alias`].
#[derive(Clone, Copy)]
pub struct Node<'d> {
    doc: &'d Document<'d>,
    at: u32,
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

/// Reads a source. `body` is the field that the body of a Markdown file fills.
#[must_use]
pub fn parse<'s>(
    source: &'s str,
    format: Format,
    body: Option<&str>,
    limits: &Limits,
) -> (Document<'s>, Vec<Problem>) {
    match format {
        Format::Yaml => yaml::parse(source, limits),
        Format::Json => json::parse(source, limits),
        Format::Markdown => markdown::parse(source, body, limits),
    }
}

/// Reads every document of a YAML stream, each on its own.
#[must_use]
pub fn parse_yaml_stream<'s>(
    source: &'s str,
    limits: &Limits,
) -> (Vec<Document<'s>>, Vec<Problem>) {
    yaml::parse_stream(source, limits)
}

/// The comments of a YAML source (`#` to the end of the line), in order.
#[must_use]
pub fn yaml_comments(source: &str, range: Span) -> Vec<Span> {
    yaml::comments(source, range)
}

/// Where the front matter of a Markdown source lies, without its `---` lines.
#[must_use]
pub fn front_matter(source: &str) -> Option<Span> {
    markdown::split(source).ok().map(|parts| parts.front)
}

/// What a plain scalar means by the YAML 1.2 core schema (YAML 1.2.2, 10.3.2). `.nan` and `.inf`
/// give `Float`.
#[must_use]
pub fn resolve_plain(text: &str) -> Kind {
    scalar::resolve(text)
}

/// Puts records into a document and keeps the budget.
struct Builder<'s, 'l> {
    doc: Document<'s>,
    limits: &'l Limits,
    problems: Vec<Problem>,
    open: Vec<Open>,
    expanded_nodes: u64,
    expanded_bytes: u64,
}

/// A collection whose end has not come yet.
struct Open {
    at: u32,
    /// Where the key whose value is awaited stands, in a mapping.
    key: Option<u32>,
    /// Hash of each key so far, and where it stands; made once a mapping has many keys.
    seen: rustc_hash::FxHashMap<u64, u32>,
    before: (u64, u64),
}

/// Mappings with fewer keys are searched, others hashed.
const FEW_KEYS: u32 = 16;

/// The arena is full or too deep: the rest of the source is not read.
struct Stop;

impl<'s, 'l> Builder<'s, 'l> {
    fn new(source: &'s str, format: Format, limits: &'l Limits) -> Self {
        let mut doc = Document::empty(source, format);
        doc.records.reserve(source.len() / 24 + 8);
        Self {
            doc,
            limits,
            problems: Vec::new(),
            open: Vec::new(),
            expanded_nodes: 0,
            expanded_bytes: 0,
        }
    }

    fn problem(&mut self, kind: ProblemKind, span: Span) {
        self.problems.push(Problem { kind, span });
    }

    fn syntax(&mut self, span: Span, message: impl Into<String>, help: Option<&'static str>) {
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
    fn expects_key(&self) -> bool {
        self.open.last().is_some_and(|open| {
            open.key.is_none() && self.doc.records[open.at as usize].kind == Kind::Mapping
        })
    }

    fn scalar(
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

    fn alias(&mut self, span: Span, target: u32, weight: (u64, u64)) -> Result<(), Stop> {
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

    fn begin(&mut self, kind: Kind, style: Style, start: usize) -> Result<u32, Stop> {
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
    fn end(&mut self, end: Option<usize>) -> Option<(u32, (u64, u64))> {
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
        if self.doc.records[parent].kind == Kind::Sequence {
            self.doc.records[parent].len += 1;
        } else if open.key.take().is_some() {
            self.doc.records[parent].len += 1;
        } else {
            open.key = Some(index);
            self.check_key(index);
        }
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
        Node {
            doc: &self.doc,
            at: index,
        }
        .text()
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
            if self.text_of(at) == text {
                return Some(at);
            }
            at = self.doc.records[self.doc.records[at as usize].next as usize].next;
        }
        None
    }

    /// Closes what a broken source left open, so that the tree can be walked.
    fn finish(mut self) -> (Document<'s>, Vec<Problem>) {
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
