//! Characters that take no room, and when a script needs them.
//!
//! Names and properties are those of Unicode 17 (`UnicodeData.txt`); the bidirectional controls are
//! those of CVE-2021-42574.

/// Takes room, but cannot be told from `-`.
pub(super) const HYPHEN: char = '\u{2011}';

/// Whether a character is shown as nothing, or turns the order of what is shown.
pub(super) fn is_hidden(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' => false,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' => true,
        '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' => true,
        '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2011}' | '\u{2028}'..='\u{202e}' => true,
        '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' => true,
        '\u{fe00}'..='\u{fe0f}' | '\u{fff9}'..='\u{fffb}' => true,
        '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}' => true,
        _ => false,
    }
}

/// Whether the writing of a script or a symbol needs the character where it stands.
pub(super) fn is_needed(c: char, before: &str, after: &str) -> bool {
    let last = before.chars().next_back();
    let next = after.chars().next();
    match c {
        // Letters that do not join, or that do; parts of one symbol.
        '\u{200c}' => last.is_some_and(joins) && next.is_some_and(joins),
        '\u{200d}' => {
            let letters = last.is_some_and(joins);
            letters || (last.is_some_and(is_symbol) && next.is_some_and(is_symbol))
        }
        '\u{fe0e}' | '\u{fe0f}' => last.is_some_and(|last| is_symbol(last) || is_keycap(last)),
        '\u{fe00}'..='\u{fe0d}' | '\u{e0100}'..='\u{e01ef}' => {
            last.is_some_and(|last| last >= '\u{1000}' && last.is_alphanumeric() || is_symbol(last))
        }
        // The letters of a flag such as that of Scotland, behind the flag itself.
        '\u{e0020}'..='\u{e007f}' => {
            let tag = |c: &char| ('\u{e0020}'..='\u{e007e}').contains(c);
            // The longest flag has six letters.
            let start = before.chars().rev().take(7).find(|c| !tag(c));
            start == Some('\u{1f3f4}')
        }
        // Marks of direction beside letters that run from right to left.
        '\u{200e}' | '\u{200f}' | '\u{61c}' => {
            last.is_some_and(runs_left) || next.is_some_and(runs_left)
        }
        '\u{180e}' => last.is_some_and(|c| ('\u{1800}'..='\u{18af}').contains(&c)),
        '\u{17b4}' | '\u{17b5}' => last.is_some_and(|c| ('\u{1780}'..='\u{17ff}').contains(&c)),
        '\u{1160}' | '\u{115f}' => {
            let jamo = |c: char| ('\u{1100}'..='\u{11ff}').contains(&c);
            last.is_some_and(jamo) || next.is_some_and(jamo)
        }
        _ => false,
    }
}

/// Scripts whose letters join, from Arabic and Syriac to those of India and beyond.
fn joins(c: char) -> bool {
    matches!(c,
        '\u{600}'..='\u{8ff}'
        | '\u{900}'..='\u{dff}'
        | '\u{e00}'..='\u{109f}'
        | '\u{1780}'..='\u{18af}'
        | '\u{1900}'..='\u{1c4f}'
        | '\u{a800}'..='\u{abff}'
        | '\u{fb50}'..='\u{fdff}'
        | '\u{fe70}'..='\u{fefc}'
        | '\u{10a00}'..='\u{11fff}'
        | '\u{1e900}'..='\u{1e95f}')
}

fn runs_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// Symbols that have a coloured and a plain form, skin tones, and the mark of such a form.
fn is_symbol(c: char) -> bool {
    matches!(c, '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}'
        | '\u{2190}'..='\u{21ff}' | '\u{2300}'..='\u{27bf}' | '\u{2900}'..='\u{297f}'
        | '\u{2b00}'..='\u{2bff}' | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}'
        | '\u{fe0f}' | '\u{1f000}'..='\u{1faff}')
}

fn is_keycap(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '#' | '*')
}

/// What to write instead: all that ends a line is a blank.
pub(super) fn instead(said: &str) -> &'static str {
    if said.starts_with(HYPHEN) {
        return "-";
    }
    let ends_line = |c: char| matches!(c, '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}');
    if said.contains(ends_line) { " " } else { "" }
}

/// The character's name.
pub(super) fn name(c: char) -> &'static str {
    match c {
        '\0' => "NULL",
        '\u{7}' => "BELL",
        '\u{8}' => "BACKSPACE",
        '\u{b}' => "LINE TABULATION",
        '\u{c}' => "FORM FEED",
        '\u{1b}' => "ESCAPE",
        '\u{7f}' => "DELETE",
        '\u{85}' => "NEXT LINE",
        '\u{9b}' => "CONTROL SEQUENCE INTRODUCER",
        '\0'..='\u{1f}' | '\u{80}'..='\u{9f}' => "CONTROL CHARACTER",
        '\u{ad}' => "SOFT HYPHEN",
        '\u{34f}' => "COMBINING GRAPHEME JOINER",
        '\u{61c}' => "ARABIC LETTER MARK",
        '\u{115f}' => "HANGUL CHOSEONG FILLER",
        '\u{1160}' => "HANGUL JUNGSEONG FILLER",
        '\u{17b4}' => "KHMER VOWEL INHERENT AQ",
        '\u{17b5}' => "KHMER VOWEL INHERENT AA",
        '\u{180e}' => "MONGOLIAN VOWEL SEPARATOR",
        '\u{200b}' => "ZERO WIDTH SPACE",
        '\u{200c}' => "ZERO WIDTH NON-JOINER",
        '\u{200d}' => "ZERO WIDTH JOINER",
        '\u{200e}' => "LEFT-TO-RIGHT MARK",
        '\u{200f}' => "RIGHT-TO-LEFT MARK",
        '\u{2011}' => "NON-BREAKING HYPHEN",
        '\u{2028}' => "LINE SEPARATOR",
        '\u{2029}' => "PARAGRAPH SEPARATOR",
        '\u{202a}' => "LEFT-TO-RIGHT EMBEDDING",
        '\u{202b}' => "RIGHT-TO-LEFT EMBEDDING",
        '\u{202c}' => "POP DIRECTIONAL FORMATTING",
        '\u{202d}' => "LEFT-TO-RIGHT OVERRIDE",
        '\u{202e}' => "RIGHT-TO-LEFT OVERRIDE",
        '\u{2060}' => "WORD JOINER",
        '\u{2061}' => "FUNCTION APPLICATION",
        '\u{2062}' => "INVISIBLE TIMES",
        '\u{2063}' => "INVISIBLE SEPARATOR",
        '\u{2064}' => "INVISIBLE PLUS",
        '\u{2066}' => "LEFT-TO-RIGHT ISOLATE",
        '\u{2067}' => "RIGHT-TO-LEFT ISOLATE",
        '\u{2068}' => "FIRST STRONG ISOLATE",
        '\u{2069}' => "POP DIRECTIONAL ISOLATE",
        '\u{206a}'..='\u{206f}' => "DEPRECATED FORMAT CHARACTER",
        '\u{3164}' => "HANGUL FILLER",
        '\u{ffa0}' => "HALFWIDTH HANGUL FILLER",
        '\u{feff}' => "ZERO WIDTH NO-BREAK SPACE",
        '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => "VARIATION SELECTOR",
        '\u{fff9}'..='\u{fffb}' => "INTERLINEAR ANNOTATION MARK",
        '\u{e0000}'..='\u{e007f}' => "TAG CHARACTER",
        _ => "FORMAT CHARACTER",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The characters of a text that are hidden without need.
    fn found(text: &str) -> Vec<char> {
        let mut found = Vec::new();
        for (at, c) in text.char_indices() {
            let rest = &text[at + c.len_utf8()..];
            if is_hidden(c) && !is_needed(c, &text[..at], rest) {
                found.push(c);
            }
        }
        found
    }

    #[test]
    fn what_scripts_and_symbols_need() {
        for text in [
            "👩\u{200d}💻 and ❤\u{fe0f}",
            "👨🏽\u{200d}🦰",
            "🏳\u{fe0f}\u{200d}🌈",
            "1\u{fe0f}\u{20e3}",
            "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
            "می\u{200c}خواهم",
            "क\u{94d}\u{200d}ष",
            "شركة\u{200f} A",
            "e\u{301}",
            "a\u{a0}b\u{202f}c",
            "葛\u{e0100}",
        ] {
            assert!(found(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn what_nobody_sees() {
        for (text, hidden) in [
            ("pay\u{200b}load", "\u{200b}"),
            ("pay\u{200d}load", "\u{200d}"),
            ("pay\u{200c}load", "\u{200c}"),
            ("a\u{202e}txt.exe", "\u{202e}"),
            ("a\u{fe0f}", "\u{fe0f}"),
            ("x\u{e0041}\u{e0042}", "\u{e0041}\u{e0042}"),
            ("so\u{ad}ft", "\u{ad}"),
            ("a\u{3164}b\u{85}", "\u{3164}\u{85}"),
        ] {
            assert_eq!(found(text).into_iter().collect::<String>(), hidden, "{text:?}");
        }
    }
}
