//! Findings as the editor takes them, and which of them it must be told anew.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};

use super::place::Lines;
use super::wire::Out;
use super::world::World;
use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::text::{LineIndex, Span};

/// What the editor was told last of each file: findings, and of which version of the text.
#[derive(Default)]
pub(super) struct Published {
    files: BTreeMap<PathBuf, Told>,
    /// What was said of the configurations.
    said: BTreeSet<String>,
}

#[derive(PartialEq)]
struct Told {
    version: Option<i64>,
    found: Vec<Diagnostic>,
    /// A fault of the configuration in this file: its message and where it is.
    fault: Option<(String, u32)>,
}

impl Published {
    /// Tells the editor what is new.
    pub(super) fn tell(&mut self, world: &World, out: &mut Out<'_>) {
        let now = gather(world);
        let mut texts = Texts {
            world,
            known: BTreeMap::new(),
        };
        for (path, told) in &now {
            if self.files.get(path) != Some(told) {
                let version = told.version;
                let diagnostics = texts.diagnostics(path, told);
                send(world, out, path, version, diagnostics);
            }
        }
        for path in self.files.keys().filter(|path| !now.contains_key(*path)) {
            send(world, out, path, None, Vec::new());
        }
        self.files = now;
        self.say_faults(world, out);
    }

    /// Says once that a configuration cannot be used.
    fn say_faults(&mut self, world: &World, out: &mut Out<'_>) {
        let mut faults = BTreeSet::new();
        for home in &world.homes {
            let root = home.root();
            if crate::write::is_unfinished(&root) {
                let root = root.display();
                faults.insert(format!(
                    "{root}: a change of these files is under way or was interrupted, so what is \
                     found may be about half of it"
                ));
            }
            let Some(fault) = &home.fault else { continue };
            let name = fault.file.as_deref().unwrap_or(crate::profile::FILE_NAME);
            let serving = match home.session {
                Some(_) => "the last configuration that could be used stays in use",
                None => "nothing is checked until this is mended",
            };
            let place = home.path(name);
            let place = place.display();
            let (at, message) = (fault.at, &fault.message);
            faults.insert(match at.line {
                0 => format!("{place}: {message}; {serving}"),
                _ => format!("{place}:{at}: {message}; {serving}"),
            });
        }
        for message in faults.difference(&self.said) {
            let shown = crate::report::Escaped(message).to_string();
            out.notify("window/showMessage", json!({"type": 1, "message": shown}));
        }
        self.said = faults;
    }
}

fn send(
    world: &World,
    out: &mut Out<'_>,
    path: &Path,
    version: Option<i64>,
    diagnostics: Vec<Value>,
) {
    let mut params = json!({"uri": world.uri(path), "diagnostics": diagnostics});
    if let Some(version) = version {
        params["version"] = version.into();
    }
    out.notify("textDocument/publishDiagnostics", params);
}

/// What is to be told of each file.
fn gather(world: &World) -> BTreeMap<PathBuf, Told> {
    let version = |path: &Path| world.documents.get(path).map(|document| document.version);
    let mut now: BTreeMap<PathBuf, Told> = BTreeMap::new();
    let told = |now: &mut BTreeMap<PathBuf, Told>, path: PathBuf| {
        let version = version(&path);
        now.entry(path.clone()).or_insert(Told {
            version,
            found: Vec::new(),
            fault: None,
        });
        path
    };
    for path in world.documents.paths() {
        if world.home_of(path).is_some() {
            told(&mut now, path.clone());
        }
    }
    for home in &world.homes {
        for (shown, found) in &home.findings {
            let path = told(&mut now, home.path(shown));
            if let Some(told) = now.get_mut(&path) {
                told.found.clone_from(found);
            }
        }
        if let (Some(fault), Some((path, at))) = (&home.fault, home.fault_place(&world.documents)) {
            let path = told(&mut now, path);
            if let Some(told) = now.get_mut(&path) {
                told.fault = Some((fault.message.clone(), at.offset));
            }
        }
    }
    now
}

/// A finding as the editor takes it, in a file whose lines are counted.
pub(super) fn diagnostic(found: &Diagnostic, lines: &Lines<'_>) -> Value {
    let mut value = json!({
        "range": lines.range(found.location.span()),
        "severity": severity(found.severity),
        "code": found.rule,
        "codeDescription": {"href": page(found.rule)},
        "source": env!("CARGO_PKG_NAME"),
        "message": found.message,
    });
    if let Some(help) = &found.help {
        value["data"] = json!({"help": help});
    }
    value
}

/// `DiagnosticSeverity` of LSP 3.17.
fn severity(severity: Severity) -> u8 {
    match severity {
        Severity::Error => 1,
        Severity::Warning => 2,
        Severity::Note => 3,
    }
}

/// Where the page of a rule can be read.
pub(super) fn page(rule: &str) -> String {
    let file = rule.replace('-', "_");
    let repository = env!("CARGO_PKG_REPOSITORY");
    format!("{repository}/blob/main/src/rules/{file}.md")
}

/// Texts that were looked up, each once.
struct Texts<'w> {
    world: &'w World,
    known: BTreeMap<PathBuf, Arc<str>>,
}

impl Texts<'_> {
    fn get(&mut self, path: &Path) -> Arc<str> {
        if let Some(text) = self.known.get(path) {
            return Arc::clone(text);
        }
        let text = self.world.text(path);
        let text = text.or_else(|| std::fs::read_to_string(path).ok());
        let text: Arc<str> = text.unwrap_or_default().into();
        self.known.insert(path.to_path_buf(), Arc::clone(&text));
        text
    }

    fn diagnostics(&mut self, path: &Path, told: &Told) -> Vec<Value> {
        let text = self.get(path);
        let lines = self.world.lines(&text);
        let mut all = Vec::with_capacity(told.found.len());
        for found in &told.found {
            let mut value = diagnostic(found, &lines);
            if self.world.client.related && !found.related.is_empty() {
                let related = found.related.iter();
                let related = related.map(|related| {
                    json!({
                        "location": self.location(path, &related.location),
                        "message": related.message,
                    })
                });
                value["relatedInformation"] = related.collect();
            }
            all.push(value);
        }
        if let Some((message, at)) = &told.fault {
            let index = LineIndex::new(&text);
            let line = index.line(index.position(*at).line);
            let span = Span::new(*at as usize, line.end.max(*at) as usize);
            all.push(json!({
                "range": lines.range(span),
                "severity": 1,
                "code": "configuration",
                "source": env!("CARGO_PKG_NAME"),
                "message": message,
            }));
        }
        all
    }

    /// A place in a file of the same corpus.
    fn location(&mut self, from: &Path, location: &Location) -> Value {
        let home = self.world.home_of(from).map(|home| &self.world.homes[home]);
        let Some(path) = home.map(|home| home.path(&location.path)) else {
            return Value::Null;
        };
        let text = self.get(&path);
        let range = self.world.lines(&text).range(location.span());
        json!({"uri": self.world.uri(&path), "range": range})
    }
}
