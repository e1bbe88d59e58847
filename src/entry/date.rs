//! Dates in the notations that schemas know.

use jiff::civil::Date;

use crate::schema::vocabulary::Notation;

/// Reads a date in a notation; lenient in nothing: a text in another notation is none.
#[must_use]
pub fn date(text: &str, notation: Notation) -> Option<Date> {
    match notation {
        Notation::Iso => iso_date(text),
        Notation::Ordinal => ordinal_date(text).map(|ordinal| ordinal.date),
        Notation::Rfc3339 => {
            let day = iso_date(text.get(..10)?)?;
            let rest = text[10..].strip_prefix(['T', 't', ' '])?;
            let shape = rest.len() >= 9 && rest.as_bytes()[2] == b':' && rest.as_bytes()[5] == b':';
            (shape && text.parse::<jiff::Timestamp>().is_ok()).then_some(day)
        }
    }
}

/// A day as a notation writes it.
#[must_use]
pub fn written(day: Date, notation: Notation) -> String {
    match notation {
        Notation::Iso => day.to_string(),
        Notation::Ordinal => to_ordinal(day),
        Notation::Rfc3339 => format!("{day}T00:00:00Z"),
    }
}

/// `2024-05-22` and nothing else; jiff would also read `20240522`.
fn iso_date(text: &str) -> Option<Date> {
    let &[m, c, d, y, b'-', ten, month, b'-', tens, day] = text.as_bytes() else {
        return None;
    };
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0, |number: i16, digit| {
            let digit = digit.is_ascii_digit().then(|| i16::from(digit - b'0'))?;
            Some(10 * number + digit)
        })
    };
    let part = |digits: &[u8]| i8::try_from(number(digits)?).ok();
    Date::new(
        number(&[m, c, d, y])?,
        part(&[ten, month])?,
        part(&[tens, day])?,
    )
    .ok()
}

/// A date in English with an ordinal day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ordinal {
    /// The day.
    pub date: Date,
    /// Whether the day is written as `09th`.
    pub leading_zero: bool,
    /// Whether the ending is the right one: `2nd`, not `2th`.
    pub right_ending: bool,
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Reads `22nd May 2024`, `09th December 2024` too. The month is in full, or its first three
/// letters.
#[must_use]
pub fn ordinal_date(text: &str) -> Option<Ordinal> {
    let (day, month, year) = ordinal_parts(text)?;
    let digits = day.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number: i8 = digits.parse().ok()?;
    Some(Ordinal {
        date: Date::new(year, month, number).ok()?,
        leading_zero: digits.starts_with('0'),
        right_ending: day[digits.len()..].eq_ignore_ascii_case(ordinal_ending(number)),
    })
}

/// The day with its ending, the month from 1 and the year of a text that has the shape of an
/// ordinal date, whether or not there is such a day.
#[must_use]
pub fn ordinal_parts(text: &str) -> Option<(&str, i8, i16)> {
    let mut words = text.split_ascii_whitespace();
    let (day, month_name, year) = (words.next()?, words.next()?, words.next()?);
    let digits = day.bytes().take_while(u8::is_ascii_digit).count();
    let ending = day[digits..].to_ascii_lowercase();
    let shape = (1..=2).contains(&digits) && matches!(ending.as_str(), "st" | "nd" | "rd" | "th");
    if !shape || words.next().is_some() || year.len() != 4 {
        return None;
    }
    Some((day, month(month_name)?, year.parse().ok()?))
}

/// The number of a month, from 1, by its English name or the first three letters of it.
#[must_use]
pub fn month(name: &str) -> Option<i8> {
    let at = MONTHS.iter().position(|month| {
        month.eq_ignore_ascii_case(name)
            || (name.len() == 3 && month[..3].eq_ignore_ascii_case(name))
    })?;
    Some(at as i8 + 1)
}

/// A date as the publisher of a release writes it, without a leading zero.
#[must_use]
pub fn to_ordinal(date: Date) -> String {
    let month = MONTHS[(date.month() - 1) as usize];
    let day = date.day();
    format!("{day}{} {month} {}", ordinal_ending(day), date.year())
}

fn ordinal_ending(day: i8) -> &'static str {
    match (day % 10, day / 10) {
        (_, 1) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_in_each_notation() {
        let day = |text, notation| date(text, notation).map(|date| date.to_string());
        assert_eq!(
            day("2024-05-22", Notation::Iso).as_deref(),
            Some("2024-05-22")
        );
        for text in ["20240522", "2024-5-22", "2025-02-30", "22nd May 2024", ""] {
            assert_eq!(day(text, Notation::Iso), None, "{text}");
        }
        let ordinal = ordinal_date("09th December 2024").expect("a date");
        assert!(ordinal.leading_zero && ordinal.right_ending);
        assert!(!ordinal_date("2th May 2024").expect("a date").right_ending);
        assert_eq!(day("31st February 2024", Notation::Ordinal), None);
        assert_eq!(
            day("22nd May 2024", Notation::Ordinal).as_deref(),
            Some("2024-05-22")
        );
        let stamp = "2023-11-07T20:24:23.946863Z";
        assert_eq!(day(stamp, Notation::Rfc3339).as_deref(), Some("2023-11-07"));
        assert_eq!(day("2023-11-07", Notation::Rfc3339), None);
        for (text, number) in [
            ("1st", 1),
            ("12th", 12),
            ("22nd", 22),
            ("23rd", 23),
            ("11th", 11),
        ] {
            assert_eq!(format!("{number}{}", ordinal_ending(number)), text);
        }
    }
}
