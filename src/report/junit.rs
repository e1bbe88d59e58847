//! JUnit XML: a suite for each file with findings, a test for each finding.
//!
//! Errors are failures. Warnings and notes are tests that pass and say something, because a failed
//! test means everywhere that the run failed.

use std::collections::BTreeMap;
use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::escape::terminal;
use super::{View, unnamed_entry};
use crate::diagnostic::{Diagnostic, Severity};

pub(super) fn render(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut suites: BTreeMap<String, TestSuite> = BTreeMap::new();
    for found in view.report.shown() {
        let path = path(found);
        let suite = suites.entry(path.clone());
        let suite = suite.or_insert_with(|| TestSuite::new(path.as_str()));
        suite.add_test_case(test(found, &path));
    }
    let mut report = Report::new(env!("CARGO_PKG_NAME"));
    if suites.is_empty() {
        // Readers take a report without a test for a run that failed.
        let mut suite = TestSuite::new("corpus");
        let files = view.report.summary.files;
        let mut passed = TestCase::new("no findings", TestCaseStatus::success());
        passed.set_classname("corpus").set_assertions(files);
        suite.add_test_case(passed);
        report.add_test_suite(suite);
    }
    report.add_test_suites(suites.into_values());
    report.serialize(&mut *out).map_err(io::Error::other)
}

fn path(found: &Diagnostic) -> String {
    terminal(&found.location.full_path()).into_owned()
}

fn test(found: &Diagnostic, path: &str) -> TestCase {
    let message = terminal(&found.message);
    let text = text(found, path);
    let status = match found.severity {
        Severity::Error => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status
                .set_type(found.rule)
                .set_message(message.as_ref())
                .set_description(text.as_str());
            status
        }
        Severity::Warning | Severity::Note => TestCaseStatus::success(),
    };
    let mut test = TestCase::new(name(found), status);
    test.set_classname(path);
    if found.severity != Severity::Error {
        let word = found.severity.as_str();
        test.set_system_out(format!("{word}: {message}\n{text}"));
    }
    test
}

/// A name that stays while lines move, so that readers can follow a test from run to run.
fn name(found: &Diagnostic) -> String {
    match found.pointer.as_deref() {
        None | Some("") => found.rule.to_owned(),
        Some(pointer) => format!("{} {}", found.rule, terminal(pointer)),
    }
}

/// Where it is and what to do, line by line.
fn text(found: &Diagnostic, path: &str) -> String {
    let entry = unnamed_entry(found).map(|entry| format!(" in {}", terminal(entry)));
    let entry = entry.unwrap_or_default();
    let mut lines = vec![format!("at {path}:{}{entry}", found.location.start)];
    for related in &found.related {
        let location = &related.location;
        let place = terminal(&location.path);
        let message = terminal(&related.message);
        lines.push(format!("see {place}:{} {message}", location.start));
    }
    if let Some(help) = &found.help {
        lines.push(format!("help: {}", terminal(help)));
    }
    if let Some(fix) = &found.fix {
        lines.push(format!("fix: {}", terminal(&fix.title)));
    }
    lines.join("\n")
}
