//! Which files a command looks at, and the corpus that they belong to.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Failure, complain, known_rules};
use crate::diagnostic::Location;
use crate::fix::Drafts;
use crate::snapshot::{Finder, SourceFile, Workspace, absolute, relative};
use crate::text::{Span, decode_lossy};

/// What the command line says about it.
#[derive(Clone, Default, clap::Args)]
pub(super) struct Input {
    /// Files, folders or a release file; `-` reads the standard input
    pub(super) paths: Vec<PathBuf>,
    /// The name that the text of the standard input has in the corpus
    #[arg(long, value_name = "PATH")]
    pub(super) stdin_filename: Option<PathBuf>,
    /// Use this profile instead of the nearest corpuslint.toml
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// What fixes make of the files, which is looked at in their place.
    #[arg(skip)]
    pub(super) drafts: Drafts,
}

impl Input {
    /// Whether the standard input is one of the files.
    pub(super) fn reads_stdin(&self) -> bool {
        self.stdin_filename.is_some() || self.paths.iter().any(|path| path.as_os_str() == "-")
    }

    /// The corpus around a folder or the current one, with a profile of its own or not.
    pub(super) fn around(folder: Option<&Path>, config: Option<&Path>) -> Self {
        Self {
            paths: folder.into_iter().map(Path::to_path_buf).collect(),
            config: config.map(Path::to_path_buf),
            ..Self::default()
        }
    }
}

/// What is checked.
pub(super) struct Scope {
    pub(super) workspace: Workspace,
    pub(super) files: Vec<SourceFile>,
    /// Files whose findings are reported, where that is not all of them.
    pub(super) wanted: Option<BTreeSet<String>>,
    /// Whether what is not among the files does not exist.
    pub(super) whole: bool,
    /// The current folder, which shown paths are relative to.
    current: PathBuf,
}

impl Scope {
    pub(super) fn open(input: &Input) -> Result<Self, Failure> {
        Self::open_in(Self::workspace(input)?, input)
    }

    /// The configuration that belongs to the paths.
    pub(super) fn workspace(input: &Input) -> Result<Workspace, Failure> {
        let start = start(input)?;
        let workspace = match &input.config {
            Some(config) => Workspace::with_profile(config)?,
            None => Workspace::around(&start)?,
        };
        check_rules(&workspace)?;
        Ok(workspace)
    }

    /// Files that were found elsewhere, of which only those of some paths are wanted, if any.
    pub(super) fn of(
        workspace: Workspace,
        files: Vec<SourceFile>,
        paths: &[PathBuf],
    ) -> Result<Self, Failure> {
        let root = workspace.root();
        let mut scope = Self {
            workspace,
            files,
            wanted: None,
            whole: true,
            current: current()?,
        };
        let paths: Vec<PathBuf> = paths
            .iter()
            .map(|path| absolute(path))
            .collect::<Result<_, _>>()?;
        if !paths.is_empty() && !paths.iter().any(|path| root.starts_with(path)) {
            let base = &scope.workspace.base;
            let shown: Vec<String> = paths.iter().map(|path| relative(base, path)).collect();
            let inside = |file: &&SourceFile| {
                let path = Path::new(file.path.as_ref());
                shown.iter().any(|wanted| path.starts_with(wanted))
            };
            let wanted = scope.files.iter().filter(inside);
            scope.wanted = Some(wanted.map(|file| file.path.to_string()).collect());
        }
        Ok(scope)
    }

    /// Finds the files of the paths, checked by a given configuration.
    pub(super) fn open_in(workspace: Workspace, input: &Input) -> Result<Self, Failure> {
        let paths = paths(input)?;
        refuse_half_of_a_change(&workspace, &paths)?;
        let mut scope = Self::find(workspace, &paths)?;
        if input.reads_stdin() {
            scope.add_stdin(input.stdin_filename.as_deref())?;
        }
        scope.lay_over(&input.drafts);
        if scope.files.is_empty() {
            let root = scope.workspace.root();
            return Err(Failure(format!("{}: no entry found", root.display())));
        }
        Ok(scope)
    }

    /// Looks at drafts in the place of the files that they were made from.
    fn lay_over(&mut self, drafts: &Drafts) {
        let finder = Finder::new(&self.workspace, self.workspace.root());
        drafts.lay_over(&mut self.files, &finder, &self.workspace.base);
        if let Some(wanted) = &mut self.wanted {
            let moved = drafts
                .renames()
                .filter(|(old, _)| wanted.contains(old.as_ref()));
            let moved: Vec<String> = moved.map(|(_, new)| new.to_string()).collect();
            wanted.extend(moved);
        }
    }

    fn find(workspace: Workspace, paths: &[PathBuf]) -> Result<Self, Failure> {
        let root = workspace.root();
        if paths.iter().all(|path| path.starts_with(&root)) {
            let files = Finder::new(&workspace, root.clone()).walk(&root)?;
            let mut scope = Self::of(workspace, files, &[])?;
            if !paths.is_empty() && !paths.contains(&root) {
                scope.want(paths, &root)?;
            }
            return Ok(scope);
        }
        // Paths beside the corpus are looked at on their own.
        let mut files = Vec::new();
        let mut whole = false;
        for path in paths {
            if path.is_dir() {
                let inner = path.join(&workspace.profile.root);
                let root = if inner.is_dir() { inner } else { path.clone() };
                files.extend(Finder::new(&workspace, root.clone()).walk(&root)?);
                whole = true;
            } else {
                let folder = path.parent().unwrap_or(path).to_path_buf();
                files.push(Finder::new(&workspace, folder).file(path)?);
            }
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files.dedup_by(|a, b| a.path == b.path);
        // A single file without a kind by its name may be a release, which is whole in itself.
        whole |= files.iter().all(|file| file.kind.is_none());
        if !whole {
            complain(
                "note",
                "these files are in no corpus: references to other entries are not checked",
            );
        }
        Ok(Self {
            workspace,
            files,
            wanted: None,
            whole,
            current: current()?,
        })
    }

    /// Whether its files are those of the corpus on disk, and nothing else.
    pub(super) fn is_of_corpus(&self, input: &Input) -> bool {
        let root = self.workspace.root();
        let inside = |path: &PathBuf| absolute(path).is_ok_and(|path| path.starts_with(&root));
        input.stdin_filename.is_none() && input.paths.iter().all(inside)
    }

    /// Whether another scope has the same files with the same content in git.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.files.len() == other.files.len()
            && self.files.iter().zip(&other.files).all(|(one, other)| {
                let blobs = one.content.zip(other.content);
                one.path == other.path && blobs.is_some_and(|(one, other)| one == other)
            })
    }

    /// Where the base folder is in the repository around it, parts joined by `/`; empty at its top, or
    /// where there is none.
    pub(super) fn folder_in_repository(&self) -> String {
        let base = &self.workspace.base;
        let top = base.ancestors().find(|folder| folder.join(".git").exists());
        top.map_or(String::new(), |top| relative(top, base))
    }

    /// Narrows the report to some paths inside the corpus, all of which is still read.
    fn want(&mut self, paths: &[PathBuf], root: &Path) -> Result<(), Failure> {
        let finder = Finder::new(&self.workspace, root.to_path_buf());
        let mut wanted = BTreeSet::new();
        let mut more = Vec::new();
        for path in paths {
            if path.is_dir() && !path.is_symlink() {
                let inside = self
                    .files
                    .iter()
                    .filter(|file| file.disk().is_some_and(|disk| disk.starts_with(path)));
                wanted.extend(inside.map(|file| file.path.to_string()));
            } else {
                let file = finder.file(path)?;
                wanted.insert(file.path.to_string());
                if self.files.iter().all(|known| known.path != file.path) {
                    more.push(file);
                }
            }
        }
        self.files.extend(more);
        self.files.sort_by(|a, b| a.path.cmp(&b.path));
        self.wanted = Some(wanted);
        Ok(())
    }

    fn add_stdin(&mut self, name: Option<&Path>) -> Result<(), Failure> {
        let name = name.ok_or_else(|| Failure("`-` needs --stdin-filename".to_owned()))?;
        let limit = self.workspace.profile.limits.file_bytes;
        let mut bytes = Vec::new();
        std::io::stdin().take(limit + 1).read_to_end(&mut bytes)?;
        let path = absolute(name)?;
        let shown = relative(&self.workspace.base, &path);
        let text = String::from_utf8(bytes)
            .map_err(|_| Failure("the standard input is not UTF-8".to_owned()))?;
        self.files.retain(|file| file.path.as_ref() != shown);
        let finder = Finder::new(&self.workspace, self.workspace.root());
        self.files.push(finder.text(&path, text));
        self.files.sort_by(|a, b| a.path.cmp(&b.path));
        self.wanted = Some(BTreeSet::from([shown]));
        Ok(())
    }

    /// The text of the file that a place is in.
    pub(super) fn text(&self, location: &Location) -> Option<String> {
        let Some(file) = self.files.iter().find(|file| file.path == location.path) else {
            let text = self.workspace.configuration(&location.path);
            return text.map(str::to_owned);
        };
        let bytes = file.read(self.workspace.profile.limits.file_bytes).ok()?;
        Some(decode_lossy(&bytes))
    }

    /// The files that were asked for.
    pub(super) fn wanted_files(&self) -> impl Iterator<Item = &SourceFile> {
        let wanted = self.wanted.as_ref();
        let is_wanted = move |file: &&SourceFile| {
            wanted.is_none_or(|wanted| wanted.contains(file.path.as_ref()))
        };
        self.files.iter().filter(is_wanted)
    }

    /// The path of a file for a person in the current folder.
    pub(super) fn shown(&self, path: &Arc<str>) -> String {
        let location = Location::new(Arc::clone(path), Span::at(0));
        self.shown_path(&location)
            .unwrap_or_else(|| path.to_string())
    }

    /// The path of a place for a person in the current folder; `None` where that is the path itself.
    pub(super) fn shown_path(&self, location: &Location) -> Option<String> {
        if self.current == self.workspace.base {
            return location
                .revision
                .is_some()
                .then(|| location.path.to_string());
        }
        let path = absolute(&self.workspace.base.join(location.path.as_ref())).ok()?;
        let shown = relative(&self.current, &path);
        // A way down from the root is easier to read than a long way up.
        let full = path.to_string_lossy();
        if shown.starts_with("../..") && full.len() < shown.len() {
            return Some(full.into_owned());
        }
        Some(shown)
    }
}

/// The folder that the corpus is around.
pub(super) fn start(input: &Input) -> Result<PathBuf, Failure> {
    Ok(match paths(input)?.first() {
        Some(path) if path.is_dir() => path.clone(),
        Some(path) => path.parent().unwrap_or(path).to_path_buf(),
        None => current()?,
    })
}

/// Rules that a profile names must exist.
pub(super) fn check_rules(workspace: &Workspace) -> Result<(), Failure> {
    for (name, (_, at)) in &workspace.profile.rules {
        known_rules(std::iter::once(name)).map_err(|Failure(reason)| {
            let path = workspace.profile_path.clone().unwrap_or_default();
            Failure(format!("{}:{at}: {reason}", path.display()))
        })?;
    }
    Ok(())
}

/// The paths of the command line, all of which exist.
pub(super) fn paths(input: &Input) -> Result<Vec<PathBuf>, Failure> {
    let paths = input.paths.iter().filter(|path| path.as_os_str() != "-");
    let paths: Vec<PathBuf> = paths.map(|path| absolute(path)).collect::<Result<_, _>>()?;
    for path in &paths {
        if std::fs::symlink_metadata(path).is_err() {
            let shown = path.display();
            return Err(Failure(format!("{shown}: there is no such file or folder")));
        }
    }
    Ok(paths)
}

/// A verdict on half of a change would be one on nothing. It is not finished here, because the
/// journal may have come with the content that is checked.
fn refuse_half_of_a_change(workspace: &Workspace, paths: &[PathBuf]) -> Result<(), Failure> {
    let roots = [workspace.base.clone(), workspace.root()];
    let unfinished = roots
        .iter()
        .chain(paths)
        .find(|root| crate::write::is_unfinished(root));
    let Some(root) = unfinished else {
        return Ok(());
    };
    let root = root.display();
    Err(Failure(format!(
        "{root}: a change of these files is under way or was interrupted; a command that writes \
         them finishes it, or remove {root}/{} after a look at the files",
        crate::write::STAGE
    )))
}

pub(super) fn current() -> Result<PathBuf, Failure> {
    std::env::current_dir().map_err(|error| Failure(format!("the current folder: {error}")))
}
