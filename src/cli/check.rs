//! `corpuslint check`

use std::collections::BTreeSet;
use std::io::{IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicUsize;

use super::{CheckArgs, Failure, Outcome, complain};
use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::lint::{self, Options, Report};
use crate::profile::did_you_mean;
use crate::report::{self, View};
use crate::rules;
use crate::snapshot::{Finder, SourceFile, Workspace, absolute, relative};
use crate::text::decode_lossy;

pub(super) fn run(args: &CheckArgs) -> Result<Outcome, Failure> {
    known_rules(args.select.iter().chain(&args.ignore))?;
    let scope = Scope::open(args)?;
    let options = Options {
        select: args.select.clone(),
        ignore: args.ignore.clone(),
        today: jiff::Timestamp::now()
            .to_zoned(jiff::tz::TimeZone::UTC)
            .date(),
        whole_corpus: scope.whole,
    };
    let progress = AtomicUsize::new(0);
    let mut report = lint::run(&scope.workspace, &scope.files, &options, &progress)?;
    if let Some(wanted) = &scope.wanted {
        restrict(&mut report, wanted);
    }
    write(args, &scope, &report)?;
    let worst = report.diagnostics.iter().map(|found| found.severity).max();
    if !args.exit_zero && worst.is_some_and(|worst| worst >= args.fail_on) {
        return Ok(Outcome::Findings);
    }
    Ok(Outcome::Clean)
}

fn known_rules<'n>(names: impl Iterator<Item = &'n String>) -> Result<(), Failure> {
    for name in names {
        if rules::find(name).is_none() {
            let hint = did_you_mean(name, rules::names())
                .map_or("see `corpuslint explain`".to_owned(), |close| {
                    format!("did you mean `{close}`?")
                });
            return Err(Failure(format!("there is no rule `{name}`; {hint}")));
        }
    }
    Ok(())
}

/// What is checked.
struct Scope {
    workspace: Workspace,
    files: Vec<SourceFile>,
    /// Files whose findings are reported, where that is not all of them.
    wanted: Option<BTreeSet<String>>,
    /// Whether what is not among the files does not exist.
    whole: bool,
}

impl Scope {
    fn open(args: &CheckArgs) -> Result<Self, Failure> {
        let paths: Vec<PathBuf> = args
            .paths
            .iter()
            .filter(|path| path.as_os_str() != "-")
            .map(|path| absolute(path))
            .collect::<Result<_, _>>()?;
        for path in &paths {
            if std::fs::symlink_metadata(path).is_err() {
                let shown = path.display();
                return Err(Failure(format!("{shown}: there is no such file or folder")));
            }
        }
        let start = match paths.first() {
            Some(path) if path.is_dir() => path.clone(),
            Some(path) => path.parent().unwrap_or(path).to_path_buf(),
            None => std::env::current_dir()?,
        };
        let workspace = match &args.config {
            Some(config) => Workspace::with_profile(config)?,
            None => Workspace::around(&start)?,
        };
        for (name, (_, at)) in &workspace.profile.rules {
            known_rules(std::iter::once(name)).map_err(|Failure(reason)| {
                let path = workspace.profile_path.clone().unwrap_or_default();
                Failure(format!("{}:{at}: {reason}", path.display()))
            })?;
        }
        let mut scope = Self::find(workspace, &paths)?;
        if args.paths.iter().any(|path| path.as_os_str() == "-") || args.stdin_filename.is_some() {
            scope.add_stdin(args.stdin_filename.as_deref())?;
        }
        if scope.files.is_empty() {
            let root = scope.workspace.root();
            return Err(Failure(format!("{}: no entry found", root.display())));
        }
        Ok(scope)
    }

    fn find(workspace: Workspace, paths: &[PathBuf]) -> Result<Self, Failure> {
        let root = workspace.root();
        if paths.iter().all(|path| path.starts_with(&root)) {
            let files = Finder::new(&workspace, root.clone()).walk(&root)?;
            let mut scope = Self {
                workspace,
                files,
                wanted: None,
                whole: true,
            };
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
        })
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
                    .filter(|file| file.on_disk.starts_with(path));
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

    fn text(&self, location: &Location) -> Option<String> {
        let file = self.files.iter().find(|file| file.path == location.path)?;
        let bytes = file.read(self.workspace.profile.limits.file_bytes).ok()?;
        Some(decode_lossy(&bytes))
    }
}

fn restrict(report: &mut Report, wanted: &BTreeSet<String>) {
    let concerns = |found: &Diagnostic| {
        let related = found.related.iter().map(|related| &related.location);
        std::iter::once(&found.location)
            .chain(related)
            .any(|location| wanted.contains(location.path.as_ref()))
    };
    report.diagnostics.retain(concerns);
    let count = |severity| {
        let same = report
            .diagnostics
            .iter()
            .filter(|found| found.severity == severity);
        same.count()
    };
    report.summary.errors = count(Severity::Error);
    report.summary.warnings = count(Severity::Warning);
    report.summary.notes = count(Severity::Note);
    report.summary.files = wanted.len();
}

fn write(args: &CheckArgs, scope: &Scope, report: &Report) -> Result<(), Failure> {
    let source = |location: &Location| scope.text(location);
    for (index, format) in args.output_format.iter().enumerate() {
        let file = args.output_file.get(index);
        let to_terminal = file.is_none() && std::io::stdout().is_terminal();
        let view = View {
            report,
            source: &source,
            color: wants_color(args.color, to_terminal),
            width: 100,
            statistics: args.statistics,
        };
        let mut out: Box<dyn Write> = match file {
            Some(path) => Box::new(std::fs::File::create(path)?),
            None => Box::new(std::io::stdout().lock()),
        };
        let mut buffer = std::io::BufWriter::new(&mut out);
        let written = report::render(*format, &view, &mut buffer).and_then(|()| buffer.flush());
        match written {
            // Whoever read the other end has seen enough.
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => {}
            other => other?,
        }
    }
    Ok(())
}

/// Colours by `--color`, else where a terminal reads them and `NO_COLOR` is not set.
fn wants_color(choice: clap::ColorChoice, to_terminal: bool) -> bool {
    match choice {
        clap::ColorChoice::Always => true,
        clap::ColorChoice::Never => false,
        clap::ColorChoice::Auto => {
            to_terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        }
    }
}
