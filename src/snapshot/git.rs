//! Git repositories, by their objects only: nothing is checked out, and no filter, hook, file-system
//! monitor or other command that a configuration names is ever run.
//!
//! What is made while looking, such as the tree of a merge, is kept in memory: the repository on
//! disk is never written to. libgit2 verifies who owns a repository as git does; hashes of objects
//! are not computed again on reading, as git does not either: what came over a network was checked
//! when it came.

mod differ;
mod ids;
mod merge;
mod resolve;
mod single;
mod tree;
mod worktree;

pub use merge::Merge;
pub use resolve::Commit;
pub use worktree::Staged;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, Once, PoisonError};

use git2::{ErrorCode, ObjectType, RepositoryOpenFlags};
use rustc_hash::FxHashMap;

use super::{SnapshotError, Unread, absolute};

/// The name of an object: of a blob, a tree or a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(git2::Oid);

impl Id {
    /// The tree without any file, which need not be stored anywhere.
    const EMPTY_TREE: [u8; 20] = [
        0x4b, 0x82, 0x5d, 0xc6, 0x42, 0xcb, 0x6e, 0xb9, 0xa0, 0x60, 0xe5, 0x4b, 0xf8, 0xd6, 0x92,
        0x88, 0xfb, 0xee, 0x49, 0x04,
    ];

    /// Its 20 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// The name that a blob of these bytes has.
    ///
    /// # Errors
    ///
    /// More bytes than an object can have.
    pub fn of_blob(bytes: &[u8]) -> Result<Self, git2::Error> {
        git2::Oid::hash_object(ObjectType::Blob, bytes).map(Self)
    }

    /// Ten hexadecimal digits, enough to find the object again.
    #[must_use]
    pub fn short(&self) -> String {
        let mut text = self.to_string();
        text.truncate(10);
        text
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The bytes of one file in a repository.
#[derive(Clone)]
pub struct Blob {
    /// The repository that has it.
    repository: Arc<Repository>,
    id: Id,
}

impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Blob({})", self.id)
    }
}

impl Blob {
    /// Its name.
    #[must_use]
    pub fn id(&self) -> Id {
        self.id
    }

    /// Its bytes, where they are not more than a limit. Many threads may read at once.
    pub(super) fn read(&self, limit: u64) -> Result<Vec<u8>, Unread> {
        match self.repository.object(self.id, ObjectType::Blob, limit) {
            Ok(Object::Here(bytes)) => Ok(bytes),
            Ok(Object::TooLarge(bytes)) => Err(Unread::TooLarge { bytes, limit }),
            Err(error) if error.code() == ErrorCode::NotFound => Err(Unread::Unreadable(format!(
                "the repository does not have its content (blob {})",
                self.id.short()
            ))),
            Err(error) => Err(Unread::Unreadable(words(&error))),
        }
    }
}

/// An object that was looked for.
enum Object {
    Here(Vec<u8>),
    TooLarge(u64),
}

/// A repository and the folder that it is looked at from.
pub struct Repository {
    /// Takes what is made while looking, in memory.
    main: Mutex<git2::Repository>,
    /// Handles that are not in use. One handle serves one thread at a time.
    idle: Mutex<Vec<git2::Repository>>,
    /// Tree objects that were read last.
    trees: Mutex<FxHashMap<Id, Arc<Vec<u8>>>>,
    git_dir: PathBuf,
    common_dir: PathBuf,
    /// The top of the working tree, written as the folder was that was asked for; for a bare
    /// repository its own folder.
    folder: PathBuf,
    bare: bool,
    shallow: bool,
}

impl Repository {
    /// Opens the repository around a folder.
    ///
    /// # Errors
    ///
    /// There is none, it belongs to someone else, or it is of a kind that cannot be read.
    pub fn around(folder: &Path) -> Result<Arc<Self>, SnapshotError> {
        static SETTINGS: Once = Once::new();
        SETTINGS.call_once(|| {
            git2::opts::strict_hash_verification(false);
            // Trees are made in memory, from entries that git itself has stored.
            git2::opts::strict_object_creation(false);
        });
        let given = absolute(folder)?;
        let none: [&str; 0] = [];
        let main = git2::Repository::open_ext(&given, RepositoryOpenFlags::empty(), none)
            .map_err(|error| unopened(&given, &error))?;
        let git_dir = main.path().to_path_buf();
        refuse_planted(&main, &given)?;
        let keep_in_memory = |error: git2::Error| failed("the repository's object store", &error);
        // Above the stores on disk, which have the priorities 1 and 2: it takes all that is written.
        let store = main.odb().map_err(keep_in_memory)?;
        store
            .add_new_mempack_backend(1000)
            .map_err(keep_in_memory)?;
        drop(store);
        Ok(Arc::new(Self {
            folder: as_given(&given, main.workdir().unwrap_or(&git_dir)),
            bare: main.is_bare(),
            shallow: main.is_shallow(),
            common_dir: main.commondir().to_path_buf(),
            main: Mutex::new(main),
            idle: Mutex::default(),
            trees: Mutex::default(),
            git_dir,
        }))
    }

    /// The top of the working tree; the repository itself where it is bare.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folder that all working trees of the repository share.
    #[must_use]
    pub fn common_dir(&self) -> &Path {
        &self.common_dir
    }

    /// Whether it has no working tree.
    #[must_use]
    pub fn is_bare(&self) -> bool {
        self.bare
    }

    /// Whether its history was cut off when it was cloned.
    #[must_use]
    pub fn is_shallow(&self) -> bool {
        self.shallow
    }

    /// Where a folder or file on disk is in the repository's trees: parts joined by `/`, empty for
    /// the top. It need not exist.
    ///
    /// # Errors
    ///
    /// It lies outside.
    pub fn inside(&self, path: &Path) -> Result<String, SnapshotError> {
        let path = absolute(path)?;
        let parts = |inner: &Path| super::relative(Path::new(""), inner);
        if let Ok(inner) = path.strip_prefix(&self.folder) {
            return Ok(parts(inner));
        }
        let real = path.canonicalize().unwrap_or_else(|_| path.clone());
        let top = self.folder.canonicalize();
        match real.strip_prefix(top.as_ref().unwrap_or(&self.folder)) {
            Ok(inner) => Ok(parts(inner)),
            Err(_) => Err(SnapshotError(format!(
                "{} lies outside of the repository {}",
                path.display(),
                self.folder.display()
            ))),
        }
    }

    /// Lends a handle of its own to the caller's thread.
    fn read<T>(
        &self,
        look: impl FnOnce(&git2::Repository) -> Result<T, git2::Error>,
    ) -> Result<T, git2::Error> {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let known = idle().pop();
        let handle = match known {
            Some(handle) => handle,
            None => git2::Repository::open(&self.git_dir)?,
        };
        let result = look(&handle);
        idle().push(handle);
        result
    }

    /// Lends the handle that keeps in memory what is written.
    fn write<T>(&self, make: impl FnOnce(&git2::Repository) -> T) -> T {
        make(&self.main.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn object(&self, id: Id, kind: ObjectType, limit: u64) -> Result<Object, git2::Error> {
        match self.read(|repository| object_in(repository, id, kind, limit)) {
            Err(error) if error.code() == ErrorCode::NotFound => {
                self.write(|repository| object_in(repository, id, kind, limit))
            }
            result => result,
        }
    }
}

fn object_in(
    repository: &git2::Repository,
    id: Id,
    kind: ObjectType,
    limit: u64,
) -> Result<Object, git2::Error> {
    let store = repository.odb()?;
    let (bytes, found) = store.read_header(id.0)?;
    if found != kind {
        let message = format!("object {} is a {found}, not a {kind}", id.short());
        return Err(git2::Error::from_str(&message));
    }
    if bytes as u64 > limit {
        return Ok(Object::TooLarge(bytes as u64));
    }
    Ok(Object::Here(store.read(id.0)?.data().to_vec()))
}

/// A folder with the content of a bare repository can be committed like any other. Inside of it,
/// git would take it for the repository, and so a change could bring its own base. It is refused, as
/// git does with `safe.bareRepository=explicit`.
fn refuse_planted(main: &git2::Repository, given: &Path) -> Result<(), SnapshotError> {
    let own = main.path();
    if !main.is_bare() || own.file_name().is_some_and(|name| name == ".git") {
        return Ok(());
    }
    let outer = own.ancestors().skip(1).find(|up| up.join(".git").exists());
    match outer {
        None => Ok(()),
        Some(outer) => Err(SnapshotError(format!(
            "{} lies in a bare repository inside of the working tree {}; it is not trusted",
            given.display(),
            outer.display()
        ))),
    }
}

/// The top of the working tree, in the words in which a folder below it was given: libgit2 has
/// followed links in its answer.
fn as_given(given: &Path, top: &Path) -> PathBuf {
    let real_top = top.canonicalize();
    let real_top = real_top.as_deref().unwrap_or(top);
    let is_top = |folder: &&Path| folder.canonicalize().is_ok_and(|real| real == real_top);
    let found = given.ancestors().find(is_top);
    found.unwrap_or(real_top).to_path_buf()
}

fn unopened(folder: &Path, error: &git2::Error) -> SnapshotError {
    let shown = folder.display();
    SnapshotError(match error.code() {
        ErrorCode::NotFound if !folder.exists() => format!("{shown}: there is no such folder"),
        ErrorCode::NotFound => format!(
            "{shown} is in no git repository; run inside of a clone, or compare with a folder or a release file"
        ),
        ErrorCode::Owner => format!(
            "the repository around {shown} belongs to another user and is not read; where you trust it: git config --global --add safe.directory FOLDER"
        ),
        _ => {
            let reason = words(error);
            match reason.rsplit_once("extensions.") {
                Some((_, extension)) => format!(
                    "the repository around {shown} uses git's extension `{}`, which cannot be read; clone it without that (no --filter, no --ref-format, no --object-format)",
                    extension.trim_matches('\'')
                ),
                None => format!("the repository around {shown} cannot be read: {reason}"),
            }
        }
    })
}

/// What libgit2 says, without the class and code that it adds.
fn words(error: &git2::Error) -> String {
    error.message().replace(['\n', '\r'], " ")
}

fn failed(what: &str, error: &git2::Error) -> SnapshotError {
    SnapshotError(format!("{what} cannot be read: {}", words(error)))
}
