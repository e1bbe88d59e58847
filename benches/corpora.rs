//! Corpora to measure with, and the floors to measure against.
//!
//! ```text
//! cargo bench --bench corpora -- generate RELEASE.json DIR COPIES   one file an entry
//! cargo bench --bench corpora -- stat DIR                           find every file, and stat it
//! cargo bench --bench corpora -- read DIR                           read every file
//! cargo bench --bench corpora -- parse DIR [full]                   read and parse every file, by
//!                                                                   the full parser alone
//! cargo bench --bench corpora -- gate DIR BASE [HEAD]               check HEAD, or the files on
//!                                                                   disk, against BASE, by stages
//! cargo bench --bench corpora -- keys DIR                           type into an entry of a corpus
//!                                                                   in memory, by stages
//! ```
//!
//! A generated corpus holds the release's entries COPIES times, with renumbered IDs and shuffled
//! words, so that few are alike, and a profile whose IDs may have more digits. About one entry in a
//! hundred has a finding. BENCHMARKS.md says how the figures are taken.

#![allow(clippy::print_stdout, clippy::print_stderr)] // it is run by a person

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Instant;

use corpuslint::cache::{Store, narrow};
use corpuslint::diagnostic::Change;
use corpuslint::entry::ordinal_date;
use corpuslint::lint::{Changed, Gate, Options, Session, Snapshot, compare};
use corpuslint::snapshot::git::Repository;
use corpuslint::snapshot::{Finder, Workspace, stamps};
use corpuslint::syntax::{Format, Limits, Parser, parse_by};
use rayon::prelude::*;
use serde_json::Value;

fn main() {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| a != "--bench")
        .collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["generate", release, folder, copies] => {
            let copies = copies.parse().expect("a number of copies");
            generate(Path::new(release), Path::new(folder), copies);
        }
        ["gate", folder, base] => gate(Path::new(folder), base, None),
        ["gate", folder, base, head] => gate(Path::new(folder), base, Some(head)),
        ["keys", folder] => keys(Path::new(folder)),
        ["stat", folder] => floor(Path::new(folder), |path| {
            std::fs::metadata(path).expect("a file").len() as usize
        }),
        ["read", folder] => floor(Path::new(folder), |path| read(path).len()),
        ["parse", folder] => parse(Path::new(folder), Parser::PlainFirst),
        ["parse", folder, "full"] => parse(Path::new(folder), Parser::Full),
        _ => {
            eprintln!("see the comment at the top of benches/corpora.rs");
            std::process::exit(2);
        }
    }
}

fn options() -> Options {
    Options {
        select: Vec::new(),
        ignore: Vec::new(),
        today: jiff::civil::date(2026, 11, 24),
        whole_corpus: true,
        cache: None,
    }
}

/// Key presses that are measured.
const KEYS: usize = 100;

/// Types into the titles of entries of a corpus that is in memory, as an editor does, and says how long
/// it takes from the key to the findings.
fn keys(folder: &Path) {
    let workspace = Arc::new(Workspace::around(folder).expect("a profile"));
    let root = workspace.root();
    let finder = Finder::new(&workspace, root.clone());
    let files = finder.walk(&root).expect("files");
    let begin = Instant::now();
    let opened = Session::open(Arc::clone(&workspace), options(), files.clone());
    let mut session = opened.expect("a session");
    let first = session.check();
    let count = first.len();
    eprintln!("{:>9.1} ms  open, {count} findings", millis(begin));
    let mut stages = [const { Vec::new() }; 3];
    for key in 0..KEYS {
        let file = &files[key * files.len() / KEYS];
        let path = workspace.base.join(file.path.as_ref());
        let text = std::fs::read_to_string(&path).expect("text");
        let typed = text.replacen("title: ", "title: Typed ", 1);
        let begin = Instant::now();
        let typed = finder.listed_text(&path, &typed).expect("an entry");
        session.put(vec![Changed::Now(typed)]).expect("schemas");
        stages[0].push(millis(begin));
        let linking = Instant::now();
        session.look(|corpus| assert!(corpus.files.len() == files.len()));
        stages[1].push(millis(linking));
        let checking = Instant::now();
        session.check();
        stages[2].push(stages[0][key] + millis(checking));
    }
    for (stage, times) in ["read", "link alone", "read and check"]
        .iter()
        .zip(&mut stages)
    {
        times.sort_by(f64::total_cmp);
        let (half, worst) = (times[KEYS / 2], times[KEYS - 1]);
        eprintln!("{half:>9.2} ms  {stage}, at worst {worst:.2}");
    }
}

fn millis(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}

/// Compares two states of a repository with what earlier runs have kept, and says how long each
/// stage took.
fn gate(folder: &Path, base: &str, head: Option<&str>) {
    let begin = Instant::now();
    let lap = |what: &str| eprintln!("{:>9.1} ms  {what}", begin.elapsed().as_secs_f64() * 1e3);
    let repository = Repository::around(folder).expect("a repository");
    let base = repository.resolve(base).expect("a base");
    lap("open and resolve");
    let at = Workspace::at(&repository, base.tree, "base", "").expect("a workspace");
    let options = options();
    let store = Store::of(&repository, &at, &options).expect("a store");
    let head = match head {
        Some(head) => repository.resolve(head).expect("a head").tree,
        None => {
            let root = at.root();
            let files = Finder::new(&at, root.clone()).walk(&root).expect("files");
            let stamps = stamps(&files);
            lap("walk and stamp the files on disk");
            let staged = repository.staged().expect("an index").stamped(stamps);
            let limit = at.profile.limits.file_bytes;
            let tree = repository.working_tree_on(staged, &files, limit);
            let tree = tree.expect("a tree");
            lap("make them a tree");
            tree
        }
    };
    let none = AtomicUsize::new(0);
    let trees = [base.tree, head];
    let narrow = narrow(Some(&store), &repository, trees, &at, &options, &none);
    let narrow = narrow.expect("files").expect("plain names");
    lap("know both trees");
    let side = |files, known, name| Snapshot {
        workspace: &at,
        files,
        name,
        tree: None,
        known: Some(known),
    };
    let report = compare(
        side(&narrow.base_files, &narrow.base, "base"),
        side(&narrow.head_files, &narrow.head, "head"),
        &Gate::default(),
        &options,
        &none,
    );
    lap("compare");
    store.save();
    lap("keep what is new");
    let report = report.expect("a report");
    let introduced = report
        .diagnostics
        .iter()
        .filter(|found| found.change == Some(Change::Introduced));
    println!("{:?}, {} introduced", report.summary, introduced.count());
}

/// Reads and parses every file.
fn parse(folder: &Path, parser: Parser) {
    floor(folder, |path| {
        let text = read(path);
        let limits = Limits::default();
        let (document, problems) = parse_by(parser, &text, Format::Yaml, None, &limits);
        document.nodes().count() + problems.len()
    });
}

/// Does something cheap with every YAML file under a folder, on as many threads as a check.
fn floor(folder: &Path, work: impl Fn(&Path) -> usize + Sync) {
    let mut paths: Vec<PathBuf> = ignore::WalkBuilder::new(folder)
        .standard_filters(false)
        .build()
        .filter_map(Result::ok)
        .map(ignore::DirEntry::into_path)
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "yaml")
        })
        .collect();
    paths.sort();
    let total: usize = paths.par_iter().map(|path| work(path)).sum();
    println!("{} files, {total}", paths.len());
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("a text")
}

/// One entry of the release.
struct Item<'r> {
    id: &'r str,
    value: &'r Value,
    folder: &'r str,
    kind: &'static str,
}

fn generate(release: &Path, folder: &Path, copies: usize) {
    let text = std::fs::read_to_string(release).expect("the release");
    let release: Value = serde_json::from_str(&text).expect("JSON");
    let items = items(&release);
    let highest = items
        .iter()
        .filter_map(|item| item.id[2..].split('.').next()?.parse::<usize>().ok())
        .max()
        .unwrap_or(0);
    // Copies of a section must not run into one another.
    let step = highest + 1;
    write_profile(folder);
    let mut made = BTreeSet::new();
    for copy in 0..copies {
        for item in &items {
            let id = renumber(item.id, copy * step);
            let path = folder.join("corpus").join(item.folder);
            if made.insert(path.clone()) {
                std::fs::create_dir_all(&path).expect("a folder");
            }
            let text = entry(item, &id, copy, copy * step);
            std::fs::write(path.join(format!("{id}.yaml")), text).expect("a file");
        }
    }
    println!("{} entries", items.len() * copies);
}

fn items(release: &Value) -> Vec<Item<'_>> {
    let mut items = Vec::new();
    let mut controls: BTreeMap<&str, Item<'_>> = BTreeMap::new();
    for article in list(release, "articles") {
        let theme = text(article, "theme");
        push(&mut items, article, theme, "article");
        for section in list(article, "sections") {
            push(&mut items, section, theme, "section");
            for one in std::iter::once(section).chain(list(section, "subsections")) {
                if !std::ptr::eq(one, section) {
                    push(&mut items, one, theme, "subsection");
                }
                for (field, kind) in [("preventions", "prevention"), ("detections", "detection")] {
                    for value in list(one, field) {
                        let id = text(value, "id");
                        let item = Item {
                            id,
                            value,
                            folder: field,
                            kind,
                        };
                        controls.entry(id).or_insert(item);
                    }
                }
            }
        }
    }
    items.extend(controls.into_values());
    items
}

fn push<'r>(items: &mut Vec<Item<'r>>, value: &'r Value, folder: &'r str, kind: &'static str) {
    let id = text(value, "id");
    items.push(Item {
        id,
        value,
        folder,
        kind,
    });
}

fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value.get(field).and_then(Value::as_str).unwrap_or("")
}

fn list<'v>(value: &'v Value, field: &str) -> &'v [Value] {
    value
        .get(field)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// `MT012.004` raised by 50 is `MT062.004`.
fn renumber(id: &str, by: usize) -> String {
    let (prefix, rest) = id.split_at(2);
    let (number, tail) = rest.split_once('.').unwrap_or((rest, ""));
    let width = number.len();
    let number: usize = number.parse().expect("a number");
    let dot = if tail.is_empty() { "" } else { "." };
    format!("{prefix}{:0width$}{dot}{tail}", number + by)
}

fn entry(item: &Item<'_>, id: &str, copy: usize, by: usize) -> String {
    let mut out = String::new();
    let mut line = |text: String| writeln!(out, "{text}").expect("text");
    line(format!(
        "# yaml-language-server: $schema=../../schema/itm/v2/{}.schema.json",
        item.kind
    ));
    line(format!("id: {id}"));
    let title = text(item.value, "title").trim();
    line(format!("title: {}", quoted(&format!("{title} {copy}"))));
    if item.kind == "article" {
        line(format!("theme: {}", item.folder));
    }
    let date = |field| {
        let found = ordinal_date(text(item.value, field));
        found.map_or("2024-05-22".to_owned(), |ordinal| ordinal.date.to_string())
    };
    line(format!("created: {}", date("created")));
    line(format!("updated: {}", date("updated")));
    if item.kind != "article" {
        lines(&mut line, "contributors", names(item.value, "contributors"));
        lines(&mut line, "platforms", names(item.value, "platforms"));
    }
    for field in ["preventions", "detections"] {
        let ids = list(item.value, field)
            .iter()
            .map(|c| renumber(text(c, "id"), by));
        lines(&mut line, field, ids.collect());
    }
    let urls: BTreeSet<&str> = list(item.value, "references")
        .iter()
        .map(|r| text(r, "url"))
        .collect();
    if !urls.is_empty() {
        line("references:".to_owned());
        for url in urls {
            let url = url.trim_end_matches(['.', ',', ')', '/']);
            line(format!(
                "  - title: {}\n    url: {}",
                quoted(url),
                quoted(url)
            ));
        }
    }
    line("description: |".to_owned());
    for paragraph in prose(text(item.value, "description"), copy as u64 + 1) {
        line(paragraph);
    }
    out
}

fn lines(line: &mut impl FnMut(String), field: &str, items: BTreeSet<String>) {
    if !items.is_empty() {
        line(format!("{field}:"));
        items
            .into_iter()
            .for_each(|item| line(format!("  - {item}")));
    }
}

/// Names in a list of `{name}`, whatever the list is nested in.
fn names(value: &Value, field: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut pending: Vec<&Value> = list(value, field).iter().collect();
    while let Some(value) = pending.pop() {
        match value {
            Value::Array(items) => pending.extend(items),
            value => {
                found.insert(text(value, "name").to_owned());
            }
        }
    }
    found
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The words of an HTML text in another order for each seed, in lines of about 90 characters.
fn prose(html: &str, seed: u64) -> Vec<String> {
    let mut words = Vec::new();
    for part in html.replace("</p>", " \n ").split('<') {
        let text = part.split_once('>').map_or(part, |(_, text)| text);
        let plain = |c: char| c.is_ascii_alphabetic() || c == '\n' || c == ' ';
        words.extend(
            text.replace(|c| !plain(c), " ")
                .split(' ')
                .filter(|word| word.len() > 1)
                .map(|word| word.trim().to_lowercase()),
        );
    }
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    for at in (1..words.len()).rev() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        words.swap(at, (state % (at as u64 + 1)) as usize);
    }
    let mut lines = vec![format!("  Text number {seed}")];
    for word in words.iter().filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            Some(line) if line.len() < 90 => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(format!("  {word}")),
        }
    }
    lines
}

/// The embedded profile, with IDs of any width.
fn write_profile(folder: &Path) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let schemas = folder.join("schema/itm/v2");
    std::fs::create_dir_all(&schemas).expect("a folder");
    let mut profile = String::from("version = 1\nroot = \"corpus\"\n");
    for (kind, files) in [
        ("article", "AR*.yaml"),
        ("prevention", "PV*.yaml"),
        ("detection", "DT*.yaml"),
        ("subsection", "[A-Z][A-Z]*.*.yaml"),
        ("section", "[A-Z][A-Z]*.yaml"),
    ] {
        let name = format!("schema/itm/v2/{kind}.schema.json");
        let schema = std::fs::read_to_string(root.join(&name)).expect("a schema");
        let wide = schema.replace("[0-9]{3}", "[0-9]{3,7}");
        std::fs::write(folder.join(&name), wide).expect("a schema");
        writeln!(
            profile,
            "[kind.{kind}]\nfiles = [\"*/{files}\"]\nschema = \"{name}\"\nbody = \"description\""
        )
        .expect("text");
    }
    std::fs::write(folder.join("corpuslint.toml"), profile).expect("the profile");
}
