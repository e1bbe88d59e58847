//! Reports bytes that are not UTF-8 text.

use crate::rule::{DocumentView, Sink};
use crate::snapshot::Unread;
use crate::text::{NotTextKind, Span};

pub(super) fn check(view: &DocumentView<'_>, sink: &mut Sink) {
    let Some(Unread::NotText(found)) = view.unread else {
        return;
    };
    let (message, help) = match found.kind {
        NotTextKind::Utf16 => (
            "the file is written in UTF-16 or UTF-32, not in UTF-8".to_owned(),
            "save the file again with the encoding UTF-8; most editors offer it under \"Save as\"",
        ),
        NotTextKind::Invalid => (
            invalid(found.byte, stands_alone(view.source, found.span)),
            "save the file again with the encoding UTF-8, and check the letters with accents",
        ),
    };
    sink.report(found.span, message).help(help);
}

fn invalid(byte: u8, alone: bool) -> String {
    let plain = format!("the byte 0x{byte:02X} is not text in UTF-8");
    // The upper half of ISO 8859-1 has the numbers of Unicode.
    if byte < 0xa1 || !alone {
        return plain;
    }
    let letter = char::from(byte);
    format!("{plain}; in the older encoding Latin-1 it is `{letter}`")
}

/// Whether plain characters stand on both sides, as they do around a letter of an older encoding.
/// Other bytes that are not UTF-8 are shown as `?`.
fn stands_alone(source: &str, place: Span) -> bool {
    let plain = |c: &u8| c.is_ascii() && *c != b'?';
    let (before, after) = (&source[..place.range().start], &source[place.range().end..]);
    before.as_bytes().last().is_none_or(plain) && after.as_bytes().first().is_none_or(plain)
}
