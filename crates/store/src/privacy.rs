//! What `tenon doctor --privacy` asks a live database: whether it is as the privacy page says. Reads
//! only, counts and names of tables only; nothing of a person.

use std::collections::BTreeSet;

use tenon_model::inventory::{COLUMNS, Retention};
use tenon_model::{ConsentId, Time};

use crate::StoreError;
use crate::sql::{dialect, sql};

/// A table and a column.
pub type Place = (String, String);

aggregate!(
    /// Looks at the promises of the privacy page. System only.
    Privacy,
    privacy
);

impl Privacy<'_> {
    /// Every column there is (check Q9).
    pub async fn columns(&mut self) -> Result<BTreeSet<Place>, StoreError> {
        self.tx.system()?;
        let query = dialect!(self.tx.kind(),
            sqlite: "SELECT t.name, c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c \
                     WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
            postgres: "SELECT table_name::text, column_name::text FROM information_schema.columns \
                       WHERE table_schema = current_schema()");
        let rows = self.tx.all(sql(query)).await?;
        rows.iter()
            .map(|row| {
                let mut r = row.reader();
                Ok((r.take()?, r.take()?))
            })
            .collect()
    }

    /// Tables in which rows name a connection that is gone and whose rows are not being removed, with how many
    /// (check X1).
    pub async fn orphans(&mut self) -> Result<Vec<(&'static str, u64)>, StoreError> {
        self.tx.system()?;
        let mut out = Vec::new();
        let until_then = [Retention::UntilDisconnect, Retention::TimeBox];
        let named = COLUMNS.iter().filter(|c| c.column == "connection_id");
        for column in named.filter(|c| until_then.contains(&c.retention) && c.table != "keys") {
            let query = format!(
                "SELECT count(*) FROM {t} x WHERE x.connection_id IS NOT NULL \
                 AND NOT EXISTS (SELECT 1 FROM connections c WHERE c.id = x.connection_id) \
                 AND NOT EXISTS (SELECT 1 FROM purges p WHERE p.id = x.connection_id)",
                t = column.table
            );
            let count = self.tx.count(sql(query)).await?;
            if count > 0 {
                out.push((column.table, count));
            }
        }
        Ok(out)
    }

    /// How many connections have lost their grant and still hold tokens (check X3).
    pub async fn tokens_without_grant(&mut self) -> Result<u64, StoreError> {
        self.tx.system()?;
        let query = sql(
            "SELECT count(*) FROM tokens t JOIN connections c ON c.id = t.connection_id \
             WHERE c.status = $1 AND (t.refresh IS NOT NULL OR t.access IS NOT NULL)",
        );
        let revoked = tenon_model::connection::ConnectionStatus::Revoked;
        self.tx.count(query.bind(revoked.as_str())).await
    }

    /// How many connections are past the moment at which they were to be removed (check X3).
    pub async fn past_their_grace(&mut self, now: Time) -> Result<u64, StoreError> {
        self.tx.system()?;
        let query =
            sql("SELECT count(*) FROM connections WHERE purge_at IS NOT NULL AND purge_at < $1");
        self.tx.count(query.bind(now)).await
    }

    /// How many messages came before `since` in a workspace's mailboxes (check Q8).
    pub async fn older_than(
        &mut self,
        workspace: tenon_model::WorkspaceId,
        since: Time,
    ) -> Result<u64, StoreError> {
        self.tx.system()?;
        let query = sql(
            "SELECT count(*) FROM messages m JOIN connections c ON c.id = m.connection_id \
             WHERE c.workspace_id = $1 AND m.received_at < $2 \
             AND NOT EXISTS (SELECT 1 FROM visits v JOIN threads t ON t.connection_id = v.connection_id \
               AND t.provider_thread_id = v.provider_thread_id WHERE t.id = m.thread_id)",
        );
        self.tx.count(query.bind(workspace).bind(since)).await
    }

    /// Consents whose text is not kept (check U8).
    pub async fn consents_without_text(&mut self) -> Result<Vec<ConsentId>, StoreError> {
        self.tx.system()?;
        let query = sql("SELECT c.id FROM consents c WHERE NOT EXISTS \
             (SELECT 1 FROM settings s WHERE s.name = 'policy:' || c.policy_version)");
        let rows = self.tx.all(query).await?;
        rows.iter().map(crate::sql::Row::only).collect()
    }
}
