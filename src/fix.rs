//! Applies fixes: to the text of a file, and to a whole corpus in memory, until nothing is left to do.

mod drafts;
mod edits;

pub use drafts::{Choice, Drafts};
pub use edits::apply;

use std::sync::Arc;

/// What becomes of one file. Paths are relative to the corpus root, parts joined by `/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewrite {
    /// Where the file is; for a new one, where it will be.
    pub path: Arc<str>,
    /// Its text; `None` where there is no such file yet.
    pub before: Option<Arc<str>>,
    /// The text that it gets; `None` where the file goes.
    pub after: Option<Arc<str>>,
    /// Where it moves to, if it does.
    pub new_path: Option<Arc<str>>,
}

impl Rewrite {
    /// Another text for a file that stays where it is.
    #[must_use]
    pub fn edit(path: Arc<str>, before: impl Into<Arc<str>>, after: impl Into<Arc<str>>) -> Self {
        Self {
            path,
            before: Some(before.into()),
            after: Some(after.into()),
            new_path: None,
        }
    }

    /// A new file.
    #[must_use]
    pub fn create(path: Arc<str>, after: impl Into<Arc<str>>) -> Self {
        Self {
            path,
            before: None,
            after: Some(after.into()),
            new_path: None,
        }
    }

    /// Where the file is afterwards.
    #[must_use]
    pub fn target(&self) -> &Arc<str> {
        self.new_path.as_ref().unwrap_or(&self.path)
    }
}
