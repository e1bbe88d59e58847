//! What the editor writes for an author: names, values, IDs, the canonical form, another ID.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::client::{Editor, at, carry_out, corpus, position, uri};
use crate::common;

const SECTION: &str = "id: PR030\ntitle: Tokens\npreventions:\n  - PV059\ncontributors:\n  - Ann Example\ndescription: |\n  Prepared.\n";
const CONTROL: &str = "id: PV059\ntitle: Threat Intelligence\ndescription: Feeds.\n";
const OTHER: &str = "id: PV060\ntitle: Guards\ndescription: Guards.\n";
const RETIRED: &str = "id: PV061\ntitle: Old\nstatus: retired\nretired: 2025-01-01\nreason: Gone.\ndescription: One.\n";
const DETECTION: &str = "id: DT046\ntitle: Logs\ndescription: Logs.\n";

fn files() -> [(&'static str, &'static str); 5] {
    [
        ("preparation/PR030.yaml", SECTION),
        ("preventions/PV059.yaml", CONTROL),
        ("preventions/PV060.yaml", OTHER),
        ("preventions/PV061.yaml", RETIRED),
        ("detections/DT046.yaml", DETECTION),
    ]
}

/// What is offered where `|` stands in a text, and the text with the first of it.
fn completed(
    editor: &mut Editor,
    path: &Path,
    version: i64,
    marked: &str,
) -> (Vec<String>, String) {
    let text = marked.replacen('|', "", 1);
    editor.replace(path, version, &text);
    let at = position(marked, "|");
    let params = json!({"textDocument": {"uri": uri(path)}, "position": at});
    let list = editor.result("textDocument/completion", params);
    let items = list["items"].as_array().cloned().unwrap_or_default();
    let labels = items
        .iter()
        .map(|it| it["label"].as_str().expect("a label").to_owned())
        .collect();
    let Some(first) = items.first() else {
        return (labels, text);
    };
    let edit = json!({"documentChanges": [{
        "textDocument": {"uri": uri(path)},
        "edits": [first["textEdit"]],
    }]});
    let mut texts = BTreeMap::from([(path.to_owned(), text)]);
    carry_out(&edit, &mut texts);
    (labels, texts.remove(path).expect("the file"))
}

#[test]
fn what_fits_is_offered_while_the_text_is_not_whole() {
    let (_folder, root, mut editor) = corpus(&files());
    let path = root.join("corpus/preparation/PR030.yaml");
    editor.open_file(&path);
    let today = jiff::Timestamp::now()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date()
        .to_string();
    let mut version = 1;
    for (marked, labels, after) in [
        (
            "id: PR030\npreventions:\n  - |\n",
            &["PV059", "PV060"][..],
            "id: PR030\npreventions:\n  - PV059\n",
        ),
        (
            "id: PR030\npreventions:\n  - PV059\n  - PV|\n",
            &["PV060"],
            "id: PR030\npreventions:\n  - PV059\n  - PV060\n",
        ),
        (
            "id: PR030\npreventions: [PV059, gua|\n",
            &["PV060"],
            "id: PR030\npreventions: [PV059, PV060\n",
        ),
        (
            "id: PR030\npreventions: [\"PV06|\"]\n",
            &["PV060"],
            "id: PR030\npreventions: [\"PV060\"]\n",
        ),
        (
            "id: PR030\npreventions: |\ntitle: A\n",
            &["PV059", "PV060"],
            "id: PR030\npreventions: [PV059]\ntitle: A\n",
        ),
        (
            "id: PR030\ndetections: [|]\n",
            &["DT046"],
            "id: PR030\ndetections: [DT046]\n",
        ),
        (
            "id: PR030\nstatus: |\n",
            &["retired"],
            "id: PR030\nstatus: retired\n",
        ),
        (
            "id: PR030\nreplaced_by: pv|\n",
            &["PV059", "PV060"],
            "id: PR030\nreplaced_by: PV059\n",
        ),
        (
            "id: PR030\ncreated: |\n",
            &[today.as_str()],
            &format!("id: PR030\ncreated: {today}\n"),
        ),
    ] {
        version += 1;
        let (found, text) = completed(&mut editor, &path, version, marked);
        assert_eq!(found, labels, "{marked}");
        assert_eq!(text, after, "{marked}");
    }
    let prose = "id: PR030\ndescription: >\n  As in PV06|, or so.\n";
    let (found, text) = completed(&mut editor, &path, version + 1, prose);
    assert_eq!(
        (found, text),
        (vec!["PV060".to_owned()], prose.replace("PV06|", "PV060"))
    );
    let people = "id: PR030\ncontributors:\n  - Ann Example\n";
    editor.replace(&path, version + 2, people);
    let other = root.join("corpus/preparation/PR031.yaml");
    editor.open(&other, 1, "");
    let marked = "id: PR031\ncontributors:\n  - |\n";
    let (found, _) = completed(&mut editor, &other, 2, marked);
    assert_eq!(found, ["Ann Example"], "people of other entries");
}

#[test]
fn names_of_fields_are_offered_once_with_what_they_are_for() {
    let (_folder, root, mut editor) = corpus(&files());
    let path = root.join("corpus/preparation/PR030.yaml");
    editor.open_file(&path);
    let (found, text) = completed(&mut editor, &path, 2, "id: PR030\nti|\ndescription: One.\n");
    assert!(
        found.contains(&"title".to_owned()) && !found.contains(&"id".to_owned()),
        "{found:?}"
    );
    assert_eq!(text, "id: PR030\ntitle: \ndescription: One.\n");
    let (found, _) = completed(&mut editor, &path, 3, "|");
    assert_eq!(found.first().map(String::as_str), Some("id"));
    let (found, _) = completed(&mut editor, &path, 4, "id: PR030\nreferences:\n  - ti|\n");
    assert_eq!(found, ["title", "url"]);

    let json = root.join("corpus/preparation/PR031.json");
    editor.open(&json, 1, "{}");
    let (found, text) = completed(&mut editor, &json, 2, "{\"id\": \"PR031\", |}");
    assert_eq!(found.first().map(String::as_str), Some("title"));
    assert_eq!(text, "{\"id\": \"PR031\", \"title\": }");
    let (found, text) = completed(&mut editor, &json, 3, "{\"preventions\": [|]}");
    assert_eq!(
        (found.len(), text.as_str()),
        (2, "{\"preventions\": [\"PV059\"]}")
    );
    let (_, text) = completed(&mut editor, &json, 4, "{\"preventions\": [\"PV0|\"]}");
    assert_eq!(text, "{\"preventions\": [\"PV059\"]}");

    let markdown = root.join("corpus/preparation/PR032.md");
    editor.open(&markdown, 1, "");
    let (found, _) = completed(
        &mut editor,
        &markdown,
        2,
        "---\nid: PR032\npreventions: [|]\n---\nText.\n",
    );
    assert_eq!(found, ["PV059", "PV060"]);

    let params =
        json!({"textDocument": {"uri": uri(&path)}, "position": {"line": 0, "character": 0}});
    editor.replace(&path, 5, "id: PR030\npreventions: []\n");
    let _ = editor.result("textDocument/completion", params);
    let params =
        json!({"textDocument": {"uri": uri(&path)}, "position": {"line": 1, "character": 14}});
    let list = editor.result("textDocument/completion", params);
    let item = editor.result("completionItem/resolve", list["items"][0].clone());
    let card = item["documentation"]["value"].as_str().expect("a card");
    assert!(
        card.contains("**PV059** Threat Intelligence") && card.contains("Feeds"),
        "{card}"
    );
}

#[test]
fn the_canonical_form_is_an_edit() {
    let (_folder, root, mut editor) = corpus(&files());
    let path = root.join("corpus/preparation/PR030.yaml");
    let text = "title: 'Tokens' # kept\nid: PR030\npreventions: [PV059]\ndescription: One.\n";
    editor.open(&path, 1, text);
    let options = json!({"tabSize": 2, "insertSpaces": true});
    let params = json!({"textDocument": {"uri": uri(&path)}, "options": options});
    let edits = editor.result("textDocument/formatting", params.clone());
    let edit = json!({"documentChanges": [{"textDocument": {"uri": uri(&path)}, "edits": edits}]});
    let mut texts = BTreeMap::from([(path.clone(), text.to_owned())]);
    carry_out(&edit, &mut texts);
    let formatted = &texts[&path];
    assert!(
        formatted.starts_with("id: PR030\ntitle: Tokens # kept\n"),
        "{formatted}"
    );
    editor.replace(&path, 2, formatted);
    assert_eq!(
        editor.result("textDocument/formatting", params.clone()),
        json!([])
    );
    editor.replace(&path, 3, "id: [\n");
    let refused = editor.request("textDocument/formatting", params);
    assert_eq!(refused["error"]["code"], -32803, "{refused}");
}

fn texts(root: &Path) -> BTreeMap<PathBuf, String> {
    let files = common::files(&root.join("corpus"), "yaml").into_iter();
    files
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("a file");
            (path, text)
        })
        .collect()
}

fn git(root: &Path, arguments: &[&str]) {
    let status = Command::new("git")
        .args(["-c", "user.name=A", "-c", "user.email=a@example.org", "-C"])
        .arg(root)
        .args(arguments)
        .stdout(std::process::Stdio::null())
        .status();
    assert!(status.expect("git").success(), "{arguments:?}");
}

fn rename(editor: &mut Editor, path: &Path, text: &str, part: &str, new: &str) -> Value {
    let mut params = at(path, text, part);
    params["newName"] = new.into();
    editor.request("textDocument/rename", params)
}

#[test]
fn an_id_that_nobody_knows_yet_gets_another_without_a_trace() {
    let (_folder, root, mut editor) = corpus(&files());
    let path = root.join("corpus/preparation/PR030.yaml");
    let text = SECTION.replace("Prepared.", "Prepared, as in PV059.");
    editor.open(&path, 1, &text);
    let place = editor.result("textDocument/prepareRename", at(&path, &text, "V059"));
    assert_eq!(place["placeholder"], "PV059");
    assert_eq!(place["range"]["start"], json!({"line": 3, "character": 4}));
    let none = editor.result("textDocument/prepareRename", at(&path, &text, "Tokens"));
    assert_eq!(none, Value::Null);
    let answer = rename(&mut editor, &path, &text, "PV059", "PV070");
    let mut all = texts(&root);
    all.insert(path.clone(), text.clone());
    carry_out(&answer["result"], &mut all);
    assert_eq!(all[&path], text.replace("PV059", "PV070"));
    let moved = root.join("corpus/preventions/PV070.yaml");
    assert_eq!(all[&moved], CONTROL.replace("PV059", "PV070"));
    assert_eq!(all.len(), 5, "no tombstone: {:?}", all.keys());
    for (new, reason) in [
        ("PV060", "taken"),
        ("PV061", "taken"),
        ("DT070", "prevention"),
        ("nonsense", "no ID"),
        ("", "no ID"),
    ] {
        let refused = rename(&mut editor, &path, &text, "PV059", new);
        let message = refused["error"]["message"].as_str().expect("a reason");
        assert!(message.contains(reason), "{new}: {message}");
    }
}

#[test]
fn a_published_id_leaves_a_tombstone_and_is_never_taken_again() {
    let (_folder, root, mut editor) = corpus(&files());
    git(&root, &["init", "-q"]);
    git(&root, &["add", "-A"]);
    git(&root, &["commit", "-qm", "one"]);
    git(&root, &["rm", "-q", "corpus/detections/DT046.yaml"]);
    git(&root, &["commit", "-qm", "two"]);
    let path = root.join("corpus/preventions/PV059.yaml");
    editor.open_file(&path);
    let answer = rename(&mut editor, &path, CONTROL, "PV059", "PV070");
    let mut all = texts(&root);
    carry_out(&answer["result"], &mut all);
    let stone = &all[&path];
    assert!(
        stone.contains("status: retired") && stone.contains("replaced_by: PV070"),
        "{stone}"
    );
    assert!(all[&root.join("corpus/preparation/PR030.yaml")].contains("- PV070"));
    let detection = "id: DT050\ntitle: Logs\ndescription: Logs.\n";
    let path = root.join("corpus/detections/DT050.yaml");
    editor.open(&path, 1, detection);
    let refused = rename(&mut editor, &path, detection, "DT050", "DT046");
    let message = refused["error"]["message"].as_str().expect("a reason");
    assert!(message.contains("was used before"), "{message}");
}

#[test]
fn an_editor_that_cannot_rename_files_is_told_the_command() {
    let (_folder, root, _) = corpus(&files());
    let mut editor = Editor::start();
    editor.initialize(&root, json!({"general": {"positionEncodings": ["utf-8"]}}));
    let path = root.join("corpus/preventions/PV059.yaml");
    editor.open_file(&path);
    let refused = rename(&mut editor, &path, CONTROL, "PV059", "PV070");
    let message = refused["error"]["message"].as_str().expect("a reason");
    assert!(
        message.contains("corpuslint id move PV059 PV070"),
        "{message}"
    );
}

/// Other IDs, other kinds, other names of fields: all of it is said by profile and schemas.
#[test]
fn another_framework_is_served_as_well() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().canonicalize().expect("a path");
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/framework/cookbook");
    common::copy(&own, &root);
    let mut editor = Editor::open_folder(&root);
    let soup = root.join("recipes/soups/r-soup-01.yaml");
    let text = editor.open_file(&soup);
    let found = editor.settle(&soup, 1);
    assert!(
        found.iter().any(|it| it["code"] == "dangling-reference"),
        "{found:?}"
    );
    let leek = editor.result("textDocument/definition", at(&soup, &text, "i001\n"));
    assert_eq!(leek[0]["uri"], uri(&root.join("larder/i001.json")));
    let card = editor.result("textDocument/hover", at(&soup, &text, "i001\n"));
    let card = card["contents"]["value"].as_str().expect("a card");
    assert!(card.contains("**i001** Leek\n\ningredient"), "{card}");
    let marked = "key: r-soup-01\nuses: [le|]\n";
    let (found, after) = completed(&mut editor, &soup, 2, marked);
    assert_eq!(found.first().map(String::as_str), Some("i001"));
    assert_eq!(after, "key: r-soup-01\nuses: [i001]\n");
    let (found, _) = completed(&mut editor, &soup, 3, "key: r-soup-01\no|\n");
    assert_eq!(
        found,
        [
            "name",
            "written",
            "revised",
            "cooks",
            "uses",
            "goes_with",
            "oven",
            "method"
        ]
    );
    editor.replace(&soup, 4, &text);
    let answer = rename(&mut editor, &soup, &text, "i001", "i050");
    let mut all = BTreeMap::new();
    for path in common::files(&root, "yaml")
        .into_iter()
        .chain(common::files(&root, "json"))
    {
        let text = std::fs::read_to_string(&path).expect("a file");
        all.insert(path, text);
    }
    carry_out(&answer["result"], &mut all);
    assert!(
        all[&soup].contains("- i050") && all[&soup].contains("Boil i050 in"),
        "{}",
        all[&soup]
    );
    assert!(all[&root.join("larder/i050.json")].contains("\"code\": \"i050\""));
    assert_eq!(editor.shut_down(), 0);
}
