//! Addresses in an entry: fields that are marked as such, and links inside prose.

use std::borrow::Cow;
use std::ops::Range;

use memchr::memmem;
use pulldown_cmark::{Event, LinkType, Parser, Tag};

use super::rewrite;
use crate::diagnostic::{Edit, Fix, Safety};
use crate::rule::EntryView;
use crate::schema::vocabulary::Prose;
use crate::syntax::Node;
use crate::text::Span;

/// One address.
pub(super) struct Link<'d> {
    /// The text that it is in.
    pub node: Node<'d>,
    /// Where it stands in that text.
    pub range: Range<usize>,
    /// What it says.
    pub url: Cow<'d, str>,
    /// Whether a field of its own holds it.
    pub alone: bool,
}

impl Link<'_> {
    /// Where it stands in the source.
    pub(super) fn span(&self) -> Span {
        if self.alone {
            self.node.span()
        } else {
            self.node.locate(self.range.clone())
        }
    }

    /// A fix that replaces a part of the address, given in bytes of it.
    pub(super) fn fix(
        &self,
        view: &EntryView<'_>,
        safety: Safety,
        title: &str,
        part: Range<usize>,
        text: &str,
    ) -> Option<Fix> {
        let said = self.node.text().get(self.range.clone())?;
        // Where a reference such as `&amp;` stands for a character, places do not agree.
        if said != self.url {
            return None;
        }
        let part = self.range.start + part.start..self.range.start + part.end;
        let (span, text) = rewrite::part(self.node, part, text)?;
        let path = view.file.path.clone();
        Some(Fix {
            title: title.to_owned(),
            safety,
            edits: vec![Edit { path, span, text }],
            rename: None,
        })
    }
}

/// Findings in the addresses of one entry; nobody wants to read of more.
const MOST: usize = 50;

/// Looks at the addresses of an entry until enough are faulty; `look` says whether one is.
pub(super) fn each<'d>(
    links: impl IntoIterator<Item = Link<'d>>,
    mut look: impl FnMut(&Link<'d>) -> bool,
) {
    let faulty = links.into_iter().filter(|link| look(link));
    faulty.take(MOST).for_each(drop);
}

/// The marked addresses of an entry, in document order.
pub(super) fn marked<'d>(view: &EntryView<'d>) -> impl Iterator<Item = Link<'d>> {
    let fields = view.subject.fields.iter().filter(|met| met.marks.uri);
    fields.filter_map(|met| {
        let url = met.node.as_str()?;
        Some(Link {
            node: met.node,
            range: 0..url.len(),
            url: Cow::Borrowed(url),
            alone: true,
        })
    })
}

/// The targets of the links in the prose of an entry, in document order.
pub(super) fn in_prose<'d>(view: &EntryView<'d>) -> Vec<Link<'d>> {
    let mut found = Vec::new();
    for met in &view.subject.fields {
        let (Some(prose), Some(text)) = (met.marks.prose, met.node.as_str()) else {
            continue;
        };
        match prose {
            Prose::Markdown => in_markdown(met.node, text, &mut found),
            Prose::Html => in_html(met.node, text, &mut found),
        }
    }
    found
}

fn in_markdown<'d>(node: Node<'d>, text: &'d str, found: &mut Vec<Link<'d>>) {
    let bytes = text.as_bytes();
    // Every link of Markdown needs one of `](`, `]:` and `<`.
    let may_link = memchr::memchr2_iter(b']', b'<', bytes)
        .any(|at| bytes[at] == b'<' || matches!(bytes.get(at + 1), Some(b'(' | b':')));
    if !may_link {
        return;
    }
    let mut push = |url: &str, place: Range<usize>| {
        // The target is the last place that says it: `[https://a](https://a)`.
        let at = text.get(place.clone()).and_then(|said| said.rfind(url));
        let range = match at {
            Some(at) => place.start + at..place.start + at + url.len(),
            None => place,
        };
        found.push(Link {
            node,
            range,
            url: Cow::Owned(url.to_owned()),
            alone: false,
        });
    };
    let parser = Parser::new(text);
    for (_, definition) in parser.reference_definitions().iter() {
        push(&definition.dest, definition.span.clone());
    }
    for (event, place) in parser.into_offset_iter() {
        let (Event::Start(Tag::Link {
            link_type,
            dest_url,
            ..
        })
        | Event::Start(Tag::Image {
            link_type,
            dest_url,
            ..
        })) = event
        else {
            continue;
        };
        if matches!(link_type, LinkType::Inline | LinkType::Autolink) {
            push(&dest_url, place);
        }
    }
}

/// Values of `href`, in quotes, with `&amp;` read as `&`.
fn in_html<'d>(node: Node<'d>, text: &'d str, found: &mut Vec<Link<'d>>) {
    const NAME: &[u8] = b"href";
    for at in memmem::find_iter(text.as_bytes(), NAME) {
        let rest = text[at + NAME.len()..].trim_start();
        let Some(rest) = rest.strip_prefix('=').map(str::trim_start) else {
            continue;
        };
        let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
            continue;
        };
        let start = text.len() - rest.len() + 1;
        let Some(length) = text[start..].find(quote) else {
            continue;
        };
        let said = &text[start..start + length];
        let url = if said.contains('&') {
            Cow::Owned(said.replace("&amp;", "&"))
        } else {
            Cow::Borrowed(said)
        };
        found.push(Link {
            node,
            range: start..start + length,
            url,
            alone: false,
        });
    }
}

/// An address in backticks; of a long one, the beginning and the end.
pub(super) fn shown(url: &str) -> String {
    const HEAD: usize = 36;
    const TAIL: usize = 20;
    let count = url.chars().count();
    if count <= HEAD + TAIL + 1 {
        return format!("`{url}`");
    }
    let head: String = url.chars().take(HEAD).collect();
    let tail: String = url.chars().skip(count - TAIL).collect();
    format!("`{head}…{tail}`")
}
