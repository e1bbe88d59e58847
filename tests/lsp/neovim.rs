//! A real editor as the client, where it is installed.

use std::path::Path;
use std::process::Command;

const SECTION: &str =
    "id: PR030\ntitle: Tokens\npreventions:\n  - PV590\ndescription: |\n  \u{1f600} Prepared.\n";
const CONTROL: &str = "id: PV059\ntitle: Threat Intelligence\ndescription: Feeds.\n";

#[test]
#[allow(clippy::print_stdout, reason = "it says what it skipped")]
fn neovim_finds_fixes_jumps_and_renames() {
    let is_here = Command::new("nvim").arg("--version").output();
    if !is_here.is_ok_and(|output| output.status.success()) {
        println!("skipped: nvim is not installed");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().canonicalize().expect("a path");
    let corpus = root.join("corpus");
    for (path, text) in [
        ("preparation/PR030.yaml", SECTION),
        ("preventions/PV059.yaml", CONTROL),
    ] {
        let file = corpus.join(path);
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        std::fs::write(file, text).expect("a file");
    }
    let made = Command::new("git")
        .arg("-C")
        .arg(&root)
        .args(["init", "-q"])
        .status();
    assert!(made.expect("git").success());
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new("nvim")
        .args(["--headless", "--clean", "-n", "-c"])
        .arg(format!(
            "luafile {}",
            own.join("tests/lsp/neovim.lua").display()
        ))
        .env("CORPUS", &corpus)
        .env("PLUGIN", own.join("editors/neovim/corpuslint.lua"))
        .env("CORPUSLINT", env!("CARGO_BIN_EXE_corpuslint"))
        .env("HOME", &root)
        .env("XDG_STATE_HOME", root.join("state"))
        .output()
        .expect("nvim runs");
    let (said, complained) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(
        output.status.success() && said.contains("done"),
        "{said}{complained}"
    );
}
