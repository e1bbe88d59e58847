//! How many findings each rule has, most first.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::{Paint, Tone, View};
use crate::diagnostic::Severity;

#[derive(Default)]
struct Count {
    findings: usize,
    fixes: usize,
}

pub(super) fn render(view: &View<'_>, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let mut counts: BTreeMap<(&str, Severity), Count> = BTreeMap::new();
    for found in view.report.shown() {
        let count = counts.entry((found.rule, found.severity)).or_default();
        count.findings += 1;
        count.fixes += usize::from(found.fix.is_some());
    }
    let mut rows: Vec<_> = counts.into_iter().collect();
    rows.sort_by_key(|((rule, _), count)| (std::cmp::Reverse(count.findings), *rule));
    if rows.is_empty() {
        return Ok(());
    }
    let heading = format!("{:>8}  {:>8}  {:8}  rule", "findings", "with fix", "level");
    writeln!(out, "{}", paint.tone(Tone::Quiet, heading))?;
    for ((rule, severity), Count { findings, fixes }) in rows {
        let level = format!("{:8}", severity.as_str());
        let level = paint.tone(Tone::Severity(severity), level);
        writeln!(out, "{findings:>8}  {fixes:>8}  {level}  {rule}")?;
    }
    Ok(())
}
