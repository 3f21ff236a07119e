//! Older conversations that were opened from a search.

use tenon_model::{ConnectionId, Time};

use crate::StoreError;
use crate::sql::sql;

aggregate!(
    /// Older conversations that were opened from a search.
    Visits,
    visits
);

impl Visits<'_> {
    /// A conversation was opened; its messages stay until `until`.
    pub async fn put(
        &mut self,
        connection: ConnectionId,
        provider_thread_id: &str,
        until: Time,
    ) -> Result<(), StoreError> {
        self.tx.hold(connection).await?;
        let upsert = sql(
            "INSERT INTO visits (connection_id, provider_thread_id, until) VALUES ($1, $2, $3) \
             ON CONFLICT (connection_id, provider_thread_id) DO UPDATE SET until = excluded.until",
        )
        .bind(connection)
        .bind(provider_thread_id)
        .bind(until);
        self.tx.exec(upsert).await.map(drop)
    }

    /// Forgets visits that are over; how many.
    pub async fn prune(&mut self, connection: ConnectionId, now: Time) -> Result<u64, StoreError> {
        self.tx.hold(connection).await?;
        let delete = sql("DELETE FROM visits WHERE connection_id = $1 AND until <= $2")
            .bind(connection)
            .bind(now);
        self.tx.exec(delete).await
    }
}
