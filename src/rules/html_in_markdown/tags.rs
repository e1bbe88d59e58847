//! Finds the HTML that a reader of Markdown takes as such.

use std::ops::Range;

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

/// An element, a lone tag or a comment.
pub(super) struct Element {
    /// In lower case; `!--` for a comment, and the like.
    pub name: String,
    /// The opening tag, or the only one.
    pub open: Range<usize>,
    /// The closing tag.
    pub close: Option<Range<usize>>,
}

/// Elements of one text that are looked at; nobody wants to read of more.
const MOST: usize = 100;

/// Elements in the order of their opening tags. Code and `<https://…>` hold none.
pub(super) fn elements(text: &str) -> Vec<Element> {
    let mut found: Vec<Element> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    for place in html(text) {
        let mut at = place.start;
        while let Some(tag) = next_tag(text, at..place.end) {
            at = tag.end.max(at + 1);
            if found.len() == MOST {
                return found;
            }
            let said = &text[tag.clone()];
            let name = name(said);
            if said.starts_with("</") {
                let opened = open.iter().rposition(|&at| found[at].name == name);
                if let Some(opened) = opened {
                    found[open[opened]].close = Some(tag);
                    open.truncate(opened);
                    continue;
                }
            } else if !said.ends_with("/>") && !name.starts_with(['!', '?']) && name != "br" {
                open.push(found.len());
            }
            found.push(Element {
                name,
                open: tag,
                close: None,
            });
        }
    }
    found
}

/// The parts of a text that are HTML.
fn html(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut in_block = false;
    for (event, place) in Parser::new(text).into_offset_iter() {
        match event {
            Event::Start(Tag::HtmlBlock) => {
                in_block = true;
                found.push(place);
            }
            Event::End(TagEnd::HtmlBlock) => in_block = false,
            Event::Html(_) | Event::InlineHtml(_) if !in_block => found.push(place),
            _ => {}
        }
    }
    found
}

/// The next tag or comment in a part of a text.
fn next_tag(text: &str, part: Range<usize>) -> Option<Range<usize>> {
    let said = text.get(part.clone())?;
    let mut from = 0;
    loop {
        let at = from + said[from..].find('<')?;
        let rest = &said[at..];
        let end = if rest.starts_with("<!--") {
            rest.find("-->").map_or(rest.len(), |end| end + 3)
        } else if rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c)) {
            tag_end(rest)
        } else {
            from = at + 1;
            continue;
        };
        return Some(part.start + at..part.start + at + end);
    }
}

/// Where a tag ends: a `>` within quotes is a part of a value.
fn tag_end(tag: &str) -> usize {
    let mut quote = None;
    for (at, c) in tag.char_indices() {
        match (quote, c) {
            (None, '>') => return at + 1,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    tag.find('>').map_or(tag.len(), |end| end + 1)
}

fn name(tag: &str) -> String {
    if tag.starts_with("<!--") {
        return "!--".to_owned();
    }
    let rest = tag.trim_start_matches(['<', '/']);
    let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/'));
    rest[..end.unwrap_or(rest.len())].to_ascii_lowercase()
}

/// Whether HTML knows the element (WHATWG HTML, with the ones of old pages).
pub(super) fn is_html(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "a", "abbr", "acronym", "address", "article", "aside", "audio", "b", "big", "blockquote",
        "body", "br", "button", "caption", "center", "cite", "code", "col", "colgroup", "dd", "del",
        "details", "dfn", "div", "dl", "dt", "em", "embed", "fieldset", "figcaption", "figure",
        "font", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hr", "html",
        "i", "iframe", "img", "input", "ins", "kbd", "label", "legend", "li", "link", "main", "mark",
        "meta", "nav", "object", "ol", "option", "p", "pre", "q", "s", "samp", "script", "section",
        "select", "small", "span", "strike", "strong", "style", "sub", "summary", "sup", "svg",
        "table", "tbody", "td", "textarea", "tfoot", "th", "thead", "title", "tr", "tt", "u", "ul",
        "var", "video", "wbr",
    ];
    NAMES.binary_search(&name).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let shown = |element: Element| {
            let open = &text[element.open];
            match element.close {
                Some(close) => format!("{open}…{}", &text[close]),
                None => open.to_owned(),
            }
        };
        elements(text).into_iter().map(shown).collect()
    }

    #[test]
    fn what_is_html() {
        let none: [&str; 0] = [];
        assert_eq!(found("a < b, <https://a.org>, `<b>`\n\n    <b>\n"), none);
        assert_eq!(found("x <b>y <i>z</i></b>"), ["<b>…</b>", "<i>…</i>"]);
        assert_eq!(found("x<br>y<BR/>z</p>"), ["<br>", "<BR/>", "</p>"]);
        assert_eq!(found("a <!-- <b> --> c"), ["<!-- <b> -->"]);
        assert_eq!(
            found("<div title=\"a>b\">\n<p>x</p>\n</div>\n\ntext\n"),
            ["<div title=\"a>b\">…</div>", "<p>…</p>"]
        );
        assert_eq!(found("/home/<name>/x, \\<name>"), ["<name>"]);
    }
}
