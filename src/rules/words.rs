//! Words that the messages of several rules share.

use std::borrow::Cow;
use std::fmt::Display;

/// Characters of a value that a message shows.
const SHOWN: usize = 60;

/// Items of a list that a message shows.
const LISTED: usize = 12;

/// A value for a message: cut after 60 characters.
pub(super) fn shorten(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => Cow::Owned(format!("{}…", text[..end].trim_end())),
        None => Cow::Borrowed(text),
    }
}

/// A value in backticks, cut after 60 characters.
pub(super) fn code(text: &str) -> String {
    format!("`{}`", shorten(text))
}

/// `3 items`, `1 item`. The word is one that takes an `s`.
pub(super) fn plural(count: impl TryInto<u64> + Display, word: &str) -> String {
    let text = count.to_string();
    let one = count.try_into().is_ok_and(|count| count == 1);
    format!("{text} {word}{}", if one { "" } else { "s" })
}

/// `` `a`, `b` and `c` ``, with any other word in the place of "and"; behind 12 items
/// "and 3 more".
pub(super) fn listing<T: AsRef<str>>(items: impl IntoIterator<Item = T>, word: &str) -> String {
    let mut items = items.into_iter();
    let mut shown: Vec<String> = items
        .by_ref()
        .take(LISTED)
        .map(|item| code(item.as_ref()))
        .collect();
    let more = items.count();
    if more > 0 {
        return format!("{} and {more} more", shown.join(", "));
    }
    match (shown.pop(), shown.as_slice()) {
        (None, _) => String::new(),
        (Some(only), []) => only,
        (Some(last), first) => format!("{} {word} {last}", first.join(", ")),
    }
}

/// A path or a revision as it can be typed as an argument in any shell, where it can without quotes:
/// what a stranger has named is not put into a command.
pub(super) fn as_argument(text: &str) -> Option<&str> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'/');
    let first = text.bytes().next()?;
    (first.is_ascii_alphanumeric() && text.bytes().all(plain)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        assert_eq!(plural(1_usize, "item"), "1 item");
        assert_eq!(plural(0_u64, "item"), "0 items");
        assert_eq!(listing([] as [&str; 0], "and"), "");
        assert_eq!(listing(["a"], "and"), "`a`");
        assert_eq!(listing(["a", "b", "c"], "or"), "`a`, `b` or `c`");
        let many: Vec<String> = (0..15).map(|n| n.to_string()).collect();
        assert!(listing(&many, "or").ends_with("`11` and 3 more"));
        let long = "é".repeat(61);
        assert_eq!(shorten(&long), format!("{}…", "é".repeat(60)));
        assert_eq!(code(&long[..120]), format!("`{}`", &long[..120]));
    }
}
