//! One spanned tree for YAML, JSON and Markdown with front matter.
//!
//! Parsing never fails: it gives a [`Document`] and the [`Problem`]s that were met. The tree is an
//! arena of records in document order; text is borrowed from the source wherever the source says it
//! literally.
//!
//! Plain YAML has a reader of its own, which is fast and gives way to the full parser wherever it is
//! not sure. [`disagreement`] says where the two would differ; a fuzz target can call it with any text.

mod builder;
pub mod emit;
mod json;
mod markdown;
mod node;
mod pointers;
mod scalar;
mod yaml;
mod yaml11;

use crate::text::Span;
pub use node::{Entries, Items, Node};
pub use pointers::Pointers;
pub use yaml11::{Yaml11, yaml11};

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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
#[derive(Debug, PartialEq, Eq)]
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

    /// The text of a scalar's record; empty for a collection.
    fn text_of(&self, record: &Record) -> &str {
        let start = record.text as usize;
        let range = start..start + record.len as usize;
        match (record.kind, record.at) {
            (Kind::Sequence | Kind::Mapping, _) => "",
            (_, TextAt::Source) => self.source.get(range).unwrap_or(""),
            _ => self.extra.get(range).unwrap_or(""),
        }
    }

    /// The same as bytes, which need not be looked at for where characters begin.
    fn bytes_of(&self, record: &Record) -> &[u8] {
        let start = record.text as usize;
        let range = start..start + record.len as usize;
        let text = match (record.kind, record.at) {
            (Kind::Sequence | Kind::Mapping, _) => return &[],
            (_, TextAt::Source) => self.source,
            _ => &self.extra,
        };
        text.as_bytes().get(range).unwrap_or_default()
    }

    /// Every record, keys too, in document order. Aliases are not followed.
    pub fn nodes(&self) -> impl Iterator<Item = Node<'_>> {
        (0..self.records.len()).map(|at| Node {
            doc: self,
            at: at as u32,
        })
    }

    /// The value that a JSON pointer (RFC 6901) leads to.
    #[must_use]
    pub fn at(&self, pointer: &str) -> Option<Node<'_>> {
        let mut node = self.root()?;
        for token in pointer.split('/').skip(1) {
            node = if node.kind() == Kind::Sequence {
                node.items().nth(token.parse().ok()?)?
            } else {
                node.get(&token.replace("~1", "/").replace("~0", "~"))?
            };
        }
        Some(node)
    }

    /// The JSON pointer (RFC 6901) of the smallest value that holds the span; of a key, that of its
    /// value.
    #[must_use]
    pub fn pointer_at(&self, span: Span) -> String {
        pointers::descend(self.root(), span, |_, node| {
            let mut children = node.children().enumerate();
            children.find(|(_, child)| pointers::holds(child, span))
        })
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

/// Reads a source. `body` is the field that the body of a Markdown file fills.
#[must_use]
pub fn parse<'s>(
    source: &'s str,
    format: Format,
    body: Option<&str>,
    limits: &Limits,
) -> (Document<'s>, Vec<Problem>) {
    parse_by(Parser::PlainFirst, source, format, body, limits)
}

/// Reads a source as [`parse`] does, with a choice of who reads the YAML. Which one it is makes no
/// difference to what is read; tests, fuzzing and benchmarks compare them.
#[must_use]
pub fn parse_by<'s>(
    parser: Parser,
    source: &'s str,
    format: Format,
    body: Option<&str>,
    limits: &Limits,
) -> (Document<'s>, Vec<Problem>) {
    match format {
        Format::Yaml => yaml::parse(parser, source, limits),
        Format::Json => json::parse(source, limits),
        Format::Markdown => markdown::parse(parser, source, body, limits),
    }
}

/// Reads a YAML source that is written plainly; nothing where the full parser is needed to be sure.
#[must_use]
pub fn parse_plain<'s>(source: &'s str, limits: &Limits) -> Option<Document<'s>> {
    yaml::parse_plain(source, limits)
}

/// Who reads YAML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parser {
    /// The reader of plain YAML, and where that is not sure the full parser.
    PlainFirst,
    /// The full parser alone.
    Full,
}

/// How the reader of plain YAML and the full parser differ on a source, which is a mistake. Nothing
/// where the first is not sure, or gives the same tree as the second, record by record, and the
/// second has no problem with it.
#[must_use]
pub fn disagreement(source: &str, limits: &Limits) -> Option<String> {
    let plain = parse_plain(source, limits)?;
    let (full, problems) = parse_by(Parser::Full, source, Format::Yaml, None, limits);
    if plain == full && problems.is_empty() {
        return None;
    }
    let same = plain.records.iter().zip(&full.records);
    let at = same.take_while(|(plain, full)| plain == full).count();
    Some(format!(
        "{source:?}\nrecord {at}\nplain {:?}\nfull  {:?}\ntexts\nplain {:?}\nfull  {:?}\nproblems {problems:?}",
        plain.records.get(at),
        full.records.get(at),
        plain.extra,
        full.extra,
    ))
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
