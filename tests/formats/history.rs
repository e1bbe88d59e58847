//! What differs between two snapshots, and what the rules would have said over the history.

use corpuslint::diagnostic::Severity;
use corpuslint::lint::{Backtest, BacktestRevision};
use corpuslint::report::{PageFormat, Paint, render_backtest, render_changes};

use super::attack::{HARMLESS, assert_no_command, assert_printable, texts};
use super::machines::{assert_valid, json, output_schema};
use super::{comparison, finding};

fn changes(text: &str, format: PageFormat) -> String {
    let mut out = Vec::new();
    let paint = Paint { color: false };
    render_changes(&comparison(text), format, paint, 100, &mut out).expect("written");
    String::from_utf8(out).expect("UTF-8")
}

#[test]
fn changes_are_written_in_three_ways() {
    let mut schema = output_schema();
    schema["$ref"] = "#/$defs/entry".into();
    for key in ["properties", "required", "type", "additionalProperties"] {
        schema.as_object_mut().expect("an object").remove(key);
    }
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    for text in texts() {
        let human = changes(&text, PageFormat::Human);
        let page = changes(&text, PageFormat::Markdown);
        let data = changes(&text, PageFormat::Json);
        for out in [&human, &page, &data] {
            assert_printable(out);
            assert_no_command(out);
        }
        super::pages::assert_harmless(&page, &changes(HARMLESS, PageFormat::Markdown));
        let value = json(&data);
        assert_eq!(value["base"], text);
        for entry in value["entries"].as_array().expect("entries") {
            assert_valid(&validator, entry);
        }
    }
    let out = changes("word", PageFormat::Human);
    assert!(
        out.ends_with("3 entries differ between word and word: 1 added, 1 removed, 1 changed\n")
    );
    assert!(out.contains("    - before\n    + word\n"), "{out}");
    assert!(out.contains("  references lost: word PV1\n"), "{out}");
}

fn backtest(text: &str, revisions: usize) -> Backtest {
    let revision = |number: usize| BacktestRevision {
        name: format!("{text}{number}"),
        title: text.to_owned(),
        date: Some(text.to_owned()),
        introduced: [("dangling-reference", number % 3), ("syntax", 0)].into(),
        total: [("dangling-reference", number), ("syntax", 1)].into(),
        findings: vec![finding(text, Severity::Error, None); number % 3 * 3],
    };
    Backtest {
        revisions: (0..revisions).map(revision).collect(),
    }
}

fn tested(backtest: &Backtest, format: PageFormat) -> String {
    let mut out = Vec::new();
    let paint = Paint { color: false };
    render_backtest(backtest, format, paint, 100, &mut out).expect("written");
    String::from_utf8(out).expect("UTF-8")
}

#[test]
fn a_backtest_is_a_table_in_three_ways() {
    for text in texts() {
        let test = backtest(&text, 4);
        let page = tested(&test, PageFormat::Markdown);
        for format in [PageFormat::Human, PageFormat::Json, PageFormat::Markdown] {
            let out = tested(&test, format);
            assert_printable(&out);
            assert_no_command(&out);
        }
        let harmless = tested(&backtest(HARMLESS, 4), PageFormat::Markdown);
        super::pages::assert_harmless(&page, &harmless);
        let value = json(&tested(&test, PageFormat::Json));
        assert_eq!(value["revisions"][1]["title"], text);
        assert_eq!(value["revisions"][2]["introduced"]["dangling-reference"], 2);
    }
    let out = tested(&backtest("r", 4), PageFormat::Human);
    let row = "dangling-reference           ·     1     2     ·     3\n";
    assert!(out.contains(row), "{out}");
    assert!(out.contains("  and 1 more\n"), "{out}");
}

#[test]
fn a_long_backtest_shows_what_fired_last() {
    let out = tested(&backtest("r", 200), PageFormat::Human);
    assert!(
        out.lines().take(3).all(|line| line.chars().count() <= 100),
        "{out}"
    );
    assert!(
        out.contains("  r199  ") || out.contains("  r197  "),
        "{out}"
    );
    assert!(out.contains("older revisions left out"), "{out}");
    let page = tested(&backtest("r", 200), PageFormat::Markdown);
    assert!(page.len() < 65_000);
}
