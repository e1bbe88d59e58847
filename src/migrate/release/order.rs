//! Orders of the publisher that no schema can say.

use std::cmp::Ordering;

use serde_json::{Map, Value};

/// Fields in the order of the publisher's files, by kind of entry; others stand behind them.
const FIELDS: &[(&str, &[&str])] = &[
    (
        "article",
        &["title", "description", "id", "theme", "created", "updated"],
    ),
    (
        "section",
        &[
            "title",
            "id",
            "description",
            "created",
            "updated",
            "subsections",
            "preventions",
            "detections",
            "contributors",
            "platforms",
            "references",
        ],
    ),
    (
        "subsection",
        &[
            "title",
            "id",
            "description",
            "created",
            "updated",
            "preventions",
            "detections",
            "contributors",
            "platforms",
            "references",
        ],
    ),
    ("prevention", CONTROL),
    ("detection", CONTROL),
];

const CONTROL: &[&str] = &[
    "id",
    "title",
    "description",
    "contributors",
    "platforms",
    "references",
];

/// Kinds that stand by ID; all others stand by title.
const BY_ID: &[&str] = &["article"];

/// Puts the fields of an entry into the publisher's order.
pub(super) fn fields(kind: &str, mut fields: Map<String, Value>) -> Map<String, Value> {
    let known = FIELDS.iter().find(|(name, _)| *name == kind);
    let mut out = Map::new();
    for name in known.map_or(&[][..], |(_, names)| names) {
        if let Some(value) = fields.shift_remove(*name) {
            out.insert((*name).to_owned(), value);
        }
    }
    out.extend(fields);
    out
}

/// Which of two entries of a kind comes first, by their IDs and titles.
pub(super) fn compare(kind: &str, a: (&str, &str), b: (&str, &str)) -> Ordering {
    let by_id = by_id(a.0, b.0);
    if BY_ID.contains(&kind) {
        return by_id;
    }
    a.1.to_lowercase().cmp(&b.1.to_lowercase()).then(by_id)
}

/// `AR10` behind `AR9`.
pub(super) fn by_id(a: &str, b: &str) -> Ordering {
    let letters = |id: &str| id.len() - id.trim_start_matches(|c: char| !c.is_ascii_digit()).len();
    a[..letters(a)]
        .cmp(&b[..letters(b)])
        .then_with(|| number(&a[letters(a)..]).cmp(&number(&b[letters(b)..])))
        .then_with(|| a.cmp(b))
}

fn number(digits: &str) -> u64 {
    let end = digits
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(digits.len());
    digits[..end].parse().unwrap_or(0)
}
