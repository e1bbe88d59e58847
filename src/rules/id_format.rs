//! Reports IDs that do not have the shape of their kind's IDs.

use super::{ids, rewrite, words};
use crate::diagnostic::Safety;
use crate::rule::{EntryView, Sink};
use crate::schema::plan::Met;

pub(super) fn check(view: &EntryView<'_>, sink: &mut Sink) {
    let fields = &view.subject.fields;
    let Some(met) = fields.iter().find(|met| ids::is_malformed(met)) else {
        return;
    };
    let text = met.node.text();
    let fits = |id: &str| met.marks.pattern.as_ref().is_some_and(|p| p.is_match(id));
    let visible = ids::visible(text);
    let is_owned_elsewhere =
        (visible != text && fits(&visible)) || !ids::look_alikes(text, fits).is_empty();
    if !is_owned_elsewhere {
        report(view, met, &corrections(text, fits), sink);
    }
}

fn report(view: &EntryView<'_>, met: &Met<'_>, corrections: &[String], sink: &mut Sink) {
    let text = met.node.text();
    let shown = words::code(text);
    let kinds = view.file.schemas.entry_kinds();
    let kind = &kinds[view.subject.kind];
    let shape = match &kind.example {
        Some(example) => format!(", which looks like `{example}`"),
        None => String::new(),
    };
    let wanted = format!("{} ID{shape}", ids::a(&kind.name));
    let stem = view.file.stem();
    let by_name = (kind.is_stem && kind.is_id(stem)).then_some(stem);
    let other = kinds
        .iter()
        .find(|other| other.pattern.is_some() && other.is_id(text));
    if let Some(other) = other {
        let message = format!("{shown} is {} ID, not {wanted}", ids::a(&other.name));
        let help = match by_name {
            Some(name) => format!("write `{name}`, as the file's name says, or rename the file"),
            None => format!("write {} ID", ids::a(&kind.name)),
        };
        sink.report(met.node.span(), message).help(help);
        return;
    }
    let (guess, safety, help) = guess(corrections, by_name, &wanted);
    let message = format!("{shown} is not {wanted}");
    let reported = sink.report(met.node.span(), message).help(help);
    if let Some(right) = guess
        && let Some(new) = rewrite::scalar(met.node, right)
    {
        reported.fix(safety, format!("Write `{right}`"), met.node.span(), new);
    }
}

/// The ID that is probably meant, how sure that is, and what to do.
fn guess<'a>(
    corrections: &'a [String],
    by_name: Option<&'a str>,
    wanted: &str,
) -> (Option<&'a str>, Safety, String) {
    match (corrections, by_name) {
        ([only], Some(name)) if only != name => {
            let help = format!("write `{only}`, or `{name}` as the file's name says");
            (Some(only), Safety::Unsafe, help)
        }
        ([only], _) => (Some(only), Safety::Safe, format!("write `{only}`")),
        (_, Some(name)) => {
            let help = format!("write `{name}`, as the file's name says");
            (Some(name), Safety::Unsafe, help)
        }
        _ => (None, Safety::Unsafe, format!("write {wanted}")),
    }
}

/// Most digits that a group of an ID is tried with.
const MOST_DIGITS: usize = 8;

/// IDs that a text becomes by another case, by other leading zeros, or without white space.
fn corrections(text: &str, fits: impl Fn(&str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    let packed: String = text.split_whitespace().collect();
    if packed.len() > 64 {
        return found;
    }
    for cased in [
        packed.to_uppercase(),
        packed.to_lowercase(),
        packed.clone(),
    ] {
        for candidate in widths(&cased) {
            if fits(&candidate) && !found.contains(&candidate) {
                found.push(candidate);
            }
        }
    }
    found
}

/// A text with its groups of digits in every width that keeps their numbers. Texts with more than
/// two groups stay as they are: nobody counts so many wrong.
fn widths(text: &str) -> Vec<String> {
    let pieces = pieces(text);
    let groups = pieces.iter().filter(|piece| is_number(piece)).count();
    if groups > 2 {
        return vec![text.to_owned()];
    }
    let mut made = vec![String::new()];
    for piece in pieces {
        let options = if is_number(piece) {
            padded(piece)
        } else {
            vec![piece.to_owned()]
        };
        made = made
            .iter()
            .flat_map(|start| options.iter().map(move |option| format!("{start}{option}")))
            .collect();
    }
    made
}

fn is_number(piece: &str) -> bool {
    piece.starts_with(|c: char| c.is_ascii_digit())
}

/// Runs of digits and of anything else, in order.
fn pieces(text: &str) -> Vec<&str> {
    text.as_bytes()
        .chunk_by(|a, b| a.is_ascii_digit() == b.is_ascii_digit())
        .scan(0, |at, chunk| {
            let start = *at;
            *at += chunk.len();
            Some(text.get(start..*at).unwrap_or(""))
        })
        .collect()
}

/// A number in every width from its shortest.
fn padded(digits: &str) -> Vec<String> {
    let number = digits.trim_start_matches('0');
    let shortest = number.len().max(1);
    (shortest..=MOST_DIGITS.max(shortest))
        .map(|width| format!("{number:0>width$}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use regex::Regex;

    #[test]
    fn one_correction_or_none() {
        for (pattern, text, expected) in [
            ("^MT[0-9]{3}$", "mt12", &["MT012"][..]),
            ("^MT[0-9]{3}$", " MT 0012\n", &["MT012"]),
            ("^MT[0-9]{3}$", "MT1234", &[]),
            ("^MT[0-9]{3}$", "MT", &[]),
            (r"^MT[0-9]{3}\.[0-9]{3}$", "mt12.4", &["MT012.004"]),
            ("^AR[1-9][0-9]*$", "AR01", &["AR1"]),
            ("^[a-z]+-[0-9]{2,3}$", "AB-7", &["ab-07", "ab-007"]),
            ("^MT[0-9]{3}$", "é12", &[]),
        ] {
            let pattern = Regex::new(pattern).expect("a pattern");
            let found = corrections(text, |id| pattern.is_match(id));
            assert_eq!(found, expected, "{text}");
        }
    }
}
