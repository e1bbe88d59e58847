//! A parsed value as plain data.

use serde_json::{Map, Number, Value};

use crate::syntax::{Kind, Node};

/// A value without its place and its style. Aliases are followed.
#[must_use]
pub fn value(node: Node<'_>) -> Value {
    match node.kind() {
        Kind::Null => Value::Null,
        Kind::Bool => Value::Bool(node.text().eq_ignore_ascii_case("true")),
        Kind::Int | Kind::Float => {
            number(node.text()).map_or_else(|| Value::String(node.text().to_owned()), Value::Number)
        }
        Kind::String => Value::String(node.text().to_owned()),
        Kind::Sequence => Value::Array(node.items().map(value).collect()),
        Kind::Mapping => Value::Object(fields(node)),
    }
}

/// The fields of a mapping, in its order.
#[must_use]
pub fn fields(node: Node<'_>) -> Map<String, Value> {
    let pairs = node.entries();
    pairs
        .map(|(key, item)| (key.text().to_owned(), value(item)))
        .collect()
}

/// A number of the YAML 1.2 core schema as JSON writes it, with all of its digits.
fn number(text: &str) -> Option<Number> {
    if let Ok(number) = serde_json::from_str(text) {
        return Some(number);
    }
    for (prefix, radix) in [("0x", 16), ("0o", 8)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            let number = u128::from_str_radix(digits, radix).ok()?;
            return serde_json::from_str(&number.to_string()).ok();
        }
    }
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.trim_start_matches('+')),
    };
    let mantissa = rest.find(['e', 'E']).unwrap_or(rest.len());
    let (whole, fraction) = rest[..mantissa]
        .split_once('.')
        .unwrap_or((&rest[..mantissa], ""));
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let point = if fraction.is_empty() { "" } else { "." };
    serde_json::from_str(&format!(
        "{sign}{whole}{point}{fraction}{}",
        &rest[mantissa..]
    ))
    .ok()
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_keep_their_digits() {
        for (text, json) in [
            ("12", "12"),
            ("+7", "7"),
            ("012", "12"),
            ("-0.50", "-0.50"),
            (".5", "0.5"),
            ("1.", "1"),
            ("0x1F", "31"),
            ("0o17", "15"),
            ("9007199254740993", "9007199254740993"),
            ("+1.5e+3", "1.5e+3"),
        ] {
            assert_eq!(
                number(text).map(|number| number.to_string()).as_deref(),
                Some(json)
            );
        }
    }
}
