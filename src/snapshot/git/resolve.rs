//! Revisions by the words that people say: what they name, and what to do where they name nothing.

use git2::{ErrorCode, ObjectType, Oid, Sort};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Id, Repository, SnapshotError, failed, words};
use crate::text::did_you_mean;

/// One revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Its name.
    pub id: Id,
    /// Its files.
    pub tree: Id,
    /// The first line of its message; bytes that are not UTF-8 are U+FFFD.
    pub summary: String,
    /// The day on which it was committed, in UTC, as `2025-08-15`.
    pub date: String,
}

impl Commit {
    fn of(commit: &git2::Commit<'_>) -> Self {
        let message = String::from_utf8_lossy(commit.message_raw_bytes());
        let summary = message.lines().map(str::trim).find(|line| !line.is_empty());
        let when = Timestamp::from_second(commit.time().seconds()).unwrap_or_default();
        Self {
            id: Id(commit.id()),
            tree: Id(commit.tree_id()),
            summary: summary.unwrap_or_default().to_owned(),
            date: when.to_zoned(TimeZone::UTC).date().to_string(),
        }
    }
}

impl Repository {
    /// The revision that an expression names, such as `main`, `v1.2^` or `HEAD~3`.
    ///
    /// # Errors
    ///
    /// It names none, or something else, with what to do.
    pub fn resolve(&self, spec: &str) -> Result<Commit, SnapshotError> {
        self.refuse(spec)?;
        self.read(|repository| Ok(self.commit(repository, spec)))
            .map_err(|error| failed("the repository", &error))?
    }

    fn commit(&self, repository: &git2::Repository, spec: &str) -> Result<Commit, SnapshotError> {
        let object = repository
            .revparse_single(spec)
            .map_err(|error| self.unresolved(repository, spec, &error))?;
        let commit = object.peel_to_commit().map_err(|error| {
            let kind = match object.peel(ObjectType::Any) {
                Ok(inner) => inner.kind(),
                Err(_) => object.kind(),
            };
            SnapshotError(match kind {
                Some(ObjectType::Tree) => {
                    format!("`{spec}` names a folder of files (a tree) and not a commit")
                }
                Some(ObjectType::Blob) => format!("`{spec}` names a file and not a commit"),
                _ => format!("`{spec}` names no commit: {}", words(&error)),
            })
        })?;
        Ok(Commit::of(&commit))
    }

    /// Refuses what cannot be a revision before git's own rules are tried on it.
    fn refuse(&self, spec: &str) -> Result<(), SnapshotError> {
        let reason = if spec.trim().is_empty() {
            "it is empty"
        } else if spec.starts_with('-') {
            "it begins with `-`"
        } else if spec.chars().any(char::is_control) {
            "it has a control character"
        } else if spec.len() > 1000 {
            let start: String = spec.chars().take(40).collect();
            return Err(SnapshotError(format!(
                "`{start}…` is no revision: it is too long"
            )));
        } else {
            return Ok(());
        };
        let shown = spec.escape_debug();
        Err(SnapshotError(format!("`{shown}` is no revision: {reason}")))
    }

    fn unresolved(
        &self,
        repository: &git2::Repository,
        spec: &str,
        error: &git2::Error,
    ) -> SnapshotError {
        if let Some(branch) = unborn(repository)
            && (spec.starts_with("HEAD") || spec.starts_with('@') || spec == branch)
        {
            return SnapshotError(format!(
                "the branch `{branch}` has no commit yet; commit first, or compare with a folder or a release file"
            ));
        }
        match error.code() {
            ErrorCode::Ambiguous => {
                return SnapshotError(format!(
                    "`{spec}` names more than one object; write more of its digits"
                ));
            }
            ErrorCode::InvalidSpec if spec.contains("..") => {
                return SnapshotError(format!("`{spec}` is a range; one revision is wanted"));
            }
            ErrorCode::InvalidSpec => {
                return SnapshotError(format!("`{spec}` is no revision: {}", words(error)));
            }
            _ => {}
        }
        self.missing(repository, spec)
    }

    fn missing(&self, repository: &git2::Repository, spec: &str) -> SnapshotError {
        let known = names(repository);
        let start = spec.split(['~', '^', '@', ':']).next().unwrap_or(spec);
        let is_known = known.iter().any(|name| name == start)
            || repository.revparse_single(start).is_ok() && !start.is_empty();
        let mut message = format!("there is no revision `{spec}` here");
        let remote_twin = known
            .iter()
            .find(|name| name.split_once('/').is_some_and(|(_, rest)| rest == start));
        if is_known && self.is_shallow() {
            message.push_str(", because this clone is shallow; fetch the whole history: ");
            message.push_str(WHOLE_HISTORY);
            return SnapshotError(message);
        }
        if is_known {
            message.push_str(&format!(
                "; `{start}` exists, but the history has no such ancestor"
            ));
            return SnapshotError(message);
        }
        let near = remote_twin.map(String::as_str);
        let near = near.or_else(|| did_you_mean(start, known.iter().map(String::as_str)));
        if let Some(near) = near {
            message.push_str(&format!("; did you mean `{near}`?"));
        }
        if let Some(fetch) = fetch(repository, start) {
            let word = if near.is_some() { " Or" } else { ";" };
            message.push_str(&format!("{word} fetch it first: {fetch}"));
        }
        SnapshotError(message)
    }

    /// The revision that is checked out.
    ///
    /// # Errors
    ///
    /// There is none yet.
    pub fn head(&self) -> Result<Commit, SnapshotError> {
        self.resolve("HEAD")
    }

    /// Whether the branch that is checked out has no commit yet.
    #[must_use]
    pub fn is_unborn(&self) -> bool {
        let unborn = self.read(|repository| Ok(unborn(repository).is_some()));
        unborn.unwrap_or(false)
    }

    /// The newest revision that both have in their history: where a change left its base.
    ///
    /// # Errors
    ///
    /// There is none, with the reason.
    pub fn merge_base(&self, base: &Commit, head: &Commit) -> Result<Commit, SnapshotError> {
        let found = self.read(|repository| {
            let id = repository.merge_base(base.id.0, head.id.0)?;
            Ok(Commit::of(&repository.find_commit(id)?))
        });
        found.map_err(|error| {
            let (base, head) = (base.id.short(), head.id.short());
            SnapshotError(match error.code() {
                ErrorCode::NotFound if self.is_shallow() => format!(
                    "where {head} left {base} cannot be found, because this clone is shallow; fetch the whole history: {WHOLE_HISTORY}"
                ),
                ErrorCode::NotFound => format!(
                    "{base} and {head} have no common ancestor: they are not of one history; compare with a folder or a release file instead"
                ),
                _ => format!("where {head} left {base} cannot be found: {}", words(&error)),
            })
        })
    }

    /// The commits of a range such as `v1.0..main`, or all up to a revision, oldest first, along
    /// first parents: what the branch was like after each merge.
    ///
    /// # Errors
    ///
    /// An end of the range names nothing, with what to do.
    pub fn log(&self, range: &str) -> Result<Vec<Commit>, SnapshotError> {
        let (from, to) = match range.split_once("..") {
            Some((from, to)) => (Some(from), to.trim_start_matches('.')),
            None => (None, range),
        };
        let or_head = |spec: &str| self.resolve(if spec.is_empty() { "HEAD" } else { spec });
        let to = or_head(to)?;
        let from = from.map(or_head).transpose()?;
        let walked = self.read(|repository| {
            let mut walk = repository.revwalk()?;
            walk.set_sorting(Sort::TOPOLOGICAL)?;
            walk.simplify_first_parent()?;
            walk.push(to.id.0)?;
            if let Some(from) = &from {
                walk.hide(from.id.0)?;
            }
            let ids = walk.collect::<Result<Vec<Oid>, _>>()?;
            ids.into_iter()
                .rev()
                .map(|id| Ok(Commit::of(&repository.find_commit(id)?)))
                .collect()
        });
        walked.map_err(|error| failed(&format!("the history `{range}`"), &error))
    }
}

/// How to get a history that was left out.
const WHOLE_HISTORY: &str =
    "git fetch --unshallow, or `fetch-depth: 0` of actions/checkout in a workflow";

/// The branch that is checked out and has no commit.
fn unborn(repository: &git2::Repository) -> Option<String> {
    let error = repository.head().err()?;
    if error.code() != ErrorCode::UnbornBranch {
        return None;
    }
    let head = repository.find_reference("HEAD").ok()?;
    let target = head.symbolic_target_bytes()?;
    let target = String::from_utf8_lossy(target);
    let branch = target.strip_prefix("refs/heads/").unwrap_or(&target);
    Some(branch.to_owned())
}

/// Branches and tags by their short names.
fn names(repository: &git2::Repository) -> Vec<String> {
    let Ok(references) = repository.references() else {
        return Vec::new();
    };
    references
        .flatten()
        .take(10_000)
        .filter_map(|reference| {
            let name = reference.shorthand().ok()?;
            Some(name.to_owned())
        })
        .collect()
}

/// The command that gets a branch, where its name cannot mean anything else to a shell.
fn fetch(repository: &git2::Repository, name: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._/-".contains(c);
    if name.is_empty() || !name.chars().all(plain) {
        return None;
    }
    let remotes = repository.remotes().ok()?;
    let remotes: Vec<&str> = remotes.iter().flatten().flatten().collect();
    let owner = remotes
        .iter()
        .find(|remote| name.starts_with(&format!("{remote}/")));
    match owner {
        Some(remote) => Some(format!("git fetch {remote} {}", &name[remote.len() + 1..])),
        None => {
            let remote = remotes.first()?;
            remote
                .chars()
                .all(plain)
                .then(|| format!("git fetch {remote} {name}"))
        }
    }
}
