//! `check --fix` is killed at twenty moments: the next run finds the old state or makes the new one.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::{Copy, run};

const ENTRIES: usize = 300;

#[test]
fn a_kill_leaves_all_of_it_or_nothing() {
    let copy = Copy::new();
    let folder = copy.path("infringement");
    let names: Vec<_> = (0..ENTRIES)
        .map(|number| {
            folder.join(format!(
                "IF9{:02}.{:03}.yaml",
                number / 100,
                number % 100 + 1
            ))
        })
        .collect();
    let break_all = || {
        for path in &names {
            let id = path
                .file_stem()
                .and_then(|stem| stem.to_str())
                .expect("a name");
            let text = format!(
                "id: {id}\ntitle: Entry {id}\ncreated: 15th August 2025\ndescription: |\n  Text of {id}.\n"
            );
            std::fs::write(path, text).expect("an entry");
        }
    };
    let fix = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_corpuslint"));
        command.args(["check", "--fix", "--select", "date-format"]);
        command.current_dir(copy.folder.path());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().expect("the program runs")
    };
    break_all();
    let started = Instant::now();
    fix().wait().expect("it ends");
    let usual = started.elapsed();
    assert!(fixed(&names) == ENTRIES);
    for round in 0..20_u32 {
        break_all();
        let mut child = fix();
        std::thread::sleep(usual * round / 20 + Duration::from_micros(u64::from(round) * 37));
        let _ = child.kill();
        let _ = child.wait();
        // What reads refuses half of a change; what writes finishes it.
        let half = copy.path(".corpuslint-change/journal").exists();
        let read = run(
            copy.folder.path(),
            &["check", "--select", "date-format", "--exit-zero"],
        );
        assert_eq!(read.status.code(), Some(if half { 2 } else { 0 }));
        if half {
            run(
                copy.folder.path(),
                &["check", "--fix", "--select", "syntax"],
            );
        }
        let fixed = fixed(&names);
        assert!(
            fixed == 0 || fixed == ENTRIES,
            "round {round}: {fixed} of {ENTRIES}"
        );
    }
}

/// How many entries are fixed; each is whole.
fn fixed(names: &[std::path::PathBuf]) -> usize {
    let is_fixed = |path: &&std::path::PathBuf| {
        let text = std::fs::read_to_string(path).expect("an entry");
        let id = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .expect("a name");
        assert!(text.ends_with(&format!("  Text of {id}.\n")), "{text}");
        text.contains("created: 2025-08-15\n")
    };
    names.iter().filter(is_fixed).count()
}
