//! Browser sessions. The token itself is never stored, only its hash.

use tenon_model::{MemberId, SessionId, Time, WorkspaceId};

use crate::StoreError;
use crate::sql::{Row, sql};

/// A signed-in browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Id.
    pub id: SessionId,
    /// SHA-256 of the token in the cookie.
    pub token_hash: [u8; 32],
    /// Whose it is.
    pub member_id: MemberId,
    /// Tenant.
    pub workspace_id: WorkspaceId,
    /// The browser and its system in two words; what it called itself is not kept.
    pub user_agent: String,
    /// Sign-in.
    pub created_at: Time,
    /// Last use, kept to the minute or so.
    pub last_seen_at: Time,
    /// When it ends whatever happens.
    pub expires_at: Time,
    /// How the person signed in: `password`, `passkey`, `link`, or an issuer's name.
    pub method: String,
    /// When they last proved who they are; the beginning of time when they have not yet.
    pub proven_at: Time,
}

const COLUMNS: &str = "id, token_hash, member_id, workspace_id, user_agent, created_at, last_seen_at, \
                       expires_at, method, proven_at";

fn read(row: &Row) -> Result<Session, StoreError> {
    let mut r = row.reader();
    Ok(Session {
        id: r.take()?,
        token_hash: r.take()?,
        member_id: r.take()?,
        workspace_id: r.take()?,
        user_agent: r.take()?,
        created_at: r.take()?,
        last_seen_at: r.take()?,
        expires_at: r.take()?,
        method: r.take()?,
        proven_at: r.take()?,
    })
}

aggregate!(
    /// The sessions. *System: any workspace* for functions that name a session or member by id.
    Sessions,
    sessions
);

impl Sessions<'_> {
    /// Adds a session.
    pub async fn insert(&mut self, row: &Session) -> Result<(), StoreError> {
        if self
            .tx
            .workspace_or_all()?
            .is_some_and(|own| own != row.workspace_id)
        {
            return Err(StoreError::Scope("the session's workspace"));
        }
        let insert = sql(format!(
            "INSERT INTO sessions ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        ))
        .bind(row.id)
        .bind(row.token_hash)
        .bind(row.member_id)
        .bind(row.workspace_id)
        .bind(row.user_agent.as_str())
        .bind(row.created_at)
        .bind(row.last_seen_at)
        .bind(row.expires_at)
        .bind(row.method.as_str())
        .bind(row.proven_at);
        self.tx.exec(insert).await.map(drop)
    }

    /// A session by id, also an expired one, if it is the asking member's.
    pub async fn get(&mut self, id: SessionId) -> Result<Option<Session>, StoreError> {
        let query = sql(format!(
            "SELECT {COLUMNS} FROM sessions WHERE id = $1 \
             AND ($2 IS NULL OR workspace_id = $2) AND ($3 IS NULL OR member_id = $3)"
        ))
        .bind(id)
        .bind(self.tx.workspace_or_all()?)
        .bind(self.tx.private_to()?);
        self.tx.opt(query).await?.map(|r| read(&r)).transpose()
    }

    /// The person has proved again who they are: from now on another token holds. `false` when the
    /// session has ended meanwhile.
    pub async fn renew(
        &mut self,
        id: SessionId,
        token_hash: [u8; 32],
        at: Time,
    ) -> Result<bool, StoreError> {
        let update = sql("UPDATE sessions SET token_hash = $3, proven_at = $4 \
             WHERE id = $1 AND ($2 IS NULL OR workspace_id = $2)")
        .bind(id)
        .bind(self.tx.workspace_or_all()?)
        .bind(token_hash)
        .bind(at);
        Ok(self.tx.exec(update).await? == 1)
    }

    /// The session of a token, also an expired one. System only: it is what tells the tenant.
    pub async fn by_token_hash(&mut self, hash: [u8; 32]) -> Result<Option<Session>, StoreError> {
        self.tx.system()?;
        let query = sql(format!(
            "SELECT {COLUMNS} FROM sessions WHERE token_hash = $1"
        ))
        .bind(hash);
        self.tx.opt(query).await?.map(|r| read(&r)).transpose()
    }

    /// Notes that the session is in use.
    pub async fn touch(&mut self, id: SessionId, at: Time) -> Result<(), StoreError> {
        let update = sql("UPDATE sessions SET last_seen_at = $3 \
             WHERE id = $1 AND ($2 IS NULL OR workspace_id = $2) AND last_seen_at < $3")
        .bind(id)
        .bind(self.tx.workspace_or_all()?)
        .bind(at);
        self.tx.exec(update).await.map(drop)
    }

    /// Ends a session; whether there was one.
    pub async fn delete(&mut self, id: SessionId) -> Result<bool, StoreError> {
        let delete = sql("DELETE FROM sessions WHERE id = $1 \
             AND ($2 IS NULL OR workspace_id = $2) AND ($3 IS NULL OR member_id = $3)")
        .bind(id)
        .bind(self.tx.workspace_or_all()?)
        .bind(self.tx.private_to()?);
        Ok(self.tx.exec(delete).await? == 1)
    }

    /// Ends all sessions of a member, but for one that may stay; how many.
    pub async fn delete_for_member(
        &mut self,
        member: MemberId,
        except: Option<SessionId>,
    ) -> Result<u64, StoreError> {
        let delete = sql("DELETE FROM sessions WHERE member_id = $1 \
             AND ($2 IS NULL OR workspace_id = $2) AND ($3 IS NULL OR id <> $3)")
        .bind(member)
        .bind(self.tx.workspace_or_all()?)
        .bind(except);
        self.tx.exec(delete).await
    }

    /// The sessions of a member that have not expired, last used first.
    pub async fn list(&mut self, member: MemberId, now: Time) -> Result<Vec<Session>, StoreError> {
        let query = sql(format!(
            "SELECT {COLUMNS} FROM sessions WHERE member_id = $1 \
             AND ($2 IS NULL OR workspace_id = $2) AND expires_at > $3 ORDER BY last_seen_at DESC, id"
        ))
        .bind(member)
        .bind(self.tx.workspace_or_all()?)
        .bind(now);
        self.tx.all(query).await?.iter().map(read).collect()
    }

    /// Deletes what expired before `now`, in all workspaces; how many. System only.
    pub async fn purge(&mut self, now: Time) -> Result<u64, StoreError> {
        self.tx.system()?;
        self.tx
            .exec(sql("DELETE FROM sessions WHERE expires_at <= $1").bind(now))
            .await
    }
}
