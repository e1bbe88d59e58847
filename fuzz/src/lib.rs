//! What each fuzz target does with some bytes: nothing, or a panic that says what does not hold.
//!
//! `fuzz_targets/` calls these from libFuzzer, `tests/regressions.rs` from the normal test suite.

pub mod cache;
pub mod corpus;
pub mod escape;
pub mod lsp;
pub mod markdown;
pub mod migrate;
pub mod rules;
pub mod schema;
pub mod tree;

/// One target: its name, and what it does.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const TARGETS: [Target; 12] = [
    ("yaml", tree::yaml),
    ("plain", tree::plain),
    ("json", tree::json),
    ("markdown", tree::markdown),
    ("schema", schema::schema),
    ("check", rules::check),
    ("fix", rules::fix),
    ("fmt", rules::fmt),
    ("migrate", migrate::migrate),
    ("lsp", lsp::lsp),
    ("cache", cache::cache),
    ("escape", escape::escape),
];

/// Does what a target does.
///
/// # Panics
///
/// Something does not hold.
pub fn run(name: &str, bytes: &[u8]) {
    let target = TARGETS.iter().find(|(known, _)| *known == name);
    let (_, target) = target.unwrap_or_else(|| panic!("there is no target `{name}`"));
    target(bytes);
}
