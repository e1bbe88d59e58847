//! Entries to a release.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::convert::{Pair, outward};
use super::read::is_child;
use super::{
    DANGLING, Items, NO_HTML, NO_PARENT, NO_PLACE, OTHER_FOLDER, RESPELLED, RETIRED, UNUSED,
    items_are, items_of, order, spell,
};
use crate::migrate::html::{Converter, to_html};
use crate::migrate::layout::Layout;
use crate::migrate::loss::{Losses, Sort, Spot};
use crate::migrate::model::{Entry, Model};
use crate::migrate::{Files, MigrateError};
use crate::schema::plan::{Place, Plan, Step};
use crate::syntax::push_segment;

/// All entries as one file.
pub(in crate::migrate) fn write(
    model: &Model,
    layout: &Layout<'_>,
    losses: &mut Losses,
) -> Result<Files, MigrateError> {
    let plan = layout.plan(super::kind(layout)?);
    let mut writer = Writer {
        layout,
        plan,
        model,
        by_kind: BTreeMap::new(),
        by_id: BTreeMap::new(),
        children: BTreeMap::new(),
        used: BTreeSet::new(),
        retired: BTreeSet::new(),
        built: BTreeMap::new(),
        converter: Converter::default(),
        losses,
    };
    writer.index();
    let mut whole = model.unknown_of(None).cloned().unwrap_or_default();
    for (name, place) in plan.root().fields(plan) {
        if let Some((place, kind, Items::Nested)) = items_are(place, plan) {
            let entries = writer.by_kind.get(kind).cloned().unwrap_or_default();
            whole.insert(name.to_owned(), writer.list(entries, place, kind));
        }
    }
    writer.report_rest();
    Ok(Files::one(spell::json(&Value::Object(whole))))
}

struct Writer<'m, 'l> {
    layout: &'m Layout<'l>,
    plan: &'l Plan,
    model: &'m Model,
    by_kind: BTreeMap<&'l str, Vec<&'m Entry>>,
    by_id: BTreeMap<&'m str, &'m Entry>,
    /// Entries by kind and by what a parent of theirs has: its ID, or its folder.
    children: BTreeMap<(&'l str, &'m str), Vec<&'m Entry>>,
    /// Paths of entries that the release has.
    used: BTreeSet<&'m str>,
    retired: BTreeSet<&'m str>,
    /// Entries that are copied, by path: they are made once.
    built: BTreeMap<&'m str, Map<String, Value>>,
    converter: Converter,
    losses: &'m mut Losses,
}

impl<'m, 'l> Writer<'m, 'l> {
    fn index(&mut self) {
        for entry in &self.model.entries {
            let kind = self.layout.kind_name(entry.kind);
            if self.is_retired(entry) {
                self.retired.insert(entry.stem());
                self.report(RETIRED, entry, "", "the entry is retired");
                continue;
            }
            self.by_kind.entry(kind).or_default().push(entry);
            self.by_id.insert(entry.stem(), entry);
            let found = self.layout.schemas().entry_kind(kind);
            let found = found.map(|at| &self.layout.schemas().entry_kinds()[at]);
            let parent = found.and_then(|kind| kind.parent_of(entry.stem()));
            let key = (kind, parent.unwrap_or(entry.folder()));
            self.children.entry(key).or_default().push(entry);
        }
    }

    fn is_retired(&self, entry: &Entry) -> bool {
        let status = self
            .layout
            .field(entry.kind, |marks| marks.status.is_some());
        status.is_some_and(|(name, place)| {
            let value = entry.fields.get(name).and_then(Value::as_str);
            value.is_some() && value == place.marks.status.as_deref()
        })
    }

    fn report(&mut self, sort: Sort, entry: &Entry, pointer: &str, what: impl Into<String>) {
        let place = Spot {
            file: entry.path.clone(),
            pointer: pointer.to_owned(),
        };
        self.losses.add(sort, Some(entry.stem()), what, place);
    }

    /// Entries of one kind in the publisher's order.
    fn list(&mut self, mut entries: Vec<&'m Entry>, place: &'l Place, kind: &str) -> Value {
        let names = |entry: &'m Entry| {
            let title = self
                .layout
                .field(entry.kind, |marks| marks.unique.is_some());
            let title = title.and_then(|(name, _)| entry.fields.get(name));
            (entry.stem(), title.and_then(Value::as_str).unwrap_or(""))
        };
        entries.sort_by(|a, b| order::compare(kind, names(a), names(b)));
        let items = entries.into_iter().map(|entry| {
            self.used.insert(&entry.path);
            Value::Object(self.object(entry, place, kind))
        });
        Value::Array(items.collect())
    }

    fn object(&mut self, entry: &'m Entry, place: &'l Place, kind: &str) -> Map<String, Value> {
        if let Some(built) = self.built.get(entry.path.as_str()) {
            return built.clone();
        }
        let mut out = Map::new();
        let unknown = self.model.unknown_of(Some(entry.stem()));
        for (name, inner) in place.fields(self.plan) {
            let required = place.marks.required.iter().any(|field| field == name);
            let own = self.layout.plan(entry.kind).root().newest(name);
            let value = match items_are(inner, self.plan) {
                Some((item, kind, Items::Nested)) => {
                    let children = self.children_of(entry, kind);
                    (required || !children.is_empty()).then(|| self.list(children, item, kind))
                }
                Some((item, kind, Items::Copies)) => self.copies(entry, own, item, kind),
                None => self.value(entry, own, inner),
            };
            let is_list = items_of(inner, self.plan).is_some();
            let value = value.or_else(|| (required && is_list).then(|| Value::Array(Vec::new())));
            let whole = unknown.and_then(|unknown| unknown.get(name));
            if let Some(value) = richer(value, whole) {
                out.insert(name.to_owned(), value);
            }
        }
        self.report_no_place(entry, place);
        for (name, value) in unknown.into_iter().flatten() {
            if !place.field_names().any(|field| field == name) || self.is_unknown(entry, name) {
                out.insert(name.clone(), value.clone());
            }
        }
        let out = order::fields(kind, out);
        if place.marks.entry.as_ref().is_some_and(|mark| mark.copy) {
            self.built.insert(&entry.path, out.clone());
        }
        out
    }

    /// Whether a field of a release has no counterpart in entries.
    fn is_unknown(&self, entry: &Entry, name: &str) -> bool {
        let root = self.layout.plan(entry.kind).root();
        let own = root.newest(name);
        !root.field_names().any(|field| field == own)
    }

    fn children_of(&self, entry: &Entry, kind: &'l str) -> Vec<&'m Entry> {
        let lists = [entry.stem(), entry.folder()].map(|key| self.children.get(&(kind, key)));
        let found = lists.into_iter().flatten().flatten().copied();
        found
            .filter(|child| is_child(self.layout, child, entry))
            .collect()
    }

    /// Full copies of the entries that a field refers to.
    fn copies(
        &mut self,
        entry: &'m Entry,
        name: &str,
        place: &'l Place,
        kind: &str,
    ) -> Option<Value> {
        let ids = entry.fields.get(name)?.as_array()?;
        let mut found = Vec::new();
        for (index, id) in ids.iter().enumerate() {
            let id = id.as_str().unwrap_or("");
            match self.by_id.get(id) {
                Some(control) => found.push(*control),
                None => {
                    let retired = if self.retired.contains(id) {
                        " is retired"
                    } else {
                        ""
                    };
                    let pointer = format!("/{name}/{index}");
                    self.report(DANGLING, entry, &pointer, format!("`{id}`{retired}"));
                }
            }
        }
        Some(self.list(found, place, kind))
    }

    fn value(&mut self, entry: &Entry, name: &str, place: &'l Place) -> Option<Value> {
        let value = entry.fields.get(name)?;
        let target = self.layout.plan(entry.kind);
        let Some(to) = target.child(target.root(), Step::Name(name)) else {
            return Some(value.clone());
        };
        let pair = Pair {
            from: (self.plan, place),
            to: (target, to),
        };
        if place.marks.prose.is_some()
            && let Value::String(markdown) = value
        {
            self.prose(entry, name, markdown);
        }
        Some(outward(pair, value))
    }

    /// Says where the way back gives another text than this Markdown.
    fn prose(&mut self, entry: &Entry, name: &str, markdown: &str) {
        let html = to_html(markdown);
        let back = self.converter.to_markdown(&html);
        let back = back.map(|back| back.markdown);
        if back.as_deref() == Ok(markdown) {
            return;
        }
        let same = back.is_ok_and(|back| to_html(&back) == html);
        let sort = if same { RESPELLED } else { NO_HTML };
        let mut pointer = String::new();
        push_segment(&mut pointer, name);
        self.report(sort, entry, &pointer, format!("`{name}` is written anew"));
    }

    fn report_no_place(&mut self, entry: &'m Entry, place: &Place) {
        let root = self.layout.plan(entry.kind).root();
        for name in entry.fields.keys() {
            if !place.field_names().any(|field| root.newest(field) == name) {
                let mut pointer = String::new();
                push_segment(&mut pointer, name);
                self.report(NO_PLACE, entry, &pointer, format!("`{name}`"));
            }
        }
    }

    /// Says where the way back puts an entry into another folder.
    fn report_folder(&mut self, entry: &Entry) {
        let path = self.layout.path_of(entry.kind, &entry.fields);
        if let Some(path) = path.filter(|path| *path != entry.path) {
            let what = format!("`{}` becomes `{path}`", entry.path);
            self.report(OTHER_FOLDER, entry, "", what.clone());
            let place = Spot {
                file: path,
                pointer: String::new(),
            };
            self.losses
                .add(OTHER_FOLDER, Some(entry.stem()), what, place);
        }
    }

    /// Entries that stand nowhere in the release.
    fn report_rest(&mut self) {
        for entry in &self.model.entries {
            if self.used.contains(entry.path.as_str()) {
                self.report_folder(entry);
                continue;
            }
            if self.retired.contains(entry.stem()) {
                continue;
            }
            let kind = self.layout.kind_name(entry.kind);
            let copied = self.plan.places().any(|place| {
                let mark = place.marks.entry.as_ref();
                mark.is_some_and(|mark| mark.kind == kind && mark.copy)
            });
            if copied {
                self.report(UNUSED, entry, "", format!("no entry uses this {kind}"));
            } else {
                self.report(
                    NO_PARENT,
                    entry,
                    "",
                    format!("the parent of this {kind} is missing"),
                );
            }
        }
    }
}

/// The whole that was kept beside an entry, as long as it says what the entry says.
fn richer(value: Option<Value>, whole: Option<&Value>) -> Option<Value> {
    match (value, whole) {
        (None, Some(whole)) if !whole.is_array() => Some(whole.clone()),
        (Some(Value::Array(items)), Some(whole)) if items.is_empty() && !whole.is_array() => {
            Some(whole.clone())
        }
        (Some(Value::Array(items)), Some(Value::Array(whole))) => {
            let says_the_same = items.len() == whole.len()
                && items.iter().zip(whole).all(|(item, whole)| {
                    let fields = item.as_object();
                    fields.is_some_and(|fields| {
                        fields
                            .iter()
                            .all(|(name, value)| whole.get(name) == Some(value))
                    })
                });
            Some(Value::Array(if says_the_same {
                whole.clone()
            } else {
                items
            }))
        }
        (value, _) => value,
    }
}
