//! Kills migrations or fixes at random moments, and counts what that leaves behind.
//!
//! ```text
//! cargo bench --bench kills -- [migrate|fix] ROUNDS ENTRIES
//! ```
//!
//! Each round writes all entries over what the round before left, with other texts, and is killed
//! with SIGKILL; every tenth migration writes into a folder that is not there. Then one more run, which
//! cannot do anything of its own, finishes what was begun. A *torn* file is one whose text is not
//! whole; a *mixed* state has files of both texts; what is *left* is no entry.
//!
//! With `fix`, each round breaks the date in all entries and kills a `check --fix`.
//!
//! Most of the time goes into reading and staging, so the moments are aimed: one in four falls anywhere,
//! one after the stage has appeared, two after the journal has.

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
    let mut bench = Bench {
        sources: ["even", "odd"].map(|word| source(&folder, word, entries)),
        broken: folder.join("broken.jsonl"),
        entries,
        folder,
        random: 0x5eed,
        usual: Usual::default(),
    };
    std::fs::write(&bench.broken, "x").expect("a file");
    let told = match std::env::args().any(|argument| argument == "fix") {
        true => bench.run_fixes(rounds),
        false => bench.run(rounds),
    };
    told.tell(rounds, entries);
    let _ = std::fs::remove_dir_all(&bench.folder);
}

struct Bench {
    folder: PathBuf,
    sources: [PathBuf; 2],
    /// A source that cannot be read.
    broken: PathBuf,
    entries: usize,
    random: u64,
    usual: Usual,
}

/// How long a run takes that nobody kills, in microseconds.
#[derive(Default)]
struct Usual {
    whole: u64,
    from_stage: u64,
    from_journal: u64,
}

/// What a target holds.
#[derive(Default)]
struct State {
    words: BTreeSet<String>,
    files: usize,
    torn: usize,
    left: usize,
}

#[derive(Default)]
struct Counts {
    torn: usize,
    mixed: usize,
    left: usize,
    before_stage: usize,
    staging: usize,
    replacing: usize,
    cleaning: usize,
    ended: usize,
}

/// Where a run was when it was killed.
enum Moment {
    BeforeStage,
    Staging,
    Replacing,
    Cleaning,
    Ended,
}

impl Bench {
    fn run(&mut self, rounds: usize) -> Counts {
        let target = self.folder.join("target");
        wait(spawn(&self.sources[0], &target));
        let child = spawn(&self.sources[1], &target);
        self.usual = watch(child, &target.join(STAGE));
        let mut counts = Counts::default();
        for round in 0..rounds {
            let fresh = round % 10 == 9;
            let target = match fresh {
                true => self.folder.join(format!("new-{round}")),
                false => target.clone(),
            };
            // One that appears by one rename has no journal; its stage lies beside it.
            let stage = match fresh {
                true => self.folder.join(format!(".new-{round}{STAGE}")),
                false => target.join(STAGE),
            };
            let child = spawn(&self.sources[round % 2], &target);
            let aim = if fresh { round / 10 % 2 } else { round % 4 };
            let moment = self.kill(child, &stage, aim);
            counts.fell(&moment);
            wait(spawn(&self.broken, &target));
            let found = look(&target);
            counts.torn += found.torn;
            counts.left += found.left + usize::from(stage.exists());
            let whole = found.files == self.entries && found.words.len() == 1;
            let none = fresh && found.files == 0;
            counts.mixed += usize::from(!whole && !none);
            if fresh {
                let _ = std::fs::remove_dir_all(&target);
            }
        }
        counts
    }

    fn run_fixes(&mut self, rounds: usize) -> Counts {
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
        let stage = target.join(STAGE);
        self.usual = watch(fix(&self.folder, "date-format"), &stage);
        let mut counts = Counts::default();
        for round in 0..rounds {
            break_all();
            let child = fix(&self.folder, "date-format");
            let moment = self.kill(child, &stage, round % 4);
            counts.fell(&moment);
            // What finds nothing to fix finishes what was begun.
            wait(fix(&self.folder, "syntax"));
            let mut fixed = 0;
            for path in &paths {
                let text = std::fs::read_to_string(path).unwrap_or_default();
                let id = path.file_stem().and_then(|stem| stem.to_str());
                let old = broken(id.expect("a name"));
                let new = old.replace("15th August 2025", "2025-08-15");
                counts.torn += usize::from(text != old && text != new);
                fixed += usize::from(text == new);
            }
            counts.mixed += usize::from(fixed != 0 && fixed != paths.len());
            counts.torn += yaml_files(&target).len().abs_diff(paths.len());
            counts.left += usize::from(stage.exists());
        }
        counts
    }

    /// Kills a run at a moment behind its start, the appearance of its stage, or that of its journal.
    fn kill(&mut self, mut child: Child, stage: &Path, aim: usize) -> Moment {
        let awaited = match aim {
            0 => None,
            1 => Some(stage.to_owned()),
            _ => Some(stage.join("journal")),
        };
        let usual = match aim {
            0 => self.usual.whole + self.usual.whole / 10,
            1 => self.usual.from_stage,
            _ => self.usual.from_journal,
        };
        if let Some(awaited) = awaited {
            while !awaited.exists() && matches!(child.try_wait(), Ok(None)) {
                std::thread::sleep(Duration::from_micros(50));
            }
        }
        let after = next(&mut self.random) % usual.max(1);
        std::thread::sleep(Duration::from_micros(after));
        let ended = matches!(child.try_wait(), Ok(Some(_)));
        let _ = child.kill();
        let _ = child.wait();
        match () {
            () if ended => Moment::Ended,
            () if stage.join("journal").exists() => Moment::Replacing,
            () if stage.join("new/0").exists() || stage.join("tree").exists() => Moment::Staging,
            () if stage.exists() && aim > 1 => Moment::Cleaning,
            () if stage.exists() => Moment::Staging,
            () if aim == 0 => Moment::BeforeStage,
            () => Moment::Cleaning,
        }
    }
}

impl Counts {
    fn fell(&mut self, moment: &Moment) {
        let count = match moment {
            Moment::BeforeStage => &mut self.before_stage,
            Moment::Staging => &mut self.staging,
            Moment::Replacing => &mut self.replacing,
            Moment::Cleaning => &mut self.cleaning,
            Moment::Ended => &mut self.ended,
        };
        *count += 1;
    }

    fn tell(&self, rounds: usize, entries: usize) {
        println!(
            "{rounds} kills of {entries} entries: {} torn files, {} mixed states, {} left over",
            self.torn, self.mixed, self.left
        );
        println!(
            "they fell: {} before the stage, {} while it was filled, {} between journal and end, {} behind that, {} when the run had ended",
            self.before_stage, self.staging, self.replacing, self.cleaning, self.ended
        );
    }
}

const STAGE: &str = ".corpuslint-change";

/// Waits for a run, and says how long its parts took.
fn watch(mut child: Child, stage: &Path) -> Usual {
    let started = Instant::now();
    let (mut staged, mut written) = (None, None);
    while matches!(child.try_wait(), Ok(None)) {
        let now = started.elapsed();
        if staged.is_none() && stage.exists() {
            staged = Some(now);
        }
        if written.is_none() && stage.join("journal").exists() {
            written = Some(now);
        }
        std::thread::sleep(Duration::from_micros(50));
    }
    let end = started.elapsed();
    let since = |from: Option<Duration>| (end - from.unwrap_or(end)).as_micros() as u64;
    Usual {
        whole: end.as_micros() as u64,
        from_stage: since(staged),
        from_journal: since(written),
    }
}

/// Xorshift, 64 bits (Marsaglia, 2003).
fn next(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
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
