//! Senders whose remote images a member wants to see without being asked, by blind index.

use tenon_model::{ConnectionId, Time};
use tenon_vault::BlindIndex;

use crate::StoreError;
use crate::sql::sql;

aggregate!(
    /// The senders whose images are shown, of visible mailboxes.
    ShownSenders,
    shown_senders
);

impl ShownSenders<'_> {
    /// Whether the images of this sender are shown.
    pub async fn has(
        &mut self,
        connection: ConnectionId,
        address: BlindIndex,
    ) -> Result<bool, StoreError> {
        if !self.tx.sees(connection).await? {
            return Ok(false);
        }
        let query = sql(
            "SELECT count(*) FROM shown_senders WHERE connection_id = $1 AND address_index = $2",
        )
        .bind(connection)
        .bind(address);
        Ok(self.tx.count(query).await? > 0)
    }

    /// Shows them from now on.
    pub async fn add(
        &mut self,
        connection: ConnectionId,
        address: BlindIndex,
        now: Time,
    ) -> Result<(), StoreError> {
        self.tx.hold(connection).await?;
        let insert = sql(
            "INSERT INTO shown_senders (connection_id, address_index, at) VALUES ($1, $2, $3) \
             ON CONFLICT (connection_id, address_index) DO NOTHING",
        )
        .bind(connection)
        .bind(address)
        .bind(now);
        self.tx.exec(insert).await.map(drop)
    }

    /// Asks again.
    pub async fn remove(
        &mut self,
        connection: ConnectionId,
        address: BlindIndex,
    ) -> Result<(), StoreError> {
        self.tx.hold(connection).await?;
        let delete =
            sql("DELETE FROM shown_senders WHERE connection_id = $1 AND address_index = $2")
                .bind(connection)
                .bind(address);
        self.tx.exec(delete).await.map(drop)
    }
}
