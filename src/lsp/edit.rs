//! Changes of files, as the editor is asked to make them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::world::World;
use crate::text::Span;

/// Changes of files: texts first, then names, then new files.
#[derive(Default)]
pub(super) struct Edits {
    texts: BTreeMap<PathBuf, Vec<(Span, String)>>,
    renames: Vec<(PathBuf, PathBuf)>,
    creates: Vec<(PathBuf, String)>,
}

impl Edits {
    /// Replaces some bytes of a file.
    pub(super) fn replace(&mut self, path: PathBuf, span: Span, text: impl Into<String>) {
        let edits = self.texts.entry(path).or_default();
        edits.push((span, text.into()));
    }

    /// Gives a file another name.
    pub(super) fn rename(&mut self, from: PathBuf, to: PathBuf) {
        self.renames.push((from, to));
    }

    /// Makes a file.
    pub(super) fn create(&mut self, path: PathBuf, text: String) {
        self.creates.push((path, text));
    }

    /// Whether the editor can do it.
    pub(super) fn is_possible(&self, world: &World) -> bool {
        (self.renames.is_empty() || world.client.renames)
            && (self.creates.is_empty() || world.client.creates)
    }

    /// The `WorkspaceEdit` of LSP 3.17.
    pub(super) fn value(&self, world: &World) -> Value {
        let files = self.texts.iter().map(|(path, edits)| {
            let text = world.text(path).unwrap_or_default();
            let lines = world.lines(&text);
            let mut edits: Vec<_> = edits.iter().collect();
            edits.sort();
            edits.dedup();
            let edits = edits.into_iter();
            let edits = edits
                .map(|(span, text)| json!({"range": lines.range(*span), "newText": text}))
                .collect::<Vec<_>>();
            (path, edits)
        });
        if !world.client.document_changes {
            let changes: serde_json::Map<String, Value> = files
                .map(|(path, edits)| (world.uri(path), edits.into()))
                .collect();
            return json!({"changes": changes});
        }
        let mut changes: Vec<Value> = files
            .map(|(path, edits)| {
                let document = world.documents.get(path);
                let version = document.map(|document| document.version);
                let file = json!({"uri": world.uri(path), "version": version});
                json!({"textDocument": file, "edits": edits})
            })
            .collect();
        for (from, to) in &self.renames {
            let (from, to) = (world.uri(from), super::place::uri_of(to));
            changes.push(json!({"kind": "rename", "oldUri": from, "newUri": to}));
        }
        for (path, text) in &self.creates {
            let uri = super::place::uri_of(path);
            let start = json!({"line": 0, "character": 0});
            let file = json!({"uri": &uri, "version": null});
            let edit = json!({"range": {"start": &start, "end": &start}, "newText": text});
            changes.push(json!({"kind": "create", "uri": &uri}));
            changes.push(json!({"textDocument": file, "edits": [edit]}));
        }
        json!({"documentChanges": changes})
    }
}
