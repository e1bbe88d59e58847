//! Every option that a script, a hook or a page gives to `check` exists, and every snippet is YAML.

use std::collections::BTreeSet;
use std::process::Command;

use serde_yaml::Value;

use super::definitions::{action, read};
use super::gate;

/// The fenced blocks of a language in a page.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let text = read(page);
    let fence = format!("\n```{language}\n");
    let parts = text.split(&fence).skip(1);
    parts
        .filter_map(|part| part.split_once("\n```"))
        .map(|(block, _)| block.to_owned())
        .collect()
}

/// All texts of a YAML value.
fn texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Sequence(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Mapping(fields) => fields.values().for_each(|field| texts(field, found)),
        _ => {}
    }
}

/// The arguments of each `corpuslint check` in some texts.
fn arguments(texts: &[String]) -> Vec<Vec<String>> {
    let lines = texts.iter().flat_map(|text| text.lines());
    lines
        .filter_map(|line| line.split_once("corpuslint check"))
        .map(|(_, rest)| rest.split(" #").next().unwrap_or_default())
        .map(|rest| rest.split_whitespace().map(str::to_owned).collect())
        .collect()
}

fn assert_known(place: &str, calls: &[Vec<String>]) {
    let program = env!("CARGO_BIN_EXE_corpuslint");
    let output = Command::new(program).args(["check", "--help"]).output();
    let help = String::from_utf8(output.expect("it runs").stdout).expect("text");
    let not_word = |c: char| !c.is_alphanumeric() && c != '-' && c != '_';
    let known: BTreeSet<&str> = help.split(not_word).collect();
    let mut unknown = BTreeSet::new();
    for call in calls {
        let formats = call.windows(2).filter(|pair| pair[0] == "--output-format");
        let formats = formats.map(|pair| pair[1].as_str());
        let options = call.iter().filter(|word| word.starts_with("--"));
        let options = options.filter_map(|word| word.split('=').next());
        unknown.extend(options.chain(formats).filter(|word| !known.contains(word)));
    }
    assert_eq!(
        unknown,
        BTreeSet::new(),
        "{place} names what `check` does not have"
    );
}

#[test]
fn the_action_gives_options_that_exist() {
    let Some(call) = gate::arguments_of_everything() else {
        return;
    };
    assert!(call.len() > 10, "{call:?}");
    assert_known("the check action", &[call]);
}

#[test]
fn the_hooks_give_options_that_exist() {
    let hooks: Value = serde_yaml::from_str(&read(".pre-commit-hooks.yaml")).expect("YAML");
    let mut calls = Vec::new();
    for hook in hooks.as_sequence().expect("hooks") {
        let entry = hook["entry"].as_str().expect("an entry").to_owned();
        calls.extend(arguments(std::slice::from_ref(&entry)));
        assert_eq!(hook["language"], "rust");
        assert_eq!(hook["pass_filenames"], false);
        // What formats has nothing to do where no file is staged.
        let checks = entry.starts_with("corpuslint check");
        assert_eq!(hook["always_run"] == true, checks, "{entry}");
    }
    assert_eq!(calls.len(), 2);
    assert_known(".pre-commit-hooks.yaml", &calls);
}

#[test]
fn the_pages_give_options_that_exist() {
    for (page, least) in [("docs/ci.md", 4), ("README.md", 8)] {
        let mut found = blocks(page, "sh");
        for block in blocks(page, "yaml") {
            // A schema's comment or a fragment is YAML as well.
            let value: Value = serde_yaml::from_str(&block)
                .unwrap_or_else(|error| panic!("{page}: {error}: {block}"));
            texts(&value, &mut found);
        }
        let calls = arguments(&found);
        assert!(calls.len() >= least, "{page}: {calls:?}");
        assert_known(page, &calls);
    }
}

#[test]
fn the_page_lists_every_input_and_its_default() {
    let page = read("docs/ci.md");
    let check = action("check");
    let inputs = check.value["inputs"].as_mapping().expect("inputs");
    for (name, input) in inputs {
        let name = name.as_str().expect("a name");
        let row = page.lines().find(|line| {
            let first = line.split('|').nth(1).unwrap_or_default();
            first.contains(&format!("`{name}`"))
        });
        let row = row.unwrap_or_else(|| panic!("docs/ci.md has no row for {name}"));
        let default = input["default"].as_str().unwrap_or_default();
        let shown =
            default.is_empty() || default.contains("${{") || row.contains(&format!("`{default}`"));
        assert!(shown, "{name}: {row}");
    }
}

#[test]
fn the_pages_pin_what_the_workflows_pin() {
    let workflows = [".github/workflows/ci.yml", ".github/workflows/corpus.yml"];
    let pins: Vec<String> = workflows.iter().map(|path| read(path)).collect();
    for page in ["docs/ci.md", "README.md"] {
        let text = read(page);
        let used = text.lines().filter_map(|line| line.split_once("uses: "));
        for (_, used) in used.filter(|(_, used)| !used.ends_with("@COMMIT")) {
            assert!(
                pins.iter().all(|text| text.contains(used)),
                "{page}: {used}"
            );
        }
    }
}
