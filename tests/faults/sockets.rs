//! No socket is ever opened, whatever is asked and whatever the content names.

use std::process::Stdio;

use super::*;
use crate::git::Repo;

/// What each of these commands does with a network, as strace sees it.
fn calls_of_the_network(repo: &Repo, arguments: &[&str], input: &str) -> String {
    let log = repo.beside("calls");
    let mut child = Command::new("strace")
        .args(["-f", "-qq", "-e", "trace=network", "-o"])
        .arg(&log)
        .arg(env!("CARGO_BIN_EXE_corpuslint"))
        .args(arguments)
        .current_dir(repo.path(""))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("strace runs");
    let mut pipe = child.stdin.take().expect("a pipe");
    let _ = std::io::Write::write_all(&mut pipe, input.as_bytes());
    drop(pipe);
    let output = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        matches!(output.status.code(), Some(0 | 1)),
        "{arguments:?}: {said}"
    );
    let calls = fs::read_to_string(log).expect("what strace saw");
    // Signals and ends are in it as well.
    let calls = calls.lines().filter(|line| line.contains('('));
    calls.map(|line| format!("{line}\n")).collect()
}

#[test]
fn no_command_opens_a_socket() {
    if !has_strace() {
        return;
    }
    let Some(repo) = Repo::new() else { return };
    let schema = SCHEMA.replace(
        "\"title\":{",
        "\"link\":{\"type\":\"string\",\"format\":\"uri\"},\"title\":{",
    );
    repo.write("corpuslint.toml", PROFILE);
    repo.write("schema.json", schema);
    repo.write(
        "corpus/E001.yaml",
        "id: E001\ntitle: One\nlink: http://127.0.0.1:9/\n",
    );
    repo.commit("base");
    repo.git(&["remote", "add", "origin", "http://127.0.0.1:9/repository"]);
    repo.git(&["switch", "--quiet", "-c", "topic"]);
    repo.write("corpus/E002.yaml", "title: 'Two'\nid: E002\n");
    repo.commit("topic");
    let message = |text: &str| format!("Content-Length: {}\r\n\r\n{text}", text.len());
    let talk = [
        r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}"#,
        r#"{"jsonrpc":"2.0","method":"initialized","params":{}}"#,
        r#"{"jsonrpc":"2.0","id":2,"method":"shutdown"}"#,
        r#"{"jsonrpc":"2.0","method":"exit"}"#,
    ];
    let talk: String = talk.iter().map(|text| message(text)).collect();
    let commands: [(&[&str], &str); 10] = [
        (&["check"], ""),
        (&["check", "--base", "main"], ""),
        (&["check", "--base", "main", "--merge"], ""),
        (&["check", "--fix", "--diff"], ""),
        (&["fmt"], ""),
        (&["diff", "main", "topic"], ""),
        (&["backtest"], ""),
        (
            &[
                "migrate",
                "--from",
                "yaml",
                "--to",
                "jsonl",
                "corpus",
                "all.jsonl",
            ],
            "",
        ),
        (&["explain", "url-insecure"], ""),
        (&["lsp"], &talk),
    ];
    for (arguments, input) in commands {
        let calls = calls_of_the_network(&repo, arguments, input);
        assert_eq!(calls, "", "{arguments:?}");
    }
    // That nothing is seen is worth something only where something would be.
    let seen = Command::new("strace")
        .args([
            "-f",
            "-qq",
            "-e",
            "trace=network",
            "git",
            "ls-remote",
            "http://127.0.0.1:9/x",
        ])
        .output()
        .expect("strace runs");
    assert!(String::from_utf8_lossy(&seen.stderr).contains("socket("));
}
