//! Typical mistakes in YAML, each found by what stands around the place where the scanner stopped.

use super::explain::Explained;
use super::lines::{Line, closes, opened};
use crate::text::Span;

/// Where the scanner stopped.
pub(super) struct Place<'s> {
    /// The source up to the end of its YAML.
    pub(super) source: &'s str,
    /// Where its YAML begins.
    pub(super) begin: usize,
    /// The end of what was read for certain.
    pub(super) from: usize,
    /// The offset that the scanner names.
    pub(super) at: usize,
}

/// Looks for one mistake.
pub(super) type Clue = fn(&Place<'_>) -> Option<Explained>;

/// The mistakes that show as a line in the wrong place.
pub(super) const LAYOUT: &[Clue] = &[
    merge_mark,
    tab,
    unclosed_quote,
    unclosed_bracket,
    directive,
    behind_bracket,
    bad_start,
    stray_colon,
    dedented_text,
    no_space,
    line_above,
    indentation,
];

/// What to do about a line that is nothing.
pub(super) const NOT_A_FIELD: &str =
    "write `name: value` for a field, or indent the line if it continues the text above";

impl<'s> Place<'s> {
    pub(super) fn line(&self) -> Line<'s> {
        Line::around(self.source, self.at)
    }

    /// The nearest line above another that says something.
    fn said_above(&self, line: Line<'s>) -> Option<Line<'s>> {
        let above =
            std::iter::successors(line.before(self.source), |line| line.before(self.source));
        above
            .take_while(|line| line.start >= self.begin)
            .find(|line| line.is_said())
    }

    fn character(&self) -> Option<char> {
        self.source[self.at..].chars().next()
    }

    /// From the fault to the next blank.
    fn word(&self) -> Span {
        let rest = &self.source[self.at..];
        let length = rest.find([' ', '\t', '\n', '\r']).unwrap_or(rest.len());
        Span::new(self.at, self.at + length)
    }
}

/// The character at an offset; at the end of a line, the last one of it.
pub(super) fn one_character(source: &str, at: usize) -> Span {
    let rest = &source[at..];
    match rest.chars().next() {
        Some(c) if c != '\n' && c != '\r' => Span::new(at, at + c.len_utf8()),
        _ => match source[..at].chars().next_back() {
            Some(c) if c != '\n' && c != '\r' => Span::new(at - c.len_utf8(), at),
            _ => Span::at(at),
        },
    }
}

/// What git leaves in a file where two versions could not be merged.
pub(super) fn merge_mark(place: &Place<'_>) -> Option<Explained> {
    let end = place.line().end();
    let mut line = Line::around(place.source, place.begin);
    while line.start < end {
        if line.text.starts_with("<<<<<<< ") || line.text.starts_with(">>>>>>> ") {
            return Some(Explained::new(
                "this is the mark of a merge that was not finished",
                "keep one of the versions between the marks, and delete the lines of `<<<<<<<`, `=======` and `>>>>>>>`",
                line.span(),
            ));
        }
        line = line.after(place.source)?;
    }
    None
}

/// A tab in the indentation of the line, or of the ones around it.
pub(super) fn tab(place: &Place<'_>) -> Option<Explained> {
    let line = place.line();
    let around = [
        Some(line),
        line.after(place.source),
        line.before(place.source),
    ];
    let found = around.into_iter().flatten().find_map(|line| {
        let tab = line.start + line.indent().find('\t')?;
        (line.start >= place.begin && line.is_said()).then_some(tab)
    })?;
    Some(Explained::new(
        "there is a tab in the indentation",
        "indent with spaces, two for each level",
        Span::new(found, found + 1),
    ))
}

/// The quote that was opened and never closed.
pub(super) fn unclosed_quote(place: &Place<'_>) -> Option<Explained> {
    // At the end of the source the scanner names the quote itself.
    let end = if matches!(place.character(), Some('"' | '\'')) {
        place.source.len()
    } else {
        place.at
    };
    let open = opened(place.source, place.from, end).quote?;
    if open > place.at {
        return None;
    }
    let line = Line::around(place.source, open);
    Some(Explained::new(
        "this quote is never closed",
        "close it at the end of the text; a quote inside the text is written twice (`''`) or as `\\\"`",
        Span::new(open, line.span().end as usize),
    ))
}

/// The bracket that was opened and never closed.
pub(super) fn unclosed_bracket(place: &Place<'_>) -> Option<Explained> {
    let from = place.from.min(place.at);
    let end = if matches!(place.character(), Some('[' | '{')) {
        place.source.len()
    } else {
        place.at
    };
    let &(open, bracket) = opened(place.source, from, end).brackets.last()?;
    let close = closes(bracket);
    if place.character() == Some(close) {
        return Some(Explained {
            message: format!("this `{close}` stands too far left"),
            help: "indent it further than the field whose value it closes",
            span: one_character(place.source, place.at),
            opened: Some(one_character(place.source, open)),
        });
    }
    let what = if bracket == '[' { "list" } else { "group" };
    Some(Explained::new(
        format!("this {what} is never closed with `{close}`"),
        "close it, or put the text in quotes if the bracket belongs to the text",
        one_character(place.source, open),
    ))
}

/// `[a, b}`: the scanner names the bracket that opens.
pub(super) fn mismatched_bracket(place: &Place<'_>) -> Option<Explained> {
    let wrong = opened(place.source, place.at, place.source.len()).mismatch?;
    let open = place.character()?;
    Some(Explained {
        message: format!("`{open}` must be closed by `{}`", closes(open)),
        help: "a list is `[…]`, a group of fields `{…}`",
        span: one_character(place.source, wrong),
        opened: Some(one_character(place.source, place.at)),
    })
}

/// `%` at the start of a line is an instruction to the reader (YAML 1.2.2, 6.8).
fn directive(place: &Place<'_>) -> Option<Explained> {
    let here = place.line();
    let line = if here.text.starts_with('%') {
        here
    } else {
        place.said_above(here)?
    };
    line.text.starts_with('%').then(|| {
        Explained::new(
            "a line must not begin with `%`",
            "indent the line if it continues the text above, or put the text in quotes",
            Span::new(line.start, line.start + 1),
        )
    })
}

/// `[a] b`
fn behind_bracket(place: &Place<'_>) -> Option<Explained> {
    let line = place.line();
    let before = place.source[line.start..place.at].trim_end_matches([' ', '\t']);
    let bracket = before.chars().next_back()?;
    if !matches!(bracket, ']' | '}') || matches!(place.character()?, ':' | '\n' | '\r') {
        return None;
    }
    Some(Explained::new(
        format!("there is text behind the closing `{bracket}`"),
        "put the whole text in quotes if the brackets belong to it",
        Span::new(place.at, line.span().end as usize),
    ))
}

/// A sign at the start of a value that means something else to YAML.
fn bad_start(place: &Place<'_>) -> Option<Explained> {
    let c = place.character()?;
    let line = place.line();
    let before = place.source[line.start..place.at].trim_end_matches([' ', '\t']);
    let first = before.is_empty() || before.ends_with([':', '-', '[', ',', '{']);
    let sign = matches!(c, '@' | '`' | '%' | ',' | '&' | '*' | '?' | '|' | '>' | '!');
    if !first || !sign || (c == '%' && place.at == line.start) {
        return None;
    }
    let message = if c == '`' {
        "a value cannot begin with a backtick".to_owned()
    } else {
        format!("a value cannot begin with `{c}`")
    };
    Some(Explained::new(
        message,
        "put the text in quotes, if the sign belongs to it",
        one_character(place.source, place.at),
    ))
}

/// `title: Theft: the sequel` reads as a field in a field.
fn stray_colon(place: &Place<'_>) -> Option<Explained> {
    let before = &place.source[place.line().start..place.at];
    (place.character() == Some(':') && before.contains(": ")).then(|| {
        Explained::new(
            "the text contains `: `, which begins a field",
            "put the text in quotes: `title: 'one: two'`",
            one_character(place.source, place.at),
        )
    })
}

/// A line of a block text that is not indented like the others.
fn dedented_text(place: &Place<'_>) -> Option<Explained> {
    let here = place.line();
    let width = here.indent().len();
    if place.at != here.start + width || here.name() != here.span() {
        return None;
    }
    let mut line = place.said_above(here)?;
    // The lines of the text, up to the one that begins it.
    while !line.opens_block_text() {
        if line.indent().len() <= width {
            return None;
        }
        line = place.said_above(line)?;
    }
    Some(Explained {
        message: "this line is not indented like the text above, so it does not belong to it"
            .to_owned(),
        help: "indent it like the first line of the text; or write `name: value`, if it is a field",
        span: here.span(),
        opened: Some(line.span()),
    })
}

/// `title:x`, `-x`, on the line itself or on the one above.
fn no_space(place: &Place<'_>) -> Option<Explained> {
    let here = place.line();
    let line = if here.name() == here.span() {
        here
    } else {
        place.said_above(here)?
    };
    glued_dash(place, line).or_else(|| glued_colon(line))
}

fn glued_dash(place: &Place<'_>, line: Line<'_>) -> Option<Explained> {
    let rest = line.content().strip_prefix('-')?;
    let list = [place.said_above(line), line.after(place.source)];
    let in_list = list.into_iter().flatten().any(|other| {
        other.content().starts_with("- ") && other.indent().len() == line.indent().len()
    });
    if !in_list || rest.is_empty() || rest.starts_with([' ', '-']) {
        return None;
    }
    let dash = line.span().start as usize;
    Some(Explained::new(
        "a space is missing behind this `-`",
        "write `- value`",
        Span::new(dash, dash + 1),
    ))
}

fn glued_colon(line: Line<'_>) -> Option<Explained> {
    let content = line.content().trim_start_matches("- ");
    if line.name() != line.span() || content.starts_with(['"', '\'']) {
        return None;
    }
    let (name, value) = content.split_once(':')?;
    if name.is_empty() || name.contains(' ') || value.starts_with("//") {
        return None;
    }
    let start = line.span().end as usize - value.len();
    let (message, help, span) = match value.chars().next() {
        Some(c) if c.is_whitespace() => (
            "this looks like a space and is another character",
            "delete it and type a space",
            Span::new(start, start + c.len_utf8()),
        ),
        _ => (
            "a space is missing behind this `:`",
            "write `name: value`",
            Span::new(start - 1, start),
        ),
    };
    Some(Explained::new(message, help, span))
}

/// The field here is in order; the line above, in its column, is no field.
fn line_above(place: &Place<'_>) -> Option<Explained> {
    let here = place.line();
    let above = place.said_above(here)?;
    let alike = above.indent() == here.indent() && place.character() == Some(':');
    (alike && above.name() == above.span()).then(|| {
        Explained::new(
            "this line is neither a field nor an item of a list",
            NOT_A_FIELD,
            above.span(),
        )
    })
}

/// A field or an item in a column where nothing can begin.
fn indentation(place: &Place<'_>) -> Option<Explained> {
    let here = place.line();
    let above = place.said_above(here)?;
    let (width, width_above) = (here.indent().len(), above.indent().len());
    let item = here.content().starts_with("- ");
    let first = place.at == here.start + width || (item && place.at == here.start + width + 2);
    let (message, help) = if width > width_above && (first || place.character() == Some(':')) {
        (
            "this line begins further right than the field above, which has its value already",
            "begin it in the same column as the field above",
        )
    } else if !first {
        return None;
    } else if here.name() == here.span() && !item {
        (
            "this line is neither a field nor an item of a list",
            NOT_A_FIELD,
        )
    } else if width == width_above {
        (
            "fields and items of a list are mixed here",
            "begin every line of a list with `- `, and no line of a group of fields",
        )
    } else {
        (
            "this line begins in another column than the lines that it belongs to",
            "begin it in the same column as they do",
        )
    };
    Some(Explained::new(message, help, here.name()))
}

/// `*bold*`
pub(super) fn starred(place: &Place<'_>) -> Option<Explained> {
    Some(Explained::new(
        "a value that begins with `*` asks for an anchor, and there is none of this name",
        "put the text in quotes if the `*` belongs to it",
        place.word(),
    ))
}

/// `| text`: the header with what stands behind it.
pub(super) fn block_header(place: &Place<'_>) -> Option<Explained> {
    let sign = place.character().filter(|c| matches!(c, '|' | '>'))?;
    Some(Explained::new(
        format!("behind `{sign}` the text must begin on the next line"),
        "put the text on the next line, indented; or in quotes, if the sign belongs to it",
        Span::new(place.at, place.line().span().end as usize),
    ))
}

/// The escape in a quoted text; the scanner names its opening quote.
pub(super) fn escape(place: &Place<'_>) -> Option<Explained> {
    let mut at = place.at + 1;
    loop {
        at += place.source.get(at..)?.find('\\')?;
        let escape = Escape::read(&place.source[at..])?;
        let span = Span::new(at, at + escape.length);
        let (message, help) = match escape.fault {
            None => {
                at += escape.length;
                continue;
            }
            Some(Fault::Unknown) => (
                "this `\\` escape does not exist in YAML",
                "write `\\\\` for a backslash, or put the text in `'…'`, where a backslash is only itself",
            ),
            Some(Fault::NoCharacter) => (
                "this escape stands for no character",
                "write the character itself",
            ),
        };
        return Some(Explained::new(message, help, span));
    }
}

/// An escape of a text in double quotes (YAML 1.2.2, 5.7).
struct Escape {
    length: usize,
    fault: Option<Fault>,
}

enum Fault {
    Unknown,
    NoCharacter,
}

impl Escape {
    /// Reads the escape at the start of a text; `None` at the end of the source.
    fn read(text: &str) -> Option<Self> {
        let sign = text[1..].chars().next()?;
        let wanted = match sign {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => 0,
        };
        let start = 1 + sign.len_utf8();
        let digits = text[start..]
            .bytes()
            .take(wanted)
            .take_while(u8::is_ascii_hexdigit)
            .count();
        let length = start + digits;
        let known = "0abt\tnvfre \"/\\N_LPxuU\r\n".contains(sign) && digits == wanted;
        let number = u32::from_str_radix(&text[start..length], 16).unwrap_or(0);
        // A pair of surrogates is one character, as in JSON.
        let paired = (0xd800..0xdc00).contains(&number) && text[length..].starts_with("\\u");
        let (length, fault) = match char::from_u32(number) {
            _ if !known => (length, Some(Fault::Unknown)),
            None if paired => (length + 6.min(text.len() - length), None),
            None => (length, Some(Fault::NoCharacter)),
            Some(_) => (length, None),
        };
        Some(Self { length, fault })
    }
}
