//! How new records of a kind are shared when nothing is said.

use tenon_model::Time;
use tenon_model::records::{Access, Kind, ShareScope};
use uuid::Uuid;

use crate::records::Share;
use crate::sql::{Row, sql};
use crate::{StoreError, Tx};

/// What new records of a kind get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordDefault {
    /// The kind.
    pub kind: Kind,
    /// Who sees them beside their owner.
    pub scope: ShareScope,
    /// With whom, when it is [`ShareScope::Shared`].
    pub shares: Vec<Share>,
}

fn unreadable(what: &'static str) -> StoreError {
    StoreError::Unreadable { column: 0, what }
}

fn read(row: &Row) -> Result<RecordDefault, StoreError> {
    let mut r = row.reader();
    let (kind, scope, shares): (String, String, String) = (r.take()?, r.take()?, r.take()?);
    let shares: Vec<(bool, Uuid, String)> =
        serde_json::from_str(&shares).map_err(|_| unreadable("shares as JSON"))?;
    let share = |(team, grantee, access): (bool, Uuid, String)| {
        Ok(Share {
            team,
            grantee,
            access: Access::parse(&access).ok_or(unreadable("access"))?,
        })
    };
    Ok(RecordDefault {
        kind: Kind::parse(&kind).ok_or(unreadable("kind"))?,
        scope: ShareScope::parse(&scope).ok_or(unreadable("scope"))?,
        shares: shares
            .into_iter()
            .map(share)
            .collect::<Result<_, StoreError>>()?,
    })
}

aggregate!(
    /// How new records are shared.
    RecordDefaults,
    record_defaults
);

impl RecordDefaults<'_> {
    /// All that were chosen.
    pub async fn list(&mut self) -> Result<Vec<RecordDefault>, StoreError> {
        let query = sql("SELECT kind, sharing, shares FROM record_defaults WHERE workspace_id = $1 ORDER BY kind")
            .bind(self.tx.workspace()?);
        self.tx.all(query).await?.iter().map(read).collect()
    }

    /// What was chosen for a kind.
    pub async fn get(&mut self, kind: Kind) -> Result<Option<RecordDefault>, StoreError> {
        let query = sql(
            "SELECT kind, sharing, shares FROM record_defaults WHERE workspace_id = $1 AND kind = $2",
        )
        .bind(self.tx.workspace()?)
        .bind(kind.as_str());
        self.tx.opt(query).await?.map(|r| read(&r)).transpose()
    }

    /// Chooses.
    pub async fn put(&mut self, row: &RecordDefault, at: Time) -> Result<(), StoreError> {
        let tx: &mut Tx = self.tx;
        let shares: Vec<(bool, Uuid, &str)> = row
            .shares
            .iter()
            .map(|s| (s.team, s.grantee, s.access.as_str()))
            .collect();
        let upsert = sql(
            "INSERT INTO record_defaults (workspace_id, kind, sharing, shares, changed_at) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (workspace_id, kind) DO UPDATE SET sharing = excluded.sharing, shares = excluded.shares, \
             changed_at = excluded.changed_at",
        )
        .bind(tx.workspace()?)
        .bind(row.kind.as_str())
        .bind(row.scope.as_str())
        .bind(serde_json::json!(shares).to_string())
        .bind(at);
        tx.exec(upsert).await.map(drop)
    }
}
