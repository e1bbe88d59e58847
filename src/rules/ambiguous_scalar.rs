//! Reports plain values that YAML 1.1 and YAML 1.2 read differently.

use rustc_hash::FxHashSet;

use super::{rewrite, spot};
use crate::diagnostic::Safety;
use crate::rule::{DocumentView, Reported, Sink};
use crate::schema::violation::ViolationKind;
use crate::syntax::{Format, Kind, Node, Style, Yaml11, yaml11};
use crate::text::Span;

pub(super) fn check(view: &DocumentView<'_>, sink: &mut Sink) {
    if view.format == Format::Json || !view.is_sound() {
        return;
    }
    let dates = dates(view);
    let is_date = |node: &Node<'_>| dates.contains(&node.span());
    let nodes = view.document.nodes();
    let mut found = nodes
        .filter_map(|node| Some((node, reading(node)?)))
        .filter(|(node, reading)| *reading != Yaml11::Date || !is_date(node))
        .peekable();
    if found.peek().is_none() {
        return;
    }
    let settled = settled(view);
    found
        .filter(|(node, _)| !settled.contains(&node.span()) && !is_tagged(*node))
        .take(view.limit + 1)
        .for_each(|(node, reading)| report(node, reading, sink));
}

/// What YAML 1.1 makes of a value, where that differs.
fn reading(node: Node<'_>) -> Option<Yaml11> {
    if node.style() != Style::Plain || node.is_alias() {
        return None;
    }
    let source = node.document().source().as_bytes();
    // Most values are words, and most words begin with a letter that decides it.
    let first = source.get(node.span().range()).and_then(<[u8]>::first)?;
    if first.is_ascii_alphabetic() && !b"yYnNoO".contains(first) {
        return None;
    }
    yaml11(node.text())
}

/// Whether a tag says what the value is, to both.
fn is_tagged(node: Node<'_>) -> bool {
    rewrite::property(node.document().source(), node.span()) == Some('!')
}

/// Values that the schema knows as dates: those are written without quotes.
fn dates(view: &DocumentView<'_>) -> FxHashSet<Span> {
    let fields = view.subjects.iter().flat_map(|subject| &subject.fields);
    fields
        .filter(|met| met.marks.date.is_some())
        .map(|met| met.node.span())
        .collect()
}

/// Values of which a finding says already that they are wrong.
fn settled(view: &DocumentView<'_>) -> FxHashSet<Span> {
    let mut spans: FxHashSet<Span> = view.violations.iter().map(|found| found.span).collect();
    for violation in view.violations {
        if let ViolationKind::Type { actual, items, .. } = violation.kind
            && items > 1
            && let Some(list) = spot::list(view, violation)
        {
            let alike = list.items().filter(|item| item.kind() == actual);
            spans.extend(alike.map(Node::span));
        }
    }
    spans
}

fn report(node: Node<'_>, reading: Yaml11, sink: &mut Sink) {
    let text = node.text();
    let then = match reading {
        Yaml11::Bool(value) => format!("`{value}`"),
        Yaml11::Number => other_number(text),
        Yaml11::Sexagesimal => "a number to the base of 60".to_owned(),
        Yaml11::Text => "text".to_owned(),
        Yaml11::Date => "a date".to_owned(),
        Yaml11::Merge => "an order to insert other fields".to_owned(),
        Yaml11::Default => "a default value".to_owned(),
    };
    let now = match (node.kind(), same_number(text)) {
        (Kind::Int, Some(number)) => format!("the number {number}"),
        (Kind::Int | Kind::Float, _) => "a number".to_owned(),
        _ => "text".to_owned(),
    };
    let shown = super::words::code(text);
    let reported = sink.report(
        node.span(),
        format!("{shown} is {now} here; tools that read YAML 1.1 take it for {then}"),
    );
    match node.kind() {
        Kind::Int | Kind::Float => mend_number(node, reported),
        _ => quote(node, reported),
    }
}

fn quote(node: Node<'_>, reported: Reported<'_>) {
    let Some(quoted) = rewrite::quoted(node, node.text()) else {
        reported.help("put it in quotes");
        return;
    };
    reported
        .help(format!("put it in quotes: `{quoted}`"))
        .fix(Safety::Safe, format!("Write `{quoted}`"), node.span(), quoted);
}

/// A number is what the file says, and perhaps not what its author meant.
fn mend_number(node: Node<'_>, reported: Reported<'_>) {
    let text = node.text();
    match same_number(text) {
        Some(number) => reported
            .help(format!(
                "write `{number}` for the number, or put it in quotes if it is text"
            ))
            .fix(
                Safety::Unsafe,
                format!("Write `{number}`"),
                node.span(),
                number,
            ),
        None => reported.help("put it in quotes if it is text"),
    };
}

/// What YAML 1.1 reads as a number.
fn other_number(text: &str) -> String {
    let digits: String = text.chars().filter(|c| *c != '_').collect();
    let value = match digits.trim_start_matches(['-', '+']) {
        octal if octal.starts_with("0b") => u64::from_str_radix(&octal[2..], 2),
        octal if octal.starts_with("0x") => u64::from_str_radix(&octal[2..], 16),
        octal if octal.starts_with('0') => u64::from_str_radix(octal, 8),
        decimal => decimal.parse(),
    };
    let sign = if digits.starts_with('-') { "-" } else { "" };
    match value {
        Ok(value) => format!("the number {sign}{value}"),
        Err(_) => "a number".to_owned(),
    }
}

/// The number as both read it: `12` for `012`, `15` for `0o17`, `1.0e+3` for `1e3`.
fn same_number(text: &str) -> Option<String> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    if let Some(octal) = text.strip_prefix("0o") {
        return Some(u64::from_str_radix(octal, 8).ok()?.to_string());
    }
    let Some((base, power)) = digits.split_once(['e', 'E']) else {
        let digits = digits.trim_start_matches('0');
        let short = digits.len() < 40 && digits.bytes().all(|b| b.is_ascii_digit());
        return (short && !digits.is_empty()).then(|| format!("{sign}{digits}"));
    };
    let point = if base.contains('.') { "" } else { ".0" };
    let plus = if power.starts_with(['-', '+']) { "" } else { "+" };
    (text.len() < 40).then(|| format!("{sign}{base}{point}e{plus}{power}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_value() {
        for (text, same) in [
            ("012", "12"),
            ("-012", "-12"),
            ("08", "8"),
            ("0o17", "15"),
            ("1e3", "1.0e+3"),
            ("1.5E3", "1.5e+3"),
            ("-1.e3", "-1.e+3"),
            (".5e3", ".5e+3"),
            ("1e-3", "1.0e-3"),
        ] {
            assert_eq!(same_number(text).as_deref(), Some(same), "{text}");
            assert_eq!(yaml11(same), None, "{same}");
        }
    }
}
