//! What a text is like, in a few bytes.

use std::borrow::Cow;
use std::hash::Hasher;

use rustc_hash::FxHasher;

use crate::text::Span;

/// What an entry's prose is like, in 80 bytes.
#[derive(Clone, Copy, Debug)]
pub struct Prose {
    /// Where it stands.
    pub span: Span,
    /// A MinHash sketch of its runs of three words; near texts agree in most places.
    pub sketch: [u32; SKETCH],
    /// A hash of all its words in order: two texts with the same one say the same.
    pub words: u64,
}

/// Places in a sketch.
pub const SKETCH: usize = 16;

impl Prose {
    /// The share of word runs that two texts have in common, estimated, from 0 to 1.
    #[must_use]
    pub fn likeness(&self, other: &Self) -> f64 {
        let (mut said, mut shared) = (0, 0);
        for pair in self.sketch.iter().zip(&other.sketch) {
            // A short text leaves places empty: that two do so is no likeness.
            said += u32::from(pair != (&u32::MAX, &u32::MAX));
            shared += u32::from(pair.0 == pair.1 && *pair.0 != u32::MAX);
        }
        f64::from(shared) / f64::from(said.max(1))
    }
}

/// Sketches a text by its runs of three words, in lower case, without punctuation and tags. Texts
/// under 12 words have none: they are alike too easily. Beside the sketch there is a hash of all
/// words in order.
#[must_use]
pub fn sketch(text: &str) -> Option<([u32; SKETCH], u64)> {
    let mut sketch = [u32::MAX; SKETCH];
    let mut run = [0_u64; 3];
    let mut words = 0;
    let mut whole = FxHasher::default();
    each_word(text, |hash| {
        run = [run[1], run[2], hash];
        whole.write_u64(hash);
        words += 1;
        if words >= 3 {
            // One hash, its high bits choosing the place that it competes for.
            let mut mixed = FxHasher::default();
            run.iter().for_each(|word| mixed.write_u64(*word));
            let hash = mixed.finish().wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let place = (hash >> 60) as usize % SKETCH;
            sketch[place] = sketch[place].min((hash >> 16) as u32);
        }
    });
    (words >= 12).then(|| (sketch, whole.finish()))
}

/// A hash of all words of a text in order, however short it is.
#[must_use]
pub(super) fn words_hash(text: &str) -> u64 {
    let mut whole = FxHasher::default();
    each_word(&plain_punctuation(text), |hash| whole.write_u64(hash));
    whole.finish()
}

/// A text with spaces in the place of quotes and dashes of typographers, which [`each_word`] takes
/// for letters.
fn plain_punctuation(text: &str) -> Cow<'_, str> {
    let is_mark = |c: char| matches!(c, '\u{2010}'..='\u{2027}' | '\u{a0}' | '\u{ab}' | '\u{bb}');
    // Their first bytes in UTF-8.
    match memchr::memchr2(0xe2, 0xc2, text.as_bytes()) {
        Some(_) => Cow::Owned(text.replace(is_mark, " ")),
        None => Cow::Borrowed(text),
    }
}

/// Gives the hash of each word of a text, in order. Tags are no words.
fn each_word(text: &str, mut take: impl FnMut(u64)) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !is_in_word(bytes[at]) {
            at += 1;
            if bytes[at - 1] == b'<' && opens_tag(&bytes[at..]) {
                at = memchr::memchr(b'>', &bytes[at..]).map_or(bytes.len(), |length| at + length);
            }
            continue;
        }
        let (length, hash) = word(&bytes[at..]);
        at += length;
        take(hash);
    }
}

fn is_in_word(c: u8) -> bool {
    c.is_ascii_alphanumeric() || c >= 0x80
}

/// The length of the word at the start of a text, and a hash of it without its case, eight bytes at
/// a time. A word is of ASCII letters, digits, and anything beyond ASCII.
fn word(text: &[u8]) -> (usize, u64) {
    let mut hasher = FxHasher::default();
    let mut length = 0;
    loop {
        let rest = &text[length..];
        let block = match rest.first_chunk() {
            Some(block) => u64::from_le_bytes(*block),
            None => {
                let mut block = [0; 8];
                block[..rest.len()].copy_from_slice(rest);
                u64::from_le_bytes(block)
            }
        };
        let count = in_word(block);
        if count > 0 {
            let said = block & (u64::MAX >> (64 - 8 * count));
            // The bit that tells upper from lower case in ASCII is set everywhere.
            hasher.write_u64(said | CASE);
            length += count as usize;
        }
        if count < 8 {
            return (length, hasher.finish());
        }
    }
}

/// In each byte the bit that tells upper from lower case in ASCII.
const CASE: u64 = every(0x20);

/// In each byte the highest bit, which ASCII does not have.
const HIGH: u64 = every(0x80);

const fn every(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// How many of eight bytes, from the lowest, belong to a word.
fn in_word(block: u64) -> u32 {
    let ascii = block & !HIGH;
    // A sum reaches the highest bit of its byte where the byte is large enough, and never the next
    // byte.
    let between = |bytes: u64, first: u8, last: u8| {
        (bytes + every(0x80 - first)) & !(bytes + every(0x7f - last))
    };
    let digit = between(ascii, b'0', b'9');
    let letter = between(ascii | CASE, b'a', b'z');
    let word = (digit | letter | block) & HIGH;
    (!word & HIGH).trailing_zeros() / 8
}

/// Whether what stands behind a `<` makes it a tag or a comment, and not a sign in a sentence.
fn opens_tag(text: &[u8]) -> bool {
    let next = text.first();
    next.is_some_and(|next| next.is_ascii_alphabetic() || matches!(next, b'/' | b'!'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_end_where_they_should() {
        for (text, length) in [
            ("", 0),
            ("a", 1),
            ("Zz09", 4),
            ("@x", 0),
            ("[x", 0),
            ("`x", 0),
            ("{x", 0),
            ("/x", 0),
            (":x", 0),
            ("\u{10}\u{19}", 0),
            ("seven77 x", 7),
            ("eight888", 8),
            ("eight888-x", 8),
            ("na\u{ef}ve\u{301}s, x", 9),
            ("characterisations of", 17),
        ] {
            assert_eq!(word(text.as_bytes()).0, length, "{text:?}");
        }
        for byte in 0..=0xff_u8 {
            assert_eq!(word(&[byte, b' ']).0 == 1, is_in_word(byte), "{byte:#x}");
            assert_eq!(word(&[byte]).0 == 1, is_in_word(byte), "{byte:#x}");
        }
        assert_eq!(word(b"Corpuslints!").1, word(b"corpusLINTS").1);
        assert_ne!(word(b"corpuslints").1, word(b"corpuslint").1);
    }

    #[test]
    fn marks_are_no_words() {
        assert_eq!(
            words_hash("The subject\u{2019}s \u{201c}own\u{201d}\u{2014}not theirs"),
            words_hash("the subject's own, not theirs.")
        );
        assert_ne!(words_hash("caf\u{e9}"), words_hash("caf\u{e8}"));
    }

    #[test]
    fn sketches_of_near_texts_agree() {
        let words: Vec<String> = (0..80).map(|n| format!("word{}", n * 7 % 53)).collect();
        let text = words.join(" ");
        let near = text.replacen("word7 ", "other ", 1);
        let far: String = text.replace("word", "text");
        let prose = |text: &str| {
            let (sketch, words) = sketch(text).expect("a sketch");
            Prose {
                span: Span::default(),
                sketch,
                words,
            }
        };
        assert!(prose(&text).likeness(&prose(&near)) > 0.7);
        assert!(prose(&text).likeness(&prose(&format!("<p>{}</p>", text.to_uppercase()))) > 0.99);
        assert!(prose(&text).likeness(&prose(&far)) < 0.2);
        assert_eq!(sketch("too short to say anything"), None);
    }
}
