//! Hostile and broken inputs: each gets the verdict that it must get, within bounds, and nothing
//! that it says is obeyed, printed raw or fetched.
//!
//! The cases come from a generator beside the repository; without it, or without Python, the test
//! says so and passes. A plain check of each case has the limits of `Limits`; without optimisation it may
//! take ten times as long. `CORPUSLINT_LARGE=1` adds the cases that are large, and those that another user
//! must try; with `--nocapture` the table of RELIABILITY.md is printed.

#![allow(clippy::print_stdout, clippy::print_stderr)] // it says what it skipped

#[cfg(unix)]
#[path = "hostile/plain.rs"]
mod plain;
#[cfg(unix)]
#[path = "hostile/write.rs"]
mod write;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::Value;

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
const LIMIT: Duration = Duration::from_secs(60);

/// Processor time for one case, user and system. What is not optimised is given ten times as much.
const CPU_SECONDS: f64 = if cfg!(debug_assertions) { 20.0 } else { 2.0 };

/// Memory that is resident at most, in bytes.
const MEMORY: u64 = 512 << 20;

/// What is printed at most, in bytes.
const OUTPUT: usize = 64 << 10;

struct Ran {
    code: Option<i32>,
    output: Vec<u8>,
    diagnostics: Vec<Value>,
    seconds: f64,
    cpu: f64,
    memory: u64,
}

/// What a fault says of a case.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// It was not survived: a crash, a limit, something that must never happen.
    Survival,
    Verdict,
    Line,
}

/// How the cases of a class went.
#[derive(Clone, Copy, Default)]
struct Row {
    cases: usize,
    survived: usize,
    judged: usize,
    right: usize,
    lines: usize,
    exact: usize,
    cpu: f64,
    memory: u64,
    output: usize,
}

fn generate(out: &Path) -> Option<Value> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/hostile/make_hostile.py");
    if !script.exists() {
        println!("skipped: ../shared/hostile is not here");
        return None;
    }
    let mut made = Command::new("python3");
    made.arg(&script).arg(out);
    if all_of_them() {
        made.arg("--large");
    }
    let made = made.output();
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
    let json = out.join("reports/findings.json");
    let _ = std::fs::remove_file(&json);
    let started = Instant::now();
    let mut child = program(out, case)
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
    let errors = drained(child.stderr.take()?);
    let printed = drained(child.stdout.take()?);
    let (status, cpu, memory) = ended(child)?;
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
        cpu,
        memory,
    })
}

/// The program, as another user where a case asks for one without root's rights.
fn program(out: &Path, case: &Value) -> Command {
    let own = env!("CARGO_BIN_EXE_corpuslint");
    if !needs(case, "non-root") || !is_root() {
        return Command::new(own);
    }
    let copy = out.join("corpuslint");
    if !copy.exists() {
        std::fs::copy(own, &copy).expect("the program");
    }
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
        .arg(copy);
    command
}

fn needs(case: &Value, what: &str) -> bool {
    case["needs"].to_string().contains(what)
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|id| id.stdout.starts_with(b"0"))
}

/// Everything that comes out of a pipe.
fn drained(mut pipe: impl Read + Send + 'static) -> JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = pipe.read_to_end(&mut bytes);
        bytes
    })
}

/// How a run ended, its processor time in seconds, and the memory it had at most. One that hangs is
/// killed.
#[cfg(unix)]
fn ended(child: Child) -> Option<(ExitStatus, f64, u64)> {
    use wait4::Wait4 as _;
    let id = child.id().to_string();
    let (told, asked) = std::sync::mpsc::channel::<()>();
    let watch = std::thread::spawn(move || {
        if asked.recv_timeout(LIMIT).is_err() {
            let _ = Command::new("kill").args(["-9", &id]).status();
        }
    });
    let used = child.wait4().ok()?;
    let _ = told.send(());
    let _ = watch.join();
    let cpu = used.rusage.utime + used.rusage.stime;
    Some((used.status, cpu.as_secs_f64(), used.rusage.maxrss))
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

/// What is wrong with what was found in a case.
fn verdict(case: &Value, ran: &Ran) -> Vec<(Kind, String)> {
    let mut faults = Vec::new();
    let mut fault = |kind, text: String| faults.push((kind, text));
    let expect = case["expect"].as_str().unwrap_or("");
    match (expect, ran.code) {
        ("accept", Some(0)) | ("either", _) => {}
        ("accept", code) => fault(Kind::Verdict, format!("should be accepted, not {code:?}")),
        (_, Some(1 | 2)) => {}
        (_, code) => fault(Kind::Verdict, format!("should be rejected, not {code:?}")),
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
            fault(
                Kind::Line,
                format!("should be at line {line}, not {lines:?}"),
            );
        }
    }
    faults
}

/// What is wrong with how a case was handled.
fn faults(
    out: &Path,
    case: &Value,
    ran: &Ran,
    secret: &str,
    asked: &[&str],
) -> Vec<(Kind, String)> {
    let mut faults = verdict(case, ran);
    let mut fault = |text: String| faults.push((Kind::Survival, text));
    if matches!(ran.code, None | Some(101 | 134)) {
        fault("it crashed".to_owned());
    }
    if ran.seconds > LIMIT.as_secs_f64() {
        fault(format!("took {:.1} s", ran.seconds));
    }
    // A patch is as long as what it changes, and a gate looks at two states.
    let is_plain = asked == ["check"];
    if ran.cpu > CPU_SECONDS && is_plain {
        fault(format!("took {:.1} s of processor time", ran.cpu));
    }
    if ran.memory > MEMORY {
        fault(format!("had {} MiB", ran.memory >> 20));
    }
    if ran.output.len() > OUTPUT && is_plain {
        fault(format!("printed {} bytes", ran.output.len()));
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
        let told = format!("no verdict but {:?}", ran.code);
        found.push((Kind::Survival, told));
    }
    let asked = asked.join(" ");
    found
        .into_iter()
        .map(|(_, fault)| format!("{asked}: {fault}"))
        .collect()
}

/// Whether the cases that are large, or need another user, are tried too.
fn all_of_them() -> bool {
    std::env::var_os("CORPUSLINT_LARGE").is_some()
}

#[cfg(unix)]
#[test]
fn every_case_gets_what_it_must() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("hostile");
    let Some(manifest) = generate(&out) else {
        return;
    };
    open(folder.path(), &out);
    let secret = manifest["secret"].as_str().expect("a secret").to_owned();
    let mut trial = Trial {
        out,
        secret,
        tried: 0,
        wrong: BTreeMap::new(),
        rows: BTreeMap::new(),
    };
    for case in manifest["cases"].as_array().expect("cases") {
        let skipped = needs(case, "non-root") && is_root() && !all_of_them();
        if case["written"] == true && !skipped {
            trial.try_case(case);
        }
    }
    trial.print();
    // The generator's folders may be too deep for an ordinary removal.
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/hostile/make_hostile.py");
    let _ = Command::new("python3")
        .arg(script)
        .arg(&trial.out)
        .arg("--clean")
        .output();
    trial.judge();
}

/// Lets another user in, and gives a place where it may write reports.
#[cfg(unix)]
fn open(folder: &Path, out: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let reports = out.join("reports");
    std::fs::create_dir(&reports).expect("a folder");
    for (path, mode) in [(folder, 0o755), (out, 0o755), (reports.as_path(), 0o777)] {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("a mode");
    }
}

struct Trial {
    out: PathBuf,
    secret: String,
    tried: usize,
    wrong: BTreeMap<String, Vec<String>>,
    rows: BTreeMap<String, Row>,
}

#[cfg(unix)]
impl Trial {
    fn try_case(&mut self, case: &Value) {
        let id = case["id"].as_str().expect("an ID");
        let class = case["class"].as_str().expect("a class");
        self.tried += 1;
        let faults = match class {
            "write" => write::faults(&self.out, case),
            _ => self.try_check(case, class),
        };
        if class == "write" {
            let row = self.rows.entry(class.to_owned()).or_default();
            row.cases += 1;
            row.survived += usize::from(faults.is_empty());
        }
        if !faults.is_empty() {
            self.wrong.insert(id.to_owned(), faults);
        }
    }

    fn try_check(&mut self, case: &Value, class: &str) -> Vec<String> {
        let ran = run(&self.out, case, &self.secret, &["check"]).expect("the program ran");
        let found = faults(&self.out, case, &ran, &self.secret, &["check"]);
        self.count(case, class, &ran, &found);
        let mut faults: Vec<String> = found.into_iter().map(|(_, fault)| fault).collect();
        let more = match class {
            "git" => GATES,
            // A patch of what is huge is as long, and takes its time where nothing is optimised.
            "size" => &[],
            _ if case["large"] == true => &[],
            _ => PATCHES,
        };
        for asked in more {
            self.tried += 1;
            faults.extend(asked_for_more(&self.out, case, &self.secret, asked));
        }
        faults
    }

    fn count(&mut self, case: &Value, class: &str, ran: &Ran, faults: &[(Kind, String)]) {
        let free_of = |kind| faults.iter().all(|(found, _)| *found != kind);
        let row = self.rows.entry(class.to_owned()).or_default();
        row.cases += 1;
        row.survived += usize::from(free_of(Kind::Survival));
        if case["expect"] != "either" {
            row.judged += 1;
            row.right += usize::from(free_of(Kind::Verdict));
        }
        if case["at"].is_u64() {
            row.lines += 1;
            row.exact += usize::from(free_of(Kind::Line) && ran.code == Some(1));
        }
        row.cpu = row.cpu.max(ran.cpu);
        row.memory = row.memory.max(ran.memory);
        row.output = row.output.max(ran.output.len());
    }

    fn print(&self) {
        println!("{} runs", self.tried);
        println!(
            "| class | survived | right verdicts | exact lines | CPU s, worst | MiB, worst | output KiB, worst |"
        );
        println!("|---|---|---|---|---|---|---|");
        let mut all = Row::default();
        for (class, row) in &self.rows {
            row.print(class);
            all.add(row);
        }
        all.print("all");
    }

    fn judge(&self) {
        assert!(self.tried > 200, "only {} runs were tried", self.tried);
        let shown: Vec<String> = self
            .wrong
            .iter()
            .map(|(id, faults)| format!("{id}: {}", faults.join("; ")))
            .collect();
        assert!(
            shown.is_empty(),
            "{} cases are wrong:\n{}",
            shown.len(),
            shown.join("\n")
        );
    }
}

impl Row {
    fn print(&self, class: &str) {
        println!(
            "| {class} | {} of {} | {} of {} | {} of {} | {:.2} | {} | {:.1} |",
            self.survived,
            self.cases,
            self.right,
            self.judged,
            self.exact,
            self.lines,
            self.cpu,
            self.memory >> 20,
            self.output as f64 / 1024.0
        );
    }

    fn add(&mut self, other: &Self) {
        self.cases += other.cases;
        self.survived += other.survived;
        self.judged += other.judged;
        self.right += other.right;
        self.lines += other.lines;
        self.exact += other.exact;
        self.cpu = self.cpu.max(other.cpu);
        self.memory = self.memory.max(other.memory);
        self.output = self.output.max(other.output);
    }
}
