//! Every edit is applied and the result is read again.

use serde_json::{Value, json};

use super::{delete_item, insert_field, part, quoted, scalar};
use crate::schema::instance;
use crate::syntax::{Document, Format, Limits, Node, parse};
use crate::text::Span;

/// Reads a source that must be in order, or be broken only by an anchor.
fn read(source: &str, format: Format) -> Document<'_> {
    let (document, problems) = parse(source, format, Some("body"), &Limits::default());
    let fatal = problems.iter().find(|problem| problem.kind.is_fatal());
    assert_eq!(fatal, None, "{source}");
    document
}

fn whole(source: &str, format: Format) -> Value {
    read(source, format)
        .root()
        .map_or(Value::Null, instance::value)
}

fn apply(source: &str, span: Span, text: &str) -> String {
    format!(
        "{}{text}{}",
        &source[..span.range().start],
        &source[span.range().end..]
    )
}

fn field<'d>(document: &'d Document<'_>) -> Node<'d> {
    document.root().and_then(|root| root.get("a")).expect("a")
}

/// Sources whose field `a` says `one` (with a line break where a block text has it).
const STYLES: &[(&str, Format)] = &[
    ("a: one\nb: 1\n", Format::Yaml),
    ("a: 'one' # why\nb: 1\n", Format::Yaml),
    ("a: \"one\"\nb: 1\n", Format::Yaml),
    ("{a: one, b: 1}\n", Format::Yaml),
    ("a:\n  one\nb: 1\n", Format::Yaml),
    ("a: |-\n  one\nb: 1\n", Format::Yaml),
    ("a: >-\n  one\nb: 1\n", Format::Yaml),
    ("a: |-2\n  one\nb: 1\n", Format::Yaml),
    ("a: |-\r\n  one\r\nb: 1\r\n", Format::Yaml),
    ("{\"a\": \"one\", \"b\": 1}", Format::Json),
    ("---\na: one\nb: 1\n---\ntext\n", Format::Markdown),
];

const TEXTS: &[&str] = &[
    "two",
    "no",
    "12",
    "2024-05-22",
    "it's",
    "say \"x\"",
    "a: b",
    "a #b",
    "- x",
    "[x]",
    "x, y",
    "",
    " x",
    "x ",
    "x\ty",
    "x\\y",
    "*x",
    "&x",
    "!x",
    "@x",
    "%x",
    "`x`",
    "é",
    "x\u{200b}y",
    "x\u{7f}y",
    "one\ntwo",
    "one\n\n\ntwo",
    "one\n  two",
    "x\n",
    "? x",
    "-",
    "---",
    "x:",
    ":",
    "#x",
    "null",
    "1:30",
    "\u{feff}x",
    "|",
    ">",
    "{x",
    "x]",
    "'",
    "\"",
    "\u{1f600}",
];

#[test]
fn a_scalar_reads_back_in_every_style() {
    let mut written = 0;
    for (source, format) in STYLES {
        for text in TEXTS {
            let document = read(source, *format);
            let node = field(&document);
            let Some(new) = scalar(node, text) else {
                continue;
            };
            written += 1;
            let mut expected = whole(source, *format);
            expected["a"] = json!(text);
            let edited = apply(source, node.span(), &new);
            assert_eq!(
                whole(&edited, *format),
                expected,
                "{source:?} {text:?} {edited:?}"
            );
        }
    }
    assert!(written > STYLES.len() * TEXTS.len() * 3 / 4, "{written}");
}

#[test]
fn a_style_is_kept() {
    for (source, text, expected) in [
        ("a: one\n", "two", "two"),
        ("a: one\n", "it's", "it's"),
        ("a: one\n", "no", "'no'"),
        ("a: one\n", "x, y", "'x, y'"),
        ("a: one, two\n", "x, y", "x, y"),
        ("a: 'one'\n", "it's", "'it''s'"),
        ("a: \"one\"\n", "it's", "\"it's\""),
        ("a: 22nd May 2024\n", "2024-05-22", "2024-05-22"),
        ("a: one\n", "x\ny", "\"x\\ny\""),
        ("a: |\n  one\n  two\n", "x\n\ny\n", "x\n\n  y"),
        ("a: >\n  one\n  two\n", "x\ny\n", "x\n\n  y"),
    ] {
        let document = read(source, Format::Yaml);
        let new = scalar(field(&document), text).expect(source);
        assert_eq!(new.trim_start_matches(' '), expected, "{source:?}");
    }
    for source in ["a: !!str one\n", "a: &x one\n", "a: [1]\n", "a:\n"] {
        let document = read(source, Format::Yaml);
        assert_eq!(scalar(field(&document), "two"), None, "{source:?}");
    }
    let document = read("x: &x one\na: *x\n", Format::Yaml);
    assert_eq!(scalar(field(&document), "two").as_deref(), Some("two"));
    let document = read("a: no\n", Format::Yaml);
    assert_eq!(quoted(field(&document), "no").as_deref(), Some("'no'"));
}

#[test]
fn a_key_is_renamed() {
    for (source, format) in [
        ("old: 1\nb: 2\n", Format::Yaml),
        ("'old': 1\nb: 2\n", Format::Yaml),
        ("{\"old\": 1, b: 2}\n", Format::Yaml),
        ("{\"old\": 1, \"b\": 2}", Format::Json),
    ] {
        for name in ["new", "a b", "a: b", "no", "[x]", "it's"] {
            let document = read(source, format);
            let (key, _) = document
                .root()
                .and_then(|root| root.pair("old"))
                .expect("old");
            let new = scalar(key, name).expect(name);
            let edited = apply(source, key.span(), &new);
            assert_eq!(whole(&edited, format)[name], 1, "{edited:?}");
            assert_eq!(whole(&edited, format)["b"], 2, "{edited:?}");
        }
    }
}

#[test]
fn a_part_reads_back_in_every_style() {
    let sources = [
        ("a: see MT012 there\nb: 1\n", Format::Yaml),
        ("a: see MT012,\n  there\nb: 1\n", Format::Yaml),
        ("a: MT012\nb: 1\n", Format::Yaml),
        ("{a: MT012, b: 1}\n", Format::Yaml),
        ("a: 'it''s MT012'\nb: 1\n", Format::Yaml),
        ("a: 'one\n  MT012\n\n  two'\nb: 1\n", Format::Yaml),
        ("a: \"\\u00e9 \\x41 MT\\x3012\"\nb: 1\n", Format::Yaml),
        ("a: \"one \\\n  two MT012\"\nb: 1\n", Format::Yaml),
        ("a: |\n  one\n\n  two MT012\nb: 1\n", Format::Yaml),
        ("a: |\n  MT012\n    two\nb: 1\n", Format::Yaml),
        ("a: |\r\n  one\r\n  MT012\r\nb: 1\r\n", Format::Yaml),
        ("a: |+\n\n \n  one\n   MT012\n\nb: 1\n", Format::Yaml),
        ("a: >-\n  one\n  two\n\n  MT012 x\nb: 1\n", Format::Yaml),
        ("a: >\n  one\n   * MT012\n   * x\nb: 1\n", Format::Yaml),
        ("a: >2\n\n\n   one\n  MT012\nb: 1\n", Format::Yaml),
        (
            "{\"a\": \"\\ud83d\\ude00 \\\"MT012\", \"b\": 1}",
            Format::Json,
        ),
        (
            "{\"a\": \"MT\\u0030\\u0031\\u0032\", \"b\": 1}",
            Format::Json,
        ),
        ("---\na: x MT012\nb: 1\n---\ntext\n", Format::Markdown),
    ];
    let texts = [
        "PV059", "", "it's", "\"x\"", "a: b", "x #y", "[x]", "x\ny", " ", "\\", "\u{7f}",
    ];
    let mut written = 0;
    for (source, format) in sources {
        for text in texts {
            let document = read(source, format);
            let node = field(&document);
            let at = node.text().find("MT012").expect("MT012");
            let Some((span, new)) = part(node, at..at + 5, text) else {
                continue;
            };
            written += 1;
            let mut expected = whole(source, format);
            expected["a"] = json!(node.text().replacen("MT012", text, 1));
            let edited = apply(source, span, &new);
            assert_eq!(
                whole(&edited, format),
                expected,
                "{source:?} {text:?} {edited:?}"
            );
        }
    }
    assert!(written > sources.len() * texts.len() * 3 / 4, "{written}");
}

#[test]
fn a_part_of_a_body() {
    let source = "---\nb: 1\n---\n\nsee MT012\n";
    let document = read(source, Format::Markdown);
    let body = document
        .root()
        .and_then(|root| root.get("body"))
        .expect("body");
    let (span, text) = part(body, 4..9, "PV059").expect("an edit");
    assert_eq!(apply(source, span, &text), "---\nb: 1\n---\n\nsee PV059\n");
    assert_eq!(part(body, 0..10, ""), None);
    assert_eq!(part(body, 0..3, "\n"), None);
}

#[test]
fn every_item_can_go() {
    for (source, format) in [
        (
            "a:\n  - one\n  - two # why\n  # about three\n  - three\nb: 1\n",
            Format::Yaml,
        ),
        ("a:\n- one\n-   two\n\n-\n  three\nb: 1\n", Format::Yaml),
        ("a:\n  - one", Format::Yaml),
        ("a:\r\n  - one\r\n  - two\r\nb: 1\r\n", Format::Yaml),
        (
            "a:\n  - x: 1\n    y: 2\n  - |\n    text\n\n  - [1,\n     2]\n  -\n  - - z\n    - w\nb: 1\n",
            Format::Yaml,
        ),
        ("a:\n  - x:\n  - y:\n  - !!str z\nb: 1\n", Format::Yaml),
        ("a: [one, 'two', three]\nb: 1\n", Format::Yaml),
        ("a: [\n  one, two,\n  three,\n  ]\nb: 1\n", Format::Yaml),
        ("a: [one]\nb: 1\n", Format::Yaml),
        (
            "{\"a\": [\n  \"one\",\n  {\"x\": 1},\n  3\n], \"b\": 1}",
            Format::Json,
        ),
    ] {
        let document = read(source, format);
        let list = field(&document);
        for index in 0..list.len() {
            let Some(span) = delete_item(list, index, source) else {
                let has_comment = source.contains("# why") && index == 1;
                assert!(list.len() == 1 || has_comment, "{source:?} {index}");
                continue;
            };
            let mut expected = whole(source, format);
            expected["a"].as_array_mut().expect("a list").remove(index);
            let edited = apply(source, span, "");
            assert_eq!(
                whole(&edited, format),
                expected,
                "{index} {source:?} {edited:?}"
            );
        }
    }
    let source = "a:\n  - - x\n    - y\n";
    let document = read(source, Format::Yaml);
    let inner = field(&document).items().next().expect("a list");
    assert_eq!(delete_item(inner, 0, source), None);
    assert_eq!(
        delete_item(inner, 1, source).expect("a line").slice(source),
        "    - y\n"
    );
}

#[test]
fn a_field_is_added() {
    for (source, format) in [
        ("a: one\nb: 1\n", Format::Yaml),
        ("a: one # why\nb: |\n  text\n\n", Format::Yaml),
        ("a: |\n  text\nb:\n  - 1\n", Format::Yaml),
        ("# about a\na: one", Format::Yaml),
        ("a: one\r\nb: 1\r\n", Format::Yaml),
        ("a:\nb: >+\n  x\n\n", Format::Yaml),
        ("{a: one, b: 1}\n", Format::Yaml),
        ("{a: one,\n b: 1,\n}\n", Format::Yaml),
        ("{}\n", Format::Yaml),
        ("{\"a\": 1}", Format::Json),
        ("{\n  \"a\": 1,\n  \"b\": [\n    1\n  ]\n}\n", Format::Json),
        ("{}", Format::Json),
        ("---\na: one\n---\ntext\n", Format::Markdown),
    ] {
        for value in [
            json!("x"),
            json!("no"),
            json!(12),
            json!(null),
            json!(["a: b", 1]),
            json!({}),
        ] {
            let document = read(source, format);
            let root = document.root().expect("root");
            let (span, text) = insert_field(root, "new", &value).expect(source);
            let mut expected = whole(source, format);
            expected["new"] = value;
            let edited = apply(source, span, &text);
            assert_eq!(whole(&edited, format), expected, "{edited:?}");
        }
    }
    let source = "a:\n  - x: 1\n    y: 2\n";
    let document = read(source, Format::Yaml);
    let item = field(&document).items().next().expect("an item");
    let (span, text) = insert_field(item, "z", &json!("3")).expect("an edit");
    assert_eq!(
        apply(source, span, &text),
        "a:\n  - x: 1\n    y: 2\n    z: '3'\n"
    );
}
