//! Bad input, and what changes beside the editor: the server never dies, and what it says at the end is
//! about the last state.

use serde_json::{Value, json};

use crate::client::{Editor, able, corpus, uri};
use crate::common;

const CONTROL: &str = "id: PV059\ntitle: Threat Intelligence\ndescription: Feeds.\n";
const USER: &str = "id: PR030\ntitle: Tokens\npreventions:\n  - PV059\ndescription: One.\n";

fn code(answer: &Value) -> i64 {
    answer["error"]["code"].as_i64().unwrap_or(0)
}

#[test]
fn messages_out_of_turn_are_refused() {
    let mut editor = Editor::start();
    let early = editor.request("textDocument/hover", json!({}));
    assert_eq!(code(&early), -32002, "{early}");
    editor.notify("textDocument/didOpen", json!({"textDocument": 7}));
    let folder = tempfile::tempdir().expect("a folder");
    editor.initialize(folder.path(), able());
    let again = editor.request("initialize", json!({"capabilities": {}}));
    assert_eq!(code(&again), -32600);
    let unknown = editor.request("textDocument/moniker", json!({}));
    assert_eq!(code(&unknown), -32601);
    let own = editor.request("$/unknown", json!({}));
    assert_eq!(code(&own), -32601);
    editor.notify("$/unknown", json!({}));
    editor.notify(
        "workspace/didChangeConfiguration",
        json!({"settings": null}),
    );
    for method in [
        "textDocument/hover",
        "textDocument/definition",
        "textDocument/references",
        "textDocument/completion",
        "textDocument/codeAction",
        "textDocument/rename",
        "textDocument/prepareRename",
        "textDocument/documentSymbol",
        "textDocument/formatting",
        "workspace/symbol",
    ] {
        for params in [
            json!({}),
            Value::Null,
            json!([]),
            json!({"textDocument": {"uri": 7}, "query": 7}),
            json!({"textDocument": {"uri": "file:///x"}, "position": {"line": -1, "character": 0}, "query": []}),
            json!({"textDocument": {"uri": "file:///x"}, "position": {"line": 1e3, "character": "0"}, "query": null}),
        ] {
            let answer = editor.request(method, params.clone());
            let is_bare = params["textDocument"]["uri"].is_string()
                && (method.ends_with("Symbol") || method.ends_with("formatting"));
            let expected = if is_bare { 0 } else { -32602 };
            assert_eq!(code(&answer), expected, "{method} {params} {answer}");
        }
    }
    editor.result("shutdown", Value::Null);
    let late = editor.request("textDocument/hover", json!({}));
    assert_eq!(code(&late), -32600);
    editor.notify("exit", Value::Null);
    assert_eq!(editor.end(), 0);
}

#[test]
fn exit_codes_are_those_of_the_protocol() {
    let folder = tempfile::tempdir().expect("a folder");
    assert_eq!(Editor::open_folder(folder.path()).shut_down(), 0);
    let mut editor = Editor::open_folder(folder.path());
    editor.notify("exit", Value::Null);
    assert_eq!(editor.end(), 1, "no shutdown came before");
    assert_eq!(
        Editor::open_folder(folder.path()).end(),
        1,
        "the editor is gone"
    );
    assert_eq!(Editor::start().end(), 1);
}

#[test]
fn malformed_messages_are_answered_and_forgotten() {
    let (_folder, root, mut editor) = corpus(&[("preventions/PV059.yaml", CONTROL)]);
    for (bytes, code) in [
        (&b"Content-Length: 3\r\n\r\n{]x"[..], -32700),
        (b"Content-Length: two\r\n", -32700),
        (b"nonsense\r\n\r\n", -32700),
        (b"Content-Length: 2\r\n\r\n[]", -32600),
        (b"Content-Length: 4\r\n\r\n\xff\xfe\xff\xfe", -32700),
        (b"Content-Length: 17\r\n\r\n{\"jsonrpc\":\"2.0\"}", -32600),
    ] {
        editor.send_raw(bytes);
        let answer = editor.answer(&Value::Null);
        assert_eq!(answer["error"]["code"], code, "{bytes:?}");
    }
    let path = root.join("corpus/preventions/PV059.yaml");
    editor.open(&path, 1, "id: PV059\n");
    assert!(!editor.settle(&path, 1).is_empty());
    assert_eq!(editor.shut_down(), 0);
}

#[test]
fn ten_thousand_quick_changes_end_in_the_last_state() {
    let (_folder, root, mut editor) = corpus(&[
        ("preparation/PR030.yaml", USER),
        ("preventions/PV059.yaml", CONTROL),
    ]);
    let path = root.join("corpus/preparation/PR030.yaml");
    editor.open_file(&path);
    let uri = uri(&path);
    for version in 2..10_002_i64 {
        // A letter is typed into the ID and taken out again.
        let (start, end, text) = match version % 2 {
            0 => (9, 9, "x"),
            _ => (9, 10, ""),
        };
        let range = json!({
            "start": {"line": 3, "character": start},
            "end": {"line": 3, "character": end},
        });
        editor.notify(
            "textDocument/didChange",
            json!({
                "textDocument": {"uri": uri, "version": version},
                "contentChanges": [{"range": range, "text": text}],
            }),
        );
    }
    let found = editor.settle(&path, 10_001);
    assert!(
        found.iter().all(|it| it["code"] != "dangling-reference"),
        "{found:?}"
    );
    editor.replace(&path, 10_002, &USER.replace("PV059", "PV059x"));
    let found = editor.settle(&path, 10_002);
    assert!(
        found.iter().any(|it| it["code"] == "dangling-reference"),
        "{found:?}"
    );
    assert_eq!(editor.shut_down(), 0);
}

#[test]
fn changes_that_do_not_fit_their_text_do_no_harm() {
    let (_folder, root, mut editor) = corpus(&[("preventions/PV059.yaml", CONTROL)]);
    let path = root.join("corpus/preventions/PV059.yaml");
    let change = |uri: String, version: i64, changes: Value| json!({"textDocument": {"uri": uri, "version": version}, "contentChanges": changes});
    // Before it is opened, and in ways that the protocol does not know.
    for changes in [
        json!([{"text": "x"}]),
        json!(7),
        json!([7]),
        json!([{"range": 7, "text": ""}]),
    ] {
        let params = change(uri(&path), 5, changes);
        editor.notify("textDocument/didChange", params);
    }
    editor.close(&path);
    editor.open_file(&path);
    let far = json!({
        "start": {"line": 4_000_000_000_u32, "character": 9},
        "end": {"line": 1, "character": 4_294_967_295_u32},
    });
    let changes = json!([{"range": far, "text": "x: 1\n"}]);
    editor.notify("textDocument/didChange", change(uri(&path), 2, changes));
    let found = editor.settle(&path, 2);
    assert!(
        found.iter().any(|it| it["code"] == "schema-unknown-field"),
        "{found:?}"
    );
    let logged = |it: &Value| it["method"] == "window/logMessage";
    assert_eq!(editor.told.iter().filter(|it| logged(it)).count(), 4);
    assert_eq!(editor.shut_down(), 0);
}

#[test]
fn a_text_that_is_closed_or_cancelled_while_something_is_asked() {
    let (_folder, root, mut editor) = corpus(&[("preventions/PV059.yaml", CONTROL)]);
    let path = root.join("corpus/preventions/new.yaml");
    for _ in 0..20 {
        editor.open(&path, 1, "id: PV060\n");
        let document = json!({"uri": uri(&path)});
        let params = json!({"textDocument": document, "position": {"line": 0, "character": 5}});
        let first = editor.ask("textDocument/hover", params.clone());
        editor.close(&path);
        let second = editor.ask("textDocument/hover", params.clone());
        assert_eq!(code(&editor.answer(&json!(first))), 0);
        assert_eq!(editor.answer(&json!(second))["result"], Value::Null);
    }
    // Those that wait are taken back; one that was answered before is answered.
    let mut codes = Vec::new();
    let params = json!({"query": ""});
    let ids: Vec<i64> = (0..50)
        .map(|_| editor.ask("workspace/symbol", params.clone()))
        .collect();
    for id in &ids {
        editor.notify("$/cancelRequest", json!({"id": id}));
    }
    for id in ids {
        codes.push(code(&editor.answer(&json!(id))));
    }
    assert!(
        codes.iter().all(|code| [0, -32800].contains(code)),
        "{codes:?}"
    );
    assert_eq!(editor.shut_down(), 0);
}

fn changed(editor: &mut Editor, path: &std::path::Path, kind: u8) {
    let changes = json!([{"uri": uri(path), "type": kind}]);
    editor.notify(
        "workspace/didChangeWatchedFiles",
        json!({"changes": changes}),
    );
}

#[test]
fn files_come_and_go_beside_the_editor() {
    let (_folder, root, mut editor) = corpus(&[
        ("preparation/PR030.yaml", USER),
        ("preventions/PV059.yaml", CONTROL),
    ]);
    let user = root.join("corpus/preparation/PR030.yaml");
    let control = root.join("corpus/preventions/PV059.yaml");
    let dangles = |editor: &Editor| {
        let told = editor.findings.get(&uri(&user));
        told.is_some_and(|(_, found)| found.iter().any(|it| it["code"] == "dangling-reference"))
    };
    let asked = |it: &Value| it["method"] == "client/registerCapability";
    editor.open_file(&control);
    editor.settle(&control, 1);
    assert!(editor.told.iter().any(asked), "the files are watched");
    // Deleted under the editor: what is open still counts, until it is closed.
    std::fs::remove_file(&control).expect("a file");
    changed(&mut editor, &control, 3);
    editor.replace(&control, 2, CONTROL);
    editor.settle(&control, 2);
    assert!(!dangles(&editor));
    editor.close(&control);
    editor.wait(dangles);
    std::fs::write(&control, CONTROL).expect("a file");
    changed(&mut editor, &control, 1);
    editor.wait(|editor| !dangles(editor));
    // A folder goes, and the editor tells of something else only.
    std::fs::remove_dir_all(control.parent().expect("a folder")).expect("a folder");
    changed(&mut editor, &user, 2);
    editor.wait(dangles);
    // Without any word of the editor it is seen when something is saved.
    std::fs::create_dir_all(control.parent().expect("a folder")).expect("a folder");
    std::fs::write(&control, CONTROL).expect("a file");
    editor.notify(
        "textDocument/didSave",
        json!({"textDocument": {"uri": uri(&user)}}),
    );
    editor.wait(|editor| !dangles(editor));
    assert_eq!(editor.shut_down(), 0);
}

#[test]
fn a_broken_configuration_is_told_and_the_last_good_one_serves() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().canonicalize().expect("a path");
    let own = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    common::copy(&own.join("schema"), &root.join("schema"));
    let profile = root.join("corpuslint.toml");
    let good = std::fs::read_to_string(own.join("corpuslint.toml")).expect("a profile");
    std::fs::write(&profile, &good).expect("a file");
    let path = root.join("corpus/preventions/PV059.yaml");
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    std::fs::write(&path, CONTROL).expect("a file");
    let mut editor = Editor::open_folder(&root);
    let said = |editor: &Editor, part: &str| {
        let messages = editor
            .told
            .iter()
            .filter(|it| it["method"] == "window/showMessage");
        let texts = messages.filter_map(|it| it["params"]["message"].as_str());
        texts.filter(|text| text.contains(part)).count()
    };
    editor.open(&profile, 1, &good);
    editor.open(&path, 1, "id: PV059\n");
    assert!(!editor.settle(&path, 1).is_empty());
    editor.replace(&profile, 2, &good.replace("root =", "rot ="));
    let found = editor.settle(&profile, 2);
    assert_eq!(found[0]["code"], "configuration");
    assert!(
        found[0]["message"]
            .as_str()
            .is_some_and(|it| it.contains("did you mean `root`"))
    );
    editor.replace(&path, 2, "id: PV059\ntitle: One\n");
    let still = editor.settle(&path, 2);
    assert!(
        still.iter().any(|it| it["code"] == "schema-required"),
        "{still:?}"
    );
    assert_eq!(said(&editor, "did you mean `root`"), 1, "it is said once");
    editor.replace(
        &profile,
        3,
        &format!("{good}\n[rules]\norphan = \"off\"\nexpected-field = \"off\"\n"),
    );
    assert_eq!(editor.settle(&profile, 3), [] as [Value; 0]);
    editor.wait(|editor| {
        let found = &editor.findings[&uri(&path)].1;
        found.iter().all(|it| it["code"] != "expected-field")
    });
    editor.replace(&profile, 4, &format!("{good}\n[rules]\norphn = \"off\"\n"));
    assert!(
        editor.settle(&profile, 4)[0]["message"]
            .as_str()
            .is_some_and(|it| it.contains("orphan"))
    );
    editor.close(&profile);
    // A schema that is broken on disk.
    let named = good
        .split('"')
        .find(|it| it.ends_with("prevention.schema.json"));
    let schema = root.join(named.expect("a schema"));
    let text = std::fs::read_to_string(&schema).expect("a schema");
    std::fs::write(&schema, text.replace("\"x-entry\"", "\"x-entri\"")).expect("a file");
    changed(&mut editor, &schema, 2);
    editor.wait(|editor| {
        let told = editor.findings.get(&uri(&schema));
        told.is_some_and(|(_, found)| found.iter().any(|it| it["code"] == "configuration"))
    });
    // And one that is gone: the profile is to blame, which names it.
    std::fs::remove_file(&schema).expect("a file");
    changed(&mut editor, &schema, 3);
    editor.wait(|editor| {
        let told = editor.findings.get(&uri(&profile));
        told.is_some_and(|(_, found)| found.iter().any(|it| it["code"] == "configuration"))
    });
    std::fs::write(&schema, text).expect("a file");
    changed(&mut editor, &schema, 1);
    editor.wait(|editor| editor.findings[&uri(&profile)].1.is_empty());
    assert_eq!(editor.shut_down(), 0);
}

#[test]
fn what_is_in_no_corpus_is_left_alone() {
    let (_folder, root, mut editor) = corpus(&[("preventions/PV059.yaml", CONTROL)]);
    let elsewhere = tempfile::tempdir().expect("a folder");
    let outside = elsewhere
        .path()
        .canonicalize()
        .expect("a path")
        .join("PV001.yaml");
    let beside = root.join("docker-compose.yaml");
    for path in [&outside, &beside] {
        editor.open(path, 1, "a: [\n");
        let document = json!({"uri": uri(path)});
        for method in ["hover", "definition", "completion", "prepareRename"] {
            let position = json!({"line": 0, "character": 1});
            let params = json!({"textDocument": document, "position": position});
            let answer = editor.result(&format!("textDocument/{method}"), params);
            assert_eq!(answer, Value::Null, "{method}");
        }
    }
    let unnamed = json!({"uri": "untitled:Untitled-1", "languageId": "yaml", "version": 1, "text": "id: PV1\n"});
    editor.notify("textDocument/didOpen", json!({"textDocument": unnamed}));
    let inside = root.join("corpus/preventions/PV059.yaml");
    editor.open_file(&inside);
    editor.settle(&inside, 1);
    let found = |path| {
        editor
            .findings
            .get(&uri(path))
            .map_or(0, |(_, found)| found.len())
    };
    assert_eq!((found(&outside), found(&beside)), (0, 0));
    assert_eq!(editor.shut_down(), 0);
}

#[test]
fn folders_are_added_and_removed() {
    let (_one, root, mut editor) = corpus(&[("preventions/PV059.yaml", CONTROL)]);
    let (_two, other, _) = corpus(&[("preparation/PR030.yaml", USER)]);
    let user = uri(&other.join("corpus/preparation/PR030.yaml"));
    let change =
        |added: Value, removed: Value| json!({"event": {"added": added, "removed": removed}});
    let folder = json!([{"uri": uri(&other), "name": "two"}]);
    editor.notify(
        "workspace/didChangeWorkspaceFolders",
        change(folder.clone(), json!([])),
    );
    let finds = |editor: &Editor| {
        editor
            .findings
            .get(&user)
            .is_some_and(|(_, found)| !found.is_empty())
    };
    editor.wait(finds);
    // What the other corpus has does not count in this one.
    let found = &editor.findings[&user].1;
    assert!(
        found.iter().any(|it| it["code"] == "dangling-reference"),
        "{found:?}"
    );
    editor.notify(
        "workspace/didChangeWorkspaceFolders",
        change(json!([]), folder),
    );
    editor.wait(|editor| !finds(editor));
    let symbols = editor.result("workspace/symbol", json!({"query": ""}));
    assert_eq!(symbols.as_array().map(Vec::len), Some(1));
    assert!(root.is_dir());
}

/// Texts that are hard to read, or broken in the middle.
const ODD: [&str; 8] = [
    "",
    "\u{feff}---\r\nid: PR030\r\n\ttitle: 'a\r\n",
    "id: &a PR030\ntitle: *a\npreventions: *a\ndescription: |\n  \u{1f600}\u{200b} PV059 \u{e42a}",
    "{\"id\": \"PR030\", \"preventions\": [\"PV059\", \"PV0",
    "? [a, b]\n: - - - x\n",
    "id: PR030\npreventions: [PV059, {a: *b, [",
    "description: >-\n\n\n   x\n  y\n z\n",
    "a: !!binary x\n...\n---\nb: \"\\uD83D\"\n",
];

#[test]
fn no_place_is_too_odd() {
    let (_folder, root, mut editor) = corpus(&[("preventions/PV059.yaml", CONTROL)]);
    for (number, (text, name)) in ODD
        .iter()
        .zip(["yaml", "json", "md"].iter().cycle())
        .enumerate()
    {
        let path = root.join(format!("corpus/preparation/PR03{number}.{name}"));
        editor.open(&path, 1, text);
        let document = json!({"uri": uri(&path)});
        for (number, line) in text.split('\n').enumerate() {
            for character in 0..=line.len() + 1 {
                let position = json!({"line": number, "character": character});
                let params = json!({
                    "textDocument": document,
                    "position": position,
                    "range": {"start": position, "end": position},
                    "context": {"diagnostics": [], "includeDeclaration": true},
                    "newName": "PV070",
                });
                for method in ["hover", "completion", "references", "codeAction", "rename"] {
                    let answer = editor.request(&format!("textDocument/{method}"), params.clone());
                    assert_ne!(
                        code(&answer),
                        -32603,
                        "{method} {position} {text:?}: {answer}"
                    );
                }
            }
        }
        for method in ["documentSymbol", "formatting"] {
            let params = json!({"textDocument": document});
            let answer = editor.request(&format!("textDocument/{method}"), params);
            assert_ne!(code(&answer), -32603, "{method} {text:?}: {answer}");
        }
        editor.settle(&path, 1);
    }
    assert_eq!(editor.shut_down(), 0);
}

#[test]
fn half_of_a_change_is_said() {
    let (_folder, root, mut editor) = corpus(&[("preventions/PV059.yaml", CONTROL)]);
    let stage = root.join("corpus").join(corpuslint::write::STAGE);
    std::fs::create_dir(&stage).expect("a folder");
    std::fs::write(stage.join("journal"), "{}").expect("a file");
    let path = root.join("corpus/preventions/PV059.yaml");
    editor.open_file(&path);
    let is_said = |it: &Value| {
        let message = it["params"]["message"].as_str();
        message.is_some_and(|text| text.contains("under way or was interrupted"))
    };
    editor.wait(|editor| editor.told.iter().any(is_said));
    std::fs::remove_dir_all(&stage).expect("a folder");
    editor.replace(&path, 2, CONTROL);
    editor.settle(&path, 2);
    editor.result("workspace/symbol", json!({"query": ""}));
    assert_eq!(editor.told.iter().filter(|it| is_said(it)).count(), 1);
    assert_eq!(editor.shut_down(), 0);
}
