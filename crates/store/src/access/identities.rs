//! Accounts at OpenID Connect issuers by which members sign in.

use tenon_model::{IdentityId, MemberId, Time, WorkspaceId};
use tenon_vault::Sealed;

use crate::StoreError;
use crate::sql::{Row, sql};

/// A member's account at an issuer: the pair of issuer and subject names exactly one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Id.
    pub id: IdentityId,
    /// Tenant.
    pub workspace_id: WorkspaceId,
    /// Who signs in by it.
    pub member_id: MemberId,
    /// The issuer's identifier (`iss`).
    pub issuer: String,
    /// Keyed hash of the subject (`sub`).
    pub subject_index: [u8; 16],
    /// The account's address at the issuer, sealed under the workspace's key.
    pub account: Sealed,
    /// When it was added.
    pub created_at: Time,
    /// Last sign-in by it.
    pub last_used_at: Time,
}

const COLUMNS: &str =
    "id, workspace_id, member_id, issuer, subject_index, account, created_at, last_used_at";

fn read(row: &Row) -> Result<Identity, StoreError> {
    let mut r = row.reader();
    Ok(Identity {
        id: r.take()?,
        workspace_id: r.take()?,
        member_id: r.take()?,
        issuer: r.take()?,
        subject_index: r.take()?,
        account: r.take()?,
        created_at: r.take()?,
        last_used_at: r.take()?,
    })
}

aggregate!(
    /// The sign-in accounts. *System: any workspace* for functions that name a member or a row.
    Identities,
    identities
);

impl Identities<'_> {
    /// Adds an account; [`StoreError::Duplicate`] when it is a member's already.
    pub async fn insert(&mut self, row: &Identity) -> Result<(), StoreError> {
        if self
            .tx
            .workspace_or_all()?
            .is_some_and(|own| own != row.workspace_id)
        {
            return Err(StoreError::Scope("the identity's workspace"));
        }
        let insert = sql(format!(
            "INSERT INTO identities ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
        ))
        .bind(row.id)
        .bind(row.workspace_id)
        .bind(row.member_id)
        .bind(row.issuer.as_str())
        .bind(row.subject_index)
        .bind(&row.account)
        .bind(row.created_at)
        .bind(row.last_used_at);
        self.tx.exec(insert).await.map(drop)
    }

    /// The account that an issuer names. System only: sign-in comes before any tenant.
    pub async fn by_subject(
        &mut self,
        issuer: &str,
        subject_index: [u8; 16],
    ) -> Result<Option<Identity>, StoreError> {
        self.tx.system()?;
        let query = sql(format!(
            "SELECT {COLUMNS} FROM identities WHERE subject_index = $1 AND issuer = $2"
        ))
        .bind(subject_index)
        .bind(issuer);
        self.tx.opt(query).await?.map(|r| read(&r)).transpose()
    }

    /// A member's accounts, oldest first.
    pub async fn list(&mut self, member: MemberId) -> Result<Vec<Identity>, StoreError> {
        let query = sql(format!(
            "SELECT {COLUMNS} FROM identities WHERE member_id = $1 \
             AND ($2 IS NULL OR workspace_id = $2) ORDER BY created_at, id"
        ))
        .bind(member)
        .bind(self.tx.workspace_or_all()?);
        self.tx.all(query).await?.iter().map(read).collect()
    }

    /// Notes a sign-in; `false` when the account was taken away meanwhile.
    pub async fn touch(&mut self, id: IdentityId, at: Time) -> Result<bool, StoreError> {
        let update = sql("UPDATE identities SET last_used_at = $3 \
             WHERE id = $1 AND ($2 IS NULL OR workspace_id = $2)")
        .bind(id)
        .bind(self.tx.workspace_or_all()?)
        .bind(at);
        Ok(self.tx.exec(update).await? == 1)
    }

    /// Takes an account away, in a request only the asking member's own; whether there was one.
    pub async fn delete(&mut self, id: IdentityId) -> Result<bool, StoreError> {
        let delete = sql("DELETE FROM identities WHERE id = $1 \
             AND ($2 IS NULL OR workspace_id = $2) AND ($3 IS NULL OR member_id = $3)")
        .bind(id)
        .bind(self.tx.workspace_or_all()?)
        .bind(self.tx.private_to()?);
        Ok(self.tx.exec(delete).await? == 1)
    }

    /// Takes all accounts of a member away.
    pub async fn delete_for_member(&mut self, member: MemberId) -> Result<u64, StoreError> {
        let delete = sql(
            "DELETE FROM identities WHERE member_id = $1 AND ($2 IS NULL OR workspace_id = $2)",
        )
        .bind(member)
        .bind(self.tx.workspace_or_all()?);
        self.tx.exec(delete).await
    }
}
