//! Findings: what is wrong, where, and how to mend it.

use std::borrow::Cow;
use std::hash::Hasher;
use std::sync::Arc;

use fnv::FnvHasher;
use serde::{Deserialize, Serialize};

use crate::text::{Position, Span};

/// How bad a finding is. The order is that of badness: `Note < Warning < Error`.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    clap::ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing; never fails a run by default.
    Note,
    /// Probably wrong.
    Warning,
    /// Wrong.
    Error,
}

impl Severity {
    /// The word that is printed and that configuration uses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// The sign that a page shows beside the word.
    #[must_use]
    pub fn mark(self) -> &'static str {
        match self {
            Self::Note => "ℹ️",
            Self::Warning => "⚠️",
            Self::Error => "❌",
        }
    }

    /// The level of a SARIF result (SARIF 2.1.0, 3.27.10).
    #[must_use]
    pub fn sarif(self) -> &'static str {
        self.as_str()
    }

    /// What GitHub's code scanning calls it: the property `problem.severity` of a rule.
    #[must_use]
    pub fn code_scanning(self) -> &'static str {
        match self {
            Self::Note => "recommendation",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// The workflow command that annotates on GitHub.
    #[must_use]
    pub fn github(self) -> &'static str {
        match self {
            Self::Note => "notice",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// The severity in GitLab's code quality report.
    #[must_use]
    pub fn gitlab(self) -> &'static str {
        match self {
            Self::Note => "info",
            Self::Warning => "minor",
            Self::Error => "major",
        }
    }

    /// The severity in reviewdog's diagnostic format.
    #[must_use]
    pub fn rdjson(self) -> &'static str {
        match self {
            Self::Note => "INFO",
            Self::Warning => "WARNING",
            Self::Error => "ERROR",
        }
    }
}

/// How a finding stands to the base that it is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// The head has it and the base has not.
    Introduced,
    /// The base has it and the head has not.
    Fixed,
    /// Both have it.
    PreExisting,
}

/// A place in one source of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// Path relative to the corpus root, parts joined by `/`.
    pub path: Arc<str>,
    /// Where it begins.
    pub start: Position,
    /// Where it ends (the position behind its last character).
    pub end: Position,
    /// The name of the base that the path is read from; `None` for what is being checked.
    pub revision: Option<Arc<str>>,
}

impl Location {
    /// A location of which only the bytes are known; [`crate::lint`] looks up lines and columns.
    #[must_use]
    pub fn new(path: Arc<str>, span: Span) -> Self {
        Self {
            path,
            start: Position::unresolved(span.start),
            end: Position::unresolved(span.end),
            revision: None,
        }
    }

    /// The path with the revision that it is read from, as git writes them; the path alone where the
    /// base is that very file.
    #[must_use]
    pub fn full_path(&self) -> Cow<'_, str> {
        match &self.revision {
            Some(revision) if *revision != self.path => {
                Cow::Owned(format!("{revision}:{}", self.path))
            }
            _ => Cow::Borrowed(&self.path),
        }
    }

    /// The bytes of the place.
    #[must_use]
    pub fn span(&self) -> Span {
        Span {
            start: self.start.offset,
            end: self.end.offset,
        }
    }
}

/// A second place that helps to understand a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// The place.
    pub location: Location,
    /// What is to be seen there.
    pub message: String,
}

/// Whether a fix may be applied without a person looking at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Safety {
    /// Keeps the meaning, or there is one answer only.
    Safe,
    /// Probably what was meant.
    Unsafe,
}

/// A replacement of some bytes of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// Path relative to the corpus root.
    pub path: Arc<str>,
    /// The bytes that go.
    pub span: Span,
    /// What takes their place.
    pub text: String,
}

/// How a finding can be mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, in the imperative: "Write `2024-05-22`".
    pub title: String,
    /// Whether it may be applied unseen.
    pub safety: Safety,
    /// Edits that do not overlap, in any order.
    pub edits: Vec<Edit>,
    /// A new name for the file at `location.path`, relative to its folder, where that is the fix.
    pub rename: Option<String>,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The rule's name, in kebab-case.
    pub rule: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong with the actual value, in one sentence without a full stop at its end.
    pub message: String,
    /// Where.
    pub location: Location,
    /// A word or two for the caret under the place; empty where the message says it all.
    pub label: String,
    /// Other places that belong to the finding.
    pub related: Vec<Related>,
    /// What to do.
    pub help: Option<String>,
    /// The ID of the entry.
    pub entry: Option<Arc<str>>,
    /// JSON pointer (RFC 6901) to the value, in the entry's file.
    pub pointer: Option<String>,
    /// How to mend it.
    pub fix: Option<Fix>,
    /// Names the finding over time: entry ID, rule and pointer (and the value where two would
    /// collide), never a line number. 16 hexadecimal digits; filled in by [`crate::lint`].
    pub fingerprint: String,
    /// How it stands to the base; `None` where there is no base.
    pub change: Option<Change>,
}

/// Names something by some texts: FNV-1a, 64 bits, in 16 hexadecimal digits. The same on every
/// machine and in every version, because fingerprints are kept for years.
#[must_use]
pub fn fingerprint(parts: &[&str]) -> String {
    let mut hasher = FnvHasher::default();
    for part in parts {
        hasher.write(part.as_bytes());
        hasher.write(&[0]);
    }
    format!("{:016x}", hasher.finish())
}

impl Diagnostic {
    /// A finding with nothing but what every finding has.
    #[must_use]
    pub fn new(
        rule: &'static str,
        severity: Severity,
        location: Location,
        message: impl Into<String>,
    ) -> Self {
        Self {
            rule,
            severity,
            message: message.into(),
            location,
            label: String::new(),
            related: Vec::new(),
            help: None,
            entry: None,
            pointer: None,
            fix: None,
            fingerprint: String::new(),
            change: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_never_change() {
        assert_eq!(fingerprint(&[]), "cbf29ce484222325");
        assert_eq!(
            fingerprint(&["PR030", "dangling-reference"]),
            fingerprint(&["PR030", "dangling-reference"])
        );
        assert_ne!(fingerprint(&["ab", "c"]), fingerprint(&["a", "bc"]));
    }
}
