//! What the rules on IDs and references share.

use unicode_security::skeleton;

use super::invisible_character;
use crate::corpus::Corpus;
use crate::entry::{Entry, Reference};
use crate::schema::Schemas;
use crate::schema::plan::{Met, Place, Plan, Step};
use crate::syntax::{Kind, resolve_plain};
use crate::text::Span;

/// Missing IDs of one run for which near ones are looked up: each costs a walk over the corpus.
const GUESSES: usize = 50;

/// `a section`, `an article`.
pub(super) fn a(noun: &str) -> String {
    let vowel = noun.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {noun}", if vowel { "an" } else { "a" })
}

/// `a prevention or a detection`.
pub(super) fn any_of(kinds: &[String]) -> String {
    let kinds: Vec<String> = kinds.iter().map(|kind| a(kind)).collect();
    kinds.join(" or ")
}

/// The entry whose ID is the same but for its case and for white space around it.
pub(super) fn same<'c>(corpus: &'c Corpus<'_>, id: &str) -> Option<&'c Entry> {
    let id = id.trim();
    let written = [id.to_owned(), id.to_uppercase(), id.to_lowercase()];
    let mut names = written.iter().filter_map(|id| corpus.words.names.find(id));
    names.find_map(|name| corpus.get(name))
}

/// The entries that are probably meant by an ID that no entry has; none for all but the first few
/// missing IDs of a run.
pub(super) fn near<'c>(
    corpus: &'c Corpus<'_>,
    id: &str,
    number: usize,
    accept: impl Fn(&Entry) -> bool,
) -> Vec<&'c Entry> {
    if number < GUESSES {
        corpus.near(id, accept)
    } else {
        Vec::new()
    }
}

/// `` ; did you mean `PV059` (Access Reviews)? ``, or nothing.
pub(super) fn did_you_mean(corpus: &Corpus<'_>, near: &[&Entry]) -> String {
    if near.is_empty() {
        return String::new();
    }
    let names: Vec<String> = near.iter().map(|entry| corpus.title(entry)).collect();
    format!("; did you mean {}?", names.join(" or "))
}

/// Whether a value is an ID whose pattern it does not fit.
pub(super) fn is_malformed(met: &Met<'_>) -> bool {
    let pattern = met.marks.pattern.as_ref();
    let Some(pattern) = pattern.filter(|_| met.marks.id.is_some()) else {
        return false;
    };
    met.node
        .as_str()
        .is_some_and(|text| !pattern.is_match(text))
}

/// Whether a text has the shape of an ID of one of these kinds.
pub(super) fn is_id_of(schemas: &Schemas, kinds: &[String], text: &str) -> bool {
    let mut known = schemas.entry_kinds().iter();
    known.any(|kind| kinds.contains(&kind.name) && kind.is_id(text))
}

/// Whether a text has the shape of an ID of some kind that says what its IDs look like.
pub(super) fn is_any_id(schemas: &Schemas, text: &str) -> bool {
    let mut known = schemas.entry_kinds().iter();
    known.any(|kind| kind.pattern.is_some() && kind.is_id(text))
}

/// Where to write another ID in the place of a reference; `None` where an edit could be wrong.
pub(super) fn edit_span(reference: &Reference, id: &str) -> Option<Span> {
    let plain = id
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
        && id.starts_with(|c: char| c.is_ascii_alphanumeric())
        && resolve_plain(id) == Kind::String;
    reference.id_span().filter(|_| plain)
}

/// The name of the one field of a kind that takes a kind, among the fields of the entry itself.
pub(super) fn field_for<'s>(schemas: &'s Schemas, owner: &str, wanted: &str) -> Option<&'s str> {
    let is_owner = |plan: &&Plan| {
        let entry = plan.root().marks.entry.as_ref();
        entry.is_some_and(|entry| entry.kind == owner)
    };
    let plan = schemas
        .kinds()
        .iter()
        .map(|kind| &kind.plan)
        .find(is_owner)?;
    let takes = |place: &Place| {
        let kinds = place.marks.refs.as_ref();
        kinds.is_some_and(|kinds| kinds.iter().any(|kind| kind == wanted))
    };
    let mut fields = plan.root().fields(plan).filter(|(_, place)| {
        let item = plan.child(place, Step::Index(0));
        takes(place) || item.is_some_and(takes)
    });
    let (name, _) = fields.next()?;
    fields.next().is_none().then_some(name)
}

/// Readings beyond which a text is not taken for a misspelt ID.
const READINGS: usize = 64;

/// The IDs that a text only looks like, where characters stand in it that are not ASCII and look
/// like ASCII; nothing for a text that is an ID.
pub(super) fn look_alikes(text: &str, is_id: impl Fn(&str) -> bool) -> Vec<String> {
    if text.is_ascii() || text.len() > 4 * READINGS || is_id(text) {
        return Vec::new();
    }
    let mut readings = vec![String::new()];
    for c in text.chars() {
        let options = ascii_like(c);
        if options.is_empty() || readings.len() * options.len() > READINGS {
            return Vec::new();
        }
        readings = readings
            .iter()
            .flat_map(|start| options.iter().map(move |c| format!("{start}{c}")))
            .collect();
    }
    readings.retain(|reading| is_id(reading));
    readings
}

/// The ASCII characters that look like a character. The digit 0 and the letter O have one skeleton,
/// and so have 1, l and I (UTS #39); full-width forms are their own ASCII characters.
fn ascii_like(c: char) -> Vec<char> {
    if c.is_ascii() {
        return vec![c];
    }
    if ('\u{ff01}'..='\u{ff5e}').contains(&c) {
        return char::from_u32(c as u32 - 0xfee0).into_iter().collect();
    }
    let prototype = |c: char| skeleton(c.encode_utf8(&mut [0; 4])).collect::<String>();
    let wanted = prototype(c);
    let candidates = ('!'..='~').filter(|c| c.is_ascii_alphanumeric() || ".-_".contains(*c));
    candidates.filter(|&c| prototype(c) == wanted).collect()
}

/// `` `М` is U+041C and `Т` is U+0422 ``, each character once.
pub(super) fn code_points(text: &str) -> String {
    let mut seen: Vec<char> = Vec::new();
    for c in text.chars().filter(|c| !c.is_ascii()) {
        if !seen.contains(&c) {
            seen.push(c);
        }
    }
    let mut named: Vec<String> = seen
        .iter()
        .map(|c| format!("`{c}` is U+{:04X}", *c as u32))
        .collect();
    let last = named.pop().unwrap_or_default();
    if named.is_empty() {
        return last;
    }
    format!("{} and {last}", named.join(", "))
}

/// A text without the characters that `invisible-character` reports. Others count: who leaves it to that
/// rule to say what is wrong with an ID must not leave out more than it says.
pub(super) fn visible(text: &str) -> String {
    invisible_character::without_reported(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use regex::Regex;

    #[test]
    fn look_alikes_fit_the_pattern() {
        let pattern = Regex::new("^(MT|IF|PV)[0-9]{3}$").expect("a pattern");
        for (text, expected) in [
            ("\u{41c}\u{422}012", &["MT012"][..]),
            ("\u{406}F001", &["IF001"]),
            ("PV\u{ff10}\u{ff15}\u{ff19}", &["PV059"]),
            ("PV0\u{41e}1", &["PV001"]),
            ("PV059", &[]),
            ("\u{416}T012", &[]),
            ("Accès", &[]),
        ] {
            let found = look_alikes(text, |id| pattern.is_match(id));
            assert_eq!(found, expected, "{text}");
        }
    }
}
