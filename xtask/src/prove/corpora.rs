//! `prove corpora`: published mail that we did not write, put into two fake Googles; every message has to sync, be listed
//! and open, or say what could not be read.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use super::Options;
use crate::command::Run;
use crate::launch::{Databases, Emulator, OWNER, Sandbox, SandboxOptions, Setup};
use crate::needs::{Node, install_packages, node};
use crate::report::{Report, say};
use crate::workspace::{self, TempDir};
use crate::{counts, test};

/// What a Google is, for `check.py --kind`.
const GOOGLES: [&str; 2] = ["sandbox", "emulator"];
/// Fewer messages than this are not the corpora.
const LEAST: f64 = 140.0;

pub(super) fn run(options: &Options, report: &mut Report) -> Result<()> {
    bounces(report)?;
    let corpus = workspace::target().join("corpora");
    collect(&corpus)?;
    let node = node()?;
    install_packages(&node, "tools/emulator")?;
    let tenon = options.tenon()?;
    let mut databases = Databases::default();
    for database in options.databases() {
        for google in GOOGLES {
            let mut setup = databases.setup(database, &tenon, Vec::new())?;
            let figures = show(google, &mut setup, &tenon, &node, &corpus)?;
            tell(report, &format!("{google}, {database}"), google, &figures);
        }
    }
    Ok(())
}

/// Real bounces that others have collected, read by us and by another reader (check K9).
fn bounces(report: &mut Report) -> Result<()> {
    let folder = workspace::target().join("bounces");
    let fetched = Run::new("python3")
        .arg(workspace::root().join("tools/corpora/bounces.py"))
        .arg(&folder)
        .quiet()
        .must()
        .context("the collected bounces cannot be fetched")?;
    say(fetched.text.trim());
    let index = std::fs::read_to_string(folder.join("index.json"))?;
    let index: Value = serde_json::from_str(&index).context("index.json is not JSON")?;
    let there = index.as_array().map_or(0, Vec::len);
    let one = test::of_packages(&["tenon-app"], "test(k9_bounces_that_others_collected)");
    let read = Run::new(test::nextest()?)
        .args(["nextest", "run", "--cargo-quiet", "--workspace"])
        .args(["--run-ignored", "only", "-E", &one])
        .env("TENON_BOUNCES", &folder)
        .quiet()
        .run()?;
    let counts = counts::nextest(&read.text);
    report.at_least(
        "collected bounces",
        there as f64,
        117.0,
        "the test mail of flufl.bounce, which Mailman reads its returned mail with",
    );
    report.exactly(
        "collected bounces that are read otherwise than its own reader does",
        u64::from(!read.ok || counts.passed != 1),
        0,
        "but three: two that name people without a domain, one that says it at the end of a subject",
    );
    Ok(())
}

/// Fetches the messages; when they are there already this only compares checksums.
fn collect(corpus: &Path) -> Result<()> {
    let collected = Run::new("python3")
        .arg(workspace::root().join("tools/corpora/collect.py"))
        .arg(corpus)
        .quiet()
        .must()
        .context("the published mail cannot be fetched")?;
    for line in collected.text.lines() {
        say(line.trim());
    }
    Ok(())
}

/// One Google filled with the corpora, one Tenon connected to it; what `check.py` counted.
fn show(
    google: &str,
    setup: &mut Setup,
    tenon: &Path,
    node: &Node,
    corpus: &Path,
) -> Result<Value> {
    // Kept until the end of this function: dropping one stops it.
    let (mut sandbox, mut emulator) = (None, None);
    let (url, environment) = if google == "sandbox" {
        let options = SandboxOptions {
            auto_consent: false,
            ..SandboxOptions::of(20, 1)
        };
        let started = sandbox.insert(Sandbox::start(tenon, options)?);
        (started.url().to_owned(), started.environment())
    } else {
        let callback = format!("{}/oauth/callback/google", setup.url());
        let started = emulator.insert(Emulator::start(node, &callback)?);
        (started.url().to_owned(), started.environment(started.url()))
    };
    for (name, value) in environment {
        setup.set(&name, &value);
    }
    setup.set("TENON_GOOGLE_QUOTA", "off");
    let server = setup.start()?;
    let folder = TempDir::new("corpora")?;
    let figures = folder.path().join("figures.json");
    let checked = Run::new("python3")
        .arg(workspace::root().join("tools/corpora/check.py"))
        .args(["--tenon", &setup.url(), "--google", &url, "--kind", google])
        .arg("--corpus")
        .arg(corpus)
        .arg("--figures")
        .arg(&figures)
        .env("TENON_E2E_EMAIL", OWNER.0)
        .env("TENON_E2E_PASSWORD", OWNER.1)
        .quiet()
        .run()?;
    server.stop()?;
    let text = std::fs::read_to_string(&figures)
        .with_context(|| format!("check.py counted nothing: {}", checked.text))?;
    serde_json::from_str(&text).context("check.py's figures are not JSON")
}

fn tell(report: &mut Report, place: &str, google: &str, figures: &Value) {
    let number = |key: &str| figures[key].as_u64().unwrap_or(0);
    report.at_least(
        &format!("{place}: published messages"),
        number("corpus") as f64,
        LEAST,
        "mail-auth, talon and CPython's test mail, each with its pinned checksum",
    );
    report.exactly(
        &format!("{place}: messages synced, listed and opened, or skipped with a reason"),
        number("opened") + number("skipped"),
        number("mailbox").max(1),
        "body in light and dark, every attachment, the original; compared with what the Google holds",
    );
    report.exactly(
        &format!("{place}: checks failed"),
        number("failed"),
        0,
        "tools/corpora/check.py: no error page, nothing that loads or runs, what is not shown says why",
    );
    let flags = format!("{place}: rows of the list wrong about attachments");
    let how = "the list compared with the opened message";
    if google == "sandbox" {
        report.exactly(&flags, number("flags"), 0, how);
    } else {
        // What another's search and another's parts say need not be the same.
        report.tell(&flags, number("flags"), how);
    }
    let problems = figures["problems"].as_object().into_iter().flatten();
    let problems: Vec<String> = problems.map(|(code, n)| format!("{n} {code}")).collect();
    report.tell(
        &format!("{place}: told what could not be shown"),
        problems.join(", "),
        "body.problem of the opened messages",
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn figures_decide() {
        let good = json!({"corpus": 150, "mailbox": 170, "opened": 169, "skipped": 1, "failed": 0, "flags": 0,
            "problems": {"body_empty": 3}});
        let holds = |google: &str, figures: &Value| {
            let mut report = Report::new("corpora");
            tell(&mut report, "x", google, figures);
            report.holds()
        };
        assert!(holds("sandbox", &good));
        assert!(!holds("sandbox", &json!({})), "nothing was counted");
        for (key, value) in [("corpus", 13), ("opened", 168), ("failed", 1), ("flags", 1)] {
            let mut bad = good.clone();
            bad[key] = json!(value);
            assert!(!holds("sandbox", &bad), "{key}");
        }
        let mut other = good;
        other["flags"] = json!(1);
        assert!(holds("emulator", &other));
    }
}
