//! Files that may be lost: whoever reads them checks them, and can do without.

use std::io::{self, Write};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use super::disk;

/// Writes a file in one step: others see all of it or nothing. It is not forced onto the disk, so
/// that a loss of power may leave anything in it. The folder is made where it is not there; nothing
/// is written through a link.
///
/// # Errors
///
/// The system refuses, or the folder is a link.
pub fn keep(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    disk::create_folders(folder)?;
    if !disk::metadata(folder)?.is_some_and(|found| found.is_dir()) {
        return Err(io::Error::other("it is a link and no folder"));
    }
    let instant = SystemTime::now().duration_since(UNIX_EPOCH);
    let instant = instant.unwrap_or_default().as_nanos();
    let draft = folder.join(format!(".{name}.{}.{instant}", std::process::id()));
    let written = fill(&draft, bytes).and_then(|()| disk::rename(&draft, &folder.join(name)));
    if written.is_err() {
        // What cannot be removed is left for whoever tidies the folder.
        let _ = disk::remove_file(&draft);
    }
    written
}

fn fill(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // A link that someone has put there is not followed: the file must be new.
    disk::create(path)?.write_all(bytes)
}

/// Removes a file that [`keep`] has written. That it is gone already, or cannot be removed, is no
/// harm.
pub fn forget(path: &Path) {
    let _ = disk::remove_file(path);
}
