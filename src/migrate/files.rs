//! Reads entries from one file each, in any of the three syntaxes.

use std::path::Path;

use super::MigrateError;
use super::layout::Layout;
use super::loss::{ALIAS, COMMENT, Losses, Spot};
use super::model::Entry;
use super::value;
use crate::syntax::{self, Document, Format, Problem, ProblemKind};
use crate::text::{LineIndex, Span, decode};

/// Reads the text of one file. Its path is relative to the folder of the entries.
pub(super) fn read(
    path: &str,
    bytes: &[u8],
    layout: &Layout<'_>,
    losses: &mut Losses,
) -> Result<Entry, MigrateError> {
    let refuse = |reason: String| MigrateError::new(Path::new(path), reason);
    let source = decode(bytes).map_err(|_| refuse("it is not UTF-8 text".to_owned()))?;
    let (bare, format) = split(path);
    let kind = layout
        .kind_of(bare)
        .ok_or_else(|| refuse("no kind of the profile takes this file".to_owned()))?;
    let limits = &layout.workspace.profile.limits.syntax;
    let (document, problems) = syntax::parse(source, format, layout.body(kind), limits);
    for problem in &problems {
        accept(source, problem, path, losses).map_err(&refuse)?;
    }
    let root = document
        .root()
        .filter(|root| root.kind() == syntax::Kind::Mapping)
        .ok_or_else(|| refuse("it holds no fields".to_owned()))?;
    comments(&document, path, losses);
    Ok(Entry {
        kind,
        path: bare.to_owned(),
        fields: layout.newest(kind, value::fields(root)),
    })
}

/// A path without its extension, and the syntax that this stands for.
fn split(path: &str) -> (&str, Format) {
    match (path.rsplit_once('.'), Format::of_path(path)) {
        (Some((bare, _)), Some(format)) => (bare, format),
        _ => (path, Format::Yaml),
    }
}

/// A file that is not read whole cannot be migrated without loss.
fn accept(source: &str, problem: &Problem, path: &str, losses: &mut Losses) -> Result<(), String> {
    let line = LineIndex::new(source).position(problem.span.start).line;
    let what = match &problem.kind {
        ProblemKind::Anchor => {
            let name = problem.span.slice(source);
            losses.add(
                ALIAS,
                None,
                format!("the anchor `{name}` is written out"),
                spot(path, ""),
            );
            return Ok(());
        }
        ProblemKind::Tag { core: false, tag } => format!("the tag `{tag}` has no meaning here"),
        ProblemKind::DuplicateKey { key, .. } => format!("`{key}` is there twice"),
        ProblemKind::MultipleDocuments => "a second document begins".to_owned(),
        ProblemKind::Syntax { message, .. } => message.clone(),
        _ => "the file cannot be read".to_owned(),
    };
    Err(format!(
        "line {line}: {what}; mend it first, `corpuslint check` shows how"
    ))
}

fn spot(file: &str, pointer: &str) -> Spot {
    Spot {
        file: file.to_owned(),
        pointer: pointer.to_owned(),
    }
}

fn comments(document: &Document<'_>, path: &str, losses: &mut Losses) {
    let source = document.source();
    let range = match document.format() {
        Format::Json => return,
        Format::Yaml => Span::new(0, source.len()),
        Format::Markdown => syntax::front_matter(source).unwrap_or_default(),
    };
    // Most files have none but the line for the editor.
    if !range.slice(source).contains('#') {
        return;
    }
    for comment in syntax::yaml_comments(source, range) {
        let text = comment.slice(source);
        if is_schema_line(text) {
            continue;
        }
        let line = LineIndex::new(source).position(comment.start).line;
        let what = format!("the comment on line {line}: {}", text.trim());
        losses.add(COMMENT, None, what, spot(path, ""));
    }
}

/// The writers put it there themselves.
fn is_schema_line(comment: &str) -> bool {
    let words = comment.trim_start_matches('#').trim_start();
    words.starts_with("yaml-language-server: $schema=")
}
