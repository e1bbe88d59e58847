//! Paths as URIs, and bytes as ranges of lines and characters.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use url::Url;

use crate::snapshot::absolute;
use crate::text::{Encoding, LineIndex, Span};

/// The path of a `file:` URI; `None` for what is not on disk, such as a document without a name.
pub(super) fn path_of(uri: &str) -> Option<PathBuf> {
    let url = Url::parse(uri).ok()?;
    if url.scheme() != "file" {
        return None;
    }
    absolute(&url.to_file_path().ok()?).ok()
}

/// The URI of a path.
pub(super) fn uri_of(path: &Path) -> String {
    Url::from_file_path(path).map_or_else(|()| String::new(), String::from)
}

/// A text whose lines are counted, as an editor counts them.
pub(super) struct Lines<'t> {
    index: LineIndex<'t>,
    encoding: Encoding,
}

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t str, encoding: Encoding) -> Self {
        Self {
            index: LineIndex::new(text),
            encoding,
        }
    }

    /// The position of a byte.
    pub(super) fn position(&self, at: u32) -> Value {
        let (line, character) = self.index.units(at, self.encoding);
        json!({"line": line, "character": character})
    }

    /// The range of some bytes.
    pub(super) fn range(&self, span: Span) -> Value {
        json!({"start": self.position(span.start), "end": self.position(span.end)})
    }

    /// The byte at a position.
    pub(super) fn offset(&self, (line, character): (u32, u32)) -> u32 {
        self.index.offset_of(line, character, self.encoding)
    }

    /// The bytes of a range.
    pub(super) fn span(&self, [start, end]: [(u32, u32); 2]) -> Span {
        Span::new(self.offset(start) as usize, self.offset(end) as usize)
    }
}
