//! The `x-` keywords: what JSON Schema cannot say about one file and another.
//!
//! `schema/vocabulary.md` documents them; `schema/vocabulary.schema.json` is their meta-schema.

use regex::Regex;
use serde_json::{Map, Value};

/// The meta-schema of the keywords.
pub const META_SCHEMA: &str = include_str!("../../schema/vocabulary.schema.json");

/// All that the schemas say about one place in an entry, beside what a validator checks.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    /// `x-entry`: this object is an entry.
    pub entry: Option<EntryMark>,
    /// `x-id`: this text is the entry's ID.
    pub id: Option<IdMark>,
    /// `x-ref`: an entry of one of these kinds has this ID.
    pub refs: Option<Vec<String>>,
    /// `x-mentions`: IDs in this text exist.
    pub mentions: bool,
    /// `x-date`
    pub date: Option<DateMark>,
    /// `x-expected`: the field should be there.
    pub expected: bool,
    /// `x-path`: the text agrees with the file's name or folder.
    pub path: Option<PathMark>,
    /// `x-unique`: no two entries share the text.
    pub unique: Option<Scope>,
    /// `x-prose`
    pub prose: Option<Prose>,
    /// `x-status`: the entry is a tombstone when the text is this.
    pub status: Option<String>,
    /// `x-replaced-by`: kinds of the entry that took over.
    pub replaced_by: Option<Vec<String>>,
    /// `x-person`: a name that recurs over entries.
    pub person: bool,
    /// `x-renamed`: the field has another name by now.
    pub renamed: Option<RenameMark>,
    /// `format: uri` (JSON Schema 2020-12, 7.3.5)
    pub uri: bool,
    /// `pattern` of an ID, compiled.
    pub pattern: Option<Regex>,
    /// The first of `examples`, for messages.
    pub example: Option<String>,
    /// `required` fields of an object.
    pub required: Vec<String>,
    /// `default`, for a fix.
    pub default: Option<Value>,
    /// `enum` of texts, for completion and messages.
    pub allowed: Vec<String>,
}

/// `x-entry`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryMark {
    /// The kind of entry.
    pub kind: String,
    /// Whether it repeats an entry that is defined elsewhere.
    pub copy: bool,
}

/// `x-renamed`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenameMark {
    /// The name that the field has instead.
    pub to: String,
    /// The format version in which it got that name; at least 2.
    pub version: u32,
}

/// `x-id`
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct IdMark {
    /// The kind of the entry that the ID extends.
    pub parent: Option<String>,
    /// What stands between the parent's ID and the rest.
    pub separator: String,
}

/// `x-date`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateMark {
    /// What happened then.
    pub role: DateRole,
    /// How it is written.
    pub notation: Notation,
}

/// What happened at a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DateRole {
    /// The entry was first published.
    Created,
    /// It last changed.
    Updated,
    /// It became a tombstone.
    Retired,
}

/// How a date is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notation {
    /// ISO 8601 calendar date: `2024-05-22`.
    Iso,
    /// `22nd May 2024`.
    Ordinal,
    /// RFC 3339 date and time: `2024-05-22T10:00:00Z`.
    Rfc3339,
}

/// `x-path`
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct PathMark {
    /// The text is the file's name without its extension.
    pub stem: bool,
    /// The text and the name of the file's folder agree.
    pub folder: Option<Folder>,
}

/// How a text decides the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Folder {
    /// They are equal.
    Same,
    /// The longest prefix of the text that is listed names the folder.
    ByPrefix(Vec<(String, String)>),
}

/// `x-unique`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Among entries of one kind.
    Kind,
    /// Among all entries.
    All,
}

/// `x-prose`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prose {
    /// CommonMark with tables.
    Markdown,
    /// HTML.
    Html,
}

impl Marks {
    /// Reads the keywords of one schema object.
    ///
    /// # Errors
    ///
    /// The keyword that is misused, and how.
    pub fn read(schema: &Map<String, Value>) -> Result<Self, (String, String)> {
        let mut marks = Self::default();
        for (keyword, value) in schema {
            marks
                .read_one(keyword, value)
                .map_err(|wanted| (keyword.clone(), format!("`{keyword}` must be {wanted}")))?;
        }
        if marks.id.is_some() {
            marks.pattern =
                id_pattern(schema).map_err(|message| ("pattern".to_owned(), message))?;
        }
        Ok(marks)
    }

    fn read_one(&mut self, keyword: &str, value: &Value) -> Result<(), &'static str> {
        match keyword {
            "x-entry" => self.entry = Some(entry(value).ok_or("a kind, or {kind, copy}")?),
            "x-id" => self.id = Some(id(value).ok_or("true, or {parent, separator}")?),
            "x-ref" => self.refs = Some(texts(value).ok_or("a list of kinds")?),
            "x-mentions" => self.mentions = value.as_bool().ok_or("true or false")?,
            "x-date" => self.date = Some(date(value).ok_or("{role, notation}")?),
            "x-expected" => self.expected = value.as_bool().ok_or("true or false")?,
            "x-path" => self.path = Some(path(value).ok_or("stem, folder, or {stem, folder}")?),
            "x-unique" => {
                self.unique = Some(match value.as_str() {
                    Some("kind") => Scope::Kind,
                    Some("all") => Scope::All,
                    _ => return Err("\"kind\" or \"all\""),
                });
            }
            "x-prose" => {
                self.prose = Some(match value.as_str() {
                    Some("markdown") => Prose::Markdown,
                    Some("html") => Prose::Html,
                    _ => return Err("\"markdown\" or \"html\""),
                });
            }
            "x-status" => self.status = Some(value.as_str().ok_or("a text")?.to_owned()),
            "x-replaced-by" => self.replaced_by = Some(texts(value).ok_or("a list of kinds")?),
            "x-person" => self.person = value.as_bool().ok_or("true or false")?,
            "x-renamed" => {
                self.renamed = Some(renamed(value).ok_or("{to, in}, a name and a version from 2")?);
            }
            "format" => self.uri |= value.as_str() == Some("uri"),
            "default" => self.default = Some(value.clone()),
            "required" => self.required = texts(value).unwrap_or_default(),
            "enum" => self.allowed = texts(value).unwrap_or_default(),
            "examples" => {
                let first = value.as_array().and_then(|examples| examples.first());
                self.example = first.and_then(Value::as_str).map(str::to_owned);
            }
            _ if keyword.starts_with("x-") => return Err("left out: there is no such keyword"),
            _ => {}
        }
        Ok(())
    }

    /// Adds what another schema says about the same place; what is there already stays.
    pub fn merge(&mut self, other: &Self) {
        fn keep<T: Clone>(mine: &mut Option<T>, theirs: &Option<T>) {
            if mine.is_none() {
                mine.clone_from(theirs);
            }
        }
        keep(&mut self.entry, &other.entry);
        keep(&mut self.id, &other.id);
        keep(&mut self.refs, &other.refs);
        keep(&mut self.date, &other.date);
        keep(&mut self.path, &other.path);
        keep(&mut self.unique, &other.unique);
        keep(&mut self.prose, &other.prose);
        keep(&mut self.status, &other.status);
        keep(&mut self.replaced_by, &other.replaced_by);
        keep(&mut self.pattern, &other.pattern);
        keep(&mut self.example, &other.example);
        keep(&mut self.default, &other.default);
        keep(&mut self.renamed, &other.renamed);
        self.mentions |= other.mentions;
        self.expected |= other.expected;
        self.person |= other.person;
        self.uri |= other.uri;
        for field in &other.required {
            if !self.required.contains(field) {
                self.required.push(field.clone());
            }
        }
        if self.allowed.is_empty() {
            self.allowed.clone_from(&other.allowed);
        }
    }

    /// Whether a rule or the engine looks at such a place.
    #[must_use]
    pub fn is_watched(&self) -> bool {
        self.entry.is_some()
            || self.id.is_some()
            || self.refs.is_some()
            || self.mentions
            || self.date.is_some()
            || self.path.is_some()
            || self.unique.is_some()
            || self.prose.is_some()
            || self.status.is_some()
            || self.replaced_by.is_some()
            || self.person
            || self.renamed.is_some()
            || self.uri
    }
}

fn texts(value: &Value) -> Option<Vec<String>> {
    let items = value.as_array()?;
    items
        .iter()
        .map(|item| item.as_str().map(str::to_owned))
        .collect()
}

fn entry(value: &Value) -> Option<EntryMark> {
    if let Some(kind) = value.as_str() {
        return Some(EntryMark {
            kind: kind.to_owned(),
            copy: false,
        });
    }
    Some(EntryMark {
        kind: value.get("kind")?.as_str()?.to_owned(),
        copy: value.get("copy").and_then(Value::as_bool).unwrap_or(false),
    })
}

fn id(value: &Value) -> Option<IdMark> {
    if value == &Value::Bool(true) {
        return Some(IdMark::default());
    }
    Some(IdMark {
        parent: Some(value.get("parent")?.as_str()?.to_owned()),
        separator: match value.get("separator") {
            Some(separator) => separator.as_str()?.to_owned(),
            None => ".".to_owned(),
        },
    })
}

fn date(value: &Value) -> Option<DateMark> {
    let role = match value.get("role")?.as_str()? {
        "created" => DateRole::Created,
        "updated" => DateRole::Updated,
        "retired" => DateRole::Retired,
        _ => return None,
    };
    let notation = match value.get("notation")?.as_str()? {
        "iso" => Notation::Iso,
        "ordinal" => Notation::Ordinal,
        "rfc3339" => Notation::Rfc3339,
        _ => return None,
    };
    Some(DateMark { role, notation })
}

/// Reads `x-renamed`.
pub(super) fn renamed(value: &Value) -> Option<RenameMark> {
    let version = u32::try_from(value.get("in")?.as_u64()?).ok()?;
    let to = value.get("to")?.as_str()?.to_owned();
    (version >= 2 && !to.is_empty()).then_some(RenameMark { to, version })
}

fn path(value: &Value) -> Option<PathMark> {
    match value.as_str() {
        Some("stem") => {
            return Some(PathMark {
                stem: true,
                folder: None,
            });
        }
        Some("folder") => {
            return Some(PathMark {
                stem: false,
                folder: Some(Folder::Same),
            });
        }
        _ => {}
    }
    let object = value.as_object()?;
    let folder = match object.get("folder") {
        None | Some(Value::Bool(false)) => None,
        Some(Value::Bool(true)) => Some(Folder::Same),
        Some(Value::Object(map)) => {
            let mut prefixes = Vec::new();
            for (prefix, folder) in map {
                prefixes.push((prefix.clone(), folder.as_str()?.to_owned()));
            }
            // Longest first, so that the first hit is the longest.
            prefixes.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then(a.cmp(b)));
            Some(Folder::ByPrefix(prefixes))
        }
        Some(_) => return None,
    };
    Some(PathMark {
        stem: object.get("stem").and_then(Value::as_bool).unwrap_or(false),
        folder,
    })
}

/// The pattern of an ID. `\d` and `\w` are ASCII in ECMA-262, which JSON Schema refers to.
fn id_pattern(schema: &Map<String, Value>) -> Result<Option<Regex>, String> {
    let Some(pattern) = schema.get("pattern").and_then(Value::as_str) else {
        return Ok(None);
    };
    let ascii = pattern
        .replace("\\d", "[0-9]")
        .replace("\\w", "[0-9A-Za-z_]");
    Regex::new(&ascii)
        .map(Some)
        .map_err(|_| format!("`{pattern}` is not a regular expression that can be used for an ID"))
}
