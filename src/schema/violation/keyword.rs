//! Errors of single keywords as violations, and in words where no rule has its own.

use std::sync::Arc;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{JsonType, ValidationError};
use serde_json::Value;

use super::{Spot, ViolationKind};
use crate::schema::instance;
use crate::syntax::Kind;

/// Errors that need nothing but the value they are about.
pub(super) fn simple(kind: &ValidationErrorKind, spot: &Spot<'_, '_>) -> ViolationKind {
    let node = spot.node;
    let example = || spot.place.and_then(|place| place.marks.example.clone());
    let length = |too_much, limit, unit, actual: usize| ViolationKind::Length {
        too_much,
        limit,
        actual: actual as u64,
        unit,
    };
    let characters = || node.text().chars().count();
    match kind {
        ValidationErrorKind::Type { kind } => ViolationKind::Type {
            expected: types(kind),
            actual: node.kind(),
            text: node.text().to_owned(),
            items: 1,
        },
        ValidationErrorKind::Enum { options } => ViolationKind::Enum {
            actual: instance::value(node).to_string(),
            allowed: Arc::clone(options),
        },
        ValidationErrorKind::Constant { expected_value } => ViolationKind::Enum {
            actual: instance::value(node).to_string(),
            allowed: Arc::new(Value::Array(vec![expected_value.as_ref().clone()])),
        },
        ValidationErrorKind::Pattern { pattern } => ViolationKind::Pattern {
            actual: node.text().to_owned(),
            pattern: pattern.clone(),
            example: example(),
        },
        ValidationErrorKind::MinLength { limit } => {
            length(false, *limit, "characters", characters())
        }
        ValidationErrorKind::MaxLength { limit } => {
            length(true, *limit, "characters", characters())
        }
        ValidationErrorKind::MinItems { limit } => length(false, *limit, "items", node.len()),
        ValidationErrorKind::MaxItems { limit } => length(true, *limit, "items", node.len()),
        ValidationErrorKind::MinProperties { limit } => length(false, *limit, "fields", node.len()),
        ValidationErrorKind::MaxProperties { limit } => length(true, *limit, "fields", node.len()),
        other => ViolationKind::Other {
            keyword: other.keyword().to_owned(),
            message: other_message(other),
        },
    }
}

fn other_message(kind: &ValidationErrorKind) -> String {
    match kind {
        ValidationErrorKind::Maximum { limit } => format!("must be at most {limit}"),
        ValidationErrorKind::Minimum { limit } => format!("must be at least {limit}"),
        ValidationErrorKind::ExclusiveMaximum { limit } => format!("must be less than {limit}"),
        ValidationErrorKind::ExclusiveMinimum { limit } => format!("must be more than {limit}"),
        ValidationErrorKind::MultipleOf { multiple_of } => {
            format!("must be a multiple of {multiple_of}")
        }
        ValidationErrorKind::Contains => "does not hold the item that it must hold".to_owned(),
        ValidationErrorKind::AdditionalItems { limit } => {
            format!("must not have more than {limit} items")
        }
        ValidationErrorKind::UnevaluatedItems { .. } => "has items that are not allowed".to_owned(),
        ValidationErrorKind::FalseSchema => "must not be here".to_owned(),
        ValidationErrorKind::Not { .. } => "is what the schema rules out".to_owned(),
        ValidationErrorKind::OneOfMultipleValid { .. } => {
            "fits more than one of the forms of which it must fit one".to_owned()
        }
        ValidationErrorKind::Format { format } => format!("is not in the format `{format}`"),
        other => format!("does not agree with the schema (`{}`)", other.keyword()),
    }
}

/// What the branches ask for, when none is nearer than the others.
pub(super) fn alternatives(context: &[Vec<ValidationError<'static>>]) -> String {
    let mut fields: Vec<&str> = Vec::new();
    for branch in context {
        for error in branch {
            if let ValidationErrorKind::Required { property } = error.kind()
                && let Some(name) = property.as_str()
                && !fields.contains(&name)
            {
                fields.push(name);
            }
        }
    }
    if fields.is_empty() {
        return "fits none of the forms that are allowed".to_owned();
    }
    format!("needs one of the fields `{}`", fields.join("`, `"))
}

fn types(kind: &TypeKind) -> Vec<Kind> {
    let one = |kind: JsonType| match kind {
        JsonType::Null => Kind::Null,
        JsonType::Boolean => Kind::Bool,
        JsonType::Integer => Kind::Int,
        JsonType::Number => Kind::Float,
        JsonType::String => Kind::String,
        JsonType::Array => Kind::Sequence,
        JsonType::Object => Kind::Mapping,
    };
    match kind {
        TypeKind::Single(kind) => vec![one(*kind)],
        TypeKind::Multiple(kinds) => kinds.iter().map(one).collect(),
    }
}
