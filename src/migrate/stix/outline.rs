//! What of an entry must be known to write the objects of others.

use crate::migrate::layout::Layout;
use crate::migrate::model::Entry;
use crate::schema::plan::Step;

/// What of an entry the objects of others depend on. A bundle can be written from the outlines of all
/// entries and one whole entry after another.
pub(in crate::migrate) fn outline(entry: &Entry, layout: &Layout<'_>) -> Entry {
    let plan = layout.plan(entry.kind);
    let is_needed = |name: &str| {
        let place = plan.child(plan.root(), Step::Name(name));
        let item = place.and_then(|place| plan.child(place, Step::Index(usize::MAX)));
        let of_field = place.is_some_and(|place| {
            let marks = &place.marks;
            marks.id.is_some() || marks.path.is_some() || marks.date.is_some()
        });
        of_field || item.is_some_and(|item| item.marks.refs.is_some() || item.marks.person)
    };
    let fields = entry.fields.iter().filter(|(name, _)| is_needed(name));
    Entry {
        kind: entry.kind,
        path: entry.path.clone(),
        fields: fields
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect(),
    }
}
