//! The lines around a place, cut to what a terminal can show, as the source that miette draws.
//!
//! miette prints control and bidi characters as they are, a line of any length whole, and reads a
//! file from its beginning for every finding. So it never sees a file: it sees a few lines, escaped
//! and cut, that know which lines of which file they are.

use std::ops::Range;

use memchr::{memchr2, memrchr2};
use miette::{MietteError, SourceCode, SourceSpan, SpanContents};

use super::super::escape::{columns_of, push};
use crate::diagnostic::Location;
use crate::text::floor_boundary;

/// How many bytes are searched for the end of a line; a longer line is cut.
const LOOK: usize = 4096;
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

/// Whether two places of one file are shown together.
pub(super) fn is_near(one: &Location, other: &Location) -> bool {
    let (a, b) = (one.start, other.start);
    let lines = a.line.abs_diff(b.line);
    let bytes = a.offset.abs_diff(b.offset);
    (lines == 0 && bytes <= NEAR_BYTES) || (0 < lines && lines <= NEAR_LINES && bytes <= 2048)
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
        let focus = match spots.iter().find(|spot| spot.mark.is_primary) {
            Some(spot) => Some(spot.range.clone()),
            None => spots.first().map(|spot| spot.range.clone()),
        };
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

/// A line, or the part of a long one that is looked at.
struct Line {
    number: u32,
    range: Range<usize>,
    cut_left: bool,
    cut_right: bool,
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

/// Where the line around `at` begins, and whether that was too far away to be looked up.
fn line_start(source: &str, at: usize) -> (usize, bool) {
    let from = floor_boundary(source, at.saturating_sub(LOOK));
    match memrchr2(b'\n', b'\r', &source.as_bytes()[from..at]) {
        Some(found) => (from + found + 1, false),
        None => (from, from > 0),
    }
}

/// Where the line around `at` ends, and whether that was too far away to be looked up.
fn line_end(source: &str, at: usize) -> (usize, bool) {
    let to = floor_boundary(source, at.saturating_add(LOOK));
    match memchr2(b'\n', b'\r', &source.as_bytes()[at..to]) {
        Some(found) => (at + found, false),
        None => (to, to < source.len()),
    }
}

/// Behind the line break at `at`; `at` itself where there is none.
fn after_break(source: &str, at: usize) -> usize {
    match &source.as_bytes()[at..] {
        [b'\r', b'\n', ..] => at + 2,
        [b'\n' | b'\r', ..] => at + 1,
        _ => at,
    }
}

/// Before the line break that ends at `at`.
fn before_break(source: &str, at: usize) -> usize {
    let line = &source[..at];
    let line = line
        .strip_suffix("\r\n")
        .or_else(|| line.strip_suffix(['\n', '\r']));
    line.map_or(at, str::len)
}

/// A line as it is shown.
struct Shown {
    text: String,
    /// Bytes of the source, and where they went.
    map: Vec<(usize, usize)>,
}

impl Shown {
    fn new(source: &str, line: &Line, focus: Option<Range<usize>>, width: usize) -> Self {
        let from = match &focus {
            Some(focus) => window_start(source, line, focus, width),
            None => line.range.start,
        };
        let mut shown = Self {
            text: String::new(),
            map: Vec::new(),
        };
        let mut columns = 0;
        if from > line.range.start || line.cut_left {
            shown.text.push('…');
            columns = 1;
        }
        let mut cut = line.cut_right;
        for (at, c) in source[from..line.range.end].char_indices() {
            let at = from + at;
            let before = shown.text.len();
            let marked = focus.as_ref().is_some_and(|focus| focus.contains(&at));
            match c {
                // A tab that is meant is seen, one that only indents is space.
                '\t' if marked => shown.text.push_str("→   "),
                '\t' => shown.text.push_str("    "),
                c => push(&mut shown.text, c),
            }
            columns += columns_of(&shown.text[before..]);
            if columns > width || shown.map.len() > 4 * width {
                shown.text.truncate(before);
                cut = true;
                break;
            }
            shown.map.push((at, before));
        }
        let end = source.len().min(line.range.end);
        shown.map.push((end, shown.text.len()));
        if cut {
            shown.text.push('…');
        }
        shown
    }

    /// Where a byte of the source went; to the nearest end where it is not shown.
    fn at(&self, source: usize) -> usize {
        let found = self.map.partition_point(|(from, _)| *from < source);
        self.map.get(found).map_or(self.text.len(), |(_, to)| *to)
    }
}

/// Where to begin so that what is marked is in sight, with a third of the width before it.
fn window_start(source: &str, line: &Line, focus: &Range<usize>, width: usize) -> usize {
    let whole = &source[line.range.clone()];
    if !line.cut_left && whole.len() <= width {
        return line.range.start;
    }
    let mut before = 0;
    let mut from = focus.start;
    let left = &source[line.range.start..focus.start];
    // What fits in front when the end of the line is near.
    let rest = columns_within(&source[focus.start..line.range.end], width);
    let room = width.saturating_sub(rest + 1).max(width / 3);
    for (at, c) in left.char_indices().rev() {
        let mut shown = String::new();
        push(&mut shown, c);
        before += if c == '\t' { 4 } else { columns_of(&shown) };
        if before > room || left.len() - at > 4 * width {
            break;
        }
        from = line.range.start + at;
    }
    // An ellipsis takes a column itself.
    if from - line.range.start <= 1 && !line.cut_left {
        return line.range.start;
    }
    from
}

/// Columns of a text, counted no further than `limit`.
fn columns_within(text: &str, limit: usize) -> usize {
    let mut columns = 0;
    for c in text.chars().take(limit) {
        let mut shown = String::new();
        push(&mut shown, c);
        columns += columns_of(&shown);
    }
    columns.min(limit)
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
