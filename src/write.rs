//! The only place that writes files.

mod loose;

pub use loose::{forget, keep};
