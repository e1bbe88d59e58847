//! What prose says, whichever notation it is written in.

use std::borrow::Cow;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::schema::vocabulary::Prose;

/// The letters and digits of a text in lower case, and behind them those of the addresses that it
/// links to, each once. The same text in HTML and in Markdown has the same essence, because where
/// words end depends on the notation and letters do not.
#[must_use]
pub(super) fn essence(text: &str, notation: Prose) -> String {
    let mut found = Essence::default();
    match notation {
        Prose::Html => found.html(text),
        Prose::Markdown => found.markdown(text),
    }
    found.finish()
}

/// A text of HTML or Markdown without tags, its entities decoded.
#[must_use]
pub fn without_tags(text: &str) -> String {
    let mut said = String::with_capacity(text.len());
    for part in parts(text) {
        match part {
            Part::Text(text) => said.push_str(&decode(text)),
            Part::Tag(_) => said.push(' '),
        }
    }
    said
}

#[derive(Default)]
struct Essence {
    said: String,
    addresses: Vec<String>,
}

impl Essence {
    fn say(&mut self, text: &str) {
        self.said.extend(letters(text));
    }

    fn html(&mut self, html: &str) {
        for part in parts(html) {
            match part {
                Part::Text(text) => self.say(&decode(text)),
                Part::Tag(tag) => self.addresses.extend(addresses(tag)),
            }
        }
    }

    fn markdown(&mut self, markdown: &str) {
        let mut images = 0;
        for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
            match event {
                Event::Start(Tag::Link { dest_url, .. }) => self.address(&dest_url),
                Event::Start(Tag::Image { dest_url, .. }) => {
                    images += 1;
                    self.address(&dest_url);
                }
                Event::End(TagEnd::Image) => images -= 1,
                // HTML has the text of an image among the attributes of a tag.
                Event::Text(text) | Event::Code(text) if images == 0 => self.say(&text),
                Event::Html(html) | Event::InlineHtml(html) => self.html(&html),
                _ => {}
            }
        }
    }

    fn address(&mut self, url: &str) {
        self.addresses.push(letters(url).collect());
    }

    fn finish(mut self) -> String {
        self.addresses.sort_unstable();
        self.addresses.dedup();
        for address in self.addresses {
            self.said.push(' ');
            self.said.push_str(&address);
        }
        self.said
    }
}

fn letters(text: &str) -> impl Iterator<Item = char> {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
}

/// A stretch of HTML.
enum Part<'t> {
    Text(&'t str),
    /// What stands between `<` and `>`.
    Tag(&'t str),
}

/// Splits HTML at its tags and comments. A `<` that begins none is text.
fn parts(html: &str) -> impl Iterator<Item = Part<'_>> {
    let mut rest = html;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Some((tag, behind)) = tag(rest) {
            rest = behind;
            return Some(Part::Tag(tag));
        }
        let starts = memchr::memchr_iter(b'<', rest.as_bytes());
        let mut starts = starts.filter(|&at| at > 0 && tag(&rest[at..]).is_some());
        let (text, behind) = rest.split_at(starts.next().unwrap_or(rest.len()));
        rest = behind;
        Some(Part::Text(text))
    })
}

/// The tag at the start of a text, and what stands behind it. A tag that is not closed goes to the
/// end of the text.
fn tag(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix('<')?;
    let begins = inner.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
    if !begins {
        return None;
    }
    Some(inner.split_once('>').unwrap_or((inner, "")))
}

/// The targets in the attributes of a tag.
fn addresses(tag: &str) -> impl Iterator<Item = String> {
    ["href=", "src="].into_iter().filter_map(|name| {
        let at = memchr::memmem::find(tag.to_ascii_lowercase().as_bytes(), name.as_bytes())?;
        let value = &tag[at + name.len()..];
        let quote = value.chars().next()?;
        let url = match quote {
            '"' | '\'' => value[1..].split(quote).next()?,
            _ => value.split_ascii_whitespace().next()?,
        };
        Some(letters(&decode(url)).collect())
    })
}

/// Bytes of the longest name of an entity (`&CounterClockwiseContourIntegral;`).
const LONGEST: usize = 33;

/// Replaces `&amp;` and its like by what they stand for.
fn decode(text: &str) -> Cow<'_, str> {
    if memchr::memchr(b'&', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'&', rest.as_bytes()) {
        decoded.push_str(&rest[..at]);
        rest = &rest[at..];
        let name = rest[1..].bytes().take(LONGEST);
        let length = name.take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'#');
        let end = 1 + length.count();
        if rest[end..].starts_with(';') {
            // Markdown has the entities of HTML 5, and so its parser knows them all.
            for event in Parser::new(&rest[..=end]) {
                if let Event::Text(text) = event {
                    decoded.push_str(&text);
                }
            }
            rest = &rest[end + 1..];
        } else {
            decoded.push('&');
            rest = &rest[1..];
        }
    }
    decoded.push_str(rest);
    Cow::Owned(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_text_in_two_notations() {
        for (html, markdown) in [
            (
                "<p>A <b>bold</b> word &amp; a <a href=\"https://a.example/?b=1&amp;c\">link</a>.</p>",
                "A **bold** word & a [link](https://a.example/?b=1&c).\n",
            ),
            (
                "<p>The subject&rsquo;s&nbsp;own <code>a &lt; b</code></p><ul><li>one</li><li>two</li></ul>",
                "The subject's own `a < b`\n\n- one\n- two\n",
            ),
            ("<p><b>W</b>ord 1 &lt; 2</p><br>", "**W**ord 1 \\< 2"),
            (
                "<img alt=\"x\" src='https://i.example/i.png'>Text",
                "![x](https://i.example/i.png) Text",
            ),
            ("caf&eacute; &unknown; & co", "café \\&unknown; & co"),
        ] {
            let (one, other) = (
                essence(html, Prose::Html),
                essence(markdown, Prose::Markdown),
            );
            assert_eq!(one, other, "{html}");
        }
    }

    #[test]
    fn what_is_another_text() {
        let of = |html: &str| essence(html, Prose::Html);
        assert_eq!(
            of("<p>One\n two.</p>"),
            of("<div style=\"x\">one two</div><p></p>")
        );
        assert_eq!(of("a < b"), of("a &lt; b"));
        assert_ne!(of("<p>One</p>"), of("<p>Two</p>"));
        let link = |url: &str| of(&format!("<a href={url} rel=x>One</a>"));
        assert_ne!(link("https://a.example"), link("https://b.example"));
        assert_eq!(of("<p>open <b"), of("open"));
        assert_eq!(without_tags("a<br>b &amp; c < d"), "a b & c < d");
    }
}
