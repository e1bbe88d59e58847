//! Imports point down: no module names one that stands above it in `lib.rs`.

use std::path::{Path, PathBuf};

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut items: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("a folder")
        .map(|item| item.expect("an item").path())
        .collect();
    items.sort();
    for path in items {
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The modules in the order of `lib.rs`, which is the order of the layers.
fn layers(src: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(src.join("lib.rs")).expect("lib.rs");
    text.lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
        .map(str::to_owned)
        .collect()
}

/// The top-level modules that a file names: `crate::name`, also in groups.
fn imports(text: &str, layers: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for part in text.split("crate::").skip(1) {
        match part.strip_prefix('{') {
            Some(group) => {
                let group = group.split(';').next().unwrap_or("");
                let words = group.split(|c: char| !c.is_alphanumeric() && c != '_');
                found.extend(
                    words
                        .filter(|w| layers.iter().any(|l| l == w))
                        .map(str::to_owned),
                );
            }
            None => {
                let end = part.find(|c: char| !c.is_alphanumeric() && c != '_');
                found.push(part[..end.unwrap_or(part.len())].to_owned());
            }
        }
    }
    found
}

/// The source without its tests, which may look anywhere, and without comments.
fn code(text: &str) -> String {
    let code = text.split("#[cfg(test)]").next().unwrap_or("");
    let lines = code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn imports_point_down() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let layers = layers(&src);
    let rank = |name: &str| layers.iter().position(|layer| layer == name);
    assert!(
        rank("text") < rank("rules") && rank("rules") < rank("cli"),
        "{layers:?}"
    );
    let mut files = Vec::new();
    sources(&src, &mut files);
    let mut wrong = Vec::new();
    let mut checked = 0;
    for file in files {
        let inner = file.strip_prefix(&src).expect("a file of src");
        let top = inner
            .components()
            .next()
            .expect("a name")
            .as_os_str()
            .to_string_lossy();
        let Some(own) = rank(top.trim_end_matches(".rs")) else {
            continue;
        };
        let text = std::fs::read_to_string(&file).expect("text");
        for import in imports(&code(&text), &layers) {
            checked += 1;
            if rank(&import).is_some_and(|other| other > own) {
                wrong.push(format!("{} names {import}", inner.display()));
            }
        }
    }
    assert!(checked > 50, "the test looks at nothing");
    assert_eq!(wrong, Vec::<String>::new());
}

/// A call that goes past this file would not be one that the tests of faults let fail.
#[test]
fn writing_touches_the_disk_in_one_place() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = vec![src.join("write.rs")];
    sources(&src.join("write"), &mut files);
    let all = files.len();
    files.retain(|path| {
        !["disk", "tests"]
            .iter()
            .any(|name| path.components().any(|part| part.as_os_str() == *name))
            && !["disk.rs", "tests.rs"]
                .iter()
                .any(|name| path.ends_with(name))
    });
    assert!(files.len() > 5 && files.len() < all);
    for file in files {
        let text = std::fs::read_to_string(&file).expect("text");
        let code = code(&text);
        for word in [
            " fs::",
            "(fs::",
            "std::fs::read",
            "File::open",
            "File::create",
            "OpenOptions",
        ] {
            assert!(!code.contains(word), "{} has {word}", file.display());
        }
    }
}

#[test]
fn only_some_rooms_print_or_write() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    for file in files {
        let inner = file.strip_prefix(&src).expect("a file of src");
        let text = std::fs::read_to_string(&file).expect("text");
        let code = code(&text);
        let rooms = ["cli", "report", "write", "migrate", "lsp"];
        let outer = rooms
            .iter()
            .any(|room| inner.to_string_lossy().starts_with(room));
        for word in [
            "std::io::stdout",
            "std::io::stderr",
            "fs::write",
            "File::create",
        ] {
            assert!(
                outer || !code.contains(word),
                "{} has {word}",
                inner.display()
            );
        }
    }
}
