//! Makes calls fail, or be the last ones before the end of the process or of the power.
//!
//! A fault counts the calls below one folder, so that tests beside it are not disturbed.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Call;

/// What happens at one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::write) enum Kind {
    /// The process ends before it: no call after it does anything.
    Kill,
    /// The same, and what was written and not synced is lost from the files.
    LoseContents,
    /// The same, and names that were given, changed or removed and not synced are as before, too.
    LoseNames,
    /// It fails with this error of the system, and those after it do not.
    Fail(i32),
    /// It fails with this error, and so does every later one that changes anything.
    Break(i32),
}

/// A fault that is to come. It is over when this is dropped.
pub(in crate::write) struct Fault(Arc<Mutex<State>>);

struct State {
    root: PathBuf,
    kind: Kind,
    at: usize,
    seen: usize,
    /// Where what the disk forgets is kept until it is known whether it does.
    aside: tempfile::TempDir,
    unsynced: BTreeSet<PathBuf>,
    names: Vec<Name>,
}

/// A change of names that is not on the disk yet.
enum Name {
    New(PathBuf),
    /// From, to, and what `to` was.
    Moved(PathBuf, PathBuf, Option<PathBuf>),
    Removed(PathBuf, PathBuf),
}

static FAULTS: Mutex<Vec<Arc<Mutex<State>>>> = Mutex::new(Vec::new());

fn faults() -> MutexGuard<'static, Vec<Arc<Mutex<State>>>> {
    FAULTS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn locked(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Fault {
    /// At the call with this number, counted from 0, below a folder.
    pub(in crate::write) fn below(root: &Path, kind: Kind, at: usize) -> Self {
        let state = Arc::new(Mutex::new(State {
            root: root.to_owned(),
            kind,
            at,
            seen: 0,
            aside: tempfile::tempdir().expect("a folder"),
            unsynced: BTreeSet::new(),
            names: Vec::new(),
        }));
        faults().push(Arc::clone(&state));
        Self(state)
    }

    /// How many calls there were.
    pub(in crate::write) fn seen(&self) -> usize {
        locked(&self.0).seen
    }
}

impl Drop for Fault {
    fn drop(&mut self) {
        faults().retain(|state| !Arc::ptr_eq(state, &self.0));
        let mut state = locked(&self.0);
        if state.seen > state.at {
            state.lose();
        }
    }
}

pub(super) fn call<T>(call: Call, act: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    let path = path_of(call);
    let found = faults()
        .iter()
        .find(|state| path.starts_with(&locked(state).root))
        .cloned();
    let Some(state) = found else { return act() };
    let mut state = locked(&state);
    let number = state.seen;
    state.seen += 1;
    let error = match state.kind {
        Kind::Fail(error) if number == state.at => error,
        Kind::Break(error) if number == state.at => error,
        Kind::Break(error) if number > state.at && !matches!(call, Call::Look(_)) => error,
        Kind::Fail(_) | Kind::Break(_) => return act(),
        // What a process that has ended would answer; nobody sees it.
        _ if number >= state.at => ENDED,
        _ => return state.noted(call, act),
    };
    if let (Call::Write(path, bytes), true) = (call, number == state.at) {
        // A write that ends early has written a part.
        let mut whole = fs::read(path).expect("a file");
        whole.extend(&bytes[..bytes.len() / 2]);
        fs::write(path, whole).expect("a file");
    }
    Err(io::Error::from_raw_os_error(error))
}

/// What is on the disk is told by [`Kind`] here, and waiting for it thousands of times takes minutes.
pub(super) fn flush(_: &File) -> io::Result<()> {
    Ok(())
}

/// EIO. A write that is told that it was interrupted would be tried again for ever.
const ENDED: i32 = 5;

fn path_of(call: Call<'_>) -> &Path {
    match call {
        Call::Look(path)
        | Call::Create(path)
        | Call::Folder(path)
        | Call::Write(path, _)
        | Call::Rename(path, _)
        | Call::Remove(path)
        | Call::SyncFile(path)
        | Call::SyncFolder(path)
        | Call::Change(path) => path,
    }
}

impl State {
    /// Makes a call, and notes what of it is not on the disk yet.
    fn noted<T>(&mut self, call: Call, act: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        let kept = match call {
            Call::Rename(_, path) | Call::Remove(path) if path.is_file() => {
                let kept = self.aside.path().join(self.seen.to_string());
                fs::copy(path, &kept).expect("a copy");
                Some(kept)
            }
            Call::Rename(_, path) if path.is_dir() => {
                let kept = self.aside.path().join(self.seen.to_string());
                fs::create_dir(&kept).expect("a folder");
                Some(kept)
            }
            _ => None,
        };
        let done = act()?;
        match (call, kept) {
            (Call::Create(path) | Call::Folder(path), _) => {
                self.names.push(Name::New(path.to_owned()))
            }
            (Call::Write(path, _), _) => drop(self.unsynced.insert(path.to_owned())),
            (Call::SyncFile(path), _) => drop(self.unsynced.remove(path)),
            (Call::SyncFolder(path), _) => self.names.retain(|name| !name.is_in(path)),
            (Call::Rename(from, to), kept) => {
                self.moved(from, to);
                let name = Name::Moved(from.to_owned(), to.to_owned(), kept);
                self.names.push(name);
            }
            (Call::Remove(path), Some(kept)) => {
                self.names.push(Name::Removed(path.to_owned(), kept));
            }
            _ => {}
        }
        Ok(done)
    }

    /// What is not synced under one name is not under the next one.
    fn moved(&mut self, from: &Path, to: &Path) {
        let unsynced = std::mem::take(&mut self.unsynced);
        let renamed = unsynced
            .into_iter()
            .map(|path| match path.strip_prefix(from) {
                Ok(inner) if inner.as_os_str().is_empty() => to.to_owned(),
                Ok(inner) => to.join(inner),
                Err(_) => path,
            });
        self.unsynced = renamed.collect();
    }

    fn lose(&mut self) {
        if matches!(self.kind, Kind::LoseContents | Kind::LoseNames) {
            for path in &self.unsynced {
                if path.exists() {
                    File::create(path).expect("emptied");
                }
            }
        }
        if self.kind == Kind::LoseNames {
            while let Some(name) = self.names.pop() {
                name.lose();
            }
        }
    }
}

impl Name {
    fn is_in(&self, folder: &Path) -> bool {
        match self {
            Self::New(path) | Self::Removed(path, _) => path.parent() == Some(folder),
            Self::Moved(from, to, _) => [from, to].iter().any(|path| path.parent() == Some(folder)),
        }
    }

    /// Whole folders may be gone by now, and what was in them with them.
    fn lose(self) {
        match self {
            Self::New(path) if path.is_dir() => drop(fs::remove_dir_all(path)),
            Self::New(path) => drop(fs::remove_file(path)),
            Self::Moved(from, to, kept) => {
                let _ = fs::rename(&to, from);
                // A folder that gives way to a rename is empty.
                match kept {
                    Some(kept) if kept.is_dir() => drop(fs::create_dir(to)),
                    Some(kept) => drop(fs::copy(kept, to)),
                    None => {}
                }
            }
            Self::Removed(path, kept) => drop(fs::copy(kept, path)),
        }
    }
}
