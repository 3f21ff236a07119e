//! Fresh databases of either kind for servers under test, and a look into them past the server.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::{Database, Setup};
use crate::command::Run;
use crate::postgres::{Durability, Postgres};
use crate::workspace;

/// Gives every server under test a database of its own. PostgreSQL is started when first asked for.
#[derive(Default)]
pub struct Databases {
    postgres: Option<Postgres>,
    made: u32,
}

impl Databases {
    /// A server on a fresh database, with an owner account.
    pub fn setup(
        &mut self,
        kind: &str,
        tenon: &Path,
        environment: Vec<(String, String)>,
    ) -> Result<Setup> {
        let database = if kind == "postgres" {
            self.made += 1;
            let name = format!("tenon_{}", self.made);
            Database::Postgres(self.cluster()?.create_database(&name)?)
        } else {
            Database::Sqlite
        };
        Setup::new(tenon, database, environment)
    }

    fn cluster(&mut self) -> Result<&Postgres> {
        if self.postgres.is_none() {
            self.postgres = Some(Postgres::start(Durability::AsInstalled)?);
        }
        self.postgres.as_ref().context("PostgreSQL is not running")
    }

    /// The cluster, when one was needed.
    pub fn postgres(&self) -> Option<&Postgres> {
        self.postgres.as_ref()
    }

    /// The cluster, to stop and start it.
    pub fn postgres_mut(&mut self) -> Result<&mut Postgres> {
        self.postgres.as_mut().context("PostgreSQL is not running")
    }
}

/// Name of the database in a `postgres://` address.
pub fn database_name(url: &str) -> &str {
    url.rsplit('/').next().unwrap_or_default()
}

impl Setup {
    /// The SQLite file in the data folder.
    pub fn sqlite_file(&self) -> Result<PathBuf> {
        for file in workspace::files(&self.data())? {
            let mut head = [0; 16];
            let read = std::fs::File::open(&file)
                .and_then(|mut f| std::io::Read::read_exact(&mut f, &mut head));
            if read.is_ok() && &head == b"SQLite format 3\0" {
                return Ok(file);
            }
        }
        bail!("no SQLite database in the data folder")
    }

    /// Rows of a query as JSON arrays of text, read from the database itself. The columns are text expressions.
    pub fn query(
        &self,
        databases: &Databases,
        columns: &[&str],
        rest: &str,
    ) -> Result<Vec<Vec<String>>> {
        let columns = columns.join(", ");
        let output = match self.database() {
            Database::Sqlite => Run::new("python3")
                .args(["-c", READ_SQLITE])
                .arg(self.sqlite_file()?)
                .arg(format!("SELECT {columns} {rest}"))
                .read()?,
            Database::Postgres(url) => {
                let postgres = databases.postgres().context("PostgreSQL is not running")?;
                postgres.sql(
                    database_name(url),
                    &format!("SELECT json_build_array({columns}) {rest}"),
                )?
            }
        };
        let rows = output.lines().filter(|line| !line.trim().is_empty());
        rows.map(|line| {
            let row: Vec<Value> = serde_json::from_str(line).context("a row is not JSON")?;
            Ok(row
                .into_iter()
                .map(|value| match value {
                    Value::String(text) => text,
                    other => other.to_string(),
                })
                .collect())
        })
        .collect()
    }
}

/// A reader that neither writes nor locks for long.
const READ_SQLITE: &str = "
import json, sqlite3, sys
db = sqlite3.connect(f'file:{sys.argv[1]}?mode=ro', uri=True, timeout=20)
for row in db.execute(sys.argv[2]):
    print(json.dumps(list(row)))
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_databases() {
        assert_eq!(database_name("postgres://u@127.0.0.1:1/tenon_1"), "tenon_1");
    }
}
