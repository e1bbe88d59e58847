//! x
pub mod diagnostic;
pub mod schema;
pub mod syntax;
pub mod text;
