//! Entries that are damaged as people and programs damage them, for the readers of YAML.

use crate::random::Random;

/// Entries that together use all of what is written plainly.
pub(crate) const PLAIN: [&str; 8] = [
    "# yaml-language-server: $schema=x\nid: PR030\ntitle: A plain title\ncreated: 2025-08-15\n",
    "id: PR030\ntitle: Plain # why\nlist: [PV023, PV024]\nnone: []\ngroup: {}\nyes: true\nn: -12\n",
    "a:\n  - text: Some, words [here]\n    url: https://example.org/x?y=1#z\n  - text: 'it''s'\n    \
     url: \"\\u00e9 \\\"q\\\"\"\nb: null\n",
    "text: |\n  one\n\n    two # no\n  three\n\n# end\nmore: |-\n  x\nkeep: |+\n  y\n\n\nlast: |2\n   z\n",
    "# head\n\n\"no\": 1\n'a b': \"x\"\nlist:\n  # above\n  - one # behind\n  # below\n\n  - two\n\
     # end\n",
    "deep:\n  a:\n    b:\n      - c: |\n          one\n          two\n        d: e\n      -\n        \
     - f\n        - g\n  h: i\n",
    "a: >-\n  one\n  two\n\n  three\n\n\nb: >\n  x\nc: >+\n\n  y\n\n",
    "list:\n  - |\n    one\n  - |2-\n     two\n  - \"three\"\n  -   key: value\n      other: 'x'\n",
];

/// Entries with something that is not plain, each beside much that is.
pub(crate) const BEYOND: [&str; 4] = [
    "a: \"\"\nb: ''\nc: ~\nd: .5\ne: 0x1f\nf: .nan\ng: \u{e9}\u{201c}x\u{201d}\nh: a:b\ni: a#b\n",
    "a: |\n\n  one\n\tb: 2\nc: |1\n  two\n\n   \nd: [a b, 'c', \"d\", 1.5, ]\n",
    "a:\n- b\n- c: d\ne:\nf: - g\n? h\n: i\n---\nj: k\n...\n",
    "a: &x one\nb: *x\nc: !!str 12\nd: {e: f}\ng: two\n  lines\nh: 'two\n  lines'\n<<: x\na: 2\n",
];

/// Pieces that mean something to YAML, or nearly do.
const PIECES: [&str; 62] = [
    "\n",
    "\n\n",
    "\r",
    "\r\n",
    "\t",
    " ",
    "  ",
    "    ",
    ":",
    ": ",
    ":\n",
    "- ",
    "-",
    "? ",
    "#",
    " #",
    "# ",
    "\"",
    "'",
    "''",
    "\\",
    "\\\"",
    "\\n",
    "\\x41",
    "\\u00e9",
    "\\ud83d",
    "[",
    "]",
    "[]",
    "[a, b]",
    "{",
    "}",
    "{}",
    ",",
    ", ",
    "|",
    "|-",
    "|+",
    "|2",
    "|2-\n",
    ">",
    ">-\n",
    ">+",
    "&a ",
    "*a",
    "!",
    "!!str ",
    "%",
    "@",
    "`",
    "---\n",
    "...\n",
    "~",
    "null",
    ".inf",
    "<<",
    "\u{feff}",
    "\u{85}",
    "\u{2028}",
    "\u{a0}",
    "\u{e9}",
    "\u{1f600}",
];

/// What mutants are made of beside real entries.
pub(crate) fn seeds() -> Vec<String> {
    let plain = PLAIN.repeat(4);
    let all = plain.into_iter().chain(BEYOND);
    all.map(str::to_owned).collect()
}

/// An entry with its long texts cut short, so that a change meets its structure more often.
pub(crate) fn cut(source: &str) -> String {
    let mut text = 0;
    let mut kept = String::new();
    for line in source.split_inclusive('\n') {
        text = if line.starts_with("  ") { text + 1 } else { 0 };
        if text < 6 {
            kept.push_str(line);
        }
    }
    kept
}

/// A source with a few changes.
pub(crate) fn mutant(sources: &[String], random: &mut Random) -> String {
    let source = &sources[random.below(sources.len())];
    let mut lines: Vec<String> = source.split_inclusive('\n').map(str::to_owned).collect();
    for _ in 0..=random.below(2) {
        if lines.is_empty() {
            break;
        }
        match random.below(3) {
            0 => change_lines(&mut lines, sources, random),
            1 => change_indent(&mut lines, random),
            _ => change_inside(&mut lines, random),
        }
    }
    let mut text = lines.concat();
    if random.below(16) == 0 {
        text.truncate(text.trim_end().len());
    }
    text
}

fn change_lines(lines: &mut Vec<String>, sources: &[String], random: &mut Random) {
    let at = random.below(lines.len());
    let other = random.below(lines.len());
    match random.below(6) {
        0 => {
            lines.remove(at);
        }
        1 => lines.insert(at, lines[other].clone()),
        2 => lines.swap(at, other),
        3 => lines.insert(at, "\n".repeat(1 + random.below(2))),
        4 => lines.insert(at, format!("{}# note\n", " ".repeat(random.below(8)))),
        _ => {
            let source = &sources[random.below(sources.len())];
            let count = source.lines().count();
            if let Some(line) = source.split_inclusive('\n').nth(random.below(count)) {
                lines.insert(at, line.to_owned());
            }
        }
    }
}

fn change_indent(lines: &mut [String], random: &mut Random) {
    let at = random.below(lines.len());
    let count = (1 + random.below(4)).min(lines.len() - at);
    let deeper = random.below(2) == 0;
    let by = 1 + random.below(3);
    for line in &mut lines[at..at + count] {
        if deeper {
            line.insert_str(0, &" ".repeat(by));
        } else {
            let spaces = line.len() - line.trim_start_matches(' ').len();
            line.drain(..spaces.min(by));
        }
    }
}

fn change_inside(lines: &mut [String], random: &mut Random) {
    let at = random.below(lines.len());
    let line = &mut lines[at];
    let length = line.trim_end_matches('\n').len();
    let value = line.find(": ").map_or(0, |at| at + 2);
    let place = match random.below(4) {
        0 => length,
        1 => value,
        2 => line.len() - line.trim_start_matches([' ', '-']).len(),
        _ => random.below(line.len() + 1),
    };
    let place = (0..=place).rev().find(|&at| line.is_char_boundary(at));
    let place = place.unwrap_or(0);
    let piece = PIECES[random.below(PIECES.len())];
    match random.below(4) {
        0 => {
            line.remove_at(place);
        }
        1 => {
            line.remove_at(place);
            line.insert_str(place, piece);
        }
        2 => line.insert(place, char::from(b' ' + random.below(95) as u8)),
        _ => line.insert_str(place, piece),
    }
}

trait RemoveAt {
    fn remove_at(&mut self, place: usize);
}

impl RemoveAt for String {
    /// Removes the character there, if there is one.
    fn remove_at(&mut self, place: usize) {
        if place < self.len() {
            self.remove(place);
        }
    }
}
