//! `/connections/authorize`: step 1 of consent is done, where does step 2 begin.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tenon_app::connections;
use tenon_model::ConnectionId;
use tenon_model::connection::Provider;
use tenon_model::policy::Locale;
use utoipa::ToSchema;

use super::policy::read_features;
use super::providers::ProfileId;
use crate::Api;
use crate::extract;
use crate::problem::{Answer, Problem, problems};
use crate::session::SignedIn;
use crate::wire::{Id, Timestamp};

problems!(Problems: "unauthenticated", "not_found", "policy_changed", "validation", "provider_not_configured");

/// What *Activate* sends.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AuthorizeInput {
    /// `google`.
    provider: String,
    /// The profile that was picked, for the record.
    #[serde(default)]
    profile: Option<ProfileId>,
    /// Feature ids.
    features: Vec<String>,
    /// Version of the text that was shown.
    policy_version: String,
    /// Language of the text that was shown.
    locale: String,
    /// A connection to widen or reconnect.
    #[serde(default)]
    connection_id: Option<String>,
}

/// Where to go for step 2.
#[derive(Serialize, ToSchema)]
pub(super) struct Authorization {
    /// The provider's consent screen.
    authorize_url: String,
    consent_id: Id,
    /// When this attempt is void.
    expires_at: Timestamp,
}

/// Records the consent and begins an authorization
#[utoipa::path(post, path = "/connections/authorize", tag = "connecting", responses((status = 201, body = Authorization), Problems))]
pub(super) async fn authorize_connection(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Json(input): extract::Json<AuthorizeInput>,
) -> Answer<(StatusCode, Json<Authorization>)> {
    let connection: Option<ConnectionId> = input
        .connection_id
        .map(|id| {
            id.parse()
                .map_err(|_| Problem::from(tenon_app::Error::NotFound("connection")))
        })
        .transpose()?;
    let authorize = connections::Authorize {
        provider: read_provider(&input.provider)?,
        profile: input.profile.map(Into::into),
        features: read_features(input.features.iter().map(String::as_str))?,
        policy_version: input.policy_version,
        locale: Locale::parse(&input.locale),
        connection,
    };
    let done = connections::authorize(&api.ctx, &actor, authorize).await?;
    let body = Authorization {
        authorize_url: done.authorize_url.into(),
        consent_id: done.consent.into(),
        expires_at: done.expires_at.into(),
    };
    Ok((StatusCode::CREATED, Json(body)))
}

/// A provider's id, read.
pub(super) fn read_provider(word: &str) -> Answer<Provider> {
    Provider::parse(word)
        .ok_or_else(|| Problem::invalid("provider", "is not a provider of this server"))
}
