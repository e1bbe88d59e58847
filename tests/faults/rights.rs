//! No room and no rights.

use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use super::*;

/// A run without the rights of root: by another user where the tests are root's.
fn without_rights(corpus: &Corpus, arguments: &[&str]) -> Option<Output> {
    let id = Command::new("id").arg("-u").output().expect("id runs");
    let mut command = if id.stdout.starts_with(b"0") {
        let own = corpus.path("program");
        fs::copy(env!("CARGO_BIN_EXE_corpuslint"), &own).expect("the program");
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]);
        command.arg(own);
        command
    } else {
        Command::new(env!("CARGO_BIN_EXE_corpuslint"))
    };
    let output = command
        .args(arguments)
        .current_dir(corpus.0.path())
        .stdin(Stdio::null())
        .output();
    if output.is_err() {
        println!("skipped: setpriv is not on this machine");
    }
    output.ok()
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("a mode");
}

/// A corpus that anybody may read and change.
fn for_all() -> Corpus {
    let corpus = Corpus::new(3);
    mode(corpus.0.path(), 0o777);
    mode(&corpus.path("corpus"), 0o777);
    for number in 0..3 {
        mode(&corpus.entry(number), 0o666);
    }
    corpus
}

#[test]
fn a_folder_that_is_read_only_stays_as_it_is() {
    let corpus = for_all();
    mode(&corpus.path("corpus"), 0o555);
    let Some(output) = without_rights(&corpus, &["fmt"]) else {
        return;
    };
    mode(&corpus.path("corpus"), 0o755);
    let said = reason(&output);
    assert!(
        said.contains("corpus") && said.contains("ermission denied"),
        "{said}"
    );
    assert_eq!(corpus.files(), state(3, old));
}

#[test]
fn one_file_that_is_read_only_stops_all_of_it() {
    let corpus = for_all();
    mode(&corpus.entry(1), 0o444);
    let Some(output) = without_rights(&corpus, &["fmt"]) else {
        return;
    };
    let said = reason(&output);
    assert!(
        said.contains("E001.yaml") && said.contains("read-only"),
        "{said}"
    );
    assert_eq!(corpus.files(), state(3, old));
}

#[test]
fn a_folder_below_that_is_read_only_stops_all_of_it() {
    let corpus = for_all();
    let below = corpus.path("corpus/below");
    fs::create_dir(&below).expect("a folder");
    fs::write(below.join("E900.yaml"), old(900)).expect("an entry");
    mode(&below.join("E900.yaml"), 0o666);
    mode(&below, 0o555);
    let before = corpus.files();
    let output = without_rights(&corpus, &["fmt"]);
    mode(&below, 0o755);
    let Some(output) = output else { return };
    let said = reason(&output);
    assert!(said.contains("E900.yaml"), "{said}");
    assert_eq!(corpus.files(), before);
}

/// Half of a change that may not even be looked at is no reason to trust the files.
#[test]
fn a_stage_of_somebody_else_is_half_of_a_change() {
    let corpus = for_all();
    let stage = corpus.path("corpus/.corpuslint-change");
    fs::create_dir(&stage).expect("a folder");
    fs::write(stage.join("journal"), "x").expect("a journal");
    mode(&stage, 0o000);
    let output = without_rights(&corpus, &["check"]);
    mode(&stage, 0o755);
    let Some(output) = output else { return };
    let said = reason(&output);
    assert!(said.contains("interrupted"), "{said}");
}

#[test]
fn without_room_a_fix_changes_nothing() {
    let corpus = Corpus::new(0);
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=128k", "tmpfs"])
        .arg(corpus.path("corpus"))
        .output();
    if !mounted.is_ok_and(|mounted| mounted.status.success()) {
        println!("skipped: a small file system cannot be mounted here");
        return;
    }
    corpus.reset(20);
    // Room for some of the new contents, in steps of pages.
    let mut endings = Vec::new();
    for pages in 0..8 {
        let filler = corpus.path("corpus/.filler");
        fs::write(&filler, vec![0; 4096 * (11 - pages)]).expect("a file");
        let output = program::program(corpus.0.path(), &["fmt"])
            .output()
            .expect("it runs");
        let _ = fs::remove_file(&filler);
        endings.push((output, corpus.files()));
    }
    let _ = Command::new("umount").arg(corpus.path("corpus")).output();
    for (output, files) in endings {
        let said = reason(&output);
        assert!(said.contains("No space left"), "{said}");
        assert_eq!(files, state(20, old));
    }
}
