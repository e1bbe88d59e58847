//! Streams of messages to the language server: it answers each request once, and ends when it is told.

use std::io::Cursor;
use std::path::Path;
use std::sync::OnceLock;

use arbitrary::Unstructured;
use corpuslint::lint::Options;
use corpuslint::lsp::{self, Ended};
use serde_json::{Value, json};

use super::corpus;

/// Files of the corpus that is opened, and others.
const FILES: [&str; 5] = [
    "recipes/soups/r-soup-01.yaml",
    "larder/i001.json",
    "recipes/soups/r-soup-02.md",
    "corpuslint.toml",
    "../outside.yaml",
];

/// Requests about a place in a text.
const REQUESTS: [&str; 11] = [
    "textDocument/hover",
    "textDocument/completion",
    "textDocument/definition",
    "textDocument/references",
    "textDocument/prepareRename",
    "textDocument/rename",
    "textDocument/codeAction",
    "textDocument/documentSymbol",
    "textDocument/formatting",
    "workspace/symbol",
    "completionItem/resolve",
];

/// Texts that editors have open.
const TEXTS: [&str; 4] = [
    "key: r-soup-01\nname: Soup\nuses:\n  - i001\nmethod: |\n  Take i001.\n",
    "{\"key\": \"i001\", \"name\": \"Salt\"}\n",
    "---\nkey: r-soup-02\nname: Stew\n---\n\nTake r-soup-01.\n",
    "version = 1\n[kind.a]\nfiles = [\"*.yaml\"]\nschema = \"a.json\"\n",
];

/// The first byte says what the others are: a stream, actions in an editor, or a message a line, in
/// which `$ROOT` is the URI of a corpus.
pub fn lsp(bytes: &[u8]) {
    match bytes.split_first() {
        Some((0, stream)) => {
            let _ = served(stream.to_vec());
        }
        Some((1, rest)) => session(&actions(&mut Unstructured::new(rest))),
        _ => session(&lines(bytes)),
    }
}

/// The URI of the corpus.
fn root() -> &'static str {
    static ROOT: OnceLock<String> = OnceLock::new();
    ROOT.get_or_init(|| {
        let folder = corpus::folder("tests/framework/cookbook");
        assert!(folder != Path::new(""), "the corpus is not there");
        format!("file://{}", folder.display())
    })
}

fn lines(bytes: &[u8]) -> Vec<Vec<u8>> {
    let text = String::from_utf8_lossy(bytes).replace("$ROOT", root());
    text.lines().map(|line| line.as_bytes().to_vec()).collect()
}

/// What somebody does in an editor.
fn actions(input: &mut Unstructured<'_>) -> Vec<Vec<u8>> {
    let mut messages = Vec::new();
    while messages.len() < 30 {
        let Ok(message) = action(input, messages.len()) else {
            break;
        };
        messages.push(message.to_string().into_bytes());
        if input.is_empty() {
            break;
        }
    }
    messages
}

fn action(input: &mut Unstructured<'_>, number: usize) -> arbitrary::Result<Value> {
    let uri = format!("{}/{}", root(), input.choose(&FILES)?);
    let document = json!({"uri": uri, "version": number});
    let (method, params) = match input.int_in_range(0..=7)? {
        0 | 1 => {
            let text = match input.int_in_range(0..=4)? {
                4 => input.arbitrary::<String>()?,
                at => TEXTS[at].to_owned(),
            };
            let item = json!({"uri": uri, "version": number, "languageId": "yaml", "text": text});
            ("textDocument/didOpen", json!({"textDocument": item}))
        }
        2 | 3 => {
            let start = place(input)?;
            let range = json!({"start": start, "end": place(input)?});
            let change = match input.arbitrary::<bool>()? {
                true => json!({"range": range, "text": input.arbitrary::<String>()?}),
                false => {
                    json!({"range": range, "text": input.choose(&["", "\n", "r-soup-01", ": ", "é😀"])?})
                }
            };
            (
                "textDocument/didChange",
                json!({"textDocument": document, "contentChanges": [change]}),
            )
        }
        4 => ("textDocument/didClose", json!({"textDocument": document})),
        _ => {
            let position = place(input)?;
            let range = json!({"start": position, "end": place(input)?});
            let params = json!({
                "textDocument": document, "position": position, "range": range, "query": "r",
                "newName": input.choose(&["r-soup-09", "", "a b"])?, "label": "r-soup-01",
                "context": {"diagnostics": [], "includeDeclaration": true},
                "options": {"tabSize": 2, "insertSpaces": true},
            });
            let method = *input.choose(&REQUESTS)?;
            return Ok(json!({"jsonrpc": "2.0", "id": number, "method": method, "params": params}));
        }
    };
    Ok(json!({"jsonrpc": "2.0", "method": method, "params": params}))
}

fn place(input: &mut Unstructured<'_>) -> arbitrary::Result<Value> {
    Ok(json!({"line": input.int_in_range(0..=8)?, "character": input.int_in_range(0..=24)?}))
}

/// Serves messages behind those that open a corpus, and looks at the answers.
fn session(messages: &[Vec<u8>]) {
    let folder = json!([{"uri": root(), "name": "corpus"}]);
    let open = json!({
        "jsonrpc": "2.0", "id": "first", "method": "initialize",
        "params": {"capabilities": {}, "workspaceFolders": folder},
    });
    let ready = json!({"jsonrpc": "2.0", "method": "initialized", "params": {}});
    let mut stream = Vec::new();
    let first = [open, ready].map(|message| message.to_string().into_bytes());
    for message in first.iter().chain(messages) {
        stream.extend(format!("Content-Length: {}\r\n\r\n", message.len()).into_bytes());
        stream.extend(message);
    }
    let (ended, answers) = served(stream);
    let exits = |message: &Vec<u8>| {
        let value: Result<Value, _> = serde_json::from_slice(message);
        value.is_ok_and(|value| value["method"] == "exit")
    };
    if messages.iter().any(exits) {
        return;
    }
    assert_eq!(ended, Ended::Abandoned);
    let asked = messages
        .iter()
        .filter(|message| is_request(message))
        .count();
    let answered = answers
        .iter()
        .filter(|answer| answer.get("method").is_none())
        .count();
    assert!(answered > asked, "{asked} requests have {answered} answers");
}

fn is_request(message: &[u8]) -> bool {
    let Ok(value) = serde_json::from_slice::<Value>(message) else {
        return false;
    };
    let is_id = value["id"].is_string() || value["id"].as_i64().is_some();
    is_id && value["method"].is_string()
}

/// What the server says to a stream: whole messages.
fn served(stream: Vec<u8>) -> (Ended, Vec<Value>) {
    let mut out = Vec::new();
    let ended = lsp::serve(Cursor::new(stream), &mut out, options);
    let mut answers = Vec::new();
    let mut rest = out.as_slice();
    while !rest.is_empty() {
        let text = std::str::from_utf8(rest).expect("text");
        let (head, body) = text.split_once("\r\n\r\n").expect("a header");
        let length = head.strip_prefix("Content-Length: ").expect("a length");
        let (body, behind) = body.split_at(length.parse().expect("a number"));
        answers.push(serde_json::from_str(body).expect("JSON"));
        rest = behind.as_bytes();
    }
    (ended, answers)
}

fn options() -> Options {
    corpus::options(None)
}
