//! The lines around a place, cut to what a terminal can show, as the source that miette draws.
//!
//! miette prints control and bidi characters as they are, a line of any length whole, and reads a
//! file from its beginning for every finding. So it never sees a file: it sees a few lines, escaped
//! and cut, that know which lines of which file they are.

use std::ops::Range;

use miette::{MietteError, SourceCode, SourceSpan, SpanContents};

use super::line::{Line, Shown, after_break, before_break, line_end, line_start};
use crate::diagnostic::Location;
use crate::text::floor_boundary;

/// Places this many lines apart are shown together.
const NEAR_LINES: u32 = 3;
/// Places this many bytes apart on one line are shown together.
const NEAR_BYTES: u32 = 40;

/// Lines of one or more files, made for one finding.
#[derive(Debug, Default)]
pub(super) struct Snippet {
    text: String,
    chunks: Vec<Chunk>,
    /// The places, as bytes of `text`, in order.
    pub(super) places: Vec<Place>,
}

/// Lines that follow one another in one file.
#[derive(Debug)]
struct Chunk {
    range: Range<usize>,
    /// The number of the first line, from 0.
    line: usize,
    name: String,
}

/// A marked place.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) range: Range<usize>,
    pub(super) label: String,
    pub(super) is_primary: bool,
}

/// A place to show.
pub(super) struct Mark<'d> {
    pub(super) location: &'d Location,
    pub(super) label: &'d str,
    pub(super) is_primary: bool,
}

/// Whether two different places are shown together.
pub(super) fn is_near(one: &Location, other: &Location) -> bool {
    if one.path != other.path || one.revision != other.revision || one == other {
        return false;
    }
    let (a, b) = (one.start, other.start);
    let bytes = a.offset.abs_diff(b.offset);
    match a.line.abs_diff(b.line) {
        0 => bytes <= NEAR_BYTES,
        lines => lines <= NEAR_LINES && bytes <= 2048 && b.line > 0,
    }
}

impl Snippet {
    /// Adds lines of a file with places that are near to one another. `name` says where they are.
    pub(super) fn add(&mut self, source: &str, marks: &[Mark<'_>], name: String, width: usize) {
        let mut spots: Vec<Spot<'_>> = marks.iter().map(|mark| Spot::new(source, mark)).collect();
        spots.sort_by_key(|spot| (spot.line, spot.range.start, spot.range.end));
        let (Some(first), Some(last)) = (spots.first(), spots.last()) else {
            return;
        };
        let lines = lines_around(source, first, last);
        // Between two chunks is a byte that is in none, so that no place is at the end of one and at
        // the begin of the other; miette would join them.
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        let from = self.text.len();
        let first_line = lines.first().map_or(1, |line| line.number);
        for line in &lines {
            let here: Vec<&Spot<'_>> = spots
                .iter()
                .filter(|spot| spot.line == line.number)
                .collect();
            self.add_line(source, line, &here, width);
        }
        self.chunks.push(Chunk {
            range: from..self.text.len(),
            line: first_line.saturating_sub(1) as usize,
            name,
        });
    }

    fn add_line(&mut self, source: &str, line: &Line, spots: &[&Spot<'_>], width: usize) {
        let focus = spots.iter().find(|spot| spot.mark.is_primary);
        // A file that has changed meanwhile may have other lines than the finding knows.
        let inside = |at: usize| at.clamp(line.range.start, line.range.end);
        let focus = focus
            .or(spots.first())
            .map(|spot| inside(spot.range.start)..inside(spot.range.end));
        let base = self.text.len();
        let shown = Shown::new(source, line, focus, width);
        for spot in spots {
            self.places.push(Place {
                range: base + shown.at(spot.range.start)..base + shown.at(spot.range.end),
                label: spot.mark.label.to_owned(),
                is_primary: spot.mark.is_primary,
            });
        }
        self.text.push_str(&shown.text);
        self.text.push('\n');
    }
}

/// The part of a place that is marked: miette's frames around many lines tell a reader little, so a
/// longer place is marked on its first line.
struct Spot<'d> {
    mark: &'d Mark<'d>,
    line: u32,
    range: Range<usize>,
}

impl<'d> Spot<'d> {
    fn new(source: &str, mark: &'d Mark<'d>) -> Self {
        let span = mark.location.span();
        let mut start = floor_boundary(source, span.start as usize);
        let end = floor_boundary(source, span.end as usize);
        let mut line = mark.location.start.line;
        // A block of prose may begin with the break behind its header.
        loop {
            let stop = line_end(source, start).0;
            let blank = source[start..stop.min(end)].trim().is_empty();
            let next = after_break(source, stop);
            if stop >= end || !blank || next > end || next == stop {
                break;
            }
            start = next;
            line += 1;
        }
        let stop = line_end(source, start).0;
        if stop < end {
            let text = &source[start..stop];
            start += text.len() - text.trim_start().len();
        }
        Self {
            mark,
            line,
            range: start..end.min(stop).max(start),
        }
    }
}

/// The lines of some places, with one more on each side where it can be found in a few bytes.
fn lines_around(source: &str, first: &Spot<'_>, last: &Spot<'_>) -> Vec<Line> {
    let mut lines = Vec::new();
    let (start, cut_left) = line_start(source, first.range.start);
    if start > 0 && !cut_left {
        let end = before_break(source, start);
        let (before, cut) = line_start(source, end);
        if !cut {
            lines.push(Line {
                number: first.line.saturating_sub(1),
                range: before..end,
                cut_left: false,
                cut_right: false,
            });
        }
    }
    let mut number = first.line;
    let mut range = start..start;
    let mut cut_left = cut_left;
    loop {
        // On a long line the end is looked for behind what is marked.
        let from = if number == first.line {
            first.range.end
        } else {
            range.start
        };
        let (end, cut_right) = line_end(source, from);
        range.end = end;
        lines.push(Line {
            number,
            range: range.clone(),
            cut_left,
            cut_right,
        });
        let next = after_break(source, end);
        let is_last = number > last.line || next >= source.len();
        if is_last || cut_right {
            return lines;
        }
        number += 1;
        cut_left = false;
        range = next..next;
    }
}

impl SourceCode for Snippet {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        _before: usize,
        _after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let end = span.offset() + span.len();
        let chunk = self
            .chunks
            .iter()
            .find(|chunk| chunk.range.start <= span.offset() && end <= chunk.range.end)
            .ok_or(MietteError::OutOfBounds)?;
        Ok(Box::new(Contents {
            data: &self.text.as_bytes()[chunk.range.clone()],
            span: (chunk.range.start, chunk.range.len()).into(),
            chunk,
        }))
    }
}

struct Contents<'a> {
    data: &'a [u8],
    span: SourceSpan,
    chunk: &'a Chunk,
}

impl<'a> SpanContents<'a> for Contents<'a> {
    fn data(&self) -> &'a [u8] {
        self.data
    }

    fn span(&self) -> &SourceSpan {
        &self.span
    }

    fn name(&self) -> Option<&str> {
        Some(&self.chunk.name)
    }

    fn line(&self) -> usize {
        self.chunk.line
    }

    fn column(&self) -> usize {
        0
    }

    fn line_count(&self) -> usize {
        self.data.iter().filter(|byte| **byte == b'\n').count()
    }
}
