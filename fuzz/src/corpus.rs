//! Some bytes as a corpus: a line `=== PATH`, then the bytes of that file, and so on.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, OnceLock};

use corpuslint::lint::cache::Cache;
use corpuslint::lint::{self, Options, Report};
use corpuslint::profile::Profile;
use corpuslint::snapshot::git::Id;
use corpuslint::snapshot::{Finder, Origin, SourceFile, Workspace};

/// Files that are looked at; more make each run slower and find no more.
const FILES: usize = 6;
/// What stands before the path of a file.
const MARK: &[u8] = b"=== ";
/// Findings that one file may have.
pub const FINDINGS: usize = 25;
/// Bytes that one file may have.
const FILE_BYTES: u64 = 8 << 10;

/// The files that some bytes stand for, by path. What stands before the first mark is an entry.
#[must_use]
pub fn split(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut name = Some("corpus/motive/MT001.yaml".to_owned());
    let mut body = Vec::new();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let Some(path) = line.strip_prefix(MARK) else {
            body.extend_from_slice(line);
            continue;
        };
        put(&mut files, name, std::mem::take(&mut body));
        name = path_of(path);
    }
    put(&mut files, name, body);
    files
}

fn put(files: &mut BTreeMap<String, Vec<u8>>, name: Option<String>, body: Vec<u8>) {
    let is_there = name.is_some() && (!body.is_empty() || !files.is_empty());
    if let (Some(name), true) = (name, is_there && files.len() < FILES) {
        files.entry(name).or_insert(body);
    }
}

/// A path that a walk through a folder can give.
fn path_of(line: &[u8]) -> Option<String> {
    let path = String::from_utf8_lossy(line)
        .trim_end_matches(['\n', '\r'])
        .to_owned();
    let is_name = |part: &str| !matches!(part, "" | "." | "..") && !part.contains('\0');
    (path.len() < 100 && path.split('/').all(is_name)).then_some(path)
}

/// The profile and the schemas of the binary, with limits that short inputs can reach.
pub fn workspace() -> &'static Workspace {
    static WORKSPACE: OnceLock<Workspace> = OnceLock::new();
    WORKSPACE.get_or_init(|| {
        let mut workspace = Workspace::embedded(PathBuf::from("/nowhere")).expect("a workspace");
        let mut profile = Profile::embedded().expect("a profile");
        profile.limits.findings = FINDINGS;
        profile.limits.file_bytes = FILE_BYTES;
        profile.limits.syntax.expanded_nodes = 20_000;
        profile.limits.syntax.expanded_bytes = 200_000;
        workspace.profile = Arc::new(profile);
        workspace
    })
}

/// Files in memory, in the order of their paths.
#[must_use]
pub fn files(texts: &BTreeMap<String, Vec<u8>>, workspace: &Workspace) -> Vec<SourceFile> {
    let finder = Finder::new(workspace, workspace.root());
    let file = |(path, bytes): (&String, &Vec<u8>)| SourceFile {
        origin: Origin::Text(bytes.as_slice().into()),
        content: Id::of_blob(bytes).ok(),
        ..finder.text(&workspace.base.join(path), String::new())
    };
    texts.iter().map(file).collect()
}

/// What is asked for, on a day that does not change.
#[must_use]
pub fn options(cache: Option<Arc<Cache>>) -> Options {
    Options {
        select: Vec::new(),
        ignore: Vec::new(),
        today: jiff::civil::date(2026, 1, 2),
        whole_corpus: true,
        cache,
    }
}

/// What is found in files.
#[must_use]
pub fn report(workspace: &Workspace, files: &[SourceFile], cache: Option<Arc<Cache>>) -> Report {
    let done = AtomicUsize::new(0);
    lint::run(workspace, files, &options(cache), &done).expect("schemas that a test compiles")
}

/// A folder of this repository.
#[must_use]
pub fn folder(path: &str) -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = here.ancestors().map(|folder| folder.join(path));
    folders.find(|folder| folder.is_dir()).unwrap_or_default()
}
