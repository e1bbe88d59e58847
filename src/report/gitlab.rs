//! GitLab's code quality report.
//!
//! GitLab compares the report of a merge request with that of its target by fingerprint, and calls
//! what is missing resolved. So findings that the base has too are part of it, whatever was compared
//! here.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Value, json};

use super::{JsonEscape, View, unnamed_entry};
use crate::diagnostic::{Diagnostic, fingerprint};

pub(super) fn render(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    let mut issues = Vec::new();
    for found in view.report.present() {
        let count = known.entry(&found.fingerprint).or_default();
        issues.push(issue(found, *count));
        *count += 1;
    }
    serde_json::to_writer_pretty(JsonEscape::new(&mut *out), &issues)?;
    writeln!(out)
}

/// One finding. GitLab drops an issue whose fingerprint another one has, so that a repeated one is
/// numbered.
fn issue(found: &Diagnostic, repeated: usize) -> Value {
    let location = &found.location;
    let name = match repeated {
        0 => found.fingerprint.clone(),
        count => fingerprint(&[&found.fingerprint, &count.to_string()]),
    };
    let mut description = found.message.clone();
    if let Some(entry) = unnamed_entry(found) {
        description.push_str(&format!(" in {entry}"));
    }
    if let Some(help) = &found.help {
        description.push_str(&format!(" ({help})"));
    }
    json!({
        "description": description,
        "check_name": found.rule,
        "fingerprint": name,
        "severity": found.severity.gitlab(),
        "location": {
            "path": location.path.as_ref(),
            "lines": {"begin": location.start.line.max(1), "end": location.end.line.max(1)},
        },
    })
}
