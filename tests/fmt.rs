//! `fmt`: one form for everything that says the same, with its comments.

#![allow(clippy::print_stdout)] // it says what it skipped

mod common;

#[path = "common/program.rs"]
mod program;
#[path = "common/random.rs"]
mod random;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

use common::{copy, files, shared};
use corpuslint::format::canonical;
use corpuslint::migrate::layout::Layout;
use corpuslint::snapshot::Workspace;
use corpuslint::syntax::Format;
use program::program;
use random::Random;
use tempfile::TempDir;

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    program(folder, arguments)
        .output()
        .expect("the program runs")
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// This repository's entries, and those of a release where there is one.
fn entries() -> Vec<(PathBuf, String)> {
    let mut folders = vec![corpus()];
    let migrated = tempfile::tempdir().expect("a folder");
    if let Some(release) = shared("data/itm/v1.11.json") {
        let release = release.to_str().expect("UTF-8").to_owned();
        let from = [
            "migrate", "--from", "release", "--to", "yaml", &release, "corpus",
        ];
        let output = run(migrated.path(), &from);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        folders.push(migrated.path().join("corpus"));
    }
    let paths = folders.iter().flat_map(|folder| files(folder, "yaml"));
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).expect("an entry");
        (path, text)
    };
    paths.map(read).collect()
}

fn form(text: &str, format: Format) -> String {
    static WORKSPACE: LazyLock<Workspace> =
        LazyLock::new(|| Workspace::embedded(PathBuf::new()).expect("a profile"));
    let layout = Layout::new(&WORKSPACE, 0);
    canonical(text, format, None, &layout).unwrap_or_else(|refused| panic!("{refused:?}\n{text}"))
}

#[test]
fn what_is_canonical_stays() {
    for (path, text) in entries() {
        assert_eq!(form(&text, Format::Yaml), text, "{}", path.display());
    }
}

/// However an entry is written, and wherever comments stand in it, there is one form of it.
#[test]
fn whatever_says_the_same_gets_the_same_form() {
    for (number, (path, text)) in entries().into_iter().enumerate() {
        let mut random = Random::new(number as u64);
        let scrambled = scramble(&text, &mut random);
        assert_eq!(
            form(&scrambled, Format::Yaml),
            text,
            "{}, {scrambled}",
            path.display()
        );
        let commented = comment(&scrambled, &mut random);
        let once = form(&commented, Format::Yaml);
        assert_eq!(
            form(&once, Format::Yaml),
            once,
            "{}, {commented}",
            path.display()
        );
        assert_eq!(
            without_comments(&once),
            without_comments(&text),
            "{commented}"
        );
        assert_eq!(comments(&once), comments(&commented), "{commented}\n{once}");
        let windows = commented.replace('\n', "\r\n");
        assert_eq!(form(&windows, Format::Yaml), once.replace('\n', "\r\n"));
    }
}

/// Fields in another order, lists in brackets, texts in quotes.
fn scramble(text: &str, random: &mut Random) -> String {
    let (head, fields) = text.split_once('\n').expect("a line for editors");
    let mut blocks: Vec<String> = Vec::new();
    for line in fields.split_inclusive('\n') {
        match blocks.last_mut() {
            Some(block) if line.starts_with([' ', '\n']) => block.push_str(line),
            _ => blocks.push(line.to_owned()),
        }
    }
    for block in &mut blocks {
        if random.below(2) == 0 {
            *block = rewritten(block, random);
        }
    }
    for at in (1..blocks.len()).rev() {
        blocks.swap(at, random.below(at + 1));
    }
    format!("{head}\n{}", blocks.concat())
}

fn rewritten(block: &str, random: &mut Random) -> String {
    let (key, rest) = block.split_once(':').expect("a field");
    let quote = |text: &str| serde_json::to_string(text).expect("JSON");
    if let Some(prose) = rest.strip_prefix(" |\n") {
        // An empty line of a block is one of its text, wherever it stands.
        let lines = prose.split_inclusive('\n');
        let text: String = lines
            .map(|line| line.strip_prefix("  ").unwrap_or(line))
            .collect();
        return format!("{key}: {}\n", quote(&text));
    }
    let items: Vec<&str> = rest.lines().skip(1).collect();
    if items.is_empty() {
        let text = rest.trim();
        let is_plain = !text.starts_with(['"', '[', '{']);
        return if is_plain {
            format!("'{key}':   {}\n", quote(text))
        } else {
            block.to_owned()
        };
    }
    let simple = items
        .iter()
        .all(|item| item.starts_with("  - ") && !item.contains(": "));
    if simple && !items.iter().any(|item| item.contains('"')) {
        let items: Vec<String> = items.iter().map(|item| quote(&item[4..])).collect();
        let comma = if random.below(2) == 0 {
            ", "
        } else {
            ",\n    "
        };
        return format!("{key}: [{}]\n", items.join(comma));
    }
    // A deeper indentation says the same.
    items.iter().fold(format!("{key}:\n"), |out, item| {
        format!("{out}     {item}\n")
    })
}

/// Comments above fields and items, behind them, and at the end.
fn comment(text: &str, random: &mut Random) -> String {
    let mut out = String::new();
    let mut in_prose = false;
    for (number, line) in text.lines().enumerate() {
        if !line.starts_with(' ') && !line.is_empty() {
            in_prose = line.ends_with('|') || line.ends_with("|-") || line.ends_with("|+");
        }
        let indent = line.len() - line.trim_start().len();
        let is_open = line.ends_with(',') || line.contains("[\"") && !line.ends_with(']');
        if !in_prose && !line.is_empty() && random.below(3) == 0 {
            out.push_str(&format!("{}# above {number}: 'x\n", &line[..indent]));
        }
        out.push_str(line);
        let is_block = in_prose || is_open;
        if !is_block && !line.is_empty() && !line.starts_with('#') && random.below(3) == 0 {
            out.push_str(&format!(" # behind {number}"));
        }
        out.push('\n');
    }
    out.push_str("# at the end\n");
    out
}

fn is_comment(line: &str) -> bool {
    let line = line.trim_start();
    ["# above", "# at the end"]
        .iter()
        .any(|start| line.starts_with(start))
}

fn without_comments(text: &str) -> String {
    let kept = text.lines().filter(|line| !is_comment(line));
    kept.map(|line| format!("{}\n", line.split(" # behind").next().unwrap_or(line)))
        .collect()
}

fn comments(text: &str) -> Vec<&str> {
    let mut found: Vec<&str> = text
        .lines()
        .filter_map(|line| match line.find(" # behind") {
            Some(at) => Some(&line[at + 1..]),
            None => is_comment(line).then(|| line.trim_start()),
        })
        .collect();
    found.sort_unstable();
    found
}

#[test]
fn json_and_front_matter_have_a_form_too() {
    let json = "{\"title\": \"T\", \"id\":\"PV001\",\r\n \"description\": \"a\\nb\\u00e9\\n\", \"n\": 1.50}";
    assert_eq!(
        form(json, Format::Json),
        "{\r\n  \"id\": \"PV001\",\r\n  \"title\": \"T\",\r\n  \"description\": \"a\\nbé\\n\",\r\n  \"n\": 1.50\r\n}\r\n"
    );
    let page = "---\ntitle: 'T' # t\nid: PV001\n---  \n\n\nText  \n---\nmore";
    assert_eq!(
        form(page, Format::Markdown),
        "---\nid: PV001\ntitle: T # t\n---  \n\n\nText  \n---\nmore"
    );
}

#[test]
fn comments_stay_where_they_belong() {
    let text = include_str!("fmt/before.yaml");
    assert_eq!(form(text, Format::Yaml), include_str!("fmt/after.yaml"));
}

/// A folder with two good entries and one that is not in its form.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    copy(&corpus(), &folder.path().join("corpus"));
    let entry = folder.path().join("corpus/preparation/PR030.yaml");
    let text = std::fs::read_to_string(&entry).expect("an entry");
    std::fs::write(&entry, text.replace("id: PR030", "id: 'PR030'")).expect("the entry");
    folder
}

#[test]
fn files_are_formatted_or_only_looked_at() {
    let folder = folder();
    let entry = folder.path().join("corpus/preparation/PR030.yaml");
    let before = std::fs::read_to_string(&entry).expect("an entry");
    for (option, said) in [
        ("--check", "corpus/preparation/PR030.yaml\n"),
        ("--diff", "-id: 'PR030'\n+id: PR030\n"),
    ] {
        let output = run(folder.path(), &["fmt", option]);
        assert_eq!(output.status.code(), Some(1), "{option}");
        assert!(String::from_utf8_lossy(&output.stdout).contains(said));
        assert_eq!(std::fs::read_to_string(&entry).expect("an entry"), before);
    }
    let output = run(folder.path(), &["fmt"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(
        stderr(&output).contains("1 file formatted"),
        "{}",
        stderr(&output)
    );
    let output = run(folder.path(), &["fmt", "--check", "corpus/preparation"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
}

#[test]
fn the_standard_input_goes_to_the_standard_output() {
    let folder = folder();
    let name = "corpus/preventions/PV999.yaml";
    for (text, code, said) in [
        ("title: T\nid: PV999\n", 0, "id: PV999\ntitle: T\n"),
        ("title: 'T\n", 2, ""),
    ] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_corpuslint"))
            .args(["fmt", "-", "--stdin-filename", name])
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program runs");
        let mut stdin = child.stdin.take().expect("a pipe");
        stdin.write_all(text.as_bytes()).expect("it reads");
        drop(stdin);
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(code), "{}", stderr(&output));
        assert_eq!(String::from_utf8_lossy(&output.stdout), said);
    }
}

/// What has no form is said with its place and left; the rest is formatted.
#[test]
fn what_has_no_form_is_left() {
    let folder = folder();
    let bad = folder.path().join("corpus/preventions/PV059.yaml");
    for (text, reason) in [
        ("id: 'PV059\n", ":1:5: this quote is never closed"),
        ("id: PV059\nid: PV059\n", ":2:1: `id` is there twice"),
        ("id: PV059\na: &x 1\nb: *x\n", "anchor"),
        ("id: PV059\na: !x 1\n", "the tag"),
        (
            "id: PV059\n---\nid: PV058\n",
            "a second document begins here",
        ),
        ("", "the file is empty"),
        ("- a\n", "the file holds no fields"),
        ("%YAML 1.1\n---\nid: PV059\n", "it has a YAML directive"),
    ] {
        std::fs::write(&bad, text).expect("an entry");
        let output = run(folder.path(), &["fmt"]);
        assert_eq!(output.status.code(), Some(1), "{text:?}");
        let said = stderr(&output);
        assert!(
            said.contains("PV059.yaml:") && said.contains(reason),
            "{text:?}: {said}"
        );
        assert_eq!(std::fs::read_to_string(&bad).expect("an entry"), text);
    }
    let output = run(folder.path(), &["fmt", "--check", "corpus/preparation"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
}
