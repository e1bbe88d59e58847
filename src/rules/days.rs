//! What the rules on dates share: which day a text means, in whatever notation.

use jiff::civil::Date;

use crate::entry;
use crate::rule::EntryView;
use crate::schema::plan::Met;
use crate::schema::vocabulary::{DateRole, Notation};
use crate::syntax::Node;

/// A date of an entry.
pub(super) struct Dated<'d> {
    /// What happened then.
    pub(super) role: DateRole,
    /// How it should be written.
    pub(super) notation: Notation,
    /// Its value, a text.
    pub(super) node: Node<'d>,
}

/// The dates of an entry that are texts; what is none is the schema's business.
pub(super) fn dates<'f, 'd>(fields: &'f [Met<'d>]) -> impl Iterator<Item = Dated<'d>> + 'f {
    fields.iter().filter_map(|met| {
        let mark = met.marks.date?;
        met.node.as_str()?;
        Some(Dated {
            role: mark.role,
            notation: mark.notation,
            node: met.node,
        })
    })
}

impl Dated<'_> {
    /// The day, where it is written so that no other rule finds it unreadable.
    pub(super) fn day(&self) -> Option<Date> {
        let text = self.node.text();
        let day = entry::date(text, self.notation)?;
        let is_read = self.notation != Notation::Ordinal
            || matches!(ordinal(text, day), Verdict::Right | Verdict::LeadingZero(_));
        is_read.then_some(day)
    }

    /// What happened: `created`.
    pub(super) fn what(&self) -> &'static str {
        match self.role {
            DateRole::Created => "created",
            DateRole::Updated => "updated",
            DateRole::Retired => "retired",
        }
    }
}

/// What is to be said about the text of a date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Written as it should be.
    Right,
    /// The notation is right but for a leading zero: `09th December 2024`.
    LeadingZero(Date),
    /// The notation is right but for the ending of the day: `2th May 2024`.
    WrongEnding(Date),
    /// A day in another notation.
    Notation(Date),
    /// One of two days.
    Ambiguous(Date, Date),
    /// The shape of a date, and no such day.
    Impossible {
        /// The year.
        year: i16,
        /// The month, which may be none.
        month: i16,
        /// The day of the month.
        day: i16,
    },
    /// No date.
    None,
}

/// Judges the text of a date. The common case, a right one, costs one short parse.
pub(super) fn verdict(text: &str, notation: Notation) -> Verdict {
    let right = entry::date(text, notation);
    match (right, notation) {
        (Some(date), Notation::Ordinal) => return ordinal(text, date),
        (Some(_), _) => return Verdict::Right,
        (None, _) => {}
    }
    if text.len() > 64 {
        return Verdict::None;
    }
    match read(text) {
        Some(Reading::Day(year, month, day)) => match to_date(year, month, day) {
            Some(date) => Verdict::Notation(date),
            None => Verdict::Impossible { year, month, day },
        },
        Some(Reading::Either(one, other)) => Verdict::Ambiguous(one, other),
        None => Verdict::None,
    }
}

fn ordinal(text: &str, date: Date) -> Verdict {
    let wanted = entry::to_ordinal(date);
    if text == wanted {
        return Verdict::Right;
    }
    if text.strip_prefix('0') == Some(&wanted) {
        return Verdict::LeadingZero(date);
    }
    match entry::ordinal_date(text) {
        Some(ordinal) if !ordinal.right_ending => Verdict::WrongEnding(date),
        _ => Verdict::Notation(date),
    }
}

fn to_date(year: i16, month: i16, day: i16) -> Option<Date> {
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// The day that a text means.
enum Reading {
    /// Year, month and day, whether or not there is such a day.
    Day(i16, i16, i16),
    /// Day and month may stand either way round.
    Either(Date, Date),
}

/// A piece of a written date.
enum Piece {
    /// A month by its name.
    Month(i16),
    /// A number, with how many digits it is written.
    Number(i16, usize),
    /// Eight digits.
    Packed,
}

fn read(text: &str) -> Option<Reading> {
    let mut pieces = Vec::new();
    let separators = [' ', '\t', '\n', '\r', ',', '.', '/', '-', '\u{2013}', '_'];
    for word in without_time(text.trim()).split(separators) {
        match word {
            "" | "of" | "the" => {}
            word if is_weekday(word) => {}
            word => pieces.push(piece(word)?),
        }
    }
    match pieces[..] {
        [Piece::Packed] => packed(text),
        [
            Piece::Number(year, 4),
            Piece::Number(month, 1 | 2),
            Piece::Number(day, 1 | 2),
        ] => Some(Reading::Day(year, month, day)),
        [
            Piece::Number(one, 1 | 2),
            Piece::Number(other, 1 | 2),
            Piece::Number(year, 4),
        ] => either(one, other, year),
        [
            Piece::Number(day, 1 | 2),
            Piece::Month(month),
            Piece::Number(year, 4),
        ]
        | [
            Piece::Month(month),
            Piece::Number(day, 1 | 2),
            Piece::Number(year, 4),
        ]
        | [
            Piece::Number(year, 4),
            Piece::Month(month),
            Piece::Number(day, 1 | 2),
        ]
        | [
            Piece::Number(year, 4),
            Piece::Number(day, 1 | 2),
            Piece::Month(month),
        ] => Some(Reading::Day(year, month, day)),
        _ => None,
    }
}

/// A text without the time of day that follows an ISO date.
fn without_time(text: &str) -> &str {
    let bytes = text.as_bytes();
    let is_followed = matches!(bytes.get(10..14), Some([b'T' | b't' | b' ', a, b, b':'])
        if a.is_ascii_digit() && b.is_ascii_digit());
    if is_followed { &text[..10] } else { text }
}

fn piece(word: &str) -> Option<Piece> {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = word.split_at(digits);
    if digits == 0 {
        return entry::month(word).map(|month| Piece::Month(month.into()));
    }
    let is_ordinal = ["st", "nd", "rd", "th"]
        .iter()
        .any(|ending| ending.eq_ignore_ascii_case(rest));
    if digits == 8 && rest.is_empty() {
        return Some(Piece::Packed);
    }
    let is_number = rest.is_empty() || (is_ordinal && digits <= 2);
    if !is_number {
        return None;
    }
    Some(Piece::Number(number.parse().ok()?, digits))
}

fn is_weekday(word: &str) -> bool {
    let days = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    let word = word.to_ascii_lowercase();
    word.len() >= 3 && days.iter().any(|day| *day == word || day[..3] == word)
}

/// `20240522`, the basic form of ISO 8601.
fn packed(text: &str) -> Option<Reading> {
    let text = text.trim();
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<i16>().ok();
    let (year, month, day) = (number(0..4)?, number(4..6)?, number(6..8)?);
    ((1900..2100).contains(&year) && text.len() == 8).then_some(Reading::Day(year, month, day))
}

/// Two small numbers and a year: in Europe the day comes first, in America the month.
fn either(one: i16, other: i16, year: i16) -> Option<Reading> {
    match (one <= 12, other <= 12) {
        (false, true) => Some(Reading::Day(year, other, one)),
        (true, false) => Some(Reading::Day(year, one, other)),
        (true, true) if one == other => Some(Reading::Day(year, one, other)),
        (true, true) => Some(Reading::Either(
            to_date(year, other, one)?,
            to_date(year, one, other)?,
        )),
        (false, false) => None,
    }
}

/// Whether a day has not come yet anywhere: UTC is up to 14 hours behind the first place.
pub(super) fn is_future(day: Date, view: &EntryView<'_>) -> bool {
    view.file
        .today
        .tomorrow()
        .is_ok_and(|tomorrow| day > tomorrow)
}

/// A date in a notation; of a date and time, the date alone.
pub(super) fn write(date: Date, notation: Notation) -> String {
    match notation {
        Notation::Ordinal => entry::to_ordinal(date),
        Notation::Iso | Notation::Rfc3339 => date.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        let day = |text: &str| text.parse::<Date>().expect("a date");
        let may = Verdict::Notation(day("2024-05-22"));
        for text in [
            "22nd May 2024",
            "2024-5-22",
            "2024/05/22",
            "20240522",
            "22 May 2024",
            "May 22, 2024",
            "Wed, 22 May 2024",
            "the 22nd of May 2024",
            "22/05/2024",
            "5/22/2024",
            "22.05.2024",
            "2024-05-22T10:00:00Z",
            " 2024-05-22\n",
            "2024 May 22",
            "22-MAY-2024",
            "22 Sept May 2024",
        ] {
            let expected = if text.contains("Sept") {
                &Verdict::None
            } else {
                &may
            };
            assert_eq!(&verdict(text, Notation::Iso), expected, "{text}");
        }
        for text in [
            "",
            "May 2024",
            "2024",
            "next spring",
            "22/05/24",
            "13/13/2024",
            "22052024",
        ] {
            assert_eq!(verdict(text, Notation::Iso), Verdict::None, "{text}");
        }
        let two = Verdict::Ambiguous(day("2024-06-05"), day("2024-05-06"));
        assert_eq!(verdict("05/06/2024", Notation::Iso), two);
        for (text, notation, (year, month, day)) in [
            ("2025-02-30", Notation::Iso, (2025, 2, 30)),
            ("2024-13-45", Notation::Iso, (2024, 13, 45)),
            ("31st February 2024", Notation::Ordinal, (2024, 2, 31)),
            ("2025-02-30T00:00:00Z", Notation::Rfc3339, (2025, 2, 30)),
        ] {
            let expected = Verdict::Impossible { year, month, day };
            assert_eq!(verdict(text, notation), expected, "{text}");
        }
    }

    #[test]
    fn ordinals() {
        let date: Date = "2024-12-02".parse().expect("a date");
        for (text, expected) in [
            ("2nd December 2024", Verdict::Right),
            ("02nd December 2024", Verdict::LeadingZero(date)),
            ("2th December 2024", Verdict::WrongEnding(date)),
            ("02th December 2024", Verdict::WrongEnding(date)),
            ("2nd Dec 2024", Verdict::Notation(date)),
            ("2024-12-02", Verdict::Notation(date)),
            ("2 December 2024", Verdict::Notation(date)),
        ] {
            assert_eq!(verdict(text, Notation::Ordinal), expected, "{text}");
        }
    }
}
