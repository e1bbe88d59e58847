//! What every workflow and action keeps to.

use serde_yaml::Value;

use super::definitions::{Definition, action, actions, definition, workflows};

/// Rights that only read.
fn reads_only(permissions: &Value) -> bool {
    permissions
        .as_mapping()
        .is_some_and(|all| all.values().all(|right| right == "read"))
}

fn everything() -> Vec<Definition> {
    workflows().into_iter().chain(actions()).collect()
}

#[test]
fn whatever_is_used_is_pinned_by_commit() {
    let mut pins = 0;
    for definition in everything() {
        for line in definition.text.lines() {
            let line = line.trim_start().trim_start_matches("- ");
            let Some(used) = line.strip_prefix("uses: ") else {
                continue;
            };
            if used.starts_with("./.github/actions/") {
                continue;
            }
            pins += 1;
            let place = format!("{}: {used}", definition.path.display());
            let (_, pin) = used.split_once('@').expect(&place);
            let (commit, version) = pin.split_once(" # v").expect(&place);
            assert!(
                commit.len() == 40 && commit.chars().all(|c| c.is_ascii_hexdigit()),
                "{place}"
            );
            assert_eq!(version.split('.').count(), 3, "{place}");
        }
        let steps = definition.steps();
        let used = steps.iter().filter(|step| step["uses"].is_string());
        let lines = definition
            .text
            .lines()
            .filter(|line| line.contains("uses: "));
        assert_eq!(used.count(), lines.count(), "{}", definition.path.display());
    }
    assert!(pins >= 10, "the test looks at nothing");
}

#[test]
fn one_action_has_one_pin() {
    let mut pins = std::collections::BTreeMap::new();
    for definition in everything() {
        for step in definition.steps() {
            let Some((name, commit)) = step["uses"].as_str().and_then(|used| used.split_once('@'))
            else {
                continue;
            };
            let repository: Vec<&str> = name.splitn(3, '/').take(2).collect();
            let known = pins
                .entry(repository.join("/"))
                .or_insert(commit.to_owned());
            assert_eq!(known, commit, "{name} in {}", definition.path.display());
        }
    }
}

#[test]
fn rights_are_given_to_jobs_and_are_few() {
    for workflow in workflows() {
        let place = workflow.path.display();
        let top = workflow.value["permissions"].as_mapping();
        assert!(
            top.is_some_and(serde_yaml::Mapping::is_empty),
            "{place}: rights for all jobs"
        );
        let jobs = workflow.value["jobs"].as_mapping().expect("jobs");
        for (name, job) in jobs {
            assert!(
                job["permissions"].is_mapping(),
                "{place}: {name:?} says no permissions"
            );
            assert!(
                job["timeout-minutes"].is_number(),
                "{place}: {name:?} may run for ever"
            );
        }
    }
}

#[test]
fn what_a_stranger_starts_can_only_read() {
    for workflow in workflows() {
        let triggers = &workflow.value["on"];
        assert!(
            !workflow.text.contains("pull_request_target"),
            "{}",
            workflow.path.display()
        );
        if triggers.get("pull_request").is_none() {
            continue;
        }
        let jobs = workflow.value["jobs"].as_mapping().expect("jobs");
        for (name, job) in jobs {
            let only_push = job["if"] == "github.event_name == 'push'";
            assert!(
                only_push || reads_only(&job["permissions"]),
                "{}: {name:?}",
                workflow.path.display()
            );
        }
    }
}

#[test]
fn the_comment_and_code_scanning_have_one_right_to_write_each() {
    let workflow = definition(".github/workflows/corpus-comment.yml");
    let writes = |job: &str| -> Vec<String> {
        let rights = workflow.value["jobs"][job]["permissions"].as_mapping();
        let rights = rights.expect("rights").iter();
        let rights = rights.filter(|(_, level)| *level == "write");
        rights
            .map(|(right, _)| right.as_str().expect("a name").to_owned())
            .collect()
    };
    assert_eq!(writes("comment"), ["pull-requests"]);
    assert_eq!(writes("code-scanning"), ["security-events"]);
    for job in ["comment", "code-scanning"] {
        let condition = workflow.value["jobs"][job]["if"]
            .as_str()
            .expect("a condition");
        assert!(condition.contains("workflow_run.event == 'pull_request'"));
    }
}

#[test]
fn no_expression_stands_inside_a_script() {
    let mut scripts = 0;
    for definition in everything() {
        for step in definition.steps() {
            let run = step["run"].as_str();
            let script = step["with"]["script"].as_str();
            for text in run.into_iter().chain(script) {
                scripts += 1;
                assert!(
                    !text.contains("${{"),
                    "{}: {text}",
                    definition.path.display()
                );
            }
        }
    }
    assert!(scripts >= 9, "the test looks at nothing");
}

#[test]
fn checkouts_keep_no_credentials() {
    for workflow in workflows() {
        for step in workflow.steps() {
            let checkout = step["uses"]
                .as_str()
                .is_some_and(|used| used.starts_with("actions/checkout@"));
            assert!(
                !checkout || step["with"]["persist-credentials"] == false,
                "{}",
                workflow.path.display()
            );
        }
    }
}

#[test]
fn the_gate_checks_out_the_base_and_only_names_the_head() {
    let workflow = definition(".github/workflows/corpus.yml");
    let steps = workflow.value["jobs"]["gate"]["steps"]
        .as_sequence()
        .expect("steps");
    assert_eq!(steps.len(), 2);
    let checkout = &steps[0]["with"];
    let reference = checkout["ref"].as_str().expect("a revision");
    assert!(reference.contains("base") && !reference.contains("head"));
    assert_eq!(checkout["fetch-depth"], 0);
    assert_eq!(steps[1]["uses"], "./.github/actions/check");
    assert_eq!(steps[1]["with"]["base"], "HEAD");
    let head = steps[1]["with"]["head"].as_str().expect("a head");
    assert!(head.contains("pull_request.head.sha") && head.contains("merge_group.head_sha"));
}

#[test]
fn caches_are_kept_by_the_default_branch_only() {
    let check = action("check");
    let mut saves = 0;
    for step in check.steps() {
        let used = step["uses"].as_str().unwrap_or_default();
        assert!(
            !used.starts_with("actions/cache@"),
            "saves whatever the branch"
        );
        if !used.starts_with("actions/cache/save@") {
            continue;
        }
        saves += 1;
        let condition = step["if"].as_str().expect("a condition");
        assert!(condition.contains("github.event_name == 'push'"));
        assert!(condition.contains("github.event.repository.default_branch"));
    }
    assert_eq!(saves, 2);
}

#[test]
fn every_input_is_documented_and_used() {
    for action in actions() {
        let inputs = action.value["inputs"].as_mapping().expect("inputs");
        for (name, input) in inputs {
            let name = name.as_str().expect("a name");
            let described = input["description"].as_str().map_or(0, str::len);
            assert!(described > 20, "{}: {name}", action.path.display());
            let used = format!("inputs.{name}");
            assert!(
                action.text.contains(&used),
                "{}: {name}",
                action.path.display()
            );
        }
    }
}
