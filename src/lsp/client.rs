//! What the editor at the other end can do.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::place;
use crate::text::Encoding;

/// What the editor said about itself when it began.
#[derive(Debug)]
pub(super) struct Client {
    /// What it counts characters in.
    pub(super) encoding: Encoding,
    /// The folders that it has open.
    pub(super) folders: Vec<PathBuf>,
    /// Edits of several files with their versions.
    pub(super) document_changes: bool,
    /// Edits that rename a file.
    pub(super) renames: bool,
    /// Edits that make a file.
    pub(super) creates: bool,
    /// Symbols within symbols.
    pub(super) nested_symbols: bool,
    /// Places beside the one of a finding.
    pub(super) related: bool,
    /// It watches files for a server that asks for it.
    pub(super) watches: bool,
}

impl Client {
    /// Reads the parameters of `initialize`; what they do not say is not there.
    pub(super) fn read(params: &Value) -> Self {
        let says = |pointer: &str| {
            let said = params.pointer(&format!("/capabilities{pointer}"));
            said.and_then(Value::as_bool).unwrap_or(false)
        };
        let lists = |pointer: &str, wanted: &str| {
            let list = params.pointer(&format!("/capabilities{pointer}"));
            list.and_then(Value::as_array)
                .is_some_and(|list| list.iter().any(|item| item == wanted))
        };
        let operation = |name| lists("/workspace/workspaceEdit/resourceOperations", name);
        let encoding = |name| lists("/general/positionEncodings", name);
        let (renames, creates) = (operation("rename"), operation("create"));
        Self {
            encoding: if encoding("utf-8") {
                Encoding::Utf8
            } else {
                // What LSP 3.17 demands of every editor and server.
                Encoding::Utf16
            },
            folders: folders(params),
            // Operations on files stand among such changes, and Neovim 0.7 names only them.
            document_changes: renames
                || creates
                || says("/workspace/workspaceEdit/documentChanges"),
            renames,
            creates,
            nested_symbols: says("/textDocument/documentSymbol/hierarchicalDocumentSymbolSupport"),
            related: says("/textDocument/publishDiagnostics/relatedInformation"),
            watches: says("/workspace/didChangeWatchedFiles/dynamicRegistration"),
        }
    }

    /// What the server can do for this editor: the answer to `initialize`.
    pub(super) fn answer(&self) -> Value {
        let encoding = match self.encoding {
            Encoding::Utf8 => "utf-8",
            Encoding::Utf16 => "utf-16",
        };
        json!({
            "capabilities": {
                "positionEncoding": encoding,
                "textDocumentSync": {"openClose": true, "change": 2, "save": true},
                "codeActionProvider": {"codeActionKinds": ["quickfix", super::actions::FIX_ALL]},
                "completionProvider": {
                    "triggerCharacters": [" ", "[", ",", "\"", "'"],
                    "resolveProvider": true,
                },
                "hoverProvider": true,
                "definitionProvider": true,
                "referencesProvider": true,
                "renameProvider": {"prepareProvider": true},
                "documentSymbolProvider": true,
                "workspaceSymbolProvider": true,
                "documentFormattingProvider": true,
                "workspace": {
                    "workspaceFolders": {"supported": true, "changeNotifications": true},
                },
            },
            "serverInfo": {
                "name": env!("CARGO_PKG_NAME"),
                "version": env!("CARGO_PKG_VERSION"),
            },
        })
    }
}

/// The folders that are open: a list, or in older editors one.
fn folders(params: &Value) -> Vec<PathBuf> {
    let list = params["workspaceFolders"].as_array();
    let several = list.into_iter().flatten().map(|folder| &folder["uri"]);
    let mut found: Vec<PathBuf> = several
        .filter_map(|uri| place::path_of(uri.as_str()?))
        .collect();
    if found.is_empty() {
        let only = params["rootUri"].as_str().and_then(place::path_of);
        let older = || params["rootPath"].as_str().map(PathBuf::from);
        found.extend(only.or_else(older).filter(|path| path.is_absolute()));
    }
    found
}
