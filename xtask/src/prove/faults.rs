//! `prove faults`: the tests that play the rows of the table of faults, run; the page that is made of the rows,
//! counted.

use anyhow::{Context, Result};

use super::Options;
use crate::counts;
use crate::report::Report;
use crate::{test, workspace};

const PAGE: &str = "docs/book/src/reference/faults.md";

/// A row as the page has it.
struct Row {
    id: String,
    /// Not recorded from a live account, nor documented in its exact shape.
    unrecorded: bool,
    played: String,
    tests: Vec<String>,
}

fn rows(page: &str) -> Vec<Row> {
    let lines = page.lines().filter_map(|line| line.strip_prefix("| "));
    lines
        .filter_map(|line| {
            let cells: Vec<&str> = line.trim_end_matches(" |").split(" | ").collect();
            let (id, rest) = cells.split_first()?;
            let mut words = id.split(' ');
            let id = words
                .next()
                .filter(|id| id.ends_with(|c: char| c.is_ascii_digit()))?;
            let tests = rest.get(3).copied().unwrap_or_default();
            Some(Row {
                id: id.to_owned(),
                unrecorded: words.next().is_some(),
                played: (*rest.get(2)?).to_owned(),
                tests: tests
                    .split("<br>")
                    .map(|test| test.trim_matches(['`', ' ']).to_owned())
                    .filter(|test| !test.is_empty())
                    .collect(),
            })
        })
        .collect()
}

pub(super) fn run(_: &Options, report: &mut Report) -> Result<()> {
    let path = workspace::root().join(PAGE);
    let page = std::fs::read_to_string(&path).with_context(|| format!("no {PAGE}"))?;
    let rows = rows(&page);
    let outcome = test::of_faults()?;
    let counted = counts::nextest(&outcome.text);
    let played: Vec<&Row> = rows
        .iter()
        .filter(|row| !row.played.starts_with("not yet"))
        .collect();
    let untested = played.iter().filter(|row| row.tests.is_empty()).count();
    report.exactly(
        "tests of rows that failed",
        counted.failed,
        0,
        "every test whose name begins with a row, on both databases",
    );
    report.at_least(
        "tests of rows that passed",
        counted.passed as f64,
        played.len() as f64,
        "at least one for each row",
    );
    report.exactly("rows played without a test", untested as u64, 0, PAGE);
    report.tell(
        "rows",
        rows.len(),
        "of the sections on grants, Gmail and networks",
    );
    report.tell(
        "rows played",
        played.len(),
        "the others wait for a provider that is not connected yet",
    );
    let unrecorded: Vec<&str> = played
        .iter()
        .filter(|r| r.unrecorded)
        .map(|r| r.id.as_str())
        .collect();
    report.tell(
        "rows not recorded from a live account",
        unrecorded.join(" "),
        "played as they are believed to be",
    );
    let row = |row: &&Row| {
        let pages = row
            .tests
            .iter()
            .filter(|t| t.contains("pages") || t.contains("items") || t.contains("batches"))
            .count();
        let end = if pages > 0 {
            ", also on later pages or items"
        } else {
            ""
        };
        (
            row.id.clone(),
            format!("{}, {} tests{end}", row.played, row.tests.len()),
        )
    };
    for (id, text) in played.iter().map(row) {
        report.tell(&id, text, "");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_the_page_are_read() {
        let page = "| Fault | What | Does | Played | Tests |\n| --- | --- | --- | --- | --- |\n\
            | A7 (K) | x | y | by the sandbox | `app/connecting::a7_b`<br>`connectors/errors::a7_c` |\n\
            | A12 | x | y | not yet: none |  |\n";
        let found = rows(page);
        assert_eq!(found.len(), 2);
        assert_eq!(
            (
                found[0].id.as_str(),
                found[0].unrecorded,
                found[0].tests.len()
            ),
            ("A7", true, 2)
        );
        assert!(found[1].played.starts_with("not yet") && found[1].tests.is_empty());
    }
}
