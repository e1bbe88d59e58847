//! Which fields of an object have another name by now.

use super::Opened;
use crate::schema::plan::{PlanError, Rename};
use crate::schema::vocabulary;

const KEYWORD: &str = "x-renamed";

/// Reads the old names of an object's fields from all schemas of the object.
///
/// # Errors
///
/// A name that leads nowhere, that goes back in time, or that two fields would share: then a file
/// could not be brought to another version and back.
pub(super) fn renames(parts: &[Opened<'_>], names: &[&str]) -> Result<Vec<Rename>, PlanError> {
    let mut found: Vec<(Rename, PlanError)> = Vec::new();
    for (part, object) in parts {
        let properties = object.get("properties").and_then(|all| all.as_object());
        for (name, schema) in properties.into_iter().flatten() {
            let mark = schema.get(KEYWORD).and_then(vocabulary::renamed);
            let is_known = |known: &(Rename, _)| *known.0.from == **name;
            let Some(mark) = mark.filter(|_| !found.iter().any(is_known)) else {
                continue;
            };
            let property = part.below(&["properties", name], schema);
            let rename = Rename {
                from: name.as_str().into(),
                to: mark.to.into(),
                version: mark.version,
            };
            found.push((rename, property.error(KEYWORD, String::new())));
        }
    }
    for (rename, at) in &found {
        if let Some(message) = fault(rename, found.iter().map(|(rename, _)| rename), names) {
            return Err(PlanError {
                file: at.file.clone(),
                pointer: at.pointer.clone(),
                message,
            });
        }
    }
    Ok(found.into_iter().map(|(rename, _)| rename).collect())
}

fn fault<'r>(
    rename: &Rename,
    mut all: impl Iterator<Item = &'r Rename>,
    names: &[&str],
) -> Option<String> {
    let Rename { from, to, version } = rename;
    if !names.contains(&to.as_ref()) {
        return Some(format!(
            "`{KEYWORD}` leads to `{to}`, which is no property beside `{from}`"
        ));
    }
    let other = all.find(|other| {
        let is_another = other.from != *from;
        (is_another && other.to == *to) || (other.from == *to && other.version <= *version)
    })?;
    Some(if other.to == *to && other.from != *from {
        format!("`{from}` and `{}` are both renamed to `{to}`", other.from)
    } else {
        format!(
            "`{from}` becomes `{to}` in {version}, but `{to}` is an old name by {} already",
            other.version
        )
    })
}
