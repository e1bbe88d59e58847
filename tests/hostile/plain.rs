//! The most telling cases, made here, so that they run on any machine: each has the rule that must
//! speak and the line where; an empty rule means that nothing may be found.

use std::process::{Command, Stdio};

use serde_json::Value;

use super::{CPU_SECONDS, MEMORY, OUTPUT, drained, ended};

const PROFILE: &str = "version = 1\nroot = \"corpus\"\n[kind.entry]\nfiles = [\"**/*.{yaml,json}\"]\nschema = \"schema.json\"\n";
const SCHEMA: &str = r#"{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","x-entry":"entry","additionalProperties":false,
"properties":{"id":{"type":"string","x-id":true},"title":{"type":"string","maxLength":200},"slug":{"type":"string","pattern":"^(a+)+$"},
"refs":{"type":"array","uniqueItems":true,"items":{"type":"string","x-ref":["entry"]}},
"urls":{"type":"array","items":{"type":"string","format":"uri"}},
"description":{"type":"string","x-prose":"markdown","x-mentions":true}}}"#;

struct Case {
    name: &'static str,
    file: &'static str,
    text: String,
    rule: &'static str,
    line: u64,
}

fn case(name: &'static str, text: impl Into<String>, rule: &'static str, line: u64) -> Case {
    Case {
        name,
        file: "E1.yaml",
        text: text.into(),
        rule,
        line,
    }
}

fn entry(more: &str) -> String {
    format!("id: E1\ntitle: One\n{more}")
}

fn cases() -> Vec<Case> {
    let numbered =
        |count: usize, line: &dyn Fn(usize) -> String| -> String { (0..count).map(line).collect() };
    let mut cases = vec![
        case("a plain one", entry(""), "", 0),
        case("a bomb of aliases", bomb(), "too-large", 0),
        case(
            "a deep nest",
            entry(&format!("refs: {}\n", "[".repeat(50_000))),
            "too-large",
            3,
        ),
        case("a key twice", entry("title: Two\n"), "duplicate-key", 3),
        case(
            "two documents",
            entry("---\nid: E2\n"),
            "multiple-documents",
            3,
        ),
        case(
            "a tag that asks for code",
            entry("slug: !!python/object:os.system a\n"),
            "anchor-or-tag",
            3,
        ),
        case(
            "a merge conflict",
            entry("<<<<<<< a\nslug: a\n=======\n"),
            "conflict-marker",
            3,
        ),
        case(
            "a bidi override",
            entry("description: a\u{202e}b\n"),
            "invisible-character",
            3,
        ),
        case(
            "a command for a runner",
            "id: E1\n::error::x: 1\n",
            "schema-unknown-field",
            2,
        ),
        case(
            "a look-alike ID",
            entry("refs: [\u{415}2]\n"),
            "dangling-reference",
            3,
        ),
        case(
            "a pattern that backtracks elsewhere",
            entry(&format!("slug: {}!\n", "a".repeat(5000))),
            "schema-pattern",
            3,
        ),
        case(
            "a title of a megabyte",
            format!("id: E1\ntitle: {}\n", "a".repeat(1_000_000)),
            "schema-length",
            2,
        ),
        case(
            "a field of a megabyte",
            entry(&format!("? {}\n: 1\n", "k".repeat(1_000_000))),
            "schema-unknown-field",
            3,
        ),
        case(
            "references to nothing",
            entry(&format!(
                "refs:\n{}",
                numbered(10_000, &|number| format!("- X{number}\n"))
            )),
            "dangling-reference",
            4,
        ),
        case(
            "one reference again and again",
            entry(&format!("refs:\n{}", "- E1\n".repeat(5_000))),
            "schema-duplicate-item",
            5,
        ),
        case(
            "addresses again and again",
            entry(&format!(
                "urls:\n{}",
                numbered(5_000, &|number| format!(
                    "- https://a.example/{}\n",
                    number % 7
                ))
            )),
            "url-duplicate",
            11,
        ),
        case(
            "suppressions of nothing",
            format!(
                "{}{}",
                "# corpuslint: allow orphan -- x\n".repeat(20_000),
                entry("")
            ),
            "unused-suppression",
            1,
        ),
        case(
            "brackets in prose",
            entry(&format!("description: '{}'\n", "[".repeat(100_000))),
            "",
            0,
        ),
        case(
            "mentions of what is no ID here",
            entry(&format!(
                "description: {}\n",
                numbered(20_000, &|number| format!("E{} ", number + 7)).trim()
            )),
            "",
            0,
        ),
    ];
    cases.push(Case {
        name: "a number of a megabyte",
        file: "E1.json",
        text: format!("{{\"id\":\"E1\",\n\"title\":1{}}}", "0".repeat(1_000_000)),
        rule: "schema-type",
        line: 2,
    });
    cases
}

/// 9 to the power of 9 values in a few lines.
fn bomb() -> String {
    let mut text = entry("refs:\n- &a0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..9 {
        let alias = format!("*a{}", level - 1);
        let items = vec![alias; 9].join(", ");
        text.push_str(&format!("- &a{level} [{items}]\n"));
    }
    text
}

#[test]
fn the_most_telling_cases_are_judged_within_the_limits() {
    let mut wrong = Vec::new();
    let cases = cases();
    for case in &cases {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |path: &str| folder.path().join(path);
        std::fs::create_dir(at("corpus")).expect("a folder");
        std::fs::write(at("corpuslint.toml"), PROFILE).expect("a profile");
        std::fs::write(at("schema.json"), SCHEMA).expect("a schema");
        std::fs::write(at("corpus").join(case.file), &case.text).expect("an entry");
        let mut child = Command::new(env!("CARGO_BIN_EXE_corpuslint"))
            .args([
                "check",
                "--output-format",
                "human",
                "--output-format",
                "jsonl",
            ])
            .args(["--output-file", "/dev/stdout", "--output-file"])
            .arg(at("found"))
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program runs");
        let errors = drained(child.stderr.take().expect("a pipe"));
        let printed = drained(child.stdout.take().expect("a pipe"));
        let (status, cpu, memory) = ended(child).expect("it ends");
        let output = printed.join().expect("text").len() + errors.join().expect("text").len();
        let found = std::fs::read_to_string(at("found")).unwrap_or_default();
        let found: Vec<Value> = found
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect();
        let spoke = |found: &Value| {
            found["rule"] == case.rule && (case.line == 0 || found["start"]["line"] == case.line)
        };
        let right = match case.rule {
            "" => !found.iter().any(|found| found["severity"] == "error"),
            _ => found.iter().any(spoke),
        };
        if !right || !matches!(status.code(), Some(0 | 1)) {
            let rules: Vec<String> = found
                .iter()
                .take(5)
                .map(|found| format!("{} {}", found["rule"], found["start"]["line"]))
                .collect();
            wrong.push(format!("{}: {status} {rules:?}", case.name));
        }
        if cpu > CPU_SECONDS || memory > MEMORY || output > OUTPUT {
            wrong.push(format!(
                "{}: {cpu:.1} s, {memory} and {output} bytes",
                case.name
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}
