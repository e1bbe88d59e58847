//! Others at work at the same time, and clocks that go wrong.

use std::process::{Child, Stdio};
use std::time::{Duration, Instant, SystemTime};

use super::*;
use crate::git::Repo;

/// A run that waits for a second before it makes its new contents durable.
fn held_up(corpus: &Corpus) -> Child {
    Command::new("strace")
        .args(["-f", "-q", "-o", "/dev/null", "-e", "trace=fsync"])
        .args(["-e", "inject=fsync:delay_enter=1000000:when=1"])
        .arg(env!("CARGO_BIN_EXE_corpuslint"))
        .arg("fmt")
        .current_dir(corpus.0.path())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("strace runs")
}

fn await_stage(corpus: &Corpus, entries: usize) {
    let last = corpus.path(&format!("corpus/.corpuslint-change/new/{}", entries - 1));
    let started = Instant::now();
    while !last.exists() && started.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(2));
    }
    assert!(last.exists(), "the run stages its contents");
}

#[test]
fn a_file_that_is_saved_deleted_or_made_a_folder_during_the_run_stops_it() {
    if !has_strace() {
        return;
    }
    let saved = |path: &Path| fs::write(path, "somebody's\n").expect("an edit");
    let deleted = |path: &Path| fs::remove_file(path).expect("removed");
    let made_a_folder = |path: &Path| {
        fs::remove_file(path).expect("removed");
        fs::create_dir(path).expect("a folder");
    };
    let acts: [fn(&Path); 3] = [saved, deleted, made_a_folder];
    for act in acts {
        let corpus = Corpus::new(5);
        let child = held_up(&corpus);
        await_stage(&corpus, 5);
        act(&corpus.entry(3));
        let after = corpus.entry(3).is_file().then(|| "somebody's\n".to_owned());
        let output = child.wait_with_output().expect("it ends");
        let said = reason(&output);
        assert!(said.contains("E003.yaml"), "{said}");
        let mut expected = state(5, old);
        match after {
            Some(text) => drop(expected.insert("E003.yaml".to_owned(), text)),
            None => drop(expected.remove("E003.yaml")),
        }
        assert_eq!(corpus.files(), expected, "{said}");
    }
}

#[test]
fn two_fixes_at_once_are_one_after_the_other() {
    for _ in 0..4 {
        let corpus = Corpus::new(200);
        let start = || {
            program::program(corpus.0.path(), &["fmt"])
                .stdout(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()
                .expect("it runs")
        };
        let runs = [start(), start(), start()];
        let mut done = 0;
        for run in runs {
            let output = run.wait_with_output().expect("it ends");
            if output.status.success() {
                done += 1;
                continue;
            }
            let said = reason(&output);
            let known = ["another run", "meanwhile", "any more", "under way"];
            assert!(known.iter().any(|known| said.contains(known)), "{said}");
        }
        assert!(done >= 1);
        assert_eq!(corpus.files(), state(200, new));
    }
}

#[test]
fn runs_that_share_what_is_kept_say_the_same() {
    let Some(repo) = repository() else { return };
    let arguments = ["check", "--base", "main", "--output-format", "json"];
    let alone = program::run_in(&repo.path(""), &arguments);
    assert_eq!(alone.code, 1, "{}", alone.err);
    for _ in 0..3 {
        fs::remove_dir_all(repo.path(".git/corpuslint")).expect("it was kept");
        let start = || {
            let mut command = program::program(&repo.path(""), &arguments);
            let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
            command.spawn().expect("it runs")
        };
        let runs: Vec<Child> = (0..4).map(|_| start()).collect();
        for run in runs {
            let ran = program::Ran::new(run.wait_with_output().expect("it ends"));
            assert_eq!(
                (ran.code, ran.out.as_str()),
                (1, alone.out.as_str()),
                "{}",
                ran.err
            );
        }
    }
}

/// A branch with one entry that the base does not have, and that is wrong.
fn repository() -> Option<Repo> {
    let repo = Repo::new()?;
    repo.write("corpuslint.toml", PROFILE);
    repo.write("schema.json", SCHEMA);
    for number in 0..60 {
        repo.write(&format!("corpus/E{number:03}.yaml"), new(number));
    }
    repo.commit("base");
    repo.git(&["switch", "--quiet", "-c", "topic"]);
    repo.write("corpus/E060.yaml", "id: E060\ntitel: X\n");
    repo.commit("topic");
    Some(repo)
}

/// What is kept of a file does not go by the time that it bears alone.
#[test]
fn a_clock_that_is_set_back_hides_nothing() {
    let Some(repo) = repository() else { return };
    let day = Duration::from_secs(86_400);
    let now = SystemTime::now();
    let path = repo.path("corpus/E005.yaml");
    let times = [now + day * 3650, now - day * 3650, SystemTime::UNIX_EPOCH];
    for (round, time) in times.into_iter().enumerate() {
        let good = new(5);
        // As long as the good one, and wrong.
        let bad = good.replace("title", "titel");
        for (text, wrong) in [(&good, false), (&bad, true), (&good, false), (&bad, true)] {
            fs::write(&path, text).expect("an entry");
            let file = fs::File::options().write(true).open(&path).expect("a file");
            file.set_modified(time).expect("a time");
            for base in [
                &["check"][..],
                &["check", "--base", "main"],
                &["check", "--changed"],
            ] {
                let mut arguments = base.to_vec();
                arguments.extend(["--output-format", "concise"]);
                let ran = program::run_in(&repo.path(""), &arguments);
                assert!(
                    matches!(ran.code, 0 | 1),
                    "{round} {arguments:?}: {}",
                    ran.err
                );
                let found = ran.out.contains("E005.yaml");
                assert_eq!(found, wrong, "{round} {arguments:?}: {}", ran.out);
            }
        }
    }
}

/// What a killed run left is no entry. So a folder of that kind must not be a place to hide in.
#[test]
fn nothing_hides_in_what_looks_like_a_left_stage() {
    let corpus = Corpus::new(2);
    for stage in ["corpus/.corpuslint-change", "corpus/a/b.corpuslint-change"] {
        let stage = corpus.path(stage);
        fs::create_dir_all(&stage).expect("a folder");
        fs::write(stage.join("E001.yaml"), old(1)).expect("a file");
    }
    let ran = corpus.run(&["check", "--output-format", "concise"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let lines: Vec<&str> = ran.out.lines().collect();
    for (line, path) in lines
        .iter()
        .zip([".corpuslint-change", "a/b.corpuslint-change"])
    {
        assert!(
            line.contains(&format!("corpus/{path}:1:1: error")),
            "{line}"
        );
        assert!(
            line.contains("stray-file") && line.contains("interrupted"),
            "{line}"
        );
    }
    assert!(!ran.out.contains("duplicate-id"), "{}", ran.out);
    // What is a name like that above the corpus, or a file, is nothing of the kind.
    let outer = corpus.path("c.corpuslint-change");
    fs::create_dir(&outer).expect("a folder");
    let inner = Corpus::new(1);
    fs::rename(inner.path("corpus"), outer.join("corpus")).expect("moved");
    for file in ["corpuslint.toml", "schema.json"] {
        fs::copy(corpus.path(file), outer.join(file)).expect("a file");
    }
    let ran = program::run_in(&outer, &["check"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
}
