//! What a change does to entries, each field before and after.

use super::super::counted;
use super::super::escape::markdown::{code, fenced, inline};
use super::super::escape::{clipped, shortened};
use super::super::words::written;
use crate::history::{EntryChange, What};

/// Changed entries that are shown field by field.
const DETAILED: usize = 15;
/// Entries that are listed, of those that were added or removed.
const LISTED: usize = 30;
/// Entries that are only named.
const NAMED: usize = 100;
/// IDs that are listed as gained or lost.
const IDS: usize = 20;
/// Columns of a line in a block.
const WIDTH: usize = 96;
/// Lines of one entry's block.
const LINES: usize = 60;
/// Bytes that are kept for what sums up.
const RESERVE: usize = 4000;

/// `3 added, 1 removed, 8 changed`
pub(in crate::report) fn tally(entries: &[EntryChange]) -> String {
    let count = |what| entries.iter().filter(|entry| entry.what == what).count();
    let each = [
        (count(What::Added), "added"),
        (count(What::Removed), "removed"),
        (count(What::Changed), "changed"),
    ];
    let each = each.iter().filter(|(count, _)| *count > 0);
    let each: Vec<String> = each
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    each.join(", ")
}

/// Removed entries first, because reports out there cite them; then changed and added ones. It is
/// about as many bytes as there is room for, at most.
pub(in crate::report) fn section(entries: &[EntryChange], room: usize) -> String {
    if entries.is_empty() {
        return "No entry differs.\n".to_owned();
    }
    let mut out = format!("### Entries: {}\n\n", tally(entries));
    let of = |what| -> Vec<&EntryChange> {
        let same = entries.iter().filter(|entry| entry.what == what);
        same.collect()
    };
    let room = room.saturating_sub(RESERVE);
    list(
        "Removed",
        "referred",
        &of(What::Removed),
        room / 4,
        &mut out,
    );
    let added = of(What::Added);
    let mut last = String::new();
    list("Added", "refers", &added, room / 4, &mut last);
    let left = room.saturating_sub(out.len() + last.len());
    changed(&of(What::Changed), left, &mut out);
    out.push_str(&last);
    out
}

fn list(title: &str, word: &str, entries: &[&EntryChange], room: usize, out: &mut String) {
    if entries.is_empty() {
        return;
    }
    out.push_str(&format!("**{title}**\n\n"));
    let limit = out.len() + room;
    let mut shown = 0;
    for entry in entries.iter().take(LISTED) {
        let line = match references(entry) {
            none if none.is_empty() => format!("- {}\n", name(entry)),
            some => format!("- {}; {word} {some}\n", name(entry)),
        };
        if out.len() + line.len() > limit {
            break;
        }
        out.push_str(&line);
        shown += 1;
    }
    if shown < entries.len() {
        out.push_str(&format!("- also {}\n", names(&entries[shown..])));
    }
    out.push('\n');
}

fn changed(entries: &[&EntryChange], room: usize, out: &mut String) {
    if entries.is_empty() {
        return;
    }
    out.push_str("**Changed**\n\n");
    let limit = out.len() + room;
    let mut shown = 0;
    for entry in entries.iter().take(DETAILED) {
        let text = detail(entry);
        if out.len() + text.len() > limit {
            break;
        }
        out.push_str(&text);
        shown += 1;
    }
    if shown < entries.len() {
        out.push_str(&format!("Also changed: {}\n\n", names(&entries[shown..])));
    }
}

fn detail(entry: &EntryChange) -> String {
    let mut text = format!("#### {}\n\n", name(entry));
    let references = references(entry);
    if !references.is_empty() {
        text.push_str(&format!("Refers {references}\n\n"));
    }
    let mut body = String::new();
    let mut count = 0;
    for field in &entry.fields {
        let lines = written(field, WIDTH);
        if count + lines.len() > LINES {
            body.push_str("  (more fields differ)\n");
            break;
        }
        count += lines.len() + 1;
        body.push_str(&format!("@@ {} @@\n", clipped(&field.name, 60)));
        for (mark, line) in lines {
            body.push_str(&format!("{mark} {line}\n"));
        }
    }
    if !body.is_empty() {
        text.push_str(&fenced("diff", &body));
        text.push('\n');
    }
    text
}

fn name(entry: &EntryChange) -> String {
    let id = code(&shortened(&entry.id, 60));
    match &entry.title {
        Some(title) => format!("{id} {}", inline(&shortened(title, 120))),
        None => id,
    }
}

/// `now to PV059, no longer to PV023`
fn references(entry: &EntryChange) -> String {
    let (gained, lost) = match entry.what {
        What::Added => ("to", "not to"),
        What::Removed => ("to", "to"),
        What::Changed => ("now to", "no longer to"),
    };
    let each = [(gained, &entry.gained), (lost, &entry.lost)];
    let each = each.iter().filter(|(_, ids)| !ids.is_empty());
    let each: Vec<String> = each
        .map(|(word, ids)| {
            let listed = ids.iter().take(IDS).map(|id| code(&shortened(id, 60)));
            let listed: Vec<String> = listed.collect();
            let more = ids.len().saturating_sub(IDS);
            let more = if more > 0 {
                format!(" and {more} more")
            } else {
                String::new()
            };
            format!("{word} {}{more}", listed.join(" "))
        })
        .collect();
    each.join(", ")
}

fn names(entries: &[&EntryChange]) -> String {
    let named = entries.iter().take(NAMED);
    let named: Vec<String> = named.map(|entry| code(&shortened(&entry.id, 20))).collect();
    let more = entries.len().saturating_sub(NAMED);
    match more {
        0 => named.join(" "),
        more => format!("{} and {}", named.join(" "), counted(more, "more", "more")),
    }
}
