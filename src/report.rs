//! Findings as text: one file a format, one signature. Nothing else prints.

mod backtest;
mod changes;
mod concise;
mod escape;
mod github;
mod gitlab;
mod human;
mod json;
mod junit;
mod markdown;
mod paint;
mod patch;
mod rdjson;
mod sarif;
mod sources;
mod statistics;
mod words;

use std::borrow::Cow;
use std::io::{self, Write};

use crate::diagnostic::{Diagnostic, Location};
use crate::lint::Report;
use crate::snapshot::stem;

/// How findings are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum OutputFormat {
    /// For people: each place in its source, with help
    Human,
    /// For people and editors: one line a finding
    Concise,
    /// For programs: one JSON object, described by schema/output.schema.json
    Json,
    /// For programs: one finding a line, as JSON
    Jsonl,
    /// For code scanning and editors: SARIF 2.1.0
    Sarif,
    /// Annotations in a GitHub workflow, printed by a step
    Github,
    /// GitLab's code quality report
    Gitlab,
    /// JUnit XML: a failed test for each error
    Junit,
    /// For reviewdog, with suggestions
    Rdjson,
    /// A page that a person reads in a minute, for a job summary or a comment
    Markdown,
}

impl OutputFormat {
    /// Each of them.
    #[must_use]
    pub fn all() -> &'static [Self] {
        <Self as clap::ValueEnum>::value_variants()
    }

    /// Whether a service reads it that knows a repository and no corpus in it: paths are relative to
    /// the repository.
    #[must_use]
    pub fn is_for_repository(self) -> bool {
        matches!(
            self,
            Self::Sarif | Self::Github | Self::Gitlab | Self::Rdjson
        )
    }
}

/// How something other than findings is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum PageFormat {
    /// For people, in a terminal
    Human,
    /// For programs: one JSON object
    Json,
    /// For a job summary or a comment
    Markdown,
}

/// A report and what is needed to show it.
pub struct View<'r> {
    /// What was found.
    pub report: &'r Report,
    /// Gives the text of the file that a place is in, as long as it can still be read.
    pub source: &'r dyn Fn(&Location) -> Option<String>,
    /// Gives the path of a place as a person in the current folder would write it, its revision
    /// included; `None` where that is `path` or `revision:path`.
    pub path: &'r dyn Fn(&Location) -> Option<String>,
    /// Whether colours are wanted.
    pub color: bool,
    /// Columns of the terminal.
    pub width: usize,
    /// Whether counts by rule are wanted behind the findings.
    pub statistics: bool,
}

impl View<'_> {
    /// The path of a place, as it is shown to people. Not escaped.
    fn path<'l>(&self, location: &'l Location) -> Cow<'l, str> {
        (self.path)(location).map_or_else(|| location.full_path(), Cow::Owned)
    }
}

/// The entry of a finding, where the name of the file does not say it.
fn unnamed_entry(found: &Diagnostic) -> Option<&str> {
    let entry = found.entry.as_deref()?;
    (stem(&found.location.path) != entry).then_some(entry)
}

/// Writes a report.
///
/// # Errors
///
/// Those of the writer.
pub fn render(format: OutputFormat, view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    match format {
        OutputFormat::Human => human::render(view, out),
        OutputFormat::Concise => concise::render(view, out),
        OutputFormat::Json => json::render(view, out),
        OutputFormat::Jsonl => json::render_lines(view, out),
        OutputFormat::Sarif => sarif::render(view, out),
        OutputFormat::Github => github::render(view, out),
        OutputFormat::Gitlab => gitlab::render(view, out),
        OutputFormat::Junit => junit::render(view, out),
        OutputFormat::Rdjson => rdjson::render(view, out),
        OutputFormat::Markdown => markdown::render(view, out),
    }
}

pub use backtest::render_backtest;
pub use changes::render_changes;
use escape::columns_of;
pub use escape::markdown::inline as markdown_text;
pub use escape::{Escaped, JsonEscape, clipped, terminal};
pub use paint::{Paint, Tone, counted};
pub use patch::render_patch;
