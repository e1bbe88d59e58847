//! The language server, through the streams of the real program.

mod common;

#[path = "lsp/client.rs"]
mod client;
#[path = "lsp/equal.rs"]
mod equal;
#[path = "lsp/fixes.rs"]
mod fixes;
#[path = "lsp/navigate.rs"]
mod navigate;
#[path = "lsp/neovim.rs"]
mod neovim;
#[path = "lsp/robust.rs"]
mod robust;
#[path = "lsp/write.rs"]
mod write;
