//! What runs the gate for others: workflows, actions and their scripts, hooks, and the pages on them.

#![allow(
    clippy::print_stdout,
    reason = "a test says what it skipped and counted"
)]

#[path = "delivery/archive.rs"]
mod archive;
#[path = "delivery/comment.rs"]
mod comment;
#[path = "delivery/definitions.rs"]
mod definitions;
#[path = "delivery/entry.rs"]
mod entry;
#[path = "delivery/gate.rs"]
mod gate;
#[path = "delivery/options.rs"]
mod options;
#[path = "delivery/release.rs"]
mod release;
#[path = "delivery/safety.rs"]
mod safety;
#[path = "delivery/sandbox.rs"]
mod sandbox;
#[path = "delivery/whole.rs"]
mod whole;
