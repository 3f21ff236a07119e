//! Tokens of a grant, in a row of their own with a version: a refresh that lost a race must not
//! overwrite the token that won (faults A17, A19, A25).

use std::time::Duration;

use tenon_model::{ConnectionId, NodeId, Time};
use tenon_vault::Sealed;

use crate::StoreError;
use crate::sql::sql;
use crate::tx::{clock, micros};

/// The tokens of a connection, sealed under its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRow {
    /// Whose.
    pub connection_id: ConnectionId,
    /// Grows by one at every change; 0 means not stored yet.
    pub version: i64,
    /// Refresh token.
    pub refresh: Option<Sealed>,
    /// Access token.
    pub access: Option<Sealed>,
    /// When the access token ends, as the provider said.
    pub access_expires_at: Option<Time>,
    /// From when a new one should be fetched (fault A22: at 80 % of its life).
    pub refresh_after: Option<Time>,
}

aggregate!(
    /// The tokens.
    Tokens,
    tokens
);

impl Tokens<'_> {
    /// The tokens of a visible connection.
    pub async fn get(&mut self, connection: ConnectionId) -> Result<Option<TokenRow>, StoreError> {
        if !self.tx.sees(connection).await? {
            return Ok(None);
        }
        let query = sql(
            "SELECT connection_id, version, refresh, access, access_expires_at, refresh_after \
             FROM tokens WHERE connection_id = $1",
        )
        .bind(connection);
        self.tx
            .opt(query)
            .await?
            .map(|row| {
                let mut r = row.reader();
                Ok(TokenRow {
                    connection_id: r.take()?,
                    version: r.take()?,
                    refresh: r.opt()?,
                    access: r.opt()?,
                    access_expires_at: r.opt()?,
                    refresh_after: r.opt()?,
                })
            })
            .transpose()
    }

    /// Stores tokens as version `expected_version + 1`. `false`, and nothing stored, when the row
    /// is no longer at `expected_version` (0: not there yet). `row.version` is not looked at.
    pub async fn put(&mut self, row: &TokenRow, expected_version: i64) -> Result<bool, StoreError> {
        self.tx.hold(row.connection_id).await?;
        let text = if expected_version == 0 {
            "INSERT INTO tokens (connection_id, version, refresh, access, access_expires_at, refresh_after) \
             VALUES ($1, $2 + 1, $3, $4, $5, $6) ON CONFLICT (connection_id) DO NOTHING"
        } else {
            "UPDATE tokens SET version = $2 + 1, refresh = $3, access = $4, access_expires_at = $5, \
             refresh_after = $6 WHERE connection_id = $1 AND version = $2"
        };
        let put = sql(text)
            .bind(row.connection_id)
            .bind(expected_version)
            .bind(row.refresh.as_ref())
            .bind(row.access.as_ref())
            .bind(row.access_expires_at)
            .bind(row.refresh_after);
        Ok(self.tx.exec(put).await? == 1)
    }

    /// Deletes the tokens; whether there were any.
    pub async fn destroy(&mut self, connection: ConnectionId) -> Result<bool, StoreError> {
        self.tx.hold(connection).await?;
        let delete = sql("DELETE FROM tokens WHERE connection_id = $1").bind(connection);
        Ok(self.tx.exec(delete).await? == 1)
    }

    /// Takes the right to refresh for `length` by the database's clock, or prolongs one's own;
    /// `false` while another has it. It only saves calls: correctness comes from the version (fault
    /// A25).
    pub async fn lease(
        &mut self,
        connection: ConnectionId,
        owner: NodeId,
        length: Duration,
    ) -> Result<bool, StoreError> {
        self.tx.hold(connection).await?;
        let clock = clock(self.tx.kind());
        let update = sql(format!(
            "UPDATE tokens SET lease_owner = $2, lease_until = {clock} + $3 WHERE connection_id = $1 \
             AND (lease_owner IS NULL OR lease_owner = $2 OR lease_until <= {clock})"
        ))
        .bind(connection)
        .bind(owner)
        .bind(micros(length));
        Ok(self.tx.exec(update).await? == 1)
    }

    /// Gives the right back, if it is still `owner`'s.
    pub async fn release(
        &mut self,
        connection: ConnectionId,
        owner: NodeId,
    ) -> Result<(), StoreError> {
        self.tx.hold(connection).await?;
        let update = sql("UPDATE tokens SET lease_owner = NULL, lease_until = NULL \
             WHERE connection_id = $1 AND lease_owner = $2")
        .bind(connection)
        .bind(owner);
        self.tx.exec(update).await.map(drop)
    }
}
