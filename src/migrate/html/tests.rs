use super::*;

fn converted(html: &str) -> Converted {
    Converter::default().to_markdown(html).expect("Markdown")
}

/// All the descriptions of a release.
fn descriptions(value: &serde_json::Value, found: &mut std::collections::BTreeSet<String>) {
    match value {
        serde_json::Value::Object(fields) => {
            for (key, value) in fields {
                match value {
                    serde_json::Value::String(text) if key == "description" => {
                        found.insert(text.clone());
                    }
                    value => descriptions(value, found),
                }
            }
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| descriptions(item, found)),
        _ => {}
    }
}

#[test]
fn what_the_publisher_writes_comes_back() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/itm");
    if !folder.exists() {
        println!("skipped: ../shared/data/itm is not here");
        return;
    }
    let mut all = std::collections::BTreeSet::new();
    for release in ["v1.0", "v1.1", "v1.2", "v1.10", "v1.11"] {
        let text = std::fs::read_to_string(folder.join(format!("{release}.json"))).expect("text");
        descriptions(&serde_json::from_str(&text).expect("JSON"), &mut all);
    }
    let mut verdicts = std::collections::BTreeMap::<String, usize>::new();
    let mut dropped = BTreeMap::<String, usize>::new();
    for html in &all {
        let found = converted(html);
        *verdicts.entry(format!("{:?}", found.back)).or_default() += 1;
        for (what, count) in found.dropped {
            *dropped.entry(what).or_default() += count;
        }
        let same = matches!(found.back, Back::Same | Back::Cleaned);
        assert!(same, "{:?}\n{html}\n{}", found.back, found.markdown);
        let back = to_html(&found.markdown);
        let again = converted(&back);
        assert_eq!(again.markdown, found.markdown);
        assert_eq!(to_html(&again.markdown), back);
    }
    assert_eq!(verdicts["Same"], 358, "{verdicts:?}");
    assert_eq!(dropped["empty <p>"], 591, "{dropped:?}");
}

/// HTML, its Markdown, what was dropped, and what the way back gives.
fn case(html: &str, markdown: &str, dropped: &str, back: Back) {
    let found = converted(html);
    let counts = found
        .dropped
        .iter()
        .map(|(what, count)| format!("{count} {what}"));
    let counts: Vec<String> = counts.collect();
    assert_eq!(found.markdown, markdown, "{html}");
    assert_eq!(counts.join(", "), dropped, "{html}");
    assert_eq!(found.back, back, "{html}: {}", to_html(&found.markdown));
}

#[test]
fn structure_is_kept() {
    for (html, markdown) in [
        ("<p>a</p><p>b &amp; c &lt;d&gt;</p>", "a\n\nb & c \\<d>\n"),
        ("<h2>T</h2><p>a<br>b</p>", "## T\n\na\\\nb\n"),
        (
            "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>",
            "- a\n  - b\n- c\n",
        ),
        ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b\n"),
        ("<ol start=\"3\"><li>a</li></ol>", "3. a\n"),
        (
            "<p><strong>a</strong> <i>b</i> <code>x -&gt; *y*</code></p>",
            "**a** *b* `x -> *y*`\n",
        ),
        (
            "<blockquote><p>a</p></blockquote><hr><pre><code>a  b\n c\n</code></pre>",
            "> a\n\n* * *\n\n```\na  b\n c\n```\n",
        ),
        (
            "<p><a target=\"_blank\" rel=\"noopener noreferrer\" href=\"https://e.org/?a=1&amp;b=(2)\">x</a></p>",
            "[x](https://e.org/?a=1&b=\\(2\\))\n",
        ),
        (
            "<p>1. a</p><p># b</p><p>- c</p><p>*d*</p><p>[e](f)</p>",
            "1\\. a\n\n\\# b\n\n\\- c\n\n\\*d\\*\n\n\\[e\\](f)\n",
        ),
        (
            "<p>&amp;lt; and &amp;nbsp;</p>",
            "&amp;lt; and &amp;nbsp;\n",
        ),
    ] {
        case(html, markdown, "", Back::Same);
    }
}

#[test]
fn clutter_goes_and_is_listed() {
    for (html, markdown, dropped) in [
        (
            "<p>a</p><p>&nbsp;</p><p></p>",
            "a\n",
            "1 &nbsp;, 2 empty <p>",
        ),
        (
            "<p style=\"margin-left:0px;\">a&nbsp;b</p>",
            "a b\n",
            "1 &nbsp;, 1 attribute style",
        ),
        (
            "<p><u>a</u><span class=\"x\">b</span></p>",
            "ab\n",
            "1 <span>, 1 <u>, 1 attribute class",
        ),
        (
            "<p><br>a<br>&nbsp;</p>",
            "a\n",
            "1 &nbsp;, 2 <br> at the edge of a block",
        ),
        (
            "a<!-- x --><script>alert(1)</script>",
            "a\n",
            "1 <script> with its content, 1 comment, 1 text outside of a paragraph",
        ),
        ("<p><b>a </b>b</p>", "**a** b\n", "1 <b> for <strong>"),
        ("<div><p>a</p></div>", "a\n", "1 <div>"),
        (
            "<p><strong>(</strong>a</p>",
            "(a\n",
            "1 emphasis on a punctuation mark beside a letter",
        ),
        (
            "<p><a href=\"https://e.org/\">x</a></p>",
            "[x](https://e.org/)\n",
            "1 link without the usual attributes",
        ),
        ("<p>a<p>b", "a\n\nb\n", ""),
    ] {
        case(html, markdown, dropped, Back::Cleaned);
    }
}

#[test]
fn hostile_html_is_survived() {
    let deep = "<div>".repeat(100_000);
    assert!(Converter::default().to_markdown(&deep).is_err());
    for html in [
        "<",
        "<a",
        "<a b",
        "<a b='",
        "<!--",
        "</",
        "</a",
        "&",
        "&#",
        "&#x110000;",
        "<script>",
        "<é",
        "<a\u{e9}=>",
    ] {
        converted(html);
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]
    /// Whatever it is, a second trip changes nothing.
    #[test]
    fn a_second_trip_changes_nothing(pieces in proptest::collection::vec(piece(), 0..12)) {
        let first = converted(&pieces.concat());
        let back = to_html(&first.markdown);
        let second = converted(&back);
        proptest::prop_assert_eq!(&second.markdown, &first.markdown);
        proptest::prop_assert_eq!(to_html(&second.markdown), back);
    }
}

fn piece() -> impl proptest::strategy::Strategy<Value = String> {
    let pieces = [
        "<p>",
        "</p>",
        "<ul>",
        "</ul>",
        "<ol>",
        "<li>",
        "</li>",
        "<strong>",
        "</strong>",
        "<i>",
        "</i>",
        "<code>",
        "</code>",
        "<br>",
        "<h3>",
        "</h3>",
        "<table>",
        "<tr>",
        "<td>",
        "</td>",
        "</table>",
        "<a href=\"x\">",
        "</a>",
        "<blockquote>",
        "<pre>",
        "</pre>",
        "word",
        " ",
        "&nbsp;",
        "*",
        "_",
        "`",
        "#",
        "- ",
        "1. ",
        "|",
        "\\",
        "[",
        "](",
        "&lt;b&gt;",
        "\n",
        "~~",
        "(",
        "é",
        "👩\u{200d}👧",
    ];
    proptest::sample::select(pieces.map(str::to_owned).to_vec())
}
