//! Fact files with other bytes and right checksums: they may say anything, and nothing panics.

use std::hash::Hasher;
use std::io::Cursor;
use std::sync::atomic::AtomicUsize;

use corpuslint::lint::{Options, Shard, Union, link, write_facts};
use corpuslint::report::{OutputFormat, View, render};
use corpuslint::snapshot::{Finder, SourceFile, Workspace};
use fnv::FnvHasher;
use rustc_hash::FxHasher;

use super::random::Random;

/// Rounds of this test; `CORPUSLINT_ROUNDS` asks for more.
const ROUNDS: usize = 150;

/// Bytes before the length of the header, and those of the length and the checksum.
const MAGIC: usize = 19;
const FRAME: usize = 16;

fn number(bytes: &[u8], at: usize) -> usize {
    let bytes = bytes[at..at + 8].try_into().expect("eight bytes");
    u64::from_le_bytes(bytes) as usize
}

/// Where the contents of the header and of each piece begin and end.
fn contents(bytes: &[u8]) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    let mut length = MAGIC;
    loop {
        let start = length + FRAME;
        let end = start + number(bytes, length);
        found.push(start..end);
        if bytes[end] == 0 {
            return found;
        }
        length = end + 1;
    }
}

/// Puts the right checksums before contents that were changed.
fn seal(bytes: &mut [u8]) {
    let mut sums = FnvHasher::default();
    for (part, range) in contents(bytes).into_iter().enumerate() {
        let sum = if part == 0 {
            let mut hasher = FnvHasher::default();
            hasher.write(&bytes[range.clone()]);
            hasher.finish()
        } else {
            seal_segment(&mut bytes[range.clone()]);
            let mut hasher = FxHasher::default();
            hasher.write(&bytes[range.clone()]);
            sums.write(&hasher.finish().to_le_bytes());
            hasher.finish()
        };
        bytes[range.start - 8..range.start].copy_from_slice(&sum.to_le_bytes());
    }
    let end = bytes.len() - 8;
    sums.write(&bytes[end - 8..end]);
    bytes[end..].copy_from_slice(&sums.finish().to_le_bytes());
}

/// The same in a piece, whose head has a checksum of its own: behind the magic, the digest and the day
/// stand the length of the head, in groups of seven bits, and its checksum.
fn seal_segment(bytes: &mut [u8]) {
    let mut at = b"corpuslint facts 1\n".len() + 20 + 5;
    let mut length = 0;
    for group in 0..4 {
        let Some(&byte) = bytes.get(at) else { return };
        at += 1;
        length |= usize::from(byte & 0x7f) << (7 * group);
        if byte & 0x80 == 0 {
            break;
        }
    }
    let start = at + 8;
    if let Some(head) = bytes.get(start..start + length) {
        let mut hasher = FxHasher::default();
        hasher.write(head);
        bytes[at..start].copy_from_slice(&hasher.finish().to_le_bytes());
    }
}

fn options() -> Options {
    Options {
        select: Vec::new(),
        ignore: Vec::new(),
        today: jiff::civil::date(2026, 11, 24),
        whole_corpus: true,
        cache: None,
    }
}

/// The fact file of a shard of a few files with facts and findings of all sorts.
fn sample(shard: &str) -> Vec<u8> {
    let workspace = Workspace::embedded("/nowhere".into()).expect("a workspace");
    let finder = Finder::new(&workspace, workspace.root());
    let texts = [
        (
            "corpus/means/ME001.yaml",
            "id: ME001\ntitle: ' Two'\ncreated: 2025-01-01\nupdated: '2024-01-01'\npreventions: [PV001, 'PV009']\ndescription: |\n  See MT009 and twelve more words, so that there is a sketch of it all.\n",
        ),
        (
            "corpus/motive/MT001.yaml",
            "id: MT001\ntitle: One # corpuslint: allow orphan -- why\ncreated: 2025-01-01\ncontributors: [Malik Girondin]\nreferences:\n  - title: A place\n    url: http://example.org/.\n",
        ),
        ("corpus/motive/MT002.yaml", "id: MT002\ntitle: [\n"),
        (
            "corpus/motive/MT003.yaml",
            "id: MT001\ntitle: one\ncreated: 2027-01-01\ncontributors: [\"Malik Girodnin\"]\n",
        ),
        (
            "corpus/preventions/PV001.yaml",
            "id: PV001\ntitle: Alt\nstatus: retired\nretired: 2025-01-01\nreason: old\nreplaced_by: PV002\ndescription: See MT009 and twelve more words, so that there is a sketch of it all.\n",
        ),
    ];
    let files: Vec<SourceFile> = texts
        .iter()
        .map(|(path, text)| finder.text(&workspace.base.join(path), (*text).to_owned()))
        .collect();
    let mut out = Vec::new();
    let shard: Shard = shard.parse().expect("a shard");
    let none = AtomicUsize::new(0);
    write_facts(
        &workspace,
        &files,
        (shard, "a/b"),
        &options(),
        &none,
        &mut out,
    )
    .expect("facts");
    out
}

fn linked(bytes: &[u8]) -> Option<Union<Cursor<&[u8]>>> {
    let sources = vec![("facts".to_owned(), Cursor::new(bytes))];
    link(sources, &AtomicUsize::new(0)).ok()
}

/// Tells what was linked in every format; gives how many findings there are.
fn tell(union: &Union<Cursor<&[u8]>>) -> usize {
    for &format in OutputFormat::all() {
        let view = View {
            report: &union.report,
            source: &|location| union.text(location).ok().flatten(),
            path: &|_| None,
            color: false,
            width: 80,
            statistics: true,
        };
        render(format, &view, &mut Vec::new()).expect("written");
    }
    union.report.diagnostics.len()
}

#[test]
fn a_forged_fact_file_makes_nothing_panic() {
    let rounds = std::env::var("CORPUSLINT_ROUNDS");
    let rounds = rounds.map_or(ROUNDS, |rounds| rounds.parse().expect("a number"));
    let good = sample("1/1");
    let mut same = good.clone();
    seal(&mut same);
    assert!(
        same == good,
        "the checksums are those that the program writes"
    );
    assert!(tell(&linked(&good).expect("a sound file")) > 12);
    let mut dice = Random::new(3);
    let (mut believed, parts) = (0, contents(&good));
    for _ in 0..rounds {
        let mut bytes = good.clone();
        // The configuration is text, which has tests of its own; facts are what is unusual here.
        let part = parts[usize::from(dice.below(8) > 0)].clone();
        for _ in 0..=dice.below(3) {
            let at = part.start + dice.below(part.len());
            bytes[at] = match dice.below(4) {
                0 => 0,
                1 => 0xff,
                2 => bytes[at] ^ (1 << dice.below(8)),
                _ => dice.below(256) as u8,
            };
        }
        seal(&mut bytes);
        if let Some(union) = linked(&bytes) {
            believed += 1;
            tell(&union);
        }
    }
    assert!(
        believed > rounds / 10,
        "{believed} of {rounds} were believed"
    );
}

/// The same path in two shards.
#[test]
fn a_file_of_another_shard_is_refused() {
    let (one, two) = ("corpus/motive/MT001.yaml", "corpus/motive/MT002.yaml");
    let number = |path| Shard::with(path, 5).expect("a shard").number();
    assert_ne!(number(one), number(two), "other names would serve better");
    let shards = (1..=5).map(|number| sample(&format!("{number}/5")));
    let mut shards: Vec<Vec<u8>> = shards.collect();
    let forged = &mut shards[number(one) as usize - 1];
    let find = |bytes: &[u8]| {
        bytes
            .windows(one.len())
            .rposition(|it| it == one.as_bytes())
    };
    while let Some(at) = find(forged) {
        forged[at..at + two.len()].copy_from_slice(two.as_bytes());
    }
    seal(forged);
    let sources = shards.into_iter().enumerate();
    let sources = sources.map(|(at, bytes)| ((at + 1).to_string(), Cursor::new(bytes)));
    let refused = link(sources.collect(), &AtomicUsize::new(0)).map(|_| ());
    let (first, second) = (number(one), number(two));
    assert_eq!(
        refused.expect_err("a refusal").to_string(),
        format!("{first}: it holds {two}, which is a file of shard {second}/5")
    );
}
