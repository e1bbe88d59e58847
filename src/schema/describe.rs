//! What a schema says to people about a place in an entry.

use serde_json::Value;

use super::Schemas;
use super::plan::{Resolve, Step};

/// References that are followed in a row.
const DEPTH: usize = 32;

impl Schemas {
    /// The `description` of the place that a path leads to in a file of a kind of the profile; the first
    /// in the order in which schemas refer to one another.
    #[must_use]
    pub fn describe(&self, kind: usize, steps: &[Step<'_>]) -> Option<&str> {
        let path = self.kinds.get(kind)?.path.as_str();
        let schema = &self.files.get(path)?.value;
        self.described(path, schema, steps, 0)
    }

    fn described<'s>(
        &'s self,
        file: &str,
        schema: &'s Value,
        steps: &[Step<'_>],
        depth: usize,
    ) -> Option<&'s str> {
        if depth > DEPTH {
            return None;
        }
        let below = match steps {
            [] => return self.own(file, schema, depth),
            [Step::Name(name), rest @ ..] => schema["properties"].get(name).map(|it| (it, rest)),
            [Step::Index(at), rest @ ..] => {
                let prefix = schema["prefixItems"].get(at);
                prefix.or_else(|| schema.get("items")).map(|it| (it, rest))
            }
        };
        let found = below.and_then(|(below, rest)| self.described(file, below, rest, depth + 1));
        found.or_else(|| self.beside(file, schema, steps, depth))
    }

    fn own<'s>(&'s self, file: &str, schema: &'s Value, depth: usize) -> Option<&'s str> {
        let own = schema["description"].as_str();
        own.or_else(|| self.beside(file, schema, &[], depth))
    }

    /// The same in the schemas that apply to the same place.
    fn beside<'s>(
        &'s self,
        file: &str,
        schema: &'s Value,
        steps: &[Step<'_>],
        depth: usize,
    ) -> Option<&'s str> {
        if let Some(reference) = schema["$ref"].as_str() {
            let (file, target) = self.resolve(file, reference).ok()?;
            return self.described(&file, target, steps, depth + 1);
        }
        let lists = ["allOf", "anyOf", "oneOf"].iter();
        let branches = lists.flat_map(|list| schema[list].as_array().into_iter().flatten());
        let more = ["then", "else"].iter().filter_map(|name| schema.get(name));
        let mut branches = branches.chain(more);
        branches.find_map(|branch| self.described(file, branch, steps, depth + 1))
    }
}
