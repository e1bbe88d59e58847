//! One corpus that is open: its configuration, its files in memory and what was found in them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::documents::Documents;
use crate::diagnostic::Diagnostic;
use crate::lint::{Changed, Options, Session};
use crate::profile::Profile;
use crate::rules;
use crate::schema::SchemaError;
use crate::snapshot::{Fault, Finder, Nearest, SourceFile, Stamp, Workspace, relative};
use crate::text::{Position, decode_lossy, did_you_mean};

/// A corpus.
pub(super) struct Home {
    /// The folder that paths are relative to.
    pub(super) base: PathBuf,
    /// The profile; `None` for the one in the binary.
    profile: Option<PathBuf>,
    /// The files in memory; `None` as long as no configuration could be used.
    pub(super) session: Option<Session>,
    /// What was found, by file.
    pub(super) findings: BTreeMap<Arc<str>, Vec<Diagnostic>>,
    /// What is wrong with the configuration. The last good one counts until that is mended.
    pub(super) fault: Option<Fault>,
    /// Files to be read again.
    touched: BTreeSet<PathBuf>,
    /// Whether the configuration is to be read again.
    is_unconfigured: bool,
    /// Whether the findings are older than what was read.
    is_stale: bool,
    /// What files on disk looked like when they were read.
    stamps: BTreeMap<PathBuf, Stamp>,
}

impl Home {
    /// The corpus that a configuration is for; nothing is read yet.
    pub(super) fn new(nearest: Nearest) -> Option<Self> {
        let (base, profile) = match nearest {
            Nearest::Profile(path) => (path.parent()?.to_path_buf(), Some(path)),
            Nearest::Repository(folder) => (folder, None),
            Nearest::Nothing => return None,
        };
        Some(Self {
            base,
            profile,
            session: None,
            findings: BTreeMap::new(),
            fault: None,
            touched: BTreeSet::new(),
            is_unconfigured: true,
            is_stale: true,
            stamps: BTreeMap::new(),
        })
    }

    /// The folder of its entries.
    pub(super) fn root(&self) -> PathBuf {
        match &self.session {
            Some(session) => session.workspace().root(),
            None => self.base.clone(),
        }
    }

    /// A path as it stands in findings.
    pub(super) fn shown(&self, path: &Path) -> String {
        relative(&self.base, path)
    }

    /// The path of a file that stands in findings.
    pub(super) fn path(&self, shown: &str) -> PathBuf {
        self.base.join(shown)
    }

    /// A file has another content than before, in the editor or on disk.
    pub(super) fn touch(&mut self, path: &Path) {
        if self.is_configuration(path) {
            self.is_unconfigured = true;
        } else {
            self.touched.insert(path.to_path_buf());
        }
    }

    /// Looks for files on disk that have changed, come or gone.
    pub(super) fn rescan(&mut self) {
        // The configuration is small, and what it says is compared.
        self.is_unconfigured = true;
        let Some(session) = &self.session else {
            return;
        };
        let workspace = session.workspace();
        let finder = Finder::new(workspace, workspace.root());
        let now = stamps(&finder.walk(&workspace.root()).unwrap_or_default());
        let before = std::mem::take(&mut self.stamps);
        for path in now.keys().chain(before.keys()) {
            if now.get(path) != before.get(path) {
                self.touched.insert(path.clone());
            }
        }
        self.stamps = now;
    }

    /// Reads what has changed, so that the entries in memory are those of now.
    pub(super) fn absorb(&mut self, documents: &Documents, options: &Options) {
        let tomorrow = |session: &Session| session.today() != options.today;
        if self.is_unconfigured || self.session.as_ref().is_some_and(tomorrow) {
            self.configure(documents, options);
        }
        let touched = std::mem::take(&mut self.touched);
        let Some(session) = self.session.as_mut().filter(|_| !touched.is_empty()) else {
            return;
        };
        let workspace = Arc::clone(session.workspace());
        let finder = Finder::new(&workspace, workspace.root());
        let changes = touched.iter().filter_map(|path| {
            let file = match documents.get(path) {
                Some(document) => finder.listed_text(path, &document.text),
                None => finder.listed(path),
            };
            let known = || session.file(&relative(&self.base, path));
            match file {
                Some(file) => Some(Changed::Now(file)),
                None => known().map(|file| Changed::Gone(Arc::clone(&file.path))),
            }
        });
        let changes: Vec<Changed> = changes.collect();
        // Other texts of the same folder, such as a README, are none of the corpus's.
        self.is_stale |= !changes.is_empty();
        if let Err(error) = session.put(changes) {
            self.fail(error);
        }
    }

    /// Judges what was read. What was found before stays where there is nothing new.
    pub(super) fn check(&mut self) {
        let Some(session) = self.session.as_mut().filter(|_| self.is_stale) else {
            self.is_stale = false;
            return;
        };
        self.is_stale = false;
        self.findings.clear();
        for found in session.check() {
            let path = Arc::clone(&found.location.path);
            self.findings.entry(path).or_default().push(found);
        }
    }

    /// The text of a file: that in the editor, or that on disk.
    pub(super) fn text(&self, shown: &str, documents: &Documents) -> Option<String> {
        let path = self.path(shown);
        if let Some(text) = documents.text(&path) {
            return Some(text);
        }
        let session = self.session.as_ref()?;
        let Some(file) = session.file(shown) else {
            return session.workspace().configuration(shown).map(str::to_owned);
        };
        let bytes = file.read(session.workspace().profile.limits.file_bytes);
        Some(decode_lossy(&bytes.ok()?))
    }

    /// The file and the place that tell of the fault of the configuration.
    pub(super) fn fault_place(&self, documents: &Documents) -> Option<(PathBuf, Position)> {
        let fault = self.fault.as_ref()?;
        let profile = self.profile.clone()?;
        let Some(name) = &fault.file else {
            return Some((profile, fault.at));
        };
        let schema = self.path(name);
        if schema.is_file() || documents.get(&schema).is_some() {
            return Some((schema, fault.at));
        }
        // A schema that is not there is the fault of the profile, which names it.
        let text = documents.text(&profile);
        let text = text.or_else(|| fs::read_to_string(&profile).ok())?;
        let kinds = Profile::parse(&text).ok()?.kinds;
        let kind = kinds.iter().find(|kind| kind.schema == *name);
        Some((
            profile,
            kind.map_or_else(Position::default, |kind| kind.schema_at),
        ))
    }

    /// Whether a file is the profile or one of its schemas.
    pub(super) fn is_configuration(&self, path: &Path) -> bool {
        let Some(profile) = &self.profile else {
            return false;
        };
        let shown = self.shown(path);
        let session = self.session.as_ref();
        let faulty = self.fault.as_ref().and_then(|fault| fault.file.as_ref());
        path == profile
            || faulty == Some(&shown)
            || session.is_some_and(|open| open.workspace().schemas.is_schema_file(&shown))
    }

    /// Reads the configuration, and all files where it is another than before.
    fn configure(&mut self, documents: &Documents, options: &Options) {
        self.is_unconfigured = false;
        let workspace = match &self.profile {
            None => Workspace::embedded(self.base.clone()).map_err(|error| Fault {
                file: None,
                at: Position::default(),
                message: error.to_string(),
            }),
            Some(profile) => Workspace::with_texts(profile, &|path| documents.text(path))
                .and_then(|workspace| known_rules(&workspace).map(|()| workspace)),
        };
        let workspace = match workspace {
            Ok(workspace) => workspace,
            Err(fault) => {
                self.fault = Some(fault);
                return;
            }
        };
        self.fault = None;
        let same = self.session.as_ref().is_some_and(|session| {
            session.today() == options.today && session.workspace().is_configured_as(&workspace)
        });
        if same {
            return;
        }
        self.is_stale = true;
        let finder = Finder::new(&workspace, workspace.root());
        let files = finder.walk(&workspace.root()).unwrap_or_default();
        // Before they are read, so that what changes meanwhile is seen later.
        self.stamps = stamps(&files);
        match Session::open(Arc::new(workspace), options.clone(), files) {
            Ok(session) => self.session = Some(session),
            Err(error) => self.fail(error),
        }
        let root = self.root();
        let unsaved = documents.paths().filter(|path| path.starts_with(&root));
        self.touched.extend(unsaved.cloned());
    }

    fn fail(&mut self, error: SchemaError) {
        self.session = None;
        self.fault = Some(Fault {
            file: Some(error.path),
            at: error.at,
            message: error.message,
        });
    }
}

/// What files look like on disk.
fn stamps(files: &[SourceFile]) -> BTreeMap<PathBuf, Stamp> {
    let paths = files.iter().filter_map(SourceFile::disk);
    let stamped = paths.filter_map(|path| {
        let stamp = Stamp::at(&path)?;
        Some((path.into_owned(), stamp))
    });
    stamped.collect()
}

/// Rules that a profile names must exist.
fn known_rules(workspace: &Workspace) -> Result<(), Fault> {
    let named = workspace.profile.rules.iter();
    let mut unknown = named.filter(|(name, _)| rules::find(name).is_none());
    let Some((name, (_, at))) = unknown.next() else {
        return Ok(());
    };
    let hint = did_you_mean(name, rules::names()).map_or_else(
        || "see `corpuslint explain`".to_owned(),
        |close| format!("did you mean `{close}`?"),
    );
    Err(Fault {
        file: None,
        at: *at,
        message: format!("there is no rule `{name}`; {hint}"),
    })
}
