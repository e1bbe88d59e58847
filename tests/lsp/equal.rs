//! What the server finds is what `check` finds: rule, place and message.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use corpuslint::diagnostic::{Diagnostic, Severity};
use corpuslint::lint::{self, Options};
use corpuslint::rules::RULES;
use corpuslint::snapshot::{Finder, Workspace};
use serde_json::{Value, json};

use crate::client::{Editor, able, uri};
use crate::common;

/// Findings of files as texts: range, severity, rule and message.
type Findings = BTreeMap<PathBuf, Vec<String>>;

/// What `check` finds in a folder.
fn checked(folder: &Path) -> Findings {
    let workspace = Workspace::around(folder).expect("a profile");
    let root = workspace.root();
    let files = Finder::new(&workspace, root.clone()).walk(&root);
    let files = files.unwrap_or_default();
    let now = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC);
    let options = Options {
        select: Vec::new(),
        ignore: Vec::new(),
        today: now.date(),
        whole_corpus: true,
        cache: None,
    };
    let report = lint::run(&workspace, &files, &options, &AtomicUsize::new(0)).expect("schemas");
    let mut found: Findings = BTreeMap::new();
    for diagnostic in &report.diagnostics {
        let path = workspace.base.join(diagnostic.location.path.as_ref());
        let bytes = std::fs::read(&path).unwrap_or_default();
        let line = as_line(diagnostic, &bytes);
        found.entry(path).or_default().push(line);
    }
    found.values_mut().for_each(|lines| lines.sort());
    found
}

/// Lines and characters from 0, in bytes, are what an editor that speaks UTF-8 is told.
fn as_line(found: &Diagnostic, bytes: &[u8]) -> String {
    let text = corpuslint::text::decode_lossy(bytes);
    let place = |position: corpuslint::text::Position| {
        let before = &text[..position.offset as usize];
        let start = before.rfind(['\n', '\r']).map_or(0, |at| at + 1);
        let lone = before.ends_with('\r') && text[before.len()..].starts_with('\n');
        let start = match lone {
            true => before[..before.len() - 1]
                .rfind(['\n', '\r'])
                .map_or(0, |at| at + 1),
            false => start,
        };
        format!("{}:{}", position.line - 1, before.len() - start)
    };
    let severity = match found.severity {
        Severity::Error => 1,
        Severity::Warning => 2,
        Severity::Note => 3,
    };
    let (start, end) = (place(found.location.start), place(found.location.end));
    let (rule, message) = (found.rule, &found.message);
    format!("{start}-{end} {severity} {rule} {message}")
}

/// What the server has told.
fn told(editor: &Editor) -> Findings {
    let as_line = |found: &Value| {
        let place = |end: &str| {
            format!(
                "{}:{}",
                found["range"][end]["line"], found["range"][end]["character"]
            )
        };
        let (start, end) = (place("start"), place("end"));
        let rule = found["code"].as_str().expect("a rule");
        let message = found["message"].as_str().expect("a message");
        format!("{start}-{end} {} {rule} {message}", found["severity"])
    };
    let files = editor
        .findings
        .iter()
        .filter(|(_, (_, found))| !found.is_empty());
    let mut told: Findings = files
        .map(|(uri, (_, found))| {
            let uri = url::Url::parse(uri).expect("a URI");
            (
                uri.to_file_path().expect("a path"),
                found.iter().map(as_line).collect(),
            )
        })
        .collect();
    told.values_mut().for_each(|lines| lines.sort());
    told
}

/// Waits until all that was sent is judged, and all that was told is here: a text of its own is
/// opened and waited for, and then an answer, which comes behind what was told with it.
fn settled(editor: &mut Editor, corpus: &Path) -> Findings {
    let probe = corpus.join("corpus/motive/probe.txt");
    static VERSION: AtomicI64 = AtomicI64::new(1);
    let version = VERSION.fetch_add(1, Ordering::Relaxed);
    editor.open(&probe, version, "");
    editor.settle(&probe, version);
    editor.request("test/here", json!({}));
    editor.close(&probe);
    told(editor)
}

/// The files of each example of the rule pages, by a number.
fn examples() -> Vec<Vec<(String, String)>> {
    let mut examples = Vec::new();
    for rule in RULES {
        for section in rule.page.split("\n## ").skip(1) {
            let mut files = Vec::new();
            let mut path = None;
            let mut lines = section.lines();
            while let Some(line) = lines.next() {
                let info = line.strip_prefix("```").map(str::to_owned);
                if let Some(info) = info {
                    let text = lines.by_ref().take_while(|line| *line != "```");
                    let text: String = text.map(|line| format!("{line}\n")).collect();
                    let is_file = !info.contains("findings") && !info.contains("fixed");
                    let is_plain = !["escaped", "deleted", "base"]
                        .iter()
                        .any(|it| info.contains(it));
                    if let (Some(path), true, true) = (path.take(), is_file, is_plain) {
                        files.push((path, text));
                    }
                } else if let Some(name) = line.strip_prefix('`').and_then(|l| l.strip_suffix('`'))
                {
                    path = Some(name.to_owned());
                }
            }
            // A profile that names schemas that are not there is another test's.
            if !files.is_empty() && !files.iter().any(|(path, _)| path == "corpuslint.toml") {
                examples.push(files);
            }
        }
    }
    assert!(examples.len() > 150, "{} examples", examples.len());
    examples
}

fn write(folder: &Path, path: &str, text: &str) {
    let file = folder.join(path);
    std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
    std::fs::write(file, text).expect("a file");
}

/// Folders with an example each, and the same with what is on disk there.
fn laid_out(root: &Path, text: impl Fn(&str) -> Option<String>) -> Vec<PathBuf> {
    let mut folders = Vec::new();
    for (number, files) in examples().iter().enumerate() {
        let folder = root.join(number.to_string());
        std::fs::create_dir_all(folder.join(".git")).expect("a folder");
        for (path, content) in files {
            if let Some(text) = text(content) {
                write(&folder, path, &text);
            }
        }
        folders.push(folder);
    }
    folders
}

fn start(folders: &[PathBuf]) -> Editor {
    let mut editor = Editor::start();
    let folders: Vec<Value> = folders
        .iter()
        .map(|it| json!({"uri": uri(it), "name": "x"}))
        .collect();
    editor.result(
        "initialize",
        json!({"capabilities": able(), "workspaceFolders": folders}),
    );
    editor.notify("initialized", json!({}));
    editor
}

fn compare(told: &Findings, expected: &Findings) {
    for path in told.keys().chain(expected.keys()) {
        assert_eq!(told.get(path), expected.get(path), "{}", path.display());
    }
}

#[test]
fn files_on_disk_are_found_as_by_check() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().canonicalize().expect("a path");
    let folders = laid_out(&root, |text| Some(text.to_owned()));
    let mut expected = Findings::new();
    folders
        .iter()
        .for_each(|folder| expected.append(&mut checked(folder)));
    let mut editor = start(&folders);
    compare(&settled(&mut editor, &folders[0]), &expected);
    assert!(
        expected.len() > 100,
        "{} files with findings",
        expected.len()
    );
    assert_eq!(editor.shut_down(), 0);
}

#[test]
fn unsaved_texts_are_found_as_if_they_were_saved() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().canonicalize().expect("a path");
    let truth = root.join("truth");
    let disk = root.join("disk");
    let folders = laid_out(&truth, |text| Some(text.to_owned()));
    let mut expected = Findings::new();
    for folder in &folders {
        for (path, found) in checked(folder) {
            let inner = path.strip_prefix(&truth).expect("a file of it");
            expected.insert(disk.join(inner), found);
        }
    }
    // On disk each second example has another text, and the others have none yet.
    let parity = std::cell::Cell::new(false);
    let stale = laid_out(&disk, |_| {
        parity.set(!parity.get());
        parity.get().then(|| "id: MT001\ntitle: Old\n".to_owned())
    });
    let mut editor = start(&stale);
    for (folder, files) in stale.iter().zip(examples()) {
        for (path, text) in files {
            let path = folder.join(path);
            editor.open(&path, 1, "");
            editor.replace(&path, 2, &text);
        }
    }
    compare(&settled(&mut editor, &stale[0]), &expected);
    assert_eq!(editor.shut_down(), 0);
}

/// Removes a word, doubles a line or swaps two characters, at a place that a number gives.
fn mutated(text: &str, seed: usize) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let at = seed * 7 % lines.len();
    match seed % 4 {
        0 => lines[at] = lines[at].split(' ').skip(1).collect::<Vec<_>>().join(" "),
        1 => lines.insert(at, lines[at].clone()),
        2 => lines[at] = lines[at].replace("PV", "VP").replace("title", "titel"),
        _ => lines[at].push_str(" \u{1f600}\u{200b} MT999"),
    }
    lines.join("\n") + "\n"
}

#[test]
fn what_is_typed_into_the_corpus_is_found_as_by_check() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().canonicalize().expect("a path");
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    common::copy(&corpus, &root.join("corpus"));
    let mut editor = Editor::open_folder(&root);
    let files = common::files(&root.join("corpus"), "yaml");
    let chosen: Vec<&PathBuf> = files.iter().step_by(files.len() / 12).take(12).collect();
    for (seed, path) in chosen.iter().enumerate() {
        let text = editor.open_file(path);
        let typed = mutated(&text, seed);
        editor.replace(path, 2, &typed);
        editor.settle(path, 2);
        std::fs::write(path, &typed).expect("a file");
    }
    let expected = checked(&root);
    assert!(
        expected.len() >= 10,
        "{} files with findings",
        expected.len()
    );
    compare(&settled(&mut editor, &root), &expected);
    // Everything is as before when it is typed back, here and in other files.
    for path in &chosen {
        let inner = path.strip_prefix(&root).expect("a file of it");
        let clean = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(inner));
        let clean = clean.expect("a file");
        editor.replace(path, 3, &clean);
        std::fs::write(path, &clean).expect("a file");
    }
    compare(&settled(&mut editor, &root), &checked(&root));
}
