//! Every rule page is true: its examples are run with that rule alone.
//!
//! A page is Markdown. Each `##` section is one example. A path in backticks on a line of its own
//! names the file that the next fence holds; an `escaped` fence writes bytes as `\xNN` or `\u{…}`,
//! a file of a `deleted` fence goes away after it was found. An example with a `corpuslint.toml` is
//! checked by that profile, and its files under the profile's root are the entries.
//! "Run together with `RULE`." on a line of its own runs that rule too.
//! Files of a fence with the word `base` are those of the base that the others are compared with.
//! "Both sides added `PATH`." says that git could not merge a file, "`ID` was used in `REVISION`."
//! what the history knows.
//! A `findings` fence holds what is found, a `fixed` fence, under a path again, the text after the
//! fixes. A section with files and no `findings` fence is one in which nothing is found.
//! `BLESS=1 cargo test --test pages` rewrites the `findings` and `fixed` fences.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicUsize;

use corpuslint::diagnostic::{Change, Location, Severity};
use corpuslint::fix::{self, Choice, Drafts};
use corpuslint::history::Conflict;
use corpuslint::history::loosened::loosened;
use corpuslint::lint::{self, Gate, Options, Report, Snapshot};
use corpuslint::rule::Rule;
use corpuslint::rules::RULES;
use corpuslint::snapshot::{Finder, SourceFile, Workspace};

/// A fenced block: lines `first..last` of the page, fences left out.
struct Fence {
    info: String,
    path: Option<String>,
    text: String,
    first: usize,
    last: usize,
}

/// One `##` section with files in it.
struct Example {
    heading: String,
    fences: Vec<Fence>,
    /// Rules that are run beside the rule of the page.
    others: Vec<String>,
    /// What is known beside the files, where there is a base.
    gate: Gate,
}

fn examples(page: &str) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    let mut path = None;
    let mut open: Option<Fence> = None;
    for (number, line) in page.lines().enumerate() {
        if let Some(fence) = &mut open {
            if line == "```" {
                fence.last = number;
                let fence = open.take().expect("an open fence");
                let example = examples.last_mut();
                example
                    .expect("a heading before the first fence")
                    .fences
                    .push(fence);
            } else {
                fence.text.push_str(line);
                fence.text.push('\n');
            }
        } else if let Some(heading) = line.strip_prefix("## ") {
            examples.push(Example {
                heading: heading.to_owned(),
                fences: Vec::new(),
                others: Vec::new(),
                gate: Gate::default(),
            });
            path = None;
        } else if let Some(info) = line.strip_prefix("```") {
            open = Some(Fence {
                info: info.to_owned(),
                path: path.take(),
                text: String::new(),
                first: number + 1,
                last: 0,
            });
        } else if let Some(other) = line
            .strip_prefix("Run together with `")
            .and_then(|line| line.strip_suffix("`."))
        {
            let example = examples.last_mut().expect("a heading before the line");
            example.others.push(other.to_owned());
        } else if let Some(known) = examples.last_mut().and_then(|example| known(line, example)) {
            assert!(known, "{line}");
        } else if let Some(name) = line.strip_prefix('`').and_then(|l| l.strip_suffix('`')) {
            path = Some(name.to_owned());
        }
    }
    assert!(open.is_none(), "a fence is not closed");
    examples.retain(|example| example.fences.iter().any(|fence| fence.path.is_some()));
    examples
}

/// Takes what a line says about the history of an example.
fn known(line: &str, example: &mut Example) -> Option<bool> {
    if let Some(path) = line.strip_prefix("Both sides added `") {
        let path = path.strip_suffix("`.")?;
        example.gate.conflicts.push(Conflict {
            path: path.into(),
            both_added: true,
        });
        return Some(true);
    }
    let (id, revision) = line.strip_prefix('`')?.split_once("` was used in `")?;
    let revision = revision.strip_suffix("`.")?;
    let ledger = example.gate.ledger.get_or_insert_default();
    ledger.ids.insert(id.into(), revision.into());
    Some(true)
}

/// Bytes written as `\xNN`, `\u{…}`, `\n`, `\t`, `\r` or `\\`.
fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        bytes.extend(&rest.as_bytes()[..at]);
        rest = &rest[at + 1..];
        let simple = |c| match c {
            'n' => Some(b'\n'),
            't' => Some(b'\t'),
            'r' => Some(b'\r'),
            _ => None,
        };
        let first = rest.chars().next().expect("something behind the backslash");
        let taken = match (first, simple(first)) {
            (_, Some(byte)) => {
                bytes.push(byte);
                1
            }
            ('x', _) => {
                bytes.push(u8::from_str_radix(&rest[1..3], 16).expect("two digits"));
                3
            }
            ('u', _) => {
                let end = rest.find('}').expect("a closing brace");
                let point = u32::from_str_radix(&rest[2..end], 16).expect("a number");
                let c = char::from_u32(point).expect("a character");
                bytes.extend(c.to_string().as_bytes());
                end + 1
            }
            _ => {
                bytes.push(b'\\');
                usize::from(first == '\\')
            }
        };
        rest = &rest[taken..];
    }
    bytes.extend(rest.as_bytes());
    bytes
}

fn content(fence: &Fence) -> Vec<u8> {
    if fence.info.contains("escaped") {
        unescape(&fence.text)
    } else {
        fence.text.clone().into_bytes()
    }
}

/// Writes the files of an example and opens them.
fn open(example: &Example, side: Side, folder: &Path) -> (Workspace, Vec<SourceFile>) {
    let inputs = || example.fences.iter().filter(|fence| side.takes(fence));
    for fence in inputs() {
        let Some(path) = &fence.path else { continue };
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(&path, content(fence)).expect("a file");
    }
    let profile = folder.join("corpuslint.toml");
    let own_profile = profile.is_file();
    let workspace = if own_profile {
        Workspace::with_profile(&profile)
    } else {
        Workspace::embedded(folder.to_path_buf())
    };
    let workspace = workspace.unwrap_or_else(|error| panic!("{}: {error}", example.heading));
    let finder = Finder::new(&workspace, workspace.root());
    let mut files: Vec<SourceFile> = inputs()
        .filter_map(|fence| Some(folder.join(fence.path.as_ref()?)))
        .filter(|path| !own_profile || path.starts_with(workspace.root()))
        .filter_map(|path| finder.file(&path).ok())
        .collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    for fence in inputs().filter(|fence| fence.info.contains("deleted")) {
        let path = fence.path.as_ref().expect("a deleted file has a path");
        std::fs::remove_file(folder.join(path)).expect("a file to delete");
    }
    (workspace, files)
}

/// Which files of an example are meant.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Base,
    Head,
}

impl Side {
    fn takes(self, fence: &Fence) -> bool {
        fence.info != "fixed" && fence.info.contains(" base") == (self == Self::Base)
    }
}

fn run(rule: &Rule, example: &Example, folder: &Path) -> (Report, Vec<SourceFile>) {
    let head_folder = folder.join("head");
    let (workspace, files) = open(example, Side::Head, &head_folder);
    let mut select = example.others.clone();
    select.push(rule.name.to_owned());
    let options = Options {
        select,
        ignore: Vec::new(),
        // The pages are written for this day.
        today: "2026-11-22".parse().expect("a date"),
        whole_corpus: true,
        cache: None,
    };
    let has_base = example.fences.iter().any(|fence| Side::Base.takes(fence));
    let report = if has_base {
        let (base, base_files) = open(example, Side::Base, &folder.join("base"));
        compare(
            example,
            &options,
            (&base, &base_files),
            (&workspace, &files),
        )
    } else {
        lint::run(&workspace, &files, &options, &AtomicUsize::new(0)).expect("a report")
    };
    (report, files)
}

/// What a change introduces.
fn compare(
    example: &Example,
    options: &Options,
    base: (&Workspace, &[SourceFile]),
    head: (&Workspace, &[SourceFile]),
) -> Report {
    let level = |name: &str| corpuslint::rules::find(name).map(|rule| rule.level);
    let gate = Gate {
        loosened: loosened(base.0, "base", head.0, &level),
        conflicts: example.gate.conflicts.clone(),
        ledger: example.gate.ledger.clone(),
        ..Gate::default()
    };
    let trusted = head.0.trusting(base.0);
    let workspace = if gate.loosened.is_empty() {
        head.0
    } else {
        &trusted
    };
    let snapshot = |workspace, files, name| Snapshot {
        workspace,
        files,
        name,
        tree: None,
        known: None,
    };
    let before = snapshot(base.0, base.1, "base");
    let after = snapshot(workspace, head.1, "head");
    let done = AtomicUsize::new(0);
    let mut report = lint::compare(before, after, &gate, options, &done).expect("a report");
    report
        .diagnostics
        .retain(|found| found.change == Some(Change::Introduced));
    report
}

/// Findings as the pages write them.
fn findings(report: &Report) -> String {
    let mut out = String::new();
    for found in &report.diagnostics {
        let severity = found.severity.as_str();
        let place = &found.location;
        let path = shown(place);
        writeln!(out, "{path}:{}: {severity}: {}", place.start, found.message).expect("text");
        for related in &found.related {
            let place = &related.location;
            let path = shown(place);
            writeln!(out, "  {path}:{}: {}", place.start, related.message).expect("text");
        }
        if let Some(help) = &found.help {
            writeln!(out, "  help: {help}").expect("text");
        }
        if let Some(fix) = &found.fix {
            let safety = format!("{:?}", fix.safety).to_lowercase();
            let rename = fix
                .rename
                .as_ref()
                .map_or(String::new(), |to| format!(" -> {to}"));
            writeln!(out, "  fix ({safety}): {}{rename}", fix.title).expect("text");
        }
    }
    out
}

fn shown(place: &Location) -> String {
    match &place.revision {
        Some(revision) => format!("{revision}:{}", place.path),
        None => place.path.to_string(),
    }
}

/// What a `findings` or a `fixed` fence says, and what it should say.
struct Block {
    first: usize,
    last: usize,
    said: String,
    actual: String,
}

fn blocks(rule: &Rule, example: &Example, folder: &Path) -> Vec<Block> {
    let (report, files) = run(rule, example, folder);
    let fixes: Vec<_> = report
        .diagnostics
        .iter()
        .filter_map(|found| found.fix.as_ref())
        .collect();
    let mut blocks = Vec::new();
    for fence in &example.fences {
        let actual = match (fence.info.as_str(), &fence.path) {
            ("findings", _) => findings(&report),
            ("fixed", Some(path)) => {
                let file = files.iter().find(|file| file.path.as_ref() == path);
                // A fix may make the file.
                let bytes = file.map_or(Vec::new(), |file| file.read(1 << 20).expect("bytes"));
                let text = String::from_utf8(bytes).expect("UTF-8");
                fix::apply(path, &text, fixes.iter().copied())
            }
            _ => continue,
        };
        blocks.push(Block {
            first: fence.first,
            last: fence.last,
            said: fence.text.clone(),
            actual,
        });
    }
    if !example.fences.iter().any(|fence| fence.info == "findings") {
        assert_eq!(
            findings(&report),
            "",
            "{}: {} should pass",
            rule.name,
            example.heading
        );
    }
    blocks
}

fn page_file(rule: &Rule) -> PathBuf {
    let name = rule.name.replace('-', "_");
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("src/rules/{name}.md"))
}

/// Findings of all rules in an example with some fixes made, and the files that they are in.
fn with_fixes(
    workspace: &Workspace,
    files: &[SourceFile],
    drafts: &Drafts,
) -> (Report, Vec<SourceFile>) {
    let options = Options {
        select: Vec::new(),
        ignore: Vec::new(),
        today: "2026-11-22".parse().expect("a date"),
        whole_corpus: true,
        cache: None,
    };
    let mut files = files.to_vec();
    let finder = Finder::new(workspace, workspace.root());
    drafts.lay_over(&mut files, &finder, &workspace.base);
    let done = AtomicUsize::new(0);
    let report = lint::run(workspace, &files, &options, &done).expect("a report");
    (report, files)
}

/// Errors and warnings by rule.
fn counts(report: &Report) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for found in &report.diagnostics {
        if found.severity > Severity::Note {
            *counts.entry(found.rule).or_default() += 1 + found.related.len();
        }
    }
    counts
}

/// What a rule keeps another silent about until its own finding is mended: a name that only looks like
/// an ID can be looked up when it is one.
const UNCOVERS: [(&str, &str); 1] = [("id-lookalike", "dangling-reference")];

/// With all rules on: fixes come to an end, doing them again does nothing, and no rule finds more
/// than before.
#[test]
fn fixes_settle_and_make_nothing_worse() {
    let mut wrong = String::new();
    for (rule, example) in RULES.iter().flat_map(|rule| {
        examples(rule.page)
            .into_iter()
            .map(move |example| (rule, example))
    }) {
        let folder = tempfile::tempdir().expect("a folder");
        let (workspace, files) = open(&example, Side::Head, folder.path());
        for choice in [Choice::Safe, Choice::Unsafe] {
            let mut drafts = Drafts::default();
            let (first, _) = with_fixes(&workspace, &files, &drafts);
            let mut rounds = 0;
            loop {
                let (now, seen) = with_fixes(&workspace, &files, &drafts);
                let made = drafts.fix(&now.diagnostics, &seen, &workspace, choice);
                rounds += 1;
                if made == 0 {
                    break;
                }
                let place = format!("{}: {}", rule.name, example.heading);
                assert!(
                    rounds < 10,
                    "{place}: the fixes do not settle: {:#?}",
                    drafts.rewrites()
                );
            }
            let (last, _) = with_fixes(&workspace, &files, &drafts);
            let before = counts(&first);
            for (name, count) in counts(&last) {
                let old = before.get(name).copied().unwrap_or(0);
                let uncovered = UNCOVERS
                    .iter()
                    .any(|(fixed, found)| *found == name && before.contains_key(fixed));
                if count > old && !uncovered {
                    let heading = &example.heading;
                    writeln!(
                        wrong,
                        "{}, {heading} ({choice:?}): {name} {old} -> {count}",
                        rule.name
                    )
                    .expect("text");
                    for found in last.diagnostics.iter().filter(|found| found.rule == name) {
                        writeln!(
                            wrong,
                            "   {}:{} {}",
                            found.location.path, found.location.start, found.message
                        )
                        .expect("text");
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_example_is_true() {
    let bless = std::env::var_os("BLESS").is_some();
    let mut wrong = String::new();
    for rule in RULES {
        let file = page_file(rule);
        let page = std::fs::read_to_string(&file).expect("a page beside the rule");
        let mut lines: Vec<String> = page.lines().map(str::to_owned).collect();
        let mut all = Vec::new();
        for example in examples(&page) {
            let folder = tempfile::tempdir().expect("a folder");
            all.extend(blocks(rule, &example, folder.path()));
        }
        for block in all.into_iter().rev() {
            let Block {
                first,
                last,
                said,
                actual,
            } = block;
            if said == actual {
                continue;
            }
            write!(
                wrong,
                "{}, line {first}\n--- page\n{said}--- actual\n{actual}\n",
                file.display()
            )
            .expect("text");
            lines.splice(first..last, actual.lines().map(str::to_owned));
        }
        if bless {
            std::fs::write(&file, lines.join("\n") + "\n").expect("the page");
        }
    }
    assert!(
        bless || wrong.is_empty(),
        "run `BLESS=1 cargo test --test pages`\n{wrong}"
    );
}

#[test]
fn every_page_shows_what_fails_and_what_passes() {
    for rule in RULES {
        let first = rule.page.lines().next().unwrap_or("");
        assert!(
            first.ends_with('.') && !first.starts_with('#'),
            "{}: first a sentence",
            rule.name
        );
        let examples = examples(rule.page);
        let fails = |example: &Example| {
            let mut fences = example.fences.iter();
            fences.any(|fence| fence.info == "findings" && !fence.text.is_empty())
        };
        assert!(
            examples.iter().any(fails),
            "{}: an example that fails",
            rule.name
        );
        assert!(
            !examples.iter().all(fails),
            "{}: an example that passes",
            rule.name
        );
    }
}
