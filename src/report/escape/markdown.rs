//! A stranger's text inside Markdown as GitHub and GitLab render it.
//!
//! Their HTML is made before mentions, issue numbers, addresses and emoji are looked for, so that no
//! escape keeps `@name` from being a mention: only code is left alone. Words that may be such a thing
//! are therefore written as code. Everything else that means something in Markdown is written as a
//! character reference, which no block and no table can be broken with.

use super::{escaped, is_printed};

/// Text in a paragraph, a table's cell or a list's item. What stands between two backticks, as
/// messages quote values, is code.
#[must_use]
pub fn inline(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text.trim();
    while let Some((before, after)) = rest.split_once('`') {
        prose(before, &mut out);
        match after.split_once('`') {
            Some((value, after)) if !value.trim().is_empty() => {
                push_code(value, &mut out);
                rest = after;
            }
            _ => {
                out.push_str("&#96;");
                rest = after;
            }
        }
    }
    prose(rest, &mut out);
    out
}

/// Text as code in a line; safe in a table's cell too.
pub(in crate::report) fn code(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    push_code(text, &mut out);
    out
}

/// Lines as a block of code, behind a fence that nothing in them closes.
pub(in crate::report) fn fenced(language: &str, body: &str) -> String {
    let runs = body.split(|c| c != '`').map(str::len);
    let fence = "`".repeat(runs.max().unwrap_or(0).max(2) + 1);
    format!("{fence}{language}\n{body}{fence}\n")
}

fn prose(text: &str, out: &mut String) {
    for (at, word) in text.split(' ').enumerate() {
        if at > 0 {
            out.push(' ');
        }
        if is_command(word) {
            push_code(word, out);
            continue;
        }
        for c in word.chars() {
            push_char(c, out);
        }
    }
}

fn push_char(c: char, out: &mut String) {
    if !is_printed(c) {
        for c in escaped(c).chars() {
            push_char(c, out);
        }
        return;
    }
    let begins = out.bytes().all(|b| !b.is_ascii_alphabetic());
    let is_text = match c {
        ',' | ';' | '\'' | '"' | '(' | '/' | '?' | '%' => true,
        // Where a line begins they make a list or a heading.
        '.' | ')' | '-' | '+' | '=' => !begins,
        ':' => !out.ends_with(':'),
        c => !c.is_ascii_punctuation(),
    };
    match c {
        c if is_text => out.push(c),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '&' => out.push_str("&amp;"),
        c => out.push_str(&reference(c)),
    }
}

fn reference(c: char) -> String {
    format!("&#{};", c as u32)
}

/// Adds code in pieces: what would end it, split a table's cell or be a CI runner's command stands
/// between them as a character reference.
fn push_code(text: &str, out: &mut String) {
    let mut run = String::new();
    for c in text.chars() {
        if is_printed(c) {
            code_char(c, &mut run, out);
        } else {
            for c in escaped(c).chars() {
                code_char(c, &mut run, out);
            }
        }
    }
    close(&mut run, out);
}

fn code_char(c: char, run: &mut String, out: &mut String) {
    let repeats = matches!(c, ':' | '#') && run.ends_with(c);
    if repeats || matches!(c, '`' | '|' | '\\') {
        close(run, out);
        out.push_str(&reference(c));
    } else {
        run.push(c);
    }
}

fn close(run: &mut String, out: &mut String) {
    if run.is_empty() {
        return;
    }
    if out.ends_with('`') {
        out.push(' ');
    }
    out.push('`');
    out.push_str(run);
    out.push('`');
    run.clear();
}

/// Whether a word may be a mention, an issue, a commit, an address, an emoji or mathematics.
fn is_command(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    word.contains(['@', '$'])
        || ["://", "www.", "mailto:", "xmpp:"]
            .iter()
            .any(|part| lower.contains(part))
        || word.matches(':').count() > 1
        || before_digit(&lower, "#")
        || before_digit(&lower, "gh-")
        || lower
            .split(|c: char| !c.is_ascii_alphanumeric())
            .any(is_commit)
}

fn before_digit(word: &str, mark: &str) -> bool {
    let mut parts = word.split(mark).skip(1);
    parts.any(|part| part.starts_with(|c: char| c.is_ascii_digit()))
}

fn is_commit(word: &str) -> bool {
    (7..=64).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_messages_stay_as_they_are() {
        for text in [
            "`PV590` is not defined; did you mean `PV059` (Insider-Focused Threat Intelligence)?",
            "Write `2024-05-22`, 日本 and é: 50% of it",
        ] {
            assert_eq!(inline(text), text);
        }
    }

    #[test]
    fn nothing_means_anything() {
        for (text, written) in [
            (
                "<b> & *x* [a](b)",
                "&lt;b&gt; &amp; &#42;x&#42; &#91;a&#93;(b)",
            ),
            ("ask @user, see #12", "ask `@user,` see `#12`"),
            ("a|b `c|d`", "a&#124;b `c`&#124;`d`"),
            ("one ` tick ``", "one ` tick `&#96;"),
            ("one ` tick", "one &#96; tick"),
            ("two ` ` ticks", "two &#96; &#96; ticks"),
            ("- item", "&#45; item"),
            ("1. item", "1&#46; item"),
            ("a::x ##[y", "`a:`&#58;`x` &#35;&#35;&#91;y"),
            ("a\u{1b}\nb", "a&#92;u&#123;1b&#125;&#92;nb"),
            ("fixed in deadbeef01", "fixed in `deadbeef01`"),
            ("www.a.example http://b", "`www.a.example` `http://b`"),
            ("`a``b`", "`a` `b`"),
        ] {
            assert_eq!(inline(text), written);
        }
        assert_eq!(code("a::b ##[c\\`"), "`a:`&#58;`b #`&#35;`[c`&#92;&#96;");
    }

    #[test]
    fn a_fence_is_longer_than_what_it_holds() {
        assert_eq!(fenced("diff", "+ ```` x\n"), "`````diff\n+ ```` x\n`````\n");
        assert_eq!(fenced("", "x\n"), "```\nx\n```\n");
    }
}
