//! The facts of one entry: what stays of a file when its text is gone.

mod date;
mod prose;

pub use date::{Ordinal, date, month, ordinal_date, ordinal_parts, to_ordinal};
pub use prose::{Prose, SKETCH, sketch};

use std::hash::Hasher;
use std::sync::{Arc, PoisonError, RwLock};

use jiff::civil::Date;
use rustc_hash::{FxHashMap, FxHasher};

use crate::schema::Schemas;
use crate::schema::plan::{Met, Place, Plan, Visit};
use crate::schema::vocabulary::{DateRole, Marks, Scope};
use crate::syntax::{Document, Kind, Node, Style};
use crate::text::Span;

/// A text that recurs, such as an ID, by number. Equal texts of one [`Names`] have equal numbers;
/// the order of the numbers means nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(u32);

/// The texts behind [`Name`]s; shared by all threads of a run.
#[derive(Debug, Default)]
pub struct Names(RwLock<Table>);

#[derive(Debug, Default)]
struct Table {
    numbers: FxHashMap<Arc<str>, Name>,
    texts: Vec<Arc<str>>,
}

impl Names {
    /// The name of a text.
    pub fn name(&self, text: &str) -> Name {
        if let Some(name) = self.find(text) {
            return name;
        }
        let mut table = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(&name) = table.numbers.get(text) {
            return name;
        }
        let name = Name(table.texts.len() as u32);
        let text: Arc<str> = text.into();
        table.texts.push(Arc::clone(&text));
        table.numbers.insert(text, name);
        name
    }

    /// The name of a text that was met before.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<Name> {
        let table = self.0.read().unwrap_or_else(PoisonError::into_inner);
        table.numbers.get(text).copied()
    }

    /// The text of a name.
    #[must_use]
    pub fn text(&self, name: Name) -> Arc<str> {
        let table = self.0.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&table.texts[name.0 as usize])
    }
}

/// An object of a document that is an entry, with all that its schema marks in it.
pub struct Subject<'d> {
    /// The object.
    pub node: Node<'d>,
    /// What the schemas know about the object's fields.
    pub place: &'d Place,
    /// The plan that the place belongs to.
    pub plan: &'d Plan,
    /// Its kind, as [`Schemas::entry_kinds`] counts them.
    pub kind: usize,
    /// Whether it repeats an entry that is defined elsewhere.
    pub copy: bool,
    /// Marked values in it that belong to no entry further in, in document order.
    pub fields: Vec<Met<'d>>,
}

impl<'d> Subject<'d> {
    /// The value that is the entry's ID.
    #[must_use]
    pub fn id(&self) -> Option<Node<'d>> {
        self.field(|marks| marks.id.is_some())
            .filter(|node| node.kind() == Kind::String)
    }

    /// The text that names the entry to people: the first that must be unique.
    #[must_use]
    pub fn label(&self) -> Option<Node<'d>> {
        self.field(|marks| marks.unique.is_some())
            .filter(|node| node.kind() == Kind::String)
    }

    /// Among which entries [`Subject::label`] must be the only one of its text.
    #[must_use]
    pub fn scope(&self) -> Option<Scope> {
        self.fields.iter().find_map(|met| met.marks.unique)
    }

    /// The first marked value that fits.
    #[must_use]
    pub fn field(&self, fits: impl Fn(&Marks) -> bool) -> Option<Node<'d>> {
        self.fields
            .iter()
            .find(|met| fits(met.marks))
            .map(|met| met.node)
    }

    /// Whether it is a tombstone.
    #[must_use]
    pub fn is_retired(&self) -> bool {
        self.fields.iter().any(|met| {
            let retired = met.marks.status.as_deref();
            retired.is_some() && met.node.as_str() == retired
        })
    }

    /// Where to point when the whole entry is meant: its ID, or its first name.
    #[must_use]
    pub fn anchor(&self) -> Span {
        if let Some(id) = self.field(|marks| marks.id.is_some()) {
            return id.span();
        }
        let first = self.node.entries().next();
        first.map_or(self.node.span(), |(key, _)| key.span())
    }
}

/// Finds the entries of a document, outermost first. A document whose root is no entry by its
/// schema, such as a list, has none.
#[must_use]
pub fn subjects<'d>(
    document: &'d Document<'d>,
    schemas: &'d Schemas,
    kind: usize,
) -> Vec<Subject<'d>> {
    let plan = &schemas.kinds()[kind].plan;
    let mut finder = Finder {
        schemas,
        plan,
        found: Vec::new(),
        open: Vec::new(),
    };
    if let Some(root) = document.root() {
        plan.walk(root, &mut finder);
    }
    finder.found
}

struct Finder<'d> {
    schemas: &'d Schemas,
    plan: &'d Plan,
    found: Vec<Subject<'d>>,
    open: Vec<usize>,
}

impl<'d> Visit<'d> for Finder<'d> {
    fn enter(&mut self, place: &'d Place, met: Met<'d>) {
        if let Some(entry) = &met.marks.entry
            && met.node.kind() == Kind::Mapping
            && let Some(kind) = self.schemas.entry_kind(&entry.kind)
        {
            self.open.push(self.found.len());
            self.found.push(Subject {
                node: met.node,
                place,
                plan: self.plan,
                kind,
                copy: entry.copy,
                fields: Vec::new(),
            });
        } else if let Some(&owner) = self.open.last() {
            self.found[owner].fields.push(met);
        }
    }

    fn leave(&mut self, place: &'d Place) {
        if let Some(&owner) = self.open.last()
            && std::ptr::eq(self.found[owner].place, place)
            && place.marks.entry.is_some()
        {
            self.open.pop();
        }
    }
}

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
        let Span { start, end } = self.span;
        match self.written {
            Written::Bare => Some(self.span),
            Written::Quoted => Some(Span::new(start as usize + 1, end as usize - 1)),
            Written::Otherwise => None,
        }
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
    /// A hash of each field of a copy, by the field's name; lists count without their order.
    pub fields: Box<[(Name, u64)]>,
}

/// All facts of one file.
#[derive(Debug, Default)]
pub struct Facts {
    /// Its entries, outermost first.
    pub entries: Vec<Entry>,
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
pub fn facts(subject: &Subject<'_>, schemas: &Schemas, words: &Vocabulary) -> Option<Entry> {
    let id = subject.id()?;
    let names = &words.names;
    let mut references = Vec::new();
    let mut mentions = Vec::new();
    let mut dates = Vec::new();
    let mut people = Vec::new();
    let mut prose = None;
    let mut retired = false;
    for met in &subject.fields {
        let (marks, node) = (met.marks, met.node);
        let Some(text) = node.as_str() else { continue };
        for (kinds, role) in [
            (&marks.refs, Role::Uses),
            (&marks.replaced_by, Role::ReplacedBy),
        ] {
            if let Some(kinds) = kinds {
                references.push(Reference {
                    target: names.name(text),
                    span: node.span(),
                    kinds: words.kind_sets.number(kinds),
                    role,
                    written: Written::of(node),
                });
            }
        }
        if marks.mentions {
            mentions.extend(mentions_in(node, text, schemas, names));
        }
        if let Some(mark) = marks.date {
            dates.push(DateFact {
                role: mark.role,
                date: date(text, mark.notation),
                span: node.span(),
            });
        }
        if marks.person {
            people.push((names.name(text), node.locate(0..text.len())));
        }
        if marks.prose.is_some() && prose.is_none() {
            prose = sketch(text).map(|(sketch, words)| Prose {
                span: node.span(),
                sketch,
                words,
            });
        }
        retired |= marks.status.as_deref() == Some(text);
    }
    let label = subject.label();
    Some(Entry {
        id: names.name(id.text()),
        kind: subject.kind as u16,
        copy: subject.copy,
        retired,
        file: 0,
        span: subject.node.span(),
        id_span: id.span(),
        label: label.map(|node| node.text().into()),
        label_span: label.map_or(id.span(), Node::span),
        label_scope: subject.scope(),
        references: references.into(),
        mentions: mentions.into(),
        dates: dates.into(),
        people: people.into(),
        prose,
        fields: if subject.copy {
            field_hashes(subject.node, names)
        } else {
            Box::default()
        },
    })
}

fn mentions_in<'a>(
    node: Node<'a>,
    text: &'a str,
    schemas: &'a Schemas,
    names: &'a Names,
) -> impl Iterator<Item = (Name, Span)> + 'a {
    let pattern = schemas.mention();
    pattern
        .into_iter()
        .flat_map(move |pattern| pattern.find_iter(text))
        .map(move |found| (names.name(found.as_str()), node.locate(found.range())))
}

fn field_hashes(node: Node<'_>, names: &Names) -> Box<[(Name, u64)]> {
    node.entries()
        .map(|(key, value)| (names.name(key.text()), content_hash(value)))
        .collect()
}

/// A hash of a value's meaning: comments, layout, the order of names and of items do not count.
#[must_use]
pub fn content_hash(node: Node<'_>) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write_u8(match node.kind() {
        Kind::Int => Kind::Float as u8,
        kind => kind as u8,
    });
    match node.kind() {
        Kind::Sequence => {
            let mut items: Vec<u64> = node.items().map(content_hash).collect();
            items.sort_unstable();
            items.iter().for_each(|item| hasher.write_u64(*item));
        }
        Kind::Mapping => {
            let mut pairs: Vec<(&str, u64)> = node
                .entries()
                .map(|(key, value)| (key.text(), content_hash(value)))
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
