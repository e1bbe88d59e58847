//! What earlier runs kept, from any bytes: it is what was kept, or it is not there.

use std::sync::{Arc, OnceLock};

use corpuslint::lint::Known;
use corpuslint::lint::cache::{self, Cache, Digest, Stored};
use corpuslint::snapshot::git::Id;

use super::corpus;

/// A corpus with facts and findings of many sorts.
const CORPUS: &[u8] = b"=== corpus/means/ME001.yaml\nid: ME001\ntitle: ' Two'\ncreated: 2025-01-01\n\
updated: 2024-01-01\npreventions: [PV001, PV009]\ndescription: |\n  See MT001 and twelve more words, \
so that there is a sketch of it all.\n\
=== corpus/motive/MT001.yaml\nid: MT001\ntitle: One # corpuslint: allow title-duplicate -- it is\n\
contributors: [A Person]\nreferences:\n  - text: A place\n    url: http://example.org/.\n\
=== corpus/motive/MT002.yaml\nid: MT002\ntitle: [\n\
=== corpus/preventions/PV001.yaml\nid: PV001\ntitle: One\nplatform: x\n";

/// Texts that names in an outcome stand for.
const NAMES: [&str; 6] = ["MT001", "PV001", "section", "prevention", "A Person", ""];

/// The first byte says what the others are: an outcome, the head and the outcomes of a segment, or
/// changes of one that was written.
pub fn cache(bytes: &[u8]) {
    match bytes.split_first() {
        Some((0, body)) => outcome(body),
        Some((1, [cut, rest @ ..])) => segment(rest.split_at((*cut as usize).min(rest.len()))),
        Some((_, changes)) => damaged(changes),
        None => {}
    }
}

/// What is read of an outcome is written as it is read.
fn outcome(body: &[u8]) {
    let Some(written) = cache::again(body, &NAMES) else {
        return;
    };
    assert!(written.len() <= body.len(), "it grows");
    // Names have numbers in the order of their use, so a second time nothing changes.
    assert_eq!(cache::again(&written, &NAMES).as_ref(), Some(&written));
}

fn digest() -> Digest {
    let digest = Digest::of(corpus::workspace(), &corpus::options(None));
    digest.expect("a digest")
}

fn opened(bytes: Vec<u8>) -> Arc<Cache> {
    let today = corpus::options(None).today;
    Arc::new(Cache::new(digest(), today, vec![bytes]))
}

/// A segment with true checksums and any content.
fn segment((head, bodies): (&[u8], &[u8])) {
    let today = corpus::options(None).today;
    let bytes = Cache::segment(&digest(), today, head, bodies);
    let tree = Id::of_blob(b"").expect("a name");
    assert!(Known::read(bytes.clone(), &digest(), today, tree).is_none());
    let cache = opened(bytes);
    assert!(cache.len() <= head.len());
    assert!(matches!(cache.stored(0), Stored::Nothing));
}

/// The segment of a first run, and what that run found.
fn written() -> &'static (Vec<u8>, corpuslint::lint::Report) {
    static WRITTEN: OnceLock<(Vec<u8>, corpuslint::lint::Report)> = OnceLock::new();
    WRITTEN.get_or_init(|| {
        let workspace = corpus::workspace();
        let files = corpus::files(&corpus::split(CORPUS), workspace);
        let cache = Arc::new(Cache::new(
            digest(),
            corpus::options(None).today,
            Vec::new(),
        ));
        let report = corpus::report(workspace, &files, Some(Arc::clone(&cache)));
        match cache.stored(9) {
            Stored::More(segments) => (segments[0].to_vec(), report),
            other => panic!("{other:?}"),
        }
    })
}

/// Changes of some bytes, three bytes each: where, and what stands there then.
fn damaged(changes: &[u8]) {
    let (whole, report) = written();
    let mut bytes = whole.clone();
    for change in changes.chunks_exact(3) {
        let at = usize::from(change[0]) << 8 | usize::from(change[1]);
        match (at % (bytes.len() + 1), change[2]) {
            (at, 0) => bytes.truncate(at),
            (at, mask) if at < bytes.len() => bytes[at] ^= mask,
            (_, byte) => bytes.push(byte),
        }
        if bytes.is_empty() {
            return;
        }
    }
    let workspace = corpus::workspace();
    let files = corpus::files(&corpus::split(CORPUS), workspace);
    let again = corpus::report(workspace, &files, Some(opened(bytes)));
    assert_eq!(again.diagnostics, report.diagnostics);
    assert_eq!(again.summary, report.summary);
}
