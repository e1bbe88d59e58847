//! Checks a corpus: a git repository that holds an open knowledge base as structured entries.
//!
//! ```text
//! discover → read → parse → validate → extract ──► link ──► rules ──► report
//!   roots    bytes   spanned   schema     facts     IDs,     document,  human, json, …
//!   kinds            tree      findings             refs     entry, corpus
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

pub mod corpus;

pub mod snapshot;

pub mod rule;

pub mod rules;

pub mod lint;

pub mod fix;

pub mod write;

pub mod migrate;

pub mod report;

pub mod cli;
