//! Markdown as the HTML that the publisher's editor writes.

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd};

use super::tree::{escape, escape_value};

/// The attributes of a link.
pub(super) fn link_attributes(target: &str) -> Vec<(String, String)> {
    let pairs = [
        ("target", "_blank"),
        ("rel", "noopener noreferrer"),
        ("href", target),
    ];
    pairs
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
}

/// Markdown as HTML, without white space between elements. HTML in the Markdown is text.
#[must_use]
pub fn to_html(markdown: &str) -> String {
    let mut renderer = Renderer::default();
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        renderer.event(event);
    }
    renderer.out
}

#[derive(Default)]
struct Renderer {
    out: String,
    lists: Vec<Option<u64>>,
    /// The text of a picture, which is its alternative.
    picture: Option<(String, String)>,
    in_head: bool,
    /// A table's head while it is not known to have any text.
    head_at: usize,
}

impl Renderer {
    fn event(&mut self, event: Event<'_>) {
        if let Some((_, alternative)) = &mut self.picture
            && let Event::Text(text) | Event::Code(text) = &event
        {
            alternative.push_str(text);
            return;
        }
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.text(&text),
            Event::Code(text) => {
                self.out.push_str("<code>");
                self.text(&text);
                self.out.push_str("</code>");
            }
            Event::SoftBreak => self.out.push(' '),
            Event::HardBreak => self.out.push_str("<br>"),
            Event::Rule => self.out.push_str("<hr>"),
            _ => {}
        }
    }

    fn text(&mut self, text: &CowStr<'_>) {
        escape(text, &mut self.out);
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::List(start) => {
                match start {
                    None => self.out.push_str("<ul>"),
                    Some(0 | 1) => self.out.push_str("<ol>"),
                    Some(start) => self.out.push_str(&format!("<ol start=\"{start}\">")),
                }
                self.lists.push(start);
            }
            Tag::Link { dest_url, .. } => {
                self.out.push_str("<a");
                for (name, value) in link_attributes(&dest_url) {
                    self.out.push_str(&format!(" {name}=\""));
                    escape_value(&value, &mut self.out);
                    self.out.push('"');
                }
                self.out.push('>');
            }
            Tag::Image { dest_url, .. } => {
                self.picture = Some((dest_url.into_string(), String::new()));
            }
            Tag::Table(_) => self.out.push_str("<figure class=\"table\"><table>"),
            Tag::TableHead => {
                self.head_at = self.out.len();
                self.in_head = true;
                self.out.push_str("<thead><tr>");
            }
            tag => {
                if let Some(name) = self.name(&tag.to_end()) {
                    self.out.push_str(&format!("<{name}>"));
                }
                if matches!(tag, Tag::CodeBlock(_)) {
                    self.out.push_str("<code>");
                }
            }
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::List(_) => {
                let ordered = self.lists.pop().flatten().is_some();
                self.out.push_str(if ordered { "</ol>" } else { "</ul>" });
            }
            TagEnd::Link => self.out.push_str("</a>"),
            TagEnd::Image => {
                let (source, alternative) = self.picture.take().unwrap_or_default();
                self.out.push_str("<img src=\"");
                escape_value(&source, &mut self.out);
                self.out.push_str("\" alt=\"");
                escape_value(&alternative, &mut self.out);
                self.out.push_str("\">");
            }
            TagEnd::Table => self.out.push_str("</tbody></table></figure>"),
            TagEnd::TableHead => {
                self.in_head = false;
                // Markdown cannot write a table without a head, so an empty one stands for none.
                let head = &self.out[self.head_at..];
                if head
                    .trim_start_matches("<thead><tr>")
                    .replace("<th></th>", "")
                    .is_empty()
                {
                    self.out.truncate(self.head_at);
                } else {
                    self.out.push_str("</tr></thead>");
                }
                self.out.push_str("<tbody>");
            }
            tag => {
                if tag == TagEnd::CodeBlock {
                    self.out.push_str("</code>");
                }
                if let Some(name) = self.name(&tag) {
                    self.out.push_str(&format!("</{name}>"));
                }
            }
        }
    }

    /// The element of a tag that needs no attributes.
    fn name(&self, tag: &TagEnd) -> Option<String> {
        let name = match tag {
            TagEnd::Paragraph => "p",
            TagEnd::Heading(level) => return Some(level.to_string()),
            TagEnd::BlockQuote(_) => "blockquote",
            TagEnd::CodeBlock => "pre",
            TagEnd::Item => "li",
            TagEnd::TableRow => "tr",
            TagEnd::TableCell if self.in_head => "th",
            TagEnd::TableCell => "td",
            TagEnd::Emphasis => "i",
            TagEnd::Strong => "strong",
            _ => return None,
        };
        Some(name.to_owned())
    }
}
