//! Sign-ins under way at an OpenID Connect issuer.

use tenon_model::{MemberId, SessionId, Time};
use tenon_vault::Sealed;

use crate::StoreError;
use crate::sql::{Row, sql};

/// One sign-in under way (OpenID Connect Core 1.0, 3.1; RFC 7636).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInFlow {
    /// SHA-256 of the `state` parameter; the parameter itself is not stored.
    pub state_hash: [u8; 32],
    /// The issuer's name in the settings: it alone may answer.
    pub issuer: String,
    /// SHA-256 of the cookie of the browser it began in: that one alone may end it.
    pub browser_hash: [u8; 32],
    /// OpenID Connect nonce.
    pub nonce: String,
    /// PKCE verifier, sealed under the deployment's key.
    pub verifier: Sealed,
    /// The invitation that is being accepted, by the hash of its token.
    pub invitation_hash: Option<[u8; 32]>,
    /// The member who adds an account or proves who they are; `None` for a sign-in.
    pub member_id: Option<MemberId>,
    /// Their session.
    pub session_id: Option<SessionId>,
    /// The page to go to afterwards; of a member who is signed in, a proof has one and the adding of
    /// an account has none.
    pub next: Option<String>,
    /// Language of a new member's pages.
    pub locale: String,
    /// Time zone of a new member.
    pub time_zone: String,
    /// Begin.
    pub created_at: Time,
    /// End; later the answer is refused.
    pub expires_at: Time,
}

const COLUMNS: &str = "state_hash, issuer, browser_hash, nonce, verifier, invitation_hash, member_id, \
                       session_id, next, locale, time_zone, created_at, expires_at";

fn read(row: &Row) -> Result<SignInFlow, StoreError> {
    let mut r = row.reader();
    Ok(SignInFlow {
        state_hash: r.take()?,
        issuer: r.take()?,
        browser_hash: r.take()?,
        nonce: r.take()?,
        verifier: r.take()?,
        invitation_hash: r.opt()?,
        member_id: r.opt()?,
        session_id: r.opt()?,
        next: r.opt()?,
        locale: r.take()?,
        time_zone: r.take()?,
        created_at: r.take()?,
        expires_at: r.take()?,
    })
}

aggregate!(
    /// The sign-ins under way. System only: they come before any tenant.
    SignInFlows,
    sign_in_flows
);

impl SignInFlows<'_> {
    /// Adds a flow.
    pub async fn insert(&mut self, row: &SignInFlow) -> Result<(), StoreError> {
        self.tx.system()?;
        let insert = sql(format!(
            "INSERT INTO sign_in_flows ({COLUMNS}) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
        ))
        .bind(row.state_hash)
        .bind(row.issuer.as_str())
        .bind(row.browser_hash)
        .bind(row.nonce.as_str())
        .bind(&row.verifier)
        .bind(row.invitation_hash.map(|h| h.to_vec()))
        .bind(row.member_id)
        .bind(row.session_id)
        .bind(row.next.clone())
        .bind(row.locale.as_str())
        .bind(row.time_zone.as_str())
        .bind(row.created_at)
        .bind(row.expires_at);
        self.tx.exec(insert).await.map(drop)
    }

    /// Whether a flow of this state is under way: asked first, so that made-up states cost no write.
    pub async fn is_known(&mut self, state_hash: [u8; 32]) -> Result<bool, StoreError> {
        self.tx.system()?;
        let query = sql("SELECT 1 FROM sign_in_flows WHERE state_hash = $1").bind(state_hash);
        Ok(self.tx.opt(query).await?.is_some())
    }

    /// Takes a flow out, so that it is used once.
    pub async fn take(&mut self, state_hash: [u8; 32]) -> Result<Option<SignInFlow>, StoreError> {
        self.tx.system()?;
        let delete = sql(format!(
            "DELETE FROM sign_in_flows WHERE state_hash = $1 RETURNING {COLUMNS}"
        ))
        .bind(state_hash);
        self.tx.opt(delete).await?.map(|r| read(&r)).transpose()
    }

    /// Deletes up to `limit` that expired before `now`; how many. Strangers make them, so there may be
    /// very many.
    pub async fn purge(&mut self, now: Time, limit: u32) -> Result<u64, StoreError> {
        self.tx.system()?;
        let delete = sql("DELETE FROM sign_in_flows WHERE state_hash IN \
             (SELECT state_hash FROM sign_in_flows WHERE expires_at <= $1 LIMIT $2)")
        .bind(now)
        .bind(i64::from(limit));
        self.tx.exec(delete).await
    }
}
