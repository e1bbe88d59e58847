//! Edits that change names and nothing else, proved by reading what they give.

use super::{Name, Obstacle, Replacement, Upgrade, called};
use crate::schema::plan::{Place, Plan, Step};
use crate::syntax::{self, Document, Format, Kind, Limits, Node, Style};
use crate::text::Span;

/// The edits of an upgrade.
pub(super) fn edits(upgrade: &Upgrade<'_>) -> Result<Vec<Replacement>, Obstacle> {
    if let Some(obstacle) = obstacle(upgrade) {
        return Err(obstacle);
    }
    let names = upgrade.names.iter();
    let mut edits: Vec<Replacement> = names
        .map(|name| (name.key.span(), written(name)))
        .chain(upgrade.comment.clone())
        .collect();
    edits.sort();
    prove(upgrade, &edits)?;
    Ok(edits)
}

/// The text with some of its bytes replaced, given in their order.
pub(super) fn apply(source: &str, edits: &[Replacement]) -> String {
    let mut out = String::with_capacity(source.len());
    let mut at = 0;
    for (span, text) in edits {
        out.push_str(&source[at..span.range().start]);
        out.push_str(text);
        at = span.range().end;
    }
    out.push_str(&source[at..]);
    out
}

/// The first name that cannot be changed alone.
fn obstacle(upgrade: &Upgrade<'_>) -> Option<Obstacle> {
    if upgrade.names.is_empty() {
        return None;
    }
    let repeated = repeated(upgrade.document);
    upgrade.names.iter().find_map(|name| {
        let span = name.key.span();
        let reason = reason(upgrade, name, &repeated)?;
        Some(Obstacle { span, reason })
    })
}

fn reason(upgrade: &Upgrade<'_>, name: &Name<'_>, repeated: &[Span]) -> Option<String> {
    let (old, new) = (name.key.text(), name.to);
    let span = name.key.span();
    if name.key.is_alias() {
        return Some(format!(
            "`{old}` is written as an alias; write the name itself"
        ));
    }
    if matches!(name.key.style(), Style::Literal | Style::Folded) {
        return Some(format!(
            "`{old}` is written as a block; write the name on one line"
        ));
    }
    if is_in(repeated, span) {
        return Some(format!(
            "`{old}` stands in what an alias repeats elsewhere; write it out in both places"
        ));
    }
    let (group, place) = name.group;
    let mut others = group.entries().map(|(key, _)| key);
    let other = others.find(|other| {
        other.span() != span && called(place, other.text(), upgrade.version).0 == new
    })?;
    Some(format!(
        "`{old}` and `{}` are names of one field, and both are here; keep one of them",
        other.text()
    ))
}

/// What aliases repeat: places that do not overlap, in the order of the file.
fn repeated(document: &Document<'_>) -> Vec<Span> {
    let aliases = document.nodes().filter(|node| node.is_alias());
    let meant = aliases.map(|node| node.sibling(node.index()).span());
    let mut all: Vec<Span> = meant.collect();
    all.sort_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
    let mut end = 0;
    all.retain(|span| {
        let is_outer = span.end > end;
        end = end.max(span.end);
        is_outer
    });
    all
}

fn is_in(places: &[Span], span: Span) -> bool {
    let behind = places.partition_point(|place| place.start <= span.start);
    behind
        .checked_sub(1)
        .is_some_and(|last| places[last].contains(span))
}

/// The new name in the quotes of the old one.
fn written(name: &Name<'_>) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let is_plain = name.to.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.to.chars().all(is_word)
        && syntax::resolve_plain(name.to) == Kind::String
        && syntax::yaml11(name.to).is_none();
    match name.key.style() {
        Style::Plain if is_plain && name.key.document().format() != Format::Json => {
            name.to.to_owned()
        }
        Style::SingleQuoted if is_plain => format!("'{}'", name.to),
        // A text in JSON is one in YAML too (YAML 1.2.2, 1.3).
        _ => serde_json::Value::from(name.to).to_string(),
    }
}

/// Reads the new text, which must say what the old one does but for the names.
fn prove(upgrade: &Upgrade<'_>, edits: &[Replacement]) -> Result<(), Obstacle> {
    let Some((first, _)) = edits.first() else {
        return Ok(());
    };
    let (source, format) = (upgrade.document.source(), upgrade.document.format());
    let limits = Limits::default();
    let text = apply(source, edits);
    // The body of a Markdown file has no names in it.
    let (before, _) = syntax::parse(source, format, None, &limits);
    let (after, _) = syntax::parse(&text, format, None, &limits);
    let said = match (before.root(), after.root()) {
        (Some(before), Some(after)) => {
            let place = Some(upgrade.plan.root());
            same(upgrade.plan, place, before, after, upgrade.version)
        }
        (None, None) => upgrade.names.is_empty(),
        _ => false,
    };
    match said {
        true => Ok(()),
        false => Err(Obstacle {
            span: *first,
            reason: "with the new names the file would not be read as it is now; \
                     change them by hand"
                .to_owned(),
        }),
    }
}

/// Whether two values are equal but for the names that a version changes.
pub(super) fn same(
    plan: &Plan,
    place: Option<&Place>,
    before: Node<'_>,
    after: Node<'_>,
    version: u32,
) -> bool {
    if before.kind() != after.kind() || before.len() != after.len() || before.text() != after.text()
    {
        return false;
    }
    let mut pairs = before.children().zip(after.children()).enumerate();
    pairs.all(|(index, ((old, before), (new, after)))| {
        let (step, is_named) = match (old, new) {
            (Some(old), Some(new)) => {
                let name = old.text();
                let to = place.map_or(name, |place| called(place, name, version).0);
                (Step::Name(name), new.text() == to)
            }
            _ => (Step::Index(index), true),
        };
        let place = place.and_then(|place| plan.child(place, step));
        is_named && same(plan, place, before, after, version)
    })
}
