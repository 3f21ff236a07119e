//! `/connections` and `/connections/{id}`.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use tenon_app::connections::{self, AliasView, ConnectionView, FeatureStateView};
use tenon_model::ConnectionId;
use tenon_model::connection::FeatureState;
use utoipa::ToSchema;

use super::mailbox::Mailbox;
use super::providers::ProfileId;
use crate::Api;
use crate::extract;
use crate::problem::{Answer, problems};
use crate::session::SignedIn;
use crate::wire::{Id, List, Timestamp};

problems!(ListProblems: "unauthenticated");
problems!(GetProblems: "unauthenticated", "not_found");

/// One grant at a provider, with the features it serves.
#[derive(Serialize, ToSchema)]
pub(crate) struct Connection {
    id: Id,
    #[schema(example = "google")]
    provider: &'static str,
    status: Status,
    /// Why it does not work, as a code.
    #[schema(required)]
    status_reason: Option<String>,
    /// The same in plain words.
    status_reason_text: Option<&'static str>,
    address: String,
    name: String,
    /// Always null: no picture is fetched.
    #[schema(required)]
    picture_url: Option<String>,
    #[schema(required)]
    profile: Option<ProfileId>,
    features: Vec<FeatureOfConnection>,
    scopes_granted: Vec<String>,
    created_at: Timestamp,
    /// When the grant was found gone.
    #[schema(required)]
    revoked_at: Option<Timestamp>,
    /// When the metadata goes unless it is reconnected.
    #[schema(required)]
    purge_at: Option<Timestamp>,
    aliases: Vec<Alias>,
    /// Null while the mail feature is off.
    #[schema(required)]
    mailbox: Option<Mailbox>,
}

/// Whether a connection works.
#[derive(Serialize, ToSchema)]
#[schema(as = ConnectionStatus)]
#[serde(rename_all = "snake_case")]
enum Status {
    Active,
    Paused,
    NeedsReauthorization,
    Revoked,
}

/// A feature of a connection.
#[derive(Serialize, ToSchema)]
struct FeatureOfConnection {
    #[schema(example = "mail")]
    id: &'static str,
    state: FeatureStateWord,
}

/// What a feature can do now.
#[derive(Serialize, ToSchema)]
#[schema(as = FeatureState)]
#[serde(rename_all = "snake_case")]
enum FeatureStateWord {
    On,
    NeedsReauthorization,
    Off,
}

/// A sending address.
#[derive(Serialize, ToSchema)]
struct Alias {
    address: String,
    name: String,
    is_default: bool,
    signature_html_present: bool,
}

impl From<ConnectionView> for Connection {
    fn from(v: ConnectionView) -> Self {
        Self {
            id: v.id.into(),
            provider: v.provider,
            status: match v.status {
                "active" => Status::Active,
                "paused" => Status::Paused,
                "revoked" => Status::Revoked,
                _ => Status::NeedsReauthorization,
            },
            status_reason: v.status_reason,
            status_reason_text: v.status_reason_text,
            address: v.address,
            name: v.name,
            picture_url: None,
            profile: v.profile.as_deref().and_then(ProfileId::read),
            features: v.features.into_iter().map(Into::into).collect(),
            scopes_granted: v.scopes_granted,
            created_at: v.created_at.into(),
            revoked_at: v.revoked_at.map(Into::into),
            purge_at: v.purge_at.map(Into::into),
            aliases: v.aliases.into_iter().map(Into::into).collect(),
            mailbox: v.mailbox.map(Into::into),
        }
    }
}

impl From<FeatureStateView> for FeatureOfConnection {
    fn from(v: FeatureStateView) -> Self {
        Self {
            id: v.id,
            state: match v.state {
                FeatureState::On => FeatureStateWord::On,
                FeatureState::NeedsReauthorization => FeatureStateWord::NeedsReauthorization,
                FeatureState::Off => FeatureStateWord::Off,
            },
        }
    }
}

impl From<AliasView> for Alias {
    fn from(v: AliasView) -> Self {
        Self {
            address: v.address,
            name: v.name,
            is_default: v.is_default,
            signature_html_present: v.signature_html_present,
        }
    }
}

/// One's own connections
#[utoipa::path(get, path = "/connections", tag = "connections", responses((status = 200, body = List<Connection>), ListProblems))]
pub(super) async fn list_connections(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
) -> Answer<Json<List<Connection>>> {
    Ok(List::of(connections::list(&api.ctx, &actor).await?))
}

/// One connection
#[utoipa::path(get, path = "/connections/{id}", tag = "connections", params(("id" = Id, Path, description = "Connection")), responses((status = 200, body = Connection), GetProblems))]
pub(super) async fn get_connection(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<ConnectionId>,
) -> Answer<Json<Connection>> {
    Ok(Json(connections::get(&api.ctx, &actor, id).await?.into()))
}
