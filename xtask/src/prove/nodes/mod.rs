//! `prove two-nodes`: two and three servers on one PostgreSQL keep to their promises: no work twice, no token
//! refreshed twice, live updates from one to the other, no loss when a node dies, hangs or is replaced, and when
//! PostgreSQL itself goes away for a while.

mod live;
mod outage;
mod refresh;
mod rolling;
mod stopping;
mod work;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::{Options, compare};
use crate::launch::{
    ACCOUNT, Database, Databases, Sandbox, SandboxOptions, Server, Setup, database_name,
};
use crate::report::{Report, say};

/// A lease is 30 s; what it may take on top: looking for jobs, and the machine being busy.
const LEASE: Duration = Duration::from_secs(30);
/// Long enough for a first sync of these sizes, a lease that has to run out included.
const PATIENCE: Duration = Duration::from_mins(3);

pub(super) fn run(options: &Options, report: &mut Report) -> Result<()> {
    if options.database.as_deref() == Some("sqlite") {
        bail!("several nodes need PostgreSQL");
    }
    let rounds = options.runs(10_000);
    let size = Size::of(rounds);
    work::shared(options, report, size)?;
    work::lost_node(options, report, size)?;
    live::run(options, report, size)?;
    stopping::run(options, report)?;
    rolling::run(options, report, size)?;
    outage::run(options, report, size)?;
    refresh::run(rounds, report)
}

/// How much of everything: the short form is part of the tests, the long one is asked for.
#[derive(Clone, Copy)]
struct Size {
    messages: u64,
    kills: u64,
    changes: u64,
    turns: u64,
}

impl Size {
    fn of(rounds: u64) -> Self {
        if rounds < 100 {
            Self {
                messages: 1_500,
                kills: 1,
                changes: 40,
                turns: 1,
            }
        } else {
            Self {
                messages: 4_000,
                kills: 4,
                changes: 300,
                turns: 3,
            }
        }
    }
}

/// Nodes of one deployment that are not running yet, and the sandbox they take for Google.
struct Deployment {
    databases: Databases,
    sandbox: Sandbox,
    nodes: Vec<Setup>,
}

impl Deployment {
    /// So many nodes on a fresh database; each answer of the sandbox takes `latency` milliseconds.
    fn new(options: &Options, messages: u64, latency: u64, nodes: usize) -> Result<Self> {
        let tenon = options.tenon()?;
        let sandbox = SandboxOptions {
            latency,
            ..SandboxOptions::of(messages, options.seed)
        };
        let sandbox = Sandbox::start(&tenon, sandbox)?;
        let mut databases = Databases::default();
        let mut environment = sandbox.environment();
        environment.push(("TENON_LOG".to_owned(), "info".to_owned()));
        let mut first = databases.setup("postgres", &tenon, environment)?;
        let public = first.url();
        first.set("TENON_PUBLIC_URL", &public);
        let mut all = vec![first];
        while all.len() < nodes {
            all.push(all[0].another()?);
        }
        Ok(Self {
            databases,
            sandbox,
            nodes: all,
        })
    }

    fn start(&self) -> Result<Vec<Server>> {
        self.nodes.iter().map(Setup::start).collect()
    }

    /// Rows past the servers.
    fn query(&self, columns: &[&str], rest: &str) -> Result<Vec<Vec<String>>> {
        self.nodes[0].query(&self.databases, columns, rest)
    }

    /// Runs SQL as the database's superuser.
    fn sql(&self, sql: &str) -> Result<String> {
        let Database::Postgres(url) = self.nodes[0].database() else {
            bail!("not on PostgreSQL");
        };
        let postgres = self
            .databases
            .postgres()
            .context("PostgreSQL is not running")?;
        postgres.sql(database_name(url), sql)
    }

    /// Who runs the sync of the mailbox now: the id of a runner, while there is one.
    fn syncing(&self) -> Result<Option<String>> {
        let rows = self.query(
            &["lease_owner::text"],
            "FROM jobs WHERE kind = 'sync_mailbox' AND state = 'running'",
        )?;
        Ok(rows.into_iter().flatten().next())
    }

    /// The same, waited for.
    fn wait_syncing(&self, limit: Duration, wanted: impl Fn(&str) -> bool) -> Result<String> {
        let start = Instant::now();
        while start.elapsed() < limit {
            if let Some(owner) = self.syncing()?.filter(|o| wanted(o)) {
                return Ok(owner);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        bail!("nobody syncs after {} s", limit.as_secs())
    }

    /// Where the stored rows differ from the provider's; the number of kinds of difference, told.
    fn differences(&mut self, accounts: &[&str]) -> Result<u64> {
        let found =
            compare::stored_of(&self.nodes[0], &self.databases, &mut self.sandbox, accounts)?;
        if !found.none() {
            say(format!("two-nodes: {}", found.shown()));
        }
        Ok(u64::from(!found.none()))
    }

    /// How many messages and threads were fetched more than once since the log was reset, and how many at all.
    fn fetched(&mut self) -> Result<(u64, u64)> {
        let answer = self.sandbox.ask("requests")?;
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for call in answer["requests"].as_array().into_iter().flatten() {
            let path = call["path"].as_str().unwrap_or_default();
            let path = path.split('?').next().unwrap_or_default();
            let one = ["/messages/", "/threads/"]
                .iter()
                .any(|part| path.contains(part));
            if one && call["status"] == 200 && call["method"] == "GET" {
                let account = call["account"].as_str().unwrap_or_default();
                *counts.entry(format!("{account} {path}")).or_default() += 1;
            }
        }
        let again = counts.values().map(|n| n - 1).sum();
        Ok((counts.len() as u64, again))
    }

    /// Lines of all nodes' logs that tell of a panic.
    fn panics(&self) -> u64 {
        let said = self.nodes.iter().map(Setup::said);
        said.map(|text| text.matches("panicked").count() as u64)
            .sum()
    }
}

/// Waits until this holds.
fn until(limit: Duration, what: &str, mut holds: impl FnMut() -> Result<bool>) -> Result<Duration> {
    let start = Instant::now();
    while !holds()? {
        if start.elapsed() > limit {
            bail!("after {} s still not: {what}", limit.as_secs());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(start.elapsed())
}

const ACCOUNTS: [&str; 2] = [ACCOUNT, crate::launch::OTHER_ACCOUNT];
