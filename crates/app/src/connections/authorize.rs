//! Step 1 of consent is done: record it, and make the address of step 2.

use std::time::Duration;

use tenon_connectors::ports::AuthorizeRequest;
use tenon_model::connection::{ConnectionStatus, Provider};
use tenon_model::feature::{Feature, Profile, google_scopes};
use tenon_model::policy::{self, Locale};
use tenon_model::sabotage::{self, Saboteur};
use tenon_model::{ConnectionId, ConsentId, Time};
use tenon_store::{Consent, Flow};
use tenon_vault::Context;
use url::Url;

use super::view::{account, visible};
use crate::access::random_token;
use crate::{Actor, Ctx, Error, Result};

/// How long a person may take at the provider's consent screen.
pub(crate) const FLOW_LIFE: Duration = Duration::from_mins(15);

/// What *Activate* sends.
pub struct Authorize {
    /// Provider.
    pub provider: Provider,
    /// The profile that was picked, for the record.
    pub profile: Option<Profile>,
    /// Features switched on.
    pub features: Vec<Feature>,
    /// Version of the text that was shown.
    pub policy_version: String,
    /// Its language.
    pub locale: Locale,
    /// A connection to widen or reconnect.
    pub connection: Option<ConnectionId>,
}

/// Where to go for step 2.
pub struct Authorization {
    /// The provider's consent screen.
    pub authorize_url: Url,
    /// The consent record.
    pub consent: ConsentId,
    /// When this attempt is void.
    pub expires_at: Time,
}

pub(super) fn redirect_uri(ctx: &Ctx, provider: Provider) -> String {
    ctx.config.redirect_uri(provider)
}

/// Keeps the consent record and the pending flow, and returns the provider's address. For a
/// connection that works, only scopes it lacks are asked for (incremental authorization).
pub async fn authorize(ctx: &Ctx, actor: &Actor, input: Authorize) -> Result<Authorization> {
    let google = ctx.google.as_ref().ok_or(Error::ProviderNotConfigured)?;
    let mut features = input.features;
    features.retain(|f| *f != Feature::Identity);
    if features.is_empty() {
        return Err(Error::field("features", "choose at least one"));
    }
    let current = policy::version(&features, input.locale);
    if input.policy_version != current && !sabotage::on(Saboteur::StaleTextAccepted) {
        return Err(Error::PolicyChanged);
    }
    let shown = super::providers::policy(&features, input.locale);
    let now = ctx.world.now();
    let (mut scopes, mut login_hint) = (google_scopes(&features), None);
    if let Some(id) = input.connection {
        let mut tx = ctx.store.read(&actor.scope()).await?;
        let row = visible(&mut tx, id).await?;
        login_hint = Some(account(ctx, &mut tx, &row).await?.address);
    }
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    if let Some(id) = input.connection {
        let row = visible(&mut tx, id).await?;
        for feature in &row.features {
            if !features.contains(feature) {
                features.push(*feature);
            }
        }
        scopes = google_scopes(&features);
        if row.status == ConnectionStatus::Active
            && tx
                .tokens()
                .get(id)
                .await?
                .is_some_and(|t| t.refresh.is_some())
        {
            let identity = google_scopes(&[]);
            scopes.retain(|s| identity.contains(s) || !row.scopes.iter().any(|g| g == s));
        }
    }
    features.sort_unstable();
    features.dedup();
    let (state, nonce, verifier) = (
        random_token(&ctx.world),
        random_token(&ctx.world),
        random_token(&ctx.world),
    );
    let state_hash = crate::access::token_hash(&state);
    let redirect_uri = redirect_uri(ctx, input.provider);
    let consent = Consent {
        id: ctx.world.id(),
        workspace_id: actor.workspace,
        member_id: actor.member,
        connection_id: input.connection,
        provider: input.provider,
        features: features.clone(),
        policy_version: input.policy_version.clone(),
        locale: input.locale.as_str().to_owned(),
        given_at: now,
        withdrawn_at: None,
    };
    tx.consents().insert(&consent).await?;
    if !sabotage::on(Saboteur::ConsentTextLost) {
        remember_text(&mut tx, &input.policy_version, &shown, input.locale).await?;
    }
    let verifier_sealed =
        ctx.keys
            .deployment()
            .seal(&ctx.world, &flow_context(&state_hash), verifier.as_bytes())?;
    let flow = Flow {
        state_hash,
        workspace_id: actor.workspace,
        member_id: actor.member,
        session_id: actor.session,
        connection_id: input.connection,
        provider: input.provider,
        nonce: nonce.clone(),
        verifier: verifier_sealed,
        features,
        profile: input.profile.map(|p| p.as_str().to_owned()),
        consent_id: consent.id,
        redirect_uri: redirect_uri.clone(),
        created_at: now,
        expires_at: now + FLOW_LIFE,
        record_id: None,
    };
    tx.flows().insert(&flow).await?;
    let authorize_url = google.grants().authorize_url(&AuthorizeRequest {
        scopes: scopes.into_iter().map(str::to_owned).collect(),
        state,
        nonce,
        verifier,
        redirect_uri,
        login_hint,
    })?;
    tx.commit().await?;
    Ok(Authorization {
        authorize_url,
        consent: consent.id,
        expires_at: flow.expires_at,
    })
}

/// Keeps the exact sentences of a version once, so that a consent can be shown years later.
async fn remember_text(
    tx: &mut tenon_store::Tx,
    version: &str,
    text: &super::providers::PolicyView,
    locale: policy::Locale,
) -> Result<()> {
    let name = format!("policy:{version}");
    if tx.settings().get(&name).await?.is_none() {
        let pairs: Vec<(&str, &str)> = text
            .sentences
            .iter()
            .chain(&text.terms)
            .map(|s| (s.id, s.text(locale)))
            .collect();
        let json =
            serde_json::to_string(&pairs).map_err(|_| Error::Internal("policy_text".into()))?;
        tx.settings().claim(&name, &json).await?;
    }
    Ok(())
}

/// Where the PKCE verifier of a flow is sealed.
pub(crate) fn flow_context(state_hash: &[u8; 32]) -> Context<'static> {
    let mut row = [0; 16];
    row.copy_from_slice(&state_hash[..16]);
    Context::new("flows", "verifier", uuid::Uuid::from_bytes(row))
}
