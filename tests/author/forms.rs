//! `new --from-issue`: what a stranger writes into a form becomes an entry, or a fault with its line.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use corpuslint::author::issue::{self, Filled};
use corpuslint::author::{Draft, Shelf};
use corpuslint::history::Ledger;
use corpuslint::schema::instance;
use corpuslint::snapshot::{Finder, Workspace};
use corpuslint::syntax::{self, Format, Limits};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use super::Corpus;

const FORM: &str = "### Kind of entry\n\nsubsection\n\n### What it belongs to\n\nMT012\n\n### Title\n\nDeepfake Blackmail\n\n\
### Contributors\n\nAnn Lee\nBo\n\n### Platforms\n\nWindows, Amazon Web Services (AWS)\n\n\
### Preventions\n\nPV013, PV059\n\n### Detections\n\n_No response_\n\n\
### References\n\nA page | https://example.org/a\nAnother | https://example.org/b?c=1|2\n\n\
### Attack\n\nT1078 | Valid Accounts | https://attack.mitre.org/techniques/T1078/\nTA0001 | Initial Access\n\n\
### Description\n\nThe subject is shown a film of what never happened.\n\n<!-- a reminder\n### Title\n-->\n#### Signs\n\n- one\n- two\n\n```sh\n### not a heading\n<!-- not a comment -->\n```\n";

#[test]
fn a_filled_in_form_becomes_an_entry() {
    let corpus = corpus!();
    for form in [FORM.to_owned(), FORM.replace('\n', "\r\n")] {
        corpus.0.write("issue.md", form);
        let out = corpus.good(&["new", "--from-issue", "issue.md"]);
        assert_eq!(out, "corpus/motive/MT012.009.yaml\n");
        let today = super::today();
        let expected = format!(
            "id: MT012.009\ntitle: Deepfake Blackmail\ncreated: {today}\nupdated: {today}\ncontributors:\n  - Ann Lee\n  - Bo\n\
platforms:\n  - Windows\n  - Amazon Web Services (AWS)\npreventions:\n  - PV013\n  - PV059\nreferences:\n  - title: A page\n    url: https://example.org/a\n  - title: Another\n    url: https://example.org/b?c=1|2\n\
attack:\n  - ref: T1078\n    name: Valid Accounts\n    url: https://attack.mitre.org/techniques/T1078/\n  - ref: TA0001\n    name: Initial Access\n\
description: |\n  The subject is shown a film of what never happened.\n\n  #### Signs\n\n  - one\n  - two\n\n  ```sh\n  ### not a heading\n  <!-- not a comment -->\n  ```\n"
        );
        assert_eq!(corpus.read("corpus/motive/MT012.009.yaml"), expected);
        corpus.0.remove("corpus/motive/MT012.009.yaml");
    }
    let ran = corpus.run_with(&["new", "--from-issue", "-", "--diff"], FORM);
    assert!(ran.out.contains("+id: MT012.009"), "{}{}", ran.out, ran.err);
}

#[test]
fn faults_have_their_lines() {
    let corpus = corpus!();
    for (from, to, expected) in [
        (
            "### Title\n",
            "### Titel\n",
            "9: `Titel` is no heading of this form, perhaps `Title`; within an answer",
        ),
        (
            "Deepfake Blackmail",
            "_No response_",
            "9: `Title` is not answered",
        ),
        (
            "Deepfake Blackmail",
            "One\nTwo",
            "11: the answer must be on one line",
        ),
        (
            "MT012\n",
            "MT999\n",
            "5: `MT999` is not the ID of a section here",
        ),
        ("MT012\n", "../../x\n", "5: `../../x` is not the ID"),
        ("subsection\n", "release\n", "1: "),
        (
            "subsection\n",
            "sub-section\n",
            "1: `sub-section` is no kind of entry; did you mean `subsection`?",
        ),
        (
            "Windows,",
            "Window,",
            "20: `Window` is none of the choices; did you mean `Windows`?",
        ),
        (
            "PV013, PV059",
            "PV013, DT046",
            "24: `DT046` is not the ID of a prevention",
        ),
        (
            "A page | https://example.org/a",
            "A page",
            "32: `A page` must have its parts in this order: title | url",
        ),
        (
            "#### Signs",
            "### Signs",
            "47: `Signs` is no heading of this form",
        ),
        (
            "#### Signs",
            "### Title\n\nAnother",
            "47: `Title` is answered on line 9 already",
        ),
        ("```\n", "", "52: the code that begins here never ends"),
        (
            "### Kind",
            "Hello\n\n### Kind",
            "1: this stands before the first heading",
        ),
        (
            "### Kind of entry",
            "### Kind",
            "1: there is no heading `Kind of entry`",
        ),
    ] {
        assert!(FORM.contains(from), "{from}");
        let form = match from {
            "```\n" => FORM.trim_end().trim_end_matches("```").to_owned(),
            _ => FORM.replacen(from, to, 1),
        };
        let ran = corpus.run_with(&["new", "--from-issue", "-"], &form);
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{to}: {}", ran.err);
        let start = format!("error: -:{expected}");
        assert!(
            ran.err.lines().any(|line| line.starts_with(&start)),
            "{expected}: {}",
            ran.err
        );
    }
    let ran = corpus.run_with(&["new", "--from-issue", "-"], &format!("{FORM}\n<!-- x\ny"));
    assert!(
        ran.err
            .contains("-:57: the comment that begins here never ends"),
        "{}",
        ran.err
    );
    assert_eq!(corpus.0.git(&["status", "--short"]), "");
}

#[test]
fn what_is_no_form_at_all() {
    let corpus = corpus!();
    let huge = format!("{FORM}{}", "x".repeat(300_000));
    for (body, code) in [
        ("", 1),
        ("Hello", 1),
        ("\u{0}", 1),
        (huge.as_str(), 1),
        ("### Kind of entry\n\nsection", 1),
    ] {
        let ran = corpus.run_with(&["new", "--from-issue", "-"], body);
        assert_eq!((ran.code, ran.out.as_str()), (code, ""), "{}", ran.err);
        assert!(
            ran.err
                .lines()
                .all(|line| line.starts_with("error: ") && line.len() < 400),
            "{}",
            ran.err
        );
    }
    fs::write(corpus.path("latin.md"), b"### Kind of entry\n\n\xff\n").expect("a file");
    let reason = corpus.refused(&["new", "--from-issue", "latin.md"]);
    assert!(reason.contains("it is not UTF-8 text"), "{reason}");
    let reason = corpus.refused(&["new", "--from-issue", "nowhere.md"]);
    assert!(reason.starts_with("nowhere.md: "), "{reason}");
    let reason = corpus.refused(&["new", "section", "--from-issue", "latin.md"]);
    assert!(reason.contains("--from-issue"), "{reason}");
}

/// Lines that try to become something else than an answer.
fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("### Title".to_owned()),
        Just("#### Title".to_owned()),
        Just("---".to_owned()),
        Just("...".to_owned()),
        Just("id: MT001".to_owned()),
        Just("status: retired".to_owned()),
        Just("$(touch /tmp/x) `id` ${{ github.token }}".to_owned()),
        Just("::set-output name=x::y".to_owned()),
        Just("<!-- x -->".to_owned()),
        Just("<!--".to_owned()),
        Just("-->".to_owned()),
        Just("```".to_owned()),
        Just("~~~~ yaml".to_owned()),
        Just("_No response_".to_owned()),
        Just("- [x] &a *a !!str | > % @ `".to_owned()),
        Just("\u{202e}\u{200b}\u{feff}\u{2028}\u{85}\u{7}".to_owned()),
        Just("  indented\ttab \\n \"q\" 'q'".to_owned()),
        Just("no".to_owned()),
        Just("2024-01-01".to_owned()),
        Just("a: b # c".to_owned()),
        "\\PC{0,20}",
        any::<String>(),
    ]
}

/// The answer that a text in a form is, by the plainest reading; `None` for one that is refused.
fn fields(draft: &Draft) -> BTreeMap<String, Value> {
    let mut fields: BTreeMap<String, Value> = BTreeMap::new();
    fields.extend(
        draft
            .fields
            .iter()
            .map(|(name, value)| (name.clone(), value.clone())),
    );
    if let Some(title) = &draft.title {
        fields.insert("title".to_owned(), title.as_str().into());
    }
    if !draft.people.is_empty() {
        fields.insert("contributors".to_owned(), json!(draft.people));
    }
    fields
}

fn workspace() -> Workspace {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    Workspace::around(root).expect("the corpus of this project")
}

fn shelf(workspace: &Workspace) -> Shelf<'_> {
    let root = workspace.root();
    let files = Finder::new(workspace, root.clone())
        .walk(&root)
        .expect("files");
    Shelf::read(workspace, &files, Ledger::default())
}

/// Whatever is answered: the file says the answers and nothing else, in its own place.
#[test]
fn the_file_says_the_answers() {
    let workspace = workspace();
    let shelf = shelf(&workspace);
    let lines = |most| prop::collection::vec(hostile(), 1..most);
    let links = prop::collection::vec((hostile(), hostile()), 0..3);
    let mut runner = TestRunner::new(ProptestConfig::with_cases(512));
    let read = std::cell::Cell::new(0);
    let outcome = runner.run(&(hostile(), lines(3), links, lines(8)), |(title, people, links, prose)| {
        let links: Vec<String> = links.iter().map(|(text, url)| format!("{text} | {url}")).collect();
        let body = format!(
            "### Kind of entry\n\nprevention\n\n### Title\n\n{title}\n\n### Contributors\n\n{}\n\n### Platforms\n\n_No response_\n\n### References\n\n{}\n\n### Description\n\n{}\n",
            people.join("\n"), links.join("\n"), prose.join("\n")
        );
        let Ok(filled) = issue::read(&shelf, &body) else { return Ok(()) };
        read.set(read.get() + 1);
        says_the_answers(&shelf, &filled)
    });
    assert_eq!(outcome, Ok(()));
    assert!(read.get() > 30, "nearly all is refused");
}

fn says_the_answers(shelf: &Shelf<'_>, filled: &Filled) -> Result<(), TestCaseError> {
    let today = jiff::civil::date(2026, 1, 2);
    let begun = filled
        .draft
        .begin(shelf, filled.kind, filled.place(), today)
        .expect("an entry");
    prop_assert_eq!(begun.rewrite.path.as_ref(), "corpus/preventions/PV060.yaml");
    let text = begun.rewrite.after.as_deref().expect("a text");
    let (document, problems) = syntax::parse(text, Format::Yaml, None, &Limits::default());
    prop_assert!(problems.is_empty(), "{:?}\n{}", problems, text);
    let root = document.root().expect("fields");
    let mut said: BTreeMap<String, Value> = root
        .entries()
        .map(|(key, value)| (key.text().to_owned(), instance::value(value)))
        .collect();
    for (own, value) in [
        ("id", "PV060"),
        ("created", "2026-01-02"),
        ("updated", "2026-01-02"),
    ] {
        prop_assert_eq!(said.remove(own), Some(Value::from(value)));
    }
    prop_assert_eq!(said, fields(&filled.draft));
    // Nothing that was not asked for.
    let asked = ["references", "platforms", "description"];
    prop_assert!(
        filled
            .draft
            .fields
            .keys()
            .all(|name| asked.contains(&name.as_str()))
    );
    Ok(())
}

/// The draft itself is what was answered: on texts that hold nothing special.
#[test]
fn answers_are_kept_as_they_are() {
    let workspace = workspace();
    let shelf = shelf(&workspace);
    let filled = issue::read(&shelf, FORM).expect("a form");
    assert_eq!(filled.parent.as_deref(), Some("MT012"));
    let fields = fields(&filled.draft);
    assert_eq!(fields["title"], "Deepfake Blackmail");
    assert_eq!(fields["contributors"], json!(["Ann Lee", "Bo"]));
    assert_eq!(
        fields["references"][1]["url"],
        "https://example.org/b?c=1|2"
    );
    assert!(!fields.contains_key("detections"));
    // Another kind says where it belongs by a choice.
    let section = FORM.replace("subsection", "section").replace(
        "### What it belongs to\n\nMT012",
        "### Where it belongs\n\nanti-forensics",
    );
    let filled = issue::read(&shelf, &section).expect("a form");
    assert_eq!(filled.folder.as_deref(), Some("anti-forensics"));
    let faults =
        issue::read(&shelf, &section.replace("anti-forensics", "../..")).expect_err("a fault");
    assert_eq!(faults[0].line, 5);
}
