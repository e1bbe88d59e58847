//! What a change relaxes of the check that it must pass: the profile, the schemas.
//!
//! Whether two schemas accept the same is undecidable in general; what is not plainly stricter counts
//! as looser.

mod schema;

use std::sync::Arc;

use crate::diagnostic::{Location, Severity};
use crate::profile::{Kind, Level, Profile};
use crate::snapshot::Workspace;
use crate::text::Position;

/// One thing that is relaxed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loosened {
    /// Where: in the head's file, or in the base's where the head has it no more.
    pub location: Location,
    /// JSON pointer (RFC 6901) in a schema.
    pub pointer: Option<String>,
    /// What, in one sentence.
    pub message: String,
}

/// Says what the head's configuration relaxes. `level` gives the default level of a rule.
#[must_use]
pub fn loosened(
    base: &Workspace,
    base_name: &str,
    head: &Workspace,
    level: &dyn Fn(&str) -> Option<Severity>,
) -> Vec<Loosened> {
    let mut found = Found {
        path: head.profile_name().into(),
        items: Vec::new(),
    };
    found.profile(&base.profile, &head.profile);
    found.rules(&base.profile, &head.profile, level);
    let mut items = found.items;
    items.extend(schemas(base, base_name, head));
    items
}

fn schemas(base: &Workspace, base_name: &str, head: &Workspace) -> Vec<Loosened> {
    let mut found = Vec::new();
    for (path, before) in base.schemas.files() {
        let after = head.schemas.files().find(|(other, _)| *other == path);
        let Some((_, after)) = after else {
            // A file that no kind needs any more is gone with its kind, which is said already.
            continue;
        };
        for schema::Looser { pointer, message } in schema::compare(before, after) {
            let (side, revision) = match after.pointer(&pointer) {
                Some(_) => (head, None),
                None => (base, Some(Arc::from(base_name))),
            };
            let at = side.schemas.position(path, &pointer);
            found.push(Loosened {
                location: Location {
                    path: path.into(),
                    start: at,
                    end: at,
                    revision,
                },
                pointer: Some(pointer),
                message,
            });
        }
    }
    found
}

/// What a profile relaxes.
struct Found {
    path: Arc<str>,
    items: Vec<Loosened>,
}

/// Where a file begins.
const START: Position = Position {
    line: 1,
    column: 1,
    offset: 0,
};

impl Found {
    fn add(&mut self, at: Position, message: String) {
        let location = Location {
            path: Arc::clone(&self.path),
            start: at,
            end: at,
            revision: None,
        };
        self.items.push(Loosened {
            location,
            pointer: None,
            message,
        });
    }

    fn profile(&mut self, before: &Profile, after: &Profile) {
        if before.root != after.root {
            let message = format!(
                "the entries are looked for in `{}`, no longer in `{}`",
                after.root, before.root
            );
            self.add(START, message);
        }
        for glob in &after.ignore.texts {
            if !before.ignore.texts.contains(glob) {
                self.add(START, format!("files that match `{glob}` are ignored"));
            }
        }
        for kind in &before.kinds {
            match after.kinds.iter().find(|other| other.name == kind.name) {
                Some(other) => self.kind(kind, other),
                None => self.add(START, format!("the kind `{}` is gone", kind.name)),
            }
        }
        for kind in &after.kinds {
            if before.kinds.iter().all(|other| other.name != kind.name) {
                let message = format!("the kind `{}` is new", kind.name);
                self.add(kind.schema_at, message);
            }
        }
        self.order(before, after);
        self.limits(before, after);
    }

    fn kind(&mut self, before: &Kind, after: &Kind) {
        let name = &before.name;
        if before.files.texts != after.files.texts {
            let message = format!("other files are of the kind `{name}`");
            self.add(after.schema_at, message);
        }
        if before.keys != after.keys {
            let message = format!("files are known to be of the kind `{name}` by other keys");
            self.add(after.schema_at, message);
        }
        if before.schema != after.schema {
            let message = format!(
                "the schema of `{name}` is `{}`, no longer `{}`",
                after.schema, before.schema
            );
            self.add(after.schema_at, message);
        }
    }

    /// The first kind whose glob matches takes a file.
    fn order(&mut self, before: &Profile, after: &Profile) {
        let names = |profile: &Profile, other: &Profile| -> Vec<String> {
            let kept = profile.kinds.iter().filter(|kind| {
                let mut others = other.kinds.iter();
                others.any(|other| other.name == kind.name)
            });
            kept.map(|kind| kind.name.clone()).collect()
        };
        if names(before, after) != names(after, before) {
            self.add(START, "the kinds stand in another order".to_owned());
        }
    }

    fn limits(&mut self, before: &Profile, after: &Profile) {
        let (old, new) = (&before.limits, &after.limits);
        let pairs = [
            ("file-bytes", old.file_bytes, new.file_bytes),
            ("depth", old.syntax.depth as u64, new.syntax.depth as u64),
            ("nodes", old.syntax.nodes as u64, new.syntax.nodes as u64),
            (
                "alias-nodes",
                old.syntax.expanded_nodes,
                new.syntax.expanded_nodes,
            ),
        ];
        for (name, old, new) in pairs {
            if new > old {
                let message = format!("the limit `{name}` goes from {old} to {new}");
                self.add(START, message);
            }
        }
        // Fewer findings shown may hide some.
        if new.findings < old.findings {
            let message = format!(
                "the limit `findings` goes from {} to {}",
                old.findings, new.findings
            );
            self.add(START, message);
        }
    }

    fn rules(
        &mut self,
        before: &Profile,
        after: &Profile,
        level: &dyn Fn(&str) -> Option<Severity>,
    ) {
        let names = before.rules.keys().chain(after.rules.keys());
        let mut names: Vec<&String> = names.collect();
        names.sort();
        names.dedup();
        for name in names {
            let of = |profile: &Profile| match profile.rules.get(name) {
                Some((Level::Off, _)) => None,
                Some((Level::On(severity), _)) => Some(*severity),
                None => level(name),
            };
            let (old, new) = (of(before), of(after));
            if new < old {
                let at = after.rules.get(name).map_or(START, |(_, at)| *at);
                let word = |level: Option<Severity>| level.map_or("off", Severity::as_str);
                let message = format!("the rule `{name}` goes from {} to {}", word(old), word(new));
                self.add(at, message);
            }
        }
    }
}
