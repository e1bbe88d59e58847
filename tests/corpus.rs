//! The corpus of this repository is clean, and a report does not depend on the number of threads.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

fn check(threads: &str, arguments: &[&str]) -> (Option<i32>, Vec<u8>) {
    let output = Command::new(env!("CARGO_BIN_EXE_corpuslint"))
        .arg("check")
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("RAYON_NUM_THREADS", threads)
        .output()
        .expect("the program runs");
    (output.status.code(), output.stdout)
}

#[test]
fn the_corpus_is_clean() {
    let (code, output) = check("2", &["corpus", "--output-format", "json"]);
    assert_eq!(code, Some(0));
    let report: Value = serde_json::from_slice(&output).expect("JSON");
    let summary = &report["summary"];
    assert_eq!(summary["entries"], 59);
    assert_eq!(summary["errors"], 0);
    assert_eq!(summary["warnings"], 0);
    for found in report["diagnostics"].as_array().expect("a list") {
        let rule = found["rule"].as_str().expect("a rule");
        let expected = ["expected-field", "title-duplicate", "orphan"];
        assert!(expected.contains(&rule), "{found}");
    }
}

/// The entries that stand for what the publisher's pages and releases do not say.
#[test]
fn nothing_is_invented() {
    let entry = |path: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("corpus")
            .join(path);
        std::fs::read_to_string(path).expect("an entry")
    };
    let last = entry("motive/MT012.008.yaml");
    assert!(
        !last.contains("created:") && !last.contains("contributors:"),
        "{last}"
    );
    let control = entry("detections/DT046.yaml");
    assert!(
        !control.contains("created:") && !control.contains("updated:"),
        "{control}"
    );
}

#[test]
fn output_is_the_same_on_any_number_of_threads() {
    let formats = ["json", "jsonl", "concise", "human"];
    let mut inputs = vec!["corpus".to_owned()];
    let release = "../shared/data/itm/v1.11.json";
    if Path::new(env!("CARGO_MANIFEST_DIR")).join(release).exists() {
        inputs.push(release.to_owned());
    } else {
        println!("skipped: {release} is not here");
    }
    for input in &inputs {
        for format in formats {
            let arguments = [input.as_str(), "--output-format", format];
            let (_, one) = check("1", &arguments);
            assert!(!one.is_empty());
            for threads in ["2", "7"] {
                let (_, many) = check(threads, &arguments);
                assert!(one == many, "{input} as {format} on {threads} threads");
            }
        }
    }
}
