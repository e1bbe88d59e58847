//! The YAML test suite (<https://github.com/yaml/yaml-test-suite>, branch `main`, `src/`).

use std::path::Path;

use corpuslint::schema::instance::value;
use corpuslint::syntax::{
    Document, Kind, Limits, Node, Problem, ProblemKind, Style, disagreement, parse_yaml_stream,
};
use serde_json::Value;

use crate::common;

/// One case of the suite, its special characters put back.
pub(crate) struct Case {
    /// `229Q`, or `DK95/2` where a file holds several.
    pub(crate) name: String,
    pub(crate) source: String,
    fail: bool,
    tree: Option<String>,
    json: Option<String>,
}

/// The cases of the suite, or nothing where the suite is not here.
pub(crate) fn cases() -> Vec<Case> {
    let Some(folder) = common::shared("data/suites/yaml-test-suite/src") else {
        return Vec::new();
    };
    let files = common::files(&folder, "yaml");
    files.iter().flat_map(|path| cases_of(path)).collect()
}

/// A file is a list of cases; each takes over what it does not say from the one before it.
fn cases_of(path: &Path) -> Vec<Case> {
    let id = path.file_stem().and_then(|stem| stem.to_str()).expect("ID");
    let text = std::fs::read_to_string(path).expect("readable");
    // The suite is read by another parser than the one it judges.
    let list: Vec<Value> = serde_yaml::from_str(&text).expect("a list of cases");
    let several = list.len() > 1;
    let mut fields = serde_json::Map::new();
    let mut cases = Vec::new();
    for (number, item) in list.into_iter().enumerate() {
        let Value::Object(item) = item else {
            panic!("{id}: not a mapping");
        };
        fields.remove("fail");
        fields.extend(item);
        if fields.contains_key("skip") {
            continue;
        }
        let fail = fields.get("fail").is_some_and(|fail| fail == true);
        let field = |name: &str| fields.get(name).and_then(Value::as_str);
        cases.push(Case {
            name: if several {
                format!("{id}/{number}")
            } else {
                id.to_owned()
            },
            source: special(field("yaml").expect("yaml")),
            fail,
            tree: field("tree").filter(|_| !fail).map(special),
            json: field("json").filter(|_| !fail).map(str::to_owned),
        });
    }
    cases
}

/// The signs by which the suite shows blank and invisible characters (its ReadMe, "special
/// characters").
fn special(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut dashes = 0;
    for c in text.chars() {
        if c == '—' {
            dashes += 1;
            continue;
        }
        if c != '»' {
            out.extend(std::iter::repeat_n('—', dashes));
        }
        dashes = 0;
        match c {
            '␣' => out.push(' '),
            '»' => out.push('\t'),
            '←' => out.push('\r'),
            '⇔' => out.push('\u{feff}'),
            '↵' => {}
            c => out.push(c),
        }
    }
    if let Some(open) = out.strip_suffix("∎\n") {
        out.truncate(open.len());
    }
    out
}

/// Whoever reads a case, the tree is the same; see also `tests/plain.rs`.
#[test]
fn both_readers_agree_on_every_case() {
    for case in cases() {
        let difference = disagreement(&case.source, &Limits::default());
        assert_eq!(difference, None, "{}", case.name);
    }
}

#[test]
fn the_yaml_test_suite_passes() {
    let cases = cases();
    if cases.is_empty() {
        return;
    }
    assert_eq!(cases.len(), 402);
    let mut failures = Vec::new();
    let mut counts = Counts::default();
    for case in &cases {
        if let Err(why) = check(case, &mut counts) {
            failures.push(format!("{}: {why}\n{:?}", case.name, case.source));
        }
    }
    println!("{counts:?}");
    assert!(
        failures.is_empty(),
        "{} of {}\n\n{}",
        failures.len(),
        cases.len(),
        failures.join("\n\n")
    );
    let expected = Counts {
        valid: 308,
        broken: 94,
        values: 279,
        trees: 308,
    };
    assert_eq!(counts, expected);
}

/// A word of a text stands in the source as it is, so that a finding can point at it.
#[test]
fn words_are_located_in_the_source() {
    let mut words = 0;
    let mut failures = Vec::new();
    for case in cases() {
        let (documents, _) = parse_yaml_stream(&case.source, &Limits::default());
        for node in documents.iter().flat_map(Document::nodes) {
            let text = node.text();
            let mut at = 0;
            for word in text.split(|c: char| !c.is_ascii_alphanumeric()) {
                let part = at..at + word.len();
                at += word.len() + text[part.end..].chars().next().map_or(0, char::len_utf8);
                if word.is_empty() || node.is_alias() {
                    continue;
                }
                words += 1;
                // A word may go on behind an escaped line break.
                let said = node.locate(part).slice(&case.source).replace("\\\n ", "");
                if said != word {
                    failures.push(format!(
                        "{}: {word}: {said:?}, {:?}",
                        case.name, case.source
                    ));
                }
            }
        }
    }
    println!("{words} words");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// How many cases were compared in which way.
#[derive(Debug, Default, PartialEq)]
struct Counts {
    valid: usize,
    broken: usize,
    values: usize,
    trees: usize,
}

fn check(case: &Case, counts: &mut Counts) -> Result<(), String> {
    let source = case.source.as_str();
    let (documents, problems) = parse_yaml_stream(source, &Limits::default());
    for problem in &problems {
        check_span(source, problem)?;
    }
    let syntax = problems
        .iter()
        .find(|problem| matches!(problem.kind, ProblemKind::Syntax { .. }));
    if case.fail {
        counts.broken += 1;
        return syntax.map(|_| ()).ok_or("is read, but broken".to_owned());
    }
    counts.valid += 1;
    if let Some(problem) = syntax {
        return Err(format!("is valid, but: {problem:?}"));
    }
    if let Some(tree) = &case.tree {
        counts.trees += 1;
        same("tree", normal_tree(tree), events(&documents))?;
    }
    let Some(json) = &case.json else {
        return Ok(());
    };
    counts.values += 1;
    let expected: Vec<Value> = serde_json::Deserializer::from_str(json)
        .into_iter()
        .collect::<Result<_, _>>()
        .map_err(|error| format!("the suite's JSON: {error}"))?;
    let found: Vec<Value> = documents
        .iter()
        .map(|document| document.root().map_or(Value::Null, value))
        .collect();
    same(
        "value",
        expected.iter().map(in_one_notation).collect::<Vec<_>>(),
        found.iter().map(in_one_notation).collect(),
    )
}

fn check_span(source: &str, problem: &Problem) -> Result<(), String> {
    let ProblemKind::Syntax { message, .. } = &problem.kind else {
        return Ok(());
    };
    match source.get(problem.span.range()) {
        Some(_) if !message.is_empty() => Ok(()),
        _ => Err(format!("not a place in the source: {problem:?}")),
    }
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, expected: T, found: T) -> Result<(), String> {
    if expected == found {
        return Ok(());
    }
    Err(format!(
        "{what}:\nexpected {expected:?}\nfound    {found:?}"
    ))
}

/// A value whose numbers are compared by what they are, not by how they are written.
fn in_one_notation(value: &Value) -> Value {
    match value {
        Value::Number(number) => number.as_f64().map_or(value.clone(), Value::from),
        Value::Array(items) => items.iter().map(in_one_notation).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), in_one_notation(value)))
            .collect(),
        _ => value.clone(),
    }
}

/// The suite's events without what the tree does not keep: names of anchors, tags, and how
/// documents are delimited.
fn normal_tree(tree: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for line in tree.lines() {
        let line = line.trim_start_matches(' ');
        let (event, rest) = line.split_once(' ').unwrap_or((line, ""));
        match event {
            "=ALI" | "+DOC" => lines.push(event.to_owned()),
            "+SEQ" | "+MAP" => {
                let style = rest.split(' ').next().filter(|s| matches!(*s, "[]" | "{}"));
                lines.push(format!("{event} {}", style.unwrap_or_default()));
            }
            "=VAL" => lines.push(format!("=VAL {}", without_properties(rest))),
            _ => {}
        }
    }
    lines
}

fn without_properties(mut rest: &str) -> &str {
    while rest.starts_with(['&', '<']) {
        rest = rest.split_once(' ').map_or("", |(_, rest)| rest);
    }
    rest
}

fn events(documents: &[Document<'_>]) -> Vec<String> {
    let mut lines = Vec::new();
    for document in documents {
        lines.push("+DOC".to_owned());
        if let Some(root) = document.root() {
            push_events(&mut lines, root);
        }
    }
    lines
}

fn push_events(lines: &mut Vec<String>, node: Node<'_>) {
    if node.is_alias() {
        lines.push("=ALI".to_owned());
        return;
    }
    let flow = node.style() == Style::Flow;
    match node.kind() {
        Kind::Sequence => lines.push(format!("+SEQ {}", if flow { "[]" } else { "" })),
        Kind::Mapping => lines.push(format!("+MAP {}", if flow { "{}" } else { "" })),
        _ => lines.push(format!(
            "=VAL {}{}",
            sign(node.style()),
            escaped(node.text())
        )),
    }
    for (key, value) in node.children() {
        for node in key.into_iter().chain([value]) {
            push_events(lines, node);
        }
    }
}

fn sign(style: Style) -> char {
    match style {
        Style::SingleQuoted => '\'',
        Style::DoubleQuoted => '"',
        Style::Literal => '|',
        Style::Folded => '>',
        _ => ':',
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\0' => out.push_str("\\0"),
            '\u{7}' => out.push_str("\\a"),
            '\u{1b}' => out.push_str("\\e"),
            c => out.push(c),
        }
    }
    out
}
