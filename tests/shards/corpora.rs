//! Corpora that are divided.

use std::fs;
use std::path::Path;

use crate::common::copy;
use crate::package;

/// Rules on the corpus, each of which finds something in [`with_mistakes`], and rules on files that do.
pub(crate) const RULES: [&str; 16] = [
    "duplicate-id",
    "parent-missing",
    "dangling-reference",
    "wrong-kind",
    "retired-reference",
    "dangling-mention",
    "orphan",
    "title-duplicate",
    "near-duplicate",
    "contributor-variant",
    "unused-suppression",
    "stray-file",
    "not-utf8",
    "syntax",
    "date-future",
    "too-large",
];

/// The profile of this repository and its schemas.
pub(crate) fn configure(folder: &Path) {
    copy(&package().join("schema"), &folder.join("schema"));
    let profile = fs::read_to_string(package().join("corpuslint.toml")).expect("the profile");
    let profile = format!("{profile}\n[limits]\nfile-bytes = 100_000\n");
    fs::write(folder.join("corpuslint.toml"), profile).expect("a profile");
}

pub(crate) fn of_this_repository(folder: &Path) {
    copy(&package().join("corpus"), &folder.join("corpus"));
    configure(folder);
}

/// The text of an entry with more prose than the sketch of one needs.
fn entry(id: &str, title: &str, more: &str) -> String {
    format!(
        "id: {id}\ntitle: {title}\ncreated: 2025-01-02\nupdated: 2025-01-02\n{more}description: |\n  \
         The entry {id} tells with words of its own how {title} comes to be, which nobody else says\n  \
         in so many words, and where it is seen first of all by {id} itself.\n"
    )
}

/// The corpus of this repository with a mistake for each rule on the corpus, the places of which lie in
/// different files and so in different shards; and with some that only one file has.
pub(crate) fn with_mistakes(folder: &Path) {
    of_this_repository(folder);
    let write = |path: &str, text: &[u8]| {
        let path = folder.join("corpus").join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    };
    let add = |path: &str, title: &str, more: &str| {
        let id = path
            .rsplit('/')
            .next()
            .expect("a name")
            .trim_end_matches(".yaml");
        write(path, entry(id, title, more).as_bytes());
    };
    let people = |name: &str| format!("contributors:\n  - {name}\n");
    add(
        "preparation/PR901.yaml",
        "Ärger über ünlike 😀 places",
        "preventions: [PV023, PV999, PV002]\n",
    );
    add(
        "preparation/PR902.yaml",
        "Far away",
        "preventions: [PV999]\ndetections: [PV059, DT046]\n",
    );
    add("means/ME901.yaml", "One Title", &people("Malik Girondin"));
    add(
        "infringement/IF901.yaml",
        "one  title",
        &people("Malik Girondin"),
    );
    add("motive/MT901.yaml", "Some other", &people("Malik Girodnin"));
    add("motive/MT902.001.yaml", "Without a parent", "");
    add("detections/DT901.yaml", "Used by nobody", "");
    add("preventions/PV902.yaml", "In its place", "");
    let retired = "status: retired\nretired: 2025-03-01\nreason: Not needed\nreplaced_by: PV902\n";
    add("preventions/PV901.yaml", "Retired", retired);
    add(
        "means/ME902.yaml",
        "Refers to a tombstone",
        "preventions: [PV901] # corpuslint: allow orphan -- idle\n",
    );
    let text = entry("PR903", "Copied", "");
    write("preparation/PR903.yaml", text.as_bytes());
    write("anti-forensics/AF903.yaml", text.as_bytes());
    let front = text.replace("id: PR", "---\nid: ME");
    let text = front.replace("description: |\n", "---\r\n\r\n");
    write("means/ME903.md", text.as_bytes());
    let mention = entry("MT904", "Mentions", "").replace("nobody", "é😀 MT987");
    write(
        "motive/MT904.json",
        br#"{"id": "MT904", "title": "Mentions"}"#,
    );
    write(
        "motive/MT905.yaml",
        mention
            .replace("MT904", "MT905")
            .replace('\n', "\r\n")
            .as_bytes(),
    );
    let allowed = "preventions: [PV998] # corpuslint: allow dangling-reference -- comes later\n";
    add("motive/MT906.yaml", "Allowed", allowed);
    write("motive/notes.yaml", b"title: [\n");
    write("motive/bytes.yaml", b"title: \xff\xfe\n");
    write("motive/large.yaml", "a: b\n".repeat(25_000).as_bytes());
    add("motive/MT907.yaml", "Not yet", "");
    let text = entry("MT907", "Not yet", "").replace("updated: 2025", "updated: 2999");
    write("motive/MT907.yaml", text.as_bytes());
    #[cfg(unix)]
    std::os::unix::fs::symlink("MT907.yaml", folder.join("corpus/motive/MT908.yaml"))
        .expect("a link");
    #[cfg(not(unix))]
    write("motive/other.yaml", b"nothing: known\n");
}
