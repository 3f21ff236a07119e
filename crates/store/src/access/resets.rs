//! Links by which a member gets in again, made by somebody who manages members. Only the hash of the
//! token is stored.

use tenon_model::{MemberId, Time, WorkspaceId};

use crate::StoreError;
use crate::sql::{Row, sql};

/// A reset link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reset {
    /// SHA-256 of the token in the link.
    pub token_hash: [u8; 32],
    /// Tenant.
    pub workspace_id: WorkspaceId,
    /// Whose access is made anew.
    pub member_id: MemberId,
    /// Who made the link.
    pub made_by: MemberId,
    /// When.
    pub created_at: Time,
    /// From then on it is refused.
    pub expires_at: Time,
}

const COLUMNS: &str = "token_hash, workspace_id, member_id, made_by, created_at, expires_at";

fn read(row: &Row) -> Result<Reset, StoreError> {
    let mut r = row.reader();
    Ok(Reset {
        token_hash: r.take()?,
        workspace_id: r.take()?,
        member_id: r.take()?,
        made_by: r.take()?,
        created_at: r.take()?,
        expires_at: r.take()?,
    })
}

aggregate!(
    /// The reset links.
    Resets,
    resets
);

impl Resets<'_> {
    /// Adds a link, in place of an earlier one of the member.
    pub async fn put(&mut self, row: &Reset) -> Result<(), StoreError> {
        if self.tx.workspace()? != row.workspace_id {
            return Err(StoreError::Scope("the reset's workspace"));
        }
        let earlier = sql("DELETE FROM resets WHERE member_id = $1").bind(row.member_id);
        self.tx.exec(earlier).await?;
        let insert = sql(format!(
            "INSERT INTO resets ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6)"
        ))
        .bind(row.token_hash)
        .bind(row.workspace_id)
        .bind(row.member_id)
        .bind(row.made_by)
        .bind(row.created_at)
        .bind(row.expires_at);
        self.tx.exec(insert).await.map(drop)
    }

    /// The reset of a link, also an expired one. System only: it is what tells the tenant.
    pub async fn by_token_hash(&mut self, hash: [u8; 32]) -> Result<Option<Reset>, StoreError> {
        self.tx.system()?;
        let query = sql(format!(
            "SELECT {COLUMNS} FROM resets WHERE token_hash = $1"
        ))
        .bind(hash);
        self.tx.opt(query).await?.map(|r| read(&r)).transpose()
    }

    /// Uses a link up; `false` when somebody did before. System only.
    pub async fn take(&mut self, hash: [u8; 32]) -> Result<bool, StoreError> {
        self.tx.system()?;
        let delete = sql("DELETE FROM resets WHERE token_hash = $1").bind(hash);
        Ok(self.tx.exec(delete).await? == 1)
    }

    /// Makes the links of a member void. *System: any workspace.*
    pub async fn delete_for_member(&mut self, member: MemberId) -> Result<(), StoreError> {
        let delete =
            sql("DELETE FROM resets WHERE member_id = $1 AND ($2 IS NULL OR workspace_id = $2)")
                .bind(member)
                .bind(self.tx.workspace_or_all()?);
        self.tx.exec(delete).await.map(drop)
    }

    /// Deletes what expired before `now`, in all workspaces; how many. System only.
    pub async fn purge(&mut self, now: Time) -> Result<u64, StoreError> {
        self.tx.system()?;
        self.tx
            .exec(sql("DELETE FROM resets WHERE expires_at <= $1").bind(now))
            .await
    }
}
