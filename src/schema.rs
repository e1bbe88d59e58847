//! x
pub mod instance;
