//! Push subscriptions: which mailbox has one, until when, and what it has announced.

use tenon_model::mail::Cursor;
use tenon_model::{ConnectionId, Time, WorkspaceId};
use tenon_vault::BlindIndex;

use crate::StoreError;
use crate::sql::{Builder, LIST, ROWS, Row, sql};

/// A mailbox's push subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watch {
    /// Whose mailbox.
    pub connection_id: ConnectionId,
    /// Blind index of its address under the deployment's key: pushes name the address, and which
    /// mailboxes that is, is a question across tenants. `None` until the provider has told it.
    pub address_index: Option<BlindIndex>,
    /// Why the provider refused the last time: a stable code.
    pub reason: Option<String>,
    /// When it was first asked for.
    pub created_at: Time,
    /// When the provider last agreed.
    pub renewed_at: Option<Time>,
    /// When it ends unless it is renewed.
    pub expires_at: Option<Time>,
    /// When it is asked for next.
    pub next_at: Time,
    /// When the last push came.
    pub pushed_at: Option<Time>,
    /// The latest place in the mailbox's history that a push has named.
    pub pushed: Option<Cursor>,
    /// When polling last found changes that no push had announced.
    pub missed_at: Option<Time>,
}

/// A mailbox that a push is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pushed {
    /// Whose mailbox.
    pub connection_id: ConnectionId,
    /// Tenant.
    pub workspace_id: WorkspaceId,
    /// Blind index of its address.
    pub address_index: BlindIndex,
    /// Where the mailbox stands.
    pub cursor: Option<Cursor>,
    /// When the last push came.
    pub pushed_at: Option<Time>,
    /// When polling last found changes that no push had announced.
    pub missed_at: Option<Time>,
}

const COLUMNS: &str = "connection_id, address_index, reason, created_at, renewed_at, expires_at, next_at, \
                       pushed_at, pushed, missed_at";

fn read(row: &Row) -> Result<Watch, StoreError> {
    let mut r = row.reader();
    Ok(Watch {
        connection_id: r.take()?,
        address_index: r.opt()?,
        reason: r.opt()?,
        created_at: r.take()?,
        renewed_at: r.opt()?,
        expires_at: r.opt()?,
        next_at: r.take()?,
        pushed_at: r.opt()?,
        pushed: r.opt()?.map(Cursor),
        missed_at: r.opt()?,
    })
}

aggregate!(
    /// The push subscriptions of visible mailboxes.
    Watches,
    watches
);

impl Watches<'_> {
    /// The subscription of a visible connection, if it was ever asked for.
    pub async fn get(&mut self, connection: ConnectionId) -> Result<Option<Watch>, StoreError> {
        if !self.tx.sees(connection).await? {
            return Ok(None);
        }
        let query = sql(format!(
            "SELECT {COLUMNS} FROM watches WHERE connection_id = $1"
        ))
        .bind(connection);
        self.tx.opt(query).await?.map(|r| read(&r)).transpose()
    }

    /// The provider agreed.
    pub async fn renewed(
        &mut self,
        connection: ConnectionId,
        address: BlindIndex,
        now: Time,
        expires_at: Time,
        next_at: Time,
    ) -> Result<(), StoreError> {
        self.tx.hold(connection).await?;
        let upsert = sql(
            "INSERT INTO watches (connection_id, address_index, created_at, renewed_at, expires_at, next_at) \
             VALUES ($1, $2, $3, $3, $4, $5) ON CONFLICT (connection_id) DO UPDATE SET \
             address_index = excluded.address_index, reason = NULL, renewed_at = excluded.renewed_at, \
             expires_at = excluded.expires_at, next_at = excluded.next_at",
        )
        .bind(connection)
        .bind(address)
        .bind(now)
        .bind(expires_at)
        .bind(next_at);
        self.tx.exec(upsert).await.map(drop)
    }

    /// The provider refused; what it agreed to before holds until it ends.
    pub async fn refused(
        &mut self,
        connection: ConnectionId,
        reason: &str,
        now: Time,
        next_at: Time,
    ) -> Result<(), StoreError> {
        self.tx.hold(connection).await?;
        let upsert = sql(
            "INSERT INTO watches (connection_id, reason, created_at, next_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (connection_id) DO UPDATE SET reason = excluded.reason, next_at = excluded.next_at",
        )
        .bind(connection)
        .bind(reason)
        .bind(now)
        .bind(next_at);
        self.tx.exec(upsert).await.map(drop)
    }

    /// Polling found changes that no push had announced.
    pub async fn missed(&mut self, connection: ConnectionId, now: Time) -> Result<(), StoreError> {
        self.tx.hold(connection).await?;
        let update = sql("UPDATE watches SET missed_at = $2 WHERE connection_id = $1")
            .bind(connection)
            .bind(now);
        self.tx.exec(update).await.map(drop)
    }

    /// The active connections, of all workspaces, whose mailbox has one of these addresses. System
    /// only: a push names no tenant.
    pub async fn by_address(
        &mut self,
        addresses: &[BlindIndex],
    ) -> Result<Vec<Pushed>, StoreError> {
        self.tx.system()?;
        let mut out = Vec::new();
        for part in addresses.chunks(LIST) {
            let mut query = Builder::new(
                self.tx.kind(),
                "SELECT w.connection_id, m.workspace_id, w.address_index, m.cursor, w.pushed_at, w.missed_at FROM watches w \
                 JOIN connections c ON c.id = w.connection_id JOIN mailboxes m ON m.connection_id = w.connection_id \
                 WHERE c.status = 'active' AND w.address_index IN ",
            );
            query.list(part.iter().copied());
            for row in self.tx.all(query.build(part.len())).await? {
                let mut r = row.reader();
                out.push(Pushed {
                    connection_id: r.take()?,
                    workspace_id: r.take()?,
                    address_index: r.take()?,
                    cursor: r.opt()?.map(Cursor),
                    pushed_at: r.opt()?,
                    missed_at: r.opt()?,
                });
            }
        }
        Ok(out)
    }

    /// Pushes came, each with the place that it named; the connections that are still there. System
    /// only.
    pub async fn pushed(
        &mut self,
        places: &[(ConnectionId, Option<Cursor>)],
        now: Time,
    ) -> Result<Vec<ConnectionId>, StoreError> {
        self.tx.system()?;
        let mut out = Vec::new();
        for part in places.chunks(ROWS) {
            let mut update = Builder::new(self.tx.kind(), "UPDATE watches SET pushed_at = ");
            update.value(now);
            update.push(", pushed = coalesce(v.column2, pushed) FROM (VALUES ");
            update.rows(part.iter().map(|(connection, place)| {
                let place = place.as_ref().map(|c| c.0.as_str());
                vec![(*connection).into(), place.into()]
            }));
            update.push(") AS v WHERE connection_id = v.column1 RETURNING connection_id");
            for row in self.tx.all(update.build(part.len())).await? {
                out.push(row.only()?);
            }
        }
        Ok(out)
    }

    /// Subscriptions of active connections that should have been renewed by now, with their
    /// workspaces, the longest waiting first. System only: the net under the renewing jobs.
    pub async fn list_due(
        &mut self,
        now: Time,
        limit: u32,
    ) -> Result<Vec<(ConnectionId, WorkspaceId)>, StoreError> {
        self.tx.system()?;
        let query = sql(
            "SELECT w.connection_id, c.workspace_id FROM watches w JOIN connections c ON c.id = w.connection_id \
             WHERE w.next_at <= $1 AND c.status = 'active' ORDER BY w.next_at LIMIT $2",
        )
        .bind(now)
        .bind(i64::from(limit));
        self.tx
            .all(query)
            .await?
            .iter()
            .map(|row| {
                let mut r = row.reader();
                Ok((r.take()?, r.take()?))
            })
            .collect()
    }
}
