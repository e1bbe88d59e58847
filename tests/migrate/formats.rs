//! Every format from every other, and entries of every sort.

use proptest::prelude::*;

use super::*;

const FORMATS: [&str; 6] = ["yaml", "json", "markdown", "jsonl", "csv", "stix"];

/// Takes a corpus along a way, each step proved, and gives the last target.
fn along(way: &[&str], start: &Path, folder: &Path) -> PathBuf {
    let mut source = start.to_owned();
    for (step, pair) in way.windows(2).enumerate() {
        let target = folder.join(format!("{step}-{}", pair[1]));
        let said = migrate(
            pair[0],
            pair[1],
            &source,
            &target,
            &["--verify", "--strict"],
        );
        assert!(said.contains("no difference"), "{pair:?}: {said}");
        source = target;
    }
    source
}

#[test]
fn a_long_way_ends_where_it_began() {
    let folder = TempDir::new().expect("a folder");
    let way = ["yaml", "json", "markdown", "jsonl", "csv", "stix", "yaml"];
    let end = along(&way, &corpus(), folder.path());
    assert!(
        tree(&end) == tree(&corpus()),
        "{}",
        first_difference(&end, &corpus())
    );
}

#[test]
fn every_pair_of_formats_works() {
    for from in FORMATS {
        for to in FORMATS {
            let folder = TempDir::new().expect("a folder");
            let way = ["yaml", from, to, "yaml"];
            let mut steps: Vec<&str> = way.to_vec();
            steps.dedup();
            let end = along(&steps, &corpus(), folder.path());
            assert!(tree(&end) == tree(&corpus()), "{from} to {to}");
        }
    }
}

fn first_difference(a: &Path, b: &Path) -> String {
    let pairs = tree(a).into_iter().zip(tree(b));
    let differs = pairs.filter(|(a, b)| a != b).map(|(a, b)| {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        format!("{}\n{}\n{}\n{}", a.0, text(&a.1), b.0, text(&b.1))
    });
    differs.take(1).collect()
}

/// Other frameworks, by profile alone.
#[test]
fn another_framework_goes_the_same_way() {
    let folder = TempDir::new().expect("a folder");
    let cookbook = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/framework/cookbook");
    let config = text(&cookbook.join("corpuslint.toml"));
    let mut source = cookbook;
    let mut format = "yaml";
    for (step, to) in ["jsonl", "csv", "stix", "markdown", "json", "jsonl"]
        .iter()
        .enumerate()
    {
        let target = folder.path().join(step.to_string());
        let more = ["--config", &config, "--verify", "--strict"];
        let said = migrate(format, to, &source, &target, &more);
        assert!(said.contains("no difference"), "{format} to {to}: {said}");
        (source, format) = (target, to);
    }
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect("a file");
    assert_eq!(read("0"), read("5"));
}

#[test]
fn targets_are_refused_for_a_reason() {
    let folder = TempDir::new().expect("a folder");
    let at = |name: &str| text(&folder.path().join(name));
    let source = text(&corpus());
    std::fs::create_dir(at("full")).expect("a folder");
    std::fs::write(at("full/notes.txt"), "mine").expect("a file");
    std::fs::write(at("file"), "mine").expect("a file");
    for (to, target, reason) in [
        ("json", at("full"), "notes.txt"),
        ("json", at("file"), "no folder"),
        ("jsonl", at("file"), "there already"),
        ("jsonl", at("full"), "there already"),
        ("json", at("no/such"), "No such file"),
        ("json", format!("{source}/inside"), "outside of the source"),
    ] {
        let (code, said) = refused(&["--from", "yaml", "--to", to, &source, &target]);
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains(reason), "{reason}: {said}");
    }
    migrate(
        "yaml",
        "json",
        &corpus(),
        &folder.path().join("full"),
        &["--overwrite"],
    );
    migrate(
        "yaml",
        "jsonl",
        &corpus(),
        &folder.path().join("file"),
        &["--overwrite"],
    );
    assert_eq!(
        std::fs::read(at("full/notes.txt")).expect("a file"),
        b"mine"
    );
    assert_eq!(tree(&folder.path().join("full")).len(), 60);
    let said = migrate(
        "yaml",
        "json",
        &corpus(),
        &folder.path().join("full"),
        &["--overwrite"],
    );
    assert!(said.contains("59 as they were"), "{said}");
}

#[test]
fn sources_are_refused_for_a_reason() {
    let folder = TempDir::new().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    let entry = "id: AR1\ntitle: T\ntheme: motive\ndescription: x\n";
    let write = |name: &str, text: &str| {
        let path = at("corpus/motive").join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    };
    let target = text(&at("new"));
    let (_, said) = refused(&[
        "--from",
        "yaml",
        "--to",
        "json",
        &text(&at("none")),
        &target,
    ]);
    assert!(said.contains("no such"), "{said}");
    for (bad, reason) in [
        ("id: AR1\nid: AR2\n", "`id` is there twice"),
        ("id: [\n", "line"),
        ("- a\n", "no fields"),
        ("a: 1\n---\nb: 2\n", "second document"),
    ] {
        write("AR1.yaml", bad);
        let (code, said) = refused(&[
            "--from",
            "yaml",
            "--to",
            "json",
            &text(&at("corpus")),
            &target,
        ]);
        assert_eq!(code, Some(2), "{said}");
        assert!(
            said.contains(reason) && said.contains("AR1.yaml"),
            "{reason}: {said}"
        );
    }
    write("AR1.yaml", entry);
    write("AR1.json", &json!({"id": "AR1"}).to_string());
    for to in ["json", "jsonl"] {
        let (_, said) = refused(&["--from", "yaml", "--to", to, &text(&at("corpus")), &target]);
        assert!(said.contains("two"), "{to}: {said}");
    }
    assert!(!at("new").exists());
}

#[test]
fn comments_and_strays_are_in_the_report() {
    let folder = TempDir::new().expect("a folder");
    let motive = folder.path().join("corpus/motive");
    std::fs::create_dir_all(&motive).expect("a folder");
    let entry = "# mine\nid: AR1\ntitle: &t T # too\ntheme: motive\ndescription: x\n";
    std::fs::write(motive.join("AR1.yaml"), entry).expect("a file");
    std::fs::write(motive.join("odd.yaml"), "a: 1\n").expect("a file");
    let source = folder.path().join("corpus");
    let said = migrate("yaml", "json", &source, &folder.path().join("new"), &[]);
    for part in [
        "# mine",
        "# too",
        "anchor",
        "odd.yaml",
        "dropped comment: 2 items",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn a_cell_is_no_formula() {
    let folder = TempDir::new().expect("a folder");
    let line = json!({
        "id": "AR1", "title": "=cmd()", "theme": "motive", "created": "-1", "updated": "'x",
        "description": "+1\r\n\"q\",\t@"
    });
    let source = folder.path().join("in.jsonl");
    std::fs::write(&source, format!("{line}\n")).expect("a file");
    let end = along(&["jsonl", "csv", "jsonl"], &source, folder.path());
    assert_eq!(json_of(&end), line);
    let table = std::fs::read_to_string(folder.path().join("0-csv/article.csv")).expect("a table");
    let expected = "id,title,theme,created,updated,description\r\n\
        AR1,'=cmd(),motive,'-1,''x,\"'+1\r\n\"\"q\"\",\t@\"\r\n";
    assert_eq!(table, expected);
}

fn any_text() -> impl Strategy<Value = String> {
    let pieces = [
        "---",
        "...",
        "#",
        " #",
        ": ",
        ":",
        "'",
        "\"",
        "\t",
        " ",
        "   ",
        "\n",
        "\n\n",
        "\r\n",
        "\r",
        "- ",
        "? ",
        "| a",
        "> ",
        "%",
        "@",
        "`",
        "&a",
        "*a",
        "!t",
        "[x]",
        "{x: y}",
        ",",
        "no",
        "null",
        "~",
        "1e3",
        "012",
        "1:30",
        "<<",
        "=",
        "=1+1",
        "2024-05-22",
        "👩\u{200d}👧",
        "שלום עולם",
        "العربية",
        "\u{85}",
        "\u{2028}",
        "\u{feff}",
        "\u{7f}",
        "\u{0}",
        "word",
        "\\",
        "</p>",
        "&amp;",
        "\u{202e}",
        "true",
    ];
    let piece = proptest::sample::select(pieces.to_vec());
    prop_oneof![
        6 => prop::collection::vec(piece, 0..10).prop_map(|pieces| pieces.concat()),
        1 => any::<String>(),
        1 => any::<char>().prop_map(|c| c.to_string().repeat(9000)),
        1 => Just("a long line ".repeat(900)),
    ]
}

/// Entries of every kind; not all of them valid, because what is wrong must survive too.
fn any_entries() -> impl Strategy<Value = Vec<Map<String, Value>>> {
    let texts = || prop::collection::vec(any_text(), 0..3);
    let more = (
        any_text(),
        texts(),
        texts(),
        prop::option::of(any_text()),
        texts(),
        any::<bool>(),
    );
    let entry = (any_text(), more).prop_map(|(title, (prose, people, sources, day, odd, flag))| {
        let sources: Vec<Value> = sources
            .iter()
            .map(|text| json!({"title": text, "url": format!("https://e.org/{}", text.len())}))
            .collect();
        let mut fields = Map::new();
        fields.insert("title".to_owned(), title.into());
        fields.insert("created".to_owned(), "2024-05-22".into());
        if let Some(day) = day {
            fields.insert("updated".to_owned(), day.into());
        }
        fields.insert("contributors".to_owned(), people.into());
        fields.insert("references".to_owned(), sources.into());
        fields.insert("description".to_owned(), prose.into());
        if flag {
            let odd: Value = odd.into();
            fields.insert(
                "odd".to_owned(),
                json!({"list": odd, "none": null, "n": 1.50, "yes": true, "[0]": {}}),
            );
        }
        fields
    });
    prop::collection::vec(entry, 1..4)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 60, ..ProptestConfig::default() })]
    /// What is written in one format is read from it, in every format, whatever the texts are.
    #[test]
    fn any_entry_goes_through_every_format(entries in any_entries()) {
        let folder = TempDir::new().expect("a folder");
        let ids = ["MT001", "PV001", "MT001.001"];
        let mut lines = String::new();
        for (fields, id) in entries.into_iter().zip(ids) {
            let mut line = Map::new();
            line.insert("id".to_owned(), id.into());
            line.extend(fields);
            lines.push_str(&Value::Object(line).to_string());
            lines.push('\n');
        }
        let start = folder.path().join("start.jsonl");
        std::fs::write(&start, lines).expect("a file");
        let way = ["jsonl", "yaml", "json", "markdown", "csv", "stix", "jsonl", "yaml"];
        let end = along(&way, &start, folder.path());
        prop_assert!(tree(&end) == tree(&folder.path().join("0-yaml")));
    }
}
