//! `corpuslint.toml`: which files are entries of which kind, and how much a rule weighs. Knows no
//! rule.

use std::collections::BTreeMap;
use std::fmt;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diagnostic::Severity;
use crate::syntax;
use crate::text::{LineIndex, Position, Span, did_you_mean};

/// The name under which a profile is looked for.
pub const FILE_NAME: &str = "corpuslint.toml";

/// Files that are part of the binary: the default profile and what it names, by the paths that it
/// names them with.
const EMBEDDED: &[(&str, &str)] = &[
    (FILE_NAME, include_str!("../corpuslint.toml")),
    (
        "schema/itm/v2/article.schema.json",
        include_str!("../schema/itm/v2/article.schema.json"),
    ),
    (
        "schema/itm/v2/section.schema.json",
        include_str!("../schema/itm/v2/section.schema.json"),
    ),
    (
        "schema/itm/v2/subsection.schema.json",
        include_str!("../schema/itm/v2/subsection.schema.json"),
    ),
    (
        "schema/itm/v2/prevention.schema.json",
        include_str!("../schema/itm/v2/prevention.schema.json"),
    ),
    (
        "schema/itm/v2/detection.schema.json",
        include_str!("../schema/itm/v2/detection.schema.json"),
    ),
    (
        "schema/itm/release/release.schema.json",
        include_str!("../schema/itm/release/release.schema.json"),
    ),
];

/// The text of a file that is part of the binary.
#[must_use]
pub fn embedded(path: &str) -> Option<&'static str> {
    EMBEDDED
        .iter()
        .find(|(name, _)| *name == path)
        .map(|(_, text)| *text)
}

/// How much a rule weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// The rule does not run.
    Off,
    /// Its findings have this severity.
    On(Severity),
}

/// A corpus's configuration.
#[derive(Debug)]
pub struct Profile {
    /// The folder that holds the entries, relative to the profile, parts joined by `/`; empty for
    /// the profile's own folder.
    pub root: String,
    /// Files under the root that are none of our business.
    pub ignore: Globs,
    /// The kinds, in the order of the file, which decides.
    pub kinds: Vec<Kind>,
    /// Levels by rule name, each with where it stands.
    pub rules: BTreeMap<String, (Level, Position)>,
    /// Bounds on what is read and reported.
    pub limits: Limits,
    /// Whether this is the profile in the binary.
    pub is_embedded: bool,
}

/// One kind of entry, or of file.
#[derive(Debug)]
pub struct Kind {
    /// Its name.
    pub name: String,
    /// Files that are of this kind, relative to the root.
    pub files: Globs,
    /// Its JSON Schema, relative to the profile.
    pub schema: String,
    /// Where `schema` stands in the profile.
    pub schema_at: Position,
    /// The field that the body of a Markdown file fills.
    pub body: Option<String>,
    /// A file that no glob takes is of this kind when all of these stand at its root.
    pub keys: Vec<String>,
}

/// Globs, as they are written and as they match.
#[derive(Clone, Debug, Default)]
pub struct Globs {
    /// What the profile says.
    pub texts: Vec<String>,
    set: GlobSet,
}

impl Globs {
    /// Whether one of them takes a path.
    #[must_use]
    pub fn is_match(&self, path: impl AsRef<std::path::Path>) -> bool {
        self.set.is_match(path)
    }

    /// The same for a path that is held against many.
    #[must_use]
    pub fn is_match_candidate(&self, path: &globset::Candidate<'_>) -> bool {
        self.set.is_match_candidate(path)
    }
}

/// Bounds, each with a default; reaching one is a finding.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of one file.
    pub file_bytes: u64,
    /// Findings reported for one file.
    pub findings: usize,
    /// Bounds on its tree.
    pub syntax: syntax::Limits,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 16 << 20,
            findings: 1000,
            syntax: syntax::Limits::default(),
        }
    }
}

/// Why a profile cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileError {
    /// Where in the profile.
    pub at: Position,
    /// One line.
    pub message: String,
}

impl fmt::Display for ProfileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.message)
    }
}

impl std::error::Error for ProfileError {}

impl Profile {
    /// Reads a profile.
    ///
    /// # Errors
    ///
    /// The first thing in it that is not understood, with its place.
    pub fn parse(text: &str) -> Result<Self, ProfileError> {
        let reader = Reader {
            lines: LineIndex::new(text),
        };
        let table = DeTable::parse(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            reader.error(at, error.message().to_owned())
        })?;
        reader.profile(table.get_ref())
    }

    /// The profile that is part of the binary.
    ///
    /// # Errors
    ///
    /// None that a test does not catch.
    pub fn embedded() -> Result<Self, ProfileError> {
        let text = embedded(FILE_NAME).unwrap_or_default();
        Ok(Self {
            is_embedded: true,
            ..Self::parse(text)?
        })
    }

    /// The kind whose glob takes a path, given relative to the root.
    #[must_use]
    pub fn kind_of_path(&self, path: &str) -> Option<usize> {
        self.kinds.iter().position(|kind| kind.files.is_match(path))
    }
}

type Item<'a> = Spanned<DeValue<'a>>;

struct Reader<'t> {
    lines: LineIndex<'t>,
}

impl Reader<'_> {
    fn error(&self, at: usize, message: String) -> ProfileError {
        let at = self.lines.position(Span::at(at).start);
        ProfileError { at, message }
    }

    fn wrong(&self, item: &Item<'_>, name: &str, wanted: &str) -> ProfileError {
        self.error(item.span().start, format!("`{name}` must be {wanted}"))
    }

    fn unknown(&self, key: &Spanned<std::borrow::Cow<'_, str>>, known: &[&str]) -> ProfileError {
        let name = key.get_ref().as_ref();
        let hint = match did_you_mean(name, known.iter().copied()) {
            Some(close) => format!("did you mean `{close}`?"),
            None => format!("known are {}", known.join(", ")),
        };
        self.error(key.span().start, format!("unknown key `{name}`; {hint}"))
    }

    fn profile(&self, table: &DeTable<'_>) -> Result<Profile, ProfileError> {
        let mut profile = Profile {
            root: String::new(),
            ignore: Globs::default(),
            kinds: Vec::new(),
            rules: BTreeMap::new(),
            limits: Limits::default(),
            is_embedded: false,
        };
        let mut version = false;
        for (key, item) in table {
            match key.get_ref().as_ref() {
                "version" => version = self.version(item)?,
                "root" => profile.root = self.root(item)?,
                "ignore" => profile.ignore = self.globs(item, "ignore")?,
                "kind" => profile.kinds = self.kinds(item)?,
                "rules" => profile.rules = self.rules(item)?,
                "limits" => profile.limits = self.limits(item)?,
                _ => {
                    let known = ["version", "root", "ignore", "kind", "rules", "limits"];
                    return Err(self.unknown(key, &known));
                }
            }
        }
        if !version {
            return Err(self.error(0, "`version = 1` is missing".to_owned()));
        }
        if profile.kinds.is_empty() {
            return Err(self.error(0, "no kind is defined; add a `[kind.NAME]`".to_owned()));
        }
        Ok(profile)
    }

    fn version(&self, item: &Item<'_>) -> Result<bool, ProfileError> {
        if self.integer(item, "version")? == 1 {
            return Ok(true);
        }
        Err(self.wrong(
            item,
            "version",
            "1; a newer version needs a newer corpuslint",
        ))
    }

    fn root(&self, item: &Item<'_>) -> Result<String, ProfileError> {
        let root = self.inner_path(item, "root")?;
        Ok(if root == "." { String::new() } else { root })
    }

    /// A relative path that does not leave the profile's folder.
    fn inner_path(&self, item: &Item<'_>, name: &str) -> Result<String, ProfileError> {
        let text = self.string(item, name)?;
        let path = text.trim_end_matches('/').trim_start_matches("./");
        let leaves = path.split('/').any(|part| part == "..")
            || path.starts_with('/')
            || path.contains(['\\', ':']);
        if leaves || path.is_empty() {
            let wanted = "a relative path inside the folder of the profile, with `/`";
            return Err(self.wrong(item, name, wanted));
        }
        Ok(path.to_owned())
    }

    fn string(&self, item: &Item<'_>, name: &str) -> Result<String, ProfileError> {
        match item.get_ref() {
            DeValue::String(text) => Ok(text.to_string()),
            _ => Err(self.wrong(item, name, "a text in quotes")),
        }
    }

    fn integer(&self, item: &Item<'_>, name: &str) -> Result<u64, ProfileError> {
        let DeValue::Integer(number) = item.get_ref() else {
            return Err(self.wrong(item, name, "a number"));
        };
        u64::from_str_radix(number.as_str(), number.radix())
            .map_err(|_| self.wrong(item, name, "a whole number from 0"))
    }

    fn strings(&self, item: &Item<'_>, name: &str) -> Result<Vec<(String, usize)>, ProfileError> {
        let DeValue::Array(items) = item.get_ref() else {
            return Err(self.wrong(item, name, "a list of texts"));
        };
        items
            .iter()
            .map(|item| Ok((self.string(item, name)?, item.span().start)))
            .collect()
    }

    fn globs(&self, item: &Item<'_>, name: &str) -> Result<Globs, ProfileError> {
        let mut set = GlobSetBuilder::new();
        let mut texts = Vec::new();
        for (text, at) in self.strings(item, name)? {
            let glob = GlobBuilder::new(&text)
                .literal_separator(true)
                .build()
                .map_err(|error| {
                    self.error(at, format!("`{text}` is not a glob: {}", error.kind()))
                })?;
            set.add(glob);
            texts.push(text);
        }
        let set = set
            .build()
            .map_err(|error| self.error(item.span().start, error.to_string()))?;
        Ok(Globs { texts, set })
    }

    fn table<'i, 'd>(
        &self,
        item: &'i Item<'d>,
        name: &str,
    ) -> Result<&'i DeTable<'d>, ProfileError> {
        match item.get_ref() {
            DeValue::Table(table) => Ok(table),
            _ => Err(self.wrong(item, name, "a table")),
        }
    }

    fn kinds(&self, item: &Item<'_>) -> Result<Vec<Kind>, ProfileError> {
        let mut kinds: Vec<(usize, Kind)> = Vec::new();
        for (key, item) in self.table(item, "kind")? {
            let kind = self.kind(key.get_ref(), key.span().start, item)?;
            kinds.push((key.span().start, kind));
        }
        // The table is sorted by name; the order of the file is that of the keys.
        kinds.sort_by_key(|(at, _)| *at);
        Ok(kinds.into_iter().map(|(_, kind)| kind).collect())
    }

    fn kind(&self, name: &str, at: usize, item: &Item<'_>) -> Result<Kind, ProfileError> {
        let mut files = None;
        let mut schema = None;
        let mut body = None;
        let mut keys = Vec::new();
        for (key, item) in self.table(item, name)? {
            match key.get_ref().as_ref() {
                "files" => files = Some(self.globs(item, "files")?),
                "schema" => {
                    let at = self.lines.position(Span::at(item.span().start).start);
                    schema = Some((self.inner_path(item, "schema")?, at));
                }
                "body" => body = Some(self.string(item, "body")?),
                "keys" => {
                    keys = self
                        .strings(item, "keys")?
                        .into_iter()
                        .map(|(key, _)| key)
                        .collect();
                }
                _ => return Err(self.unknown(key, &["files", "schema", "body", "keys"])),
            }
        }
        let missing = |what: &str| self.error(at, format!("kind `{name}` has no `{what}`"));
        let (schema, schema_at) = schema.ok_or_else(|| missing("schema"))?;
        Ok(Kind {
            name: name.to_owned(),
            files: files.ok_or_else(|| missing("files"))?,
            schema,
            schema_at,
            body,
            keys,
        })
    }

    fn rules(&self, item: &Item<'_>) -> Result<BTreeMap<String, (Level, Position)>, ProfileError> {
        let mut rules = BTreeMap::new();
        for (key, item) in self.table(item, "rules")? {
            let name = key.get_ref().to_string();
            let level = match self.string(item, &name)?.as_str() {
                "off" => Level::Off,
                "note" => Level::On(Severity::Note),
                "warning" => Level::On(Severity::Warning),
                "error" => Level::On(Severity::Error),
                _ => return Err(self.wrong(item, &name, "off, note, warning or error")),
            };
            let at = self.lines.position(Span::at(key.span().start).start);
            rules.insert(name, (level, at));
        }
        Ok(rules)
    }

    fn limits(&self, item: &Item<'_>) -> Result<Limits, ProfileError> {
        let mut limits = Limits::default();
        for (key, item) in self.table(item, "limits")? {
            let name = key.get_ref().as_ref();
            let value = self.integer(item, name)?;
            let small = usize::try_from(value).unwrap_or(usize::MAX);
            if value == 0 {
                return Err(self.wrong(item, name, "at least 1"));
            }
            match name {
                "file-bytes" => limits.file_bytes = value.min(u64::from(u32::MAX) - 1),
                // Deeper trees could overflow the stack of what walks them.
                "depth" => limits.syntax.depth = small.min(128),
                "nodes" => limits.syntax.nodes = small.min(1 << 28),
                "alias-nodes" => limits.syntax.expanded_nodes = value,
                "findings" => limits.findings = small,
                _ => {
                    let known = ["file-bytes", "depth", "nodes", "alias-nodes", "findings"];
                    return Err(self.unknown(key, &known));
                }
            }
        }
        Ok(limits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_profile_names_embedded_schemas() {
        let profile = Profile::embedded().expect("a profile");
        assert_eq!(profile.kinds.len(), 6);
        for kind in &profile.kinds {
            assert!(embedded(&kind.schema).is_some(), "{}", kind.schema);
        }
        let kind = |path| {
            profile
                .kind_of_path(path)
                .map(|at| profile.kinds[at].name.as_str())
        };
        assert_eq!(kind("motive/MT012.004.yaml"), Some("subsection"));
        assert_eq!(kind("motive/MT012.md"), Some("section"));
        assert_eq!(kind("preventions/PV059.json"), Some("prevention"));
        assert_eq!(kind("motive/deeper/MT012.yaml"), None);
        assert_eq!(kind("motive/notes.txt"), None);
    }

    #[test]
    fn mistakes_are_located() {
        let kind = "version = 1\n[kind.a]\nfiles = [\"*\"]\nschema = \"a.json\"\n";
        for (text, at, part) in [
            ("version = 2", "1:11", "newer corpuslint"),
            ("root = 'a'", "1:1", "version = 1"),
            ("version = 1\nrot = 'a'", "2:1", "did you mean `root`"),
            ("version = 1\nroot = '../a'", "2:8", "inside the folder"),
            ("version = 1\nroot = 'http://a'", "2:8", "inside the folder"),
            (
                "version = 1\n[kind.a]\nfile = []",
                "3:1",
                "did you mean `files`",
            ),
            ("version = 1\n[kind.a]\nfiles = []", "2:7", "no `schema`"),
            (
                "version = 1\n[kind.a]\nfiles = [\"[\"]",
                "3:10",
                "not a glob",
            ),
            ("version = 1", "1:1", "no kind"),
            (
                &format!("{kind}[rules]\norphan = \"loud\""),
                "6:10",
                "off, note",
            ),
            (&format!("{kind}[limits]\ndepth = -1"), "6:9", "from 0"),
            (
                &format!("{kind}[limits]\ndepths = 1"),
                "6:1",
                "did you mean `depth`",
            ),
            ("version = 1\n[", "2:2", ""),
        ] {
            let error = Profile::parse(text).expect_err(text);
            assert!(error.message.contains(part), "{text}: {error}");
            assert_eq!(error.at.to_string(), at, "{text}: {error}");
        }
    }
}
