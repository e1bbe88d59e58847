//! What a change does, written down before it is done: one JSON object a line, then a line that
//! says that the journal is complete.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::WriteError;
use super::place::{self, Digest};
use super::stage::{self, Stage};

/// The journal of a change that may have begun.
pub(super) const NAME: &str = "journal";

/// A journal that is being written.
pub(super) const DRAFT: &str = "journal-draft";

/// The change of one file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Operation {
    /// Relative to the folder that is changed, with `/`.
    pub(super) path: Box<str>,
    /// What the file was; `None` where it was not there.
    pub(super) before: Option<Digest>,
    /// What it becomes; `None` where it goes.
    pub(super) after: Option<Digest>,
    /// The number of the new content in the stage.
    pub(super) staged: Option<u32>,
}

#[derive(Serialize, Deserialize)]
struct End {
    version: u32,
    operations: usize,
}

const VERSION: u32 = 1;

/// Writes a journal. When this returns, the change is as good as done.
pub(super) fn write(stage: &Stage, operations: &[Operation]) -> Result<(), WriteError> {
    let draft = stage.folder().join(DRAFT);
    let fail = |error: &std::io::Error| WriteError::io(&draft, error);
    let file = File::create_new(&draft).map_err(|error| fail(&error))?;
    let mut out = BufWriter::new(&file);
    let mut lines = || -> std::io::Result<()> {
        for operation in operations {
            serde_json::to_writer(&mut out, operation)?;
            out.write_all(b"\n")?;
        }
        let end = End {
            version: VERSION,
            operations: operations.len(),
        };
        serde_json::to_writer(&mut out, &end)?;
        out.write_all(b"\n")?;
        out.flush()
    };
    lines()
        .and_then(|()| file.sync_all())
        .map_err(|error| fail(&error))?;
    let journal = stage.folder().join(NAME);
    fs::rename(&draft, &journal).map_err(|error| fail(&error))?;
    stage::sync_folder(stage.folder())
}

/// Reads the journal of an interrupted change; `None` where it had not begun.
pub(super) fn read(stage: &Stage) -> Result<Option<Vec<Operation>>, WriteError> {
    let path = stage.folder().join(NAME);
    match place::metadata(&path)? {
        None => return Ok(None),
        Some(found) if found.is_file() => {}
        Some(_) => {
            stage.keep(stage::Keep::Yes);
            return Err(WriteError::new(
                &path,
                "it is a link or no plain file; remove it",
            ));
        }
    }
    let operations = fs::read_to_string(&path)
        .map_err(|error| error.to_string())
        .and_then(|text| parse(&text));
    operations.map(Some).map_err(|reason| {
        stage.keep(stage::Keep::Yes);
        let reason = format!(
            "the journal of an interrupted change cannot be read ({reason}); look at the files, then remove the folder {}",
            stage::NAME
        );
        WriteError::new(&path, reason)
    })
}

fn parse(text: &str) -> Result<Vec<Operation>, String> {
    let mut lines: Vec<&str> = text.lines().collect();
    let end = lines.pop().ok_or("it is empty")?;
    let end: End = serde_json::from_str(end).map_err(|error| error.to_string())?;
    if (end.version, end.operations) != (VERSION, lines.len()) {
        return Err("it is not complete, or of another version".to_owned());
    }
    let operations = lines.into_iter().map(serde_json::from_str);
    let operations: Vec<Operation> = operations
        .collect::<Result<_, _>>()
        .map_err(|error| error.to_string())?;
    // The journal may have come with a stranger's repository.
    for operation in &operations {
        place::check(Path::new(""), &operation.path).map_err(|error| error.reason)?;
    }
    Ok(operations)
}

/// Whether a stage holds the journal of a change.
pub(super) fn is_there(stage: &Path) -> bool {
    place::is_there(&stage.join(NAME))
}
