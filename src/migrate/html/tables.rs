//! Tables: a head of one row, a body, and as many cells in each row.

use super::clean::{Dropped, count};
use super::tree::{Element, Node};

/// The element that the publisher's editor puts around a table.
pub(super) fn figure(table: Element) -> Element {
    let mut figure = Element::new("figure", vec![Node::Element(table)]);
    figure.attributes = vec![("class".to_owned(), "table".to_owned())];
    figure
}

/// Brings the rows of a table into a head and a body, each row as wide as the widest.
pub(super) fn tidy(table: &mut Element, dropped: &mut Dropped) {
    let mut head: Option<Element> = None;
    let mut rows = Vec::new();
    for node in std::mem::take(&mut table.children) {
        let Node::Element(part) = node else { continue };
        match part.name.as_str() {
            "tr" => rows.push(part),
            name => {
                let is_head = name == "thead";
                for (index, row) in elements(part.children).into_iter().enumerate() {
                    if is_head && index == 0 && head.is_none() && rows.is_empty() {
                        head = Some(row);
                    } else {
                        rows.push(row);
                    }
                }
            }
        }
    }
    let all_heads = |row: &Element| {
        let cells = row.children.iter();
        let mut names = cells.map(|cell| matches!(cell, Node::Element(cell) if cell.name == "th"));
        names.all(|is_head| is_head)
    };
    if head.is_none() && rows.first().is_some_and(all_heads) {
        count(dropped, "head of a table, marked as such");
        head = Some(rows.remove(0));
    }
    let width = head.iter().chain(&rows).map(|row| row.children.len()).max();
    let width = width.unwrap_or(0);
    let mut fill = |row: &mut Element, name: &str| {
        if row.children.len() < width {
            count(dropped, "short row of a table, filled up");
        }
        for cell in &mut row.children {
            if let Node::Element(cell) = cell
                && cell.name != name
            {
                count(dropped, format!("<{}> for <{name}>", cell.name));
                cell.name = name.to_owned();
            }
        }
        let empty = Node::Element(Element::new(name, Vec::new()));
        row.children.resize(width, empty);
    };
    if let Some(row) = &mut head {
        fill(row, "th");
    }
    for row in &mut rows {
        fill(row, "td");
    }
    if let Some(head) = head {
        let head = Element::new("thead", vec![Node::Element(head)]);
        table.children.push(Node::Element(head));
    }
    let rows = rows.into_iter().map(Node::Element).collect();
    let body = Element::new("tbody", rows);
    table.children.push(Node::Element(body));
}

fn elements(nodes: Vec<Node>) -> Vec<Element> {
    let elements = nodes.into_iter().filter_map(|node| match node {
        Node::Element(element) => Some(element),
        _ => None,
    });
    elements.collect()
}

/// Gives each table without a head an empty one, because Markdown has no other.
pub(super) fn add_heads(nodes: &mut [Node]) {
    for node in nodes {
        let Node::Element(element) = node else {
            continue;
        };
        if element.name != "table" {
            add_heads(&mut element.children);
            continue;
        }
        if let Some(Node::Element(body)) = element.children.first()
            && body.name == "tbody"
        {
            let width = body.children.first().map_or(0, |row| match row {
                Node::Element(row) => row.children.len(),
                _ => 0,
            });
            let cell = Node::Element(Element::new("th", Vec::new()));
            let row = Element::new("tr", vec![cell; width]);
            let head = Element::new("thead", vec![Node::Element(row)]);
            element.children.insert(0, Node::Element(head));
        }
    }
}
