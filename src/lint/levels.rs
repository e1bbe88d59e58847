//! Which rules run, and how bad their findings are.

use super::Options;
use crate::diagnostic::Severity;
use crate::profile::{Level, Profile};
use crate::rule::Rule;
use crate::rules::RULES;

/// The level of each rule for one run, in the order of the table.
pub(super) struct Levels(Vec<Option<(Severity, bool)>>);

impl Levels {
    pub(super) fn new(profile: &Profile, options: &Options) -> Self {
        let level = |rule: &Rule| {
            let named = |list: &[String]| list.iter().any(|name| name == rule.name);
            if named(&options.ignore) || (!options.select.is_empty() && !named(&options.select)) {
                return None;
            }
            match profile.rules.get(rule.name) {
                Some((Level::Off, _)) if !named(&options.select) => None,
                Some((Level::On(severity), _)) => Some((*severity, true)),
                _ => Some((rule.level, false)),
            }
        };
        Self(RULES.iter().map(level).collect())
    }

    pub(super) fn active(&self) -> impl Iterator<Item = (&'static Rule, Severity, bool)> {
        RULES
            .iter()
            .zip(&self.0)
            .filter_map(|(rule, level)| level.map(|(severity, fixed)| (rule, severity, fixed)))
    }

    pub(super) fn is_on(&self, name: &str) -> bool {
        self.active().any(|(rule, ..)| rule.name == name)
    }
}
