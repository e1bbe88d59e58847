//! Any text through everything that prints: nothing in it is obeyed where it is shown.

use std::sync::OnceLock;

use corpuslint::diagnostic::{Change, Diagnostic, Edit, Fix, Location, Related, Safety, Severity};
use corpuslint::fix::Rewrite;
use corpuslint::history::{Comparison, EntryChange, FieldChange, What};
use corpuslint::lint::{Backtest, BacktestRevision, Report};
use corpuslint::migrate::layout::Layout;
use corpuslint::migrate::model::{Entry, Model};
use corpuslint::migrate::{self, Format};
use corpuslint::report::{
    self, JsonEscape, OutputFormat, PageFormat, Paint, View, clipped, markdown_text, terminal,
};
use corpuslint::text::{LineIndex, Span, decode_lossy};
use serde_json::{Value, json};

use super::{corpus, markdown};

/// A text in which nothing is to be escaped.
const PLAIN: &str = "plain";

/// Where a text stands in Markdown: in a paragraph, an item, a cell, a heading.
const AROUND: [(&str, &str); 4] = [
    ("", ""),
    ("- ", ""),
    ("| a |\n|---|\n| ", " |"),
    ("## ", ""),
];

/// What comes of a text in which nothing is to be escaped.
struct Plain {
    words: Vec<Vec<String>>,
    lines: usize,
    elements: Vec<String>,
    page: Vec<String>,
    changes: Vec<String>,
    backtest: Vec<String>,
}

fn plain() -> &'static Plain {
    static MADE: OnceLock<Plain> = OnceLock::new();
    let around =
        |(before, after): &(&str, &str)| markdown::skeleton(&format!("{before}{PLAIN}{after}\n"));
    let markdown = PageFormat::Markdown;
    MADE.get_or_init(|| Plain {
        words: AROUND.iter().map(around).collect(),
        lines: rendered(OutputFormat::Concise, PLAIN).lines().count(),
        elements: elements(&rendered(OutputFormat::Junit, PLAIN)),
        page: markdown::skeleton(&rendered(OutputFormat::Markdown, PLAIN)),
        changes: markdown::skeleton(&changes(markdown, PLAIN)),
        backtest: markdown::skeleton(&backtest(markdown, PLAIN)),
    })
}

/// Puts a text wherever a stranger's text is printed.
pub fn escape(bytes: &[u8]) {
    // Reports hold the text many times, so only a short one is tried often.
    let text = decode_lossy(&bytes[..bytes.len().min(300)]);
    words(&text);
    words(&text.repeat(5));
    let text = decode_lossy(&bytes[..bytes.len().min(100)]);
    for &format in OutputFormat::all() {
        findings(format, &text);
    }
    pages(&text);
    patch(&text);
    tables(&text);
}

/// The escapes themselves.
fn words(text: &str) {
    let shown = terminal(text);
    is_printed(&shown);
    is_in_one_line(&shown);
    for width in [1, 2, 9, 80] {
        let cut = clipped(text, width);
        is_printed(&cut);
        is_in_one_line(&cut);
        assert!(cut.chars().count() <= 4 * width + 12, "{cut:?}");
    }
    let mut out = Vec::new();
    serde_json::to_writer(JsonEscape::new(&mut out), &json!([text, {text: "#"}])).expect("memory");
    let out = String::from_utf8(out).expect("text");
    is_printed(&out);
    let back: Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(back[0], text);
    let written = markdown_text(text);
    is_printed(&written);
    is_in_one_line(&written);
    if !text.trim().is_empty() {
        let plain = &plain().words;
        for ((before, after), plain) in AROUND.iter().zip(plain) {
            let page = format!("{before}{written}{after}\n");
            assert_eq!(&markdown::skeleton(&page), plain, "{written:?}");
        }
    }
}

/// Whether nothing in some lines moves a terminal's cursor, hides, or commands a CI runner.
pub fn is_printed(text: &str) {
    for c in text.chars() {
        let hidden = matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{61c}' | '\u{feff}' | '\u{ad}'
            | '\u{e0000}'..='\u{e007f}');
        let layout = matches!(c, '\n' | '\t');
        assert!(!hidden && (layout || !c.is_control()), "{c:?} in {text:?}");
    }
    assert!(!text.contains("##["), "{text:?}");
    assert!(!text.contains("##vso"), "{text:?}");
    for line in text.lines() {
        assert!(!line.trim_start().starts_with("::"), "{line:?}");
    }
}

fn is_in_one_line(text: &str) {
    assert!(!text.contains(['\n', '\r']), "{text:?}");
}

fn finding(text: &str, source: &str, severity: Severity) -> Diagnostic {
    let lines = LineIndex::new(source);
    let place = |path: &str| {
        let mut place = Location::new(path.into(), Span::new(0, source.len().min(3)));
        place.start = lines.position(place.start.offset);
        place.end = lines.position(place.end.offset);
        place
    };
    let edit = Edit {
        path: text.into(),
        span: Span::at(0),
        text: text.to_owned(),
    };
    Diagnostic {
        label: text.to_owned(),
        related: vec![Related {
            location: place(text),
            message: text.to_owned(),
        }],
        help: Some(text.to_owned()),
        entry: Some(text.into()),
        pointer: Some(text.to_owned()),
        fix: Some(Fix {
            title: text.to_owned(),
            safety: Safety::Safe,
            edits: vec![edit],
            rename: Some(text.to_owned()),
        }),
        fingerprint: "0123456789abcdef".to_owned(),
        change: Some(Change::Introduced),
        ..Diagnostic::new("syntax", severity, place(text), text)
    }
}

fn reported(text: &str) -> Report {
    let severities = [Severity::Error, Severity::Warning, Severity::Note];
    let mut diagnostics = severities
        .map(|severity| finding(text, text, severity))
        .to_vec();
    let mut gone = finding(text, text, Severity::Error);
    gone.location.revision = Some(text.into());
    diagnostics.push(gone);
    let mut fixed = finding(text, text, Severity::Error);
    fixed.change = Some(Change::Fixed);
    diagnostics.push(fixed);
    Report {
        diagnostics,
        comparison: Some(comparison(text)),
        ..Report::default()
    }
}

fn comparison(text: &str) -> Comparison {
    let entry = |what| EntryChange {
        id: text.to_owned(),
        kind: text.to_owned(),
        title: Some(text.to_owned()),
        path: text.to_owned(),
        what,
        fields: vec![FieldChange {
            name: text.to_owned(),
            before: Some("before".to_owned()),
            after: Some(text.to_owned()),
        }],
        gained: vec![text.to_owned()],
        lost: vec![text.to_owned()],
    };
    Comparison {
        base: text.to_owned(),
        head: text.to_owned(),
        entries: [What::Added, What::Removed, What::Changed]
            .map(entry)
            .to_vec(),
        waived: vec![finding(text, text, Severity::Error)],
    }
}

fn rendered(format: OutputFormat, text: &str) -> String {
    let report = reported(text);
    let view = View {
        report: &report,
        source: &|_| Some(text.to_owned()),
        path: &|_| None,
        color: false,
        width: 60,
        statistics: true,
    };
    let mut out = Vec::new();
    report::render(format, &view, &mut out).expect("memory");
    String::from_utf8(out).expect("text")
}

fn findings(format: OutputFormat, text: &str) {
    let out = rendered(format, text);
    match format {
        OutputFormat::Github => commands(&out),
        OutputFormat::Concise => {
            assert_eq!(out.lines().count(), plain().lines, "{out}");
            is_printed(&out);
        }
        _ => is_printed(&out),
    }
    let parsed = |out: &str| serde_json::from_str::<Value>(out).expect("JSON");
    match format {
        OutputFormat::Json => assert_eq!(parsed(&out)["diagnostics"][0]["message"], text),
        OutputFormat::Jsonl => {
            assert_eq!(
                parsed(out.lines().next().unwrap_or_default())["message"],
                text
            );
        }
        OutputFormat::Sarif | OutputFormat::Gitlab | OutputFormat::Rdjson => {
            assert!(!parsed(&out).is_null());
        }
        OutputFormat::Junit => assert_eq!(elements(&out), plain().elements, "{text:?}"),
        OutputFormat::Markdown => is_as_plain(text, &out, &plain().page),
        OutputFormat::Human | OutputFormat::Concise | OutputFormat::Github => {}
    }
}

/// A page has the blocks that it has for a plain text.
fn is_as_plain(text: &str, page: &str, plain: &[String]) {
    let skeleton = markdown::skeleton(page);
    // Where there is nothing to say a paragraph may be missing.
    if !text.trim().is_empty() {
        assert_eq!(skeleton, plain, "{page}");
    }
}

/// Lines are commands of ours, with properties of ours.
fn commands(out: &str) {
    let known = ["file", "line", "endLine", "col", "endColumn", "title"];
    for line in out.lines() {
        let rest = line.strip_prefix("::").expect("a command");
        let (head, data) = rest.split_once("::").expect("data");
        let (level, properties) = head.split_once(' ').expect("properties");
        assert!(["error", "warning", "notice"].contains(&level), "{line}");
        for property in properties.split(',') {
            let (name, value) = property.split_once('=').expect("a value");
            assert!(known.contains(&name) && !value.contains(':'), "{line}");
        }
        for part in data.split("%0A") {
            is_printed(part);
        }
    }
}

/// The names of the elements of a page in XML.
fn elements(out: &str) -> Vec<String> {
    let page = roxmltree::Document::parse(out).expect("XML");
    let elements = page.descendants().filter(roxmltree::Node::is_element);
    elements
        .map(|element| element.tag_name().name().to_owned())
        .collect()
}

fn changes(format: PageFormat, text: &str) -> String {
    let mut out = Vec::new();
    let paint = Paint { color: false };
    report::render_changes(&comparison(text), format, paint, 60, &mut out).expect("memory");
    String::from_utf8(out).expect("text")
}

fn backtest(format: PageFormat, text: &str) -> String {
    let revision = BacktestRevision {
        name: text.to_owned(),
        title: text.to_owned(),
        date: Some(text.to_owned()),
        introduced: [("syntax", 1)].into(),
        total: [("syntax", 1)].into(),
        findings: vec![finding(text, text, Severity::Error)],
    };
    let backtest = Backtest {
        revisions: vec![revision],
    };
    let mut out = Vec::new();
    let paint = Paint { color: false };
    report::render_backtest(&backtest, format, paint, 60, &mut out).expect("memory");
    String::from_utf8(out).expect("text")
}

/// Pages that are no reports.
fn pages(text: &str) {
    for format in [PageFormat::Human, PageFormat::Json, PageFormat::Markdown] {
        let pages = [changes(format, text), backtest(format, text)];
        for (page, plain) in pages.iter().zip([&plain().changes, &plain().backtest]) {
            is_printed(page);
            match format {
                PageFormat::Human => {}
                PageFormat::Json => {
                    let value: Value = serde_json::from_str(page).expect("JSON");
                    assert!(value.is_object());
                }
                PageFormat::Markdown => is_as_plain(text, page, plain),
            }
        }
    }
}

/// Patches keep tabs and line ends, and no more.
fn patch(text: &str) {
    let rewrites = [
        Rewrite::edit(text.into(), text, format!("{text}a")),
        Rewrite::create(text.into(), text),
    ];
    let mut out = Vec::new();
    let paint = Paint { color: false };
    report::render_patch(&rewrites, &|path| path.to_owned(), paint, &mut out).expect("memory");
    let out = String::from_utf8(out).expect("text");
    for line in out.split('\n') {
        is_printed(line.strip_suffix('\r').unwrap_or(line));
    }
}

/// No cell of a table begins as a formula does.
fn tables(text: &str) {
    let fields = json!({
        "id": "MT001", "title": text, "created": text, "contributors": [text],
        "references": [{"text": text, "url": text}], "description": text,
    });
    let Value::Object(fields) = fields else {
        return;
    };
    let layout = Layout::new(corpus::workspace(), 1);
    let entry = layout
        .entry(None, Some("motive/MT001".to_owned()), fields)
        .expect("an entry");
    let model = Model {
        entries: vec![Entry { ..entry }],
        ..Model::default()
    };
    let Ok((files, _)) = migrate::write(&model, Format::Csv, &layout) else {
        return;
    };
    for (_, bytes) in files.iter() {
        let mut table = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(bytes);
        for row in table.records() {
            for cell in row.expect("a row").iter() {
                let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
                assert!(!formula, "{cell:?}");
            }
        }
    }
}
