//! Gives the program a name for its own sources, so that what one build has stored is not taken for
//! what another would find.

use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};

fn main() {
    let mut hasher = DefaultHasher::new();
    for part in [
        "src",
        "schema",
        "Cargo.toml",
        "Cargo.lock",
        "corpuslint.toml",
    ] {
        println!("cargo::rerun-if-changed={part}");
        let mut files = Vec::new();
        collect(Path::new(part), &mut files);
        files.sort();
        for file in files {
            hasher.write(file.to_string_lossy().as_bytes());
            hasher.write(&std::fs::read(&file).unwrap_or_default());
        }
    }
    let version = std::env::var("CARGO_PKG_VERSION").unwrap_or_default();
    println!(
        "cargo::rustc-env=CORPUSLINT_BUILD={version}-{:016x}",
        hasher.finish()
    );
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    let Ok(items) = std::fs::read_dir(path) else {
        files.push(path.to_path_buf());
        return;
    };
    for item in items.flatten() {
        collect(&item.path(), files);
    }
}
