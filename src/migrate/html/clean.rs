//! Drops from HTML what carries no meaning, and counts it.

use std::collections::BTreeMap;

use super::inline::inline;
use super::tables;
use super::tree::{BLOCKS, Element, Node, is_block};

/// What was dropped, in words, with how often.
pub(super) type Dropped = BTreeMap<String, usize>;

/// Brings HTML to the form that the way back from Markdown gives.
pub(super) fn clean(nodes: &mut Vec<Node>) -> Dropped {
    let mut dropped = Dropped::new();
    *nodes = plain(std::mem::take(nodes), &mut dropped);
    *nodes = blocks(std::mem::take(nodes), &mut dropped);
    dropped
}

pub(super) fn count(dropped: &mut Dropped, what: impl Into<String>) {
    *dropped.entry(what.into()).or_default() += 1;
}

/// Keeps the elements that Markdown has, under the names that the publisher uses, and their
/// meaningful attributes; the content of others stays in their place.
fn plain(nodes: Vec<Node>, dropped: &mut Dropped) -> Vec<Node> {
    let mut out = Vec::new();
    for node in nodes {
        match node {
            Node::Text(text) => out.push(Node::Text(text)),
            Node::Other => count(dropped, "comment"),
            Node::Element(element) => element_of(element, dropped, &mut out),
        }
    }
    out
}

fn element_of(mut element: Element, dropped: &mut Dropped, out: &mut Vec<Node>) {
    let name = match element.name.as_str() {
        "b" => "strong",
        "em" => "i",
        name => name,
    };
    match name {
        "script" | "style" | "textarea" | "title" | "input" | "iframe" => {
            count(dropped, format!("<{name}> with its content"));
            return;
        }
        _ => {}
    }
    let name = name.to_owned();
    let attributes = std::mem::take(&mut element.attributes);
    element.children = plain(element.children, dropped);
    if !is_kept(&name) {
        // The way back writes a figure around every table.
        if !(name == "figure" && has_table(&element)) {
            count(dropped, format!("<{}>", element.name));
        }
        for (attribute, _) in attributes {
            if (name.as_str(), attribute.as_str()) != ("figure", "class") {
                count(dropped, format!("attribute {attribute}"));
            }
        }
        let block = is_block(&name);
        if block {
            out.push(Node::Element(Element::new("div", element.children)));
        } else {
            out.append(&mut element.children);
        }
        return;
    }
    if name != element.name {
        count(dropped, format!("<{}> for <{name}>", element.name));
    }
    element.attributes = kept_attributes(&name, attributes, dropped);
    element.name = name;
    out.push(Node::Element(element));
}

fn has_table(element: &Element) -> bool {
    element
        .children
        .iter()
        .any(|node| matches!(node, Node::Element(inner) if inner.name == "table"))
}

fn is_kept(name: &str) -> bool {
    let other = matches!(name, "a" | "strong" | "i" | "code" | "br" | "img");
    other || BLOCKS.contains(&name)
}

/// Links and pictures keep where they lead; every link gets the attributes that the publisher's
/// editor gives it.
fn kept_attributes(
    name: &str,
    attributes: Vec<(String, String)>,
    dropped: &mut Dropped,
) -> Vec<(String, String)> {
    let mut kept = Vec::new();
    let mut usual = 0;
    for (attribute, value) in attributes {
        match (name, attribute.as_str()) {
            ("a", "href") | ("img", "src" | "alt") => kept.push((attribute, value)),
            ("ol", "start") if value.parse::<u32>().is_ok_and(|start| start > 1) => {
                kept.push((attribute, value));
            }
            ("a", "target") if value == "_blank" => usual += 1,
            ("a", "rel") if value == "noopener noreferrer" => usual += 1,
            _ => count(dropped, format!("attribute {attribute}")),
        }
    }
    if name == "a" {
        if usual != 2 {
            count(dropped, "link without the usual attributes");
        }
        kept = super::render::link_attributes(&kept.pop().unwrap_or_default().1);
    }
    kept
}

/// Puts each stretch of text into a block, folds white space, and drops what is empty.
fn blocks(nodes: Vec<Node>, dropped: &mut Dropped) -> Vec<Node> {
    let mut out = Vec::new();
    let mut run = Vec::new();
    for node in nodes {
        match node {
            Node::Element(element) if is_block(&element.name) => {
                paragraph(std::mem::take(&mut run), dropped, &mut out);
                block(element, dropped, &mut out);
            }
            node => run.push(node),
        }
    }
    paragraph(run, dropped, &mut out);
    join_lists(out, dropped)
}

/// Two lists of one sort in a row are one in Markdown.
fn join_lists(nodes: Vec<Node>, dropped: &mut Dropped) -> Vec<Node> {
    let mut out: Vec<Node> = Vec::new();
    for node in nodes {
        if let Node::Element(next) = &node
            && let Some(Node::Element(last)) = out.last_mut()
            && last.name == next.name
            && matches!(next.name.as_str(), "ul" | "ol" | "blockquote")
        {
            count(dropped, format!("<{}> behind another, joined", next.name));
            last.children.extend(next.children.iter().cloned());
            continue;
        }
        out.push(node);
    }
    out
}

/// Text that stands in no block becomes a paragraph.
fn paragraph(run: Vec<Node>, dropped: &mut Dropped, out: &mut Vec<Node>) {
    let children = inline(run, dropped);
    if !children.is_empty() {
        count(dropped, "text outside of a paragraph");
        out.push(Node::Element(Element::new("p", children)));
    }
}

fn block(mut element: Element, dropped: &mut Dropped, out: &mut Vec<Node>) {
    let children = std::mem::take(&mut element.children);
    match element.name.as_str() {
        "div" => {
            out.append(&mut blocks(children, dropped));
            return;
        }
        "hr" => {
            out.push(Node::Element(element));
            return;
        }
        "pre" => element.children = preformatted(children),
        name @ ("p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6") => {
            let (mut before, after) = split_at_block(children);
            if name != "p" {
                one_line(&mut before, dropped);
            }
            element.children = inline(before, dropped);
            finish(element, dropped, out);
            out.append(&mut blocks(after, dropped));
            return;
        }
        "table" => {
            element.children = blocks(only_elements(children), dropped);
            tables::tidy(&mut element, dropped);
            out.push(Node::Element(tables::figure(element)));
            return;
        }
        "td" | "th" => element.children = cell(children, dropped),
        "li" => element.children = item(children, dropped),
        _ => element.children = blocks(only_elements(children), dropped),
    }
    finish(element, dropped, out);
}

fn finish(element: Element, dropped: &mut Dropped, out: &mut Vec<Node>) {
    // An empty cell keeps the others in their columns.
    if element.children.is_empty() && !matches!(element.name.as_str(), "td" | "th") {
        count(dropped, format!("empty <{}>", element.name));
    } else {
        out.push(Node::Element(element));
    }
}

/// A block cannot stand in a paragraph; it and all behind it come after.
fn split_at_block(mut children: Vec<Node>) -> (Vec<Node>, Vec<Node>) {
    let is_inner = |node: &Node| matches!(node, Node::Element(inner) if is_block(&inner.name));
    let at = children.iter().position(is_inner);
    let after = children.split_off(at.unwrap_or(children.len()));
    (children, after)
}

/// A heading has one line in Markdown.
fn one_line(nodes: &mut [Node], dropped: &mut Dropped) {
    for node in nodes {
        match node {
            Node::Element(element) if element.name == "br" => {
                count(dropped, "<br> in a heading");
                *node = Node::Text(" ".to_owned());
            }
            Node::Element(element) => one_line(&mut element.children, dropped),
            _ => {}
        }
    }
}

/// White space between the parts of a list or a table is none of its content.
fn only_elements(children: Vec<Node>) -> Vec<Node> {
    let blank = |node: &Node| match node {
        Node::Text(text) => text.trim().is_empty(),
        _ => false,
    };
    children.into_iter().filter(|node| !blank(node)).collect()
}

/// A list item: text, then perhaps blocks. A lone paragraph is its text.
fn item(children: Vec<Node>, dropped: &mut Dropped) -> Vec<Node> {
    let (before, after) = split_at_block(children);
    let mut out = inline(before, dropped);
    let mut rest = blocks(after, dropped);
    if out.is_empty()
        && matches!(rest.first(), Some(Node::Element(first)) if first.name == "p")
        && let Node::Element(first) = rest.remove(0)
    {
        count(dropped, "<p> in a list item");
        out = first.children;
    }
    out.append(&mut rest);
    out
}

/// A cell holds one line of text in Markdown.
fn cell(children: Vec<Node>, dropped: &mut Dropped) -> Vec<Node> {
    let mut flat = Vec::new();
    for node in children {
        match node {
            Node::Element(element) if is_block(&element.name) => {
                count(dropped, format!("<{}> in a table", element.name));
                flat.extend(element.children);
                flat.push(Node::Text(" ".to_owned()));
            }
            Node::Element(element) if element.name == "br" => {
                count(dropped, "<br> in a table");
                flat.push(Node::Text(" ".to_owned()));
            }
            node => flat.push(node),
        }
    }
    inline(flat, dropped)
}

fn preformatted(children: Vec<Node>) -> Vec<Node> {
    let mut text = String::new();
    super::tree::collect_text(&children, &mut text);
    let text = text.trim_end().to_owned();
    if text.is_empty() {
        return Vec::new();
    }
    let code = Element::new("code", vec![Node::Text(format!("{text}\n"))]);
    vec![Node::Element(code)]
}
