//! The program as people and machines run it: arguments in, text and exit code out.

#[path = "common/program.rs"]
mod program;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use program::{Ran, run_in};
use serde_json::Value;
use tempfile::TempDir;

/// A corpus in a folder of its own, which is the root of a repository.
struct Corpus(TempDir);

impl Corpus {
    fn new(files: &[(&str, &str)]) -> Self {
        let corpus = Self(tempfile::tempdir().expect("a folder"));
        corpus.write(".git/HEAD", "ref: refs/heads/main\n");
        for (path, text) in files {
            corpus.write(path, text);
        }
        corpus
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        run_in(self.0.path(), arguments)
    }

    fn run_with_input(&self, arguments: &[&str], input: &str) -> Ran {
        program::run_with_input(self.0.path(), arguments, input)
    }
}

/// What a run must have said.
trait Said {
    fn exits(self, code: i32) -> Self;
    fn says(self, part: &str) -> Self;
    fn fails(self, part: &str);
    fn json(&self) -> Value;
}

impl Said for Ran {
    #[track_caller]
    fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "out: {}\nerr: {}", self.out, self.err);
        self
    }

    #[track_caller]
    fn says(self, part: &str) -> Self {
        assert!(self.out.contains(part), "no {part:?} in: {}", self.out);
        self
    }

    /// The run failed with one line that says why.
    #[track_caller]
    fn fails(self, part: &str) {
        let ran = self.exits(2);
        assert_eq!(ran.out, "");
        assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
        assert!(ran.err.starts_with("error: "), "{}", ran.err);
        assert!(ran.err.contains(part), "no {part:?} in: {}", ran.err);
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.out).expect("JSON")
    }
}

const GOOD: &str = "id: PV059
title: Insider-Focused Threat Intelligence
description: Feeds.
";

/// Refers to what is not there.
const BAD: &str = "id: PR030
title: Authorization Token Staging
preventions:
  - PV590
description: Tokens are prepared.
";

const RULES: &str = "dangling-reference,duplicate-key,syntax";

/// One error: `PV590`.
fn broken() -> Corpus {
    Corpus::new(&[
        ("corpus/preparation/PR030.yaml", BAD),
        ("corpus/preventions/PV059.yaml", GOOD),
    ])
}

fn clean() -> Corpus {
    Corpus::new(&[("corpus/preventions/PV059.yaml", GOOD)])
}

/// A profile with one kind, whose references lead to itself.
fn profile(rules: &str) -> [(&'static str, String); 2] {
    let schema = r#"{
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object", "x-entry": "note",
        "properties": {
            "key": {"type": "string", "x-id": true, "pattern": "^N[0-9]+$"},
            "see": {"type": "array", "items": {"type": "string", "x-ref": ["note"]}}
        }
    }"#;
    let profile = format!(
        "version = 1\nroot = \"notes\"\n[kind.note]\nfiles = [\"*.yaml\"]\nschema = \"note.json\"\n{rules}"
    );
    [
        ("corpuslint.toml", profile),
        ("note.json", schema.to_owned()),
    ]
}

fn notes(rules: &str, files: &[(&str, &str)]) -> Corpus {
    let corpus = Corpus::new(files);
    for (path, text) in profile(rules) {
        corpus.write(path, &text);
    }
    corpus
}

#[test]
fn the_exit_code_tells_clean_from_findings() {
    clean().run(&["check", "--select", RULES]).exits(0);
    let corpus = broken();
    let check = |more: &[&str]| {
        let mut arguments = vec!["check", "--select", RULES];
        arguments.extend(more);
        corpus.run(&arguments)
    };
    check(&[]).exits(1);
    for level in ["note", "warning", "error"] {
        check(&["--fail-on", level]).exits(1);
        check(&["--fail-on", level, "--exit-zero"]).exits(0);
    }
    check(&["--ignore", "dangling-reference"]).exits(0);
    corpus.run(&["check", "--select", "syntax"]).exits(0);
}

#[test]
fn a_severity_below_the_threshold_does_not_fail() {
    for (level, fails_on) in [("note", 1), ("warning", 2), ("error", 3)] {
        let rules = format!("[rules]\ndangling-reference = \"{level}\"\n");
        let corpus = notes(&rules, &[("notes/N1.yaml", "key: N1\nsee: [N2]\n")]);
        for (at, threshold) in ["note", "warning", "error"].iter().enumerate() {
            let arguments = ["check", "--select", RULES, "--fail-on", threshold];
            let code = i32::from(at < fails_on);
            corpus
                .run(&arguments)
                .exits(code)
                .says(&format!("{level}[dangling-reference]"));
        }
    }
}

#[test]
fn a_run_that_cannot_be_done_says_why_in_one_line() {
    let corpus = clean();
    let fails = |arguments: &[&str], part: &str| corpus.run(arguments).fails(part);
    fails(
        &["check", "--select", "dangling-ref"],
        "did you mean `dangling-reference`?",
    );
    fails(
        &["check", "--ignore", "nonsense"],
        "see `corpuslint explain`",
    );
    fails(&["check", "nowhere"], "no such file or folder");
    fails(&["check", "--config", "nowhere.toml"], "nowhere.toml");
    fails(&["check", "--output-format", "xml"], "'xml'");
    fails(
        &["check", "--fail-on", "never"],
        "[possible values: note, warning, error]",
    );
    fails(&["check", "--selct", "syntax"], "'--select'");
    fails(&["chekc"], "'check'");
    fails(&["completions"], "<SHELL>");
    fails(
        &["check", "--output-file", "a", "--output-file", "b"],
        "--output-format",
    );
    fails(&["check", "--output-file", "nowhere/a"], "nowhere/a");
    fails(&["check", "-"], "--stdin-filename");
    fails(&["explain", "dangling"], "there is no rule `dangling`");
    fails(&["schema", "sectoin"], "did you mean `section`?");
    Corpus::new(&[("corpus/README.md.txt", "")])
        .run(&["check"])
        .fails("no entry found");
    Corpus::new(&[]).run(&["check"]).fails("no such folder");
    corpus.write("corpuslint.toml", "version = 1\nrot = \"corpus\"\n");
    fails(
        &["check"],
        "corpuslint.toml:2:1: unknown key `rot`; did you mean `root`?",
    );
    corpus.run(&[]).exits(2);
}

#[test]
fn a_profile_with_an_unknown_rule_or_schema_is_located() {
    let corpus = notes(
        "[rules]\ndangling-ref = \"off\"\n",
        &[("notes/N1.yaml", "key: N1\n")],
    );
    corpus
        .run(&["check"])
        .fails("corpuslint.toml:7:1: there is no rule `dangling-ref`; did you mean");
    let corpus = notes("", &[("notes/N1.yaml", "key: N1\n")]);
    corpus.write("note.json", "{\n  \"type\": \"strin\"\n}\n");
    corpus.run(&["check"]).fails("note.json:2:3");
}

#[test]
fn people_see_the_place_the_help_and_a_summary() {
    let ran = broken().run(&["check", "--select", RULES]).exits(1);
    let expected = "\
error[dangling-reference]: `PV590` is not defined; did you mean `PV059` (Insider-Focused Threat
  Intelligence)?
   ╭─[corpus/preparation/PR030.yaml:4:5]
 3 │ preventions:
 4 │   - PV590
   ·     ──┬──
   ·       ╰── no entry has this ID
 5 │ description: Tokens are prepared.
   ╰────
  help: refer to an existing prevention, or add the entry `PV590` in the same change
  fix:  Write `PV059` (check that this is what was meant)

2 files, 2 entries: 1 error
1 has a fix, to be checked by you
";
    assert_eq!(ran.out, expected);
    let ran = clean().run(&["check", "--select", RULES]).exits(0);
    assert_eq!(ran.out, "1 entry checked: no errors, no warnings\n");
}

#[test]
fn notes_of_one_rule_are_folded_and_errors_stand_last() {
    let corpus = notes("[rules]\ndangling-reference = \"note\"\n", &[]);
    for number in 1..=40 {
        let text = format!("key: N{number}\nsee: [N{}]\n", number + 5000);
        corpus.write(&format!("notes/N{number}.yaml"), &text);
    }
    corpus.write("notes/N0.yaml", "key: \"N0\n");
    let ran = corpus
        .run(&["check", "--select", RULES, "--statistics"])
        .exits(1);
    assert_eq!(ran.out.matches("╭─").count(), 2, "{}", ran.out);
    let ran = ran
        .says(
            "  the same rule in 39 more places:\n    notes/N10.yaml:2:7  `N5010` is not defined\n",
        )
        .says("    and 29 more\n")
        .says("      40         0  note      dangling-reference\n")
        .says("41 files, 40 entries: 1 error, 40 notes\n");
    let at = |part| ran.out.find(part).expect(part);
    assert!(at("note[dangling-reference]") < at("error[syntax]"));
    assert!(at("error[syntax]") < at("with fix"));
}

#[test]
fn the_page_for_people_is_bounded_and_keeps_errors() {
    let corpus = notes(
        "[rules]\ndangling-reference = \"warning\"\nduplicate-key = \"note\"\n",
        &[],
    );
    for number in 0..900 {
        let text = format!("key: N{number}\nkey: N{number}\nsee: [M{number}]\n");
        corpus.write(&format!("notes/N{number}.yaml"), &text);
    }
    for number in 900..1100 {
        corpus.write(&format!("notes/N{number}.yaml"), "key: \"N0\n");
    }
    let ran = corpus.run(&["check", "--select", RULES]).exits(1);
    assert!(ran.out.len() < 64 << 10, "{}", ran.out.len());
    for number in 900..1100 {
        assert!(
            ran.out.contains(&format!("notes/N{number}.yaml:1:6")),
            "{number}"
        );
    }
    let ran = ran.says("1100 files, 900 entries: 200 errors, 900 warnings, 900 notes");
    assert!(
        ran.out
            .contains("`--output-format concise` lists every one")
    );
    let concise = corpus.run(&["check", "--select", RULES, "--output-format", "concise"]);
    assert_eq!(concise.out.lines().count(), 2000);
}

#[test]
fn a_line_of_any_length_is_shown_around_its_place() {
    let prose = "日本 prose, ".repeat(100_000);
    let text =
        format!("{{\"id\":\"PV059\",\"title\":\"a\",\"description\":\"{prose}\",\"title\":\"b\"}}");
    let corpus = Corpus::new(&[("corpus/preventions/PV059.json", &text)]);
    let ran = corpus.run(&["check", "--select", RULES]).exits(1);
    assert!(ran.out.len() < 2000, "{}", ran.out);
    ran.says("corpus/preventions/PV059.json:1:1000044]")
        .says("prose, \",\"title\":\"b\"}\n")
        .says(" 1 │ {\"id\":\"PV059\",\"title\":\"a\",\"desc")
        .says("first here");
}

#[test]
fn one_missing_entry_is_one_finding_with_a_list() {
    let corpus = notes("", &[]);
    for number in 1..=31 {
        corpus.write(
            &format!("notes/N{number}.yaml"),
            &format!("key: N{number}\nsee: [N99]\n"),
        );
    }
    let ran = corpus.run(&["check", "--select", RULES]).exits(1);
    ran.says("    notes/N10.yaml:2:7  also used by `N10`\n")
        .says("    and 20 more places\n")
        .says("31 files, 31 entries: 1 error\n");
}

#[test]
fn concise_is_one_line_a_finding() {
    let corpus = broken();
    let ran = corpus
        .run(&["check", "--select", RULES, "--output-format", "concise"])
        .exits(1);
    let expected = "corpus/preparation/PR030.yaml:4:5: error[dangling-reference] `PV590` is not \
        defined; did you mean `PV059` (Insider-Focused Threat Intelligence)?\n";
    assert_eq!(ran.out, expected);
    let with = [
        "check",
        "--select",
        RULES,
        "--output-format",
        "concise",
        "--statistics",
    ];
    corpus
        .run(&with)
        .says("       1         1  error     dangling-reference\n");
}

fn output_schema() -> jsonschema::Validator {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/output.schema.json");
    let schema = fs::read_to_string(path).expect("the schema");
    let schema: Value = serde_json::from_str(&schema).expect("JSON");
    let options = jsonschema::options();
    options.build(&schema).expect("a schema")
}

#[test]
fn json_is_what_its_schema_says() {
    let validator = output_schema();
    for corpus in [broken(), clean(), hostile()] {
        let ran = corpus.run(&["check", "--output-format", "json"]);
        let output = ran.json();
        let errors: Vec<String> = validator
            .iter_errors(&output)
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{errors:?}");
        let lines = corpus.run(&["check", "--output-format", "jsonl"]);
        let lines: Vec<Value> = lines
            .out
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect();
        assert_eq!(Value::Array(lines), output["diagnostics"]);
    }
    let found = &broken()
        .run(&["check", "--select", RULES, "--output-format", "json"])
        .json();
    assert_eq!(found["version"], 1);
    assert_eq!(found["summary"]["errors"], 1);
    let found = &found["diagnostics"][0];
    assert_eq!(found["path"], "corpus/preparation/PR030.yaml");
    assert_eq!(
        found["start"],
        serde_json::json!({"line": 4, "column": 5, "offset": 62})
    );
    assert_eq!(found["entry"], "PR030");
    assert_eq!(found["pointer"], "/preventions/0");
    assert_eq!(found["fix"]["edits"][0]["text"], "PV059");
}

#[test]
fn several_formats_go_to_several_files() {
    let corpus = broken();
    let check = |more: &[&str]| {
        let mut arguments = vec!["check", "--select", RULES];
        arguments.extend(more);
        corpus.run(&arguments).exits(1)
    };
    let read = |path: &str| fs::read_to_string(corpus.path(path)).expect("a file");
    let ran = check(&[
        "--output-format",
        "concise",
        "--output-format",
        "json",
        "--output-file",
        "a.json",
    ]);
    let concise = ran.says("PR030.yaml:4:5: error").out;
    let json: Value = serde_json::from_str(&read("a.json")).expect("JSON");
    assert_eq!(json["summary"]["errors"], 1);
    let ran = check(&["--output-file", "b.json", "--output-format", "json"]);
    assert_eq!(ran.out, "");
    assert_eq!(read("b.json"), read("a.json"));
    let ran = check(&[
        "--output-format",
        "json",
        "--output-format",
        "concise",
        "--output-file",
        "c.json",
        "--output-file",
        "c.txt",
    ]);
    assert_eq!(ran.out, "");
    assert_eq!(read("c.json"), read("a.json"));
    assert_eq!(read("c.txt"), concise);
    check(&["--output-file", "d.txt"]);
    assert!(read("d.txt").starts_with("error[dangling-reference]"));
}

#[test]
fn the_standard_input_stands_in_for_a_file() {
    let corpus = clean();
    let arguments = [
        "check",
        "--select",
        RULES,
        "--output-format",
        "concise",
        "--stdin-filename",
        "corpus/preparation/PR030.yaml",
        "-",
    ];
    corpus
        .run_with_input(&arguments, BAD)
        .exits(1)
        .says("PR030.yaml:4:5: error");
    // What is on disk does not count.
    let corpus = broken();
    let good = BAD.replace("PV590", "PV059");
    let ran = corpus.run_with_input(&arguments, &good).exits(0);
    assert_eq!(ran.out, "");
    corpus.run(&["check", "--select", RULES]).exits(1);
}

#[test]
fn a_part_is_checked_against_the_whole() {
    let corpus = broken();
    corpus.write(
        "corpus/preparation/PR031.yaml",
        "id: PR031\ntitle: a\ntitle: b\npreventions: [PV059]\n",
    );
    let check = |path: &str| {
        corpus.run(&[
            "check",
            "--select",
            RULES,
            "--output-format",
            "concise",
            path,
        ])
    };
    let one = check("corpus/preparation/PR031.yaml").exits(1);
    assert_eq!(one.out.lines().count(), 1, "{}", one.out);
    assert!(one.out.contains("PR031.yaml:3:1: error[duplicate-key]"));
    assert_eq!(check("corpus/preparation").exits(1).out.lines().count(), 2);
    assert_eq!(check("corpus/preventions").exits(0).out, "");
    assert_eq!(check(".").out, check("corpus").out);
    let json = [
        "check",
        "--output-format",
        "json",
        "--select",
        RULES,
        "corpus/preventions",
    ];
    let summary = corpus.run(&json).json()["summary"].clone();
    assert_eq!(summary["files"], 1);
    assert_eq!(summary["entries"], 1);
}

#[test]
fn paths_are_for_whoever_reads_them() {
    let corpus = broken();
    let folder = corpus.path("corpus/preparation");
    let check = |format| {
        run_in(
            &folder,
            &["check", "--select", RULES, "--output-format", format],
        )
    };
    check("concise").exits(1).says("PR030.yaml:4:5: error");
    assert!(check("concise").out.starts_with("PR030.yaml"));
    assert!(check("human").out.contains("╭─[PR030.yaml:4:5]"));
    let path = &check("json").json()["diagnostics"][0]["path"];
    assert_eq!(path, "corpus/preparation/PR030.yaml");
    let elsewhere = tempfile::tempdir().expect("a folder");
    let whole = corpus.0.path().to_str().expect("UTF-8");
    let ran = run_in(
        elsewhere.path(),
        &[
            "check",
            "--select",
            RULES,
            "--output-format",
            "concise",
            whole,
        ],
    );
    let shown = ran.out.split(':').next().expect("a path");
    let found = fs::canonicalize(elsewhere.path().join(shown)).expect("a path that leads there");
    assert_eq!(
        found,
        fs::canonicalize(corpus.path("corpus/preparation/PR030.yaml")).expect("a file")
    );
}

#[test]
fn a_suppression_allows_one_finding() {
    let corpus = broken();
    let text = BAD.replace(
        "- PV590",
        "- PV590 # corpuslint: allow dangling-reference -- planned",
    );
    corpus.write("corpus/preparation/PR030.yaml", &text);
    corpus.run(&["check", "--select", RULES]).exits(0);
    corpus.write(
        "corpus/preparation/PR030.yaml",
        &text.replace(" -- planned", ""),
    );
    corpus.run(&["check", "--select", RULES]).exits(1);
}

#[test]
fn the_profile_is_the_nearest_but_not_beyond_the_repository() {
    let corpus = notes(
        "",
        &[
            ("notes/deep/N1.yaml", "key: N1\n"),
            ("notes/N2.yaml", "key: N2\nsee: [N9]\n"),
        ],
    );
    let kinds = |folder: &str| run_in(&corpus.path(folder), &["schema"]).exits(0).out;
    assert!(kinds("notes/deep").starts_with("note "));
    run_in(&corpus.path("notes/deep"), &["check", "--select", RULES]).exits(1);
    corpus.write("inner/.git/HEAD", "");
    assert!(kinds("inner").starts_with("article "));
    let config = ["schema", "--config", "../corpuslint.toml"];
    assert!(
        run_in(&corpus.path("inner"), &config)
            .out
            .starts_with("note ")
    );
}

#[test]
fn colours_are_for_terminals_and_for_those_who_ask() {
    let corpus = broken();
    let check = ["check", "--select", RULES];
    assert!(!corpus.run(&check).out.contains('\u{1b}'));
    let always = ["--color", "always", "check", "--select", RULES];
    assert!(
        corpus
            .run(&always)
            .out
            .contains("\u{1b}[31merror[dangling-reference]:")
    );
    let always = ["check", "--select", RULES, "--color=always"];
    let mut command = program::program(corpus.0.path(), &always);
    let ran = Ran::new(command.env("NO_COLOR", "1").output().expect("a process"));
    assert!(ran.out.contains('\u{1b}'), "what is asked for counts more");
    assert!(
        corpus
            .run(&["--help", "--color", "always"])
            .exits(0)
            .out
            .contains('\u{1b}')
    );
    assert!(
        corpus
            .run(&["check", "--color=always", "-h"])
            .exits(0)
            .out
            .contains('\u{1b}')
    );
    assert!(
        !corpus
            .run(&["--color", "never", "--help"])
            .out
            .contains('\u{1b}')
    );
    assert!(!corpus.run(&["explain", "syntax"]).out.contains('\u{1b}'));
    assert!(
        corpus
            .run(&["explain", "syntax", "--color", "always"])
            .out
            .contains('\u{1b}')
    );
    for format in ["concise", "json", "jsonl"] {
        let arguments = ["check", "--color", "always", "--output-format", format];
        assert!(!corpus.run(&arguments).out.contains('\u{1b}'), "{format}");
    }
}

/// What no output may hold: a terminal or a CI runner would obey it.
const ATTACK: &str = "\u{1b}[2J\u{1b}]0;x\u{7}\u{9b}31m\u{202e}\u{2066}\u{200b}\u{feff}\r ::error::x ##[error]y ##vso[task.x]z";

fn hostile() -> Corpus {
    let escaped = serde_json::to_string(ATTACK).expect("JSON");
    let text = format!(
        "{{{escaped}: 1, {escaped}: 2,\n\"id\": \"MT012\",\n\"title\": {escaped},\n\
        \"preventions\": [{escaped}],\n\"description\": \"d\"}}"
    );
    let corpus = Corpus::new(&[("corpus/motive/MT012.json", &text)]);
    // As they are: characters that JSON and YAML let through, and those that they do not.
    corpus.write(
        "corpus/motive/MT013.json",
        "{\"id\": \"MT013 \u{202e}::error::##[x\", \"\u{202e}::error::##[x\": 1,\n\
        \"\u{202e}::error::##[x\": 2, \"title\": \"\u{9b}31m\u{7f}\"}",
    );
    corpus.write(
        "corpus/motive/MT014.yaml",
        &format!("{ATTACK}\n::error::x: {ATTACK}\n::error::x: 2\n"),
    );
    corpus.write(
        "corpus/motive/MT015.yaml",
        "id: \"MT015\u{202e}\"\ntitle: \"\u{200b}\n::error::x\n##[error]y\n",
    );
    corpus.write(
        "corpus/::error::##[x \u{1b}[31m\u{202e}\n::error::z.yaml",
        "title: a\ntitle: b\nx: \"\n",
    );
    corpus
}

#[track_caller]
fn is_harmless(out: &str) {
    for c in out.chars() {
        let harmless = c == '\n' || !c.is_control();
        assert!(
            harmless && !"\u{202e}\u{2066}\u{200b}\u{feff}".contains(c),
            "{c:?} in {out}"
        );
    }
    assert!(!out.contains("##"), "{out}");
    for line in out.lines() {
        assert!(!line.trim_start().starts_with("::"), "{line}");
    }
}

#[test]
fn hostile_text_reaches_no_output() {
    let corpus = hostile();
    for format in [
        "human", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit", "rdjson",
        "markdown",
    ] {
        let ran = corpus
            .run(&["check", "--output-format", format, "--statistics"])
            .exits(1);
        assert!(ran.out.len() > 500, "{}", ran.out);
        // Some lines begin with a command or a heading of ours; the rest must be harmless.
        let ours: &[&str] = match format {
            "github" => &["::error ", "::warning ", "::notice "],
            "markdown" => &["## ", "### ", "#### "],
            _ => &[],
        };
        let lines = ran.out.lines().map(|line| {
            let rest = ours.iter().find_map(|ours| line.strip_prefix(ours));
            rest.unwrap_or(line)
        });
        is_harmless(&lines.collect::<Vec<_>>().join("\n"));
        is_harmless(&ran.err);
    }
    for arguments in [&["stats"][..], &["stats", "--output-format", "json"]] {
        is_harmless(&corpus.run(arguments).exits(0).out);
    }
    let ran = corpus.run(&["check", "--select", ATTACK]).exits(2);
    is_harmless(&ran.err);
    is_harmless(&corpus.run(&[ATTACK]).exits(2).err);
    is_harmless(&corpus.run(&["check", ATTACK]).exits(2).err);
    corpus.write(
        "corpuslint.toml",
        "version = 1\n\"::error::\\u202e##[x\" = 1\n",
    );
    is_harmless(&corpus.run(&["check"]).exits(2).err);
}

#[test]
fn explain_shows_pages_and_the_table() {
    let corpus = Corpus::new(&[]);
    let table = corpus.run(&["explain"]).exits(0);
    for rule in corpuslint::rules::RULES {
        let line = table
            .out
            .lines()
            .find(|line| line.split_whitespace().next() == Some(rule.name));
        let line = line.unwrap_or_else(|| panic!("no line for {}", rule.name));
        assert!(line.contains(rule.level.as_str()), "{line}");
        assert!(
            line.ends_with(rule.page.lines().next().expect("a line")),
            "{line}"
        );
        assert_eq!(line.contains("  fix  "), rule.has_fix(), "{line}");
        let page = corpus.run(&["explain", rule.name]).exits(0);
        assert!(page.out.starts_with(&format!("# {}\n", rule.name)));
        assert!(page.out.ends_with(rule.page));
    }
}

#[test]
fn schema_prints_what_editors_need() {
    let corpus = Corpus::new(&[]);
    let list = corpus.run(&["schema"]).exits(0).out;
    for line in list.lines() {
        let kind = line.split_whitespace().next().expect("a kind");
        let schema = corpus.run(&["schema", kind]).exits(0).json();
        assert_eq!(
            schema["$schema"], "https://json-schema.org/draft/2020-12/schema",
            "{kind}"
        );
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (kind, path) in [
        ("section", "schema/itm/v2/section.schema.json"),
        ("output", "schema/output.schema.json"),
        ("profile", "schema/profile.schema.json"),
        ("vocabulary", "schema/vocabulary.schema.json"),
    ] {
        let text = fs::read_to_string(root.join(path)).expect("a schema");
        assert_eq!(corpus.run(&["schema", kind]).out, text);
    }
    let own = notes("", &[]).run(&["schema", "note"]).exits(0);
    assert_eq!(own.json()["x-entry"], "note");
}

#[test]
fn stats_count_what_is_there() {
    let corpus = broken();
    corpus.write(
        "corpus/motive/MT012.yaml",
        "id: MT012\ntitle: Coercion\ncreated: 2024-05-22\nupdated: 2025-04-25\n\
        contributors: [Jo Doe, Al Roe]\npreventions: [PV060]\ndescription: d\n",
    );
    corpus.write(
        "corpus/preventions/PV060.yaml",
        "id: PV060\ntitle: t\ncontributors: [Jo Doe]\ndescription: d\n",
    );
    let stats = corpus
        .run(&["stats", "--output-format", "json"])
        .exits(0)
        .json();
    assert_eq!(stats["entries"], 4);
    let kind = |name: &str| {
        let kinds = stats["kinds"].as_array().expect("a list").iter();
        kinds
            .clone()
            .find(|kind| kind["kind"] == name)
            .expect("a kind")
            .clone()
    };
    assert_eq!(kind("prevention")["entries"], 2);
    assert_eq!(kind("prevention")["unused"], 1);
    assert_eq!(kind("section")["entries"], 2);
    assert_eq!(stats["unused"], serde_json::json!(["PV059"]));
    assert_eq!(stats["people"]["count"], 2);
    assert_eq!(
        stats["people"]["top"][0],
        serde_json::json!({"name": "Jo Doe", "entries": 2})
    );
    assert_eq!(stats["dates"][0]["oldest"], "2024-05-22");
    assert_eq!(stats["dates"][0]["missing"], 3);
    assert_eq!(stats["references"][0]["references"], 2);
    let ran = corpus.run(&["stats"]).exits(0);
    ran.says("4 entries in 4 files\n")
        .says("  section → prevention")
        .says("  Jo Doe");
    let part = corpus
        .run(&["stats", "corpus/motive", "--output-format", "json"])
        .json();
    assert_eq!(part["entries"], 1);
}

#[test]
fn manuals_and_completions_know_every_command() {
    let corpus = Corpus::new(&[]);
    let man = corpus.run(&["man"]).exits(0).out;
    assert!(man.starts_with(".ie"), "{man}");
    for command in ["check", "explain", "schema", "stats", "completions", "man"] {
        assert!(
            man.contains(&format!(".TH corpuslint-{command} 1")),
            "{command}"
        );
    }
    assert!(man.contains("fail\\-on"));
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = corpus.run(&["completions", shell]).exits(0).out;
        assert!(script.contains("stdin-filename"), "{shell}");
    }
}

#[test]
fn version_and_help_go_to_the_standard_output() {
    let corpus = Corpus::new(&[]);
    let version = concat!("corpuslint ", env!("CARGO_PKG_VERSION"), "\n");
    assert_eq!(corpus.run(&["--version"]).exits(0).out, version);
    corpus
        .run(&["--help"])
        .exits(0)
        .says("check")
        .says("explain");
    corpus
        .run(&["check", "--help"])
        .exits(0)
        .says("relative to the current folder");
}

#[test]
#[cfg(unix)]
fn a_reader_that_has_seen_enough_is_no_error() {
    let corpus = notes("", &[]);
    for number in 0..300 {
        corpus.write(
            &format!("notes/N{number}.yaml"),
            &format!("key: N{number}\nsee: [M{number}]\n"),
        );
    }
    for arguments in [
        &["check", "--output-format", "json"][..],
        &["completions", "bash"],
        &["man"],
    ] {
        let mut child = program::program(corpus.0.path(), arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("a process");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("an end");
        assert_ne!(output.status.code(), Some(2), "{arguments:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{arguments:?}");
        assert!(output.status.code().is_some(), "{arguments:?}: a signal");
    }
}
