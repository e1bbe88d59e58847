//! The file of a removed entry as that of a retired one.

use jiff::civil::Date;
use serde_json::{Map, Value};

use crate::entry::{Subject, written};
use crate::schema::vocabulary::DateRole;
use crate::syntax::{self, Document, Format, Limits, emit};

/// What is said of a retirement.
#[derive(Clone, Copy, Debug)]
pub struct Retirement<'r> {
    /// The day.
    pub day: Date,
    /// Why; `None` where that is not known.
    pub reason: Option<&'r str>,
    /// The ID of the entry that takes over.
    pub heir: Option<&'r str>,
}

/// Says in an entry's own file that it is retired, by the marks of its schema. `None` where the file
/// holds other entries too, where its schema knows no retirement, or where it cannot be said in a
/// line of its own. What has to be known and is not, such as the reason, is left as `TBD`.
#[must_use]
pub fn tombstone(
    document: &Document<'_>,
    subject: &Subject<'_>,
    all: &[Subject<'_>],
    retirement: Retirement<'_>,
) -> Option<String> {
    let alone =
        all.len() == 1 && document.root().map(|root| root.span()) == Some(subject.node.span());
    if !alone || subject.is_retired() {
        return None;
    }
    let lines = fields(subject, retirement)?;
    let source = document.source();
    let anchor = subject.label().or_else(|| subject.id())?;
    let end = anchor.span().end as usize;
    let text = match document.format() {
        Format::Json => {
            let pairs: Vec<String> = lines
                .iter()
                .map(|(name, value)| format!(",\n  {}: {}", quoted(name), quoted(value)))
                .collect();
            format!("{}{}{}", &source[..end], pairs.concat(), &source[end..])
        }
        Format::Yaml | Format::Markdown => {
            let line_end = end + source[end..].find(['\r', '\n'])?;
            let line_break = match source[line_end..].starts_with("\r\n") {
                true => "\r\n",
                false => "\n",
            };
            let pairs: Vec<String> = lines
                .iter()
                .map(|(name, value)| field(name, value, subject, line_break))
                .collect();
            format!(
                "{}{}{}",
                &source[..line_end],
                pairs.concat(),
                &source[line_end..]
            )
        }
    };
    // What does not read back as meant is no fix.
    let (read, problems) = syntax::parse(&text, document.format(), None, &Limits::default());
    let root = read.root()?;
    let said =
        |(name, value): &(String, String)| root.get(name).is_some_and(|node| node.text() == value);
    (problems.is_empty() && lines.iter().all(said)).then_some(text)
}

/// A field on lines of its own, in the canonical form.
fn field(name: &str, value: &str, subject: &Subject<'_>, line_break: &str) -> String {
    let mut known = subject.place.fields(subject.plan);
    let place = known.find(|(field, _)| *field == name);
    let is_date = |_: &str| place.is_some_and(|(_, place)| place.marks.date.is_some());
    let fields = Map::from_iter([(name.to_owned(), Value::from(value))]);
    let text = emit::yaml(&fields, &is_date);
    format!("{line_break}{}", text.trim_end().replace('\n', line_break))
}

/// The fields that retire an entry, with their values. `None` where the schema has no place for what
/// is to be said.
fn fields(subject: &Subject<'_>, retirement: Retirement<'_>) -> Option<Vec<(String, String)>> {
    let mut known = subject.place.fields(subject.plan);
    let (status, place) = known.find(|(_, place)| place.marks.status.is_some())?;
    let mut lines = vec![(status.to_owned(), place.marks.status.clone()?)];
    for (name, place) in subject.place.fields(subject.plan) {
        let date = place
            .marks
            .date
            .filter(|date| date.role == DateRole::Retired);
        if let Some(date) = date {
            lines.push((name.to_owned(), written(retirement.day, date.notation)));
        }
    }
    for name in subject.place.required_with(status) {
        if lines.iter().all(|(known, _)| known != name) {
            let reason = retirement.reason.unwrap_or("TBD");
            lines.push((name.to_owned(), reason.to_owned()));
        }
    }
    if let Some(heir) = retirement.heir {
        let mut known = subject.place.fields(subject.plan);
        let (name, _) = known.find(|(_, place)| place.marks.replaced_by.is_some())?;
        lines.push((name.to_owned(), heir.to_owned()));
    }
    Some(lines)
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}
