//! Authors of another framework: other IDs, other fields, other folders, another syntax.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::{Ran, copy, run_in};

struct Cookbook(TempDir);

impl Cookbook {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        copy(&root.join("tests/framework/cookbook"), folder.path());
        Self(folder)
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        run_in(self.0.path(), arguments, "")
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.0.path().join(path)).expect("a file")
    }
}

#[test]
fn ids_of_a_cookbook() {
    let book = Cookbook::new();
    for (arguments, expected) in [
        (&["ingredient"][..], "i011"),
        (&["recipe", "--folder", "soups"], "r-soup-02"),
        (&["recipe", "--prefix", "r-bread-"], "r-bread-10"),
        (&["recipe", "--prefix", "r-stew-"], "r-stew-01"),
        (&["recipe", "--parent", "r-soup-01"], "r-soup-02"),
    ] {
        let ran = book.run(&[&["id", "next"], arguments].concat());
        assert_eq!(
            ran.out,
            format!("{expected}\n"),
            "{arguments:?}: {}",
            ran.err
        );
    }
}

#[test]
fn entries_of_a_cookbook() {
    let book = Cookbook::new();
    let ran = book.run(&[
        "new",
        "ingredient",
        "--title",
        "Carrot",
        "--set",
        "unit=piece",
    ]);
    assert_eq!(ran.out, "larder/i011.json\n", "{}", ran.err);
    let expected = "{\n  \"code\": \"i011\",\n  \"label\": \"Carrot\",\n  \"unit\": \"piece\"\n}\n";
    assert_eq!(book.read("larder/i011.json"), expected);
    let ran = book.run(&[
        "new",
        "recipe",
        "--folder",
        "soups",
        "--title",
        "Carrot soup",
        "--contributor",
        "Ada Cook",
        "--set",
        "uses=i011,i001",
        "--set",
        "oven=200",
    ]);
    assert_eq!(ran.out, "recipes/soups/r-soup-02.yaml\n", "{}", ran.err);
    let text = book.read("recipes/soups/r-soup-02.yaml");
    let start = "# yaml-language-server: $schema=../../schemas/recipe.json\nkey: r-soup-02\nname: Carrot soup\n";
    assert!(text.starts_with(start), "{text}");
    assert!(
        text.contains(
            "cooks:\n  - Ada Cook\nuses:\n  - i011\n  - i001\noven: 200\nmethod: |\n  TBD: "
        ),
        "{text}"
    );
}

#[test]
fn a_move_in_a_cookbook_needs_a_tombstone() {
    let book = Cookbook::new();
    // Its schemas know no retirement.
    let ran = book.run(&["id", "move", "i001", "i020"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("no place for a retirement"), "{}", ran.err);
}

#[test]
fn forms_of_a_cookbook() {
    let book = Cookbook::new();
    let ran = book.run(&["schema", "--issue-form", "recipe"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let form: serde_yaml::Value = serde_yaml::from_str(&ran.out).expect("YAML");
    let elements = form["body"].as_sequence().expect("a body").iter();
    let labels: Vec<&str> = elements
        .filter_map(|one| one["attributes"]["label"].as_str())
        .collect();
    let expected = [
        "Kind of entry",
        "Where it belongs",
        "Name",
        "Cooks",
        "Uses",
        "Goes with",
        "Oven",
        "Method",
    ];
    assert_eq!(labels, expected);
    let body = "### Kind of entry\n\nrecipe\n\n### Where it belongs\n\nsoups\n\n### Name\n\nPea soup\n\n\
### Cooks\n\n- Ada Cook\n\n### Uses\n\ni001, i002\n\n### Goes with\n\n_No response_\n\n### Oven\n\n180\n\n### Method\n\nWait.\n";
    let ran = run_in(book.0.path(), &["new", "--from-issue", "-"], body);
    assert_eq!(ran.out, "recipes/soups/r-soup-02.yaml\n", "{}", ran.err);
    let text = book.read("recipes/soups/r-soup-02.yaml");
    let end = "cooks:\n  - Ada Cook\nuses:\n  - i001\n  - i002\noven: 180\nmethod: |\n  Wait.\n";
    assert!(text.ends_with(end), "{text}");
    let hot = body.replace("180", "hot");
    let ran = run_in(book.0.path(), &["new", "--from-issue", "-"], &hot);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("-:27: `hot` is no number"), "{}", ran.err);
    let ran = book.run(&["schema", "--issue-form", "recipes"]);
    assert!(ran.err.contains("did you mean `recipe`?"), "{}", ran.err);
}
