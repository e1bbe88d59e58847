//! The JSON Schema test suite (<https://github.com/json-schema-org/JSON-Schema-Test-Suite>) for
//! draft 2020-12, its instances read by this program's readers.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

use corpuslint::schema::instance::{Instance, Tree};
use corpuslint::syntax::{Format, Limits, parse};
use jsonschema::{PatternOptions, Retrieve, Uri, ValidationOptions, Validator};
use serde_json::Value;

use crate::common;

const SUITE: &str = "data/suites/json-schema-test-suite";

/// How often the verdict was the right one, over the tests that were tried.
#[derive(Debug, Default, PartialEq)]
struct Score {
    passed: usize,
    tried: usize,
    /// The instance as YAML: read by the YAML reader, and judged like the JSON.
    yaml: usize,
}

#[test]
fn the_required_json_schema_tests_pass() {
    let Some((score, failures)) = run(&["draft2020-12"], false) else {
        return;
    };
    assert_eq!(failures, [""; 0], "{score:?}");
    let expected = Score {
        passed: 1299,
        tried: 1299,
        yaml: 1299,
    };
    assert_eq!(score, expected);
}

#[test]
fn the_optional_json_schema_tests_pass() {
    let Some((score, failures)) = run(&["draft2020-12/optional"], false) else {
        return;
    };
    println!("optional: {score:?}");
    let expected = Score {
        passed: 162,
        tried: 162,
        yaml: 162,
    };
    assert_eq!(score, expected, "{failures:#?}");
}

#[test]
fn the_format_tests_pass_but_for_names_in_other_scripts() {
    let Some((score, failures)) = run(&["draft2020-12/optional/format"], true) else {
        return;
    };
    println!("format: {score:?}");
    // `idn-email` and `idn-hostname` need a feature of the validator that is off: its tables of
    // Unicode are large, and no schema here uses these formats.
    let other: Vec<_> = failures
        .iter()
        .filter(|name| !name.starts_with("idn-"))
        .collect();
    assert!(other.is_empty(), "{other:#?}");
    let expected = Score {
        passed: 708,
        tried: 764,
        // U+007F and U+FFFF, which the YAML reader takes as escapes only.
        yaml: 762,
    };
    assert_eq!(score, expected, "{failures:#?}");
}

/// Every instance of the required tests, as the suite has it.
pub(crate) fn instances() -> Vec<String> {
    let Some(suite) = common::shared(SUITE) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (_, groups) in files_in(&suite.join("draft2020-12")) {
        for test in groups.iter().flat_map(|group| list(&group["tests"])) {
            found.push(test["data"].to_string());
        }
    }
    found
}

/// Runs the files directly in some folders; nothing where the suite is not here.
fn run(folders: &[&str], formats: bool) -> Option<(Score, Vec<String>)> {
    let suite = common::shared(SUITE)?;
    let options = options(&suite, formats);
    let mut score = Score::default();
    let mut failures = Vec::new();
    for (file, groups) in folders.iter().flat_map(|at| files_in(&suite.join(at))) {
        for group in &groups {
            let name = format!("{file}: {}", group["description"]);
            let validator = options.build(&group["schema"]);
            for test in list(&group["tests"]) {
                score.tried += 1;
                let verdict = match &validator {
                    Ok(validator) => judge(validator, test, &mut score),
                    Err(error) => Err(format!("the schema is refused: {error}")),
                };
                match verdict {
                    Ok(()) => score.passed += 1,
                    Err(why) => failures.push(format!("{name}: {}: {why}", test["description"])),
                }
            }
        }
    }
    Some((score, failures))
}

fn judge(validator: &Validator<Tree>, test: &Value, score: &mut Score) -> Result<(), String> {
    let text = test["data"].to_string();
    let json = verdict(validator, &text, Format::Json)?
        .ok_or_else(|| format!("not read as JSON: {text}"))?;
    match verdict(validator, &text, Format::Yaml)? {
        Some(yaml) if yaml == json => score.yaml += 1,
        Some(yaml) => return Err(format!("{json} as JSON, {yaml} as YAML")),
        None => println!("not read as YAML: {text}"),
    }
    if test["valid"] == json {
        return Ok(());
    }
    Err(format!("judged {json}"))
}

/// Whether an instance is valid; `None` where it cannot be read.
fn verdict(
    validator: &Validator<Tree>,
    text: &str,
    format: Format,
) -> Result<Option<bool>, String> {
    let (document, problems) = parse(text, format, None, &Limits::default());
    if problems.iter().any(|problem| problem.kind.is_fatal()) {
        return Ok(None);
    }
    let root = Instance::Node(document.root().ok_or("no value")?);
    let valid = validator.is_valid(root);
    if valid == validator.iter_errors(root).next().is_none() {
        return Ok(Some(valid));
    }
    Err(format!(
        "is_valid says {valid}, iter_errors not ({format:?})"
    ))
}

fn options(
    suite: &Path,
    formats: bool,
) -> ValidationOptions<'static, std::sync::Arc<dyn Retrieve>, Tree> {
    let options = jsonschema::options_for::<Tree>()
        .with_draft(jsonschema::Draft::Draft202012)
        .with_pattern_options(PatternOptions::regex())
        .with_retriever(Remotes::read(&suite.join("remotes")));
    if formats {
        options.should_validate_formats(true)
    } else {
        options
    }
}

/// The schemas that the suite expects on its own web server.
struct Remotes(BTreeMap<String, Value>);

impl Remotes {
    fn read(folder: &Path) -> Self {
        let files = common::files(folder, "json");
        let schemas = files.iter().map(|path| {
            let relative = path.strip_prefix(folder).expect("below the folder");
            let address = format!("http://localhost:1234/{}", relative.display());
            (address, read(path))
        });
        Self(schemas.collect())
    }
}

impl Retrieve for Remotes {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn Error + Send + Sync>> {
        let schema = self.0.get(uri.as_str());
        schema
            .cloned()
            .ok_or_else(|| format!("{uri} is not in the suite").into())
    }
}

/// The groups of tests of every file directly in a folder, with the file's name.
fn files_in(folder: &Path) -> Vec<(String, Vec<Value>)> {
    common::files(folder, "json")
        .iter()
        .filter(|path| path.parent() == Some(folder))
        .map(|path| {
            let name = path.file_stem().expect("a name").to_string_lossy();
            (name.into_owned(), list(&read(path)).to_vec())
        })
        .collect()
}

fn read(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).expect("readable");
    serde_json::from_str(&text).expect("JSON")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
