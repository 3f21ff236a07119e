//! `prove rotation`: what wraps the data keys is changed under load, killed at random, from version to version of a
//! file and on to Vault's transit engine; nothing fails, nothing is unreadable, and destroyed keys stay destroyed in a
//! restored backup.

use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use super::Options;
use super::canary::Copy;
use super::rotation_load::{Load, goal};
use crate::build;
use crate::canary::Random;
use crate::command::Run;
use crate::launch::{Database, Databases, Sandbox, SandboxOptions, Setup};
use crate::report::{Report, say};
use crate::workspace;

const PATIENCE: Duration = Duration::from_mins(2);
const FILE: &str = "TENON_KEK";
const ALSO: &str = "TENON_KEK_ALSO";
const VAULT: &str = "vault:transit/tenon";
/// Accounts that are connected for good; one more is disconnected, and one comes and goes.
const ACCOUNTS: u32 = 3;

/// So many kills make the long form, which has much to move.
const LONG: u64 = 50;

/// How much there is to move.
struct Size {
    keys: u64,
    values: u64,
    kills: u64,
}

/// A deployment on the move.
struct Field {
    kind: &'static str,
    setup: Setup,
    kills: u64,
    /// Runs of `rewrap` that came to their end.
    ended: u64,
    /// Runs that were under way when they were killed.
    inside: u64,
    /// How long a run takes that has nothing to move, and one that moves everything.
    empty: Duration,
    whole: Duration,
}

pub(super) fn run(options: &Options, report: &mut Report) -> Result<()> {
    let tenon = options.tenon()?;
    let runs = options.runs(LONG);
    let size = if runs < LONG {
        Size {
            keys: 2_000,
            values: 10_000,
            kills: runs,
        }
    } else {
        Size {
            keys: 10_000,
            values: 1_000_000,
            kills: runs,
        }
    };
    if runs >= LONG {
        nonces(report);
    }
    let mut databases = Databases::default();
    for kind in options.databases() {
        let sandbox = SandboxOptions {
            accounts: ACCOUNTS + 2,
            vault: true,
            ..SandboxOptions::of(60, options.seed)
        };
        let sandbox = Sandbox::start(&tenon, sandbox)?;
        let mut setup = databases.setup(kind, &tenon, sandbox.environment())?;
        setup.set(FILE, &file(&setup));
        setup.set(ALSO, VAULT);
        let field = Field {
            kind,
            setup,
            kills: 0,
            ended: 0,
            inside: 0,
            empty: Duration::ZERO,
            whole: Duration::ZERO,
        };
        one(field, &databases, &size, &mut options.random(), report)?;
    }
    Ok(())
}

/// 10^7 values sealed under one key (V6).
fn nonces(report: &mut Report) {
    let outcome = build::debug(&["test", "--quiet", "--lib"])
        .args(["v6_ten_million", "--", "--ignored"])
        .quiet()
        .run();
    let unique = outcome.is_ok_and(|o| o.ok && o.text.contains("1 passed"));
    report.exactly(
        "sealings whose nonces are all different, in millions",
        if unique { 10 } else { 0 },
        10,
        "10,000,000 seals under one data key, sorted",
    );
}

fn file(setup: &Setup) -> String {
    format!("file:{}", setup.data().join("kek").display())
}

fn one(
    mut field: Field,
    databases: &Databases,
    size: &Size,
    random: &mut Random,
    report: &mut Report,
) -> Result<()> {
    let kind = field.kind;
    let server = field.setup.start()?;
    let mut person = server.sign_in()?;
    let mut connections = Vec::new();
    for number in 0..=ACCOUNTS {
        let id = person.connect_account(&SandboxOptions::account(number))?;
        person.wait_until_live(&id, PATIENCE)?;
        connections.push(id);
    }
    server.stop()?;
    let start = Instant::now();
    seed(&field.setup, size)?;
    say(format!(
        "{kind}: {} keys and {} values in {:.0} s",
        size.keys,
        size.values,
        start.elapsed().as_secs_f64()
    ));
    // A backup of before, with the key of its time; then an account goes.
    let old_key = std::fs::read(field.setup.data().join("kek"))?;
    let backup = Copy::take(&field.setup, databases)?;
    let server = field.setup.start()?;
    let mut person = server.sign_in()?;
    let gone = connections.pop().context("no connection")?;
    person.disconnect(&gone)?;

    let load = Load::start(&server, &SandboxOptions::account(ACCOUNTS + 1))?;
    let start = Instant::now();
    let half = size.kills.div_ceil(2);
    // Once undisturbed, which is measured.
    rotate_and_move(&mut field, FileOrVault::File, 0, random)?;
    field.empty = rewrap(&field.setup, None)?.unwrap_or_default();
    say(format!(
        "{kind}: {} ms to move everything, {} ms of it to start",
        field.whole.as_millis(),
        field.empty.as_millis()
    ));
    while field.kills < half {
        rotate_and_move(&mut field, FileOrVault::File, half, random)?;
    }
    let in_file = field.ended;
    // Another service takes longer.
    field.whole = field.empty + field.whole.saturating_sub(field.empty) * 3;
    while field.kills < size.kills || field.ended == in_file {
        rotate_and_move(&mut field, FileOrVault::Vault, size.kills, random)?;
    }
    let took = start.elapsed();
    let done = load.stop(took)?;
    for failure in done.failed.iter().take(5) {
        say(format!("{kind}: {failure}"));
    }
    report.exactly(&format!("{kind}: requests that failed meanwhile"), done.failed.len() as u64, 0, "reads, and accounts that are connected and disconnected, on a server that is not restarted");
    report.at_least(
        &format!("{kind}: requests a second"),
        done.a_second,
        goal(size.values),
        "answered while keys were rotated and wrapped anew",
    );
    report.at_least(
        &format!("{kind}: accounts connected meanwhile"),
        done.connected as f64,
        1.0,
        "each with a new data key, which is destroyed again",
    );
    report.at_least(&format!("{kind}: kills of a rewrapping under way"), field.inside as f64, (size.kills / 2) as f64, "SIGKILL at random; new keys had begun to be wrapped with the new version, old ones were left");
    report.tell(
        &format!("{kind}: kills"),
        field.kills,
        "of tenon key rewrap",
    );
    report.tell(
        &format!("{kind}: moves that ended"),
        field.ended,
        "from version to version of a file, to Vault, from version to version there",
    );
    server.stop()?;

    // Only Vault is left.
    std::fs::remove_file(field.setup.data().join("kek"))?;
    let mut setup = field.setup.with(&[(FILE, VAULT)]);
    setup.unset(ALSO);
    let status = json(&setup, &["key", "status", "--json"])?;
    let newest = status["newest"].as_str().unwrap_or_default().to_owned();
    let by_kek = status["data_keys_by_key_encryption_key"]
        .as_object()
        .cloned()
        .unwrap_or_default();
    let named: u64 = by_kek
        .iter()
        .filter(|(kek, _)| **kek == newest)
        .filter_map(|(_, n)| n.as_u64())
        .sum();
    let others: u64 = by_kek.values().filter_map(Value::as_u64).sum::<u64>() - named;
    report.at_least(
        &format!("{kind}: data keys that name the newest version"),
        named as f64,
        size.keys as f64,
        "rows counted by the version that wraps them",
    );
    report.exactly(
        &format!("{kind}: data keys that name another"),
        others,
        0,
        "the same",
    );
    let checked = json(&setup, &["key", "check", "--json"])?;
    report.at_least(
        &format!("{kind}: sealed values opened"),
        number(&checked, "opened") as f64,
        size.values as f64,
        "tenon key check, the key file removed",
    );
    report.exactly(
        &format!("{kind}: sealed values unreadable"),
        number(&checked, "unreadable"),
        0,
        "the same",
    );
    let (shown, back) = shown(&setup, &connections, &gone)?;
    report.exactly(
        &format!("{kind}: accounts that are shown with their mail"),
        shown,
        u64::from(ACCOUNTS),
        "by the API after a restart with the new key only",
    );
    ensure!(back == 0, "a disconnected account is shown");
    restored(
        kind,
        &field.setup,
        databases,
        &backup,
        &old_key,
        (&connections, &gone),
        report,
    )
}

/// The backup of before the rotation, with the key of its time and the graveyard of today (V5).
fn restored(
    kind: &str,
    setup: &Setup,
    databases: &Databases,
    backup: &Copy,
    old_key: &[u8],
    (connections, gone): (&[String], &str),
    report: &mut Report,
) -> Result<()> {
    std::fs::write(setup.data().join("kek"), old_key)?;
    let (found, checked) = backup.with_restored(setup, databases, |setup| {
        let found = shown(setup, connections, gone)?;
        // What is checked has been through a start, which destroys what the graveyard names.
        Ok((found, json(setup, &["key", "check", "--json"])?))
    })?;
    report.exactly(
        &format!("{kind}: accounts shown in a restored backup of before"),
        found.0,
        connections.len() as u64,
        "with the key of its time: positive control",
    );
    report.exactly(
        &format!("{kind}: disconnected accounts back in a restored backup"),
        found.1,
        0,
        "their keys are in the graveyard, and destroyed again at the start",
    );
    report.exactly(
        &format!("{kind}: values that should open there and do not"),
        number(&checked, "unreadable"),
        0,
        "tenon key check",
    );
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum FileOrVault {
    File,
    Vault,
}

/// Adds a version and moves all keys to it, killed up to `kills` times altogether on the way; then the old version
/// goes where a file holds it.
fn rotate_and_move(
    field: &mut Field,
    to: FileOrVault,
    kills: u64,
    random: &mut Random,
) -> Result<()> {
    let file = file(&field.setup);
    let command = match to {
        FileOrVault::File => field.setup.with(&[]),
        FileOrVault::Vault => field.setup.with(&[(FILE, VAULT), (ALSO, &file)]),
    };
    let before = json(&command, &["key", "status", "--json"])?;
    let there = before["current"]
        .as_str()
        .unwrap_or_default()
        .starts_with(VAULT);
    if to == FileOrVault::File || there {
        tool(&command, &["key", "rotate"])?;
    }
    let newest = json(&command, &["key", "status", "--json"])?;
    let target = newest["newest"]
        .as_str()
        .context("no newest version")?
        .to_owned();
    for attempt in 0.. {
        let from = field.empty.mul_f64(0.7);
        let span = field.whole.saturating_sub(from);
        let kill = (field.kills < kills).then(|| from + span.mul_f64(random.share()));
        if let Some(took) = rewrap(&command, kill)? {
            if attempt == 0 {
                field.whole = took;
            }
            break;
        }
        field.kills += 1;
        let status = json(&command, &["key", "status", "--json"])?;
        let counts = status["data_keys_by_key_encryption_key"].as_object();
        let counts = counts.context("no counts")?;
        let left = counts.iter().any(|(kek, _)| *kek != target);
        field.inside += u64::from(left && status["current"] == target.as_str());
    }
    field.ended += 1;
    if to == FileOrVault::File {
        let versions = newest["versions"].as_array().context("no versions")?;
        for version in versions.iter().rev().skip(1) {
            tool(&command, &["key", "retire", &version.to_string()])?;
        }
    }
    Ok(())
}

/// Runs `tenon key rewrap`; how long it took, unless it was killed before its end.
fn rewrap(setup: &Setup, kill: Option<Duration>) -> Result<Option<Duration>> {
    let start = Instant::now();
    let Some(kill) = kill else {
        tool(setup, &["key", "rewrap"])?;
        return Ok(Some(start.elapsed()));
    };
    let mut child = setup
        .tool(&["key", "rewrap"])?
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    while start.elapsed() < kill {
        if let Some(status) = child.try_wait()? {
            ensure!(status.success(), "tenon key rewrap ended with {status}");
            return Ok(Some(start.elapsed()));
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill()?;
    child.wait()?;
    Ok(None)
}

fn tool(setup: &Setup, words: &[&str]) -> Result<String> {
    let output = setup.tool(words)?.stdin(Stdio::null()).output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        bail!("tenon {}: {}", words.join(" "), said.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A report in JSON, of a command that may end with a finding.
fn json(setup: &Setup, words: &[&str]) -> Result<Value> {
    let output = setup.tool(words)?.stdin(Stdio::null()).output()?;
    serde_json::from_slice(&output.stdout).with_context(|| {
        let said = String::from_utf8_lossy(&output.stderr);
        format!("tenon {}: {}", words.join(" "), said.trim())
    })
}

fn number(value: &Value, name: &str) -> u64 {
    value[name].as_u64().unwrap_or(u64::MAX)
}

/// Starts a server: how many of these accounts are shown with conversations, and whether the one that went is back.
fn shown(setup: &Setup, connections: &[String], gone: &str) -> Result<(u64, u64)> {
    let server = setup.start()?;
    let mut person = server.sign_in()?;
    let list = person.get("/connections")?;
    let ids: Vec<&str> = list["items"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|c| c["id"].as_str())
        .collect();
    let back = u64::from(ids.contains(&gone));
    let mut shown = 0;
    for id in connections {
        let threads = person.get(&format!("/threads?connection={id}&limit=5"))?;
        let threads = threads["items"].as_array().map_or(0, Vec::len);
        shown += u64::from(threads > 0 && ids.contains(&id.as_str()));
    }
    server.stop()?;
    Ok((shown, back))
}

/// Connections with keys and sealed values, stored past the server.
fn seed(setup: &Setup, size: &Size) -> Result<()> {
    let database = match setup.database() {
        Database::Sqlite => setup.sqlite_file()?.display().to_string(),
        Database::Postgres(url) => url.clone(),
    };
    // `cargo run` cannot be asked for what is built among the whole workspace.
    let release = size.values > 100_000;
    let build = build::debug(&["build", "--quiet", "--example", "many_keys"]);
    let build = if release {
        build.arg("--release")
    } else {
        build
    };
    build.quiet().must()?;
    let profile = if release { "release" } else { "debug" };
    let many_keys = workspace::target().join(profile).join("examples/many_keys");
    Run::new(many_keys)
        .arg(database)
        .arg(setup.data().join("kek"))
        .args([size.keys.to_string(), size.values.to_string()])
        .quiet()
        .must()
        .map(drop)
        .context("the database is not filled")
}
