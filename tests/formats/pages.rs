//! Markdown, read by a parser of Markdown.

use corpuslint::diagnostic::{Change, Diagnostic, Severity};
use corpuslint::history::{Comparison, EntryChange, FieldChange, What};
use corpuslint::report::OutputFormat;
use corpuslint::text::Span;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::attack::{HARMLESS, assert_no_command, assert_printable, texts};
use super::{comparison, finding, gate, place, plain, report, written};

/// Everything that GitHub or GitLab may understand.
fn events(page: &str) -> Vec<Event<'_>> {
    Parser::new_ext(page, Options::all()).collect()
}

/// What a page is made of, without its words.
fn shape(page: &str) -> Vec<String> {
    let mut shape = Vec::new();
    for event in events(page) {
        match event {
            Event::Text(_) | Event::Code(_) => {}
            Event::Start(Tag::CodeBlock(kind)) => shape.push(format!("{kind:?}")),
            Event::Start(tag) => shape.push(format!("{:?}", tag.to_end())),
            Event::End(tag) => shape.push(format!("end {tag:?}")),
            Event::SoftBreak => shape.push("break".to_owned()),
            other => shape.push(format!("{other:?}")),
        }
    }
    shape
}

/// Asserts that nothing outside of code is a mention, an address or another thing that is looked for
/// in rendered text, and that there is no HTML and no link.
#[track_caller]
pub(super) fn assert_only_text(page: &str) {
    let mut in_code = false;
    let mut text = String::new();
    for event in events(page) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => in_code = true,
            Event::End(TagEnd::CodeBlock) => in_code = false,
            Event::Text(part) if !in_code => text.push_str(&part),
            Event::Text(_) => {}
            // Rendered, a piece of code ends what is before it.
            Event::Code(_) | Event::SoftBreak | Event::Start(_) | Event::End(_) => {
                text.push('\u{1}')
            }
            other => panic!("{other:?} in {page}"),
        }
    }
    assert!(!text.contains(['@', '$']), "{text}");
    for part in text.split(['\u{1}', ' ']) {
        let lower = part.to_lowercase();
        assert!(!lower.contains("://") && !lower.contains("www."), "{part}");
        let marks = part.match_indices(['#']);
        for (at, _) in marks {
            let next = part[at + 1..].chars().next();
            assert!(!next.is_some_and(|c| c.is_ascii_digit()), "{part}");
        }
    }
    for event in events(page) {
        let is_link = matches!(event, Event::Start(Tag::Link { .. } | Tag::Image { .. }));
        assert!(!is_link, "{event:?} in {page}");
    }
}

/// Asserts that a page is built like one with harmless words.
#[track_caller]
pub(super) fn assert_harmless(page: &str, harmless: &str) {
    assert_only_text(page);
    let (page, harmless) = (shape(page), shape(harmless));
    assert_eq!(page, harmless);
}

#[test]
fn the_page_is_built_by_us_alone() {
    for text in texts() {
        for make in [plain, gate] {
            let page = written(&make(&text), OutputFormat::Markdown);
            assert_printable(&page);
            assert_no_command(&page);
            assert_harmless(&page, &written(&make(HARMLESS), OutputFormat::Markdown));
        }
    }
}

#[test]
fn the_page_is_bounded() {
    for text in [HARMLESS.to_owned(), "`|<@a# ".repeat(100)] {
        let mut found = Vec::new();
        for change in [Change::Introduced, Change::Fixed, Change::PreExisting] {
            found.extend(vec![finding(&text, Severity::Error, Some(change)); 500]);
        }
        let mut compared = comparison(&text);
        compared.entries = vec![compared.entries; 100].concat();
        for entry in &mut compared.entries {
            entry.gained = vec![text.clone(); 40];
            entry.fields = vec![entry.fields.clone(); 30].concat();
        }
        let page = written(&report(found, Some(compared)), OutputFormat::Markdown);
        assert!(page.len() < 65_000, "{} bytes", page.len());
        assert_only_text(&page);
        assert!(page.starts_with("## ❌ This change introduces 500 errors\n"));
        assert!(page.contains("more findings, no worse than these"));
        assert!(page.contains("- and 490 more\n"));
        assert!(page.contains("Also changed: "));
    }
}

/// A page about nothing but an attack, to be looked at: `SHOW=FILE cargo test --test formats`.
#[test]
fn an_attack_shows_as_text() {
    let all = texts().swap_remove(24);
    let page = written(&gate(&all), OutputFormat::Markdown);
    assert!(page.contains("&lt;script&gt;"));
    if let Some(path) = std::env::var_os("SHOW") {
        std::fs::write(path, page).expect("the page");
    }
}

#[test]
fn the_first_line_is_the_verdict() {
    let first = |found: Vec<Diagnostic>, compared: bool| {
        let compared = compared.then(|| comparison("x"));
        let page = written(&report(found, compared), OutputFormat::Markdown);
        page.lines().next().unwrap_or_default().to_owned()
    };
    let one = |severity, change| vec![finding("x", severity, change)];
    for (found, compared, line) in [
        (Vec::new(), false, "## ✅ No findings in 1 entry"),
        (Vec::new(), true, "## ✅ This change introduces no findings"),
        (
            one(Severity::Error, Some(Change::PreExisting)),
            true,
            "## ✅ This change introduces no findings",
        ),
        (
            one(Severity::Note, Some(Change::Introduced)),
            true,
            "## ✅ This change introduces 1 note",
        ),
        (
            one(Severity::Warning, Some(Change::Introduced)),
            true,
            "## ⚠️ This change introduces 1 warning",
        ),
        (
            one(Severity::Error, None),
            false,
            "## ❌ 1 error in 1 entry",
        ),
    ] {
        assert_eq!(first(found, compared), line);
    }
}

fn example() -> Comparison {
    let field = |name: &str, before: &str, after: &str| FieldChange {
        name: name.to_owned(),
        before: (!before.is_empty()).then(|| before.to_owned()),
        after: (!after.is_empty()).then(|| after.to_owned()),
    };
    let entry = |id: &str, title: &str, what| EntryChange {
        id: id.to_owned(),
        kind: "section".to_owned(),
        title: Some(title.to_owned()),
        path: format!("corpus/preparation/{id}.yaml"),
        what,
        fields: Vec::new(),
        gained: Vec::new(),
        lost: Vec::new(),
    };
    let prose = "A subject may stage an authorization token before the infringement. The token is \
        kept on a device that is not managed, so that later use is not seen by the organization.\n\
        \nTokens of service accounts are of interest, because nobody looks at when they are used.\n";
    let mut changed = entry("PR030", "Authorization Token Staging", What::Changed);
    changed.fields = vec![
        field("title", "Token Staging", "Authorization Token Staging"),
        field("updated", "2025-08-15", "2025-09-01"),
        field(
            "preventions",
            "[\"PV023\",\"PV055\"]",
            "[\"PV590\",\"PV023\"]",
        ),
        field(
            "description",
            prose,
            &prose
                .replace("not managed, so", "neither managed nor known, so")
                .replace("nobody looks", "few people look"),
        ),
    ];
    changed.gained = vec!["PV590".to_owned()];
    changed.lost = vec!["PV055".to_owned()];
    let mut added = entry("PR031", "Mailbox Delegation", What::Added);
    added.gained = vec!["PV023".to_owned(), "DT046".to_owned()];
    Comparison {
        base: "main".to_owned(),
        head: "feature/tokens".to_owned(),
        entries: vec![
            entry(
                "AF023",
                "Browser Or System Proxy Configuration",
                What::Removed,
            ),
            changed,
            added,
        ],
        ..Comparison::default()
    }
}

fn said(
    rule: &'static str,
    severity: Severity,
    location: corpuslint::diagnostic::Location,
    message: &str,
    help: &str,
) -> Diagnostic {
    let mut found = Diagnostic::new(rule, severity, location, message);
    found.change = Some(Change::Introduced);
    found.help = Some(help.to_owned());
    found
}

/// The page as a maintainer sees it. `BLESS=1 cargo test --test formats` renews it; then look at it.
#[test]
fn a_page_reads_like_this() {
    let at = |path: &str, revision| place(path, super::value(), revision);
    let mut old = said(
        "url-insecure",
        Severity::Warning,
        at("corpus/preparation/PR030.yaml", Some("main")),
        "`http://docs.example/tokens` can be read and changed on its way",
        "",
    );
    old.change = Some(Change::Fixed);
    old.entry = Some("PR030".into());
    let mut known = old.clone();
    known.change = Some(Change::PreExisting);
    let mut removed = said(
        "id-removed",
        Severity::Error,
        at("corpus/anti-forensics/AF023.yaml", Some("main")),
        "`AF023` (Browser Or System Proxy Configuration) is gone, and reports may cite it",
        "keep the file, with `status: retired`",
    );
    removed.related = finding("x", Severity::Error, None).related;
    let found = vec![
        said(
            "dangling-reference",
            Severity::Error,
            at("corpus/preparation/PR030.yaml", None),
            "`PV590` is not defined; did you mean `PV059` (Insider-Focused Threat Intelligence)?",
            "refer to an existing prevention, or add the entry `PV590` in the same change",
        ),
        removed,
        said(
            "expected-field",
            Severity::Warning,
            place("corpus/preparation/PR031.yaml", Span::at(0), None),
            "`contributors` is missing",
            "name who wrote it",
        ),
        old,
        known,
    ];
    let page = written(&report(found, Some(example())), OutputFormat::Markdown);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/formats/page.md");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, &page).expect("the page");
    }
    assert_only_text(&page);
    let kept = std::fs::read_to_string(path).expect("the page");
    assert_eq!(page, kept, "run `BLESS=1 cargo test --test formats`");
}
