//! What authors do with entries: take the next ID, begin one, move it, retire it.
//!
//! Each action gives texts of files, and writes nothing. No field is named here: what a field is for
//! is said by the marks of its schema.

mod answer;
mod edit;
mod series;
mod shape;
mod shelf;

pub mod form;
pub mod init;
pub mod issue;
pub mod rename;
pub mod retire;
pub mod scaffold;

pub use edit::Stuck;
pub use rename::{Move, Moved, Renaming};
pub use retire::{Left, Retire, Retired};
pub use scaffold::{Begun, Draft, Wanted, similar};
pub use series::{Place, next};
pub use shelf::{Card, Renames, Shelf, ShelfFile};

use std::fmt;

/// Why an action is refused, in one line. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorError(pub String);

impl fmt::Display for AuthorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for AuthorError {}

/// An error with a message.
fn refuse<T>(reason: impl Into<String>) -> Result<T, AuthorError> {
    Err(AuthorError(reason.into()))
}

/// `a section`, `an article`.
fn a(noun: &str) -> String {
    let vowel = noun.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {noun}", if vowel { "an" } else { "a" })
}
