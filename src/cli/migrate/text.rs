//! What a migration did, in words.

use std::fmt::Write as _;
use std::io::IsTerminal;
use std::path::Path;

use super::Args;
use crate::cli::Screen;
use crate::migrate::Migrated;
use crate::migrate::loss::{Loss, Spot};
use crate::migrate::verify::Verification;
use crate::report::{Escaped, Paint, Tone, counted};
use crate::write::Written;

/// Items of one sort that are shown where the whole report was not asked for.
const FEW: usize = 5;

/// The result, the losses by sort, and what the way back showed.
pub(super) fn summary(args: &Args, migrated: &Migrated, written: &str, screen: Screen) -> String {
    let color = screen.wants_color(std::io::stdout().is_terminal());
    let paint = Paint { color };
    let mut out = String::new();
    let heading = format!(
        "{} from {} to {}",
        counted(migrated.entries, "entry", "entries"),
        args.from.as_str(),
        args.to.as_str()
    );
    let written = Escaped(written);
    let _ = writeln!(out, "{}; {written}", paint.tone(Tone::Strong, heading));
    losses(&migrated.losses, args, paint, &mut out);
    if let Some(verification) = &migrated.verification {
        proof(verification, paint, &mut out);
    }
    if args.strict && migrated.losses.iter().any(Loss::is_loss) {
        let text = "--strict refuses what is lost";
        let _ = writeln!(out, "{}", paint.tone(Tone::Strong, text.to_owned()));
    }
    out
}

/// What a commit did to the target.
pub(super) fn written(done: &Written, target: &Path) -> String {
    let parts = [
        (done.created, "new"),
        (done.replaced, "replaced"),
        (done.removed, "removed"),
        (done.unchanged, "as they were"),
    ];
    let parts = parts.iter().filter(|(count, _)| *count > 0);
    let parts: Vec<String> = parts
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    format!("{}: files: {}", target.display(), parts.join(", "))
}

/// What a dry run would have done.
pub(super) fn would_write(migrated: &Migrated, target: &Path) -> String {
    let files = counted(migrated.files, "file", "files");
    format!("{}: {files} would be written", target.display())
}

fn losses(items: &[Loss], args: &Args, paint: Paint, out: &mut String) {
    let mut rest = items;
    while let Some(first) = rest.first() {
        let count = rest
            .iter()
            .take_while(|item| item.code == first.code)
            .count();
        let (same, behind) = rest.split_at(count);
        rest = behind;
        let places: usize = same.iter().map(|item| item.places.len()).sum();
        let heading = format!(
            "{} {}: {} in {}",
            first.class.as_str(),
            first.code,
            counted(same.len(), "item", "items"),
            counted(places, "place", "places"),
        );
        let _ = writeln!(
            out,
            "\n{}: {}",
            paint.tone(Tone::Strong, heading),
            first.why
        );
        let shown = if args.verify { same.len() } else { FEW };
        for item in same.iter().take(shown) {
            line(item, out);
        }
        if same.len() > shown {
            let more = same.len() - shown;
            let _ = writeln!(out, "  … and {more} more; --loss-report FILE lists all");
        }
    }
}

fn line(item: &Loss, out: &mut String) {
    let more = item.places.len().saturating_sub(1);
    let place = item.places.first().map(place).unwrap_or_default();
    let entry = item.entry.as_deref().unwrap_or("");
    let space = if entry.is_empty() { "" } else { ": " };
    let _ = write!(out, "  {}{space}{}", Escaped(entry), Escaped(&item.what));
    let _ = write!(out, " ({}", Escaped(&place));
    if more > 0 {
        let _ = write!(out, " and {}", counted(more, "other place", "other places"));
    }
    out.push_str(")\n");
}

/// A file, a pointer, or both.
fn place(spot: &Spot) -> String {
    match (spot.file.as_str(), spot.pointer.as_str()) {
        ("", "") => "the whole".to_owned(),
        ("", pointer) => pointer.to_owned(),
        (file, "") => file.to_owned(),
        (file, pointer) => format!("{file} {pointer}"),
    }
}

fn proof(found: &Verification, paint: Paint, out: &mut String) {
    let compared = counted(found.compared, "entry", "entries");
    if found.unreported.is_empty() {
        let reported = match found.reported {
            0 => "no difference".to_owned(),
            count => {
                let differences = counted(count, "difference", "differences");
                format!("{differences}, all in the items above")
            }
        };
        let heading = format!("verified there and back: {compared}, {reported}");
        let _ = writeln!(out, "\n{}", paint.tone(Tone::Strong, heading));
        return;
    }
    let count = counted(found.unreported.len(), "difference", "differences");
    let heading = format!("not verified: {count} that no item announces, in {compared}");
    let _ = writeln!(out, "\n{}", paint.tone(Tone::Strong, heading));
    for spot in found.unreported.iter().take(50) {
        let _ = writeln!(out, "  {}", Escaped(&place(spot)));
    }
}
