//! The checks of the privacy page exist: nothing is named there that is not run.

use std::collections::BTreeSet;

use super::{Findings, Source};
use crate::prove::saboteurs::{self, CHECKS, Way};
use crate::test::PROOFS;

/// Sections of the catalogue of checks: a test that is named after a row of them belongs to its check.
/// The audit log (A) has the letter of a section of the faults, so its tests have names of their own.
const SECTIONS: &str = "qvxtlehuw";

pub(super) fn checks(sources: &[Source]) -> Findings {
    let mut findings = Findings::default();
    let checks = match saboteurs::checks() {
        Ok(checks) => checks,
        Err(error) => {
            findings.error(format!("{CHECKS}: {error:#}"));
            return findings;
        }
    };
    let tests: Vec<(String, String)> = sources
        .iter()
        .filter(|s| s.is(&["rs"]))
        .filter_map(|s| Some((package(&s.path)?, s)))
        .flat_map(|(package, s)| functions(s).map(move |name| (package.clone(), name)))
        .collect();
    for check in &checks {
        for way in &check.runs {
            if let Some(missing) = missing(way, sources, &tests) {
                findings.error(format!("{} names {missing}", check.id));
            }
        }
    }
    for (package, name) in &tests {
        if let Some(id) = row(name)
            && !checks.iter().any(|c| c.id == id)
        {
            findings.error(format!(
                "`{name}` of {package} is named after {id}, which is no check of the privacy page"
            ));
        }
    }
    findings
}

/// What of a run is not there, or not there exactly once.
fn missing(way: &Way, sources: &[Source], tests: &[(String, String)]) -> Option<String> {
    match way {
        Way::Test { package, name } => {
            let found = tests.iter().filter(|(p, n)| p == package && n == name);
            let found = found.count();
            (found != 1).then(|| format!("the test `{name}` of {package}, found {found} times"))
        }
        Way::Proof { name } => (!PROOFS.contains(&name.as_str()))
            .then(|| format!("the proof `{name}`, not run by tests")),
        Way::Browser { name } => {
            let path = format!("web/e2e/{name}");
            let found = sources.iter().any(|s| s.path == path);
            (!found).then(|| format!("`{path}`, which is not there"))
        }
    }
}

fn package(path: &str) -> Option<String> {
    let (name, _) = path.strip_prefix("crates/")?.split_once('/')?;
    Some(match name {
        "server" => "tenon".to_owned(),
        name => format!("tenon-{name}"),
    })
}

/// Functions that stand below an attribute of a test, or in a `store_test!`.
fn functions(source: &Source) -> impl Iterator<Item = String> {
    let mut names = BTreeSet::new();
    let mut is_test = false;
    for line in source.text.lines() {
        let line = line.trim();
        if line.starts_with("#[test]")
            || line.starts_with("#[tokio::test")
            || line.starts_with("store_test!")
        {
            is_test = true;
        } else if let Some(rest) = line
            .strip_prefix("async fn ")
            .or_else(|| line.strip_prefix("fn "))
        {
            if is_test && let Some((name, _)) = rest.split_once('(') {
                names.insert(name.to_owned());
            }
            is_test = false;
        }
    }
    names.into_iter()
}

/// The row a test is named after: `q5_…` is Q5. Rows of the table of faults have other letters, or stand in
/// the table themselves.
fn row(name: &str) -> Option<String> {
    let (head, _) = name.split_once('_')?;
    let number = head.get(1..)?;
    let letter = head.get(..1).filter(|l| SECTIONS.contains(l))?;
    let is_row =
        !number.is_empty() && number.len() < 3 && number.bytes().all(|b| b.is_ascii_digit());
    // `v4_is_public` is about IP version 4.
    (is_row && !name.ends_with("_is_public")).then(|| format!("{}{number}", letter.to_uppercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_from_names() {
        assert_eq!(row("q5_no_body").as_deref(), Some("Q5"));
        assert_eq!(row("u11_x").as_deref(), Some("U11"));
        for none in ["g9_x", "v6_is_public", "q_x", "quick_one", "x100_y", "w"] {
            assert_eq!(row(none), None, "{none}");
        }
    }

    #[test]
    fn tests_are_found_and_helpers_are_not() {
        let source = Source {
            path: "crates/app/tests/it/a.rs".into(),
            text: "fn help() {}\n#[test]\nfn one() {}\nstore_test! {\n    async fn two(t: TestStore) {\n".into(),
        };
        let found: Vec<String> = functions(&source).collect();
        assert_eq!(found, ["one", "two"]);
        assert_eq!(package(&source.path).as_deref(), Some("tenon-app"));
    }

    #[test]
    fn what_is_not_there_is_told() {
        let tests = [("tenon-app".to_owned(), "one".to_owned())];
        let test = |name: &str| Way::Test {
            package: "tenon-app".into(),
            name: name.into(),
        };
        assert!(missing(&test("one"), &[], &tests).is_none());
        assert!(missing(&test("two"), &[], &tests).is_some());
        assert!(
            missing(
                &Way::Proof {
                    name: "canary".into()
                },
                &[],
                &[]
            )
            .is_none()
        );
        assert!(
            missing(
                &Way::Proof {
                    name: "none".into()
                },
                &[],
                &[]
            )
            .is_some()
        );
        assert!(
            missing(
                &Way::Browser {
                    name: "x.mjs".into()
                },
                &[],
                &[]
            )
            .is_some()
        );
    }
}
