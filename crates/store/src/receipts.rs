//! Receipts: what a disconnect deleted, for the person to keep.

use tenon_model::connection::Provider;
use tenon_model::{ConnectionId, KeyId, MemberId, ReceiptId, Time, WorkspaceId};

use crate::StoreError;
use crate::connections::read_provider;
use crate::sql::{Row, sql};

/// What was deleted when a connection ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Id.
    pub id: ReceiptId,
    /// Tenant.
    pub workspace_id: WorkspaceId,
    /// Whose connection it was.
    pub member_id: MemberId,
    /// Where.
    pub provider: Provider,
    /// The connection that is gone.
    pub connection_id: ConnectionId,
    /// Its beginning.
    pub connected_at: Time,
    /// Its end.
    pub disconnected_at: Time,
    /// What was deleted, and how much of it.
    pub counts: Vec<(String, u64)>,
    /// The key that was destroyed.
    pub key_id: KeyId,
    /// What became of the grant at the provider: a word of the caller's.
    pub grant: String,
    /// When the last row was deleted; `None` while the deletion goes on.
    pub removed_at: Option<Time>,
}

const COLUMNS: &str = "id, workspace_id, member_id, provider, connection_id, connected_at, \
                       disconnected_at, counts, key_id, grant_outcome, removed_at";

fn read(row: &Row) -> Result<Receipt, StoreError> {
    let mut r = row.reader();
    Ok(Receipt {
        id: r.take()?,
        workspace_id: r.take()?,
        member_id: r.take()?,
        provider: read_provider(&r.take::<String>()?)?,
        connection_id: r.take()?,
        connected_at: r.take()?,
        disconnected_at: r.take()?,
        counts: serde_json::from_str(&r.take::<String>()?).map_err(|_| StoreError::Unreadable {
            column: 7,
            what: "counts as JSON",
        })?,
        key_id: r.take()?,
        grant: r.take()?,
        removed_at: r.opt()?,
    })
}

aggregate!(
    /// The receipts; in a request a member's own.
    Receipts,
    receipts
);

impl Receipts<'_> {
    /// Adds a receipt.
    pub async fn insert(&mut self, row: &Receipt) -> Result<(), StoreError> {
        if self.tx.workspace()? != row.workspace_id {
            return Err(StoreError::Scope("the receipt's workspace"));
        }
        let insert = sql(format!(
            "INSERT INTO receipts ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
        ))
        .bind(row.id)
        .bind(row.workspace_id)
        .bind(row.member_id)
        .bind(row.provider.as_str())
        .bind(row.connection_id)
        .bind(row.connected_at)
        .bind(row.disconnected_at)
        .bind(serde_json::json!(row.counts).to_string())
        .bind(row.key_id)
        .bind(row.grant.as_str())
        .bind(row.removed_at);
        self.tx.exec(insert).await.map(drop)
    }

    /// A receipt by id.
    pub async fn get(&mut self, id: ReceiptId) -> Result<Option<Receipt>, StoreError> {
        let query = sql(format!(
            "SELECT {COLUMNS} FROM receipts \
             WHERE workspace_id = $1 AND ($2 IS NULL OR member_id = $2) AND id = $3"
        ));
        let query = self.tx.bind_visible(query)?.bind(id);
        self.tx.opt(query).await?.map(|r| read(&r)).transpose()
    }

    /// The receipts, newest first.
    pub async fn list(&mut self) -> Result<Vec<Receipt>, StoreError> {
        let query = sql(format!(
            "SELECT {COLUMNS} FROM receipts WHERE workspace_id = $1 AND ($2 IS NULL OR member_id = $2) \
             ORDER BY disconnected_at DESC, id DESC"
        ));
        let query = self.tx.bind_visible(query)?;
        self.tx.all(query).await?.iter().map(read).collect()
    }

    /// Notes what became of the grant.
    pub async fn set_grant(&mut self, id: ReceiptId, grant: &str) -> Result<(), StoreError> {
        let update = sql("UPDATE receipts SET grant_outcome = $4 \
             WHERE workspace_id = $1 AND ($2 IS NULL OR member_id = $2) AND id = $3");
        let update = self.tx.bind_visible(update)?.bind(id).bind(grant);
        match self.tx.exec(update).await? {
            0 => Err(StoreError::NotFound("receipt")),
            _ => Ok(()),
        }
    }
}
