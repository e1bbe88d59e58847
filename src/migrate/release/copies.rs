//! The copies of an entry that stand in others: told apart by their text, converted once each.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::DIVERGING;
use super::convert::At;
use super::read::{Reader, Shape};
use crate::migrate::MigrateError;
use crate::migrate::loss::{Losses, Spot};
use crate::schema::plan::Place;
use crate::syntax::Node;

/// All copies, by ID.
#[derive(Default)]
pub(super) struct Copies<'d> {
    by_id: BTreeMap<&'d str, Vec<Copy<'d>>>,
    /// Where a text is in `by_id`.
    by_text: FxHashMap<(&'d str, &'d str), usize>,
}

/// Copies with one and the same text.
struct Copy<'d> {
    shape: Shape<'d>,
    node: Node<'d>,
    pointers: Vec<String>,
}

impl<'d> Copies<'d> {
    /// Adds a copy.
    pub(super) fn add(
        &mut self,
        id: &'d str,
        (place, kind): (&'d Place, &'d str),
        node: Node<'d>,
        pointer: String,
    ) {
        let text = node.span().slice(node.document().source());
        let copies = self.by_id.entry(id).or_default();
        let at = *self.by_text.entry((id, text)).or_insert(copies.len());
        if at == copies.len() {
            copies.push(Copy {
                shape: Shape { place, kind },
                node,
                pointers: Vec::new(),
            });
        }
        copies[at].pointers.push(pointer);
    }

    /// Turns each ID into one entry: what most of its copies say, the first of these where as many
    /// say another thing.
    pub(super) fn finish(self, reader: &mut Reader<'_, 'd>) -> Result<(), MigrateError> {
        for (id, copies) in self.by_id {
            let mut said = Vec::new();
            let shape = copies.first().map(|copy| copy.shape);
            for copy in copies {
                let mut losses = Losses::default();
                std::mem::swap(&mut losses, &mut reader.losses);
                let entry = reader.bare(copy.shape, copy.node, "")?;
                std::mem::swap(&mut losses, &mut reader.losses);
                reader.losses.spread(losses, &copy.pointers);
                let same = said.iter().position(|(known, _)| *known == entry);
                match same {
                    Some(at) => {
                        let (_, pointers): &mut (_, Vec<String>) = &mut said[at];
                        pointers.extend(copy.pointers);
                    }
                    None => said.push((entry, copy.pointers)),
                }
            }
            let best = (0..said.len()).rev().max_by_key(|&at| said[at].1.len());
            let Some(best) = best else { continue };
            let (entry, _) = said.swap_remove(best);
            for (other, pointers) in &said {
                for field in entry.differences(other) {
                    let name = shape.map(|shape| reader.name_in_release(shape, &entry, &field));
                    let name = name.unwrap_or(&field);
                    let what = format!("`{name}` differs from most copies of {id}");
                    let place = Spot {
                        file: String::new(),
                        pointer: format!("/{name}"),
                    };
                    let mut losses = Losses::default();
                    losses.add(DIVERGING, Some(id), what.clone(), place);
                    reader.losses.spread(losses, pointers);
                    // Another title may mean another place in the list.
                    if reader.is_title(&entry, &field) {
                        for list in pointers.iter().filter_map(|at| at.rsplit_once('/')) {
                            let at = At {
                                entry: id,
                                pointer: list.0,
                            };
                            at.report(&mut reader.losses, DIVERGING, what.clone());
                        }
                    }
                }
            }
            reader.keep(entry, None)?;
        }
        Ok(())
    }
}
