//! The facts of one entry: what stays of a file when its text is gone.

use std::hash::Hasher;
use std::sync::{Arc, PoisonError, RwLock};

use jiff::civil::Date;
use rustc_hash::{FxHashMap, FxHasher};

use crate::schema::Schemas;
use crate::schema::plan::{Met, Place, Plan, Visit};
use crate::schema::vocabulary::{DateRole, Marks, Notation, Scope};
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

/// What an entry's prose is like, in 80 bytes.
#[derive(Clone, Copy, Debug)]
pub struct Prose {
    /// Where it stands.
    pub span: Span,
    /// A MinHash sketch of its runs of three words; near texts agree in most places.
    pub sketch: [u32; SKETCH],
    /// A hash of all its words in order: two texts with the same one say the same.
    pub words: u64,
}

/// Places in a sketch.
pub const SKETCH: usize = 16;

impl Prose {
    /// The share of word runs that two texts have in common, estimated, from 0 to 1.
    #[must_use]
    pub fn likeness(&self, other: &Self) -> f64 {
        let (mut said, mut shared) = (0, 0);
        for pair in self.sketch.iter().zip(&other.sketch) {
            // A short text leaves places empty: that two do so is no likeness.
            said += u32::from(pair != (&u32::MAX, &u32::MAX));
            shared += u32::from(pair.0 == pair.1 && *pair.0 != u32::MAX);
        }
        f64::from(shared) / f64::from(said.max(1))
    }
}

/// Sketches a text by its runs of three words, in lower case, without punctuation and tags. Texts
/// under 12 words have none: they are alike too easily. Beside the sketch there is a hash of all
/// words in order.
#[must_use]
pub fn sketch(text: &str) -> Option<([u32; SKETCH], u64)> {
    let mut sketch = [u32::MAX; SKETCH];
    let mut run = [0_u64; 3];
    let mut words = 0;
    let mut whole = FxHasher::default();
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&c) = bytes.get(at) {
        if c == b'<' && opens_tag(bytes, at) {
            at = memchr::memchr(b'>', &bytes[at..]).map_or(bytes.len(), |length| at + length);
            continue;
        }
        let length = bytes[at..].iter().take_while(|c| is_in_word(**c)).count();
        if length == 0 {
            at += 1;
            continue;
        }
        run = [run[1], run[2], word_hash(&bytes[at..at + length])];
        whole.write_u64(run[2]);
        at += length;
        words += 1;
        if words >= 3 {
            // One hash, its high bits choosing the place that it competes for.
            let mut mixed = FxHasher::default();
            run.iter().for_each(|word| mixed.write_u64(*word));
            let hash = mixed.finish().wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let place = (hash >> 60) as usize % SKETCH;
            sketch[place] = sketch[place].min((hash >> 16) as u32);
        }
    }
    (words >= 12).then(|| (sketch, whole.finish()))
}

fn is_in_word(c: u8) -> bool {
    c.is_ascii_alphanumeric() || c >= 0x80
}

/// A hash of a word without its case, eight bytes at a time.
fn word_hash(word: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    for part in word.chunks(8) {
        let mut block = [0; 8];
        block[..part.len()].copy_from_slice(part);
        // The bit that tells upper from lower case in ASCII is set everywhere.
        hasher.write_u64(u64::from_le_bytes(block) | 0x2020_2020_2020_2020);
    }
    hasher.finish()
}

/// Whether a `<` begins a tag or a comment, and is not a sign in a sentence.
fn opens_tag(text: &[u8], at: usize) -> bool {
    let next = text.get(at + 1);
    next.is_some_and(|next| next.is_ascii_alphabetic() || matches!(next, b'/' | b'!'))
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
    fn number(&self, kinds: &[String]) -> u16 {
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
                date: crate::entry::date(text, mark.notation),
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

/// Reads a date in a notation; lenient in nothing: a text in another notation is none.
#[must_use]
pub fn date(text: &str, notation: Notation) -> Option<Date> {
    match notation {
        Notation::Iso => iso_date(text),
        Notation::Ordinal => ordinal_date(text).map(|ordinal| ordinal.date),
        Notation::Rfc3339 => {
            let day = iso_date(text.get(..10)?)?;
            let rest = text[10..].strip_prefix(['T', 't', ' '])?;
            let shape = rest.len() >= 9 && rest.as_bytes()[2] == b':' && rest.as_bytes()[5] == b':';
            (shape && text.parse::<jiff::Timestamp>().is_ok()).then_some(day)
        }
    }
}

/// `2024-05-22` and nothing else; jiff would also read `20240522`.
fn iso_date(text: &str) -> Option<Date> {
    let shape = text.len() == 10
        && text.bytes().enumerate().all(|(at, b)| match at {
            4 | 7 => b == b'-',
            _ => b.is_ascii_digit(),
        });
    shape.then(|| text.parse().ok()).flatten()
}

/// A date in English with an ordinal day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ordinal {
    /// The day.
    pub date: Date,
    /// Whether the day is written as `09th`.
    pub leading_zero: bool,
    /// Whether the ending is the right one: `2nd`, not `2th`.
    pub right_ending: bool,
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Reads `22nd May 2024`, `09th December 2024` too. The month is in full, or its first three
/// letters.
#[must_use]
pub fn ordinal_date(text: &str) -> Option<Ordinal> {
    let (day, month, year) = ordinal_parts(text)?;
    let digits = day.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number: i8 = digits.parse().ok()?;
    Some(Ordinal {
        date: Date::new(year, month, number).ok()?,
        leading_zero: digits.starts_with('0'),
        right_ending: day[digits.len()..].eq_ignore_ascii_case(ordinal_ending(number)),
    })
}

/// The day with its ending, the month from 1 and the year of a text that has the shape of an
/// ordinal date, whether or not there is such a day.
#[must_use]
pub fn ordinal_parts(text: &str) -> Option<(&str, i8, i16)> {
    let mut words = text.split_ascii_whitespace();
    let (day, month_name, year) = (words.next()?, words.next()?, words.next()?);
    let digits = day.bytes().take_while(u8::is_ascii_digit).count();
    let ending = day[digits..].to_ascii_lowercase();
    let shape = (1..=2).contains(&digits) && matches!(ending.as_str(), "st" | "nd" | "rd" | "th");
    if !shape || words.next().is_some() || year.len() != 4 {
        return None;
    }
    Some((day, month(month_name)?, year.parse().ok()?))
}

/// The number of a month, from 1, by its English name or the first three letters of it.
#[must_use]
pub fn month(name: &str) -> Option<i8> {
    let at = MONTHS.iter().position(|month| {
        month.eq_ignore_ascii_case(name)
            || (name.len() == 3 && month[..3].eq_ignore_ascii_case(name))
    })?;
    Some(at as i8 + 1)
}

/// A date as the publisher of a release writes it, without a leading zero.
#[must_use]
pub fn to_ordinal(date: Date) -> String {
    let month = MONTHS[(date.month() - 1) as usize];
    let day = date.day();
    format!("{day}{} {month} {}", ordinal_ending(day), date.year())
}

fn ordinal_ending(day: i8) -> &'static str {
    match (day % 10, day / 10) {
        (_, 1) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_in_each_notation() {
        let day = |text, notation| date(text, notation).map(|date| date.to_string());
        assert_eq!(
            day("2024-05-22", Notation::Iso).as_deref(),
            Some("2024-05-22")
        );
        for text in ["20240522", "2024-5-22", "2025-02-30", "22nd May 2024", ""] {
            assert_eq!(day(text, Notation::Iso), None, "{text}");
        }
        let ordinal = ordinal_date("09th December 2024").expect("a date");
        assert!(ordinal.leading_zero && ordinal.right_ending);
        assert!(!ordinal_date("2th May 2024").expect("a date").right_ending);
        assert_eq!(day("31st February 2024", Notation::Ordinal), None);
        assert_eq!(
            day("22nd May 2024", Notation::Ordinal).as_deref(),
            Some("2024-05-22")
        );
        let stamp = "2023-11-07T20:24:23.946863Z";
        assert_eq!(day(stamp, Notation::Rfc3339).as_deref(), Some("2023-11-07"));
        assert_eq!(day("2023-11-07", Notation::Rfc3339), None);
        for (text, number) in [
            ("1st", 1),
            ("12th", 12),
            ("22nd", 22),
            ("23rd", 23),
            ("11th", 11),
        ] {
            assert_eq!(format!("{number}{}", ordinal_ending(number)), text);
        }
    }

    #[test]
    fn sketches_of_near_texts_agree() {
        let words: Vec<String> = (0..80).map(|n| format!("word{}", n * 7 % 53)).collect();
        let text = words.join(" ");
        let near = text.replacen("word7 ", "other ", 1);
        let far: String = text.replace("word", "text");
        let prose = |text: &str| {
            let (sketch, words) = sketch(text).expect("a sketch");
            Prose {
                span: Span::default(),
                sketch,
                words,
            }
        };
        assert!(prose(&text).likeness(&prose(&near)) > 0.7);
        assert!(prose(&text).likeness(&prose(&format!("<p>{}</p>", text.to_uppercase()))) > 0.99);
        assert!(prose(&text).likeness(&prose(&far)) < 0.2);
        assert_eq!(sketch("too short to say anything"), None);
    }
}
