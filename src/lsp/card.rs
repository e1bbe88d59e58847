//! What people are told about an entry when they point at its ID.

use std::fmt::Write as _;

use super::home::Home;
use super::world::{Here, World};
use crate::corpus::Corpus;
use crate::entry::{Entry, Role, subjects};
use crate::report::markdown_text;
use crate::schema::vocabulary::DateRole;

/// Characters of an entry's prose that are shown.
const SHOWN: usize = 600;

/// An entry in a few lines of Markdown; `None` where no entry has the ID.
pub(super) fn card(world: &mut World, home: usize, id: &str) -> Option<String> {
    let (path, mut card) = facts(&mut world.homes[home], id)?;
    if let Some(paragraph) = first_paragraph(world, home, &path, id) {
        let _ = write!(card, "\n\n{}", markdown_text(&paragraph));
    }
    Some(card)
}

fn facts(home: &mut Home, id: &str) -> Option<(String, String)> {
    let session = home.session.as_mut()?;
    session.look(|corpus| {
        let name = corpus.words.names.find(id)?;
        let entry = corpus.get(name)?;
        let title = entry.label.as_deref().unwrap_or("");
        let mut card = format!("**{}** {}", markdown_text(id), markdown_text(title));
        let mut facts = vec![corpus.kind_name(entry).to_owned()];
        for date in &entry.dates {
            let role = match date.role {
                DateRole::Created => "created",
                DateRole::Updated => "updated",
                DateRole::Retired => "retired",
            };
            facts.extend(date.date.map(|date| format!("{role} {date}")));
        }
        facts.push(used(corpus, entry));
        if entry.retired {
            let follows = |it: &&crate::entry::Reference| it.role == Role::ReplacedBy;
            let next = entry.references.iter().find(follows);
            facts.push(next.map_or("**retired**".to_owned(), |next| {
                let next = corpus.text(next.target);
                format!("**retired**, replaced by {}", markdown_text(&next))
            }));
        }
        let _ = write!(card, "\n\n{}", facts.join(" · "));
        Some((corpus.path(entry).to_string(), card))
    })
}

/// How many other entries refer to an entry or mention it.
fn used(corpus: &Corpus<'_>, entry: &Entry) -> String {
    let uses = |other: &&Entry| {
        let refers = other.references.iter().any(|it| it.target == entry.id);
        other.id != entry.id && (refers || other.mentions.iter().any(|it| it.0 == entry.id))
    };
    match corpus.definitions().filter(uses).count() {
        0 => "not used".to_owned(),
        1 => "used by 1 entry".to_owned(),
        count => format!("used by {count} entries"),
    }
}

/// The first paragraph of an entry's prose, on one line.
fn first_paragraph(world: &World, home: usize, shown: &str, id: &str) -> Option<String> {
    let path = world.homes[home].path(shown);
    let text = world.text(&path)?;
    let shown = shown.to_owned();
    let here = Here {
        home,
        path,
        shown,
        text,
    };
    let prose = world.parsed(&here, &here.text, |document, schemas, kind| {
        let subjects = subjects(document, schemas, kind);
        let mut subjects = subjects.iter();
        let entry = subjects.find(|it| it.id().is_some_and(|node| node.says(id)))?;
        let prose = entry.field(|marks| marks.prose.is_some())?;
        Some(prose.text().to_owned())
    });
    let prose = prose??;
    let mut paragraphs = prose.split("\n\n").map(str::trim);
    let first = paragraphs.find(|paragraph| !paragraph.is_empty())?;
    let words = first.split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String = words.chars().take(SHOWN).collect();
    Some(if short.len() < words.len() {
        short + "…"
    } else {
        short
    })
}
