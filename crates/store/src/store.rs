//! Opening, closing and looking after the database.

use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::pool::PoolOptions;
use sqlx::postgres::{PgConnectOptions, PgListener};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{
    ConnectOptions as _, Connection as _, PgPool, Row as _, Sqlite, SqlitePool, Transaction,
};
use tenon_model::{Scope, World};
use tokio::sync::watch;

use crate::StoreError;
use crate::config::{DbKind, StoreConfig, StoreUrl};
use crate::migrate;
use crate::tx::{Conn, Tx};

/// How long a statement waits for another program's lock, or a transaction for its connection.
const BUSY: Duration = Duration::from_secs(5);
const ACQUIRE: Duration = Duration::from_secs(30);
/// How long a server may take to greet us, or to have a connection free.
const CONNECT: Duration = Duration::from_secs(10);
/// Connections that read at the same time; SQLite readers are threads, PostgreSQL's are processes.
const SQLITE_READERS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 16;
const EVENTS_CHANNEL: &str = "tenon_events";
const JOBS_CHANNEL: &str = "tenon_jobs";

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
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(listener) = &self.listener {
            listener.abort();
        }
    }
}

#[derive(Debug)]
pub(crate) enum Db {
    /// One connection writes: SQLite has one writer anyway, and waiting in our queue is fair and
    /// cheap where waiting for its lock is neither.
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
    },
    Postgres(PgPool),
}

impl Store {
    /// Opens the database, and brings its schema up to date when `migrate` is set.
    pub async fn open(config: &StoreConfig) -> Result<Self, StoreError> {
        let (events, _) = watch::channel(0);
        let (jobs, _) = watch::channel(());
        let (db, listener) = match &config.url {
            StoreUrl::Sqlite(path) => (open_sqlite(path).await?, None),
            StoreUrl::Postgres(url) => {
                let pool = open_postgres(url).await?;
                let listener = tokio::spawn(listen(pool.clone(), events.clone(), jobs.clone()));
                (Db::Postgres(pool), Some(listener.abort_handle()))
            }
        };
        let store = Self {
            inner: Arc::new(Inner {
                db,
                events,
                jobs,
                listener,
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
            Db::Postgres(pool) => Conn::Postgres(pool.begin().await?),
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
        let conn = match &self.inner.db {
            Db::Sqlite { readers, .. } => Conn::Sqlite(readers.begin().await?),
            Db::Postgres(pool) => Conn::Postgres(
                pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                    .await?,
            ),
        };
        Ok(Tx::new(
            conn,
            *scope,
            self.inner.clone(),
            self.world.clone(),
        ))
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
                sqlx::query("SELECT 1").execute(pool).await?;
            }
        }
        Ok(())
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

    /// Gives back the room of deleted rows, so that no bytes of them stay in the files. It
    /// rewrites the SQLite file (twice its size is needed meanwhile); on PostgreSQL it vacuums
    /// the mail tables.
    pub async fn compact(&self) -> Result<(), StoreError> {
        match &self.inner.db {
            Db::Sqlite { writer, .. } => {
                sqlx::query("VACUUM").execute(writer).await?;
                self.checkpoint().await
            }
            Db::Postgres(pool) => {
                let vacuum = "VACUUM messages, threads, thread_labels, label_counts, thread_addresses, labels, \
                              mailboxes, skipped, runs, tokens, keys, connections, jobs, flows, mail_actions, \
                              mail_action_items, drafts, sends";
                sqlx::query(vacuum).execute(pool).await?;
                Ok(())
            }
        }
    }

    /// Moves SQLite's write-ahead log into the file and empties it: deleted rows live on in the
    /// log until then. On PostgreSQL the server does this by itself.
    pub async fn checkpoint(&self) -> Result<(), StoreError> {
        let Db::Sqlite { writer, .. } = &self.inner.db else {
            return Ok(());
        };
        let row = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
            .fetch_one(writer)
            .await?;
        if row.try_get::<i64, _>(0)? == 0 {
            Ok(())
        } else {
            Err(StoreError::Locked) // a reader held the log for longer than the busy timeout
        }
    }

    /// Closes all connections; SQLite's log is folded into its file.
    pub async fn close(self) {
        if let Some(listener) = &self.inner.listener {
            listener.abort();
        }
        match &self.inner.db {
            Db::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Db::Postgres(pool) => pool.close().await,
        }
    }
}

async fn open_sqlite(path: &Path) -> Result<Db, StoreError> {
    create_private(path)?;
    let common = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .busy_timeout(BUSY)
        .foreign_keys(true)
        .pragma("secure_delete", "ON")
        .row_buffer_size(256)
        .disable_statement_logging();
    let writer = PoolOptions::new()
        .max_connections(1)
        .acquire_timeout(ACQUIRE)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
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
        .connect_lazy_with(common.pragma("query_only", "ON"));
    Ok(Db::Sqlite { writer, readers })
}

/// Creates the file, when missing, for this user only; SQLite gives its log the same rights.
fn create_private(path: &Path) -> Result<(), StoreError> {
    use std::io::ErrorKind;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path).map_err(|e| e.kind()) {
        Ok(_) | Err(ErrorKind::AlreadyExists) => Ok(()),
        Err(ErrorKind::StorageFull) => Err(StoreError::Full),
        Err(ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem) => {
            Err(StoreError::ReadOnly)
        }
        Err(_) => Err(StoreError::CannotOpen),
    }
}

async fn open_postgres(url: &str) -> Result<PgPool, StoreError> {
    let options = PgConnectOptions::from_str(url)?
        .application_name("tenon")
        .options([("jit", "off")]) // short statements; compiling them costs more than it wins
        .disable_statement_logging();
    // The pool would go on trying to reach a server that is not there; ask once, and say so.
    tokio::time::timeout(CONNECT, options.connect())
        .await
        .map_err(|_| StoreError::Unreachable("no answer".to_owned()))??
        .close()
        .await?;
    Ok(PoolOptions::new()
        .max_connections(POSTGRES_CONNECTIONS)
        .acquire_timeout(CONNECT)
        .connect_with(options)
        .await?)
}

/// Passes on what other processes commit. A lost connection wakes everyone once it is back.
async fn listen(pool: PgPool, events: watch::Sender<i64>, jobs: watch::Sender<()>) {
    loop {
        if let Err(error) = listen_once(&pool, &events, &jobs).await {
            if pool.is_closed() {
                return;
            }
            tracing::warn!(error = %StoreError::from(error), "listening for notifications failed");
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

async fn listen_once(
    pool: &PgPool,
    events: &watch::Sender<i64>,
    jobs: &watch::Sender<()>,
) -> Result<(), sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen_all([EVENTS_CHANNEL, JOBS_CHANNEL]).await?;
    loop {
        match listener.try_recv().await? {
            Some(note) if note.channel() == EVENTS_CHANNEL => {
                wake_events(events, note.payload().parse().unwrap_or(0));
            }
            Some(_) => {
                jobs.send_replace(());
            }
            None => {
                wake_events(events, 0);
                jobs.send_replace(());
            }
        }
    }
}

/// Wakes subscribers; the value never goes back.
pub(crate) fn wake_events(events: &watch::Sender<i64>, seq: i64) {
    events.send_modify(|newest| *newest = seq.max(*newest));
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
