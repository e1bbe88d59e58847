//! Texts of files, read once for all findings that follow one another in them.

use std::cell::OnceCell;
use std::ops::Deref;
use std::rc::Rc;
use std::sync::Arc;

use super::View;
use crate::diagnostic::Location;
use crate::text::{LineIndex, line_starts};

/// Texts that are kept; findings come in the order of their files, and refer to a few others.
const KEPT: usize = 8;

type Key = (Arc<str>, Option<Arc<str>>);

/// The text of one file, and where its lines begin.
pub(super) struct Source {
    text: Box<str>,
    starts: OnceCell<Vec<u32>>,
}

impl Source {
    /// The lines of the text, which are counted once.
    pub(super) fn lines(&self) -> LineIndex<'_> {
        let starts = self.starts.get_or_init(|| line_starts(&self.text));
        LineIndex::of(&self.text, starts)
    }
}

impl Deref for Source {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

/// Gives the texts of files.
pub(super) struct Sources<'v> {
    view: &'v View<'v>,
    kept: Vec<(Key, Option<Rc<Source>>)>,
}

impl<'v> Sources<'v> {
    pub(super) fn new(view: &'v View<'v>) -> Self {
        Self {
            view,
            kept: Vec::new(),
        }
    }

    /// The text that a place is in, as long as it can be read.
    pub(super) fn text(&mut self, location: &Location) -> Option<Rc<Source>> {
        let key = (location.path.clone(), location.revision.clone());
        if let Some((_, text)) = self.kept.iter().find(|(known, _)| *known == key) {
            return text.clone();
        }
        let text = (self.view.source)(location).map(|text| {
            Rc::new(Source {
                text: text.into(),
                starts: OnceCell::new(),
            })
        });
        if self.kept.len() == KEPT {
            self.kept.remove(0);
        }
        self.kept.push((key, text.clone()));
        text
    }
}
