//! For people: each finding with its place in the source, then one line that sums up.
//!
//! The worst stands last, above the summary, where a terminal and a CI log leave the reader. Notes
//! that say the same of many entries are folded. The output is bounded, and what is left out is the
//! mildest.

mod drawing;
mod snippet;
mod sources;

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::{Paint, Tone, View, clipped, columns_of, counted, statistics};
use crate::diagnostic::{Diagnostic, Safety, Severity};
use crate::lint::Summary;
use sources::Sources;

/// Bytes of all findings together.
const BUDGET: usize = 60 << 10;
/// Bytes that are kept for findings in one line when there is no room to draw more.
const SHORT: usize = 16 << 10;
/// Findings that are drawn.
const DRAWN: usize = 200;
/// Findings of one rule that a fold lists.
const LISTED: usize = 10;

pub(super) fn render(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page {
        view,
        paint: Paint { color: view.color },
        sources: Sources::new(view),
        left: BUDGET,
        drawn: 0,
    };
    // The worst takes its room first.
    let errors = page.section(Severity::Error);
    let warnings = page.section(Severity::Warning);
    let notes = page.section(Severity::Note);
    for section in [&notes, &warnings, &errors] {
        out.write_all(section.text.as_bytes())?;
    }
    if view.statistics {
        statistics::render(view, page.paint, out)?;
        writeln!(out)?;
    }
    if [&notes, &warnings, &errors]
        .iter()
        .any(|section| section.is_cut)
    {
        let hint = "Not all findings are shown; `--output-format concise` lists every one.";
        writeln!(out, "{}", page.paint.tone(Tone::Quiet, hint))?;
    }
    writeln!(out, "{}", page.summary())
}

/// Findings of one severity as text.
#[derive(Default)]
struct Section {
    text: String,
    is_cut: bool,
}

struct Page<'v> {
    view: &'v View<'v>,
    paint: Paint,
    sources: Sources<'v>,
    /// Bytes that may still be written.
    left: usize,
    drawn: usize,
}

/// From how many findings on those of one rule are folded.
fn folds_from(severity: Severity) -> usize {
    match severity {
        Severity::Note => 4,
        Severity::Warning => 10,
        Severity::Error => usize::MAX,
    }
}

impl Page<'_> {
    fn section(&mut self, severity: Severity) -> Section {
        let view = self.view;
        let found = view.report.diagnostics.iter();
        let found: Vec<&Diagnostic> = found.filter(|found| found.severity == severity).collect();
        let mut by_rule: BTreeMap<&str, Vec<&Diagnostic>> = BTreeMap::new();
        for found in &found {
            by_rule.entry(found.rule).or_default().push(found);
        }
        let mut section = Section::default();
        let mut short = String::new();
        let mut hidden = 0;
        for found in found {
            let same = by_rule.get(found.rule).map_or(&[][..], Vec::as_slice);
            let folds = same.len() >= folds_from(severity);
            if folds && !std::ptr::eq(same[0], found) {
                continue;
            }
            if self.drawn < DRAWN && self.left > SHORT {
                let mut block = drawing::draw(view, &mut self.sources, found);
                if folds {
                    section.is_cut |= same.len() - 1 > LISTED;
                    self.fold(found, &same[1..], &mut block);
                }
                block.push('\n');
                self.drawn += 1;
                self.left = self.left.saturating_sub(block.len());
                section.text.push_str(&block);
                continue;
            }
            section.is_cut = true;
            let line = self.line(found, "");
            if self.left > line.len() + (SHORT >> 2) {
                self.left -= line.len();
                short.push_str(&line);
                hidden += if folds { same.len() - 1 } else { 0 };
            } else {
                hidden += if folds { same.len() } else { 1 };
            }
        }
        section.text.push_str(&short);
        if hidden > 0 {
            let word = severity.as_str();
            let more = counted(hidden, &format!("more {word}"), &format!("more {word}s"));
            section.text.push_str(&format!("and {more}\n"));
        }
        if !short.is_empty() || hidden > 0 {
            section.text.push('\n');
        }
        section
    }

    /// Lists other findings of the same rule as `first`.
    fn fold(&self, first: &Diagnostic, others: &[&Diagnostic], block: &mut String) {
        let places = counted(others.len(), "more place", "more places");
        let is_same = others.iter().all(|found| found.message == first.message);
        let what = if is_same { "the same" } else { "the same rule" };
        block.push_str(&format!("  {what} in {places}:\n"));
        for found in others.iter().take(LISTED) {
            if is_same {
                let place = drawing::at(self.view, &found.location);
                block.push_str(&format!("    {}\n", self.paint.tone(Tone::Code, place)));
            } else {
                block.push_str(&self.line(found, "    "));
            }
        }
        if others.len() > LISTED {
            block.push_str(&format!("    and {} more\n", others.len() - LISTED));
        }
    }

    /// A finding in one line.
    fn line(&self, found: &Diagnostic, indent: &str) -> String {
        let place = drawing::at(self.view, &found.location);
        let mut line = format!("{indent}{}  ", self.paint.tone(Tone::Code, &place));
        let mut used = indent.len() + columns_of(&place) + 2;
        if indent.is_empty() {
            let head = format!("{}[{}]", found.severity.as_str(), found.rule);
            used += head.len() + 1;
            let tone = Tone::Severity(found.severity);
            line.push_str(&format!("{} ", self.paint.tone(tone, head)));
        }
        let room = self.view.width.saturating_sub(used).max(40);
        line.push_str(&clipped(&found.message, room));
        line.push('\n');
        line
    }

    fn summary(&self) -> String {
        let report = self.view.report;
        let mut line = sum_up(&report.summary);
        let fixes = |safety| {
            let fixes = report
                .diagnostics
                .iter()
                .filter_map(|found| found.fix.as_ref());
            fixes.filter(|fix| fix.safety == safety).count()
        };
        let (safe, unsure) = (fixes(Safety::Safe), fixes(Safety::Unsafe));
        let tone = if report.summary.errors > 0 {
            Tone::Severity(Severity::Error)
        } else if report.summary.warnings > 0 {
            Tone::Severity(Severity::Warning)
        } else {
            Tone::Good
        };
        line = self.paint.tone(tone, line);
        let have = |count| if count == 1 { "has" } else { "have" };
        match (safe, unsure) {
            (0, 0) => {}
            (safe, 0) => line.push_str(&format!("\n{safe} {} a fix", have(safe))),
            (safe, unsure) => {
                let all = safe + unsure;
                let some = match safe {
                    0 => String::new(),
                    _ => format!("{unsure} of them "),
                };
                line.push_str(&format!(
                    "\n{all} {} a fix, {some}to be checked by you",
                    have(all)
                ));
            }
        }
        line
    }
}

/// `59 files, 59 entries: 2 errors, 1 warning, 37 notes`
fn sum_up(summary: &Summary) -> String {
    let some = |count, one, many| match count {
        0 => String::new(),
        count => format!(", {}", counted(count, one, many)),
    };
    let notes = some(summary.notes, "note", "notes");
    let entries = counted(summary.entries, "entry", "entries");
    if summary.errors + summary.warnings == 0 {
        return format!("{entries} checked: no errors, no warnings{notes}");
    }
    let files = counted(summary.files, "file", "files");
    let errors = match summary.errors {
        0 => "no errors".to_owned(),
        errors => counted(errors, "error", "errors"),
    };
    let warnings = some(summary.warnings, "warning", "warnings");
    format!("{files}, {entries}: {errors}{warnings}{notes}")
}
