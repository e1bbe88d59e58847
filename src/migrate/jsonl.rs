//! One JSON object a line, for tools that read in bulk.
//!
//! A line is the fields of an entry. Where an entry's place does not follow from them, `$path` says
//! it. Fields that no schema knows stand in lines of their own at the end.

mod read;
mod write;

pub(super) use read::{read, unknown_lines};
pub(super) use write::{unknown, write};

/// The field that says where an entry's file stands.
pub(super) const PATH: &str = "$path";

/// The only field of a line that is no entry.
const UNKNOWN: &str = "$unknown-fields";

/// The name of the file for unknown fields, in formats that are a folder.
pub(super) const UNKNOWN_FILE: &str = "unknown-fields.jsonl";
