//! Invitations to a workspace that nobody has accepted yet. The token of the link is never stored,
//! only its hash.

use tenon_model::member::Role;
use tenon_model::{InvitationId, MemberId, Time, WorkspaceId};
use tenon_vault::Sealed;

use crate::StoreError;
use crate::sql::{Row, sql};

/// An open invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Id.
    pub id: InvitationId,
    /// Tenant.
    pub workspace_id: WorkspaceId,
    /// SHA-256 of the token in the link.
    pub token_hash: [u8; 32],
    /// Keyed hash of the address.
    pub email_index: [u8; 16],
    /// The address, sealed under the workspace's key.
    pub email: Sealed,
    /// What the person will be allowed to do.
    pub role: Role,
    /// Who invited.
    pub invited_by: MemberId,
    /// When.
    pub created_at: Time,
    /// From then on the link is refused.
    pub expires_at: Time,
}

const COLUMNS: &str =
    "id, workspace_id, token_hash, email_index, email, role, invited_by, created_at, expires_at";

fn read(row: &Row) -> Result<Invitation, StoreError> {
    let mut r = row.reader();
    Ok(Invitation {
        id: r.take()?,
        workspace_id: r.take()?,
        token_hash: r.take()?,
        email_index: r.take()?,
        email: r.take()?,
        role: Role::parse(&r.take::<String>()?),
        invited_by: r.take()?,
        created_at: r.take()?,
        expires_at: r.take()?,
    })
}

aggregate!(
    /// The open invitations.
    Invitations,
    invitations
);

impl Invitations<'_> {
    /// Adds an invitation, in place of an earlier one of the same address to the same workspace.
    pub async fn put(&mut self, row: &Invitation) -> Result<(), StoreError> {
        if self.tx.workspace()? != row.workspace_id {
            return Err(StoreError::Scope("the invitation's workspace"));
        }
        let earlier = sql("DELETE FROM invitations WHERE email_index = $1 AND workspace_id = $2")
            .bind(row.email_index)
            .bind(row.workspace_id);
        self.tx.exec(earlier).await?;
        let insert = sql(format!(
            "INSERT INTO invitations ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
        ))
        .bind(row.id)
        .bind(row.workspace_id)
        .bind(row.token_hash)
        .bind(row.email_index)
        .bind(&row.email)
        .bind(row.role.as_str())
        .bind(row.invited_by)
        .bind(row.created_at)
        .bind(row.expires_at);
        self.tx.exec(insert).await.map(drop)
    }

    /// The invitation of a link, also an expired one. System only: it is what tells the tenant.
    pub async fn by_token_hash(
        &mut self,
        hash: [u8; 32],
    ) -> Result<Option<Invitation>, StoreError> {
        self.tx.system()?;
        let query = sql(format!(
            "SELECT {COLUMNS} FROM invitations WHERE token_hash = $1"
        ))
        .bind(hash);
        self.tx.opt(query).await?.map(|r| read(&r)).transpose()
    }

    /// Whether some workspace has invited an address and the invitation holds. System only.
    pub async fn is_invited(&mut self, index: [u8; 16], now: Time) -> Result<bool, StoreError> {
        self.tx.system()?;
        let query =
            sql("SELECT count(*) FROM invitations WHERE email_index = $1 AND expires_at > $2")
                .bind(index)
                .bind(now);
        Ok(self.tx.count(query).await? > 0)
    }

    /// Uses an invitation up; `false` when somebody did before. System only.
    pub async fn take(&mut self, id: InvitationId) -> Result<bool, StoreError> {
        self.tx.system()?;
        let delete = sql("DELETE FROM invitations WHERE id = $1").bind(id);
        Ok(self.tx.exec(delete).await? == 1)
    }

    /// An invitation of the workspace.
    pub async fn get(&mut self, id: InvitationId) -> Result<Option<Invitation>, StoreError> {
        let query = sql(format!(
            "SELECT {COLUMNS} FROM invitations WHERE id = $1 AND workspace_id = $2"
        ))
        .bind(id)
        .bind(self.tx.workspace()?);
        self.tx.opt(query).await?.map(|r| read(&r)).transpose()
    }

    /// The workspace's invitations that still hold, newest first.
    pub async fn list(&mut self, now: Time) -> Result<Vec<Invitation>, StoreError> {
        let query = sql(format!(
            "SELECT {COLUMNS} FROM invitations WHERE workspace_id = $1 AND expires_at > $2 \
             ORDER BY created_at DESC, id"
        ))
        .bind(self.tx.workspace()?)
        .bind(now);
        self.tx.all(query).await?.iter().map(read).collect()
    }

    /// Takes an invitation back; whether there was one.
    pub async fn delete(&mut self, id: InvitationId) -> Result<bool, StoreError> {
        let delete = sql("DELETE FROM invitations WHERE id = $1 AND workspace_id = $2")
            .bind(id)
            .bind(self.tx.workspace()?);
        Ok(self.tx.exec(delete).await? == 1)
    }

    /// Deletes what expired before `now`, in all workspaces; how many. System only.
    pub async fn purge(&mut self, now: Time) -> Result<u64, StoreError> {
        self.tx.system()?;
        self.tx
            .exec(sql("DELETE FROM invitations WHERE expires_at <= $1").bind(now))
            .await
    }
}
