//! The text of one block: white space, line breaks and emphasis as Markdown can say them.

use super::clean::{Dropped, count};
use super::tree::{Element, Node};

/// The content of one block: no-break spaces and runs of white space become one space, none stands
/// at the edges or beside a line break, and no line break at the edges.
pub(super) fn inline(nodes: Vec<Node>, dropped: &mut Dropped) -> Vec<Node> {
    let mut pieces = Vec::new();
    flatten(nodes, &mut Vec::new(), &mut pieces, dropped);
    let mut kept: Vec<Piece> = Vec::new();
    for mut piece in pieces {
        let at_edge = kept
            .last()
            .is_none_or(|last| last.is_break() || last.ends_with_space());
        if let Content::Text(text) = &mut piece.content {
            if at_edge && text.starts_with(' ') {
                text.remove(0);
            }
            if text.is_empty() {
                continue;
            }
        } else if piece.is_break() {
            trim_end(&mut kept);
            if kept.is_empty() {
                count(dropped, "<br> at the edge of a block");
                continue;
            }
        }
        kept.push(piece);
    }
    loop {
        trim_end(&mut kept);
        if !kept.last().is_some_and(Piece::is_break) {
            break;
        }
        count(dropped, "<br> at the edge of a block");
        kept.pop();
    }
    let kept = free_punctuation(kept, dropped);
    nest(&kept, 0)
}

/// Emphasis that begins or ends with a punctuation mark against a letter is none in Markdown
/// (CommonMark 0.31.2, 6.2): `**word (**more`. The mark goes outside.
fn free_punctuation(pieces: Vec<Piece>, dropped: &mut Dropped) -> Vec<Piece> {
    let texts: Vec<Option<(char, char)>> = pieces.iter().map(Piece::ends).collect();
    let around: Vec<Vec<Element>> = pieces.iter().map(|piece| piece.around.clone()).collect();
    let shared = |a: usize, b: usize| {
        let pairs = around[a].iter().zip(&around[b]);
        pairs.take_while(|(a, b)| a == b).count()
    };
    let mut out = Vec::new();
    for (at, mut piece) in pieces.into_iter().enumerate() {
        let Content::Text(text) = &mut piece.content else {
            out.push(piece);
            continue;
        };
        let code = piece.around.iter().any(|element| element.name == "code");
        let is_letter = |c: char| !is_mark(c) && !c.is_whitespace();
        let before = at.checked_sub(1).filter(|&before| {
            let ends = shared(before, at) < around[at].len();
            ends && texts[before].is_some_and(|(_, last)| is_letter(last))
        });
        let after = Some(at + 1).filter(|&after| {
            let first = texts.get(after).copied().flatten();
            first.is_some_and(|(first, _)| is_letter(first)) && shared(after, at) < around[at].len()
        });
        if code || (before.is_none() && after.is_none()) {
            out.push(piece);
            continue;
        }
        let mut free = |text: &str, with: usize, out: &mut Vec<Piece>| {
            if !text.is_empty() {
                count(dropped, "emphasis on a punctuation mark beside a letter");
                out.push(Piece {
                    around: around[at][..shared(with, at)].to_vec(),
                    content: Content::Text(text.to_owned()),
                });
            }
        };
        let mut rest = std::mem::take(text);
        if let Some(before) = before {
            let length = rest.len() - rest.trim_start_matches(is_loose).len();
            free(&rest[..length], before, &mut out);
            rest.drain(..length);
        }
        let kept = after.map_or(rest.len(), |_| rest.trim_end_matches(is_loose).len());
        let tail = rest.split_off(kept);
        if !rest.is_empty() {
            out.push(Piece {
                around: piece.around,
                content: Content::Text(rest),
            });
        }
        if let Some(after) = after {
            free(&tail, after, &mut out);
        }
    }
    out
}

/// Punctuation as CommonMark means it: marks and symbols.
fn is_mark(c: char) -> bool {
    !c.is_alphanumeric() && !c.is_whitespace()
}

fn is_loose(c: char) -> bool {
    is_mark(c) || c == ' '
}

/// A stretch of text in the elements around it, outermost first.
struct Piece {
    around: Vec<Element>,
    content: Content,
}

enum Content {
    Text(String),
    /// `br` or `img`
    Void(Element),
}

impl Piece {
    fn is_break(&self) -> bool {
        matches!(&self.content, Content::Void(element) if element.name == "br")
    }

    /// The first and the last character of a text.
    fn ends(&self) -> Option<(char, char)> {
        match &self.content {
            Content::Text(text) => Some((text.chars().next()?, text.chars().next_back()?)),
            Content::Void(_) => None,
        }
    }

    fn ends_with_space(&self) -> bool {
        matches!(&self.content, Content::Text(text) if text.ends_with(' '))
    }
}

fn trim_end(kept: &mut Vec<Piece>) {
    while let Some(Piece {
        content: Content::Text(text),
        ..
    }) = kept.last_mut()
    {
        let length = text.trim_end_matches(' ').len();
        text.truncate(length);
        if length > 0 {
            return;
        }
        kept.pop();
    }
}

fn flatten(
    nodes: Vec<Node>,
    around: &mut Vec<Element>,
    out: &mut Vec<Piece>,
    dropped: &mut Dropped,
) {
    for node in nodes {
        match node {
            Node::Other => {}
            Node::Text(text) => push_text(&text, around, out, dropped),
            Node::Element(element) if matches!(element.name.as_str(), "br" | "img") => {
                out.push(Piece {
                    around: outside_of_code(around),
                    content: Content::Void(element),
                });
            }
            Node::Element(mut element) => {
                let children = std::mem::take(&mut element.children);
                // `**` within `**` would end it.
                let again = around.iter().any(|outer| outer.name == element.name);
                if again {
                    count(dropped, format!("<{0}> in <{0}>", element.name));
                    flatten(children, around, out, dropped);
                } else {
                    around.push(element);
                    flatten(children, around, out, dropped);
                    around.pop();
                }
            }
        }
    }
}

/// Text with folded white space. Spaces at its edges stand outside of the elements around it, where
/// Markdown wants them.
fn push_text(text: &str, around: &[Element], out: &mut Vec<Piece>, dropped: &mut Dropped) {
    for _ in text.matches('\u{a0}') {
        count(dropped, "&nbsp;");
    }
    let is_space = |c: char| c.is_ascii_whitespace() || c == '\u{a0}';
    let words: Vec<&str> = text
        .split(is_space)
        .filter(|word| !word.is_empty())
        .collect();
    let around = &code_last(around, dropped);
    let mut push = |text: String, around: &[Element]| {
        out.push(Piece {
            around: around.to_vec(),
            content: Content::Text(text),
        });
    };

    if text.starts_with(is_space) {
        push(" ".to_owned(), &[]);
    }
    if words.is_empty() {
        return;
    }
    push(words.join(" "), around);
    if text.ends_with(is_space) {
        push(" ".to_owned(), &[]);
    }
}

/// Formatting within code is formatting around it, because code holds nothing but text.
fn code_last(around: &[Element], dropped: &mut Dropped) -> Vec<Element> {
    let (mut code, mut rest): (Vec<Element>, Vec<Element>) = around
        .iter()
        .cloned()
        .partition(|element| element.name == "code");
    if around.last().is_some_and(|last| last.name != "code") && !code.is_empty() {
        count(dropped, "formatting within code, put around it");
    }
    rest.append(&mut code);
    rest
}

fn outside_of_code(around: &[Element]) -> Vec<Element> {
    let kept = around.iter().filter(|element| element.name != "code");
    kept.cloned().collect()
}

/// Builds elements from pieces again: neighbours in the same element share it.
fn nest(pieces: &[Piece], level: usize) -> Vec<Node> {
    let mut out: Vec<Node> = Vec::new();
    let mut at = 0;
    while let Some(piece) = pieces.get(at) {
        let Some(outer) = piece.around.get(level) else {
            match (&piece.content, out.last_mut()) {
                (Content::Text(text), Some(Node::Text(last))) => last.push_str(text),
                (Content::Text(text), _) => out.push(Node::Text(text.clone())),
                (Content::Void(element), _) => out.push(Node::Element(element.clone())),
            }
            at += 1;
            continue;
        };
        let same = pieces[at..]
            .iter()
            .take_while(|piece| piece.around.get(level) == Some(outer))
            .count();
        let mut element = outer.clone();
        element.children = nest(&pieces[at..at + same], level + 1);
        out.push(Node::Element(element));
        at += same;
    }
    out
}
