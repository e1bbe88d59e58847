//! Reports addresses that lead nowhere because of how they are written.

use url::Url;

use super::links::{self, Link, shown};
use crate::diagnostic::Safety;
use crate::rule::{EntryView, Sink};

pub(super) fn check(view: &EntryView<'_>, sink: &mut Sink) {
    let all = links::marked(view).chain(links::in_prose(view));
    links::each(all, |link| {
        let fault = if is_plain(&link.url) {
            None
        } else {
            fault(&link.url, link.alone)
        };
        if let Some(fault) = &fault {
            report(view, link, fault, sink);
        }
        fault.is_some()
    });
}

/// What is wrong with an address.
struct Fault {
    /// Said behind the address.
    what: String,
    help: String,
    /// The address that was probably meant.
    better: Option<String>,
}

impl Fault {
    fn new(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            help: help.into(),
            better: None,
        }
    }

    fn meant(what: impl Into<String>, better: String) -> Self {
        Self {
            what: what.into(),
            help: format!("write {}", shown(&better)),
            better: Some(better),
        }
    }
}

fn report(view: &EntryView<'_>, link: &Link<'_>, fault: &Fault, sink: &mut Sink) {
    let reported = sink
        .report(link.span(), format!("{} {}", shown(&link.url), fault.what))
        .help(fault.help.as_str());
    let Some(better) = &fault.better else {
        return;
    };
    let whole = 0..link.url.len();
    let title = format!("Write {}", shown(better));
    if let Some(fix) = link.fix(view, Safety::Unsafe, &title, whole, better) {
        reported.fix_with(fix);
    }
}

/// Whether an address is so ordinary that it needs no closer look: nearly all are.
fn is_plain(url: &str) -> bool {
    let Some(rest) = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"))
    else {
        return false;
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(end);
    let label = |label: &str| {
        let mut bytes = label.bytes();
        !label.is_empty() && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    // A last label in digits would make it an IP address.
    let named = host.ends_with(|c: char| c.is_ascii_alphabetic()) && host.contains('.');
    named && host.split('.').all(label) && path.bytes().all(|b| b.is_ascii_graphic())
}

fn fault(url: &str, alone: bool) -> Option<Fault> {
    let trimmed = url.trim();
    if trimmed.is_empty() {
        return alone.then(|| Fault::new("says no address", "write the address, or delete it"));
    }
    if trimmed.len() < url.len() && alone {
        return Some(Fault::meant("has white space around it", trimmed.to_owned()));
    }
    if url.contains(|c: char| c.is_whitespace() || c.is_control()) && (alone || url.contains("://")) {
        let help = "write one address without spaces; a space inside it is written `%20`";
        return Some(Fault::new("has a space in it", help));
    }
    let (scheme, rest) = match url.split_once(':') {
        Some((scheme, rest)) if is_scheme(scheme) => (scheme.to_ascii_lowercase(), rest),
        _ => return without_scheme(url, alone),
    };
    match scheme.as_str() {
        "http" | "https" => web(url, &scheme, rest),
        "javascript" | "vbscript" | "data" => Some(Fault::new(
            format!("is no address: `{scheme}:` runs or holds something instead of leading to it"),
            "write the address of the page, beginning with `https://`",
        )),
        _ if scheme.len() == 1 => alone.then(|| {
            Fault::new(
                "is a place on somebody's own computer",
                "write an address that every reader can open",
            )
        }),
        _ if scheme.contains('.') => without_scheme(url, alone),
        _ => other(url, &scheme, rest),
    }
}

/// A scheme by RFC 3986, 3.1.
fn is_scheme(text: &str) -> bool {
    let rest = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.');
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.bytes().all(rest)
}

/// In prose, what has no scheme leads to another place in the same corpus, unless it looks like the
/// address of a site.
fn without_scheme(url: &str, alone: bool) -> Option<Fault> {
    let slip = ["https//", "http//", "://", "//"];
    let slip = slip.iter().find_map(|slip| url.strip_prefix(slip));
    let host = url.split(['/', '?', '#']).next().unwrap_or(url);
    let looks_like_site = host.contains('.')
        && !host.starts_with('.')
        && host.chars().all(|c| c.is_alphanumeric() || "-.:".contains(c));
    let what = "does not begin with `https://`";
    if let Some(rest) = slip.filter(|rest| !rest.is_empty()) {
        return Some(Fault::meant(what, format!("https://{rest}")));
    }
    if host
        .get(..4)
        .is_some_and(|www| www.eq_ignore_ascii_case("www."))
    {
        return Some(Fault::meant(what, format!("https://{url}")));
    }
    if !alone {
        return None;
    }
    if looks_like_site {
        return Some(Fault::meant(what, format!("https://{url}")));
    }
    Some(Fault::new(
        "is not an address",
        "write a complete address, beginning with `https://`",
    ))
}

fn web(url: &str, scheme: &str, rest: &str) -> Option<Fault> {
    let Some(behind) = rest.strip_prefix("//") else {
        let rest = rest.trim_start_matches(['/', '\\', ':']);
        return Some(Fault::meant(
            format!("lacks `//` behind `{scheme}:`"),
            format!("{scheme}://{rest}"),
        ));
    };
    if behind.starts_with('/') {
        let rest = behind.trim_start_matches('/');
        return Some(Fault::meant(
            "has a slash too many",
            format!("{scheme}://{rest}"),
        ));
    }
    let lower = behind.to_ascii_lowercase();
    if ["http:", "https:", "http//", "https//"]
        .iter()
        .any(|doubled| lower.starts_with(doubled))
    {
        let at = lower.find('/').unwrap_or(0);
        let inner = behind[at..].trim_start_matches('/');
        return Some(Fault::meant(
            "begins twice",
            format!("{}://{inner}", if lower.starts_with("https") { "https" } else { scheme }),
        ));
    }
    let reason = match Url::parse(url) {
        Ok(parsed) => {
            let host = parsed.host_str().unwrap_or("");
            return (host.trim_matches('.').is_empty() || host.contains("..")).then(|| {
                Fault::new("names no site", "write the site's name behind `https://`")
            });
        }
        Err(url::ParseError::EmptyHost) => "names no site",
        Err(url::ParseError::InvalidPort) => "has a port that is no number",
        Err(url::ParseError::InvalidIpv4Address | url::ParseError::InvalidIpv6Address) => {
            "has an IP address that does not exist"
        }
        Err(_) => "has a site name that cannot exist",
    };
    Some(Fault::new(
        reason,
        "open the page and copy the address from the browser",
    ))
}

/// Schemes that are not `http` with a slip.
const KNOWN: [&str; 8] = ["ftp", "ftps", "sftp", "ssh", "git", "mailto", "tel", "doi"];

fn other(url: &str, scheme: &str, rest: &str) -> Option<Fault> {
    let slip = strsim::damerau_levenshtein(scheme, "https") <= 2
        || strsim::damerau_levenshtein(scheme, "http") <= 1;
    if slip && !KNOWN.contains(&scheme) {
        let rest = rest.trim_start_matches('/');
        return Some(Fault::meant(
            format!("begins with `{scheme}:` and not with `https:`"),
            format!("https://{rest}"),
        ));
    }
    let broken = Url::parse(url).is_err() || rest.is_empty();
    broken.then(|| {
        Fault::new(
            "cannot be read as an address",
            "open the page and copy the address from the browser",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_meant() {
        for (url, better) in [
            ("ttps://a.org/x", "https://a.org/x"),
            ("htpp://a.org", "https://a.org"),
            ("hhttps://a.org", "https://a.org"),
            ("www.a.org/x", "https://www.a.org/x"),
            ("a.org/x", "https://a.org/x"),
            ("a.org:8080/x", "https://a.org:8080/x"),
            ("https//a.org", "https://a.org"),
            ("//a.org", "https://a.org"),
            ("https:/a.org", "https://a.org"),
            ("https:///a.org", "https://a.org"),
            ("https://http://a.org", "https://a.org"),
            ("https://https://a.org", "https://a.org"),
            (" https://a.org ", "https://a.org"),
        ] {
            assert!(!is_plain(url), "{url}");
            let found = fault(url, true).expect(url);
            assert_eq!(found.better.as_deref(), Some(better), "{url}");
        }
    }

    #[test]
    fn what_is_an_address() {
        for url in [
            "https://a.org",
            "http://a.org:8080/x?y=z#(w)",
            "https://münchen.example/ß",
            "https://192.0.2.1/x",
            "https://[2001:db8::1]/x",
            "https://localhost/x",
            "mailto:a@b.org",
            "urn:isbn:0451450523",
            "doi:10.1000/182",
            "ftp://a.org/x",
            "git@a.org:x/y",
        ] {
            let wrong = !is_plain(url) && fault(url, url.starts_with("git@")).is_some();
            assert_eq!(wrong, url.starts_with("git@"), "{url}");
        }
        for url in ["https://", "https://a b.org", "https://a.org:x", "C:\\x", "see above", "https://.."] {
            assert!(!is_plain(url) && fault(url, true).is_some(), "{url}");
        }
        for url in ["#top", "/AR1", "MT012.yaml", "../x.md", ""] {
            assert!(fault(url, false).is_none(), "{url}");
        }
    }
}
