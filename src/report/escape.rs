//! Everything that is printed goes through here: the content is a stranger's.

pub(super) mod markdown;

use std::borrow::Cow;
use std::fmt;
use std::io::{self, Write};

use unicode_width::UnicodeWidthChar;

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
        push(&mut out, c);
    }
    Cow::Owned(out)
}

/// The same, cut with `…` where it takes more columns than `width`.
#[must_use]
pub fn clipped(text: &str, width: usize) -> String {
    let mut out = String::new();
    let mut columns = 0;
    // Marks that take no column are bounded too.
    for (count, c) in text.chars().enumerate() {
        let before = out.len();
        push(&mut out, c);
        columns += columns_of(&out[before..]);
        if columns > width || count > 4 * width {
            out.truncate(before);
            while columns_of(&out) >= width.max(1) {
                out.pop();
            }
            out.push('…');
            break;
        }
    }
    out
}

/// The first characters of a text, with `…` where there are more. Not escaped.
pub(super) fn shortened(text: &str, limit: usize) -> Cow<'_, str> {
    match text.char_indices().nth(limit) {
        Some((at, _)) => format!("{}…", &text[..at]).into(),
        None => text.into(),
    }
}

/// Text as the value of a property of a workflow command of GitHub (the runner's `ActionCommand`).
/// The text must be on one line already, as [`terminal`] makes it.
pub(super) fn github_property(text: &str) -> String {
    github_data(text).replace(':', "%3A").replace(',', "%2C")
}

/// Text as the message of a workflow command; line breaks in it are kept.
pub(super) fn github_data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// A path as a relative reference of RFC 3986, with everything but unreserved characters encoded.
pub(super) fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'/' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => out.push(char::from(byte)),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// Columns that a text takes in a terminal.
pub(super) fn columns_of(text: &str) -> usize {
    text.chars().map(|c| c.width().unwrap_or(0)).sum()
}

/// Adds a character as it may be shown behind what is shown already.
pub(super) fn push(out: &mut String, c: char) {
    // A zero-width joint would be a hidden character itself, so the second mark is escaped.
    let repeated = matches!(c, ':' | '#') && out.ends_with(c);
    if repeated || !is_printed(c) {
        out.push_str(&escaped(c));
    } else {
        out.push(c);
    }
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

/// Passes JSON on with what a terminal or a CI runner would obey written as `\uXXXX`: such
/// characters stand in strings only, where that is the same text.
///
/// Each write must hold whole characters, as those of `serde_json` do.
pub struct JsonEscape<W> {
    out: W,
    /// Whether the last character was a `#`.
    hash: bool,
}

impl<W: Write> JsonEscape<W> {
    /// Escapes what goes to a writer.
    pub fn new(out: W) -> Self {
        Self { out, hash: false }
    }
}

impl<W: Write> Write for JsonEscape<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // Nearly every write is a few bytes of plain ASCII.
        let is_plain = |byte: &u8| matches!(byte, b'\n' | b' '..=b'~') && *byte != b'#';
        if bytes.iter().all(is_plain) {
            self.hash &= bytes.is_empty();
            self.out.write_all(bytes)?;
            return Ok(bytes.len());
        }
        let text = std::str::from_utf8(bytes).map_err(io::Error::other)?;
        let mut clean = 0;
        for (at, c) in text.char_indices() {
            let repeated = c == '#' && self.hash;
            self.hash = c == '#';
            // Line breaks and tabs are layout: in a string the serializer has escaped them.
            if !repeated && (is_printed(c) || matches!(c, '\n' | '\r' | '\t')) {
                continue;
            }
            self.out.write_all(&bytes[clean..at])?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(self.out, "\\u{unit:04x}")?;
            }
            clean = at + c.len_utf8();
        }
        self.out.write_all(&bytes[clean..])?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
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

    #[test]
    fn a_clipped_text_keeps_its_width() {
        for (text, width, shown) in [
            ("abcdef", 6, "abcdef"),
            ("abcdefg", 6, "abcde…"),
            ("日本語", 6, "日本語"),
            ("日本語x", 6, "日本…"),
            ("ab\u{1b}cd", 6, "ab…"),
        ] {
            assert_eq!(clipped(text, width), shown, "{text}");
        }
        assert!(clipped(&"a\u{301}".repeat(900), 9).len() < 90);
        // Four marks a column, of those that take none.
        let marked = format!("a{}", "\u{301}".repeat(8));
        assert_eq!(clipped(&marked, 2), marked);
        assert_eq!(
            clipped(&format!("{marked}\u{301}"), 2),
            format!("{marked}…")
        );
    }

    #[test]
    fn other_targets_have_escapes_of_their_own() {
        assert_eq!(github_property("a,b:c%0A\n"), "a%2Cb%3Ac%250A%0A");
        assert_eq!(github_data("a,b:c%0A\r\n"), "a,b:c%250A%0D%0A");
        assert_eq!(uri("a b/é:#?.yaml"), "a%20b/%C3%A9%3A%23%3F.yaml");
        assert_eq!(shortened("日本語", 2), "日本…");
        assert_eq!(shortened("日本", 2), "日本");
    }

    #[test]
    fn json_stays_the_same_json() {
        let text = "\u{1b}[2K \u{9b} \u{202e}x ##[error] ### 日本 \u{e0041} a\nb";
        let mut out = Vec::new();
        serde_json::to_writer(JsonEscape::new(&mut out), text).expect("JSON");
        let out = String::from_utf8(out).expect("UTF-8");
        assert!(out.chars().all(is_printed) && !out.contains("##"), "{out}");
        assert!(out.contains("日本"));
        let back: String = serde_json::from_str(&out).expect("JSON");
        assert_eq!(back, text);
    }

    /// What was written piece by piece, and how often it was flushed.
    #[derive(Default)]
    struct Pieces(String, usize);

    impl Write for Pieces {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.push_str(&String::from_utf8_lossy(bytes));
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            self.1 += 1;
            Ok(())
        }
    }

    #[test]
    fn only_a_second_hash_is_escaped_whatever_the_pieces() {
        for (pieces, written) in [
            (&["a # b"][..], "a # b"),
            (&["##"], "#\\u0023"),
            (&["#", "#"], "#\\u0023"),
            (&["#", "", "#"], "#\\u0023"),
            (&["#", ",", "#"], "#,#"),
            (&["#é#", "#"], "#é#\\u0023"),
        ] {
            let mut out = Pieces::default();
            let mut escape = JsonEscape::new(&mut out);
            for piece in pieces {
                escape.write_all(piece.as_bytes()).expect("memory");
                // `write_all` leaves out what is empty.
                let _ = escape.write(&[]).expect("memory");
            }
            escape.flush().expect("memory");
            assert_eq!((out.0.as_str(), out.1), (written, 1), "{pieces:?}");
        }
    }

    #[test]
    fn a_displayed_text_is_escaped() {
        assert_eq!(Escaped("a\u{1b}b").to_string(), "a\\u{1b}b");
    }
}
