//! Checks a corpus: a git repository that holds an open knowledge base as structured entries.
//!
//! ```text
//! discover → read → parse → validate → extract ──► link ──► rules ──► compare with base ──► report
//!   roots    bytes   spanned   schema     facts     IDs,     document,    introduced / fixed /  human,
//!   kinds            tree      findings             refs     entry,       pre-existing          json, …
//!                                                            corpus,
//!                                                            history
//! ```
//!
//! Up to the facts, files are independent and run in parallel; only facts survive a file, not its
//! text. Parsing never fails: it gives a tree and problems. The outer ring does IO and may fail with
//! an error; the inner ring is pure. The modules stand in the order in which they build on one
//! another.

pub mod text;

pub mod diagnostic;

pub mod syntax;

pub mod profile;

pub mod schema;

pub mod entry;

pub mod upgrade;

pub mod corpus;

pub mod snapshot;

pub mod history;

pub mod rule;

pub mod rules;

pub mod lint;

pub mod fix;

pub mod write;

pub mod cache;

pub mod migrate;

pub mod format;

pub mod author;

pub mod report;

pub mod lsp;

pub mod cli;
