//! `tenon docs-tables`: the tables of the reference pages, made from the code that they describe.

mod privacy;

use std::fmt::Write as _;
use std::path::Path;

use tenon_model::feature::FEATURES;
use tenon_model::inventory::COLUMNS;
use tenon_model::policy::{Locale, feature_text, scope_text};
use tenon_sandbox::{KNOWN, Played};

use crate::failure::Failure;
use crate::settings::SETTINGS;

pub(super) fn run(dir: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(dir).map_err(|e| Failure::file("folder", dir, &e))?;
    let pages = [
        ("settings.md", settings()),
        ("errors.md", errors()),
        ("inventory.md", inventory()),
        ("permissions.md", permissions()),
        ("faults.md", faults()),
        ("privacy.md", privacy::page()),
        ("checks.json", privacy::checks()),
    ];
    for (name, text) in pages {
        let path = dir.join(name);
        std::fs::write(&path, text).map_err(|e| Failure::file("file", &path, &e))?;
    }
    Ok(())
}

const GENERATED: &str =
    "<!-- Made by `cargo xtask gen` from the code. Change the code, not this page. -->\n\n";

/// One row; bars inside cells are escaped.
fn row(out: &mut String, cells: &[&str]) {
    let cells: Vec<String> = cells
        .iter()
        .map(|c| c.replace('|', "\\|").replace('\n', " "))
        .collect();
    let _ = writeln!(out, "| {} |", cells.join(" | "));
}

fn head(out: &mut String, cells: &[&str]) {
    row(out, cells);
    row(out, &vec!["---"; cells.len()]);
}

fn settings() -> String {
    let mut out = format!(
        "{GENERATED}# Settings\n\nFrom `tenon.toml` (another file by `--config` or `TENON_CONFIG`), then the environment, then flags \
         (`--set NAME=VALUE` sets any of them). In the file a setting is named without `TENON_`, in lower case; \
         `[google]` with `client_id` below it is the same as `google_client_id`.\n\n"
    );
    head(
        &mut out,
        &[
            "Setting",
            "Key in `tenon.toml`",
            "Kind",
            "Default",
            "What it is for",
        ],
    );
    for s in SETTINGS {
        let default = if s.default.is_empty() {
            s.default_note.to_owned()
        } else {
            format!("`{}`", s.default)
        };
        row(
            &mut out,
            &[
                &format!("`{}`", s.name),
                &format!("`{}`", s.key()),
                &s.kind_text(),
                &default,
                s.help,
            ],
        );
    }
    out
}

fn errors() -> String {
    let mut out = format!(
        "{GENERATED}# Errors of the HTTP API\n\nEvery error is `application/problem+json` (RFC 9457) with one of these values in `code`.\n\n"
    );
    head(&mut out, &["Code", "Status", "Title"]);
    for info in tenon_api::codes() {
        row(
            &mut out,
            &[
                &format!("`{}`", info.code),
                &info.status.to_string(),
                info.title,
            ],
        );
    }
    out
}

/// What providers do wrong, and what Tenon does then. `cargo xtask gen` puts the tests in.
fn faults() -> String {
    let mut out = format!(
        "{GENERATED}# Faults of providers and networks\n\nWhat is known to go wrong, what Tenon does then, and the tests that play it. \
         *A* is about grants, *G* about Gmail, *D* about Drive, *N* about networks, clocks and disks. A fault that nobody has recorded from a live account, or \
         found documented in its exact shape, is marked K: it is played as it is believed to be.\n\n"
    );
    head(
        &mut out,
        &[
            "Fault",
            "What happens",
            "What Tenon does",
            "Played",
            "Tests",
        ],
    );
    for known in KNOWN {
        let played = match known.played {
            Played::Scripted => "by the sandbox".to_owned(),
            Played::Always => "the sandbox is so".to_owned(),
            Played::Apart => "by a test of its own".to_owned(),
            Played::Later(why) => format!("not yet: {why}"),
        };
        let name = if known.recorded {
            known.row.to_owned()
        } else {
            format!("{} (K)", known.row)
        };
        let tests = format!("{{{{tests {}}}}}", known.row);
        row(
            &mut out,
            &[&name, known.what, known.reaction, &played, &tests],
        );
    }
    out
}

fn inventory() -> String {
    let mut out = format!(
        "{GENERATED}# Data inventory\n\nEvery column that Tenon stores. A test compares this table with both databases.\n\n"
    );
    head(
        &mut out,
        &[
            "Table",
            "Column",
            "Class",
            "Purpose",
            "Feature",
            "Kept",
            "Visible to",
        ],
    );
    for c in COLUMNS {
        let feature = c.feature.map_or("", |f| feature_text(f, Locale::En).0);
        let kept = c.retention.describe();
        row(
            &mut out,
            &[
                c.table,
                c.column,
                c.class.describe(),
                c.purpose,
                feature,
                &kept,
                c.visible_to.describe(),
            ],
        );
    }
    out
}

fn permissions() -> String {
    let mut out = format!(
        "{GENERATED}# Features and permissions\n\nWhat each feature asks of Google, and why. Nothing else is ever asked for.\n\n"
    );
    head(
        &mut out,
        &[
            "Feature",
            "Permission",
            "Why",
            "What it lets Tenon do",
            "What is stored",
        ],
    );
    for info in FEATURES {
        let (name, _) = feature_text(info.feature, Locale::En);
        for (s, text) in info
            .google
            .iter()
            .filter_map(|s| scope_text(s.key, Locale::En).map(|t| (s, t)))
        {
            row(
                &mut out,
                &[
                    name,
                    &format!("`{}`", s.scope),
                    text.why,
                    text.allows,
                    text.stored,
                ],
            );
        }
        if info.google.is_empty() {
            row(&mut out, &[name, "none", "", "", ""]);
        }
    }
    out
}
