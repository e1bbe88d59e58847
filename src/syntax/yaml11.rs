//! Plain scalars that YAML 1.1 and YAML 1.2 read differently.

use super::{Kind, scalar};

/// What YAML 1.1 makes of a plain scalar that the YAML 1.2 core schema reads as something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Yaml11 {
    /// `yes`, `off`: true or false (`bool` of the YAML 1.1 types).
    Bool(bool),
    /// `012`, `0b101`, `1_000`: a number, or another one.
    Number,
    /// `1:30`: a number to the base of 60.
    Sexagesimal,
    /// `1e3`, `0o17`: text, because the number is written as YAML 1.1 does not have it.
    Text,
    /// `2024-05-22`: a date.
    Date,
    /// `<<`: fields of another group are put in here.
    Merge,
    /// `=`: the default value of a group.
    Default,
}

/// What YAML 1.1 makes of a plain scalar, where that is not what YAML 1.2 makes of it.
#[must_use]
pub fn yaml11(text: &str) -> Option<Yaml11> {
    let bytes = text.as_bytes();
    match bytes.first()? {
        b'y' | b'Y' | b'n' | b'N' | b'o' | b'O' if bytes.len() <= 3 => word(text),
        b'=' if bytes.len() == 1 => Some(Yaml11::Default),
        b'<' if text == "<<" => Some(Yaml11::Merge),
        b'0'..=b'9' | b'-' | b'+' | b'.' => number(text),
        _ => None,
    }
}

/// <https://yaml.org/type/bool.html>: small, capital or all capital letters.
fn word(text: &str) -> Option<Yaml11> {
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Some(Yaml11::Bool(true)),
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => Some(Yaml11::Bool(false)),
        _ => None,
    }
}

fn number(text: &str) -> Option<Yaml11> {
    let (now, then) = (scalar::resolve(text), reading(text));
    match (now, then) {
        // A number of digits alone is the same in both, unless the digits are octal ones.
        (Kind::Int, Some(Reading::Decimal)) => None,
        (Kind::Float, Some(Reading::Float)) => None,
        (Kind::Int, Some(Reading::Hexadecimal)) => None,
        (Kind::Int | Kind::Float, None) => Some(Yaml11::Text),
        (_, None) => None,
        (_, Some(Reading::Date)) => Some(Yaml11::Date),
        (_, Some(Reading::Sexagesimal)) => Some(Yaml11::Sexagesimal),
        (_, Some(_)) => Some(Yaml11::Number),
    }
}

/// How YAML 1.1 reads a scalar that is no text to it.
#[derive(Clone, Copy)]
enum Reading {
    Decimal,
    Octal,
    Hexadecimal,
    Binary,
    Grouped,
    Float,
    Sexagesimal,
    Date,
}

/// <https://yaml.org/type/int.html>, `float.html` and `timestamp.html`.
fn reading(text: &str) -> Option<Reading> {
    if is_date(text) {
        return Some(Reading::Date);
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let all = |digits: &str, fits: fn(u8) -> bool| {
        !digits.is_empty()
            && digits.bytes().all(|b| fits(b) || b == b'_')
            && digits.bytes().any(|b| b != b'_')
    };
    if let Some(digits) = unsigned.strip_prefix("0b") {
        return all(digits, |b| matches!(b, b'0' | b'1')).then_some(Reading::Binary);
    }
    if let Some(digits) = unsigned.strip_prefix("0x") {
        let fits = all(digits, |b| b.is_ascii_hexdigit());
        // YAML 1.2 knows neither a sign nor `_` here.
        let same = unsigned.len() == text.len() && !digits.contains('_');
        return fits.then_some(if same {
            Reading::Hexadecimal
        } else {
            Reading::Grouped
        });
    }
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Some(Reading::Float);
    }
    if unsigned.contains(':') {
        return is_sexagesimal(unsigned).then_some(Reading::Sexagesimal);
    }
    if let Some(digits) = unsigned.strip_prefix('0').filter(|rest| !rest.is_empty()) {
        if all(digits, |b| (b'0'..=b'7').contains(&b)) {
            return Some(Reading::Octal);
        }
    }
    if unsigned.starts_with(|c: char| c.is_ascii_digit()) && all(unsigned, |b| b.is_ascii_digit()) {
        let grouped = unsigned.contains('_');
        return match unsigned.as_bytes() {
            // `08` is no octal number, and a decimal one does not begin with 0.
            [b'0', _, ..] => None,
            _ if grouped => Some(Reading::Grouped),
            _ => Some(Reading::Decimal),
        };
    }
    float(unsigned)
}

/// `[0-9][0-9_]* . [0-9_]* ([eE][-+][0-9]+)?`: with a full stop and a sign in the exponent.
fn float(text: &str) -> Option<Reading> {
    let (whole, rest) = text.split_once('.')?;
    let (fraction, exponent) = match rest.find(['e', 'E']) {
        Some(at) => (&rest[..at], Some(&rest[at + 1..])),
        None => (rest, None),
    };
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    let any = whole
        .bytes()
        .chain(fraction.bytes())
        .any(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || !any || whole.starts_with('_') {
        return None;
    }
    if let Some(exponent) = exponent {
        let power = exponent.strip_prefix(['-', '+'])?;
        if power.is_empty() || !power.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
    }
    Some(if text.contains('_') {
        Reading::Grouped
    } else {
        Reading::Float
    })
}

/// `[0-9][0-9_]* (: [0-5]?[0-9])+ (. [0-9_]*)?`
fn is_sexagesimal(text: &str) -> bool {
    let (text, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut parts = text.split(':');
    let first = parts.next().unwrap_or("");
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    first.starts_with(|c: char| c.is_ascii_digit())
        && digits(first)
        && digits(fraction)
        && parts.all(|part| match part.as_bytes() {
            [ones] => ones.is_ascii_digit(),
            [tens, ones] => (b'0'..=b'5').contains(tens) && ones.is_ascii_digit(),
            _ => false,
        })
}

/// `2024-05-22`, or `2024-5-2` with a time behind it.
fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    let length = bytes
        .iter()
        .take_while(|b| b.is_ascii_digit() || **b == b'-')
        .count();
    let (day, time) = text.split_at(length);
    let mut parts = day.split('-');
    let (Some(year), Some(month), Some(day), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let short = |part: &str| (1..=2).contains(&part.len());
    if time.is_empty() {
        return (year.len(), month.len(), day.len()) == (4, 2, 2);
    }
    let time = time.trim_start_matches(['T', 't', ' ', '\t']);
    let hours = time.split(':').next().unwrap_or("");
    year.len() == 4
        && short(month)
        && short(day)
        && short(hours)
        && time.split(':').count() >= 3
        && time.bytes().all(|b| {
            b.is_ascii_digit() || matches!(b, b':' | b'.' | b'Z' | b'+' | b'-' | b' ' | b'\t')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_both_versions_read_alike() {
        for text in [
            "",
            "a",
            "12",
            "0",
            "-7",
            "+7",
            "1.5",
            ".5",
            "1.",
            "-.5",
            "0x1F",
            "true",
            "null",
            "~",
            "-",
            "+",
            ".",
            "...",
            "1.2.3",
            "2024",
            "2024-5-2",
            "1e",
            "nO",
            "oN",
            "yep",
            "no.",
            "MT012",
            "1:60",
            "1:2:3:x",
            "0b2",
            "0b",
            "_1",
            "1-2",
            ".inf",
            "-.INF",
            ".nan",
            "1.5e+3",
            "==",
            "<",
            "2nd",
            "10:20pm",
            "127.0.0.1",
            "0x",
            "-x",
            "1:",
            ":1",
            "_",
            "._",
        ] {
            assert_eq!(yaml11(text), None, "{text}");
        }
    }

    #[test]
    fn what_they_read_differently() {
        use Yaml11::{Bool, Date, Default, Merge, Number, Sexagesimal, Text};
        for (text, reading) in [
            ("yes", Bool(true)),
            ("Off", Bool(false)),
            ("N", Bool(false)),
            ("012", Number),
            ("-012", Number),
            ("08", Text),
            ("0o17", Text),
            ("1:30", Sexagesimal),
            ("-190:20:30", Sexagesimal),
            ("190:20:30.15", Sexagesimal),
            ("1_000", Number),
            ("0b101", Number),
            ("-0x1F", Number),
            ("0x1_F", Number),
            ("1e3", Text),
            ("1.5e3", Text),
            ("1_0.5", Number),
            ("=", Default),
            ("<<", Merge),
            ("2024-05-22", Date),
            ("2001-12-14t21:59:43.10-05:00", Date),
            ("2001-12-14 21:59:43.10 -5", Date),
        ] {
            assert_eq!(yaml11(text), Some(reading), "{text}");
        }
    }
}
