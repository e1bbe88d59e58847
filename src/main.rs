//! Arguments in, exit code out.

use std::process::ExitCode;

/// Facts are many small pieces, made on all threads at once.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    corpuslint::cli::main()
}
