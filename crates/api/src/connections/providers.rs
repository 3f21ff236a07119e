//! `/providers`: what can be connected, and what each permission means.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use tenon_app::connections::{self, FeatureView, ProfileView, ProviderView, ScopeView};
use tenon_model::feature as model;
use utoipa::ToSchema;

use crate::Api;
use crate::extract::Language;
use crate::problem::Answer;
use crate::wire::List;

/// A provider to choose.
#[derive(Serialize, ToSchema)]
pub(super) struct Provider {
    #[schema(example = "google")]
    id: &'static str,
    name: &'static str,
    /// Whether the operator has set it up.
    configured: bool,
    /// Which profile is preset.
    default_profile: ProfileId,
    profiles: Vec<Profile>,
    features: Vec<Feature>,
}

/// Names a ready set of features.
#[derive(Serialize, Deserialize, ToSchema, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub(super) enum ProfileId {
    /// Everything a salesperson uses.
    Sales,
    /// The light one.
    Type,
}

impl ProfileId {
    /// Reads the word.
    pub(super) fn read(word: &str) -> Option<Self> {
        model::Profile::parse(word).map(|profile| match profile {
            model::Profile::Sales => Self::Sales,
            model::Profile::Type => Self::Type,
        })
    }
}

impl From<ProfileId> for model::Profile {
    fn from(id: ProfileId) -> Self {
        match id {
            ProfileId::Sales => Self::Sales,
            ProfileId::Type => Self::Type,
        }
    }
}

/// A ready set of features.
#[derive(Serialize, ToSchema)]
struct Profile {
    id: ProfileId,
    name: &'static str,
    description: &'static str,
    features: Vec<&'static str>,
}

/// A feature with its permissions.
#[derive(Serialize, ToSchema)]
struct Feature {
    #[schema(example = "mail")]
    id: &'static str,
    name: &'static str,
    summary: &'static str,
    /// Whether this release does something with it.
    available: bool,
    /// Whether it cannot be left out.
    required: bool,
    scopes: Vec<Scope>,
}

/// A permission in plain words.
#[derive(Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "the names of the HTTP contract")]
struct Scope {
    /// The provider's name of it.
    scope: &'static str,
    name: &'static str,
    why: &'static str,
    /// What it lets Tenon read or change.
    allows: &'static str,
    /// What Tenon stores.
    stored: &'static str,
}

impl From<ProviderView> for Provider {
    fn from(v: ProviderView) -> Self {
        Self {
            id: v.id,
            name: v.name,
            configured: v.configured,
            default_profile: ProfileId::read(v.default_profile).unwrap_or(ProfileId::Type),
            profiles: v.profiles.into_iter().map(Into::into).collect(),
            features: v.features.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<ProfileView> for Profile {
    fn from(v: ProfileView) -> Self {
        Self {
            id: ProfileId::read(v.id).unwrap_or(ProfileId::Type),
            name: v.name,
            description: v.description,
            features: v.features,
        }
    }
}

impl From<FeatureView> for Feature {
    fn from(v: FeatureView) -> Self {
        Self {
            id: v.id,
            name: v.name,
            summary: v.summary,
            available: v.available,
            required: v.required,
            scopes: v.scopes.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<ScopeView> for Scope {
    fn from(v: ScopeView) -> Self {
        Self {
            scope: v.scope,
            name: v.name,
            why: v.why,
            allows: v.allows,
            stored: v.stored,
        }
    }
}

/// What can be connected
#[utoipa::path(
    get, path = "/providers", tag = "connecting", security(()),
    params(("locale" = Option<String>, Query, description = "`en` or `fr`")),
    responses((status = 200, body = List<Provider>))
)]
pub(super) async fn list_providers(
    State(api): State<Api>,
    Language(locale): Language,
) -> Answer<Json<List<Provider>>> {
    Ok(List::of(connections::providers(&api.ctx, locale)))
}
