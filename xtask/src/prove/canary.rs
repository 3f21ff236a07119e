//! `prove canary`: after a day of use nothing of the mail, and no token, is readable in any place a byte could rest;
//! after disconnecting, not even in a restored copy of the database. The scan first has to find what is planted.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use super::{Options, day};
use crate::canary::{Canary, ENCODINGS, Hit, Random, Scanner, encode};
use crate::command::Run;
use crate::launch::{Database, Databases, Sandbox, SandboxOptions, Setup, database_name};
use crate::report::{Report, say};
use crate::workspace::TempDir;

const CONTAINERS: [&str; 3] = ["gzip", "zlib", "zstd"];

pub(super) fn run(options: &Options, report: &mut Report) -> Result<()> {
    let tenon = options.tenon()?;
    let mut databases = Databases::default();
    for kind in options.databases() {
        let mut random = options.random();
        let mut sandbox = Sandbox::start(&tenon, SandboxOptions::of(300, options.seed))?;
        let mail = day::Mail::new(3, &mut random);
        let late = day::Mail::new(1, &mut random);
        mail.arrive(&mut sandbox)?;
        let mut setup = databases.setup(kind, &tenon, sandbox.environment())?;
        setup.set("TENON_LOG", "debug");
        let after = day::live(&setup, &mut sandbox, &mail, &late, &mut random)?;
        let mut canaries = [mail.canaries, late.canaries, after.sessions, after.written].concat();
        for (number, token) in sandbox.tokens_issued()?.iter().enumerate() {
            canaries.push(Canary::known(&format!("token {number}"), token));
        }
        let scanner = Scanner::new(&canaries)?;
        // The canaries did come in: what the API showed is full of them.
        let shown: BTreeSet<String> = scanner
            .bytes(&after.shown, "API")
            .into_iter()
            .map(|hit| hit.canary)
            .collect();
        report.at_least(
            &format!("{kind}: canaries shown to their owner"),
            shown.len() as f64,
            40.0,
            "threads, messages, bodies, attachments and originals through the API",
        );
        report.tell(
            &format!("{kind}: canaries searched"),
            canaries.len() as u64,
            "mail fields, what was written and sent, tokens of the provider, session tokens",
        );
        let hits = everywhere(&scanner, &setup, &databases)?;
        tell(kind, &hits);
        report.exactly(
            &format!("{kind}: hits after the day"),
            hits.len() as u64,
            0,
            "database files, WAL, temporary files, debug log, logical dump; 18 encodings and 3 containers",
        );
        let copy = Copy::take(&setup, &databases)?;
        let readable = readable_after_restore(&setup, &databases, &copy, &scanner)?;
        report.at_least(
            &format!("{kind}: canaries readable in a restored copy while connected"),
            readable as f64,
            1.0,
            "positive control of the restore",
        );
        disconnect(&setup, &after.connection)?;
        let hits = everywhere(&scanner, &setup, &databases)?;
        tell(kind, &hits);
        report.exactly(
            &format!("{kind}: hits after disconnecting"),
            hits.len() as u64,
            0,
            "the same search",
        );
        let readable = readable_after_restore(&setup, &databases, &copy, &scanner)?;
        report.exactly(
            &format!("{kind}: canaries readable in a restored copy after disconnecting"),
            readable,
            0,
            "the old database with the present keys and key graveyard",
        );
        let (found, planted) = controls(&setup, &databases, &mut random)?;
        report.exactly(
            &format!("{kind}: positive controls found"),
            found,
            planted,
            "a control in every place, and in one file per encoding and container",
        );
    }
    Ok(())
}

fn tell(kind: &str, hits: &BTreeSet<Hit>) {
    for hit in hits.iter().take(10) {
        say(format!(
            "{kind}: {} as {} in {}",
            hit.canary, hit.encoding, hit.place
        ));
    }
}

/// All places a byte of this server could rest.
fn everywhere(scanner: &Scanner, setup: &Setup, databases: &Databases) -> Result<BTreeSet<Hit>> {
    let mut hits = scanner.files(setup.home())?;
    if let (Database::Postgres(url), Some(postgres)) = (setup.database(), databases.postgres()) {
        postgres.sql(database_name(url), "CHECKPOINT")?;
        hits.extend(scanner.files(postgres.dir())?);
        let dump = postgres.dump(database_name(url))?;
        hits.extend(scanner.bytes(dump.as_bytes(), "logical dump"));
    }
    Ok(hits)
}

fn disconnect(setup: &Setup, connection: &str) -> Result<()> {
    let server = setup.start()?;
    let mut person = server.sign_in()?;
    let receipt = person.disconnect(connection)?;
    ensure!(
        receipt["key_destroyed"] == true,
        "the key was not destroyed"
    );
    server.stop()
}

/// A copy of the database as a backup would hold it: without keys, without graveyard.
enum Copy {
    Sqlite(TempDir, PathBuf),
    Postgres(String),
}

impl Copy {
    fn take(setup: &Setup, databases: &Databases) -> Result<Self> {
        match setup.database() {
            Database::Sqlite => {
                let dir = TempDir::new("copy")?;
                let file = setup.sqlite_file()?;
                for part in parts(&file) {
                    if part.exists() {
                        let name = part.file_name().context("a file without a name")?;
                        std::fs::copy(&part, dir.path().join(name))?;
                    }
                }
                Ok(Self::Sqlite(dir, file))
            }
            Database::Postgres(url) => {
                let postgres = databases.postgres().context("PostgreSQL is not running")?;
                let name = database_name(url);
                let copy = format!("{name}_copy");
                postgres.copy_database(name, &copy)?;
                Ok(Self::Postgres(copy))
            }
        }
    }
}

fn parts(file: &Path) -> [PathBuf; 3] {
    ["", "-wal", "-shm"].map(|suffix| {
        let mut name = file.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    })
}

/// Puts the copy in place, reads everything the API gives, puts the present database back; gives the number of
/// canaries that could be read.
fn readable_after_restore(
    setup: &Setup,
    databases: &Databases,
    copy: &Copy,
    scanner: &Scanner,
) -> Result<u64> {
    let restored = match copy {
        Copy::Sqlite(dir, file) => {
            let aside = TempDir::new("aside")?;
            exchange(file, aside.path(), dir.path())?;
            let text = read_through_api(setup)?;
            exchange(file, &aside.path().join("unused"), aside.path())?;
            text
        }
        Copy::Postgres(name) => {
            let postgres = databases.postgres().context("PostgreSQL is not running")?;
            let database = format!("{name}_run");
            let copy = postgres.copy_database(name, &database)?;
            let other = setup.on(Database::Postgres(copy));
            let text = read_through_api(&other)?;
            postgres.sql(
                "postgres",
                &format!("DROP DATABASE {database} WITH (FORCE)"),
            )?;
            text
        }
    };
    let found: BTreeSet<_> = scanner
        .bytes(&restored, "API")
        .into_iter()
        .map(|hit| hit.canary)
        .collect();
    Ok(found.len() as u64)
}

/// Moves the database in use to one folder and copies another one in.
fn exchange(file: &Path, keep: &Path, from: &Path) -> Result<()> {
    std::fs::create_dir_all(keep)?;
    for part in parts(file) {
        let name = part.file_name().context("a file without a name")?;
        if part.exists() {
            std::fs::rename(&part, keep.join(name))
                .or_else(|_| std::fs::copy(&part, keep.join(name)).map(drop))?;
            let _ = std::fs::remove_file(&part);
        }
        if from.join(name).exists() {
            std::fs::copy(from.join(name), &part)?;
        }
    }
    Ok(())
}

/// Everything a signed-in owner can read of connections and threads; errors are answers too.
fn read_through_api(setup: &Setup) -> Result<Vec<u8>> {
    let server = setup.start()?;
    let mut person = server.sign_in()?;
    let mut text = Vec::new();
    for path in ["/api/v1/connections", "/api/v1/threads?limit=200"] {
        text.extend(person.client().get(path)?.body);
    }
    server.stop()?;
    Ok(text)
}

/// Plants a control in each place and form and counts those found.
fn controls(setup: &Setup, databases: &Databases, random: &mut Random) -> Result<(u64, u64)> {
    let mut planted = Vec::new();
    let mut new = |name: &str| {
        let canary = Canary::new(name, random);
        planted.push(canary.clone());
        canary.text
    };
    let folder = setup.home().join("tmp");
    for form in ENCODINGS.iter().chain(&CONTAINERS) {
        let text = new(&format!("form {form}"));
        let name = form.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
        std::fs::write(folder.join(format!("control-{name}")), encode(form, &text))?;
    }
    let mut log = std::fs::OpenOptions::new().append(true).open(setup.log())?;
    std::io::Write::write_all(&mut log, format!("control {}\n", new("log")).as_bytes())?;
    match setup.database() {
        Database::Sqlite => {
            let (rows, wal) = (new("sqlite row"), new("sqlite wal"));
            Run::new("python3")
                .args(["-c", PLANT_SQLITE])
                .arg(setup.sqlite_file()?)
                .args([rows, wal])
                .read()?;
        }
        Database::Postgres(url) => {
            let (row, toast) = (new("postgres row"), new("postgres toast"));
            let postgres = databases.postgres().context("PostgreSQL is not running")?;
            postgres.sql(
                database_name(url),
                &format!(
                    "CREATE TABLE control (t text); INSERT INTO control VALUES ('{row}'), (repeat('long text ', 2000) || '{toast}')"
                ),
            )?;
        }
    }
    let scanner = Scanner::new(&planted)?;
    let hits = everywhere(&scanner, setup, databases)?;
    let found: BTreeSet<_> = hits.iter().map(|hit| hit.canary.as_str()).collect();
    for canary in planted.iter().filter(|c| !found.contains(c.name.as_str())) {
        say(format!("control not found: {}", canary.name));
    }
    Ok((found.len() as u64, planted.len() as u64))
}

/// One control in the database file itself, one only in its write-ahead log, which is left behind.
const PLANT_SQLITE: &str = "
import os, sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute('CREATE TABLE control (t TEXT)')
db.execute('INSERT INTO control VALUES (?)', (sys.argv[2],))
db.commit()
db.execute('PRAGMA wal_checkpoint(TRUNCATE)').fetchall()
db.execute('PRAGMA wal_autocheckpoint=0').fetchall()
db.execute('INSERT INTO control VALUES (?)', (sys.argv[3],))
db.commit()
os._exit(0)
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_in_use_is_exchanged_and_comes_back() {
        let (data, copy, aside) = (
            TempDir::new("data").unwrap(),
            TempDir::new("copy").unwrap(),
            TempDir::new("aside").unwrap(),
        );
        let file = data.path().join("tenon.db");
        std::fs::write(&file, "now").unwrap();
        std::fs::write(data.path().join("tenon.db-wal"), "wal").unwrap();
        std::fs::write(copy.path().join("tenon.db"), "then").unwrap();
        exchange(&file, aside.path(), copy.path()).unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "then");
        assert!(!data.path().join("tenon.db-wal").exists());
        exchange(&file, &aside.path().join("unused"), aside.path()).unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "now");
        assert!(data.path().join("tenon.db-wal").exists());
    }

    #[test]
    fn sqlite_controls_are_found_in_file_and_wal() {
        let dir = TempDir::new("plant").unwrap();
        let file = dir.path().join("x.db");
        let mut random = Random::new(3);
        let (row, wal) = (
            Canary::new("row", &mut random),
            Canary::new("wal", &mut random),
        );
        Run::new("python3")
            .args(["-c", "import sqlite3,sys; sqlite3.connect(sys.argv[1]).execute('PRAGMA journal_mode=WAL')"])
            .arg(&file)
            .read()
            .unwrap();
        Run::new("python3")
            .args(["-c", PLANT_SQLITE])
            .arg(&file)
            .args([&row.text, &wal.text])
            .read()
            .unwrap();
        let hits = Scanner::new(&[row, wal])
            .unwrap()
            .files(dir.path())
            .unwrap();
        let places: BTreeSet<_> = hits
            .iter()
            .map(|h| (h.canary.as_str(), h.place.as_str()))
            .collect();
        assert!(places.contains(&("row", "x.db")));
        assert!(places.contains(&("wal", "x.db-wal")));
    }
}
