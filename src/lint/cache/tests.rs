use std::sync::atomic::AtomicUsize;

use super::*;
use crate::lint::{Report, run};
use crate::snapshot::{Origin, SourceFile};

const DAY: Date = jiff::civil::date(2026, 1, 2);

/// A few files with facts and findings of all sorts.
fn files() -> Vec<SourceFile> {
    let texts = [
        (
            "corpus/means/ME001.yaml",
            "id: ME001\ntitle: ' Two'\ncreated: 2025-01-01\nupdated: 2024-01-01\npreventions: [PV001, PV009]\ndescription: |\n  See MT001 and twelve more words, so that there is a sketch of it all.\n",
        ),
        (
            "corpus/motive/MT001.yaml",
            "id: MT001\ntitle: One # corpuslint: allow title-duplicate -- it is right\ncreated: 2025-01-01\ncontributors: [A Person]\nreferences:\n  - text: A place\n    url: http://example.org/.\n",
        ),
        ("corpus/motive/MT002.yaml", "id: MT002\ntitle: [\n"),
        (
            "corpus/motive/MT003.yaml",
            "id: MT003\ncreated: 2027-01-01\n",
        ),
        (
            "corpus/preventions/PV001.yaml",
            "id: PV001\ntitle: One\nplatform: x\n",
        ),
    ];
    let workspace = workspace();
    let root = workspace.root();
    let finder = crate::snapshot::Finder::new(&workspace, root);
    let file = |(path, text): (&str, &str)| SourceFile {
        content: Id::of_blob(text.as_bytes()).ok(),
        ..finder.text(&workspace.base.join(path), text.to_owned())
    };
    texts.into_iter().map(file).collect()
}

fn workspace() -> Workspace {
    Workspace::embedded("/nowhere".into()).expect("a workspace")
}

fn options(cache: Option<Arc<Cache>>) -> Options {
    Options {
        select: Vec::new(),
        ignore: Vec::new(),
        today: DAY,
        whole_corpus: true,
        cache,
    }
}

fn cache(segments: Vec<Vec<u8>>) -> Arc<Cache> {
    let digest = Digest::of(&workspace(), &options(None)).expect("a digest");
    Arc::new(Cache::new(digest, DAY, segments))
}

fn check(files: &[SourceFile], cache: Option<&Arc<Cache>>) -> Report {
    let options = options(cache.cloned());
    run(&workspace(), files, &options, &AtomicUsize::new(0)).expect("a report")
}

/// What a first run stores.
fn segment() -> Vec<u8> {
    let first = cache(Vec::new());
    check(&files(), Some(&first));
    match first.stored(8) {
        Stored::More(segments) => segments[0].to_vec(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_was_kept_gives_the_same_report() {
    let files = files();
    let plain = check(&files, None);
    assert!(plain.diagnostics.len() > 8, "{:?}", plain.diagnostics);
    let second = cache(vec![segment()]);
    // All but the one with a date that has not come yet.
    assert_eq!(second.len(), files.len() - 1);
    let silent: Vec<SourceFile> = files.iter().map(unreadable).collect();
    let report = check(&silent[..2], Some(&second));
    let known = check(&files[..2], None);
    // Findings of the corpus look their lines up in the text, which is gone here.
    let own = |report: &Report| {
        let rules = ["title-whitespace", "date-order", "url-insecure"];
        let mut found = report.diagnostics.clone();
        found.retain(|found| rules.contains(&found.rule));
        found
    };
    assert_eq!(own(&report), own(&known));
    assert_eq!(own(&report).len(), 3);
    assert_eq!(check(&files, Some(&second)).diagnostics, plain.diagnostics);
    assert!(matches!(
        second.stored(8),
        Stored::Nothing | Stored::More(_)
    ));
}

/// A file whose bytes are other than its name of them says.
fn unreadable(file: &SourceFile) -> SourceFile {
    SourceFile {
        origin: Origin::Text(Arc::from(&b"not the text"[..])),
        ..file.clone()
    }
}

#[test]
fn another_configuration_or_an_earlier_day_knows_nothing() {
    let bytes = segment();
    let digest = Digest::of(&workspace(), &options(None)).expect("a digest");
    let yesterday = DAY.yesterday().expect("a day");
    assert!(Segment::read(bytes.clone(), &digest, yesterday).is_none());
    let other = Options {
        ignore: vec!["orphan".to_owned()],
        ..options(None)
    };
    let other = Digest::of(&workspace(), &other).expect("a digest");
    assert_ne!(other, digest);
    assert!(Segment::read(bytes.clone(), &other, DAY).is_none());
    assert!(Segment::read(bytes, &digest, DAY).is_some());
}

#[test]
fn a_changed_file_is_read() {
    let mut files = files();
    let second = cache(vec![segment()]);
    files[1].content = Id::of_blob(b"another").ok();
    files[1] = unreadable(&files[1]);
    let report = check(&files, Some(&second));
    let is_own = |found: &&crate::diagnostic::Diagnostic| found.location.path == files[1].path;
    assert!(report.diagnostics.iter().filter(is_own).count() > 0);
    assert_eq!(report.diagnostics, check(&files, None).diagnostics);
}

#[test]
fn many_segments_become_one() {
    let first = cache(vec![segment()]);
    let mut files = files();
    files[0].content = Id::of_blob(b"another").ok();
    check(&files, Some(&first));
    let Stored::Instead(merged) = first.stored(1) else {
        panic!("one segment is wanted");
    };
    let second = cache(vec![merged]);
    assert_eq!(second.len(), 5, "both contents of the first file");
    let report = check(&files, Some(&second));
    assert_eq!(report.diagnostics, check(&files, None).diagnostics);
}

/// Every byte changed, every length cut: no panic, and no report that differs.
#[test]
fn bytes_that_nothing_wrote_are_not_there() {
    let bytes = segment();
    let files = files();
    let plain = check(&files, None).diagnostics;
    let digest = Digest::of(&workspace(), &options(None)).expect("a digest");
    let words = Vocabulary::default();
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    for at in 0..bytes.len() {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let mut bad = bytes.clone();
        bad[at] ^= (random as u8) | 1;
        if at % 3 == 0 {
            bad.truncate(at);
        }
        let Some(segment) = Segment::read(bad.clone(), &digest, DAY) else {
            continue;
        };
        let numbers = segment.numbers(&words);
        for record in &segment.records {
            let _ = segment.value::<Outcome>(record, &numbers);
        }
        if at % 97 == 0 {
            let report = check(&files, Some(&cache(vec![bad])));
            assert_eq!(report.diagnostics, plain, "byte {at}");
        }
    }
}

/// With its checksums made right again, a record can say anything, and is still only read.
#[test]
fn reading_is_total() {
    let bytes = segment();
    let digest = Digest::of(&workspace(), &options(None)).expect("a digest");
    let words = Vocabulary::default();
    let segment = Segment::read(bytes, &digest, DAY).expect("a segment");
    let numbers = segment.numbers(&words);
    let mut random = 1_u64;
    for record in &segment.records {
        let body = segment.body(record).to_vec();
        for round in 0..body.len() * 40 {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            let mut bad = body.clone();
            let at = round % bad.len();
            bad[at] = (random >> 8) as u8;
            if random.is_multiple_of(5) {
                bad.truncate(at);
            }
            if random.is_multiple_of(7) {
                bad.extend([0xff; 9]);
            }
            let _ = numbers.take::<Outcome>(&bad);
        }
    }
}
