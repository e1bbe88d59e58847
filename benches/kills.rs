//! Kills migrations or fixes at random moments, and counts what that leaves behind.
//!
//! ```text
//! cargo bench --bench kills -- [migrate|fix] ROUNDS ENTRIES
//! ```
//!
//! Each round writes all entries over what the round before left, with other texts, and is killed
//! with SIGKILL somewhere between its start and its end; every tenth writes into a folder that is not
//! there. Then one more run, which cannot do anything of its own, finishes what was begun. A *torn*
//! file is one whose text is not whole; a *mixed* state has files of both texts.
//!
//! With `fix`, each round breaks the date in all entries and kills a `check --fix`.

#![allow(clippy::print_stdout)] // it is run by a person

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

fn main() {
    let numbers: Vec<usize> = std::env::args()
        .filter_map(|argument| argument.parse().ok())
        .collect();
    let [rounds, entries] = numbers[..] else {
        println!("see the comment at the top of benches/kills.rs");
        return;
    };
    let folder = std::env::temp_dir().join(format!("corpuslint-kills-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let bench = Bench {
        sources: ["even", "odd"].map(|word| source(&folder, word, entries)),
        broken: folder.join("broken.jsonl"),
        entries,
        folder,
    };
    std::fs::write(&bench.broken, "x").expect("a file");
    if std::env::args().any(|argument| argument == "fix") {
        bench.run_fixes(rounds);
    } else {
        bench.run(rounds);
    }
    let _ = std::fs::remove_dir_all(&bench.folder);
}

struct Bench {
    folder: PathBuf,
    sources: [PathBuf; 2],
    /// A source that cannot be read.
    broken: PathBuf,
    entries: usize,
}

/// What a target holds.
#[derive(Default)]
struct State {
    words: BTreeSet<String>,
    files: usize,
    torn: usize,
    left: usize,
}

impl Bench {
    fn run(&self, rounds: usize) {
        let target = self.folder.join("target");
        let started = Instant::now();
        wait(spawn(&self.sources[0], &target));
        wait(spawn(&self.sources[1], &target));
        let usual = started.elapsed().as_micros() as u64 / 2;
        let (mut torn, mut mixed, mut unfinished, mut done) = (0, 0, 0, 0);
        let mut state = 0x5eed_u64;
        for round in 0..rounds {
            let fresh = round % 10 == 9;
            let target = match fresh {
                true => self.folder.join(format!("new-{round}")),
                false => target.clone(),
            };
            let child = spawn(&self.sources[round % 2], &target);
            done += usize::from(kill(child, next(&mut state) % (usual + usual / 10)));
            unfinished += usize::from(target.join(".corpuslint-change/journal").exists());
            wait(spawn(&self.broken, &target));
            let found = look(&target);
            torn += found.torn + found.left;
            let whole = found.files == self.entries && found.words.len() == 1;
            let none = fresh && found.files == 0;
            mixed += usize::from(!whole && !none);
            if fresh {
                let _ = std::fs::remove_dir_all(&target);
            }
        }
        self.tell(rounds, [torn, mixed, unfinished, done]);
    }

    fn run_fixes(&self, rounds: usize) {
        let target = self.folder.join("corpus");
        wait(spawn(&self.sources[0], &target));
        let paths: Vec<PathBuf> = yaml_files(&target);
        let break_all = || {
            for path in &paths {
                let id = path.file_stem().and_then(|stem| stem.to_str());
                let id = id.expect("a name");
                std::fs::write(path, broken(id)).expect("an entry");
            }
        };
        break_all();
        let started = Instant::now();
        wait(fix(&self.folder, "date-format"));
        let usual = started.elapsed().as_micros() as u64;
        let (mut torn, mut mixed, mut unfinished, mut done) = (0, 0, 0, 0);
        let mut state = 0x5eed_u64;
        for _ in 0..rounds {
            break_all();
            let child = fix(&self.folder, "date-format");
            done += usize::from(kill(child, next(&mut state) % (usual + usual / 10)));
            unfinished += usize::from(target.join(".corpuslint-change/journal").exists());
            // What finds nothing to fix finishes what was begun.
            wait(fix(&self.folder, "syntax"));
            let mut fixed = 0;
            for path in &paths {
                let text = std::fs::read_to_string(path).unwrap_or_default();
                let id = path.file_stem().and_then(|stem| stem.to_str());
                let old = broken(id.expect("a name"));
                let new = old.replace("15th August 2025", "2025-08-15");
                torn += usize::from(text != old && text != new);
                fixed += usize::from(text == new);
            }
            mixed += usize::from(fixed != 0 && fixed != paths.len());
            torn += yaml_files(&target).len().abs_diff(paths.len());
        }
        self.tell(rounds, [torn, mixed, unfinished, done]);
    }

    fn tell(&self, rounds: usize, [torn, mixed, unfinished, done]: [usize; 4]) {
        println!(
            "{rounds} kills of {} entries: {torn} torn files, {mixed} mixed states",
            self.entries
        );
        println!("{unfinished} were killed between journal and end, {done} had ended already");
    }
}

/// Xorshift, 64 bits (Marsaglia, 2003).
fn next(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

/// Kills a run after some microseconds. Says whether it had ended by then.
fn kill(mut child: Child, after: u64) -> bool {
    std::thread::sleep(Duration::from_micros(after));
    let ended = matches!(child.try_wait(), Ok(Some(_)));
    let _ = child.kill();
    let _ = child.wait();
    ended
}

fn broken(id: &str) -> String {
    let prose = "lorem ipsum ".repeat(80);
    format!(
        "id: {id}\ntitle: Entry {id}\ncreated: 15th August 2025\ndescription: |\n  {prose}end\n"
    )
}

fn fix(folder: &Path, rule: &str) -> Child {
    Command::new(env!("CARGO_BIN_EXE_corpuslint"))
        .args(["check", "--fix", "--select", rule])
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program runs")
}

fn yaml_files(target: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![target.to_owned()];
    while let Some(folder) = folders.pop() {
        for item in std::fs::read_dir(&folder).expect("a folder") {
            let path = item.expect("an item").path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == "yaml")
            {
                found.push(path);
            }
        }
    }
    found
}

fn source(folder: &Path, word: &str, entries: usize) -> PathBuf {
    let path = folder.join(format!("{word}.jsonl"));
    let prose = format!("{} end", "lorem ipsum ".repeat(80));
    let lines = (0..entries).map(|number| {
        let id = format!("MT{:03}.{:03}", number / 1000, number % 1000);
        let line = json!({"id": id, "title": format!("{word} {number}"), "description": prose});
        format!("{line}\n")
    });
    std::fs::write(&path, lines.collect::<String>()).expect("a file");
    path
}

fn spawn(source: &Path, target: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_corpuslint"))
        .args(["migrate", "--from", "jsonl", "--to", "yaml", "--overwrite"])
        .args([source, target])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program runs")
}

fn wait(mut child: Child) {
    child.wait().expect("it ends");
}

fn look(target: &Path) -> State {
    let mut state = State::default();
    let mut folders = vec![target.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(items) = std::fs::read_dir(&folder) else {
            continue;
        };
        for item in items {
            let path = item.expect("an item").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            if path.extension().is_none_or(|extension| extension != "yaml") {
                state.left += 1;
                continue;
            }
            state.files += 1;
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            let title = text.lines().find_map(|line| line.strip_prefix("title: "));
            match title.and_then(|title| title.split(' ').next()) {
                Some(word) if text.ends_with(" end\n") => {
                    state.words.insert(word.to_owned());
                }
                _ => state.torn += 1,
            }
        }
    }
    state
}
