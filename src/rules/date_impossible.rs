//! Reports dates that no calendar has.

use jiff::civil::Date;

use super::days::{self, Verdict};
use super::words;
use crate::rule::{EntryView, Sink};
use crate::schema::vocabulary::Notation;

pub(super) fn check(view: &EntryView<'_>, sink: &mut Sink) {
    for dated in days::dates(&view.subject.fields) {
        let text = dated.node.text();
        let Verdict::Impossible { year, month, day } = days::verdict(text, dated.notation) else {
            continue;
        };
        let message = format!(
            "there is no day {}: {}",
            words::code(text.trim()),
            reason(year, month, day)
        );
        let help = match dated.notation {
            Notation::Iso => "write the right day as year-month-day",
            Notation::Ordinal => "write the right day, such as `22nd May 2024`",
            Notation::Rfc3339 => "write the right date and time",
        };
        sink.report(dated.node.span(), message).help(help);
    }
}

/// Why there is no such day.
fn reason(year: i16, month: i16, day: i16) -> String {
    let first = i8::try_from(month)
        .ok()
        .and_then(|month| Date::new(year, month, 1).ok());
    match first {
        None => format!("months are counted from 1 to 12, and this is month {month}"),
        Some(_) if day == 0 => "days are counted from 1".to_owned(),
        Some(first) => format!(
            "{} has {} days",
            first.strftime("%B %Y"),
            first.days_in_month()
        ),
    }
}
