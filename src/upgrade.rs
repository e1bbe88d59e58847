//! Format versions of a corpus: what a file of another version writes differently, and the edits
//! that change it.
//!
//! A version is a numbered step. What a step renames is said by `x-renamed` in the schemas, so
//! steps can be gone up and down. Edits replace nothing but names and the number in a comment that
//! names the schema: comments, order, quotes and line ends stay as they are.

mod comment;
mod edit;

use crate::schema::plan::{Place, Plan, Step};
use crate::schema::{FileKind, Schemas};
use crate::syntax::{Document, Kind, Node};
use crate::text::Span;

/// A name of a field that another format version has in its place.
#[derive(Clone, Copy)]
pub struct Name<'d> {
    /// The name as it stands.
    pub key: Node<'d>,
    /// What the other version calls the field.
    pub to: &'d str,
    /// The version that changed the name first on the way up, or last on the way down.
    pub since: u32,
    /// The object that the field is of, and what the schemas know about it.
    group: (Node<'d>, &'d Place),
}

/// A replacement of some bytes of a file.
pub type Replacement = (Span, String);

/// Why a file cannot be brought to another version by edits, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obstacle {
    /// The place.
    pub span: Span,
    /// What is wrong with it and what to do.
    pub reason: String,
}

/// What a file writes differently in another format version.
pub struct Upgrade<'d> {
    document: &'d Document<'d>,
    plan: &'d Plan,
    version: u32,
    /// Names to change, in the order of the file.
    pub names: Vec<Name<'d>>,
    /// The version in the path of a schema in a comment, and the path with the other version.
    pub comment: Option<Replacement>,
}

/// The newest format version that any schema of a corpus knows.
#[must_use]
pub fn newest(schemas: &Schemas) -> u32 {
    let kinds = schemas.kinds().iter();
    kinds.map(|kind| kind.plan.version()).max().unwrap_or(1)
}

/// Finds what a document of a kind writes differently in a format version. A document that no step
/// changes is of every version.
#[must_use]
pub fn to_version<'d>(document: &'d Document<'d>, kind: &'d FileKind, version: u32) -> Upgrade<'d> {
    let mut names = Vec::new();
    if let Some(root) = document.root().filter(|_| kind.plan.version() > 1) {
        find(&kind.plan, kind.plan.root(), root, version, &mut names);
    }
    // Aliases lead to a name more than once.
    names.sort_by_key(|name| name.key.span());
    names.dedup_by_key(|name| name.key.span());
    Upgrade {
        document,
        plan: &kind.plan,
        version,
        names,
        comment: comment::replacement(document, &kind.path, version),
    }
}

/// Whether a file tells editors to check it by the schema of another version than its kind's.
#[must_use]
pub fn has_other_schema(document: &Document<'_>, kind: &FileKind) -> bool {
    comment::replacement(document, &kind.path, kind.plan.version()).is_some()
}

fn find<'d>(
    plan: &'d Plan,
    place: &'d Place,
    node: Node<'d>,
    version: u32,
    found: &mut Vec<Name<'d>>,
) {
    match node.kind() {
        Kind::Mapping => {
            for (key, value) in node.entries() {
                let (to, since) = called(place, key.text(), version);
                // The body of a Markdown file has a name that is written nowhere.
                if to != key.text() && !key.span().is_empty() {
                    let group = (node, place);
                    found.push(Name {
                        key,
                        to,
                        since,
                        group,
                    });
                }
                if let Some(place) = plan.child(place, Step::Name(key.text())) {
                    find(plan, place, value, version, found);
                }
            }
        }
        Kind::Sequence => {
            for (index, value) in node.items().enumerate() {
                if let Some(place) = plan.child(place, Step::Index(index)) {
                    find(plan, place, value, version, found);
                }
            }
        }
        _ => {}
    }
}

/// What a field is called in a version, step by step up and then down, and the version of the
/// first step up or of the last one down.
fn called<'n>(place: &'n Place, name: &'n str, version: u32) -> (&'n str, u32) {
    let steps = place.renames();
    let (mut called, mut since) = (name, 0);
    while let Some(step) = steps
        .iter()
        .find(|step| *step.from == *called && step.version <= version)
    {
        called = &step.to;
        since = if since == 0 { step.version } else { since };
    }
    while let Some(step) = steps
        .iter()
        .find(|step| *step.to == *called && step.version > version)
    {
        called = &step.from;
        since = step.version;
    }
    (called, since)
}

impl Upgrade<'_> {
    /// Whether the file is of the version already.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.names.is_empty() && self.comment.is_none()
    }

    /// The replacements that bring the file to the version, in the order of the file.
    ///
    /// # Errors
    ///
    /// The first place where no edit can be right.
    pub fn edits(&self) -> Result<Vec<Replacement>, Obstacle> {
        edit::edits(self)
    }

    /// The text of the file in the version.
    ///
    /// # Errors
    ///
    /// The first place where no edit can be right.
    pub fn text(&self) -> Result<String, Obstacle> {
        Ok(edit::apply(self.document.source(), &self.edits()?))
    }
}
