//! The official suites, read through this program's own tree: the YAML test suite, the JSON Schema
//! test suite, and what is left of both when bytes are damaged.

#![allow(
    clippy::print_stdout,
    reason = "a test says what it skipped and counted"
)]

mod common;
#[path = "suites/damage.rs"]
mod damage;
#[path = "suites/json_schema.rs"]
mod json_schema;
#[allow(
    dead_code,
    unreachable_pub,
    reason = "of the fuzz targets only a part is used here"
)]
#[path = "../fuzz/src/tree.rs"]
mod tree;
#[path = "suites/yaml.rs"]
mod yaml;
