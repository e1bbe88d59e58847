//! What is written down twice is current. `BLESS=1 cargo test --test generated` renews it.

use std::path::Path;

use corpuslint::author::{Shelf, form};
use corpuslint::history::Ledger;
use corpuslint::rules::RULES;
use corpuslint::snapshot::Workspace;

const BEGIN: &str = "<!-- rules: begin -->\n";
const END: &str = "<!-- rules: end -->";

fn table() -> String {
    let mut out = String::from("| group | rule | level | finds |\n|---|---|---|---|\n");
    let mut group = "";
    for rule in RULES {
        let name = rule.group.as_str();
        let shown = if name == group { "" } else { name };
        group = name;
        let star = if rule.has_fix() { " ★" } else { "" };
        let level = rule.level.as_str();
        let row = format!(
            "| {shown} | `{}`{star} | {level} | {} |\n",
            rule.name,
            rule.summary()
        );
        out.push_str(&row);
    }
    out
}

#[test]
fn the_table_in_the_readme_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(&path).expect("the README");
    let begin = readme.find(BEGIN).expect("the table's begin") + BEGIN.len();
    let end = readme.find(END).expect("the table's end");
    let table = table();
    if std::env::var_os("BLESS").is_some() {
        let renewed = format!("{}{table}{}", &readme[..begin], &readme[end..]);
        std::fs::write(&path, renewed).expect("the README");
        return;
    }
    assert_eq!(
        &readme[begin..end],
        table,
        "run `BLESS=1 cargo test --test generated`"
    );
}

#[test]
fn rules_stand_by_group_and_names_are_unique() {
    let groups: Vec<_> = RULES.iter().map(|rule| rule.group).collect();
    assert!(groups.is_sorted());
    let mut names: Vec<_> = RULES.iter().map(|rule| rule.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), RULES.len());
    for rule in RULES {
        let kebab = rule
            .name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        assert!(kebab, "{}", rule.name);
    }
}

/// The Markdown page and the schemas of the vocabulary name the same keywords as the engine.
#[test]
fn the_vocabulary_is_documented() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |name: &str| std::fs::read_to_string(root.join(name)).expect("a file");
    let page = read("schema/vocabulary.md");
    let meta = read("schema/vocabulary.schema.json");
    let engine = read("src/schema/vocabulary.rs");
    let mut keywords: Vec<&str> = engine
        .split('"')
        .filter(|word| word.starts_with("x-") && word.len() > 3)
        .collect();
    keywords.sort_unstable();
    keywords.dedup();
    assert!(keywords.len() >= 11, "{keywords:?}");
    for keyword in keywords {
        assert!(
            page.contains(&format!("`{keyword}`")),
            "{keyword} is not on the page"
        );
        assert!(
            meta.contains(&format!("\"{keyword}\"")),
            "{keyword} is not in the meta-schema"
        );
    }
}

/// The profile in the binary is what its schema allows.
#[test]
fn the_profile_agrees_with_its_schema() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |name: &str| std::fs::read_to_string(root.join(name)).expect("a file");
    let schema = serde_json::from_str(&read("schema/profile.schema.json")).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let profile: toml::Table = read("corpuslint.toml").parse().expect("TOML");
    let profile = serde_json::to_value(profile).expect("JSON");
    let errors: Vec<String> = validator
        .iter_errors(&profile)
        .map(|e| e.to_string())
        .collect();
    assert_eq!(errors, Vec::<String>::new());
}

/// Kinds that people propose by a form. An article opens a theme, and there is one for each.
const PROPOSED: [&str; 4] = ["section", "subsection", "prevention", "detection"];

/// The issue forms are made from the schemas.
#[test]
fn the_issue_forms_are_current() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let workspace = Workspace::around(root).expect("the corpus of this project");
    let shelf = Shelf::read(&workspace, &[], Ledger::default());
    let folder = root.join(".github/ISSUE_TEMPLATE");
    for name in PROPOSED {
        let kind = workspace.schemas.entry_kind(name).expect("a kind");
        let form = form::issue_form(&shelf, kind).expect("a form");
        let path = folder.join(format!("new-{name}.yml"));
        if std::env::var_os("BLESS").is_some() {
            std::fs::create_dir_all(&folder).expect("a folder");
            std::fs::write(&path, &form).expect("the form");
        }
        let there = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(there, form, "run `BLESS=1 cargo test --test generated`");
        is_a_form(&form);
    }
    let count = std::fs::read_dir(&folder).expect("forms").count();
    assert_eq!(
        count,
        PROPOSED.len() + 1,
        "a form of no kind, beside config.yml"
    );
}

/// What GitHub asks of a form, without which it shows none.
fn is_a_form(text: &str) {
    let form: serde_yaml::Value = serde_yaml::from_str(text).expect("YAML");
    for field in ["name", "description", "title"] {
        assert!(form[field].is_string(), "{field}");
    }
    let mut labels = Vec::new();
    let mut ids = Vec::new();
    for element in form["body"].as_sequence().expect("a body") {
        let attributes = &element["attributes"];
        let kind = element["type"].as_str().expect("a type");
        if kind == "markdown" {
            assert!(attributes["value"].is_string());
            continue;
        }
        assert!(["input", "textarea", "dropdown"].contains(&kind), "{kind}");
        let id = element["id"].as_str().expect("an ID");
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        assert!(id.chars().all(plain), "{id}");
        ids.push(id.to_owned());
        labels.push(attributes["label"].as_str().expect("a label").to_owned());
        if kind == "dropdown" {
            let options = attributes["options"].as_sequence().expect("options");
            let mut options: Vec<&str> = options.iter().filter_map(|one| one.as_str()).collect();
            let count = options.len();
            options.sort_unstable();
            options.dedup();
            assert!(count > 0 && options.len() == count, "{id}: options recur");
            // An answer of several has commas between them.
            assert!(
                options
                    .iter()
                    .all(|option| !option.contains(',') && *option != "None"),
                "{id}"
            );
        }
        assert!(element["validations"]["required"].is_bool(), "{id}");
    }
    for mut names in [labels, ids] {
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count, "names recur");
    }
}
