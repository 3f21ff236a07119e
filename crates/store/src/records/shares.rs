//! With whom records are shared.

use tenon_model::RecordId;
use tenon_model::records::Access;
use tenon_model::sabotage::{Saboteur, on};
use uuid::Uuid;

use super::{Records, word};
use crate::StoreError;
use crate::sql::sql;

/// A member or a team that a record is shared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// Whether `grantee` is a team.
    pub team: bool,
    /// The member or the team.
    pub grantee: Uuid,
    /// What they may do: never [`Access::Owner`].
    pub access: Access,
}

impl Records<'_> {
    /// With whom a record is shared. Who asks must see it.
    pub async fn shares(&mut self, id: RecordId) -> Result<Vec<Share>, StoreError> {
        let query = sql(
            "SELECT grantee_kind, grantee_id, access FROM record_shares WHERE workspace_id = $1 AND record_id = $2 \
             ORDER BY grantee_kind, grantee_id",
        )
        .bind(self.tx.workspace()?)
        .bind(id);
        let rows = self.tx.all(query).await?;
        rows.iter()
            .map(|row| {
                let mut r = row.reader();
                Ok(Share {
                    team: r.take::<String>()? == "team",
                    grantee: r.take()?,
                    access: word(&r.take::<String>()?, Access::parse)?,
                })
            })
            .collect()
    }

    /// Shares a record with exactly these.
    pub async fn share(&mut self, id: RecordId, shares: &[Share]) -> Result<(), StoreError> {
        let workspace = self.tx.workspace()?;
        let delete = sql("DELETE FROM record_shares WHERE workspace_id = $1 AND record_id = $2")
            .bind(workspace)
            .bind(id);
        if !on(Saboteur::SharesStay) {
            self.tx.exec(delete).await?;
        }
        let rows = shares.iter().map(|s| {
            vec![
                id.into(),
                s.grantee.into(),
                if s.team { "team" } else { "member" }.into(),
                s.access.as_str().into(),
                workspace.into(),
            ]
        });
        let rows = rows.collect();
        self.insert_rows(
            "INSERT INTO record_shares (record_id, grantee_id, grantee_kind, access, workspace_id) VALUES ",
            rows,
        )
        .await
    }
}
