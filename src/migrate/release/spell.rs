//! How the publisher spells dates and JSON.

use serde_json::Value;

use crate::entry::{date, to_ordinal};
use crate::schema::vocabulary::Notation;

/// An ISO date as a release writes it: `09th December 2024`. Every day below ten has a leading zero
/// in every release that is known.
pub(super) fn day(iso: &str) -> Option<String> {
    let date = date(iso, Notation::Iso)?;
    let text = to_ordinal(date);
    Some(if date.day() < 10 {
        format!("0{text}")
    } else {
        text
    })
}

/// JSON on one line with `/` and everything beyond ASCII escaped, as the publisher's files have it.
pub(super) fn json(value: &Value) -> String {
    let mut out = String::new();
    push(value, &mut out);
    out
}

fn push(value: &Value, out: &mut String) {
    match value {
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                push(item, out);
            }
            out.push(']');
        }
        Value::Object(fields) => {
            out.push('{');
            for (index, (name, item)) in fields.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                text(name, out);
                out.push(':');
                push(item, out);
            }
            out.push('}');
        }
        Value::String(string) => text(string, out),
        scalar => out.push_str(&scalar.to_string()),
    }
}

fn text(string: &str, out: &mut String) {
    out.push('"');
    for c in string.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '/' => out.push_str("\\/"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            ' '..='~' => out.push(c),
            c => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_texts_are_spelled_as_the_publisher_does() {
        assert_eq!(day("2024-12-09").as_deref(), Some("09th December 2024"));
        assert_eq!(day("2024-05-22").as_deref(), Some("22nd May 2024"));
        assert_eq!(day("2024-05-01").as_deref(), Some("01st May 2024"));
        assert_eq!(day("22nd May 2024"), None);
        let value = serde_json::json!({"a": ["é/👩\"\\\u{7f}", 1, null, {}]});
        assert_eq!(
            json(&value),
            "{\"a\":[\"\\u00e9\\/\\ud83d\\udc69\\\"\\\\\\u007f\",1,null,{}]}"
        );
    }
}
