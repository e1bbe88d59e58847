//! Everything that is printed goes through here: the content is a stranger's.

use std::borrow::Cow;
use std::fmt;

/// Text for a terminal or a plain log, on one line: control characters, C1, bidi and other
/// invisible characters are written as `\u{…}`, and nothing in it is read as a command by a CI
/// runner (`::error`, `##[`).
#[must_use]
pub fn terminal(text: &str) -> Cow<'_, str> {
    let command = text.contains("::") || text.contains("##");
    if !command && text.chars().all(is_printed) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        // A zero-width joint would be a hidden character itself, so the second mark is escaped.
        let repeated = (c == ':' && out.ends_with(':')) || (c == '#' && out.ends_with('#'));
        if repeated || !is_printed(c) {
            out.push_str(&escaped(c));
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// `\n` for a line feed, `\u{…}` for the rest.
fn escaped(c: char) -> String {
    match c {
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        c => format!("\\u{{{:x}}}", c as u32),
    }
}

/// Whether a character shows as itself, in its place.
#[must_use]
pub(super) fn is_printed(c: char) -> bool {
    !c.is_control() && !is_invisible(c)
}

/// Characters that show as nothing or move what is around them: zero-width, bidi controls, line and
/// paragraph separators, tags, fillers. The joiners are left: emoji and Persian need them.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{61c}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{180e}'
            | '\u{200b}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{fffe}'..='\u{ffff}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// A text that is escaped where it is displayed.
pub struct Escaped<'t>(pub &'t str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&terminal(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_gets_out() {
        for (text, shown) in [
            ("plain é 日本 👩\u{200d}👧", "plain é 日本 👩\u{200d}👧"),
            ("a\u{1b}[2K", "a\\u{1b}[2K"),
            ("a\r\nb\t", "a\\r\\nb\\t"),
            ("\u{9b}31m\u{202e}\u{2028}", "\\u{9b}31m\\u{202e}\\u{2028}"),
            ("::error::x", ":\\u{3a}error:\\u{3a}x"),
            ("x ##[error]", "x #\\u{23}[error]"),
        ] {
            assert_eq!(terminal(text), shown);
        }
    }
}
