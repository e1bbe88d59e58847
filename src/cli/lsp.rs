//! `corpuslint lsp`

use super::{Failure, Outcome};
use crate::lint::Options;
use crate::lsp::{self, Ended};

/// The standard streams belong to the protocol: nothing else is written to them.
pub(super) fn run() -> Result<Outcome, Failure> {
    let mut output = std::io::BufWriter::new(std::io::stdout());
    match lsp::serve(std::io::stdin(), &mut output, options) {
        Ended::Asked => Ok(Outcome::Clean),
        // LSP 3.17, `exit`: 1 where no `shutdown` came before.
        Ended::Abandoned => Ok(Outcome::Findings),
    }
}

fn options() -> Options {
    Options {
        select: Vec::new(),
        ignore: Vec::new(),
        today: super::today(),
        whole_corpus: true,
        cache: None,
    }
}
