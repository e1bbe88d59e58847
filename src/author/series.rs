//! The next free ID.

use std::collections::BTreeMap;

use super::{AuthorError, Card, Shelf, a, refuse};
use crate::entry::series;
use crate::schema::EntryKind;
use crate::schema::vocabulary::{Folder, PathMark};

/// Which of the series of a kind is meant.
#[derive(Clone, Copy, Debug, Default)]
pub struct Place<'p> {
    /// The entry that the new one belongs to: one whose ID it extends, or one of the same folder.
    pub parent: Option<&'p str>,
    /// The folder below the root of the entries.
    pub folder: Option<&'p str>,
    /// What the ID begins with, all but its number.
    pub prefix: Option<&'p str>,
}

/// The lowest ID of a kind above every one that was ever used in its series.
///
/// # Errors
///
/// It is not clear which series is meant, or the series is used up.
pub fn next(shelf: &Shelf<'_>, kind: usize, place: Place<'_>) -> Result<String, AuthorError> {
    let own = &shelf.workspace.schemas.entry_kinds()[kind];
    let prefix = match &own.parent {
        Some((parent, separator)) => extending(shelf, own, (parent, separator), place)?,
        None => choose(shelf, kind, place)?,
    };
    after_all(shelf, own, &prefix)
}

/// The lowest free ID of the series that an ID is in.
pub(super) fn next_beside(shelf: &Shelf<'_>, card: &Card) -> Result<String, AuthorError> {
    let Some((prefix, _)) = series(&card.id) else {
        return refuse(format!(
            "`{}` does not end with a number: say the new ID",
            card.id
        ));
    };
    after_all(shelf, shelf.kind(card), prefix)
}

/// Where entries of a kind of entry lie by their IDs.
pub(super) fn path_mark<'s>(shelf: &Shelf<'s>, kind: usize) -> Option<&'s PathMark> {
    let schemas = &shelf.workspace.schemas;
    let name = &schemas.entry_kinds()[kind].name;
    let is_it = |plan: &&crate::schema::plan::Plan| {
        let mark = plan.root().marks.entry.as_ref();
        mark.is_some_and(|mark| !mark.copy && mark.kind == *name)
    };
    let mut plans = schemas.kinds().iter().map(|kind| &kind.plan);
    let plan = plans.find(is_it)?;
    let mut fields = plan.root().fields(plan);
    let (_, id) = fields.find(|(_, place)| place.marks.id.is_some())?;
    id.marks.path.as_ref()
}

/// The folder that an ID puts its entry in.
pub(super) fn folder_of<'s>(shelf: &Shelf<'s>, kind: usize, id: &str) -> Option<&'s str> {
    let Some(Folder::ByPrefix(prefixes)) = path_mark(shelf, kind)?.folder.as_ref() else {
        return None;
    };
    let found = prefixes.iter().find(|(prefix, _)| id.starts_with(prefix));
    found.map(|(_, folder)| folder.as_str())
}

fn extending(
    shelf: &Shelf<'_>,
    own: &EntryKind,
    (kind, separator): (&str, &str),
    place: Place<'_>,
) -> Result<String, AuthorError> {
    let Some(parent) = place.parent else {
        return refuse(format!(
            "{} belongs to {}: name it with --parent",
            a(&own.name),
            a(kind)
        ));
    };
    let card = shelf.living(parent)?;
    let found = &shelf.kind(card).name;
    if found != kind {
        return refuse(format!(
            "{} is {} and {} belongs to {}",
            shelf.title(card),
            a(found),
            a(&own.name),
            a(kind)
        ));
    }
    Ok(format!("{parent}{separator}"))
}

/// The series of a kind that is meant, among those that exist or that the schema names.
fn choose(shelf: &Shelf<'_>, kind: usize, place: Place<'_>) -> Result<String, AuthorError> {
    let own = &shelf.workspace.schemas.entry_kinds()[kind];
    let mut known = all(shelf, kind);
    if let Some(prefix) = place.prefix {
        if !known.contains_key(prefix) && numbered(own, prefix, 1, 1).is_none() {
            return refuse(format!(
                "no ID of {} begins with `{prefix}`{}",
                a(&own.name),
                listed(&known)
            ));
        }
        return Ok(prefix.to_owned());
    }
    let beside = match place.parent {
        None => None,
        Some(parent) => {
            let folder = shelf.folder(shelf.path(shelf.living(parent)?));
            folder.rsplit('/').next()
        }
    };
    let shown = listed(&known);
    for folder in [place.folder, beside].into_iter().flatten() {
        known.retain(|_, found| found.as_deref().is_none_or(|found| found == folder));
        if known.is_empty() {
            return refuse(format!(
                "no {} lies in the folder `{folder}`{shown}",
                own.name
            ));
        }
    }
    let mut left = known.into_keys();
    match (left.next(), left.next()) {
        (Some(only), None) => Ok(only),
        (None, _) => refuse(format!(
            "nothing says what an ID of {} begins with: say it with --prefix",
            a(&own.name)
        )),
        _ => refuse(format!(
            "{} can have IDs of several series: say which with --folder, --parent or --prefix{shown}",
            a(&own.name)
        )),
    }
}

/// The series of a kind, each with its folder where the ID decides that.
pub(super) fn all(shelf: &Shelf<'_>, kind: usize) -> BTreeMap<String, Option<String>> {
    let own = &shelf.workspace.schemas.entry_kinds()[kind];
    let mut prefixes: Vec<String> = Vec::new();
    let used = shelf.taken().chain(own.example.as_deref());
    let used = used.filter(|id| own.pattern.is_some() && own.is_id(id));
    prefixes.extend(used.filter_map(series).map(|(prefix, _)| prefix.to_owned()));
    if own.pattern.is_none() {
        let same = shelf.cards.iter().filter(|card| card.kind == kind);
        prefixes.extend(same.filter_map(|card| Some(series(&card.id)?.0.to_owned())));
    }
    if let Some(Folder::ByPrefix(named)) =
        path_mark(shelf, kind).and_then(|mark| mark.folder.as_ref())
    {
        let whole = named
            .iter()
            .filter(|(prefix, _)| numbered(own, prefix, 1, 1).is_some());
        prefixes.extend(whole.map(|(prefix, _)| prefix.clone()));
    }
    prefixes
        .into_iter()
        .map(|prefix| {
            let folder = folder_of(shelf, kind, &prefix).map(str::to_owned);
            (prefix, folder)
        })
        .collect()
}

/// The series that the schema of a kind names, whatever entries there are: folders where the ID
/// decides them.
pub(super) fn by_schema(shelf: &Shelf<'_>, kind: usize) -> Vec<String> {
    let mark = path_mark(shelf, kind).and_then(|mark| mark.folder.as_ref());
    let mut found: Vec<String> = match mark {
        Some(Folder::ByPrefix(named)) => named.iter().map(|(_, folder)| folder.clone()).collect(),
        _ => Vec::new(),
    };
    found.sort();
    found.dedup();
    found
}

/// Whether IDs of a kind can begin with a text and go on with a number.
pub(super) fn is_prefix(own: &EntryKind, text: &str) -> bool {
    numbered(own, text, 1, 1).is_some()
}

/// `` ; known are `ME` (means) and `MT` (motive) ``, or nothing.
fn listed(known: &BTreeMap<String, Option<String>>) -> String {
    if known.is_empty() {
        return String::new();
    }
    let names = known.iter().map(|(prefix, folder)| match folder {
        Some(folder) => format!("`{prefix}` ({folder})"),
        None => format!("`{prefix}`"),
    });
    format!("; known are {}", names.collect::<Vec<_>>().join(", "))
}

fn after_all(shelf: &Shelf<'_>, own: &EntryKind, prefix: &str) -> Result<String, AuthorError> {
    let mut highest = 0;
    let mut width = 1;
    for id in shelf.taken().chain(own.example.as_deref()) {
        if let Some((found, number)) = series(id).filter(|(found, _)| *found == prefix)
            && own.is_id(id)
        {
            width = width.max(id.len() - found.len());
            // An example of the schema is no entry.
            if own.example.as_deref() != Some(id) || shelf.taken().any(|taken| taken == id) {
                highest = highest.max(number);
            }
        }
    }
    numbered(own, prefix, highest.saturating_add(1), width).ok_or_else(|| {
        AuthorError(format!(
            "the series `{prefix}` is used up: its last number is {highest}, and no ID of {} has a higher one",
            a(&own.name)
        ))
    })
}

/// Digits beyond which no ID is tried.
const DIGITS: usize = 12;

/// The ID of a number, at least so many digits wide, as the kind's pattern has it.
fn numbered(own: &EntryKind, prefix: &str, number: u64, width: usize) -> Option<String> {
    let ids = (width..=DIGITS).map(|width| format!("{prefix}{number:0width$}"));
    ids.into_iter().find(|id| own.is_id(id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use regex::Regex;

    #[test]
    fn numbers_are_as_wide_as_the_pattern_says() {
        let kind = |pattern: &str| EntryKind {
            name: "thing".to_owned(),
            pattern: Some(Regex::new(pattern).expect("a pattern")),
            example: None,
            is_stem: true,
            parent: None,
        };
        for (pattern, prefix, number, width, expected) in [
            ("^PV[0-9]{3}$", "PV", 7, 1, Some("PV007")),
            ("^PV[0-9]{3}$", "PV", 999, 3, Some("PV999")),
            ("^PV[0-9]{3}$", "PV", 1000, 3, None),
            ("^AR[1-9][0-9]*$", "AR", 6, 1, Some("AR6")),
            ("^r-[a-z]+-[0-9]{2}$", "r-soup-", 2, 2, Some("r-soup-02")),
            ("^r-[a-z]+-[0-9]{2}$", "r-soup", 2, 2, None),
            ("^X[0-9]+$", "X", 10, 4, Some("X0010")),
        ] {
            let found = numbered(&kind(pattern), prefix, number, width);
            assert_eq!(found.as_deref(), expected, "{pattern} {prefix} {number}");
        }
    }
}
