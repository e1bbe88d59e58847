//! The rules as SARIF describes them: each with the whole of its page.

use serde_json::{Value, json};

use crate::rule::Rule;
use crate::rules::RULES;

/// The descriptors of all rules, in the order of the table.
pub(super) fn all() -> Vec<Value> {
    RULES.iter().map(descriptor).collect()
}

/// The place of a rule among them.
pub(super) fn index(name: &str) -> Option<usize> {
    RULES.iter().position(|rule| rule.name == name)
}

fn descriptor(rule: &Rule) -> Value {
    json!({
        "id": rule.name,
        "name": in_camel_case(rule.name),
        "shortDescription": {"text": rule.summary()},
        "fullDescription": {"text": introduction(rule)},
        "help": {"text": rule.page, "markdown": rule.page},
        "defaultConfiguration": {"level": rule.level.sarif()},
        "properties": {
            "tags": [rule.group.as_str()],
            "group": rule.group.as_str(),
            "problem.severity": rule.level.code_scanning(),
        },
    })
}

/// `DanglingReference`: viewers expect a name that is an identifier.
fn in_camel_case(name: &str) -> String {
    let words = name.split('-').map(|word| {
        let (first, rest) = word.split_at(word.len().min(1));
        first.to_uppercase() + rest
    });
    words.collect()
}

/// The first two paragraphs of the page, each on a line.
fn introduction(rule: &Rule) -> String {
    let paragraphs = rule.page.split("\n\n").take(2);
    let paragraphs = paragraphs.filter(|text| !text.starts_with(['#', '`']));
    let paragraphs: Vec<String> = paragraphs.map(|text| text.replace('\n', " ")).collect();
    paragraphs.join("\n")
}
