//! Colours for what is not drawn by miette.

use std::fmt::Display;

use clap::builder::styling::{AnsiColor, Style};

use crate::diagnostic::Severity;

/// What a piece of text is, which decides its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Nothing special.
    Plain,
    /// A heading.
    Strong,
    /// Something beside the point.
    Quiet,
    /// Something to type, or a name.
    Code,
    /// All is well.
    Good,
    /// A finding of this severity.
    Severity(Severity),
}

/// Colours text, or leaves it as it is. The text must be safe to print already.
#[derive(Clone, Copy, Debug)]
pub struct Paint {
    /// Whether colours are wanted.
    pub color: bool,
}

impl Paint {
    /// A text in its colour.
    #[must_use]
    pub fn tone(self, tone: Tone, text: impl Display) -> String {
        if !self.color {
            return text.to_string();
        }
        let style = style(tone);
        format!("{style}{text}{style:#}")
    }
}

fn style(tone: Tone) -> Style {
    let color = |color: AnsiColor| Style::new().fg_color(Some(color.into()));
    match tone {
        Tone::Plain => Style::new(),
        Tone::Strong => Style::new().bold(),
        Tone::Quiet => Style::new().dimmed(),
        Tone::Code | Tone::Severity(Severity::Note) => color(AnsiColor::Cyan),
        Tone::Good => color(AnsiColor::Green),
        Tone::Severity(Severity::Warning) => color(AnsiColor::Yellow),
        Tone::Severity(Severity::Error) => color(AnsiColor::Red),
    }
}

/// `1 entry`, `2 entries`.
#[must_use]
pub fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
