//! Challenges that a passkey is to sign; each is good once.

use tenon_model::{SessionId, Time};

use crate::StoreError;
use crate::sql::{Row, sql};

/// A challenge that waits for its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// SHA-256 of the challenge.
    pub challenge_hash: [u8; 32],
    /// What the answer is good for: `create`, `sign_in`, `proof`.
    pub purpose: String,
    /// The session that asked; `None` before sign-in.
    pub session_id: Option<SessionId>,
    /// From then on the answer is refused.
    pub expires_at: Time,
}

const COLUMNS: &str = "challenge_hash, purpose, session_id, expires_at";

fn read(row: &Row) -> Result<Challenge, StoreError> {
    let mut r = row.reader();
    Ok(Challenge {
        challenge_hash: r.take()?,
        purpose: r.take()?,
        session_id: r.opt()?,
        expires_at: r.take()?,
    })
}

aggregate!(
    /// The challenges. System only: some come before any tenant.
    Challenges,
    challenges
);

impl Challenges<'_> {
    /// Adds a challenge.
    pub async fn insert(&mut self, row: &Challenge) -> Result<(), StoreError> {
        self.tx.system()?;
        let insert = sql(format!(
            "INSERT INTO challenges ({COLUMNS}) VALUES ($1, $2, $3, $4)"
        ))
        .bind(row.challenge_hash)
        .bind(row.purpose.as_str())
        .bind(row.session_id)
        .bind(row.expires_at);
        self.tx.exec(insert).await.map(drop)
    }

    /// Whether a challenge waits for its answer: asked first, so that made-up ones cost no write.
    pub async fn is_known(&mut self, hash: [u8; 32]) -> Result<bool, StoreError> {
        self.tx.system()?;
        let query = sql("SELECT 1 FROM challenges WHERE challenge_hash = $1").bind(hash);
        Ok(self.tx.opt(query).await?.is_some())
    }

    /// Takes a challenge out, so that it is used once.
    pub async fn take(&mut self, hash: [u8; 32]) -> Result<Option<Challenge>, StoreError> {
        self.tx.system()?;
        let delete = sql(format!(
            "DELETE FROM challenges WHERE challenge_hash = $1 RETURNING {COLUMNS}"
        ))
        .bind(hash);
        self.tx.opt(delete).await?.map(|r| read(&r)).transpose()
    }

    /// Deletes up to `limit` that expired before `now`; how many. Strangers make them, so there may be
    /// very many.
    pub async fn purge(&mut self, now: Time, limit: u32) -> Result<u64, StoreError> {
        self.tx.system()?;
        let delete = sql("DELETE FROM challenges WHERE challenge_hash IN \
             (SELECT challenge_hash FROM challenges WHERE expires_at <= $1 LIMIT $2)")
        .bind(now)
        .bind(i64::from(limit));
        self.tx.exec(delete).await
    }
}
