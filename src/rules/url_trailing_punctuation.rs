//! Reports addresses that took the punctuation of a sentence with them.

use super::links::{self, Link, shown};
use crate::diagnostic::Safety;
use crate::rule::{EntryView, Sink};

pub(super) fn check(view: &EntryView<'_>, sink: &mut Sink) {
    let all = links::marked(view).chain(links::in_prose(view));
    links::each(all, |link| look(view, link, sink));
}

fn look(view: &EntryView<'_>, link: &Link<'_>, sink: &mut Sink) -> bool {
    let url = link.url.as_ref();
    // What has no `//` names no page, or is a place in the same corpus.
    let Some(scheme) = url.find("://") else {
        return false;
    };
    let kept = url[scheme + 3..].len() - tail(&url[scheme + 3..]);
    let kept = scheme + 3 + kept;
    if kept == url.len() || kept == scheme + 3 {
        return false;
    }
    let extra = &url[kept..];
    let reported = sink
        .report(link.span(), format!("{} ends in `{extra}`", shown(url)))
        .label(format!("`{extra}` at the end"))
        .help(format!("delete the `{extra}`; it is no part of the address"));
    let title = format!("Delete the `{extra}`");
    if let Some(fix) = link.fix(view, Safety::Safe, &title, kept..url.len(), "") {
        reported.fix_with(fix);
    }
    true
}

/// How many bytes at the end of an address are punctuation around it.
fn tail(url: &str) -> usize {
    let mut rest = url;
    while let Some(last) = rest.chars().next_back() {
        let count = |wanted: char| rest.matches(wanted).count();
        let extra = match last {
            '.' => !is_abbreviation(rest),
            ',' | ';' | ':' => true,
            ')' => count(')') > count('('),
            ']' => count(']') > count('['),
            '”' => count('”') > count('“'),
            '’' => count('’') > count('‘'),
            '\'' | '"' => count(last) % 2 == 1,
            // What a form wrote for the blank behind a word; no heading has such a name.
            '+' => rest.contains('#'),
            _ => false,
        };
        if !extra {
            break;
        }
        rest = &rest[..rest.len() - last.len_utf8()];
    }
    url.len() - rest.len()
}

/// Whether the full stop belongs to the last word: `Apple_Inc.`, `Martin_Luther_King_Jr.`, `U.S.`
fn is_abbreviation(url: &str) -> bool {
    const WORDS: [&str; 9] = ["inc", "corp", "co", "ltd", "bros", "jr", "sr", "vs", "etc"];
    let word = url.trim_end_matches('.');
    let in_path = word.contains('/');
    let word = word
        .rsplit(['/', '_', '-', '+', '.', '='])
        .next()
        .unwrap_or(word)
        .rsplit("%20")
        .next()
        .unwrap_or(word);
    let initial = word.len() == 1 && word.starts_with(|c: char| c.is_ascii_uppercase());
    in_path && (initial || WORDS.iter().any(|known| known.eq_ignore_ascii_case(word)))
}

#[cfg(test)]
mod tests {
    use super::tail;

    #[test]
    fn what_belongs_to_the_sentence() {
        for (url, extra) in [
            ("a.org/x", ""),
            ("a.org/x.", "."),
            ("a.org.", "."),
            ("a.org/x).", ")."),
            ("a.org/X_(y)", ""),
            ("a.org/X_(y))", ")"),
            ("a.org/x\",", "\","),
            ("a.org/?q='a'", ""),
            ("a.org/x…”", "”"),
            ("a.org/Apple_Inc.", ""),
            ("a.org/Law_of_the_U.S.", ""),
            ("a.org/wiki/Google+", ""),
            ("a.org/x#a-b+", "+"),
            ("a.org/x#:~:text=in%20Trail.", "."),
        ] {
            assert_eq!(&url[url.len() - tail(url)..], extra, "{url}");
        }
    }
}
