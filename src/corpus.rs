//! Entries linked by ID.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::entry::{Entry, Name, Vocabulary};
use crate::schema::Schemas;

/// A file of the corpus, as far as the others care.
#[derive(Debug)]
pub struct CorpusFile {
    /// Path relative to the corpus root, parts joined by `/`.
    pub path: Arc<str>,
    /// The ID that the file's name says, where no entry in the file has it: the file could not be
    /// read, or its ID is wrong.
    pub broken_id: Option<Name>,
}

impl CorpusFile {
    /// A file that defines what its name says.
    #[must_use]
    pub fn of(path: &Arc<str>) -> Self {
        Self {
            path: Arc::clone(path),
            broken_id: None,
        }
    }
}

/// All entries of a snapshot, linked.
pub struct Corpus<'c> {
    /// What the facts are said in terms of.
    pub words: &'c Vocabulary,
    /// The kinds.
    pub schemas: &'c Schemas,
    /// Files, in the order of their paths.
    pub files: Vec<CorpusFile>,
    entries: Vec<Box<Entry>>,
    by_id: ById,
    broken: FxHashMap<Name, u32>,
}

impl<'c> Corpus<'c> {
    /// Links the entries of files; files are given in the order of their paths, entries in that of
    /// their files and places.
    #[must_use]
    pub fn link(
        words: &'c Vocabulary,
        schemas: &'c Schemas,
        files: Vec<CorpusFile>,
        entries: Vec<Box<Entry>>,
    ) -> Self {
        let mut broken = FxHashMap::default();
        for (number, file) in files.iter().enumerate() {
            if let Some(id) = file.broken_id {
                broken.entry(id).or_insert(number as u32);
            }
        }
        Self {
            words,
            schemas,
            by_id: ById::new(&entries),
            files,
            entries,
            broken,
        }
    }

    /// The entries, copies too, in the order of files and places: when nothing else is needed any more, or
    /// to be linked once more when some of them have changed.
    #[must_use]
    pub fn into_entries(self) -> Vec<Box<Entry>> {
        self.entries
    }

    /// Entries, copies too, in the order of files and places.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().map(AsRef::as_ref)
    }

    /// Entries of one file, copies too, in the order of their places.
    pub fn entries_in(&self, file: u32) -> impl Iterator<Item = &Entry> {
        let start = self.entries.partition_point(|entry| entry.file < file);
        let from = self.entries[start..].iter().map(AsRef::as_ref);
        from.take_while(move |entry: &&Entry| entry.file == file)
    }

    /// The entry with an ID: the first definition, or the first copy where there is no definition.
    #[must_use]
    pub fn get(&self, id: Name) -> Option<&Entry> {
        let mut all = self.all(id);
        let first = all.next()?;
        if !first.copy {
            return Some(first);
        }
        Some(all.find(|entry| !entry.copy).unwrap_or(first))
    }

    /// Every entry with an ID, copies too, in order.
    pub fn all(&self, id: Name) -> impl Iterator<Item = &Entry> {
        self.by_id
            .places(id)
            .iter()
            .map(|&at| self.entries[at as usize].as_ref())
    }

    /// The file that, by its name, should define an ID and does not.
    #[must_use]
    pub fn broken_file(&self, id: Name) -> Option<&CorpusFile> {
        self.broken.get(&id).map(|&file| &self.files[file as usize])
    }

    /// One entry for each ID: what [`Corpus::get`] gives, in order.
    pub fn definitions(&self) -> impl Iterator<Item = &Entry> {
        self.entries().filter(|entry| {
            self.get(entry.id)
                .is_some_and(|first| std::ptr::eq(first, *entry))
        })
    }

    /// The path of an entry's file.
    #[must_use]
    pub fn path(&self, entry: &Entry) -> &Arc<str> {
        &self.files[entry.file as usize].path
    }

    /// The text of a name.
    #[must_use]
    pub fn text(&self, name: Name) -> Arc<str> {
        self.words.names.text(name)
    }

    /// The name of an entry's kind.
    #[must_use]
    pub fn kind_name(&self, entry: &Entry) -> &str {
        &self.schemas.entry_kinds()[entry.kind as usize].name
    }

    /// An entry for messages: `` `PV059` (Insider-Focused Threat Intelligence) ``.
    #[must_use]
    pub fn title(&self, entry: &Entry) -> String {
        let id = self.text(entry.id);
        match &entry.label {
            Some(label) => format!("`{id}` ({label})"),
            None => format!("`{id}`"),
        }
    }

    /// Entries whose IDs are probably meant by `text`: one character changed, swapped, added or left
    /// out comes first, then the same characters in another order. None where more than three are
    /// equally near.
    #[must_use]
    pub fn near(&self, text: &str, accept: impl Fn(&Entry) -> bool) -> Vec<&Entry> {
        let wanted = text.trim().to_uppercase();
        let mut slips: Vec<(Arc<str>, &Entry)> = Vec::new();
        let mut shuffles: Vec<(Arc<str>, &Entry)> = Vec::new();
        for entry in self.definitions() {
            let id = self.text(entry.id);
            if entry.retired || id.len().abs_diff(wanted.len()) > 1 || !accept(entry) {
                continue;
            }
            let upper = id.to_uppercase();
            if strsim::damerau_levenshtein(&upper, &wanted) <= 1 {
                slips.push((id, entry));
            } else if same_characters(&upper, &wanted) {
                shuffles.push((id, entry));
            }
        }
        let mut found = if slips.is_empty() { shuffles } else { slips };
        found.sort_by(|a, b| a.0.cmp(&b.0));
        if found.len() > 3 {
            found.clear();
        }
        found.into_iter().map(|(_, entry)| entry).collect()
    }
}

/// The places of entries, sorted by ID and then by place. Names are small numbers, so that the
/// places of one ID are found without a search.
struct ById {
    places: Vec<u32>,
    /// Where the places of each name begin, and where those of the last one end.
    starts: Vec<u32>,
}

impl ById {
    fn new(entries: &[Box<Entry>]) -> Self {
        let names = entries.iter().map(|entry| entry.id.number() + 1).max();
        let mut starts = vec![0; names.unwrap_or(0) + 1];
        for entry in entries {
            starts[entry.id.number() + 1] += 1;
        }
        for name in 1..starts.len() {
            starts[name] += starts[name - 1];
        }
        let mut next = starts.clone();
        let mut places = vec![0; entries.len()];
        for (place, entry) in entries.iter().enumerate() {
            let free = &mut next[entry.id.number()];
            places[*free as usize] = place as u32;
            *free += 1;
        }
        Self { places, starts }
    }

    fn places(&self, id: Name) -> &[u32] {
        let name = id.number();
        match self.starts.get(name..name + 2) {
            Some(&[start, end]) => &self.places[start as usize..end as usize],
            _ => &[],
        }
    }
}

fn same_characters(a: &str, b: &str) -> bool {
    let sorted = |text: &str| {
        let mut characters: Vec<char> = text.chars().collect();
        characters.sort_unstable();
        characters
    };
    sorted(a) == sorted(b)
}
