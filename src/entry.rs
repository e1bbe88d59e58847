//! The facts of one entry: what stays of a file when its text is gone.

mod content;
mod date;
mod essence;
mod name;
mod newest;
mod prose;
mod subject;

pub use content::{Content, Field, Reading};
pub use date::{Ordinal, date, month, ordinal_date, ordinal_parts, to_ordinal, written};
pub use essence::without_tags;
pub use name::{Name, Names, series};
pub use prose::{Prose, SKETCH, sketch};
pub use subject::{Subject, subjects};

use std::hash::Hasher;

use jiff::civil::Date;
use rustc_hash::FxHasher;

use crate::schema::Schemas;
use crate::schema::vocabulary::{DateRole, Marks, Notation, Scope};
use crate::syntax::{Kind, Node, Style};
use crate::text::Span;

/// A field that says the ID of another entry.
#[derive(Clone, Copy, Debug)]
pub struct Reference {
    /// The ID.
    pub target: Name,
    /// Where it is said.
    pub span: Span,
    /// The kinds that it may be of, as [`Facts::kind_sets`] counts them.
    pub kinds: u16,
    /// What it is for.
    pub role: Role,
    /// How it is written.
    pub written: Written,
}

impl Reference {
    /// The bytes to replace with another ID, where they alone say the ID.
    #[must_use]
    pub fn id_span(&self) -> Option<Span> {
        self.written.inner(self.span)
    }
}

/// How an ID stands in its file, as far as an edit must know when the text is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// Its characters and nothing else.
    Bare,
    /// Its characters between two quotes.
    Quoted,
    /// With escapes, as a block or by an alias.
    Otherwise,
}

impl Written {
    /// The bytes of a value without its quotes, where they alone say it.
    fn inner(self, span: Span) -> Option<Span> {
        let Span { start, end } = span;
        match self {
            Self::Bare => Some(span),
            Self::Quoted => Some(Span::new(start as usize + 1, end as usize - 1)),
            Self::Otherwise => None,
        }
    }

    fn of(node: Node<'_>) -> Self {
        let around = node.span().len().checked_sub(node.text().len());
        match (node.style(), around) {
            _ if node.is_alias() => Self::Otherwise,
            (Style::Plain, Some(0)) => Self::Bare,
            (Style::SingleQuoted | Style::DoubleQuoted | Style::Json, Some(2)) => Self::Quoted,
            _ => Self::Otherwise,
        }
    }
}

/// What a reference is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// `x-ref`
    Uses,
    /// `x-replaced-by`
    ReplacedBy,
}

/// A date and what happened then.
#[derive(Clone, Copy, Debug)]
pub struct DateFact {
    /// What happened.
    pub role: DateRole,
    /// The day; `None` where the text is no date.
    pub date: Option<Date>,
    /// Where it stands.
    pub span: Span,
    /// How its field writes dates.
    pub notation: Notation,
    /// How it is written.
    pub written: Written,
}

/// What is known of an entry after its text is gone.
#[derive(Debug)]
pub struct Entry {
    /// Its ID, as written.
    pub id: Name,
    /// Its kind, as [`Schemas::entry_kinds`] counts them.
    pub kind: u16,
    /// Whether it repeats an entry that is defined elsewhere.
    pub copy: bool,
    /// Whether it is a tombstone.
    pub retired: bool,
    /// The file, as [`crate::corpus::Corpus::files`] counts them.
    pub file: u32,
    /// Where the whole entry stands.
    pub span: Span,
    /// Where its ID stands.
    pub id_span: Span,
    /// The text that names it to people.
    pub label: Option<Box<str>>,
    /// Where that text stands.
    pub label_span: Span,
    /// Among which entries that text must be the only one.
    pub label_scope: Option<Scope>,
    /// IDs that it refers to.
    pub references: Box<[Reference]>,
    /// IDs in its prose.
    pub mentions: Box<[(Name, Span)]>,
    /// Its dates.
    pub dates: Box<[DateFact]>,
    /// People named in it, each with the place of the name itself, without quotes.
    pub people: Box<[(Name, Span)]>,
    /// What its prose is like.
    pub prose: Option<Prose>,
    /// The kind of its file, as the profile counts them.
    pub form: u16,
    /// What it says, taken only where it is compared with another state.
    pub content: Option<Box<Content>>,
    /// What a copy says. Few entries are one, and all have room for this, so it lies elsewhere.
    pub said: Option<Box<Said>>,
}

/// What the fields of a copy say.
#[derive(Debug, PartialEq, Eq)]
pub struct Said {
    /// A hash of each field, by the field's name; lists count without their order.
    pub fields: Box<[(Name, u64)]>,
}

impl DateFact {
    /// The bytes to replace with another date, where they alone say it.
    #[must_use]
    pub fn date_span(&self) -> Option<Span> {
        self.written.inner(self.span)
    }
}

impl Entry {
    /// What the entry says of one of its dates.
    #[must_use]
    pub fn date(&self, role: DateRole) -> Option<&DateFact> {
        self.dates.iter().find(|date| date.role == role)
    }
}

/// All facts of one file.
#[derive(Debug, Default)]
pub struct Facts {
    /// Its entries, outermost first. Each has a place of its own, because they are moved from list to
    /// list, and large lists that grow leave holes in memory.
    pub entries: Vec<Box<Entry>>,
}

/// Sets of kinds that references may be of, shared by all files of a run.
#[derive(Debug, Default)]
pub struct KindSets(Names);

impl KindSets {
    /// The number of a set, given as kind names.
    pub(crate) fn number(&self, kinds: &[String]) -> u16 {
        let name = match kinds {
            [only] => self.0.name(only),
            several => self.0.name(&several.join(" ")),
        };
        name.0 as u16
    }

    /// The kind names of a set.
    #[must_use]
    pub fn names(&self, number: u16) -> Vec<String> {
        let text = self.0.text(Name(u32::from(number)));
        text.split(' ').map(str::to_owned).collect()
    }
}

/// What facts are said in terms of, shared by all files of a run.
#[derive(Debug, Default)]
pub struct Vocabulary {
    /// IDs, people and field names.
    pub names: Names,
    /// Sets of kinds.
    pub kind_sets: KindSets,
}

/// Takes the facts of an entry; `None` where it has no ID.
#[must_use]
pub fn facts(subject: &Subject<'_>, schemas: &Schemas, words: &Vocabulary) -> Option<Box<Entry>> {
    let id = subject.id()?;
    let mut draft = Draft::default();
    let marked = Marked::of(subject, schemas, words, &mut draft);
    let label = subject.label();
    let mut entry = Box::new(Entry {
        id: draft.name(id.text()),
        kind: subject.kind as u16,
        copy: subject.copy,
        retired: marked.retired,
        file: 0,
        span: subject.node.span(),
        id_span: id.span(),
        label: label.map(|node| node.text().into()),
        label_span: label.map_or(id.span(), Node::span),
        label_scope: subject.scope(),
        references: marked.references.into(),
        mentions: marked.mentions.into(),
        dates: marked.dates.into(),
        people: marked.people.into(),
        prose: marked.prose,
        form: subject.form as u16,
        content: None,
        said: subject
            .copy
            .then(|| Box::new(Said::of(subject.node, &mut draft))),
    });
    draft.settle(&mut entry, &words.names);
    Some(entry)
}

/// What the marked values of an entry say.
#[derive(Default)]
struct Marked {
    references: Vec<Reference>,
    mentions: Vec<(Name, Span)>,
    dates: Vec<DateFact>,
    people: Vec<(Name, Span)>,
    prose: Option<Prose>,
    retired: bool,
}

impl Marked {
    fn of<'d>(
        subject: &Subject<'d>,
        schemas: &Schemas,
        words: &Vocabulary,
        draft: &mut Draft<'d>,
    ) -> Self {
        // With the right sizes from the start, because what is found stays until the end.
        let count = |fits: fn(&Marks) -> bool| {
            let fields = subject.fields.iter();
            fields.filter(|met| fits(met.marks)).count()
        };
        let refers = |marks: &Marks| marks.refs.is_some() || marks.replaced_by.is_some();
        let mut marked = Self {
            references: Vec::with_capacity(count(refers)),
            dates: Vec::with_capacity(count(|marks| marks.date.is_some())),
            people: Vec::with_capacity(count(|marks| marks.person)),
            ..Self::default()
        };
        for met in &subject.fields {
            let (marks, node) = (met.marks, met.node);
            let Some(text) = node.as_str() else { continue };
            for (kinds, role) in [
                (&marks.refs, Role::Uses),
                (&marks.replaced_by, Role::ReplacedBy),
            ] {
                if let Some(kinds) = kinds {
                    marked.references.push(Reference {
                        target: draft.name(text),
                        span: node.span(),
                        kinds: draft.kind_set(kinds, &words.kind_sets),
                        role,
                        written: Written::of(node),
                    });
                }
            }
            if let (true, Some(words)) = (marks.mentions, schemas.mentions()) {
                let found = words.find(text);
                marked
                    .mentions
                    .extend(found.map(|at| (draft.name(&text[at.clone()]), node.locate(at))));
            }
            if let Some(mark) = marks.date {
                marked.dates.push(DateFact {
                    role: mark.role,
                    date: date(text, mark.notation),
                    span: node.span(),
                    notation: mark.notation,
                    written: Written::of(node),
                });
            }
            if marks.person {
                marked
                    .people
                    .push((draft.name(text), node.locate(0..text.len())));
            }
            if marks.prose.is_some() && marked.prose.is_none() {
                marked.prose = sketch(text).map(|(sketch, words)| Prose {
                    span: node.span(),
                    sketch,
                    words,
                });
            }
            marked.retired |= marks.status.as_deref() == Some(text);
        }
        marked
    }
}

/// The texts of an entry that get names, in the order in which they were met. They are named
/// together at the end; until then a [`Name`] of the entry is a place in this list.
#[derive(Default)]
struct Draft<'d> {
    texts: Vec<&'d str>,
    /// The kinds that were looked up last, and their number: items of one list have the same.
    kinds: Option<(&'d [String], u16)>,
}

impl<'d> Draft<'d> {
    fn name(&mut self, text: &'d str) -> Name {
        self.texts.push(text);
        Name(self.texts.len() as u32 - 1)
    }

    fn kind_set(&mut self, kinds: &'d [String], sets: &KindSets) -> u16 {
        match self.kinds {
            Some((known, number)) if std::ptr::eq(known, kinds) => number,
            _ => {
                let number = sets.number(kinds);
                self.kinds = Some((kinds, number));
                number
            }
        }
    }

    /// Puts the real names in their places.
    fn settle(&self, entry: &mut Entry, names: &Names) {
        let named = names.all(&self.texts);
        let references = entry.references.iter_mut();
        let said = entry.said.iter_mut().flat_map(|said| &mut said.fields);
        std::iter::once(&mut entry.id)
            .chain(references.map(|reference| &mut reference.target))
            .chain(entry.mentions.iter_mut().map(|(name, _)| name))
            .chain(entry.people.iter_mut().map(|(name, _)| name))
            .chain(said.map(|(name, _)| name))
            .for_each(|name| *name = named[name.number()]);
    }
}

impl Said {
    fn of<'d>(node: Node<'d>, draft: &mut Draft<'d>) -> Self {
        let field =
            |(key, value): (Node<'d>, Node<'d>)| (draft.name(key.text()), content_hash(value));
        Self {
            fields: node.entries().map(field).collect(),
        }
    }
}

/// A hash of a value's meaning: comments, layout, the order of names and of items do not count.
#[must_use]
pub fn content_hash(node: Node<'_>) -> u64 {
    named_hash(node, &|key| key.text())
}

/// The same, where fields are called otherwise than they are written.
fn named_hash<'d>(node: Node<'d>, name: &impl Fn(Node<'d>) -> &'d str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write_u8(match node.kind() {
        Kind::Int => Kind::Float as u8,
        kind => kind as u8,
    });
    match node.kind() {
        Kind::Sequence => {
            let mut items: Vec<u64> = node.items().map(|item| named_hash(item, name)).collect();
            items.sort_unstable();
            items.iter().for_each(|item| hasher.write_u64(*item));
        }
        Kind::Mapping => {
            let mut pairs: Vec<(&str, u64)> = node
                .entries()
                .map(|(key, value)| (name(key), named_hash(value, name)))
                .collect();
            pairs.sort_unstable();
            for (key, value) in pairs {
                hasher.write(key.as_bytes());
                hasher.write_u64(value);
            }
        }
        _ => hasher.write(node.text().as_bytes()),
    }
    hasher.finish()
}
