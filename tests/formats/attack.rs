//! Texts that a terminal, a CI runner, a browser or a spreadsheet would obey, and what none of them
//! may see.

/// Each alone, and all of them as one.
pub(super) fn texts() -> Vec<String> {
    let parts = [
        "\u{1b}[2J\u{1b}]0;title\u{7}",
        "\u{9b}31m\u{85}",
        "\u{202e}\u{2066}\u{200b}\u{feff}\u{e0041}",
        "a\nb\r\nc\rd",
        "\u{2028}\u{2029}\u{0}\u{7f}",
        "::error::x",
        "\n::add-mask::x\n  ::stop-commands::y",
        "x%0A::error::y%0D%25",
        "##[add-mask]x ##[error]y ##vso[task.x]z",
        "` `` ``` ````\n```\n~~~",
        "a|b\\|c\\\\|d\n| x | y |\n|---|---|",
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)> <!-- x --> <details>",
        "@everyone @user hello@mail.example",
        "[x](javascript:alert(1)) ![y](http://evil.example/z.png) [a][b]\n\n[b]: http://evil.example",
        "[link](1) ]( http://evil.example www.evil.example mailto:a@b.example",
        "#1 GH-12 owner/name#3 deadbeefdeadbeef :tada: $x^2$",
        "]]> &amp; &#0; &lt;b&gt; \" ' <![CDATA[",
        "=cmd|' /C calc'!A0",
        "+1 -1 @SUM(1)",
        "- item\n1. item\n# heading\n> quote\n---\n===\n    code",
        "**bold** _it_ ~~gone~~ [^1] {#id}",
        "a,b:c;d=e",
        "\u{fffe}\u{ffff}\u{fffd}",
    ];
    let mut texts: Vec<String> = parts.map(str::to_owned).to_vec();
    texts.push(parts.concat());
    texts.push(parts.join(" "));
    texts.push(parts.join("\n"));
    texts.push("long ".repeat(3000));
    texts.push("x".repeat(20_000));
    texts.push("`".repeat(500));
    texts
}

/// A text that is only a text.
pub(super) const HARMLESS: &str = "word";

/// Asserts that nothing in a text moves a terminal or hides itself.
#[track_caller]
pub(super) fn assert_printable(out: &str) {
    for c in out.chars() {
        let is_layout = c == '\n';
        let is_hidden = matches!(c, '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fffe}'..='\u{ffff}'
            | '\u{e0000}'..='\u{e0fff}');
        let is_control = c.is_control() && !is_layout;
        assert!(!is_hidden && !is_control, "{c:?} in {out}");
    }
}

/// Asserts that a CI runner obeys no line, as GitHub's reads them: `::` where a line begins, behind
/// white space, and `##[` anywhere.
#[track_caller]
pub(super) fn assert_no_command(out: &str) {
    assert!(!out.contains("##[") && !out.contains("##vso"), "{out}");
    for line in out.split(['\n', '\r']) {
        assert!(!line.trim_start().starts_with("::"), "{line}");
    }
}
