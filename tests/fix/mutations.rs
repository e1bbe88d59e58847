//! Real entries are broken in ways that have one answer, get comments, and are fixed: what comes back
//! is the entry with its comments, byte for byte.

use super::{Copy, run, stderr, stdout};
use crate::common::files;
use crate::random::Random;

/// Corpora of mutated entries; each has 59.
const ROUNDS: u64 = 9;

/// One way to break a line of an entry: the new line, where the line can be broken so.
type Mutation = fn(&str, &mut Random) -> Option<String>;

const MUTATIONS: [(&str, Mutation); 9] = [
    ("an ordinal date", |line, _| {
        let (key, day) = line.split_once(": ")?;
        let day: jiff::civil::Date = day.parse().ok()?;
        let suffix = match day.day() {
            1 | 21 | 31 => "st",
            2 | 22 => "nd",
            3 | 23 => "rd",
            _ => "th",
        };
        Some(format!(
            "{key}: {}{suffix} {}",
            day.day(),
            day.strftime("%B %Y")
        ))
    }),
    ("a point behind a link", |line, _| {
        let link = line.trim_start().starts_with("url: https");
        link.then(|| format!("{line}."))
    }),
    ("an insecure link", |line, _| {
        let link = line.trim_start().starts_with("url: https");
        link.then(|| line.replacen("https", "http", 1))
    }),
    ("a misspelt field", |line, random| {
        let (key, rest) = line.split_once(':')?;
        let known = [
            "preventions",
            "detections",
            "contributors",
            "references",
            "description",
        ];
        let at = 1 + random.below(key.len().checked_sub(2)?);
        let (head, tail) = key.split_at(at);
        known
            .contains(&key)
            .then(|| format!("{head}{}:{rest}", &tail[1..]))
    }),
    ("a hidden character", |line, _| {
        let at = line.strip_prefix("title: ")?.find(' ')? + "title: ".len();
        Some(format!("{}\u{200b}{}", &line[..at], &line[at..]))
    }),
    ("an item twice", |line, _| {
        let id = line.strip_prefix("  - ")?;
        let is_id = id.starts_with("PV") || id.starts_with("DT");
        is_id.then(|| format!("{line}\n{line}"))
    }),
    ("a small ID", |line, _| {
        let id = line.strip_prefix("id: ")?;
        Some(format!("id: {}", id.to_lowercase()))
    }),
    ("a small reference", |line, _| {
        let id = line.strip_prefix("  - ")?;
        let is_id = id.starts_with("PV") || id.starts_with("DT");
        is_id.then(|| format!("  - {}", id.to_lowercase()))
    }),
    ("a small platform", |line, _| {
        let name = line.strip_prefix("  - ")?;
        ["Windows", "Linux", "MacOS", "Android"]
            .contains(&name)
            .then(|| line.to_lowercase())
    }),
];

#[test]
fn five_hundred_mutated_entries() {
    let mut mutated = 0;
    let mut seen = [0; MUTATIONS.len()];
    for round in 0..ROUNDS {
        let copy = Copy::new();
        let mut expected = Vec::new();
        for (number, path) in files(&copy.path(""), "yaml").into_iter().enumerate() {
            let mut random = Random::new(round * 1000 + number as u64);
            let text = std::fs::read_to_string(&path).expect("an entry");
            let text = commented(&text, &mut random);
            let (broken, which) = mutate(&text, &mut random);
            mutated += 1;
            for which in which {
                seen[which] += 1;
            }
            // Every third entry comes from a Windows machine.
            let ends = |text: &str| match random_end(number) {
                true => text.replace('\n', "\r\n"),
                false => text.to_owned(),
            };
            std::fs::write(&path, ends(&broken)).expect("the entry");
            expected.push((path, ends(&text), broken));
        }
        let output = run(copy.folder.path(), &["check", "--unsafe-fixes"]);
        assert_eq!(
            output.status.code(),
            Some(0),
            "{}{}",
            stdout(&output),
            stderr(&output)
        );
        let output = run(copy.folder.path(), &["check", "--unsafe-fixes", "--diff"]);
        assert_eq!(stdout(&output), "", "a second time there is nothing to fix");
        for (path, text, broken) in expected {
            let fixed = std::fs::read_to_string(&path).expect("the entry");
            assert_eq!(
                fixed,
                text,
                "round {round}, {}, which was\n{broken}",
                path.display()
            );
        }
    }
    assert!(mutated >= 500, "{mutated}");
    for ((name, _), seen) in MUTATIONS.iter().zip(seen) {
        assert!(seen > 10, "{name} was tried {seen} times");
    }
}

fn random_end(number: usize) -> bool {
    number % 3 == 2
}

/// Comments above fields, above items and behind items, which must stay.
fn commented(text: &str, random: &mut Random) -> String {
    let mut out = String::new();
    let mut number = 0;
    let prose = text.find("description: |").unwrap_or(text.len());
    for line in text[..prose].lines() {
        let field = line.starts_with(|c: char| c.is_ascii_lowercase());
        let item = line.starts_with("  - ") && !line.contains(": ");
        if (field || item) && random.below(4) == 0 {
            let indent = if item { "  " } else { "" };
            out.push_str(&format!("{indent}# note {number} of \"mine\"\n"));
            number += 1;
        }
        out.push_str(line);
        if item && random.below(4) == 0 {
            out.push_str(&format!("  # because {number}"));
            number += 1;
        }
        out.push('\n');
    }
    out.push_str(&text[prose..]);
    out
}

/// Breaks up to three lines. Lines with a comment are broken too, in front of it.
fn mutate(text: &str, random: &mut Random) -> (String, Vec<usize>) {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let mut which = Vec::new();
    for _ in 0..60 {
        let at = random.below(lines.len());
        let kind = random.below(MUTATIONS.len());
        if which.len() == 3 || which.contains(&kind) || lines[at].contains('\u{200b}') {
            continue;
        }
        let (code, comment) = match lines[at].split_once("  #") {
            Some((code, comment)) => (code.to_owned(), format!("  #{comment}")),
            None => (lines[at].clone(), String::new()),
        };
        // An item that is there twice, or was broken already, is left.
        if code.contains('\n') || text.lines().nth(at).is_none_or(|line| line != lines[at]) {
            continue;
        }
        if let Some(broken) = MUTATIONS[kind].1(&code, random) {
            lines[at] = format!("{broken}{comment}");
            which.push(kind);
        }
    }
    (lines.join("\n") + "\n", which)
}
