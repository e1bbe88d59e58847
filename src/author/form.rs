//! Forms for people who do not use git: what GitHub asks before it opens an issue, made from the
//! schema of a kind.

use serde_json::{Map, Value, json};

use super::answer::BETWEEN;
use super::series;
use super::shape::{Holds, Part, Shape, Shapes};
use super::{AuthorError, Shelf};
use crate::schema::Schemas;
use crate::syntax::emit;

/// The label of an issue that a form has opened.
pub const LABEL: &str = "new-entry";

/// The heading of the answer that says the kind.
pub(super) const KIND: &str = "Kind of entry";
/// The heading of the answer that says the series of the ID.
pub(super) const SERIES: &str = "Where it belongs";
/// The heading of the answer that says the ID that is extended.
pub(super) const PARENT: &str = "What it belongs to";

/// One question of a form.
pub(super) struct Question<'s> {
    /// The heading of its answer.
    pub(super) label: String,
    /// What it is about.
    pub(super) about: About<'s>,
    /// Whether it must be answered.
    pub(super) required: bool,
}

/// What a question is about.
pub(super) enum About<'s> {
    /// The kind, which the form knows.
    Kind(String),
    /// The series of the ID: folders or beginnings of IDs.
    Series(Vec<String>),
    /// The ID that is extended, with the kind that it is of.
    Parent(String),
    /// A field.
    Field(Part, Shape<'s>),
}

/// The questions about an entry of a kind, in their order.
pub(super) fn questions<'s>(
    shelf: &Shelf<'s>,
    kind: usize,
) -> Result<Vec<Question<'s>>, AuthorError> {
    let own = &shelf.workspace.schemas.entry_kinds()[kind];
    let shapes = Shapes::of(shelf, kind)?;
    let question = |label: &str, about, required| Question {
        label: label.to_owned(),
        about,
        required,
    };
    let mut found = vec![question(KIND, About::Kind(own.name.clone()), true)];
    let folder_by_field = shapes.part(Part::Folder).next().is_some();
    if let Some((parent, _)) = &own.parent {
        found.push(question(PARENT, About::Parent(parent.clone()), true));
    } else {
        let known = series::by_schema(shelf, kind);
        if known.len() > 1 && !folder_by_field {
            found.push(question(SERIES, About::Series(known), true));
        }
    }
    for (part, shape) in shapes.fields {
        if matches!(part, Part::Id | Part::Day | Part::Stone) || matches!(shape.holds, Holds::Other)
        {
            continue;
        }
        let required = shape.required || shape.marks.expected;
        let label = heading(shape.name);
        found.push(question(&label, About::Field(part, shape), required));
    }
    Ok(found)
}

/// `replaced_by` as a heading: `Replaced by`.
fn heading(name: &str) -> String {
    let words = name.replace(['_', '-'], " ");
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => words,
    }
}

/// The form of a kind, as a file of `.github/ISSUE_TEMPLATE/`.
///
/// # Errors
///
/// No file of the corpus holds one entry of the kind alone.
pub fn issue_form(shelf: &Shelf<'_>, kind: usize) -> Result<String, AuthorError> {
    let schemas: &Schemas = &shelf.workspace.schemas;
    let name = &schemas.entry_kinds()[kind].name;
    let mut body = vec![json!({
        "type": "markdown",
        "attributes": {"value": INTRO}
    })];
    for question in questions(shelf, kind)? {
        body.push(element(&question));
    }
    let form = json!({
        "name": format!("New {name}"),
        "description": format!("Propose {} without git", super::a(name)),
        "title": format!("New {name}: "),
        "labels": [LABEL],
        "body": body,
    });
    let fields: Map<String, Value> = match form {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    let head =
        "# Made from the schema by `corpuslint schema --issue-form`; a test keeps it current.\n";
    Ok(format!("{head}{}", emit::yaml(&fields, &|_| false)))
}

const INTRO: &str = "Each answer becomes a part of the entry, and a pull request with it is opened for \
you. What you write is public, with your name where you give it. Within an answer, begin \
headings with four signs or more, because three are those of this form.";

/// A question as GitHub has it.
fn element(question: &Question<'_>) -> Value {
    let mut attributes = Map::new();
    attributes.insert("label".to_owned(), question.label.clone().into());
    let kind = match &question.about {
        About::Kind(name) => {
            attributes.insert("description".to_owned(), "Leave it as it is.".into());
            attributes.insert("options".to_owned(), json!([name]));
            attributes.insert("default".to_owned(), json!(0));
            "dropdown"
        }
        About::Series(known) => {
            attributes.insert("options".to_owned(), json!(known));
            "dropdown"
        }
        About::Parent(kind) => {
            let help = format!("The ID of the {kind} that it belongs to.");
            attributes.insert("description".to_owned(), help.into());
            "input"
        }
        About::Field(part, shape) => field(*part, shape, &mut attributes),
    };
    let id: String = question.label.to_lowercase().replace(' ', "-");
    json!({
        "type": kind,
        "id": id,
        "attributes": attributes,
        "validations": {"required": question.required},
    })
}

fn field(part: Part, shape: &Shape<'_>, attributes: &mut Map<String, Value>) -> &'static str {
    let (kind, how) = match &shape.holds {
        Holds::Choice(known) => {
            attributes.insert("options".to_owned(), json!(known));
            ("dropdown", String::new())
        }
        Holds::Bool => {
            attributes.insert("options".to_owned(), json!(["yes", "no"]));
            ("dropdown", String::new())
        }
        Holds::List(item) => match &item.holds {
            Holds::Choice(known) => {
                attributes.insert("options".to_owned(), json!(known));
                attributes.insert("multiple".to_owned(), json!(true));
                ("dropdown", String::new())
            }
            Holds::Group(parts) => {
                let names: Vec<&str> = parts.iter().map(|part| part.name).collect();
                let names = names.join(BETWEEN);
                (
                    "textarea",
                    format!(" One a line, its parts in this order: `{names}`."),
                )
            }
            _ if item.marks.refs.is_some() => ("input", " With commas between them.".to_owned()),
            _ => ("textarea", " One a line.".to_owned()),
        },
        _ if part == Part::Prose => ("textarea", String::new()),
        _ => ("input", String::new()),
    };
    let help = format!("{}{how}", shape.help);
    attributes.insert("description".to_owned(), help.trim().into());
    kind
}
