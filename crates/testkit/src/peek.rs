//! The rows as the database has them, read beside the store: for judges that must not go through the code
//! they judge.

use std::str::FromStr as _;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Row as _};
use tenon_model::records::Stage;
use tenon_model::{RecordId, WorkspaceId};
use tenon_store::StoreUrl;

/// A connection of its own.
#[derive(Debug)]
pub enum Peek {
    /// To a file.
    Sqlite(SqliteConnection),
    /// To a server.
    Postgres(PgConnection),
}

/// What can be looked at; each row is a list of texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Provider id, provider thread id, labels separated by U+001F.
    Messages,
    /// Provider thread id, messages, unread messages, labels.
    Threads,
    /// Label, threads, threads with unread messages.
    Counts,
    /// Status and its reason of the connection; state, reason, cursor and last sync (in microseconds) of its mailbox.
    Mailbox,
    /// Kind, state, when it is due (in microseconds), last error.
    Jobs,
    /// Table, rows that belong to a connection.
    Left,
}

impl Look {
    const fn statement(self) -> &'static str {
        match self {
            Self::Messages => include_str!("../../store/tests/sql/peek_messages.sql"),
            Self::Threads => include_str!("../../store/tests/sql/peek_threads.sql"),
            Self::Counts => include_str!("../../store/tests/sql/peek_counts.sql"),
            Self::Mailbox => include_str!("../../store/tests/sql/peek_mailbox.sql"),
            Self::Jobs => include_str!("../../store/tests/sql/peek_jobs.sql"),
            Self::Left => include_str!("../../store/tests/sql/peek_left.sql"),
        }
    }
}

impl Peek {
    /// Connects.
    pub async fn open(url: &StoreUrl) -> Self {
        match url {
            StoreUrl::Sqlite(path) => {
                let options = SqliteConnectOptions::new().filename(path);
                let connection = options.disable_statement_logging().connect().await;
                Self::Sqlite(connection.expect("the file opens"))
            }
            StoreUrl::Postgres(url) => {
                // The second wall (decision 0055) shows nothing to who does not say what for.
                let options = PgConnectOptions::from_str(url).expect("an address of PostgreSQL");
                let options = options.options([("tenon.purpose", "system")]);
                let connection = options.disable_statement_logging().connect().await;
                Self::Postgres(connection.expect("the server answers"))
            }
        }
    }

    /// Looks.
    pub async fn rows(&mut self, look: Look) -> Vec<Vec<String>> {
        macro_rules! read {
            ($connection:expr) => {{
                let rows = sqlx::query(look.statement())
                    .fetch_all($connection)
                    .await
                    .expect("rows");
                rows.iter()
                    .map(|row| (0..row.len()).map(|n| row.get(n)).collect())
                    .collect()
            }};
        }
        match self {
            Self::Sqlite(connection) => read!(connection),
            Self::Postgres(connection) => read!(connection),
        }
    }

    /// Puts a box into a stage, in the bin or not.
    pub async fn put_box(
        &mut self,
        id: RecordId,
        workspace: WorkspaceId,
        stage: &Stage,
        binned: bool,
    ) {
        macro_rules! put {
            ($connection:expr) => {
                sqlx::query(include_str!("../../store/tests/sql/put_box.sql"))
                    .bind(id.0)
                    .bind(workspace.0)
                    .bind(stage.pipeline_id.0)
                    .bind(stage.id.0)
                    .bind(binned.then_some(1_i64))
                    .execute($connection)
                    .await
                    .map(drop)
            };
        }
        match self {
            Self::Sqlite(c) => put!(c),
            Self::Postgres(c) => put!(c),
        }
        .expect("a box");
    }

    /// The time of every lease passes: what a killed process held is free for the next. Leases go by the
    /// database's own clock, which no test holds.
    pub async fn end_leases(&mut self) {
        let statement = AssertSqlSafe(include_str!("../../store/tests/sql/end_leases.sql"));
        match self {
            Self::Sqlite(c) => sqlx::raw_sql(statement).execute(c).await.map(drop),
            Self::Postgres(c) => sqlx::raw_sql(statement).execute(c).await.map(drop),
        }
        .expect("leases end");
    }

    /// Records are as a program wrote them that knew neither signs nor a vocabulary; or with `words` as if their
    /// words had been taken away by such a one.
    pub async fn forget_finding(&mut self, words: bool) {
        let statement = AssertSqlSafe(if words {
            include_str!("../../store/tests/sql/forget_words.sql")
        } else {
            include_str!("../../store/tests/sql/forget_finding.sql")
        });
        match self {
            Self::Sqlite(c) => sqlx::raw_sql(statement).execute(c).await.map(drop),
            Self::Postgres(c) => sqlx::raw_sql(statement).execute(c).await.map(drop),
        }
        .expect("keys go");
    }
}
