//! A throw-away PostgreSQL server on loopback.

use std::fs;
use std::io::Read;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::Signal;

use crate::children::Running;
use crate::command::Run;
use crate::measure::user_id;
use crate::needs::postgres_bin;
use crate::workspace::TempDir;

/// A free loopback port. Another process could take it in between; the caller then fails loudly.
pub fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free loopback port")?;
    Ok(listener.local_addr()?.port())
}

/// How the server treats the disk.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// No fsync: for tests, where the data is thrown away.
    Off,
    /// As installed: for measurements and kill runs.
    AsInstalled,
}

/// Owns the databases of servers under test, and has no other right.
const OWNER: &str = "tenon";

/// A running cluster; stopped and removed when dropped.
pub struct Postgres {
    server: Running,
    port: u16,
    bin: PathBuf,
    settings: Vec<String>,
    dir: TempDir,
}

impl Postgres {
    /// Makes a cluster and waits until it answers.
    pub fn start(durability: Durability) -> Result<Self> {
        let bin = postgres_bin().context(
            "PostgreSQL is not installed: `apt-get install postgresql`, or run `cargo xtask test` once",
        )?;
        let dir = TempDir::new("postgres")?;
        let owner = owner()?;
        if let Some((user, group)) = owner {
            std::os::unix::fs::chown(dir.path(), Some(user), Some(group))?;
        }
        let data = dir.path().join("data");
        let mut init = Run::new(bin.join("initdb"))
            .args(["--username=postgres", "--auth=trust", "--encoding=UTF8"])
            .args(["--locale=C.UTF-8", "--no-sync", "--no-instructions"])
            .arg("--pgdata")
            .arg(&data)
            .dir(dir.path())
            .into_command();
        as_owner(&mut init, owner);
        let output = init.output().context("cannot run initdb")?;
        if !output.status.success() {
            bail!("initdb: {}", String::from_utf8_lossy(&output.stderr).trim());
        }
        let port = free_port()?;
        let mut settings = vec![
            format!("port={port}"),
            "listen_addresses=127.0.0.1".to_owned(),
            format!("unix_socket_directories={}", dir.path().display()),
            "max_connections=400".to_owned(),
            "logging_collector=off".to_owned(),
        ];
        if durability == Durability::Off {
            settings.extend(
                [
                    "fsync=off",
                    "synchronous_commit=off",
                    "full_page_writes=off",
                ]
                .map(String::from),
            );
        }
        let mut postgres = Self {
            server: serve(&bin, &dir, &settings)?,
            port,
            bin,
            settings,
            dir,
        };
        postgres.wait_until_ready()?;
        postgres.sql("postgres", &format!("CREATE ROLE {OWNER} LOGIN"))?;
        Ok(postgres)
    }

    /// Stops the server, and with it all connections; its data stay.
    pub fn stop(&mut self) -> Result<()> {
        self.server.stop().map(drop)
    }

    /// Starts a stopped server again on the same data and port.
    pub fn start_again(&mut self) -> Result<()> {
        self.server = serve(&self.bin, &self.dir, &self.settings)?;
        self.wait_until_ready()
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let start = Instant::now();
        loop {
            if let Some(status) = self.server.poll()? {
                bail!("PostgreSQL ended with {status}: {}", self.log());
            }
            if self.sql("postgres", "SELECT 1").is_ok() {
                return Ok(());
            }
            if start.elapsed() > Duration::from_mins(1) {
                bail!("PostgreSQL does not answer: {}", self.log());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// What the server logged.
    pub fn log(&self) -> String {
        let mut text = String::new();
        if let Ok(mut file) = fs::File::open(self.dir.path().join("log")) {
            let _ = file.read_to_string(&mut text);
        }
        text
    }

    /// `postgres://` address of a database, for the superuser.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// `postgres://` address of a database, for the plain role that owns it: a superuser would pass every policy
    /// of row level security.
    fn owner_url(&self, database: &str) -> String {
        format!("postgres://{OWNER}@127.0.0.1:{}/{database}", self.port)
    }

    /// Makes an empty database and gives its address, for its owner.
    pub fn create_database(&self, name: &str) -> Result<String> {
        self.sql("postgres", &format!("CREATE DATABASE {name} OWNER {OWNER}"))?;
        Ok(self.owner_url(name))
    }

    /// Copies a database, with its owner's rights, and gives the address of the copy.
    pub fn copy_database(&self, from: &str, to: &str) -> Result<String> {
        self.sql(
            "postgres",
            &format!("CREATE DATABASE {to} OWNER {OWNER} TEMPLATE {from}"),
        )?;
        Ok(self.owner_url(to))
    }

    /// Runs SQL as the superuser and gives the rows as unaligned text.
    pub fn sql(&self, database: &str, sql: &str) -> Result<String> {
        Run::new(self.bin.join("psql"))
            .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"])
            .args(["--set=ON_ERROR_STOP=1", "--command", sql, "--dbname"])
            .arg(self.url(database))
            .read()
    }

    /// A logical dump: what compression (TOAST) hides in the files is plain here.
    pub fn dump(&self, database: &str) -> Result<String> {
        Run::new(self.bin.join("pg_dump"))
            .arg("--dbname")
            .arg(self.url(database))
            .read()
    }

    /// Dumps a database as the plain role that owns it, and restores it into an empty one, as the page on
    /// backups says; or without saying for whom.
    pub fn dump_as_owner(&self, from: &str, to: &str, says: bool) -> Result<()> {
        let file = self.dir.path().join(format!("{to}.dump"));
        let mut dump = Run::new(self.bin.join("pg_dump"))
            .args(["--enable-row-security", "--format=custom", "--file"])
            .arg(&file)
            .arg(self.owner_url(from));
        if says {
            dump = dump.env("PGOPTIONS", "-c tenon.purpose=system");
        }
        dump.read()?;
        Run::new(self.bin.join("pg_restore"))
            .args(["--clean", "--if-exists", "--dbname"])
            .arg(self.owner_url(to))
            .arg(&file)
            .read()
            .map(drop)
    }

    /// The cluster's folder: base directory, WAL, log, sockets.
    pub fn dir(&self) -> &std::path::Path {
        self.dir.path()
    }

    /// The process id of the server.
    pub fn pid(&self) -> u32 {
        self.server.pid()
    }
}

fn serve(bin: &Path, dir: &TempDir, settings: &[String]) -> Result<Running> {
    let mut run = Run::new(bin.join("postgres"))
        .arg("-D")
        .arg(dir.path().join("data"))
        .dir(dir.path());
    for setting in settings {
        run = run.arg("-c").arg(setting);
    }
    let mut command = run.into_command();
    as_owner(&mut command, owner()?);
    let log = fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(dir.path().join("log"))?;
    command.stdout(log.try_clone()?).stderr(log);
    // SIGINT is PostgreSQL's fast shutdown: it does not wait for clients.
    Running::start("postgres", &mut command, Signal::INT)
}

/// initdb refuses to run as root: then the package's own user, or nobody, owns the cluster.
fn owner() -> Result<Option<(u32, u32)>> {
    if user_id() != Some(0) {
        return Ok(None);
    }
    let passwd = fs::read_to_string("/etc/passwd").context("cannot read /etc/passwd")?;
    for name in ["postgres", "nobody"] {
        if let Some(ids) = ids_of(&passwd, name) {
            return Ok(Some(ids));
        }
    }
    bail!("PostgreSQL does not run as root, and there is no user postgres or nobody to run it as")
}

fn ids_of(passwd: &str, name: &str) -> Option<(u32, u32)> {
    let line = passwd
        .lines()
        .find(|line| line.split(':').next() == Some(name))?;
    let fields: Vec<&str> = line.split(':').collect();
    Some((fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?))
}

fn as_owner(command: &mut std::process::Command, owner: Option<(u32, u32)>) {
    use std::os::unix::process::CommandExt;
    if let Some((user, group)) = owner {
        command.uid(user).gid(group);
    }
    command.stdin(Stdio::null());
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // Before the folder goes, which is dropped after this.
        let _ = self.server.stop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_ids_come_from_passwd() {
        let passwd = "root:x:0:0:root:/root:/bin/bash\npostgres:x:105:113:PG:/var/lib/postgresql:/bin/bash\nbad:x\n";
        assert_eq!(ids_of(passwd, "postgres"), Some((105, 113)));
        assert_eq!(ids_of(passwd, "post"), None);
        assert_eq!(ids_of(passwd, "bad"), None);
    }

    #[test]
    fn a_cluster_starts_answers_and_is_gone_afterwards() {
        let postgres = Postgres::start(Durability::Off).unwrap();
        let (dir, pid) = (postgres.dir().to_path_buf(), postgres.pid());
        assert!(postgres.create_database("x").unwrap().ends_with("/x"));
        let sum = postgres.sql("x", "SELECT 40 + 2").unwrap();
        assert_eq!(sum.trim(), "42");
        assert!(
            postgres
                .dump("x")
                .unwrap()
                .contains("PostgreSQL database dump")
        );
        drop(postgres);
        assert!(!dir.exists());
        assert!(!std::path::Path::new(&format!("/proc/{pid}")).exists());
    }

    #[test]
    fn free_ports_are_free() {
        let port = free_port().unwrap();
        assert!(TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok());
    }
}
