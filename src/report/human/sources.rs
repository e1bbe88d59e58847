//! Texts of files, read once for all findings that follow one another in them.

use std::rc::Rc;
use std::sync::Arc;

use super::super::View;
use crate::diagnostic::Location;

/// Texts that are kept; findings come in the order of their files, and refer to a few others.
const KEPT: usize = 8;

type Key = (Arc<str>, Option<Arc<str>>);

/// Gives the texts of files.
pub(super) struct Sources<'v> {
    view: &'v View<'v>,
    kept: Vec<(Key, Option<Rc<str>>)>,
}

impl<'v> Sources<'v> {
    pub(super) fn new(view: &'v View<'v>) -> Self {
        Self {
            view,
            kept: Vec::new(),
        }
    }

    /// The text that a place is in, as long as it can be read.
    pub(super) fn text(&mut self, location: &Location) -> Option<Rc<str>> {
        let key = (location.path.clone(), location.revision.clone());
        if let Some((_, text)) = self.kept.iter().find(|(known, _)| *known == key) {
            return text.clone();
        }
        let text: Option<Rc<str>> = (self.view.source)(location).map(Into::into);
        if self.kept.len() == KEPT {
            self.kept.remove(0);
        }
        self.kept.push((key, text.clone()));
        text
    }
}
