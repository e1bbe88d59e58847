//! The language server, through the streams of the real program.

mod common;

#[path = "lsp/client.rs"]
mod client;
#[path = "lsp/equal.rs"]
mod equal;
#[path = "lsp/fixes.rs"]
mod fixes;
