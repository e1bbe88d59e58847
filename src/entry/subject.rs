//! Which objects of a document are entries, and what their schemas mark in them.

use crate::schema::Schemas;
use crate::schema::plan::{Met, Place, Plan, Visit};
use crate::schema::vocabulary::{Marks, Scope};
use crate::syntax::{Document, Kind, Node};
use crate::text::Span;

/// An object of a document that is an entry, with all that its schema marks in it.
pub struct Subject<'d> {
    /// The object.
    pub node: Node<'d>,
    /// What the schemas know about the object's fields.
    pub place: &'d Place,
    /// The plan that the place belongs to.
    pub plan: &'d Plan,
    /// Its kind, as [`Schemas::entry_kinds`] counts them.
    pub kind: usize,
    /// Whether it repeats an entry that is defined elsewhere.
    pub copy: bool,
    /// Marked values in it that belong to no entry further in, in document order.
    pub fields: Vec<Met<'d>>,
    /// The kind of its file, as the profile counts them.
    pub form: usize,
}

impl<'d> Subject<'d> {
    /// The value that is the entry's ID.
    #[must_use]
    pub fn id(&self) -> Option<Node<'d>> {
        self.field(|marks| marks.id.is_some())
            .filter(|node| node.kind() == Kind::String)
    }

    /// The text that names the entry to people: the first that must be unique.
    #[must_use]
    pub fn label(&self) -> Option<Node<'d>> {
        self.field(|marks| marks.unique.is_some())
            .filter(|node| node.kind() == Kind::String)
    }

    /// Among which entries [`Subject::label`] must be the only one of its text.
    #[must_use]
    pub fn scope(&self) -> Option<Scope> {
        self.fields.iter().find_map(|met| met.marks.unique)
    }

    /// The first marked value that fits.
    #[must_use]
    pub fn field(&self, fits: impl Fn(&Marks) -> bool) -> Option<Node<'d>> {
        self.fields
            .iter()
            .find(|met| fits(met.marks))
            .map(|met| met.node)
    }

    /// Whether it is a tombstone.
    #[must_use]
    pub fn is_retired(&self) -> bool {
        self.fields.iter().any(|met| {
            let retired = met.marks.status.as_deref();
            retired.is_some() && met.node.as_str() == retired
        })
    }

    /// Where to point when the whole entry is meant: its ID, or its first name.
    #[must_use]
    pub fn anchor(&self) -> Span {
        if let Some(id) = self.field(|marks| marks.id.is_some()) {
            return id.span();
        }
        let first = self.node.entries().next();
        first.map_or(self.node.span(), |(key, _)| key.span())
    }
}

/// Finds the entries of a document, outermost first. A document whose root is no entry by its
/// schema, such as a list, has none.
#[must_use]
pub fn subjects<'d>(
    document: &'d Document<'d>,
    schemas: &'d Schemas,
    kind: usize,
) -> Vec<Subject<'d>> {
    let plan = &schemas.kinds()[kind].plan;
    let mut finder = Finder {
        schemas,
        plan,
        form: kind,
        found: Vec::new(),
        open: Vec::new(),
    };
    if let Some(root) = document.root() {
        plan.walk(root, &mut finder);
    }
    finder.found
}

/// Marked values that most entries have room for.
const USUAL_FIELDS: usize = 24;

struct Finder<'d> {
    schemas: &'d Schemas,
    plan: &'d Plan,
    form: usize,
    found: Vec<Subject<'d>>,
    open: Vec<usize>,
}

impl<'d> Visit<'d> for Finder<'d> {
    fn enter(&mut self, place: &'d Place, met: Met<'d>) {
        if let Some(entry) = &met.marks.entry
            && met.node.kind() == Kind::Mapping
            && let Some(kind) = self.schemas.entry_kind(&entry.kind)
        {
            self.open.push(self.found.len());
            self.found.push(Subject {
                node: met.node,
                place,
                plan: self.plan,
                kind,
                copy: entry.copy,
                fields: Vec::with_capacity(USUAL_FIELDS),
                form: self.form,
            });
        } else if let Some(&owner) = self.open.last() {
            self.found[owner].fields.push(met);
        }
    }

    fn leave(&mut self, place: &'d Place) {
        if let Some(&owner) = self.open.last()
            && std::ptr::eq(self.found[owner].place, place)
            && place.marks.entry.is_some()
        {
            self.open.pop();
        }
    }
}
