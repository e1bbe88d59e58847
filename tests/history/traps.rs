//! What people do to entries, and what the history rules say of it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use corpuslint::diagnostic::Change;
use corpuslint::history::Ledger;
use corpuslint::lint::{self, Gate, Options, Report, Snapshot};
use corpuslint::snapshot::{Finder, SourceFile, Workspace};

/// Files of a state: paths below `corpus`, and texts.
pub(crate) type State<'s> = &'s [(&'s str, String)];

/// Compares two states by the history rules, and `expected-field`.
pub(crate) fn compare(before: State<'_>, after: State<'_>, ledger: &[&str]) -> Report {
    let folder = tempfile::tempdir().expect("a folder");
    let base = open(&folder.path().join("base"), before);
    let head = open(&folder.path().join("head"), after);
    let ids = ledger
        .iter()
        .map(|id| (Arc::from(*id), Arc::from("1a2b3c")));
    let gate = Gate {
        ledger: (!ledger.is_empty()).then(|| Ledger { ids: ids.collect() }),
        ..Gate::default()
    };
    let mut select: Vec<String> = super::RULES.split(',').map(str::to_owned).collect();
    select.extend(["expected-field".to_owned(), "duplicate-id".to_owned()]);
    let options = Options {
        select,
        ignore: Vec::new(),
        today: "2026-11-22".parse().expect("a date"),
        whole_corpus: true,
        cache: None,
    };
    let done = AtomicUsize::new(0);
    let before = snapshot(&base.0, &base.1, "base");
    let after = snapshot(&head.0, &head.1, "head");
    lint::compare(before, after, &gate, &options, &done).expect("a report")
}

fn snapshot<'s>(workspace: &'s Workspace, files: &'s [SourceFile], name: &'s str) -> Snapshot<'s> {
    Snapshot {
        workspace,
        files,
        name,
        tree: None,
        known: None,
    }
}

fn open(folder: &Path, files: State<'_>) -> (Workspace, Vec<SourceFile>) {
    let workspace = Workspace::embedded(folder.to_path_buf()).expect("the profile in the binary");
    std::fs::create_dir_all(folder.join("corpus")).expect("a folder");
    for (path, text) in files {
        let path = folder.join("corpus").join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    let root = workspace.root();
    let found = Finder::new(&workspace, root.clone()).walk(&root);
    (workspace, found.expect("files"))
}

/// What a change introduces, as `rule entry`; errors of a rule that is a note have its level too.
pub(crate) fn introduced(report: &Report) -> Vec<String> {
    let new = report
        .diagnostics
        .iter()
        .filter(|found| found.change == Some(Change::Introduced));
    let mut lines: Vec<String> = new
        .map(|found| {
            let entry = found.entry.as_deref().unwrap_or("-");
            let level = match found.rule {
                "expected-field" | "id-not-next" => format!(" {}", found.severity.as_str()),
                _ => String::new(),
            };
            format!("{} {entry}{level}", found.rule)
        })
        .collect();
    lines.sort();
    lines
}

/// A section with one day for both dates.
fn section(id: &str, title: &str, day: &str, text: &str) -> String {
    format!(
        "id: {id}\ntitle: {title}\ncreated: 2025-01-10\nupdated: {day}\ncontributors: [The ITM Team]\n\
         description: |\n  {text}\n"
    )
}

const OLD: &str = "2025-01-10";
const NEW: &str = "2026-11-20";

const COERCION: &str = "A subject is forced by another person to hand over documents, because that \
    person threatens the family, the money or the good name of the subject. Investigators look for \
    sudden debts, nervous calls at night, and visits that nobody announced at the front desk.";

const COINS: &str = "A subject collects coins, stamps and old maps, spends whole evenings in front of \
    auctions, and borrows colleagues' credit cards to win. Parcels pile up in the post room, and \
    inventories of the museum no longer match what its shelves hold.";

fn one(text: String) -> Vec<(&'static str, String)> {
    vec![("motive/MT012.yaml", text)]
}

/// An entry before, after, and what is found.
fn check(name: &str, before: String, after: String, expected: &[&str]) {
    let report = compare(&one(before), &one(after), &[]);
    assert_eq!(introduced(&report), expected, "{name}");
}

#[test]
fn another_entry_under_the_same_id() {
    let recycled = &["id-recycled MT012"][..];
    let old = || section("MT012", "Coercion", OLD, COERCION);
    check(
        "title and text",
        old(),
        section("MT012", "Hobbies", NEW, COINS),
        recycled,
    );
    let shared = section(
        "MT012",
        "Coercion of Collectors by Auction Houses",
        NEW,
        COINS,
    );
    check(
        "the titles share all that the shorter has",
        old(),
        shared,
        &[],
    );
    let partly = (
        section("MT012", "Coercion Threats", OLD, COERCION),
        section("MT012", "Auction Threats", NEW, COINS),
    );
    check("the titles share a word", partly.0, partly.1, recycled);
    let day = |text: String| text.replace("created: 2025-01-10", "created: 2026-11-20");
    let both = &["created-changed MT012", "id-recycled MT012"];
    let short = day(section(
        "MT012",
        "Hobbies",
        NEW,
        "A subject collects coins.",
    ));
    check("a new day and a stub", old(), short, both);
    let tombstone = "id: MT012\ntitle: Coercion\nstatus: retired\nretired: 2025-05-01\n\
                     reason: It is MT005.\ndescription: Withdrawn.\n";
    let back = section("MT012", "Hobbies", NEW, COINS);
    check(
        "a tombstone comes back as another",
        tombstone.to_owned(),
        back,
        recycled,
    );
    let back = section("MT012", "Coercion", NEW, COERCION);
    check("a tombstone comes back", tombstone.to_owned(), back, &[]);
}

#[test]
fn no_comment_allows_that_an_id_is_recycled() {
    let with = |text: String| {
        let comment = "# corpuslint: allow id-recycled -- it was agreed\n";
        text.replace("title:", &format!("{comment}title:"))
    };
    let before = with(section("MT012", "Coercion", OLD, COERCION));
    let after = with(section("MT012", "Hobbies", NEW, COINS));
    check(
        "a comment that both have",
        before,
        after,
        &["id-recycled MT012"],
    );
    // Other rules can be allowed: the comment stands above the day here.
    let above = |text: String| {
        let comment = "# corpuslint: allow created-changed -- the day was wrong\n";
        text.replace("created:", &format!("{comment}created:"))
    };
    let old = above(section("MT012", "Coercion", OLD, COERCION));
    let new = above(section("MT012", "Coercion", NEW, COERCION));
    let new = new.replace("created: 2025-01-10", "created: 2025-01-09");
    check("a comment on a day", old, new, &[]);
}

#[test]
fn what_a_recycled_id_was_lives_on() {
    let before = one(section("MT012", "Coercion", OLD, COERCION));
    let after = [
        ("motive/MT012.yaml", section("MT012", "Hobbies", NEW, COINS)),
        (
            "motive/MT020.yaml",
            section("MT020", "Coercion", NEW, COERCION),
        ),
    ];
    let report = compare(&before, &after, &[]);
    assert_eq!(introduced(&report), ["id-recycled MT012"]);
    let related = report.diagnostics[0].related.iter();
    let places: Vec<&str> = related.map(|it| it.location.path.as_ref()).collect();
    assert_eq!(
        places,
        ["corpus/motive/MT012.yaml", "corpus/motive/MT020.yaml"]
    );
}

#[test]
fn the_same_entry_said_in_another_way() {
    let old = || section("MT012", "Coercion", OLD, COERCION);
    let honest = [
        ("a new title", section("MT012", "Blackmail", NEW, COERCION)),
        ("a new text", section("MT012", "Coercion", NEW, COINS)),
        (
            "a typo",
            section(
                "MT012",
                "Coersion",
                NEW,
                &COERCION.replace("sudden", "suden"),
            ),
        ),
        (
            "a few words in another language",
            section(
                "MT012",
                "Erpressung",
                NEW,
                &COERCION.replace("the family, the money", "die Familie, das Geld"),
            ),
        ),
        (
            "a few words more",
            section("MT012", "Blackmail", NEW, &format!("{COERCION} {COINS}")),
        ),
        (
            "cut to a sentence",
            section("MT012", "Blackmail", NEW, &COERCION[..75]),
        ),
    ];
    for (name, after) in honest {
        check(name, old(), after, &[]);
    }
    let stub = || section("MT012", "Pressure", OLD, "Someone is forced.");
    check(
        "a stub is written out",
        stub(),
        section("MT012", "Coercion", NEW, COERCION),
        &[],
    );
    check(
        "a stub for a stub",
        stub(),
        section("MT012", "Debt", NEW, "Someone owes money."),
        &[],
    );
}

#[test]
fn days() {
    let old = || section("MT012", "Coercion", OLD, COERCION);
    let text = |to: &str| section("MT012", "Coercion", OLD, to);
    let kept = &["updated-not-bumped MT012"][..];
    check(
        "another word",
        old(),
        text(&COERCION.replace("debts", "loans")),
        kept,
    );
    let link = COERCION.replace("debts", "[debts](https://a.example/1)");
    check(
        "another address",
        text(&link),
        text(&link.replace("/1", "/2")),
        kept,
    );
    check(
        "a list grows",
        old(),
        old() + "platforms: [Windows]\n",
        kept,
    );
    check("a list is empty", old(), old() + "platforms: []\n", &[]);
    let listed = |order: &str| old() + &format!("platforms: [{order}]\n");
    check(
        "a list turns",
        listed("Windows, Linux"),
        listed("Linux, Windows"),
        &[],
    );
    let quotes = COERCION.replace("good name", "\u{201c}good\u{a0}name\u{201d}");
    check("quotes", old(), text(&quotes), &[]);
    check(
        "emphasis",
        old(),
        text(&COERCION.replace("debts", "**debts**")),
        &[],
    );
    check(
        "today",
        section("MT012", "A", "2026-11-22", COERCION),
        section("MT012", "A", "2026-11-22", COINS),
        &[],
    );
    check(
        "only the day",
        old(),
        section("MT012", "Coercion", NEW, COERCION),
        &["updated-without-change MT012"],
    );
    let back = section("MT012", "Coercion", "2025-01-09", COINS);
    check("back", old(), back, &["updated-backwards MT012"]);
    let without = old().replace("created: 2025-01-10\n", "");
    let gone = &[
        "created-changed MT012",
        "expected-field MT012 note",
        "updated-not-bumped MT012",
    ];
    check("a day is taken out", old(), without.clone(), gone);
    check(
        "a day is added",
        without.clone(),
        old().replace("updated: 2025-01-10", "updated: 2025-02-01"),
        &[],
    );
}

#[test]
fn an_entry_retires() {
    let tombstone = |more: &str| {
        format!(
            "id: MT012\ntitle: Coercion\nstatus: retired\nretired: 2026-11-20\nreason: Moved.\n{more}description: Gone.\n"
        )
    };
    let old = || section("MT012", "Coercion", OLD, COERCION);
    check("with hardly a word", old(), tombstone(""), &[]);
    let new = section("MT020", "Blackmail", NEW, COERCION);
    let moved = |first: String| {
        vec![
            ("motive/MT012.yaml", first),
            ("motive/MT020.yaml", new.clone()),
        ]
    };
    let found = |first: String| introduced(&compare(&one(old()), &moved(first), &[]));
    assert_eq!(found(tombstone("replaced_by: MT020\n")), [""; 0]);
    assert_eq!(found(tombstone("")), ["id-moved MT012"]);
    let gone = compare(&one(old()), &[("motive/MT020.yaml", new.clone())], &[]);
    assert_eq!(introduced(&gone), ["id-moved MT012"]);
    let other = section("MT020", "Hobbies", NEW, COINS);
    let gone = compare(&one(old()), &[("motive/MT020.yaml", other)], &[]);
    assert_eq!(introduced(&gone), ["id-removed MT012"]);
    assert_eq!(
        introduced(&compare(&one(tombstone("")), &[], &[])),
        ["id-removed MT012"]
    );
}

#[test]
fn files_that_are_broken_or_twice() {
    let old = || section("MT012", "Coercion", OLD, COERCION);
    let broken = || "id: MT012\ntitle: [\n".to_owned();
    check("broken now", old(), broken(), &[]);
    let mended = compare(
        &one(broken()),
        &one(old().replace("contributors: [The ITM Team]\n", "")),
        &["MT012"],
    );
    assert_eq!(introduced(&mended), ["expected-field MT012 note"]);
    let twice = [
        ("means/MT012.yaml", section("MT012", "Hobbies", NEW, COINS)),
        ("motive/MT012.yaml", old()),
    ];
    let found = introduced(&compare(&one(old()), &twice, &[]));
    assert_eq!(
        found,
        ["duplicate-id MT012"],
        "the other one is the new one"
    );
    assert_eq!(introduced(&compare(&twice, &one(old()), &[])), [""; 0]);
    let elsewhere = [("old/MT012.yaml", old())];
    let report = compare(&one(old()), &elsewhere, &[]);
    assert_eq!(introduced(&report), [""; 0]);
    assert_eq!(report.comparison.expect("a comparison").entries, []);
}

#[test]
fn new_ids() {
    let old = || one(section("MT012", "Coercion", OLD, COERCION));
    let with = |id: &str, text: String| {
        let path = format!("motive/{id}.yaml");
        let mut files: Vec<(&str, String)> = old();
        files.push((path.as_str(), text));
        introduced(&compare(&old(), &files, &["MT012", "MT014"]))
    };
    let plain = |id: &str| section(id, "Hobbies", NEW, COINS);
    assert_eq!(with("MT015", plain("MT015")), [""; 0]);
    assert_eq!(with("MT013", plain("MT013")), [""; 0], "never used");
    assert_eq!(with("MT014", plain("MT014")), ["id-not-next MT014 error"]);
    assert_eq!(with("MT017", plain("MT017")), ["id-not-next MT017 note"]);
    assert_eq!(with("MT012.001", plain("MT012.001")), [""; 0]);
    assert_eq!(
        with("MT012.003", plain("MT012.003")),
        ["id-not-next MT012.003 note"]
    );
    let tombstone = "id: MT014\ntitle: Hobbies\nstatus: retired\nretired: 2026-11-20\nreason: Gone.\ndescription: Gone.\n";
    assert_eq!(
        with("MT014", tombstone.to_owned()),
        [""; 0],
        "what was lost is kept again"
    );
    let bare = "id: MT015\ntitle: Hobbies\ndescription: Text.\n";
    assert_eq!(
        with("MT015", bare.to_owned()),
        ["expected-field MT015 error"]
    );
}
