//! A profile and its schemas from any bytes: usable, or refused with a place and a reason.

use std::path::Path;

use corpuslint::migrate::layout::Layout;
use corpuslint::profile::Profile;
use corpuslint::snapshot::{Fault, Workspace};
use corpuslint::text::LineIndex;
use serde_json::Map;

use super::corpus;

/// The profile that stands before schemas alone.
const PROFILE: &str = "version = 1\n[kind.thing]\nfiles = [\"*.yaml\"]\nschema = \"a.json\"\n\
    body = \"text\"\n";
/// What is checked where a configuration can be used.
const ENTRIES: [(&str, &str); 3] = [
    (
        "A1.yaml",
        "id: A1\nname: One\nday: 2024-05-22\nsee: [A1, A2]\ntext: |\n  See A2.\n",
    ),
    ("A2.yaml", "id: A2\nname: One\nodd: {a: [1, 2.5, null]}\n"),
    ("A3.yaml", "- id: A1\n- 7\n"),
];

/// Loads what the bytes say, and checks a few entries by it.
pub fn schema(bytes: &[u8]) {
    let texts = corpus::split(bytes);
    let base = Path::new("/nowhere");
    let text = |path: &Path| {
        let name = path.strip_prefix(base).ok()?.to_str()?;
        let default = match name {
            "corpuslint.toml" => PROFILE,
            _ => "{\"$schema\": \"https://json-schema.org/draft/2020-12/schema\"}",
        };
        let given = texts
            .get(name)
            .or_else(|| texts.get("corpus/motive/MT001.yaml"));
        let own = texts.get(name).or(given.filter(|_| name == "a.json"));
        let text = own.map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        Some(text.unwrap_or_else(|| default.to_owned()))
    };
    let path = base.join("corpuslint.toml");
    let profile = text(&path).unwrap_or_default();
    if let Err(error) = Profile::parse(&profile) {
        is_a_place(&profile, error.at.offset);
        is_one_line(&error.message);
    }
    match Workspace::with_texts(&path, &text) {
        Ok(workspace) => serves(&workspace),
        Err(fault) => is_told(&fault, &|name| text(&base.join(name)).unwrap_or_default()),
    }
}

/// A configuration that was taken works on whatever comes.
fn serves(workspace: &Workspace) {
    let entries = ENTRIES.map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()));
    let files = corpus::files(&entries.into(), workspace);
    let report = corpus::report(workspace, &files, None);
    let again = corpus::report(workspace, &files, None);
    assert_eq!(report.diagnostics, again.diagnostics);
    let layout = Layout::new(workspace, 1);
    for kind in 0..workspace.schemas.kinds().len() {
        let fields = layout.newest(kind, Map::new());
        assert!(fields.is_empty());
        let _ = layout.schema_line(kind, "a/b");
    }
}

fn is_told(fault: &Fault, text: &dyn Fn(&str) -> String) {
    let name = fault.file.as_deref().unwrap_or("corpuslint.toml");
    is_a_place(&text(name), fault.at.offset);
    is_one_line(&fault.message);
}

fn is_a_place(text: &str, offset: u32) {
    assert!(offset as usize <= text.len(), "{offset} in {}", text.len());
    assert_eq!(LineIndex::new(text).position(offset).offset, offset);
}

fn is_one_line(message: &str) {
    assert!(!message.is_empty());
    assert!(!message.contains('\n'), "{message:?}");
}
