//! The Markdown that says what an element says.

use std::ops::Range;

use pulldown_cmark::{CowStr, Event, LinkType, Parser, Tag, TagEnd};

use super::tags::Element;

/// What to write instead of the two tags of a pair.
pub(super) fn pair(element: &Element, text: &str) -> Option<(String, String)> {
    let close = element.close.as_ref()?;
    let tag = &text[element.open.clone()];
    let inner = &text[element.open.end..close.start];
    let bare = tag.len() == element.name.len() + 2;
    let same = |sign: &str| Some((sign.to_owned(), sign.to_owned()));
    match element.name.as_str() {
        "b" | "strong" if bare => same("**"),
        "i" | "em" if bare => same("*"),
        "code" if bare && !inner.contains(['`', '\n', '<', '&', '\\']) => same("`"),
        "a" => {
            let target = href(tag)?;
            (!inner.contains(['[', ']'])).then(|| ("[".to_owned(), format!("]({target})")))
        }
        _ => None,
    }
}

/// The target of a link that says nothing else than its target.
fn href(tag: &str) -> Option<&str> {
    let rest = tag.get(2..tag.len() - 1)?.trim();
    let value = rest.strip_prefix("href=")?;
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let target = value.strip_prefix(quote)?.strip_suffix(quote)?;
    let simple = |c: char| c.is_ascii_graphic() && !"()<>\\\"'&`".contains(c);
    (!target.is_empty() && target.chars().all(simple)).then_some(target)
}

/// The edits that turn an element into Markdown.
pub(super) fn replacements(element: &Element, text: &str) -> Option<Vec<(Range<usize>, String)>> {
    if element.name == "br" && element.close.is_none() {
        // In the middle of a line there is no sign for it.
        let at_end = text[element.open.end..].starts_with('\n');
        return at_end.then(|| vec![(element.open.clone(), "\\".to_owned())]);
    }
    let (open, close) = pair(element, text)?;
    Some(vec![
        (element.open.clone(), open),
        (element.close.clone()?, close),
    ])
}

/// Whether a reader shows both texts alike: the old one, with the elements of one name read as what
/// they say, and the new one.
pub(super) fn reads_the_same(old: &str, new: &str, name: &str) -> bool {
    let events = Parser::new(old).map(|event| translate(event, name));
    flat(events) == flat(Parser::new(new).map(plain))
}

/// An event of the old text as the new one should give it.
fn translate<'a>(event: Event<'a>, name: &str) -> Event<'a> {
    let Event::InlineHtml(tag) = &event else {
        return plain(event);
    };
    let closes = tag.starts_with("</");
    let said = tag.trim_start_matches(['<', '/']).to_ascii_lowercase();
    let is = |wanted: &str| {
        wanted == name
            && said
                .strip_prefix(wanted)
                .is_some_and(|rest| rest.starts_with(['>', ' ', '/']))
    };
    match name {
        "b" | "strong" if is(name) && closes => Event::End(TagEnd::Strong),
        "b" | "strong" if is(name) => Event::Start(Tag::Strong),
        "i" | "em" if is(name) && closes => Event::End(TagEnd::Emphasis),
        "i" | "em" if is(name) => Event::Start(Tag::Emphasis),
        "code" if is(name) => Event::InlineMath(CowStr::Borrowed("`")),
        "br" if is(name) => Event::HardBreak,
        "a" if is(name) && closes => Event::End(TagEnd::Link),
        "a" if is(name) => match href(tag) {
            Some(target) => Event::Start(link(CowStr::from(target.to_owned()))),
            None => event,
        },
        _ => event,
    }
}

/// A link without what does not show.
fn link(target: CowStr<'_>) -> Tag<'_> {
    Tag::Link {
        link_type: LinkType::Inline,
        dest_url: target,
        title: CowStr::Borrowed(""),
        id: CowStr::Borrowed(""),
    }
}

fn plain(event: Event<'_>) -> Event<'_> {
    match event {
        Event::Start(Tag::Link { dest_url, .. }) => Event::Start(link(dest_url)),
        event => event,
    }
}

/// Events with neighbouring texts as one, code as text between marks, and no break behind a break.
fn flat<'a>(events: impl Iterator<Item = Event<'a>>) -> Vec<Event<'a>> {
    let mut out: Vec<Event<'a>> = Vec::new();
    let mut said = String::new();
    let mark = || Event::InlineMath(CowStr::Borrowed("`"));
    for event in events {
        if let Event::Text(text) = &event {
            said.push_str(text);
            continue;
        }
        if !said.is_empty() {
            out.push(Event::Text(std::mem::take(&mut said).into()));
        }
        match event {
            Event::Code(code) => out.extend([mark(), Event::Text(code), mark()]),
            Event::SoftBreak if out.last() == Some(&Event::HardBreak) => {}
            event => out.push(event),
        }
    }
    if !said.is_empty() {
        out.push(Event::Text(said.into()));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reads_the_same() {
        for (old, new, name) in [
            ("a <b>c</b> d", "a **c** d", "b"),
            ("a<strong>c</strong>d", "a**c**d", "strong"),
            ("x <i>y</i>.", "x *y*.", "i"),
            ("x <code>y z</code>", "x `y z`", "code"),
            ("a<br>\nb", "a\\\nb", "br"),
            ("<a href=\"https://a.org\">x</a> y", "[x](https://a.org) y", "a"),
        ] {
            assert!(reads_the_same(old, new, name), "{old}");
        }
        for (old, new, name) in [
            ("a <b> c</b>", "a ** c**", "b"),
            ("a<b>(c)</b>d", "a**(c)**d", "b"),
            ("x <code>*y*</code>", "x `*y*`", "code"),
            ("a <b>c*</b>", "a **c***", "b"),
        ] {
            assert!(!reads_the_same(old, new, name), "{old}");
        }
    }
}
