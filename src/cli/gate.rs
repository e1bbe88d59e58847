//! `check --base`, `--changed`, `--staged` and `diff`: the two states of a corpus that are compared.

mod choose;

use std::collections::BTreeSet;

use rustc_hash::FxHashSet;

use super::scope::{Input, Scope};
use super::state::{State, Tree};
use super::{Failure, complain, find_rule, progress};
use crate::cache::{self, Store};
use crate::diagnostic::Location;
use crate::history::Ledger;
use crate::history::loosened::loosened;
use crate::lint::{self, Gate, Known, Options, Report, Snapshot, Trust, Waiver};
use crate::rules;
use crate::snapshot::git::Staged;
use crate::snapshot::{Workspace, stamps, stem};
use crate::text::decode_lossy;
use choose::{Chosen, choose};

/// What the command line says about them.
#[derive(Default, clap::Args)]
pub(super) struct Args {
    /// Judge the change since this git revision, folder or release file, and fail only on what the
    /// change introduces
    ///
    /// Of a revision, the point is taken where the change left it (the merge base). Profile, schemas
    /// and comments that allow a finding count as they are in the base.
    #[arg(long, value_name = "REV|PATH")]
    base: Option<String>,
    /// Judge this git revision, folder or release file instead of the working tree
    #[arg(
        long,
        value_name = "REV|PATH",
        requires = "base",
        conflicts_with = "staged"
    )]
    head: Option<String>,
    /// Judge what git would merge into the base instead of the head alone
    #[arg(long, requires = "base")]
    merge: bool,
    /// Check what is staged for the next commit; without --base, only what it touches or breaks
    #[arg(long)]
    staged: bool,
    /// Report only what the change touches or breaks; without --base, since the last commit
    #[arg(long)]
    changed: bool,
    /// Accept what RULE finds in the entry ID, or in the file PATH; may be given again
    #[arg(long, value_name = "RULE:ID", requires = "base")]
    waive: Vec<String>,
    /// Neither use nor keep what was found in files that have not changed since
    #[arg(long)]
    pub(super) no_cache: bool,
    /// Whether the base is taken as it is, and not where the head left it.
    #[arg(skip)]
    exactly: bool,
}

impl Args {
    /// Two states, as `diff` compares them.
    pub(super) fn between(base: &str, head: Option<&str>) -> Self {
        Self {
            base: Some(base.to_owned()),
            head: head.map(str::to_owned),
            exactly: true,
            ..Self::default()
        }
    }

    /// The option, if any, that makes the head something else than the files on disk.
    pub(super) fn other_head(&self) -> Option<&'static str> {
        let options = [
            (self.head.is_some(), "--head"),
            (self.merge, "--merge"),
            (self.staged, "--staged"),
        ];
        options
            .iter()
            .find(|(given, _)| *given)
            .map(|(_, name)| *name)
    }

    /// Whether there is something to compare with.
    pub(super) fn is_asked(&self) -> bool {
        self.base.is_some() || self.staged || self.changed
    }

    /// Whether only what the change touches is reported, as in a check without a base.
    pub(super) fn is_narrow(&self) -> bool {
        self.changed || (self.staged && self.base.is_none())
    }
}

/// The two states, compared.
pub(super) struct Sides {
    pub(super) report: Report,
    /// Which files of the head are wanted.
    pub(super) wanted: Option<BTreeSet<String>>,
    base: Side,
    head: Side,
}

/// One state, and where files of it are that were not looked at.
struct Side {
    scope: Scope,
    tree: Option<Tree>,
}

impl Sides {
    /// Compares the states that the command line names. `options` makes the options of a run from
    /// whether the files are a whole corpus.
    pub(super) fn judge(
        input: &Input,
        args: &Args,
        options: &dyn Fn(bool) -> Options,
    ) -> Result<Self, Failure> {
        let chosen = choose(input, args)?;
        let (base, own) = rayon::join(|| chosen.base.workspace(), || chosen.head.workspace());
        let (base, own) = (base?, own?);
        let mut gate = Gate {
            waivers: waivers(&args.waive)?,
            conflicts: chosen.conflicts.clone(),
            ..Gate::default()
        };
        if args.base.is_none() || args.exactly {
            gate.trust = Trust::Head;
        } else {
            gate.loosened = loosened(&base, &chosen.names.base, &own, &|rule| {
                rules::find(rule).map(|rule| rule.level)
            });
        }
        let trusted = trusted(&base, own, &gate);
        let opened = Opened::new(&chosen, base, trusted, input, args, options)?;
        opened.compare(&chosen, input, args, gate)
    }

    /// The files of the head.
    pub(super) fn head(&self) -> &Scope {
        &self.head.scope
    }

    pub(super) fn text(&self, location: &Location) -> Option<String> {
        let side = self.of(location);
        side.scope.text(location).or_else(|| {
            let tree = side.tree.as_ref()?;
            let path = location.path.as_ref();
            let workspace = &side.scope.workspace;
            let found = tree
                .git
                .repository
                .files_at(tree.id, workspace, std::iter::once(path));
            let bytes = found
                .ok()?
                .first()?
                .read(workspace.profile.limits.file_bytes);
            Some(decode_lossy(&bytes.ok()?))
        })
    }

    pub(super) fn shown_path(&self, location: &Location) -> Option<String> {
        match location.revision {
            // A path in a revision is none that could be opened.
            Some(_) if self.base.tree.is_some() => None,
            _ => self.of(location).scope.shown_path(location),
        }
    }

    fn of(&self, location: &Location) -> &Side {
        match location.revision {
            Some(_) => &self.base,
            None => &self.head,
        }
    }
}

/// Two states, ready to be compared.
struct Opened {
    base: Scope,
    head: Scope,
    /// What all files of both give, where only those that matter are in them.
    known: Option<[Known; 2]>,
    options: Options,
    /// Where it is kept what files gave.
    store: Option<Store>,
    /// The head as a tree, where the base is one.
    head_tree: Option<Tree>,
}

impl Opened {
    fn new(
        chosen: &Chosen,
        base: Workspace,
        head: Workspace,
        input: &Input,
        args: &Args,
        options: &dyn Fn(bool) -> Options,
    ) -> Result<Self, Failure> {
        let (on_disk, staged) = on_disk_and_staged(chosen, &head)?;
        let options = options(on_disk.as_ref().is_none_or(|scope| scope.whole));
        let head_tree = match (&chosen.head, &chosen.commit, (&on_disk, staged)) {
            (State::Tree(tree), Some(_), _) => Some(tree.clone()),
            (_, Some((git, _)), (Some(scope), staged)) if scope.is_of_corpus(input) => {
                let tree = match staged {
                    Some(staged) => git.working_tree_on(staged, scope)?,
                    None => git.working_tree(scope)?,
                };
                Some(git.tree(tree, "the working tree"))
            }
            _ => None,
        };
        // What is kept is of files as they are on disk.
        let as_kept = input.drafts.is_empty();
        let whole = input.paths.is_empty() && options.whole_corpus && as_kept;
        let alike = base.is_configured_as(&head);
        let mut store = None;
        if let (State::Tree(old), Some(new), true) = (&chosen.base, &head_tree, whole && alike) {
            let repository = &old.git.repository;
            store = Some(args)
                .filter(|args| !args.no_cache)
                .and_then(|_| Store::of(repository, &base, &options));
            let trees = [old.id, new.id];
            let narrow = progress::watch(0, |done| {
                cache::narrow(store.as_ref(), repository, trees, &base, &options, done)
            })?;
            if let Some(narrow) = narrow {
                // All files on disk are many, and none of them is looked at again.
                rayon::spawn(move || drop(on_disk));
                return Ok(Self {
                    base: Scope::of(base, narrow.base_files, &[])?,
                    head: Scope::of(head, narrow.head_files, &[])?,
                    known: Some([narrow.base, narrow.head]),
                    options,
                    store,
                    head_tree,
                });
            }
        }
        Ok(Self {
            base: chosen.base.open(base)?,
            head: match on_disk {
                Some(scope) => scope,
                None => chosen.head.open(head)?,
            },
            known: None,
            options,
            store,
            head_tree,
        })
    }

    fn compare(
        self,
        chosen: &Chosen,
        input: &Input,
        args: &Args,
        mut gate: Gate,
    ) -> Result<Sides, Failure> {
        if let Some((git, commit)) = &chosen.commit
            && adds_files(&self.base, &self.head)
        {
            let ids = git.repository.ids_ever_used(commit, &self.base.workspace)?;
            gate.ledger = Some(Ledger { ids });
        }
        let known = |at: usize| self.known.as_ref().map(|both| &both[at]);
        let [base_shown, head_shown] = &chosen.names.shown;
        let total = self.base.files.len() + self.head.files.len();
        let mut report = progress::watch(total, |progress| {
            lint::compare(
                snapshot(&self.base, &chosen.names.base, known(0)),
                snapshot(&self.head, head_shown, known(1)),
                &gate,
                &self.options,
                progress,
            )
        })?;
        if let Some(store) = &self.store {
            store.save();
        }
        if let Some(comparison) = &mut report.comparison {
            comparison.base.clone_from(base_shown);
        }
        idle_waivers(&gate, &report);
        if args.is_narrow() {
            let mut touched = self.touched(chosen)?;
            touched.extend(input.drafts.paths().map(ToString::to_string));
            report.narrow(&touched);
        }
        Ok(Sides {
            report,
            wanted: self.head.wanted.clone(),
            base: Side {
                scope: self.base,
                tree: chosen.base.tree(),
            },
            head: Side {
                scope: self.head,
                tree: self.head_tree,
            },
        })
    }

    /// Files that are not alike in the base and the head.
    fn touched(&self, chosen: &Chosen) -> Result<BTreeSet<String>, Failure> {
        let needs = || Failure("--changed needs a git revision as its base".to_owned());
        match (&chosen.base, &self.head_tree) {
            (State::Nothing(_), _) => {
                let files = self.head.files.iter();
                Ok(files.map(|file| file.path.to_string()).collect())
            }
            (State::Tree(old), Some(new)) => {
                let repository = &old.git.repository;
                Ok(repository.changed(old.id, new.id, &self.head.workspace)?)
            }
            _ => Err(needs()),
        }
    }
}

/// The head where it is on disk, and the index that tells what its files were, read meanwhile.
fn on_disk_and_staged(
    chosen: &Chosen,
    head: &Workspace,
) -> Result<(Option<Scope>, Option<Staged>), Failure> {
    let State::Disk(_) = &chosen.head else {
        return Ok((None, None));
    };
    let mut found = None;
    // What libgit2 has read stays on this thread.
    let staged = rayon::in_place_scope(|tasks| {
        tasks.spawn(|_| {
            let scope = chosen.head.open(head.trusting(head));
            found = Some(scope.map(|scope| (stamps(&scope.files), scope)));
        });
        let git = chosen.commit.as_ref().map(|(git, _)| git);
        git.filter(|git| !git.repository.is_bare())
            .map(|git| git.repository.staged())
    });
    let (stamps, scope) = found.transpose()?.unzip();
    // An index that cannot be read is read again, and fails, where it is needed.
    let staged = staged.and_then(Result::ok);
    let staged = staged.map(|staged| staged.stamped(stamps.unwrap_or_default()));
    Ok((scope, staged))
}

/// Says which waivers were not needed.
fn idle_waivers(gate: &Gate, report: &Report) {
    for waiver in &gate.waivers {
        let Waiver { rule, id } = waiver;
        let loosened = gate
            .loosened
            .iter()
            .any(|loosened| waiver.covers("gate-loosened", None, &loosened.location.path));
        if !loosened && !report.is_waived(waiver) {
            complain("note", &format!("`--waive {rule}:{id}` accepts nothing"));
        }
    }
}

/// Whether the head has files whose names the base does not have, and so perhaps new IDs.
fn adds_files(base: &Scope, head: &Scope) -> bool {
    let names = |scope: &'_ Scope| -> FxHashSet<String> {
        let stems = scope.files.iter().map(|file| stem(&file.path).to_owned());
        stems.collect()
    };
    let known = names(base);
    head.files
        .iter()
        .any(|file| !known.contains(stem(&file.path)))
}

fn snapshot<'s>(scope: &'s Scope, name: &'s str, known: Option<&'s Known>) -> Snapshot<'s> {
    Snapshot {
        workspace: &scope.workspace,
        files: &scope.files,
        name,
        tree: None,
        known,
    }
}

/// The head is held against its own configuration only where that is no looser than the base's, or
/// where the maintainer accepts that it is.
fn trusted(base: &Workspace, own: Workspace, gate: &Gate) -> Workspace {
    let accepted = gate.loosened.iter().all(|loosened| {
        let path = loosened.location.path.as_ref();
        let mut waivers = gate.waivers.iter();
        waivers.any(|waiver| waiver.covers("gate-loosened", None, path))
    });
    if accepted { own } else { own.trusting(base) }
}

fn waivers(texts: &[String]) -> Result<Vec<Waiver>, Failure> {
    let read = |text: &String| {
        let (rule, id) = text
            .split_once(':')
            .filter(|(_, id)| !id.is_empty())
            .ok_or_else(|| Failure(format!("`--waive {text}` must be RULE:ID")))?;
        Ok(Waiver {
            rule: find_rule(rule)?.name.to_owned(),
            id: id.to_owned(),
        })
    };
    texts.iter().map(read).collect()
}
