//! Quick fixes, and what they leave.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use crate::client::{Editor, able, carry_out, corpus, position, uri};

const CONTROL: &str =
    "id: PV059\ntitle: Insider-Focused Threat Intelligence\ndescription: Feeds.\n";

fn actions(editor: &mut Editor, path: &Path, start: Value, only: Value) -> Vec<Value> {
    let actions = editor.result(
        "textDocument/codeAction",
        json!({
            "textDocument": {"uri": uri(path)},
            "range": {"start": start, "end": start},
            "context": {"diagnostics": [], "only": only},
        }),
    );
    actions.as_array().expect("a list").clone()
}

fn fixed(text: &str, path: &Path, action: &Value) -> String {
    let mut texts = BTreeMap::from([(path.to_owned(), text.to_owned())]);
    carry_out(&action["edit"], &mut texts);
    texts.into_values().next().expect("a file")
}

#[test]
fn a_quick_fix_mends_and_an_allowance_waits_for_its_reason() {
    let broken = "id: PR030\ntitle: \"Tokens \"\npreventions:\n  - PV590\ndescription: |\n  One.\n\n  See MT999.\n";
    let (_folder, root, mut editor) = corpus(&[
        ("preparation/PR030.yaml", broken),
        ("preventions/PV059.yaml", CONTROL),
    ]);
    let path = root.join("corpus/preparation/PR030.yaml");
    editor.open(&path, 1, broken);
    let found = editor.settle(&path, 1);
    let rules: Vec<&str> = found.iter().filter_map(|it| it["code"].as_str()).collect();
    assert!(rules.contains(&"dangling-reference") && rules.contains(&"dangling-mention"));
    let href = found[0]["codeDescription"]["href"]
        .as_str()
        .expect("a page");
    assert!(
        href.starts_with("https://") && href.ends_with(".md"),
        "{href}"
    );

    let here = actions(&mut editor, &path, position(broken, "PV590"), Value::Null);
    let titles: Vec<&str> = here.iter().filter_map(|it| it["title"].as_str()).collect();
    assert_eq!(
        titles,
        [
            "Write `PV059`",
            "Allow `dangling-reference` here, and say why"
        ]
    );
    assert_eq!(here[0]["isPreferred"], false, "it is a guess");
    let mended = fixed(broken, &path, &here[0]);
    assert_eq!(mended, broken.replace("PV590", "PV059"));

    let allowed = fixed(broken, &path, &here[1]);
    let comment = "  # corpuslint: allow dangling-reference -- \n  - PV590";
    assert!(allowed.contains(comment), "{allowed}");
    editor.replace(&path, 2, &allowed);
    let found = editor.settle(&path, 2);
    let has = |found: &[Value], rule: &str| found.iter().any(|it| it["code"] == rule);
    assert!(has(&found, "dangling-reference") && has(&found, "unused-suppression"));
    editor.replace(&path, 3, &allowed.replace(" -- ", " -- it comes next week"));
    let found = editor.settle(&path, 3);
    assert!(!has(&found, "dangling-reference") && !has(&found, "unused-suppression"));

    // Within a block of text, the comment stands above the field.
    editor.replace(&path, 4, broken);
    let here = actions(&mut editor, &path, position(broken, "MT999"), Value::Null);
    let allow = here
        .iter()
        .find(|it| it["title"].as_str().is_some_and(|it| it.contains("Allow")));
    let allowed = fixed(broken, &path, allow.expect("an allowance"));
    assert!(
        allowed.contains("# corpuslint: allow dangling-mention -- \ndescription: |"),
        "{allowed}"
    );
    editor.replace(&path, 5, &allowed.replace(" -- ", " -- it comes next week"));
    let found = editor.settle(&path, 5);
    assert!(!has(&found, "dangling-mention") && !has(&found, "unused-suppression"));
}

#[test]
fn all_safe_fixes_are_applied_until_there_are_no_more() {
    let broken = "id: PR030\ntitle: \"Tokens \"\ncreated: 2nd May 2024\nupdated: 2024-05-03\npreventions:\n  - PV590\n  - pv059 # kept\ndescription: One.\n";
    let (_folder, root, mut editor) = corpus(&[
        ("preparation/PR030.yaml", broken),
        ("preventions/PV059.yaml", CONTROL),
    ]);
    let path = root.join("corpus/preparation/PR030.yaml");
    editor.open(&path, 1, broken);
    let all = actions(
        &mut editor,
        &path,
        json!({"line": 0, "character": 0}),
        json!(["source.fixAll"]),
    );
    assert_eq!(all.len(), 1, "{all:?}");
    assert_eq!(all[0]["kind"], "source.fixAll.corpuslint");
    let mended = fixed(broken, &path, &all[0]);
    let expected = broken
        .replace("\"Tokens \"", "Tokens")
        .replace("2nd May 2024", "2024-05-02")
        .replace("pv059", "PV059");
    assert_eq!(mended.replace("\"Tokens\"", "Tokens"), expected);
    // What was tried in memory is not what the file says.
    let found = editor.settle(&path, 1);
    assert!(
        found.iter().any(|it| it["code"] == "date-format"),
        "{found:?}"
    );
    editor.replace(&path, 2, &mended);
    editor.settle(&path, 2);
    let none = actions(
        &mut editor,
        &path,
        json!({"line": 0, "character": 0}),
        json!(["source"]),
    );
    assert_eq!(none, [] as [Value; 0]);
}

#[test]
fn a_file_is_renamed_where_the_editor_can() {
    let text = CONTROL.replace("PV059", "PV060");
    for (can, expected) in [(able(), 1), (json!({}), 0)] {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().canonicalize().expect("a path");
        let path = root.join("corpus/preventions/PV060 copy.yaml");
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(&path, &text).expect("a file");
        let mut editor = Editor::start();
        editor.initialize(&root, can);
        editor.open(&path.clone(), 1, &text);
        let found = actions(
            &mut editor,
            &path,
            position(&text, "PV060"),
            json!(["quickfix"]),
        );
        let renames = found.iter().filter(|it| {
            let changes = it["edit"]["documentChanges"].as_array();
            changes.is_some_and(|all| all.iter().any(|change| change["kind"] == "rename"))
        });
        assert_eq!(renames.count(), expected, "{found:?}");
    }
}

#[test]
fn findings_elsewhere_follow_what_is_typed_here() {
    let user = "id: PR030\ntitle: Tokens\npreventions:\n  - PV059\ndescription: One.\n";
    let (_folder, root, mut editor) = corpus(&[
        ("preparation/PR030.yaml", user),
        ("preventions/PV059.yaml", CONTROL),
    ]);
    let control = root.join("corpus/preventions/PV059.yaml");
    let elsewhere = uri(&root.join("corpus/preparation/PR030.yaml"));
    let dangles = |editor: &Editor| {
        let told = editor.findings.get(&elsewhere);
        told.is_some_and(|(_, found)| found.iter().any(|it| it["code"] == "retired-reference"))
    };
    editor.open(&control, 1, CONTROL);
    editor.settle(&control, 1);
    assert!(!dangles(&editor));
    let retired = format!("{CONTROL}status: retired\nretired: 2025-01-01\nreason: It moved.\n");
    editor.replace(&control, 2, &retired);
    editor.wait(dangles);
    let (_, found) = &editor.findings[&elsewhere];
    let related = &found
        .iter()
        .find(|it| it["code"] == "retired-reference")
        .expect("it")["relatedInformation"];
    assert!(related.is_null() || related[0]["location"]["uri"].is_string());
    editor.close(&control);
    editor.wait(|editor| !dangles(editor));
}
