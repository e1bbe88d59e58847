//! The files that a new corpus begins with.

use std::sync::Arc;

use jiff::civil::Date;
use serde_json::{Map, Value, json};

use super::shape::{Part, Shapes};
use super::{AuthorError, Draft, Place, Shelf};
use crate::fix::Rewrite;
use crate::profile::FILE_NAME;
use crate::snapshot::Workspace;

/// What stands in the place of the commit of this project that CI and hooks are to use.
pub const COMMIT: &str = "COMMIT";

/// The workflow that judges each change.
const WORKFLOW: &str = include_str!("init/corpus.yml");

/// What judges each commit before it is made.
const HOOKS: &str = include_str!("init/pre-commit-config.yaml");

/// The profile, its schemas, what editors and CI need, and, where there is no entry yet, a first one.
///
/// The schemas are copied, so that an editor finds them, and a change of them is judged by the base.
///
/// # Errors
///
/// The schemas give no first entry, which a test would see.
pub fn files(
    shelf: &Shelf<'_>,
    commit: Option<&str>,
    today: Date,
) -> Result<Vec<Rewrite>, AuthorError> {
    let workspace = shelf.workspace;
    let pinned = |text: &str| match commit {
        Some(commit) => text.replace(COMMIT, commit),
        None => text.to_owned(),
    };
    let mut files: Vec<(String, String)> = vec![
        (FILE_NAME.to_owned(), workspace.text.to_string()),
        (".github/workflows/corpus.yml".to_owned(), pinned(WORKFLOW)),
        (".pre-commit-config.yaml".to_owned(), pinned(HOOKS)),
        (".vscode/settings.json".to_owned(), settings(workspace)),
    ];
    let schemas = workspace.schemas.texts();
    files.extend(schemas.map(|(path, text)| (path.to_owned(), text.to_owned())));
    files.sort();
    let mut rewrites: Vec<Rewrite> = files
        .into_iter()
        .map(|(path, text)| Rewrite::create(path.into(), text))
        .collect();
    if shelf.files.is_empty() {
        rewrites.push(first(shelf, today)?);
    }
    Ok(rewrites)
}

/// An entry of the first kind, made of the examples of its schema.
fn first(shelf: &Shelf<'_>, today: Date) -> Result<Rewrite, AuthorError> {
    let shapes = Shapes::of(shelf, 0)?;
    let mut draft = Draft::default();
    let mut folder = None;
    for (part, shape) in &shapes.fields {
        let example = || shape.marks.example.clone();
        match part {
            Part::Title => draft.title = example(),
            Part::Prose => {
                let text = example().map(Value::from);
                draft
                    .fields
                    .extend(text.map(|text| (shape.name.to_owned(), text)));
            }
            Part::Folder => folder = shape.marks.allowed.first().cloned(),
            _ => {}
        }
    }
    let place = Place {
        folder: folder.as_deref(),
        ..Place::default()
    };
    Ok(draft.begin(shelf, 0, place, today)?.rewrite)
}

/// Which schema a file has, for the YAML extension of VS Code and for its own JSON support.
fn settings(workspace: &Workspace) -> String {
    let mut yaml = Map::new();
    let mut of_json = Vec::new();
    let root = &workspace.profile.root;
    for kind in &workspace.profile.kinds {
        let globs = kind.files.texts.iter();
        let globs: Vec<Arc<str>> = globs.map(|glob| format!("{root}/{glob}").into()).collect();
        if globs.is_empty() {
            continue;
        }
        let of = |extension: &str| -> Vec<String> {
            let globs = globs
                .iter()
                .map(|glob| glob.replace("{yaml,json,md}", extension));
            globs.collect()
        };
        let schema = format!("./{}", kind.schema);
        of_json.push(json!({"fileMatch": of("json"), "url": schema}));
        yaml.insert(schema, json!(of("yaml")));
    }
    let settings = json!({"yaml.schemas": yaml, "json.schemas": of_json});
    // Writing to a text fails for no value.
    let mut text = serde_json::to_string_pretty(&settings).unwrap_or_default();
    text.push('\n');
    text
}
