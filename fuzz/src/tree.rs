//! Texts as trees: every place lies in its text and in what holds it, and what is written reads back.

use corpuslint::migrate::value::{fields, value};
use corpuslint::syntax::{
    self, Document, Format, Kind, Limits, Node, Parser, Problem, ProblemKind, disagreement, emit,
    front_matter, parse_yaml_stream, yaml_comments,
};
use corpuslint::text::{self, LineIndex, Span};
use serde_json::Value;

/// YAML to a tree.
pub fn yaml(bytes: &[u8]) {
    let source = decoded(bytes);
    read(&source, Format::Yaml);
    stream(&source);
}

/// Plain YAML to a tree: the fast reader says what the full parser says, or nothing.
pub fn plain(bytes: &[u8]) {
    let source = text::decode_lossy(bytes);
    let narrow = Limits {
        depth: 3,
        nodes: 12,
        ..Limits::default()
    };
    for limits in [Limits::default(), narrow] {
        let difference = disagreement(&source, &limits);
        assert!(difference.is_none(), "{}", difference.unwrap_or_default());
        let front = format!("---\n{source}\n---\nbody\n");
        for (source, format) in [(&source, Format::Yaml), (&front, Format::Markdown)] {
            let [fast, full] = [Parser::PlainFirst, Parser::Full]
                .map(|parser| syntax::parse_by(parser, source, format, Some("text"), &limits));
            assert!(fast == full, "{source:?}\n{fast:?}\n{full:?}");
        }
    }
}

/// JSON to a tree, as another parser reads it.
pub fn json(bytes: &[u8]) {
    let source = decoded(bytes);
    read(&source, Format::Json);
    as_others_read(&source);
}

/// Markdown with front matter to a tree.
pub fn markdown(bytes: &[u8]) {
    let source = decoded(bytes);
    read(&source, Format::Markdown);
    let front = front_matter(&source).unwrap_or_default();
    inside(&source, front);
}

/// Bytes as a text of the same length.
fn decoded(bytes: &[u8]) -> String {
    let lossy = text::decode_lossy(bytes);
    assert_eq!(
        lossy.len(),
        bytes.len(),
        "a byte that is no text is one `?`"
    );
    match text::decode(bytes) {
        Ok(source) => assert_eq!(source, lossy),
        Err(not_text) => assert!(not_text.span.range().end <= bytes.len().max(2)),
    }
    lossy
}

/// Reads a source in one format, with wide and with narrow limits.
pub fn read(source: &str, format: Format) {
    let limits = Limits {
        expanded_nodes: 100_000,
        expanded_bytes: 1 << 20,
        ..Limits::default()
    };
    let (document, problems) = syntax::parse(source, format, Some("text"), &limits);
    holds(&document, &problems);
    if problems.is_empty() {
        reads_back(&document);
    }
    let narrow = Limits {
        depth: 3,
        nodes: 12,
        expanded_nodes: 20,
        expanded_bytes: 64,
    };
    let (document, problems) = syntax::parse(source, format, None, &narrow);
    holds(&document, &problems);
    let nodes = document.nodes().count();
    assert!(nodes <= 2 * narrow.nodes + 2, "{nodes} nodes");
}

/// Every place of a tree is where it can be.
pub fn holds(document: &Document<'_>, problems: &[Problem]) {
    let source = document.source();
    for problem in problems {
        inside(source, problem.span);
        match &problem.kind {
            ProblemKind::Syntax { opened, .. } => inside(source, opened.unwrap_or_default()),
            ProblemKind::DuplicateKey { first, .. } => inside(source, *first),
            _ => {}
        }
    }
    let lines = LineIndex::new(source);
    for node in document.nodes() {
        inside(source, node.span());
        let (start, end) = (node.span().start, node.span().end);
        assert!(lines.position(start) <= lines.position(end));
        if node.is_alias() {
            continue;
        }
        children(node);
        parts(node);
    }
    // A pointer is found from the root each time, so a few are enough.
    for node in document.nodes().take(20) {
        let pointer = document.pointer_at(node.span());
        assert!(pointer.is_empty() || pointer.starts_with('/'), "{pointer}");
    }
}

/// The other ways to read a source as YAML.
pub fn stream(source: &str) {
    let (documents, problems) = parse_yaml_stream(source, &Limits::default());
    for document in &documents {
        holds(document, &problems);
    }
    for span in yaml_comments(source, Span::new(0, source.len())) {
        inside(source, span);
        assert!(
            span.slice(source).starts_with('#'),
            "{span:?} is no comment"
        );
    }
}

fn inside(source: &str, span: Span) {
    let found = source.get(span.range());
    assert!(found.is_some(), "{span:?} is not in the source");
}

/// Values lie in what holds them, in order.
fn children(node: Node<'_>) {
    let mut before = node.span().start;
    let mut count = 0;
    for (key, value) in node.children() {
        count += 1;
        for child in key.into_iter().chain([value]) {
            let span = child.span();
            let fits = before <= span.start && node.span().contains(span);
            assert!(fits, "{child:?} at {span:?} in {:?}", node.span());
            before = span.end;
        }
    }
    assert_eq!(count, node.len());
}

/// Parts of a text lie in the value.
fn parts(node: Node<'_>) {
    let text = node.text();
    let middle = text::floor_boundary(text, text.len() / 2);
    for part in [0..text.len(), 0..middle, middle..text.len(), middle..middle] {
        let span = node.locate(part.clone());
        inside(node.document().source(), span);
        let within = node.span().contains(span);
        assert!(
            within,
            "{part:?} of {node:?} at {span:?}, {:?}",
            node.span()
        );
    }
}

/// What is written of a tree is read as the same values.
fn reads_back(document: &Document<'_>) {
    let Some(root) = document.root().filter(|root| root.kind() == Kind::Mapping) else {
        return;
    };
    let before = fields(root);
    let written = emit::yaml(&before, &|_| false);
    let limits = Limits::default();
    let (again, problems) = syntax::parse(&written, Format::Yaml, None, &limits);
    assert!(problems.is_empty(), "{problems:?} in\n{written}");
    let after = again.root().map(fields);
    assert_eq!(after.as_ref(), Some(&before), "written as\n{written}");
    let names = after.iter().flat_map(|fields| fields.keys());
    assert!(before.keys().eq(names), "another order in\n{written}");
    assert_eq!(emit::yaml(&before, &|_| false), written);
    let compact = Value::Object(before.clone()).to_string();
    let (json, problems) = syntax::parse(&compact, Format::Json, None, &limits);
    assert!(problems.is_empty(), "{problems:?} in {compact}");
    assert_eq!(json.root().map(fields), Some(before), "{compact}");
}

/// serde_json takes what is taken here, and says the same of it.
fn as_others_read(source: &str) {
    let (document, problems) = syntax::parse(source, Format::Json, None, &Limits::default());
    let theirs: Result<Value, _> = serde_json::from_str(source.trim_start_matches('\u{feff}'));
    if problems.is_empty() {
        let ours = document.root().map(value);
        assert_eq!(theirs.ok(), ours, "{source}");
    } else if problems
        .iter()
        .any(|problem| matches!(problem.kind, ProblemKind::Syntax { .. }))
    {
        assert!(theirs.is_err(), "{problems:?} {source}");
    }
}
