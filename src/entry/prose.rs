//! What a text is like, in a few bytes.

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
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&c) = bytes.get(at) {
        if c == b'<' && opens_tag(bytes, at) {
            at = memchr::memchr(b'>', &bytes[at..]).map_or(bytes.len(), |length| at + length);
            continue;
        }
        let length = bytes[at..].iter().take_while(|c| is_in_word(**c)).count();
        if length == 0 {
            at += 1;
            continue;
        }
        run = [run[1], run[2], word_hash(&bytes[at..at + length])];
        whole.write_u64(run[2]);
        at += length;
        words += 1;
        if words >= 3 {
            // One hash, its high bits choosing the place that it competes for.
            let mut mixed = FxHasher::default();
            run.iter().for_each(|word| mixed.write_u64(*word));
            let hash = mixed.finish().wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let place = (hash >> 60) as usize % SKETCH;
            sketch[place] = sketch[place].min((hash >> 16) as u32);
        }
    }
    (words >= 12).then(|| (sketch, whole.finish()))
}

/// A hash of all words of a text in order, however short it is.
#[must_use]
pub(super) fn words_hash(text: &str) -> u64 {
    let mut whole = FxHasher::default();
    let plain = text.replace("&nbsp;", " ");
    let bytes = plain.as_bytes();
    let mut at = 0;
    while let Some(&c) = bytes.get(at) {
        if c == b'<' && opens_tag(bytes, at) {
            at = memchr::memchr(b'>', &bytes[at..]).map_or(bytes.len(), |length| at + length);
            continue;
        }
        let length = bytes[at..].iter().take_while(|c| is_in_word(**c)).count();
        if length == 0 {
            at += 1;
            continue;
        }
        whole.write_u64(word_hash(&bytes[at..at + length]));
        at += length;
    }
    whole.finish()
}

fn is_in_word(c: u8) -> bool {
    c.is_ascii_alphanumeric() || c >= 0x80
}

/// A hash of a word without its case, eight bytes at a time.
fn word_hash(word: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    for part in word.chunks(8) {
        let mut block = [0; 8];
        block[..part.len()].copy_from_slice(part);
        // The bit that tells upper from lower case in ASCII is set everywhere.
        hasher.write_u64(u64::from_le_bytes(block) | 0x2020_2020_2020_2020);
    }
    hasher.finish()
}

/// Whether a `<` begins a tag or a comment, and is not a sign in a sentence.
fn opens_tag(text: &[u8], at: usize) -> bool {
    let next = text.get(at + 1);
    next.is_some_and(|next| next.is_ascii_alphabetic() || matches!(next, b'/' | b'!'))
}

#[cfg(test)]
mod tests {
    use super::*;

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
