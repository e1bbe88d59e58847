//! Formats that programs read.

use std::collections::BTreeMap;

use corpuslint::diagnostic::{Change, Severity};
use corpuslint::report::OutputFormat;
use jsonschema::Validator;
use serde_json::Value;

use super::attack::{assert_no_command, assert_printable, texts};
use super::{SOURCE, finding, gate, plain, report, written};

pub(super) fn json(out: &str) -> Value {
    serde_json::from_str(out).expect("JSON")
}

#[track_caller]
pub(super) fn assert_valid(validator: &Validator, value: &Value) {
    let errors: Vec<String> = validator
        .iter_errors(value)
        .map(|error| format!("{} at {}", error, error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:?}");
}

pub(super) fn output_schema() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema/output.schema.json");
    json(&std::fs::read_to_string(path).expect("the schema"))
}

#[test]
fn json_says_what_was_compared() {
    let validator = jsonschema::validator_for(&output_schema()).expect("a schema");
    for text in texts() {
        for report in [plain(&text), gate(&text)] {
            let out = written(&report, OutputFormat::Json);
            assert_printable(&out);
            assert_no_command(&out);
            let value = json(&out);
            assert_valid(&validator, &value);
            assert_eq!(value["diagnostics"][0]["message"], text);
            let lines = written(&report, OutputFormat::Jsonl);
            assert_printable(&lines);
            assert_no_command(&lines);
            let lines: Vec<Value> = lines.lines().map(json).collect();
            assert_eq!(Value::Array(lines), value["diagnostics"]);
        }
    }
    let value = json(&written(&gate("x"), OutputFormat::Json));
    let compared = &value["comparison"];
    assert_eq!(compared["introduced"], 2);
    assert_eq!(compared["fixed"], 1);
    assert_eq!(compared["pre_existing"], 1);
    assert_eq!(compared["entries"][2]["change"], "changed");
    assert_eq!(compared["entries"][2]["fields"][1]["before"], "before");
    assert_eq!(value["diagnostics"][0]["change"], "introduced");
    assert!(
        json(&written(&plain("x"), OutputFormat::Json))
            .get("comparison")
            .is_none()
    );
}

/// The official schema, as the serde-sarif crate carries it. Cargo has fetched it to build this.
fn sarif_schema() -> Option<Validator> {
    let home = std::env::var_os("CARGO_HOME").map(std::path::PathBuf::from);
    let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo")))?;
    let registries = std::fs::read_dir(home.join("registry/src")).ok()?;
    let found = registries.flatten().find_map(|registry| {
        let crates = std::fs::read_dir(registry.path()).ok()?;
        let mut crates = crates.flatten().map(|item| item.path());
        crates.find_map(|path| {
            let name = path.file_name()?.to_str()?;
            let is_it = name.starts_with("serde-sarif-0.8");
            is_it.then(|| std::fs::read_to_string(path.join("src/schema.json")).ok())?
        })
    })?;
    let mut options = jsonschema::options();
    options = options.should_validate_formats(true);
    let mut schema = json(&found);
    // Both languages have a pattern with a bracket too many, which is none outside of JavaScript.
    for owner in ["run", "toolComponent"] {
        let language = &mut schema["definitions"][owner]["properties"]["language"];
        let pattern = language
            .as_object_mut()
            .and_then(|language| language.remove("pattern"));
        assert!(pattern.is_some(), "the schema is mended; drop this");
    }
    Some(options.build(&schema).expect("a schema"))
}

#[test]
fn sarif_is_what_the_standard_says() {
    let schema = sarif_schema();
    if schema.is_none() {
        println!("skipped in part: the source of the serde-sarif crate is not in CARGO_HOME");
    }
    for text in texts() {
        for report in [plain(&text), gate(&text)] {
            let out = written(&report, OutputFormat::Sarif);
            assert_printable(&out);
            assert_no_command(&out);
            let value = json(&out);
            if let Some(schema) = &schema {
                assert_valid(schema, &value);
            }
            let log: serde_sarif::sarif::Sarif = serde_json::from_value(value).expect("SARIF");
            for result in log.runs[0].results.iter().flatten() {
                let message = result.message.text.clone().expect("a text");
                // The only links are those to related places.
                for target in message.split("](").skip(1) {
                    let digits = target.split(')').next().expect("a target");
                    assert!(digits.parse::<u32>().is_ok_and(|id| id <= 2), "{message}");
                }
                let locations = result.locations.iter().flatten();
                for location in locations {
                    let physical = location.physical_location.as_ref().expect("a place");
                    let uri = physical
                        .artifact_location
                        .as_ref()
                        .and_then(|a| a.uri.as_ref());
                    let uri = uri.expect("a URI");
                    let plain = |b: u8| b.is_ascii_alphanumeric() || b"/-._~%".contains(&b);
                    assert!(uri.bytes().all(plain), "{uri}");
                }
            }
        }
    }
}

#[test]
fn sarif_has_places_fixes_and_what_is_old() {
    let value = json(&written(&gate("a b"), OutputFormat::Sarif));
    let run = &value["runs"][0];
    let results = run["results"].as_array().expect("results");
    let states: Vec<&Value> = results.iter().map(|r| &r["baselineState"]).collect();
    assert_eq!(states, ["new", "new", "unchanged"]);
    assert_eq!(run["properties"]["fixed"], 1);
    let first = &results[0];
    let physical = &first["locations"][0]["physicalLocation"];
    assert_eq!(physical["artifactLocation"]["uri"], "a%20b");
    let offset = SOURCE.find("PV590").expect("a value");
    let region = serde_json::json!({
        "startLine": 4, "startColumn": 5, "endLine": 4, "endColumn": 10,
        "byteOffset": offset, "byteLength": 5,
    });
    assert_eq!(physical["region"], region);
    let replacement = &first["fixes"][0]["artifactChanges"][0]["replacements"][0];
    assert_eq!(replacement["deletedRegion"], region);
    assert_eq!(replacement["insertedContent"]["text"], "a b");
    assert_eq!(first["relatedLocations"][0]["id"], 1);
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    let rule = &rules[first["ruleIndex"].as_u64().expect("an index") as usize];
    assert_eq!(rule["id"], "dangling-reference");
    assert_eq!(rule["name"], "DanglingReference");
    assert!(
        rule["help"]["markdown"]
            .as_str()
            .expect("a page")
            .contains("## Fails")
    );
    let print = first["partialFingerprints"]["corpuslint/v1"].as_str();
    assert_eq!(print.expect("a fingerprint").len(), 16);
}

#[test]
fn sarif_keeps_the_worst_where_there_are_too_many() {
    let note = finding("x", Severity::Note, None);
    let mut found = vec![note; 25_010];
    found[25_000] = finding("y", Severity::Error, None);
    for found in &mut found {
        found.related.clear();
        found.fix = None;
    }
    let out = written(&report(found, None), OutputFormat::Sarif);
    let value = json(&out);
    let run = &value["runs"][0];
    assert_eq!(run["results"].as_array().expect("results").len(), 25_000);
    assert_eq!(run["results"][0]["level"], "error");
    let said = &run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"];
    assert!(
        said.as_str()
            .expect("a text")
            .starts_with("10 findings are left out")
    );
}

#[test]
fn gitlab_gets_all_that_is_there_with_names_of_their_own() {
    for text in texts() {
        let out = written(&gate(&text), OutputFormat::Gitlab);
        assert_printable(&out);
        assert_no_command(&out);
        let value = json(&out);
        let issues = value.as_array().expect("issues");
        assert_eq!(issues.len(), 3, "what is fixed is not there");
        for issue in issues {
            let said = issue["description"].as_str().expect("a text");
            assert!(said.starts_with(text.as_str()));
            assert_eq!(issue["location"]["path"], text);
            assert_eq!(issue["location"]["lines"]["begin"], 4);
        }
    }
    let value = json(&written(&plain("x"), OutputFormat::Gitlab));
    let severities: Vec<&Value> = (0..3).map(|at| &value[at]["severity"]).collect();
    assert_eq!(severities, ["major", "minor", "info"]);
    let same = finding("x", Severity::Error, None);
    let value = json(&written(&report(vec![same; 9], None), OutputFormat::Gitlab));
    let mut names: Vec<String> = (0..9)
        .map(|at| value[at]["fingerprint"].to_string())
        .collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), 9);
}

#[test]
fn rdjson_counts_bytes() {
    let mut found = finding("a", Severity::Error, None);
    let at = SOURCE.find("tokens").expect("a word");
    let span = corpuslint::text::Span::new(at, at + 6);
    found.location = super::place("a", span, None);
    let out = written(&report(vec![found], None), OutputFormat::Rdjson);
    let value = json(&out);
    let diagnostic = &value["diagnostics"][0];
    // `title: ` is 7 bytes, é is 2, 日本 6, 😀 4, and a space.
    assert_eq!(
        diagnostic["location"]["range"]["start"],
        serde_json::json!({"line": 2, "column": 21})
    );
    assert_eq!(diagnostic["location"]["range"]["end"]["column"], 27);
    let suggestion = &diagnostic["suggestions"][0];
    assert_eq!(
        suggestion["range"]["start"],
        serde_json::json!({"line": 4, "column": 5})
    );
    assert_eq!(suggestion["text"], "a");
    assert_eq!(diagnostic["severity"], "ERROR");
    assert_eq!(diagnostic["code"]["value"], "dangling-reference");
}

#[test]
fn rdjson_is_only_about_the_change_and_says_it_in_safe_markdown() {
    for text in texts() {
        let out = written(&gate(&text), OutputFormat::Rdjson);
        assert_printable(&out);
        assert_no_command(&out);
        let value = json(&out);
        let diagnostics = value["diagnostics"].as_array().expect("diagnostics");
        assert_eq!(diagnostics.len(), 2);
        for diagnostic in diagnostics {
            assert_eq!(diagnostic["location"]["path"], text);
            let message = diagnostic["message"].as_str().expect("a message");
            super::pages::assert_only_text(message);
        }
    }
}

#[test]
fn junit_fails_for_errors_only() {
    for text in texts() {
        for report in [plain(&text), gate(&text)] {
            let out = written(&report, OutputFormat::Junit);
            assert_printable(&out);
            assert_no_command(&out);
            let document = roxmltree::Document::parse(&out).expect("XML");
            let count = |tag: &str| {
                document
                    .descendants()
                    .filter(|n| n.has_tag_name(tag))
                    .count()
            };
            assert_eq!(count("testcase"), report.shown().count());
            assert_eq!(count("failure"), 1);
            let known = [
                "testsuites",
                "testsuite",
                "testcase",
                "failure",
                "system-out",
            ];
            for node in document.descendants().filter(roxmltree::Node::is_element) {
                assert!(known.contains(&node.tag_name().name()), "{out}");
            }
        }
    }
    let out = written(&report(Vec::new(), None), OutputFormat::Junit);
    let document = roxmltree::Document::parse(&out).expect("XML");
    let root = document.root_element();
    assert_eq!(root.attribute("tests"), Some("1"));
    assert_eq!(root.attribute("failures"), Some("0"));
}

/// Reads workflow commands as GitHub's runner does, and gives name, properties and message.
fn commands(out: &str) -> Vec<(String, BTreeMap<String, String>, String)> {
    let mut found = Vec::new();
    for line in out.lines() {
        assert!(!line.contains("##["), "{line}");
        let line = line.trim_start();
        let Some(rest) = line.strip_prefix("::") else {
            continue;
        };
        let (head, data) = rest.split_once("::").expect("an end of the head");
        let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
        let properties = properties.split(',').map(|property| {
            let (key, value) = property.split_once('=').expect("a value");
            let value = value.replace("%3A", ":").replace("%2C", ",");
            (key.to_owned(), unescaped(&value))
        });
        found.push((name.to_owned(), properties.collect(), unescaped(data)));
    }
    found
}

fn unescaped(text: &str) -> String {
    let text = text.replace("%0D", "\r").replace("%0A", "\n");
    text.replace("%25", "%")
}

#[test]
fn github_obeys_our_commands_only() {
    for text in texts() {
        let plain = written(&plain(&text), OutputFormat::Github);
        let gate = written(&gate(&text), OutputFormat::Github);
        assert_printable(&plain);
        assert_printable(&gate);
        let names = |out: &str| -> Vec<String> {
            commands(out).into_iter().map(|(name, ..)| name).collect()
        };
        assert_eq!(names(&plain), ["error", "warning", "notice"]);
        assert_eq!(names(&gate), ["error", "warning"]);
        assert_eq!(gate.lines().count(), 2);
        for (_, properties, message) in commands(&plain) {
            let keys: Vec<&str> = properties.keys().map(String::as_str).collect();
            assert_eq!(
                keys,
                ["col", "endColumn", "endLine", "file", "line", "title"]
            );
            assert_eq!(properties["title"], "dangling-reference");
            assert_eq!(properties["line"], "4");
            assert_no_command(&message);
        }
    }
}

#[test]
fn github_annotates_as_much_as_a_step_may() {
    let mut found = Vec::new();
    for (count, severity) in [
        (12, Severity::Note),
        (11, Severity::Warning),
        (30, Severity::Error),
    ] {
        found.extend(vec![finding("100%, a:b", severity, None); count]);
    }
    let out = written(&report(found, None), OutputFormat::Github);
    let found = commands(&out);
    assert_eq!(found.len(), 30);
    assert!(found[..10].iter().all(|(name, ..)| name == "error"));
    assert_eq!(found[0].1["file"], "100%, a:b");
    assert_eq!(found[0].2.lines().next(), Some("100%, a:b"));
    assert!(out.starts_with(
        "::error file=100%25%2C a%3Ab,line=4,endLine=4,col=5,endColumn=10,title=dangling-reference::100%25, a:b%0A"
    ));
    assert!(
        out.ends_with("\n+23 more: 20 errors, 1 warning, 2 notes\n"),
        "{out}"
    );
    let mut gone = finding("x", Severity::Error, Some(Change::Introduced));
    gone.location.revision = Some("main".into());
    let out = written(&report(vec![gone], None), OutputFormat::Github);
    assert!(
        out.starts_with("::error title=dangling-reference::x%0Ain main:x:4:5%0A"),
        "{out}"
    );
}

#[test]
fn lines_for_people_are_harmless() {
    for text in texts() {
        for report in [plain(&text), gate(&text)] {
            for format in [OutputFormat::Human, OutputFormat::Concise] {
                let out = written(&report, format);
                assert_printable(&out);
                assert_no_command(&out);
            }
        }
    }
    let out = written(&gate("x"), OutputFormat::Concise);
    let lines = out.lines().take_while(|line| !line.is_empty());
    assert_eq!(lines.count(), 2, "{out}");
}

#[test]
fn people_see_what_the_change_does() {
    let out = written(&gate("word"), OutputFormat::Human);
    // The base is called like the file, as a release file is.
    let end = "\
word:4:5 in word  fixed[dangling-reference] word
";
    // The entry is in a file of its name.
    let end = end.replace(" in word", "");
    assert!(out.contains(&end), "{out}");
    assert!(
        out.ends_with("word against word, 1 entry: 1 error, 1 warning introduced\n2 have a fix\n2 introduced, 1 fixed, 1 pre-existing (not shown)\n"),
        "{out}"
    );
    assert!(!out.contains("note[") && out.contains("warning["), "{out}");
}
