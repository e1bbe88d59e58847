//! Reads a filled-in issue form: text by a stranger, of which nothing is believed.
//!
//! GitHub writes each answer below its question as `### Question`, a blank line and the answer. What
//! is no answer to a question of the form is a fault with its line, and never a part of the entry.

use serde_json::Map;

use super::answer;
use super::form::{About, KIND, Question, questions};
use super::shape::Part;
use super::{AuthorError, Draft, Place, Shelf, a};
use crate::text::did_you_mean;

/// Bytes that a body may have; GitHub allows 65,536 characters.
pub const BYTES: usize = 256 << 10;

/// Something in the body that cannot become a part of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, and what to do.
    pub message: String,
}

/// What a filled-in form says.
#[derive(Clone, Debug, Default)]
pub struct Filled {
    /// The kind of entry, as the schemas count them.
    pub kind: usize,
    /// The ID that is extended.
    pub parent: Option<String>,
    /// The folder.
    pub folder: Option<String>,
    /// The beginning of the ID.
    pub prefix: Option<String>,
    /// The rest.
    pub draft: Draft,
}

impl Filled {
    /// Which series of IDs is meant.
    #[must_use]
    pub fn place(&self) -> Place<'_> {
        Place {
            parent: self.parent.as_deref(),
            folder: self.folder.as_deref(),
            prefix: self.prefix.as_deref(),
        }
    }
}

/// Reads the body of an issue.
///
/// # Errors
///
/// Everything in it that cannot become a part of an entry.
pub fn read(shelf: &Shelf<'_>, body: &str) -> Result<Filled, Vec<Fault>> {
    let fault = |line, message: &str| {
        vec![Fault {
            line,
            message: message.to_owned(),
        }]
    };
    if body.len() > BYTES {
        let message = format!(
            "the text has {} bytes; at most {BYTES} are read",
            body.len()
        );
        return Err(fault(1, &message));
    }
    let body = body.replace("\r\n", "\n").replace('\r', "\n");
    let answers = split(&body)?;
    let kind = kind(shelf, &answers)?;
    let questions = questions(shelf, kind).map_err(|AuthorError(reason)| fault(1, &reason))?;
    let mut form = Form {
        shelf,
        filled: Filled {
            kind,
            ..Filled::default()
        },
        faults: Vec::new(),
    };
    for answer in &answers {
        form.check_heading(answer, &questions, &answers);
    }
    for question in &questions {
        form.question(question, &answers);
    }
    form.faults.sort_by_key(|fault| fault.line);
    match form.faults.is_empty() {
        true => Ok(form.filled),
        false => Err(form.faults),
    }
}

/// An answer, below its heading.
struct Answer {
    /// The line of the heading, from 1.
    line: usize,
    label: String,
    /// What stands below it, its comments left out; empty where nothing was answered.
    lines: Vec<(usize, String)>,
}

impl Answer {
    fn text(&self) -> String {
        let lines: Vec<&str> = self.lines.iter().map(|(_, text)| text.as_str()).collect();
        let text = lines.join("\n");
        // What GitHub writes where nothing was answered.
        match text.trim() {
            "_No response_" => String::new(),
            _ => text,
        }
    }

    /// The line of the body that a line of the text is.
    fn line_of(&self, below: usize) -> usize {
        self.lines.get(below).map_or(self.line, |(line, _)| *line)
    }
}

/// A code fence that is open (CommonMark 0.31, 4.5).
struct Fence {
    sign: char,
    length: usize,
    line: usize,
}

/// Splits a body at its headings. Within code a `#` is no heading, and a comment no comment.
fn split(body: &str) -> Result<Vec<Answer>, Vec<Fault>> {
    let mut answers: Vec<Answer> = Vec::new();
    let mut fence: Option<Fence> = None;
    let mut comment: Option<usize> = None;
    let fault = |line: usize, message: &str| {
        Err(vec![Fault {
            line,
            message: message.to_owned(),
        }])
    };
    for (number, raw) in body.lines().enumerate() {
        let line = number + 1;
        let text = match &fence {
            Some(open) => {
                if closes(raw, open) {
                    fence = None;
                }
                raw.to_owned()
            }
            None => {
                let text = without_comments(raw, &mut comment, line);
                fence = comment.is_none().then(|| opens(&text, line)).flatten();
                text
            }
        };
        let heading = fence.is_none().then(|| text.strip_prefix("### ")).flatten();
        // A line that closes code is no heading, because it begins with the signs of the code.
        if let Some(label) = heading.filter(|_| comment.is_none() || !text.is_empty()) {
            answers.push(Answer {
                line,
                label: label.trim().trim_end_matches('#').trim().to_owned(),
                lines: Vec::new(),
            });
        } else if let Some(answer) = answers.last_mut() {
            // A line that held nothing but a comment is gone whole.
            if raw.trim().is_empty() || !text.trim().is_empty() {
                answer.lines.push((line, text));
            }
        } else if !text.trim().is_empty() {
            return fault(line, "this stands before the first heading of the form");
        }
    }
    if let Some(open) = fence {
        return fault(
            open.line,
            "the code that begins here never ends: close it with the same signs",
        );
    }
    if let Some(line) = comment {
        return fault(
            line,
            "the comment that begins here never ends: close it with `-->`",
        );
    }
    Ok(answers)
}

/// A line without its HTML comments. `open` holds the line of a comment that goes on.
fn without_comments(line: &str, open: &mut Option<usize>, number: usize) -> String {
    let mut said = String::new();
    let mut rest = line;
    loop {
        if open.is_some() {
            match rest.split_once("-->") {
                Some((_, behind)) => {
                    *open = None;
                    rest = behind;
                }
                None => return said,
            }
        }
        match rest.split_once("<!--") {
            Some((before, behind)) => {
                said.push_str(before);
                *open = Some(number);
                rest = behind;
            }
            None => {
                said.push_str(rest);
                return said;
            }
        }
    }
}

/// The signs of a fence at the start of a line, and what stands behind them.
fn signs(line: &str) -> Option<(char, usize, &str)> {
    let text = line.trim_start_matches(' ');
    let sign = text.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let rest = text.trim_start_matches(sign);
    let length = text.len() - rest.len();
    (line.len() - text.len() < 4 && length >= 3).then_some((sign, length, rest))
}

fn opens(line: &str, number: usize) -> Option<Fence> {
    let (sign, length, rest) = signs(line)?;
    (sign == '~' || !rest.contains('`')).then_some(Fence {
        sign,
        length,
        line: number,
    })
}

fn closes(line: &str, open: &Fence) -> bool {
    signs(line).is_some_and(|(sign, length, rest)| {
        sign == open.sign && length >= open.length && rest.trim().is_empty()
    })
}

/// The kind that the form is about: it says so itself.
fn kind(shelf: &Shelf<'_>, answers: &[Answer]) -> Result<usize, Vec<Fault>> {
    let fail = |line, message| Err(vec![Fault { line, message }]);
    let Some(answer) = answers.iter().find(|answer| answer.label == KIND) else {
        return fail(
            1,
            format!("there is no heading `{KIND}`: this is no form of this corpus"),
        );
    };
    let said = answer.text();
    let said = said.trim();
    let schemas = &shelf.workspace.schemas;
    match schemas.entry_kind(said) {
        Some(kind) => Ok(kind),
        None => {
            let known = schemas.entry_kinds().iter().map(|kind| kind.name.as_str());
            let hint = did_you_mean(said, known)
                .map_or(String::new(), |near| format!("; did you mean `{near}`?"));
            let said: String = said.chars().take(80).collect();
            fail(answer.line, format!("`{said}` is no kind of entry{hint}"))
        }
    }
}

struct Form<'f> {
    shelf: &'f Shelf<'f>,
    filled: Filled,
    faults: Vec<Fault>,
}

impl Form<'_> {
    fn fault(&mut self, line: usize, message: String) {
        self.faults.push(Fault { line, message });
    }

    fn check_heading(&mut self, answer: &Answer, questions: &[Question<'_>], all: &[Answer]) {
        let label = &answer.label;
        if !questions.iter().any(|question| question.label == *label) {
            let known = questions.iter().map(|question| question.label.as_str());
            let hint = did_you_mean(label, known)
                .map_or(String::new(), |near| format!(", perhaps `{near}`"));
            let label: String = label.chars().take(80).collect();
            let message = format!(
                "`{label}` is no heading of this form{hint}; within an answer, begin headings with four signs"
            );
            self.fault(answer.line, message);
        } else if let Some(first) = all.iter().find(|other| other.label == *label)
            && first.line != answer.line
        {
            let message = format!("`{label}` is answered on line {} already", first.line);
            self.fault(answer.line, message);
        }
    }

    fn question(&mut self, question: &Question<'_>, answers: &[Answer]) {
        let answer = answers.iter().find(|answer| answer.label == question.label);
        let text = answer.map_or(String::new(), Answer::text);
        let line = answer.map_or(1, |answer| answer.line);
        if text.trim().is_empty() {
            if question.required {
                let message = format!("`{}` is not answered", question.label);
                self.fault(line, message);
            }
            return;
        }
        let said = text.trim().to_owned();
        match &question.about {
            About::Kind(_) => {}
            About::Series(known) => self.series(known, said, line),
            About::Parent(kind) => self.parent(kind, said, line),
            About::Field(part, shape) => match answer::value(self.shelf, shape, &text) {
                Ok(Some(value)) => self.field(*part, shape.name, &value),
                Ok(None) => {}
                Err((below, message)) => {
                    let line = answer.map_or(line, |answer| answer.line_of(below));
                    self.fault(line, message);
                }
            },
        }
    }

    fn series(&mut self, known: &[String], said: String, line: usize) {
        if !known.contains(&said) {
            let said: String = said.chars().take(80).collect();
            let message = format!("`{said}` is none of {}", known.join(", "));
            return self.fault(line, message);
        }
        let kind = &self.shelf.workspace.schemas.entry_kinds()[self.filled.kind];
        // A beginning of IDs, where they do not decide the folder.
        match super::series::is_prefix(kind, &said) {
            true => self.filled.prefix = Some(said),
            false => self.filled.folder = Some(said),
        }
    }

    fn parent(&mut self, kind: &str, said: String, line: usize) {
        let shelf = self.shelf;
        match shelf.get(&said) {
            Some(card) if shelf.kind(card).name == kind && !card.retired => {
                self.filled.parent = Some(said);
            }
            _ => {
                let said: String = said.chars().take(80).collect();
                self.fault(line, format!("`{said}` is not the ID of {} here", a(kind)));
            }
        }
    }

    fn field(&mut self, part: Part, name: &str, value: &serde_json::Value) {
        let draft = &mut self.filled.draft;
        let text = value.as_str().unwrap_or_default();
        match part {
            Part::Title => draft.title = Some(text.to_owned()),
            Part::Folder => self.filled.folder = Some(text.to_owned()),
            Part::People => {
                let items = value.as_array().map_or(&[][..], Vec::as_slice);
                let names = items.iter().filter_map(serde_json::Value::as_str);
                draft.people = names.map(str::to_owned).collect();
                if items.is_empty() {
                    draft.people = vec![text.to_owned()];
                }
            }
            _ => {
                let fields: &mut Map<_, _> = &mut draft.fields;
                fields.insert(name.to_owned(), value.clone());
            }
        }
    }
}
