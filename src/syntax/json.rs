//! JSON (RFC 8259) to the tree, without recursion.

use super::builder::{Builder, Stop};
use super::{Document, Format, Kind, Limits, Problem, ProblemKind, Style};
use crate::text::Span;

pub(super) fn parse<'s>(source: &'s str, limits: &Limits) -> (Document<'s>, Vec<Problem>) {
    let mut reader = Reader {
        source,
        bytes: source.as_bytes(),
        at: if source.starts_with('\u{feff}') { 3 } else { 0 },
        builder: Builder::new(source, Format::Json, limits).with_room(),
    };
    // A broken source leaves what was read so far, and a problem.
    let _ = reader.document();
    reader.builder.finish()
}

struct Reader<'s, 'l> {
    source: &'s str,
    bytes: &'s [u8],
    at: usize,
    builder: Builder<'s, 'l>,
}

/// What may come next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expect {
    Value,
    /// Behind `[`: a value or `]`.
    FirstItem,
    /// Behind `{`: a name or `}`.
    FirstName,
    Name,
    /// Behind a value: `,` or the end of the collection.
    More,
}

impl Reader<'_, '_> {
    fn document(&mut self) -> Result<(), Stop> {
        self.space();
        if self.at == self.bytes.len() {
            self.builder.problem(ProblemKind::Empty, Span::at(0));
            return Err(Stop);
        }
        let mut expect = Expect::Value;
        loop {
            self.space();
            expect = match expect {
                Expect::FirstItem if self.peek() == Some(b']') => self.close(b']')?,
                Expect::FirstName if self.peek() == Some(b'}') => self.close(b'}')?,
                Expect::Value | Expect::FirstItem => self.value()?,
                Expect::FirstName | Expect::Name => self.name()?,
                Expect::More if self.builder.open.is_empty() => break,
                Expect::More => self.more()?,
            };
        }
        if self.at < self.bytes.len() {
            return Err(self.fail(
                "there is more behind the end of the value",
                Some("a JSON file holds one value; delete the rest"),
            ));
        }
        Ok(())
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// Reports a fault at the current character.
    fn fail(&mut self, message: &str, help: Option<&'static str>) -> Stop {
        let length = self.source[self.at..]
            .chars()
            .next()
            .map_or(0, char::len_utf8);
        self.fail_at(Span::new(self.at, self.at + length), message, help)
    }

    fn fail_at(&mut self, span: Span, message: &str, help: Option<&'static str>) -> Stop {
        self.builder.syntax(span, message, help);
        Stop
    }

    fn in_mapping(&self) -> bool {
        self.builder
            .open
            .last()
            .is_some_and(|open| self.builder.doc.records[open.at as usize].kind == Kind::Mapping)
    }

    fn close(&mut self, _bracket: u8) -> Result<Expect, Stop> {
        self.at += 1;
        self.builder.end(Some(self.at));
        Ok(Expect::More)
    }

    fn more(&mut self) -> Result<Expect, Stop> {
        let mapping = self.in_mapping();
        match self.peek() {
            Some(b',') => {
                let comma = self.at;
                self.at += 1;
                self.space();
                if matches!(self.peek(), Some(b']' | b'}')) {
                    return Err(self.fail_at(
                        Span::new(comma, comma + 1),
                        "there is a comma behind the last item",
                        Some("delete the comma"),
                    ));
                }
                Ok(if mapping { Expect::Name } else { Expect::Value })
            }
            Some(b'}') if mapping => self.close(b'}'),
            Some(b']') if !mapping => self.close(b']'),
            None => Err(self.unclosed()),
            Some(b'/' | b'#') => Err(self.fail("JSON has no comments", Some("delete the comment"))),
            Some(_) => Err(self.fail(
                if mapping {
                    "a `,` or `}` is missing here"
                } else {
                    "a `,` or `]` is missing here"
                },
                None,
            )),
        }
    }

    fn unclosed(&mut self) -> Stop {
        let Some(open) = self.builder.open.last() else {
            return self.fail("a value is missing", None);
        };
        let record = self.builder.doc.records[open.at as usize];
        let message = if record.kind == Kind::Mapping {
            "this `{` is never closed"
        } else {
            "this `[` is never closed"
        };
        let start = record.start as usize;
        self.fail_at(Span::new(start, start + 1), message, None)
    }

    fn value(&mut self) -> Result<Expect, Stop> {
        let start = self.at;
        match self.peek() {
            Some(b'{') => {
                self.builder.begin(Kind::Mapping, Style::Flow, start)?;
                self.at += 1;
                return Ok(Expect::FirstName);
            }
            Some(b'[') => {
                self.builder.begin(Kind::Sequence, Style::Flow, start)?;
                self.at += 1;
                return Ok(Expect::FirstItem);
            }
            Some(b'"') => self.string()?,
            Some(b'-' | b'0'..=b'9') => self.number()?,
            None => return Err(self.unclosed()),
            Some(_) => self.word()?,
        }
        Ok(Expect::More)
    }

    fn name(&mut self) -> Result<Expect, Stop> {
        match self.peek() {
            Some(b'"') => self.string()?,
            None => return Err(self.unclosed()),
            Some(b'/' | b'#') => {
                return Err(self.fail("JSON has no comments", Some("delete the comment")));
            }
            Some(_) => {
                return Err(self.fail(
                    "a name in double quotes is missing here",
                    Some("write `\"name\": value`"),
                ));
            }
        }
        self.space();
        if self.peek() != Some(b':') {
            return Err(self.fail("a `:` is missing behind the name", None));
        }
        self.at += 1;
        Ok(Expect::Value)
    }

    fn word(&mut self) -> Result<(), Stop> {
        let rest = &self.source[self.at..];
        let word = &rest[..rest
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(rest.len())];
        let kind = match word {
            "null" => Kind::Null,
            "true" | "false" => Kind::Bool,
            "" => return Err(self.bad_character()),
            _ => {
                let span = Span::new(self.at, self.at + word.len());
                return Err(self.fail_at(
                    span,
                    "this word is not a JSON value",
                    Some("put text in double quotes"),
                ));
            }
        };
        let (start, end) = (self.at, self.at + word.len());
        self.at = end;
        self.builder
            .scalar(Span::new(start, end), kind, Style::Plain, word, Some(start))?;
        Ok(())
    }

    fn bad_character(&mut self) -> Stop {
        match self.peek() {
            Some(b'\'') => self.fail(
                "JSON has no single quotes",
                Some("put text in double quotes"),
            ),
            Some(b'/' | b'#') => self.fail("JSON has no comments", Some("delete the comment")),
            Some(b',' | b']' | b'}' | b':') => self.fail("a value is missing here", None),
            _ => self.fail("this character does not begin a value", None),
        }
    }

    fn number(&mut self) -> Result<(), Stop> {
        let start = self.at;
        let rest = &self.source[start..];
        let length = rest
            .bytes()
            .take_while(|b| matches!(b, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E'))
            .count();
        let text = &rest[..length];
        let span = Span::new(start, start + length);
        let Some(kind) = number_kind(text) else {
            return Err(self.fail_at(
                span,
                "this is not a JSON number",
                Some("a number has no leading zero or `+`, and digits around its point"),
            ));
        };
        self.at += length;
        self.builder
            .scalar(span, kind, Style::Plain, text, Some(start))?;
        Ok(())
    }

    /// Reads a string at its opening quote, as a key or as a value.
    fn string(&mut self) -> Result<(), Stop> {
        let open = self.at;
        let body = open + 1;
        let mut at = body;
        let mut decoded: Option<String> = None;
        loop {
            let rest = &self.bytes[at..];
            let step = rest
                .iter()
                .position(|&b| b == b'"' || b == b'\\' || b < 0x20)
                .unwrap_or(rest.len());
            if let Some(text) = &mut decoded {
                text.push_str(&self.source[at..at + step]);
            }
            at += step;
            match self.bytes.get(at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    let text = decoded.get_or_insert_with(|| self.source[body..at].to_owned());
                    match unescape(&self.source[at..]) {
                        Some((c, length)) => {
                            text.push(c);
                            at += length;
                        }
                        None => return Err(self.bad_escape(at)),
                    }
                }
                Some(b'\n' | b'\r') | None => {
                    return Err(self.fail_at(
                        Span::new(open, at),
                        "this quote is never closed",
                        Some("close it on the same line; write a line break as `\\n`"),
                    ));
                }
                Some(_) => {
                    self.at = at;
                    let message = format!(
                        "the character U+{:04X} must not stand in a JSON string as it is",
                        self.bytes[at]
                    );
                    return Err(self.fail(&message, Some("delete it, or write it as an escape")));
                }
            }
        }
        let span = Span::new(open, at + 1);
        self.at = at + 1;
        match decoded {
            Some(text) => self
                .builder
                .scalar(span, Kind::String, Style::Json, &text, None)?,
            None => self.builder.scalar(
                span,
                Kind::String,
                Style::Json,
                &self.source[body..at],
                Some(body),
            )?,
        };
        Ok(())
    }

    fn bad_escape(&mut self, at: usize) -> Stop {
        let rest = &self.source[at..];
        let surrogate = rest.len() >= 6
            && rest.is_char_boundary(6)
            && matches!(hex4(rest), Some(0xd800..=0xdfff));
        let length = if surrogate {
            6
        } else {
            rest.chars().take(2).map(char::len_utf8).sum()
        };
        let message = if surrogate {
            "this escape is half of a surrogate pair"
        } else {
            "this escape does not exist in JSON"
        };
        self.fail_at(
            Span::new(at, at + length),
            message,
            Some("write `\\\\` for a backslash"),
        )
    }
}

/// `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [-+]? [0-9]+)?`
fn number_kind(text: &str) -> Option<Kind> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let whole = digits(unsigned);
    if whole == 0 || (whole > 1 && unsigned.starts_with('0')) {
        return None;
    }
    let mut rest = &unsigned[whole..];
    if rest.is_empty() {
        return Some(Kind::Int);
    }
    if let Some(fraction) = rest.strip_prefix('.') {
        let count = digits(fraction);
        if count == 0 {
            return None;
        }
        rest = &fraction[count..];
    }
    if let Some(exponent) = rest.strip_prefix(['e', 'E']) {
        let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        let count = digits(exponent);
        if count == 0 {
            return None;
        }
        rest = &exponent[count..];
    }
    rest.is_empty().then_some(Kind::Float)
}

/// The character of an escape and the bytes that say it; `None` where it is no escape, or half of
/// a surrogate pair.
fn unescape(text: &str) -> Option<(char, usize)> {
    let c = match text.as_bytes().get(1)? {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => {
            let first = hex4(text)?;
            if !(0xd800..0xdc00).contains(&first) {
                return Some((char::from_u32(first)?, 6));
            }
            let second = hex4(text.get(6..)?)?;
            if !(0xdc00..0xe000).contains(&second) {
                return None;
            }
            let point = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
            return Some((char::from_u32(point)?, 12));
        }
        _ => return None,
    };
    Some((c, 2))
}

/// The number in `\uXXXX`.
fn hex4(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    u32::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(source: &str) -> (String, std::ops::Range<usize>) {
        let (_, problems) = parse(source, &Limits::default());
        let problem = problems.into_iter().next().expect("a problem");
        let message = match problem.kind {
            ProblemKind::Syntax { message, .. } => message,
            other => format!("{other:?}"),
        };
        (message, problem.span.range())
    }

    #[test]
    fn values_and_spans() {
        let source = "\u{feff}{\"a\": [1, -0.5e3, \"x\\u0041\"], \"b\": {}, \"c\": null}";
        let (doc, problems) = parse(source, &Limits::default());
        assert_eq!(problems, []);
        let root = doc.root().expect("root");
        assert_eq!(
            format!("{root:?}"),
            r#"{"a": [1, -0.5e3, "xA"], "b": {}, "c": null}"#
        );
        let list = root.get("a").expect("a");
        assert_eq!(list.span().slice(source), "[1, -0.5e3, \"x\\u0041\"]");
        let item = list.items().nth(2).expect("item");
        assert_eq!(doc.pointer_at(item.span()), "/a/2");
        assert_eq!(root.span().range(), 3..source.len());
    }

    #[test]
    fn faults_are_located() {
        for (source, part) in [
            ("{\"a\": 1,}", "comma behind"),
            ("[1 2]", "missing here"),
            ("{\"a\": 012}", "not a JSON number"),
            ("{\"a\": NaN}", "word"),
            ("{\"a\": 'b'}", "single quotes"),
            ("{a: 1}", "double quotes"),
            ("// x\n1", "comments"),
            ("{\"a\": 1", "never closed"),
            ("\"a", "never closed"),
            ("\"\\ud800\"", "surrogate"),
            ("\"\\q\"", "escape"),
            ("\"\u{1}\"", "U+0001"),
            ("1 2", "more behind"),
            (" \n", "Empty"),
            ("[[[", "never closed"),
        ] {
            let (message, span) = problem(source);
            assert!(message.contains(part), "{source}: {message}");
            assert!(span.end <= source.len());
        }
        let deep = "[".repeat(200);
        assert!(problem(&deep).0.contains("TooLarge"));
    }

    #[test]
    fn a_name_twice() {
        let mut source = String::from("{\"a\": 0");
        for n in 0..40 {
            source.push_str(&format!(", \"k{n}\": {{}}"));
        }
        source.push_str(", \"\\u0061\": 1, \"k30\": 2}");
        let (_, problems) = parse(&source, &Limits::default());
        let keys: Vec<_> = problems
            .iter()
            .map(|p| match &p.kind {
                ProblemKind::DuplicateKey { key, first } => (key.as_str(), first.slice(&source)),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(keys, [("a", "\"a\""), ("k30", "\"k30\"")]);
    }
}
