//! Hostile and broken inputs: each gets the verdict that it must get, within bounds, and nothing
//! that it says is obeyed, printed raw or fetched.
//!
//! The cases come from a generator beside the repository; without it, or without Python, the test
//! says so and passes.

#![allow(clippy::print_stdout, clippy::print_stderr)] // it says what it skipped

#[cfg(unix)]
#[path = "hostile/write.rs"]
mod write;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// Cases that the generator cannot judge for this program, with the reason.
const EXCEPTIONS: &[(&str, &str)] = &[];

/// What every other case is asked beside a plain check: what would be written.
const PATCHES: &[&[&str]] = &[&["check", "--unsafe-fixes", "--diff"], &["fmt", "--diff"]];

/// What a repository is asked beside a plain check.
const GATES: &[&[&str]] = &[
    &["check", "--base", "HEAD~1"],
    &["check", "--base", "main", "--merge"],
    &["check", "--base", "main", "--head", "HEAD"],
    &["check", "--changed"],
    &["check", "--staged"],
];

/// Time for one case; what takes longer hangs.
const LIMIT: Duration = Duration::from_secs(20);

struct Ran {
    code: Option<i32>,
    output: Vec<u8>,
    diagnostics: Vec<Value>,
    seconds: f64,
}

fn generate(out: &Path) -> Option<Value> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/hostile/make_hostile.py");
    if !script.exists() {
        println!("skipped: ../shared/hostile is not here");
        return None;
    }
    let made = Command::new("python3").arg(&script).arg(out).output();
    match made {
        Ok(made) if made.status.success() => {
            let manifest = std::fs::read(out.join("manifest.json")).expect("a manifest");
            Some(serde_json::from_slice(&manifest).expect("JSON"))
        }
        _ => {
            println!("skipped: python3 cannot run the generator");
            None
        }
    }
}

#[cfg(unix)]
fn path_of(name: &Value) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    match name {
        Value::String(name) => PathBuf::from(name),
        // Only one name is not UTF-8: `caf\xe9.yaml`.
        _ => PathBuf::from(std::ffi::OsString::from_vec(b"caf\xe9.yaml".to_vec())),
    }
}

fn run(out: &Path, case: &Value, secret: &str, asked: &[&str]) -> Option<Ran> {
    let home = out.join(case["root"].as_str()?);
    let schema = out.join(case["schema"].as_str()?);
    let corpus = home.join("corpus");
    std::fs::copy(&schema, corpus.join("schema.json")).ok()?;
    let profile = "version = 1\nroot = \".\"\n[kind.entry]\nfiles = [\"**/*\"]\nschema = \"schema.json\"\nbody = \"description\"\n";
    // A Markdown case has its description in the front matter.
    let profile =
        if case["id"].as_str()?.contains("markdown") || case["id"].as_str()?.contains("front") {
            profile.replace("body = \"description\"\n", "")
        } else {
            profile.to_owned()
        };
    let config = corpus.join("corpuslint.toml");
    std::fs::write(&config, profile).ok()?;
    let json = out.join("findings.json");
    let _ = std::fs::remove_file(&json);
    let started = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_corpuslint"))
        .args(asked)
        .args(reports(asked, &json))
        .arg("--config")
        .arg(&config)
        .arg("--")
        .args(case["lint"].as_array()?.iter().map(path_of))
        .current_dir(&corpus)
        .env("HOSTILE_SECRET", secret)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    let mut stdout = child.stdout.take()?;
    let mut stderr = child.stderr.take()?;
    let errors = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = std::io::Read::read_to_end(&mut stderr, &mut bytes);
        bytes
    });
    let printed = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = std::io::Read::read_to_end(&mut stdout, &mut bytes);
        bytes
    });
    let status = loop {
        match child.try_wait().ok()? {
            Some(status) => break status,
            None if started.elapsed() > LIMIT => {
                child.kill().ok()?;
                break child.wait().ok()?;
            }
            None => std::thread::sleep(Duration::from_millis(2)),
        }
    };
    let mut output = printed.join().ok()?;
    output.extend(errors.join().ok()?);
    let report: Value = std::fs::read(&json)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or(Value::Null);
    Some(Ran {
        code: status.code(),
        output,
        diagnostics: report["diagnostics"]
            .as_array()
            .cloned()
            .unwrap_or_default(),
        seconds: started.elapsed().as_secs_f64(),
    })
}

/// Where a check writes what it finds.
fn reports(asked: &[&str], json: &Path) -> Vec<OsString> {
    if asked[0] != "check" {
        return Vec::new();
    }
    let options =
        "--output-format human --output-format json --output-file /dev/stdout --output-file";
    let mut arguments: Vec<OsString> = options.split(' ').map(Into::into).collect();
    arguments.push(json.into());
    arguments
}

/// What is wrong with how a case was handled.
fn faults(out: &Path, case: &Value, ran: &Ran, secret: &str, asked: &[&str]) -> Vec<String> {
    let mut faults = Vec::new();
    let mut fault = |text: String| faults.push(text);
    let expect = case["expect"].as_str().unwrap_or("");
    match (expect, ran.code) {
        (_, None | Some(101 | 134)) => fault("it crashed".to_owned()),
        ("accept", Some(0)) | ("either", _) => {}
        ("accept", code) => fault(format!("should be accepted, not {code:?}")),
        (_, Some(1 | 2)) => {}
        (_, code) => fault(format!("should be rejected, not {code:?}")),
    }
    if let Some(line) = case["at"].as_u64()
        && ran.code == Some(1)
    {
        let at = |d: &Value| d["severity"] == "error" && d["start"]["line"].as_u64() == Some(line);
        if !ran.diagnostics.iter().any(at) {
            let lines: Vec<String> = ran
                .diagnostics
                .iter()
                .map(|d| format!("{} {}", d["start"]["line"], d["rule"]))
                .collect();
            fault(format!("should be at line {line}, not {lines:?}"));
        }
    }
    if ran.seconds > LIMIT.as_secs_f64() {
        fault(format!("took {:.1} s", ran.seconds));
    }
    let text = String::from_utf8_lossy(&ran.output).into_owned();
    for line in text.lines() {
        let start = line.trim_start();
        if start.starts_with("::")
            || line.contains("##[")
            || line.contains("##vso")
            || line.contains("##teamcity")
        {
            fault(format!("a command in the output: {start:?}"));
        }
    }
    // A patch has the line ends and the tabs of its lines, and is as long as what it changes.
    let is_patch = asked.contains(&"--diff");
    let raw = |c: char| {
        (c.is_control() && c != '\n' && !(is_patch && matches!(c, '\r' | '\t')))
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}' | '\u{e0000}'..='\u{e007f}')
    };
    if let Some(c) = text.chars().find(|&c| raw(c)) {
        fault(format!("a raw character in the output: {c:?}"));
    }
    if ran.output.len() > 1_000_000 && !is_patch {
        fault(format!("{} bytes of output", ran.output.len()));
    }
    let home = out.join(case["root"].as_str().unwrap_or(""));
    if home.join("canary").exists() {
        fault("the canary exists".to_owned());
    }
    let never = case["never"].to_string();
    if never.contains("secret") && (text.contains(secret) || text.contains("root:x:0")) {
        fault("the secret was printed".to_owned());
    }
    faults
}

/// What is wrong with the answer to something else. Any verdict is right, as long as it is one.
fn asked_for_more(out: &Path, case: &Value, secret: &str, asked: &[&str]) -> Vec<String> {
    let mut case = case.clone();
    case["expect"] = "either".into();
    case["at"] = Value::Null;
    let ran = run(out, &case, secret, asked).expect("the program ran");
    let mut found = faults(out, &case, &ran, secret, asked);
    if !matches!(ran.code, Some(0..=2)) {
        found.push(format!("no verdict but {:?}", ran.code));
    }
    let asked = asked.join(" ");
    found
        .into_iter()
        .map(|fault| format!("{asked}: {fault}"))
        .collect()
}

#[cfg(unix)]
#[test]
fn every_case_gets_what_it_must() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("hostile");
    let Some(manifest) = generate(&out) else {
        return;
    };
    let secret = manifest["secret"].as_str().expect("a secret").to_owned();
    let mut tried = 0;
    let mut wrong: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for case in manifest["cases"].as_array().expect("cases") {
        let id = case["id"].as_str().expect("an ID");
        let class = case["class"].as_str().expect("a class");
        let needs = case["needs"].to_string();
        let skipped = needs.contains("non-root") || needs.contains("mount");
        if case["written"] != true || skipped {
            continue;
        }
        if EXCEPTIONS.iter().any(|(name, _)| *name == id) {
            continue;
        }
        tried += 1;
        if class == "write" {
            let faults = write::faults(&out, case);
            if !faults.is_empty() {
                wrong.insert(id.to_owned(), faults);
            }
            continue;
        }
        let ran = run(&out, case, &secret, &["check"]).expect("the program ran");
        let mut faults = faults(&out, case, &ran, &secret, &["check"]);
        let more = match class {
            "git" => GATES,
            // A patch of what is huge is as long, and takes its time where nothing is optimised.
            "size" => &[],
            _ => PATCHES,
        };
        for asked in more {
            tried += 1;
            faults.extend(asked_for_more(&out, case, &secret, asked));
        }
        if !faults.is_empty() {
            wrong.insert(id.to_owned(), faults);
        }
    }
    println!("{tried} cases");
    assert!(tried > 200, "only {tried} cases were tried");
    let shown: Vec<String> = wrong
        .iter()
        .map(|(id, faults)| format!("{id}: {}", faults.join("; ")))
        .collect();
    assert!(
        wrong.is_empty(),
        "{} cases are wrong:\n{}",
        wrong.len(),
        shown.join("\n")
    );
    // The generator's folders may be too deep for an ordinary removal.
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/hostile/make_hostile.py");
    let _ = Command::new("python3")
        .arg(script)
        .arg(&out)
        .arg("--clean")
        .output();
}
