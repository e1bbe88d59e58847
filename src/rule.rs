//! What a rule is: a name, a level, a page and one function whose type says what it may see.

use std::sync::Arc;

use jiff::civil::Date;

use crate::corpus::Corpus;
use crate::diagnostic::{Diagnostic, Edit, Fix, Location, Related, Safety, Severity};
use crate::entry::{Entry, Subject};
use crate::history::History;
use crate::schema::Schemas;
use crate::schema::violation::Violation;
use crate::snapshot::{Unread, stem};
use crate::syntax::{Document, Format, Problem};
use crate::text::Span;

/// One rule.
pub struct Rule {
    /// Its name: the defect, in kebab-case. Never used again for another.
    pub name: &'static str,
    /// The group of rules that it stands with.
    pub group: Group,
    /// How bad its findings are unless the profile says otherwise.
    pub level: Severity,
    /// What it looks at.
    pub check: Check,
    /// Its page, in Markdown: documentation and test at once.
    pub page: &'static str,
}

impl Rule {
    /// What it finds, in one sentence: the first line of its page.
    #[must_use]
    pub fn summary(&self) -> &'static str {
        self.page.lines().next().unwrap_or_default()
    }

    /// Whether its findings may come with a fix: the findings on its page then show one.
    #[must_use]
    pub fn has_fix(&self) -> bool {
        self.page.contains("\n  fix (")
    }
}

/// Groups of rules, in the order of the README.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// The file and how it is written.
    File,
    /// JSON Schema.
    Schema,
    /// IDs.
    Id,
    /// References between entries.
    Reference,
    /// Dates.
    Date,
    /// Titles and prose.
    Text,
    /// Outside sources.
    Source,
    /// People.
    People,
    /// The published single file.
    Release,
    /// Base against head.
    History,
    /// Suppressions.
    Meta,
}

impl Group {
    /// The word in the README's table.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Schema => "schema",
            Self::Id => "ID",
            Self::Reference => "reference",
            Self::Date => "date",
            Self::Text => "text",
            Self::Source => "source",
            Self::People => "people",
            Self::Release => "release",
            Self::History => "history",
            Self::Meta => "meta",
        }
    }
}

/// What a rule may see, and so when it can run.
pub enum Check {
    /// One file, whether or not it could be read.
    Document(fn(&DocumentView<'_>, &mut Sink)),
    /// One entry of a file that could be read.
    Entry(fn(&EntryView<'_>, &mut Sink)),
    /// All entries together, without their text.
    Corpus(fn(&Corpus<'_>, &mut Sink)),
    /// The entries of the base and of the head, without their text.
    History(fn(&History<'_>, &mut Sink)),
    /// Nothing: the run itself reports it, from what it knows about its findings.
    Run,
}

/// One file.
pub struct DocumentView<'a> {
    /// Path relative to the corpus root, parts joined by `/`.
    pub path: &'a Arc<str>,
    /// How it is written.
    pub format: Format,
    /// Its text, as far as it could be read.
    pub source: &'a str,
    /// Its tree; empty where it could not be read.
    pub document: &'a Document<'a>,
    /// Why it was not parsed.
    pub unread: Option<&'a Unread>,
    /// What is wrong with it below its meaning.
    pub problems: &'a [Problem],
    /// Where it is not what its schema asks for; empty where it could not be read.
    pub violations: &'a [Violation],
    /// Its entries; empty where it could not be read.
    pub subjects: &'a [Subject<'a>],
    /// The schemas.
    pub schemas: &'a Schemas,
    /// Today, in UTC.
    pub today: Date,
    /// Names of the rules that run.
    pub active: &'a [&'static str],
    /// Findings of the file that are shown; one more says that there are more.
    pub limit: usize,
}

impl DocumentView<'_> {
    /// Whether the tree can be relied on.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.unread.is_none() && !self.problems.iter().any(|problem| problem.kind.is_fatal())
    }

    /// Whether a rule runs, so that another may leave a cause to it.
    #[must_use]
    pub fn is_active(&self, rule: &str) -> bool {
        self.active.contains(&rule)
    }

    /// The file's name without its extension.
    #[must_use]
    pub fn stem(&self) -> &str {
        stem(self.path)
    }

    /// The file's extension, with its dot; empty where it has none.
    #[must_use]
    pub fn extension(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or(self.path);
        &name[stem(self.path).len()..]
    }

    /// The name of the file's folder; empty at the root.
    #[must_use]
    pub fn folder(&self) -> &str {
        self.path.rsplit('/').nth(1).unwrap_or("")
    }
}

/// One entry.
pub struct EntryView<'a> {
    /// The file that it is in.
    pub file: &'a DocumentView<'a>,
    /// The entry.
    pub subject: &'a Subject<'a>,
}

/// Takes the findings of one rule after another.
pub struct Sink {
    rule: &'static str,
    severity: Severity,
    /// Whether the profile chose the severity, so that the rule may not.
    fixed_severity: bool,
    path: Arc<str>,
    found: Vec<Diagnostic>,
}

impl Sink {
    /// A sink for rules on one file; for rules on the corpus the path is empty.
    #[must_use]
    pub fn new(path: Arc<str>) -> Self {
        Self {
            rule: "",
            severity: Severity::Error,
            fixed_severity: false,
            path,
            found: Vec::new(),
        }
    }

    /// Takes the findings of a rule from now on.
    pub fn turn_to(&mut self, rule: &'static str, severity: Severity, fixed_severity: bool) {
        self.rule = rule;
        self.severity = severity;
        self.fixed_severity = fixed_severity;
    }

    /// What was reported.
    #[must_use]
    pub fn into_found(self) -> Vec<Diagnostic> {
        self.found
    }

    /// Reports a place in the file that is looked at.
    pub fn report(&mut self, span: Span, message: impl Into<String>) -> Reported<'_> {
        let path = Arc::clone(&self.path);
        self.report_in(path, span, message)
    }

    /// Reports a place in an entry of the corpus.
    pub fn report_entry(
        &mut self,
        corpus: &Corpus<'_>,
        entry: &Entry,
        span: Span,
        message: impl Into<String>,
    ) -> Reported<'_> {
        let mut reported = self.report_in(Arc::clone(corpus.path(entry)), span, message);
        reported.diagnostic().entry = Some(corpus.text(entry.id));
        reported
    }

    /// Reports a place in an entry of the base, which the head does not have.
    pub fn report_base(
        &mut self,
        history: &History<'_>,
        entry: &Entry,
        span: Span,
        message: impl Into<String>,
    ) -> Reported<'_> {
        let mut reported = self.report_entry(history.base, entry, span, message);
        reported.diagnostic().location.revision = Some(Arc::clone(&history.base_name));
        reported
    }

    /// Reports a place in any file.
    pub fn report_in(
        &mut self,
        path: Arc<str>,
        span: Span,
        message: impl Into<String>,
    ) -> Reported<'_> {
        self.report_at(Location::new(path, span), message)
    }

    /// Reports a place whose line and column are known.
    pub fn report_at(&mut self, location: Location, message: impl Into<String>) -> Reported<'_> {
        self.found
            .push(Diagnostic::new(self.rule, self.severity, location, message));
        Reported {
            found: &mut self.found,
            fixed_severity: self.fixed_severity,
        }
    }
}

/// The finding that was just reported, to say more about it.
pub struct Reported<'s> {
    found: &'s mut Vec<Diagnostic>,
    fixed_severity: bool,
}

impl Reported<'_> {
    fn diagnostic(&mut self) -> &mut Diagnostic {
        // `report_in` pushed one before it made this.
        let last = self.found.len() - 1;
        &mut self.found[last]
    }

    /// What to do.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.diagnostic().help = Some(help.into());
        self
    }

    /// A word or two under the place.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.diagnostic().label = label.into();
        self
    }

    /// JSON pointer (RFC 6901) to the value that is meant, where that is not what stands there.
    pub fn pointer(mut self, pointer: impl Into<String>) -> Self {
        self.diagnostic().pointer = Some(pointer.into());
        self
    }

    /// A severity of its own, unless the profile chose one for the rule.
    pub fn severity(mut self, severity: Severity) -> Self {
        if !self.fixed_severity {
            self.diagnostic().severity = severity;
        }
        self
    }

    /// Another place in the same file.
    pub fn related(mut self, span: Span, message: impl Into<String>) -> Self {
        let path = Arc::clone(&self.diagnostic().location.path);
        self.related_in(path, span, message)
    }

    /// A place in another file.
    pub fn related_in(mut self, path: Arc<str>, span: Span, message: impl Into<String>) -> Self {
        self.diagnostic().related.push(Related {
            location: Location::new(path, span),
            message: message.into(),
        });
        self
    }

    /// A place in an entry of the base.
    pub fn related_base(
        mut self,
        history: &History<'_>,
        entry: &Entry,
        span: Span,
        message: impl Into<String>,
    ) -> Self {
        let path = Arc::clone(history.base.path(entry));
        self = self.related_in(path, span, message);
        if let Some(related) = self.diagnostic().related.last_mut() {
            related.location.revision = Some(Arc::clone(&history.base_name));
        }
        self
    }

    /// Says more where there is more to say.
    pub fn with<T>(self, more: Option<T>, say: impl FnOnce(Self, T) -> Self) -> Self {
        match more {
            Some(more) => say(self, more),
            None => self,
        }
    }

    /// A replacement of the bytes of one place in the same file.
    pub fn fix(
        mut self,
        safety: Safety,
        title: impl Into<String>,
        span: Span,
        text: impl Into<String>,
    ) -> Self {
        let path = Arc::clone(&self.diagnostic().location.path);
        let edit = Edit {
            path,
            span,
            text: text.into(),
        };
        self.diagnostic().fix = Some(Fix {
            title: title.into(),
            safety,
            edits: vec![edit],
            rename: None,
        });
        self
    }

    /// A fix of several edits, or one that renames the file.
    pub fn fix_with(mut self, fix: Fix) -> Self {
        self.diagnostic().fix = Some(fix);
        self
    }
}
