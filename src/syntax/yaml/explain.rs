//! Faults of YAML, told to a person who does not know YAML.
//!
//! The scanner says where it could not go on; the mistake is often elsewhere. For each kind of fault
//! a list of clues is tried in order, each looking for one typical mistake.

use granit_parser::{ErrorKind, ErrorKind as E, ScanError};

use super::clues::{self, Clue, LAYOUT, NOT_A_FIELD, Place, one_character};
use crate::text::Span;

/// A fault as it is reported.
#[derive(Debug)]
pub(super) struct Explained {
    pub(super) message: String,
    pub(super) help: &'static str,
    pub(super) span: Span,
    pub(super) opened: Option<Span>,
}

impl Explained {
    pub(super) fn new(message: impl Into<String>, help: &'static str, span: Span) -> Self {
        Self {
            message: message.into(),
            help,
            span,
            opened: None,
        }
    }
}

/// What a person should read for an error of the scanner.
pub(super) fn explain(error: &ScanError, place: &Place<'_>) -> Explained {
    let kind = error.kind();
    let row = ROWS.iter().find(|row| (row.is)(kind)).unwrap_or(&OTHER);
    let found = row.clues.iter().find_map(|clue| clue(place));
    found.unwrap_or_else(|| Explained::new(row.message, row.help, fallback(kind, place)))
}

/// The place to show where no clue has a better one.
fn fallback(kind: &ErrorKind, place: &Place<'_>) -> Span {
    let line = place.line();
    match kind {
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey
            if line.span().start as usize == place.at =>
        {
            line.span()
        }
        _ => one_character(place.source, place.at),
    }
}

/// What is said for some kinds of faults, where no clue says more.
struct Row {
    is: fn(&ErrorKind) -> bool,
    clues: &'static [Clue],
    message: &'static str,
    help: &'static str,
}

macro_rules! row {
    ($kinds:pat => $clues:expr, $message:expr, $help:expr) => {
        Row {
            is: |kind| matches!(kind, $kinds),
            clues: $clues,
            message: $message,
            help: $help,
        }
    };
}

const OTHER: Row = row!(
    _ => LAYOUT,
    "this does not fit what is around it",
    "compare it with the lines around it; a field is `name: value`, an item `- value`"
);

const ROWS: &[Row] = &[
    row!(
        E::UnclosedQuotedScalar | E::DocumentIndicatorInQuotedScalar
        | E::InvalidQuotedScalarIndent => &[clues::unclosed_quote],
        "the quoted text is not indented here",
        "indent it further than its field, or close the quote before this line"
    ),
    row!(
        E::InvalidTrailingSingleQuotedScalar => &[clues::merge_mark],
        "there is text behind the closing `'`",
        "write the quote inside the text twice (`''`), or put the whole text in `\"…\"`"
    ),
    row!(
        E::InvalidTrailingDoubleQuotedScalar => &[clues::merge_mark],
        "there is text behind the closing `\"`",
        "write the quote inside the text as `\\\"`, or put the whole text in `'…'`"
    ),
    row!(
        E::UnknownQuotedScalarEscape | E::InvalidQuotedScalarHexEscape => &[clues::escape],
        "this `\\` escape does not exist in YAML",
        "write `\\\\` for a backslash, or put the text in `'…'`, where a backslash is only itself"
    ),
    row!(
        E::InvalidLowSurrogateHexEscape | E::InvalidLowSurrogate | E::MissingLowSurrogate
        | E::UnpairedLowSurrogate | E::InvalidUnicodeEscape => &[clues::escape],
        "this escape stands for no character",
        "write the character itself"
    ),
    row!(
        E::UnclosedFlowCollection { .. } | E::UnexpectedEofFlowSequence
        | E::UnexpectedEofFlowMapping | E::UnexpectedEofImplicitFlowMapping
        | E::InvalidFlowScalarIndent => &[clues::unclosed_bracket],
        "this bracket is never closed",
        "close it, or put the text in quotes if the bracket belongs to the text"
    ),
    row!(
        E::MismatchedFlowCollectionEnd { .. } => &[clues::mismatched_bracket],
        "this bracket is closed by one of the other kind",
        "a list is `[…]`, a group of fields `{…}`"
    ),
    row!(
        E::MisplacedFlowCollectionEnd => &[],
        "this bracket closes nothing",
        "delete it, or put the text in quotes if the bracket belongs to the text"
    ),
    row!(
        E::ExpectedFlowMappingSeparator | E::ExpectedFlowSequenceSeparator => &[],
        "a `,` or a closing bracket is missing here",
        "write `,` between the items, and close the bracket"
    ),
    row!(
        E::UnknownAnchor => &[clues::starred],
        "a value that begins with `*` asks for an anchor, and there is none of this name",
        "put the text in quotes if the `*` belongs to it"
    ),
    row!(
        E::InvalidBlockScalarHeader | E::ZeroBlockScalarIndent => &[clues::merge_mark, clues::block_header],
        "the text must begin on the line below this",
        "put the text on the next line, indented; or in quotes, if the sign belongs to it"
    ),
    row!(
        E::InvalidBlockScalarIndent | E::TabAtBlockScalarStart => &[clues::tab],
        "the first line of this text is not indented like the others",
        "indent every line of the text by the same number of spaces"
    ),
    row!(
        E::CommentNotSeparated => &[],
        "a space is missing before this `#`",
        "write ` # ` before a comment, or put the text in quotes if the `#` belongs to it"
    ),
    row!(
        E::CommentInterceptedScalar => &[clues::tab],
        "this comment stands in the middle of a text",
        "move the comment to a line above, or put the text in quotes if the `#` belongs to it"
    ),
    row!(
        E::BlockSequenceEntryNotAllowed => &[clues::merge_mark, clues::tab],
        "a list cannot begin on the line of its field",
        "begin it on the next line with `- `, or put the text in quotes if the `-` belongs to it"
    ),
    row!(
        E::BlockEntryInFlowCollection | E::PlainScalarStartsWithDashFlowIndicator => &[],
        "there is no `-` between brackets",
        "write the items with `,` between them, or put the text in quotes"
    ),
    row!(
        E::BomInsideDocument => &[],
        "an invisible byte order mark (U+FEFF) stands here",
        "delete it; it was probably pasted by accident"
    ),
    row!(
        E::InvalidDocumentEnd => &[],
        "there is text behind `...`, which ends the document",
        "put the text in quotes, or begin it on a line of its own"
    ),
    row!(
        E::UndeclaredTagHandle | E::ExpectedTagBang | E::InvalidGlobalTagCharacter
        | E::InvalidTagTerminator | E::MissingTagUri | E::UnclosedVerbatimTag
        | E::InvalidTagEscape | E::InvalidTagUtf8LeadingByte | E::InvalidTagUtf8TrailingByte
        | E::InvalidTagUtf8 => &[],
        "a value that begins with `!` is a tag, and YAML does not know this one",
        "put the text in quotes if the `!` belongs to it"
    ),
    row!(
        E::RecursionLimitExceeded => &[],
        "the values are nested too deeply",
        "use fewer levels of lists and fields"
    ),
    row!(
        E::TooManyComments => &[],
        "there are too many comments in a row",
        "delete some of them"
    ),
    row!(
        E::SimpleKeyExpected | E::InvalidSimpleKey => LAYOUT,
        "this line is neither a field nor an item of a list",
        NOT_A_FIELD
    ),
];

#[cfg(test)]
mod tests {
    use crate::syntax::{Format, Limits, ProblemKind, parse};

    /// The message and the text under the span of the one fault of a source.
    fn fault(source: &str) -> (String, String) {
        let (_, problems) = parse(source, Format::Yaml, None, &Limits::default());
        let mut faults = problems.iter().filter_map(|problem| match &problem.kind {
            ProblemKind::Syntax { message, help, .. } => {
                assert!(help.is_some_and(|help| !help.is_empty()), "{source:?}");
                Some((message.clone(), problem.span.slice(source).to_owned()))
            }
            _ => None,
        });
        let first = faults
            .next()
            .unwrap_or_else(|| panic!("{source:?} is read"));
        assert_eq!(faults.next(), None);
        first
    }

    fn check(cases: &[(&str, &str, &str)]) {
        for (source, part, culprit) in cases {
            let (message, under) = fault(source);
            assert!(message.contains(part), "{source:?}: {message}");
            assert_eq!(under, *culprit, "{source:?}: {message}");
        }
    }

    #[test]
    fn lines_in_the_wrong_place() {
        check(&[
            ("a:\n\tb: 1\n", "tab in the indentation", "\t"),
            ("a:\n  b: 1\n\tc: 2\n", "tab in the indentation", "\t"),
            ("a:\n  b: 1\n   c: 2\n", "further right", "c"),
            ("id: A\n\n # x\n  title: x\n", "further right", "title"),
            ("a:\n  b: 1\n c: 2\n", "another column", "c"),
            ("a:\n  - x\n - y\n", "another column", "- y"),
            ("  a: 1\nb: 2\n", "another column", "b"),
            ("a:\n  b: 1\n  - y\n", "mixed", "- y"),
            ("a:\n  - x\n  y: 1\n", "mixed", "y"),
            ("a: - x\n", "list cannot begin", "-"),
            ("a: |\r\n  one\r\ntwo\r\nb: 1\r\n", "not indented", "two"),
            (
                "a: >\n    one\n\n  two\n    three\nb: 1\n",
                "not indented",
                "two",
            ),
            ("a: | text\nb: 1\n", "on the next line", "| text"),
        ]);
    }

    #[test]
    fn lines_that_are_nothing() {
        check(&[
            ("id: X\ntitle:x\n", "space is missing behind this `:`", ":"),
            ("title:x\nz: 1\n", "space is missing behind this `:`", ":"),
            (
                "a:\n  b:x\n  c: 1\n",
                "space is missing behind this `:`",
                ":",
            ),
            ("a:\u{a0}1\nb: 2\n", "another character", "\u{a0}"),
            (
                "a:\n  - x\n  -y\n  - z\n",
                "space is missing behind this `-`",
                "-",
            ),
            ("a: 1\nkey value\nb: 2\n", "neither a field", "key value"),
            ("key value\nb: 2\n", "neither a field", "key value"),
            (
                "a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> x\n",
                "merge",
                "<<<<<<< HEAD",
            ),
            ("t: |\n  x\n<<<<<<< HEAD\n  y\n", "merge", "<<<<<<< HEAD"),
        ]);
    }

    #[test]
    fn signs_in_a_text() {
        check(&[
            ("title: A: b\n", "`: `, which begins a field", ":"),
            (
                "id: X\ntitle: Theft: the sequel\n",
                "`: `, which begins a field",
                ":",
            ),
            ("a: @handle\n", "cannot begin with `@`", "@"),
            ("- `x`\n", "a backtick", "`"),
            ("a: %x\n", "cannot begin with `%`", "%"),
            ("a: 1\n%b: 2\n", "line must not begin with `%`", "%"),
            ("%x\n", "line must not begin with `%`", "%"),
            ("a: & b\n", "cannot begin with `&`", "&"),
            ("a: , b\n", "cannot begin with `,`", ","),
            ("a: **bold** b\n", "begins with `*`", "**bold**"),
            ("a: !e!x y\n", "tag", "!"),
            ("a: \"x\"#y\n", "before this `#`", "#"),
            ("a: x # c\n  y\n", "comment", "#"),
            ("a: \u{1}b\n", "U+0001", "\u{1}"),
        ]);
    }

    #[test]
    fn quotes_and_brackets() {
        check(&[
            (
                "a: 1\ntitle: \"Theft\ndate: 1\n",
                "quote is never closed",
                "\"Theft",
            ),
            ("a: 'one\nb: 'two'\n", "quote is never closed", "'one"),
            ("title: \"Theft", "quote is never closed", "\"Theft"),
            ("a: 'it's'\n", "behind the closing `'`", "s"),
            ("a: \"x\" y\n", "behind the closing `\"`", "y"),
            ("a: \"\\n C:\\path\"\n", "escape does not exist", "\\p"),
            (
                "a: \"\\ud83d\\ude00 \\u12\"\n",
                "escape does not exist",
                "\\u12",
            ),
            ("a: \"\\ud800\"\n", "no character", "\\ud800"),
            ("t: see [1\na: [x, y\nb: 1\n", "never closed with `]`", "["),
            ("a: {x: [1], y: 2\nb: 1\n", "never closed with `}`", "{"),
            ("a: [x, ']'\n", "never closed with `]`", "["),
            ("a: [\n  x\n]\n", "too far left", "]"),
            ("a: [x, y}\n", "must be closed by `]`", "}"),
            ("a: x]\nb: [1]]\n", "closes nothing", "]"),
            ("a: [b] c d\n", "behind the closing `]`", "c d"),
        ]);
    }
}
