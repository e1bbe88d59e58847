//! JSON Schema 2020-12 with our vocabulary: loaded once, then a validator and a plan for each kind.

mod describe;
mod file;
pub mod instance;
pub mod mention;
pub mod plan;
pub mod violation;
pub mod vocabulary;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;
use std::sync::{Arc, OnceLock};

use jsonschema::{PatternOptions, Retrieve, Uri, Validator};
use regex::Regex;
use serde_json::Value;

use crate::profile::Profile;
use crate::syntax::Node;
use crate::text::Position;
use file::{File, join, position_of};
use instance::{Instance, Tree};
use mention::Mentions;
use plan::{Plan, PlanError, Resolve};
use violation::Violation;

/// Under which a schema file is known to the validator; nothing is ever fetched from it.
const BASE: &str = "corpuslint:///";

/// Why the schemas cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaError {
    /// The schema file, relative to the profile.
    pub path: String,
    /// Where in it.
    pub at: Position,
    /// One line.
    pub message: String,
}

impl fmt::Display for SchemaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.at, self.message)
    }
}

impl std::error::Error for SchemaError {}

/// Gives the text of a schema file by its path relative to the profile, or a reason in words.
pub type ReadFile<'r> = &'r dyn Fn(&str) -> Result<String, String>;

/// The compiled schemas of a profile.
pub struct Schemas {
    files: BTreeMap<String, File>,
    kinds: Vec<FileKind>,
    entry_kinds: Vec<EntryKind>,
    mentions: Option<Mentions>,
    by_uri: OnceLock<Arc<BTreeMap<String, Value>>>,
}

/// The schema of one kind of the profile.
pub struct FileKind {
    /// The kind's name in the profile.
    pub name: String,
    /// The schema file, relative to the profile.
    pub path: String,
    /// Where its marks lie.
    pub plan: Plan,
    validator: OnceLock<Result<Validator<Tree>, SchemaError>>,
}

/// What the schemas say about one kind of entry.
#[derive(Debug)]
pub struct EntryKind {
    /// Its name in `x-entry`.
    pub name: String,
    /// What its IDs look like.
    pub pattern: Option<Regex>,
    /// An ID of this kind, for messages.
    pub example: Option<String>,
    /// Whether its files are named after it.
    pub is_stem: bool,
    /// The kind that its IDs extend, and what stands between.
    pub parent: Option<(String, String)>,
}

impl Schemas {
    /// Reads and compiles the schemas that a profile names.
    ///
    /// # Errors
    ///
    /// The first schema that cannot be read, is no schema, or misuses the vocabulary.
    pub fn load(profile: &Profile, read: ReadFile<'_>) -> Result<Self, SchemaError> {
        let mut schemas = Self {
            files: BTreeMap::new(),
            kinds: Vec::new(),
            entry_kinds: Vec::new(),
            mentions: None,
            by_uri: OnceLock::new(),
        };
        let mut queue: Vec<String> = profile
            .kinds
            .iter()
            .map(|kind| kind.schema.clone())
            .collect();
        while let Some(path) = queue.pop() {
            if let Entry::Vacant(slot) = schemas.files.entry(path) {
                let file = File::read(slot.key(), read)?;
                queue.extend(file.references(slot.key()));
                slot.insert(file);
            }
        }
        for kind in &profile.kinds {
            let plan = schemas.plan(&kind.schema)?;
            schemas.kinds.push(FileKind {
                name: kind.name.clone(),
                path: kind.schema.clone(),
                plan,
                validator: OnceLock::new(),
            });
        }
        schemas.collect_entry_kinds();
        let patterns = schemas
            .entry_kinds
            .iter()
            .filter_map(|kind| kind.pattern.as_ref());
        schemas.mentions = Mentions::new(patterns.map(Regex::as_str));
        // A test checks the embedded ones.
        if !profile.is_embedded {
            schemas.check_vocabulary()?;
            for kind in 0..schemas.kinds.len() {
                schemas.validator(kind)?;
            }
        }
        Ok(schemas)
    }

    /// The kinds of the profile, in its order.
    #[must_use]
    pub fn kinds(&self) -> &[FileKind] {
        &self.kinds
    }

    /// The text of a schema file, by its path relative to the profile.
    #[must_use]
    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(|file| file.text.as_str())
    }

    /// The schema files, by their paths relative to the profile, each as a value.
    pub fn files(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.files
            .iter()
            .map(|(path, file)| (path.as_str(), &file.value))
    }

    /// The same, each as its text.
    pub fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .map(|(path, file)| (path.as_str(), file.text.as_str()))
    }

    /// The place in a schema file that a JSON pointer leads to, or the nearest around it.
    #[must_use]
    pub fn position(&self, path: &str, pointer: &str) -> Position {
        position_of(self.text(path).unwrap_or_default(), pointer)
    }

    /// Whether a path, relative to the profile, is one of the schema files.
    #[must_use]
    pub fn is_schema_file(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    /// Every kind of entry that a schema describes.
    #[must_use]
    pub fn entry_kinds(&self) -> &[EntryKind] {
        &self.entry_kinds
    }

    /// The number of a kind of entry.
    #[must_use]
    pub fn entry_kind(&self, name: &str) -> Option<usize> {
        self.entry_kinds.iter().position(|kind| kind.name == name)
    }

    /// The plan of the files that hold one entry of a kind each.
    #[must_use]
    pub fn plan_of_entry(&self, name: &str) -> Option<&Plan> {
        let mut plans = self.kinds.iter().map(|kind| &kind.plan);
        plans.find(|plan| {
            let entry = plan.root().marks.entry.as_ref();
            entry.is_some_and(|entry| entry.kind == name && !entry.copy)
        })
    }

    /// Words that have the shape of an ID of any kind.
    #[must_use]
    pub fn mentions(&self) -> Option<&Mentions> {
        self.mentions.as_ref()
    }

    /// The kind of the profile whose root entry has an ID of this shape.
    #[must_use]
    pub fn kind_of_id(&self, id: &str) -> Option<usize> {
        self.kinds.iter().position(|kind| {
            let entry = kind.plan.root().marks.entry.as_ref();
            let entry = entry.and_then(|mark| self.entry_kind(&mark.kind));
            entry.is_some_and(|entry| self.entry_kinds[entry].is_id(id))
        })
    }

    /// What in a document is not as the schema of its kind asks, at most `limit` of it.
    ///
    /// # Errors
    ///
    /// The schema cannot be compiled.
    pub fn validate(
        &self,
        kind: usize,
        root: Node<'_>,
        limit: usize,
    ) -> Result<Vec<Violation>, SchemaError> {
        let validator = self.validator(kind)?;
        let instance = Instance::Node(root);
        if validator.is_valid(instance) {
            return Ok(Vec::new());
        }
        let errors = validator.iter_errors(instance);
        Ok(violation::collect(
            errors,
            &self.kinds[kind].plan,
            root,
            limit,
        ))
    }

    fn validator(&self, kind: usize) -> Result<&Validator<Tree>, SchemaError> {
        let path = &self.kinds[kind].path;
        self.kinds[kind]
            .validator
            .get_or_init(|| {
                let schema = &self.files[path].value;
                // Linear-time patterns, and no reference beyond the files of the profile.
                jsonschema::options_for::<Tree>()
                    .with_base_uri(format!("{BASE}{path}"))
                    .with_retriever(FromFiles(Arc::clone(self.by_uri())))
                    .with_pattern_options(PatternOptions::regex().size_limit(1 << 20))
                    .build(schema)
                    .map_err(|error| {
                        let pointer = error.instance_path().as_str().to_owned();
                        self.error(path, &pointer, explain(&error))
                    })
            })
            .as_ref()
            .map_err(Clone::clone)
    }

    /// The schemas by all their names; made once for all validators.
    fn by_uri(&self) -> &Arc<BTreeMap<String, Value>> {
        self.by_uri.get_or_init(|| {
            let mut files = BTreeMap::new();
            for (path, file) in &self.files {
                files.insert(format!("{BASE}{path}"), file.value.clone());
                if let Some(id) = file.id() {
                    files.insert(id.to_owned(), file.value.clone());
                }
            }
            Arc::new(files)
        })
    }

    fn plan(&self, path: &str) -> Result<Plan, SchemaError> {
        Plan::compile(path, &self.files[path].value, self).map_err(
            |PlanError {
                 file,
                 pointer,
                 message,
             }| self.error(&file, &pointer, message),
        )
    }

    fn error(&self, path: &str, pointer: &str, message: String) -> SchemaError {
        let text = self.files.get(path).map_or("", |file| file.text.as_str());
        SchemaError {
            path: path.to_owned(),
            at: position_of(text, pointer),
            message,
        }
    }

    fn check_vocabulary(&self) -> Result<(), SchemaError> {
        let meta: Value =
            serde_json::from_str(vocabulary::META_SCHEMA).unwrap_or(Value::Bool(true));
        let Ok(validator) = jsonschema::options().offline().build(&meta) else {
            return Ok(());
        };
        for (path, file) in &self.files {
            if let Some(error) = validator.iter_errors(&file.value).next() {
                let pointer = error.instance_path().as_str().to_owned();
                let message = format!("the vocabulary is misused: {}", error.masked());
                return Err(self.error(path, &pointer, message));
            }
        }
        Ok(())
    }

    fn collect_entry_kinds(&mut self) {
        let mut kinds: Vec<EntryKind> = Vec::new();
        for kind in &self.kinds {
            for place in kind.plan.places() {
                let Some(entry) = &place.marks.entry else {
                    continue;
                };
                let id = place
                    .fields(&kind.plan)
                    .find(|(_, field)| field.marks.id.is_some());
                let Some((_, id)) = id else { continue };
                if kinds.iter().any(|known| known.name == entry.kind) {
                    continue;
                }
                let mark = id.marks.id.clone().unwrap_or_default();
                kinds.push(EntryKind {
                    name: entry.kind.clone(),
                    pattern: id.marks.pattern.clone(),
                    example: id.marks.example.clone(),
                    is_stem: id.marks.path.as_ref().is_some_and(|path| path.stem),
                    parent: mark.parent.map(|parent| (parent, mark.separator)),
                });
            }
        }
        self.entry_kinds = kinds;
    }
}

impl EntryKind {
    /// Whether a text has the shape of this kind's IDs. Where the schema says nothing, any has.
    #[must_use]
    pub fn is_id(&self, text: &str) -> bool {
        self.pattern
            .as_ref()
            .is_none_or(|pattern| pattern.is_match(text))
    }

    /// The part of an ID that must be the ID of its parent.
    #[must_use]
    pub fn parent_of<'i>(&self, id: &'i str) -> Option<&'i str> {
        let (_, separator) = self.parent.as_ref()?;
        id.rsplit_once(separator.as_str()).map(|(parent, _)| parent)
    }
}

impl Resolve for Schemas {
    fn resolve(&self, base: &str, reference: &str) -> Result<(String, &Value), String> {
        let (target, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let path = if target.is_empty() {
            base.to_owned()
        } else {
            let by_id = self
                .files
                .iter()
                .find(|(_, file)| file.id() == Some(target));
            match by_id {
                Some((path, _)) => path.clone(),
                None => join(base, target)
                    .filter(|path| self.files.contains_key(path))
                    .ok_or_else(|| unreachable_reference(reference))?,
            }
        };
        let file = &self.files[&path];
        let value = if fragment.is_empty() || fragment.starts_with('/') {
            file.value.pointer(fragment)
        } else {
            anchor(&file.value, fragment)
        };
        let value = value.ok_or_else(|| format!("`{reference}` leads nowhere"))?;
        Ok((path, value))
    }
}

fn unreachable_reference(reference: &str) -> String {
    format!(
        "`{reference}` is not a file of this corpus; schemas refer to files beside them, and nothing is fetched"
    )
}

/// The schema that an `$anchor` or `$dynamicAnchor` names.
fn anchor<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    let is_it = |value: &Value| {
        ["$anchor", "$dynamicAnchor"]
            .iter()
            .any(|keyword| value.get(keyword).and_then(Value::as_str) == Some(name))
    };
    if is_it(value) {
        return Some(value);
    }
    match value {
        Value::Object(members) => members.values().find_map(|member| anchor(member, name)),
        Value::Array(items) => items.iter().find_map(|item| anchor(item, name)),
        _ => None,
    }
}

/// What is wrong with a schema, without the value that the library would print whole.
fn explain(error: &jsonschema::ValidationError<'_>) -> String {
    match error.kind() {
        jsonschema::error::ValidationErrorKind::Referencing(_) => {
            "a `$ref` leads outside of this corpus; nothing is fetched".to_owned()
        }
        jsonschema::error::ValidationErrorKind::Format { format } if format == "regex" => {
            "this pattern is not a regular expression that can be matched in linear time; look-around and back-references cannot".to_owned()
        }
        kind => format!("this is not a valid schema (`{}`)", kind.keyword()),
    }
}

/// Serves the files of the profile to the validator, and nothing else.
struct FromFiles(Arc<BTreeMap<String, Value>>);

impl Retrieve for FromFiles {
    fn retrieve(
        &self,
        uri: &Uri<String>,
    ) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        let found = self.0.get(uri.as_str());
        found
            .cloned()
            .ok_or_else(|| unreachable_reference(uri.as_str()).into())
    }
}

#[cfg(test)]
mod tests;
