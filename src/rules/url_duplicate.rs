//! Reports an address that is there twice in one list.

use std::hash::Hasher;

use rustc_hash::{FxHashMap, FxHasher};

use super::links::{self, Link, shown};
use super::rewrite;
use crate::diagnostic::Safety;
use crate::entry::content_hash;
use crate::rule::{EntryView, Sink};
use crate::syntax::{Kind, Node};

pub(super) fn check(view: &EntryView<'_>, sink: &mut Sink) {
    let mut uris = view.subject.fields.iter().filter(|met| met.marks.uri);
    if uris.nth(1).is_none() {
        return;
    }
    let mut seen: FxHashMap<u64, Vec<Link<'_>>> = FxHashMap::default();
    // Each costs a look through its list, and no more than these are shown.
    let mut left = view.file.limit;
    for link in links::marked(view) {
        let same = seen.entry(normal_hash(&link.url)).or_default();
        let twin = same.iter().find_map(|first| {
            let items = Items::between(view.subject.node, first.node, link.node)?;
            Some((first, items))
        });
        if let Some((first, items)) = twin {
            report(view, first, &link, &items, sink);
            left = left.saturating_sub(1);
            if left == 0 {
                return;
            }
        } else {
            same.push(link);
        }
    }
}

/// A hash of an address without what makes no difference: case of scheme and host, and a slash at
/// the end.
fn normal_hash(url: &str) -> u64 {
    let host = url.find("://").map_or(0, |at| at + 3);
    let host_end = url[host..].find(['/', '?', '#']).map_or(url.len(), |at| host + at);
    let mut hasher = FxHasher::default();
    for byte in url[..host_end].bytes() {
        hasher.write_u8(byte.to_ascii_lowercase());
    }
    hasher.write(url[host_end..].trim_end_matches('/').as_bytes());
    hasher.finish()
}

/// The items of one list in which two values stand in the same way.
struct Items<'d> {
    list: Node<'d>,
    first: Node<'d>,
    second: Node<'d>,
    index: usize,
}

impl<'d> Items<'d> {
    /// The innermost list below `root` that holds both, where both have the same names below it: an
    /// address may well be cited in one list and used in another.
    fn between(root: Node<'d>, first: Node<'d>, second: Node<'d>) -> Option<Self> {
        let mut here = root;
        loop {
            if here.kind() == Kind::Sequence
                && let Some(items) = Self::of(here, first, second)
            {
                return Some(items);
            }
            let holds = |node: &Node<'_>, part: Node<'_>| node.span().contains(part.span());
            here = here
                .children()
                .map(|(_, value)| value)
                .find(|value| holds(value, first) && holds(value, second))?;
        }
    }

    fn of(list: Node<'d>, first: Node<'d>, second: Node<'d>) -> Option<Self> {
        let item = |part: Node<'_>| {
            let mut items = list.items().enumerate();
            items.find(|(_, item)| item.span().contains(part.span()))
        };
        let ((before, one), (index, other)) = (item(first)?, item(second)?);
        let path = |item: Node<'_>, part: Node<'_>| {
            let document = item.document();
            let whole = document.pointer_at(part.span());
            let own = document.pointer_at(item.span());
            whole.strip_prefix(&own).map(str::to_owned)
        };
        (before != index && path(one, first) == path(other, second)).then_some(Self {
            list,
            first: one,
            second: other,
            index,
        })
    }
}

/// Whether a field of the two items says two different single words, such as a type: then the same
/// address is cited for two purposes.
fn differ_in_a_word(first: Node<'_>, second: Node<'_>) -> bool {
    let word = |node: Node<'_>| {
        let text = node.text();
        !text.is_empty() && !text.contains("://") && !text.contains(char::is_whitespace)
    };
    first.entries().any(|(key, one)| {
        let other = second.get(key.text());
        other.is_some_and(|other| one.text() != other.text() && word(one) && word(other))
    })
}

fn report(
    view: &EntryView<'_>,
    first: &Link<'_>,
    second: &Link<'_>,
    items: &Items<'_>,
    sink: &mut Sink,
) {
    let same = content_hash(items.first) == content_hash(items.second);
    if !same && differ_in_a_word(items.first, items.second) {
        return;
    }
    let reported = sink
        .report(second.span(), format!("{} is in this list twice", shown(&second.url)))
        .label("again here")
        .related(first.span(), "first here")
        .help(if same {
            "keep one of the two"
        } else {
            "keep one of the two, with what is worth keeping of the other"
        });
    if let Some(span) = rewrite::delete_item(items.list, items.index, view.file.source) {
        let safety = if same || items.second.kind() != Kind::Mapping {
            Safety::Safe
        } else {
            Safety::Unsafe
        };
        reported.fix(safety, "Delete the second", span, "");
    }
}
