//! Where in an entry somebody is typing. The text is rarely whole at that moment, so a mark is put at the
//! place, together with what is probably missing there, until the text can be read.

use crate::schema::Schemas;
use crate::schema::plan::Step;
use crate::syntax::{Document, Format, Kind, Node, Style};
use crate::text::Span;

use super::world::{Here, World};

/// A character of the private use area of Unicode, which no entry holds.
const MARK: char = '\u{e42a}';

/// One token of a path, on its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Owned {
    Name(String),
    Index(usize),
}

impl Owned {
    pub(super) fn step(&self) -> Step<'_> {
        match self {
            Self::Name(name) => Step::Name(name),
            Self::Index(at) => Step::Index(*at),
        }
    }
}

/// A place where somebody types.
#[derive(Debug)]
pub(super) struct Cursor {
    /// The kind of the file, as the profile counts them.
    pub(super) kind: usize,
    /// The path of the value, or of what holds the name.
    pub(super) steps: Vec<Owned>,
    /// Whether a name is typed rather than a value.
    pub(super) is_key: bool,
    /// What stands before the cursor in the value or name.
    pub(super) typed: String,
    /// The bytes of the value or name that are there, up to the cursor, without quotes.
    pub(super) span: Span,
    /// Whether it stands in quotes.
    pub(super) is_quoted: bool,
    /// Names, or texts, beside it.
    pub(super) siblings: Vec<String>,
    /// How the file is written.
    pub(super) format: Format,
}

/// Finds the place of a byte of a file.
pub(super) fn at(world: &World, here: &Here, byte: u32) -> Option<Cursor> {
    let (before, behind) = here.text.split_at(byte as usize);
    let session = world.homes[here.home].session.as_ref()?;
    let format = session.file(&here.shown)?.format;
    let mut best = None;
    for missing in candidates(format) {
        let marked = missing.replace('@', &MARK.to_string());
        let inserted = byte as usize + missing.find('@').unwrap_or(0);
        let text = format!("{before}{marked}{behind}");
        let found = world.parsed_soundly(here, &text, |document, schemas, kind, is_sound| {
            let cursor = find(document, schemas, kind, byte, inserted)?;
            Some((cursor, is_sound))
        });
        match found.flatten() {
            Some((cursor, true)) => return Some(cursor),
            Some((cursor, false)) => best = best.or(Some(cursor)),
            None => {}
        }
    }
    best
}

/// What may be missing at a place: the mark is `@`.
fn candidates(format: Format) -> &'static [&'static str] {
    match format {
        Format::Json => &[
            "@",
            "\"@\"",
            "\"@\": 0",
            "@\"",
            "@\": 0",
            ",\"@\"",
            ",\"@\": 0",
        ],
        Format::Yaml | Format::Markdown => &["@", "@:", "@]", "@\"", "@'", "@\"]", "@']", "@: x"],
    }
}

/// The value or name that holds the mark.
fn find(
    document: &Document<'_>,
    schemas: &Schemas,
    kind: usize,
    byte: u32,
    inserted: usize,
) -> Option<Cursor> {
    let mut steps = Vec::new();
    let (node, is_key) = search(document.root()?, &mut steps, inserted)?;
    let typed = node.text().split(MARK).next()?.to_owned();
    let start = node.locate(0..typed.len()).start;
    let place = |steps: &[Owned]| {
        let plan = &schemas.kinds()[kind].plan;
        plan.at(steps.iter().map(Owned::step))
            .map(|place| place.field_names().next().is_some())
    };
    // Where a group of fields must stand, the first thing that is typed is a name.
    let begins_group = !is_key && place(&steps) == Some(true);
    Some(Cursor {
        kind,
        siblings: siblings(document, &steps, is_key),
        steps,
        is_key: is_key || begins_group,
        span: Span {
            start: start.min(byte),
            end: byte,
        },
        typed,
        // A quote before the cursor is the author's, and not one that was put there to try.
        is_quoted: node.span().start < byte
            && matches!(
                node.style(),
                Style::SingleQuoted | Style::DoubleQuoted | Style::Json
            ),
        format: document.format(),
    })
}

/// Goes down to the mark; `steps` is then the path of the value, or of what holds the name.
fn search<'d>(node: Node<'d>, steps: &mut Vec<Owned>, at: usize) -> Option<(Node<'d>, bool)> {
    if node.is_alias() {
        return None;
    }
    if !matches!(node.kind(), Kind::Mapping | Kind::Sequence) {
        return node.text().contains(MARK).then_some((node, false));
    }
    for (number, (key, value)) in node.children().enumerate() {
        if let Some(key) = key.filter(|key| key.text().contains(MARK)) {
            return Some((key, true));
        }
        if (value.span().end as usize) < at {
            continue;
        }
        steps.push(key.map_or(Owned::Index(number), |key| {
            Owned::Name(key.text().to_owned())
        }));
        if let Some(found) = search(value, steps, at) {
            return Some(found);
        }
        steps.pop();
    }
    None
}

/// The names beside a name, or the items beside an item.
fn siblings(document: &Document<'_>, steps: &[Owned], is_key: bool) -> Vec<String> {
    let (holder, wants_names) = match steps {
        _ if is_key => (steps, true),
        [holder @ .., Owned::Index(_)] => (holder, false),
        _ => return Vec::new(),
    };
    let mut node = document.root();
    for step in holder {
        node = node.and_then(|node| match step {
            Owned::Name(name) => node.get(name),
            Owned::Index(at) => node.items().nth(*at),
        });
    }
    let below = node.into_iter().flat_map(Node::children);
    let texts = below.map(|(key, value)| match key.filter(|_| wants_names) {
        Some(key) => key.text().to_owned(),
        None => value.text().to_owned(),
    });
    texts.filter(|text| !text.contains(MARK)).collect()
}
