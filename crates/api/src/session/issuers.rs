//! `/sign-in`: which ways in there are, and the one by an OpenID Connect issuer.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use tenon_app::access::{self, Begin};
use utoipa::ToSchema;

use super::callback::mark;
use crate::Api;
use crate::edge::Visitor;
use crate::edge::cookie::Cookie;
use crate::extract;
use crate::problem::{Answer, problems};

problems!(BeginProblems: "link_invalid", "not_found", "provider_unavailable", "too_many_attempts", "validation");

/// The ways in.
#[derive(Serialize, ToSchema)]
pub(super) struct SignInWays {
    issuers: Vec<Issuer>,
    /// The host that passkeys are bound to: they work on its pages only. Null when this server's
    /// address has no name.
    #[schema(required)]
    passkey_host: Option<String>,
}

/// Where one can sign in.
#[derive(Serialize, ToSchema)]
pub(super) struct Issuer {
    /// Its name in addresses.
    #[schema(example = "google")]
    name: String,
    /// Its name for people.
    #[schema(example = "Google")]
    label: String,
}

/// What the sign-in page sends.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BeginInput {
    /// The token of an invitation that is to be accepted.
    #[serde(default)]
    invitation: Option<String>,
    /// The page of this server to go to afterwards.
    #[serde(default)]
    next: Option<String>,
    /// Language of a new member's pages.
    #[serde(default)]
    locale: String,
    /// Time zone of a new member.
    #[serde(default)]
    time_zone: String,
}

/// Where a sign-in goes on.
#[derive(Serialize, ToSchema)]
pub(super) struct IssuerPage {
    authorize_url: String,
}

/// Which ways in there are
#[utoipa::path(get, path = "/sign-in", tag = "session", security(()), responses((status = 200, body = SignInWays)))]
pub(super) async fn sign_in_ways(State(api): State<Api>) -> Json<SignInWays> {
    Json(SignInWays {
        issuers: access::issuers(&api.ctx)
            .into_iter()
            .map(|i| Issuer {
                name: i.name,
                label: i.label,
            })
            .collect(),
        passkey_host: access::passkey_host(&api.ctx),
    })
}

/// Begins a sign-in at an issuer
///
/// A cookie marks the browser: only it can end the sign-in.
#[utoipa::path(post, path = "/sign-in/issuers/{issuer}", tag = "session", security(()), params(("issuer" = String, Path, description = "Name of the issuer")), responses((status = 201, body = IssuerPage), BeginProblems))]
pub(super) async fn begin_at_issuer(
    State(api): State<Api>,
    extract::Id(issuer): extract::Id<String>,
    Visitor(browser): Visitor,
    headers: HeaderMap,
    extract::Json(input): extract::Json<BeginInput>,
) -> Answer<Response> {
    let begin = Begin {
        issuer,
        invitation: input.invitation,
        next: input.next,
        locale: input.locale,
        time_zone: input.time_zone,
        mark: Cookie::Flow.read(&headers, &api.site),
    };
    let begun = access::begin_at_issuer(&api.ctx, begin, &browser).await?;
    page(&api, begun)
}

/// The answer of a sign-in that has begun.
pub(super) fn page(api: &Api, begun: access::Begun) -> Answer<Response> {
    let cookie = mark(api, &begun)?;
    let page = IssuerPage {
        authorize_url: begun.authorize_url.into(),
    };
    Ok((StatusCode::CREATED, [cookie], Json(page)).into_response())
}
