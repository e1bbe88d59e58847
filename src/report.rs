//! Findings as text: one file a format, one signature. Nothing else prints.

mod concise;
mod escape;
mod human;
mod json;
mod paint;
mod statistics;

use std::borrow::Cow;
use std::io::{self, Write};

use crate::diagnostic::Location;
use crate::lint::Report;

/// How findings are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum OutputFormat {
    /// For people: the place in its source, carets, related places, help.
    Human,
    /// One line a finding.
    Concise,
    /// One JSON object (schema/output.schema.json).
    Json,
    /// One JSON object a line, a finding each, without a summary.
    Jsonl,
}

/// A report and what is needed to show it.
pub struct View<'r> {
    /// What was found.
    pub report: &'r Report,
    /// Gives the text of the file that a place is in, as long as it can still be read.
    pub source: &'r dyn Fn(&Location) -> Option<String>,
    /// Gives the path of a place as a person who reads it in the current folder would write it.
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
        let path = (self.path)(location).map_or(Cow::Borrowed(location.path.as_ref()), Cow::Owned);
        match &location.revision {
            Some(revision) => format!("{revision}:{path}").into(),
            None => path,
        }
    }
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
    }
}

use escape::columns_of;
pub use escape::{Escaped, JsonEscape, clipped, terminal};
pub use paint::{Paint, Tone, counted};
