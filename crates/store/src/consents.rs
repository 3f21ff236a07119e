//! Consents: who agreed to which text for which features, and when. They outlive the connection,
//! as the proof that it was wanted.

use tenon_model::connection::Provider;
use tenon_model::feature::Feature;
use tenon_model::{ConnectionId, ConsentId, MemberId, Time, WorkspaceId};

use crate::StoreError;
use crate::connections::{read_features, read_provider};
use crate::sql::{Row, join_words, sql};

/// One consent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// Id.
    pub id: ConsentId,
    /// Tenant.
    pub workspace_id: WorkspaceId,
    /// Who agreed.
    pub member_id: MemberId,
    /// The connection that came of it, once there is one; a plain id that may be gone.
    pub connection_id: Option<ConnectionId>,
    /// Where.
    pub provider: Provider,
    /// To what.
    pub features: Vec<Feature>,
    /// Version of the policy text that was shown.
    pub policy_version: String,
    /// In which language.
    pub locale: String,
    /// When.
    pub given_at: Time,
    /// When it ended.
    pub withdrawn_at: Option<Time>,
}

const COLUMNS: &str = "id, workspace_id, member_id, connection_id, provider, features, policy_version, \
                       locale, given_at, withdrawn_at";

fn read(row: &Row) -> Result<Consent, StoreError> {
    let mut r = row.reader();
    Ok(Consent {
        id: r.take()?,
        workspace_id: r.take()?,
        member_id: r.take()?,
        connection_id: r.opt()?,
        provider: read_provider(&r.take::<String>()?)?,
        features: read_features(&r.take::<String>()?),
        policy_version: r.take()?,
        locale: r.take()?,
        given_at: r.take()?,
        withdrawn_at: r.opt()?,
    })
}

aggregate!(
    /// The consents; in a request a member's own.
    Consents,
    consents
);

impl Consents<'_> {
    /// Adds a consent.
    pub async fn insert(&mut self, row: &Consent) -> Result<(), StoreError> {
        if self.tx.workspace()? != row.workspace_id {
            return Err(StoreError::Scope("the consent's workspace"));
        }
        let features: Vec<_> = row.features.iter().map(|f| f.as_str()).collect();
        let insert = sql(format!(
            "INSERT INTO consents ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        ))
        .bind(row.id)
        .bind(row.workspace_id)
        .bind(row.member_id)
        .bind(row.connection_id)
        .bind(row.provider.as_str())
        .bind(join_words(&features))
        .bind(row.policy_version.as_str())
        .bind(row.locale.as_str())
        .bind(row.given_at)
        .bind(row.withdrawn_at);
        self.tx.exec(insert).await.map(drop)
    }

    /// Notes the connection that came of a consent.
    pub async fn attach(
        &mut self,
        id: ConsentId,
        connection: ConnectionId,
    ) -> Result<(), StoreError> {
        let update = sql("UPDATE consents SET connection_id = $4 \
             WHERE workspace_id = $1 AND ($2 IS NULL OR member_id = $2) AND id = $3");
        let update = self.tx.bind_visible(update)?.bind(id).bind(connection);
        match self.tx.exec(update).await? {
            0 => Err(StoreError::NotFound("consent")),
            _ => Ok(()),
        }
    }

    /// The consents, newest first.
    pub async fn list(&mut self) -> Result<Vec<Consent>, StoreError> {
        let query = sql(format!(
            "SELECT {COLUMNS} FROM consents WHERE workspace_id = $1 AND ($2 IS NULL OR member_id = $2) \
             ORDER BY given_at DESC, id DESC"
        ));
        let query = self.tx.bind_visible(query)?;
        self.tx.all(query).await?.iter().map(read).collect()
    }

    /// Ends all consents of a connection; how many.
    pub async fn withdraw_for_connection(
        &mut self,
        connection: ConnectionId,
        at: Time,
    ) -> Result<u64, StoreError> {
        let update = sql("UPDATE consents SET withdrawn_at = $4 \
             WHERE workspace_id = $1 AND ($2 IS NULL OR member_id = $2) \
             AND connection_id = $3 AND withdrawn_at IS NULL");
        let update = self.tx.bind_visible(update)?.bind(connection).bind(at);
        self.tx.exec(update).await
    }
}
