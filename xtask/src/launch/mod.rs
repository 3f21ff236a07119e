//! Launchers of the real programs: Tenon, its demo, the sandbox, judges and peers. Each is a child process on a
//! free loopback port with its own temporary folder.

mod api;
mod balancer;
mod databases;
mod demo;
mod judge;
mod sandbox;
mod server;
mod stream;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::Signal;

pub use api::Person;
pub use balancer::Balancer;
pub use databases::{Databases, database_name};
pub use demo::{Demo, browser_script};
pub use judge::{Emulator, Issuer, Proxy};
pub use sandbox::{ACCOUNT, OTHER_ACCOUNT, Quota, Sandbox, SandboxOptions};
pub use server::{Database, OWNER, Server, Setup};
pub use stream::{Stream, Told};

use crate::children::Running;
use crate::http::Client;

/// Both databases, by the names the figures use.
pub const DATABASES: [&str; 2] = ["sqlite", "postgres"];

/// A child with its output in a file, and the moment it was started.
struct Service {
    process: Running,
    log: PathBuf,
    started: Instant,
}

impl Service {
    fn start(name: &str, command: &mut Command, log: &Path) -> Result<Self> {
        let file = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(log)
            .with_context(|| format!("cannot write {}", log.display()))?;
        command
            .stdin(std::process::Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file);
        let started = Instant::now();
        let process = Running::start(name, command, Signal::TERM)?;
        Ok(Self {
            process,
            log: log.to_path_buf(),
            started,
        })
    }

    fn text(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Waits until a GET of this path is answered below 500; gives the time since the start.
    fn wait_for(&mut self, url: &str, path: &str, limit: Duration) -> Result<Duration> {
        loop {
            if let Some(status) = self.process.poll()? {
                bail!("it ended with {status}: {}", last_lines(&self.text()));
            }
            let mut client = Client::new(url)?.timeout(Duration::from_secs(5));
            if client.get(path).is_ok_and(|answer| answer.status < 500) {
                return Ok(self.started.elapsed());
            }
            if self.started.elapsed() > limit {
                bail!(
                    "no answer at {url}{path} in {} s: {}",
                    limit.as_secs(),
                    last_lines(&self.text())
                );
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// The end of a log, enough to see why.
fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(12)..].join("\n")
}
