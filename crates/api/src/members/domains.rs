//! `/domains`: whose people may join by themselves.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tenon_app::access;
use utoipa::ToSchema;

use crate::Api;
use crate::extract;
use crate::problem::{Answer, problems};
use crate::session::SignedIn;
use crate::wire::{List, Timestamp};

problems!(ListProblems: "unauthenticated", "forbidden");
problems!(AllowProblems: "unauthenticated", "forbidden", "proof_needed", "validation");
problems!(ForbidProblems: "unauthenticated", "forbidden", "not_found", "proof_needed");

/// A mail domain whose people may join when an issuer vouches for their address.
#[derive(Serialize, ToSchema)]
pub(super) struct Domain {
    #[schema(example = "example.com")]
    domain: String,
    created_at: Timestamp,
}

impl From<access::DomainView> for Domain {
    fn from(view: access::DomainView) -> Self {
        Self {
            domain: view.domain,
            created_at: view.created_at.into(),
        }
    }
}

/// Which domain.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DomainInput {
    domain: String,
}

/// The allowed domains
#[utoipa::path(get, path = "/domains", tag = "members", responses((status = 200, body = List<Domain>), ListProblems))]
pub(super) async fn list_domains(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
) -> Answer<Json<List<Domain>>> {
    Ok(List::of(access::domains(&api.ctx, &actor).await?))
}

/// Allows a domain
#[utoipa::path(post, path = "/domains", tag = "members", responses((status = 201, body = Domain), AllowProblems))]
pub(super) async fn allow_domain(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Json(input): extract::Json<DomainInput>,
) -> Answer<(StatusCode, Json<Domain>)> {
    let allowed = access::allow_domain(&api.ctx, &actor, &input.domain).await?;
    Ok((StatusCode::CREATED, Json(allowed.into())))
}

/// Allows a domain no longer
///
/// Members who came by it stay.
#[utoipa::path(delete, path = "/domains/{domain}", tag = "members", params(("domain" = String, Path, description = "Domain")), responses((status = 204), ForbidProblems))]
pub(super) async fn forbid_domain(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(domain): extract::Id<String>,
) -> Answer<StatusCode> {
    access::forbid_domain(&api.ctx, &actor, &domain).await?;
    Ok(StatusCode::NO_CONTENT)
}
