//! The text of a bundle as it grows.

use uuid::Uuid;

/// The text of a bundle, an object a line: as values the objects would take several times the memory.
pub(in crate::migrate) struct Lines {
    text: String,
    /// Made of all lines so far, one after another, so that these need not be kept.
    id: Uuid,
    begun: bool,
}

impl Default for Lines {
    fn default() -> Self {
        Self {
            text: "{\"type\":\"bundle\",\"objects\":[\n".to_owned(),
            id: Uuid::new_v5(&Uuid::NAMESPACE_URL, b"urn:corpuslint:stix:bundle"),
            begun: false,
        }
    }
}

impl Lines {
    /// Bytes since the last time that the text was taken.
    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    /// Adds an object.
    pub(in crate::migrate) fn push(&mut self, object: &str) {
        if self.begun {
            self.text.push_str(",\n");
        }
        self.begun = true;
        self.id = Uuid::new_v5(&self.id, object.as_bytes());
        self.text.push_str(object);
    }

    /// The text since the last time.
    pub(in crate::migrate) fn take(&mut self) -> String {
        std::mem::take(&mut self.text)
    }

    /// The text since the last time, and the end.
    pub(in crate::migrate) fn finish(mut self) -> String {
        let end = format!("\n],\"id\":\"bundle--{}\"}}\n", self.id);
        self.text.push_str(&end);
        self.text
    }
}
