//! The page of faults: which tests play which of them, found by their names. A test is named after its
//! rows: `g1_g3_an_expired_cursor_…`, or so is the line of a macro that makes it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::workspace;

/// Names of tests by row.
type Tests = BTreeMap<String, BTreeSet<String>>;

/// Puts the tests of each row into the page. Whether every row that is played has one, and every test that
/// names a row names one of the page.
pub(super) fn put_tests_in(root: &Path, page: &Path) -> Result<bool> {
    let text = fs::read_to_string(page).with_context(|| format!("no {}", page.display()))?;
    let mut tests = Tests::new();
    for crate_dir in fs::read_dir(root.join("crates"))? {
        let crate_dir = crate_dir?.path();
        // Its own tests show that a fault is played, not what Tenon does then.
        if crate_dir.ends_with("sandbox") {
            continue;
        }
        for part in ["src", "tests"].map(|p| crate_dir.join(p)) {
            if part.is_dir() {
                for file in workspace::files(&part)? {
                    if file.extension().is_some_and(|e| e == "rs") {
                        let place = place(root, &file);
                        collect(&fs::read_to_string(&file)?, &place, &mut tests);
                    }
                }
            }
        }
    }
    let (text, problems) = fill(&text, &tests);
    fs::write(page, text)?;
    for problem in &problems {
        println!("   faults: {problem}");
    }
    Ok(problems.is_empty())
}

/// `app/following` for `crates/app/tests/it/following.rs`.
fn place(root: &Path, file: &Path) -> String {
    let path = file.strip_prefix(root.join("crates")).unwrap_or(file);
    let path = path.with_extension("");
    let parts = path.iter().filter_map(|p| p.to_str());
    let parts: Vec<&str> = parts
        .filter(|p| !matches!(*p, "src" | "tests" | "it" | "mod"))
        .collect();
    parts.join("/")
}

fn collect(source: &str, place: &str, tests: &mut Tests) {
    for line in source.lines() {
        let Some(name) = test_name(line) else {
            continue;
        };
        for row in rows(name) {
            let test = format!("{place}::{name}");
            tests.entry(row).or_default().insert(test);
        }
    }
}

/// The name of a function, or of a test that a macro makes: `name: "…` or `name: […`.
fn test_name(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let line = line.strip_prefix("async ").unwrap_or(line);
    if let Some(function) = line.strip_prefix("fn ") {
        return function.split_once('(').map(|(name, _)| name);
    }
    let (name, rest) = line.split_once(": ")?;
    rest.starts_with(['"', '[']).then_some(name)
}

/// The rows that a name begins with: `g1_g3_an_expired_cursor` names two.
fn rows(name: &str) -> impl Iterator<Item = String> {
    let is_row = |part: &&str| {
        let number = part.strip_prefix(['a', 'd', 'g', 'n']).unwrap_or_default();
        !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())
    };
    name.split('_')
        .take_while(is_row)
        .map(str::to_ascii_uppercase)
}

fn fill(page: &str, tests: &Tests) -> (String, Vec<String>) {
    const MARK: &str = "{{tests ";
    let mut problems = Vec::new();
    let mut seen = BTreeSet::new();
    let mut out = String::with_capacity(page.len() * 2);
    for line in page.lines() {
        let marked = line.split_once(MARK);
        if let Some((before, (row, after))) =
            marked.and_then(|(b, r)| Some((b, r.split_once("}}")?)))
        {
            seen.insert(row.to_owned());
            let of_it = tests.get(row);
            if of_it.is_none() && !line.contains("| not yet: ") {
                problems.push(format!("no test is named after {row}"));
            }
            let list: Vec<String> = of_it
                .into_iter()
                .flatten()
                .map(|t| format!("`{t}`"))
                .collect();
            out.push_str(before);
            out.push_str(&list.join("<br>"));
            out.push_str(after);
        } else {
            out.push_str(line);
        }
        out.push('\n');
    }
    for (row, of_it) in tests.iter().filter(|(row, _)| !seen.contains(*row)) {
        let first = of_it.first().map_or("", String::as_str);
        problems.push(format!(
            "{first} is named after {row}, which the page lacks"
        ));
    }
    (out, problems)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_found_by_the_rows_of_their_names() {
        let source = "    async fn g1_g3_an_expired_cursor(t: TestStore) {\n}\nfn a6_rule() {}\n    g9_time: \"G9\" times 2;\n\
                      n3_lost: [Fault::new(\"N3\")] => 1;\nfn good_name() {}\nlet g7_x = 1;\n";
        let mut tests = Tests::new();
        collect(source, "app/x", &mut tests);
        let rows: Vec<&str> = tests.keys().map(String::as_str).collect();
        assert_eq!(rows, ["A6", "G1", "G3", "G9", "N3"]);
        assert!(tests["G3"].contains("app/x::g1_g3_an_expired_cursor"));
    }

    #[test]
    fn a_row_without_a_test_and_a_test_without_a_row_are_told() {
        let tests = Tests::from([
            ("A1".to_owned(), BTreeSet::from(["x::a1_y".to_owned()])),
            ("G99".to_owned(), BTreeSet::from(["x::g99_y".to_owned()])),
        ]);
        let page =
            "| A1 | {{tests A1}} |\n| A2 | {{tests A2}} |\n| A12 | not yet: no | {{tests A12}} |\n";
        let (text, problems) = fill(page, &tests);
        assert!(text.contains("| A1 | `x::a1_y` |"), "{text}");
        assert_eq!(problems.len(), 2, "{problems:?}");
        assert!(problems[0].contains("A2") && problems[1].contains("G99"));
    }
}
