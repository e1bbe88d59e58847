//! A release to entries.

use std::path::Path;

use rustc_hash::FxHashSet;
use serde_json::{Map, Value};

use super::convert::{At, Inward, Pair};
use super::copies::Copies;
use super::{EMPTY, Items, MISPLACED, ORDER, REPEATED, items_are, items_of, order};
use crate::migrate::layout::Layout;
use crate::migrate::loss::{Losses, UNKNOWN_FIELD};
use crate::migrate::model::{Entry, Model, Unknown};
use crate::migrate::{Files, MigrateError, value};
use crate::schema::plan::{Place, Plan, Step};
use crate::syntax::{self, Format, Kind, Node, push_segment};
use crate::text::LineIndex;

/// All entries of a release.
pub(in crate::migrate) fn read(
    files: &Files,
    layout: &Layout<'_>,
    losses: &mut Losses,
) -> Result<Model, MigrateError> {
    let (name, text) = files.only()?;
    let (document, problems) = syntax::parse(text, Format::Json, None, layout.limits());
    if let Some(problem) = problems.first() {
        let at = LineIndex::new(text).position(problem.span.start);
        let reason = format!(
            "{at}: it is no JSON, or a name is there twice; `corpuslint check` shows what is wrong"
        );
        return Err(MigrateError::new(Path::new(name), reason));
    }
    let plan = layout.plan(super::kind(layout)?);
    let mut reader = Reader {
        layout,
        plan,
        inward: Inward::default(),
        losses: Losses::default(),
        model: Model::default(),
        paths: FxHashSet::default(),
        lists: Vec::new(),
        misplaced: Vec::new(),
    };
    let Some(root) = document.root().filter(|root| root.kind() == Kind::Mapping) else {
        return Err(MigrateError::new(
            Path::new(name),
            "a release is a JSON object",
        ));
    };
    let mut copies = Copies::default();
    reader.whole(root, &mut copies)?;
    reader.report_misplaced();
    copies.finish(&mut reader)?;
    losses.extend(reader.losses);
    Ok(reader.model)
}

pub(super) struct Reader<'l, 'd> {
    layout: &'l Layout<'d>,
    plan: &'d Plan,
    inward: Inward,
    pub(super) losses: Losses,
    model: Model,
    /// Paths of entries that are there.
    paths: FxHashSet<String>,
    /// Lists of entries: whose they are, of which kind, and where.
    lists: Vec<(Entry, &'d str, String)>,
    /// Entries that stand in another's list, and where.
    misplaced: Vec<(Entry, String)>,
}

/// What a release's schema says about an object that is an entry.
#[derive(Clone, Copy)]
pub(super) struct Shape<'d> {
    pub(super) place: &'d Place,
    /// The kind of entry.
    pub(super) kind: &'d str,
}

/// An object of a release as an entry that has no place yet.
#[derive(PartialEq)]
pub(super) struct Bare {
    kind: usize,
    id: String,
    fields: Map<String, Value>,
    unknown: Map<String, Value>,
}

impl Bare {
    /// Fields that two of one ID do not have in common.
    pub(super) fn differences(&self, other: &Self) -> Vec<String> {
        let names = [&self.fields, &self.unknown, &other.fields, &other.unknown];
        let mut found: Vec<String> = names
            .iter()
            .flat_map(|fields| fields.keys())
            .filter(|name| {
                let name = name.as_str();
                self.fields.get(name) != other.fields.get(name)
                    || self.unknown.get(name) != other.unknown.get(name)
            })
            .cloned()
            .collect();
        found.sort();
        found.dedup();
        found
    }
}

impl<'d> Reader<'_, 'd> {
    fn whole(&mut self, root: Node<'d>, copies: &mut Copies<'d>) -> Result<(), MigrateError> {
        let mut unknown = Map::new();
        for (key, node) in root.entries() {
            let pointer = below("", key.text());
            let place = self.plan.child(self.plan.root(), Step::Name(key.text()));
            match place.and_then(|place| items_are(place, self.plan)) {
                Some((place, kind, Items::Nested)) if node.kind() == Kind::Sequence => {
                    let shape = Shape { place, kind };
                    self.nested(shape, node, &pointer, None, copies)?;
                }
                _ => {
                    unknown.insert(key.text().to_owned(), value::value(node));
                    self.report_unknown("", key.text(), &pointer);
                }
            }
        }
        if !unknown.is_empty() {
            self.model.unknown.push(Unknown {
                entry: None,
                fields: unknown,
            });
        }
        Ok(())
    }

    fn report_unknown(&mut self, id: &str, name: &str, pointer: &str) {
        let at = At { entry: id, pointer };
        at.report(&mut self.losses, UNKNOWN_FIELD, format!("`{name}`"));
    }

    /// The entries of a list, and those within them.
    fn nested(
        &mut self,
        shape: Shape<'d>,
        list: Node<'d>,
        pointer: &str,
        parent: Option<&Entry>,
        copies: &mut Copies<'d>,
    ) -> Result<(), MigrateError> {
        for (index, node) in list.items().enumerate() {
            let pointer = below(pointer, &index.to_string());
            let bare = self.bare(shape, node, &pointer)?;
            let entry = self.keep(bare, parent)?;
            self.check_parent(&entry, parent, &pointer);
            for (key, list) in node.entries() {
                let place = self.plan.child(shape.place, Step::Name(key.text()));
                let items = place.and_then(|place| items_are(place, self.plan));
                let Some((place, kind, items)) = items else {
                    continue;
                };
                let pointer = below(&pointer, key.text());
                let shape = Shape { place, kind };
                if items == Items::Nested {
                    self.lists.push((entry.clone(), kind, pointer.clone()));
                    self.nested(shape, list, &pointer, Some(&entry), copies)?;
                    continue;
                }
                self.check_order(shape, list, &pointer);
                for (index, copy) in list.items().enumerate() {
                    if let Some(id) = self.id(shape, copy) {
                        let pointer = below(&pointer, &index.to_string());
                        copies.add(id, (place, kind), copy, pointer);
                    }
                }
            }
        }
        self.check_order(shape, list, pointer);
        Ok(())
    }

    /// The ID of an object that is an entry.
    fn id(&self, shape: Shape<'d>, node: Node<'d>) -> Option<&'d str> {
        self.marked(shape, node, |place| place.marks.id.is_some())
    }

    fn marked(
        &self,
        shape: Shape<'d>,
        node: Node<'d>,
        wanted: impl Fn(&Place) -> bool,
    ) -> Option<&'d str> {
        let mut fields = shape.place.fields(self.plan);
        let (name, _) = fields.find(|(_, place)| wanted(place))?;
        node.get(name)?.as_str()
    }

    /// The way back puts entries into the publisher's order, whatever the order was.
    fn check_order(&mut self, shape: Shape<'d>, list: Node<'d>, pointer: &str) {
        let names: Vec<(&str, &str)> = list
            .items()
            .map(|node| {
                let title = self.marked(shape, node, |place| place.marks.unique.is_some());
                (self.id(shape, node).unwrap_or(""), title.unwrap_or(""))
            })
            .collect();
        let wrong = names
            .windows(2)
            .find(|pair| order::compare(shape.kind, pair[0], pair[1]).is_gt());
        if let Some(pair) = wrong {
            let what = format!("{} stands before {}", pair[0].0, pair[1].0);
            let at = At {
                entry: pair[0].0,
                pointer,
            };
            at.report(&mut self.losses, ORDER, what);
        }
    }

    /// Where an entry stands follows from its ID on the way back, whatever list it stands in.
    fn check_parent(&mut self, entry: &Entry, parent: Option<&Entry>, pointer: &str) {
        if parent.is_some_and(|parent| !is_child(self.layout, entry, parent)) {
            self.misplaced.push((entry.clone(), pointer.to_owned()));
        }
    }

    /// Reports entries that change their list, with both lists.
    fn report_misplaced(&mut self) {
        for (entry, pointer) in std::mem::take(&mut self.misplaced) {
            let kind = self.layout.kind_name(entry.kind);
            let right = self
                .lists
                .iter()
                .find(|(parent, of, _)| *of == kind && is_child(self.layout, &entry, parent));
            let what = match right {
                Some((parent, ..)) => {
                    format!("it moves to {}, where its ID belongs", parent.stem())
                }
                None => "it belongs to an entry that is not there".to_owned(),
            };
            let list = right.map(|(.., list)| list.as_str());
            let left = pointer.rsplit_once('/').map(|(list, _)| list);
            for pointer in list.into_iter().chain(left) {
                let at = At {
                    entry: entry.stem(),
                    pointer,
                };
                at.report(&mut self.losses, MISPLACED, what.clone());
            }
        }
    }

    /// An object without the entries in it.
    pub(super) fn bare(
        &mut self,
        shape: Shape<'d>,
        node: Node<'d>,
        pointer: &str,
    ) -> Result<Bare, MigrateError> {
        let refuse = |reason: String| MigrateError::new(Path::new(pointer), reason);
        let kind = self.layout.kind_of_name(shape.kind);
        let kind =
            kind.ok_or_else(|| refuse(format!("the profile has no kind `{}`", shape.kind)))?;
        let id = self.id(shape, node);
        let id = id.ok_or_else(|| refuse(format!("this {} has no ID", shape.kind)))?;
        if id.is_empty() || id.contains('/') {
            return Err(refuse(format!(
                "`{id}` is no ID: it cannot be the name of a file"
            )));
        }
        let mut bare = Bare {
            kind,
            id: id.to_owned(),
            fields: Map::new(),
            unknown: Map::new(),
        };
        for (key, node) in node.entries() {
            let pointer = below(pointer, key.text());
            self.field(shape, &mut bare, key.text(), node, &pointer)?;
        }
        for name in &shape.place.marks.required {
            let place = self.plan.child(shape.place, Step::Name(name));
            let is_list = place.is_some_and(|place| items_of(place, self.plan).is_some());
            if is_list && node.get(name).is_none() {
                let pointer = below(pointer, name);
                let at = At {
                    entry: id,
                    pointer: &pointer,
                };
                at.report(&mut self.losses, EMPTY, format!("`{name}` is missing"));
            }
        }
        bare.fields = self.layout.newest(kind, bare.fields);
        Ok(bare)
    }

    fn field(
        &mut self,
        shape: Shape<'d>,
        bare: &mut Bare,
        name: &str,
        node: Node<'d>,
        pointer: &str,
    ) -> Result<(), MigrateError> {
        let from = self.plan.child(shape.place, Step::Name(name));
        let target = self.layout.plan(bare.kind);
        // The publisher's names may be those of an older format version.
        let own = target.root().newest(name);
        let known = target.root().field_names().any(|field| field == own);
        let items = from.and_then(|from| items_are(from, self.plan));
        let is_list = node.kind() == Kind::Sequence;
        if is_list && matches!(items, Some((_, _, Items::Nested))) {
            return Ok(());
        }
        let to = target
            .child(target.root(), Step::Name(name))
            .filter(|_| known);
        let (Some(from), Some(to)) = (from, to) else {
            bare.unknown.insert(name.to_owned(), value::value(node));
            self.report_unknown(&bare.id, name, pointer);
            return Ok(());
        };
        // The way back writes a list that every entry has, and an absent field as nothing.
        let required = shape.place.marks.required.iter().any(|field| field == name);
        let wants_list = items_of(from, self.plan).is_some();
        if is_list && node.is_empty() && required && wants_list {
            return Ok(());
        }
        // What is no list of copies cannot become one of IDs.
        if node.kind() == Kind::Null || (items.is_some() && !is_list) {
            bare.unknown.insert(name.to_owned(), value::value(node));
            self.report_unknown(&bare.id, name, pointer);
            return Ok(());
        }
        let at = At {
            entry: &bare.id,
            pointer,
        };
        if let Some((place, kind, Items::Copies)) = items.filter(|_| is_list) {
            let ids = self.references(Shape { place, kind }, node, at)?;
            bare.fields.insert(own.to_owned(), ids);
            return Ok(());
        }
        let pair = Pair {
            from: (self.plan, from),
            to: (target, to),
        };
        let whole = value::value(node);
        let (value, more) = self.inward.value(pair, &whole, at, &mut self.losses)?;
        bare.fields.insert(own.to_owned(), value);
        if let Some(more) = more {
            bare.unknown.insert(name.to_owned(), more);
        }
        Ok(())
    }

    /// Whether entries stand in the order of a field.
    pub(super) fn is_title(&self, bare: &Bare, field: &str) -> bool {
        let title = self.layout.field(bare.kind, |marks| marks.unique.is_some());
        title.is_some_and(|(name, _)| name == field)
    }

    /// What a release calls a field of an entry.
    pub(super) fn name_in_release<'n>(
        &self,
        shape: Shape<'n>,
        bare: &Bare,
        field: &'n str,
    ) -> &'n str {
        super::name_in_release(shape.place, self.layout.plan(bare.kind).root(), field)
    }

    /// The IDs of copies, in the order of IDs.
    fn references(
        &mut self,
        shape: Shape<'d>,
        list: Node<'d>,
        at: At<'_>,
    ) -> Result<Value, MigrateError> {
        let mut ids = Vec::new();
        for node in list.items() {
            let id = self.id(shape, node).ok_or_else(|| {
                let reason = format!("a {} in this list has no ID", shape.kind);
                MigrateError::new(Path::new(at.pointer), reason)
            })?;
            if ids.contains(&id) {
                at.report(&mut self.losses, REPEATED, format!("{id} is there twice"));
            } else {
                ids.push(id);
            }
        }
        ids.sort_by(|a, b| order::by_id(a, b));
        Ok(ids.into_iter().map(Value::from).collect())
    }

    /// Gives an entry its place.
    pub(super) fn keep(
        &mut self,
        bare: Bare,
        parent: Option<&Entry>,
    ) -> Result<Entry, MigrateError> {
        let Bare {
            kind,
            id,
            fields,
            unknown,
        } = bare;
        let path = self.layout.path_of(kind, &fields).unwrap_or_else(|| {
            let folder = parent.map_or(self.layout.kind_name(kind), Entry::folder);
            format!("{folder}/{id}")
        });
        if self.layout.kind_of(&path) != Some(kind) {
            let name = self.layout.kind_name(kind);
            let reason = format!("this is not the shape of the ID of a {name}");
            return Err(MigrateError::new(Path::new(&id), reason));
        }
        if !self.paths.insert(path.clone()) {
            let reason = "two entries of the release have this ID";
            return Err(MigrateError::new(Path::new(&id), reason));
        }
        if !unknown.is_empty() {
            self.model.unknown.push(Unknown {
                entry: Some(id),
                fields: unknown,
            });
        }
        let entry = Entry { kind, path, fields };
        self.model.entries.push(entry.clone());
        Ok(entry)
    }
}

/// Whether an entry stands under another in a release: its ID extends the other's, or where IDs do
/// not say so, both have one folder.
pub(super) fn is_child(layout: &Layout<'_>, entry: &Entry, parent: &Entry) -> bool {
    let name = layout.kind_name(entry.kind);
    let kind = layout.schemas().entry_kind(name);
    let kind = kind.map(|kind| &layout.schemas().entry_kinds()[kind]);
    match kind {
        Some(kind) if kind.parent.is_some() => kind.parent_of(entry.stem()) == Some(parent.stem()),
        _ => entry.folder() == parent.folder(),
    }
}

fn below(pointer: &str, token: &str) -> String {
    let mut pointer = pointer.to_owned();
    push_segment(&mut pointer, token);
    pointer
}
