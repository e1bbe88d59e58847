//! Where results go.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use clap::ArgMatches;

use super::Failure;
use crate::report::OutputFormat;

/// One way in which results are written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Destination {
    pub(super) format: OutputFormat,
    /// The file; `None` for the standard output.
    pub(super) file: Option<PathBuf>,
}

/// Pairs each `--output-file` with an `--output-format`: in order where there are as many of them,
/// else with the nearest one before it.
pub(super) fn destinations(matches: &ArgMatches) -> Result<Vec<Destination>, Failure> {
    let formats = with_index::<OutputFormat>(matches, "output_format");
    let files = with_index::<PathBuf>(matches, "output_file");
    let in_order = formats.len() == files.len();
    let mut found: Vec<Destination> = formats
        .iter()
        .map(|(_, format)| Destination {
            format: *format,
            file: None,
        })
        .collect();
    for (number, (index, file)) in files.into_iter().enumerate() {
        let before = formats.partition_point(|(format, _)| *format < index);
        let owner = if in_order { number + 1 } else { before };
        let target = owner.checked_sub(1).and_then(|at| found.get_mut(at));
        match target {
            Some(Destination { file: at, .. }) if at.is_none() => *at = Some(file),
            _ => {
                let reason = "each --output-file needs an --output-format before it";
                return Err(Failure(reason.to_owned()));
            }
        }
    }
    Ok(found)
}

fn with_index<T: Clone + Send + Sync + 'static>(
    matches: &ArgMatches,
    name: &str,
) -> Vec<(usize, T)> {
    let indices = matches.indices_of(name).into_iter().flatten();
    let values = matches.get_many::<T>(name).into_iter().flatten();
    indices.zip(values.cloned()).collect()
}

/// Writes results to the standard output.
pub(super) fn print(render: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    match render(&mut out).and_then(|()| out.flush()) {
        // Whoever read the other end has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Failure(format!("the standard output: {error}"))),
        Ok(()) => Ok(()),
    }
}

/// Whether the standard output is a terminal.
pub(super) fn is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Columns to fill on the terminal: lines over 120 are hard to read.
pub(super) fn width() -> usize {
    let size = terminal_size::terminal_size();
    let width = size.map_or(100, |(width, _)| usize::from(width.0));
    width.clamp(60, 120)
}
