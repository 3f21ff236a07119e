//! Opening, closing and looking after the database.

use std::path::Path;
use std::pin::Pin;
use std::str::FromStr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use sqlx::pool::PoolOptions;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::{SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{
    ConnectOptions as _, Connection as _, PgPool, Sqlite, SqliteConnection, SqlitePool, Transaction,
};
use tenon_model::{Scope, World};
use tokio::sync::watch;

use crate::StoreError;
use crate::config::{DbKind, StoreConfig, StoreUrl};
use crate::listen::{EVENTS_CHANNEL, JOBS_CHANNEL, listen, notifications_arrive};
use crate::tx::{Conn, Tx};
use crate::{migrate, walls};

/// How long a statement waits for another program's lock, or a transaction for its connection.
const BUSY: Duration = Duration::from_secs(5);
const ACQUIRE: Duration = Duration::from_secs(30);
/// How long a server may take to greet us at a start.
const CONNECT: Duration = Duration::from_secs(10);
/// How long a transaction waits for a connection of PostgreSQL, also while the server is away: then
/// people get a clear answer rather than a page that hangs.
const POSTGRES_ACQUIRE: Duration = Duration::from_secs(5);
/// Connections that read at the same time; SQLite readers are threads, PostgreSQL's are processes.
const SQLITE_READERS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 16;

/// The database of a deployment. Cloning shares it.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) inner: Arc<Inner>,
    world: World,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) db: Db,
    /// Newest event known to be committed.
    pub(crate) events: watch::Sender<i64>,
    /// Changed whenever a job may have become due.
    pub(crate) jobs: watch::Sender<()>,
    listener: Option<tokio::task::AbortHandle>,
    /// Whether a pooler hands us another connection for each transaction: statements prepared by
    /// name would be missing there.
    pub(crate) pooled: bool,
    /// Over which notifications come: the server itself, also where a pooler is in between.
    line: Option<PgPool>,
    /// Who stands beside every commit: a simulation that ends the process there.
    pub(crate) watch: OnceLock<Arc<dyn CommitWatch>>,
}

/// Stands beside every commit of a store. What it waits for is waited for.
pub trait CommitWatch: std::fmt::Debug + Send + Sync {
    /// Everything is written, nothing is committed.
    fn before(&self) -> Pin<Box<dyn Future<Output = ()> + Send>>;
    /// It is committed, and who asked does not know it yet.
    fn after(&self) -> Pin<Box<dyn Future<Output = ()> + Send>>;
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(listener) = &self.listener {
            listener.abort();
        }
    }
}

impl Inner {
    pub(crate) async fn begin_reading(&self, scope: &Scope) -> Result<Conn, StoreError> {
        Ok(match &self.db {
            Db::Sqlite { readers, .. } => Conn::Sqlite(readers.begin().await?),
            Db::Postgres(pool) => {
                let begin = walls::begin("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY", scope);
                Conn::Postgres(pool.begin_with(begin).await?)
            }
        })
    }
}

#[derive(Debug)]
pub(crate) enum Db {
    /// One connection writes: SQLite has one writer anyway, and waiting in our queue is fair and
    /// cheap where waiting for its lock is neither.
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
        /// How further connections are opened.
        options: Box<SqliteConnectOptions>,
    },
    Postgres(PgPool),
}

impl Store {
    /// Opens the database, and brings its schema up to date when `migrate` is set.
    pub async fn open(config: &StoreConfig) -> Result<Self, StoreError> {
        Self::open_pooled(config, None).await
    }

    /// The same where `config.url` leads through a pooler in transaction mode (PgBouncer): `direct`
    /// is the address of the server itself, over which notifications come.
    pub async fn open_pooled(
        config: &StoreConfig,
        direct: Option<&StoreUrl>,
    ) -> Result<Self, StoreError> {
        let pooled = direct.is_some();
        let mut line = None;
        let (events, _) = watch::channel(0);
        let (jobs, _) = watch::channel(());
        let (db, listener) = match &config.url {
            StoreUrl::Sqlite(path) => (open_sqlite(path).await?, None),
            StoreUrl::Postgres(url) => {
                let pool = open_postgres(url, pooled).await?;
                let own = match direct {
                    Some(StoreUrl::Postgres(direct)) => open_line(direct).await?,
                    Some(StoreUrl::Sqlite(_)) => return Err(StoreError::BadUrl),
                    None => pool.clone(),
                };
                let listener = tokio::spawn(listen(own.clone(), events.clone(), jobs.clone()));
                line = Some(own);
                (Db::Postgres(pool), Some(listener.abort_handle()))
            }
        };
        let store = Self {
            inner: Arc::new(Inner {
                db,
                events,
                jobs,
                listener,
                pooled,
                line,
                watch: OnceLock::new(),
            }),
            world: World::system(),
        };
        migrate::run(&store, config.migrate).await?;
        let mut tx = store.read(&Scope::system()).await?;
        let newest = tx.events().max_seq().await?;
        store.inner.events.send_replace(newest);
        Ok(store)
    }

    /// Takes the times and ids of what the store makes itself (events, jobs) from `world`. Leases
    /// go by the database's clock in any case.
    #[must_use]
    pub fn with_world(mut self, world: World) -> Self {
        self.world = world;
        self
    }

    /// Lets `watch` stand beside every commit from now on, once and for all: for simulations.
    pub fn watch_commits(&self, watch: Arc<dyn CommitWatch>) {
        let _ = self.inner.watch.set(watch); // the first stays
    }

    /// Begins a transaction that writes. Dropping it rolls back.
    ///
    /// On SQLite there is one at a time: never await anything but the store while one is open.
    pub async fn begin(&self, scope: &Scope) -> Result<Tx, StoreError> {
        self.begin_with(scope, "PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE")
            .await
    }

    /// The same, and what is committed is on the disk when the commit returns, so that it survives
    /// a loss of power too and not only of the process. For what must be known before the world
    /// outside is asked to act: the outbox. PostgreSQL always commits so.
    pub async fn begin_durable(&self, scope: &Scope) -> Result<Tx, StoreError> {
        self.begin_with(scope, "PRAGMA synchronous = FULL; BEGIN IMMEDIATE")
            .await
    }

    async fn begin_with(&self, scope: &Scope, sqlite: &'static str) -> Result<Tx, StoreError> {
        let conn = match &self.inner.db {
            Db::Sqlite { writer, .. } => Conn::Sqlite(writer.begin_with(sqlite).await?),
            Db::Postgres(pool) => {
                Conn::Postgres(pool.begin_with(walls::begin("BEGIN", scope)).await?)
            }
        };
        Ok(Tx::new(
            conn,
            *scope,
            self.inner.clone(),
            self.world.clone(),
        ))
    }

    /// Begins a transaction that only reads, and sees one state of the database throughout.
    pub async fn read(&self, scope: &Scope) -> Result<Tx, StoreError> {
        let conn = self.inner.begin_reading(scope).await?;
        let tx = Tx::new(conn, *scope, self.inner.clone(), self.world.clone());
        Ok(tx.reading())
    }

    /// Which database serves.
    pub fn kind(&self) -> DbKind {
        match self.inner.db {
            Db::Sqlite { .. } => DbKind::Sqlite,
            Db::Postgres(_) => DbKind::Postgres,
        }
    }

    /// Asks the database for a sign of life.
    pub async fn ping(&self) -> Result<(), StoreError> {
        match &self.inner.db {
            Db::Sqlite { readers, .. } => {
                sqlx::query("SELECT 1").execute(readers).await?;
            }
            Db::Postgres(pool) => {
                // Outside a transaction nothing is prepared: a pooler may change the server.
                sqlx::raw_sql("SELECT 1").execute(pool).await?;
            }
        }
        Ok(())
    }

    /// Whether what one connection notifies reaches another that listens, as several servers on
    /// one PostgreSQL need it. A pooler in transaction mode swallows notifications without a word.
    pub async fn notifications_arrive(&self, patience: Duration) -> Result<bool, StoreError> {
        let (Db::Postgres(pool), Some(line)) = (&self.inner.db, &self.inner.line) else {
            return Ok(true);
        };
        notifications_arrive(pool, line, patience).await
    }

    /// A wake-up at every commit that appended events; the value is the newest sequence number
    /// this process knows of. Read the events themselves with [`crate::Events::since`].
    pub fn subscribe(&self) -> watch::Receiver<i64> {
        self.inner.events.subscribe()
    }

    /// A wake-up at every commit that enqueued jobs.
    pub fn subscribe_jobs(&self) -> watch::Receiver<()> {
        self.inner.jobs.subscribe()
    }

    /// Wakes who looks for jobs in this process, as a commit would: time has passed in some way
    /// they cannot feel.
    pub fn wake_jobs(&self) {
        self.inner.jobs.send_replace(());
    }

    /// Whether it has been closed.
    pub fn is_closed(&self) -> bool {
        match &self.inner.db {
            Db::Sqlite { writer, .. } => writer.is_closed(),
            Db::Postgres(pool) => pool.is_closed(),
        }
    }

    /// Closes all connections; SQLite's log is folded into its file.
    pub async fn close(self) {
        if let Some(listener) = &self.inner.listener {
            listener.abort();
        }
        match &self.inner.db {
            Db::Sqlite {
                writer, readers, ..
            } => {
                readers.close().await;
                writer.close().await;
            }
            Db::Postgres(pool) => {
                pool.close().await;
                if let Some(line) = &self.inner.line {
                    line.close().await;
                }
            }
        }
    }
}

async fn open_sqlite(path: &Path) -> Result<Db, StoreError> {
    let is_new = create_private(path)?;
    let mut common = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .busy_timeout(BUSY)
        .foreign_keys(true)
        .pragma("secure_delete", "ON")
        .pragma("temp_store", "MEMORY") // nothing of a row in a temporary file
        .row_buffer_size(256)
        .disable_statement_logging();
    if is_new {
        // Free pages can be given back a few at a time. In an older file this would take no effect,
        // but it would write to it, even when this program then refuses it.
        common = common.auto_vacuum(SqliteAutoVacuum::Incremental);
    }
    let writer = PoolOptions::new()
        .max_connections(1)
        .acquire_timeout(ACQUIRE)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .before_acquire(|connection, _| Box::pin(std::future::ready(Ok(is_free(connection)))))
        .connect_with(
            common
                .clone()
                .pragma("cache_size", "-16000")
                .pragma("wal_autocheckpoint", "2000"),
        )
        .await?;
    // Fail now, with a clear sentence, where the file can be read but not written.
    let probe: Transaction<'_, Sqlite> = writer.begin_with("BEGIN IMMEDIATE").await?;
    probe.rollback().await?;
    let readers = PoolOptions::new()
        .max_connections(SQLITE_READERS)
        .acquire_timeout(ACQUIRE)
        .max_lifetime(None)
        .test_before_acquire(false)
        .before_acquire(|connection, _| Box::pin(std::future::ready(Ok(is_free(connection)))))
        .connect_lazy_with(common.clone().pragma("query_only", "ON"));
    Ok(Db::Sqlite {
        writer,
        readers,
        options: Box::new(common),
    })
}

/// Whether a connection has no transaction open; else the pool closes it and opens another. On a full
/// disk SQLite ends the transaction by itself, the ROLLBACK that follows fails, and the driver
/// takes the transaction for open for ever: nothing could be written until the next start.
fn is_free(connection: &SqliteConnection) -> bool {
    !connection.is_in_transaction()
}

/// Creates the file, when missing, for this user only; SQLite gives its log the same rights. Whether
/// nothing is in it yet.
fn create_private(path: &Path) -> Result<bool, StoreError> {
    use std::io::ErrorKind;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path).map_err(|e| e.kind()) {
        Ok(_) => Ok(true),
        Err(ErrorKind::AlreadyExists) => Ok(std::fs::metadata(path).is_ok_and(|m| m.len() == 0)),
        Err(ErrorKind::StorageFull) => Err(StoreError::Full),
        Err(ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem) => {
            Err(StoreError::ReadOnly)
        }
        Err(_) => Err(StoreError::CannotOpen),
    }
}

/// A pool for connections that stay ours: they listen.
async fn open_line(url: &str) -> Result<PgPool, StoreError> {
    let options = PgConnectOptions::from_str(url)?
        .application_name("tenon")
        .disable_statement_logging();
    let pool = PoolOptions::new()
        .max_connections(2)
        .acquire_timeout(CONNECT)
        .connect_with(options);
    let opened = tokio::time::timeout(CONNECT, pool).await;
    Ok(opened.map_err(|_| StoreError::Unreachable("no answer".to_owned()))??)
}

async fn open_postgres(url: &str, pooled: bool) -> Result<PgPool, StoreError> {
    let options = PgConnectOptions::from_str(url)?
        .application_name("tenon")
        .disable_statement_logging();
    let options = if pooled {
        // A pooler knows few of the parameters that a connection may begin with.
        options.extra_float_digits(None).statement_cache_capacity(0)
    } else {
        options.options([
            ("jit", "off"), // short statements; compiling them costs more than it wins
            // A plan made for an empty table is kept for its connection, and walking through the
            // table is the best plan while that is empty. Every statement has an index (`plans`).
            ("enable_seqscan", "off"),
            // A node that is frozen in the middle of a transaction (SIGSTOP, a virtual machine that is
            // moved) must not keep its locks from the others for longer than a lease.
            ("idle_in_transaction_session_timeout", "20s"),
        ])
    };
    // The pool would go on trying to reach a server that is not there; ask once, and say so.
    tokio::time::timeout(CONNECT, options.connect())
        .await
        .map_err(|_| StoreError::Unreachable("no answer".to_owned()))??
        .close()
        .await?;
    Ok(PoolOptions::new()
        .max_connections(POSTGRES_CONNECTIONS)
        .acquire_timeout(POSTGRES_ACQUIRE)
        .connect_with(options)
        .await?)
}

/// The statement that wakes other processes at commit, PostgreSQL only.
pub(crate) fn notify_events(seq: i64) -> crate::sql::Sql {
    crate::sql::sql("SELECT pg_notify($1, $2)")
        .bind(EVENTS_CHANNEL)
        .bind(seq.to_string())
}

/// The same for jobs.
pub(crate) fn notify_jobs() -> crate::sql::Sql {
    crate::sql::sql("SELECT pg_notify($1, '')").bind(JOBS_CHANNEL)
}
