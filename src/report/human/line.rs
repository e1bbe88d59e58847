//! One line of a file: where it begins and ends, and what is shown of it.

use std::ops::Range;

use memchr::{memchr2, memrchr2};

use super::super::escape::{columns_of, push};
use crate::text::floor_boundary;

/// How many bytes are searched for the end of a line; a longer line is cut.
const LOOK: usize = 4096;

/// A line, or the part of a long one that is looked at.
pub(super) struct Line {
    pub(super) number: u32,
    pub(super) range: Range<usize>,
    pub(super) cut_left: bool,
    pub(super) cut_right: bool,
}

/// Where the line around `at` begins, and whether that was too far away to be looked up.
pub(super) fn line_start(source: &str, at: usize) -> (usize, bool) {
    let from = floor_boundary(source, at.saturating_sub(LOOK));
    match memrchr2(b'\n', b'\r', &source.as_bytes()[from..at]) {
        Some(found) => (from + found + 1, false),
        None => (from, from > 0),
    }
}

/// Where the line around `at` ends, and whether that was too far away to be looked up.
pub(super) fn line_end(source: &str, at: usize) -> (usize, bool) {
    let to = floor_boundary(source, at.saturating_add(LOOK));
    match memchr2(b'\n', b'\r', &source.as_bytes()[at..to]) {
        Some(found) => (at + found, false),
        None => (to, to < source.len()),
    }
}

/// Behind the line break at `at`; `at` itself where there is none.
pub(super) fn after_break(source: &str, at: usize) -> usize {
    match &source.as_bytes()[at..] {
        [b'\r', b'\n', ..] => at + 2,
        [b'\n' | b'\r', ..] => at + 1,
        _ => at,
    }
}

/// Before the line break that ends at `at`.
pub(super) fn before_break(source: &str, at: usize) -> usize {
    let line = &source[..at];
    let line = line
        .strip_suffix("\r\n")
        .or_else(|| line.strip_suffix(['\n', '\r']));
    line.map_or(at, str::len)
}

/// A line as it is shown.
pub(super) struct Shown {
    pub(super) text: String,
    /// Bytes of the source, and where they went.
    map: Vec<(usize, usize)>,
}

impl Shown {
    pub(super) fn new(
        source: &str,
        line: &Line,
        focus: Option<Range<usize>>,
        width: usize,
    ) -> Self {
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
    pub(super) fn at(&self, source: usize) -> usize {
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
