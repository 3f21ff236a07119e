//! `tenon serve` as a child, on either database.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::process::Signal;

use super::{Person, Service, last_lines};
use crate::measure::{self, Usage};
use crate::postgres::free_port;
use crate::workspace::{self, TempDir};

/// The owner every proof signs in as.
pub const OWNER: (&str, &str) = ("owner@example.org", "a long enough passphrase 7");

/// Where a server keeps its rows.
#[derive(Clone)]
pub enum Database {
    /// In its data folder.
    Sqlite,
    /// At this address.
    Postgres(String),
}

/// A server that can be started, killed and started again on the same data.
pub struct Setup {
    tenon: PathBuf,
    database: Database,
    environment: Vec<(String, String)>,
    home: Arc<TempDir>,
    port: u16,
}

impl Setup {
    /// The same server, folder and settings on another database.
    #[must_use]
    pub fn on(&self, database: Database) -> Self {
        Self {
            tenon: self.tenon.clone(),
            database,
            environment: self.environment.clone(),
            home: Arc::clone(&self.home),
            port: self.port,
        }
    }

    /// Another node of the same deployment: the same database and keys, a data folder and a port of its own.
    pub fn another(&self) -> Result<Self> {
        let node = Self {
            tenon: self.tenon.clone(),
            database: self.database.clone(),
            environment: self.environment.clone(),
            home: Arc::new(TempDir::new("node")?),
            port: free_port()?,
        };
        for file in workspace::files(&self.data())? {
            let to = node.data().join(file.strip_prefix(self.data())?);
            if let Some(folder) = to.parent() {
                std::fs::create_dir_all(folder)?;
            }
            std::fs::copy(&file, to)?;
        }
        Ok(node)
    }

    /// Prepares a data folder and an owner account.
    pub fn new(
        tenon: &Path,
        database: Database,
        environment: Vec<(String, String)>,
    ) -> Result<Self> {
        let setup = Self {
            tenon: tenon.to_path_buf(),
            database,
            environment,
            home: Arc::new(TempDir::new("server")?),
            // Kept over restarts: the redirect address is part of a consent.
            port: free_port()?,
        };
        setup.create_member(OWNER, "Olive Owner", "owner")?;
        Ok(setup)
    }

    /// The folder that holds data, log and temporary files.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// `TENON_DATA_DIR`.
    pub fn data(&self) -> PathBuf {
        self.home.path().join("data")
    }

    /// All output of all starts.
    pub fn log(&self) -> PathBuf {
        self.home.path().join("server.log")
    }

    /// Where it will answer.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Where its rows are.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Changes a setting for the next start.
    pub fn set(&mut self, name: &str, value: &str) {
        self.environment.retain(|(known, _)| known != name);
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// The same server with other settings.
    #[must_use]
    pub fn with(&self, settings: &[(&str, &str)]) -> Self {
        let mut other = self.on(self.database.clone());
        for (name, value) in settings {
            other.set(name, value);
        }
        other
    }

    /// Takes a setting away for the next start.
    pub fn unset(&mut self, name: &str) {
        self.environment.retain(|(known, _)| known != name);
    }

    /// A command of the same program with the settings of this server.
    pub fn tool(&self, words: &[&str]) -> Result<Command> {
        let mut command = self.command()?;
        command.args(words);
        Ok(command)
    }

    fn command(&self) -> Result<Command> {
        let temporary = self.home.path().join("tmp");
        std::fs::create_dir_all(&temporary)?;
        let mut command = Command::new(&self.tenon);
        // Nothing of the person's own settings may reach a server under test.
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("TENON_") || text == "DATABASE_URL" {
                command.env_remove(&name);
            }
        }
        command
            .current_dir(self.home.path())
            .env("TENON_DATA_DIR", self.data())
            .env("TENON_LISTEN", format!("127.0.0.1:{}", self.port))
            .env("TENON_PUBLIC_URL", self.url())
            .env("TMPDIR", temporary)
            .env("NO_COLOR", "1")
            .envs(self.environment.iter().map(|(n, v)| (n, v)));
        if let Database::Postgres(url) = &self.database {
            command.env("DATABASE_URL", url);
        }
        Ok(command)
    }

    /// `tenon member create`, with a password and without an invitation.
    pub fn create_member(
        &self,
        (email, password): (&str, &str),
        name: &str,
        role: &str,
    ) -> Result<()> {
        let mut child = self
            .command()?
            .args(["member", "create", "--role", role])
            .args(["--email", email, "--name", name, "--password-stdin"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .context("cannot run tenon member create")?;
        if let Some(mut stdin) = child.stdin.take() {
            writeln!(stdin, "{password}")?;
        }
        let output = child.wait_with_output()?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            bail!("tenon member create failed: {}", last_lines(&said));
        }
        Ok(())
    }

    /// All that all starts have said.
    pub fn said(&self) -> String {
        std::fs::read_to_string(self.log()).unwrap_or_default()
    }

    /// Starts the server and waits until it is ready.
    pub fn start(&self) -> Result<Server> {
        let mut command = self.command()?;
        command.arg("serve");
        let mut service = Service::start("tenon serve", &mut command, &self.log())?;
        let ready_after = service
            .wait_for(&self.url(), "/readyz", Duration::from_mins(1))
            .context("tenon serve does not start")?;
        Ok(Server {
            service,
            url: self.url(),
            ready_after,
        })
    }
}

/// A running server.
pub struct Server {
    service: Service,
    url: String,
    /// From the start of the process to the first answer of `/readyz`.
    pub ready_after: Duration,
}

impl Server {
    /// Its process.
    pub fn pid(&self) -> u32 {
        self.service.process.pid()
    }

    /// What it used so far.
    pub fn usage(&self) -> Result<Usage> {
        measure::usage(self.pid())
    }

    /// Signs the owner in.
    pub fn sign_in(&self) -> Result<Person> {
        Person::sign_in(&self.url, OWNER.0, OWNER.1)
    }

    /// Stops its process where it is (SIGSTOP), or lets it go on.
    pub fn freeze(&self, frozen: bool) {
        let signal = if frozen { Signal::STOP } else { Signal::CONT };
        self.service.process.signal(signal);
    }

    /// SIGKILL.
    pub fn kill(mut self) -> Result<()> {
        self.service.process.kill().map(drop)
    }

    /// SIGTERM, and waits for an orderly end.
    pub fn stop(mut self) -> Result<()> {
        let status = self.service.process.stop()?;
        match status {
            Some(status) if status.success() => Ok(()),
            Some(status) => bail!(
                "tenon serve ended with {status}: {}",
                last_lines(&self.service.text())
            ),
            None => Ok(()),
        }
    }
}
