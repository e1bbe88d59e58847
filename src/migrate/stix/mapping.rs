//! What each kind of entry is in STIX.
//!
//! An article is a `grouping`: it asserts that its sections belong together. Sections and
//! subsections are attack patterns, preventions courses of action. STIX has no object for a way to
//! detect something: an `indicator` needs a pattern that a machine can match, and a
//! `course-of-action` prevents or responds. So detections are objects of a type of their own, which
//! the bundle defines by an extension (STIX 2.1, 7.3).

/// How a kind of entry is written.
pub(super) struct Kind {
    /// The STIX type.
    pub(super) name: &'static str,
    /// Whether STIX has the type.
    pub(super) is_standard: bool,
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
pub(super) const MAPPING: (&str, &str, &str, &str) = ("mitre", "ref", "name", "url");

/// How a kind of entry is written.
pub(super) fn kind(name: &str) -> Kind {
    let (name, is_standard, effect) = match name {
        "article" => ("grouping", true, "related-to"),
        "section" | "subsection" => ("attack-pattern", true, "related-to"),
        "prevention" => ("course-of-action", true, "mitigates"),
        "detection" => ("x-detection", false, "detects"),
        _ => ("x-corpus-entry", false, "related-to"),
    };
    Kind {
        name,
        is_standard,
        effect,
    }
}

/// Types that the bundle has to define, with what they are.
pub(super) const NEW_TYPES: [(&str, &str); 2] = [
    (
        "x-detection",
        "A way to see that an act has happened or is under way.",
    ),
    (
        "x-corpus-entry",
        "An entry of a knowledge base that STIX has no type for.",
    ),
];
