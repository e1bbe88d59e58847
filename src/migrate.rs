//! Takes a corpus from one format to another, and proves that nothing was lost.

pub mod html;
