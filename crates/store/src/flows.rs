//! Authorization flows under way: between sending a person to the provider and their return.

use tenon_model::connection::Provider;
use tenon_model::feature::Feature;
use tenon_model::sabotage::{self, Saboteur};
use tenon_model::{ConnectionId, ConsentId, MemberId, RecordId, SessionId, Time, WorkspaceId};
use tenon_vault::Sealed;

use crate::StoreError;
use crate::connections::{read_features, read_provider};
use crate::sql::{Row, join_words, sql};

/// One authorization under way (RFC 6749 4.1, RFC 7636).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flow {
    /// SHA-256 of the `state` parameter; the parameter itself is not stored.
    pub state_hash: [u8; 32],
    /// Tenant.
    pub workspace_id: WorkspaceId,
    /// Who connects.
    pub member_id: MemberId,
    /// The browser it began in; only that one may end it.
    pub session_id: SessionId,
    /// The connection to be extended; `None` makes a new one.
    pub connection_id: Option<ConnectionId>,
    /// Where.
    pub provider: Provider,
    /// OpenID Connect nonce.
    pub nonce: String,
    /// PKCE verifier, sealed under the workspace's key.
    pub verifier: Sealed,
    /// What the person chose.
    pub features: Vec<Feature>,
    /// The preset it started from.
    pub profile: Option<String>,
    /// What they agreed to.
    pub consent_id: ConsentId,
    /// Sent again with the code.
    pub redirect_uri: String,
    /// Begin.
    pub created_at: Time,
    /// End; later the callback is refused.
    pub expires_at: Time,
    /// Files are chosen for this record, and nothing is connected.
    pub record_id: Option<RecordId>,
}

const COLUMNS: &str = "state_hash, workspace_id, member_id, session_id, connection_id, provider, nonce, \
                       verifier, features, profile, consent_id, redirect_uri, created_at, expires_at, \
                       record_id";

fn read(row: &Row) -> Result<Flow, StoreError> {
    let mut r = row.reader();
    Ok(Flow {
        state_hash: r.take()?,
        workspace_id: r.take()?,
        member_id: r.take()?,
        session_id: r.take()?,
        connection_id: r.opt()?,
        provider: read_provider(&r.take::<String>()?)?,
        nonce: r.take()?,
        verifier: r.take()?,
        features: read_features(&r.take::<String>()?),
        profile: r.opt()?,
        consent_id: r.take()?,
        redirect_uri: r.take()?,
        created_at: r.take()?,
        expires_at: r.take()?,
        record_id: r.opt()?,
    })
}

aggregate!(
    /// The authorization flows.
    Flows,
    flows
);

impl Flows<'_> {
    /// Adds a flow.
    pub async fn insert(&mut self, row: &Flow) -> Result<(), StoreError> {
        if self.tx.workspace()? != row.workspace_id {
            return Err(StoreError::Scope("the flow's workspace"));
        }
        let features: Vec<_> = row.features.iter().map(|f| f.as_str()).collect();
        let insert = sql(format!(
            "INSERT INTO flows ({COLUMNS}) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
        ))
        .bind(row.state_hash)
        .bind(row.workspace_id)
        .bind(row.member_id)
        .bind(row.session_id)
        .bind(row.connection_id)
        .bind(row.provider.as_str())
        .bind(row.nonce.as_str())
        .bind(&row.verifier)
        .bind(join_words(&features))
        .bind(row.profile.clone())
        .bind(row.consent_id)
        .bind(row.redirect_uri.as_str())
        .bind(row.created_at)
        .bind(row.expires_at)
        .bind(row.record_id);
        self.tx.exec(insert).await.map(drop)
    }

    /// Takes a flow out, so that it is used once. System only: the state is what tells the
    /// tenant; the caller compares session and expiry.
    pub async fn take(&mut self, state_hash: [u8; 32]) -> Result<Option<Flow>, StoreError> {
        self.tx.system()?;
        let statement = if sabotage::on(Saboteur::StateReusable) {
            format!("SELECT {COLUMNS} FROM flows WHERE state_hash = $1")
        } else {
            format!("DELETE FROM flows WHERE state_hash = $1 RETURNING {COLUMNS}")
        };
        let delete = sql(statement).bind(state_hash);
        self.tx.opt(delete).await?.map(|r| read(&r)).transpose()
    }

    /// Deletes what expired before `now`, in all workspaces; how many. System only.
    pub async fn purge(&mut self, now: Time) -> Result<u64, StoreError> {
        self.tx.system()?;
        self.tx
            .exec(sql("DELETE FROM flows WHERE expires_at <= $1").bind(now))
            .await
    }
}
