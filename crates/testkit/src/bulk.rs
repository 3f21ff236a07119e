//! A mailbox of any size in seconds, for measuring: rows as a sync would leave them, made by the
//! database itself. Nothing sealed in them opens.

use std::str::FromStr as _;

use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};
use tenon_model::ConnectionId;
use tenon_store::StoreUrl;

use crate::TestStore;

const SQLITE: &str = include_str!("../../store/tests/sql/fill_sqlite.sql");

const POSTGRES: &str = include_str!("../../store/tests/sql/fill_postgres.sql");

/// Puts `n` messages into the empty mailbox of `connection`; ids of two mailboxes would clash.
pub async fn fill(t: &TestStore, connection: ConnectionId, n: u64) {
    let hex = connection.0.simple().to_string();
    let text = |script: &str, id: String| script.replace("$1", &id).replace("$2", &n.to_string());
    match &t.url {
        StoreUrl::Sqlite(path) => {
            let options = SqliteConnectOptions::new()
                .filename(path)
                .disable_statement_logging();
            let mut db = options.connect().await.expect("the file opens");
            let script = text(SQLITE, format!("x'{hex}'"));
            sqlx::raw_sql(sqlx::AssertSqlSafe(script))
                .execute(&mut db)
                .await
                .expect("filled");
            db.close().await.expect("closed");
        }
        StoreUrl::Postgres(url) => {
            let options = PgConnectOptions::from_str(url).expect("an address");
            let mut db = options.disable_statement_logging().connect().await;
            let db = db.as_mut().expect("the server answers");
            let script = text(POSTGRES, format!("'{hex}'::uuid"));
            let script = format!("SET tenon.purpose = 'system'; {script}");
            sqlx::raw_sql(sqlx::AssertSqlSafe(script))
                .execute(db)
                .await
                .expect("filled");
        }
    }
}
