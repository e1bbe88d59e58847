//! Runs the stages: read, parse, validate, take facts, link, rules. Owns order, suppression, sorting.

mod backtest;
pub mod cache;
mod compare;
mod finish;
mod gather;
mod known;
mod levels;
mod link;
mod session;
mod shard;
mod suppression;
mod survey;
mod verdict;

pub use backtest::{Backtest, BacktestRevision, Revision, backtest};
pub use compare::{Gate, Retirement, Snapshot, Trust, Waiver, compare, tombstone};
pub use known::{Known, Narrow, NarrowError, narrow};
pub use link::{LinkError, Union, link};
pub use session::{Changed, Session};
pub use shard::{Shard, ShardError, write_facts};
pub use suppression::may_be_allowed;
pub use survey::{Like, Surveyed, survey};
pub use verdict::{Summary, Verdict};

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use jiff::civil::Date;
use rayon::prelude::*;

use crate::corpus::{Corpus, CorpusFile};
use crate::diagnostic::Diagnostic;
use crate::entry::{self, Facts, Vocabulary};
use crate::history::Comparison;
use crate::profile::Kind;
use crate::rule::{Check, DocumentView, EntryView, Sink};
use crate::schema::{SchemaError, Schemas};
use crate::snapshot::{SourceFile, Unread, Workspace, stem};
use crate::syntax::{self, Document, Format};
use crate::text;
use crate::upgrade;
use gather::Gathered;
use levels::Levels;
use suppression::Suppression;

/// What a run is asked for.
#[derive(Clone, Debug)]
pub struct Options {
    /// Only these rules, by name; all where it is empty.
    pub select: Vec<String>,
    /// Not these rules.
    pub ignore: Vec<String>,
    /// Today, in UTC.
    pub today: Date,
    /// Whether the files are a corpus, so that what is not among them does not exist.
    pub whole_corpus: bool,
    /// What files gave in earlier runs.
    pub cache: Option<Arc<cache::Cache>>,
}

/// The result of a run.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Findings, sorted by path, place, rule and message.
    pub diagnostics: Vec<Diagnostic>,
    /// How much was looked at and found.
    pub summary: Summary,
    /// Entries by kind, in the order of the schemas.
    pub kinds: Vec<(String, usize)>,
    /// What it was compared with.
    pub comparison: Option<Comparison>,
}

/// What one file gives.
#[derive(Default)]
struct Outcome {
    diagnostics: Vec<Diagnostic>,
    facts: Facts,
    broken_id: Option<String>,
    suppressions: Vec<Suppression>,
}

/// Checks files, given in the order of their paths. `progress` counts the files that are done.
///
/// # Errors
///
/// A schema of the binary's profile cannot be compiled.
pub fn run(
    workspace: &Workspace,
    files: &[SourceFile],
    options: &Options,
    progress: &AtomicUsize,
) -> Result<Report, SchemaError> {
    inspect(workspace, files, options, progress, |_| ()).map(|(report, ())| report)
}

/// Checks files as [`run`] does, and looks at their linked entries.
///
/// # Errors
///
/// A schema of the binary's profile cannot be compiled.
pub fn inspect<T>(
    workspace: &Workspace,
    files: &[SourceFile],
    options: &Options,
    progress: &AtomicUsize,
    look: impl FnOnce(&Corpus<'_>) -> T,
) -> Result<(Report, T), SchemaError> {
    let words = Vocabulary::default();
    let stage = Stage::new(workspace, options, &words);
    let linked = stage.link(files, progress)?;
    let mut late = stage.corpus(&linked.corpus);
    let here = finish::Side {
        workspace,
        files,
        revision: None,
    };
    finish::locate(&mut late.iter_mut().collect::<Vec<_>>(), &[here]);
    let (report, corpus) = linked.reported(late, &stage.levels);
    let seen = look(&corpus);
    // They are many small pieces; whoever asked need not wait until all are freed.
    let entries = corpus.into_entries();
    rayon::spawn(move || drop(entries));
    Ok((report, seen))
}

fn count_kinds(corpus: &Corpus<'_>) -> Vec<(String, usize)> {
    let kinds = corpus.schemas.entry_kinds();
    let mut counts = vec![0; kinds.len()];
    for entry in corpus.definitions() {
        counts[entry.kind as usize] += 1;
    }
    kinds
        .iter()
        .map(|kind| kind.name.clone())
        .zip(counts)
        .collect()
}

/// What every stage of a run sees.
struct Stage<'r> {
    workspace: &'r Workspace,
    options: &'r Options,
    levels: Levels,
    active: Vec<&'static str>,
    words: &'r Vocabulary,
    use_of: Use,
    /// What fields are called by now, where the names are compared.
    naming: &'r Schemas,
}

/// What the facts are taken for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    /// A state on its own.
    Alone,
    /// A state that is compared with another.
    Compared,
}

/// The files of a snapshot, each looked at, and their entries linked.
struct Linked<'r> {
    corpus: Corpus<'r>,
    /// Findings of single files.
    diagnostics: Vec<Diagnostic>,
    suppressions: Vec<(Arc<str>, Suppression)>,
}

impl<'r> Linked<'r> {
    /// The report, with the findings of the corpus.
    fn reported(self, mut late: Vec<Diagnostic>, levels: &Levels) -> (Report, Corpus<'r>) {
        let (mut diagnostics, corpus) = (self.diagnostics, self.corpus);
        diagnostics.append(&mut late);
        let diagnostics = finish::finish(diagnostics, self.suppressions, levels);
        let entries = corpus.definitions().count();
        let report = Report {
            summary: Summary::of(&diagnostics, corpus.files.len(), entries),
            kinds: count_kinds(&corpus),
            diagnostics,
            comparison: None,
        };
        (report, corpus)
    }
}

impl<'r> Stage<'r> {
    fn new(workspace: &'r Workspace, options: &'r Options, words: &'r Vocabulary) -> Self {
        let levels = Levels::new(&workspace.profile, options);
        Self {
            workspace,
            options,
            active: levels.active().map(|(rule, ..)| rule.name).collect(),
            levels,
            words,
            use_of: Use::Alone,
            naming: &workspace.schemas,
        }
    }

    /// Takes what a comparison needs to know too.
    fn comparing(self) -> Self {
        Self {
            use_of: Use::Compared,
            ..self
        }
    }

    /// Takes the names of fields from the configuration of the other state, where that knows a newer
    /// format version.
    fn beside(self, other: &'r Workspace) -> Self {
        let (own, other) = (&self.workspace.schemas, &other.schemas);
        if upgrade::newest(other) <= upgrade::newest(own) {
            return self;
        }
        Self {
            naming: other,
            ..self
        }
    }

    fn link(
        &self,
        files: &[SourceFile],
        progress: &AtomicUsize,
    ) -> Result<Linked<'r>, SchemaError> {
        let gathered = match self.cache() {
            Some(cache) => self.recall(cache, files, progress)?,
            None => self.gather(files, progress)?,
        };
        Ok(self.linked(files, gathered))
    }

    fn linked(&self, files: &[SourceFile], gathered: Gathered) -> Linked<'r> {
        let paths = files.iter().map(|file| &file.path);
        self.joined(paths, gathered)
    }

    fn joined<'p>(
        &self,
        paths: impl Iterator<Item = &'p Arc<str>>,
        gathered: Gathered,
    ) -> Linked<'r> {
        let mut linked: Vec<CorpusFile> = paths.map(CorpusFile::of).collect();
        for (number, id) in gathered.broken_ids {
            linked[number].broken_id = Some(self.words.names.name(&id));
        }
        let schemas = &self.workspace.schemas;
        Linked {
            corpus: Corpus::link(self.words, schemas, linked, gathered.entries),
            diagnostics: gathered.diagnostics,
            suppressions: gathered.suppressions,
        }
    }

    fn corpus(&self, corpus: &Corpus<'_>) -> Vec<Diagnostic> {
        if !self.options.whole_corpus {
            return Vec::new();
        }
        // Rules do not see each other's findings, so they run side by side; the order is kept.
        let active: Vec<_> = self.levels.active().collect();
        let found: Vec<Vec<Diagnostic>> = active
            .into_par_iter()
            .map(|(rule, severity, fixed)| {
                let Check::Corpus(check) = rule.check else {
                    return Vec::new();
                };
                let mut sink = Sink::new("".into());
                sink.turn_to(rule.name, severity, fixed);
                check(corpus, &mut sink);
                sink.into_found()
            })
            .collect();
        found.into_iter().flatten().collect()
    }

    fn file(&self, file: &SourceFile) -> Result<Outcome, SchemaError> {
        let limit = self.workspace.profile.limits.file_bytes;
        self.read(file, file.read(limit))
    }

    fn read(
        &self,
        file: &SourceFile,
        bytes: Result<Vec<u8>, Unread>,
    ) -> Result<Outcome, SchemaError> {
        let bytes = match bytes {
            Ok(bytes) => bytes,
            Err(unread) => return Ok(self.unread(file, "", &unread)),
        };
        match text::decode(&bytes) {
            Ok(source) => self.source(file, source),
            Err(not_text) => {
                let source = text::decode_lossy(&bytes);
                Ok(self.unread(file, &source, &Unread::NotText(not_text)))
            }
        }
    }

    /// A file that is not parsed still gets the rules that say why.
    fn unread(&self, file: &SourceFile, source: &str, unread: &Unread) -> Outcome {
        let limits = syntax::Limits::default();
        let (document, _) = syntax::parse("", Format::Yaml, None, &limits);
        let view = DocumentView {
            path: &file.path,
            format: file.format,
            source,
            document: &document,
            unread: Some(unread),
            problems: &[],
            violations: &[],
            subjects: &[],
            schemas: &self.workspace.schemas,
            today: self.options.today,
            active: &self.active,
            limit: self.workspace.profile.limits.findings,
        };
        let mut diagnostics = self.rules(&view);
        finish::locate_in(&mut diagnostics, &view);
        Outcome {
            diagnostics,
            broken_id: self.id_by_name(file),
            ..Outcome::default()
        }
    }

    fn source(&self, file: &SourceFile, source: &str) -> Result<Outcome, SchemaError> {
        let limits = &self.workspace.profile.limits;
        let body = |kind: Option<usize>| self.kind(kind?)?.body.as_deref();
        let (document, problems) =
            syntax::parse(source, file.format, body(file.kind), &limits.syntax);
        let kind = self.kind_of(file, &document);
        if file.kind.is_none() && kind.is_some() && file.format == Format::Markdown {
            // The kind came from the front matter: read again, now that the body's field is known.
            let kind_known = SourceFile {
                kind,
                ..file.clone()
            };
            return self.source(&kind_known, source);
        }
        let sound = !problems.iter().any(|problem| problem.kind.is_fatal());
        let Some(kind) = kind else {
            if sound {
                let reason = "it is no entry: neither its name nor its `id` is of a known kind";
                return Ok(self.unread(file, source, &Unread::Stray(reason.to_owned())));
            }
            return Ok(self.checked(file, source, &document, &problems, None));
        };
        Ok(match document.root().filter(|_| sound) {
            Some(root) => {
                let schemas = &self.workspace.schemas;
                let violations = schemas.validate(kind, root, limits.findings)?;
                self.checked(
                    file,
                    source,
                    &document,
                    &problems,
                    Some((kind, &violations)),
                )
            }
            None => self.checked(file, source, &document, &problems, None),
        })
    }

    fn checked(
        &self,
        file: &SourceFile,
        source: &str,
        document: &Document<'_>,
        problems: &[syntax::Problem],
        understood: Option<(usize, &[crate::schema::violation::Violation])>,
    ) -> Outcome {
        let schemas: &Schemas = &self.workspace.schemas;
        let subjects = match understood {
            Some((kind, _)) => entry::subjects(document, schemas, kind),
            None => Vec::new(),
        };
        let view = DocumentView {
            path: &file.path,
            format: document.format(),
            source,
            document,
            unread: None,
            problems,
            violations: understood.map_or(&[], |(_, violations)| violations),
            subjects: &subjects,
            schemas,
            today: self.options.today,
            active: &self.active,
            limit: self.workspace.profile.limits.findings,
        };
        let mut diagnostics = self.rules(&view);
        finish::limit(&mut diagnostics, self.workspace.profile.limits.findings);
        finish::locate_in(&mut diagnostics, &view);
        let mut entries = Vec::with_capacity(subjects.len());
        for subject in &subjects {
            let Some(mut entry) = entry::facts(subject, schemas, self.words) else {
                continue;
            };
            if self.use_of == Use::Compared {
                let content = entry::Reading::new(subject, &subjects, self.naming).content();
                entry.content = Some(Box::new(content));
            }
            entries.push(entry);
        }
        Outcome {
            diagnostics,
            broken_id: self.missing_id(file, &entries),
            facts: Facts { entries },
            suppressions: suppression::find(document),
        }
    }

    fn rules(&self, view: &DocumentView<'_>) -> Vec<Diagnostic> {
        let mut sink = Sink::new(Arc::clone(view.path));
        for (rule, severity, fixed) in self.levels.active() {
            sink.turn_to(rule.name, severity, fixed);
            match rule.check {
                Check::Document(check) => check(view, &mut sink),
                Check::Entry(check) => {
                    for subject in view.subjects {
                        check(
                            &EntryView {
                                file: view,
                                subject,
                            },
                            &mut sink,
                        );
                    }
                }
                Check::Corpus(_) | Check::History(_) | Check::Run => {}
            }
        }
        sink.into_found()
    }

    fn kind(&self, kind: usize) -> Option<&Kind> {
        self.workspace.profile.kinds.get(kind)
    }

    /// The kind of a file: by its name, by the names at its root, or by the ID in it.
    fn kind_of(&self, file: &SourceFile, document: &Document<'_>) -> Option<usize> {
        if file.kind.is_some() {
            return file.kind;
        }
        let root = document.root()?;
        let kinds = &self.workspace.profile.kinds;
        let by_keys = kinds.iter().position(|kind| {
            !kind.keys.is_empty() && kind.keys.iter().all(|key| root.get(key).is_some())
        });
        by_keys.or_else(|| {
            let schemas = &self.workspace.schemas;
            (0..kinds.len()).find(|&kind| {
                let subjects = entry::subjects(document, schemas, kind);
                let id = subjects.first().and_then(entry::Subject::id);
                let id = id.map(syntax::Node::text);
                id.is_some_and(|id| schemas.kind_of_id(id) == Some(kind))
            })
        })
    }

    /// The ID that a file's name says and that nothing in the file has. One wrong ID shall not make
    /// every reference to the right one wrong.
    fn missing_id(&self, file: &SourceFile, entries: &[Box<entry::Entry>]) -> Option<String> {
        let Some(first) = entries.first() else {
            return self.id_by_name(file);
        };
        let kinds = self.workspace.schemas.entry_kinds();
        let stem = stem(&file.path);
        let named_after = kinds[first.kind as usize].is_stem;
        let is_right = || self.words.names.is(first.id, stem);
        if !named_after || is_right() {
            return None;
        }
        self.id_by_name(file)
    }

    fn id_by_name(&self, file: &SourceFile) -> Option<String> {
        let stem = stem(&file.path);
        let kinds = self.workspace.schemas.entry_kinds();
        kinds
            .iter()
            .any(|kind| kind.is_id(stem))
            .then(|| stem.to_owned())
    }
}
