//! The workspace's suppression list: addresses and domains that nothing goes to any more that goes to many.

use tenon_model::delivery::SuppressionCause;
use tenon_model::{MemberId, SuppressionId, Time, WorkspaceId};
use tenon_vault::Sealed;

use crate::StoreError;
use crate::sql::{Builder, LIST, ROWS, Row, sql};

/// An entry of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuppressionRow {
    /// Id.
    pub id: SuppressionId,
    /// Tenant.
    pub workspace_id: WorkspaceId,
    /// Blind index of the address, or of the domain with its `@`, under the workspace's key.
    pub address_index: Vec<u8>,
    /// Why.
    pub cause: SuppressionCause,
    /// What was indexed, and a note; sealed under the workspace's key, bound to the id.
    pub content: Sealed,
    /// Who wrote it down; `None` when it came by itself.
    pub member_id: Option<MemberId>,
    /// Since when.
    pub created_at: Time,
}

const COLUMNS: &str = "id, workspace_id, address_index, cause, content, member_id, created_at";

fn read(row: &Row) -> Result<SuppressionRow, StoreError> {
    let mut r = row.reader();
    // In the order of the columns.
    Ok(SuppressionRow {
        id: r.take()?,
        workspace_id: r.take()?,
        address_index: r.take()?,
        cause: SuppressionCause::parse(&r.take::<String>()?),
        content: r.take()?,
        member_id: r.opt()?,
        created_at: r.take()?,
    })
}

aggregate!(
    /// The workspace's suppression list.
    Suppressions,
    suppressions
);

impl Suppressions<'_> {
    /// Adds what is not in the list yet; how many were added.
    pub async fn add(&mut self, rows: &[SuppressionRow]) -> Result<u64, StoreError> {
        let workspace = self.tx.workspace()?;
        if rows.iter().any(|r| r.workspace_id != workspace) {
            return Err(StoreError::Scope("the suppression's workspace"));
        }
        let mut added = 0;
        for chunk in rows.chunks(ROWS) {
            let mut b = Builder::new(
                self.tx.kind(),
                &format!("INSERT INTO suppressions ({COLUMNS}) VALUES "),
            );
            b.rows(chunk.iter().map(|r| {
                vec![
                    r.id.into(),
                    r.workspace_id.into(),
                    r.address_index.clone().into(),
                    r.cause.as_str().into(),
                    (&r.content).into(),
                    r.member_id.into(),
                    r.created_at.into(),
                ]
            }));
            b.push(" ON CONFLICT (workspace_id, address_index) DO NOTHING");
            added += self.tx.exec(b.build(chunk.len())).await?;
        }
        Ok(added)
    }

    /// Those of some blind indexes that are in the list.
    pub async fn of(&mut self, indexes: &[Vec<u8>]) -> Result<Vec<SuppressionRow>, StoreError> {
        let mut out = Vec::new();
        for chunk in indexes.chunks(LIST) {
            let mut b = Builder::new(
                self.tx.kind(),
                &format!("SELECT {COLUMNS} FROM suppressions WHERE workspace_id = "),
            );
            b.value(self.tx.workspace()?)
                .push(" AND address_index IN ")
                .list(chunk.iter().cloned());
            for row in &self.tx.all(b.build(chunk.len())).await? {
                out.push(read(row)?);
            }
        }
        Ok(out)
    }

    /// One by id.
    pub async fn get(&mut self, id: SuppressionId) -> Result<Option<SuppressionRow>, StoreError> {
        let query = sql(format!(
            "SELECT {COLUMNS} FROM suppressions WHERE workspace_id = $1 AND id = $2"
        ));
        let query = query.bind(self.tx.workspace()?).bind(id);
        self.tx.opt(query).await?.map(|r| read(&r)).transpose()
    }

    /// The newest first, after the last one of the page before.
    pub async fn list(
        &mut self,
        after: Option<(Time, SuppressionId)>,
        limit: u32,
    ) -> Result<Vec<SuppressionRow>, StoreError> {
        let (at, id) = after.map_or((i64::MAX, uuid::Uuid::max()), |(at, id)| (at.0, id.0));
        let query = sql(format!(
            "SELECT {COLUMNS} FROM suppressions WHERE workspace_id = $1 AND (created_at, id) < ($2, $3) \
             ORDER BY created_at DESC, id DESC LIMIT $4"
        ));
        let query = query
            .bind(self.tx.workspace()?)
            .bind(at)
            .bind(id)
            .bind(i64::from(limit));
        self.tx.all(query).await?.iter().map(read).collect()
    }

    /// How many there are.
    pub async fn count(&mut self) -> Result<u64, StoreError> {
        let query = sql("SELECT count(*) FROM suppressions WHERE workspace_id = $1")
            .bind(self.tx.workspace()?);
        self.tx.count(query).await
    }

    /// Takes one out of the list; whether it was in.
    pub async fn remove(&mut self, id: SuppressionId) -> Result<bool, StoreError> {
        let delete = sql("DELETE FROM suppressions WHERE workspace_id = $1 AND id = $2")
            .bind(self.tx.workspace()?)
            .bind(id);
        Ok(self.tx.exec(delete).await? == 1)
    }
}
