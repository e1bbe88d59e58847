//! Scalars: what plain ones mean, and where a part of a decoded text stands in the source.

use std::ops::Range;

use super::{Kind, Style};
use crate::text::Span;

/// The YAML 1.2 core schema (YAML 1.2.2, 10.3.2).
pub(super) fn resolve(text: &str) -> Kind {
    match text.as_bytes() {
        [] | [b'~'] => Kind::Null,
        [first, ..]
            if !matches!(
                first,
                b'-' | b'+' | b'.' | b'0'..=b'9' | b'n' | b'N' | b't' | b'T' | b'f' | b'F'
            ) =>
        {
            Kind::String
        }
        _ => match text {
            "null" | "Null" | "NULL" => Kind::Null,
            "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => Kind::Bool,
            _ => number(text),
        },
    }
}

/// Whether a byte means something of its own where it begins a value (YAML 1.2.2, 5.3).
pub(super) fn is_indicator(byte: u8) -> bool {
    const INDICATORS: &[u8] = b"-?:,[]{}#&*!|>'\"%@`";
    INDICATORS.contains(&byte)
}

fn number(text: &str) -> Kind {
    let radix = |digits: &str, is_digit: fn(&u8) -> bool| {
        !digits.is_empty() && digits.as_bytes().iter().all(is_digit)
    };
    if let Some(digits) = text.strip_prefix("0o") {
        return if radix(digits, |b| (b'0'..=b'7').contains(b)) {
            Kind::Int
        } else {
            Kind::String
        };
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return if radix(digits, u8::is_ascii_hexdigit) {
            Kind::Int
        } else {
            Kind::String
        };
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Kind::Float;
    }
    let whole = digits(unsigned);
    if whole == unsigned.len() {
        return if whole > 0 { Kind::Int } else { Kind::String };
    }
    if is_float(unsigned, whole) {
        Kind::Float
    } else {
        Kind::String
    }
}

/// `[0-9]* (. [0-9]*)? ([eE] [-+]? [0-9]+)?` with a digit before the exponent.
fn is_float(text: &str, whole: usize) -> bool {
    let mut rest = &text[whole..];
    let mut any = whole > 0;
    if let Some(fraction) = rest.strip_prefix('.') {
        let count = digits(fraction);
        any |= count > 0;
        rest = &fraction[count..];
    }
    if let Some(exponent) = rest.strip_prefix(['e', 'E']) {
        let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        return any && !exponent.is_empty() && digits(exponent) == exponent.len();
    }
    any && rest.is_empty()
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// Whether a number is `.nan` or `.inf`, which JSON does not have.
pub(super) fn is_not_finite(text: &str) -> bool {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    text.len() == 4 && text.starts_with('.') && !text.as_bytes()[1].is_ascii_digit()
}

/// The source bytes behind `part` of a scalar's decoded `text`, or `None` where it cannot be told.
pub(super) fn locate(
    source: &str,
    span: Span,
    style: Style,
    text: &str,
    part: Range<usize>,
) -> Option<Span> {
    let raw = span.slice(source);
    let (start, end) = match style {
        Style::Literal => locate_in_lines(raw, text, &part)?,
        _ => walk(raw, style, text, &part)?,
    };
    Some(Span::new(
        span.start as usize + start,
        span.start as usize + end,
    ))
}

/// In a literal block each line of text is the tail of one source line.
fn locate_in_lines(raw: &str, text: &str, part: &Range<usize>) -> Option<(usize, usize)> {
    let mut lines = source_lines(raw);
    let mut text_at = 0;
    let (mut start, mut end) = (None, None);
    for said in text.split('\n') {
        // The span ends with the last character that is not blank; the text may go on.
        let Some((raw_at, line)) = lines.next() else {
            break;
        };
        let shown = if line.ends_with(said) {
            said
        } else {
            said.trim_end_matches([' ', '\t'])
        };
        let shown_at = raw_at + line.strip_suffix(shown)?.len();
        let place = |at: usize| shown_at + (at - text_at).min(shown.len());
        let text_end = text_at + said.len();
        if start.is_none() && part.start <= text_end {
            start = Some(place(part.start));
        }
        // A line break at the end of the part is left out, with the indentation behind it.
        if end.is_none() && part.end <= text_end + 1 {
            end = Some(place(part.end));
        }
        text_at = text_end + 1;
    }
    let start = start.unwrap_or(raw.len());
    Some((start, end.unwrap_or(raw.len()).max(start)))
}

/// The lines of a part of the source and where each begins. LF, CRLF and a lone CR end a line.
fn source_lines(raw: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut next = Some(0);
    std::iter::from_fn(move || {
        let start = next?;
        let rest = &raw[start..];
        let length = rest.find(['\n', '\r']).unwrap_or(rest.len());
        let width = match &rest.as_bytes()[length..] {
            [b'\r', b'\n', ..] => 2,
            [] => 0,
            _ => 1,
        };
        next = (width > 0).then_some(start + length + width);
        Some((start, &rest[..length]))
    })
}

/// Reads the source and the decoded text side by side.
fn walk(raw: &str, style: Style, text: &str, part: &Range<usize>) -> Option<(usize, usize)> {
    let quoted = matches!(
        style,
        Style::SingleQuoted | Style::DoubleQuoted | Style::Json
    );
    let mut raw_at = usize::from(quoted);
    let mut text_at = 0;
    let (mut start, mut end) = (None, None);
    while text_at <= text.len() {
        if text_at >= part.start && start.is_none() {
            start = Some(raw_at);
        }
        if text_at >= part.end && end.is_none() {
            end = Some(raw_at);
            break;
        }
        if raw_at == raw.len() {
            // A span ends with the last character that is not blank; the text may go on.
            break;
        }
        let (raw_step, text_step) = step(&raw[raw_at..], style, &text[text_at..])?;
        raw_at += raw_step;
        text_at += text_step;
        if text_step == 0 && text_at <= part.start {
            // An escaped line break says nothing: the part begins behind it.
            start = None;
        }
    }
    Some((start.unwrap_or(raw_at), end.unwrap_or(raw_at)))
}

/// One step of [`walk`]: bytes of source, bytes of text.
fn step(raw: &str, style: Style, text: &str) -> Option<(usize, usize)> {
    let escapes = matches!(style, Style::DoubleQuoted | Style::Json);
    let said = text.chars().next()?;
    if escapes && raw.starts_with('\\') {
        return escape(raw, said);
    }
    if style == Style::SingleQuoted && raw.starts_with("''") {
        return Some((2, 1));
    }
    if style != Style::Json {
        let blank = &raw[..raw.len() - raw.trim_start_matches(BLANK).len()];
        let breaks = source_lines(blank).count() - 1;
        if breaks > 0 {
            // One break is a space, each further one a break; but a block text keeps more of them,
            // and there no escape can add a blank of its own.
            let folded = if escapes {
                (breaks - 1).max(1)
            } else {
                text.len() - text.trim_start_matches(BLANK).len()
            };
            return (folded > 0 && folded <= text.len()).then_some((blank.len(), folded));
        }
    }
    raw.starts_with(said)
        .then(|| (said.len_utf8(), said.len_utf8()))
}

/// The characters that folding removes or adds.
const BLANK: [char; 4] = [' ', '\t', '\n', '\r'];

fn escape(raw: &str, said: char) -> Option<(usize, usize)> {
    let length = match raw.as_bytes().get(1)? {
        b'x' => 4,
        // A character beyond U+FFFF may be a pair of escapes.
        b'u' if said.len_utf16() == 2 && raw[6.min(raw.len())..].starts_with("\\u") => 12,
        b'u' => 6,
        b'U' => 10,
        b'\n' | b'\r' => {
            let rest = raw[1..].trim_start_matches(BLANK);
            return Some((raw.len() - rest.len(), 0)).filter(|(length, _)| *length > 1);
        }
        _ => 1 + raw[1..].chars().next()?.len_utf8(),
    };
    (length <= raw.len()).then_some((length, said.len_utf8()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::{Format, Limits, parse};

    #[test]
    fn core_schema() {
        for (text, kind) in [
            ("", Kind::Null),
            ("~", Kind::Null),
            ("NULL", Kind::Null),
            ("nULL", Kind::String),
            ("no", Kind::String),
            ("True", Kind::Bool),
            ("012", Kind::Int),
            ("0o17", Kind::Int),
            ("0xFf", Kind::Int),
            ("0x", Kind::String),
            ("-12", Kind::Int),
            ("+", Kind::String),
            ("1.", Kind::Float),
            (".5", Kind::Float),
            (".", Kind::String),
            ("1e3", Kind::Float),
            ("e3", Kind::String),
            (".e3", Kind::String),
            ("1e", Kind::String),
            ("-.INF", Kind::Float),
            (".nan", Kind::Float),
            ("+.nan", Kind::String),
            ("1_000", Kind::String),
            ("1:30", Kind::String),
            ("2024-05-22", Kind::String),
            ("0.1.0", Kind::String),
        ] {
            assert_eq!(resolve(text), kind, "{text}");
        }
        assert!(is_not_finite("-.inf") && is_not_finite(".nan") && !is_not_finite(".500"));
    }

    /// The source text behind `what` in the value of `a`.
    fn located(source: &str, format: Format, what: &str) -> String {
        let (doc, problems) = parse(source, format, Some("a"), &Limits::default());
        assert_eq!(problems, [], "{source}");
        let node = doc.root().and_then(|root| root.get("a")).expect("a");
        let at = node.text().find(what).expect("part");
        node.locate(at..at + what.len()).slice(source).to_owned()
    }

    #[test]
    fn parts_are_found_in_the_source() {
        use Format::{Json, Markdown, Yaml};
        for (source, format, what, expected) in [
            ("a: see MT012 there\n", Yaml, "MT012", "MT012"),
            ("a: 'it''s MT012'\n", Yaml, "MT012", "MT012"),
            (
                "a: \"\\u00e9 \\x41 MT\\x30\\n12\"\n",
                Yaml,
                "MT0",
                "MT\\x30",
            ),
            ("a: |\n  one\n\n   two MT012\n", Yaml, "MT012", "MT012"),
            ("a: |\r\n  one\r\n  MT012\r\n", Yaml, "MT012", "MT012"),
            ("a: |\r  one\r  MT012\r", Yaml, "MT012", "MT012"),
            ("a: |+\n\n \n  one\n   MT012\n\n", Yaml, "MT012", "MT012"),
            ("a: |\n  one \n  two  \n", Yaml, "one \ntwo", "one \n  two"),
            ("a: >2\n\n\n   one\n  MT012\n", Yaml, "MT012", "MT012"),
            (
                "a: >\n  one\n\n   * two\n\n   * MT012\n",
                Yaml,
                "MT012",
                "MT012",
            ),
            ("a: \"one\n\n\n  MT012\"\n", Yaml, "MT012", "MT012"),
            ("a: \"one\n  \\tMT012\"\n", Yaml, "MT012", "MT012"),
            ("a: \"\\\n  MT012\"\n", Yaml, "MT012", "MT012"),
            ("a: >-\n  one\n  two\n\n  MT012 x\n", Yaml, "MT012", "MT012"),
            ("a: one\n  two\n  MT012\n", Yaml, "MT012", "MT012"),
            ("a: \"one \\\n  two MT012\"\n", Yaml, "MT012", "MT012"),
            (
                "{\"a\": \"\\ud83d\\ude00 \\\"MT012\"}",
                Json,
                "MT012",
                "MT012",
            ),
            ("{\"a\": \"x\\u202ey\"}", Json, "\u{202e}", "\\u202e"),
            ("---\nb: 1\n---\n\ntext MT012\n", Markdown, "MT012", "MT012"),
        ] {
            assert_eq!(located(source, format, what), expected, "{source}");
        }
    }
}
