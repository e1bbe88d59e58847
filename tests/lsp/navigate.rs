//! Going from an ID to its entry and back, and what is shown on the way.

use serde_json::{Value, json};

use crate::client::{Editor, able, at, corpus, position, uri};

const SECTION: &str = "\u{feff}id: PR030\ntitle: Tokens\ncreated: 2024-05-02\npreventions:\n  - PV059\n  - \"PV060\"\ndescription: |\n  \u{1f600} Prepared, as in PV059.\n";
const CONTROL: &str = "id: PV059\ntitle: Threat Intelligence\ncreated: 2024-01-02\nupdated: 2024-03-04\ndescription: |\n  Feeds are *read*.\n  Every day.\n\n  And more.\n";
const OLD: &str = "id: PV060\ntitle: Old\nstatus: retired\nretired: 2025-01-01\nreason: It moved.\nreplaced_by: PV059\ndescription: One.\n";

fn files() -> [(&'static str, &'static str); 3] {
    [
        ("preparation/PR030.yaml", SECTION),
        ("preventions/PV059.yaml", CONTROL),
        ("preventions/PV060.yaml", OLD),
    ]
}

fn lines(locations: &Value) -> Vec<String> {
    let locations = locations.as_array().expect("a list");
    let line = |it: &Value| {
        let uri = it["uri"].as_str().expect("a URI");
        let name = uri.rsplit('/').next().expect("a name").to_owned();
        let (start, end) = (&it["range"]["start"], &it["range"]["end"]);
        format!(
            "{name}:{}:{}-{}",
            start["line"], start["character"], end["character"]
        )
    };
    locations.iter().map(line).collect()
}

#[test]
fn definitions_and_references_lead_over_files() {
    let (_folder, root, mut editor) = corpus(&files());
    let path = root.join("corpus/preparation/PR030.yaml");
    let text = editor.open_file(&path);
    for part in ["PV059\n", "V059\n", "059."] {
        let found = editor.result("textDocument/definition", at(&path, &text, part));
        assert_eq!(lines(&found), ["PV059.yaml:0:4-9"], "{part}");
    }
    let found = editor.result("textDocument/definition", at(&path, &text, "V060"));
    assert_eq!(lines(&found), ["PV060.yaml:0:4-9"]);
    let none = editor.result("textDocument/definition", at(&path, &text, "Tokens"));
    assert_eq!(none, Value::Null);
    let mut params = at(&path, &text, "PV059");
    params["context"] = json!({"includeDeclaration": true});
    let found = editor.result("textDocument/references", params.clone());
    let uses = ["PR030.yaml:4:4-9", "PR030.yaml:7:23-28"];
    let all = [&uses[..], &["PV059.yaml:0:4-9", "PV060.yaml:5:13-18"]].concat();
    assert_eq!(lines(&found), all);
    params["context"] = json!({"includeDeclaration": false});
    let found = editor.result("textDocument/references", params);
    assert_eq!(lines(&found), [all[0], all[1], all[3]]);
    // What is typed and not saved counts, in a file that is broken too.
    let typed = format!("{text}extra: [PV060\n");
    editor.replace(&path, 2, &typed);
    let found = editor.result("textDocument/definition", at(&path, &typed, "V060\n"));
    assert_eq!(lines(&found), ["PV060.yaml:0:4-9"]);
}

#[test]
fn an_editor_that_counts_in_utf_16_is_told_so_and_in_it() {
    let (_folder, root, _) = corpus(&files());
    let mut editor = Editor::start();
    let answer = editor.initialize(&root, json!({}));
    assert_eq!(answer["capabilities"]["positionEncoding"], "utf-16");
    let path = root.join("corpus/preparation/PR030.yaml");
    editor.open_file(&path);
    let found = editor.result(
        "textDocument/references",
        json!({
            "textDocument": {"uri": uri(&path)},
            "position": {"line": 7, "character": 24},
            "context": {"includeDeclaration": false},
        }),
    );
    assert_eq!(lines(&found)[1], "PR030.yaml:7:21-26", "two units a face");
    let change = json!({"start": {"line": 7, "character": 2}, "end": {"line": 7, "character": 5}});
    editor.notify(
        "textDocument/didChange",
        json!({
            "textDocument": {"uri": uri(&path), "version": 2},
            "contentChanges": [{"range": change, "text": ""}],
        }),
    );
    let found = editor.result(
        "textDocument/references",
        json!({
            "textDocument": {"uri": uri(&path)},
            "position": {"line": 7, "character": 21},
            "context": {"includeDeclaration": false},
        }),
    );
    assert_eq!(lines(&found)[1], "PR030.yaml:7:18-23");
}

#[test]
fn pointing_at_an_id_shows_its_card() {
    let (_folder, root, mut editor) = corpus(&files());
    let path = root.join("corpus/preparation/PR030.yaml");
    let text = editor.open_file(&path);
    let mut shown = |part: &str| {
        let hover = editor.result("textDocument/hover", at(&path, &text, part));
        hover["contents"]["value"].as_str().unwrap_or("").to_owned()
    };
    let card = shown("PV059");
    for part in [
        "**PV059** Threat Intelligence",
        "prevention · created 2024-01-02 · updated 2024-03-04 · used by 2 entries",
        "Feeds are &#42;read&#42;. Every day.",
    ] {
        assert!(card.contains(part), "{part}: {card}");
    }
    assert!(!card.contains("And more"), "{card}");
    let card = shown("PV060");
    assert!(card.contains("**retired**, replaced by PV059"), "{card}");
    assert!(
        card.contains("`retired-reference`") && card.contains("Help: "),
        "{card}"
    );
    assert!(shown("title").contains("name of this section"));
    assert_eq!(shown("Tokens"), "");
}

#[test]
fn outlines_and_search_know_the_entries() {
    let (_folder, root, mut editor) = corpus(&files());
    let path = root.join("corpus/preparation/PR030.yaml");
    editor.open_file(&path);
    let document = json!({"textDocument": {"uri": uri(&path)}});
    let symbols = editor.result("textDocument/documentSymbol", document.clone());
    assert_eq!(
        (&symbols[0]["name"], &symbols[0]["detail"]),
        (&json!("PR030"), &json!("Tokens"))
    );
    let fields = symbols[0]["children"].as_array().expect("fields");
    let names: Vec<&str> = fields.iter().filter_map(|it| it["name"].as_str()).collect();
    assert_eq!(
        names,
        ["id", "title", "created", "preventions", "description"]
    );
    let found = editor.result("workspace/symbol", json!({"query": "threat"}));
    assert_eq!(found[0]["name"], "PV059 Threat Intelligence");
    assert_eq!(found.as_array().map(Vec::len), Some(1));
    let all = editor.result("workspace/symbol", json!({"query": ""}));
    assert_eq!(all.as_array().map(Vec::len), Some(3));

    let mut plain = Editor::start();
    let mut can = able();
    can["textDocument"] = json!({});
    plain.initialize(&root, can);
    let symbols = plain.result("textDocument/documentSymbol", document);
    assert_eq!(symbols[0]["location"]["uri"], uri(&path));
    assert_eq!(position("a\nbc", "c"), json!({"line": 1, "character": 1}));
}
