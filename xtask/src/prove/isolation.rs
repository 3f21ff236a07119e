//! `prove isolation`: two walls stand between workspaces, and between the mailboxes of a workspace. Each is taken away by
//! a saboteur, then both, and the same tests say what is left: SQLite has the first wall only, PostgreSQL both.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};

use super::Options;
use crate::launch::{Database, Databases, database_name};
use crate::postgres::{Durability, Postgres};
use crate::report::{Report, say};
use crate::test;

/// Every store function from wrong scopes.
const STORE: &str = "test(isolation::a_mailbox_is_its_owners_only)";
/// The same, and every address of the API with ids of others (T1), and people who act at random (T2).
const ALL: &str = "test(isolation::a_mailbox_is_its_owners_only) | test(t1_) | test(t2_)";

/// What each of them says when it has seen what is somebody else's.
const SEEN: [&str; 3] = [
    "panicked at crates/store/tests/it/isolation.rs",
    "panicked at crates/api/tests/it/isolation.rs",
    "panicked at crates/api/tests/it/tenants.rs",
];

/// One state of the two walls.
struct Cell {
    what: &'static str,
    /// Which tests say what is left, and how many they are.
    tests: (&'static str, u64),
    /// Words of the saboteurs that make it.
    saboteurs: &'static str,
    /// Whether the tests are to hold, on SQLite and on PostgreSQL.
    holds: [bool; 2],
}

const CELLS: [Cell; 5] = [
    Cell {
        what: "both walls",
        tests: (ALL, 3),
        saboteurs: "",
        holds: [true, true],
    },
    Cell {
        what: "first wall away",
        tests: (ALL, 3),
        saboteurs: "first-wall",
        holds: [false, true],
    },
    Cell {
        what: "first wall and the one between members away",
        tests: (STORE, 1),
        saboteurs: "first-wall,member-wall",
        holds: [false, true],
    },
    Cell {
        what: "second wall away",
        tests: (ALL, 3),
        saboteurs: "second-wall",
        holds: [true, true],
    },
    Cell {
        what: "both away",
        tests: (ALL, 3),
        saboteurs: "first-wall,second-wall",
        holds: [false, false],
    },
];

pub(super) fn run(options: &Options, report: &mut Report) -> Result<()> {
    let runs = options.runs(20);
    let postgres = Postgres::start(Durability::Off)?;
    for cell in &CELLS {
        for (database, holds) in ["sqlite", "postgres"].into_iter().zip(cell.holds) {
            if !options.databases().contains(&database) {
                continue;
            }
            let whole = cell.saboteurs.is_empty();
            let environment = [
                ("TENON_TEST_POSTGRES", postgres.url("postgres")),
                ("TENON_SABOTEUR", cell.saboteurs.to_owned()),
                ("TENON_TEST_TENANTS_SEED", options.seed.to_string()),
                // Random tenants for long where both walls stand; elsewhere few steps are enough.
                (
                    "TENON_TEST_TENANTS_RUNS",
                    if whole { runs } else { 2 }.to_string(),
                ),
            ];
            let filter = format!("({}) & test(/::{database}$/)", cell.tests.0);
            say(format!("{database}: {}", cell.what));
            let tests = test::some(&["tenon-store", "tenon-api"], &filter, &environment)?;
            let outcome = if holds { tests } else { tests.silent() }.run()?;
            judge(cell, database, holds, &outcome.text, report)?;
        }
    }
    if options.databases().contains(&"postgres") {
        backup(options, report)?;
    }
    Ok(())
}

/// Every test is green where a wall is left, and red where none is: a search that cannot find proves nothing.
fn judge(cell: &Cell, database: &str, holds: bool, text: &str, report: &mut Report) -> Result<()> {
    let tests = results(text);
    let asked = cell.tests.1;
    ensure!(
        tests.len() as u64 == asked,
        "{asked} tests were asked for, not {}: {text}",
        tests.len()
    );
    let how = if cell.saboteurs.is_empty() {
        "store functions from wrong scopes, T1, T2"
    } else {
        cell.saboteurs
    };
    if holds {
        let green = tests.values().filter(|ok| **ok).count() as u64;
        let what = format!("{database}, {}: tests that hold, of {asked}", cell.what);
        report.exactly(&what, green, asked, how);
    } else {
        // Each has seen what is somebody else's; a test that broke off elsewhere has seen nothing.
        let found = SEEN.iter().filter(|seen| text.contains(*seen)).count() as u64;
        let what = format!(
            "{database}, {}: tests that see it (control), of {asked}",
            cell.what
        );
        report.exactly(&what, found, asked, how);
        if found != asked {
            println!("{text}");
        }
    }
    let told = text
        .lines()
        .find_map(|l| l.trim().strip_prefix("tenants: "));
    if let Some(told) = told.filter(|_| cell.saboteurs.is_empty()) {
        report.tell(&format!("{database}: random tenants"), told, "T2");
    }
    Ok(())
}

/// Name of each test that ran, and whether it passed, as nextest tells it.
fn results(text: &str) -> BTreeMap<String, bool> {
    let mut out = BTreeMap::new();
    for line in text.lines() {
        let line = line.trim_start();
        let passed = match line.split(' ').next() {
            Some("PASS") => true,
            Some("FAIL") => false,
            _ => continue,
        };
        if let Some(name) = line.split_whitespace().last() {
            out.insert(name.to_owned(), passed);
        }
    }
    out
}

/// The backup that the operators' page tells: made by the plain role that owns the database, it has every row.
fn backup(options: &Options, report: &mut Report) -> Result<()> {
    let tenon = options.tenon()?;
    let mut databases = Databases::default();
    let setup = databases.setup("postgres", &tenon, Vec::new())?;
    let Database::Postgres(url) = setup.database() else {
        anyhow::bail!("not on PostgreSQL");
    };
    let name = database_name(url);
    let postgres = databases.postgres().context("PostgreSQL is not running")?;
    let rows = |database: &str| -> Result<u64> {
        let count = "SELECT (SELECT count(*) FROM members) + (SELECT count(*) FROM keys)";
        Ok(postgres.sql(database, count)?.trim().parse()?)
    };
    let stored = rows(name)?;
    ensure!(stored >= 2, "nothing to back up");
    for (says, wanted) in [(true, stored), (false, 0)] {
        let copy = format!("{name}_{says}");
        postgres.create_database(&copy)?;
        postgres.dump_as_owner(name, &copy, says)?;
        report.exactly(
            if says {
                "backup by the owner: rows of members and keys in the restored copy"
            } else {
                "the same without PGOPTIONS (the trap that the page warns of)"
            },
            rows(&copy)?,
            wanted,
            "pg_dump --enable-row-security, pg_restore",
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_read_from_nextest() {
        let text = "\
        PASS [   0.1s] (1/3) tenon-api::it isolation::t1_x::sqlite
        FAIL [   9.7s] (2/3) tenon-api::it tenants::t2_x::sqlite
   Summary [   9.9s] 2 tests run: 1 passed, 1 failed
        FAIL [   9.7s] (2/3) tenon-api::it tenants::t2_x::sqlite
error: test run failed";
        let expected = [
            ("isolation::t1_x::sqlite".to_owned(), true),
            ("tenants::t2_x::sqlite".to_owned(), false),
        ];
        assert_eq!(results(text), expected.into());
    }
}
