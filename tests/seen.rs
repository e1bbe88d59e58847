//! A corpus on disk that has not changed is not read again, and one that has changed is.

#[path = "common/program.rs"]
mod program;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicUsize;
use std::thread::sleep;
use std::time::{Duration, SystemTime};

use corpuslint::cache::seen::Seen;
use corpuslint::lint::{self, Options, Report};
use corpuslint::snapshot::{Finder, SourceFile, Workspace};
use jiff::civil::{Date, date};
use tempfile::TempDir;

const DAY: Date = date(2026, 1, 2);

/// After so long a file that was written is surely older than the next run.
const A_WHILE: Duration = Duration::from_millis(300);

fn options(today: Date) -> Options {
    Options {
        select: Vec::new(),
        ignore: Vec::new(),
        today,
        whole_corpus: true,
        cache: None,
    }
}

/// A corpus with a finding in each of two files.
struct Case {
    folder: TempDir,
}

impl Case {
    fn new() -> Self {
        let case = Self {
            folder: tempfile::tempdir().expect("a folder"),
        };
        case.write("MT001", "id: MT001\ntitle: One\npreventions: [PV001]\n");
        case.write("MT002", "id: MT002\ntitle: Two\ncreated: 2026-02-30\n");
        case
    }

    fn path(&self, id: &str) -> PathBuf {
        self.folder.path().join(format!("corpus/motive/{id}.yaml"))
    }

    fn write(&self, id: &str, text: &str) {
        let path = self.path(id);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    fn cache(&self) -> PathBuf {
        self.folder.path().join("cache")
    }

    /// Checks as the program does; says whether anything was read.
    fn check(&self, options: &Options) -> (Report, bool) {
        let workspace = Workspace::embedded(self.folder.path().into()).expect("a workspace");
        let root = workspace.root();
        let files = Finder::new(&workspace, root.clone()).walk(&root);
        let files = files.expect("files");
        let seen = Seen::kept_in(self.cache(), &workspace, options).expect("a place");
        if let Some(report) = seen.recall(&files) {
            return (report, false);
        }
        let report = run(&workspace, &files, options);
        seen.keep(&files, &report);
        (report, true)
    }

    /// Checks until all is known, so that only what is done next can change that.
    fn settle(&self) -> Report {
        sleep(A_WHILE);
        self.check(&options(DAY));
        let (report, was_read) = self.check(&options(DAY));
        assert!(!was_read, "nothing has changed, and all was read");
        report
    }
}

fn run(workspace: &Workspace, files: &[SourceFile], options: &Options) -> Report {
    lint::run(workspace, files, options, &AtomicUsize::new(0)).expect("a report")
}

fn told(report: &Report) -> String {
    format!(
        "{:?} {:?} {:?}",
        report.diagnostics, report.summary, report.kinds
    )
}

#[test]
fn what_has_not_changed_is_not_read_and_gives_the_same() {
    let case = Case::new();
    sleep(A_WHILE);
    let (first, was_read) = case.check(&options(DAY));
    assert!(was_read);
    assert!(first.summary.errors >= 2, "{first:?}");
    let (again, was_read) = case.check(&options(DAY));
    assert!(!was_read);
    assert_eq!(told(&first), told(&again));
}

#[test]
fn every_change_is_noticed() {
    type Act = fn(&Case);
    let acts: [(&str, Act); 8] = [
        ("other text of the same length", |case| {
            case.write("MT001", "id: MT001\ntitle: Oen\npreventions: [PV001]\n");
        }),
        ("the old time set again", |case| {
            let path = case.path("MT001");
            let old = fs::metadata(&path).expect("a file").modified();
            case.write("MT001", "id: MT001\ntitle: Oen\npreventions: [PV001]\n");
            let file = fs::File::options().append(true).open(&path);
            let file = file.expect("a file");
            file.set_modified(old.expect("a time")).expect("a time");
        }),
        ("longer text", |case| {
            case.write("MT002", "id: MT002\ntitle: Too long\n")
        }),
        ("a new file", |case| case.write("MT003", "id: MT003\n")),
        ("a file less", |case| {
            fs::remove_file(case.path("MT002")).expect("gone")
        }),
        ("another name", |case| {
            fs::rename(case.path("MT002"), case.path("MT004")).expect("moved");
        }),
        ("two names exchanged", |case| {
            fs::rename(case.path("MT001"), case.path("MT009")).expect("moved");
            fs::rename(case.path("MT002"), case.path("MT001")).expect("moved");
            fs::rename(case.path("MT009"), case.path("MT002")).expect("moved");
        }),
        ("a folder in the place of a file", |case| {
            fs::remove_file(case.path("MT002")).expect("gone");
            fs::create_dir(case.path("MT002")).expect("a folder");
        }),
    ];
    for (what, act) in acts {
        let case = Case::new();
        case.settle();
        act(&case);
        let (report, was_read) = case.check(&options(DAY));
        assert!(was_read, "{what} was not noticed");
        let fresh = Workspace::embedded(case.folder.path().into()).expect("a workspace");
        let root = fresh.root();
        let files = Finder::new(&fresh, root.clone())
            .walk(&root)
            .expect("files");
        assert_eq!(
            told(&report),
            told(&run(&fresh, &files, &options(DAY))),
            "{what}"
        );
    }
}

#[cfg(unix)]
#[test]
fn a_link_in_the_place_of_a_file_is_noticed() {
    let case = Case::new();
    case.settle();
    fs::rename(case.path("MT002"), case.folder.path().join("MT002.yaml")).expect("moved");
    std::os::unix::fs::symlink("../../MT002.yaml", case.path("MT002")).expect("a link");
    let (report, was_read) = case.check(&options(DAY));
    assert!(was_read);
    let is_stray = |found: &corpuslint::diagnostic::Diagnostic| found.rule == "stray-file";
    assert!(report.diagnostics.iter().any(is_stray), "{report:?}");
}

#[test]
fn another_day_or_choice_of_rules_is_another_run() {
    let case = Case::new();
    case.settle();
    let (_, was_read) = case.check(&options(date(2026, 1, 3)));
    assert!(was_read, "tomorrow");
    let fewer = Options {
        ignore: vec!["dangling-reference".to_owned()],
        ..options(DAY)
    };
    case.check(&options(DAY));
    let (report, was_read) = case.check(&fewer);
    assert!(was_read, "fewer rules");
    let dangling = |found: &corpuslint::diagnostic::Diagnostic| found.rule == "dangling-reference";
    assert!(!report.diagnostics.iter().any(dangling));
}

/// A file of this very moment, or of a time to come because the clock was set back, could be written
/// once more and look the same.
#[test]
fn what_may_still_change_unseen_is_not_kept() {
    let case = Case::new();
    case.check(&options(DAY));
    let (_, was_read) = case.check(&options(DAY));
    assert!(was_read, "written in this very moment");
    case.settle();
    let file = fs::File::options().append(true).open(case.path("MT001"));
    let later = SystemTime::now() + Duration::from_secs(3600);
    file.expect("a file").set_modified(later).expect("a time");
    sleep(A_WHILE);
    for _ in 0..2 {
        let (_, was_read) = case.check(&options(DAY));
        assert!(was_read, "written in an hour");
    }
}

#[test]
fn what_is_broken_is_made_again() {
    let case = Case::new();
    let report = case.settle();
    let kept: Vec<PathBuf> = fs::read_dir(case.cache())
        .expect("a folder")
        .map(|item| item.expect("an item").path())
        .collect();
    let [kept] = kept.as_slice() else {
        panic!("one corpus has one file, not {kept:?}");
    };
    let bytes = fs::read(kept).expect("bytes");
    for at in (0..bytes.len()).step_by(7) {
        let mut broken = bytes.clone();
        broken[at] ^= 0x41;
        fs::write(kept, &broken).expect("a file");
        let (again, _) = case.check(&options(DAY));
        assert_eq!(told(&again), told(&report), "byte {at}");
        fs::write(kept, &bytes[..at]).expect("a file");
        let (again, was_read) = case.check(&options(DAY));
        assert!(was_read, "cut at {at}");
        assert_eq!(told(&again), told(&report), "cut at {at}");
    }
}

/// What is kept by the program itself, of a corpus that is large enough.
#[test]
fn the_program_says_the_same_from_memory() {
    let case = Case::new();
    for number in 3..2003 {
        let (section, part) = (number / 100, number % 100);
        let id = format!("MT{section:03}.{part:03}");
        case.write(&id, &format!("id: {id}\ntitle: Number {number}\n"));
    }
    sleep(A_WHILE);
    let kept = |cache: &Path| fs::read_dir(cache.join("corpuslint")).map_or(0, Iterator::count);
    let cache = case.cache();
    let check = |options: &[&str]| {
        let all = ["check", "--exit-zero", "--output-format", "json"];
        let mut command = program::program(case.folder.path(), &all);
        command.args(options).env("XDG_CACHE_HOME", &cache);
        command.output().expect("a run").stdout
    };
    let plain = check(&["--no-cache"]);
    assert_eq!(kept(&cache), 0);
    assert_eq!(check(&[]), plain);
    if cfg!(target_os = "linux") {
        assert_eq!(kept(&cache), 1);
    }
    assert_eq!(check(&[]), plain);
    assert_eq!(
        check(&["corpus/motive/MT001.yaml"]),
        check(&["corpus/motive/MT001.yaml", "--no-cache"])
    );
}
