//! What would become of files, as a unified diff.
//!
//! The form is git's, so that `git apply` and `patch -p1` take it. Characters that a terminal or a CI
//! runner would obey are escaped all the same, as everywhere; a patch with such lines is to be read,
//! not applied.

use std::borrow::Cow;
use std::io::{self, Write};
use std::time::Duration;

use similar::TextDiff;

use super::escape::{is_printed, push};
use super::{Paint, Tone, terminal};
use crate::diagnostic::Severity;
use crate::fix::Rewrite;

/// Lines around a change.
const CONTEXT: usize = 3;

/// Time to look for the smallest change of one file.
const DEADLINE: Duration = Duration::from_secs(2);

/// Writes a patch, and says how many of its lines are escaped. `shown` gives the path of a file as a
/// person in the current folder would write it.
///
/// # Errors
///
/// Those of the writer.
pub fn render_patch(
    rewrites: &[Rewrite],
    shown: &dyn Fn(&str) -> String,
    paint: Paint,
    out: &mut dyn Write,
) -> io::Result<usize> {
    let mut escaped = 0;
    for rewrite in rewrites {
        escaped += file(rewrite, shown, paint, out)?;
    }
    Ok(escaped)
}

fn file(
    rewrite: &Rewrite,
    shown: &dyn Fn(&str) -> String,
    paint: Paint,
    out: &mut dyn Write,
) -> io::Result<usize> {
    let old = shown(&rewrite.path);
    let new = shown(rewrite.target());
    let [old, new] = [&old, &new].map(|path| terminal(path).into_owned());
    let mut head = format!("diff --git a/{old} b/{new}\n");
    match (&rewrite.before, &rewrite.after) {
        (None, _) => head.push_str("new file mode 100644\n"),
        (_, None) => head.push_str("deleted file mode 100644\n"),
        _ if old != new => head.push_str(&format!("rename from {old}\nrename to {new}\n")),
        _ => {}
    }
    let before = rewrite.before.as_deref().unwrap_or("");
    let after = rewrite.after.as_deref().unwrap_or("");
    if before != after {
        let name = |side: char, path: &str, text: &Option<_>| match text {
            None => "/dev/null".to_owned(),
            Some(_) => format!("{side}/{path}"),
        };
        let old = name('a', &old, &rewrite.before);
        let new = name('b', &new, &rewrite.after);
        head.push_str(&format!("--- {old}\n+++ {new}\n"));
    }
    for line in head.lines() {
        writeln!(out, "{}", paint.tone(Tone::Strong, line))?;
    }
    hunks(before, after, paint, out)
}

fn hunks(before: &str, after: &str, paint: Paint, out: &mut dyn Write) -> io::Result<usize> {
    let old = lines(before);
    let new = lines(after);
    let mut diff = TextDiff::configure();
    // Two long texts with nothing in common take time that grows with the square of their length;
    // behind the deadline the rest of one is replaced by the rest of the other, which is as right.
    let diff = diff.timeout(DEADLINE).diff_slices(&old, &new);
    let mut escaped = 0;
    for hunk in diff.unified_diff().context_radius(CONTEXT).iter_hunks() {
        let header = hunk.header().to_string();
        writeln!(out, "{}", paint.tone(Tone::Code, header.trim_end()))?;
        for change in hunk.iter_changes() {
            let sign = change.tag().to_string();
            escaped += line(&sign, change.value(), paint, out)?;
        }
    }
    Ok(escaped)
}

fn line(sign: &str, text: &str, paint: Paint, out: &mut dyn Write) -> io::Result<usize> {
    let sign = sign.chars().next().unwrap_or(' ');
    let whole = text.strip_suffix('\n');
    let safe = safe(sign, whole.unwrap_or(text));
    let escaped = usize::from(matches!(safe, Cow::Owned(_)));
    let tone = match sign {
        '+' => Tone::Good,
        '-' => Tone::Severity(Severity::Error),
        _ => Tone::Plain,
    };
    writeln!(out, "{}", paint.tone(tone, format!("{sign}{safe}")))?;
    if whole.is_none() {
        writeln!(out, "\\ No newline at end of file")?;
    }
    Ok(escaped)
}

/// A line as it may be printed. A carriage return before its end is kept: it is the line's end.
fn safe(sign: char, text: &str) -> Cow<'_, str> {
    let (text_only, end) = match text.strip_suffix('\r') {
        Some(text) => (text, "\r"),
        None => (text, ""),
    };
    // A runner takes away the blank in front before it looks for a command.
    let command = sign == ' ' && text.trim_start().starts_with("::");
    let runner = names_a_command(text);
    let printed = |c: char| is_printed(c) || c == '\t';
    if !command && !runner && text_only.chars().all(printed) {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    for c in text_only.chars() {
        match c {
            '\t' => out.push(c),
            c => push(&mut out, c),
        }
    }
    out.push_str(end);
    Cow::Owned(out)
}

/// Whether `##` stands before something else than the blank of a heading, as in `##[error]`,
/// `##vso[` and `##teamcity[`.
fn names_a_command(text: &str) -> bool {
    let mut rest = text;
    while let Some(at) = rest.find("##") {
        rest = rest[at..].trim_start_matches('#');
        if !matches!(rest.chars().next(), None | Some(' ' | '\t' | '\r')) {
            return true;
        }
    }
    false
}

/// The lines of a text, each with its LF: a lone CR ends no line of a patch.
fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}
