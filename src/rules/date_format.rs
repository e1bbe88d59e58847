//! Reports dates that are not written in the notation of their field.

use super::days::{self, Dated, Verdict};
use super::{rewrite, words};
use crate::diagnostic::{Safety, Severity};
use crate::rule::{EntryView, Sink};
use crate::schema::vocabulary::Notation;

pub(super) fn check(view: &EntryView<'_>, sink: &mut Sink) {
    for dated in days::dates(&view.subject.fields) {
        let verdict = days::verdict(dated.node.text(), dated.notation);
        if !matches!(verdict, Verdict::Right | Verdict::Impossible { .. }) {
            report(&dated, &verdict, sink);
        }
    }
}

fn report(dated: &Dated<'_>, verdict: &Verdict, sink: &mut Sink) {
    let text = dated.node.text();
    let shown = words::code(text.trim());
    let wanted = wanted(dated.notation);
    let write = |date| days::write(date, dated.notation);
    let (message, help, right) = match verdict {
        Verdict::LeadingZero(date) => {
            let message = format!("the day in {shown} has a leading zero");
            (message, format!("write `{}`", write(*date)), Some(*date))
        }
        Verdict::WrongEnding(date) => {
            let right = write(*date);
            let day = right.split(' ').next().unwrap_or("");
            let message = format!("the day in {shown} is written `{day}`");
            (message, format!("write `{right}`"), Some(*date))
        }
        Verdict::Notation(date) => {
            let message = format!("the date {shown} is not written as {wanted}");
            (message, format!("write `{}`", write(*date)), Some(*date))
        }
        Verdict::Ambiguous(one, other) => {
            let message = format!("the date {shown} can be read in two ways");
            let help = format!("write `{}` or `{}`, whichever is meant", write(*one), write(*other));
            (message, help, None)
        }
        _ => {
            let message = format!("{shown} is not a date");
            let help = format!("write {wanted}, such as `{}`", example(dated.notation));
            (message, help, None)
        }
    };
    // A time of day cannot be made up.
    let is_certain = dated.notation != Notation::Rfc3339;
    let help = match (is_certain, verdict) {
        (false, Verdict::Notation(_) | Verdict::Ambiguous(..)) => {
            format!("write {wanted}, such as `{}`", example(dated.notation))
        }
        _ => help,
    };
    let mut reported = sink.report(dated.node.span(), message).help(help);
    if let Verdict::LeadingZero(_) = verdict {
        reported = reported.severity(Severity::Warning);
    }
    if let Some(date) = right.filter(|_| is_certain)
        && let Some(new) = rewrite::scalar(dated.node, &write(date))
    {
        let title = format!("Write `{}`", write(date));
        reported.fix(Safety::Safe, title, dated.node.span(), new);
    }
}

fn wanted(notation: Notation) -> &'static str {
    match notation {
        Notation::Iso => "year-month-day",
        Notation::Ordinal => "the day with its ending, the month and the year",
        Notation::Rfc3339 => "a date with a time",
    }
}

fn example(notation: Notation) -> &'static str {
    match notation {
        Notation::Iso => "2024-05-22",
        Notation::Ordinal => "22nd May 2024",
        Notation::Rfc3339 => "2024-05-22T10:00:00Z",
    }
}
