//! What each kind of entry is in STIX.
//!
//! An article is a `grouping`: it asserts that its sections belong together. Sections and
//! subsections are attack patterns, preventions courses of action. STIX has no object for a way to
//! detect something: an `indicator` needs a pattern that a machine can match, and a
//! `course-of-action` prevents or responds. A type of our own would be the most exact, but the usual
//! libraries refuse a bundle with a type that they do not know. So a detection is a `note`, which
//! says something about other objects: how to see the acts that it names.

/// How a kind of entry is written.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    /// The STIX type.
    pub(super) name: &'static str,
    /// The property of the title.
    pub(super) title: &'static str,
    /// The property of the prose.
    pub(super) prose: &'static str,
    /// What an entry of this kind does to the entries that refer to it.
    pub(super) effect: &'static str,
}

/// The source of IDs in external references.
pub(super) const SOURCE: &str = "insider-threat-matrix";

/// The kill chain whose phases are the folders of the entries.
pub(super) const KILL_CHAIN: &str = "insider-threat-matrix";

/// What an entry is to the one whose ID it extends. ATT&CK uses the same word.
pub(super) const CHILD: &str = "subtechnique-of";

/// The source of ATT&CK's IDs in external references.
pub(super) const ATTACK: &str = "mitre-attack";

/// The field of outside sources, and in it what is the name of the source and its address.
pub(super) const REFERENCES: (&str, &str, &str) = ("references", "text", "url");

/// The field of the mapping to ATT&CK, and in it the ID, the name and the address.
pub(super) const MAPPING: (&str, &str, &str, &str) = ("attack", "ref", "name", "url");

/// How a kind of entry is written.
pub(super) fn kind(name: &str) -> Kind {
    let (name, effect) = match name {
        "article" => ("grouping", "related-to"),
        "section" | "subsection" => ("attack-pattern", "related-to"),
        "prevention" => ("course-of-action", "mitigates"),
        "detection" => ("note", "detects"),
        // Of other frameworks nothing is known but that their entries say something.
        _ => ("note", "related-to"),
    };
    let (title, prose) = match name {
        "note" => ("abstract", "content"),
        _ => ("name", "description"),
    };
    Kind {
        name,
        title,
        prose,
        effect,
    }
}
