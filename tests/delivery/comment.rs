//! The scripts of the comment action, with an API that only pretends and reports that lie.

use super::archive::zip;
use super::sandbox::{Ended, Sandbox};

const SHA: &str = "0123456789abcdef0123456789abcdef01234567";

/// Answers from files, and notes what is asked and sent.
const GH: &str = r##"
printf '%s\n' "$*" >>SANDBOX/fake/asked
previous=
for argument in "$@"; do
  if [[ $previous == --input ]]; then cp -- "$argument" SANDBOX/fake/sent.json; fi
  previous=$argument
done
case "$*" in
  *"--method POST"* | *"--method PATCH"*) exit 0 ;;
  *"/actions/runs/7/artifacts"*) cat SANDBOX/fake/artifacts.json ;;
  *"/actions/artifacts/11/zip"*) cat SANDBOX/fake/report.zip ;;
  *"/pulls/5/files"*) cat SANDBOX/fake/files.json ;;
  *"/pulls/5") cat SANDBOX/fake/pull.json ;;
  *"/issues/5/comments"*) cat SANDBOX/fake/comments.json ;;
  *) echo "gh: Not Found (HTTP 404)" >&2; exit 1 ;;
esac
"##;

const SARIF: &str = r#"{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "corpuslint",
  "informationUri": "https://evil.example", "rules": [{"id": "orphan"}]}},
  "automationDetails": {"id": "codeql/"}, "versionControlProvenance": [{}],
  "results": [{"ruleId": "dangling-reference", "baselineState": "absent", "message": {"text": "was"}},
    {"ruleId": "orphan", "baselineState": "new", "level": "note", "message": {"text": "m"}, "webRequest": {},
    "locations": [{"physicalLocation": {"artifactLocation": {"uri": "corpus/a/PV1.yaml"}}}]}]}]}"#;

fn sandbox(summary: &str) -> Option<Sandbox> {
    let mut sandbox = Sandbox::new(&["jq", "unzip", "gzip", "base64"])?;
    sandbox.program("gh", GH);
    sandbox.write(
        "fake/artifacts.json",
        format!(
            r#"{{"artifacts": [
              {{"id": 10, "name": "corpuslint-report", "expired": false, "size_in_bytes": 9, "created_at": "2026-01-01T00:00:00Z"}},
              {{"id": 11, "name": "corpuslint-report", "expired": false, "size_in_bytes": 9, "created_at": "2026-01-02T00:00:00Z"}},
              {{"id": 12, "name": "other", "expired": false, "size_in_bytes": 9, "created_at": "2026-01-03T00:00:00Z", "head": "{SHA}"}}]}}"#
        ),
    );
    sandbox.write("fake/pull.json", pull(SHA, "stranger/corpus", "open"));
    sandbox.write("fake/files.json", r#"[{"filename": "corpus/x.yaml"}]"#);
    sandbox.write("fake/comments.json", "[]");
    report(&sandbox, summary, "5\n", SARIF);
    let values = [
        ("ARTIFACT", "corpuslint-report"),
        ("RUN_ID", "7"),
        ("HEAD_SHA", SHA),
        ("HEAD_REPOSITORY", "stranger/corpus"),
        ("HEAD_BRANCH", "patch-1"),
        ("AUTHOR", "github-actions[bot]"),
        ("CONCLUSION", "failure"),
        ("CATEGORY", "corpuslint"),
    ];
    for (name, value) in values {
        sandbox.set(name, value);
    }
    Some(sandbox)
}

fn pull(sha: &str, repository: &str, state: &str) -> String {
    format!(
        r#"{{"state": "{state}", "head": {{"sha": "{sha}", "ref": "patch-1", "repo": {{"full_name": "{repository}"}}}},
            "base": {{"repo": {{"full_name": "open/corpus"}}}}}}"#
    )
}

fn report(sandbox: &Sandbox, summary: &str, number: &str, sarif: &str) {
    let files = [
        ("pull-request", number.as_bytes()),
        ("report.sarif", sarif.as_bytes()),
        ("summary.md", summary.as_bytes()),
    ];
    sandbox.write("fake/report.zip", zip(&files));
}

fn fetch(sandbox: &Sandbox) -> Ended {
    sandbox.step("comment", "Fetch the report")
}

/// Fetches, and then runs the step that shows the report. Gives what was sent.
fn show(sandbox: &mut Sandbox, step: &str) -> (Ended, serde_json::Value) {
    let fetched = fetch(sandbox);
    assert_eq!(fetched.code, Some(0), "{}", fetched.log);
    sandbox.set("NUMBER", &fetched.outputs["number"]);
    sandbox.set("REPORT", &fetched.outputs["report"]);
    let ended = sandbox.step("comment", step);
    let sent = serde_json::from_str(&sandbox.read("fake/sent.json")).unwrap_or_default();
    (ended, sent)
}

fn comment(sandbox: &mut Sandbox) -> String {
    let (ended, sent) = show(sandbox, "Comment");
    assert_eq!(ended.code, Some(0), "{}", ended.log);
    sent["body"].as_str().expect("a body").to_owned()
}

/// Red, and no pull request is named.
fn assert_refused(ended: &Ended, reason: &str) {
    assert_eq!(ended.code, Some(1), "{}", ended.log);
    assert!(
        ended.log.contains("::error title=corpuslint::") && ended.log.contains(reason),
        "{}",
        ended.log
    );
    assert_eq!(ended.outputs.get("number"), None);
}

#[test]
fn the_first_report_is_a_new_comment() {
    let Some(mut sandbox) = sandbox("| a | b |\n") else {
        return;
    };
    let body = comment(&mut sandbox);
    assert_eq!(
        body,
        format!(
            "<!-- corpuslint: report -->\n\n**corpuslint: failed** for {SHA} \
             ([run](https://github.example/open/corpus/actions/runs/7))\n\n| a | b |\n"
        )
    );
    let asked = sandbox.read("fake/asked");
    assert!(
        asked.contains("--method POST repos/open/corpus/issues/5/comments "),
        "{asked}"
    );
}

#[test]
fn the_next_report_renews_our_comment_and_no_other() {
    let Some(mut sandbox) = sandbox("text") else {
        return;
    };
    // Pages follow one another as arrays.
    sandbox.write(
        "fake/comments.json",
        r#"[{"id": 1, "user": {"login": "stranger", "type": "User"}, "body": "<!-- corpuslint: report --> mine"}]
           [{"id": 2, "user": {"login": "github-actions[bot]", "type": "Bot"}, "body": "quotes <!-- corpuslint: report -->"},
            {"id": 3, "user": {"login": "github-actions[bot]", "type": "Bot"}, "body": "<!-- corpuslint: report -->\nold"},
            {"id": 4, "user": {"login": "github-actions[bot]", "type": "Bot"}, "body": "<!-- corpuslint: report -->\nlater"}]"#,
    );
    comment(&mut sandbox);
    let asked = sandbox.read("fake/asked");
    assert!(
        asked.contains("--method PATCH repos/open/corpus/issues/comments/3 "),
        "{asked}"
    );
    assert!(!asked.contains("POST"), "{asked}");
}

#[test]
fn a_change_of_the_gate_is_said() {
    let cases = [
        (
            r#"[{"filename": "corpus/x.yaml"}][{"filename": ".github/workflows/corpus.yml"}]"#,
            "may have changed the gate",
        ),
        (
            r#"[{"filename": "y", "previous_filename": ".github/actions/check/check.sh"}]"#,
            "may have changed the gate",
        ),
    ];
    for (files, said) in cases {
        let Some(mut sandbox) = sandbox("text") else {
            return;
        };
        sandbox.write("fake/files.json", files);
        let body = comment(&mut sandbox);
        assert!(body.contains(said), "{body}");
    }
    let Some(mut sandbox) = sandbox("text") else {
        return;
    };
    let many = vec![r#"{"filename": "corpus/x.yaml"}"#; 3000].join(",");
    sandbox.write("fake/files.json", format!("[{many}]"));
    assert!(comment(&mut sandbox).contains("too large to tell"));
}

#[test]
fn a_hostile_report_is_text() {
    let hostile = "@everyone and @org/team, mail a@b.example, #12, gh-7, \
        ![x](https://evil.example/p.png) <img src=x> <!-- hidden <IMG> \u{202e}gnp\u{200b}\u{7} \
        $(touch stolen) `touch stolen` ${HOME} '; \"\n# Heading\n";
    let Some(mut sandbox) = sandbox(hostile) else {
        return;
    };
    let body = comment(&mut sandbox);
    let (_, report) = body.split_once("runs/7))\n\n").expect("the head");
    assert_eq!(
        report,
        "@\u{200b}everyone and @\u{200b}org/team, mail a@\u{200b}b.example, #\u{200b}12, \
        gh-\u{200b}7, !\\[x](https://evil.example/p.png) &lt;img src=x> &lt;!-- hidden &lt;IMG> gnp \
        $(touch stolen) `touch stolen` ${HOME} '; \"\n# Heading\n"
    );
    assert!(!sandbox.path("work/stolen").exists());
}

#[test]
fn a_long_report_fits_into_a_comment() {
    for line in ["| a row of a table |\n", "<a<a<a<a<a@a@a\n", "ä\u{1f600}\n"] {
        let Some(mut sandbox) = sandbox(&line.repeat(20_000)) else {
            return;
        };
        let body = comment(&mut sandbox);
        assert!(
            body.chars().count() <= 65_536 && body.len() > 50_000,
            "{line}"
        );
        assert!(body.contains("ends early"));
        let last = body.lines().last().expect("a line");
        let first = body.lines().rev().nth(1).expect("a line");
        assert_eq!(last, first, "a line was cut in two");
    }
}

#[test]
fn other_files_are_refused() {
    let expected: [(&str, &[u8]); 3] = [
        ("pull-request", b"5\n"),
        ("report.sarif", b"{}"),
        ("summary.md", b"text"),
    ];
    let others = [
        "../../stolen",
        "/tmp/stolen",
        "summary.md",
        "x\nsummary.md",
        "sub/summary.md",
    ];
    for other in others {
        let Some(sandbox) = sandbox("text") else {
            return;
        };
        let more: [(&str, &[u8]); 1] = [(other, b"stolen")];
        sandbox.write("fake/report.zip", zip(&[&expected[..], &more].concat()));
        assert_refused(&fetch(&sandbox), "holds other files");
        sandbox.write("fake/report.zip", zip(&[&expected[..2], &more].concat()));
        if other != "summary.md" {
            assert_refused(&fetch(&sandbox), "holds other files");
        }
        assert!(!sandbox.path("stolen").exists());
    }
    let Some(sandbox) = sandbox("text") else {
        return;
    };
    sandbox.write("fake/report.zip", "no archive");
    assert_refused(&fetch(&sandbox), "no archive");
}

#[test]
fn what_is_too_large_is_refused() {
    let Some(sandbox) = sandbox("text") else {
        return;
    };
    report(&sandbox, &"x".repeat(3 * 1024 * 1024), "5\n", SARIF);
    assert_refused(&fetch(&sandbox), "summary.md of the report is larger");
    report(&sandbox, "text", "5                    \n", SARIF);
    assert_refused(&fetch(&sandbox), "pull-request of the report is larger");
    sandbox.write("fake/report.zip", vec![0; 9 * 1024 * 1024]);
    assert_refused(&fetch(&sandbox), "archive of the report is larger");
    let said = sandbox.read("fake/artifacts.json");
    let said = said.replace(r#""size_in_bytes": 9"#, r#""size_in_bytes": 99999999"#);
    sandbox.write("fake/artifacts.json", said);
    assert_refused(&fetch(&sandbox), "The report is larger");
}

#[test]
fn a_number_is_believed_only_if_the_run_was_for_it() {
    let Some(sandbox) = sandbox("text") else {
        return;
    };
    for number in ["5; id", "-5", "05", "x", "5/../6"] {
        report(&sandbox, "text", number, SARIF);
        assert_refused(&fetch(&sandbox), "names no pull request");
    }
    report(&sandbox, "text", "6", SARIF);
    assert_refused(&fetch(&sandbox), "no pull request 6");
    report(&sandbox, "text", "5", SARIF);
    sandbox.write("fake/pull.json", pull(SHA, "victim/corpus", "open"));
    assert_refused(&fetch(&sandbox), "the run was not for it");
}

#[test]
fn where_there_is_nothing_to_say_nothing_is_said() {
    let old = SHA.replace('0', "f");
    let cases = [
        (
            "fake/pull.json",
            pull(&old, "stranger/corpus", "open"),
            "new commits",
        ),
        (
            "fake/pull.json",
            pull(SHA, "stranger/corpus", "closed"),
            "closed",
        ),
        (
            "fake/artifacts.json",
            r#"{"artifacts": []}"#.to_owned(),
            "kept no report",
        ),
    ];
    for (file, content, said) in cases {
        let Some(sandbox) = sandbox("text") else {
            return;
        };
        sandbox.write(file, content);
        let ended = fetch(&sandbox);
        assert_eq!(ended.code, Some(0), "{}", ended.log);
        assert!(
            ended.log.contains("::notice") && ended.log.contains(said),
            "{}",
            ended.log
        );
        assert_eq!(ended.outputs.get("number"), None);
    }
}

#[test]
fn code_scanning_gets_only_what_may_be_shown() {
    let Some(mut sandbox) = sandbox("text") else {
        return;
    };
    let (ended, sent) = show(&mut sandbox, "Send to code scanning");
    assert_eq!(ended.code, Some(0), "{}", ended.log);
    assert_eq!(sent["commit_sha"], SHA);
    assert_eq!(sent["ref"], "refs/pull/5/head");
    assert_eq!(sent["tool_name"], "corpuslint");
    assert!(sent["sarif"].as_str().expect("a text").starts_with("H4sI"));
    let checked = sandbox.value("REPORT").to_owned() + "/checked.sarif";
    let checked = std::fs::read_to_string(checked).expect("a report");
    let checked: serde_json::Value = serde_json::from_str(&checked).expect("JSON");
    assert_eq!(
        checked["runs"][0],
        serde_json::json!({
            "tool": {"driver": {"name": "corpuslint", "rules": [{"id": "orphan"}]}},
            "automationDetails": {"id": "corpuslint/"},
            "columnKind": "unicodeCodePoints",
            "results": [{"ruleId": "orphan", "baselineState": "new", "level": "note", "message": {"text": "m"},
              "locations": [{"physicalLocation": {"artifactLocation": {"uri": "corpus/a/PV1.yaml"}}}]}],
        })
    );
}

#[test]
fn code_scanning_refuses_what_is_not_ours() {
    let changes = [
        (r#""version": "2.1.0""#, r#""version": "2.0.0""#),
        (r#""name": "corpuslint""#, r#""name": "CodeQL""#),
        (r#""runs": ["#, r#""runs": [{},"#),
        ("corpus/a/PV1.yaml", "../outside"),
        ("corpus/a/PV1.yaml", "/etc/passwd"),
        ("corpus/a/PV1.yaml", "file:///etc/passwd"),
        (r#""results": ["#, r#""results": [[],"#),
        (r#"{"version""#, r#"version"#),
    ];
    for (from, to) in changes {
        let Some(mut sandbox) = sandbox("text") else {
            return;
        };
        let sarif = SARIF.replace(from, to);
        assert_ne!(sarif, SARIF);
        report(&sandbox, "text", "5", &sarif);
        let (ended, _) = show(&mut sandbox, "Send to code scanning");
        assert_eq!(ended.code, Some(1), "{to}: {}", ended.log);
        assert!(ended.log.contains("was not sent"), "{}", ended.log);
        assert!(!sandbox.read("fake/asked").contains("POST"), "{to}");
    }
}
