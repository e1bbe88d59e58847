//! Prose between HTML, as the publisher of a release writes it, and Markdown.
//!
//! HTML is read into a small tree with a bounded depth, cleaned of what carries no meaning, and what
//! was dropped is counted. The htmd crate, which trusts its input, only sees the cleaned form. The
//! way back writes that form again, so that whether anything but clutter was lost can be proved.

mod clean;
mod inline;
mod render;
mod tables;
mod tree;

use std::collections::BTreeMap;

use htmd::HtmlToMarkdown;
use htmd::options::{BrStyle, BulletListMarker, Options};

pub use render::to_html;
use tree::Node;

/// Levels of elements; htmd and others overflow the stack on what nests without end.
const MAX_DEPTH: usize = 100;

/// HTML as Markdown, and what became of the rest.
#[derive(Debug)]
pub struct Converted {
    /// The Markdown; it ends with a line break unless it is empty.
    pub markdown: String,
    /// What was dropped because it carries no meaning, in words, with how often.
    pub dropped: BTreeMap<String, usize>,
    /// What the way back gives.
    pub back: Back,
}

/// How the HTML that the Markdown gives compares with the original.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Back {
    /// It is the same.
    Same,
    /// It is the same without what was dropped.
    Cleaned,
    /// The text is the same, but not all of its structure.
    Restructured,
    /// The text differs.
    Changed,
}

/// Turns HTML into Markdown.
pub struct Converter(HtmlToMarkdown);

impl Default for Converter {
    fn default() -> Self {
        let options = Options {
            br_style: BrStyle::Backslash,
            bullet_list_marker: BulletListMarker::Dash,
            ul_bullet_spacing: 1,
            ol_number_spacing: 1,
            ..Options::default()
        };
        Self(HtmlToMarkdown::builder().options(options).build())
    }
}

impl Converter {
    /// HTML as Markdown.
    ///
    /// # Errors
    ///
    /// Why the HTML cannot be read, in words.
    pub fn to_markdown(&self, html: &str) -> Result<Converted, String> {
        let mut tree = tree::parse(html, MAX_DEPTH)
            .ok_or_else(|| format!("the HTML nests more than {MAX_DEPTH} levels deep"))?;
        let dropped = clean::clean(&mut tree);
        let cleaned = tree::write(&tree);
        let mut markdown = self.convert(&tree)?;
        let mut back = to_html(&markdown);
        let verdict = if back == html {
            Back::Same
        } else if back == cleaned {
            Back::Cleaned
        } else if text(&back) == text(&cleaned) {
            Back::Restructured
        } else {
            Back::Changed
        };
        // What the way back gives must give the same Markdown, so that a second trip changes nothing.
        for _ in 0..4 {
            let mut tree = tree::parse(&back, MAX_DEPTH).unwrap_or_default();
            clean::clean(&mut tree);
            let again = self.convert(&tree)?;
            if again == markdown {
                break;
            }
            markdown = again;
            back = to_html(&markdown);
        }
        Ok(Converted {
            markdown,
            dropped,
            back: verdict,
        })
    }

    fn convert(&self, tree: &[Node]) -> Result<String, String> {
        let mut tree = tree.to_vec();
        tables::add_heads(&mut tree);
        tree::guard_references(&mut tree);
        let html = tree::write(&tree);
        let mut markdown = self.0.convert(&html).map_err(|error| error.to_string())?;
        let length = markdown.trim_end().len();
        markdown.truncate(length);
        if !markdown.is_empty() {
            markdown.push('\n');
        }
        Ok(markdown)
    }
}

/// The text of HTML without its tags, white space folded.
fn text(html: &str) -> String {
    let tree = tree::parse(html, MAX_DEPTH).unwrap_or_default();
    let mut out = String::new();
    tree::collect_text(&tree, &mut out);
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
