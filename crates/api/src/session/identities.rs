//! `/me/identities`: one's own accounts at issuers.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use tenon_app::access::{self, Begin};
use tenon_model::IdentityId;
use utoipa::ToSchema;

use super::SignedIn;
use super::issuers::{IssuerPage, page};
use crate::Api;
use crate::edge::cookie::Cookie;
use crate::extract;
use crate::problem::{Answer, problems};
use crate::wire::{Id, List, Timestamp};

problems!(ListProblems: "unauthenticated");
problems!(AddProblems: "unauthenticated", "not_found", "proof_needed", "provider_unavailable", "validation");
problems!(RemoveProblems: "unauthenticated", "not_found", "proof_needed", "validation");

/// An account at an issuer by which one signs in.
#[derive(Serialize, ToSchema)]
pub(super) struct SignInAccount {
    id: Id,
    /// The issuer's name for people.
    issuer: String,
    /// Its name in addresses; null when it is set up no longer.
    #[schema(required)]
    issuer_name: Option<String>,
    /// The account's address there; may be empty.
    account: String,
    created_at: Timestamp,
    last_used_at: Timestamp,
}

impl From<access::IdentityView> for SignInAccount {
    fn from(view: access::IdentityView) -> Self {
        Self {
            id: view.id.into(),
            issuer: view.label,
            issuer_name: view.issuer,
            account: view.account,
            created_at: view.created_at.into(),
            last_used_at: view.last_used_at.into(),
        }
    }
}

/// Which issuer.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AddInput {
    /// Its name in addresses.
    issuer: String,
}

/// One's own accounts at issuers
#[utoipa::path(get, path = "/me/identities", tag = "session", responses((status = 200, body = List<SignInAccount>), ListProblems))]
pub(super) async fn list_identities(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
) -> Answer<Json<List<SignInAccount>>> {
    Ok(List::of(access::identities(&api.ctx, &actor).await?))
}

/// Begins to add an account at an issuer
#[utoipa::path(post, path = "/me/identities", tag = "session", responses((status = 201, body = IssuerPage), AddProblems))]
pub(super) async fn add_identity(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    headers: HeaderMap,
    extract::Json(input): extract::Json<AddInput>,
) -> Answer<Response> {
    let begin = Begin {
        issuer: input.issuer,
        mark: Cookie::Flow.read(&headers, &api.site),
        ..Begin::default()
    };
    let begun = access::begin_adding(&api.ctx, &actor, begin).await?;
    page(&api, begun)
}

/// Removes an account at an issuer
#[utoipa::path(delete, path = "/me/identities/{id}", tag = "session", params(("id" = Id, Path, description = "Account")), responses((status = 204), RemoveProblems))]
pub(super) async fn remove_identity(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<IdentityId>,
) -> Answer<StatusCode> {
    access::remove_identity(&api.ctx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
