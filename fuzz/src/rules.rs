//! Whole checks, fixes and canonical forms of a small corpus.

use std::collections::BTreeMap;

use corpuslint::diagnostic::{Diagnostic, Location};
use corpuslint::fix::{Choice, Drafts};
use corpuslint::format::canonical;
use corpuslint::migrate::layout::Layout;
use corpuslint::report::{OutputFormat, View, render};
use corpuslint::rule::Check;
use corpuslint::rules;
use corpuslint::snapshot::{Finder, SourceFile};
use corpuslint::syntax::{self, Limits};
use corpuslint::text::{Position, decode_lossy};

use super::corpus::{self, FINDINGS};
use super::escape;

/// Rounds of fixes after which there must be nothing left to do.
const ROUNDS: usize = 40;

type Texts = BTreeMap<String, Vec<u8>>;

/// Checks a corpus twice: the same findings, all of them in their files, and no more than the limit.
pub fn check(bytes: &[u8]) {
    let workspace = corpus::workspace();
    let texts = corpus::split(bytes);
    let files = corpus::files(&texts, workspace);
    let report = corpus::report(workspace, &files, None);
    let again = corpus::report(workspace, &files, None);
    assert_eq!(report.diagnostics, again.diagnostics, "another answer");
    let mut own: BTreeMap<&str, usize> = BTreeMap::new();
    for found in &report.diagnostics {
        is_placed(found, &texts);
        let rule = rules::find(found.rule).expect("a rule of the table");
        if matches!(rule.check, Check::Document(_) | Check::Entry(_)) {
            *own.entry(&found.location.path).or_default() += 1;
        }
    }
    for (path, count) in own {
        assert!(count <= FINDINGS + 1, "{count} findings in {path}");
    }
    let view = View {
        report: &report,
        source: &|place: &Location| Some(lossy(&texts, &place.path)),
        path: &|_| None,
        color: false,
        width: 60,
        statistics: true,
    };
    let mut out = Vec::new();
    render(OutputFormat::Human, &view, &mut out).expect("memory");
    escape::is_printed(&String::from_utf8(out).expect("text"));
}

fn lossy(texts: &Texts, path: &str) -> String {
    decode_lossy(texts.get(path).map(Vec::as_slice).unwrap_or_default())
}

fn is_placed(found: &Diagnostic, texts: &Texts) {
    let related = found.related.iter().map(|related| &related.location);
    for location in related.chain([&found.location]) {
        assert!(texts.contains_key(location.path.as_ref()), "{found:?}");
        let text = lossy(texts, &location.path);
        assert!(text.get(location.span().range()).is_some(), "{found:?}");
        for position in [location.start, location.end] {
            assert_eq!(position, counted(&text, position.offset), "{found:?}");
        }
    }
    for edit in found.fix.iter().flat_map(|fix| &fix.edits) {
        let text = lossy(texts, &edit.path);
        assert!(text.get(edit.span.range()).is_some(), "{found:?}");
    }
    assert_eq!(found.fingerprint.len(), 16, "{found:?}");
    assert!(!found.message.is_empty(), "{found:?}");
}

/// Where a byte is, counted from the front.
fn counted(text: &str, offset: u32) -> Position {
    let (mut line, mut column) = (1, 1);
    let mut chars = text[..offset as usize].chars().peekable();
    let rest = &text[offset as usize..];
    while let Some(c) = chars.next() {
        let next = chars.peek().copied().or_else(|| rest.chars().next());
        if c == '\n' || (c == '\r' && next != Some('\n')) {
            (line, column) = (line + 1, 1);
        } else {
            column += 1;
        }
    }
    Position {
        line,
        column,
        offset,
    }
}

/// Makes all fixes: it comes to an end, and what could be read still can be.
pub fn fix(bytes: &[u8]) {
    let texts = corpus::split(bytes);
    for choice in [Choice::Safe, Choice::Unsafe] {
        let fixed = fixed(&texts, choice);
        let again = fixed.clone().into_iter().collect();
        assert!(
            fixed == self::fixed(&again, choice),
            "a second time it differs"
        );
    }
}

fn fixed(texts: &Texts, choice: Choice) -> Texts {
    let workspace = corpus::workspace();
    let finder = Finder::new(workspace, workspace.root());
    let originals = corpus::files(texts, workspace);
    let mut drafts = Drafts::default();
    let mut files = originals.clone();
    for _ in 0..ROUNDS {
        let report = corpus::report(workspace, &files, None);
        if drafts.fix(&report.diagnostics, &files, workspace, choice) == 0 {
            return laid_over(texts, &originals, &drafts);
        }
        files.clone_from(&originals);
        drafts.lay_over(&mut files, &finder, &workspace.base);
    }
    panic!("fixes do not come to an end: {:?}", drafts.rewrites());
}

fn laid_over(texts: &Texts, originals: &[SourceFile], drafts: &Drafts) -> Texts {
    let mut now = texts.clone();
    let rewrites = drafts.rewrites();
    for rewrite in &rewrites {
        now.remove(rewrite.path.as_ref());
    }
    for rewrite in rewrites {
        let file = originals.iter().find(|file| file.path == rewrite.path);
        let after = rewrite.after.as_deref().unwrap_or_default();
        if let (Some(file), Some(before)) = (file, rewrite.before.as_deref()) {
            let lost = reads(file, before) && !reads(file, after);
            assert!(!lost, "{} cannot be read any more:\n{after}", file.path);
        }
        let taken = now.insert(rewrite.target().to_string(), after.as_bytes().to_vec());
        assert!(taken.is_none(), "{} is overwritten", rewrite.target());
    }
    now
}

fn reads(file: &SourceFile, text: &str) -> bool {
    let (_, problems) = syntax::parse(text, file.format, None, &Limits::default());
    !problems.iter().any(|problem| problem.kind.is_fatal())
}

/// The canonical form of a file is its own canonical form, and never a fault of the program.
pub fn fmt(bytes: &[u8]) {
    let workspace = corpus::workspace();
    let layout = Layout::new(workspace, 1);
    for file in corpus::files(&corpus::split(bytes), workspace) {
        let bytes = file.read(u64::MAX).unwrap_or_default();
        let Ok(source) = String::from_utf8(bytes) else {
            continue;
        };
        match canonical(&source, file.format, file.kind, &layout) {
            Ok(form) => {
                let again = canonical(&form, file.format, file.kind, &layout);
                assert_eq!(again.as_ref(), Ok(&form), "of\n{source}");
            }
            Err(reason) => {
                assert!(source.get(reason.span.range()).is_some(), "{reason:?}");
                assert!(
                    !reason.reason.contains("fault of this program"),
                    "{source:?}"
                );
            }
        }
    }
}
