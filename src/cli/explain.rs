//! `corpuslint explain`

use std::fmt::Write as _;
use std::io::IsTerminal;

use super::{Failure, Outcome, Screen, find_rule, output};
use crate::report::{Paint, Tone, clipped};
use crate::rule::Rule;
use crate::rules::RULES;

/// Arguments of `explain`.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The rule; without it, the table of all rules
    rule: Option<String>,
}

pub(super) fn run(args: &Args, screen: Screen) -> Result<Outcome, Failure> {
    let to_terminal = std::io::stdout().is_terminal();
    let paint = Paint {
        color: screen.wants_color(to_terminal),
    };
    let text = match &args.rule {
        Some(name) => page(find_rule(name)?, paint),
        None => table(paint, to_terminal.then(output::width)),
    };
    output::print(|out| out.write_all(text.as_bytes()))?;
    Ok(Outcome::Clean)
}

fn level(rule: &Rule, paint: Paint) -> String {
    let level = format!("{:7}", rule.level.as_str());
    paint.tone(Tone::Severity(rule.level), level)
}

/// All rules, a line each: what it finds is cut to the width of the terminal.
fn table(paint: Paint, width: Option<usize>) -> String {
    let mut out = String::new();
    let longest = RULES.iter().map(|rule| rule.name.len()).max().unwrap_or(0);
    let mut group = None;
    for rule in RULES {
        if group != Some(rule.group) {
            let gap = if group.is_none() { "" } else { "\n" };
            group = Some(rule.group);
            let heading = paint.tone(Tone::Strong, rule.group.as_str());
            let _ = writeln!(out, "{gap}{heading}");
        }
        let first = rule.page.lines().next().unwrap_or("");
        let room = width.map_or(usize::MAX >> 4, |width| {
            width.saturating_sub(longest + 19).max(20)
        });
        let name = paint.tone(Tone::Code, format!("{:longest$}", rule.name));
        let fix = if rule.has_fix() { "fix" } else { "   " };
        let first = clipped(first, room);
        let _ = writeln!(out, "  {name}  {}  {fix}  {first}", level(rule, paint));
    }
    let hint = "`corpuslint explain RULE` shows the page of a rule, with examples";
    let _ = writeln!(out, "\n{}", paint.tone(Tone::Quiet, hint));
    out
}

/// The page of a rule under its name; its Markdown with colours, or as it is.
fn page(rule: &Rule, paint: Paint) -> String {
    let fix = if rule.has_fix() { ", has a fix" } else { "" };
    let heading = format!(
        "# {}\n\ngroup {}, level {}{fix}",
        rule.name,
        rule.group.as_str(),
        rule.level.as_str(),
    );
    if paint.color {
        let (name, about) = heading.split_once("\n\n").unwrap_or((&heading, ""));
        let about = paint.tone(Tone::Quiet, about);
        let page = colored(rule.page, paint);
        return format!("{}\n{about}\n\n{page}", inline_heading(name, paint));
    }
    format!("{heading}\n\n{}", rule.page)
}

/// Markdown for a terminal: headings, fenced blocks and code in a line.
fn colored(text: &str, paint: Paint) -> String {
    let mut out = String::new();
    let mut fence: Option<&str> = None;
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if let Some(info) = line.strip_prefix("```") {
            fence = match fence {
                None => Some(info),
                Some(_) => None,
            };
            if fence.is_some_and(|info| info == "findings" || info == "fixed") {
                let title = if info == "fixed" {
                    "after the fix"
                } else {
                    "finds"
                };
                let _ = writeln!(out, "  {}", paint.tone(Tone::Quiet, title));
            }
        } else if let Some(info) = fence {
            let line = if info == "findings" {
                finding(line, paint)
            } else {
                line.to_owned()
            };
            let _ = writeln!(out, "  {} {line}", paint.tone(Tone::Quiet, "│"));
        } else if line.starts_with('#') {
            let _ = writeln!(out, "{}", inline_heading(line, paint));
        } else {
            let _ = writeln!(out, "{}", inline(line, paint));
            // The name of an example stands right on top of it.
            if line.starts_with('`') && line.ends_with('`') {
                let _ = lines.next_if(|next| next.is_empty());
            }
        }
    }
    out
}

/// A line of expected findings: the first of each is in the colour of its severity.
fn finding(line: &str, paint: Paint) -> String {
    use crate::diagnostic::Severity::{Error, Note, Warning};
    for severity in [Error, Warning, Note] {
        let word = format!(" {}: ", severity.as_str());
        if let Some((place, message)) = line.split_once(&word) {
            let word = paint.tone(Tone::Severity(severity), severity.as_str());
            return format!("{place} {word}: {message}");
        }
    }
    line.to_owned()
}

fn inline_heading(line: &str, paint: Paint) -> String {
    let text = line.trim_start_matches('#').trim_start();
    paint.tone(Tone::Strong, text.replace('`', ""))
}

fn inline(line: &str, paint: Paint) -> String {
    let parts = line.split('`').enumerate();
    parts
        .map(|(number, part)| match number % 2 {
            0 => part.to_owned(),
            _ => paint.tone(Tone::Code, part),
        })
        .collect()
}
