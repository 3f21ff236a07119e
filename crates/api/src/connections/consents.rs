//! `/consents`: who agreed to which text, when.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use tenon_app::connections::{self, ConsentView};
use utoipa::ToSchema;

use super::policy::Sentence;
use crate::Api;
use crate::problem::{Answer, problems};
use crate::session::SignedIn;
use crate::wire::{Id, List, Timestamp};

problems!(Problems: "unauthenticated");

/// A consent record.
#[derive(Serialize, ToSchema)]
pub(super) struct Consent {
    id: Id,
    #[schema(example = "google")]
    provider: &'static str,
    features: Vec<&'static str>,
    policy_version: String,
    locale: String,
    given_at: Timestamp,
    /// When it ended with its connection.
    withdrawn_at: Option<Timestamp>,
    /// The sentences as they were shown.
    sentences: Vec<Sentence>,
    /// The connection that came of it.
    #[schema(required)]
    connection_id: Option<Id>,
}

impl From<ConsentView> for Consent {
    fn from(v: ConsentView) -> Self {
        Self {
            id: v.id.into(),
            provider: v.provider,
            features: v.features,
            policy_version: v.policy_version,
            locale: v.locale,
            given_at: v.given_at.into(),
            withdrawn_at: v.withdrawn_at.map(Into::into),
            sentences: v.sentences.into_iter().map(Into::into).collect(),
            connection_id: v.connection.map(Into::into),
        }
    }
}

/// One's own consents
#[utoipa::path(get, path = "/consents", tag = "connections", responses((status = 200, body = List<Consent>), Problems))]
pub(super) async fn list_consents(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
) -> Answer<Json<List<Consent>>> {
    Ok(List::of(connections::consents(&api.ctx, &actor).await?))
}
