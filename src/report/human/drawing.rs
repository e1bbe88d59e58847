//! One finding, drawn by miette.

use std::fmt;

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};

use super::super::sources::Sources;
use super::super::{Escaped, Paint, Tone, View, clipped, columns_of, counted, unnamed_entry};
use super::snippet::{Mark, Snippet, is_near};
use crate::diagnostic::{Diagnostic, Location, Related, Safety, Severity};

/// Columns of a message or a help text; a longer one quotes a value that nobody reads whole.
const SENTENCE: usize = 600;
/// Columns of what stands under a place.
const LABEL: usize = 70;
/// Related places that are marked in the source.
const MARKED: usize = 4;
/// Related places that are listed.
const LISTED: usize = 10;

/// Draws a finding: what is wrong, where, what to do.
pub(super) fn draw(view: &View<'_>, sources: &mut Sources<'_>, found: &Diagnostic) -> String {
    let paint = Paint { color: view.color };
    let mut snippet = Snippet::default();
    let rest = place(view, sources, found, &mut snippet);
    let head = format!("{}[{}]:", found.severity.as_str(), found.rule);
    let message = clipped(&found.message, SENTENCE);
    let mut out = String::new();
    let tone = Tone::Severity(found.severity);
    sentence(view, (tone, &head), (Tone::Strong, &message), &mut out);
    if snippet.places.is_empty() {
        let place = where_is(view, &found.location, found);
        out.push_str(&format!("  {}\n", paint.tone(Tone::Quiet, place)));
    } else {
        source(view, found, snippet, &mut out);
    }
    list(view, paint, &rest, &mut out);
    // A fix that is what the help says is said once.
    let title = found.fix.as_ref().map(|fix| fix.title.to_lowercase());
    let help = found.help.as_ref();
    if let Some(help) = help.filter(|help| title != Some(help.to_lowercase())) {
        let help = clipped(help, SENTENCE);
        sentence(
            view,
            (Tone::Code, "  help:"),
            (Tone::Plain, &help),
            &mut out,
        );
    }
    if let Some(fix) = &found.fix {
        let unsure = match fix.safety {
            Safety::Safe => "",
            Safety::Unsafe => " (check that this is what was meant)",
        };
        let title = format!("{}{unsure}", clipped(&fix.title, SENTENCE));
        sentence(
            view,
            (Tone::Good, "  fix: "),
            (Tone::Plain, &title),
            &mut out,
        );
    }
    out
}

/// A sentence behind a word in front, broken between words where the line is full.
fn sentence(view: &View<'_>, head: (Tone, &str), text: (Tone, &str), out: &mut String) {
    let paint = Paint { color: view.color };
    // A heading has no column of its own.
    let indent = if head.1.starts_with(' ') { 8 } else { 2 };
    let mut columns = columns_of(head.1);
    out.push_str(&paint.tone(head.0, head.1));
    let mut line = String::new();
    for word in text.1.split(' ') {
        let width = columns_of(word) + 1;
        if columns + width > view.width && !line.is_empty() {
            out.push_str(&paint.tone(text.0, &line));
            out.push_str(&format!("\n{:indent$}", ""));
            line.clear();
            columns = indent;
            line.push_str(word);
            columns += width - 1;
            continue;
        }
        line.push(' ');
        line.push_str(word);
        columns += width;
    }
    out.push_str(&paint.tone(text.0, &line));
    out.push('\n');
}

/// The lines around the places of a finding, drawn by miette.
fn source(view: &View<'_>, found: &Diagnostic, snippet: Snippet, out: &mut String) {
    let handler = GraphicalReportHandler::new_themed(theme(view.color, found, &snippet))
        .with_width(view.width)
        .with_links(false)
        .without_syntax_highlighting()
        .without_primary_span_start();
    let mut drawn = String::new();
    // Only the writer can fail, and a text takes everything.
    let _ = handler.render_report(&mut drawn, &Drawn(snippet));
    // The heading is ours: miette's would have a bar at every line break.
    if let Some((_, lines)) = drawn.split_once('\n') {
        out.push_str(lines);
    }
}

/// Puts the places of a finding into a snippet, and gives those that are better listed.
fn place<'d>(
    view: &View<'_>,
    sources: &mut Sources<'_>,
    found: &'d Diagnostic,
    snippet: &mut Snippet,
) -> Vec<&'d Related> {
    let here = &found.location;
    let Some(source) = sources.text(here).filter(|_| here.start.line > 0) else {
        return found.related.iter().collect();
    };
    let mut near: Vec<&Related> = Vec::new();
    let mut far: Vec<&Related> = Vec::new();
    for related in &found.related {
        let is_marked = near.len() < MARKED && is_near(here, &related.location);
        if is_marked { &mut near } else { &mut far }.push(related);
    }
    let label = clipped(&found.label, LABEL);
    let labels: Vec<String> = near.iter().map(|related| short(related)).collect();
    let mut marks = vec![Mark {
        location: here,
        label: &label,
        is_primary: true,
    }];
    marks.extend(near.iter().zip(&labels).map(|(related, label)| Mark {
        location: &related.location,
        label,
        is_primary: false,
    }));
    let width = code_width(view);
    snippet.add(&source, &marks, where_is(view, here, found), width);
    // One or two more places are worth a look, more are a list.
    if far.len() > 2 {
        return far;
    }
    far.retain(|related| !elsewhere(view, sources, related, snippet));
    far
}

/// Adds a place with lines of its own, where they can be read.
fn elsewhere(
    view: &View<'_>,
    sources: &mut Sources<'_>,
    related: &Related,
    snippet: &mut Snippet,
) -> bool {
    let location = &related.location;
    let Some(source) = sources.text(location).filter(|_| location.start.line > 0) else {
        return false;
    };
    let mark = Mark {
        location,
        label: &short(related),
        is_primary: false,
    };
    snippet.add(&source, &[mark], at(view, location), code_width(view));
    true
}

fn short(related: &Related) -> String {
    clipped(&related.message, LABEL)
}

/// Columns for a line of the source, beside its number.
fn code_width(view: &View<'_>) -> usize {
    view.width.saturating_sub(12).max(40)
}

/// The place of a finding, and the entry where the file's name does not say it.
pub(super) fn where_is(view: &View<'_>, location: &Location, found: &Diagnostic) -> String {
    let place = at(view, location);
    match unnamed_entry(found) {
        Some(entry) => format!("{place} in {}", clipped(entry, 40)),
        None => place,
    }
}

/// `path:line:column`
pub(super) fn at(view: &View<'_>, location: &Location) -> String {
    let path = view.path(location);
    let path = Escaped(&path);
    match location.start.line {
        0 => path.to_string(),
        _ => format!("{path}:{}", location.start),
    }
}

fn list(view: &View<'_>, paint: Paint, places: &[&Related], out: &mut String) {
    if places.is_empty() {
        return;
    }
    let shown: Vec<String> = places
        .iter()
        .take(LISTED)
        .map(|related| at(view, &related.location))
        .collect();
    let longest = shown.iter().map(|place| place.chars().count()).max();
    let longest = longest.unwrap_or(0).min(60);
    for (place, related) in shown.iter().zip(places) {
        let message = clipped(
            &related.message,
            view.width.saturating_sub(longest + 6).max(40),
        );
        let place = paint.tone(Tone::Code, format!("{place:longest$}"));
        out.push_str(&format!("    {place}  {message}\n"));
    }
    if let Some(more) = places.len().checked_sub(LISTED).filter(|more| *more > 0) {
        let places = counted(more, "more place", "more places");
        out.push_str(&format!("    and {places}\n"));
    }
}

fn theme(color: bool, found: &Diagnostic, snippet: &Snippet) -> GraphicalTheme {
    let mut theme = if color {
        GraphicalTheme::unicode()
    } else {
        GraphicalTheme::unicode_nocolor()
    };
    let styles = &mut theme.styles;
    // Underlined places would look like the marks under the source.
    styles.link = styles.help;
    let own = match found.severity {
        Severity::Error => styles.error,
        Severity::Warning => styles.warning,
        Severity::Note => styles.advice,
    };
    let other = styles.highlights.first().copied().unwrap_or(own);
    if !snippet.places.is_empty() {
        let places = snippet.places.iter();
        styles.highlights = places
            .map(|place| if place.is_primary { own } else { other })
            .collect();
    }
    theme
}

/// Places in their source as miette takes them; all text in it is escaped.
#[derive(Debug)]
struct Drawn(Snippet);

impl fmt::Display for Drawn {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Drawn {}

impl miette::Diagnostic for Drawn {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.0)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.0.places.iter().map(|place| {
            let label = Some(place.label.clone()).filter(|label| !label.is_empty());
            let span = (place.range.start, place.range.len());
            if place.is_primary {
                LabeledSpan::new_primary_with_span(label, span)
            } else {
                LabeledSpan::new_with_span(label, span)
            }
        })))
    }
}
