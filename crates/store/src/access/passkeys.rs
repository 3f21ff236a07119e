//! Passkeys (Web Authentication, Level 3): public keys by which members prove who they are.

use tenon_model::{MemberId, PasskeyId, Time, WorkspaceId};

use crate::StoreError;
use crate::sql::{Row, sql};

/// A passkey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passkey {
    /// Id.
    pub id: PasskeyId,
    /// Tenant.
    pub workspace_id: WorkspaceId,
    /// Whose it is.
    pub member_id: MemberId,
    /// What the authenticator calls it.
    pub credential_id: Vec<u8>,
    /// Public key in COSE form (RFC 9052), as it came.
    pub public_key: Vec<u8>,
    /// Signatures so far, 0 for authenticators that do not count.
    pub sign_count: i64,
    /// What its owner calls it.
    pub name: String,
    /// Whether it is kept on several devices.
    pub synced: bool,
    /// When it was added.
    pub created_at: Time,
    /// Last sign-in by it.
    pub last_used_at: Option<Time>,
}

const COLUMNS: &str = "id, workspace_id, member_id, credential_id, public_key, sign_count, name, \
                       synced, created_at, last_used_at";

fn read(row: &Row) -> Result<Passkey, StoreError> {
    let mut r = row.reader();
    Ok(Passkey {
        id: r.take()?,
        workspace_id: r.take()?,
        member_id: r.take()?,
        credential_id: r.take()?,
        public_key: r.take()?,
        sign_count: r.take()?,
        name: r.take()?,
        synced: r.take()?,
        created_at: r.take()?,
        last_used_at: r.opt()?,
    })
}

aggregate!(
    /// The passkeys. *System: any workspace* for functions that name a member or a row.
    Passkeys,
    passkeys
);

impl Passkeys<'_> {
    /// Adds a passkey; [`StoreError::Duplicate`] when its credential id is known already.
    pub async fn insert(&mut self, row: &Passkey) -> Result<(), StoreError> {
        if self
            .tx
            .workspace_or_all()?
            .is_some_and(|own| own != row.workspace_id)
        {
            return Err(StoreError::Scope("the passkey's workspace"));
        }
        let insert = sql(format!(
            "INSERT INTO passkeys ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        ))
        .bind(row.id)
        .bind(row.workspace_id)
        .bind(row.member_id)
        .bind(row.credential_id.clone())
        .bind(row.public_key.clone())
        .bind(row.sign_count)
        .bind(row.name.as_str())
        .bind(row.synced)
        .bind(row.created_at)
        .bind(row.last_used_at);
        self.tx.exec(insert).await.map(drop)
    }

    /// A passkey by what the authenticator calls it. System only: sign-in comes before any tenant.
    pub async fn by_credential(&mut self, id: &[u8]) -> Result<Option<Passkey>, StoreError> {
        self.tx.system()?;
        let query = sql(format!(
            "SELECT {COLUMNS} FROM passkeys WHERE credential_id = $1"
        ))
        .bind(id.to_vec());
        self.tx.opt(query).await?.map(|r| read(&r)).transpose()
    }

    /// A member's passkeys, oldest first.
    pub async fn list(&mut self, member: MemberId) -> Result<Vec<Passkey>, StoreError> {
        let query = sql(format!(
            "SELECT {COLUMNS} FROM passkeys WHERE member_id = $1 \
             AND ($2 IS NULL OR workspace_id = $2) ORDER BY created_at, id"
        ))
        .bind(member)
        .bind(self.tx.workspace_or_all()?);
        self.tx.all(query).await?.iter().map(read).collect()
    }

    /// The members of the workspace who have a passkey.
    pub async fn owners(&mut self) -> Result<Vec<MemberId>, StoreError> {
        let query = sql("SELECT DISTINCT member_id FROM passkeys WHERE workspace_id = $1")
            .bind(self.tx.workspace()?);
        let rows = self.tx.all(query).await?;
        rows.iter().map(Row::only).collect()
    }

    /// Notes a signature, if nobody noted a later one meanwhile; `false` then, and the signature must
    /// be refused. Authenticators that do not count stay at 0.
    pub async fn used(
        &mut self,
        id: PasskeyId,
        count: i64,
        synced: bool,
        at: Time,
    ) -> Result<bool, StoreError> {
        let update = sql(
            "UPDATE passkeys SET sign_count = $3, synced = $4, last_used_at = $5 WHERE id = $1 \
             AND ($2 IS NULL OR workspace_id = $2) AND (sign_count < $3 OR ($3 = 0 AND sign_count = 0))",
        )
        .bind(id)
        .bind(self.tx.workspace_or_all()?)
        .bind(count)
        .bind(synced)
        .bind(at);
        Ok(self.tx.exec(update).await? == 1)
    }

    /// Gives one of the asking member's passkeys another name; whether there was one.
    pub async fn rename(&mut self, id: PasskeyId, name: &str) -> Result<bool, StoreError> {
        let update = sql("UPDATE passkeys SET name = $4 WHERE id = $1 \
             AND ($2 IS NULL OR workspace_id = $2) AND ($3 IS NULL OR member_id = $3)")
        .bind(id)
        .bind(self.tx.workspace_or_all()?)
        .bind(self.tx.private_to()?)
        .bind(name);
        Ok(self.tx.exec(update).await? == 1)
    }

    /// Removes one of the asking member's passkeys; whether there was one.
    pub async fn delete(&mut self, id: PasskeyId) -> Result<bool, StoreError> {
        let delete = sql("DELETE FROM passkeys WHERE id = $1 \
             AND ($2 IS NULL OR workspace_id = $2) AND ($3 IS NULL OR member_id = $3)")
        .bind(id)
        .bind(self.tx.workspace_or_all()?)
        .bind(self.tx.private_to()?);
        Ok(self.tx.exec(delete).await? == 1)
    }

    /// Removes all passkeys of a member.
    pub async fn delete_for_member(&mut self, member: MemberId) -> Result<u64, StoreError> {
        let delete =
            sql("DELETE FROM passkeys WHERE member_id = $1 AND ($2 IS NULL OR workspace_id = $2)")
                .bind(member)
                .bind(self.tx.workspace_or_all()?);
        self.tx.exec(delete).await
    }
}
