//! Reports addresses that are fetched without encryption.

use super::links::{self, Link, shown};
use crate::diagnostic::Safety;
use crate::rule::{EntryView, Sink};

pub(super) fn check(view: &EntryView<'_>, sink: &mut Sink) {
    links::each(links::marked(view), |link| look(view, link, sink));
    let mut prose = view.subject.fields.iter().filter(|met| met.marks.prose.is_some());
    let says_address = |text: &[u8]| {
        let mut colons = memchr::memchr_iter(b':', text);
        colons.any(|at| text[at..].starts_with(b"://"))
    };
    if prose.any(|met| says_address(met.node.text().as_bytes())) {
        links::each(links::in_prose(view), |link| look(view, link, sink));
    }
}

fn look(view: &EntryView<'_>, link: &Link<'_>, sink: &mut Sink) -> bool {
    let url = link.url.as_ref();
    let insecure = url
        .get(..7)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("http://"));
    if !insecure {
        return false;
    }
    let end = url[7..].find(['/', '?', '#']).map_or(url.len(), |end| 7 + end);
    let authority = &url[7..end];
    let port = authority
        .rsplit_once(':')
        .is_some_and(|(_, port)| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()));
    let host = authority.split(':').next().unwrap_or(authority);
    if matches!(host, "" | "localhost" | "127.0.0.1") || authority.starts_with('[') {
        return false;
    }
    let reported = sink
        .report(link.span(), format!("{} is fetched without encryption", shown(url)))
        .help("write `https://`, after a look whether the page is there too");
    // Another scheme at a port that is named would ask the same server in the wrong language.
    if !port
        && let Some(fix) = link.fix(view, Safety::Unsafe, "Write `https://`", 0..4, "https")
    {
        reported.fix_with(fix);
    }
    true
}
