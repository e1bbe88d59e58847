//! Releases of the framework, there and back.

use std::collections::BTreeSet;

use super::*;

const RELEASES: [(&str, usize); 5] = [
    ("v1.0", 416),
    ("v1.1", 421),
    ("v1.2", 462),
    ("v1.10", 559),
    ("v1.11", 574),
];

/// Pointers at which two values differ.
fn differences(pointer: &str, a: &Value, b: &Value, found: &mut Vec<String>) {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            let names: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for name in names {
                let below = format!("{pointer}/{name}");
                match (a.get(name), b.get(name)) {
                    (Some(a), Some(b)) => differences(&below, a, b, found),
                    _ => found.push(below),
                }
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (index, (a, b)) in a.iter().zip(b).enumerate() {
                differences(&format!("{pointer}/{index}"), a, b, found);
            }
        }
        (a, b) if a != b => found.push(pointer.to_owned()),
        _ => {}
    }
}

/// The pointers that a loss report names.
fn places(report: &Value) -> BTreeSet<String> {
    let items = report["items"].as_array().expect("items");
    let places = items
        .iter()
        .flat_map(|item| item["places"].as_array().expect("places"));
    places
        .map(|place| place["pointer"].as_str().expect("a pointer").to_owned())
        .collect()
}

fn covered(pointer: &str, places: &BTreeSet<String>) -> bool {
    let ends = pointer
        .match_indices('/')
        .map(|(at, _)| at)
        .skip(1)
        .chain([pointer.len()]);
    ends.into_iter().any(|end| places.contains(&pointer[..end]))
}

/// Goes there and back twice, and compares with what the report says.
fn there_and_back(release: &Path, folder: &Path) -> (Value, usize) {
    let at = |name: &str| folder.join(name);
    let report = text(&at("loss.json"));
    migrate(
        "release",
        "yaml",
        release,
        &at("a"),
        &["--loss-report", &report, "--verify"],
    );
    migrate("yaml", "release", &at("a"), &at("a.json"), &["--verify"]);
    migrate("release", "yaml", &at("a.json"), &at("b"), &["--strict"]);
    migrate("yaml", "release", &at("b"), &at("b.json"), &["--strict"]);
    assert!(tree(&at("a")) == tree(&at("b")), "the second trip differs");
    let read = |name: &str| std::fs::read(at(name)).expect("a release");
    assert!(read("a.json") == read("b.json"), "the second trip differs");
    let report = json_of(&at("loss.json"));
    let mut found = Vec::new();
    differences("", &json_of(release), &json_of(&at("a.json")), &mut found);
    let places = places(&report);
    found.retain(|pointer| !covered(pointer, &places));
    assert_eq!(found, Vec::<String>::new());
    (report, tree(&at("a")).len())
}

#[test]
fn releases_come_back() {
    for (release, entries) in RELEASES {
        let Some(path) = common::shared(&format!("data/itm/{release}.json")) else {
            return;
        };
        let folder = TempDir::new().expect("a folder");
        let (report, files) = there_and_back(&path, folder.path());
        assert_eq!(report["entries"], entries, "{release}");
        assert_eq!(files, entries, "{release}");
        let codes = report["items"].as_array().expect("items").iter();
        let codes: BTreeSet<&str> = codes
            .map(|item| item["code"].as_str().expect("a code"))
            .collect();
        let known = BTreeSet::from(["html-clutter", "nested-list", "repeated-item"]);
        assert_eq!(codes, known, "{release}");
    }
}

#[test]
fn a_migrated_release_is_clean() {
    let Some(path) = common::shared("data/itm/v1.11.json") else {
        return;
    };
    let folder = TempDir::new().expect("a folder");
    let target = folder.path().join("corpus");
    migrate("release", "yaml", &path, &target, &[]);
    let output = Command::new(env!("CARGO_BIN_EXE_corpuslint"))
        .args(["check", "--output-format", "json"])
        .arg(&target)
        .output()
        .expect("the program runs");
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["summary"]["errors"], 0);
    assert_eq!(report["summary"]["entries"], 574);
    let found = report["diagnostics"].as_array().expect("findings").iter();
    let warnings = found.filter(|found| found["severity"] == "warning");
    let rules: BTreeSet<&str> = warnings
        .map(|found| found["rule"].as_str().expect("a rule"))
        .collect();
    let known = [
        "invisible-character",
        "near-duplicate",
        "url-trailing-punctuation",
    ];
    assert_eq!(rules, BTreeSet::from(known));
}

/// A small release that has what version 2 adds, and what no version had.
fn odd_release() -> Value {
    let control = json!({
        "id": "PV001", "title": "Zoning", "description": "<p>x</p>",
        "contributors": [{"name": "A", "url": "https://e.org/a"}],
        "platforms": [[{"name": "Linux"}], [{"name": "Linux"}]], "references": [], "rank": 3
    });
    let mut other = control.clone();
    other["description"] = "<p>y</p>".into();
    let section = |id: &str, title: &str, controls: Vec<Value>| {
        json!({
            "id": id, "title": title, "created": "9th December 2024", "updated": "soon",
            "description": "<p style=\"x\">1 &lt; 2</p>", "contributors": [], "platforms": [],
            "preventions": controls, "detections": [], "references": [], "subsections": [],
            "mitre": [{"ref": "T1078", "name": "Valid Accounts", "url": "https://e.org/T1078"}],
            "description_text": "1 < 2", "note": null
        })
    };
    json!({
        "itm_version": "2.0", "mitre_version": 17.5,
        "articles": [{
            "id": "AR1", "title": "Motive", "theme": "motive", "color": "#fff", "mitre": [],
            "created": "22nd May 2024", "updated": "22nd May 2024", "description": "<p>a</p>",
            "sections": [
                section("MT002", "B", vec![control.clone(), other]),
                section("MT001", "A", vec![control.clone()]),
                section("ME001", "C", vec![control])
            ]
        }, {
            "id": "AR2", "title": "Means", "theme": "means", "created": "01st May 2024",
            "updated": "01st May 2024", "description": "<p>b</p>", "sections": []
        }]
    })
}

#[test]
fn what_no_known_release_has_is_kept_or_reported() {
    let folder = TempDir::new().expect("a folder");
    let release = folder.path().join("v2.json");
    std::fs::write(&release, odd_release().to_string()).expect("a release");
    let (report, files) = there_and_back(&release, folder.path());
    assert_eq!(files, 7, "six entries and the unknown fields");
    let codes = report["items"].as_array().expect("items").iter();
    let codes: BTreeSet<&str> = codes
        .map(|item| item["code"].as_str().expect("a code"))
        .collect();
    for code in [
        "copies-diverge",
        "date-notation",
        "html-clutter",
        "misplaced",
        "more-fields",
        "nested-list",
        "not-a-date",
        "order",
        "repeated-item",
        "unknown-field",
    ] {
        assert!(codes.contains(code), "{code} is not in {codes:?}");
    }
    let back = json_of(&folder.path().join("a.json"));
    assert_eq!(back["itm_version"], "2.0");
    assert_eq!(back["mitre_version"].to_string(), "17.5");
    let article = &back["articles"][0];
    assert_eq!(article["color"], "#fff");
    assert_eq!(article["mitre"], json!([]));
    let section = &article["sections"][0];
    assert_eq!(section["description_text"], "1 < 2");
    assert_eq!(section["note"], Value::Null);
    assert_eq!(section["preventions"][0]["rank"], 3);
    assert_eq!(
        section["preventions"][0]["contributors"][0]["url"],
        "https://e.org/a"
    );
}

#[test]
fn strict_writes_nothing_where_anything_is_lost() {
    let folder = TempDir::new().expect("a folder");
    let at = |name: &str| text(&folder.path().join(name));
    std::fs::write(at("v2.json"), odd_release().to_string()).expect("a release");
    let (source, target, report) = (at("v2.json"), at("new"), at("loss.json"));
    let arguments = ["--from", "release", "--to", "yaml", &source, &target];
    let strict = [&arguments[..], &["--strict", "--loss-report", &report]].concat();
    let (code, said) = refused(&strict);
    assert_eq!(code, Some(1));
    assert!(
        said.contains("nothing was written") && said.contains("--strict"),
        "{said}"
    );
    assert!(!Path::new(&target).exists());
    assert!(
        !json_of(Path::new(&report))["items"]
            .as_array()
            .expect("items")
            .is_empty()
    );
    let said = migrate(
        "release",
        "yaml",
        Path::new(&source),
        Path::new(&target),
        &["--dry-run"],
    );
    assert!(said.contains("7 files would be written"), "{said}");
    assert_eq!(tree(folder.path()).len(), 2);
}

#[test]
fn a_corpus_that_a_release_cannot_hold_is_reported() {
    let folder = TempDir::new().expect("a folder");
    let report = folder.path().join("loss.json");
    let target = folder.path().join("release.json");
    let named = text(&report);
    migrate(
        "yaml",
        "release",
        &corpus(),
        &target,
        &["--loss-report", &named, "--verify"],
    );
    let report = json_of(&report);
    let items = report["items"].as_array().expect("items");
    let codes: BTreeSet<&str> = items
        .iter()
        .map(|item| item["code"].as_str().expect("a code"))
        .collect();
    // The prose of this repository is wrapped, and one control has dates.
    assert_eq!(codes, BTreeSet::from(["markdown-layout", "no-place"]));
    assert!(
        items
            .iter()
            .all(|item| item["entry"].is_string() && item["why"].is_string())
    );
}

#[test]
fn the_loss_report_follows_its_schema() {
    let folder = TempDir::new().expect("a folder");
    let release = folder.path().join("v2.json");
    std::fs::write(&release, odd_release().to_string()).expect("a release");
    let report = text(&folder.path().join("loss.json"));
    let target = folder.path().join("new");
    migrate(
        "release",
        "yaml",
        &release,
        &target,
        &["--loss-report", &report, "--verify"],
    );
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/loss-report.schema.json");
    let validator = jsonschema::validator_for(&json_of(&schema)).expect("a schema");
    let report = json_of(Path::new(&report));
    let errors: Vec<String> = validator
        .iter_errors(&report)
        .map(|error| error.to_string())
        .collect();
    assert_eq!(errors, Vec::<String>::new());
}

#[test]
fn bad_releases_are_refused_with_a_reason() {
    let folder = TempDir::new().expect("a folder");
    let source = text(&folder.path().join("r.json"));
    let target = text(&folder.path().join("new"));
    let deep = format!("<p>{}</p>", "<b>".repeat(5000));
    let entry = |id: Value, prose: &str| json!({"articles": [{"id": id, "title": "T", "theme": "motive", "description": prose, "sections": []}]});
    let mut twice = entry("AR1".into(), "x");
    let first = twice["articles"][0].clone();
    twice["articles"]
        .as_array_mut()
        .expect("a list")
        .push(first);
    for (release, reason) in [
        ("[".to_owned(), "no JSON"),
        ("[]".to_owned(), "JSON object"),
        ("{\"articles\": [], \"articles\": []}".to_owned(), "twice"),
        ("{\"articles\": []}".to_owned(), "no entry found"),
        (entry(Value::Null, "x").to_string(), "no ID"),
        (entry("../../etc".into(), "x").to_string(), "no ID"),
        (entry("AR1".into(), &deep).to_string(), "levels deep"),
        (twice.to_string(), "two entries"),
    ] {
        std::fs::write(&source, &release).expect("a file");
        let (code, said) = refused(&["--from", "release", "--to", "yaml", &source, &target]);
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains(reason), "{reason}: {said}");
        assert_eq!(tree(folder.path()).len(), 1, "{release}");
    }
}

/// A release has no folders: that an entry will stand elsewhere is said before it is seen.
#[test]
fn another_folder_is_in_the_report() {
    let folder = TempDir::new().expect("a folder");
    let motive = folder.path().join("corpus/motive");
    std::fs::create_dir_all(&motive).expect("a folder");
    let entry = "id: AR1\ntitle: Motive\ntheme: means\ndescription: Why.\n";
    std::fs::write(motive.join("AR1.yaml"), entry).expect("a file");
    let source = folder.path().join("corpus");
    let target = folder.path().join("release.json");
    let said = migrate("yaml", "release", &source, &target, &["--verify"]);
    assert!(said.contains("`motive/AR1` becomes `means/AR1`"), "{said}");
    assert!(!said.contains("unreported"), "{said}");
}
