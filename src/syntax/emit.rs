//! Writes a value as YAML in its one canonical form, with the comments that belong to its parts.
//!
//! Two spaces a level, lists as blocks, texts plain wherever both YAML 1.1 and YAML 1.2 read them as
//! that text, `|` for texts of several lines, double quotes for what neither can say. What is written
//! reads back as the same value by the parser next door; a test tries it with texts of every sort.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::scalar::is_indicator;
use super::{Kind, resolve_plain, yaml11};

/// Whether a text is a date of its own field: such dates stand unquoted, although YAML 1.1 would
/// read them as a point in time. Called with the JSON pointer of the value.
pub type IsDate<'f> = &'f dyn Fn(&str) -> bool;

/// The fields of a mapping as a YAML document without `---`.
#[must_use]
pub fn yaml(fields: &Map<String, Value>, is_date: IsDate<'_>) -> String {
    yaml_with(fields, is_date, &Comments::default())
}

/// The same, with comments.
#[must_use]
pub fn yaml_with(fields: &Map<String, Value>, is_date: IsDate<'_>, comments: &Comments) -> String {
    let mut writer = Writer {
        out: String::new(),
        pointer: String::new(),
        is_date,
        comments,
    };
    writer.lines(&comments.head, 0);
    if fields.is_empty() {
        writer.out.push_str("{}\n");
    } else {
        writer.above_first(fields, 0);
        writer.mapping(fields, 0);
    }
    writer.lines(&comments.end, 0);
    writer.out
}

/// Comments, each from its `#`, by the JSON pointer of the value that they belong to: for a field
/// that of its value.
#[derive(Clone, Debug, Default)]
pub struct Comments {
    /// Lines before the first field, those that are blank included.
    pub head: Vec<String>,
    /// Lines above a field or an item.
    pub above: BTreeMap<String, Vec<String>>,
    /// Behind a field or an item, on its first line.
    pub behind: BTreeMap<String, String>,
    /// Lines below a field or an item and all that is in it, as deep as it stands itself.
    pub below: BTreeMap<String, Vec<String>>,
    /// Lines behind the last field.
    pub end: Vec<String>,
}

/// Bytes of a key that needs no mark: readers look no more than 1024 characters ahead for its colon
/// (YAML 1.2.2, 7.4.2).
const KEY: usize = 1000;

struct Writer<'f> {
    out: String,
    pointer: String,
    is_date: IsDate<'f>,
    comments: &'f Comments,
}

impl Writer<'_> {
    fn mapping(&mut self, fields: &Map<String, Value>, level: usize) {
        for (index, (key, value)) in fields.iter().enumerate() {
            let before = self.pointer.len();
            super::push_segment(&mut self.pointer, key);
            // The first key of a list item stands behind its dash.
            if index > 0 {
                self.above(level);
            }
            if index > 0 || self.out.is_empty() || self.out.ends_with('\n') {
                self.indent(level);
            }
            self.key(key, level);
            self.out.push(':');
            self.value(value, level);
            self.below(level);
            self.pointer.truncate(before);
        }
    }

    /// A value behind `key:` or `-`, with the space or the line break that it needs.
    fn value(&mut self, value: &Value, level: usize) {
        match value {
            Value::Array(items) if !items.is_empty() => {
                self.behind();
                self.out.push('\n');
                for (index, item) in items.iter().enumerate() {
                    let before = self.pointer.len();
                    let _ = write!(self.pointer, "/{index}");
                    self.above(level + 1);
                    if let Value::Object(fields) = item {
                        self.above_first(fields, level + 1);
                    }
                    self.indent(level + 1);
                    self.out.push('-');
                    self.item(item, level + 1);
                    self.below(level + 1);
                    self.pointer.truncate(before);
                }
            }
            Value::Object(fields) if !fields.is_empty() => {
                self.behind();
                self.out.push('\n');
                self.above_first(fields, level + 1);
                self.mapping(fields, level + 1);
            }
            value => self.scalar(value, level),
        }
    }

    fn item(&mut self, item: &Value, level: usize) {
        match item {
            Value::Object(fields) if !fields.is_empty() => {
                if self.behind() {
                    self.out.push('\n');
                } else {
                    self.out.push(' ');
                }
                self.mapping(fields, level + 1);
            }
            item => self.value(item, level),
        }
    }

    fn scalar(&mut self, value: &Value, level: usize) {
        self.out.push(' ');
        match value {
            Value::Null => self.out.push_str("null"),
            Value::Bool(truth) => self.out.push_str(if *truth { "true" } else { "false" }),
            Value::Number(number) => {
                let _ = write!(self.out, "{number}");
            }
            Value::Array(_) => self.out.push_str("[]"),
            Value::Object(_) => self.out.push_str("{}"),
            Value::String(text) if text.contains('\n') && fits_a_block(text) => {
                self.block(text, level + 1);
                return;
            }
            Value::String(text) => self.scalar_text(text),
        }
        self.behind();
        self.out.push('\n');
    }

    /// A key is never a date. One that is too long for its line says with `?` that it is a key.
    fn key(&mut self, text: &str, level: usize) {
        let start = self.out.len();
        if is_plain(text, false) {
            self.out.push_str(text);
        } else {
            quoted(text, &mut self.out);
        }
        if self.out.len() - start > KEY {
            self.out.insert_str(start, "? ");
            self.out.push('\n');
            self.indent(level);
        }
    }

    fn scalar_text(&mut self, text: &str) {
        if is_plain(text, (self.is_date)(&self.pointer)) {
            self.out.push_str(text);
        } else {
            quoted(text, &mut self.out);
        }
    }

    /// `|`, with an indentation indicator where the first line would be misread without one, and
    /// the chomping that gives back the line breaks at the end (YAML 1.2.2, 8.1.1).
    fn block(&mut self, text: &str, level: usize) {
        self.out.push('|');
        let body = text.trim_end_matches('\n');
        let first = text.trim_start_matches('\n');
        // The reader takes the indentation of the first line that has a character.
        if first.starts_with([' ', '\t']) || body.is_empty() {
            self.out.push('2');
        }
        self.out.push_str(match text.len() - body.len() {
            0 => "-",
            1 if !body.is_empty() => "",
            _ => "+",
        });
        self.behind();
        self.out.push('\n');
        for line in text.split_inclusive('\n') {
            if line != "\n" {
                self.indent(level);
            }
            self.out.push_str(line);
        }
        if !text.ends_with('\n') {
            self.out.push('\n');
        }
    }

    fn above(&mut self, level: usize) {
        if let Some(lines) = self.comments.above.get(&self.pointer) {
            self.lines(lines, level);
        }
    }

    /// What stands above the first field of a group: before the dash, where that comes first.
    fn above_first(&mut self, fields: &Map<String, Value>, level: usize) {
        if let Some(key) = fields.keys().next() {
            let before = self.pointer.len();
            super::push_segment(&mut self.pointer, key);
            self.above(level);
            self.pointer.truncate(before);
        }
    }

    /// Says whether there was a comment.
    fn behind(&mut self) -> bool {
        let comment = self.comments.behind.get(&self.pointer);
        if let Some(comment) = comment {
            self.out.push(' ');
            self.out.push_str(comment);
        }
        comment.is_some()
    }

    fn below(&mut self, level: usize) {
        if let Some(lines) = self.comments.below.get(&self.pointer) {
            self.lines(lines, level);
        }
    }

    fn lines(&mut self, lines: &[String], level: usize) {
        for line in lines {
            if !line.is_empty() {
                self.indent(level);
            }
            self.out.push_str(line);
            self.out.push('\n');
        }
    }

    fn indent(&mut self, level: usize) {
        for _ in 0..level {
            self.out.push_str("  ");
        }
    }
}

/// Whether a text of several lines can be said literally: a block has no escapes, and turns each
/// line break into LF.
fn fits_a_block(text: &str) -> bool {
    text.chars().all(|c| c == '\n' || c == '\t' || is_shown(c))
        // A first line of blanks alone may be deeper than what follows, which is an error.
        && !text.lines().any(|line| !line.is_empty() && line.trim_matches([' ', '\t']).is_empty())
}

/// Characters that may stand for themselves in YAML 1.1 and 1.2 and break no line in either.
fn is_shown(c: char) -> bool {
    !c.is_control()
        && !matches!(
            c,
            '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
        )
}

/// Whether a text means itself without quotes, in a block and to both versions of YAML.
fn is_plain(text: &str, is_date: bool) -> bool {
    let mut bytes = text.bytes();
    let (Some(first), last) = (
        bytes.next(),
        text.as_bytes()[text.len().max(1) - 1..].first(),
    ) else {
        return false;
    };
    let indicator = is_indicator(first) || matches!(first, b' ' | b'\t');
    let dashed = first == b'-' && !matches!(bytes.next(), None | Some(b' ' | b'-' | b'\t'));
    let inside = [": ", " #", ":\t", "\t#"];
    (!indicator || dashed)
        && !matches!(last, Some(b' ' | b'\t' | b':'))
        && !inside.iter().any(|part| text.contains(part))
        && text.chars().all(is_shown)
        && !ends_a_document(text)
        && resolve_plain(text) == Kind::String
        && (is_date || yaml11(text).is_none())
}

/// `...` at the begin of a line, with nothing or a space behind it (YAML 1.2.2, 9.1.2). What begins
/// with dashes is quoted anyway.
fn ends_a_document(text: &str) -> bool {
    let rest = text.strip_prefix("...");
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
}

/// Double quotes, with escapes for what cannot be shown (YAML 1.2.2, 5.7).
fn quoted(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_shown(c) => out.push(c),
            c if (c as u32) < 0x100 => {
                let _ = write!(out, "\\x{:02x}", c as u32);
            }
            c if (c as u32) < 0x1_0000 => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => {
                let _ = write!(out, "\\U{:08x}", c as u32);
            }
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::syntax::{Format, Limits, Node, disagreement, parse};

    fn written(value: Value) -> String {
        let Value::Object(fields) = value else {
            panic!("fields");
        };
        yaml(&fields, &|pointer| pointer == "/created")
    }

    #[test]
    fn the_canonical_form() {
        let value = json!({
            "id": "PR030", "created": "2025-08-15", "title": "no", "day": "2025-08-15",
            "n": 1.50, "none": null, "yes": true, "list": ["a: b", "- x", "-x", "", "#"], "empty": [],
            "references": [{"text": "T", "url": "https://e.org/#a"}, [["x"]], {}],
            "description": "One.\n\n  Two.\n", "cut": "a\nb", "kept": "a\n\n", "space": " a\nb\n",
            "odd": "a\r\nb", "012": "1:30", "... x": "...x",
        });
        let text = "id: PR030\ncreated: 2025-08-15\ntitle: \"no\"\nday: \"2025-08-15\"\n\
            \"n\": 1.5\nnone: null\n\"yes\": true\nlist:\n  - \"a: b\"\n  - \"- x\"\n  - -x\n  - \"\"\n  - \"#\"\nempty: []\n\
            references:\n  - text: T\n    url: https://e.org/#a\n  -\n    -\n      - x\n  - {}\n\
            description: |\n  One.\n\n    Two.\ncut: |-\n  a\n  b\nkept: |+\n  a\n\nspace: |2\n   a\n  b\n\
            odd: \"a\\r\\nb\"\n\"012\": \"1:30\"\n\"... x\": ...x\n";
        assert_eq!(written(value), text);
    }

    #[test]
    fn a_long_key_says_that_it_is_one() {
        let [short, long] = [KEY, KEY + 1].map(|length| "k".repeat(length));
        let value = json!({&short: 1, &long: {&long: [{&long: "a\nb"}, 2]}, "z": []});
        let text = written(value.clone());
        let start = format!(
            "{short}: 1\n? {long}\n:\n  ? {long}\n  :\n    - ? {long}\n      : |-\n        a\n"
        );
        assert!(text.starts_with(&start), "{text}");
        let Value::Object(fields) = value else {
            panic!("fields");
        };
        reads_back(&fields).expect("the same fields");
    }

    fn same(node: Node<'_>, value: &Value) -> bool {
        match value {
            Value::Null => node.kind() == Kind::Null,
            Value::Bool(truth) => node.kind() == Kind::Bool && node.text() == truth.to_string(),
            Value::Number(number) => node.kind() == Kind::Int && node.text() == number.to_string(),
            Value::String(text) => node.as_str() == Some(text.as_str()),
            Value::Array(items) => {
                node.kind() == Kind::Sequence
                    && node.len() == items.len()
                    && node.items().zip(items).all(|(node, item)| same(node, item))
            }
            Value::Object(fields) => {
                node.kind() == Kind::Mapping
                    && node.len() == fields.len()
                    && node
                        .entries()
                        .zip(fields)
                        .all(|((key, node), (name, value))| {
                            key.as_str() == Some(name.as_str()) && same(node, value)
                        })
            }
        }
    }

    fn reads_back(fields: &Map<String, Value>) -> Result<(), String> {
        let text = yaml(fields, &|_| false);
        if let Some(difference) = disagreement(&text, &Limits::default()) {
            return Err(difference);
        }
        let (doc, problems) = parse(&text, Format::Yaml, None, &Limits::default());
        let value = Value::Object(fields.clone());
        let fits = doc.root().is_some_and(|root| same(root, &value));
        if problems.is_empty() && fits {
            return Ok(());
        }
        Err(format!("{text}\n{problems:?}\n{:?}", doc.root()))
    }

    fn text() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just("---"),
            Just("..."),
            Just("#"),
            Just(" #"),
            Just(": "),
            Just(":"),
            Just("'"),
            Just("\""),
            Just("\t"),
            Just(" "),
            Just("  "),
            Just("\n"),
            Just("\n\n"),
            Just("\r\n"),
            Just("\r"),
            Just("- "),
            Just("-"),
            Just("? "),
            Just("|"),
            Just(">"),
            Just("%"),
            Just("@"),
            Just("`"),
            Just("&a"),
            Just("*a"),
            Just("!t"),
            Just("[x]"),
            Just("{x: y}"),
            Just(","),
            Just("no"),
            Just("null"),
            Just("~"),
            Just("1e3"),
            Just("0x1F"),
            Just("012"),
            Just("1:30"),
            Just("<<"),
            Just("="),
            Just(".inf"),
            Just("2024-05-22"),
            Just("👩\u{200d}👧"),
            Just("שלום"),
            Just("\u{85}"),
            Just("\u{2028}"),
            Just("\u{feff}"),
            Just("\u{7f}"),
            Just("\u{0}"),
            Just("word"),
            Just("\\"),
            Just("\u{10ffff}"),
        ];
        let any = any::<String>();
        prop_oneof![
            4 => prop::collection::vec(piece, 0..9).prop_map(|pieces| pieces.concat()),
            1 => any,
        ]
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            6 => text().prop_map(Value::String),
            1 => any::<i64>().prop_map(|number| json!(number)),
            1 => any::<bool>().prop_map(|truth| json!(truth)),
            1 => Just(Value::Null),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
                prop::collection::vec((text(), inner), 0..4)
                    .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn whatever_is_written_reads_back(pairs in prop::collection::vec((text(), value()), 1..5)) {
            let fields: Map<String, Value> = pairs.into_iter().collect();
            reads_back(&fields).map_err(TestCaseError::fail)?;
        }
    }
}
