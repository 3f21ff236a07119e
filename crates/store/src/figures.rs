//! What an operator looks at: how many of what there is, in all workspaces. Counts, times and
//! words of this program only; nothing of a person.

use tenon_model::Time;
use tenon_model::connection::ConnectionStatus;
use tenon_model::mail::SyncState;

use crate::sql::{dialect, sql};
use crate::store::Db;
use crate::{DbKind, JobState, Store, StoreError, migrate};

/// Jobs of one kind in one state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobFigure {
    /// Kind.
    pub kind: String,
    /// Waiting, running or parked.
    pub state: JobState,
    /// How many.
    pub count: u64,
    /// Since when the oldest could have been done, or has been parked.
    pub oldest: Option<Time>,
}

/// Mailboxes of one provider in one state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailboxFigure {
    /// The provider's word.
    pub provider: String,
    /// Whether the connection works.
    pub status: ConnectionStatus,
    /// Where the sync stands.
    pub state: SyncState,
    /// How many.
    pub count: u64,
    /// When the one that is furthest behind was last in step.
    pub oldest_sync: Option<Time>,
}

/// The database itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseFigure {
    /// Name and version of the database program.
    pub program: String,
    /// Schema version found.
    pub schema: i64,
    /// Schema version of this program.
    pub known: i64,
    /// Size.
    pub bytes: u64,
}

/// A pool of database connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolFigure {
    /// Which: `main`, or SQLite's `writer` and `readers`.
    pub name: &'static str,
    /// Connections in use.
    pub used: u32,
    /// Connections open and free.
    pub idle: u32,
    /// Connections at most.
    pub max: u32,
}

aggregate!(
    /// Figures of the whole deployment. System only.
    Figures,
    figures
);

impl Figures<'_> {
    /// Jobs that are not done, by kind and state.
    pub async fn jobs(&mut self) -> Result<Vec<JobFigure>, StoreError> {
        self.tx.system()?;
        let mut figures = Vec::new();
        // One statement a state: each has an index of its own.
        for (state, word, since) in [
            (
                JobState::Queued,
                "queued",
                "CASE WHEN held_until > run_at THEN held_until ELSE run_at END",
            ),
            (JobState::Running, "running", "NULL"),
            (JobState::Parked, "parked", "finished_at"),
        ] {
            let query = sql(format!(
                "SELECT kind, count(*), CAST(min({since}) AS BIGINT) FROM jobs WHERE state = '{word}' GROUP BY kind ORDER BY kind"
            ));
            for row in self.tx.all(query).await? {
                let mut r = row.reader();
                figures.push(JobFigure {
                    kind: r.take()?,
                    state,
                    count: r.take()?,
                    oldest: r.opt()?,
                });
            }
        }
        Ok(figures)
    }

    /// Mailboxes by provider, status of the connection and state of the sync.
    pub async fn mailboxes(&mut self) -> Result<Vec<MailboxFigure>, StoreError> {
        self.tx.system()?;
        let query = sql(
            "SELECT c.provider, c.status, m.state, count(*), min(m.last_sync_at) FROM mailboxes m \
             JOIN connections c ON c.id = m.connection_id GROUP BY c.provider, c.status, m.state \
             ORDER BY c.provider, c.status, m.state",
        );
        let rows = self.tx.all(query).await?;
        rows.iter()
            .map(|row| {
                let mut r = row.reader();
                Ok(MailboxFigure {
                    provider: r.take()?,
                    status: ConnectionStatus::parse(&r.take::<String>()?),
                    state: SyncState::parse(&r.take::<String>()?),
                    count: r.take()?,
                    oldest_sync: r.opt()?,
                })
            })
            .collect()
    }

    /// How many receipts of disconnections there are: each stands for a destroyed key.
    pub async fn receipts(&mut self) -> Result<u64, StoreError> {
        self.tx.system()?;
        self.tx.count(sql("SELECT count(*) FROM receipts")).await
    }

    /// Whether the second wall holds nothing back: PostgreSQL shows every row to a role that is
    /// superuser or has BYPASSRLS. SQLite has no second wall.
    pub async fn passes_walls(&mut self) -> Result<bool, StoreError> {
        self.tx.system()?;
        if self.tx.kind() == DbKind::Sqlite {
            return Ok(false);
        }
        let query =
            sql("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user");
        let row = self.tx.opt(query).await?;
        row.map_or(Ok(false), |row| row.only())
    }

    /// Program, schema and size of the database.
    pub async fn database(&mut self) -> Result<DatabaseFigure, StoreError> {
        self.tx.system()?;
        let kind = self.tx.kind();
        let (program, size) = dialect!(kind,
        sqlite: (
            "SELECT 'SQLite ' || sqlite_version()",
            "SELECT p.page_count * s.page_size FROM pragma_page_count AS p, pragma_page_size AS s"
        ),
        postgres: (
            "SELECT 'PostgreSQL ' || current_setting('server_version')",
            "SELECT pg_database_size(current_database())"
        ));
        let text = |row: Option<crate::sql::Row>| row.map_or(Ok(String::new()), |r| r.only());
        let program = text(self.tx.opt(sql(program)).await?)?;
        let bytes = self.tx.count(sql(size)).await?;
        let newest = self
            .tx
            .opt(sql("SELECT max(version) FROM schema_versions"))
            .await?;
        Ok(DatabaseFigure {
            program,
            schema: newest.map_or(Ok(0), |row| row.only())?,
            known: migrate::known(),
            bytes,
        })
    }
}

impl Store {
    /// How the pools of connections are used now.
    pub fn pools(&self) -> Vec<PoolFigure> {
        fn pool<D: sqlx::Database>(name: &'static str, pool: &sqlx::Pool<D>) -> PoolFigure {
            let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX);
            PoolFigure {
                name,
                used: pool.size().saturating_sub(idle),
                idle,
                max: pool.options().get_max_connections(),
            }
        }
        match &self.inner.db {
            Db::Sqlite {
                writer, readers, ..
            } => {
                vec![pool("writer", writer), pool("readers", readers)]
            }
            Db::Postgres(main) => vec![pool("main", main)],
        }
    }
}
