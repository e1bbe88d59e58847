//! Two branches that take the same ID.

use serde_json::Value;

use super::{Corpus, command_in};

/// Two branches from one base, each with a run of `new`; the first one is merged.
fn two_branches(second: &[&str]) -> Option<Corpus> {
    let corpus = Corpus::new()?;
    let new = |title: &str, more: &[&str]| {
        let all = [
            "new",
            "section",
            "--folder",
            "motive",
            "--contributor",
            "A Curator",
        ];
        let text =
            "description=The subject acts out of a wish that nobody had thought of until now.";
        corpus.good(
            &[
                &all[..],
                &["--title", title, "--set", text, "--even-if-similar"],
                more,
            ]
            .concat(),
        )
    };
    corpus.0.git(&["switch", "--quiet", "-c", "one"]);
    let first = new("Boredom", &[]);
    corpus.0.commit("Boredom");
    corpus.0.git(&["switch", "--quiet", "-c", "two", "main"]);
    let other = new("Envy", second);
    corpus.edit(
        "corpus/motive/AR1.yaml",
        "greed (MT005)",
        "greed (MT005) and envy (MT018)",
    );
    corpus.edit(
        "corpus/motive/AR1.yaml",
        "updated: 2024-07-23",
        &format!("updated: {}", super::today()),
    );
    corpus.0.commit("Envy");
    assert_eq!(first, other, "both take the next ID of the base");
    corpus.0.git(&["switch", "--quiet", "main"]);
    corpus.0.git(&["merge", "--quiet", "--no-edit", "one"]);
    corpus.0.git(&["switch", "--quiet", "two"]);
    Some(corpus)
}

/// The command that the help of the only introduced error names.
fn named_command(report: &str) -> Vec<String> {
    let report: Value = serde_json::from_str(report).expect("JSON");
    let found = report["diagnostics"].as_array().expect("findings");
    let errors: Vec<&Value> = found
        .iter()
        .filter(|found| found["severity"] == "error" && found["change"] == "introduced")
        .collect();
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert_eq!(errors[0]["rule"], "merge-conflict");
    let help = errors[0]["help"].as_str().expect("help");
    command_in(help)
}

#[test]
fn the_gate_names_the_command_that_repairs_it() {
    let Some(corpus) = two_branches(&[]) else {
        return;
    };
    let gate = [
        "check",
        "--base",
        "main",
        "--merge",
        "--output-format",
        "json",
    ];
    let red = corpus.run(&gate);
    assert_eq!(red.code, 1, "{}", red.err);
    let command = named_command(&red.out);
    let command: Vec<&str> = command.iter().map(String::as_str).collect();
    assert_eq!(command[..3], ["id", "move", "corpus/motive/MT018.yaml"]);
    assert_eq!(corpus.good(&command), "MT018 MT019\n");
    assert!(
        !corpus.path("corpus/motive/MT018.yaml").exists(),
        "no tombstone: the ID is another's"
    );
    assert!(
        corpus
            .read("corpus/motive/MT019.yaml")
            .contains("title: Envy")
    );
    assert!(
        corpus
            .read("corpus/motive/AR1.yaml")
            .contains("envy (MT019)")
    );
    corpus.0.commit("Another ID");
    let green = corpus.run(&gate);
    assert_eq!(green.code, 0, "{}", green.out);
    // It can be merged, and both are there.
    corpus.0.git(&["merge", "--quiet", "--no-edit", "main"]);
    assert!(
        corpus
            .read("corpus/motive/MT018.yaml")
            .contains("title: Boredom")
    );
    assert_eq!(corpus.findings(&[], &["error"]), Vec::<String>::new());
}

#[test]
fn the_new_id_is_also_above_those_of_the_base() {
    let Some(corpus) = two_branches(&[]) else {
        return;
    };
    corpus.0.git(&["switch", "--quiet", "main"]);
    corpus.good(&[
        "new",
        "section",
        "--folder",
        "motive",
        "--title",
        "Pride and honour",
        "--contributor",
        "Bo",
    ]);
    corpus.0.commit("One more");
    corpus.0.git(&["switch", "--quiet", "two"]);
    let out = corpus.good(&["id", "move", "corpus/motive/MT018.yaml", "--base", "main"]);
    assert_eq!(out, "MT018 MT020\n");
    let reason = corpus.refused(&[
        "id",
        "move",
        "corpus/motive/MT020.yaml",
        "MT019",
        "--base",
        "main",
    ]);
    assert!(reason.contains("`MT019` was used before"), "{reason}");
}

#[test]
fn two_files_of_one_id_are_told_apart_by_their_names() {
    let corpus = corpus!();
    let text = corpus.read("corpus/preventions/PV059.yaml");
    let (front, body) = text.split_once("description: |\n").expect("prose");
    let front = front.replace("Insider-Focused Threat Intelligence", "Another one");
    let body = body
        .replace("\n  ", "\n")
        .replace("feeds speak of", "news are full of");
    corpus.0.write(
        "corpus/preventions/PV059.md",
        format!("---\n{front}---\n\n{}\n", body.trim()),
    );
    let reason = corpus.refused(&["id", "move", "PV059", "PV061"]);
    assert!(
        reason.contains("two entries have the ID `PV059`"),
        "{reason}"
    );
    let command = corpus.named_command(&[], "duplicate-id");
    let command: Vec<&str> = command.iter().map(String::as_str).collect();
    let out = corpus.good(&command);
    assert_eq!(out, "PV059 PV060\n");
    assert_eq!(
        corpus.findings(&["--select", "duplicate-id"], &["error"]),
        Vec::<String>::new()
    );
    // What refers to the ID means the other entry.
    assert!(
        corpus
            .0
            .git(&["diff", "--stat", "--", "corpus/motive"])
            .is_empty()
    );
}

/// The command that `id-not-next` names works too.
#[test]
fn a_number_that_was_used_before() {
    let corpus = corpus!();
    corpus.once_had("corpus/preventions/PV070.yaml", "PV070");
    corpus.0.git(&["switch", "--quiet", "-c", "again"]);
    corpus.good(&[
        "new",
        "prevention",
        "--title",
        "Counting spoons",
        "--contributor",
        "Bo",
    ]);
    // What was never committed moves without a trace.
    assert_eq!(
        corpus.good(&["id", "move", "corpus/preventions/PV071.yaml", "PV072"]),
        "PV071 PV072\n"
    );
    assert!(!corpus.path("corpus/preventions/PV071.yaml").exists());
    let text = corpus
        .read("corpus/preventions/PV072.yaml")
        .replace("PV072", "PV070");
    corpus.0.write("corpus/preventions/PV070.yaml", text);
    corpus.0.remove("corpus/preventions/PV072.yaml");
    corpus.0.commit("Again");
    let command = corpus.named_command(&["--base", "main"], "id-not-next");
    let command: Vec<&str> = command.iter().map(String::as_str).collect();
    assert_eq!(corpus.good(&command), "PV070 PV071\n");
    corpus.0.commit("Another");
    assert_eq!(
        corpus.findings(&["--base", "main"], &["error"]),
        Vec::<String>::new()
    );
}

/// Both entries of one ID lie side by side, after a merge that git could make.
#[test]
fn references_of_this_branch_follow_and_those_of_the_base_stay() {
    let corpus = corpus!();
    let text = |title: &str, prose: &str| {
        format!(
            "id: MT018\ntitle: {title}\ncreated: 2025-01-01\nupdated: 2025-01-01\ncontributors:\n  - Bo\ndescription: |\n  {prose}\n"
        )
    };
    corpus.0.git(&["switch", "--quiet", "-c", "two"]);
    corpus.0.write("corpus/motive/MT018.json", "{\"id\": \"MT018\", \"title\": \"Envy\", \"description\": \"Envy, and nothing else (MT018).\\n\"}\n");
    corpus.0.write("corpus/motive/MT018.001.json", "{\"id\": \"MT018.001\", \"title\": \"Envy of Colleagues\", \"description\": \"A form of MT018.\\n\"}\n");
    corpus.edit(
        "corpus/motive/AR1.yaml",
        "greed (MT005)",
        "greed (MT005) or envy (MT018)",
    );
    corpus.0.commit("Envy");
    corpus.0.git(&["switch", "--quiet", "main"]);
    corpus.0.write(
        "corpus/motive/MT018.yaml",
        text("Boredom", "Boredom, and nothing else."),
    );
    corpus.edit(
        "corpus/motive/MT017.yaml",
        "description: |\n",
        "description: |\n  Not MT018.\n",
    );
    corpus.0.commit("Boredom");
    corpus.0.git(&["switch", "--quiet", "two"]);
    corpus.0.git(&["merge", "--quiet", "--no-edit", "main"]);
    let out = corpus.good(&["id", "move", "corpus/motive/MT018.json", "--base", "main"]);
    assert_eq!(out, "MT018 MT019\nMT018.001 MT019.001\n");
    assert!(
        corpus
            .read("corpus/motive/AR1.yaml")
            .contains("envy (MT019)")
    );
    assert!(
        corpus
            .read("corpus/motive/MT017.yaml")
            .contains("Not MT018.")
    );
    assert!(
        corpus
            .read("corpus/motive/MT018.yaml")
            .contains("title: Boredom")
    );
    assert!(corpus.read("corpus/motive/MT019.json").contains("(MT019)"));
    assert!(
        corpus
            .read("corpus/motive/MT019.001.json")
            .contains("A form of MT019.")
    );
}
