//! What a page in Markdown is made of, as GitHub renders it, by a parser of its own.

use pulldown_cmark::{Event, Options, Parser};

/// Everything that GitHub and GitLab make more of than CommonMark.
fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_MATH
        | Options::ENABLE_GFM
}

/// The blocks and the marks of a page, in their order, without texts and code.
///
/// # Panics
///
/// The page has HTML, a link or an image, or a text that becomes a mention, an issue or an address.
#[must_use]
pub fn skeleton(page: &str) -> Vec<String> {
    let mut tags = Vec::new();
    let mut text = String::new();
    for event in Parser::new_ext(page, options()) {
        match event {
            Event::Text(part) => text.push_str(&part),
            Event::Code(_) | Event::SoftBreak => {
                is_dead(&text, page);
                text.clear();
            }
            Event::Start(tag) => tags.push(format!("{tag:?}")),
            Event::End(tag) => {
                is_dead(&text, page);
                text.clear();
                tags.push(format!("{tag:?}"));
            }
            live => panic!("{live:?} in\n{page}"),
        }
        let live = tags.last().is_some_and(|tag| {
            ["Link", "Image", "Html", "Footnote"]
                .iter()
                .any(|name| tag.starts_with(name))
        });
        assert!(!live, "{:?} in\n{page}", tags.last());
        if tags.last().is_some_and(|tag| tag.starts_with("CodeBlock")) {
            text.clear();
        }
    }
    tags
}

/// Whether a text stays a text: what sites look for behind their Markdown is not in it.
fn is_dead(text: &str, page: &str) {
    let lower = text.to_ascii_lowercase();
    for part in ["://", "www.", "mailto:"] {
        assert!(!lower.contains(part), "{text:?} in\n{page}");
    }
    let mut before = ' ';
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let next = chars.peek().copied().unwrap_or(' ');
        let begins = !before.is_alphanumeric();
        let mention = c == '@' && begins && next.is_ascii_alphanumeric();
        let issue = c == '#' && begins && next.is_ascii_digit();
        assert!(!mention && !issue, "{text:?} in\n{page}");
        before = c;
    }
}
