//! `/session/proof`: whoever is signed in proves again that it is they, before security settings
//! change (ASVS 5.0, 7.5.1). The session gets a new token.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use tenon_app::access::{self, Begin};
use utoipa::ToSchema;

use super::issuers::{IssuerPage, page};
use super::passkey_json::{AssertionJson, RequestOptionsJson};
use super::{SignedIn, session_cookie};
use crate::Api;
use crate::edge::Visitor;
use crate::edge::cookie::Cookie;
use crate::extract;
use crate::problem::{Answer, problems};

problems!(Problems: "unauthenticated", "totp_required", "totp_invalid", "too_many_attempts", "validation");
problems!(OptionsProblems: "unauthenticated", "not_found");
problems!(IssuerProblems: "unauthenticated", "not_found", "provider_unavailable", "validation");
problems!(PasskeyProblems: "unauthenticated", "passkey_invalid", "validation");

/// The password again, and the code where one is asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProofInput {
    #[schema(format = Password)]
    password: String,
    /// Code of the authenticator app or a recovery code; asked for by `totp_required`.
    #[serde(default)]
    code: Option<String>,
}

/// Where to go on afterwards.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProofAtIssuerInput {
    /// The page of this server to come back to.
    #[serde(default)]
    next: Option<String>,
}

fn renewed(api: &Api, renewed: &access::Renewed) -> Answer<Response> {
    let cookie = session_cookie(api, renewed)?;
    Ok((StatusCode::NO_CONTENT, [cookie]).into_response())
}

/// Proves by password who is there
#[utoipa::path(post, path = "/session/proof", tag = "session", responses((status = 204), Problems))]
pub(super) async fn prove(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    Visitor(browser): Visitor,
    extract::Json(input): extract::Json<ProofInput>,
) -> Answer<Response> {
    let password = input.password.into();
    let done = access::prove_by_password(&api.ctx, &actor, password, input.code, &browser).await?;
    renewed(&api, &done)
}

/// Begins a proof by passkey
#[utoipa::path(post, path = "/session/proof/options", tag = "session", responses((status = 200, body = RequestOptionsJson), OptionsProblems))]
pub(super) async fn proof_options(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
) -> Answer<Json<RequestOptionsJson>> {
    let options = access::begin_passkey_proof(&api.ctx, &actor).await?;
    Ok(Json(options.into()))
}

/// Proves by passkey who is there
#[utoipa::path(post, path = "/session/proof/passkey", tag = "session", responses((status = 204), PasskeyProblems))]
pub(super) async fn prove_by_passkey(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Json(input): extract::Json<AssertionJson>,
) -> Answer<Response> {
    let done = access::prove_by_passkey(&api.ctx, &actor, input.into()).await?;
    renewed(&api, &done)
}

/// Begins a proof at an issuer
///
/// At one where one has an account: it is asked to let its person sign in once more. The browser comes back
/// to `next`, or to `/settings?error=…`.
#[utoipa::path(post, path = "/session/proof/issuers/{issuer}", tag = "session", params(("issuer" = String, Path, description = "Name of the issuer")), responses((status = 201, body = IssuerPage), IssuerProblems))]
pub(super) async fn begin_proof_at_issuer(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(issuer): extract::Id<String>,
    headers: HeaderMap,
    extract::Json(input): extract::Json<ProofAtIssuerInput>,
) -> Answer<Response> {
    let begin = Begin {
        issuer,
        next: input.next,
        mark: Cookie::Flow.read(&headers, &api.site),
        ..Begin::default()
    };
    let begun = access::begin_proof_at_issuer(&api.ctx, &actor, begin).await?;
    page(&api, begun)
}
