//! The scripts of the check action, with a program that only pretends to check.

use std::process::Command;

use super::sandbox::{Ended, Sandbox};

/// Writes what it was asked for, as the program does, and ends as `end` says.
fn pretend(end: &str) -> String {
    let script = r#"
printf '%s\n' "$@" >SANDBOX/fake/arguments
while (($#)); do
  if [[ $1 == --output-file ]]; then echo "report of $2" >"$2"; fi
  shift
done
echo "::error file=corpus/x.yaml::said to the runner"
echo "said beside it" >&2
"#;
    format!("{script}{end}")
}

/// A sandbox in which the program ends as `end` says.
fn sandbox(end: &str) -> Option<Sandbox> {
    let mut sandbox = Sandbox::new(&["git"])?;
    sandbox.program("corpuslint", &pretend(end));
    std::fs::create_dir(sandbox.path("temp/report")).expect("a folder");
    for (name, inner) in [("CORPUSLINT", "bin/corpuslint"), ("REPORT", "temp/report")] {
        let path = sandbox.text(inner);
        sandbox.set(name, &path);
    }
    sandbox.set("MERGE", "true");
    sandbox.set("FAIL_ON", "error");
    Some(sandbox)
}

/// The arguments that the program gets when every input is given.
pub(crate) fn arguments_of_everything() -> Option<Vec<String>> {
    let mut sandbox = sandbox("exit 0")?;
    for (name, value) in [
        ("BASE", "HEAD"),
        ("HEAD", "abc"),
        ("WAIVE", "id-removed:PV055"),
    ] {
        sandbox.set(name, value);
    }
    let ended = check(&sandbox);
    assert_eq!(ended.code, Some(0), "{}", ended.log);
    let arguments = sandbox.read("fake/arguments");
    Some(arguments.lines().skip(1).map(str::to_owned).collect())
}

fn check(sandbox: &Sandbox) -> Ended {
    sandbox.step("check", "Check")
}

/// Red, with a reason that a person finds.
fn assert_failed(ended: &Ended, reason: &str) {
    assert_eq!(ended.code, Some(2), "{}", ended.log);
    assert!(
        ended
            .log
            .contains("::error title=corpuslint did not check::"),
        "{}",
        ended.log
    );
    assert!(ended.log.contains(reason), "{}", ended.log);
    assert!(ended.summary.contains(reason), "{}", ended.summary);
    assert_eq!(
        ended.outputs.get("verdict").map(String::as_str),
        Some("failed")
    );
    assert_eq!(ended.outputs.get("sarif"), None);
}

#[test]
fn a_clean_change_is_green() {
    let Some(mut sandbox) = sandbox("exit 0") else {
        return;
    };
    sandbox.set("BASE", "HEAD");
    sandbox.set("PULL_REQUEST", "5");
    let ended = check(&sandbox);
    assert_eq!(ended.code, Some(0), "{}", ended.log);
    assert_eq!(ended.outputs["verdict"], "pass");
    let sarif = sandbox.text("temp/report/report.sarif");
    assert_eq!(ended.outputs["sarif"], sarif);
    assert!(ended.summary.starts_with("report of "));
    assert!(
        ended
            .log
            .contains("\n::error file=corpus/x.yaml::said to the runner")
            || ended.log.starts_with("::error file=")
    );
    assert_eq!(sandbox.read("temp/report/pull-request"), "5\n");
    let mut kept: Vec<_> = std::fs::read_dir(sandbox.path("temp/report"))
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    kept.sort();
    assert_eq!(kept, ["pull-request", "report.sarif", "summary.md"]);
}

#[test]
fn findings_are_red_and_reported() {
    let Some(sandbox) = sandbox("exit 1") else {
        return;
    };
    let ended = check(&sandbox);
    assert_eq!(ended.code, Some(1), "{}", ended.log);
    assert_eq!(ended.outputs["verdict"], "findings");
    assert!(ended.summary.starts_with("report of "));
}

#[test]
fn a_run_that_failed_is_red() {
    let reason =
        r#"printf 'error: no revision 50%% of\r ä; see docs\n::add-mask::x\n' >&2; exit 2"#;
    let Some(sandbox) = sandbox(reason) else {
        return;
    };
    let ended = check(&sandbox);
    assert_failed(&ended, "nothing was checked");
    let said = "\n::error title=corpuslint::no revision 50%25 of ä; see docs\n";
    assert!(ended.log.contains(said), "{}", ended.log);
}

#[test]
fn a_crash_is_red() {
    for end in ["kill -SEGV $$", "kill -KILL $$", "exit 101"] {
        let Some(sandbox) = sandbox(end) else { return };
        assert_failed(&check(&sandbox), "crashed");
    }
}

#[test]
fn a_report_that_is_missing_or_empty_is_red() {
    for file in ["report.sarif", "summary.md"] {
        for act in ["rm -f", "truncate -s 0"] {
            let Some(sandbox) = sandbox(&format!("{act} SANDBOX/temp/report/{file}")) else {
                return;
            };
            assert_failed(&check(&sandbox), "its verdict does not count");
        }
    }
}

#[test]
fn a_report_of_an_earlier_run_does_not_count() {
    let Some(sandbox) = sandbox("exit 0") else {
        return;
    };
    sandbox.program("corpuslint", "exit 0");
    for file in ["report.sarif", "summary.md"] {
        sandbox.write(&format!("temp/report/{file}"), "old");
    }
    assert_failed(&check(&sandbox), "its verdict does not count");
}

#[test]
fn no_program_is_red() {
    let Some(mut sandbox) = sandbox("exit 0") else {
        return;
    };
    for missing in ["", "/there/is/none"] {
        sandbox.set("CORPUSLINT", missing);
        assert_failed(&check(&sandbox), "There is no program to run");
    }
}

#[test]
fn wrong_inputs_are_red() {
    let wrong = [
        ("MERGE", "yes", "The input merge"),
        ("WORKING_DIRECTORY", "nowhere", "working-directory"),
    ];
    for (name, value, reason) in wrong {
        let Some(mut sandbox) = sandbox("exit 0") else {
            return;
        };
        sandbox.set("BASE", "HEAD");
        sandbox.set(name, value);
        assert_failed(&check(&sandbox), reason);
    }
    for (name, value) in [("HEAD", "abc"), ("WAIVE", "id-removed:PV055")] {
        let Some(mut sandbox) = sandbox("exit 0") else {
            return;
        };
        sandbox.set(name, value);
        assert_failed(&check(&sandbox), "needs the input base");
    }
}

#[test]
fn inputs_are_arguments_and_never_commands_or_options() {
    let Some(mut sandbox) = sandbox("exit 0") else {
        return;
    };
    sandbox.set("BASE", "--exit-zero $(touch @stolen) `id`; exit 0");
    sandbox.set("HEAD", "--config=x");
    sandbox.set("WAIVE", "id-removed:PV055\n\n  id-recycled:ME023  \n");
    sandbox.set("FAIL_ON", "warning");
    assert_eq!(check(&sandbox).code, Some(0));
    let arguments = sandbox.read("fake/arguments");
    let given: Vec<&str> = arguments.lines().collect();
    let expected = [
        "check",
        "--base=--exit-zero $(touch @stolen) `id`; exit 0",
        "--head=--config=x",
        "--merge",
        "--waive=id-removed:PV055",
        "--waive=id-recycled:ME023",
        "--fail-on=warning",
        "--output-format",
        "github",
        "--output-format",
        "sarif",
        "--output-file",
    ];
    assert_eq!(given[..expected.len()], expected);
}

#[test]
fn what_goes_to_the_standard_error_commands_nothing() {
    let Some(sandbox) = sandbox("echo '::add-mask::secret' >&2; exit 1") else {
        return;
    };
    let ended = check(&sandbox);
    let mut mark = None;
    for line in ended.log.lines() {
        if let Some(found) = line.strip_prefix("::stop-commands::") {
            mark = Some(format!("::{found}::"));
        }
        if line.contains("add-mask") {
            let mark = mark.as_ref().expect("commands are stopped");
            assert!(mark.len() >= 36 && ended.log.ends_with(&format!("{mark}\n")));
            return;
        }
    }
    panic!("the standard error is not shown: {}", ended.log);
}

#[test]
fn copies_replace_a_link_and_do_not_follow_it() {
    let Some(mut sandbox) = sandbox("exit 0") else {
        return;
    };
    sandbox.write("fake/precious", "kept");
    std::os::unix::fs::symlink(
        sandbox.path("fake/precious"),
        sandbox.path("work/out.sarif"),
    )
    .expect("a link");
    sandbox.set("SARIF_FILE", "out.sarif");
    sandbox.set("SUMMARY_FILE", "out.md");
    assert_eq!(check(&sandbox).code, Some(0));
    assert_eq!(sandbox.read("fake/precious"), "kept");
    assert!(sandbox.read("work/out.sarif").starts_with("report of "));
    assert!(sandbox.read("work/out.md").starts_with("report of "));
}

#[test]
fn a_summary_that_the_page_cannot_hold_is_cut() {
    let long = "yes 'ä row' | head -c 2000001 >SANDBOX/temp/report/summary.md || true; exit 1";
    let Some(sandbox) = sandbox(long) else { return };
    let ended = check(&sandbox);
    assert_eq!(ended.code, Some(1), "{}", ended.log);
    assert!(ended.summary.starts_with("The summary is too long"));
    assert!(ended.summary.len() < 1_000_000 && ended.summary.len() > 800_000);
}

fn git(sandbox: &Sandbox, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=A", "-c", "user.email=a@example.org"])
        .args(arguments)
        .current_dir(sandbox.path("work"))
        .output()
        .expect("git runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// A clone of a repository with one more commit, which only a pull request has.
fn cloned(sandbox: &mut Sandbox) -> String {
    let origin = sandbox.text("fake/origin");
    git(sandbox, &["init", "--quiet", "-b", "main", &origin]);
    let inside = |sandbox: &Sandbox, arguments: &[&str]| {
        git(sandbox, &[&["-C", &origin], arguments].concat())
    };
    inside(
        sandbox,
        &["commit", "--quiet", "--allow-empty", "-m", "base"],
    );
    inside(
        sandbox,
        &["config", "uploadpack.allowAnySHA1InWant", "true"],
    );
    git(sandbox, &["clone", "--quiet", &origin, "."]);
    inside(sandbox, &["checkout", "--quiet", "--detach"]);
    sandbox.write("fake/origin/hostile", "data");
    inside(sandbox, &["add", "hostile"]);
    inside(sandbox, &["commit", "--quiet", "-m", "pull request"]);
    inside(sandbox, &["update-ref", "refs/pull/5/head", "HEAD"]);
    inside(sandbox, &["rev-parse", "HEAD"])
}

#[test]
fn the_head_is_fetched_and_not_checked_out() {
    let Some(mut sandbox) = Sandbox::new(&["git"]) else {
        return;
    };
    let head = cloned(&mut sandbox);
    sandbox.set("HEAD", &head);
    sandbox.set("TOKEN", "secret");
    let ended = sandbox.step("check", "Fetch the commit to check");
    assert_eq!(ended.code, Some(0), "{}", ended.log);
    assert_eq!(git(&sandbox, &["cat-file", "-t", &head]), "commit");
    assert!(!sandbox.path("work/hostile").exists());
    assert!(!sandbox.read("work/.git/config").contains("AUTHORIZATION"));
    assert!(!ended.log.contains("secret"));
}

#[test]
fn a_head_that_is_no_commit_is_red() {
    let Some(mut sandbox) = Sandbox::new(&["git"]) else {
        return;
    };
    cloned(&mut sandbox);
    let missing = "0123456789012345678901234567890123456789";
    for head in ["main", "--upload-pack=id", missing] {
        sandbox.set("HEAD", head);
        let ended = sandbox.step("check", "Fetch the commit to check");
        assert_eq!(ended.code, Some(2), "{head}: {}", ended.log);
        assert!(ended.log.contains("::error title=corpuslint::"), "{head}");
    }
}

#[test]
fn what_a_change_kept_for_itself_is_thrown_away() {
    let cases = [
        ("pull_request", "echo 0", true),
        ("pull_request", "echo 1", false),
        ("pull_request", "exit 1", false),
        ("pull_request", "echo nonsense", false),
        ("merge_group", "echo 1", false),
        ("push", "echo 1", true),
    ];
    for (event, answer, kept) in cases {
        let Some(mut sandbox) = Sandbox::new(&[]) else {
            return;
        };
        sandbox.program("gh", answer);
        for (name, folder) in [("PROGRAM", "temp/program"), ("FACTS", "temp/facts")] {
            std::fs::create_dir(sandbox.path(folder)).expect("a folder");
            let path = sandbox.text(folder);
            sandbox.set(name, &path);
        }
        sandbox.set("GITHUB_EVENT_NAME", event);
        let ended = sandbox.step("check", "Throw away what a pull request kept for itself");
        assert_eq!(ended.code, Some(0), "{}", ended.log);
        for folder in ["temp/program", "temp/facts"] {
            assert_eq!(sandbox.path(folder).exists(), kept, "{event}, {answer}");
        }
    }
}

#[test]
fn the_program_is_named_or_kept_or_built() {
    let Some(mut sandbox) = Sandbox::new(&[]) else {
        return;
    };
    let program = sandbox.text("temp/program");
    sandbox.set("PROGRAM", &program);
    sandbox.program("cargo", "exit 1");
    let failed = sandbox.step("check", "Build");
    assert_eq!(failed.code, Some(2), "{}", failed.log);
    assert_eq!(failed.outputs.get("binary"), None);

    sandbox.program(
        "cargo",
        r#"echo "$*" >SANDBOX/fake/cargo; mkdir -p "$4/bin"; touch "$4/bin/corpuslint"; chmod +x "$4/bin/corpuslint""#,
    );
    let built = sandbox.step("check", "Build");
    assert_eq!(built.code, Some(0), "{}", built.log);
    assert_eq!(built.outputs["built"], "true");
    assert!(
        sandbox
            .read("fake/cargo")
            .starts_with("install --locked --root ")
    );
    let kept = sandbox.step("check", "Build");
    assert_eq!(kept.outputs.get("built"), None);
    assert_eq!(kept.outputs["binary"], built.outputs["binary"]);

    sandbox.set("BINARY", "/there/is/none");
    assert_eq!(sandbox.step("check", "Build").code, Some(2));
}

#[test]
fn folders_and_keys_are_named() {
    let Some(sandbox) = Sandbox::new(&["git", "sha256sum"]) else {
        return;
    };
    let outside = sandbox.step("check", "Prepare");
    assert_eq!(outside.code, Some(0), "{}", outside.log);
    assert_eq!(outside.outputs["facts"], "");
    assert_eq!(outside.outputs["key"].len(), 40);
    git(&sandbox, &["init", "--quiet"]);
    let inside = sandbox.step("check", "Prepare");
    assert!(inside.outputs["facts"].ends_with("work/.git/corpuslint"));
    assert_eq!(inside.outputs["key"], outside.outputs["key"]);
    assert_ne!(inside.outputs["report"], outside.outputs["report"]);
}
