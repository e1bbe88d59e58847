//! What rewrites files, under adverse conditions: every file is its old or its new self, all of them
//! are of one state, and nothing outside is touched.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// Files by path, with their contents and their modes.
type Files = BTreeMap<PathBuf, (Vec<u8>, u32)>;

/// What is wrong with how a case of the class `write` was handled.
pub(crate) fn faults(out: &Path, case: &Value) -> Vec<String> {
    let home = out.join(case["root"].as_str().expect("a folder"));
    let corpus = home.join("corpus");
    let schema = out.join(case["schema"].as_str().expect("a schema"));
    std::fs::copy(schema, corpus.join("schema.json")).expect("a schema");
    let profile = "version = 1\nroot = \".\"\n[kind.entry]\nfiles = [\"**/*\"]\nschema = \"schema.json\"\nbody = \"description\"\n";
    std::fs::write(corpus.join("corpuslint.toml"), profile).expect("a profile");
    if super::needs(case, "non-root") && super::is_root() {
        let owned = Command::new("chown")
            .args(["-R", "65534:65534"])
            .arg(&home)
            .status();
        assert!(
            owned.is_ok_and(|owned| owned.success()),
            "the owner changes"
        );
    }
    let place = Place {
        out,
        case,
        old: read(&home),
        new: expected(&home),
        home,
        corpus,
    };
    let mut found = Vec::new();
    for command in [&["fmt"][..], &["check", "--unsafe-fixes"]] {
        let faults = place.try_scenario(case, command);
        found.extend(
            faults
                .into_iter()
                .map(|fault| format!("{}: {fault}", command.join(" "))),
        );
        place.reset();
    }
    found
}

struct Place<'p> {
    out: &'p Path,
    case: &'p Value,
    home: PathBuf,
    corpus: PathBuf,
    old: Files,
    new: Files,
}

impl Place<'_> {
    fn try_scenario(&self, case: &Value, command: &[&str]) -> Vec<String> {
        let never = case["never"].to_string();
        match case["scenario"].as_str().unwrap_or("fix") {
            "kill" => self.killed(command),
            "disk-full" => self.without_room(command),
            "edit-during-run" => self.edited(command),
            "swap-during-run" => self.swapped(command),
            scenario => {
                let mut faults = self.once(command);
                if never.contains("change") && read(&self.home) != self.old {
                    faults.push("something changed".to_owned());
                }
                if scenario == "fix-twice" {
                    let once = read(&self.home);
                    faults.extend(self.once(command));
                    if read(&self.home) != once {
                        faults.push("a second time changed something".to_owned());
                    }
                }
                faults
            }
        }
    }

    /// Runs once; numbers, modes, BOM and line ends are kept, because the new self keeps them.
    fn once(&self, command: &[&str]) -> Vec<String> {
        let mut child = self.spawn(command);
        let status = child.wait().expect("it ends");
        let mut faults = self.states(command);
        if !matches!(status.code(), Some(0..=2)) {
            faults.push(format!("it ended with {status}"));
        }
        faults
    }

    fn spawn(&self, command: &[&str]) -> Child {
        super::program(self.out, self.case)
            .args(command)
            .current_dir(&self.corpus)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program runs")
    }

    /// Each file is as it was or as `fmt` writes it, and all are of one state.
    fn states(&self, command: &[&str]) -> Vec<String> {
        let now = read(&self.home);
        let mut faults = Vec::new();
        if now.keys().ne(self.old.keys()) {
            faults.push("files came or went".to_owned());
        }
        let (mut old, mut new) = (0, 0);
        for (path, file) in &now {
            let (was, becomes) = (self.old.get(path), self.new.get(path));
            match (Some(file) == was, Some(file) == becomes) {
                (true, true) => {}
                (true, false) => old += 1,
                (false, true) => new += 1,
                (false, false) if command[0] == "fmt" => {
                    faults.push(format!("{} is torn", path.display()));
                }
                (false, false) => {}
            }
        }
        if command[0] == "fmt" && old > 0 && new > 0 {
            faults.push(format!("{old} files are old and {new} are new"));
        }
        faults
    }

    fn killed(&self, command: &[&str]) -> Vec<String> {
        let started = Instant::now();
        self.spawn(command).wait().expect("it ends");
        let usual = started.elapsed();
        let mut faults = Vec::new();
        for round in 0..12_u32 {
            self.reset();
            let mut child = self.spawn(command);
            std::thread::sleep(usual * round / 12);
            let _ = child.kill();
            let _ = child.wait();
            if self.corpus.join(".corpuslint-change/journal").exists() {
                // What finds nothing to do finishes what was begun.
                self.spawn(&["check", "--fix", "--select", "syntax"])
                    .wait()
                    .expect("it ends");
            }
            let _ = std::fs::remove_dir_all(self.corpus.join(".corpuslint-change"));
            faults.extend(self.states(command));
        }
        faults
    }

    /// On a file system that has no room for any new content.
    fn without_room(&self, command: &[&str]) -> Vec<String> {
        let small = self.out.join("small");
        std::fs::create_dir_all(&small).expect("a folder");
        let size: usize = self
            .old
            .values()
            .map(|(text, _)| text.len().max(4096) + 4096)
            .sum();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"])
            .arg(&small)
            .output();
        if !mounted.is_ok_and(|mounted| mounted.status.success()) {
            println!("skipped: a small file system cannot be mounted here");
            return Vec::new();
        }
        let copied = Command::new("cp")
            .arg("-a")
            .arg(&self.corpus)
            .arg(&small)
            .status();
        assert!(copied.is_ok_and(|copied| copied.success()), "a copy");
        let filler = small.join("filler");
        let mut room = std::fs::File::create(&filler).expect("a file");
        while std::io::Write::write_all(&mut room, &[0; 4096]).is_ok() {}
        drop(room);
        let place = Place {
            out: self.out,
            case: self.case,
            home: small.clone(),
            corpus: small.join("corpus"),
            old: inside(&self.old),
            new: inside(&self.new),
        };
        let mut child = place.spawn(command);
        let status = child.wait().expect("it ends");
        let _ = std::fs::remove_file(&filler);
        let mut faults = place.states(command);
        if !matches!(status.code(), Some(1 | 2)) {
            faults.push(format!("it ended with {status}"));
        }
        let _ = Command::new("umount").arg(&small).output();
        faults
    }

    /// Somebody saves some of the files meanwhile: what they wrote is there afterwards.
    fn edited(&self, command: &[&str]) -> Vec<String> {
        let mut child = self.spawn(command);
        let mut edits = Vec::new();
        for (path, (text, _)) in self
            .old
            .iter()
            .filter(|(path, _)| is_entry(path))
            .step_by(10)
        {
            let target = self.home.join(path);
            let mut edited = text.clone();
            edited.extend(b"  A line of somebody else.\n");
            std::fs::write(&target, &edited).expect("an entry");
            edits.push((target, edited));
            std::thread::sleep(Duration::from_millis(1));
        }
        child.wait().expect("it ends");
        let lost = edits.iter().filter(|(target, _)| {
            let now = std::fs::read(target).expect("an entry");
            !String::from_utf8_lossy(&now).contains("A line of somebody else.")
        });
        // An edit that came behind the end is no test, but must stand as well.
        let lost: Vec<String> = lost
            .map(|(target, _)| format!("an edit of {} is lost", target.display()))
            .collect();
        lost
    }

    /// An entry becomes a link to a file outside, which stays as it was.
    fn swapped(&self, command: &[&str]) -> Vec<String> {
        let mut faults = Vec::new();
        let outside = self.home.join("outside/entry.yaml");
        let before = std::fs::read(&outside).expect("a file outside");
        for delay in [0, 5, 20, 60] {
            self.reset();
            let mut child = self.spawn(command);
            std::thread::sleep(Duration::from_millis(delay));
            let entry = self.corpus.join("e150.yaml");
            let _ = std::fs::remove_file(&entry);
            let _ = std::os::unix::fs::symlink("../outside/entry.yaml", &entry);
            child.wait().expect("it ends");
            if std::fs::read(&outside).expect("a file outside") != before {
                faults.push("the file outside was written".to_owned());
            }
        }
        faults
    }

    fn reset(&self) {
        let _ = std::fs::remove_dir_all(self.corpus.join(".corpuslint-change"));
        let now = read(&self.home);
        for (path, file) in &self.old {
            let target = self.home.join(path);
            if now.get(path) != Some(file) || target.is_symlink() {
                let is_link =
                    std::fs::symlink_metadata(&target).is_ok_and(|meta| meta.is_symlink());
                if is_link && now.get(path) == Some(file) {
                    continue;
                }
                let _ = std::fs::remove_file(&target);
                std::fs::write(&target, &file.0).expect("a file");
                set_mode(&target, file.1);
            }
        }
    }
}

/// Only what is in the corpus.
fn inside(files: &Files) -> Files {
    let corpus = files.iter().filter(|(path, _)| path.starts_with("corpus"));
    corpus
        .map(|(path, file)| (path.clone(), file.clone()))
        .collect()
}

fn is_entry(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == "yaml")
}

/// What each file becomes: its text on the standard input is written to the standard output.
fn expected(home: &Path) -> Files {
    let mut files = read(home);
    for (path, (content, _)) in &mut files {
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or("");
        let own = ["schema.json", "corpuslint.toml"].contains(&name);
        if own || !path.starts_with("corpus") || home.join(path).is_symlink() {
            continue;
        }
        let mut child = Command::new(env!("CARGO_BIN_EXE_corpuslint"))
            .args(["fmt", "-", "--stdin-filename"])
            .arg(home.join(path))
            .current_dir(home.join("corpus"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program runs");
        let mut stdin = child.stdin.take().expect("a pipe");
        let text = content.clone();
        let writer = std::thread::spawn(move || std::io::Write::write_all(&mut stdin, &text));
        let output = child.wait_with_output().expect("it ends");
        let _ = writer.join();
        if output.status.success() {
            *content = output.stdout;
        }
    }
    files
}

fn read(home: &Path) -> Files {
    let mut found = Files::new();
    let mut folders = vec![home.to_owned()];
    while let Some(folder) = folders.pop() {
        for item in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = item.path();
            let Ok(meta) = std::fs::symlink_metadata(&path) else {
                continue;
            };
            if meta.is_dir() {
                folders.push(path);
                continue;
            }
            let content = if meta.is_symlink() {
                let target = std::fs::read_link(&path).expect("a link");
                target.as_os_str().as_encoded_bytes().to_vec()
            } else {
                std::fs::read(&path).unwrap_or_default()
            };
            let inner = path.strip_prefix(home).expect("inside").to_owned();
            found.insert(inner, (content, mode(&meta)));
        }
    }
    found
}

fn mode(meta: &std::fs::Metadata) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    meta.permissions().mode() & 0o777
}

fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("a mode");
}
