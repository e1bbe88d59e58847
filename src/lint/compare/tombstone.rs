//! The file of a removed entry as that of a retired one.

use jiff::civil::Date;
use serde_json::Value;

use crate::entry::{Subject, to_ordinal};
use crate::schema::vocabulary::{DateRole, Notation};
use crate::syntax::{self, Document, Format, Limits};

/// Says in an entry's own file that it is retired, by the marks of its schema. `None` where the file
/// holds other entries too, where its schema knows no retirement, or where it cannot be said in a
/// line of its own. What has to be known and is not, such as the reason, is left as `TBD`.
pub(super) fn write(
    document: &Document<'_>,
    subject: &Subject<'_>,
    all: &[Subject<'_>],
    today: Date,
) -> Option<String> {
    let alone =
        all.len() == 1 && document.root().map(|root| root.span()) == Some(subject.node.span());
    if !alone || subject.is_retired() {
        return None;
    }
    let lines = fields(subject, today)?;
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
            let line_end = end + source[end..].find('\n')?;
            let pairs: Vec<String> = lines
                .iter()
                .map(|(name, value)| format!("\n{name}: {value}"))
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

/// The fields that retire an entry, with their values.
fn fields(subject: &Subject<'_>, today: Date) -> Option<Vec<(String, String)>> {
    let mut known = subject.place.fields(subject.plan);
    let (status, place) = known.find(|(_, place)| place.marks.status.is_some())?;
    let mut lines = vec![(status.to_owned(), place.marks.status.clone()?)];
    for (name, place) in subject.place.fields(subject.plan) {
        let date = place
            .marks
            .date
            .filter(|date| date.role == DateRole::Retired);
        if let Some(date) = date {
            let day = match date.notation {
                Notation::Iso => today.to_string(),
                Notation::Ordinal => to_ordinal(today),
                Notation::Rfc3339 => format!("{today}T00:00:00Z"),
            };
            lines.push((name.to_owned(), day));
        }
    }
    for name in subject.place.required_with(status) {
        if lines.iter().all(|(known, _)| known != name) {
            lines.push((name.to_owned(), "TBD".to_owned()));
        }
    }
    Some(lines)
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}
