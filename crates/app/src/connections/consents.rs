//! Consent records: who agreed to which text, when.

use tenon_model::{ConnectionId, ConsentId, Time};

use super::providers::SentenceView;
use crate::{Actor, Ctx, Result};

/// A consent as the person who gave it sees it.
#[derive(Debug, Clone)]
pub struct ConsentView {
    /// Id.
    pub id: ConsentId,
    /// `google`.
    pub provider: &'static str,
    /// Features it was given for.
    pub features: Vec<&'static str>,
    /// Version of the text.
    pub policy_version: String,
    /// Its language.
    pub locale: String,
    /// When.
    pub given_at: Time,
    /// When it ended with its connection.
    pub withdrawn_at: Option<Time>,
    /// The sentences as they were shown.
    pub sentences: Vec<SentenceView>,
    /// The connection that came of it, if one did.
    pub connection: Option<ConnectionId>,
}

/// The member's consents, newest first.
pub async fn consents(ctx: &Ctx, actor: &Actor) -> Result<Vec<ConsentView>> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let mut out = Vec::new();
    for consent in tx.consents().list().await? {
        let text = tx
            .settings()
            .get(&format!("policy:{}", consent.policy_version))
            .await?
            .unwrap_or_default();
        let sentences: Vec<(String, String)> = serde_json::from_str(&text).unwrap_or_default();
        out.push(ConsentView {
            id: consent.id,
            provider: consent.provider.as_str(),
            features: consent.features.iter().map(|f| f.as_str()).collect(),
            policy_version: consent.policy_version,
            locale: consent.locale,
            given_at: consent.given_at,
            withdrawn_at: consent.withdrawn_at,
            sentences: sentences
                .into_iter()
                .map(|(id, text)| SentenceView { id, text })
                .collect(),
            connection: consent.connection_id,
        });
    }
    Ok(out)
}
