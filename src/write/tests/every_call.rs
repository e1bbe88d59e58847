//! A change is cut off, or refused by the system, at each of its calls in turn: afterwards all is old
//! or all is new, and the next run leaves nothing behind.

use super::*;
use crate::write::disk::faults::{Fault, Kind};

const KILLS: [Kind; 3] = [Kind::Kill, Kind::LoseContents, Kind::LoseNames];

/// EIO, EACCES, ENOSPC and EROFS, once and for good.
const REFUSALS: [Kind; 6] = [
    Kind::Fail(5),
    Kind::Fail(13),
    Kind::Fail(28),
    Kind::Break(5),
    Kind::Break(28),
    Kind::Break(30),
];

/// A change, and the states before and behind it.
struct Scenario {
    name: &'static str,
    old: &'static [(&'static str, &'static str)],
    /// The folder that is changed, below the one that everything is in.
    root: &'static str,
    run: fn(&Path) -> Result<(), WriteError>,
    before: &'static str,
    after: &'static str,
}

const SCENARIOS: [Scenario; 5] = [
    Scenario {
        name: "a fix",
        old: &[("c/a", "1"), ("c/b", "1"), ("c/s/c", "1"), ("c/z", "1")],
        root: "c",
        run: |root| replacement(root, |_| ()),
        before: "c/a=1 c/b=1 c/s/c=1 c/z=1",
        after: "c/a=2 c/n/e/d=2 c/s/c=2 c/z=1",
    },
    Scenario {
        name: "a fix that meets an edit",
        old: &[("c/a", "1"), ("c/b", "1"), ("c/s/c", "1")],
        root: "c",
        run: |root| {
            let edit = |root: &Path| fs::write(root.join("s/c"), "edited").expect("an edit");
            replacement(root, edit)
        },
        before: "c/a=1 c/b=1 c/s/c=edited",
        // It is never finished.
        after: "c/a=1 c/b=1 c/s/c=edited",
    },
    Scenario {
        name: "a migration into a new folder",
        old: &[("other", "1")],
        root: "c",
        run: |root| new_folder(root),
        before: "other=1",
        after: "c/a=1 c/s/t/b=2 c/s/u=3 other=1",
    },
    Scenario {
        name: "a migration into an empty folder",
        old: &[("c/", ""), ("other", "1")],
        root: "c",
        run: |root| new_folder(root),
        before: "c/ other=1",
        after: "c/a=1 c/s/t/b=2 c/s/u=3 other=1",
    },
    Scenario {
        name: "one file",
        old: &[("c", "1")],
        root: "c",
        run: |path| replace_file(path, b"22", Existing::Replace),
        before: "c=1",
        after: "c=22",
    },
];

/// Replaces two files, removes one and adds one, in folders that are not there.
fn replacement(root: &Path, meanwhile: fn(&Path)) -> Result<(), WriteError> {
    let change = Change::begin(root, Existing::Replace)?;
    change.write("a", b"2", Before::Content(b"1"))?;
    change.remove("b", Before::Content(b"1"))?;
    change.write("n/e/d", b"2", Before::Absent)?;
    change.write("s/c", b"2", Before::Any)?;
    meanwhile(root);
    change.commit(&AtomicUsize::new(0)).map(|_| ())
}

fn new_folder(root: &Path) -> Result<(), WriteError> {
    let change = Change::begin(root, Existing::Refuse)?;
    for (path, text) in [("a", "1"), ("s/t/b", "2"), ("s/u", "3")] {
        change.write(path, text.as_bytes(), Before::Any)?;
    }
    change.commit(&AtomicUsize::new(0)).map(|_| ())
}

impl Scenario {
    fn make(&self) -> TempDir {
        let folder = passing();
        for (path, text) in self.old {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            match path.to_string_lossy().ends_with('/') {
                true => fs::create_dir_all(path).expect("a folder"),
                false => fs::write(path, text).expect("a file"),
            }
        }
        folder
    }

    /// Runs with a fault at each call, until there are no more calls; `judge` sees what it left.
    fn at_each_call(
        &self,
        kind: Kind,
        mut judge: impl FnMut(&Path, &str, Result<(), WriteError>),
    ) -> usize {
        for at in 0.. {
            let folder = self.make();
            let fault = Fault::below(folder.path(), kind, at);
            let ended = (self.run)(&folder.path().join(self.root));
            let seen = fault.seen();
            drop(fault);
            if seen <= at {
                return seen;
            }
            let name = format!("{}, {kind:?} at call {at}", self.name);
            judge(folder.path(), &name, ended);
        }
        0
    }

    /// The next run finds or makes one of both states, and leaves nothing else.
    fn recovers(&self, folder: &Path, name: &str) {
        let recovered = recover(&folder.join(self.root));
        assert!(recovered.is_ok(), "{name}: {recovered:?}");
        let now = everything(folder);
        assert!(self.is_whole(&now), "{name}: {now}");
    }

    fn is_whole(&self, now: &str) -> bool {
        self.is_old(now) || now == self.after
    }

    /// An edit may not have come yet where the run ended before it.
    fn is_old(&self, now: &str) -> bool {
        now == self.before || now == self.before.replace("edited", "1")
    }
}

/// A folder for a moment: in memory where the machine has such a place, because disks are slow here.
fn passing() -> TempDir {
    let memory = Path::new("/dev/shm");
    match memory.is_dir() {
        true => TempDir::new_in(memory),
        false => TempDir::new(),
    }
    .expect("a folder")
}

/// All files with their texts, and folders that are empty.
fn everything(root: &Path) -> String {
    let mut found = files(root);
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let items: Vec<PathBuf> = fs::read_dir(&folder)
            .expect("a folder")
            .map(|item| item.expect("an item").path())
            .collect();
        if items.is_empty() {
            let name = folder.strip_prefix(root).expect("inside").to_string_lossy();
            found.insert(format!("{name}/"), String::new());
        }
        folders.extend(items.into_iter().filter(|path| path.is_dir()));
    }
    let lines = found.iter().map(|(path, text)| match path.ends_with('/') {
        true => path.clone(),
        false => format!("{path}={text}"),
    });
    lines.collect::<Vec<_>>().join(" ")
}

/// The same without what a run keeps for itself.
fn visible(root: &Path) -> String {
    let all = everything(root);
    let seen = all.split(' ').filter(|part| !part.contains(stage::NAME));
    seen.collect::<Vec<_>>().join(" ")
}

#[test]
fn killed_at_any_call_a_change_is_whole_after_the_next_run() {
    let mut calls = 0;
    for scenario in &SCENARIOS {
        for kind in KILLS {
            calls += scenario.at_each_call(kind, |folder, name, _| {
                let half = is_unfinished(&folder.join(scenario.root));
                let now = visible(folder);
                assert!(half || scenario.is_whole(&now), "{name}: {now}");
                scenario.recovers(folder, name);
            });
        }
    }
    assert!(calls > 600, "only {calls} calls");
}

#[test]
fn refused_at_any_call_a_change_is_not_made_and_says_why() {
    for scenario in &SCENARIOS {
        for kind in REFUSALS {
            scenario.at_each_call(kind, |folder, name, ended| {
                let root = folder.join(scenario.root);
                let now = visible(folder);
                let expected = match &ended {
                    Ok(()) => scenario.after,
                    Err(error) => {
                        let told = error.to_string();
                        assert!(!told.contains('\n') && told.len() < 600, "{name}: {told}");
                        scenario.before
                    }
                };
                let durable =
                    matches!(&ended, Err(error) if error.reason.contains("it is written"));
                if !is_unfinished(&root) && !durable {
                    let early = ended.is_err() && scenario.is_whole(&now);
                    assert!(now == expected || early, "{name}: {ended:?}: {now}");
                }
                scenario.recovers(folder, name);
            });
        }
    }
}

/// Recovery is a change like any other: it may be killed as well, and the one after it goes on.
#[test]
fn a_recovery_may_be_killed_too() {
    let mut recoveries = 0;
    for scenario in &SCENARIOS[..2] {
        scenario.at_each_call(Kind::Kill, |first, name, _| {
            let root = first.join(scenario.root);
            if !is_unfinished(&root) {
                return;
            }
            for at in 0.. {
                let second = passing();
                copy(first, second.path());
                let fault = Fault::below(second.path(), Kind::Kill, at);
                let _ = recover(&second.path().join(scenario.root));
                let seen = fault.seen();
                drop(fault);
                if seen <= at {
                    break;
                }
                recoveries += 1;
                scenario.recovers(second.path(), &format!("{name}, then at call {at}"));
            }
        });
    }
    assert!(recoveries > 500, "only {recoveries}");
}

/// Second names of one file become files of their own, which no recovery cares about.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for item in fs::read_dir(from).expect("a folder") {
        let path = item.expect("an item").path();
        let target = to.join(path.file_name().expect("a name"));
        match path.is_dir() {
            true => copy(&path, &target),
            false => drop(fs::copy(&path, &target).expect("a copy")),
        }
    }
}

#[test]
fn what_is_kept_is_whole_or_not_there() {
    for kind in KILLS.into_iter().chain(REFUSALS) {
        for at in 0.. {
            let folder = folder(&[("store/a", "1")]);
            let fault = Fault::below(folder.path(), kind, at);
            let kept = keep(&folder.path().join("store"), "a", b"22");
            let seen = fault.seen();
            drop(fault);
            if seen <= at {
                assert!(kept.is_ok());
                break;
            }
            let now = fs::read_to_string(folder.path().join("store/a")).expect("a file");
            // Without a sync a loss of power may empty it: whoever reads it checks it.
            let lost = kind != Kind::Kill && now.is_empty();
            assert!(now == "1" || now == "22" || lost, "{kind:?} at {at}: {now}");
        }
    }
}
