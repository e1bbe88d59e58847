//! What a change does, written down before it is done: one JSON object a line, then a line that
//! says that the journal is complete.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::place::{self, Digest};
use super::stage::{self, Stage};
use super::{WriteError, disk};

/// The journal of a change that may have begun.
pub(super) const NAME: &str = "journal";

/// The journal of a change that failed, and is being taken back.
pub(super) const UNDONE: &str = "journal-undone";

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

/// All that a change does.
#[derive(Clone, Debug, Default)]
pub(super) struct Journal {
    /// In order of their paths.
    pub(super) operations: Vec<Operation>,
    /// The folders that it makes, relative to the one that is changed; those around others first.
    pub(super) folders: Vec<Box<str>>,
    pub(super) direction: Direction,
}

/// Where an interrupted change goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Direction {
    /// To its end.
    #[default]
    Forward,
    /// Back to the state before it.
    Back,
}

impl Direction {
    fn name(self) -> &'static str {
        match self {
            Self::Forward => NAME,
            Self::Back => UNDONE,
        }
    }
}

#[derive(Serialize, Deserialize)]
struct End {
    version: u32,
    operations: usize,
    #[serde(default)]
    folders: Vec<Box<str>>,
}

const VERSION: u32 = 1;

/// Writes a journal. When this returns, the change is as good as done.
pub(super) fn write(stage: &Stage, journal: &Journal) -> Result<(), WriteError> {
    let draft = stage.folder().join(DRAFT);
    let target = stage.folder().join(NAME);
    let written = fill(&draft, journal).and_then(|()| disk::rename(&draft, &target));
    written
        .and_then(|()| disk::sync_folder(stage.folder()))
        .map_err(|error| WriteError::io(&target, &error))
}

fn fill(draft: &Path, journal: &Journal) -> io::Result<()> {
    let mut out = BufWriter::new(disk::create(draft)?);
    for operation in &journal.operations {
        serde_json::to_writer(&mut out, operation)?;
        out.write_all(b"\n")?;
    }
    let end = End {
        version: VERSION,
        operations: journal.operations.len(),
        folders: journal.folders.clone(),
    };
    serde_json::to_writer(&mut out, &end)?;
    out.write_all(b"\n")?;
    out.flush()?;
    out.get_ref().sync()
}

/// From here on the change is taken back, also by a later run.
pub(super) fn turn_back(stage: &Stage) -> io::Result<()> {
    let folder = stage.folder();
    disk::rename(&folder.join(NAME), &folder.join(UNDONE))?;
    disk::sync_folder(folder)
}

/// Reads the journal of an interrupted change; `None` where it had not begun.
pub(super) fn read(stage: &Stage) -> Result<Option<Journal>, WriteError> {
    for direction in [Direction::Back, Direction::Forward] {
        let path = stage.folder().join(direction.name());
        let found = place::metadata(&path).inspect_err(|_| stage.keep(stage::Keep::Yes))?;
        let Some(found) = found else { continue };
        let journal = match found.is_file() {
            true => read_file(&path, direction),
            false => Err("it is a link or no plain file; remove it".to_owned()),
        };
        return journal.map(Some).map_err(|reason| {
            stage.keep(stage::Keep::Yes);
            WriteError::new(&path, reason)
        });
    }
    Ok(None)
}

fn read_file(path: &Path, direction: Direction) -> Result<Journal, String> {
    let text = disk::read(path).map_err(|error| error.to_string());
    let text = text.and_then(|text| String::from_utf8(text).map_err(|error| error.to_string()));
    let journal = text.and_then(|text| parse(&text, direction));
    journal.map_err(|reason| {
        format!(
            "the journal of an interrupted change cannot be read ({reason}); look at the files, then remove the folder {}",
            stage::NAME
        )
    })
}

fn parse(text: &str, direction: Direction) -> Result<Journal, String> {
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
    let files = operations.iter().map(|operation| &operation.path);
    for path in files.chain(&end.folders) {
        place::check(Path::new(""), path).map_err(|error| error.reason)?;
    }
    Ok(Journal {
        operations,
        folders: end.folders,
        direction,
    })
}

/// Whether a stage holds the journal of a change.
pub(super) fn is_there(stage: &Path) -> bool {
    [NAME, UNDONE]
        .iter()
        .any(|name| place::is_there(&stage.join(name)))
}
