//! Whether fact files belong together.

use jiff::civil::Date;

use super::{LinkError, Opened};
use crate::lint::cache::pack::Header;
use crate::lint::shard::Shard;

/// Missing shards that are named.
const NAMED: usize = 5;

/// Makes sure that fact files are all shards of one corpus, each once; gives the last of their days.
pub(super) fn check<R>(opened: &[Opened<R>]) -> Result<Date, LinkError> {
    let Some((first, others)) = opened.split_first() else {
        return Err(LinkError("no fact file was given".to_owned()));
    };
    for other in others {
        if let Some(what) = difference(&first.header, &other.header) {
            let (one, other) = (&first.name, &other.name);
            return Err(LinkError(format!(
                "{other} and {one} do not belong together: {what}"
            )));
        }
    }
    all_once(opened)?;
    if first.header.files == 0 {
        return Err(LinkError(
            "no entry found: the corpus of these fact files has no file".to_owned(),
        ));
    }
    let days = opened.iter().map(|file| file.header.day);
    Ok(days.fold(first.header.day, Date::max))
}

/// In what a shard is not of the same run as another, in words.
fn difference(first: &Header, other: &Header) -> Option<String> {
    if first.shard.of() != other.shard.of() {
        return Some(format!(
            "the one is shard {}, the other {}",
            other.shard, first.shard
        ));
    }
    if (&first.profile, &first.profile_text) != (&other.profile, &other.profile_text) {
        return Some("their profiles are not the same".to_owned());
    }
    if let Some(schema) = other_schema(first, other) {
        return Some(format!("their schemas are not the same: see {schema}"));
    }
    if first.rules != other.rules {
        let (one, other) = (options(first), options(other));
        return Some(format!(
            "the one was made with {other}, the other with {one}"
        ));
    }
    if first.folder != other.folder {
        let folder = |header: &Header| match header.folder.as_str() {
            "" => "at the top of its repository".to_owned(),
            folder => format!("in the folder {folder} of its repository"),
        };
        let (one, other) = (folder(first), folder(other));
        return Some(format!(
            "the one is of a corpus {other}, the other of one {one}"
        ));
    }
    if (first.files, first.listing) != (other.files, other.listing) {
        let (one, other) = (first.files, other.files);
        let how = if one == other {
            format!("both are of a corpus of {one} files, but not of the same ones")
        } else {
            format!("the one is of a corpus of {other} files, the other of one of {one}")
        };
        return Some(how);
    }
    None
}

/// The first schema file that is not the same in both.
fn other_schema<'h>(first: &'h Header, other: &'h Header) -> Option<&'h str> {
    let (one, two) = (&first.schemas, &other.schemas);
    let pairs = one.iter().zip(two);
    let differs = pairs.clone().find(|(one, other)| one != other);
    let more = one.get(two.len()).or_else(|| two.get(one.len()));
    differs
        .map(|(one, _)| one)
        .or(more)
        .map(|(path, _)| path.as_str())
}

/// The choice of rules, as it is written on the command line.
fn options(header: &Header) -> String {
    let (select, ignore) = &header.rules;
    let mut words = Vec::new();
    for (option, rules) in [("--select", select), ("--ignore", ignore)] {
        if !rules.is_empty() {
            words.push(format!("{option} {}", rules.join(",")));
        }
    }
    if words.is_empty() {
        return "every rule".to_owned();
    }
    words.join(" ")
}

/// Each shard has to be there, and only once.
fn all_once<R>(opened: &[Opened<R>]) -> Result<(), LinkError> {
    let mut sorted: Vec<&Opened<R>> = opened.iter().collect();
    sorted.sort_by_key(|file| file.header.shard.number());
    for pair in sorted.windows(2) {
        let shard = pair[0].header.shard;
        if shard == pair[1].header.shard {
            let (one, other) = (&pair[0].name, &pair[1].name);
            return Err(LinkError(format!(
                "{one} and {other} are both shard {shard}; leave one out"
            )));
        }
    }
    let of = sorted.first().map_or(0, |file| file.header.shard.of());
    let mut there = sorted
        .iter()
        .map(|file| file.header.shard.number())
        .peekable();
    let missing: Vec<u32> = (1..=of)
        .filter(|number| there.next_if_eq(number).is_none())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let named = missing.iter().take(NAMED);
    let named: Vec<String> = named
        .filter_map(|&number| Shard::new(number, of))
        .map(|shard| shard.to_string())
        .collect();
    let more = match missing.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let (word, verb) = if missing.len() == 1 {
        ("shard", "is")
    } else {
        ("shards", "are")
    };
    Err(LinkError(format!(
        "{word} {}{more} {verb} missing",
        named.join(", ")
    )))
}
