//! A small tree of HTML, read leniently and written in one way.

use std::iter::Peekable;
use std::str::CharIndices;

use pulldown_cmark::{Event, Parser};

/// A part of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    /// Text, its entities decoded.
    Text(String),
    /// An element with its name in lower case.
    Element(Element),
    /// A comment or a declaration.
    Other,
}

/// An element.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(super) struct Element {
    pub(super) name: String,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) children: Vec<Node>,
}

impl Element {
    pub(super) fn new(name: &str, children: Vec<Node>) -> Self {
        Self {
            name: name.to_owned(),
            attributes: Vec::new(),
            children,
        }
    }
}

/// Elements that have no content.
const VOID: [&str; 6] = ["br", "hr", "img", "col", "input", "wbr"];

/// Elements whose content is no HTML.
const RAW: [&str; 4] = ["script", "style", "textarea", "title"];

/// Reads HTML; `None` where it nests deeper than a bound.
pub(super) fn parse(html: &str, max_depth: usize) -> Option<Vec<Node>> {
    let mut open = vec![Element::default()];
    let mut at = 0;
    while at < html.len() {
        let rest = &html[at..];
        let length = match token(rest) {
            Token::Text(length) => {
                push(&mut open, Node::Text(decode(&rest[..length])));
                length
            }
            Token::Other(length) => {
                push(&mut open, Node::Other);
                length
            }
            Token::Close(name, length) => {
                close(&mut open, &name);
                length
            }
            Token::Open(element, length) => {
                let raw = RAW.contains(&element.name.as_str());
                let end = if raw {
                    raw_end(rest, length, &element.name)
                } else {
                    length
                };
                close_implied(&mut open, &element.name);
                if raw || VOID.contains(&element.name.as_str()) {
                    push(&mut open, Node::Element(element));
                } else if open.len() > max_depth {
                    return None;
                } else {
                    open.push(element);
                }
                end
            }
        };
        at += length;
    }
    while open.len() > 1 {
        close_last(&mut open);
    }
    open.pop().map(|root| root.children)
}

enum Token {
    Text(usize),
    Other(usize),
    Open(Element, usize),
    Close(String, usize),
}

/// The token at the begin of a text that is not empty, with its length.
fn token(rest: &str) -> Token {
    if let Some(comment) = rest.strip_prefix("<!--") {
        return Token::Other(comment.find("-->").map_or(rest.len(), |end| 4 + end + 3));
    }
    let mut after = rest.chars().skip(1);
    match (rest.starts_with('<'), after.next()) {
        (true, Some('!' | '?')) => Token::Other(rest.find('>').map_or(rest.len(), |end| end + 1)),
        (true, Some('/')) if after.next().is_some_and(|c| c.is_ascii_alphabetic()) => {
            let end = rest.find('>').map_or(rest.len(), |end| end + 1);
            let name = rest[2..end].trim_end_matches('>').trim();
            Token::Close(name.to_ascii_lowercase(), end)
        }
        (true, Some(c)) if c.is_ascii_alphabetic() => tag(rest),
        _ => {
            // The first character is text whatever it is, so that reading goes on.
            let next = rest.char_indices().skip(1).find(|(_, c)| *c == '<');
            Token::Text(next.map_or(rest.len(), |(at, _)| at))
        }
    }
}

fn tag(rest: &str) -> Token {
    let name_end = rest[1..]
        .find(|c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/'))
        .map_or(rest.len(), |end| end + 1);
    let mut element = Element::new(&rest[1..name_end].to_ascii_lowercase(), Vec::new());
    let mut chars = rest[name_end..].char_indices().peekable();
    let mut end = rest.len();
    while let Some(&(at, c)) = chars.peek() {
        if c == '>' {
            end = name_end + at + 1;
            break;
        }
        if c.is_ascii_whitespace() || c == '/' {
            chars.next();
            continue;
        }
        let (name, value) = attribute(&rest[name_end..], &mut chars);
        element
            .attributes
            .push((name.to_ascii_lowercase(), decode(value)));
    }
    Token::Open(element, end)
}

/// One attribute: a name, then perhaps `=` and a value with or without quotes.
fn attribute<'t>(text: &'t str, chars: &mut Peekable<CharIndices<'_>>) -> (&'t str, &'t str) {
    let start = chars.peek().map_or(text.len(), |(at, _)| *at);
    // The first character is part of the name whatever it is, so that reading goes on.
    chars.next();
    skip(chars, |c| {
        !c.is_ascii_whitespace() && !matches!(c, '=' | '>' | '/')
    });
    let name = &text[start..position(text, chars)];
    skip(chars, |c| c.is_ascii_whitespace());
    if chars.next_if(|(_, c)| *c == '=').is_none() {
        return (name, "");
    }
    skip(chars, |c| c.is_ascii_whitespace());
    let Some(&(_, quote @ ('"' | '\''))) = chars.peek() else {
        let start = position(text, chars);
        skip(chars, |c| !c.is_ascii_whitespace() && c != '>');
        return (name, &text[start..position(text, chars)]);
    };
    chars.next();
    let start = position(text, chars);
    skip(chars, |c| c != quote);
    let value = &text[start..position(text, chars)];
    chars.next();
    (name, value)
}

fn skip(chars: &mut Peekable<CharIndices<'_>>, wanted: impl Fn(char) -> bool) {
    while chars.next_if(|(_, c)| wanted(*c)).is_some() {}
}

fn position(text: &str, chars: &mut Peekable<CharIndices<'_>>) -> usize {
    chars.peek().map_or(text.len(), |(at, _)| *at)
}

/// Where an element ends whose content is no HTML.
fn raw_end(rest: &str, start: usize, name: &str) -> usize {
    let close = format!("</{name}");
    let lower = rest[start..].to_ascii_lowercase();
    let Some(at) = lower.find(&close) else {
        return rest.len();
    };
    let behind = start + at;
    rest[behind..]
        .find('>')
        .map_or(rest.len(), |end| behind + end + 1)
}

fn push(open: &mut [Element], node: Node) {
    if let Some(last) = open.last_mut() {
        last.children.push(node);
    }
}

fn close_last(open: &mut Vec<Element>) {
    if open.len() > 1
        && let Some(element) = open.pop()
    {
        push(open, Node::Element(element));
    }
}

/// Ends an element and all that was left open in it; a closing tag without an opening one is nothing.
fn close(open: &mut Vec<Element>, name: &str) {
    let Some(at) = open.iter().rposition(|element| element.name == name) else {
        return;
    };
    while open.len() > at.max(1) {
        close_last(open);
    }
}

/// Elements that end where another of their like begins (HTML 13.1.2.4, optional tags).
fn close_implied(open: &mut Vec<Element>, name: &str) {
    let last = open.last().map_or("", |element| element.name.as_str());
    let ends = match last {
        "p" => is_block(name),
        "li" => name == "li",
        "td" | "th" => matches!(name, "td" | "th" | "tr"),
        "tr" => name == "tr",
        _ => false,
    };
    if ends {
        close_last(open);
    }
}

/// Elements that stand on lines of their own in Markdown too.
pub(super) const BLOCKS: [&str; 19] = [
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "ol",
    "li",
    "blockquote",
    "pre",
    "hr",
    "table",
    "thead",
    "tbody",
    "tr",
    "td",
    "th",
];

/// Elements that stand on lines of their own.
pub(super) fn is_block(name: &str) -> bool {
    let other = matches!(
        name,
        "div"
            | "figure"
            | "section"
            | "article"
            | "header"
            | "footer"
            | "dl"
            | "dt"
            | "dd"
            | "tfoot"
    );
    other || BLOCKS.contains(&name)
}

/// Text with its character references replaced.
fn decode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest[1..].find(|c: char| !c.is_ascii_alphanumeric() && c != '#');
        let reference = match end {
            Some(end) if rest[1 + end..].starts_with(';') => &rest[..end + 2],
            _ => "",
        };
        match known(reference) {
            Some(text) => {
                out.push_str(&text);
                rest = &rest[reference.len()..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// What a character reference stands for. Markdown has the same list as HTML.
fn known(reference: &str) -> Option<String> {
    match reference {
        "" => return None,
        "&amp;" => return Some("&".to_owned()),
        "&lt;" => return Some("<".to_owned()),
        "&gt;" => return Some(">".to_owned()),
        "&nbsp;" => return Some("\u{a0}".to_owned()),
        "&quot;" => return Some("\"".to_owned()),
        _ => {}
    }
    // A letter before it keeps it from being anything but text.
    let guarded = format!("x{reference}");
    let text: String = Parser::new(&guarded)
        .filter_map(|event| match event {
            Event::Text(text) => Some(text.into_string()),
            _ => None,
        })
        .collect();
    let text = text.strip_prefix('x')?;
    (text != reference).then(|| text.to_owned())
}

/// Writes `&amp;` for the `&` of a text that Markdown would take for a character reference, which
/// htmd does not do.
pub(super) fn guard_references(nodes: &mut [Node]) {
    for node in nodes {
        match node {
            Node::Text(text) if text.contains('&') => *text = guarded(text),
            Node::Element(element) if element.name != "code" => {
                guard_references(&mut element.children);
            }
            _ => {}
        }
    }
}

fn guarded(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 4);
    for (at, c) in text.char_indices() {
        out.push(c);
        let rest = &text[at + c.len_utf8()..];
        let length = rest
            .bytes()
            .take_while(|b| b.is_ascii_alphanumeric() || *b == b'#');
        if c == '&' && rest[length.count()..].starts_with(';') {
            out.push_str("amp;");
        }
    }
    out
}

/// Writes HTML as the publisher does: no white space between elements, `&`, `<` and `>` as
/// references and nothing else.
pub(super) fn write(nodes: &[Node]) -> String {
    let mut out = String::new();
    write_into(nodes, &mut out);
    out
}

fn write_into(nodes: &[Node], out: &mut String) {
    for node in nodes {
        match node {
            Node::Text(text) => escape(text, out),
            Node::Element(element) => {
                out.push('<');
                out.push_str(&element.name);
                for (name, value) in &element.attributes {
                    out.push(' ');
                    out.push_str(name);
                    out.push_str("=\"");
                    escape_value(value, out);
                    out.push('"');
                }
                out.push('>');
                if VOID.contains(&element.name.as_str()) {
                    continue;
                }
                write_into(&element.children, out);
                out.push_str("</");
                out.push_str(&element.name);
                out.push('>');
            }
            Node::Other => {}
        }
    }
}

/// Text as HTML.
pub(super) fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\u{a0}' => out.push_str("&nbsp;"),
            c => out.push(c),
        }
    }
}

/// The value of an attribute as HTML.
pub(super) fn escape_value(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
}

/// The text of some nodes, a space wherever a block or a line ends.
pub(super) fn collect_text(nodes: &[Node], out: &mut String) {
    for node in nodes {
        match node {
            Node::Text(text) => out.push_str(text),
            Node::Element(element) => {
                collect_text(&element.children, out);
                if is_block(&element.name) || element.name == "br" {
                    out.push(' ');
                }
            }
            Node::Other => {}
        }
    }
}
