//! Reports values of a type that the schema does not allow.

use super::words::{code, plural};
use super::{rewrite, spot};
use crate::diagnostic::{Edit, Fix, Safety};
use crate::rule::{DocumentView, Reported, Sink};
use crate::schema::violation::{Violation, ViolationKind};
use crate::syntax::{Format, Kind, Node, Style};
use crate::text::Span;

pub(super) fn check(view: &DocumentView<'_>, sink: &mut Sink) {
    for violation in view.violations {
        let ViolationKind::Type {
            expected,
            actual,
            text,
            items,
        } = &violation.kind
        else {
            continue;
        };
        let wanted = wanted(expected);
        let message = if *items > 1 {
            let field = code(&violation.field);
            // Behind the limit nothing was counted.
            let least = if *items >= view.limit { "at least " } else { "" };
            let items = plural(*items, "item");
            let actual = many(*actual);
            format!("{least}{items} of {field} are {actual}; each must be {wanted}")
        } else if *actual == Kind::Null {
            let name = spot::name(view, violation);
            format!("{name} has no value; it must be {wanted}")
        } else {
            let name = spot::name(view, violation);
            format!("{name} must be {wanted}, not {}", shown(*actual, text))
        };
        let reported = sink
            .report(place(view, violation), message)
            .pointer(&*violation.pointer);
        mend(view, violation, expected, reported);
    }
}

/// Where to point: at the name of a field that has no value.
fn place(view: &DocumentView<'_>, violation: &Violation) -> Span {
    if !violation.span.is_empty() {
        return violation.span;
    }
    let group = spot::around(view, violation);
    let field = group.and_then(|group| group.pair(&violation.field));
    field.map_or(violation.span, |(key, _)| key.span())
}

fn wanted(expected: &[Kind]) -> String {
    let nouns: Vec<&str> = expected
        .iter()
        .map(|kind| match kind {
            Kind::Int => "a whole number",
            kind => kind.noun(),
        })
        .collect();
    nouns.join(" or ")
}

fn shown(actual: Kind, text: &str) -> String {
    match actual {
        Kind::String => format!("text ({})", code(text)),
        Kind::Int | Kind::Float => format!("the number {}", code(text)),
        Kind::Bool => code(text),
        Kind::Null => "nothing".to_owned(),
        kind => kind.noun().to_owned(),
    }
}

fn many(actual: Kind) -> &'static str {
    match actual {
        Kind::Null => "empty",
        Kind::Bool => "true or false",
        Kind::Int | Kind::Float => "numbers",
        Kind::String => "texts",
        Kind::Sequence => "lists",
        Kind::Mapping => "groups of fields",
    }
}

fn mend(
    view: &DocumentView<'_>,
    violation: &Violation,
    expected: &[Kind],
    reported: Reported<'_>,
) {
    let Some(node) = spot::value(view, violation) else {
        return;
    };
    let wants = |kind| expected.contains(&kind);
    match node.kind() {
        Kind::Null if spot::list(view, violation).is_some() => {
            reported.help("write the value, or delete the item");
        }
        Kind::Null => {
            reported.help("write the value, or delete the field");
        }
        Kind::Bool | Kind::Int | Kind::Float if wants(Kind::String) => {
            quote(view, violation, node, reported);
        }
        Kind::Sequence if spot::list(view, violation).is_some() && !wants(Kind::Sequence) => {
            unnest(view, violation, reported);
        }
        Kind::String if wants(Kind::Sequence) => listed(view, violation, node, reported),
        Kind::Mapping | Kind::Sequence | Kind::Bool | Kind::String | Kind::Int | Kind::Float => {
            reported.help(format!("write {} here", wanted(expected)));
        }
    }
}

/// Text that YAML reads as something else needs quotes.
fn quote(view: &DocumentView<'_>, violation: &Violation, node: Node<'_>, reported: Reported<'_>) {
    let written = node.span().slice(view.source);
    let (quoted, safety) = match view.format {
        Format::Json => (rewrite::scalar(node, written), Safety::Unsafe),
        Format::Yaml | Format::Markdown => (rewrite::quoted(node, written), Safety::Safe),
    };
    // A number of a million digits is no text that anyone meant.
    let Some(quoted) = quoted.filter(|quoted| quoted.len() < 200 && !node.is_alias()) else {
        reported.help("put it in quotes");
        return;
    };
    let reported = reported.help(format!("put it in quotes: `{quoted}`"));
    let alone = !matches!(violation.kind, ViolationKind::Type { items, .. } if items > 1);
    if alone {
        reported.fix(safety, format!("Write `{quoted}`"), node.span(), quoted);
    }
}

/// A single text where a list is wanted.
fn listed(view: &DocumentView<'_>, violation: &Violation, node: Node<'_>, reported: Reported<'_>) {
    let one_line = !node.span().slice(view.source).contains(['\n', '\r']);
    let item = rewrite::fresh(node.text(), view.format)
        .filter(|item| one_line && item.len() < 200 && !node.is_alias() && !node.text().is_empty());
    let Some(item) = item else {
        reported.help("write it as a list");
        return;
    };
    let list = format!("[{item}]");
    let field = &violation.field;
    let line = match view.format {
        Format::Json => format!("\"{field}\": {list}"),
        Format::Yaml | Format::Markdown => format!("{field}: {list}"),
    };
    reported.help(format!("write it as a list: `{line}`")).fix(
        Safety::Unsafe,
        format!("Write `{list}`"),
        node.span(),
        list,
    );
}

/// A list within a list: its items belong into the outer one.
fn unnest(view: &DocumentView<'_>, violation: &Violation, reported: Reported<'_>) {
    let reported = reported.help("take the items out of the inner list");
    let ViolationKind::Type { actual, .. } = violation.kind else {
        return;
    };
    let list = spot::list(view, violation);
    let inner = list.into_iter().flat_map(Node::items);
    let edits: Option<Vec<Edit>> = inner
        .filter(|item| item.kind() == actual)
        .take(view.limit)
        .map(|item| {
            Some(Edit {
                path: view.path.clone(),
                span: item.span(),
                text: inside(item, view.source)?,
            })
        })
        .collect();
    if let Some(edits) = edits {
        reported.fix_with(Fix {
            title: "Take the items out of the inner list".to_owned(),
            safety: Safety::Unsafe,
            edits,
            rename: None,
        });
    }
}

/// The items of a list in brackets, written so that they can stand in the list around it.
fn inside(list: Node<'_>, source: &str) -> Option<String> {
    if list.style() != Style::Flow || list.is_alias() || list.is_empty() {
        return None;
    }
    let before = rewrite::line_before(source, list.span().range().start);
    let between = if before.trim() == "-" {
        format!("\n{before}")
    } else if before.trim_start().starts_with('-') {
        return None;
    } else {
        ", ".to_owned()
    };
    let written: Option<Vec<&str>> = list
        .items()
        .map(|item| {
            let text = item.span().slice(source);
            let simple = !text.is_empty() && !text.contains(['\n', '\r', '#']);
            (simple && rewrite::property(source, item.span()).is_none()).then_some(text)
        })
        .collect();
    Some(written?.join(&between))
}
