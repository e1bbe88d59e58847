//! One schema file: its text, its value, what it refers to, and where a pointer leads in it.

use serde_json::Value;

use super::{ReadFile, SchemaError, instance};
use crate::syntax::{self, Format, Limits, ProblemKind};
use crate::text::{LineIndex, Position, Span};

/// A schema file as it was read.
pub(super) struct File {
    pub(super) text: String,
    pub(super) value: Value,
}

impl File {
    pub(super) fn read(path: &str, read: ReadFile<'_>) -> Result<Self, SchemaError> {
        let fail = |at, message: String| SchemaError {
            path: path.to_owned(),
            at,
            message,
        };
        let start = LineIndex::new("").position(0);
        let text = read(path).map_err(|reason| fail(start, reason))?;
        let (document, problems) = syntax::parse(&text, Format::Json, None, &Limits::default());
        if let Some(problem) = problems.first() {
            let at = LineIndex::new(&text).position(problem.span.start);
            return Err(fail(at, problem_in_words(&problem.kind)));
        }
        let value = document.root().map_or(Value::Null, instance::value);
        if !value.is_object() && !value.is_boolean() {
            return Err(fail(
                start,
                "this is not a schema: a schema is `{…}`".to_owned(),
            ));
        }
        Ok(Self { text, value })
    }

    pub(super) fn id(&self) -> Option<&str> {
        self.value.get("$id").and_then(Value::as_str)
    }

    /// Files that this one refers to by a relative path.
    pub(super) fn references(&self, path: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut queue = vec![&self.value];
        while let Some(value) = queue.pop() {
            match value {
                Value::Object(members) => {
                    if let Some(Value::String(reference)) = members.get("$ref") {
                        let target = reference.split('#').next().unwrap_or("");
                        if !target.is_empty() {
                            found.extend(join(path, target));
                        }
                    }
                    queue.extend(members.values());
                }
                Value::Array(items) => queue.extend(items),
                _ => {}
            }
        }
        found
    }
}

fn problem_in_words(kind: &ProblemKind) -> String {
    match kind {
        ProblemKind::Syntax { message, .. } => format!("not JSON: {message}"),
        ProblemKind::DuplicateKey { key, .. } => format!("`{key}` is there twice"),
        ProblemKind::TooLarge { what, limit } => format!("more than {limit} {what}"),
        _ => "the file is empty".to_owned(),
    }
}

/// A path relative to a file, resolved; `None` where it leaves the profile's folder or names a host.
pub(super) fn join(base: &str, target: &str) -> Option<String> {
    if target.contains(':') || target.starts_with('/') || target.contains('\\') {
        return None;
    }
    let mut parts: Vec<&str> = base.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The place that a pointer leads to in a schema file, or the nearest around it.
pub(super) fn position_of(text: &str, pointer: &str) -> Position {
    let (document, _) = syntax::parse(text, Format::Json, None, &Limits::default());
    let mut span = Span::at(0);
    let mut here = document.root();
    for token in pointer.split('/').skip(1) {
        let token = token.replace("~1", "/").replace("~0", "~");
        let Some(node) = here else { break };
        let next = match token.parse::<usize>() {
            Ok(index) if node.items().next().is_some() => {
                node.items().nth(index).map(|item| (item.span(), item))
            }
            _ => node.pair(&token).map(|(key, value)| (key.span(), value)),
        };
        let Some((found, node)) = next else { break };
        span = found;
        here = Some(node);
    }
    LineIndex::new(text).position(span.start)
}
