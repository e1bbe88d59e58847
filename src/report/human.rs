//! For people: each finding with its place in the source, then one line that sums up.
//!
//! The worst stands last, above the summary, where a terminal and a CI log leave the reader. Notes
//! that say the same of many entries are folded. The output is bounded, and what is left out is the
//! mildest.

mod drawing;
mod line;
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
/// Bytes that are kept for what sums up.
const RESERVE: usize = 4 << 10;
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
    /// Findings in one line each, for which there was no room to be drawn.
    short: String,
    is_cut: bool,
}

impl Section {
    fn close(&mut self, severity: Severity, hidden: usize) {
        self.text.push_str(&self.short);
        if hidden > 0 {
            let word = severity.as_str();
            let more = counted(hidden, &format!("more {word}"), &format!("more {word}s"));
            self.text.push_str(&format!("and {more}\n"));
        }
        if !self.short.is_empty() || hidden > 0 {
            self.text.push('\n');
        }
    }
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
        let found = self.view.report.diagnostics.iter();
        let found: Vec<&Diagnostic> = found.filter(|found| found.severity == severity).collect();
        let mut by_rule: BTreeMap<&str, Vec<&Diagnostic>> = BTreeMap::new();
        for found in &found {
            by_rule.entry(found.rule).or_default().push(found);
        }
        let folds = |rule| {
            let same: &Vec<&Diagnostic> = by_rule.get(rule)?;
            (same.len() >= folds_from(severity)).then_some(same.as_slice())
        };
        let mut section = Section::default();
        let mut hidden = 0;
        for found in found {
            let others = match folds(found.rule) {
                Some([first, others @ ..]) if std::ptr::eq(*first, found) => others,
                Some(_) => continue,
                None => &[],
            };
            if self.drawn < DRAWN && self.left > SHORT {
                section.is_cut |= others.len() > LISTED;
                let block = self.block(found, others);
                section.text.push_str(&block);
                continue;
            }
            section.is_cut = true;
            hidden += others.len();
            let line = self.line(found, "");
            if self.left > line.len() + RESERVE {
                self.left -= line.len();
                section.short.push_str(&line);
            } else {
                hidden += 1;
            }
        }
        section.close(severity, hidden);
        section
    }

    /// A finding as it is drawn, and a list of others of its rule.
    fn block(&mut self, found: &Diagnostic, others: &[&Diagnostic]) -> String {
        let mut block = drawing::draw(self.view, &mut self.sources, found);
        if !others.is_empty() {
            self.fold(found, others, &mut block);
        }
        block.push('\n');
        self.drawn += 1;
        self.left = self.left.saturating_sub(block.len());
        block
    }

    /// Lists other findings of the same rule as `first`.
    fn fold(&self, first: &Diagnostic, others: &[&Diagnostic], block: &mut String) {
        let places = counted(others.len(), "more place", "more places");
        let is_same = others.iter().all(|found| found.message == first.message);
        let what = if is_same { "the same" } else { "the same rule" };
        block.push_str(&format!("  {what} in {places}:\n"));
        for found in others.iter().take(LISTED) {
            if is_same {
                let place = drawing::where_is(self.view, &found.location, found);
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
        let place = drawing::where_is(self.view, &found.location, found);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Location, Related};
    use crate::lint::Report;
    use crate::report::escape::is_printed;
    use crate::text::{LineIndex, Position};

    fn finding(places: &[(Position, Position)]) -> Diagnostic {
        let locations = places.iter().map(|(start, end)| Location {
            path: "a.yaml".into(),
            start: *start,
            end: *end,
            revision: None,
        });
        let mut locations = locations.collect::<Vec<_>>().into_iter();
        let first = locations.next().expect("a place");
        let mut found = Diagnostic::new("syntax", Severity::Error, first, "message");
        found.label = "here".to_owned();
        found.related = locations
            .map(|location| Related {
                location,
                message: "there".to_owned(),
            })
            .collect();
        found
    }

    fn shown(source: &str, found: Diagnostic, width: usize) -> String {
        let report = Report {
            diagnostics: vec![found],
            summary: Summary::default(),
            kinds: Vec::new(),
            comparison: None,
        };
        let view = View {
            report: &report,
            source: &|_| Some(source.to_owned()),
            path: &|_| None,
            color: false,
            width,
            statistics: false,
        };
        let mut out = Vec::new();
        render(&view, &mut out).expect("a text");
        String::from_utf8(out).expect("UTF-8")
    }

    /// Numbers that look random and are the same in every run (xorshift, Marsaglia 2003).
    struct Dice(u64);

    impl Dice {
        fn below(&mut self, limit: usize) -> usize {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            (self.0 % limit as u64) as usize
        }
    }

    #[test]
    fn any_places_of_any_text_are_drawn() {
        let pieces = [
            "a",
            "key: ",
            "日本",
            "\t",
            "é",
            "\u{301}",
            "\u{202e}",
            "\u{1b}",
            "\r",
            "\n",
            "\r\n",
            "::",
            "##",
            " ",
            "long word ",
        ];
        let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
        for _ in 0..3000 {
            let length = dice.below(60);
            let source: String = (0..length)
                .map(|_| pieces[dice.below(pieces.len())])
                .collect();
            let source = source.repeat(1 + dice.below(30));
            let lines = LineIndex::new(&source);
            let stale = dice.below(4) == 0;
            let mut position = |at: usize| {
                let mut position = lines.position(at.min(source.len()) as u32);
                // As if the file had changed since.
                position.line += if stale { dice.below(5) as u32 } else { 0 };
                position
            };
            let places: Vec<_> = (0..1 + length % 7)
                .map(|number| {
                    let start = number * 97 % (source.len() + 1);
                    (position(start), position(start + number * length % 80))
                })
                .collect();
            let out = shown(&source, finding(&places), 80);
            assert!(out.chars().all(|c| c == '\n' || is_printed(c)), "{out}");
            assert!(out.lines().all(|line| columns_of(line) < 180), "{out}");
            assert!(out.contains("here"), "{out}");
        }
    }

    #[test]
    fn a_place_of_many_lines_is_marked_on_its_first() {
        let source = "a: 1\nb: |\n\n  one\n  two\nc: 2\n";
        let lines = LineIndex::new(source);
        let place = (lines.position(9), lines.position(21));
        let out = shown(source, finding(&[place]), 80);
        assert!(
            out.contains("\n 4 │   one\n   ·   ─┬─\n   ·    ╰── here\n"),
            "{out}"
        );
    }

    #[test]
    fn places_far_apart_have_frames_of_their_own() {
        let source = "x\n".repeat(20);
        let lines = LineIndex::new(&source);
        let place = |line: u32| {
            let at = (line - 1) * 2;
            (lines.position(at), lines.position(at + 1))
        };
        let near = shown(&source, finding(&[place(5), place(7)]), 80);
        assert_eq!(near.matches("╭─").count(), 1, "{near}");
        let far = shown(&source, finding(&[place(15), place(3)]), 80);
        assert_eq!(far.matches("╭─").count(), 2, "{far}");
        assert!(far.contains("╭─[a.yaml:15:1]") && far.contains("╭─[a.yaml:3:1]"));
        let many = shown(
            &source,
            finding(&[place(15), place(1), place(3), place(8)]),
            80,
        );
        assert_eq!(many.matches("╭─").count(), 1, "{many}");
        assert!(many.contains("    a.yaml:8:1  there\n"), "{many}");
    }
}
