//! The comment that tells editors which schema a file has.

use std::ops::Range;

use super::Replacement;
use crate::syntax::{Document, Format};
use crate::text::Span;

/// What such a comment says before the path.
const MARK: &str = "yaml-language-server: $schema=";

/// The version in the comment at the top of a file and the one to write in its place, where the
/// comment leads to the schema of the kind in another version.
pub(super) fn replacement(
    document: &Document<'_>,
    schema: &str,
    version: u32,
) -> Option<Replacement> {
    let (start, path) = schema_path(document)?;
    let number = other_version(path, schema, version)?;
    let span = Span::new(start + number.start, start + number.end);
    Some((span, format!("v{version}")))
}

/// The path in the comment and where it begins. Only comments before the first field are looked at,
/// which is where editors and people put it.
fn schema_path<'d>(document: &'d Document<'_>) -> Option<(usize, &'d str)> {
    let source = document.source();
    let mut at = if source.starts_with('\u{feff}') { 3 } else { 0 };
    if document.format() == Format::Json {
        return None;
    }
    loop {
        let rest = source.get(at..)?;
        let length = memchr::memchr2(b'\n', b'\r', rest.as_bytes()).unwrap_or(rest.len());
        let line = &rest[..length];
        let is_blank = line.trim().is_empty() || line.trim_end() == "---";
        if let Some(comment) = line.trim_start().strip_prefix('#') {
            if let Some(path) = comment.trim().strip_prefix(MARK) {
                let start = path.as_ptr() as usize - source.as_ptr() as usize;
                return Some((start, path));
            }
        } else if !is_blank {
            return None;
        }
        if length == rest.len() {
            return None;
        }
        at += length + 1;
    }
}

/// Where a path says another version, where nothing else tells it from the path of the schema.
fn other_version(path: &str, schema: &str, version: u32) -> Option<Range<usize>> {
    let mut rest = path;
    while let Some(inner) = rest.strip_prefix("../").or_else(|| rest.strip_prefix("./")) {
        rest = inner;
    }
    let mut found = None;
    let mut at = path.len() - rest.len();
    let (mut said, mut meant) = (rest.split('/'), schema.split('/'));
    loop {
        match (said.next(), meant.next()) {
            (Some(said), Some(meant)) => {
                if number(meant).is_some() && number(said).is_some_and(|said| said != version) {
                    // A path with two versions in it says nothing that is known here.
                    if found.replace(at..at + said.len()).is_some() {
                        return None;
                    }
                } else if said != meant && number(said) != Some(version) {
                    return None;
                }
                at += said.len() + 1;
            }
            (None, None) => return found,
            _ => return None,
        }
    }
}

/// The number of a folder that is named `v` and a number.
fn number(folder: &str) -> Option<u32> {
    let digits = folder.strip_prefix('v')?;
    let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::{Limits, parse};

    #[test]
    fn only_the_number_of_the_same_schema_changes() {
        let schema = "schema/itm/v2/section.schema.json";
        for (source, format, expected) in [
            (
                "# yaml-language-server: $schema=../../schema/itm/v1/section.schema.json\nid: a\n",
                Format::Yaml,
                Some("v1"),
            ),
            (
                "\n# A note.\r\n#   yaml-language-server: $schema=./schema/itm/v12/section.schema.json\r\nid: a",
                Format::Yaml,
                Some("v12"),
            ),
            (
                "---\n# yaml-language-server: $schema=schema/itm/v1/section.schema.json\nid: a\n---\n",
                Format::Markdown,
                Some("v1"),
            ),
            (
                "# yaml-language-server: $schema=../../schema/itm/v2/section.schema.json\nid: a\n",
                Format::Yaml,
                None,
            ),
            (
                "# yaml-language-server: $schema=../../schema/itm/v1/article.schema.json\nid: a\n",
                Format::Yaml,
                None,
            ),
            (
                "# yaml-language-server: $schema=https://h.example/schema/itm/v1/section.schema.json\nid: a\n",
                Format::Yaml,
                None,
            ),
            (
                "# yaml-language-server: $schema=../../schema/itm/v+1/section.schema.json\nid: a\n",
                Format::Yaml,
                None,
            ),
            (
                "# yaml-language-server: $schema=../../schema/itm/v99999999999/section.schema.json\n",
                Format::Yaml,
                None,
            ),
            (
                "id: a\n# yaml-language-server: $schema=../../schema/itm/v1/section.schema.json\n",
                Format::Yaml,
                None,
            ),
            ("{}", Format::Json, None),
            ("# yaml-language-server: $schema=", Format::Yaml, None),
            ("#", Format::Yaml, None),
            ("", Format::Yaml, None),
        ] {
            let (document, _) = parse(source, format, None, &Limits::default());
            let found = replacement(&document, schema, 2);
            let found = found.map(|(span, text)| {
                assert_eq!(text, "v2");
                span.slice(source)
            });
            assert_eq!(found, expected, "{source}");
        }
    }
}
