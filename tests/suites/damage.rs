//! Damaged sources: whatever the bytes are, reading them ends, and every place that is named lies in
//! the source.

use corpuslint::syntax::Format;

use crate::{json_schema, tree, yaml};

/// Mutants of each source.
const ROUNDS: usize = 8;

#[test]
fn damaged_yaml_is_read_without_a_panic() {
    let sources: Vec<String> = yaml::cases().into_iter().map(|case| case.source).collect();
    damage_all(&sources, 1);
}

#[test]
fn damaged_json_is_read_without_a_panic() {
    damage_all(&json_schema::instances(), 2);
}

fn damage_all(sources: &[String], seed: u64) {
    let mut random = Random(seed);
    let mut failures = Vec::new();
    for source in sources {
        failures.extend(check(source).err());
        for _ in 0..ROUNDS {
            failures.extend(check(&mutant(source, sources, &mut random)).err());
        }
    }
    let shown = &failures[..failures.len().min(10)];
    assert!(
        shown.is_empty(),
        "{}\n\n{}",
        failures.len(),
        shown.join("\n\n")
    );
}

/// SplitMix64: the same mutants on every machine and in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % bound.max(1) as u64) as usize
    }

    fn range(&mut self, length: usize) -> std::ops::Range<usize> {
        let start = self.below(length + 1);
        let end = start + self.below((length - start).min(12) + 1);
        start..end
    }
}

/// Pieces that mean something to one of the readers.
const PIECES: [&str; 40] = [
    "\n", "\r", "\r\n", "\t", " ", "  ", ":", ": ", "- ", "? ", "#", " #", "\"", "'", "[", "]",
    "{", "}", ",", "|", ">", "|2+\n", ">-\n", "&a ", "*a", "!", "!!str ", "%", "---\n", "...\n",
    "\\", "\\u00e9", "\\ud83d", "\u{feff}", "\u{85}", "\u{2028}", "é", "😀", "@", "\\\n",
];

fn mutant(source: &str, others: &[String], random: &mut Random) -> String {
    let mut bytes = source.as_bytes().to_vec();
    for _ in 0..=random.below(4) {
        let range = random.range(bytes.len());
        let new = match random.below(5) {
            0 => vec![random.below(256) as u8],
            1 => Vec::new(),
            2 => {
                let other = others[random.below(others.len())].as_bytes();
                other[random.range(other.len())].to_vec()
            }
            _ => PIECES[random.below(PIECES.len())].into(),
        };
        let insert = random.below(2) == 0;
        let end = if insert { range.start } else { range.end };
        bytes.splice(range.start..end, new);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Reads a source in every format.
fn check(source: &str) -> Result<(), String> {
    let front_matter = format!("---\n{source}\n---\n\n{source}");
    for (source, format) in [
        (source, Format::Yaml),
        (source, Format::Json),
        (source, Format::Markdown),
        (front_matter.as_str(), Format::Markdown),
    ] {
        let caught = std::panic::catch_unwind(|| {
            tree::read(source, format);
            tree::stream(source);
        });
        caught.map_err(|_| format!("{format:?} {source:?}"))?;
    }
    Ok(())
}
