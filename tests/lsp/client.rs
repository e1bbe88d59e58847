//! An editor, as far as the server can tell: it speaks the protocol through the streams of the real
//! program, and keeps what it is told.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};

/// How long an answer may take before the test fails; far more than it does.
const PATIENCE: Duration = Duration::from_secs(120);

pub(crate) struct Editor {
    child: Child,
    input: Option<ChildStdin>,
    messages: Receiver<Value>,
    requests: i64,
    /// The last findings that were told of each file, by URI, with the version.
    pub(crate) findings: BTreeMap<String, (Option<i64>, Vec<Value>)>,
    /// All other notifications and requests of the server.
    pub(crate) told: Vec<Value>,
    /// Answers that nobody has waited for yet.
    answers: Vec<Value>,
}

impl Editor {
    /// Starts the program, and says nothing yet.
    pub(crate) fn start() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_corpuslint"))
            .arg("lsp")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let output = child.stdout.take().expect("a stream");
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            let mut output = BufReader::new(output);
            while let Some(message) = read(&mut output) {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        Self {
            input: child.stdin.take(),
            child,
            messages,
            requests: 0,
            findings: BTreeMap::new(),
            told: Vec::new(),
            answers: Vec::new(),
        }
    }

    /// Starts it with a folder open, as an editor that can do much.
    pub(crate) fn open_folder(folder: &Path) -> Self {
        let mut editor = Self::start();
        editor.initialize(folder, able());
        editor
    }

    pub(crate) fn initialize(&mut self, folder: &Path, capabilities: Value) -> Value {
        let folder = json!({"uri": uri(folder), "name": "corpus"});
        let answer = self.request(
            "initialize",
            json!({
                "processId": null,
                "workspaceFolders": [folder],
                "capabilities": capabilities,
            }),
        );
        self.notify("initialized", json!({}));
        answer["result"].clone()
    }

    pub(crate) fn send_raw(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().expect("the stream is open");
        input.write_all(bytes).expect("the program listens");
        input.flush().expect("the program listens");
    }

    pub(crate) fn send(&mut self, message: &Value) {
        let text = message.to_string();
        self.send_raw(format!("Content-Length: {}\r\n\r\n{text}", text.len()).as_bytes());
    }

    pub(crate) fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    /// Sends a request without waiting, and gives its ID.
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> i64 {
        self.requests += 1;
        let id = self.requests;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        id
    }

    /// Sends a request and waits for the whole answer.
    pub(crate) fn request(&mut self, method: &str, params: Value) -> Value {
        let id = self.ask(method, params);
        self.answer(&json!(id))
    }

    /// Sends a request and gives its result; an error fails the test.
    pub(crate) fn result(&mut self, method: &str, params: Value) -> Value {
        let answer = self.request(method, params);
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    pub(crate) fn answer(&mut self, id: &Value) -> Value {
        loop {
            if let Some(at) = self.answers.iter().position(|answer| answer["id"] == *id) {
                return self.answers.remove(at);
            }
            self.take();
        }
    }

    /// Takes the next message of the server.
    fn take(&mut self) {
        let message = self.messages.recv_timeout(PATIENCE).expect("a message");
        let is_answer = message.get("method").is_none();
        if is_answer {
            self.answers.push(message);
        } else if message["method"] == "textDocument/publishDiagnostics" {
            let params = &message["params"];
            let uri = params["uri"].as_str().expect("a URI").to_owned();
            let found = params["diagnostics"].as_array().expect("a list").clone();
            let version = params["version"].as_i64();
            self.findings.insert(uri, (version, found));
        } else {
            self.told.push(message);
        }
    }

    /// Waits until the server has told of a version of a file.
    pub(crate) fn settle(&mut self, path: &Path, version: i64) -> Vec<Value> {
        let uri = uri(path);
        loop {
            if let Some((Some(told), found)) = self.findings.get(&uri)
                && *told == version
            {
                return found.clone();
            }
            self.take();
        }
    }

    /// Waits until findings are as they should be.
    pub(crate) fn wait(&mut self, mut right: impl FnMut(&Self) -> bool) {
        while !right(self) {
            self.take();
        }
    }

    pub(crate) fn open(&mut self, path: &Path, version: i64, text: &str) {
        let document =
            json!({"uri": uri(path), "languageId": "yaml", "version": version, "text": text});
        self.notify("textDocument/didOpen", json!({"textDocument": document}));
    }

    /// Opens a file as it is on disk, and gives its text.
    pub(crate) fn open_file(&mut self, path: &Path) -> String {
        let text = std::fs::read_to_string(path).expect("a file");
        self.open(path, 1, &text);
        text
    }

    /// Replaces the whole text.
    pub(crate) fn replace(&mut self, path: &Path, version: i64, text: &str) {
        self.notify(
            "textDocument/didChange",
            json!({
                "textDocument": {"uri": uri(path), "version": version},
                "contentChanges": [{"text": text}],
            }),
        );
    }

    pub(crate) fn close(&mut self, path: &Path) {
        let document = json!({"uri": uri(path)});
        self.notify("textDocument/didClose", json!({"textDocument": document}));
    }

    /// Asks it to end, and gives its exit code.
    pub(crate) fn shut_down(mut self) -> i32 {
        self.result("shutdown", Value::Null);
        self.notify("exit", Value::Null);
        self.end()
    }

    /// Closes its input, and gives its exit code.
    pub(crate) fn end(mut self) -> i32 {
        self.input = None;
        let status = self.child.wait().expect("the program ends");
        status.code().expect("no signal")
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(output: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(": ").expect("a header and nothing else");
        assert_eq!(name, "Content-Length");
        length = value.parse().expect("a number");
    }
    let mut body = vec![0; length];
    std::io::Read::read_exact(output, &mut body).ok()?;
    Some(serde_json::from_slice(&body).expect("JSON"))
}

/// A small corpus, and an editor that has it open.
pub(crate) fn corpus(files: &[(&str, &str)]) -> (tempfile::TempDir, PathBuf, Editor) {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().canonicalize().expect("a path");
    for (path, text) in files {
        let file = root.join("corpus").join(path);
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        std::fs::write(file, text).expect("a file");
    }
    let editor = Editor::open_folder(&root);
    (folder, root, editor)
}

/// What an editor that can do much says of itself.
pub(crate) fn able() -> Value {
    json!({
        "general": {"positionEncodings": ["utf-8", "utf-16"]},
        "textDocument": {
            "publishDiagnostics": {"relatedInformation": true, "versionSupport": true},
            "documentSymbol": {"hierarchicalDocumentSymbolSupport": true},
        },
        "workspace": {
            "didChangeWatchedFiles": {"dynamicRegistration": true},
            "workspaceEdit": {
                "documentChanges": true,
                "resourceOperations": ["create", "rename", "delete"],
            },
        },
    })
}

pub(crate) fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}

pub(crate) fn path(uri: &str) -> PathBuf {
    PathBuf::from(uri.strip_prefix("file://").expect("a file"))
}

/// The position of the first place of a text, in bytes of UTF-8.
pub(crate) fn position(text: &str, part: &str) -> Value {
    let at = text.find(part).expect("the part is there");
    let before = &text[..at];
    let line = before.matches('\n').count();
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    json!({"line": line, "character": at - start})
}

/// The parameters of a request about a place in a file.
pub(crate) fn at(path: &Path, text: &str, part: &str) -> Value {
    json!({"textDocument": {"uri": uri(path)}, "position": position(text, part)})
}

/// Carries out the text edits of a `WorkspaceEdit` on texts by path, and its other operations too.
pub(crate) fn carry_out(edit: &Value, texts: &mut BTreeMap<PathBuf, String>) {
    for change in edit["documentChanges"].as_array().expect("changes") {
        match change["kind"].as_str() {
            Some("rename") => {
                let old = path(change["oldUri"].as_str().expect("a URI"));
                let text = texts.remove(&old).expect("a file to rename");
                let new = path(change["newUri"].as_str().expect("a URI"));
                assert!(texts.insert(new, text).is_none(), "nothing is overwritten");
            }
            Some("create") => {
                let new = path(change["uri"].as_str().expect("a URI"));
                let old = texts.insert(new, String::new());
                assert!(old.is_none(), "nothing is overwritten");
            }
            Some(other) => panic!("{other}"),
            None => {
                let file = path(change["textDocument"]["uri"].as_str().expect("a URI"));
                let text = texts.get_mut(&file).unwrap_or_else(|| panic!("{file:?}"));
                let edits = change["edits"].as_array().expect("edits");
                for edit in edits.iter().rev() {
                    let start = offset(text, &edit["range"]["start"]);
                    let end = offset(text, &edit["range"]["end"]);
                    text.replace_range(start..end, edit["newText"].as_str().expect("a text"));
                }
            }
        }
    }
}

fn offset(text: &str, position: &Value) -> usize {
    let line = position["line"].as_u64().expect("a line") as usize;
    let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    start + position["character"].as_u64().expect("a character") as usize
}
